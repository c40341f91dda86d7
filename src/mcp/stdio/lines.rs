//! Cuts input into lines, none of which is kept beyond a limit.

use super::id::{Envelope, Scanner};

/// How much is read at once, and kept where lines are short.
const ROOM: usize = 64 * 1024;

/// The input that was read and not used.
pub(super) struct Lines {
    buffer: Vec<u8>,
    /// Where the next line begins.
    start: usize,
    /// Up to where there is no line break behind `start`.
    searched: usize,
    /// Where the input ends.
    end: usize,
    limit: usize,
    /// The beginning of the present line, where that is over the limit.
    overlong: Option<Overlong>,
    is_last: bool,
}

struct Overlong {
    scanner: Scanner,
    length: u64,
}

/// One line, without its break.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    Whole(&'a [u8]),
    /// A line over the limit.
    Overlong {
        envelope: Envelope,
        length: u64,
    },
}

impl Lines {
    /// Lines of at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        let buffer = vec![0; ROOM];
        Self { buffer, start: 0, searched: 0, end: 0, limit, overlong: None, is_last: false }
    }

    /// The next line, where the whole of it has been read.
    pub(super) fn next(&mut self) -> Option<Line<'_>> {
        let fresh = self.buffer.get(self.searched..self.end).unwrap_or_default();
        let Some(found) = fresh.iter().position(|byte| *byte == b'\n') else {
            self.searched = self.end;
            if self.overlong.is_some() || self.end - self.start > self.limit {
                self.discard(self.end);
            }
            let is_over = self.start == self.end && self.overlong.is_none();
            return if self.is_last && !is_over { self.line(self.end) } else { None };
        };
        self.line(self.searched + found)
    }

    /// The line that goes up to `end`.
    fn line(&mut self, end: usize) -> Option<Line<'_>> {
        if self.overlong.is_some() || end - self.start > self.limit {
            self.discard(end);
        }
        let start = self.start;
        self.start = self.end.min(end + 1);
        self.searched = self.start;
        match self.overlong.take() {
            Some(Overlong { scanner, length }) => {
                Some(Line::Overlong { envelope: scanner.finish(), length })
            }
            None => self.buffer.get(start..end).map(Line::Whole),
        }
    }

    /// Reads away the present line up to `end`.
    fn discard(&mut self, end: usize) {
        let bytes = self.buffer.get(self.start..end).unwrap_or_default();
        let overlong =
            self.overlong.get_or_insert_with(|| Overlong { scanner: Scanner::new(), length: 0 });
        overlong.scanner.feed(bytes);
        overlong.length += bytes.len() as u64;
        self.start = end;
    }

    /// Whether so much is left that there is no need to read ahead.
    pub(super) fn is_ample(&self) -> bool {
        self.end - self.start >= ROOM / 2
    }

    /// Room for more input, which [`Lines::filled`] takes.
    pub(super) fn room(&mut self) -> &mut [u8] {
        let is_worth_moving = self.start >= self.buffer.len() / 2 || self.end == self.buffer.len();
        if self.start > 0 && (is_worth_moving || self.start == self.end) {
            self.buffer.copy_within(self.start..self.end, 0);
            self.searched -= self.start;
            self.end -= self.start;
            self.start = 0;
        }
        if self.end <= ROOM / 2 && self.buffer.len() > ROOM {
            self.buffer.truncate(ROOM);
            self.buffer.shrink_to_fit();
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(2 * self.end, 0);
        }
        self.buffer.get_mut(self.end..).unwrap_or_default()
    }

    /// Takes so many bytes of [`Lines::room`].
    pub(super) fn filled(&mut self, bytes: usize) {
        self.end += bytes;
    }

    /// How many lines are left, of which the last may have no break.
    pub(super) fn left(&self) -> usize {
        let rest = self.buffer.get(self.start..self.end).unwrap_or_default();
        let lines = rest.split(|byte| *byte == b'\n').count();
        // What is behind the last break is a line where nothing more comes, and it is not empty.
        lines - usize::from(!self.is_last || rest.last().is_none_or(|byte| *byte == b'\n'))
    }

    /// Takes what is left for the last line.
    pub(super) fn finish(&mut self) {
        self.is_last = true;
    }
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "a test fails by a panic")]
mod tests {
    use super::{Line, Lines};

    /// The lines of an input that comes in pieces of `size`: whole ones, and the ids and lengths of long ones.
    fn lines(input: &str, size: usize) -> Vec<String> {
        let mut lines = Lines::new(16);
        let mut found = Vec::new();
        let mut take = |lines: &mut Lines| {
            while let Some(line) = lines.next() {
                found.push(match line {
                    Line::Whole(line) => String::from_utf8(line.to_owned()).unwrap(),
                    Line::Overlong { envelope, length } => format!("{} {length}", envelope.id),
                });
            }
        };
        for piece in input.as_bytes().chunks(size) {
            let room = lines.room();
            room[..piece.len()].copy_from_slice(piece);
            lines.filled(piece.len());
            take(&mut lines);
        }
        lines.finish();
        take(&mut lines);
        found
    }

    fn check(input: &str, expected: &[&str]) {
        for size in 1..=input.len() {
            assert_eq!(lines(input, size), expected, "{input:?} in pieces of {size}");
        }
    }

    #[test]
    fn whole_lines() {
        check("a\nbc\n\nd\n", &["a", "bc", "", "d"]);
        check("a\r\nb", &["a\r", "b"]);
        check("0123456789abcdef\n", &["0123456789abcdef"]);
    }

    #[test]
    fn lines_over_the_limit() {
        check("a\n{\"method\":1,\"id\":7}\nb\n", &["a", "7 19", "b"]);
        check("{\"method\":1,\"id\":7}", &["7 19"]);
        check("0123456789abcdefg\nx", &["null 17", "x"]);
    }

    /// However long a line, no more is kept than the limit and a piece, and it is given back.
    #[test]
    fn a_long_line_takes_no_memory() {
        let mut lines = Lines::new(1024 * 1024);
        for _ in 0..1000 {
            let room = lines.room();
            room.fill(b'x');
            let read = room.len();
            lines.filled(read);
            assert!(lines.next().is_none());
            assert!(lines.buffer.len() <= 4 * 1024 * 1024);
        }
        lines.room()[0] = b'\n';
        lines.filled(1);
        assert!(matches!(lines.next(), Some(Line::Overlong { .. })));
        lines.room();
        assert_eq!(lines.buffer.len(), super::ROOM);
    }
}
