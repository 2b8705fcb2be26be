//! Columns that should not decide: codes among amounts, outcomes, repetitions, rows that are no customers.

use kinfolk::features::{FeatureSettings, Features, fit};
use kinfolk::read::parse_table;
use kinfolk::segmentation::{Segmentation, Settings, prepare, segment};
use kinfolk::table::{Column, ColumnType, MISSING, Role, Table, TableSettings, Values};

fn read_as(text: &str, settings: &TableSettings) -> Table {
    parse_table("t.csv", text.as_bytes().to_vec(), settings).expect("a good table")
}

fn read(text: &str) -> Table {
    read_as(text, &TableSettings::default())
}

fn column<'a>(table: &'a Table, name: &str) -> &'a Column {
    table.column(name).unwrap_or_else(|| panic!("no column {name}"))
}

fn features(table: &Table) -> Features {
    fit(table, &FeatureSettings::default()).expect("usable").1
}

fn code_of(table: &Table, code: &str) -> Option<String> {
    let found = table.warnings.iter().find(|w| w.code == code);
    found.map(|w| w.message.to_string())
}

/// Numbers that look random and are the same everywhere.
fn noise(i: usize, stream: usize) -> f64 {
    let mixed = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ (stream as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (mixed >> 11) as f64 / (1u64 << 53) as f64
}

/// 300 contacts: four in five were never contacted.
fn contacts(never: &str) -> String {
    let mut text = "id,pdays,age\n".to_owned();
    for i in 0..300 {
        let days = if i % 5 == 0 {
            format!("{}", 3 + i % 25)
        } else {
            never.to_owned()
        };
        text += &format!("c{i},{days},{}\n", 20 + i * 7 % 60);
    }
    text
}

#[test]
fn a_code_among_amounts_is_missing_there_and_a_category_beside() {
    for code in ["-1", "999"] {
        let table = read(&contacts(code));
        let pdays = column(&table, "pdays");
        assert_eq!((pdays.column_type(), pdays.missing), (ColumnType::Number, 240));
        let Values::Number(values) = &pdays.values else {
            panic!("numbers");
        };
        assert!(values.iter().all(|v| v.is_nan() || (3.0..28.0).contains(v)));
        let beside = column(&table, &format!("pdays is {code}"));
        assert_eq!((beside.role, beside.missing), (Role::Feature, 0));
        let Values::Category { codes, levels } = &beside.values else {
            panic!("categories");
        };
        assert_eq!(levels, &["no", "yes"]);
        assert_eq!(codes.iter().filter(|&&c| c == 1).count(), 240);
        let said = code_of(&table, "sentinel-values").expect("said");
        assert!(
            said.contains(&format!("\"pdays is {code}\" says who has it (240 of 300)")),
            "{said}"
        );
    }
}

#[test]
fn the_guess_about_a_code_can_be_overruled_and_made_by_hand() {
    let types: Vec<(String, kinfolk::table::TypeChoice)> =
        vec![("pdays".to_owned(), kinfolk::table::TypeChoice::Number)];
    let settings = TableSettings {
        types,
        ..TableSettings::default()
    };
    let table = read_as(&contacts("-1"), &settings);
    assert_eq!((column(&table, "pdays").missing, table.columns.len()), (0, 3));

    let settings = TableSettings {
        missing_in: vec![("PDAYS".to_owned(), "-1".to_owned())],
        ..TableSettings::default()
    };
    let table = read_as(&contacts("-1"), &settings);
    assert_eq!((column(&table, "pdays").missing, table.columns.len()), (240, 3));

    let settings = TableSettings {
        codes: vec![("age".to_owned(), "20".to_owned())],
        ..TableSettings::default()
    };
    let table = read_as(&contacts("5"), &settings);
    assert_eq!(column(&table, "age").missing, 5);
    assert!(table.column("age is 20").is_some());
}

#[test]
fn a_date_that_programs_write_for_none_is_a_code() {
    let mut text = "id,last_order\n".to_owned();
    for i in 0..60 {
        let day = if i % 6 == 0 {
            "1900-01-01".to_owned()
        } else {
            format!("2023-0{}-1{}", 1 + i % 9, i % 10)
        };
        text += &format!("c{i},{day}\n");
    }
    let table = read(&text);
    assert_eq!(column(&table, "last_order").missing, 10);
    assert_eq!(
        column(&table, "last_order is 1900-01-01").column_type(),
        ColumnType::Category
    );
}

#[test]
fn bands_are_ordered_steps_and_unknown_stands_beside() {
    let ages = ["18-24", "65+", "25-34", "Unknown", "35-64"];
    let mut text = "id,age,city\n".to_owned();
    for i in 0..100 {
        text += &format!("c{i},{},{}\n", ages[i % 5], ["Rome", "Oslo", "Bern"][i % 3]);
    }
    let table = read(&text);
    assert_eq!(column(&table, "age").order, [0, 1, 2, 3, MISSING]);
    assert_eq!(column(&table, "city").order, Vec::<u32>::new());
    assert_eq!(
        column(&table, "age").note,
        "beside the scale and put on its middle step: \"Unknown\" (20); `types` age=category takes the steps as unordered"
    );
    let features = features(&table);
    assert_eq!(
        features.treatments[1].transform,
        "4 ordered steps from 18-24 to 65+"
    );
    let row = |band: &str| {
        let i = ages.iter().position(|a| *a == band).expect("a band");
        f64::from(features.values[[i, 0]])
    };
    // Neighboring bands are as far apart as categories, and two steps are twice one.
    let step = row("25-34") - row("18-24");
    assert!((step - 0.5f64.sqrt()).abs() < 1e-6, "{step}");
    assert!((row("65+") - row("18-24") - 3.0 * step).abs() < 1e-6);
    let recipe = fit(&table, &FeatureSettings::default()).expect("usable").0;
    assert_eq!(recipe.apply(&table).expect("the same").values, features.values);
}

#[test]
fn patterns_choose_columns_and_names_outweigh_them() {
    let text = "id,spend_a,spend_b,age\nc1,1,2,30\nc2,2,4,40\nc3,3,7,35\nc4,4,9,60\n";
    let roles = |features: &[&str], ignore: &[&str]| -> Vec<Role> {
        let settings = TableSettings {
            features: features.iter().map(|&s| s.to_owned()).collect(),
            ignore: ignore.iter().map(|&s| s.to_owned()).collect(),
            ..TableSettings::default()
        };
        read_as(text, &settings).columns[1..]
            .iter()
            .map(|c| c.role)
            .collect()
    };
    use Role::{Feature, Ignored};
    assert_eq!(roles(&[], &["SPEND*"]), [Ignored, Ignored, Feature]);
    assert_eq!(roles(&["spend_?"], &[]), [Feature, Feature, Ignored]);
    assert_eq!(roles(&["spend*"], &["spend_b"]), [Feature, Ignored, Ignored]);
    assert_eq!(roles(&["spend_a"], &["spend*"]), [Feature, Ignored, Ignored]);
}

#[test]
fn rows_of_purchases_are_said_first_and_customer_numbers_are_no_feature() {
    let mut text = "Row ID,Order ID,Customer ID,E-Mail,Phone,Sales\n".to_owned();
    for i in 0..200 {
        let c = i * 7 % 23;
        text += &format!(
            "{},O{},{},a{c}@b.de,0170{:07},{}\n",
            i + 1,
            i / 2,
            100 + c,
            c * 99_991,
            5 + i % 40
        );
    }
    let table = read(&text);
    assert_eq!(table.warnings[0].code, "repeated-ids");
    insta::assert_snapshot!(
        table.warnings[0].message,
        @r#"these rows are not customers: column "Customer ID" has 23 different values in 200 rows, so most customers have several rows (purchases? visits?), and what is found are segments of rows. Make one row per customer first (how many, how much, how long ago); `id` "Customer ID" takes each row as a customer of that name all the same"#
    );
    for (name, role) in [
        ("Row ID", Role::Id),
        ("Customer ID", Role::Ignored),
        ("E-Mail", Role::Ignored),
        ("Phone", Role::Ignored),
        ("Sales", Role::Feature),
    ] {
        assert_eq!(column(&table, name).role, role, "{name}");
    }
}

#[test]
fn counts_are_numbers_although_their_name_may_be_a_code() {
    let mut text = "id,campaign,channel,JobSatisfaction\n".to_owned();
    let mut row = 0;
    for contacts in 1..=20 {
        for _ in 0..(40 / contacts) {
            text += &format!("c{row},{contacts},{},{}\n", row % 7, 1 + row % 4);
            row += 1;
        }
    }
    let table = read(&text);
    assert_eq!(column(&table, "campaign").column_type(), ColumnType::Number);
    assert_eq!(column(&table, "channel").column_type(), ColumnType::Category);
    assert_eq!(
        column(&table, "JobSatisfaction").column_type(),
        ColumnType::Number
    );
}

#[test]
fn numbers_that_repeat_each_other_share_their_weight_and_say_so() {
    let mut text = "id,recency,last_order,spend\n".to_owned();
    for i in 0..200 {
        let days = (noise(i, 1) * 700.0) as usize;
        text += &format!(
            "c{i},{days},{},{}\n",
            45_000 - days,
            (noise(i, 2) * 90.0) as usize
        );
    }
    let found = features(&read(&text));
    let of = |name: &str| found.treatments.iter().find(|t| t.column == name).expect("there");
    assert_eq!((of("recency").weight, of("spend").weight), (0.5, 1.0));
    assert_eq!(of("last_order").repeats, ["recency"]);
    assert!(
        of("recency")
            .action
            .contains("counts 0.50, since \"last_order\" repeats it"),
        "{}",
        of("recency").action
    );
}

#[test]
fn outcomes_and_scores_are_pointed_out_with_the_flag_to_add() {
    let mut text = "id,age,Churn,Naive_Bayes_Classifier_Flag_1,Naive_Bayes_Classifier_Flag_2\n".to_owned();
    for i in 0..100 {
        let p = noise(i, 3);
        text += &format!("c{i},{},{},{p:.4},{:.4}\n", 20 + i % 50, i % 2, 1.0 - p);
    }
    let found = features(&read(&text));
    let said = found
        .warnings
        .iter()
        .find(|w| w.code == "result-columns")
        .expect("said");
    insta::assert_snapshot!(
        said.message,
        @r#"columns look like results rather than traits of customers, and what is known only afterwards should not decide the segments: "Churn" (an outcome), "Naive_Bayes_Classifier_Flag_1" (a model's score), "Naive_Bayes_Classifier_Flag_2" (a model's score); they are kept; to see the segments without, add `ignore` 'Churn,Naive_Bayes*' (profiles.csv still shows them for each segment)"#
    );
}

/// Three groups by spend and visits; 600 customers. A column of 0 and 1 beside them has as much weight as is asked.
fn leaky(weight: f64) -> Segmentation {
    let mut text = "id,spend,visits,tenure,basket,leak,recency,last_order,region\n".to_owned();
    for i in 0..600 {
        let leak = i % 2;
        let days = (noise(i, 5) * 500.0) as usize;
        text += &format!(
            "c{i},{:.2},{:.2},{:.2},{:.2},{:.2},{days},{},{}\n",
            10.0 + noise(i, 1),
            5.0 + noise(i, 2),
            3.0 + noise(i, 3),
            8.0 + noise(i, 4),
            leak as f64 * 9.0 + noise(i, 6),
            9_000 - days,
            ["north", "south"][usize::from(noise(i, 7) > 0.5)],
        );
    }
    let settings = Settings {
        features: FeatureSettings {
            weights: vec![("leak".to_owned(), weight)],
            ..FeatureSettings::default()
        },
        resolution: Some(0.1),
        ..Settings::default()
    };
    let settings_of_table = TableSettings {
        ignore: vec!["region".to_owned()],
        ..TableSettings::default()
    };
    let prepared = prepare(&read_as(&text, &settings_of_table), &settings.features).expect("usable");
    segment(prepared, &settings, &mut |_| Ok(())).expect("segments")
}

#[test]
fn a_column_that_decides_alone_is_named() {
    let found = leaky(3.0);
    let said = found.warnings.iter().find(|w| w.code == "column-decides");
    let said = &said.expect("said").message;
    assert!(
        said.starts_with("\"leak\" decides: without it the answer is another"),
        "{said}"
    );
    assert!(said.ends_with("add `ignore` leak"), "{said}");
    let of = |name: &str| found.importance.iter().find(|c| c.column == name).expect("there");
    assert!(of("leak").separation > 0.95, "{:?}", of("leak"));
    assert!(of("spend").separation < 0.1, "{:?}", of("spend"));
    assert!(of("leak").without.expect("measured").agreement < 0.3);
    // Neighbors agree in it.
    assert!(of("leak").share_among_neighbors < of("leak").share_of_distance / 2.0);
    for sum in [
        found.importance.iter().map(|c| c.share_of_distance).sum::<f64>(),
        found
            .importance
            .iter()
            .map(|c| c.share_among_neighbors)
            .sum::<f64>(),
    ] {
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    }
}

#[test]
fn columns_left_out_are_profiled_and_have_no_say_in_the_names() {
    let found = leaky(3.0);
    assert!(found.profiles.rows.iter().all(|row| row.column != "region"));
    let north: Vec<f64> = (found.profiles.others.iter())
        .filter(|row| row.column == "region" && row.level.as_deref() == Some("north"))
        .map(|row| row.mean)
        .collect();
    assert_eq!(north.len(), found.partition.n_groups());
    assert!(found.profiles.names.iter().all(|name| !name.contains("region")));
    let mut file = Vec::new();
    kinfolk::export::write_profiles(&found, kinfolk::export::CsvStyle::default(), &mut file).expect("memory");
    let file = String::from_utf8(file).expect("UTF-8");
    assert!(
        file.lines()
            .any(|l| l.starts_with("1,region,north,") && l.split(',').nth(9) == Some("false")),
        "{file}"
    );
    assert!(
        file.lines()
            .any(|l| l.starts_with("1,spend,,") && l.split(',').nth(9) == Some("true")),
        "{file}"
    );
}

#[test]
fn tables_parted_by_blanks_are_read() {
    let table = read("id  spend   city\nc1   10.5  \"New York\"\nc2    7    Oslo\nc3  8  Oslo\n");
    assert_eq!(table.ids, ["c1", "c2", "c3"]);
    assert_eq!(column(&table, "spend").column_type(), ColumnType::Number);
    assert!(
        table.reading.iter().any(|r| r == "cells parted by spaces"),
        "{:?}",
        table.reading
    );
}
