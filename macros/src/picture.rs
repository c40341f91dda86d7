//! The picture of a machine, drawn while its documentation is made.

use leverframe_draw::{Place, Statechart, Svg};
use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

/// The picture of a described machine, as a text of Markdown.
pub(crate) fn picture(description: TokenStream) -> TokenStream {
    match drawn(description) {
        Ok(markdown) => quote!(#markdown),
        Err(error) => error.into_compile_error(),
    }
}

fn drawn(description: TokenStream) -> Result<String, syn::Error> {
    let literal: LitStr = syn::parse2(description)?;
    let chart: Statechart =
        literal.value().parse().map_err(|error| syn::Error::new(literal.span(), error))?;
    let svg = Svg::new(&chart.graph(), Place::Page);
    // A line of Markdown that starts with this tag is HTML up to the next empty line.
    Ok(format!("\n\n<div>{svg}</div>"))
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::picture;

    #[test]
    fn a_description_becomes_one_line_of_html() {
        let tokens = picture(quote!("machine\tLamp\t0\nstate\tOff\t\t"));
        let text: syn::LitStr = syn::parse2(tokens).unwrap();
        let text = text.value();
        let html = text.trim();
        assert!(html.starts_with("<div><svg ") && html.contains(">Off</text>"));
        assert!(!html.contains('\n'), "{html}");
    }

    #[test]
    fn what_describes_nothing_is_an_error() {
        let tokens = picture(quote!("nothing")).to_string();
        assert!(tokens.contains("describes no part of a machine"), "{tokens}");
    }
}
