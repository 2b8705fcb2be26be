//! The list of rules as a decision table: one line per rule, one column per question.

use super::cells::{CsvStyle, Rows};
use crate::Result;
use crate::profile::{Condition, SegmentRules, Test};
use crate::table::ColumnType;
use crate::text::iso_day;
use std::io::Write;

/// What is asked of a column, by the sign behind its name in the header.
const SIGNS: [&str; 3] = [" >=", " <", " ="];

fn sign(condition: &Condition) -> usize {
    match condition.test {
        Test::AtLeast(_) => 0,
        Test::Below(_) => 1,
        Test::Is(_) => 2,
    }
}

/// Writes `decision_table.csv`: the rules of the list in their order, of which the first that holds decides; the last holds for everybody.
///
/// Columns: `place, segment, name`, one for each question that any rule asks, named by the column of the customers and a sign (`recency_days <`,
/// `orders >=`, `city =`), by name, and `precision, recall, selected, members` on the customers who were held out. A cell is what is compared with, with every digit; an
/// empty cell asks nothing. Days are written as `2024-03-05`. `names` are those of the segments.
///
/// Returns how many texts got an apostrophe before them, as in [`write_customers`](super::write_customers).
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_decision_table(
    rules: &SegmentRules,
    names: &[String],
    style: CsvStyle,
    out: impl Write,
) -> Result<usize> {
    let all = rules.list.iter().flat_map(|listed| &listed.rule.conditions);
    let mut questions: Vec<(&str, usize)> = all.map(|c| (c.column.as_str(), sign(c))).collect();
    questions.sort_unstable();
    questions.dedup();
    let asked: Vec<String> = (questions.iter())
        .map(|&(column, sign)| format!("{column}{}", SIGNS[sign]))
        .collect();
    let mut header = vec!["place", "segment", "name"];
    header.extend(asked.iter().map(String::as_str));
    header.extend(["precision", "recall", "selected", "members"]);
    let mut rows = Rows::new(out, style, &header)?;
    for (place, listed) in rules.list.iter().enumerate() {
        rows.count(place + 1)?;
        rows.group(Some(listed.segment))?;
        rows.text(names.get(listed.segment as usize).map_or("", String::as_str))?;
        for &(column, asked) in &questions {
            let conditions = listed.rule.conditions.iter();
            let mut own = conditions.filter(|c| c.column == column && sign(c) == asked);
            let first = own.next();
            // Of two limits on one side the narrower one.
            let limit = |x: f64, narrower: fn(f64, f64) -> f64| {
                own.fold(x, |x, other| match other.test {
                    Test::AtLeast(y) | Test::Below(y) => narrower(x, y),
                    Test::Is(_) => x,
                })
            };
            let limit = match first.map(|c| &c.test) {
                Some(&Test::AtLeast(x)) => Some(limit(x, f64::max)),
                Some(&Test::Below(x)) => Some(limit(x, f64::min)),
                Some(Test::Is(level)) => {
                    rows.text(level)?;
                    continue;
                }
                None => None,
            };
            match (questions_type(rules, column), limit) {
                (ColumnType::Number, limit) => rows.every_digit(limit)?,
                (_, limit) => rows.text(&limit.and_then(iso_day).unwrap_or_default())?,
            }
        }
        rows.number(listed.held_out.precision())?;
        rows.number(listed.held_out.recall())?;
        rows.count(listed.held_out.selected)?;
        rows.count(listed.held_out.members)?;
        rows.end()?;
    }
    rows.finish()
}

/// What the values of a column in the list are, so that a column of the table holds values of one kind.
fn questions_type(rules: &SegmentRules, column: &str) -> ColumnType {
    let mut all = rules.list.iter().flat_map(|listed| &listed.rule.conditions);
    all.find(|c| c.column == column)
        .map_or(ColumnType::Number, |c| c.column_type)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{HeldOut, Rule, SegmentRule};

    #[test]
    fn every_question_has_a_column_and_every_limit_all_its_digits() -> Result<()> {
        let condition = |column: &str, column_type, test| Condition {
            column: column.to_owned(),
            column_type,
            numeric_levels: false,
            test,
        };
        let rule = |segment, conditions: Vec<Condition>| SegmentRule {
            segment,
            rule: Rule { conditions },
            held_out: HeldOut {
                selected: 4,
                members: 5,
                both: 3,
            },
        };
        let rules = SegmentRules {
            each: Vec::new(),
            list: vec![
                rule(
                    1,
                    vec![
                        condition(
                            "spend",
                            ColumnType::Number,
                            Test::AtLeast(0.123_456_789_012_345_6),
                        ),
                        condition("spend", ColumnType::Number, Test::Below(70.0)),
                        condition("spend", ColumnType::Number, Test::Below(60.5)),
                    ],
                ),
                rule(
                    0,
                    vec![
                        condition("city", ColumnType::Category, Test::Is("=L'Aquila".to_owned())),
                        condition("since", ColumnType::Date, Test::AtLeast(19_787.0)),
                    ],
                ),
                rule(2, Vec::new()),
            ],
            learned: 0,
            held_out: 0,
        };
        let names = ["a", "b", "c"].map(str::to_owned);
        let mut out = Vec::new();
        let guarded = write_decision_table(&rules, &names, CsvStyle::default(), &mut out)?;
        assert_eq!(guarded, 1);
        assert_eq!(
            String::from_utf8_lossy(&out),
            "place,segment,name,city =,since >=,spend >=,spend <,precision,recall,selected,members\n\
             1,2,b,,,0.1234567890123456,60.5,0.75,0.6,4,5\n\
             2,1,a,'=L'Aquila,2024-03-05,,,0.75,0.6,4,5\n\
             3,3,c,,,,,0.75,0.6,4,5\n"
        );
        Ok(())
    }
}
