//! Colours for light and dark.

#[cfg(feature = "png")]
use crate::graph::EdgeKind;
#[cfg(feature = "png")]
use crate::scene::Part;

/// A colour as `0xRRGGBB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u32);

/// The colours of a picture.
pub(crate) struct Palette {
    pub(crate) page: Colour,
    around: Colour,
    border: Colour,
    state: Colour,
    ring: Colour,
    text: Colour,
    detail: Colour,
    inverse: Colour,
    event: Colour,
    gates: Colour,
    timeouts: Colour,
    outcomes: Colour,
    taken: Colour,
}

pub(crate) const LIGHT: Palette = Palette {
    page: Colour(0x00ff_ffff),
    around: Colour(0x00f6_f8fa),
    border: Colour(0x00c4_cbd4),
    state: Colour(0x00e9_f1fd),
    ring: Colour(0x0052_79b8),
    text: Colour(0x001f_2328),
    detail: Colour(0x0057_606a),
    inverse: Colour(0x00ff_ffff),
    event: Colour(0x006e_7781),
    gates: Colour(0x0082_50df),
    timeouts: Colour(0x00bc_4c00),
    outcomes: Colour(0x001a_7f37),
    taken: Colour(0x0009_69da),
};

pub(crate) const DARK: Palette = Palette {
    page: Colour(0x000d_1117),
    around: Colour(0x0015_1b23),
    border: Colour(0x003d_444d),
    state: Colour(0x001c_2a40),
    ring: Colour(0x0058_80c4),
    text: Colour(0x00e6_edf3),
    detail: Colour(0x009d_a7b3),
    inverse: Colour(0x00ff_ffff),
    event: Colour(0x0087_909b),
    gates: Colour(0x00ab_7df8),
    timeouts: Colour(0x00f0_883e),
    outcomes: Colour(0x003f_b950),
    taken: Colour(0x001f_6feb),
};

/// The colours within a page, which has its own text and background.
pub(crate) const OF_PAGE: &str = ".leverframe{max-width:100%;height:auto;--text:currentColor;--detail:currentColor;\
--border:currentColor;--ring:currentColor;--event:currentColor;--around:none;--state:none;--inverse:#fff;\
--gates:#9a6bf0;--timeouts:#d9730d;--outcomes:#2da44e;--taken:#2f81f7}\
.leverframe .superstate{stroke-opacity:.4}.leverframe .detail{fill-opacity:.8}.leverframe .event{opacity:.75}";

#[cfg(feature = "png")]
impl Palette {
    /// What a part is filled with.
    pub(crate) const fn inside(&self, part: Part) -> Option<Colour> {
        match part {
            Part::Superstate => Some(self.around),
            Part::State => Some(self.state),
            Part::Present => Some(self.taken),
            Part::Mark => Some(self.text),
            _ => None,
        }
    }

    /// The colour of a part's line or letters.
    pub(crate) const fn line(&self, part: Part) -> Colour {
        match part {
            Part::Superstate => self.border,
            Part::State | Part::Ring => self.ring,
            Part::Present | Part::Taken => self.taken,
            Part::Mark | Part::Text => self.text,
            Part::Detail => self.detail,
            Part::TextOfPresent => self.inverse,
            Part::Arrow(EdgeKind::Start | EdgeKind::Event) => self.event,
            Part::Arrow(EdgeKind::Gate) => self.gates,
            Part::Arrow(EdgeKind::Timeout) => self.timeouts,
            Part::Arrow(EdgeKind::Outcome) => self.outcomes,
        }
    }
}

impl Palette {
    /// The colours with their names in a style sheet.
    pub(crate) const fn named(&self) -> [(&'static str, Colour); 13] {
        [
            ("page", self.page),
            ("around", self.around),
            ("border", self.border),
            ("state", self.state),
            ("ring", self.ring),
            ("text", self.text),
            ("detail", self.detail),
            ("inverse", self.inverse),
            ("event", self.event),
            ("gates", self.gates),
            ("timeouts", self.timeouts),
            ("outcomes", self.outcomes),
            ("taken", self.taken),
        ]
    }
}
