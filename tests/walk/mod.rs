//! Three ways of one machine: every state × event of every machine in the repository goes through the typed machine,
//! the runtime machine on statig, and the chart, and all three say the same.

pub(crate) mod machines;
mod sequences;
mod tangle;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

use leverframe::{Applied, Machine, Name, Named, Reason, Refused};

/// The way of an event over the typed machine.
type ByTypes<M> = fn(M, <M as Machine>::Event) -> Result<M, Refused<M, M>>;

/// What a machine gives to be walked.
struct Samples<M: Machine> {
    /// Machines that together stand in every state.
    machines: fn() -> Vec<M>,
    /// Events that together bear every name, those with a payload in at least two values.
    events: fn() -> Vec<M::Event>,
    /// The way over the typed machine: `into_typed`, `Typed::fire`, and back.
    typed: ByTypes<M>,
    /// State, context and history, to compare.
    value: fn(&M) -> String,
}

/// What is done with every machine of the repository.
trait Visitor {
    /// Visits a machine with the name of its module.
    fn visit<M: Machine + Debug>(&mut self, module: &'static str, samples: &Samples<M>);
}

/// Walks the machines, and keeps the names of their modules.
struct Check(BTreeSet<String>);

impl Visitor for Check {
    fn visit<M: Machine + Debug>(&mut self, module: &'static str, samples: &Samples<M>) {
        check(samples);
        self.0.insert(module.to_owned());
    }
}

/// Walks every state × event.
fn check<M: Machine + Debug>(samples: &Samples<M>) {
    let Samples { machines, events, typed, value } = samples;
    let states: BTreeSet<_> =
        machines().iter().map(|machine| machine.parts().state.name()).collect();
    assert_eq!(states.len(), M::StateName::ALL.len(), "the samples stand in {states:?} alone");
    let mut seen: BTreeMap<M::EventName, usize> = BTreeMap::new();
    for event in events() {
        *seen.entry(event.name()).or_default() += 1;
    }
    for (name, event) in M::EventName::ALL.iter().zip(M::CHART.events()) {
        let needed = if event.payload().is_empty() { 1 } else { 2 };
        let given = seen.get(name).copied().unwrap_or_default();
        assert!(given >= needed, "`{name}` wants {needed} samples, and there are {given}");
    }
    let mut legal = 0;
    for state in 0..machines().len() {
        for event in 0..events().len() {
            let machine = || machines().swap_remove(state);
            let event = || events().swap_remove(event);
            legal += usize::from(check_pair(&machine, &event, *typed, *value));
        }
    }
    assert!(legal > 0, "no legal pair was found");
}

/// Walks one pair, and answers whether the chart allows it.
fn check_pair<M: Machine + Debug>(
    machine: &dyn Fn() -> M,
    event: &dyn Fn() -> M::Event,
    typed: ByTypes<M>,
    value: fn(&M) -> String,
) -> bool {
    let before = machine().parts().state.name();
    let name = event().name();
    let pair = format!("{} in {before}: `{name}`", M::CHART.name());

    let mut runtime = machine();
    let by_statig = runtime.apply(event());
    let by_types = typed(machine(), event());
    let clause = M::CHART.clause(before.number(), &M::CHART.events()[usize::from(name.number())]);

    // Typed and runtime.
    match (&by_statig, &by_types) {
        (Ok(_), Ok(typed)) => assert_eq!(value(&runtime), value(typed), "{pair}"),
        (Err(refusal), Err(refused)) => {
            assert_eq!(format!("{refusal:?}"), format!("{:?}", refused.refusal), "{pair}");
            assert_eq!(value(&runtime), value(&refused.machine), "{pair}");
        }
        _ => panic!("{pair}: statig says {by_statig:?}, the types say {by_types:?}"),
    }

    // Both and the chart.
    let forbidden =
        matches!(&by_statig, Err(refusal) if matches!(refusal.reason, Reason::Guard(_)));
    let after = runtime.parts().state.name();
    match (clause, by_statig) {
        (Some(clause), Ok(Applied { event, from, to, internal })) => {
            assert_eq!((event, from, to), (name, before, after), "{pair}");
            assert_eq!(internal, clause.is_internal(), "{pair}");
            let inside = |superstate: u16| {
                let leaves = (0_u16..).zip(M::CHART.states()).map(|(number, _)| number);
                leaves.filter(move |leaf| M::CHART.ancestors(*leaf).any(|node| node == superstate))
            };
            let targets = clause.to().iter().flat_map(|target| match target {
                leverframe::chart::Target::State(number) => vec![*number],
                leverframe::chart::Target::History(superstate) => inside(*superstate).collect(),
                other => panic!("{pair} leads to {other:?}"),
            });
            let targets: Vec<u16> =
                if internal { vec![before.number()] } else { targets.collect() };
            assert!(
                targets.contains(&to.number()),
                "{pair} came to {to}, the chart has {targets:?}"
            );
        }
        (Some(clause), Err(refusal)) => {
            match refusal.reason {
                Reason::Failed(_) => assert!(clause.is_fallible(), "{pair}"),
                Reason::Guard(_) => {
                    assert!(!clause.guards().is_empty(), "{pair}");
                    assert_eq!(value(&runtime), value(&machine()), "{pair} changed something");
                }
                other => panic!("{pair} is in the chart, and statig says {other:?}"),
            }
            assert_eq!(after, before, "{pair}");
        }
        (None, Ok(applied)) => panic!("{pair} is not in the chart, and statig says {applied:?}"),
        (None, Err(refusal)) => {
            let last = M::CHART.state(before.number()).is_final();
            match refusal.reason {
                Reason::Final => assert!(last, "{pair}"),
                Reason::NoTransition => assert!(!last, "{pair}"),
                other => panic!("{pair} is not in the chart, and statig says {other:?}"),
            }
            assert_eq!(value(&runtime), value(&machine()), "{pair} changed something");
        }
    }

    // What is told beforehand, and what happens.
    let is_legal = machine().legal().any(|legal| legal == name);
    let is_blocked = machine().blocked().any(|(blocked, _)| blocked == name);
    assert_eq!(is_legal || is_blocked, clause.is_some(), "{pair}");
    assert_eq!(is_blocked, forbidden, "{pair}");
    clause.is_some()
}

#[test]
fn every_machine_goes_three_ways() {
    let mut walked = Check(BTreeSet::new());
    machines::visit(&mut walked);
    // No machine of the repository is left out.
    assert_eq!(walked.0, declared().into_keys().collect());
}

/// The names of all modules of the repository that are marked `#[machine]`, each with its file. The machines of the other
/// files of `tests/runs` are deliberately wrong, made by a macro, or have payloads without order.
pub(crate) fn declared() -> BTreeMap<String, PathBuf> {
    let mut declared = BTreeMap::new();
    for place in [
        "src",
        "examples",
        "benches",
        "tests/durable",
        "tests/mcp",
        "tests/runs/timeouts.rs",
        "tests/tasks",
        "tests/walk",
    ] {
        declared_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(place), &mut declared);
    }
    declared
}

/// The names of the modules that are marked `#[machine]` in a Rust file, or in those below a folder.
fn declared_in(path: &Path, found: &mut BTreeMap<String, PathBuf>) {
    if path.ends_with("target") {
        return;
    }
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder of the repository") {
            declared_in(&entry.expect("an entry").path(), found);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        let text = fs::read_to_string(path).expect("a source file");
        let marked = text.lines().skip_while(|line| !is_mark(line));
        let mut lines = marked.peekable();
        while let Some(line) = lines.next() {
            if is_mark(line)
                && let Some(module) =
                    lines.find_map(|line| line.split_once("mod ").map(|(_, rest)| rest))
            {
                found.insert(module.trim_end_matches(" {").to_owned(), path.to_owned());
            }
        }
    }
}

pub(crate) fn is_mark(line: &str) -> bool {
    ["#[leverframe::machine", "#[crate::machine"]
        .iter()
        .any(|mark| line.trim_start().starts_with(mark))
}
