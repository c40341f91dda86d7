//! Writes a machine as Rust, formatted as rustfmt formats it.

use std::fmt::Write;

use super::draft::Payload;
use super::plan::{Clause, Item, Outcome, Plan, StateItem};
use super::span::span;

/// The longest line of code.
const WIDTH: usize = 100;

/// The declaration of a machine.
pub(super) fn declaration(plan: &Plan) -> String {
    let mut text = String::new();
    line(
        &mut text,
        0,
        &format!(
            "// Imported from {} by `import-chart`. Bodies of handlers and guards are stubs: fill them in.",
            plan.format
        ),
    );
    lost(&mut text, 0, &plan.notes);
    docs(&mut text, 0, &plan.docs);
    let name = plan.name.as_ref().map(|name| format!(", name = {name}")).unwrap_or_default();
    line(&mut text, 0, &format!("#[leverframe::machine(serde{name})]"));
    line(&mut text, 0, &format!("pub mod {} {{", plan.module));
    for item in &plan.items {
        match item {
            Item::State(state) => self::state(&mut text, state),
            Item::LeftOut(lines) => left_out(&mut text, lines),
        }
    }
    for guard in &plan.guards {
        blank(&mut text);
        line(&mut text, 1, "#[guard]");
        line(&mut text, 1, &format!("fn {}() -> Result<(), String> {{", guard.name));
        comment(&mut text, 2, "", &format!("The original: {}", guard.condition));
        line(&mut text, 2, "Ok(())");
        line(&mut text, 1, "}");
    }
    for clause in &plan.clauses {
        self::clause(&mut text, clause);
    }
    line(&mut text, 0, "}");
    text
}

fn state(text: &mut String, state: &StateItem) {
    blank(text);
    docs(text, 1, &state.docs);
    state.remarks.iter().for_each(|remark| comment(text, 1, "", &sentence(remark)));
    lost(text, 1, &state.notes);
    let mut options = Vec::new();
    if state.is_initial {
        options.push("initial".to_owned());
    }
    if state.is_final {
        options.push("final".to_owned());
    }
    options.extend(state.parent.iter().map(|parent| format!("parent = {parent}")));
    options.extend(state.default.iter().map(|default| format!("default = {default}")));
    let what = if state.is_superstate { "superstate" } else { "state" };
    if options.is_empty() {
        line(text, 1, &format!("#[{what}]"));
    } else {
        line(text, 1, &format!("#[{what}({})]", options.join(", ")));
    }
    line(text, 1, &format!("pub struct {};", state.name));
}

fn left_out(text: &mut String, lines: &[String]) {
    blank(text);
    for (place, one) in lines.iter().enumerate() {
        comment(text, 1, "", &if place == 0 { format!("Left out, {one}") } else { one.clone() });
    }
}

fn clause(text: &mut String, clause: &Clause) {
    if let Outcome::Choice(name, states) = &clause.outcome {
        blank(text);
        line(text, 1, "#[choice]");
        line(text, 1, &format!("pub enum {name} {{"));
        for state in states {
            line(text, 2, &format!("{state}({state}),"));
        }
        line(text, 1, "}");
    }
    blank(text);
    docs(text, 1, &clause.docs);
    line(text, 1, &attribute(clause));
    signature(text, clause);
}

fn attribute(clause: &Clause) -> String {
    let list = |names: &[String]| match names {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    let mut options = vec![format!("from = {}", list(&clause.from))];
    if !clause.guards.is_empty() {
        options.push(format!("guard = {}", list(&clause.guards)));
    }
    match (clause.approvals, clause.after) {
        (_, Some(after)) => options.push(format!("after = \"{}\"", span(after))),
        (0, None) => {}
        (1, None) => options.push("by = human".to_owned()),
        (people, None) => options.push(format!("by = human({people})")),
    }
    format!("#[transition({})]", options.join(", "))
}

fn signature(text: &mut String, clause: &Clause) {
    let target = match &clause.outcome {
        Outcome::Stay => None,
        Outcome::Leaf(name) | Outcome::Choice(name, _) => Some(name.clone()),
        Outcome::History(superstate) => Some(format!("History<{superstate}>")),
    };
    let returns = match (target, clause.fallible) {
        (None, false) => String::new(),
        (None, true) => " -> Result<(), String>".to_owned(),
        (Some(target), false) => format!(" -> {target}"),
        (Some(target), true) => format!(" -> Result<{target}, String>"),
    };
    let value = match &clause.outcome {
        Outcome::Stay => "()".to_owned(),
        Outcome::Leaf(name) => name.clone(),
        Outcome::History(superstate) => format!("History({superstate})"),
        Outcome::Choice(name, states) => {
            states.first().map(|first| format!("{name}::{first}({first})")).unwrap_or_default()
        }
    };
    let value = match (&clause.outcome, clause.fallible) {
        (_, true) => format!("Ok({value})"),
        (Outcome::Stay, false) => String::new(),
        (_, false) => value,
    };
    let mut body = String::new();
    clause.remarks.iter().for_each(|remark| comment(&mut body, 2, "", &sentence(remark)));
    lost(&mut body, 2, &clause.notes);
    for one in &clause.payload {
        line(&mut body, 2, &format!("let _ = {};", one.name));
    }
    call(&mut body, &value);
    head(text, clause, &returns, body.is_empty());
    if !body.is_empty() {
        text.push_str(&body);
        line(text, 1, "}");
    }
}

/// The last expression of a body, broken at its outermost parentheses where it is long.
fn call(body: &mut String, value: &str) {
    match value.split_once('(').zip(value.rsplit_once(')')) {
        Some(((name, _), _)) if value.len() + 8 > WIDTH => {
            let inner = value.get(name.len() + 1..value.len() - 1).unwrap_or_default();
            line(body, 2, &format!("{name}("));
            line(body, 3, &format!("{inner},"));
            line(body, 2, ")");
        }
        _ if value.is_empty() => {}
        _ => line(body, 2, value),
    }
}

/// The line of the function, or its lines where it is long.
fn head(text: &mut String, clause: &Clause, returns: &str, is_empty: bool) {
    let end = if is_empty { "{}" } else { "{" };
    let parameters: Vec<_> = clause.payload.iter().map(parameter).collect();
    let documented = clause.payload.iter().any(|one| !one.docs.trim().is_empty());
    let whole = format!("fn {}({}){returns} {end}", clause.event, parameters.join(", "));
    if !documented && whole.len() + 4 <= WIDTH {
        return line(text, 1, &whole);
    }
    line(text, 1, &format!("fn {}(", clause.event));
    for one in &clause.payload {
        let is_documented = !one.docs.trim().is_empty();
        docs(text, 2, &one.docs);
        let one = format!("{},", parameter(one));
        // rustfmt breaks after an attribute that follows documentation.
        match one.strip_prefix("#[sensitive] ").filter(|_| is_documented) {
            Some(rest) => {
                line(text, 2, "#[sensitive]");
                line(text, 2, rest);
            }
            None => line(text, 2, &one),
        }
    }
    line(text, 1, &format!("){returns} {end}"));
}

fn parameter(one: &Payload) -> String {
    let marker = if one.sensitive { "#[sensitive] " } else { "" };
    match ty(&one.ty) {
        Some(ty) => format!("{marker}{}: {ty}", one.name),
        None => format!("{marker}{}: String", one.name),
    }
}

/// A type of the standard library's prelude; no other is known here.
fn ty(text: &str) -> Option<String> {
    const PLAIN: [&str; 16] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
        "u32", "u64", "u128", "usize",
    ];
    let text = text.trim();
    if text == "String" || PLAIN.contains(&text) {
        return Some(text.to_owned());
    }
    ["Option", "Vec"].iter().find_map(|outer| {
        let inner = text.strip_prefix(outer)?.trim().strip_prefix('<')?.strip_suffix('>')?;
        Some(format!("{outer}<{}>", ty(inner)?))
    })
}

/// What the machine does not have.
fn lost(text: &mut String, depth: usize, notes: &[String]) {
    for note in notes {
        comment(text, depth, "Not carried over: ", note);
    }
}

fn docs(text: &mut String, depth: usize, docs: &str) {
    // What is indented or fenced would be compiled as an example.
    for one in docs.trim().lines() {
        let one = printable(one.trim()).replace("```", "'''");
        line(text, depth, format!("/// {one}").trim_end());
    }
}

fn comment(text: &mut String, depth: usize, first: &str, note: &str) {
    for (place, one) in note.lines().filter(|one| !one.trim().is_empty()).enumerate() {
        let first = if place == 0 { first } else { "" };
        line(text, depth, format!("// {first}{}", printable(one)).trim_end());
    }
}

/// The text with what no comment may have escaped: control characters, and those that change the direction of writing.
fn printable(text: &str) -> String {
    crate::text::escaped(&text.trim_end().replace('\t', "    "))
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

fn line(text: &mut String, depth: usize, line: &str) {
    let margin = depth * 4;
    // A string takes all.
    let _ = writeln!(text, "{:margin$}{line}", "");
}

/// A blank line, except at the begin of a block.
fn blank(text: &mut String) {
    if !text.ends_with("{\n") {
        text.push('\n');
    }
}
