//! What a list of edges, or a network's file, says of its edges beside their weight.

use crate::columns::number;
use crate::message::Message;
use crate::table::{Column, MISSING, Role, Texts, Values};
use crate::text::{count, group_digits, natural, phrases};
use crate::warning::Warning;
use rustc_hash::FxHashMap;

/// Values of one attribute, one per row.
pub(super) struct OfEdges {
    name: String,
    /// Whether the file says that they are texts, whatever they look like.
    is_text: bool,
    /// For rows that have no value of their own.
    default: String,
    /// Places in `texts`; shorter than the rows where the last have none.
    codes: Vec<u32>,
    places: FxHashMap<String, u32>,
    texts: Texts,
}

/// The values of an edge's rows.
enum Said {
    Nothing,
    One(u32),
    Different,
}

impl OfEdges {
    pub(super) fn new(name: &str, is_text: bool) -> Self {
        OfEdges {
            name: name.to_owned(),
            is_text,
            default: String::new(),
            codes: Vec::new(),
            places: FxHashMap::default(),
            texts: Texts::default(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn set_default(&mut self, default: &str) {
        self.default = default.trim().to_owned();
    }

    /// About what it holds, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        // A text stands in the list and in the map, each with its own place in memory.
        2 * self.texts.bytes() as u64 + 100 * self.texts.len() as u64 + 4 * self.codes.len() as u64
    }

    /// The value in this row; the last one counts.
    pub(super) fn set(&mut self, row: usize, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        let code = self.code(value);
        self.codes.resize((row + 1).max(self.codes.len()), MISSING);
        self.codes[row] = code;
    }

    fn code(&mut self, value: &str) -> u32 {
        if let Some(&code) = self.places.get(value) {
            return code;
        }
        let code = self.texts.len() as u32;
        self.texts.push(value);
        self.places.insert(value.to_owned(), code);
        code
    }

    /// Whether all values, and there are some, are words of this list.
    pub(super) fn are_all(&self, words: &[&str]) -> bool {
        let known = |value: &str| words.iter().any(|word| value.eq_ignore_ascii_case(word));
        !self.texts.is_empty() && self.texts.iter().all(known)
    }

    /// In how many of `rows` rows the value is one of these words.
    pub(super) fn count(&self, words: &[&str]) -> usize {
        let is_one = |code: &&u32| {
            let value = self.texts.get(**code as usize);
            value.is_some_and(|value| words.iter().any(|word| value.eq_ignore_ascii_case(word)))
        };
        self.codes.iter().filter(is_one).count()
    }

    /// The values as numbers, where all are and none is written as a code is.
    fn numbers(&self, decimal: char) -> Option<Vec<f64>> {
        if self.is_text {
            return None;
        }
        let is_code = |text: &str| {
            let digits = text.trim_start_matches(['+', '-']).as_bytes();
            digits.len() > 1 && digits[0] == b'0' && digits[1].is_ascii_digit()
        };
        let number = |text: &str| match text {
            // XML's word for no number.
            "NaN" => Some(f64::NAN),
            _ if is_code(text) => None,
            _ => number::value(text, decimal).filter(|x| x.is_finite()),
        };
        self.texts.iter().map(number).collect()
    }

    pub(super) fn looks_like_numbers(&self, decimal: char) -> bool {
        !self.texts.is_empty() && self.numbers(decimal).is_some()
    }

    /// One value per edge, given the rows of each, and how many edges have none because their rows differ. Nothing where no row
    /// has a value.
    fn into_column(
        mut self,
        edges: &[std::ops::Range<usize>],
        rows: &[u32],
        decimal: char,
    ) -> Option<(Column, usize)> {
        if !self.default.is_empty() {
            let default = std::mem::take(&mut self.default);
            let code = self.code(&default);
            self.codes.resize(rows.len(), MISSING);
            for own in self.codes.iter_mut().filter(|own| **own == MISSING) {
                *own = code;
            }
        }
        if self.texts.is_empty() {
            return None;
        }
        let numbers = self.numbers(decimal);
        let same = |a: u32, b: u32| {
            a == b
                || numbers
                    .as_ref()
                    .is_some_and(|x| x[a as usize].total_cmp(&x[b as usize]).is_eq())
        };
        let said = |edge: &std::ops::Range<usize>| {
            let codes = rows[edge.clone()]
                .iter()
                .filter_map(|&row| self.codes.get(row as usize));
            codes
                .filter(|&&code| code != MISSING)
                .fold(Said::Nothing, |said, &code| match said {
                    Said::Nothing => Said::One(code),
                    Said::One(first) if same(first, code) => said,
                    _ => Said::Different,
                })
        };
        let said: Vec<Said> = edges.iter().map(said).collect();
        let different = said.iter().filter(|s| matches!(s, Said::Different)).count();
        let codes = said
            .iter()
            .map(|s| if let Said::One(code) = s { *code } else { MISSING });
        let codes: Vec<u32> = codes.collect();
        let missing = codes.iter().filter(|&&code| code == MISSING).count();
        let values = match numbers {
            Some(x) => {
                let value = |&code: &u32| x.get(code as usize).copied().unwrap_or(f64::NAN);
                Values::Number(codes.iter().map(value).collect())
            }
            None => in_order(codes, &self.texts),
        };
        let column = Column {
            name: self.name,
            values,
            role: Role::Feature,
            order: Vec::new(),
            missing,
            note: Message::default(),
        };
        Some((column, different))
    }
}

/// The texts that are used, in natural order: what comes out must not depend on the order of the rows.
fn in_order(mut codes: Vec<u32>, texts: &Texts) -> Values {
    let mut used: Vec<u32> = codes.iter().copied().filter(|&code| code != MISSING).collect();
    used.sort_unstable();
    used.dedup();
    used.sort_by(|&a, &b| natural(&texts[a as usize], &texts[b as usize]));
    let mut rank = vec![MISSING; texts.len()];
    for (new, &old) in (0u32..).zip(&used) {
        rank[old as usize] = new;
    }
    for code in codes.iter_mut().filter(|code| **code != MISSING) {
        *code = rank[*code as usize];
    }
    Values::Category {
        codes,
        levels: used.iter().map(|&code| texts[code as usize].to_owned()).collect(),
    }
}

/// The attributes of edges, one value each: that of its rows where all that have one agree. `ends` are those of the rows as they come,
/// the lower one first. `O(rows log rows)`.
pub(super) fn into_columns(
    attributes: Vec<OfEdges>,
    ends: impl Iterator<Item = (u32, u32)>,
    decimal: char,
    warnings: &mut Vec<Warning>,
) -> Vec<Column> {
    if attributes.is_empty() {
        return Vec::new();
    }
    let mut rows: Vec<(u32, u32, u32)> = ends.zip(0u32..).map(|((a, b), row)| (a, b, row)).collect();
    rows.sort_unstable();
    let mut edges = Vec::new();
    for same in rows.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
        let begin = edges.last().map_or(0, |last: &std::ops::Range<usize>| last.end);
        edges.push(begin..begin + same.len());
    }
    let rows: Vec<u32> = rows.into_iter().map(|(.., row)| row).collect();
    let found: Vec<(Column, usize)> = attributes
        .into_iter()
        .filter_map(|attribute| attribute.into_column(&edges, &rows, decimal))
        .collect();
    let differ: Vec<String> = found
        .iter()
        .filter(|(_, different)| *different > 0)
        .map(|(column, different)| format!("{} in {}", group_digits(*different), column.name))
        .collect();
    if !differ.is_empty() {
        let repeated = edges.iter().filter(|edge| edge.len() > 1).count();
        warnings.push(Warning::new(
            "attributes-differ",
            format!(
                "of {} on several rows, those whose rows differ have no value: {}",
                count(repeated, "edge that stands", "edges that stand"),
                phrases(&differ, differ.len())
            ),
        ));
    }
    found.into_iter().map(|(column, _)| column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[&str]) -> Values {
        let mut one = OfEdges::new("a", false);
        for (row, value) in values.iter().enumerate() {
            one.set(row, value);
        }
        let ends = (0..values.len() as u32).map(|row| (row, row + 1));
        into_columns(vec![one], ends, '.', &mut Vec::new())
            .remove(0)
            .values
    }

    #[test]
    fn numbers_are_numbers_and_codes_keep_their_zeros() {
        assert_eq!(column(&["1", "2.50", "-3"]), Values::Number(vec![1.0, 2.5, -3.0]));
        let texts = |levels: &[&str], codes: &[u32]| Values::Category {
            codes: codes.to_vec(),
            levels: levels.iter().map(|l| l.to_string()).collect(),
        };
        assert_eq!(column(&["1", "007"]), texts(&["1", "007"], &[0, 1]));
        assert_eq!(
            column(&["b", "", "a", "b"]),
            texts(&["a", "b"], &[1, MISSING, 0, 1])
        );
    }
}
