//! What an event costs in leverframe and in its peers: `cargo run --release` in this folder prints the tables.

mod machines;

use std::hint::black_box;
use std::time::{Duration, Instant};

use machines::{EVENTS, by_hand, leverframe, rust_fsm, smlang, statig, statum};

/// Events of one batch, which are made outside the measured time.
const BATCH: u16 = 4_002;

/// Each way is measured so often, by turns with the others; the median counts.
const ROUNDS: u16 = 1_001;

/// Takes a batch of events, given by their numbers, and returns the time that it took.
type Once = Box<dyn Fn(&[u8]) -> Duration>;

/// A way to take a batch of events.
struct Way {
    name: &'static str,
    /// Whether the library says if an event was taken.
    verdict: bool,
    bytes: usize,
    once: Once,
    times: Vec<Duration>,
}

impl Way {
    /// `take` is a closure of its own type rather than a pointer, so that it can be inlined.
    fn new<M: 'static, E: 'static>(
        (name, verdict): (&'static str, bool),
        machine: fn() -> M,
        event: fn(u8) -> E,
        take: impl Fn(&mut M, E) -> bool + 'static,
    ) -> Self {
        let once = move |numbers: &[u8]| {
            let events: Vec<E> = numbers.iter().map(|number| event(*number)).collect();
            let mut machine = machine();
            let mut taken = 0_u32;
            let begin = Instant::now();
            for event in events {
                taken += u32::from(take(black_box(&mut machine), black_box(event)));
            }
            let time = begin.elapsed();
            black_box((machine, taken));
            time
        };
        Self { name, verdict, bytes: size_of::<M>(), once: Box::new(once), times: Vec::new() }
    }

    /// A typed machine, which takes the whole cycle at once. Its states have no data, so that hardly anything is left.
    fn typed<M: 'static>(
        name: &'static str,
        machine: fn() -> M,
        cycle: impl Fn(M) -> M + 'static,
    ) -> Self {
        let once = move |numbers: &[u8]| {
            let mut machine = machine();
            let begin = Instant::now();
            for _ in numbers.chunks_exact(EVENTS.into()) {
                machine = cycle(black_box(machine));
            }
            let time = begin.elapsed();
            black_box(machine);
            time
        };
        Self { name, verdict: true, bytes: size_of::<M>(), once: Box::new(once), times: Vec::new() }
    }

    /// The median time of an event, in nanoseconds.
    fn median(&mut self) -> f64 {
        self.times.sort();
        let median = self.times.get(self.times.len() / 2).copied().unwrap_or_default();
        median.as_secs_f64() * 1e9 / f64::from(BATCH)
    }
}

fn runtime() -> Vec<Way> {
    let floor = Way::new(
        ("nothing", false),
        || (),
        by_hand::event,
        |(), event| {
            black_box(event);
            true
        },
    );
    vec![
        floor,
        Way::new(("`match` by hand", true), Default::default, by_hand::event, by_hand::take),
        Way::new(("leverframe", true), leverframe::new, leverframe::event, leverframe::take),
        Way::new(("statig", false), statig::new, by_hand::event, statig::take),
        Way::new(("rust-fsm", true), Default::default, rust_fsm::event, rust_fsm::take),
        Way::new(("smlang", true), smlang::new, smlang::event, smlang::take),
    ]
}

fn typed() -> Vec<Way> {
    vec![
        Way::typed("leverframe", leverframe::typed, leverframe::cycle),
        Way::typed("statum", statum::new, statum::cycle),
    ]
}

/// All six events in an order in which each is legal, over and over.
fn periodic(_round: u16) -> Vec<u8> {
    (0..EVENTS).cycle().take(BATCH.into()).collect()
}

/// Each event at random, in each round others, which no branch predictor has learnt; about a half is refused.
fn random(round: u16) -> Vec<u8> {
    // A multiplicative congruential generator with Knuth's constants.
    let mut seed = u64::from(round);
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((seed >> 33) % u64::from(EVENTS)) as u8
    };
    (0..BATCH).map(|_| next()).collect()
}

/// Measures by turns, and prints a row for each.
fn table(load: &str, numbers: fn(u16) -> Vec<u8>, mut ways: Vec<Way>) {
    for round in 0..ROUNDS {
        let numbers = numbers(round);
        for way in &mut ways {
            let time = (way.once)(&numbers);
            way.times.push(time);
        }
    }
    let own = ways.iter_mut().find(|way| way.name == "leverframe").map_or(f64::NAN, Way::median);
    for way in &mut ways {
        let (median, verdict) = (way.median(), if way.verdict { "yes" } else { "no" });
        let Way { name, bytes, .. } = way;
        println!("| {load} | {name} | {verdict} | {bytes} | {median:.2} | {:.2} |", median / own);
    }
}

fn main() {
    println!("| load | way | verdict | bytes | ns an event | × leverframe |");
    println!("|---|---|---|---:|---:|---:|");
    table("periodic", periodic, runtime());
    table("random", random, runtime());
    table("typed cycle", periodic, typed());
}
