//! From bytes to text: which encoding, which line ends.

use super::budget::Budget;
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::text::group_digits;
use crate::warning::Warning;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Decoded text in which every line ends with LF or CR LF, without byte order mark.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) reading: Vec<String>,
    pub(crate) warnings: Vec<Warning>,
}

/// Decodes `bytes`: a byte order mark decides, else `encoding`, else UTF-16 where zero bytes alternate, UTF-8 where it
/// is valid (or nearly), and Windows-1252 otherwise. `O(bytes)`.
pub(crate) fn decode(
    source: &str,
    bytes: Vec<u8>,
    encoding: Option<&str>,
    budget: Budget<'_>,
) -> Result<Text> {
    let mut reading = Vec::new();
    let mut warnings = Vec::new();
    let asked = encoding.map(by_name).transpose()?;
    let mut text = match (Encoding::for_bom(&bytes), asked) {
        (Some((bom, length)), _) => {
            reading.push(format!("{} with byte order mark", bom.name()));
            convert(bom, &bytes[length..], budget, &mut warnings)?
        }
        (None, Some(named)) => {
            reading.push(format!("{} as asked", named.name()));
            convert(named, &bytes, budget, &mut warnings)?
        }
        (None, None) => match guess(&bytes) {
            Guess::Utf8 => {
                reading.push("UTF-8".to_owned());
                match String::from_utf8(bytes) {
                    Ok(text) => text,
                    Err(e) => convert(UTF_8, e.as_bytes(), budget, &mut warnings)?,
                }
            }
            Guess::Utf16(kind) => {
                reading.push(format!("{} without byte order mark", kind.name()));
                warnings.push(Warning::new(
                    "utf-16-guessed",
                    message![format!("the file has no byte order mark and was read as {} because every second byte is zero; if letters look \
                         wrong, set ", kind.name()), Setting::Encoding],
                ));
                convert(kind, &bytes, budget, &mut warnings)?
            }
            Guess::Windows1252(at) => {
                let line = 1 + bytes[..at].iter().filter(|&&b| b == b'\n').count();
                reading.push(format!("Windows-1252 (line {line} is not valid UTF-8)"));
                convert(WINDOWS_1252, &bytes, budget, &mut warnings)?
            }
        },
    };
    // DOS programs end a text with control-Z.
    while text.ends_with('\u{1A}') {
        text.pop();
    }
    if let Some(at) = text.find('\0') {
        return Err(Error::data("holds a zero byte, which no text has")
            .in_file(source)
            .at_line(1 + text[..at].matches('\n').count() as u64)
            .hint(message![
                "is it a binary file? a table as CSV is needed; if it is UTF-16, set ",
                Setting::Encoding,
                " utf-16le"
            ]));
    }
    let text = with_line_feeds(text, &mut reading);
    Ok(Text {
        text,
        reading,
        warnings,
    })
}

/// The encoding of a text that begins with `bytes`, the length of its byte order mark, and whether that is beyond doubt: a
/// mark or `asked` says so.
pub(super) fn encoding_of(bytes: &[u8], asked: Option<&str>) -> Result<(&'static Encoding, usize, bool)> {
    let asked = asked.map(by_name).transpose()?;
    Ok(match (Encoding::for_bom(bytes), asked) {
        (Some((bom, length)), _) => (bom, length, true),
        (None, Some(named)) => (named, 0, true),
        (None, None) => match guess(bytes) {
            Guess::Utf8 => (UTF_8, 0, false),
            Guess::Utf16(kind) => (kind, 0, true),
            Guess::Windows1252(_) => (WINDOWS_1252, 0, true),
        },
    })
}

pub(super) fn by_name(name: &str) -> Result<&'static Encoding> {
    Encoding::for_label(name.trim().as_bytes()).ok_or_else(|| {
        Error::usage(format!("\"{name}\" is not an encoding")).hint(
            "common ones are utf-8, windows-1252, iso-8859-2, utf-16le, macintosh, shift_jis and gb18030",
        )
    })
}

fn convert(
    encoding: &'static Encoding,
    bytes: &[u8],
    budget: Budget<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<String> {
    // The bytes and the text beside them, which of two bytes makes up to three.
    budget.allow(
        bytes.len() as u64 / 2 * 5,
        &format!("turning {} into text", encoding.name()),
    )?;
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    if damaged {
        let marks = text.matches('\u{FFFD}').count();
        warnings.push(Warning::new(
            "damaged-text",
            message![
                format!(
                    "{} places are not valid {} and became \u{FFFD}; if letters look wrong, set ",
                    group_digits(marks),
                    encoding.name()
                ),
                Setting::Encoding
            ],
        ));
    }
    Ok(text.into_owned())
}

/// The encoding of a stream by its first bytes, as [`decode`] finds that of a whole; and how many bytes its mark takes.
pub(super) fn of_head(head: &[u8], asked: Option<&str>) -> Result<(&'static Encoding, usize)> {
    let asked = asked.map(by_name).transpose()?;
    if let Some(found) = Encoding::for_bom(head) {
        return Ok(found);
    }
    if let Some(named) = asked {
        return Ok((named, 0));
    }
    if let Some(kind) = utf16_without_mark(&head[..head.len() / 2 * 2]) {
        return Ok((kind, 0));
    }
    // A letter may be cut at the end, but not before a line feed.
    let whole = memchr::memrchr(b'\n', head).map_or(head, |end| &head[..end]);
    Ok(match guess(whole) {
        Guess::Windows1252(at)
            if std::str::from_utf8(head).is_err_and(|e| e.valid_up_to() <= at && e.error_len().is_some()) =>
        {
            (WINDOWS_1252, 0)
        }
        _ => (UTF_8, 0),
    })
}

enum Guess {
    Utf8,
    Utf16(&'static Encoding),
    /// With the first byte that UTF-8 does not allow.
    Windows1252(usize),
}

fn guess(bytes: &[u8]) -> Guess {
    if let Some(kind) = utf16_without_mark(bytes) {
        return Guess::Utf16(kind);
    }
    let Err(first) = std::str::from_utf8(bytes) else {
        return Guess::Utf8;
    };
    // One damaged letter in a text full of valid ones does not make it Windows-1252.
    let (mut valid, mut invalid) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    if valid > 4 * invalid {
        Guess::Utf8
    } else {
        Guess::Windows1252(first.valid_up_to())
    }
}

/// UTF-16 tables have a zero beside every separator, digit and line end, always on the same side.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    if !bytes.len().is_multiple_of(2) || bytes.len() < 4 {
        return None;
    }
    let head = &bytes[..bytes.len().min(1 << 16)];
    let even = head.iter().step_by(2).filter(|&&b| b == 0).count();
    let odd = head.iter().skip(1).step_by(2).filter(|&&b| b == 0).count();
    let pairs = head.len() / 2;
    let kind = match (even, odd) {
        (0, odd) if odd * 5 > pairs => UTF_16LE,
        (even, 0) if even * 5 > pairs => UTF_16BE,
        _ => return None,
    };
    (!kind.decode_without_bom_handling(bytes).1).then_some(kind)
}

/// Lone carriage returns, the line ends of old Macintosh programs, as line feeds: lines can be counted by them. Where
/// lines end with line feeds too, those inside quotes are part of a cell and stay what they are.
fn with_line_feeds(text: String, reading: &mut Vec<String>) -> String {
    let lone = |bytes: &[u8], i: usize| bytes[i] == b'\r' && bytes.get(i + 1) != Some(&b'\n');
    if !memchr::memchr_iter(b'\r', text.as_bytes()).any(|i| lone(text.as_bytes(), i)) {
        return text;
    }
    let mixed = text.contains('\n');
    if !mixed {
        reading.push("lines end with CR".to_owned());
    }
    let quoted = if mixed {
        quoted_parts(text.as_bytes())
    } else {
        Vec::new()
    };
    let mut bytes = text.into_bytes();
    let mut part = 0;
    for i in 0..bytes.len() {
        while quoted.get(part).is_some_and(|&(_, end)| end < i) {
            part += 1;
        }
        let inside = quoted.get(part).is_some_and(|&(begin, _)| begin < i);
        if !inside && lone(&bytes, i) {
            bytes[i] = b'\n';
        }
    }
    // Only ASCII bytes were exchanged, so nothing is lost here.
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

/// Where cells in double quotes begin and end, whatever separates them; nothing where a quote stays open.
fn quoted_parts(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'"', &bytes[at..]) {
        let begin = at + found;
        at = begin + 1;
        // After a letter or a digit it is a character like any other: `5" pipe`.
        if begin > 0 && bytes[begin - 1].is_ascii_alphanumeric() {
            continue;
        }
        loop {
            let Some(found) = memchr::memchr(b'"', &bytes[at..]) else {
                return Vec::new();
            };
            at += found + 1;
            if bytes.get(at) != Some(&b'"') {
                break;
            }
            at += 1;
        }
        parts.push((begin, at - 1));
    }
    parts
}

/// An error where the text is of a known format that is no table.
pub(super) fn refuse_markup(source: &str, text: &str) -> Result<()> {
    let head: String = text
        .trim_start()
        .chars()
        .take(32)
        .collect::<String>()
        .to_lowercase();
    let squeezed: String = head.chars().filter(|c| !c.is_whitespace()).collect();
    let what = if ["<!doctype", "<html", "<table", "<?xml"]
        .iter()
        .any(|tag| head.starts_with(tag))
    {
        "a web page or XML"
    } else if squeezed.starts_with("{\"") || squeezed.starts_with("[{") || squeezed.starts_with("[[") {
        "JSON"
    } else if head.starts_with("{\\rtf") {
        "a word-processor document"
    } else {
        return Ok(());
    };
    Err(Error::data(format!("is not a table but {what}"))
        .in_file(source)
        .hint("export the table as CSV"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Budget<'static> = Budget::without_limit();

    fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
        let mark = if mark { "\u{FEFF}" } else { "" };
        format!("{mark}{text}")
            .encode_utf16()
            .flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() })
            .collect()
    }

    #[test]
    fn every_encoding_gives_the_same_text_and_says_its_name() {
        let text = "id,Größe\nä,1\n";
        for (bytes, name) in [
            (text.as_bytes().to_vec(), "UTF-8"),
            (
                [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
                "UTF-8 with byte order mark",
            ),
            (utf16(text, true, true), "UTF-16LE with byte order mark"),
            (utf16(text, false, true), "UTF-16BE with byte order mark"),
            (utf16(text, true, false), "UTF-16LE without byte order mark"),
            (utf16(text, false, false), "UTF-16BE without byte order mark"),
            (
                WINDOWS_1252.encode(text).0.into_owned(),
                "Windows-1252 (line 1 is not valid UTF-8)",
            ),
        ] {
            let decoded = decode("t", bytes, None, FREE).expect("valid");
            assert_eq!((decoded.text.as_str(), decoded.reading[0].as_str()), (text, name));
        }
    }

    #[test]
    fn a_single_damaged_letter_does_not_turn_utf8_into_mojibake() {
        let mut bytes = "Größe,Süß,Käse,Öl,Übung\n".as_bytes().to_vec();
        bytes.push(0xE9);
        let decoded = decode("t", bytes, None, FREE).expect("readable");
        assert!(decoded.text.starts_with("Größe") && decoded.text.ends_with('\u{FFFD}'));
        assert_eq!(decoded.warnings[0].code, "damaged-text");
    }

    #[test]
    fn a_named_encoding_is_used_and_an_unknown_one_refused() {
        let decoded = decode("t", vec![b'a', 0xB1], Some("iso-8859-2"), FREE).expect("valid");
        assert_eq!(decoded.text, "aą");
        let error = decode("t", vec![], Some("utf8mb4x"), FREE).expect_err("unknown");
        assert_eq!(error.kind(), crate::ErrorKind::Usage);
    }

    #[test]
    fn lone_carriage_returns_become_line_feeds_and_others_stay() {
        assert_eq!(
            decode("t", b"a\rb\r\nc\r".to_vec(), None, FREE)
                .expect("valid")
                .text,
            "a\nb\r\nc\n"
        );
    }

    #[test]
    fn a_zero_byte_is_refused_with_its_line() {
        let error = decode("t", b"a,b\n1,2\n\0,3\n".to_vec(), None, FREE).expect_err("binary");
        assert_eq!(error.line(), Some(3));
    }

    #[test]
    fn carriage_returns_inside_quotes_stay_where_lines_end_with_line_feeds() {
        let text = |bytes: &[u8]| decode("t", bytes.to_vec(), None, FREE).expect("valid").text;
        assert_eq!(
            text(b"a,\"b\rc\"\"\r\"\r\"d\re\",f\n"),
            "a,\"b\rc\"\"\r\"\n\"d\re\",f\n"
        );
        assert_eq!(text(b"a,5\" pipe\rb,2\n"), "a,5\" pipe\nb,2\n");
        assert_eq!(text(b"a,\"b\rc\"\rd,e\r"), "a,\"b\nc\"\nd,e\n");
    }

    #[test]
    fn utf16_without_a_mark_is_said() {
        let decoded = decode("t", utf16("id,x\na,1\n", true, false), None, FREE).expect("valid");
        assert_eq!(decoded.warnings[0].code, "utf-16-guessed");
        let marked = decode("t", utf16("id,x\na,1\n", true, true), None, FREE).expect("valid");
        assert!(marked.warnings.is_empty());
    }
}
