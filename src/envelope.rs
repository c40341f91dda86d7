//! A machine as one value to keep, which says of which machine it is.

use alloc::format;
use alloc::string::String;
use core::fmt::{self, Formatter};
use core::marker::PhantomData;

use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

use crate::machine::Parts;
use crate::portable::Portable;

/// The fields, in the order in which they are written: also one that sorts them puts the value last.
const FIELDS: &[&str] = &["chart", "machine", "machine_version", "value"];

/// A machine to serialize and to restore, with its name, its version and the fingerprint of its chart. What another
/// machine, another version or another chart has written is refused, and its value is not even read.
///
/// It needs no server: where a program keeps a machine by its own means, it keeps the envelope.
///
/// ```
/// # #[leverframe::machine(serde)]
/// # pub mod lamp {
/// #     #[state(initial)] pub struct Off;
/// #     #[state] pub struct On;
/// #     #[transition(from = Off)] fn press() -> On { On }
/// #     #[transition(from = On)] fn release() -> Off { Off }
/// # }
/// use leverframe::{Envelope, Machine};
/// # use lamp::{Lamp, StateName};
///
/// let lamp: Lamp = Lamp::new().press().into();
/// let kept = serde_json::to_string(&Envelope::of(&lamp))?;
///
/// let lamp = serde_json::from_str::<Envelope<Lamp>>(&kept)?.open();
/// assert_eq!(lamp.state().name(), StateName::On);
///
/// let other = kept.replace("Lamp", "Lantern");
/// let error = serde_json::from_str::<Envelope<Lamp>>(&other).unwrap_err();
/// assert!(error.to_string().contains("it holds the machine `Lantern`, not `Lamp`"));
/// # use leverframe::Named;
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope<M>(M);

impl<'m, M: Portable> Envelope<&'m M> {
    /// The machine, to be serialized.
    #[must_use]
    pub fn of(machine: &'m M) -> Self {
        Self(machine)
    }
}

impl<M: Portable> Envelope<M> {
    /// The machine. Restoring runs no entry action.
    #[must_use]
    pub fn open(self) -> M {
        self.0
    }
}

impl<M: Portable> Serialize for Envelope<&M> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut envelope = to.serialize_struct("Envelope", FIELDS.len())?;
        envelope.serialize_field("chart", &fingerprint::<M>())?;
        envelope.serialize_field("machine", M::CHART.name())?;
        envelope.serialize_field("machine_version", &M::CHART.version())?;
        envelope.serialize_field("value", self.0.parts())?;
        envelope.end()
    }
}

fn fingerprint<M: Portable>() -> String {
    format!("{:032x}", M::CHART.fingerprint())
}

impl<'de, M: Portable> Deserialize<'de> for Envelope<M> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_struct("Envelope", FIELDS, Opening(PhantomData))
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    Chart,
    Machine,
    MachineVersion,
    Value,
    #[serde(other)]
    Unknown,
}

/// What stands before the value.
#[derive(Default)]
struct Head {
    chart: Option<String>,
    machine: Option<String>,
    version: Option<u32>,
}

impl Head {
    fn is_whole(&self) -> bool {
        self.chart.is_some() && self.machine.is_some() && self.version.is_some()
    }

    /// Refuses what another machine has written. Only what is known is compared.
    fn check<M: Portable, E: de::Error>(&self) -> Result<(), E> {
        let name = M::CHART.name();
        let Some(machine) = &self.machine else { return Err(E::missing_field("machine")) };
        if machine != name {
            return Err(E::custom(format_args!(
                "it holds the machine `{machine}`, not `{name}`; read it with the program of `{machine}`"
            )));
        }
        let Some(version) = self.version else { return Err(E::missing_field("machine_version")) };
        let own = M::CHART.version();
        if version != own {
            return Err(E::custom(format_args!(
                "version {version} of the machine `{name}` has written it, and this program has version {own}; read it \
                 with version {version}"
            )));
        }
        let Some(chart) = &self.chart else { return Err(E::missing_field("chart")) };
        if *chart != fingerprint::<M>() {
            return Err(E::custom(format_args!(
                "the machine `{name}` had another chart when it was written; read it with the program that wrote it, and \
                 give a changed machine a new version"
            )));
        }
        Ok(())
    }
}

struct Opening<M>(PhantomData<M>);

impl<'de, M: Portable> Visitor<'de> for Opening<M> {
    type Value = Envelope<M>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "an envelope of the machine `{}`", M::CHART.name())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut head, mut parts) = (Head::default(), None);
        while let Some(field) = map.next_key()? {
            match field {
                Field::Chart => head.chart = Some(map.next_value()?),
                Field::Machine => head.machine = Some(map.next_value()?),
                Field::MachineVersion => head.version = Some(map.next_value()?),
                Field::Value if head.is_whole() => {
                    head.check::<M, A::Error>()?;
                    parts = Some(map.next_value()?);
                }
                Field::Value => {
                    return Err(de::Error::custom(
                        "the value of an envelope stands behind `chart`, `machine` and `machine_version`; keep the fields in \
                         their order",
                    ));
                }
                Field::Unknown => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        head.check::<M, A::Error>()?;
        let parts: PartsOf<M> = parts.ok_or_else(|| de::Error::missing_field("value"))?;
        Ok(Envelope(parts.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let head = Head {
            chart: fields.next_element()?,
            machine: fields.next_element()?,
            version: fields.next_element()?,
        };
        head.check::<M, A::Error>()?;
        let parts: Option<PartsOf<M>> = fields.next_element()?;
        let parts = parts.ok_or_else(|| de::Error::missing_field("value"))?;
        Ok(Envelope(parts.into()))
    }
}

type PartsOf<M> = Parts<
    <M as crate::machine::Machine>::State,
    <M as crate::machine::Machine>::Context,
    <M as crate::machine::Machine>::History,
>;
