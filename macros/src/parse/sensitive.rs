//! `#[sensitive]`: values that are kept and not shown.

use quote::ToTokens;
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::{Attribute, Fields, Ident, ItemStruct, LitStr, Meta, Token};

use super::attribute::Marked;
use super::syntax::unraw;
use crate::report::Report;

/// Takes `#[sensitive]` out of the attributes of a parameter or a field, and answers whether it was there.
pub(super) fn take(attrs: &mut Vec<Attribute>, report: &mut Report) -> bool {
    let mut found = false;
    attrs.retain(|attr| {
        if !attr.path().is_ident("sensitive") {
            return true;
        }
        match &attr.meta {
            Meta::Path(path) if found => {
                report.at(path, "`#[sensitive]` is given already: remove one");
            }
            Meta::Path(_) => found = true,
            meta => report.at(meta, "`#[sensitive]` takes no arguments"),
        }
        false
    });
    found
}

/// Takes `#[sensitive]` off a marked item, where it means nothing.
pub(super) fn refuse(attrs: &mut Vec<Attribute>, marked: &Marked, report: &mut Report) {
    attrs.retain(|attr| {
        if !attr.path().is_ident("sensitive") {
            return true;
        }
        let name = marked.name;
        report.at(
            attr.path(),
            format_args!(
                "`#[sensitive]` marks a single value, not a whole `#[{name}]`: put it on a part of an event's payload, on a field of a state, or on a field of the context"
            ),
        );
        false
    });
}

/// Takes `#[sensitive]` out of the fields of a state or of the context. The answer is the names of those fields on the wire.
pub(super) fn fields(item: &mut ItemStruct, report: &mut Report) -> Vec<String> {
    let rename_all = serde_option(&item.attrs, "rename_all");
    let mut names = Vec::new();
    for field in &mut item.fields {
        let span = field.attrs.iter().find(|attr| attr.path().is_ident("sensitive"));
        let Some(at) = span.map(|attr| attr.path().to_token_stream()) else { continue };
        if !take(&mut field.attrs, report) {
            continue;
        }
        match &field.ident {
            Some(_) if is_flattened(&field.attrs) => report.at(
                at,
                "a flattened field has no name on the wire by which it could be redacted: remove `flatten`",
            ),
            Some(ident) => names.push(wire_name(ident, &field.attrs, rename_all.as_deref())),
            None => {
                report.at(at, "a sensitive field has a name: write `struct Paid { card: String }`");
            }
        }
    }
    names
}

/// The fields of a state or of the context, each with its name on the wire.
pub(crate) fn wire_names(attrs: &[Attribute], fields: &Fields) -> Vec<(Ident, String)> {
    let rename_all = serde_option(attrs, "rename_all");
    let named = fields.iter().filter_map(|field| Some((field.ident.clone()?, &field.attrs)));
    named
        .map(|(ident, attrs)| {
            let wire = wire_name(&ident, attrs, rename_all.as_deref());
            (ident, wire)
        })
        .collect()
}

fn wire_name(ident: &Ident, attrs: &[Attribute], rename_all: Option<&str>) -> String {
    serde_option(attrs, "rename").unwrap_or_else(|| cased(&unraw(ident), rename_all))
}

fn is_flattened(attrs: &[Attribute]) -> bool {
    let options = attrs.iter().filter(|attr| attr.path().is_ident("serde"));
    let mut words = options.flat_map(|attr| attr.meta.to_token_stream());
    words.any(|tree| tree.to_string().contains("flatten"))
}

/// What `#[serde(option = "…")]` or `#[serde(option(serialize = "…"))]` says.
fn serde_option(attrs: &[Attribute], option: &str) -> Option<String> {
    let mut found = None;
    let mut read = |meta: ParseNestedMeta<'_>| {
        if !meta.path.is_ident(option) {
            return skip(meta.input);
        }
        if meta.input.peek(Token![=]) {
            found = Some(meta.value()?.parse::<LitStr>()?.value());
            return Ok(());
        }
        meta.parse_nested_meta(|inner| {
            let text = inner.value()?.parse::<LitStr>()?.value();
            if inner.path.is_ident("serialize") {
                found = Some(text);
            }
            Ok(())
        })
    };
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
        // serde reports what it cannot read.
        let _ = attr.parse_nested_meta(&mut read);
    }
    found
}

/// Skips an option up to its comma.
fn skip(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

/// The name of a field under serde's `rename_all`.
fn cased(name: &str, rule: Option<&str>) -> String {
    let pascal = || -> String {
        let words = name.split('_').map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        });
        words.collect()
    };
    match rule {
        Some("UPPERCASE" | "SCREAMING_SNAKE_CASE") => name.to_ascii_uppercase(),
        Some("PascalCase") => pascal(),
        Some("camelCase") => {
            let pascal = pascal();
            let mut letters = pascal.chars();
            let first = letters.next().map(|first| first.to_ascii_lowercase());
            first.into_iter().chain(letters).collect()
        }
        Some("kebab-case") => name.replace('_', "-"),
        Some("SCREAMING-KEBAB-CASE") => name.to_ascii_uppercase().replace('_', "-"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::fields;
    use crate::report::Report;

    #[test]
    fn names_are_those_of_the_wire() {
        let check = |source: &str, expected: &str| {
            let mut item = syn::parse_str(source).expect("a struct");
            let mut report = Report::default();
            assert_eq!(fields(&mut item, &mut report), [expected], "{source}");
            assert!(report.is_empty(), "{}", report.into_compile_errors());
            assert!(!quote::quote!(#item).to_string().contains("sensitive"), "{source}");
        };
        check("struct S { a: u8, #[sensitive] card_no: u8 }", "card_no");
        check("struct S { #[sensitive] r#type: u8 }", "type");
        check(r#"struct S { #[sensitive] #[serde(default = "f", rename = "no")] card: u8 }"#, "no");
        check(
            r#"struct S { #[serde(rename(deserialize = "a", serialize = "b"))] #[sensitive] card: u8 }"#,
            "b",
        );
        for (rule, expected) in [
            ("camelCase", "cardNo"),
            ("PascalCase", "CardNo"),
            ("kebab-case", "card-no"),
            ("SCREAMING-KEBAB-CASE", "CARD-NO"),
            ("SCREAMING_SNAKE_CASE", "CARD_NO"),
            ("UPPERCASE", "CARD_NO"),
            ("lowercase", "card_no"),
        ] {
            let source = format!(
                r#"#[serde(bound = "", rename_all = "{rule}")] struct S {{ #[sensitive] card_no: u8 }}"#
            );
            check(&source, expected);
        }
    }
}
