//! Which cell of a later row is which column, and the values of cells by their rules.

use super::new_rows::{too_long, unique};
use super::stream;
use crate::columns::names::{find, place};
use crate::columns::rules::{CellRule, Kind, Reading, Rules};
use crate::columns::scan::without_point_zero;
use crate::error::{Error, Result, did_you_mean};
use crate::message::{Message, Setting};
use crate::table::{Column, MISSING, Role, Table, Texts, Values};
use rustc_hash::FxHashMap;

/// Where the cells of rows under one header are, and how they become values.
#[derive(Clone, Debug)]
pub struct RowLayout {
    source: String,
    rules: Rules,
    /// For each rule the place of its cell.
    places: Vec<usize>,
    id: Option<usize>,
    names: Vec<String>,
}

/// Rows with their values, for a recipe.
#[derive(Debug)]
pub struct NewTable {
    /// One column for each that is needed.
    pub table: Table,
    /// Days that do not exist, taken as missing.
    pub impossible_dates: usize,
}

impl RowLayout {
    /// The layout of rows below this header. `id` names the column of customer identifiers where it is not that of the rules.
    ///
    /// # Errors
    /// Where a column is absent.
    pub fn new(source: &str, header: &[String], rules: &Rules, id: Option<&str>) -> Result<Self> {
        let names = unique(header);
        let mut absent = Vec::new();
        let mut places = Vec::with_capacity(rules.columns.len());
        for rule in &rules.columns {
            match place(&rule.column, &names) {
                Some(place) => places.push(place),
                None => absent.push(rule.column.as_str()),
            }
        }
        if !absent.is_empty() {
            return Err(absent_columns(source, &absent, &names));
        }
        let id = match (id, rules.id()) {
            (Some(asked), _) => {
                Some(find(asked, &names, Setting::Id, &mut Vec::new()).map_err(|e| e.in_file(source))?)
            }
            (None, Some(before)) => place(before, &names),
            (None, None) => None,
        };
        Ok(RowLayout {
            source: source.to_owned(),
            rules: rules.clone(),
            places,
            id,
            names,
        })
    }

    /// What messages call the rows.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The column that names the customers, where one does.
    pub fn id_name(&self) -> Option<&str> {
        self.id.map(|place| self.names[place].as_str())
    }

    /// The names in the header, as they were made unique.
    pub fn header(&self) -> &[String] {
        &self.names
    }

    /// Places of the cells that are read with a decimal comma.
    pub(super) fn with_comma(&self) -> Vec<usize> {
        let columns = self.rules.columns.iter().zip(&self.places);
        columns
            .filter(|(rule, _)| rule.has_decimal_comma())
            .map(|(_, &place)| place)
            .collect()
    }

    /// A JSON value as a cell of this column; `None` for `null`.
    pub fn json_cell(&self, column: &str, value: &serde_json::Value) -> Option<String> {
        match value {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Number(number) => Some(self.rules.number_as_cell(column, &number.to_string())),
            other => Some(other.to_string()),
        }
    }

    /// The values of `n` rows. `cell` gives the bytes of a row's cell at a place of the header, where there is one; `shape` how many
    /// cells a row has and its line; `first` is the number of the first row, from 0, for those without an identifier.
    ///
    /// # Errors
    /// The first cell that is no value of its column, with its line.
    pub fn table<'a>(
        &self,
        n: usize,
        cell: impl Fn(usize, usize) -> Option<&'a [u8]>,
        shape: impl Fn(usize) -> (usize, u64),
        first: u64,
    ) -> Result<NewTable> {
        let mut makers: Vec<Maker<'_, 'a>> = self.rules.columns.iter().map(|r| Maker::new(r, n)).collect();
        let mut ids = Texts::with_capacity(n, 8 * n);
        let mut lines = Vec::with_capacity(n);
        let mut impossible_dates = 0;
        for row in 0..n {
            let (cells, line) = shape(row);
            let blank = |place: usize| cell(row, place).is_none_or(|c| c.iter().all(u8::is_ascii_whitespace));
            if cells > self.names.len() && !(self.names.len()..cells).all(blank) {
                return Err(too_long(&self.source, line, cells, self.names.len()));
            }
            let text = |bytes: &'a [u8]| -> Result<&'a str> {
                std::str::from_utf8(bytes)
                    .map(str::trim)
                    .map_err(|_| stream::not_utf8(&self.source, line))
            };
            for (maker, &place) in makers.iter_mut().zip(&self.places) {
                let held = cell(row, place);
                if held.is_none() && !maker.rule.gaps {
                    return Err(self.too_short(line, cells, &maker.rule.column));
                }
                let held = text(held.unwrap_or_default())?;
                impossible_dates += maker.add(held).map_err(|(what, hint)| {
                    Error::data(what)
                        .in_file(&self.source)
                        .at_line(line)
                        .in_column(&maker.rule.column)
                        .hint(hint)
                })?;
            }
            match self.id.and_then(|place| cell(row, place)) {
                Some(id) => ids.push(text(id)?),
                None => ids.push(&(first + row as u64 + 1).to_string()),
            }
            lines.push(line);
        }
        Ok(NewTable {
            table: Table {
                source: self.source.clone(),
                ids,
                lines,
                columns: makers.into_iter().flat_map(Maker::columns).collect(),
                reading: Vec::new(),
                warnings: Vec::new(),
                value_column: None,
            },
            impossible_dates,
        })
    }

    fn too_short(&self, line: u64, cells: usize, column: &str) -> Error {
        Error::data(format!(
            "the row ends after {cells} of {} cells, before \"{column}\", which every customer of the model has",
            self.names.len()
        ))
        .in_file(&self.source)
        .at_line(line)
        .hint("is a line break or a separator missing there?")
    }
}

fn absent_columns(source: &str, absent: &[&str], names: &[String]) -> Error {
    const SHOWN: usize = 6;
    let quoted: Vec<String> = absent.iter().take(SHOWN).map(|n| format!("\"{n}\"")).collect();
    let more = match absent.len() {
        n if n > SHOWN => format!(" and {} more", n - SHOWN),
        _ => String::new(),
    };
    let error = Error::data(format!(
        "{} {}{more} {} missing, but similarity was measured on {}",
        if absent.len() == 1 {
            "the column"
        } else {
            "the columns"
        },
        quoted.join(", "),
        if absent.len() == 1 { "is" } else { "are" },
        if absent.len() == 1 { "it" } else { "them" },
    ))
    .in_file(source);
    let near = match absent {
        [one] => did_you_mean(one, names.iter().map(String::as_str)),
        _ => None,
    };
    let add = "a column of empty cells says that nobody's value is known";
    error.hint(near.map_or(add.to_owned(), |near| format!("{near} Else {add}")))
}

/// A column in the making.
struct Maker<'r, 'a> {
    rule: &'r CellRule,
    numbers: Vec<f64>,
    /// For each code the customers who have it.
    flags: Vec<Vec<u32>>,
    codes: Vec<u32>,
    places: FxHashMap<&'a str, u32>,
    levels: Vec<&'a str>,
    missing: usize,
}

impl<'r, 'a> Maker<'r, 'a> {
    fn new(rule: &'r CellRule, n: usize) -> Self {
        let is_number = matches!(rule.kind, Kind::Number { .. } | Kind::Date { .. });
        Maker {
            rule,
            numbers: Vec::with_capacity(if is_number { n } else { 0 }),
            flags: rule.codes.iter().map(|_| Vec::with_capacity(n)).collect(),
            codes: Vec::with_capacity(if is_number { 0 } else { n }),
            places: FxHashMap::default(),
            levels: Vec::new(),
            missing: 0,
        }
    }

    /// Adds a cell; how many days that do not exist it holds. In case of an error, what is wrong and what to try.
    fn add(&mut self, cell: &'a str) -> Result<usize, (String, Message)> {
        if !matches!(self.rule.kind, Kind::Number { .. } | Kind::Date { .. }) {
            self.add_level(cell);
            return Ok(0);
        }
        let (mut value, mut impossible) = (f64::NAN, 0);
        match self.rule.read(cell) {
            Reading::Value(v) => value = v,
            Reading::Missing => {}
            Reading::Impossible => impossible = 1,
            Reading::Odd => return Err(self.rule.refusal(cell)),
        }
        let mut is_code = false;
        for (flags, (code, _)) in self.flags.iter_mut().zip(&self.rule.codes) {
            let held = value == *code;
            flags.push(u32::from(held));
            is_code |= held;
        }
        if is_code {
            value = f64::NAN;
        }
        self.missing += usize::from(value.is_nan());
        self.numbers.push(value);
        Ok(impossible)
    }

    fn add_level(&mut self, cell: &'a str) {
        if !self.rule.holds(cell) {
            self.missing += 1;
            self.codes.push(MISSING);
            return;
        }
        let cell = if self.rule.whole_codes {
            without_point_zero(cell)
        } else {
            cell
        };
        let code = *self.places.entry(cell).or_insert_with(|| {
            self.levels.push(cell);
            (self.levels.len() - 1) as u32
        });
        self.codes.push(code);
    }

    fn columns(self) -> Vec<Column> {
        let column = |name: &str, values, missing| Column {
            name: name.to_owned(),
            values,
            role: Role::Feature,
            order: Vec::new(),
            missing,
            note: Message::default(),
        };
        let levels = self.levels.into_iter().map(str::to_owned).collect();
        let values = match self.rule.kind {
            Kind::Number { .. } => Values::Number(self.numbers),
            Kind::Date { .. } => Values::Date(self.numbers),
            Kind::Category | Kind::Text => Values::Category {
                codes: self.codes,
                levels,
            },
        };
        let mut columns = vec![column(&self.rule.column, values, self.missing)];
        let yes_no = || vec!["no".to_owned(), "yes".to_owned()];
        columns.extend(self.rule.codes.iter().zip(self.flags).map(|((_, name), codes)| {
            let levels = yes_no();
            column(name, Values::Category { codes, levels }, 0)
        }));
        columns
    }
}
