//! Results of any tool: which customer is in which group.

use super::budget::Budget;
use super::text_table::{self, Asked};
use super::{excel, header, parquet, source};
use crate::columns::missing::{Presence, presence};
use crate::columns::names::{find, id_strength, shortened, words};
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::num::is_formula;
use crate::table::grid::{Records, cell_text, is_blank};
use crate::table::{MISSING, Texts};
use crate::text::{count, group_digits, natural};
use crate::warning::Warning;
use rustc_hash::FxHashMap;
use std::io::Read;

/// What a person may say about a file of groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LabelSettings {
    /// What stands between cells. Default: from the data.
    pub separator: Option<char>,
    /// A name of the Encoding Standard. Default: from the data.
    pub encoding: Option<String>,
    /// The column that names the customer. Default: the one whose name says so, else the first.
    pub id: Option<String>,
    /// The column of the groups. Default: the one called `segment`, `cluster` and the like, else the second of two.
    pub label: Option<String>,
    /// Further words for "no group", beside the usual ones for "no value".
    pub missing: Vec<String>,
    /// Whether texts that a spreadsheet would run have an apostrophe before them, as in tables that this crate writes.
    pub guarded: bool,
    /// The most memory that reading may take, in bytes.
    pub memory: Option<u64>,
}

/// Who is in which group, as read.
#[derive(Clone, Debug)]
pub struct Labels {
    /// What messages call the file.
    pub source: String,
    /// The column that names the customers.
    pub id_column: String,
    /// The column of the groups.
    pub label_column: String,
    /// The customers, each once, in the order of the file.
    pub ids: Texts,
    /// The group of each, an index into `groups`; [`MISSING`] for none.
    pub labels: Vec<u32>,
    /// The names of the groups in natural order, each with a customer.
    pub groups: Vec<String>,
    /// Customers without a group.
    pub missing: usize,
    /// How the bytes were read, one plain phrase each.
    pub reading: Vec<String>,
    /// What was noticed.
    pub warnings: Vec<Warning>,
}

/// Names of columns of groups, the likeliest first.
const GROUPS: &str = "segment community cluster label labels group class clusters segments groups communities clusterid segmentid \
    groupid clusterlabel clusterlabels segmentlabel segmentname clustername modularityclass prediction predicted klasse gruppe";

/// What a column has to be called at least to name customers, see `id_strength`.
const NAMES_CUSTOMERS: u32 = 60;

/// Reads who is in which group from a stream; `source` is what messages call it. Text tables, packed or not, and what the
/// features `parquet` and `excel` add. Groups are names, also where they are numbers; where all are, `1.0` is `1`. `O(bytes)`.
///
/// ```
/// use kinfolk::read::{LabelSettings, read_labels};
///
/// let csv = "customer_id,cluster\nC1,2\nC2,10\nC3,\nC4,2\n";
/// let read = read_labels("k_means.csv", csv.as_bytes(), &LabelSettings::default())?;
/// assert_eq!((read.groups.as_slice(), read.missing), (&["2".to_owned(), "10".to_owned()][..], 1));
/// assert_eq!((read.label_column.as_str(), read.labels[3]), ("cluster", 0));
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Bytes that are no table; no column of groups; a customer in two groups, or without a name, with the line.
pub fn read_labels(source: &str, reader: impl Read, settings: &LabelSettings) -> Result<Labels> {
    let budget = Budget::new(source, settings.memory);
    let plain = source::unpack(source, reader, budget)?;
    let mut reading: Vec<String> = plain.packing.map(str::to_owned).into_iter().collect();
    let mut bytes = plain.bytes;
    if bytes.starts_with(parquet::MAGIC) {
        let sheet = parquet::read(source, bytes, budget)?;
        reading.push("Parquet".to_owned());
        let mut rows = Rows::new(source, settings, &sheet.names, reading, sheet.warnings)?;
        for row in 0..sheet.grid.n_rows() {
            let cell = |c: usize| Some(sheet.grid.cell(row, c));
            rows.add(cell, sheet.grid.lines[row])?;
        }
        return rows.labels();
    }
    if excel::may_be_workbook(&bytes) {
        let (csv, phrase) = excel::as_csv(source, bytes, budget)?;
        reading.push(phrase);
        bytes = csv;
    }
    let nothing = || {
        Error::data("holds no customers")
            .in_file(source)
            .hint("a header and one row per customer are needed: who it is, and its group")
    };
    let asked = Asked {
        separator: settings.separator,
        encoding: settings.encoding.as_deref(),
        piece: usize::MAX,
    };
    let mut table = text_table::open(source, bytes, &asked, budget, nothing)?;
    reading.extend(table.reading);
    let written = &table.header.names;
    let names = header::unique_names(written, &vec![true; written.len()], &mut table.warnings);
    let mut rows = Rows::new(source, settings, &names, reading, table.warnings)?;
    let (at, line) = table.start;
    let mut records = Records::new(&table.text[at..], line, table.dialect);
    let mut second = table.header.second;
    while let Some((record, line, _)) = records.next() {
        // Of two headers the second.
        if !is_blank(record) && !std::mem::take(&mut second) {
            rows.add(|c| record.get(c).map(|cell| cell_text(cell).trim()), line)?;
        }
    }
    if rows.ids.is_empty() {
        return Err(nothing());
    }
    rows.labels()
}

/// Rows as they come.
struct Rows<'a> {
    source: &'a str,
    settings: &'a LabelSettings,
    id: usize,
    label: usize,
    names: Vec<String>,
    ids: Texts,
    labels: Vec<u32>,
    /// The line and the place of each customer.
    seen: FxHashMap<String, (u64, usize)>,
    groups: Vec<String>,
    places: FxHashMap<String, u32>,
    repeated: usize,
    reading: Vec<String>,
    warnings: Vec<Warning>,
}

impl<'a> Rows<'a> {
    fn new(
        source: &'a str,
        settings: &'a LabelSettings,
        names: &[String],
        mut reading: Vec<String>,
        warnings: Vec<Warning>,
    ) -> Result<Self> {
        let (id, label) = columns(names, settings, &mut reading).map_err(|e| e.in_file(source))?;
        Ok(Rows {
            source,
            settings,
            id,
            label,
            names: names.to_vec(),
            ids: Texts::default(),
            labels: Vec::new(),
            seen: FxHashMap::default(),
            groups: Vec::new(),
            places: FxHashMap::default(),
            repeated: 0,
            reading,
            warnings,
        })
    }

    fn add<'c>(&mut self, cell: impl Fn(usize) -> Option<&'c str>, line: u64) -> Result<()> {
        let plain = |text: &'c str| match text.strip_prefix('\'') {
            Some(rest) if self.settings.guarded && is_formula(rest.trim_start_matches('\'')) => rest,
            _ => text,
        };
        let id = plain(cell(self.id).unwrap_or_default());
        if presence(id, &[]) == Presence::Missing {
            return Err(Error::data("the customer has no name")
                .in_file(self.source)
                .at_line(line)
                .in_column(&self.names[self.id])
                .hint(message![Setting::Id, " names the column of the customers"]));
        }
        let label = plain(cell(self.label).unwrap_or_default());
        let group = if presence(label, &self.settings.missing) == Presence::Missing {
            MISSING
        } else {
            match self.places.get(label) {
                Some(&place) => place,
                None => {
                    let place = self.groups.len() as u32;
                    self.places.insert(label.to_owned(), place);
                    self.groups.push(label.to_owned());
                    place
                }
            }
        };
        if let Some(&(before, place)) = self.seen.get(id) {
            if self.labels[place] == group {
                self.repeated += 1;
                return Ok(());
            }
            return Err(Error::data(format!(
                "the customer \"{id}\" stands on line {before} too, in another group"
            ))
            .in_file(self.source)
            .at_line(line)
            .hint(message![
                "each customer may be in one group; ",
                Setting::Id,
                " names another column of the customers"
            ]));
        }
        self.seen.insert(id.to_owned(), (line, self.labels.len()));
        self.ids.push(id);
        self.labels.push(group);
        Ok(())
    }

    fn labels(mut self) -> Result<Labels> {
        if self.repeated > 0 {
            self.warnings.push(Warning::new(
                "repeated-rows",
                format!(
                    "{}: {} a customer with the same group; each counts once",
                    self.source,
                    count(self.repeated, "row repeats", "rows repeat")
                ),
            ));
        }
        self.numbers_by_value();
        let mut order: Vec<u32> = (0..self.groups.len() as u32).collect();
        order.sort_by(|&x, &y| natural(&self.groups[x as usize], &self.groups[y as usize]));
        let mut rank = vec![0; order.len()];
        for (new, &old) in (0u32..).zip(&order) {
            rank[old as usize] = new;
        }
        let missing = self.labels.iter().filter(|&&label| label == MISSING).count();
        for label in self.labels.iter_mut().filter(|label| **label != MISSING) {
            *label = rank[*label as usize];
        }
        self.reading
            .push(format!("{} customers", group_digits(self.ids.len())));
        Ok(Labels {
            source: self.source.to_owned(),
            id_column: self.names[self.id].clone(),
            label_column: self.names[self.label].clone(),
            ids: self.ids,
            labels: self.labels,
            groups: order.iter().map(|&o| self.groups[o as usize].clone()).collect(),
            missing,
            reading: self.reading,
            warnings: self.warnings,
        })
    }

    /// Where all groups are whole numbers, those of one value become one group.
    fn numbers_by_value(&mut self) {
        let Some(values) = self
            .groups
            .iter()
            .map(|group| whole_number(group))
            .collect::<Option<Vec<String>>>()
        else {
            return;
        };
        let mut places: FxHashMap<&str, u32> = FxHashMap::default();
        let mut distinct: Vec<String> = Vec::new();
        let new: Vec<u32> = values
            .iter()
            .map(|value| {
                *places.entry(value).or_insert_with(|| {
                    distinct.push(value.clone());
                    distinct.len() as u32 - 1
                })
            })
            .collect();
        if distinct == self.groups {
            return;
        }
        let example = values
            .iter()
            .zip(&self.groups)
            .find(|(value, group)| value != group);
        if let Some((value, group)) = example {
            self.warnings.push(Warning::new(
                "groups-as-numbers",
                format!(
                    "{}: groups are taken as numbers, such as {group} as {value}",
                    self.source
                ),
            ));
        }
        for label in self.labels.iter_mut().filter(|label| **label != MISSING) {
            *label = new[*label as usize];
        }
        self.groups = distinct;
    }
}

/// Places of the customers' names and of the groups.
fn columns(names: &[String], settings: &LabelSettings, reading: &mut Vec<String>) -> Result<(usize, usize)> {
    let mut asked = |wanted: &Option<String>, setting: Setting| {
        let place = wanted.as_deref().map(|name| find(name, names, setting, reading));
        place.transpose()
    };
    let (id, label) = (
        asked(&settings.id, Setting::Id)?,
        asked(&settings.label, Setting::Label)?,
    );
    if names.len() < 2 {
        return Err(Error::data("holds one column only").hint(message![
            "two are needed: who it is, and its group; ",
            Setting::Separator,
            " says what stands between them"
        ]));
    }
    let plain: Vec<String> = names.iter().map(|name| words(name).concat()).collect();
    let named = || {
        let places = GROUPS
            .split_ascii_whitespace()
            .map(|word| plain.iter().position(|name| name == word));
        places.flatten().find(|&c| Some(c) != id)
    };
    let label = label.or_else(named);
    let id = id.or_else(|| {
        let free = (0..names.len()).filter(|&c| Some(c) != label);
        let best = free.map(|c| (id_strength(&names[c]), std::cmp::Reverse(c))).max();
        best.filter(|&(strength, _)| strength >= NAMES_CUSTOMERS)
            .map(|(_, c)| c.0)
            .or_else(|| (0..names.len()).find(|&c| Some(c) != label))
    });
    let other = || (names.len() == 2).then(|| usize::from(id == Some(0)));
    match (id, label.or_else(other)) {
        (Some(id), Some(label)) if id == label => Err(Error::usage(format!(
            "the column \"{}\" cannot name the customers and the groups",
            names[id]
        ))
        .hint(message![
            Setting::Id,
            " and ",
            Setting::Label,
            " name one column each"
        ])),
        (Some(id), Some(label)) => Ok((id, label)),
        _ => Err(
            Error::data("no column is known to hold the groups").hint(message![
                Setting::Label,
                format!(" COLUMN names it; the columns are {}", shortened(names))
            ]),
        ),
    }
}

/// A whole number without sign `+`, leading zeros and `.0`; `None` for anything else. Not by its value: ids may have more digits
/// than a number holds.
pub(crate) fn whole_number(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let whole = match digits.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        Some(_) => return None,
        None => digits,
    };
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match whole.trim_start_matches('0') {
        "" => Some("0".to_owned()),
        kept => Some(format!("{sign}{kept}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, settings: &LabelSettings) -> Result<Labels> {
        read_labels("labels.csv", text.as_bytes(), settings)
    }

    #[test]
    fn columns_are_found_by_name_or_as_the_two_there_are() {
        let default = LabelSettings::default();
        let of = |text: &str| {
            let read = read(text, &default).expect("readable");
            (read.id_column, read.label_column)
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            of("spend,Customer ID,Cluster\n1,a,x\n2,b,y\n"),
            pair("Customer ID", "Cluster")
        );
        assert_eq!(of("who;what\na;x\nb;y\n"), pair("who", "what"));
        assert_eq!(of("label,id\nx,a\ny,b\n"), pair("id", "label"));
        let error = read("who,what,where\na,x,1\nb,y,2\n", &default).expect_err("three");
        assert!(
            error.to_string().contains("the columns are who, what, where"),
            "{error}"
        );
        let asked = LabelSettings {
            label: Some("Where".to_owned()),
            ..LabelSettings::default()
        };
        let read = super::read_labels("f", "who,what,where\na,x,1\nb,y,2\n".as_bytes(), &asked);
        assert_eq!(read.expect("named").label_column, "where");
    }

    #[test]
    fn a_customer_in_two_groups_is_an_error_and_one_that_repeats_counts_once() {
        let default = LabelSettings::default();
        let error = read("id,cluster\na,1\nb,2\na,2\n", &default).expect_err("two groups");
        assert_eq!(
            error.to_string(),
            "labels.csv line 4: the customer \"a\" stands on line 2 too, in another group; each customer may be in one group; \
             `id` names another column of the customers"
        );
        let fine = read("id,cluster\na,1\nb,2\na,1\n", &default).expect("the same");
        assert_eq!(fine.ids, ["a", "b"]);
        assert_eq!(fine.warnings[0].code, "repeated-rows");
        assert!(read("id,cluster\na,1\n,2\n", &default).is_err());
    }

    #[test]
    fn numbers_of_one_value_are_one_group_and_other_words_are_not() {
        let default = LabelSettings::default();
        let numbers = read("id,cluster\na,1\nb,1.0\nc,02\nd,NA\n", &default).expect("readable");
        assert_eq!(numbers.groups, ["1", "2"]);
        assert_eq!(
            (numbers.labels.as_slice(), numbers.missing),
            (&[0, 0, 1, MISSING][..], 1)
        );
        assert_eq!(numbers.warnings[0].code, "groups-as-numbers");
        let words = read("id,cluster\na,1\nb,1.0\nc,x\n", &default).expect("readable");
        assert_eq!(words.groups, ["1", "1.0", "x"]);
        for (text, value) in [
            ("007", Some("7")),
            ("-3.00", Some("-3")),
            ("+0", Some("0")),
            ("12345678901234567890123", Some("12345678901234567890123")),
            ("1.5", None),
            ("1.", None),
            ("-", None),
            ("C7", None),
        ] {
            assert_eq!(whole_number(text).as_deref(), value, "{text}");
        }
    }
}
