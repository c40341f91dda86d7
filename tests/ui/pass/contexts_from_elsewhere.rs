//! A context may be declared outside, and come in by `use` or by an alias.

pub struct Workspace {
    pub count: u32,
}

#[leverframe::machine]
pub mod counter {
    #[context]
    use crate::Workspace;
    #[state(initial)]
    pub struct Idle;
    #[state(final)]
    pub struct Done;
    #[transition(from = Idle)]
    fn count(workspace: &mut Workspace) {
        workspace.count += 1;
    }
    #[transition(from = Idle, by = human)]
    fn finish() -> Done {
        Done
    }
}

#[leverframe::machine]
pub mod list {
    #[context]
    pub type Entries = Vec<u8>;
    #[state(initial)]
    pub struct Idle;
    #[state(final)]
    pub struct Done;
    #[transition(from = Idle)]
    fn add(entries: &mut Entries, entry: u8) {
        entries.push(entry);
    }
    #[transition(from = Idle)]
    fn finish() -> Done {
        Done
    }
}

fn main() {
    use leverframe::chart::Initiator;

    let mut counter = counter::Counter::new(Workspace { count: 0 });
    counter.count();
    assert_eq!(counter.finish().context().count, 1);
    let finish = counter::Event::from(counter::events::Finish);
    assert_eq!(finish.initiator(counter::StateName::Idle), Some(Initiator::Human));
    assert_eq!(finish.initiator(counter::StateName::Done), None);

    let mut list = list::List::new(Vec::new());
    list.add(3);
    assert_eq!(list.finish().context(), &[3]);
}
