//! Charts that others wrote, as declarations.
//!
//! A reader for each format makes one `Draft` of a chart. `plan` resolves it to what a machine can have,
//! and `write` writes that down as Rust. What a machine cannot have becomes a comment.

mod document;
mod draft;
mod json;
mod names;
mod plan;
mod scxml;
mod span;
mod write;
mod xstate;

use self::draft::Draft;
use self::json::Json;

/// The largest chart that is read, in bytes.
pub const MAX_CHART: usize = 4 << 20;

/// Writes the declaration of a chart: of an SCXML document, of a machine of XState in JSON, or of what
/// `chart --format json` prints.
///
/// The declaration compiles. Handlers and guards are stubs. What a machine cannot have, such as a second region of a
/// parallel state or an action, stands as a comment where it belongs.
///
/// ```
/// let scxml = r#"<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" name="lamp">
///     <state id="off"><transition event="press" target="on"/></state>
///     <state id="on"><transition event="press" target="off"/></state>
/// </scxml>"#;
/// let declaration = leverframe::import::declaration(scxml)?;
/// assert!(declaration.contains("pub mod lamp {"));
/// assert!(declaration.contains("#[transition(from = Off)]\n    fn press() -> On {"));
/// # Ok::<_, leverframe::import::ImportError>(())
/// ```
///
/// # Errors
/// Where the text is none of the three formats or larger than [`MAX_CHART`], where it names a state that it does not have, and
/// where it has no states.
pub fn declaration(text: &str) -> Result<String, ImportError> {
    if text.len() > MAX_CHART {
        return Err(ImportError::TooLarge);
    }
    let text = text.trim_start_matches('\u{feff}');
    let draft = match text.trim_start().chars().next() {
        Some('<') => scxml::read(text)?,
        Some('{') => json(text)?,
        _ => return Err(ImportError::Unknown),
    };
    let plan = plan::plan(&draft)?;
    Ok(write::declaration(&plan))
}

fn json(text: &str) -> Result<Draft, ImportError> {
    let value: Json = serde_json::from_str(text)?;
    match (value.get("states"), value.get("events")) {
        (Some(Json::List(_)), Some(Json::List(_))) => document::read(&serde_json::from_str(text)?),
        _ => xstate::read(&value),
    }
}

/// Why a chart cannot be imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The text is neither XML nor a JSON object.
    #[error(
        "this is neither SCXML nor JSON: give a file whose text begins with `<scxml` or with `{{`"
    )]
    Unknown,
    /// The text is larger than [`MAX_CHART`].
    #[error("the chart is larger than {} bytes: split it into several machines", MAX_CHART)]
    TooLarge,
    /// The text is not well-formed XML, or has a document type.
    #[error("the chart is no XML that is accepted; a document type and entities are not")]
    Xml(#[from] roxmltree::Error),
    /// The text is not JSON, or nested too deeply.
    #[error("the chart is no JSON that is accepted")]
    Json(#[from] serde_json::Error),
    /// Something in the chart has no meaning.
    #[error("{place}: {reason}")]
    Refused {
        /// The line and column in XML, the path in JSON.
        place: String,
        /// What is wrong, and the fix.
        reason: String,
    },
}

impl ImportError {
    fn at(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Refused { place: place.into(), reason: reason.into() }
    }
}
