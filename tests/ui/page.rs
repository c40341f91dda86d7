//! The page of constructs: its mistakes are cases in `fail`, to the letter.

use std::fmt::Write;
use std::fs;

use super::{Case, Expected, Kind, repository};

#[test]
fn the_page_of_constructs_quotes_its_mistakes() {
    let page = repository().join("docs/guide/constructs.md");
    let page = fs::read_to_string(page).expect("the page is in the repository");
    let sections: Vec<&str> = page.split("\n### ").skip(1).collect();
    assert!(!sections.is_empty(), "the page has no constructs");
    let wrong: Vec<String> = sections.iter().filter_map(|section| mistake_in(section)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What is wrong with the section of one construct.
fn mistake_in(section: &str) -> Option<String> {
    let (heading, body) = section.split_once('\n')?;
    let body = body.split("\n## ").next()?.trim_end();
    let blocks = |start: &str| body.matches(&format!("\n```{start}\n")).count();
    let Some(name) = case_of(body).filter(|_| blocks("rust") == 1 && blocks("rs") == 1) else {
        return Some(format!("{heading}: it needs one example and one mistake"));
    };
    let path = repository().join(format!("tests/ui/fail/{name}.rs"));
    if !path.exists() {
        return Some(format!("{heading}: there is no case {}", path.display()));
    }
    let quoted = quotation(&Case::read("fail", path));
    let is_quoted = body.ends_with(quoted.trim_end());
    (!is_quoted).then(|| format!("{heading}: the section does not end in its case:\n{quoted}"))
}

/// The case of which `A mistake, [name](path):` speaks.
fn case_of(body: &str) -> Option<&str> {
    let (_, link) = body.split_once("\nA mistake, [")?;
    let (name, link) = link.split_once("](../../tests/ui/fail/")?;
    link.starts_with(&format!("{name}.rs):\n")).then_some(name)
}

/// A case as the page has it: the code without what it announces, and the errors with the lines of that code.
fn quotation(case: &Case) -> String {
    let mut text = "```rs\n".to_owned();
    let (mut shown, mut places) = (0, vec![0]);
    for line in case.source.lines() {
        let code = line.split("//~").next().unwrap_or_default().trim_end();
        if line.contains("//~") && code.is_empty() {
            places.push(shown);
            continue;
        }
        shown += 1;
        places.push(shown);
        text.push_str(code);
        text.push('\n');
    }
    text.push_str("```\n\n```text\n");
    for Expected { line, kind, text: message } in &case.expected {
        let line = places[*line];
        match kind {
            Kind::Own(token) => writeln!(text, "error: {message}\n --> line {line}: {token}"),
            Kind::Rustc(code) => writeln!(text, "error[{code}]: … {message} …\n --> line {line}"),
        }
        .expect("a text grows");
    }
    text.push_str("```\n");
    text
}

#[test]
fn a_section_that_differs_from_its_case_is_found() {
    let case = Case::read("fail", repository().join("tests/ui/fail/dead_end.rs"));
    let section = format!(
        "`#[state]`\n\nA struct.\n\n```rust\n1;\n```\n\nA mistake, [dead_end](../../tests/ui/fail/dead_end.rs):\n\n{}",
        quotation(&case)
    );
    assert_eq!(mistake_in(&section), None);
    for (from, to) in [("a dead end", "an end"), ("struct Off", "struct On"), ("```rust", "```")] {
        assert!(mistake_in(&section.replace(from, to)).is_some(), "{from}");
    }
    let unknown = section.replace("dead_end", "no_such_case");
    assert!(mistake_in(&unknown).is_some_and(|text| text.contains("there is no case")));
}
