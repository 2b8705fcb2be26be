//! Cells with their header into a table: who the customers are, what each column is, and by which rules later rows are read.

use super::header;
use crate::columns::date::Order;
use crate::columns::identifier::{self, Identifiers};
use crate::columns::infer::{Context, Given, Inferred, infer};
use crate::columns::names::{family, find};
use crate::columns::remarks::mark_name;
use crate::columns::requests::{RequestedUse, Requests};
use crate::columns::rules::{CellRule, Rules};
use crate::columns::scan::{Facts, scan};
use crate::columns::sentinels;
use crate::columns::suspects;
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use crate::table::grid::Grid;
use crate::table::{Column, Role, Table, TableSettings, Texts, TypeChoice, Values};
use crate::text::count;
use crate::warning::Warning;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Cells with their header, before anything is known about the columns.
pub(super) struct UntypedTable<'a> {
    pub(super) source: &'a str,
    pub(super) grid: Grid,
    pub(super) written: Vec<String>,
    /// What the file says about the types of its columns; empty for text.
    pub(super) given: Vec<Option<Given>>,
    pub(super) separator: u8,
    pub(super) settings: &'a TableSettings,
    pub(super) reading: Vec<String>,
    pub(super) warnings: Vec<Warning>,
}

impl UntypedTable<'_> {
    /// The table, and how its cells became values.
    ///
    /// # Errors
    /// No rows, or more than can be counted; settings that name no column; a value that is none of its column's kind.
    pub(super) fn typed(mut self) -> Result<(Table, Rules)> {
        let all = self.all_rows()?;
        let mut further = vec![self.settings.missing.clone(); self.grid.n_columns()];
        let mut facts = self.facts(&all, &further);
        let kept = self.kept(&facts);
        let names = header::unique_names(&self.written, &kept, &mut self.warnings);
        if !self.settings.missing_in.is_empty() {
            self.add_missing_words(&names, &mut further)?;
            facts = self.facts(&all, &further);
        }
        let requests = Requests::new(self.settings, &names, self.source, &mut self.reading)?;
        let mut ids = self.identifiers(&names, &facts, &requests, &kept);
        if ids.rows.len() < all.len() {
            facts = self.facts(&ids.rows, &further);
        }
        let mut warnings = std::mem::take(&mut ids.warnings);
        let typing = Typing {
            context: self.context(&ids.rows, &facts, &further),
            kept: (0..names.len()).filter(|&c| kept[c]).collect(),
            names: &names,
            facts: &facts,
            requests: &requests,
            ids: &ids,
        };
        let phrase = decimal_phrase(&typing.context).filter(|_| self.given.is_empty());
        if let Some(c) = requests.value {
            let f = &facts[c];
            if f.present > 0 && f.any_numbers() * 2 < f.present {
                return Err(self.no_money(&names[c]));
            }
        }
        let (columns, rules) = typing.columns(&mut warnings)?;
        let value_column = requests.value.map(|c| names[c].clone());
        let is_number = |name: &str| {
            columns
                .iter()
                .any(|c| c.name == name && matches!(c.values, Values::Number(_)))
        };
        if let Some(name) = value_column.as_deref().filter(|name| !is_number(name)) {
            return Err(self.no_money(name));
        }
        self.reading.extend(phrase);
        self.warnings.extend(warnings);
        let line = |&row: &u32| self.grid.lines[row as usize];
        let lines: Vec<u64> = ids.rows.iter().map(line).collect();
        self.warnings
            .extend(suspects::total_row(&columns, &ids.ids, &lines));
        self.reading.push(format!(
            "{}, {}",
            count(ids.ids.len(), "row", "rows"),
            count(columns.len(), "column", "columns")
        ));
        let table = Table {
            source: self.source.to_owned(),
            ids: ids.ids,
            lines,
            columns,
            reading: self.reading,
            warnings: self.warnings,
            value_column,
        };
        Ok((table, rules))
    }

    fn all_rows(&self) -> Result<Vec<u32>> {
        match u32::try_from(self.grid.n_rows()) {
            Ok(0) => Err(header_only(self.source)),
            Ok(n) => Ok((0..n).collect()),
            Err(_) => Err(Error::data("holds more than four billion rows").in_file(self.source)),
        }
    }

    /// Words for "no value" that were given for one column.
    fn add_missing_words(&mut self, names: &[String], further: &mut [Vec<String>]) -> Result<()> {
        for (name, word) in &self.settings.missing_in {
            let c =
                find(name, names, Setting::Missing, &mut self.reading).map_err(|e| e.in_file(self.source))?;
            further[c].push(word.clone());
        }
        Ok(())
    }

    fn no_money(&self, name: &str) -> Error {
        Error::usage(message![
            Setting::Value,
            format!(" names the column \"{name}\", which does not hold numbers")
        ])
        .in_file(self.source)
        .hint("name a column of amounts")
    }

    fn facts(&self, rows: &[u32], further: &[Vec<String>]) -> Vec<Facts> {
        // Few rows at a time stay near while one column after the other looks at them.
        const ROWS: usize = 8192;
        let columns = 0..self.grid.n_columns();
        let blocks: Vec<Vec<Facts>> = rows
            .par_chunks(ROWS)
            .map(|rows| {
                let columns = columns.clone().into_par_iter();
                columns.map(|c| scan(&self.grid, rows, c, &further[c])).collect()
            })
            .collect();
        let mut facts = vec![Facts::none(); self.grid.n_columns()];
        for block in &blocks {
            facts.iter_mut().zip(block).for_each(|(all, some)| all.join(some));
        }
        facts
    }

    /// Columns that are kept: all but those without name and values, which separators at the end of lines leave.
    fn kept(&mut self, facts: &[Facts]) -> Vec<bool> {
        let empty = |c: usize| {
            let f = &facts[c];
            self.written[c].trim().is_empty() && f.missing == self.grid.n_rows() && f.words.is_empty()
        };
        let kept: Vec<bool> = (0..self.grid.n_columns()).map(|c| !empty(c)).collect();
        let dropped = kept.iter().filter(|k| !**k).count();
        if dropped > 0 {
            let what = count(dropped, "column", "columns");
            self.reading.push(format!(
                "{what} without name and values left out (separators at the end of lines?)"
            ));
        }
        kept
    }

    fn identifiers(
        &mut self,
        names: &[String],
        facts: &[Facts],
        requests: &Requests,
        kept: &[bool],
    ) -> Identifiers {
        let column = requests.id.or_else(|| {
            let taken: Vec<bool> = (0..names.len())
                .map(|c| {
                    let other_use =
                        matches!(requests.purpose[c], RequestedUse::Feature | RequestedUse::Truth)
                            || requests.types[c].is_some()
                            || requests.value == Some(c);
                    other_use || !kept[c]
                })
                .collect();
            identifier::choose(&self.grid, &self.written, facts, &taken, &mut self.warnings)
        });
        self.reading.push(match column {
            Some(c) if requests.id.is_some() => format!("customers named by column {} as asked", names[c]),
            Some(c) => format!("customers named by column {}", names[c]),
            None => "no column names the customers: rows are numbered".to_owned(),
        });
        identifier::assign(&self.grid, names, column, facts, &self.settings.missing)
    }

    fn context<'b>(&'b self, rows: &'b [u32], facts: &[Facts], further: &'b [Vec<String>]) -> Context<'b> {
        // Only columns of numbers have a say: a comma in a street is none.
        let numeric = || {
            facts
                .iter()
                .filter(|f| f.present > 0 && f.any_numbers() * 5 >= f.present * 4)
        };
        let points = numeric().filter(|f| f.decimal() == Some('.')).count();
        let commas = numeric().filter(|f| f.decimal() == Some(',')).count();
        // Programs that cut with semicolons do so because their comma is decimal.
        let doubtful = self.separator == b';' && numeric().any(|f| f.either_comma > 0);
        let comma = commas > points || (commas == points && doubtful);
        let order = {
            let mut proven = facts.iter().filter_map(|f| f.dates.proven());
            let first: Option<Order> = proven.next();
            first.filter(|o| proven.all(|p| p == *o))
        };
        Context {
            source: self.source,
            grid: &self.grid,
            rows,
            written: &self.written,
            given: &self.given,
            further,
            asked_decimal: self.settings.decimal,
            file_decimal: self.settings.decimal.unwrap_or(if comma { ',' } else { '.' }),
            decimal_known: points + commas > 0,
            semicolons: self.separator == b';',
            order,
        }
    }
}

/// What the columns are typed by, once rows and customers are known.
struct Typing<'a> {
    context: Context<'a>,
    /// Places of the columns that are kept.
    kept: Vec<usize>,
    names: &'a [String],
    facts: &'a [Facts],
    requests: &'a Requests,
    ids: &'a Identifiers,
}

impl Typing<'_> {
    /// The columns that are kept, each followed by those of its codes, and how their cells became values.
    fn columns(&self, warnings: &mut Vec<Warning>) -> Result<(Vec<Column>, Rules)> {
        let inferred = self.inferred()?;
        let mut columns = Vec::with_capacity(inferred.len());
        let mut rules = Rules {
            id: self.ids.column.map(|c| self.names[c].clone()),
            columns: Vec::new(),
        };
        for ((mut column, found), &c) in inferred.into_iter().zip(&self.kept) {
            let requests = self.requests;
            let asked = requests.types[c].is_some() || requests.purpose[c] == RequestedUse::Feature;
            warnings.extend(found);
            warnings.extend(suspects::mixed_dates(&mut column, asked));
            let codes = requests.codes(c, &self.names[c], self.context.file_decimal)?;
            let (beside, found) =
                sentinels::split(&mut column, &codes, requests.types[c], &requests.purpose(c));
            rules.columns.push(self.rule(c, &column, &beside));
            columns.push(column);
            columns.extend(beside.into_iter().map(|(_, flags)| flags));
            warnings.extend(found);
        }
        Ok((columns, rules))
    }

    /// What each column that is kept is, by its values and then by those of its family.
    fn inferred(&self) -> Result<Vec<Inferred>> {
        let results: Vec<Result<Inferred>> = self
            .kept
            .par_iter()
            .map(|&c| match self.ids.column {
                Some(id) if id == c => {
                    let column = id_column(&self.names[c], self.context.grid, c, self.ids);
                    Ok((column, Vec::new()))
                }
                _ => self.infer(c, false),
            })
            .collect();
        let mut inferred = results.into_iter().collect::<Result<Vec<Inferred>>>()?;
        for place in flags_among_measurements(&inferred) {
            let (mut column, found) = self.infer(self.kept[place], true)?;
            column
                .note
                .add("0 and 1 only, a measurement like the columns of the same name");
            inferred[place] = (column, found);
        }
        Ok(inferred)
    }

    fn infer(&self, c: usize, flags_count: bool) -> Result<Inferred> {
        infer(
            &self.context,
            &self.names[c],
            c,
            &self.facts[c],
            self.requests.types[c],
            self.requests.purpose(c),
            flags_count,
        )
    }

    /// How the cells of a column became values; `beside` are the columns of its codes.
    fn rule(&self, c: usize, column: &Column, beside: &[(f64, Column)]) -> CellRule {
        let loose = self.requests.types[c] == Some(TypeChoice::Date)
            || self.context.given.get(c).copied().flatten() == Some(Given::Date);
        CellRule {
            column: column.name.clone(),
            kind: self.context.kind(&column.values, &self.facts[c], loose),
            missing: self.context.further[c].clone(),
            gaps: column.missing > 0,
            whole_codes: self.facts[c].all_whole(),
            codes: beside
                .iter()
                .map(|(code, flags)| (*code, flags.name.clone()))
                .collect(),
        }
    }
}

/// What is said of a file without rows.
pub(super) fn header_only(source: &str) -> Error {
    Error::data("holds a header but no rows")
        .in_file(source)
        .hint("one line per customer is needed below it")
}

fn decimal_phrase(context: &Context<'_>) -> Option<String> {
    match context.asked_decimal {
        Some(mark) => Some(format!("decimal {} as asked", mark_name(mark))),
        None => context
            .decimal_known
            .then(|| format!("decimal {}", mark_name(context.file_decimal))),
    }
}

fn id_column(name: &str, grid: &Grid, c: usize, ids: &Identifiers) -> Column {
    let texts: Texts = ids.rows.iter().map(|&row| grid.cell(row as usize, c)).collect();
    Column {
        name: name.to_owned(),
        missing: texts.iter().filter(|t| t.is_empty()).count(),
        values: Values::Text(texts),
        role: Role::Id,
        order: Vec::new(),
        note: ids.note.clone(),
    }
}

/// Columns of 0 and 1 whose family, such as the pixels `p0` to `p63`, are measurements for the greater part.
fn flags_among_measurements(inferred: &[Inferred]) -> Vec<usize> {
    let mut families: FxHashMap<&str, (usize, Vec<usize>)> = FxHashMap::default();
    for (place, (column, _)) in inferred.iter().enumerate() {
        if let Some(stem) = family(&column.name) {
            let entry = families.entry(stem).or_default();
            match &column.values {
                Values::Number(_) => entry.0 += 1,
                Values::Category { .. } if column.note.starts_with("0/1 flag") => entry.1.push(place),
                _ => {}
            }
        }
    }
    let mut flags: Vec<usize> = Vec::new();
    for (place, (column, _)) in inferred.iter().enumerate() {
        let of_family = family(&column.name).and_then(|stem| families.get(stem));
        if of_family.is_some_and(|(numbers, places)| {
            // Places stand in their order.
            *numbers >= 3 && *numbers > places.len() && places.binary_search(&place).is_ok()
        }) {
            flags.push(place);
        }
    }
    flags
}
