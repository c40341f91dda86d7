//! Durations as a person reads them.

use core::fmt::{self, Display, Formatter};
use core::time::Duration;

/// A duration as a person writes it, in the largest unit that gives a whole number: `14d`, `36h`, `90s`, `5ms`. The language
/// of declarations reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

impl Display for Span {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const UNITS: [(u128, &str); 4] =
            [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
        let milliseconds = self.0.as_millis();
        let is_whole =
            |(unit, _): &&(u128, &str)| milliseconds > 0 && milliseconds.is_multiple_of(*unit);
        let (unit, sign) = UNITS.iter().find(is_whole).copied().unwrap_or((1, "ms"));
        write!(f, "{}{sign}", milliseconds / unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_the_largest_whole_unit() {
        for (milliseconds, text) in [
            (0, "0ms"),
            (5, "5ms"),
            (1_500, "1500ms"),
            (90_000, "90s"),
            (120_000, "2m"),
            (7_200_000, "2h"),
            (129_600_000, "36h"),
            (1_209_600_000, "14d"),
        ] {
            assert_eq!(Span(Duration::from_millis(milliseconds)).to_string(), text);
        }
    }
}
