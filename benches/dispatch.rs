//! What a transition costs: the orchestrator, typed and runtime, beside the same machine written by hand as a `match`,
//! as a typestate, and as a statig machine, in one run.
//!
//! `cargo bench --bench dispatch` measures and prints the ratios of the medians.

mod by_hand;
mod nested;

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;
use std::{fs, io};

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use leverframe::orchestrator::{Event, Idle, Orchestrator, Workspace, events};

/// Events of one batch; each measurement takes a whole batch.
const BATCH: usize = 4_000;

/// IDLE → PLANNING → RESEARCHING → EXECUTING → REVIEWING → IDLE, over and over.
fn periodic() -> Vec<Event> {
    let cycle: [Event; 5] = [
        events::Plan { task_description: None }.into(),
        events::Research { research_topic: None }.into(),
        events::Execute { action_plan: None }.into(),
        events::Review.into(),
        events::Rest.into(),
    ];
    cycle.into_iter().cycle().take(BATCH).collect()
}

/// Each of the six changing events at random, so that about half are refused.
fn random() -> Vec<Event> {
    let kinds: [Event; 6] = [
        events::Rest.into(),
        events::Plan { task_description: None }.into(),
        events::Research { research_topic: None }.into(),
        events::Execute { action_plan: None }.into(),
        events::Review.into(),
        events::Fail { error_description: None }.into(),
    ];
    // A multiplicative congruential generator with Knuth's constants: the same events in each run.
    let mut seed: u64 = 2_026;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((seed >> 33) % 6).ok()
    };
    (0..BATCH).filter_map(|_| kinds.get(next()?).cloned()).collect()
}

/// Measures a way to take a batch of events, which are made outside the measured time.
fn measure<M>(
    criterion: &mut Criterion,
    load: (&str, &[Event]),
    way: &str,
    new: impl Fn() -> M,
    step: impl Fn(&mut M, Event) -> bool,
) {
    let mut group = criterion.benchmark_group(load.0);
    group.throughput(Throughput::Elements(BATCH as u64));
    group.bench_function(BenchmarkId::from_parameter(way), |bencher| {
        bencher.iter_batched(
            || (new(), load.1.to_vec()),
            |(mut machine, events)| {
                let mut taken = 0_u32;
                for event in events {
                    taken += u32::from(step(black_box(&mut machine), black_box(event)));
                }
                (machine, taken)
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

fn runtime(criterion: &mut Criterion) {
    for (load, events) in [("periodic", periodic()), ("random", random())] {
        let load = (load, &events[..]);
        measure(
            criterion,
            load,
            "floor",
            || (),
            |(), event| {
                black_box(&event);
                true
            },
        );
        measure(criterion, load, "match", by_hand::Match::default, |machine, event| {
            machine.take(event)
        });
        measure(criterion, load, "statig", by_hand::statig, by_hand::Statig::take);
        measure(
            criterion,
            load,
            "runtime",
            || Orchestrator::from(Orchestrator::new(Workspace::default())),
            |machine, event| machine.apply(event).is_ok(),
        );
    }
}

/// Into three levels of superstates, a move inside, and out again.
fn hierarchy(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("three levels");
    let events = || -> Vec<_> { (0..BATCH / 3).flat_map(|_| nested::events()).collect() };
    let count = events().len() as u64;
    group.throughput(Throughput::Elements(count));
    group.bench_function("match", |bencher| {
        bencher.iter_batched(
            || (nested::Flat::default(), events()),
            |(mut machine, events)| {
                for event in events {
                    black_box(&mut machine).take(&black_box(event));
                }
                machine
            },
            BatchSize::LargeInput,
        );
    });
    group.bench_function("runtime", |bencher| {
        bencher.iter_batched(
            || (nested::new(), events()),
            |(mut machine, events)| {
                for event in events {
                    let _ = black_box(&mut machine).apply(black_box(event));
                }
                machine
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

/// One cycle of five moves.
fn typed(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cycle");
    group.throughput(Throughput::Elements(5));
    group.bench_function("by hand", |bencher| {
        bencher.iter_batched(
            by_hand::Typestate::<by_hand::Idle>::default,
            |idle| {
                let planning = black_box(idle).plan(black_box(None));
                let researching = black_box(planning).research(black_box(None));
                let executing = black_box(researching).execute(black_box(None));
                black_box(black_box(executing).review()).rest()
            },
            BatchSize::SmallInput,
        );
    });
    group.bench_function("typed", |bencher| {
        bencher.iter_batched(
            || Orchestrator::<Idle>::new(Workspace::default()),
            |idle| {
                let planning = black_box(idle).plan(black_box(None));
                let researching = black_box(planning).research(black_box(None));
                let executing = black_box(researching).execute(black_box(None));
                black_box(black_box(executing).review()).rest()
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

/// The median of a measurement, in nanoseconds an event.
fn median(folder: &Path, group: &str, way: &str, events: usize) -> io::Result<f64> {
    let path = folder.join(group).join(way).join("new").join("estimates.json");
    let estimates: serde_json::Value = serde_json::from_str(&fs::read_to_string(path)?)?;
    let median = estimates.pointer("/median/point_estimate").and_then(serde_json::Value::as_f64);
    let median = median.ok_or(io::ErrorKind::InvalidData)?;
    Ok(median / f64::from(u32::try_from(events).unwrap_or(u32::MAX)))
}

/// Prints the medians and their ratios to the machine written by hand.
fn table(folder: &Path) -> io::Result<()> {
    eprintln!("\n| load | way | ns an event | × by hand |\n|---|---|---:|---:|");
    for (group, ways, base, events) in [
        ("periodic", &["floor", "match", "statig", "runtime"][..], "match", BATCH),
        ("random", &["floor", "match", "statig", "runtime"][..], "match", BATCH),
        ("three levels", &["match", "runtime"][..], "match", BATCH / 3 * 3),
        ("cycle", &["by hand", "typed"][..], "by hand", 5),
    ] {
        let base = median(folder, group, base, events)?;
        for way in ways {
            let median = median(folder, group, way, events)?;
            eprintln!("| {group} | {way} | {median:.2} | {:.2} |", median / base);
        }
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dispatch");
    let mut criterion = Criterion::default()
        .output_directory(&folder)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .without_plots()
        .configure_from_args();
    runtime(&mut criterion);
    hierarchy(&mut criterion);
    typed(&mut criterion);
    criterion.final_summary();
    if std::env::args().any(|argument| argument == "--bench") { table(&folder) } else { Ok(()) }
}
