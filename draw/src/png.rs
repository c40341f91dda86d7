//! A picture as PNG.

mod letters;

use core::fmt;

use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, StrokeDash,
    Transform,
};

use self::letters::Letters;
use crate::graph::{EdgeKind, Graph};
use crate::layout::{Point, Rect};
use crate::palette::{Colour, DARK, LIGHT, Palette};
use crate::scene::{self, Part, Scene, Shape};

/// The most pixels of a picture.
const MOST_PIXELS: u64 = 100_000_000;

/// Colours of a picture that cannot follow its viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Dark on white.
    #[default]
    Light,
    /// Light on black.
    Dark,
}

/// A picture that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PngError(Problem);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    TooLarge { width: u64, height: u64 },
    Encoding(String),
}

impl fmt::Display for PngError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Problem::TooLarge { width, height } => write!(
                f,
                "the picture would have {width} × {height} pixels, and {MOST_PIXELS} pixels are the most; choose a smaller scale, or SVG"
            ),
            Problem::Encoding(problem) => {
                write!(f, "the picture cannot be written as PNG: {problem}")
            }
        }
    }
}

impl core::error::Error for PngError {}

/// The bytes of a graph as PNG, with `scale` pixels for each unit of the SVG, at least 1.
///
/// Letters that the built-in font lacks, which has those of western Europe, are drawn as boxes.
///
/// # Errors
///
/// If the picture is too large to be drawn.
pub fn png(graph: &Graph, theme: Theme, scale: u8) -> Result<Vec<u8>, PngError> {
    let scene = Scene::new(graph);
    let scale = scale.max(1);
    let [width, height] = [scene.width, scene.height]
        .map(|length| u64::from(length.unsigned_abs()) * u64::from(scale));
    let too_large = || PngError(Problem::TooLarge { width, height });
    if width * height > MOST_PIXELS {
        return Err(too_large());
    }
    let [w, h] = [width, height].map(|length| u32::try_from(length).unwrap_or(u32::MAX));
    let palette = if theme == Theme::Dark { &DARK } else { &LIGHT };
    let mut pixmap = Pixmap::new(w, h).ok_or_else(too_large)?;
    pixmap.fill(colour(palette.page));
    let transform = Transform::from_scale(f32::from(scale), f32::from(scale));
    let mut canvas = Canvas { pixmap, transform, palette, letters: Letters::new() };
    for shape in scene.groups.iter().flat_map(|group| &group.shapes) {
        canvas.draw(shape);
    }
    canvas.pixmap.encode_png().map_err(|error| PngError(Problem::Encoding(error.to_string())))
}

struct Canvas<'a> {
    pixmap: Pixmap,
    transform: Transform,
    palette: &'a Palette,
    letters: Letters,
}

impl Canvas<'_> {
    fn draw(&mut self, shape: &Shape) {
        match shape {
            Shape::Box { rect, radius, part } => {
                if let Some(path) = rounded_box(*rect, *radius) {
                    self.fill(&path, self.palette.inside(*part));
                    self.stroke(&path, *part);
                }
            }
            Shape::Dot { middle, radius, part } => {
                if let Some(path) =
                    PathBuilder::from_circle(length(middle.x), length(middle.y), length(*radius))
                {
                    self.fill(&path, self.palette.inside(*part));
                }
            }
            Shape::Line { points, part } => {
                if let Some(path) = line(points) {
                    self.stroke(&path, *part);
                }
            }
            Shape::Head { tip, towards, part } => {
                let mut path = PathBuilder::new();
                path.move_to(length(tip.x), length(tip.y));
                for Point { x, y } in scene::barbs(*tip, *towards) {
                    path.line_to(length(x), length(y));
                }
                path.close();
                if let Some(path) = path.finish() {
                    self.fill(&path, Some(self.palette.line(*part)));
                }
            }
            Shape::Text { start, line, part } => {
                if let Some(path) = self.letters.path(line, *start) {
                    self.fill(&path, Some(self.palette.line(*part)));
                }
            }
        }
    }

    fn fill(&mut self, path: &Path, inside: Option<Colour>) {
        if let Some(inside) = inside {
            let (paint, transform) = (paint(inside), self.transform);
            self.pixmap.fill_path(path, &paint, FillRule::Winding, transform, None);
        }
    }

    fn stroke(&mut self, path: &Path, part: Part) {
        let dash = if part == Part::Arrow(EdgeKind::Timeout) {
            StrokeDash::new(vec![5.0, 4.0], 0.0)
        } else {
            None
        };
        let width = match part {
            Part::Superstate | Part::Ring => 1.0,
            Part::Taken => 3.0,
            _ => 1.5,
        };
        let stroke = Stroke {
            width,
            dash,
            line_cap: LineCap::Butt,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        let (paint, transform) = (paint(self.palette.line(part)), self.transform);
        self.pixmap.stroke_path(path, &paint, &stroke, transform, None);
    }
}

/// A length as a float; pictures are too small to lose anything.
#[expect(clippy::cast_precision_loss, reason = "pictures have fewer than 2^24 units")]
const fn length(units: i32) -> f32 {
    units as f32
}

fn colour(Colour(rgb): Colour) -> Color {
    let [_, red, green, blue] = rgb.to_be_bytes();
    Color::from_rgba8(red, green, blue, 255)
}

fn paint(of: Colour) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(colour(of));
    paint
}

fn line(points: &[Point]) -> Option<Path> {
    let (first, last) = (points.first()?, points.last()?);
    let mut path = PathBuilder::new();
    path.move_to(length(first.x), length(first.y));
    for (a, b, c) in scene::rounded(points) {
        path.line_to(length(a.x), length(a.y));
        path.quad_to(length(b.x), length(b.y), length(c.x), length(c.y));
    }
    path.line_to(length(last.x), length(last.y));
    path.finish()
}

fn rounded_box(rect: Rect, radius: i32) -> Option<Path> {
    // How far the control points of a Bézier curve are from the corner that it rounds.
    const CONTROL: f32 = 0.447_715;
    let (left, top) = (length(rect.x), length(rect.y));
    let (right, bottom) = (length(rect.right()), length(rect.bottom()));
    let r = length(radius.min(rect.w / 2).min(rect.h / 2));
    let c = r * CONTROL;
    let mut path = PathBuilder::new();
    path.move_to(left + r, top);
    path.line_to(right - r, top);
    path.cubic_to(right - c, top, right, top + c, right, top + r);
    path.line_to(right, bottom - r);
    path.cubic_to(right, bottom - c, right - c, bottom, right - r, bottom);
    path.line_to(left + r, bottom);
    path.cubic_to(left + c, bottom, left, bottom - c, left, bottom - r);
    path.line_to(left, top + r);
    path.cubic_to(left, top + c, left + c, top, left + r, top);
    path.close();
    path.finish()
}
