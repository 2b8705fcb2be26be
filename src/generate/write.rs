//! Example customers as a CSV file.

use super::{Generated, ROWS};
use crate::table::Values;
use rayon::prelude::*;
use std::io;

impl Generated {
    /// Writes UTF-8 with commas, a header and line feeds: `customer_id`, the columns, `true_segment`,
    /// `bridge_between`. Missing cells are empty. Rows are made into text in parallel. `O(n · columns)`.
    ///
    /// # Errors
    /// Those of `out`.
    ///
    /// ```
    /// use kinfolk::generate::{Generate, generate};
    ///
    /// let mut bytes = Vec::new();
    /// generate(&Generate::default())?.write_csv(&mut bytes).expect("memory can be written to");
    /// assert!(bytes.starts_with(b"customer_id,recency_days,frequency,monetary,average_basket,"));
    /// # Ok::<(), kinfolk::Error>(())
    /// ```
    pub fn write_csv(&self, mut out: impl io::Write) -> io::Result<()> {
        let mut header = String::from("customer_id");
        for column in &self.columns {
            header.push(',');
            header.push_str(&column.name);
        }
        header.push_str(",true_segment,bridge_between\n");
        out.write_all(header.as_bytes())?;

        let between = self.bridge_between();
        let n = self.ids.len();
        // A few megabytes of text at a time, so that memory does not grow with the customers.
        let starts: Vec<usize> = (0..n).step_by(ROWS).collect();
        for group in starts.chunks(16) {
            let texts: Vec<Vec<u8>> = group
                .par_iter()
                .map(|&start| {
                    let mut text = Vec::with_capacity(ROWS * 96);
                    let end = (start + ROWS).min(n);
                    for (row, between) in (start..end).zip(&between[start..end]) {
                        self.write_row(row, between, &mut text);
                    }
                    text
                })
                .collect();
            for text in texts {
                out.write_all(&text)?;
            }
        }
        out.flush()
    }

    fn write_row(&self, row: usize, between: &str, text: &mut Vec<u8>) {
        text.extend_from_slice(self.ids[row].as_bytes());
        for (column, &decimals) in self.columns.iter().zip(&self.decimals) {
            text.push(b',');
            match &column.values {
                Values::Number(values) | Values::Date(values) => write_number(values[row], decimals, text),
                Values::Category { codes, levels } => {
                    if let Some(level) = levels.get(codes[row] as usize) {
                        text.extend_from_slice(level.as_bytes());
                    }
                }
                Values::Text(values) => text.extend_from_slice(values[row].as_bytes()),
            }
        }
        text.push(b',');
        text.extend_from_slice(self.segment_names[self.truth[row] as usize].as_bytes());
        text.push(b',');
        text.extend_from_slice(between.as_bytes());
        text.push(b'\n');
    }
}

/// `x` with exactly `decimals` decimals; nothing where it is missing. Whole hundredths are exact below 2⁵³.
pub(super) fn write_number(x: f64, decimals: usize, text: &mut Vec<u8>) {
    if !x.is_finite() {
        return;
    }
    let unit = [1u64, 10, 100, 1000][decimals];
    let whole = (x.abs() * unit as f64).round() as u64;
    if x < 0.0 && whole > 0 {
        text.push(b'-');
    }
    let mut digits = itoa::Buffer::new();
    text.extend_from_slice(digits.format(whole / unit).as_bytes());
    if decimals > 0 {
        text.push(b'.');
        let mut place = unit / 10;
        let mut rest = whole % unit;
        while place > 0 {
            text.push(b'0' + (rest / place) as u8);
            rest %= place;
            place /= 10;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(x: f64, decimals: usize) -> String {
        let mut out = Vec::new();
        write_number(x, decimals, &mut out);
        String::from_utf8(out).expect("digits")
    }

    #[test]
    fn numbers_are_written_with_their_decimals_and_missing_ones_as_nothing() {
        assert_eq!(text(12.5, 2), "12.50");
        assert_eq!(text(0.07, 2), "0.07");
        assert_eq!(text(1234.0, 0), "1234");
        assert_eq!(text(-0.125, 3), "-0.125");
        assert_eq!(text(-0.0001, 3), "0.000");
        assert_eq!(text(f64::NAN, 2), "");
    }
}
