//! Rules per segment: the SQL selects whom the rule selects, and what is stated holds for customers nobody has seen.

use kinfolk::Partition;
use kinfolk::export::{SqlDialect, rules_sql, rules_text};
use kinfolk::generate::{Generate, generate};
use kinfolk::profile::{Rule, SegmentRules, segment_rules};
use kinfolk::random::stream;
use kinfolk::read::parse_table;
use kinfolk::table::{MISSING, Table, TableSettings, Values};
use rand::RngExt;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Customers in SQLite as a database would hold them: numbers, texts, `NULL`.
fn in_sqlite(table: &Table, name: &str) -> Connection {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let database = Connection::open_in_memory().expect("in memory");
    let columns: Vec<String> = table.columns.iter().map(|c| quoted(&c.name)).collect();
    database
        .execute(
            &format!("CREATE TABLE {} ({})", quoted(name), columns.join(", ")),
            [],
        )
        .expect("made");
    let marks = vec!["?"; columns.len()].join(", ");
    let insert = format!("INSERT INTO {} VALUES ({marks})", quoted(name));
    let mut insert = database.prepare(&insert).expect("prepared");
    for row in 0..table.n_rows() {
        let cells: Vec<Value> = table
            .columns
            .iter()
            .map(|column| match &column.values {
                Values::Number(v) | Values::Date(v) if v[row].is_nan() => Value::Null,
                Values::Number(v) | Values::Date(v) => Value::Real(v[row]),
                Values::Category { codes, .. } if codes[row] == MISSING => Value::Null,
                Values::Category { codes, levels } => {
                    let level = &levels[codes[row] as usize];
                    level
                        .parse()
                        .map_or_else(|_| Value::Text(level.clone()), Value::Integer)
                }
                Values::Text(texts) => Value::Text(texts[row].to_owned()),
            })
            .collect();
        insert
            .execute(rusqlite::params_from_iter(cells))
            .expect("inserted");
    }
    drop(insert);
    database
}

/// Segment and own rules of each row, as the query gives them.
fn asked(database: &Connection, sql: &str, segments: usize) -> Vec<(u32, Vec<bool>)> {
    let mut query = database.prepare(sql).unwrap_or_else(|e| panic!("{e}: {sql}"));
    let rows = query.query_map([], |row| {
        let own: Vec<bool> = (0..segments)
            .map(|s| {
                row.get::<_, i64>(format!("rule_{}", s + 1).as_str())
                    .map(|x| x == 1)
            })
            .collect::<Result<_, _>>()?;
        Ok((row.get::<_, u32>("segment")?, own))
    });
    rows.expect("run").map(|row| row.expect("a row")).collect()
}

/// The segment that the list gives each customer, from 1.
fn by_list(rules: &SegmentRules, table: &Table) -> Vec<u32> {
    let selected: Vec<Vec<bool>> = rules.list.iter().map(|r| r.rule.selects(table)).collect();
    (0..table.n_rows())
        .map(|row| {
            let place = selected
                .iter()
                .position(|s| s[row])
                .expect("the last holds for everybody");
            rules.list[place].segment + 1
        })
        .collect()
}

/// A table with names and texts that have to be quoted, codes and gaps, and segments that three columns decide.
fn odd_table() -> (Table, Partition) {
    let mut random = stream(3, 0);
    let mut csv = String::from("customer_id,\"spend \"\"net\"\"\",days [since],città,region\n");
    let mut truth = Vec::new();
    for i in 0..3_000 {
        let spend = 10.0 + 490.0 * random.random::<f64>();
        let days = random.random_range(0..400);
        let city = ["L'Aquila", "Köln", "a;b", "\"\"x\"\""][random.random_range(0..4)];
        let region = random.random_range(1..5);
        truth.push(
            match (spend > 250.0, days < 90, city == "L'Aquila", region == 3) {
                (true, true, ..) => 0,
                (_, _, true, _) => 1,
                (_, _, _, true) => 2,
                _ => 3,
            },
        );
        let spend = if i % 29 == 0 {
            String::new()
        } else {
            format!("{spend:.2}")
        };
        csv += &format!("K{i},{spend},{days},\"{city}\",{region}\n");
    }
    let table = parse_table("odd.csv", csv.into_bytes(), &TableSettings::default()).expect("a table");
    (table, Partition::from_labels(&truth))
}

#[test]
fn sqlite_selects_exactly_whom_the_rules_select() {
    let (odd, of_odd) = odd_table();
    let shop = generate(&Generate {
        customers: 4_000,
        missing: 0.05,
        ..Generate::default()
    })
    .expect("in range");
    let of_shop = Partition::from_labels(&shop.truth);
    let mut conditions = 0;
    for (table, partition, name) in [
        (&odd, &of_odd, "my \"table\""),
        (&shop.to_table(), &of_shop, "shop"),
    ] {
        let usable = |c: &kinfolk::table::Column| c.name != "true_segment" && c.name != "bridge_between";
        let rules = segment_rules(table, partition, &usable, 42);
        let database = in_sqlite(table, name);
        let id = table.column("customer_id").map(|c| c.name.as_str());
        let mut queries = vec![rules_sql(&rules, SqlDialect::Standard, id, name)];
        if name == "shop" {
            // SQLite knows BigQuery's quotes, where nothing inside has to be escaped.
            queries.push(rules_sql(&rules, SqlDialect::BigQuery, id, name));
        }
        let list = by_list(&rules, table);
        let own: Vec<Vec<bool>> = rules.each.iter().map(|r| r.rule.selects(table)).collect();
        for sql in queries {
            let found = asked(&database, &sql, rules.each.len());
            assert_eq!(found.len(), table.n_rows());
            for (row, (segment, selected)) in found.iter().enumerate() {
                assert_eq!(*segment, list[row], "{name} row {row}\n{sql}");
                for (s, selected) in selected.iter().enumerate() {
                    assert_eq!(*selected, own[s][row], "{name} row {row} segment {s}\n{sql}");
                }
            }
        }
        conditions += rules.each.iter().map(|r| r.rule.conditions.len()).sum::<usize>();
        assert!(rules.each.iter().all(|r| r.rule.conditions.len() <= 3));
    }
    assert!(conditions >= 12, "only {conditions} conditions were tried");
}

#[test]
fn what_is_stated_holds_for_fresh_customers() {
    let shop = |seed| {
        generate(&Generate {
            customers: 30_000,
            bridges: 0,
            seed,
            ..Generate::default()
        })
        .expect("in range")
    };
    let (seen, fresh) = (shop(1), shop(2));
    assert_eq!(seen.segment_names, fresh.segment_names);
    let partition = Partition::from_labels(&seen.truth);
    let usable = |c: &kinfolk::table::Column| c.name != "true_segment" && c.name != "bridge_between";
    let rules = segment_rules(&seen.to_table(), &partition, &usable, 42);
    assert!(rules.learned <= 21_000 && rules.held_out >= 9_000);
    let table = fresh.to_table();
    // The number of each segment in the generator.
    let number = |segment: u32| {
        let member = partition
            .labels()
            .iter()
            .position(|&g| g == segment)
            .expect("a member");
        seen.truth[member]
    };
    let rates = |selected: &[bool], segment: u32| {
        let own = number(segment);
        let count = |of: &dyn Fn(usize) -> bool| (0..table.n_rows()).filter(|&i| of(i)).count() as f64;
        let both = count(&|i| selected[i] && fresh.truth[i] == own);
        (
            both / count(&|i| selected[i]),
            both / count(&|i| fresh.truth[i] == own),
        )
    };
    for own in &rules.each {
        let (precision, recall) = rates(&own.rule.selects(&table), own.segment);
        let stated = (own.held_out.precision(), own.held_out.recall());
        assert!(
            (precision - stated.0).abs() <= 0.03 && (recall - stated.1).abs() <= 0.03,
            "{}: stated {stated:?}, found {precision} {recall}",
            own.rule
        );
    }
    let list = by_list(&rules, &table);
    for listed in &rules.list {
        let selected: Vec<bool> = list.iter().map(|&s| s == listed.segment + 1).collect();
        let (precision, recall) = rates(&selected, listed.segment);
        assert!((precision - listed.held_out.precision()).abs() <= 0.03);
        assert!((recall - listed.held_out.recall()).abs() <= 0.03);
    }
    let right = rules.right() as f64 / rules.held_out as f64;
    assert!(right > 0.8, "{right}");
}

#[test]
fn a_rule_that_is_too_poor_says_so_and_one_segment_needs_none() {
    let shop = generate(&Generate {
        customers: 600,
        ..Generate::default()
    })
    .expect("in range");
    let mut random = stream(9, 0);
    let drawn: Vec<u32> = (0..600).map(|_| random.random_range(0..3)).collect();
    let rules = segment_rules(&shop.to_table(), &Partition::from_labels(&drawn), &|_| true, 1);
    assert!(rules.each.iter().all(|own| !own.is_usable()));
    let text = rules_text(&rules, &vec!["by chance".to_owned(); 3], "segments");
    assert_eq!(
        text.matches("    too poor to use: its precision is below 0.8\n")
            .count(),
        3
    );
    let sql = rules_sql(&rules, SqlDialect::Standard, None, "shop");
    assert_eq!(sql.matches("-- too poor to use\n").count(), 3, "{sql}");

    let rules = segment_rules(&shop.to_table(), &Partition::one_group(600), &|_| true, 1);
    assert_eq!(rules.each[0].rule, Rule::default());
    assert_eq!(rules.right(), rules.held_out);
    let sql = rules_sql(&rules, SqlDialect::Standard, Some("customer_id"), "shop");
    let database = in_sqlite(&shop.to_table(), "shop");
    assert!(
        asked(&database, &sql, 1)
            .iter()
            .all(|(segment, own)| *segment == 1 && own[0])
    );
}

fn kinfolk(folder: &Path, args: &[&str]) {
    let done = Command::new(env!("CARGO_BIN_EXE_kinfolk"))
        .current_dir(folder)
        .args(args)
        .output()
        .expect("the program starts");
    assert!(
        done.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// Whether a customer fulfils `a < 3 and b = x`, read from the text alone.
fn fulfils(rule: &str, customer: &csv::StringRecord, header: &csv::StringRecord) -> bool {
    if matches!(rule, "every customer" | "everybody else") {
        return true;
    }
    rule.split(" and ").all(|condition| {
        let parts: Vec<&str> = condition.splitn(3, ' ').collect();
        let place = header
            .iter()
            .position(|h| h == parts[0])
            .expect("a column of the table");
        let cell = &customer[place];
        match parts[1] {
            "=" => cell == parts[2],
            sign => {
                let limit: f64 = parts[2].parse().expect("a number");
                cell.parse::<f64>()
                    .is_ok_and(|x| if sign == "<" { x < limit } else { x >= limit })
            }
        }
    })
}

/// The segment that the text of a decision table gives each customer.
fn decided(text: &str, customers: &[csv::StringRecord], header: &csv::StringRecord) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().expect("a header").clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("good CSV")).collect();
    let holds = |row: &csv::StringRecord, customer: &csv::StringRecord| {
        names.iter().zip(row).all(|(name, limit)| {
            let signs = [" >=", " <", " ="];
            let question = signs
                .iter()
                .find_map(|sign| name.strip_suffix(sign).map(|column| (column, *sign)));
            let Some((column, sign)) = question.filter(|_| !limit.is_empty()) else {
                return true;
            };
            let place = header
                .iter()
                .position(|h| h == column)
                .expect("a column of the table");
            let cell = &customer[place];
            if sign == " =" {
                return cell == limit;
            }
            let limit: f64 = limit.parse().expect("a number");
            cell.parse::<f64>()
                .is_ok_and(|x| if sign == " <" { x < limit } else { x >= limit })
        })
    };
    let segment = |customer| {
        let row = rows.iter().find(|row| holds(row, customer));
        row.expect("the last holds for everybody")[1].to_owned()
    };
    assert_eq!(&names[1], "segment");
    let asked = names
        .iter()
        .filter(|name| name.ends_with('<') || name.ends_with('='));
    assert!(asked.count() >= 3, "{names:?}");
    customers.iter().map(segment).collect()
}

#[test]
fn files_of_a_run_agree_with_each_other_whatever_the_order_of_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    kinfolk(at, &["generate", "--customers", "1500", "-o", "shop.csv"]);
    let ignore = ["--ignore", "true_segment,bridge_between", "--no-report"];
    kinfolk(
        at,
        &[&["segment", "shop.csv", "-o", "out", "--rules"][..], &ignore].concat(),
    );
    let read = |name: &str| fs::read_to_string(at.join("out").join(name)).expect("written");
    let files = ["rules.csv", "rules.txt", "rules.sql", "decision_table.csv"];
    let before = files.map(read);

    // The texts of rules.csv applied to the table, beside the segments of customers.csv.
    let mut table = csv::Reader::from_path(at.join("shop.csv")).expect("there");
    let header = table.headers().expect("a header").clone();
    let customers: Vec<csv::StringRecord> = table.records().map(|r| r.expect("good CSV")).collect();
    let mut found = csv::Reader::from_path(at.join("out/customers.csv")).expect("there");
    let segments: Vec<String> = found
        .records()
        .map(|r| r.expect("good CSV")[1].to_owned())
        .collect();
    let mut rules = csv::Reader::from_reader(before[0].as_bytes());
    let names = rules.headers().expect("a header").clone();
    let rules: Vec<csv::StringRecord> = rules.records().map(|r| r.expect("good CSV")).collect();
    let of = |row: &csv::StringRecord, name: &str| {
        row[names.iter().position(|n| n == name).expect("a column")].to_owned()
    };
    let (mut held_out, mut usable) = (0.0, 0);
    for row in &rules {
        let number = |name: &str| -> f64 { of(row, name).parse().expect("a number") };
        let selects: Vec<bool> = customers
            .iter()
            .map(|c| fulfils(&of(row, "rule"), c, &header))
            .collect();
        let count = |of: &dyn Fn(usize) -> bool| (0..customers.len()).filter(|&i| of(i)).count() as f64;
        let member = |i: usize| segments[i] == of(row, "segment");
        let precision = count(&|i| selects[i] && member(i)) / count(&|i| selects[i]);
        // Of all customers, those it was learned on among them: near what the others say.
        assert!(
            (precision - number("precision")).abs() < 0.08,
            "{row:?} {precision}"
        );
        assert!(count(&|i| selects[i]) >= number("selected") && count(&member) > number("members"));
        assert_eq!(of(row, "usable") == "true", number("precision") >= 0.8);
        let text = format!(
            "    {}\n    precision {:.2}: of {} that it selects, {} are in it; recall {:.2}: of {} who are in it\n",
            of(row, "rule"),
            number("precision"),
            of(row, "selected"),
            (number("precision") * number("selected")).round(),
            number("recall"),
            of(row, "members")
        );
        assert!(before[1].contains(&text), "{text}\n{}", before[1]);
        let listed = format!(
            "  {}. {}: {}\n",
            of(row, "place"),
            of(row, "list_rule"),
            of(row, "segment")
        );
        assert!(before[1].contains(&listed), "{listed}\n{}", before[1]);
        let own = format!(
            "CASE WHEN {} THEN 1 ELSE 0 END AS \"rule_{}\"",
            of(row, "sql"),
            of(row, "segment")
        );
        assert!(before[2].contains(&own), "{own}\n{}", before[2]);
        held_out += number("members");
        usable += usize::from(of(row, "usable") == "true");
    }
    assert!(usable >= 3 && before[1].contains(&format!("tried on the other {held_out}\n")));

    // The decision table applied cell by cell gives everybody the segment of the list.
    let mut listed: Vec<(usize, String, String)> = rules
        .iter()
        .filter_map(|row| {
            Some((
                of(row, "place").parse().ok()?,
                of(row, "list_rule"),
                of(row, "segment"),
            ))
        })
        .collect();
    listed.sort();
    let decide = decided(&before[3], &customers, &header);
    for (customer, decide) in customers.iter().zip(&decide) {
        let by_list = listed
            .iter()
            .find(|(_, rule, _)| fulfils(rule, customer, &header));
        assert_eq!(
            Some(decide),
            by_list.map(|(_, _, segment)| segment),
            "{customer:?}"
        );
    }
    let right = decide.iter().zip(&segments).filter(|(a, b)| a == b).count();
    assert!(right * 10 > customers.len() * 7, "{right} of {}", customers.len());

    let text = fs::read_to_string(at.join("shop.csv")).expect("there");
    let (head, body) = text.split_once('\n').expect("a header");
    let turned: Vec<&str> = body.lines().rev().collect();
    fs::write(at.join("shop.csv"), format!("{head}\n{}\n", turned.join("\n"))).expect("written");
    kinfolk(
        at,
        &[
            &["segment", "shop.csv", "-o", "out", "--rules", "--threads", "1"][..],
            &ignore,
        ]
        .concat(),
    );
    assert!(before == files.map(read));
}
