//! How cells look: numbers, texts, and the segments in their colors.

use super::super::group_colors;
use rust_xlsxwriter::{Color, Format, FormatAlign};

/// The formats of a workbook.
pub(super) struct Looks {
    pub(super) title: Format,
    /// Lines whose columns stand below each other.
    pub(super) words: Format,
    pub(super) header: Format,
    /// Text, which remains text when somebody edits the cell.
    pub(super) text: Format,
    /// Text of several lines.
    pub(super) wrapped: Format,
    count: Format,
    share: Format,
    flag: Format,
    /// Numbers by their size, the largest first: from which on, and how.
    numbers: [(f64, Format); 4],
    /// A segment's number in its color.
    segments: Vec<Format>,
}

impl Looks {
    /// The formats for so many segments.
    pub(super) fn new(n_segments: usize) -> Self {
        let number = |format: &str| Format::new().set_num_format(format);
        let segment = |[r, g, b]: [u8; 3]| {
            let color = u32::from(r) << 16 | u32::from(g) << 8 | u32::from(b);
            // Black or white, whichever is read more easily on it.
            let light = 299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b) > 140_000;
            number("0")
                .set_align(FormatAlign::Center)
                .set_background_color(Color::RGB(color))
                .set_font_color(if light { Color::Black } else { Color::White })
        };
        Looks {
            title: Format::new().set_bold().set_font_size(14),
            words: number("@").set_font_name("Courier New").set_font_size(10),
            header: Format::new()
                .set_bold()
                .set_num_format("@")
                .set_background_color(Color::RGB(0xE8_ECF1)),
            text: number("@"),
            wrapped: number("@").set_text_wrap().set_align(FormatAlign::Top),
            count: number("#,##0"),
            share: number("0.0%"),
            flag: Format::new(),
            numbers: [
                (1000.0, number("#,##0")),
                (10.0, number("#,##0.0")),
                (0.001, number("0.000")),
                (0.0, number("0.0E+00")),
            ],
            segments: group_colors(n_segments).into_iter().map(segment).collect(),
        }
    }

    /// A number of a column that holds whole numbers.
    pub(super) fn integer(&self, holds_segments: bool, x: f64) -> &Format {
        // Segments count from 1.
        let segment = (holds_segments && x >= 1.0).then(|| self.segments.get(x as usize - 1));
        segment.flatten().unwrap_or(&self.count)
    }

    /// A number; in columns of shares as percent.
    pub(super) fn number(&self, holds_shares: bool, x: f64) -> &Format {
        if holds_shares {
            return &self.share;
        }
        if x == 0.0 {
            return &self.numbers[2].1;
        }
        let fits = self.numbers.iter().find(|(from, _)| x.abs() >= *from);
        fits.map_or(&self.count, |(_, format)| format)
    }

    pub(super) fn flag(&self) -> &Format {
        &self.flag
    }
}

/// Whether a column with this name holds numbers of segments.
pub(super) fn holds_segments(name: &str) -> bool {
    matches!(name, "segment" | "second_segment" | "bridge_from" | "bridge_to")
}

/// Whether a column with this name holds shares between 0 and 1.
pub(super) fn holds_shares(name: &str) -> bool {
    name.contains("share") || name.contains("probability")
}
