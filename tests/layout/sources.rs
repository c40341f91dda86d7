//! Rust sources, as far as a search for names needs them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The files below `src`, by the path of their module.
pub(super) struct Sources(pub(super) BTreeMap<Vec<String>, Source>);

/// One file.
pub(super) struct Source {
    /// Its path below `src`.
    pub(super) path: String,
    /// Names, signs and texts in their order, without what is compiled for tests alone.
    pub(super) tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) line: usize,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Name(String),
    Text(String),
    Sign(char),
}

impl Sources {
    pub(super) fn read(root: &Path) -> Self {
        let mut files = Vec::new();
        collect(root, root, &mut files);
        assert!(files.len() > 50, "the sources are at {}", root.display());
        Self(files.iter().map(|(path, text)| module(path, text)).collect())
    }

    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| module(path, text)).collect())
    }

    /// Whether there is a file, or a folder of files, for this module.
    pub(super) fn has(&self, module: &[String]) -> bool {
        self.0.contains_key(module)
    }
}

/// The files of a folder, except those named for tests, which are compiled for them alone.
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_name().is_some_and(|name| name != "tests.rs")
        {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

/// A file with the path of its module. The root of the library has none; `main.rs` is a crate of its own.
fn module(path: &str, text: &str) -> (Vec<String>, Source) {
    let name = path.trim_end_matches(".rs");
    let module = match name {
        "lib" => Vec::new(),
        name => name.split('/').map(str::to_owned).collect(),
    };
    (module, Source { path: path.to_owned(), tokens: without_tests(tokens(text)) })
}

/// Leaves out items behind `#[cfg(test)]`.
fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    let signs = |token: &Token| match &token.kind {
        Kind::Name(name) => name.clone(),
        Kind::Sign(sign) => sign.to_string(),
        Kind::Text(_) => "\"".to_owned(),
    };
    let mut kept = Vec::new();
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        kept.push(token);
        let end: Vec<String> = kept.iter().rev().take(7).rev().map(signs).collect();
        if end.concat() != "#[cfg(test)]" {
            continue;
        }
        kept.truncate(kept.len() - 7);
        let mut depth = 0;
        for token in rest.by_ref() {
            match token.kind {
                Kind::Sign('{') => depth += 1,
                Kind::Sign('}') => depth -= 1,
                Kind::Sign(';') if depth == 0 => break,
                _ => continue,
            }
            if depth == 0 {
                break;
            }
        }
    }
    kept
}

fn tokens(text: &str) -> Vec<Token> {
    let mut scanner = Scanner { rest: text, line: 1 };
    std::iter::from_fn(|| scanner.next_token()).collect()
}

struct Scanner<'a> {
    rest: &'a str,
    line: usize,
}

impl Scanner<'_> {
    fn next_token(&mut self) -> Option<Token> {
        loop {
            let first = self.rest.chars().next()?;
            if first.is_whitespace() {
                self.take(first.len_utf8());
            } else if self.rest.starts_with("//") {
                self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
            } else if self.rest.starts_with("/*") {
                self.take(comment(self.rest));
            } else {
                return Some(self.token(first));
            }
        }
    }

    fn token(&mut self, first: char) -> Token {
        let line = self.line;
        let kind = if let Some(length) = text_length(self.rest) {
            Kind::Text(self.take(length))
        } else if first.is_alphanumeric() || first == '_' {
            let is_part = |c: char| c.is_alphanumeric() || c == '_';
            Kind::Name(self.take(self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len())))
        } else {
            self.take(first.len_utf8());
            Kind::Sign(first)
        };
        Token { line, kind }
    }

    fn take(&mut self, length: usize) -> String {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken.to_owned()
    }
}

/// The length of a block comment, in which others may be nested.
fn comment(text: &str) -> usize {
    let mut depth = 0;
    let mut place = 0;
    loop {
        let rest = &text[place..];
        if rest.starts_with("/*") {
            (depth, place) = (depth + 1, place + 2);
        } else if rest.starts_with("*/") {
            (depth, place) = (depth - 1, place + 2);
        } else {
            place += rest.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 || place >= text.len() {
            return place.min(text.len());
        }
    }
}

/// The length of a string, a raw string or a character at the beginning of the text. A lifetime is none of them.
fn text_length(text: &str) -> Option<usize> {
    let body = text.trim_start_matches(['b', 'c']);
    let prefix = text.len() - body.len();
    if prefix > 1 {
        return None;
    }
    if let Some(raw) = body.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let inside = raw[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        let length = inside.find(&end).unwrap_or(inside.len());
        return Some((prefix + 1 + hashes + 1 + length + end.len()).min(text.len()));
    }
    if body.starts_with('"') {
        return Some(prefix + quoted(body, '"'));
    }
    let mut inside = body.strip_prefix('\'')?.chars();
    let is_character = inside.next()? == '\\' || inside.next()? == '\'';
    is_character.then(|| prefix + quoted(body, '\''))
}

fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = true;
    for (place, c) in text.char_indices() {
        if c == quote && !is_escaped {
            return place + 1;
        }
        is_escaped = (c == '\\' && !is_escaped) && place > 0;
    }
    text.len()
}
