//! The engine beside a slow reference on random graphs, and by hand where a reader wants to see what is meant.

mod random;
mod reference;

use std::time::{Duration, Instant};

use random::Random;
use reference::Reference;

use super::space::TooManyConfigurations;
use super::{
    Clause, Event, Graph, History, HistoryId, Leaf, Property, StateSpace, Target, Through,
    Transition, Violation,
};

/// Compares all answers about a graph with those of the reference, and tells which of the properties hold.
fn check(graph: &Graph, properties: &[Property]) -> Vec<bool> {
    let reference = Reference { graph, without: None };
    let space = StateSpace::explore(graph).expect("a small graph");
    let reached = reference.reached();
    for leaf in (0..graph.is_final.len()).map(Leaf) {
        let known = reached.iter().find(|(reached, _)| *reached == leaf);
        assert_eq!(space.unreachable().contains(&leaf), known.is_none(), "{leaf:?} of {graph:#?}");
        if let Some((_, left)) = known {
            let dead = !left && !graph.is_final[leaf.0];
            assert_eq!(space.dead_ends().contains(&leaf), dead, "{leaf:?} of {graph:#?}");
        }
    }
    let holds = properties.iter().map(|property| {
        let found = super::violation(&space, property);
        check_violation(reference, property, found.as_ref());
        found.is_none()
    });
    holds.collect()
}

fn check_violation(reference: Reference<'_>, property: &Property, found: Option<&Violation>) {
    let case = format!("{property:?} of {:#?}\nis violated by {found:#?}", reference.graph);
    let shortest = reference.violation(property);
    let (Some(Violation { path, blame }), Some(shortest)) = (found, &shortest) else {
        assert!(found.is_none() && shortest.is_none(), "the reference says {shortest:#?}, {case}");
        return;
    };
    assert_eq!(path.len(), shortest.len(), "the reference has {shortest:#?}, {case}");
    assert_eq!(*blame, reference.blame(property, path), "the other clause is to blame, {case}");
    match property {
        // Paths of one length are found in different orders where they are watched from a state on.
        Property::Through { from: Some(_), .. } | Property::Never { .. } => {
            let mut ends = vec![reference.start()];
            for step in path {
                let steps = ends.iter().flat_map(|at| reference.steps(at));
                ends = steps.filter(|(taken, _)| taken == step).map(|(_, at)| at).collect();
                assert!(!ends.is_empty(), "no such path, {case}");
            }
            assert!(reference::is_violated_by(property, path), "another path, {case}");
        }
        _ => assert_eq!(path, shortest, "{case}"),
    }
}

#[test]
fn agrees_with_the_reference() {
    let mut random = Random(2_026);
    let (mut held, mut violated) = ([0; 6], [0; 6]);
    let mut told_by_memory = 0;
    for round in 0..6_000 {
        // Small ones first, so that the first failure is a small one.
        let (leaves, events) = (1 + random.below(2 + round / 2_000), 1 + random.below(3));
        let (leaves, graph) = if round % 2 == 0 {
            let (histories, transitions) = (random.below(3), random.below(3 + leaves));
            (leaves, random.graph(leaves, events, (histories, 2), transitions))
        } else {
            let transitions = 1 + random.below(4);
            (4, random.pausing_graph(events, transitions))
        };
        let properties = random.properties(leaves, events);
        let holds = check(&graph, &properties);
        for ((held, violated), holds) in held.iter_mut().zip(&mut violated).zip(&holds) {
            *(if *holds { held } else { violated }) += 1;
        }
        told_by_memory += usize::from(holds != check(&forgetful(&graph), &properties));
    }
    // Each form of property holds and fails often, and often because of what is remembered.
    assert!(held.iter().chain(&violated).all(|count| *count > 200), "{held:?} {violated:?}");
    assert!(told_by_memory > 100, "{told_by_memory}");
}

/// The graph whose transitions by history lead to the defaults.
fn forgetful(graph: &Graph) -> Graph {
    let mut graph = graph.clone();
    for target in graph.transitions.iter_mut().flat_map(|transition| &mut transition.targets) {
        if let Target::History(HistoryId(history)) = target {
            *target = Target::Leaf(graph.histories[*history].default);
        }
    }
    graph
}

/// A graph without histories: every transition has an event and a clause of its own, and cannot be refused.
fn graph(leaves: usize, finals: &[usize], transitions: &[(usize, &[usize])]) -> Graph {
    let transitions = transitions.iter().enumerate().map(|(number, (from, targets))| Transition {
        from: Leaf(*from),
        event: Event(number),
        clause: Clause(number),
        targets: targets.iter().map(|leaf| Target::Leaf(Leaf(*leaf))).collect(),
        refusable: false,
    });
    Graph {
        initial: Leaf(0),
        is_final: (0..leaves).map(|leaf| finals.contains(&leaf)).collect(),
        histories: Vec::new(),
        transitions: transitions.collect(),
    }
}

/// The leaves of the path and the clause to blame; `None` where the property holds.
fn shown(graph: &Graph, property: &Property) -> Option<(Vec<usize>, Option<usize>)> {
    let space = StateSpace::explore(graph).expect("a small graph");
    let Violation { path, blame } = super::violation(&space, property)?;
    let leaves = path.iter().map(|step| step.to.0).collect();
    Some((leaves, blame.map(|clause| clause.0)))
}

fn leaves<const N: usize>(leaves: [usize; N]) -> Vec<Leaf> {
    leaves.map(Leaf).into()
}

#[test]
fn a_way_around_is_to_blame() {
    // Draft, Waiting, Approved, Deployed: 1 approves, 3 is the way around.
    let mut graph = graph(4, &[3], &[(0, &[1]), (1, &[2]), (2, &[3]), (1, &[3])]);
    let approved =
        Property::Through { from: None, to: leaves([3]), through: Through::Event(Event(1)) };
    assert_eq!(shown(&graph, &approved), Some((vec![1, 3], Some(3))));
    // The way around leads to Approved: without the last step, too, nothing would be deployed, but that costs more.
    graph.transitions[3].targets = vec![Target::Leaf(Leaf(2))];
    assert_eq!(shown(&graph, &approved), Some((vec![1, 2, 3], Some(3))));
    graph.transitions.pop();
    assert_eq!(shown(&graph, &approved), None);
}

#[test]
fn a_path_of_no_step_is_one() {
    let graph = graph(2, &[], &[(0, &[1]), (1, &[0])]);
    let through = || Through::Event(Event(0));
    let to = leaves([0]);
    let from_start = Property::Through { from: None, to: to.clone(), through: through() };
    assert_eq!(shown(&graph, &from_start), Some((vec![], None)));
    // Where `from` is given, it takes a step.
    let from = Some(to.clone());
    let back = Property::Through { from, to, through: through() };
    assert_eq!(shown(&graph, &back), None);
}

#[test]
fn an_internal_transition_is_no_step() {
    let graph = graph(2, &[1], &[(0, &[]), (0, &[1])]);
    let never = Property::Never { from: leaves([0]), to: leaves([0]) };
    assert_eq!(shown(&graph, &never), None);
    let graph = self::graph(2, &[1], &[(0, &[0]), (0, &[1])]);
    assert_eq!(shown(&graph, &never), Some((vec![0], Some(0))));
}

#[test]
fn every_branch_of_a_choice_leads_on() {
    // From 0 a choice leads to 1 or 2; 1 leads to 3.
    let mut graph = graph(4, &[3], &[(0, &[1, 2]), (1, &[3]), (2, &[0])]);
    let reachable = Property::AlwaysReachable { to: leaves([3]) };
    assert_eq!(shown(&graph, &reachable), Some((vec![], None)));
    graph.transitions[2].targets = vec![Target::Leaf(Leaf(1))];
    assert_eq!(shown(&graph, &reachable), None);
    graph.transitions[2].refusable = true;
    assert_eq!(shown(&graph, &reachable), Some((vec![], None)));
}

#[test]
fn history_is_followed_exactly() {
    // 0 and 1 are inside; 2 pauses either and 3 resumes what was left; only 1 ends, in 4.
    let mut graph =
        graph(5, &[4], &[(0, &[1]), (0, &[2]), (1, &[2]), (2, &[3]), (3, &[]), (1, &[4])]);
    graph.histories = vec![History { leaves: leaves([0, 1]), default: Leaf(0) }];
    graph.transitions[4].targets = vec![Target::History(HistoryId(0))];
    // Without event 0 the machine never comes to 1: the way over 3 resumes in 0.
    let through = Through::Event(Event(0));
    let property = Property::Through { from: None, to: leaves([4]), through };
    assert_eq!(shown(&graph, &property), None);
    // If a pause in 0 resumed in 1, it would.
    graph.histories[0].leaves = leaves([1]);
    graph.histories[0].default = Leaf(1);
    assert_eq!(shown(&graph, &property), Some((vec![2, 3, 1, 4], Some(4))));
}

#[test]
fn coming_back_by_history_spends_the_memory() {
    // 1 is left for 2, which resumes it; from 1 a second recall leads to the default, 0, though 1 is what was left.
    let mut graph = graph(3, &[], &[(0, &[1]), (1, &[2]), (2, &[]), (1, &[])]);
    graph.histories = vec![History { leaves: leaves([0, 1]), default: Leaf(0) }];
    graph.transitions[2].targets = vec![Target::History(HistoryId(0))];
    graph.transitions[3].targets = vec![Target::History(HistoryId(0))];
    graph.initial = Leaf(1);
    let never = Property::Never { from: leaves([2]), to: leaves([0]) };
    assert_eq!(shown(&graph, &never), Some((vec![2, 1, 0], Some(2))));
}

#[test]
fn a_memory_that_cannot_matter_multiplies_nothing() {
    // Twenty superstates of two leaves in a ring, each left before the next, and each history recalled at once.
    let ring = |recalled: bool| {
        let histories =
            (0..20).map(|n| History { leaves: leaves([2 * n, 2 * n + 1]), default: Leaf(2 * n) });
        let transition = |n: usize, from: usize, to: Target| Transition {
            from: Leaf(from),
            event: Event(n),
            clause: Clause(n),
            targets: vec![to],
            refusable: false,
        };
        let mut transitions = Vec::new();
        for n in 0..20 {
            let next = (2 * n + 2) % 40;
            transitions.push(transition(transitions.len(), 2 * n, Target::Leaf(Leaf(2 * n + 1))));
            transitions.push(transition(transitions.len(), 2 * n, Target::Leaf(Leaf(next))));
            transitions.push(transition(transitions.len(), 2 * n + 1, Target::Leaf(Leaf(next))));
            if recalled {
                transitions.push(transition(transitions.len(), 0, Target::History(HistoryId(n))));
            }
        }
        transitions.push(transition(transitions.len(), 2, Target::History(HistoryId(0))));
        let is_final = vec![false; 40];
        Graph { initial: Leaf(0), is_final, histories: histories.collect(), transitions }
    };
    let [few, many] = [ring(false), ring(true)];
    assert_eq!(StateSpace::explore(&few).map(|space| space.unreachable()), Ok(Vec::new()));
    assert_eq!(StateSpace::explore(&many).err(), Some(TooManyConfigurations));
}

/// The least of five times, since other programs run beside this one.
fn least_time(work: impl Fn()) -> Duration {
    let time = |_| {
        let begin = Instant::now();
        work();
        begin.elapsed()
    };
    (0..5).map(time).min().expect("five times")
}

#[test]
fn is_fast() {
    const LEAVES: usize = 500;
    let mut random = Random(1);
    let drawn = random.graph(LEAVES, 100, (0, 1), 2_000);
    let remembering = random.graph(LEAVES, 100, (1, 50), 2_000);
    // The longest paths: each leaf leads to the next, and three times somewhere back.
    let mut long = graph(LEAVES, &[], &[]);
    for number in 0..2_000 {
        let from = number % LEAVES;
        let next = if number < LEAVES { (from + 1) % LEAVES } else { random.below(from + 1) };
        let transition = graph(LEAVES, &[], &[(from, &[next])]).transitions.remove(0);
        long.transitions.push(Transition {
            event: Event(number),
            clause: Clause(number),
            ..transition
        });
    }
    for (name, graph) in [("drawn", drawn), ("remembering", remembering), ("long", long)] {
        let properties: Vec<_> = (0..50)
            .map(|number| {
                let far = leaves([LEAVES - 1 - number]);
                let through = Through::Event(Event(1_999));
                match number % 8 {
                    0 => Property::Through { from: None, to: far, through },
                    1 => Property::Never { from: leaves([0]), to: far },
                    form => random.properties(LEAVES, 100)[form - 2].clone(),
                }
            })
            .collect();
        let time = least_time(|| {
            let space = StateSpace::explore(&graph).expect("a graph within the limit");
            for property in &properties {
                super::violation(&space, property);
            }
        });
        eprintln!("{name}: 50 properties of {LEAVES} leaves and 2,000 transitions in {time:?}");
        // The bound leaves room for other programs; what is not polynomial takes minutes.
        assert!(time < Duration::from_secs(1), "{name} took {time:?}");
    }
}
