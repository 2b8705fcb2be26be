//! Which texts a spreadsheet would run as a formula.

/// Whether Excel, LibreOffice or Google Sheets would take a cell of this text for a formula (CWE-1236) and show what it comes to.
///
/// - `=` and `@` at the start always (`@SUM(1)` is an old way to write a function), their wide forms `＝＋－＠` too, and a tab or
///   a line break, which some programs skip before they look;
/// - `+` and `-` where what follows can be a formula: it holds a letter or another sign that may be a name, a call or a reference,
///   or it is a sum that can be worked out (`-2+3`, `+(5)`). Numbers (`-1,5`, `+49170`, `-5 %`) are no formulas, nor is what cannot
///   be worked out: `+49 03` (two numbers side by side), `-10.000)` (a bracket without its partner), a lone `-`.
pub(crate) fn is_formula(text: &str) -> bool {
    match text.chars().next() {
        Some('=' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => true,
        Some('+' | '-') => !is_number(text) && can_be_worked_out(text),
        _ => false,
    }
}

/// A sign, digits with points or commas among them, an exponent or a percent sign: a value as it stands.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let unsigned = unsigned.strip_suffix('%').map_or(unsigned, str::trim_end);
    let mantissa = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) if is_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)) => {
            mantissa
        }
        Some(_) => return false,
        None => unsigned,
    };
    mantissa.bytes().any(|b| b.is_ascii_digit())
        && mantissa
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether it may be a formula: it has something beside numbers, brackets and signs, or those make a sum.
fn can_be_worked_out(text: &str) -> bool {
    let sum_only = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-*/^%.,()".contains(c);
    !text.chars().all(sum_only) || is_sum(text)
}

/// Whether numbers, brackets and signs make a sum, in one pass: what may come next is a number (or sign, or bracket), or what
/// stands behind one.
fn is_sum(text: &str) -> bool {
    let mut open = 0usize;
    let mut awaits_number = true;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => {}
            '0'..='9' | '.' | ',' if awaits_number => {
                while chars
                    .next_if(|c| c.is_ascii_digit() || ".,".contains(*c))
                    .is_some()
                {}
                awaits_number = false;
            }
            '(' if awaits_number => open += 1,
            '+' | '-' if awaits_number => {}
            '+' | '-' | '*' | '/' | '^' if !awaits_number => awaits_number = true,
            '%' if !awaits_number => {}
            ')' if !awaits_number && open > 0 => open -= 1,
            _ => return false,
        }
    }
    open == 0 && !awaits_number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_worked_out_is_a_formula() {
        for formula in [
            "=cmd|' /C calc'!A0",
            "=",
            "@sum",
            "-2+3",
            "+A1",
            "-SUM(1)",
            "+49-30-1234",
            "-(5)",
            "- none -",
            "\t=1",
            "+1;2",
            "--1",
            "＝1+1",
            "-5%*2",
        ] {
            assert!(is_formula(formula), "{formula}");
        }
        for plain in [
            "-5",
            "+49170",
            "-1,5",
            "-1.5e-7",
            "C-1",
            "",
            "a=b",
            "'quoted",
            "-10.000)",
            "+49 03",
            "+49 (0)30 1234",
            "-",
            "+",
            "--",
            "-5 %",
            "+1.234.567,00",
            "- 12 3",
            "-(5",
            "+49/30 12",
            " =1",
        ] {
            assert!(!is_formula(plain), "{plain}");
        }
    }
}
