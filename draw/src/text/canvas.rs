//! Cells of characters on which lines join.

use std::collections::BTreeMap;

use crate::layout::{Point, Rect};

/// The directions in which lines leave a cell.
const UP: u8 = 1;
const DOWN: u8 = 2;
const LEFT: u8 = 4;
const RIGHT: u8 = 8;

/// How a frame is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stroke {
    Rounded,
    Heavy,
    Double,
}

/// The colour of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Bold,
    Faint,
    Gate,
    Timeout,
    Outcome,
    Marked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Sign(char),
    /// Lines in these directions, thin or thick.
    Lines(u8, bool),
    /// The right half of a wide character.
    Covered,
}

pub(super) struct Canvas {
    width: i32,
    height: i32,
    cells: BTreeMap<(i32, i32), (Cell, Ink)>,
}

/// How many columns a text takes.
pub(super) fn cells(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// How many columns a character takes: two if it is of East Asia or a picture.
fn columns(c: char) -> usize {
    match u32::from(c) {
        0x0300..=0x036f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3ffff => 2,
        _ => 1,
    }
}

impl Canvas {
    pub(super) const fn new(width: i32, height: i32) -> Self {
        Self { width, height, cells: BTreeMap::new() }
    }

    pub(super) fn put(&mut self, x: i32, y: i32, sign: char, ink: Ink) {
        self.cells.insert((y, x), (Cell::Sign(sign), ink));
    }

    pub(super) fn write(&mut self, x: i32, y: i32, text: &str, ink: Ink) {
        let mut x = x;
        for c in text.chars() {
            match columns(c) {
                0 => continue,
                1 => self.put(x, y, c, ink),
                _ => {
                    self.put(x, y, c, ink);
                    self.cells.insert((y, x + 1), (Cell::Covered, ink));
                    x += 1;
                }
            }
            x += 1;
        }
    }

    pub(super) fn frame(&mut self, rect: Rect, stroke: Stroke, ink: Ink) {
        let [top_left, top_right, bottom_left, bottom_right, across, down] = match stroke {
            Stroke::Rounded => ['╭', '╮', '╰', '╯', '─', '│'],
            Stroke::Heavy => ['┏', '┓', '┗', '┛', '━', '┃'],
            Stroke::Double => ['╔', '╗', '╚', '╝', '═', '║'],
        };
        let (right, bottom) = (rect.right() - 1, rect.bottom() - 1);
        for x in rect.x + 1..right {
            self.put(x, rect.y, across, ink);
            self.put(x, bottom, across, ink);
        }
        for y in rect.y + 1..bottom {
            self.put(rect.x, y, down, ink);
            self.put(right, y, down, ink);
        }
        self.put(rect.x, rect.y, top_left, ink);
        self.put(right, rect.y, top_right, ink);
        self.put(rect.x, bottom, bottom_left, ink);
        self.put(right, bottom, bottom_right, ink);
    }

    /// A straight line, which joins the lines that it meets and crosses the frames of superstates.
    pub(super) fn line(&mut self, from: Point, to: Point, is_thick: bool, ink: Ink) {
        let (x1, x2) = (from.x.min(to.x), from.x.max(to.x));
        let (y1, y2) = (from.y.min(to.y), from.y.max(to.y));
        let is_upright = x1 == x2;
        for y in y1..=y2 {
            for x in x1..=x2 {
                let mut ways = 0;
                if is_upright {
                    ways |= if y > y1 { UP } else { 0 } | if y < y2 { DOWN } else { 0 };
                } else {
                    ways |= if x > x1 { LEFT } else { 0 } | if x < x2 { RIGHT } else { 0 };
                }
                let is_short = x1 == x2 && y1 == y2;
                self.join(x, y, if is_short { UP | DOWN } else { ways }, is_thick, ink);
            }
        }
    }

    fn join(&mut self, x: i32, y: i32, ways: u8, is_thick: bool, ink: Ink) {
        let (known, thick, old) = match self.cells.get(&(y, x)) {
            Some((Cell::Lines(known, thick), old)) => (*known, *thick, *old),
            // The frame of a superstate.
            Some((Cell::Sign('─'), old)) => (LEFT | RIGHT, false, *old),
            Some((Cell::Sign('│'), old)) => (UP | DOWN, false, *old),
            _ => (0, false, ink),
        };
        let ink = if is_thick || !thick { ink } else { old };
        self.cells.insert((y, x), (Cell::Lines(known | ways, thick || is_thick), ink));
    }

    pub(super) fn text(&self, has_colours: bool) -> String {
        let mut rows = Vec::new();
        for y in 0..self.height {
            let mut row = String::new();
            let last = (0..self.width).rev().find(|x| self.cells.contains_key(&(y, *x)));
            let mut run = (String::new(), Ink::Plain);
            for x in 0..last.map_or(0, |last| last + 1) {
                let (sign, ink) = match self.cells.get(&(y, x)) {
                    Some((Cell::Covered, _)) => continue,
                    Some((Cell::Sign(sign), ink)) => (*sign, *ink),
                    Some((Cell::Lines(ways, thick), ink)) => (sign(*ways, *thick), *ink),
                    None => (' ', run.1),
                };
                if ink != run.1 {
                    row.push_str(&styled(&run.0, run.1, has_colours));
                    run = (String::new(), ink);
                }
                run.0.push(sign);
            }
            row.push_str(&styled(&run.0, run.1, has_colours));
            rows.push(row);
        }
        rows.join("\n")
    }
}

/// A text in its colour.
pub(super) fn styled(text: &str, ink: Ink, has_colours: bool) -> String {
    let code = match ink {
        Ink::Plain => return text.to_owned(),
        Ink::Bold => "1",
        Ink::Faint => "2",
        Ink::Gate => "35",
        Ink::Timeout => "33",
        Ink::Outcome => "32",
        Ink::Marked => "1;34",
    };
    if has_colours && !text.is_empty() {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// The character with lines in these directions.
fn sign(ways: u8, is_thick: bool) -> char {
    const THIN: [char; 16] =
        [' ', '│', '│', '│', '─', '╯', '╮', '┤', '─', '╰', '╭', '├', '─', '┴', '┬', '┼'];
    const THICK: [char; 16] =
        [' ', '┃', '┃', '┃', '━', '┛', '┓', '┫', '━', '┗', '┏', '┣', '━', '┻', '┳', '╋'];
    let signs = if is_thick { &THICK } else { &THIN };
    signs.get(usize::from(ways)).copied().unwrap_or('┼')
}
