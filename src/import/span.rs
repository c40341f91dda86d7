//! Durations as texts.

const UNITS: [(u64, &str); 5] =
    [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];

/// A duration in the largest unit that gives a whole number: `14d`, `90s`.
pub(super) fn span(milliseconds: u64) -> String {
    let whole = UNITS.iter().find(|(unit, _)| milliseconds.is_multiple_of(*unit));
    let (unit, sign) = whole.copied().unwrap_or((1, "ms"));
    format!("{}{sign}", milliseconds / unit)
}

/// The milliseconds of a duration that is longer than zero: `1.5s`, `500ms`, `14d`.
pub(super) fn milliseconds(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let unit = if unit == "min" { "m" } else { unit };
    let (unit, _) = UNITS.iter().find(|(_, sign)| *sign == unit)?;
    let (whole, part) = number.trim().split_once('.').unwrap_or((number.trim(), ""));
    let whole = if whole.is_empty() { 0 } else { whole.parse::<u64>().ok()? };
    let mut all = whole.checked_mul(*unit)?;
    if !part.is_empty() {
        let places = u32::try_from(part.len()).ok().filter(|places| *places <= 9)?;
        all =
            all.checked_add(part.parse::<u64>().ok()?.checked_mul(*unit)? / 10_u64.pow(places))?;
    }
    Some(all).filter(|all| *all > 0)
}
