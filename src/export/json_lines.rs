//! Tables as JSON lines: an object for each row, with the types that its cells have.

use super::cells::Kind;
use super::typed::{Cell, TypedRows, TypedTable};
use crate::{Error, Result};
use std::io::{self, Write};

/// Takes rows of [`CsvStyle::typed`](super::CsvStyle::typed), a header first, in pieces of any size, and writes each as a JSON object on a
/// line of its own: numbers as numbers, `true` and `false` as such, no value as `null`.
///
/// The same rows give the same bytes. `O(bytes)`; a row is in memory at a time.
///
/// ```
/// use kinfolk::export::JsonLines;
/// use std::io::Write;
///
/// let mut rows = JsonLines::new(Vec::new());
/// rows.write_all(b"tcustomer_id,tspend\nt007,n1.5\nt008,n\n")?;
/// let lines = rows.finish()?;
/// assert_eq!(lines, b"{\"customer_id\":\"007\",\"spend\":1.5}\n{\"customer_id\":\"008\",\"spend\":null}\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct JsonLines<W: Write>(TypedRows<Lines<W>>);

struct Lines<W> {
    out: W,
    /// Each column's name in quotes, with the colon.
    names: Vec<Vec<u8>>,
    line: Vec<u8>,
}

impl<W: Write> JsonLines<W> {
    /// Rows to `out`, which brings its own buffer.
    pub fn new(out: W) -> Self {
        JsonLines(TypedRows::new(Lines {
            out,
            names: Vec::new(),
            line: Vec::new(),
        }))
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// Where there was no header, or `out` cannot be written.
    pub fn finish(self) -> Result<W> {
        let cannot = |e: io::Error| Error::io("the JSON lines", "cannot be written", e);
        let mut lines = self.0.finish().map_err(cannot)?;
        lines.out.flush().map_err(cannot)?;
        Ok(lines.out)
    }
}

impl<W: Write> Write for JsonLines<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W: Write> TypedTable for Lines<W> {
    fn header(&mut self, names: &[&str]) -> io::Result<()> {
        let named = |name: &&str| {
            let mut quoted = serde_json::to_vec(name)?;
            quoted.push(b':');
            Ok(quoted)
        };
        self.names = names.iter().map(named).collect::<io::Result<_>>()?;
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        self.line.clear();
        for (place, (name, cell)) in self.names.iter().zip(cells).enumerate() {
            self.line.push(if place == 0 { b'{' } else { b',' });
            self.line.extend_from_slice(name);
            match cell.kind {
                _ if cell.text.is_empty() => self.line.extend_from_slice(b"null"),
                Kind::Text => serde_json::to_writer(&mut self.line, cell.text)?,
                // As tables write them: digits, a point, an exponent, which JSON takes as they are.
                Kind::Integer | Kind::Number | Kind::Flag => {
                    self.line.extend_from_slice(cell.text.as_bytes())
                }
            }
        }
        self.line.extend_from_slice(b"}\n");
        self.out.write_all(&self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_an_object_of_typed_values() -> std::result::Result<(), Box<dyn std::error::Error>> {
        let mut rows = JsonLines::new(Vec::new());
        rows.write_all("tid,t\"n\",tx,tyes\nt007,i3,n1.5e-7,ftrue\n\"tü\n\"\"a\"\"\",i,n,f\n".as_bytes())?;
        let text = String::from_utf8(rows.finish()?)?;
        let lines = text
            .lines()
            .map(serde_json::from_str)
            .collect::<std::result::Result<Vec<serde_json::Value>, _>>()?;
        assert_eq!(
            lines,
            [
                serde_json::json!({"id": "007", "\"n\"": 3, "x": 1.5e-7, "yes": true}),
                serde_json::json!({"id": "ü\n\"a\"", "\"n\"": null, "x": null, "yes": null}),
            ]
        );
        Ok(())
    }
}
