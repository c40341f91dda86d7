//! Cursors: places in a list, which only the same query understands.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::arguments::Problem;
use crate::record::Hash;
use crate::text;

/// The bytes that bind a cursor to its query.
const BOND: usize = 6;

/// The cursor of a query for a place in its list. `query` is all that decides which list it is.
pub(super) fn cursor(query: &[&[u8]], place: &[u8]) -> String {
    let mut bytes = bond(query, place).to_vec();
    bytes.extend_from_slice(place);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place of a cursor.
pub(super) fn place(query: &[&[u8]], cursor: &str) -> Result<Vec<u8>, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let parts = bytes.as_deref().and_then(|bytes| bytes.split_at_checked(BOND));
    match parts {
        Some((bound, place)) if bound == bond(query, place) => Ok(place.to_vec()),
        _ => {
            let cursor = text::quoted(cursor);
            let reason = format!(
                "{cursor} is no cursor of this query; expected the `next_cursor` of the page before, with the same \
                 other arguments"
            );
            Err(Problem::new("cursor", &reason))
        }
    }
}

fn bond(query: &[&[u8]], place: &[u8]) -> [u8; BOND] {
    let parts: Vec<&[u8]> = query.iter().copied().chain([place]).collect();
    let mut bond = [0; BOND];
    bond.iter_mut().zip(Hash::of(&parts).0).for_each(|(to, from)| *to = from);
    bond
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_bound_to_its_query() {
        let made = cursor(&[b"history", b"main"], b"7");
        assert_eq!(place(&[b"history", b"main"], &made).expect("it is its own"), b"7");
        for other in [&[b"history".as_slice(), b"mai", b"n"][..], &[b"history"], &[]] {
            place(other, &made).expect_err("it is another's");
        }
        for forged in ["", "7", "AAAA", "AAAAAAAANw", "\u{9b}", &made[1..]] {
            place(&[b"history", b"main"], forged).expect_err("it was not made here");
        }
    }
}
