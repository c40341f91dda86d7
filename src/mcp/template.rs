//! Addresses with variables, such as `orders://{id}/invoice`.

use std::collections::BTreeMap;

/// The values of an address's variables by their names, as they are written in the address.
pub type TemplateValues = BTreeMap<String, String>;

/// An address in which names in braces stand for anything but a slash.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Template {
    head: String,
    /// Each variable, and the text that follows it.
    variables: Vec<(String, String)>,
}

impl Template {
    /// Reads a template. There is none without variables, with an empty or repeated name, or with a variable right after
    /// another.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (head, mut rest) = text.split_once('{')?;
        let mut variables: Vec<(String, String)> = Vec::new();
        loop {
            let (name, after) = rest.split_once('}')?;
            let (literal, next) = match after.split_once('{') {
                Some((literal, next)) => (literal, Some(next)),
                None => (after, None),
            };
            let is_known = variables.iter().any(|(known, _)| known == name);
            let is_name = !name.is_empty() && name.chars().all(|c| c == '_' || c.is_alphanumeric());
            if !is_name || is_known || literal.contains('}') {
                return None;
            }
            variables.push((name.to_owned(), literal.to_owned()));
            match next {
                Some(_) if literal.is_empty() => return None,
                Some(next) => rest = next,
                None => break,
            }
        }
        (!head.contains('}')).then(|| Self { head: head.to_owned(), variables })
    }

    /// The values by which the template becomes this address, if there are any.
    pub(super) fn values(&self, uri: &str) -> Option<TemplateValues> {
        let mut rest = uri.strip_prefix(&self.head)?;
        let mut values = TemplateValues::new();
        for (index, (name, literal)) in self.variables.iter().enumerate() {
            let is_last = index + 1 == self.variables.len();
            let (value, next) = if is_last {
                (rest.strip_suffix(literal.as_str())?, "")
            } else {
                rest.split_once(literal.as_str())?
            };
            if value.is_empty() || value.contains('/') {
                return None;
            }
            values.insert(name.clone(), value.to_owned());
            rest = next;
        }
        Some(values)
    }
}

#[cfg(test)]
mod tests {
    use super::Template;

    fn check(template: &str, uri: &str, expected: Option<&[(&str, &str)]>) {
        let values = Template::parse(template).expect("a template").values(uri);
        let values: Option<Vec<_>> = values.map(|values| values.into_iter().collect());
        let expected = expected.map(|expected| {
            let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            expected.iter().map(owned).collect()
        });
        assert_eq!(values, expected, "{template} {uri}");
    }

    #[test]
    fn addresses_give_values() {
        check("a://{id}/data", "a://123/data", Some(&[("id", "123")]));
        check("a://{id}", "a://x%2Fy", Some(&[("id", "x%2Fy")]));
        check("a://{x}/{y}.txt", "a://1/2.txt", Some(&[("x", "1"), ("y", "2")]));
        for uri in ["a:///data", "a://1/2/data", "a://1/datas", "a://1", "b://1/data", ""] {
            check("a://{id}/data", uri, None);
        }
    }

    #[test]
    fn not_every_text_is_a_template() {
        for text in ["a://b", "a://{", "a://{}", "a://}{x}", "{x}{y}", "{x}/{x}", "{x}}", "{a b}"] {
            assert_eq!(Template::parse(text), None, "{text}");
        }
    }
}
