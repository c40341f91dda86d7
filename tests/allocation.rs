//! What a transition allocates: nothing that its payload does not.

use allocation_counter::measure;
use leverframe::orchestrator::{Orchestrator, Workspace, events};

#[test]
fn the_typed_machine_allocates_nothing_of_its_own() {
    let idle = Orchestrator::new(Workspace::default());
    let mut after = None;
    let seen = measure(|| {
        let planning = idle.plan(None);
        after = Some(planning.research(None).execute(None).review().rest());
    });
    assert_eq!(seen.count_total, 0);
    // The counter counts: a payload that is stored is seen.
    let idle = after.expect("the cycle ends idle");
    let description = Some("calendar".to_owned());
    let seen = measure(|| drop(idle.plan(description)));
    assert!(seen.count_total > 0);
}

#[test]
fn the_runtime_machine_and_its_refusals_allocate_nothing() {
    let mut machine: Orchestrator = Orchestrator::new(Workspace::default()).into();
    let seen = measure(|| {
        assert!(machine.apply(events::Review).is_err());
        assert!(machine.apply(events::Execute { action_plan: None }).is_ok());
        assert!(machine.apply(events::Execute { action_plan: None }).is_err());
        assert_eq!(machine.legal().count(), 7);
    });
    assert_eq!(seen.count_total, 0);
}
