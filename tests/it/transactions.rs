//! From purchase lines to one row per customer.

use crate::support::{python_with, real_data, skipped};
use assert_cmd::Command;
use kinfolk::export::{CsvStyle, write_customer_features};
use kinfolk::transactions::{CustomerFeatures, Drop, Roles, TransactionSettings, read_transactions};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn features(text: &str, settings: &TransactionSettings) -> kinfolk::Result<CustomerFeatures> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lines.csv");
    std::fs::write(&path, text).expect("written");
    read_transactions(&path, settings)
}

fn read(text: &str) -> CustomerFeatures {
    features(text, &TransactionSettings::default()).expect("customers")
}

fn error(text: &str) -> String {
    features(text, &TransactionSettings::default())
        .expect_err("refused")
        .to_string()
}

/// The values of a customer by column.
fn row(customers: &CustomerFeatures, id: &str) -> BTreeMap<String, f64> {
    let i = (0..customers.len())
        .find(|&i| customers.id(i) == id)
        .expect("the customer");
    let values = customers.row(i, &mut Default::default());
    customers
        .features
        .iter()
        .map(|f| f.name.clone())
        .zip(values)
        .collect()
}

fn csv(customers: &CustomerFeatures) -> String {
    let mut bytes = Vec::new();
    write_customer_features(customers, &mut bytes, CsvStyle::default()).expect("memory");
    String::from_utf8(bytes).expect("UTF-8")
}

fn warning<'a>(customers: &'a CustomerFeatures, code: &str) -> &'a str {
    let found = customers.warnings.iter().find(|w| w.code == code);
    found.map_or_else(
        || panic!("no {code} among {:?}", customers.warnings),
        |w| w.message.as_str(),
    )
}

const SHOP: &str = "customer_id,order_id,date,quantity,unit_price,product,category,channel,discount
a,1,2024-01-06 10:00:00,2,5.00,shoe,wear,web,0
a,1,2024-01-06 10:00:00,1,20.00,coat,wear,web,1.5
a,2,2024-01-16 19:30:00,1,10.00,pan,home,shop,0
a,3,2024-01-17 09:00:00,-1,20.00,coat,wear,web,0
a,4,2024-02-15 18:00:00,3,10.00,pan,home,web,0
b,5,2024-03-01 00:00:00,1,7.25,pan,home,shop,0
c,6,2024-02-01 12:00:00,-1,9.00,shoe,wear,shop,0
";

#[test]
fn each_column_is_what_its_definition_says() {
    let settings = TransactionSettings {
        windows: vec![30],
        ..TransactionSettings::default()
    };
    let customers = features(SHOP, &settings).expect("customers");
    assert_eq!((customers.as_of.as_str(), customers.len()), ("2024-03-02", 3));
    let a = row(&customers, "a");
    let expected = [
        ("recency_days", 16.0),
        ("frequency", 3.0),
        ("monetary", 50.0),
        ("returned_share", 20.0 / 70.0),
        ("average_basket", 70.0 / 3.0),
        ("tenure_days", 56.0),
        ("days_between_orders", 20.0),
        // Gaps of 10 and 30 days: a deviation of 10 around a mean of 20.
        ("order_gap_variation", 0.5),
        ("distinct_products", 3.0),
        ("top_category_share", 40.0 / 70.0),
        ("channel_share_web", 2.0 / 3.0),
        ("channel_share_shop", 1.0 / 3.0),
        // 2024-01-06 was a Saturday.
        ("weekend_share", 1.0 / 3.0),
        ("evening_share", 2.0 / 3.0),
        ("discount_share", 0.25),
        // The middle of 2024-01-06 and 2024-03-02 is 2024-02-03.
        ("trend", (30.0 - 40.0) / 70.0),
        ("frequency_30d", 1.0),
        ("monetary_30d", 30.0),
        ("distinct_products_30d", 1.0),
        ("evening_share_30d", 1.0),
    ];
    for (name, value) in expected {
        assert!((a[name] - value).abs() < 1e-12, "{name}: {} and {value}", a[name]);
    }
    let b = row(&customers, "b");
    assert_eq!(
        (b["recency_days"], b["frequency"], b["weekend_share"]),
        (1.0, 1.0, 0.0)
    );
    // Midnight is no time of day; one order has no gap.
    assert!(b["evening_share"].is_nan() && b["days_between_orders"].is_nan());
    let c = row(&customers, "c");
    assert!(c["recency_days"].is_nan() && c["frequency"] == 0.0 && c["monetary"] == -9.0);
    assert!(warning(&customers, "returns-only").starts_with("1 customer with returns and no purchase"));
}

#[test]
fn what_is_dropped_is_as_if_it_had_never_been() {
    let with = |drop: &[Drop]| {
        let settings = TransactionSettings {
            drop: drop.to_vec(),
            ..TransactionSettings::default()
        };
        features(SHOP, &settings).expect("customers")
    };
    let cancelled = with(&[Drop::Cancelled]);
    let a = row(&cancelled, "a");
    assert_eq!(
        (a["monetary"], a["returned_share"], a["frequency"]),
        (50.0, 0.0, 3.0)
    );
    assert_eq!(a["distinct_products"], 2.0);
    assert_eq!(with(&[Drop::ReturnsOnly]).len(), 2);
    assert!(
        warning(&with(&[Drop::UnmatchedReturns]), "lost-customers").contains("1 customer has no line left")
    );
}

#[test]
fn the_same_bytes_for_any_order_of_lines_and_any_number_of_threads() {
    let text = shop(400, 6_000);
    let (header, body) = text.split_once('\n').expect("a header");
    let mut lines: Vec<&str> = body.lines().collect();
    let settings = TransactionSettings {
        windows: vec![30, 90],
        ..TransactionSettings::default()
    };
    let table = |lines: &[&str], threads| {
        let text = format!("{header}\n{}\n", lines.join("\n"));
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads");
        pool.install(|| csv(&features(&text, &settings).expect("customers")))
    };
    let first = table(&lines, 1);
    lines.reverse();
    let half = lines.len() / 2;
    lines.rotate_left(half);
    assert!(first == table(&lines, 4));
    assert!(first.lines().count() > 300);
}

#[test]
fn a_file_without_header_works_with_numbers_of_columns() {
    let cdnow = " 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n 00002 19970112  5   77.00\n 00003 19970102  2   20.76\n 00003 19970330  2   20.76\n";
    let settings = TransactionSettings {
        roles: Roles {
            customer: Some("1".to_owned()),
            date: Some("2".to_owned()),
            quantity: Some("none".to_owned()),
            amount: Some("column_4".to_owned()),
            ..Roles::default()
        },
        ..TransactionSettings::default()
    };
    let customers = features(cdnow, &settings).expect("customers");
    assert_eq!(customers.as_of, "1997-03-31");
    // Two lines of one day are one order where no column names orders.
    let two = row(&customers, "00002");
    assert_eq!(
        (two["frequency"], two["monetary"], two["average_basket"]),
        (1.0, 89.0, 89.0)
    );
    let three = row(&customers, "00003");
    assert_eq!(
        (
            three["frequency"],
            three["days_between_orders"],
            three["recency_days"]
        ),
        (2.0, 87.0, 1.0)
    );
    assert!(warning(&customers, "orders-by-day").contains("`order` names a column"));
}

#[test]
fn the_whole_file_decides_on_the_order_of_day_and_month() {
    // The first lines look like months first; only the last ones prove the other order.
    let mut text = String::from("customer,date,amount\n");
    for i in 0..3_000 {
        let _ = writeln!(text, "c{},{:02}/01/2024,1", i % 7, 1 + i % 12);
    }
    text.push_str("c1,31/03/2024,1\n");
    let customers = read(&text);
    assert_eq!(
        (customers.days.0.as_str(), customers.days.1.as_str()),
        ("2024-01-01", "2024-03-31")
    );
    text.push_str("c1,03/31/2024,1\n");
    let refused = error(&text);
    assert!(
        refused.contains("column \"date\"") && refused.contains("`day_first`"),
        "{refused}"
    );
}

#[test]
fn decimal_commas_are_found() {
    let customers = read(
        "Kundennummer;Bestellnr;Bestelldatum;Betrag\nK1;1;31.01.2024;1.200,50 €\nK1;2;02.02.2024;-0,50\nK2;3;03.02.2024;7\n",
    );
    assert_eq!(row(&customers, "K1")["monetary"], 1200.0);
    assert!(customers.reading.contains(&"decimal comma".to_owned()));
}

#[test]
fn traps_are_counted_and_said() {
    let text = "customer_id,invoice,date,quantity,price,product
a,1,2024-01-01 10:00,1,5,x
a,1,2024-01-01 10:00,1,5,x
,2,2024-01-02 10:00,1,5,x
a,3,,1,5,x
a,4,2024-01-03 10:00,1,,x
a,5,2024-01-04 10:00,1,0,x
a,6,2024-01-05 00:00,1,-3,adjust
a,7,2024-01-05 09:00,1,4,POST
a,C8,2024-01-06 10:00,-1,5,x
a,C9,2024-01-06 11:00,-1,5,never
";
    let customers = read(text);
    insta::assert_snapshot!(customers.warnings.iter().map(|w| format!("{}: {}", w.code, w.message)).collect::<Vec<_>>().join("\n"), @r#"
    lines-without-customer: 1 line without a customer left out (first on line 4)
    lines-without-date: 1 line without a date left out (first on line 5)
    lines-without-amount: 1 line without an amount left out (first on line 6)
    service-lines: 2 lines of products that look like postage, fees or adjustments (POST, adjust) counted like goods; `exclude_products` 'POST,adjust' leaves them out
    zero-amounts: 1 line with an amount of 0 (first on line 7): counted like others; `drop` zero-amounts leaves them out
    negative-prices: 1 line with a price below 0 (first on line 8), as adjustments have: counted like others; `drop` negative-prices leaves them out
    duplicate-lines: 1 line repeats a line of the same file in every cell, amounts of 5 together: counted like others; `drop` duplicates leaves them out
    returns: 3 lines with an amount below 0 taken as returns (2 lines of orders whose number begins with C); 1 takes back a purchase of the same product and amount: both are counted, the purchase as an order and the return against its money; `drop` cancelled leaves both out
    unmatched-returns: 2 returns of a product that the customer had not bought before: counted like others; `drop` unmatched-returns leaves them out
    midnight: 1 line at exactly 00:00:00, taken as without a time (first on line 8): evening_share leaves their orders out
    "#);
}

#[test]
fn several_currencies_are_refused_unless_somebody_says_so() {
    let text =
        "customer_id,date,amount,currency\na,2024-01-01,5,EUR\na,2024-01-02,7,USD\nb,2024-01-02,9,EUR\n";
    insta::assert_snapshot!(error(text), @"lines.csv line 3: amounts are in several currencies: EUR (2 lines), USD (1 line); convert them first, take one with `only_currency` EUR, or add them up as they are with `mixed_currencies`");
    let only = TransactionSettings {
        only_currency: Some("eur".to_owned()),
        ..TransactionSettings::default()
    };
    let customers = features(text, &only).expect("one currency");
    assert_eq!(row(&customers, "a")["monetary"], 5.0);
    let mixed = TransactionSettings {
        mixed_currencies: true,
        ..TransactionSettings::default()
    };
    assert_eq!(
        row(&features(text, &mixed).expect("as asked"), "a")["monetary"],
        12.0
    );
    let signs = error("customer_id,date,amount\na,2024-01-01,$5\na,2024-01-02,7 €\n");
    assert!(signs.contains("$ (1 line), € (1 line)"), "{signs}");
}

#[test]
fn events_are_counted_by_kind_and_weighed() {
    let text = "user_id,event_type,timestamp
u1,visit,2024-01-01T10:00:00
u1,visit,2024-01-03T10:00:00
u1,Email Open,2024-01-02T08:00:00
u2,Email Open,2024-01-05T08:00:00
";
    let settings = TransactionSettings {
        engagement: vec![("visit".to_owned(), 2.0), ("Email Open".to_owned(), 1.0)],
        ..TransactionSettings::default()
    };
    let customers = features(text, &settings).expect("customers");
    let u1 = row(&customers, "u1");
    assert_eq!(
        (
            u1["events_visit"],
            u1["days_since_visit"],
            u1["events_email_open"]
        ),
        (2.0, 3.0, 1.0)
    );
    assert_eq!(
        (u1["engagement"], row(&customers, "u2")["engagement"]),
        (5.0, 1.0)
    );
    assert!(!u1.contains_key("frequency"), "no event is a purchase");
    let wrong = TransactionSettings {
        engagement: vec![("visits".to_owned(), 1.0)],
        ..TransactionSettings::default()
    };
    let refused = features(text, &wrong).expect_err("no such event").to_string();
    assert!(refused.contains("did you mean \"visit\"?"), "{refused}");
}

#[test]
fn errors_name_line_column_value_and_what_to_try() {
    let errors = [
        "customer,date,amount\na,2024-01-01,5\nb,yesterday,5\nc,2024-01-02,6\n",
        "customer,date,amount\na,2024-01-01,5\nb,2024-01-02,many\nc,2024-01-02,6\n",
        "customer,date,amount\na,2024-01-01,5\nb,2024-01-02\n",
        "customer,date,amount\na,2024-02-30,5\nb,2024-01-02,1\n",
        "customer,date,amount\n,2024-02-03,5\n,2024-01-02,1\n",
        "customer,date,amount\na,2024-02-03,5\n\"b,2024-01-02,1\n",
        "a,b\n1,2\n3,4\n",
        "",
    ]
    .map(error)
    .join("\n");
    insta::assert_snapshot!(errors, @r#"
    lines.csv line 3, column "date": "yesterday" is not a date; correct it, name another column with `date`, or leave the line out
    lines.csv line 3, column "amount": "many" is not a number; correct it, leave it empty, or set `decimal`
    lines.csv line 3: 2 cells found where the header on line 1 has 3; is a line break or a separator missing there? lines that are no purchases, such as totals, must go
    lines.csv line 2, column "date": "2024-02-30" is a day that does not exist; correct it, or leave it empty: lines without a date are left out and counted
    lines.csv: of 2 lines none can be counted: 2 without a customer; are these the right columns? `customer`, `date` and `amount` name others
    lines.csv line 3: the quote " that opens here is not closed until the end of the file; close it, or write it twice where it belongs to the text
    lines.csv: no column holds dates as far as its name tells; name it with `date`, by its name or its number; the columns are a, b
    lines.csv: is empty; a header line and rows are needed
    "#);
}

#[test]
fn quoted_cells_and_other_line_ends_are_read_alike() {
    let plain = csv(&read(
        "customer,date,product,amount\na,2024-01-01,x,5\na,2024-01-02,y,6\n",
    ));
    for text in [
        "customer,date,product,amount\r\na,2024-01-01,x,5\r\n\r\na,2024-01-02,y,6",
        "\"customer\",\"date\",\"product\",\"amount\"\n\"a\",\"2024-01-01\",\"x\",\"5\"\na,2024-01-02,y,6\n",
        "\u{FEFF}customer;date;product;amount\na;2024-01-01;x;5\na;2024-01-02;y;6\n",
        "customer\tdate\tproduct\tamount\ra\t2024-01-01\tx\t5\ra\t2024-01-02\ty\t6\r",
    ] {
        assert_eq!(csv(&read(text)), plain, "{text:?}");
    }
    let lines = csv(&read(
        "customer,date,product,amount\na,2024-01-01,\"x\nwith \"\"two\"\" lines\",5\na,2024-01-02,y,6\n",
    ));
    assert_eq!(lines, plain);
}

/// Purchase lines with everything in them that can be counted, made by a small generator of its own.
pub(crate) fn shop(customers: u64, lines: u64) -> String {
    let mut state = 7u64;
    let mut draw = |n: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    let mut text = String::from(
        "customer_id,order_id,date,quantity,unit_price,product,category,channel,event,discount\n",
    );
    for i in 0..lines {
        let customer = draw(customers) * draw(2) + draw(customers / 10);
        let (day, second) = (draw(360), if draw(5) == 0 { 0 } else { draw(86_400) });
        let date = jiff::civil::date(2024, 1, 1).at(0, 0, 0, 0)
            + jiff::Span::new().days(day as i64).seconds(second as i64);
        let product = draw(60);
        let quantity = if draw(12) == 0 { -1 } else { 1 + draw(2) as i64 };
        let event = ["purchase", "purchase", "purchase", "visit"][draw(4) as usize];
        let order = if draw(20) == 0 {
            String::new()
        } else {
            format!("o{}", i / 3 * 1000 + customer)
        };
        let line = format!(
            "k{customer},{order},{},{quantity},{}.{:02},p{product},c{},{},{event},{}",
            date.strftime("%Y-%m-%d %H:%M:%S"),
            product,
            product * 7 % 100,
            product % 5,
            ["web", "shop", "o'app"][draw(3) as usize],
            if draw(3) == 0 { "0.5" } else { "0" }
        );
        let _ = writeln!(text, "{line}");
        if draw(50) == 0 {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

fn program() -> Command {
    Command::new(assert_cmd::cargo::cargo_bin!("kinfolk"))
}

fn oracle(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/oracles")
        .join(name)
}

/// Runs the query in a database over the generated shop, with and without everything dropped, and compares the tables.
fn same_in(database: &str, package: &str) {
    let Some(python) = python_with(package) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let lines = folder.path().join("lines.csv");
    std::fs::write(&lines, shop(300, 5_000)).expect("written");
    let everything = "duplicates,zero-amounts,negative-prices,cancelled,unmatched-returns,returns-only";
    for flags in [
        vec!["--window", "30d,90d", "--engagement", "visit=2,purchase=1.5"],
        vec![
            "--drop",
            everything,
            "--exclude-products",
            "P1?,p2",
            "--as-of",
            "2024-11-30",
            "--window",
            "45d",
        ],
    ] {
        let (query, table) = (folder.path().join("query.sql"), folder.path().join("table.csv"));
        let run = |more: &[&str]| {
            let done = program()
                .arg("features")
                .arg(&lines)
                .args(&flags)
                .args(more)
                .assert()
                .success();
            done.get_output().stdout.clone()
        };
        std::fs::write(&query, run(&["--sql", database])).expect("written");
        run(&["--force", "-o", table.to_str().expect("UTF-8")]);
        let done = std::process::Command::new(&python)
            .arg(oracle("query.py"))
            .arg(database)
            .args([&lines, &query, &table])
            .output()
            .expect("python runs");
        if done.status.code() == Some(77) {
            skipped(&format!("{database} cannot be reached"));
            return;
        }
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{flags:?}: {said}");
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(said.contains("columns agree"), "{said}");
    }
}

#[test]
fn duckdb_computes_the_same_table() {
    same_in("duckdb", "duckdb");
}

/// As sqlglot translates it, since `BigQuery` runs on nobody's own machine: that says that the query is `BigQuery`'s SQL, as far as sqlglot
/// knows it, and means the same.
#[test]
fn bigquerys_query_means_the_same_table() {
    same_in("bigquery", "sqlglot");
}

#[test]
fn postgres_computes_the_same_table() {
    same_in("postgres", "csv");
}

#[test]
fn spark_computes_the_same_table() {
    same_in("spark", "pyspark");
}

#[test]
fn pandas_computes_the_same_table_of_real_files() {
    for (name, file) in [
        ("online_retail", "transactions/online_retail.csv.gz"),
        (
            "completejourney",
            "transactions/completejourney_transactions_sample.csv.gz",
        ),
        ("retail_data", "transactions/retail_data_transactions.csv.gz"),
    ] {
        let Some(file) = real_data(file) else { continue };
        let Some(python) = python_with("pandas") else {
            return;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let table = folder.path().join("customers.csv");
        program()
            .arg("features")
            .arg(&file)
            .args(["--window", "90d", "-o"])
            .arg(&table)
            .assert()
            .success();
        let done = std::process::Command::new(python)
            .arg(oracle("transactions.py"))
            .arg(name)
            .args([&file, &table])
            .output()
            .expect("python runs");
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(
            done.status.success(),
            "{name}: {said}{}",
            String::from_utf8_lossy(&done.stderr)
        );
    }
}

/// Commands and shown lines of the document, in their order.
fn commands(document: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut block = "";
    for line in document.lines() {
        match (block, line) {
            ("", line) if line.starts_with("```") => block = line.trim_start_matches('`'),
            (_, "```") => block = "",
            ("sh", command) => found.push((command.to_owned(), Vec::new())),
            ("text", shown) => found
                .last_mut()
                .expect("a command before")
                .1
                .push(shown.to_owned()),
            _ => {}
        }
    }
    found
}

/// A command line as a shell cuts it.
fn arguments(command: &str) -> Vec<String> {
    let parts = command.split('\'').enumerate();
    parts
        .flat_map(|(i, part)| match i % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

#[test]
fn the_way_from_purchases_to_segments_is_as_the_document_shows_it() {
    let Some(file) = real_data("transactions/online_retail.csv.gz") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::copy(file, folder.path().join("online_retail.csv.gz")).expect("copied");
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/from-purchases-to-segments.md");
    let commands = commands(&std::fs::read_to_string(document).expect("part of the repository"));
    assert_eq!(commands.len(), 4);
    for (command, shown) in commands {
        let done = program()
            .current_dir(folder.path())
            .args(&arguments(&command)[1..])
            .assert()
            .success();
        let said = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
        for line in shown {
            assert!(
                said.lines().any(|l| l.trim_end() == line),
                "{command}: \"{line}\" is not in\n{said}"
            );
        }
    }
    let summary = std::fs::read_to_string(folder.path().join("segments/summary.json")).expect("written");
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    let names: Vec<&str> = summary["features"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|f| f["name"].as_str())
        .collect();
    assert!(names.contains(&"recency_days") && names.contains(&"frequency") && names.contains(&"monetary"));
    assert!(
        !names.contains(&"customer_id") && !names.contains(&"order_gap_variation"),
        "{names:?}"
    );
}

#[test]
fn the_input_is_never_overwritten_and_nothing_is_left_after_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = folder.path().join("lines.csv");
    std::fs::write(&lines, SHOP).expect("written");
    let there = || std::fs::read_dir(folder.path()).expect("a folder").count();
    program()
        .arg("features")
        .arg(&lines)
        .args(["--force", "-o"])
        .arg(&lines)
        .assert()
        .failure()
        .code(2);
    assert_eq!(
        (std::fs::read_to_string(&lines).expect("there").as_str(), there()),
        (SHOP, 1)
    );
    let out = folder.path().join("out.csv");
    program()
        .arg("features")
        .arg(&lines)
        .args(["--customer", "nobody", "-o"])
        .arg(&out)
        .assert()
        .failure()
        .code(2);
    assert_eq!(there(), 1);
    program()
        .arg("features")
        .arg(&lines)
        .arg("-o")
        .arg(&out)
        .assert()
        .success();
    program()
        .arg("features")
        .arg(&lines)
        .arg("-o")
        .arg(&out)
        .assert()
        .failure()
        .code(2);
    program()
        .arg("features")
        .arg(&lines)
        .args(["-o", "x.xlsx"])
        .assert()
        .failure()
        .code(2);
    let piped = program()
        .args(["features", "-", "--sql", "spark"])
        .write_stdin(SHOP)
        .assert()
        .success();
    let query = String::from_utf8_lossy(&piped.get_output().stdout).into_owned();
    assert!(
        query.contains("`channel_share_web`") && query.contains("DATEDIFF("),
        "{query}"
    );
}
