//! How large what goes in and out may be.

use crate::text;

/// The maximum length of a refusal, in bytes of JSON.
pub(crate) const REFUSAL_BYTES: usize = 4 << 10;

/// The maximum length of a reason, in bytes.
const REASON_BYTES: usize = 1 << 10;

/// How large arguments and answers may be. Sizes are lengths as JSON, in bytes.
///
/// Refusals have fixed limits: each has at most 4 KiB, lists at most 20 names, and repeats at most 200 characters of an
/// argument. A reason that the machine's author gives is cut after 1 KiB.
///
/// ```
/// use leverframe::api::ApiLimits;
///
/// let mut limits = ApiLimits::default();
/// limits.argument_bytes = 16 << 20;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiLimits {
    /// The maximum size of one argument. A call with a larger one is refused. Default: 1 MiB.
    pub argument_bytes: usize,
    /// The maximum size of the records of a page of a history, and of the runs of a page of a list. A page ends before
    /// it would exceed the limit, and names the cursor of the next. A record that is larger by itself is described
    /// instead, with its size. Default: 256 KiB.
    pub page_bytes: usize,
    /// The maximum size of the answer to a query, and of the text of a prompt. A larger one is refused. Default: 4 MiB.
    pub answer_bytes: usize,
}

impl Default for ApiLimits {
    fn default() -> Self {
        Self { argument_bytes: 1 << 20, page_bytes: 256 << 10, answer_bytes: 4 << 20 }
    }
}

/// A reason that may contain text of a caller or of the machine's author: escaped, and cut after 1 KiB.
pub(crate) fn reason(text: &str) -> String {
    let mut reason = String::new();
    for c in text.chars() {
        if reason.len() >= REASON_BYTES {
            reason.push('…');
            break;
        }
        reason.push_str(&text::escaped(c.encode_utf8(&mut [0; 4])));
    }
    reason
}
