//! What items, attributes and types say of themselves.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Ident, Item, Type, UseTree};

/// The name without `r#`.
pub(crate) fn unraw(ident: &Ident) -> String {
    syn::ext::IdentExt::unraw(ident).to_string()
}

/// The name in camel case, unless that is none: `give_up` → `GiveUp`.
pub(crate) fn type_name(ident: &Ident) -> Option<Ident> {
    let name = heck::ToUpperCamelCase::to_upper_camel_case(&*unraw(ident));
    let mut name = syn::parse_str::<Ident>(&name).ok()?;
    name.set_span(ident.span());
    Some(name)
}

/// The names that an item puts into its module, but those of functions, which collide with nothing.
pub(crate) fn names_of(item: &Item) -> Vec<&Ident> {
    vec![match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Mod(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        Item::Use(item) => return imports(&item.tree, None),
        _ => return Vec::new(),
    }]
}

/// The names that a `use` brings in, as far as it says them.
pub(super) fn imports<'t>(tree: &'t UseTree, parent: Option<&'t Ident>) -> Vec<&'t Ident> {
    match tree {
        UseTree::Path(path) => imports(&path.tree, Some(&path.ident)),
        UseTree::Name(name) if name.ident == "self" => parent.into_iter().collect(),
        UseTree::Name(name) => vec![&name.ident],
        UseTree::Rename(rename) => vec![&rename.rename],
        UseTree::Glob(_) => Vec::new(),
        UseTree::Group(group) => {
            group.items.iter().flat_map(|tree| imports(tree, parent)).collect()
        }
    }
}

/// The name of an item, or its first tokens: enough to point at it without underlining all of it.
pub(super) fn head(item: &mut Item) -> TokenStream {
    if let [ident, ..] = *names_of(item) {
        return ident.to_token_stream();
    }
    if let Some(attrs) = attrs_of(item) {
        attrs.clear();
    }
    item.to_token_stream().into_iter().take(2).collect()
}

/// The attributes of an item.
pub(super) fn attrs_of(item: &mut Item) -> Option<&mut Vec<Attribute>> {
    Some(match item {
        Item::Const(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::Fn(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Macro(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Static(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        Item::Type(item) => &mut item.attrs,
        Item::Union(item) => &mut item.attrs,
        Item::Use(item) => &mut item.attrs,
        _ => return None,
    })
}

/// The documentation in these attributes, each line without the space after `///`.
pub(crate) fn docs(attrs: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("doc")) {
        if let syn::Meta::NameValue(meta) = &attr.meta
            && let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &meta.value
        {
            let text = text.value();
            lines
                .extend(text.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned()));
        }
    }
    lines.join("\n").trim().to_owned()
}

/// The name, where the type is nothing but a name: `Draft`, `self::Draft`.
pub(crate) fn plain_name(ty: &Type) -> Option<Ident> {
    let Type::Path(path) = ty else { return None };
    let mut segments = path.path.segments.iter();
    let mut segment = segments.next()?;
    if segment.ident == "self" {
        segment = segments.next()?;
    }
    let plain = path.qself.is_none()
        && path.path.leading_colon.is_none()
        && segments.next().is_none()
        && segment.arguments.is_empty();
    plain.then(|| segment.ident.clone())
}

/// The text of a type as an author writes it.
pub(crate) fn text(ty: &Type) -> String {
    let mut text = ty.to_token_stream().to_string();
    for (spaced, plain) in [
        (" < ", "<"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" :: ", "::"),
        (":: ", "::"),
        (" ,", ","),
        ("& ", "&"),
        (" ;", ";"),
    ] {
        text = text.replace(spaced, plain);
    }
    text
}
