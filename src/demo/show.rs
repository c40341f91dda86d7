//! Prints the demo: with colours on a terminal, plain elsewhere or if `NO_COLOR` is set.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use serde_json::Value;

use super::driver::{DemoError, at};
use super::listed;
use crate::text::escaped;

const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const STATE: Style = AnsiColor::Cyan.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// The maximum number of lines that are shown of a text.
const LINES: usize = 4;

/// Prints the demo to standard output. Values are escaped.
pub(super) struct Show {
    out: anstream::AutoStream<std::io::Stdout>,
    steps: usize,
}

impl Show {
    pub(super) fn new() -> Self {
        Self { out: anstream::stdout(), steps: 0 }
    }

    pub(super) fn title(&mut self, title: &str) -> Result<(), DemoError> {
        Ok(writeln!(self.out, "{STRONG}{title}{STRONG:#}")?)
    }

    pub(super) fn step(&mut self, name: &str) -> Result<(), DemoError> {
        self.steps += 1;
        Ok(writeln!(self.out, "\n{FAINT}{:>2}{FAINT:#}  {STRONG}{name}{STRONG:#}", self.steps)?)
    }

    pub(super) fn fact(&mut self, name: &str, value: &str) -> Result<(), DemoError> {
        Ok(writeln!(self.out, "    {FAINT}{name:<12}{FAINT:#} {}", escaped(value))?)
    }

    pub(super) fn quote(&mut self, who: &str, text: &str) -> Result<(), DemoError> {
        self.fact(who, &format!("“{text}”"))
    }

    pub(super) fn stored(&mut self, key: &str, value: &str) -> Result<(), DemoError> {
        self.fact("kept", &format!("{key} = {value}"))
    }

    pub(super) fn moved(&mut self, from: &str, answer: &Value) -> Result<(), DemoError> {
        let [event, to] =
            ["/event", "/state"].map(|key| escaped(at(answer, key).as_str().unwrap_or_default()));
        writeln!(
            self.out,
            "    {GOOD}moved{GOOD:#}        {STATE}{from}{STATE:#} --{event}--> {STATE}{to}{STATE:#}"
        )?;
        self.legal(answer)
    }

    pub(super) fn legal(&mut self, answer: &Value) -> Result<(), DemoError> {
        let legal = at(answer, "/legal").as_array().map(Vec::as_slice).unwrap_or_default();
        let moves = legal.iter().map(|legal| {
            let event = at(legal, "/event").as_str().unwrap_or_default();
            format!("{event} to {}", listed(at(legal, "/to")))
        });
        self.fact("legal now", &moves.collect::<Vec<_>>().join(", "))
    }

    pub(super) fn text(&mut self, name: &str, text: &str) -> Result<(), DemoError> {
        self.fact("prompt", name)?;
        for line in text.lines().filter(|line| !line.trim().is_empty()).take(LINES) {
            let line = escaped(line);
            writeln!(self.out, "    {FAINT}{:>12} {line}{FAINT:#}", "|")?;
        }
        Ok(())
    }

    pub(super) fn refused(&mut self, refusal: &Value) -> Result<(), DemoError> {
        let refused = at(refusal, "/refused");
        let [kind, reason] =
            ["/kind", "/reason"].map(|key| escaped(at(refused, key).as_str().unwrap_or_default()));
        let state = escaped(at(refusal, "/state").as_str().unwrap_or_default());
        writeln!(
            self.out,
            "    {BAD}refused{BAD:#}      {reason} {FAINT}({kind}; still in {state}){FAINT:#}"
        )?;
        self.legal(refusal)
    }

    pub(super) fn corrected(&mut self, event: &str, to: &str) -> Result<(), DemoError> {
        self.fact("corrected", &format!("the refusal itself offers `{event}` to {to}"))
    }

    /// The summary, and how to connect another client.
    pub(super) fn connect(&mut self) -> Result<(), DemoError> {
        let program = std::env::current_exe()?;
        let program = escaped(&program.display().to_string());
        writeln!(
            self.out,
            "\n{STRONG}Every answer was as expected:{STRONG:#} 7 moves through 6 states, 1 failure and 1 refusal, both \
             overcome.\n\n\
             {STRONG}Connect your own client{STRONG:#}\n    \
             \"{program}\" install claude-code   {FAINT}(or claude-desktop, cursor, vscode, zed){FAINT:#}\n    \
             \"{program}\" chart                 {FAINT}(the machine){FAINT:#}"
        )?;
        Ok(())
    }
}
