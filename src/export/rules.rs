//! Rules per segment as a table, as text and as SQL.

use super::cells::{CsvStyle, Rows};
use crate::Result;
use crate::profile::{Condition, Rule, SegmentRule, SegmentRules, Test, USABLE};
use crate::table::ColumnType;
use crate::text::shown::printable;
use crate::text::{count, group_digits, iso_day, percent};
use std::fmt::Write as _;
use std::io::Write;

/// Whose SQL is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SqlDialect {
    /// That of the standard: SQLite, PostgreSQL, DuckDB, Oracle, Snowflake.
    Standard,
    /// Google BigQuery's.
    BigQuery,
    /// Microsoft SQL Server's.
    TSql,
}

/// All dialects, with the words of the flag `--rules`.
pub const SQL_DIALECTS: [(&str, SqlDialect); 3] = [
    ("standard", SqlDialect::Standard),
    ("bigquery", SqlDialect::BigQuery),
    ("tsql", SqlDialect::TSql),
];

impl SqlDialect {
    fn name(self, name: &str) -> String {
        match self {
            SqlDialect::Standard => format!("\"{}\"", name.replace('"', "\"\"")),
            SqlDialect::BigQuery => format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`")),
            SqlDialect::TSql => format!("[{}]", name.replace(']', "]]")),
        }
    }

    fn text(self, text: &str) -> String {
        match self {
            SqlDialect::Standard => format!("'{}'", text.replace('\'', "''")),
            SqlDialect::TSql => format!("N'{}'", text.replace('\'', "''")),
            SqlDialect::BigQuery => format!(
                "'{}'",
                text.replace('\\', "\\\\")
                    .replace('\'', "\\'")
                    .replace('\n', "\\n")
                    .replace('\r', "\\r")
            ),
        }
    }

    fn day(self, days: f64) -> String {
        let day = iso_day(days).unwrap_or_default();
        match self {
            SqlDialect::TSql => format!("CAST('{day}' AS date)"),
            _ => format!("DATE '{day}'"),
        }
    }

    fn condition(self, condition: &Condition) -> String {
        let name = self.name(&condition.column);
        // Without exponents, and every digit that the value needs.
        let value = |x: f64| match condition.column_type {
            ColumnType::Date => self.day(x),
            _ => format!("{x}"),
        };
        match &condition.test {
            Test::Below(x) => format!("{name} < {}", value(*x)),
            Test::AtLeast(x) => format!("{name} >= {}", value(*x)),
            Test::Is(level) if condition.numeric_levels => format!("{name} = {level}"),
            Test::Is(level) => format!("{name} = {}", self.text(level)),
        }
    }

    fn rule(self, rule: &Rule) -> String {
        if rule.conditions.is_empty() {
            return "1 = 1".to_owned();
        }
        let all: Vec<String> = rule.conditions.iter().map(|c| self.condition(c)).collect();
        all.join(" AND ")
    }
}

/// Writes `rules.csv`: one row per segment, with its own rule and its place in the list.
///
/// Columns: `segment, name, rule, precision, recall, selected, members, usable, place, list_rule, list_precision, list_recall, sql`.
/// All shares are of the customers who were held out. `names` are those of the segments.
///
/// Returns how many texts got an apostrophe before them, as in [`write_customers`](super::write_customers).
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_rules(
    rules: &SegmentRules,
    names: &[String],
    dialect: SqlDialect,
    style: CsvStyle,
    out: impl Write,
) -> Result<usize> {
    let header = [
        "segment",
        "name",
        "rule",
        "precision",
        "recall",
        "selected",
        "members",
        "usable",
        "place",
        "list_rule",
        "list_precision",
        "list_recall",
        "sql",
    ];
    let mut rows = Rows::new(out, style, &header)?;
    for own in &rules.each {
        rows.group(Some(own.segment))?;
        rows.text(names.get(own.segment as usize).map_or("", String::as_str))?;
        rows.text(&own.rule.to_string())?;
        rows.number(own.held_out.precision())?;
        rows.number(own.held_out.recall())?;
        rows.count(own.held_out.selected)?;
        rows.count(own.held_out.members)?;
        rows.flag(own.is_usable())?;
        let place = rules.list.iter().position(|r| r.segment == own.segment);
        let listed = place.map(|place| &rules.list[place]);
        rows.maybe_count(place.map(|place| place + 1))?;
        rows.text(&listed.map(in_list).unwrap_or_default())?;
        rows.maybe_number(listed.map(|l| l.held_out.precision()))?;
        rows.maybe_number(listed.map(|l| l.held_out.recall()))?;
        rows.text(&dialect.rule(&own.rule))?;
        rows.end()?;
    }
    rows.finish()
}

fn in_list(rule: &SegmentRule) -> String {
    if rule.rule.conditions.is_empty() {
        "everybody else".to_owned()
    } else {
        rule.rule.to_string()
    }
}

/// `rules.txt`: the rules for people, with how good they are, and what that means. `many` is what the groups are called.
pub fn rules_text(rules: &SegmentRules, names: &[String], many: &str) -> String {
    let mut text = format!(
        "Rules for {} {many}, learned on {} of {} and tried on the other {}\n\n\
         Each by itself: a customer may fall under several rules or under none\n",
        rules.each.len(),
        group_digits(rules.learned),
        count(rules.learned + rules.held_out, "customer", "customers"),
        group_digits(rules.held_out)
    );
    for own in &rules.each {
        let found = own.held_out;
        let name = names.get(own.segment as usize).map_or("", String::as_str);
        let _ = writeln!(
            text,
            "  {} {}\n    {}\n    precision {:.2}: of {} that it selects, {} are in it; recall {:.2}: of {} who are in it",
            own.segment + 1,
            printable(name),
            printable(&own.rule.to_string()),
            found.precision(),
            group_digits(found.selected),
            group_digits(found.both),
            found.recall(),
            group_digits(found.members)
        );
        if !own.is_usable() {
            let _ = writeln!(text, "    too poor to use: its precision is below {USABLE}");
        }
    }
    let _ = writeln!(
        text,
        "\nAs a list: the first rule that holds decides, so that everybody has one"
    );
    for (place, listed) in rules.list.iter().enumerate() {
        let _ = writeln!(
            text,
            "  {}. {}: {}",
            place + 1,
            printable(&in_list(listed)),
            listed.segment + 1
        );
    }
    let _ = writeln!(
        text,
        "  right for {} of the {} customers they were tried on\n\nA missing value fulfils no condition.",
        percent(rules.right(), rules.held_out, 1),
        group_digits(rules.held_out)
    );
    text
}

/// `rules.sql`: one query that gives every customer its segment by the list, and for each segment whether its own rule selects
/// it. `id` is the column of the customers' names, where there is one; `table` is what the query reads. Names and texts are quoted as
/// the dialect asks; columns hold numbers, dates and texts as this crate reads them, and `NULL` where there is no value.
pub fn rules_sql(rules: &SegmentRules, dialect: SqlDialect, id: Option<&str>, table: &str) -> String {
    let mut columns: Vec<String> = id.map(|id| dialect.name(id)).into_iter().collect();
    let (last, first) = match rules.list.split_last() {
        Some((last, first)) => (last.segment + 1, first),
        None => (1, &[][..]),
    };
    let mut case = String::new();
    for listed in first {
        let _ = write!(
            case,
            "\n    WHEN {} THEN {}",
            dialect.rule(&listed.rule),
            listed.segment + 1
        );
    }
    columns.push(if case.is_empty() {
        format!("{last} AS {}", dialect.name("segment"))
    } else {
        format!(
            "CASE{case}\n    ELSE {last}\n  END AS {}",
            dialect.name("segment")
        )
    });
    let mut lines: Vec<(String, &str)> = columns.into_iter().map(|column| (column, "")).collect();
    for own in &rules.each {
        let column = format!(
            "CASE WHEN {} THEN 1 ELSE 0 END AS {}",
            dialect.rule(&own.rule),
            dialect.name(&format!("rule_{}", own.segment + 1))
        );
        let poor = if own.is_usable() {
            ""
        } else {
            " -- too poor to use"
        };
        lines.push((column, poor));
    }
    let n = lines.len();
    let lines: Vec<String> = (1..)
        .zip(lines)
        // The comma has to stand before a comment.
        .map(|(place, (column, comment))| format!("  {column}{}{comment}", if place < n { "," } else { "" }))
        .collect();
    format!("SELECT\n{}\nFROM {};\n", lines.join("\n"), dialect.name(table))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_texts_and_days_are_quoted_as_each_dialect_asks() {
        let condition = |column: &str, column_type, numeric_levels, test| Condition {
            column: column.to_owned(),
            column_type,
            numeric_levels,
            test,
        };
        let rule = Rule {
            conditions: vec![
                condition("a\"b]`", ColumnType::Number, false, Test::Below(0.000_000_1)),
                condition(
                    "city",
                    ColumnType::Category,
                    false,
                    Test::Is("L'\\Aquila".to_owned()),
                ),
                condition("day", ColumnType::Date, false, Test::AtLeast(19_787.0)),
                condition("code", ColumnType::Category, true, Test::Is("7".to_owned())),
            ],
        };
        assert_eq!(
            SqlDialect::Standard.rule(&rule),
            r#""a""b]`" < 0.0000001 AND "city" = 'L''\Aquila' AND "day" >= DATE '2024-03-05' AND "code" = 7"#
        );
        assert_eq!(
            SqlDialect::BigQuery.rule(&rule),
            r#"`a"b]\`` < 0.0000001 AND `city` = 'L\'\\Aquila' AND `day` >= DATE '2024-03-05' AND `code` = 7"#
        );
        assert_eq!(
            SqlDialect::TSql.rule(&rule),
            r#"[a"b]]`] < 0.0000001 AND [city] = N'L''\Aquila' AND [day] >= CAST('2024-03-05' AS date) AND [code] = 7"#
        );
    }
}
