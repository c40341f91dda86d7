//! The guide for authors, and the links of all pages.

mod links;
mod ticket;

use std::fs;
use std::path::Path;

use leverframe::testing::proptest::test_runner::{TestCaseError, TestError, TestRunner};
use leverframe::testing::{Events, Sequence, Walks, sequences};

use self::ticket::ticket::{EventName, Log, Ticket};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The code of a page, block after block.
fn code_of(page: &str) -> String {
    let blocks = page.split("\n```rust\n").skip(1);
    let blocks: Vec<&str> = blocks.filter_map(|block| block.split("\n```").next()).collect();
    blocks.join("\n\n") + "\n"
}

/// The tests of the page run as they stand there.
#[test]
fn the_page_on_testing_is_a_file_of_tests() {
    let (page, file) = (code_of(&read("docs/guide/testing.md")), read("tests/guide/ticket.rs"));
    assert!(
        page == file,
        "docs/guide/testing.md is not tests/guide/ticket.rs; its code is:\n{page}"
    );
}

#[test]
fn the_page_on_testing_shows_what_is_printed() {
    let page = read("docs/guide/testing.md");
    let start = || -> Ticket { Ticket::new(Log::default()).into() };
    let events = Events::generated().without(EventName::Close);
    let coverage = Walks::<Ticket>::new(start, events).run();
    assert!(page.contains(&format!("\n{coverage}\n")), "{coverage}");

    let all = sequences(start, Events::generated(), 0..40);
    let failed = TestRunner::deterministic().run(&all, |sequence: Sequence<Ticket>| {
        let mut ticket = start();
        let mut notes = 0;
        for event in sequence {
            let counts = matches!(event.name(), EventName::Note | EventName::Assign);
            notes += usize::from(ticket.apply(event).is_ok() && counts);
        }
        let is_right = ticket.context().lines.len() == notes;
        if is_right { Ok(()) } else { Err(TestCaseError::fail("another number")) }
    });
    let Err(TestError::Fail(_, least)) = failed else { panic!("{failed:?}") };
    assert!(
        page.contains(&format!("\nminimal failing input: sequence = {least:?}\n")),
        "{least:?}"
    );
}

#[test]
fn code_is_read_block_after_block() {
    let page =
        "Text.\n\n```sh\nls\n```\n\n```rust\nfn a() {}\n```\n\nMore.\n\n```rust\nfn b() {}\n```\n";
    assert_eq!(code_of(page), "fn a() {}\n\nfn b() {}\n");
}
