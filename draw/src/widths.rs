//! Widths of the letters of the font Inter, in thousandths of its size.

use crate::graph::{Line, Style};

/// The families that a viewer is asked for; all others are stretched to the same widths.
pub(crate) const FAMILIES: &str = "Inter, 'Helvetica Neue', Arial, sans-serif";

/// The size of the letters of a style, in pixels.
pub(crate) const fn size(style: Style) -> i32 {
    match style {
        Style::Title => 17,
        Style::Name => 14,
        Style::Event => 13,
        Style::Detail => 12,
    }
}

/// Whether a style is set in semibold letters.
pub(crate) const fn is_bold(style: Style) -> bool {
    matches!(style, Style::Title | Style::Name)
}

/// The width of a line, in pixels.
pub(crate) fn width(line: &Line) -> i32 {
    let letters = if is_bold(line.style) { &SEMIBOLD } else { &REGULAR };
    let total: i32 = line.text.chars().map(|letter| of(letter, letters)).sum();
    (total * size(line.style) + 999) / 1000
}

/// The width of a letter. Others than those of ASCII are taken to be wide.
fn of(letter: char, letters: &[u16; 95]) -> i32 {
    let place = u32::from(letter).checked_sub(0x20).and_then(|place| usize::try_from(place).ok());
    match place.and_then(|place| letters.get(place)) {
        Some(width) => i32::from(*width),
        None if letter == '×' => 640,
        None if u32::from(letter) < 0x1100 => 700,
        None => 1000,
    }
}

/// Of `' '` to `'~'`, upright.
const REGULAR: [u16; 95] = [
    281, 288, 466, 633, 642, 982, 644, 300, 365, 365, 501, 662, 288, 460, 288, 360, 631, 407, 610,
    618, 646, 593, 620, 566, 619, 620, 288, 302, 662, 662, 662, 511, 966, 690, 654, 730, 722, 601,
    590, 746, 743, 269, 571, 672, 565, 903, 753, 765, 639, 765, 644, 642, 646, 744, 690, 985, 682,
    679, 629, 365, 360, 365, 471, 456, 323, 562, 612, 571, 612, 583, 370, 613, 591, 242, 242, 549,
    242, 876, 591, 600, 612, 612, 376, 528, 327, 591, 562, 818, 546, 562, 552, 426, 333, 426, 662,
];

/// Of `' '` to `'~'`, semibold.
const SEMIBOLD: [u16; 95] = [
    252, 321, 523, 644, 650, 1004, 663, 326, 373, 373, 540, 673, 319, 465, 319, 379, 660, 423, 623,
    636, 666, 612, 640, 576, 640, 640, 319, 329, 673, 673, 673, 543, 999, 728, 659, 737, 722, 605,
    588, 749, 746, 277, 580, 703, 565, 922, 759, 769, 645, 773, 652, 650, 660, 736, 728, 1020, 720,
    713, 652, 373, 379, 373, 481, 469, 351, 574, 624, 583, 624, 591, 389, 625, 612, 262, 262, 569,
    262, 900, 612, 609, 624, 624, 397, 549, 353, 612, 587, 839, 569, 588, 566, 455, 359, 455, 673,
];
