//! The hash of a declaration: what its author wrote, whatever the whitespace, the comments and the documentation.

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};
use sha2::{Digest, Sha256};

/// The SHA-256 hash of the arguments of `#[machine]` and of its module.
///
/// It is computed over bytes of its own: a tag for each token, then the length of its text, then the text. Compilers
/// differ in how they print a stream of tokens, and in the groups without delimiters that they put around fragments of
/// `macro_rules`; neither has a part in it.
pub(super) fn digest(options: &TokenStream, module: &TokenStream) -> [u8; 32] {
    let mut hash = Hash(Sha256::new());
    hash.0.update(b"leverframe declaration 1");
    hash.stream(options);
    hash.tag(b'#');
    hash.stream(module);
    hash.0.finalize().into()
}

/// The operators of more than one character, the longer first. Those that begin with `>` are not among them: whether
/// the `>`s that close a list of generics touch each other is whitespace.
const OPERATORS: [&str; 20] = [
    "<<=", "...", "..=", "::", "->", "=>", "==", "!=", "<=", "<<", "&&", "||", "+=", "-=", "*=",
    "/=", "%=", "^=", "&=", "|=",
];

struct Hash(Sha256);

impl Hash {
    fn tag(&mut self, tag: u8) {
        self.0.update([tag]);
    }

    fn text(&mut self, tag: u8, text: &str) {
        self.tag(tag);
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }

    fn stream(&mut self, tokens: &TokenStream) {
        let tokens = flat(tokens.clone());
        let mut rest = &*tokens;
        while let [first, after @ ..] = rest {
            rest = match first {
                TokenTree::Ident(ident) => {
                    self.text(b'i', &ident.to_string());
                    after
                }
                TokenTree::Literal(literal) => {
                    self.text(b'l', &literal.to_string());
                    after
                }
                TokenTree::Group(group) => {
                    self.group(group);
                    after
                }
                TokenTree::Punct(_) => match documentation(rest) {
                    Some(after) => after,
                    None => self.operator(rest),
                },
            };
        }
    }

    fn group(&mut self, group: &Group) {
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => (b'(', b')'),
            Delimiter::Brace => (b'{', b'}'),
            Delimiter::Bracket => (b'[', b']'),
            Delimiter::None => unreachable!("`flat` has taken these apart"),
        };
        self.tag(open);
        self.stream(&group.stream());
        self.tag(close);
    }

    /// The first operator, as a compiler reads it; gives what is behind it.
    fn operator<'t>(&mut self, tokens: &'t [TokenTree]) -> &'t [TokenTree] {
        let mut text = String::new();
        let mut joint = true;
        for token in tokens.iter().take(3) {
            let TokenTree::Punct(punct) = token else { break };
            if joint {
                text.push(punct.as_char());
            }
            joint &= is_joint(punct);
        }
        let known = OPERATORS.iter().find(|operator| text.starts_with(**operator));
        let length = known.map_or(1, |operator| operator.len());
        self.text(b'p', text.get(..length).unwrap_or(&text));
        tokens.get(length..).unwrap_or_default()
    }
}

fn is_joint(punct: &Punct) -> bool {
    punct.spacing() == Spacing::Joint
}

/// The tokens, with those of groups without delimiters in their place.
fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    let mut found = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                found.extend(flat(group.stream()));
            }
            token => found.push(token),
        }
    }
    found
}

/// What is behind the documentation, where the tokens begin with some: `#[doc = "…"]`, `#![doc(hidden)]`.
fn documentation(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    let is = |token: &TokenTree, wanted: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted);
    let [hash, rest @ ..] = tokens else { return None };
    let rest = match rest {
        [inner, rest @ ..] if is(inner, '!') => rest,
        rest => rest,
    };
    let [TokenTree::Group(group), rest @ ..] = rest else { return None };
    let is_doc = is(hash, '#')
        && group.delimiter() == Delimiter::Bracket
        && flat(group.stream())
            .first()
            .is_some_and(|first| matches!(first, TokenTree::Ident(name) if name == "doc"));
    is_doc.then_some(rest)
}

#[cfg(test)]
mod tests {
    use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
    use quote::quote;

    use super::digest;

    fn hash(module: &str) -> [u8; 32] {
        digest(&TokenStream::new(), &module.parse().expect("tokens"))
    }

    const MODULE: &str = "mod m { fn f(a: &mut Vec<Vec<u8>>) -> u8 { a.push(vec![-1]); 10 } }";

    #[test]
    fn whitespace_comments_and_documentation_make_no_difference() {
        for same in [
            "mod m{fn f(a:&mut Vec<Vec<u8> >)->u8{a.push(vec![ - 1]);10}}",
            "mod m { /* why */ fn f(a: &mut Vec<Vec<u8>>) -> u8 { a.push(vec![-1]); // because
                10 } }",
            "/// A module.
             #[doc(hidden)] mod m { //! Inside.
                /** Does. */ fn f(/// An argument.
                a: &mut Vec<Vec<u8>>) -> u8 { a.push(vec![-1]); 10 } }",
        ] {
            assert_eq!(hash(same), hash(MODULE), "{same}");
        }
    }

    #[test]
    fn code_makes_a_difference() {
        for other in [
            "mod m { fn f(a: &mut Vec<Vec<u8>>) -> u8 { a.push(vec![-1]); 1 } }",
            "mod m { fn f(a: &mut Vec<Vec<u8>>) -> u8 { a.push(vec![-1]); 10u8 } }",
            "mod m { fn f(a: &mut Vec<Vec<u8>>) -> u8 { a.push(vec![-1]); 1 0 } }",
            "mod m { fn f(a: &mut Vec<Vec<u8>>) -> u8 { a.push(vec!(-1)); 10 } }",
            "#[allow(unused)] mod m { fn f(a: &mut Vec<Vec<u8>>) -> u8 { a.push(vec![-1]); 10 } }",
        ] {
            assert_ne!(hash(other), hash(MODULE), "{other}");
        }
        assert_ne!(hash("a && b"), hash("a & &b"));
        assert_ne!(hash("a .. = b"), hash("a ..= b"));
        assert_eq!(hash("x=-1"), hash("x = -1"));
    }

    #[test]
    fn arguments_make_a_difference() {
        let module = quote!(
            mod m {}
        );
        let hashes =
            [quote!(), quote!(serde), quote!(name = M)].map(|options| digest(&options, &module));
        assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2]);
        assert_ne!(digest(&quote!(a), &quote!(b)), digest(&quote!(a b), &quote!()));
    }

    #[test]
    fn a_group_without_delimiters_makes_no_difference() {
        let one = TokenTree::from(Group::new(Delimiter::None, quote!(1 + 2)));
        let both = TokenTree::from(Group::new(Delimiter::None, quote!(x = #one)));
        assert_eq!(digest(&both.into(), &quote!()), digest(&quote!(x = 1 + 2), &quote!()));
    }
}
