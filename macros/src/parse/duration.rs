//! Durations as texts.

use std::time::Duration;

use syn::LitStr;

/// The duration that a text gives: `"90s"`, `"1h 30m"`, `"14 days"`.
pub(super) fn duration(text: &LitStr) -> syn::Result<Duration> {
    const FORM: &str = "a duration is numbers with units from `ms` to `weeks`: `\"30s\"`, `\"1h 30m\"`, `\"14 days\"`";
    let wrong = |message: &str| syn::Error::new(text.span(), message);
    let value = text.value();
    let duration = humantime::parse_duration(&value).map_err(|error| match error {
        humantime::DurationError::NumberOverflow => wrong("the duration is too long, or too exact"),
        _ => wrong(FORM),
    })?;
    if value.split(|c: char| !c.is_alphabetic()).any(varies) {
        return Err(wrong("months and years vary in length: give the duration in days or weeks"));
    }
    if duration.is_zero() {
        return Err(wrong("a duration is longer than zero"));
    }
    match u64::try_from(duration.as_millis()).map(Duration::from_millis) {
        Ok(milliseconds) if milliseconds == duration => Ok(duration),
        Ok(_) => Err(wrong("a duration is a whole number of milliseconds")),
        Err(_) => Err(wrong("the duration is too long")),
    }
}

/// Whether the unit is one of months or of years.
fn varies(unit: &str) -> bool {
    unit == "M" || ["month", "y"].iter().any(|varying| unit.starts_with(varying))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proc_macro2::Span;
    use syn::LitStr;

    use super::duration;

    fn read(text: &str) -> Option<Duration> {
        duration(&LitStr::new(text, Span::call_site())).ok()
    }

    #[test]
    fn units_are_read_in_every_spelling() {
        const HOUR: u64 = 3_600;
        for (text, seconds) in [
            ("90s", 90),
            ("90 seconds", 90),
            ("1h 30m", 5_400),
            ("1h30min", 5_400),
            ("2 hours", 2 * HOUR),
            ("14d", 14 * 24 * HOUR),
            ("14 days", 14 * 24 * HOUR),
            ("2 weeks", 14 * 24 * HOUR),
        ] {
            assert_eq!(read(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(read("5ms"), Some(Duration::from_millis(5)));
    }

    #[test]
    fn what_no_timer_can_keep_is_refused() {
        for text in [
            "",
            "5",
            "soon",
            "0s",
            "-1s",
            "1us",
            "1 month",
            "1M",
            "1y",
            "2 years",
            "600000000000 weeks",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
