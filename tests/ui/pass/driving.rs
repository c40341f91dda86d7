//! The whole API, typed, generic and by data.
#![deny(warnings)]
#[leverframe::machine(serde)]
pub mod lamp {
    #[state(initial)]
    pub struct Off;
    #[state]
    pub struct On {
        pub percent: u8,
    }
    #[state(final)]
    pub struct Broken;
    #[transition(from = Off)]
    fn press(percent: u8) -> On {
        On { percent }
    }
    #[transition(from = On)]
    fn dim(on: &mut On) -> Result<(), String> {
        on.percent -= 1;
        Ok(())
    }
    #[transition(from = _)]
    fn hit() -> Result<Broken, String> {
        Ok(Broken)
    }
    #[query]
    fn percent(on: &On) -> u8 {
        on.percent
    }
}
use lamp::{Applied, Broken, CHART, Event, EventName, Fault, Lamp, Off, On, Refusal, Refused, State, StateName, Typed};
use leverframe::{Leaf, LegalIn, Machine, Name, Named, Parts, Portable, Reason, chart::Chart};

/// Generic over events.
pub fn fire<S, E>(machine: Lamp<S>, event: E) -> E::Next
where
    S: Leaf<Machine = Lamp>,
    E: LegalIn<S, Machine = Lamp<S>>,
{
    machine.fire(event)
}
/// Generic over states.
pub fn break_it<S: Leaf<Machine = Lamp>>(machine: Lamp<S>) -> &'static str
where
    lamp::events::Hit: LegalIn<S, Machine = Lamp<S>, Next = Result<Lamp<Broken>, Refused<S>>>,
{
    match machine.fire(lamp::events::Hit) {
        Ok(_) => StateName::Broken.as_str(),
        Err(Refused { machine, refusal }) => {
            drop(machine);
            refusal.state.as_str()
        }
    }
}
/// Generic over machines.
pub fn start<M: Machine>() -> M {
    M::from(Parts { state: M::initial(), context: unreachable::<M>(), history: Default::default() })
}
fn unreachable<M: Machine>() -> M::Context {
    unimplemented!("{}", M::CHART.name())
}
pub fn is_portable<M: Portable>() -> &'static Chart {
    M::CHART
}
pub fn walk() -> Result<(), Refusal> {
    let on: Lamp<On> = fire(Lamp::new(), lamp::events::Press { percent: 3 });
    let on: Lamp<On> = fire(on, lamp::events::Dim).map_err(|refused| refused.refusal)?;
    let mut lamp: Lamp = on.into();
    let Applied { event: EventName::Dim, from, to, internal: true, .. } = lamp.apply(Event::Dim(lamp::events::Dim))?
    else {
        unreachable!()
    };
    assert_eq!((from, to), (StateName::On, "on".parse().unwrap()));
    let names: Vec<EventName> = lamp.legal().collect();
    let blocked: Vec<(EventName, Fault)> = lamp.blocked().collect();
    drop((names, blocked));
    let on = Lamp::<On>::try_from(lamp).unwrap_or_else(|other: Lamp| panic!("{other:?}"));
    let Parts { state: On { percent }, context: (), .. } = on.into();
    let lamp = Lamp::from(Parts { state: On { percent }, context: (), history: () });
    let typed: Typed = lamp.into();
    let lamp = match typed.fire(lamp::events::Hit) {
        Ok(Typed::Off(off)) => Lamp::from(off),
        Ok(Typed::On(on)) => Lamp::from(on),
        Ok(Typed::Broken(broken)) => Lamp::from(broken),
        Err(refused) => {
            if let Reason::Failed(Fault::Hit(text)) = refused.refusal.reason {
                drop::<String>(text);
            }
            refused.machine.into()
        }
    };
    match lamp.state() {
        State::Off(Off) | State::Broken(Broken) => {}
        State::On(On { percent }) => assert_eq!(*percent, 2),
    }
    assert_eq!(lamp.state().name(), Named::name(lamp.state()));
    assert_eq!(CHART.states().len(), StateName::ALL.len());
    is_portable::<Lamp>();
    Ok(())
}
fn main() {
    walk().expect("each event is legal");
}
