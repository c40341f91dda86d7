//! A picture as SVG.

use core::fmt::{self, Display, Formatter};

use crate::graph::{EdgeKind, Graph};
use crate::layout::Point;
use crate::palette::{self, Colour, DARK, LIGHT, Palette};
use crate::scene::{self, Group, Part, Scene, Shape};
use crate::widths;

/// Where an SVG is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// In a file of its own: it brings its background, and follows the viewer's choice of light or dark.
    #[default]
    File,
    /// Within a page, on one line: it takes the page's colour of text, and has no background.
    Page,
}

/// Displays a graph as SVG, without a line break at its end.
pub struct Svg {
    scene: Scene,
    title: String,
    summary: String,
    place: Place,
}

impl Svg {
    /// Lays out a graph.
    #[must_use]
    pub fn new(graph: &Graph, place: Place) -> Self {
        let title = format!("State machine {}", graph.title);
        Self { scene: Scene::new(graph), title, summary: graph.summary(), place }
    }
}

impl fmt::Debug for Svg {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Svg").field("title", &self.title).finish_non_exhaustive()
    }
}

impl Display for Svg {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Scene { width, height, groups } = &self.scene;
        let label = Escaped(&self.title);
        let line = if self.place == Place::File { "\n" } else { "" };
        write!(
            f,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"leverframe\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{label}\">{line}"
        )?;
        write!(f, "<title>{label}</title>{line}<desc>{}</desc>{line}", Escaped(&self.summary))?;
        write!(f, "<style>{}</style>{line}", Sheet(self.place))?;
        if self.place == Place::File {
            writeln!(f, "<rect class=\"page\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>")?;
        }
        for group in groups {
            write!(f, "{}{line}", Drawn(group))?;
        }
        f.write_str("</svg>")
    }
}

struct Drawn<'a>(&'a Group);

impl Display for Drawn<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(Group { tooltip, shapes }) = self;
        f.write_str("<g>")?;
        if !tooltip.is_empty() {
            write!(f, "<title>{}</title>", Escaped(tooltip))?;
        }
        for shape in shapes {
            draw(f, shape)?;
        }
        f.write_str("</g>")
    }
}

fn draw(f: &mut Formatter<'_>, shape: &Shape) -> fmt::Result {
    match shape {
        Shape::Box { rect, radius, part } => write!(
            f,
            "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{radius}\"/>",
            class(*part),
            rect.x,
            rect.y,
            rect.w,
            rect.h,
        ),
        Shape::Dot { middle: Point { x, y }, radius, part } => {
            write!(f, "<circle class=\"{}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>", class(*part))
        }
        Shape::Line { points, part } => {
            write!(f, "<path class=\"line {}\" d=\"", class(*part))?;
            let (Some(first), Some(last)) = (points.first(), points.last()) else { return Ok(()) };
            write!(f, "M{} {}", first.x, first.y)?;
            for (a, b, c) in scene::rounded(points) {
                write!(f, "L{} {}Q{} {} {} {}", a.x, a.y, b.x, b.y, c.x, c.y)?;
            }
            write!(f, "L{} {}\"/>", last.x, last.y)
        }
        Shape::Head { tip, towards, part } => {
            let [a, b] = scene::barbs(*tip, *towards);
            write!(
                f,
                "<path class=\"head {}\" d=\"M{} {}L{} {}L{} {}Z\"/>",
                class(*part),
                tip.x,
                tip.y,
                a.x,
                a.y,
                b.x,
                b.y,
            )
        }
        Shape::Text { start, line, part } => {
            let weight = if widths::is_bold(line.style) { " bold" } else { "" };
            write!(
                f,
                "<text class=\"{}{weight}\" x=\"{}\" y=\"{}\" font-size=\"{}\" textLength=\"{}\" \
                 lengthAdjust=\"spacingAndGlyphs\">{}</text>",
                class(*part),
                start.x,
                start.y,
                widths::size(line.style),
                widths::width(line),
                Escaped(&line.text),
            )
        }
    }
}

const fn class(part: Part) -> &'static str {
    match part {
        Part::Superstate => "superstate",
        Part::State => "state",
        Part::Ring => "ring",
        Part::Present => "present",
        Part::Mark => "mark",
        Part::Text => "text",
        Part::Detail => "detail",
        Part::TextOfPresent => "inverse",
        Part::Arrow(EdgeKind::Start) => "start",
        Part::Arrow(EdgeKind::Event) => "event",
        Part::Arrow(EdgeKind::Gate) => "gate",
        Part::Arrow(EdgeKind::Timeout) => "timeout",
        Part::Arrow(EdgeKind::Outcome) => "outcome",
        Part::Taken => "taken",
    }
}

/// The style sheet.
struct Sheet(Place);

impl Display for Sheet {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Place::File => {
                write!(f, ".leverframe{{{}}}", Variables(&LIGHT))?;
                let dark = Variables(&DARK);
                write!(f, "@media(prefers-color-scheme:dark){{.leverframe{{{dark}}}}}")?;
            }
            Place::Page => f.write_str(palette::OF_PAGE)?,
        }
        write!(f, "{RULES}")?;
        write!(f, ".leverframe text{{font-family:{}}}", widths::FAMILIES)
    }
}

/// The rules that use the colours.
const RULES: &str = ".leverframe .page{fill:var(--page)}\
.leverframe .superstate{fill:var(--around);stroke:var(--border)}\
.leverframe .state{fill:var(--state);stroke:var(--ring);stroke-width:1.5}\
.leverframe .ring{fill:none;stroke:var(--ring)}\
.leverframe .present{fill:var(--taken);stroke:var(--taken);stroke-width:1.5}\
.leverframe .mark{fill:var(--text)}\
.leverframe .text{fill:var(--text)}\
.leverframe .detail{fill:var(--detail)}\
.leverframe .inverse{fill:var(--inverse)}\
.leverframe .bold{font-weight:600}\
.leverframe .line{fill:none;stroke:var(--line);stroke-width:1.5}\
.leverframe .head{fill:var(--line)}\
.leverframe .start,.leverframe .event{--line:var(--event)}\
.leverframe .gate{--line:var(--gates)}\
.leverframe .timeout{--line:var(--timeouts)}\
.leverframe .line.timeout{stroke-dasharray:5 4}\
.leverframe .outcome{--line:var(--outcomes)}\
.leverframe .taken{--line:var(--taken)}\
.leverframe .line.taken{stroke-width:3}\
.leverframe g:hover .line{stroke-width:3}";

/// The colours as variables.
struct Variables<'a>(&'a Palette);

impl Display for Variables<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (number, (name, Colour(colour))) in self.0.named().into_iter().enumerate() {
            let apart = if number == 0 { "" } else { ";" };
            write!(f, "{apart}--{name}:#{colour:06x}")?;
        }
        Ok(())
    }
}

/// A text in which nothing is markup. Characters that XML does not allow become a replacement character.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\r' | '\t' => f.write_str(" ")?,
                '\u{fffe}' | '\u{ffff}' => f.write_str("\u{fffd}")?,
                c if c.is_control() => f.write_str("\u{fffd}")?,
                c => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}
