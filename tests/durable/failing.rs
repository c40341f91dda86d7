//! Calls to the disk that fail: nothing is acknowledged falsely, and nobody goes on with a store that failed.

use std::collections::HashMap;
use std::process::Command;

use super::scripted::{self, ENDS, Told};
use super::weather::rounds;
use super::{Folder, report};

/// What strace saw and the process was told, with one call of each thread failing.
struct Run {
    log: String,
    closed: Vec<String>,
    told: Vec<Told>,
    kept: usize,
}

/// Runs the script under strace, which lets calls fail as `inject` says, and looks at what is left.
fn run(calls: &str, inject: Option<&str>) -> Run {
    run_with(calls, inject, |command| command)
}

fn run_with(calls: &str, inject: Option<&str>, with: fn(&mut Command) -> &mut Command) -> Run {
    let folder = Folder::new();
    let log = folder.0.join("log");
    let trace = format!("trace=openat,write,{calls}");
    let mut arguments = vec!["-f", "-qq", "-s", "100", "-e", &trace, "-o", log.to_str().unwrap()];
    if let Some(inject) = inject {
        arguments.extend(["-e", inject]);
    }
    let mut command = scripted::command("strace", &arguments, &folder.file());
    with(&mut command);
    let (closed, told) = scripted::run(command);
    let kept = scripted::look(&folder.file(), &told)
        .unwrap_or_else(|wrong| panic!("{inject:?}: {wrong}; the process was told {told:?}"));
    Run { log: std::fs::read_to_string(log).unwrap(), closed, told, kept }
}

/// How many calls of these kinds the busiest thread makes.
fn most(calls: &str) -> usize {
    let mut made: HashMap<(&str, &str), usize> = HashMap::new();
    let log = run(calls, None).log;
    for line in log.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let Some((call, _)) = rest.trim_start().split_once('(') else { continue };
        if calls.split(',').any(|name| name == call) {
            *made.entry((thread, call)).or_default() += 1;
        }
    }
    made.into_values().max().unwrap()
}

/// How many records the process found after the failure, where it could read.
fn found(log: &str) -> Option<usize> {
    let line =
        log.lines().find_map(|line| line.split_once("write(2, \"found ")?.1.split('\\').next())?;
    Some(line.parse().expect("a number"))
}

/// Looks whether each append that was kept went into the log, and where one had failed before, into a log that was
/// opened anew. Answers how often it was.
fn reopened(log: &str) -> Result<usize, String> {
    let (mut is_given_up, mut is_opened, mut is_in_journal, mut count) = (false, false, false, 0);
    let mut last: Option<Told> = None;
    for line in log.lines() {
        let opens = |file: &str| line.contains("openat(") && line.contains(file);
        is_in_journal |= opens("runs.db-journal\", O_RDWR");
        is_opened = (is_opened && !line.contains("INJECTED")) || opens("runs.db-wal\", O_RDWR");
        if is_given_up && is_opened {
            (is_given_up, count) = (false, count + 1);
        }
        let Some(told) = line.contains("write(2").then(|| Told::read(line)).flatten() else {
            continue;
        };
        if told.is_kept() {
            if is_given_up {
                return Err(format!("n{} is kept by a store that failed before", told.number));
            }
            // The making of a store takes the journal, before the first append to it.
            let is_first = last.is_none_or(|last| !last.is_kept()) || told.number % 12 == 11;
            if is_in_journal && !is_first {
                return Err(format!("n{} went into the journal", told.number));
            }
        }
        // Mostly it was opened anew before this was told.
        is_given_up |= told.answer == "Indeterminate";
        (is_in_journal, last) = (false, Some(told));
    }
    Ok(count)
}

/// Each call of one kind fails once, in a process of its own.
fn check_failing(calls: &str, error: &str) {
    let calls_made = most(calls);
    let (mut processes, mut noticed, mut refused, mut anew, mut kept) = (0, 0, 0, 0, 0);
    for at in (1..=calls_made).step_by(rounds(5, 1)) {
        let run = run(calls, Some(&format!("inject={calls}:error={error}:when={at}")));
        let failures = run.told.iter().filter(|told| !told.is_kept()).count();
        anew += reopened(&run.log).unwrap_or_else(|wrong| panic!("{calls} {at}: {wrong}"));
        processes += 1;
        noticed += usize::from(failures > 0 || run.told.len() < scripted::APPENDS);
        refused += failures;
        kept += run.kept;
    }
    report(
        "failing calls",
        &format!(
            "{calls} with {error} at {processes} of {calls_made} calls: {noticed} processes \
             noticed, {refused} appends refused, {anew} times opened anew, {kept} records kept, 0 lost"
        ),
    );
    assert!(noticed > 0, "no failure was ever noticed");
}

/// A disk that fails from one call on: after the first append that it fails, each is refused.
fn check_failing_for_good(calls: &str, error: &str) {
    let calls_made = most(calls);
    let (mut processes, mut failed, mut refused) = (0, 0, 0);
    for at in (1..=calls_made).step_by(rounds(4, 1)) {
        let inject = format!("inject={calls}:error={error}:when={at}+");
        let told = run(calls, Some(&inject)).told;
        let first = told.iter().position(|told| told.answer == "Indeterminate");
        let after = first.map_or(&[][..], |first| &told[first + 1..]);
        // The next store of the script has a thread of its own, whose calls are counted anew.
        let after = after.iter().take_while(|told| told.number % 12 != 11);
        for told in after.clone() {
            assert!(
                ["Poisoned", "Unavailable"].contains(&told.answer.as_str()),
                "{inject}: after a failed commit: {told:?}"
            );
        }
        processes += 1;
        failed += usize::from(first.is_some());
        refused += after.count();
    }
    report(
        "failing for good",
        &format!(
            "{calls} with {error} from {processes} of {calls_made} calls on: {failed} commits \
             failed, all {refused} appends after them refused"
        ),
    );
    assert!(refused > 0, "no append came after a failed commit");
}

#[test]
fn a_call_that_fails_makes_no_false_acknowledgement() {
    if !super::has_strace() {
        return;
    }
    for calls in ["fsync,fdatasync", "pwrite64", "ftruncate"] {
        for error in ["EIO", "ENOSPC"] {
            check_failing(calls, error);
        }
    }
}

/// A process that is gone after the failure has no time to take back what the log has of it.
#[test]
fn a_commit_that_failed_is_there_or_not_at_the_next_start() {
    if !super::has_strace() {
        return;
    }
    for (times, is_there) in [("", false), ("+", true)] {
        let (mut failed, mut read, mut there) = (0, 0, 0);
        for at in 1..=most("fdatasync") {
            let inject = format!("inject=fdatasync:error=EIO:when={at}{times}");
            let run = run_with("fdatasync", Some(&inject), |command| command.env(ENDS, "1"));
            if let Some(found) = found(&run.log) {
                assert_eq!(run.kept, found, "{inject}: what was read, and what is there");
                read += 1;
            }
            failed += usize::from(run.told.iter().any(|told| told.answer == "Indeterminate"));
            there += usize::from(run.kept > run.told.iter().map(Told::kept).sum());
        }
        let how = if is_there { "for good" } else { "once" };
        report(
            "failing calls",
            &format!(
                "fdatasync with EIO {how}, and an end: {failed} commits failed, {read} read after \
                 that, as at the next start, {there} are there, 0 by half"
            ),
        );
        assert!(failed > 0, "no commit failed");
        assert_eq!(
            (there > 0, read > 0),
            (is_there, !is_there),
            "{there} of {failed}, {read} read"
        );
    }
}

/// Where the log cannot be turned on, SQLite would go on with a journal, whose end a power cut may undo.
#[test]
fn a_store_without_its_log_is_not_opened() {
    if !super::has_strace() {
        return;
    }
    // The journal, its folder, the journal again, and the file.
    for at in 1..=4 {
        let run = run("fdatasync", Some(&format!("inject=fdatasync:error=EIO:when={at}")));
        let is_folder = at == 2;
        assert!(!run.closed.is_empty() || is_folder, "{at}: {:?}", run.told);
    }
    report("failing calls", "fdatasync with EIO while the log is turned on: no store is opened");
}

#[test]
fn a_disk_that_fails_for_good_is_not_written_to() {
    if !super::has_strace() {
        return;
    }
    check_failing_for_good("fsync,fdatasync", "EIO");
    check_failing_for_good("pwrite64", "ENOSPC");
}
