//! "Did you mean": the name that was probably meant.

/// The one of `names` that is closest to `text`, where one is close.
pub(crate) fn nearest<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text = plain(text);
    let near = names.into_iter().filter_map(|name| {
        let name_plain = plain(name);
        // What is a part of the other is near, however much is left out.
        let is_part = text.len() > 2 && (name_plain.contains(&text) || text.contains(&name_plain));
        let distance = if is_part { 1 } else { strsim::osa_distance(&text, &name_plain) };
        let longest = text.chars().count().max(name_plain.chars().count());
        (distance <= longest / 3 + 1 && distance < longest).then_some((distance, name))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// The end of a sentence about `text`, which is none of `names`: what was probably meant, and what there is.
pub(crate) fn hint<'a>(text: &str, names: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let listed: Vec<_> = names.clone().into_iter().map(|name| format!("`{name}`")).collect();
    let listed = if listed.is_empty() { "none".to_owned() } else { listed.join(", ") };
    match nearest(text, names) {
        Some(name) => format!("did you mean `{name}`? known: {listed}"),
        None => format!("known: {listed}"),
    }
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(nearest(text, ["PLANNING", "IDLE", "ERROR"]), expected, "{text}");
    }

    #[test]
    fn finds_what_was_meant() {
        check("planing", Some("PLANNING"));
        check("ERORR", Some("ERROR"));
        check("idl", Some("IDLE"));
        check("plan", Some("PLANNING"));
        check("deployed", None);
        check("", None);
    }
}
