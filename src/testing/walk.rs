//! Random walks through a machine.

use std::fmt::{self, Debug, Formatter};

use proptest::sample::select;
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::machine::Machine;

use super::coverage::Coverage;
use super::events::{Drawn, Events, Written};

/// A source of random legal events. The same seed gives the same events.
///
/// It picks events for a machine wherever that is kept; [`Walks`] keeps the machine itself.
///
/// ```
/// # #[leverframe::machine(serde)]
/// # mod lamp {
/// #     #[state(initial)] pub struct Off;
/// #     #[state] pub struct On;
/// #     #[transition(from = Off)] fn press() -> On { On }
/// #     #[transition(from = On)] fn release() -> Off { Off }
/// # }
/// # use lamp::Lamp;
/// use leverframe::testing::{Events, Walk};
///
/// let mut walk = Walk::new(Events::generated(), 7);
/// let mut lamp: Lamp = Lamp::new().into();
/// for _ in 0..10 {
///     let event = walk.pick(&lamp).expect("the lamp has no final state");
///     lamp.apply(event).unwrap();
/// }
/// ```
pub struct Walk<M: Machine> {
    events: Events<M>,
    runner: TestRunner,
}

impl<M: Machine> Walk<M> {
    /// A walk with this seed.
    #[must_use]
    pub fn new(events: Events<M>, seed: u64) -> Self {
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().zip(seed.to_le_bytes()) {
            *place = byte;
        }
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Self { events, runner: TestRunner::new_with_rng(Config::default(), rng) }
    }

    /// An event that the machine takes now, with a payload; each legal event is as likely as any other. `None` if no event
    /// that has a strategy is legal.
    ///
    /// The handler may still refuse the payload.
    ///
    /// # Panics
    ///
    /// If a strategy gives no value.
    pub fn pick(&mut self, machine: &M) -> Option<M::Event> {
        let (name, strategy) = chosen(self.events.legal(machine), &mut self.runner)?;
        match strategy.new_tree(&mut self.runner) {
            Ok(tree) => Some(tree.current().0),
            Err(reason) => {
                panic!("no payload for `{name}`: {reason}; give it one by `Events::with`")
            }
        }
    }
}

impl<M: Machine> Debug for Walk<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk").field("events", &self.events).finish_non_exhaustive()
    }
}

/// One of the events.
pub(super) fn chosen<M: Machine>(
    legal: Vec<(M::EventName, BoxedStrategy<Drawn<M>>)>,
    runner: &mut TestRunner,
) -> Option<(M::EventName, BoxedStrategy<Drawn<M>>)> {
    if legal.is_empty() {
        return None;
    }
    let place = select((0..legal.len()).collect::<Vec<_>>()).new_tree(runner).ok()?.current();
    legal.into_iter().nth(place)
}

/// Random walks: each begins with a new machine, and sends it events that are legal where they are sent.
///
/// Guards are respected. Timeouts and events that wait for people are sent like all others: nobody asks for the time or
/// for approvals. If a handler refuses a payload, the walk goes on with the machine as the handler left it.
pub struct Walks<M: Machine> {
    start: Box<dyn Fn() -> M>,
    events: Events<M>,
    seed: u64,
    number: u64,
    steps: usize,
}

impl<M: Machine> Walks<M> {
    /// 100 walks of at most 100 steps, with the seed 0.
    #[must_use]
    pub fn new(start: impl Fn() -> M + 'static, events: Events<M>) -> Self {
        Self { start: Box::new(start), events, seed: 0, number: 100, steps: 100 }
    }

    /// Walks with another seed, which are other walks.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// This many walks.
    #[must_use]
    pub fn number(self, number: u64) -> Self {
        Self { number, ..self }
    }

    /// Walks of at most this many steps. A walk ends earlier if no event is legal.
    #[must_use]
    pub fn steps(self, steps: usize) -> Self {
        Self { steps, ..self }
    }

    /// Takes the walks.
    ///
    /// # Panics
    ///
    /// If a handler or an action panics. The events that led there are written to the standard error.
    #[expect(clippy::must_use_candidate, reason = "a walk that does not panic is a result, too")]
    pub fn run(&self) -> Coverage<M> {
        self.check(|_| {})
    }

    /// Takes the walks, and checks the machine at the start and after each event.
    ///
    /// # Panics
    ///
    /// If `invariant`, a handler or an action panics. The events that led there are written to the standard error.
    pub fn check(&self, mut invariant: impl FnMut(&M)) -> Coverage<M> {
        let mut coverage = Coverage::new();
        for number in 0..self.number {
            let seed = self.seed.wrapping_add(number);
            self.walk(seed, &mut invariant, &mut coverage);
        }
        coverage
    }

    fn walk(&self, seed: u64, invariant: &mut impl FnMut(&M), coverage: &mut Coverage<M>) {
        let mut walk = Walk::new(self.events.clone(), seed);
        let mut path = Path { machine: M::CHART.name(), seed, events: Vec::new() };
        let mut machine = (self.start)();
        coverage.start(&machine);
        invariant(&machine);
        for _ in 0..self.steps {
            let Some(event) = walk.pick(&machine) else { break };
            path.events.push(format!("{:?}", Written::<M>(&event, self.events.write())));
            if let Ok(applied) = machine.apply(event) {
                coverage.record(&applied);
            }
            invariant(&machine);
        }
    }
}

impl<M: Machine> Debug for Walks<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { events, seed, number, steps, .. } = self;
        f.debug_struct("Walks")
            .field("events", events)
            .field("seed", seed)
            .field("number", number)
            .field("steps", steps)
            .finish_non_exhaustive()
    }
}

/// The events of a walk, which are reported if it panics.
struct Path {
    machine: &'static str,
    seed: u64,
    events: Vec<String>,
}

impl Drop for Path {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self { machine, seed, events } = self;
            eprintln!(
                "the walk of `{machine}` with seed {seed} panicked after: {}",
                events.join(", ")
            );
        }
    }
}
