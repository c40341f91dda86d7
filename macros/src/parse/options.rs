//! The options in the parentheses of an attribute: `from = [Draft, Waiting], by = human`.
//!
//! A mistake in the form of an option is reported with the form that it has.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Ident, MacroDelimiter, Meta, Token};

use crate::report::{Report, did_you_mean};

/// What an attribute may say.
pub(super) struct Syntax {
    /// `#[state]`
    pub(super) attribute: &'static str,
    /// A use of it.
    pub(super) example: &'static str,
    /// Its options, each with its form.
    pub(super) options: &'static [(&'static str, &'static str)],
}

/// An option as it is given.
pub(super) struct Given {
    pub(super) name: Ident,
    form: &'static str,
    /// What stands behind the name.
    rest: Vec<TokenTree>,
}

impl Syntax {
    /// Reads the options of an attribute, each of which is given at most once.
    pub(super) fn of(&self, attr: &Attribute, report: &mut Report) -> Vec<Given> {
        match arguments(attr, self.attribute, self.example) {
            Ok(Some(options)) => self.read(options, report),
            Ok(None) => Vec::new(),
            Err(error) => {
                report.error(error);
                Vec::new()
            }
        }
    }

    /// Reads the options between the parentheses.
    pub(super) fn read(&self, options: TokenStream, report: &mut Report) -> Vec<Given> {
        let tokens: Vec<TokenTree> = options.into_iter().collect();
        let mut given: Vec<Given> = Vec::new();
        for option in tokens.split(is_comma).filter(|option| !option.is_empty()) {
            match self.option(option) {
                Ok(option) if given.iter().any(|first| first.name == option.name) => {
                    let name = option.name;
                    report.at(&name, format_args!("`{name}` is given already: remove one"));
                }
                Ok(option) => given.push(option),
                Err(error) => report.error(error),
            }
        }
        given
    }

    fn option(&self, tokens: &[TokenTree]) -> syn::Result<Given> {
        let [TokenTree::Ident(name), rest @ ..] = tokens else {
            let all: TokenStream = tokens.iter().cloned().collect();
            return Err(syn::Error::new_spanned(
                all,
                format_args!("`{}` takes options by their names: {}", self.attribute, self.forms()),
            ));
        };
        let known = self.options.iter().find(|(known, _)| name == known);
        let Some((_, form)) = known else {
            let names = self.options.iter().map(|(known, _)| *known);
            let hint = did_you_mean(&name.to_string(), names);
            let hint = if hint.is_empty() { format!("; it has {}", self.forms()) } else { hint };
            return Err(syn::Error::new_spanned(
                name,
                format_args!("`{}` has no option `{name}`{hint}", self.attribute),
            ));
        };
        Ok(Given { name: name.clone(), form, rest: rest.to_vec() })
    }

    /// The forms of all options.
    fn forms(&self) -> String {
        let forms: Vec<_> = self.options.iter().map(|(_, form)| format!("`{form}`")).collect();
        forms.join(", ")
    }
}

impl Given {
    /// An option without a value.
    pub(super) fn flag(&self) -> syn::Result<()> {
        if self.rest.is_empty() {
            return Ok(());
        }
        let name = &self.name;
        let message = format_args!("`{name}` takes no value");
        Err(syn::Error::new_spanned(name, message))
    }

    /// The value behind `=`. What the parser leaves is a mistake in the form.
    pub(super) fn value<T>(
        &self,
        parser: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
    ) -> syn::Result<T> {
        let Self { name, form, rest } = self;
        let message = format!("`{name}` has the form `{form}`");
        let value = match rest.as_slice() {
            [TokenTree::Punct(equals), value @ ..]
                if equals.as_char() == '=' && !value.is_empty() =>
            {
                value
            }
            [] | [_] => return Err(syn::Error::new_spanned(name, message)),
            [first, ..] => return Err(syn::Error::new_spanned(first, message)),
        };
        let parser = |input: ParseStream<'_>| {
            let value = parser(input)?;
            if input.is_empty() { Ok(value) } else { Err(input.error(&message)) }
        };
        parser.parse2(value.iter().cloned().collect())
    }
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}

/// What stands in the parentheses of an attribute; `None` where it has none.
pub(super) fn arguments(
    attr: &Attribute,
    attribute: &str,
    example: &str,
) -> syn::Result<Option<TokenStream>> {
    match &attr.meta {
        Meta::Path(_) => Ok(None),
        Meta::List(list) if matches!(list.delimiter, MacroDelimiter::Paren(_)) => {
            Ok(Some(list.tokens.clone()))
        }
        meta => Err(syn::Error::new_spanned(
            meta,
            format_args!("`{attribute}` takes its arguments in parentheses: `{example}`"),
        )),
    }
}

/// A name without a path; otherwise the message.
pub(super) fn plain(input: ParseStream<'_>, otherwise: &str) -> syn::Result<Ident> {
    let path =
        input.parse::<syn::Path>().map_err(|error| syn::Error::new(error.span(), otherwise))?;
    path.get_ident().cloned().ok_or_else(|| syn::Error::new_spanned(path, otherwise))
}

/// Names with commas between them, each without a path; otherwise the messages.
pub(super) fn list(input: ParseStream<'_>, of: &str, separated: &str) -> syn::Result<Vec<Ident>> {
    let mut names = Vec::new();
    while !input.is_empty() {
        names.push(plain(input, of)?);
        if !input.is_empty() {
            input.parse::<Token![,]>().map_err(|error| syn::Error::new(error.span(), separated))?;
        }
    }
    Ok(names)
}

/// One name or, in brackets, several.
pub(super) fn one_or_several(
    input: ParseStream<'_>,
    of: &str,
    separated: &str,
) -> syn::Result<(Vec<Ident>, TokenStream)> {
    if let Ok(TokenTree::Group(group)) = input.fork().parse()
        && group.delimiter() == Delimiter::Bracket
    {
        input.parse::<TokenTree>()?;
        let parser = |input: ParseStream<'_>| list(input, of, separated);
        return Ok((parser.parse2(group.stream())?, group.to_token_stream()));
    }
    let name = plain(input, of)?;
    if !input.is_empty() {
        return Err(input.error(separated));
    }
    let tokens = name.to_token_stream();
    Ok((vec![name], tokens))
}
