//! The paths that a file names.

use super::sources::{Kind, Token};

/// A name that an item `use` brings in, and its path.
#[derive(Debug)]
pub(super) struct Use {
    pub(super) name: String,
    pub(super) path: Vec<String>,
    line: usize,
    place: usize,
}

/// All that the items `use` outside inline modules bring in.
pub(super) fn uses(tokens: &[Token]) -> Vec<Use> {
    let depths = inline_depths(tokens);
    let mut uses = all_uses(tokens);
    uses.retain(|import| depths[import.place] == 0);
    uses
}

/// All paths of `use` items, and those of expressions that begin with `crate`, `self` or `super`, with their lines. What
/// an inline module names by `super` is seen from the file.
pub(super) fn paths(tokens: &[Token]) -> Vec<(usize, Vec<String>)> {
    let depths = inline_depths(tokens);
    let uses = all_uses(tokens).into_iter().map(|import| (import.line, import.place, import.path));
    let begins = |place: &usize| {
        let is_begin = matches!(name(tokens, *place), Some("crate" | "self" | "super"));
        let is_inside = place.checked_sub(1).is_some_and(|before| is_sign(tokens, before, ':'));
        is_begin && !is_inside && is_separator(tokens, place + 1)
    };
    let others = (0..tokens.len())
        .filter(begins)
        .map(|place| (tokens[place].line, place, segments(tokens, place).0));
    let seen = |(line, place, mut path): (usize, usize, Vec<String>)| {
        let inline = path.iter().take(depths[place]).take_while(|part| *part == "super").count();
        path.drain(..inline);
        (!path.is_empty()).then_some((line, path))
    };
    uses.chain(others).filter_map(seen).collect()
}

/// For each token, how many inline modules it is in.
fn inline_depths(tokens: &[Token]) -> Vec<usize> {
    let (mut braces, mut inline, mut is_module) = (0, Vec::new(), false);
    let depths = tokens.iter().enumerate().map(|(place, token)| {
        match token.kind {
            Kind::Name(ref name) if name == "mod" => is_module = is_sign(tokens, place + 2, '{'),
            Kind::Sign('{') => {
                braces += 1;
                if std::mem::take(&mut is_module) {
                    inline.push(braces);
                }
            }
            Kind::Sign('}') => {
                inline.pop_if(|begin| *begin == braces);
                braces -= 1;
            }
            _ => {}
        }
        inline.len()
    });
    depths.collect()
}

fn all_uses(tokens: &[Token]) -> Vec<Use> {
    let begins = (0..tokens.len()).filter(|place| name(tokens, *place) == Some("use"));
    let mut uses = Vec::new();
    for place in begins {
        tree(tokens, place + 1, &[], &mut uses);
    }
    uses
}

/// Reads a tree of a `use` item after a prefix, and answers where it ends.
fn tree(tokens: &[Token], begin: usize, prefix: &[String], uses: &mut Vec<Use>) -> usize {
    let (own, mut place) = segments(tokens, begin);
    let path = [prefix, &own].concat();
    if is_sign(tokens, place, '{') {
        place += 1;
        while place < tokens.len() && !is_sign(tokens, place, '}') {
            let end = tree(tokens, place, &path, uses);
            place = if is_sign(tokens, end, ',') || end == place { end + 1 } else { end };
        }
        return place + 1;
    }
    let Some(token) = tokens.get(begin) else { return place };
    let Some(last) = path.last().cloned() else { return place };
    let mut import = Use { name: last, path, line: token.line, place: begin };
    if is_sign(tokens, place, '*') {
        "*".clone_into(&mut import.name);
        place += 1;
    }
    if import.path.last().is_some_and(|last| last == "self") && import.path.len() > 1 {
        import.path.pop();
        import.name = import.path.last().cloned().unwrap_or_default();
    }
    if name(tokens, place) == Some("as") {
        name(tokens, place + 1).unwrap_or("_").clone_into(&mut import.name);
        place += 2;
    }
    uses.push(import);
    place
}

/// The names of a path, and the place after them and a last `::`.
fn segments(tokens: &[Token], begin: usize) -> (Vec<String>, usize) {
    let (mut names, mut place) = (Vec::new(), begin);
    if is_separator(tokens, place) {
        place += 2;
    }
    while let Some(segment) = name(tokens, place) {
        names.push(segment.to_owned());
        place += 1;
        if !is_separator(tokens, place) {
            break;
        }
        place += 2;
    }
    (names, place)
}

fn name(tokens: &[Token], place: usize) -> Option<&str> {
    match &tokens.get(place)?.kind {
        Kind::Name(name) => Some(name),
        _ => None,
    }
}

fn is_sign(tokens: &[Token], place: usize, sign: char) -> bool {
    tokens.get(place).is_some_and(|token| token.kind == Kind::Sign(sign))
}

fn is_separator(tokens: &[Token], place: usize) -> bool {
    is_sign(tokens, place, ':') && is_sign(tokens, place + 1, ':')
}
