//! Columns in memory as a CSV file: numbers are written here, since Python takes a microsecond for each.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

enum Cells<'a> {
    /// Of arrays of numpy, in the byte order of this machine.
    Floats(&'a [[u8; 8]]),
    Wholes(&'a [[u8; 8]]),
    /// As they stand in a CSV file.
    Texts(Vec<&'a [u8]>),
}

impl Cells<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Floats(numbers) | Self::Wholes(numbers) => numbers.len(),
            Self::Texts(texts) => texts.len(),
        }
    }

    fn write(&self, row: usize, out: &mut Vec<u8>) {
        match self {
            Self::Floats(numbers) => {
                let number = f64::from_ne_bytes(numbers[row]);
                if !number.is_nan() {
                    out.extend_from_slice(ryu::Buffer::new().format(number).as_bytes());
                }
            }
            Self::Wholes(numbers) => {
                let number = i64::from_ne_bytes(numbers[row]);
                out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
            }
            Self::Texts(texts) => out.extend_from_slice(texts[row]),
        }
    }
}

/// A CSV file of columns of one length. Each is its kind and its bytes: `float64` or `int64`, an array's own; `csv`, a CSV file of
/// this column alone, whose lines end with a line feed. Names are as they stand in such a file.
#[pyfunction]
pub(crate) fn csv<'py>(
    py: Python<'py>,
    names: Vec<String>,
    columns: Vec<(String, Bound<'py, PyBytes>)>,
) -> PyResult<Bound<'py, PyBytes>> {
    let cells: Vec<Cells<'_>> = columns
        .iter()
        .map(|(kind, bytes)| cells(kind, bytes.as_bytes()))
        .collect::<PyResult<_>>()?;
    let rows = cells.first().map_or(0, Cells::len);
    if cells.iter().any(|column| column.len() != rows) {
        return Err(PyValueError::new_err("columns differ in length"));
    }
    let file = py.detach(|| {
        let mut out = names.join(",").into_bytes();
        out.push(b'\n');
        for row in 0..rows {
            let begin = out.len();
            for (at, column) in cells.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                column.write(row, &mut out);
            }
            // An empty line would be no row.
            if out.len() == begin {
                out.extend_from_slice(b"\"\"");
            }
            out.push(b'\n');
        }
        out
    });
    Ok(PyBytes::new(py, &file))
}

fn cells<'a>(kind: &str, bytes: &'a [u8]) -> PyResult<Cells<'a>> {
    Ok(match kind {
        "float64" => Cells::Floats(bytes.as_chunks().0),
        "int64" => Cells::Wholes(bytes.as_chunks().0),
        "csv" => Cells::Texts(lines(bytes)),
        _ => return Err(PyValueError::new_err(format!("{kind} is no kind of column"))),
    })
}

/// The lines of a file of one column, without the ends of lines; a quoted cell may have some within.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let (mut lines, mut begin, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => {
                let line = &bytes[begin..at];
                // What stands for an empty cell where it is the only one.
                lines.push(if line == b"\"\"" { &[] } else { line });
                begin = at + 1;
            }
            _ => {}
        }
    }
    lines
}
