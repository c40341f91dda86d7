//! Links of the pages of the repository lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn links_resolve() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = pages_in(root);
    for folder in ["docs", "docs/guide"] {
        pages.extend(pages_in(&root.join(folder)));
    }
    assert!(pages.iter().any(|page| page.ends_with("docs/guide/README.md")), "{pages:?}");
    let broken: Vec<String> = pages.iter().flat_map(|page| broken(page, &text(page))).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

fn pages_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of the repository");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

fn text(page: &Path) -> String {
    fs::read_to_string(page).expect("a readable page")
}

/// The links of a page that lead nowhere.
fn broken(page: &Path, text: &str) -> Vec<String> {
    let links = links(text);
    let is_broken = |link: &&str| !resolves(page, text, link);
    let broken = links.iter().copied().filter(is_broken);
    broken.map(|link| format!("{}: {link}", page.display())).collect()
}

/// The targets of links outside code that are not addresses on the web.
fn links(text: &str) -> Vec<&str> {
    let mut in_code = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            found.extend(targets.filter(|target| !target.contains("://") && !target.contains('`')));
        }
    }
    found
}

fn resolves(page: &Path, text: &str, link: &str) -> bool {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = page.parent().expect("a page is in a folder").join(path);
    let other = match path {
        "" => text.to_owned(),
        _ if !target.exists() => return false,
        _ if anchor.is_empty() => return true,
        _ => self::text(&target),
    };
    anchor.is_empty() || headings(&other).any(|heading| heading == anchor)
}

/// The anchors of headings, as GitHub makes them.
fn headings(text: &str) -> impl Iterator<Item = String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings.map(|heading| {
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    })
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/upgrades.md");
    let check = |text: &str, expected: &[&str]| {
        let expected: Vec<_> =
            expected.iter().map(|link| format!("{}: {link}", page.display())).collect();
        assert_eq!(broken(&page, text), expected, "{text}");
    };
    check("[a](runs.md) [b](../README.md#connect-a-client) [c](https://example.org)", &[]);
    check(
        "[a](run.md) [b](../README.md#connect-the-client)",
        &["run.md", "../README.md#connect-the-client"],
    );
    check("# One `two`, three\n[a](#one-two-three) [b](#four)", &["#four"]);
    check("```\n[a](nowhere.md)\n```", &[]);
}
