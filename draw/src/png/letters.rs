//! Text as outlines of the built-in font.

use tiny_skia::{Path, PathBuilder};
use ttf_parser::{Face, GlyphId, OutlineBuilder};

use super::length;
use crate::graph::Line;
use crate::layout::Point;
use crate::widths;

/// The font Inter, with the letters of western Europe.
pub(super) struct Letters {
    regular: Option<Face<'static>>,
    semibold: Option<Face<'static>>,
}

impl Letters {
    pub(super) fn new() -> Self {
        let face = |bytes| Face::parse(bytes, 0).ok();
        Self {
            regular: face(include_bytes!("../../font/inter-latin-400.ttf")),
            semibold: face(include_bytes!("../../font/inter-latin-600.ttf")),
        }
    }

    /// The outlines of a line of text that starts here, as wide as it is in the layout.
    pub(super) fn path(&self, line: &Line, start: Point) -> Option<Path> {
        let face = if widths::is_bold(line.style) { &self.semibold } else { &self.regular };
        let face = face.as_ref()?;
        let scale = length(widths::size(line.style)) / f32::from(face.units_per_em());
        let glyphs = || line.text.chars().map(|c| face.glyph_index(c).unwrap_or(GlyphId(0)));
        let advance = |glyph| f32::from(face.glyph_hor_advance(glyph).unwrap_or(0)) * scale;
        let natural: f32 = glyphs().map(advance).sum();
        let stretch = if natural > 0.0 { length(widths::width(line)) / natural } else { 1.0 };
        let mut pen = Pen {
            path: PathBuilder::new(),
            x: length(start.x),
            y: length(start.y),
            across: scale * stretch,
            up: scale,
        };
        for glyph in glyphs() {
            // A glyph without an outline, as the space, only moves the pen.
            let _ = face.outline_glyph(glyph, &mut pen);
            pen.x += advance(glyph) * stretch;
        }
        pen.path.finish()
    }
}

/// Draws outlines at its place.
struct Pen {
    path: PathBuilder,
    x: f32,
    y: f32,
    across: f32,
    up: f32,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (x.mul_add(self.across, self.x), y.mul_add(-self.up, self.y))
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
