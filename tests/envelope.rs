//! Machines that are kept without a server.

use leverframe::{Envelope, Machine, Portable};

macro_rules! lamp {
    ($module:ident, [$($options:tt)*], { $($handlers:item)* }) => {
        mod $module {
            #[leverframe::machine(serde, $($options)*)]
            pub(crate) mod lamp {
                #[context]
                #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
                pub(crate) struct Count(pub(crate) u32);
                #[superstate(default = On)]
                pub(crate) struct Lit;
                #[state(initial)]
                pub(crate) struct Off;
                #[state(parent = Lit)]
                #[derive(Default)]
                pub(crate) struct On {
                    pub(crate) percent: u8,
                }
                #[transition(from = Off)]
                fn press(count: &mut Count, percent: u8) -> On {
                    count.0 += 1;
                    On { percent }
                }
                #[transition(from = Off)]
                fn again() -> History<Lit> {
                    History(Lit)
                }
                #[transition(from = Lit)]
                fn release() -> Off {
                    Off
                }
                $($handlers)*
            }
        }
    };
}
lamp!(present, [], {});
lamp!(renamed, [name = Lantern], {});
lamp!(later, [version = 2], {});
lamp!(other, [], {
    #[transition(from = Lit)]
    fn dim() -> Off {
        Off
    }
});
use present::lamp::{Count, Lamp, events};

fn kept() -> String {
    let mut lamp: Lamp = Lamp::new(Count::default()).press(70).release().into();
    lamp.apply(events::Again {}).unwrap();
    lamp.apply(events::Release {}).unwrap();
    serde_json::to_string(&Envelope::of(&lamp)).unwrap()
}

fn refused<M: Portable>(kept: &str, part: &str) {
    let Err(error) = serde_json::from_str::<Envelope<M>>(kept) else { panic!("it is read") };
    assert!(error.to_string().contains(part), "`{part}`: {error}");
}

#[test]
fn a_machine_reads_back_with_its_memory() {
    let fingerprint = format!("{:032x}", Lamp::CHART.fingerprint());
    let text = kept();
    assert_eq!(
        text,
        format!(
            r#"{{"chart":"{fingerprint}","machine":"Lamp","machine_version":1,"value":{{"state":{{"OFF":null}},"context":1,"history":{{"last_lit":{{"ON":{{"percent":70}}}}}}}}}}"#
        ),
    );
    let mut lamp = serde_json::from_str::<Envelope<Lamp>>(&text).unwrap().open();
    assert_eq!(serde_json::to_string(&Envelope::of(&lamp)).unwrap(), text);
    lamp.apply(events::Again {}).unwrap();
    assert_eq!(lamp.parts().context.0, 1);
    // Keys that were sorted, fields that were added, and formats without names.
    let sorted =
        serde_json::from_str::<std::collections::BTreeMap<String, serde_json::Value>>(&text);
    let mut sorted = sorted.unwrap();
    let values: Vec<_> = sorted.values().cloned().collect();
    sorted.insert("comment".into(), "a lamp".into());
    serde_json::from_str::<Envelope<Lamp>>(&serde_json::to_string(&sorted).unwrap()).unwrap();
    serde_json::from_str::<Envelope<Lamp>>(&serde_json::to_string(&values).unwrap()).unwrap();
}

#[test]
fn what_another_machine_has_written_is_refused() {
    let text = kept();
    refused::<renamed::lamp::Lantern>(&text, "it holds the machine `Lamp`, not `Lantern`");
    refused::<later::lamp::Lamp>(
        &text,
        "version 1 of the machine `Lamp` has written it, and this program has version 2",
    );
    refused::<other::lamp::Lamp>(&text, "the machine `Lamp` had another chart when it was written");
    refused::<Lamp>(
        &text.replace("machine_version", "version"),
        "stands behind `chart`, `machine` and `machine_version`",
    );
    refused::<Lamp>(&text.replace("value", "other"), "missing field `value`");
    refused::<Lamp>("[]", "missing field `machine`");
    refused::<Lamp>("7", "an envelope of the machine `Lamp`");
    refused::<Lamp>(&text.replace("percent", "watt"), "missing field `percent`");
}
