//! The guide for authors, and the links of all pages.

mod links;
mod ticket;

use std::fs;
use std::path::Path;

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
fn code_is_read_block_after_block() {
    let page =
        "Text.\n\n```sh\nls\n```\n\n```rust\nfn a() {}\n```\n\nMore.\n\n```rust\nfn b() {}\n```\n";
    assert_eq!(code_of(page), "fn a() {}\n\nfn b() {}\n");
}
