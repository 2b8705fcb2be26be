//! Profiles: every word of a name is derived again from the rows, by the plainest means.

use kinfolk::Partition;
use kinfolk::generate::{Generate, generate};
use kinfolk::profile::{Profiles, phrase, profiles};
use kinfolk::table::{Column, MISSING, Role, Table, Values};
use proptest::prelude::*;

fn column(name: &str, values: Values) -> Column {
    let missing = match &values {
        Values::Number(v) | Values::Date(v) => v.iter().filter(|x| x.is_nan()).count(),
        Values::Category { codes, .. } => codes.iter().filter(|&&c| c == MISSING).count(),
        Values::Text(v) => v.iter().filter(|t| t.is_empty()).count(),
    };
    Column {
        name: name.to_owned(),
        values,
        role: Role::Feature,
        missing,
        order: Vec::new(),
        note: kinfolk::Message::default(),
    }
}

fn number(name: &str, values: &[f64]) -> Column {
    column(name, Values::Number(values.to_vec()))
}

/// A category column from what the cells say; an empty cell is missing.
fn category(name: &str, cells: &[&str]) -> Column {
    let mut levels: Vec<String> = cells
        .iter()
        .filter(|c| !c.is_empty())
        .map(|&c| c.to_owned())
        .collect();
    levels.sort();
    levels.dedup();
    let codes = cells
        .iter()
        .map(|&c| levels.iter().position(|l| l == c).map_or(MISSING, |p| p as u32))
        .collect();
    column(name, Values::Category { codes, levels })
}

fn table(columns: Vec<Column>) -> Table {
    let n = columns.first().map_or(0, |c| match &c.values {
        Values::Number(v) | Values::Date(v) => v.len(),
        Values::Category { codes, .. } => codes.len(),
        Values::Text(v) => v.len(),
    });
    Table {
        value_column: None,
        source: "by hand".to_owned(),
        ids: (0..n).map(|i| format!("C{i}")).collect(),
        lines: (2..n as u64 + 2).collect(),
        columns,
        reading: Vec::new(),
        warnings: Vec::new(),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len() % 2 == 1 {
        values[half]
    } else {
        values[half - 1] * 0.5 + values[half] * 0.5
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().map(|x| x / values.len() as f64).sum()
}

/// Present values of a number column: of a segment, and of all.
fn own_and_all(table: &Table, partition: &Partition, segment: usize, name: &str) -> (Vec<f64>, Vec<f64>) {
    let values = match &table.column(name).expect("the column").values {
        Values::Number(v) | Values::Date(v) => v,
        other => panic!("{name} holds {other:?}"),
    };
    let own = (0..values.len())
        .filter(|&i| partition.labels()[i] as usize == segment)
        .map(|i| values[i]);
    let present = |x: &f64| x.is_finite();
    (
        own.filter(present).collect(),
        values.iter().copied().filter(present).collect(),
    )
}

/// Share of those with a value that hold `level`: in the segment, and outside it.
fn shares(table: &Table, partition: &Partition, segment: usize, name: &str, level: &str) -> (f64, f64) {
    let held = |i: usize| match &table.column(name).expect("the column").values {
        Values::Category { codes, levels } => {
            (codes[i] != MISSING).then(|| levels[codes[i] as usize] == level)
        }
        Values::Number(v) => v[i].is_finite().then(|| v[i].to_string() == level),
        other => panic!("{name} holds {other:?}"),
    };
    let share = |inside: bool| {
        let answers: Vec<bool> = (0..partition.len())
            .filter(|&i| (partition.labels()[i] as usize == segment) == inside)
            .filter_map(held)
            .collect();
        answers.iter().filter(|a| **a).count() as f64 / answers.len() as f64
    };
    (share(true), share(false))
}

/// Whether `quantity level` is said rightly of a share inside against one outside.
fn quantity_is_true(quantity: &str, inside: f64, outside: f64) -> bool {
    inside > outside
        && match quantity {
            "all" => inside == 1.0,
            "almost all" => (0.95..1.0).contains(&inside),
            "mostly" => (0.6..0.95).contains(&inside),
            "more often" => inside < 0.6,
            other => panic!("no such quantity: {other}"),
        }
}

/// By the mean; `None` where the median points the other way, or nine digits do not tell the means apart.
fn is_higher(table: &Table, partition: &Partition, segment: usize, name: &str) -> Option<bool> {
    let (own, all) = own_and_all(table, partition, segment, name);
    let medians = median(own.clone()) - median(all.clone());
    let (own, all) = (mean(&own), mean(&all));
    let means = own - all;
    let differ = means.abs() > 1e-9 * own.abs().max(all.abs());
    // Signs, as a product of small differences is 0.
    let contradicted = medians != 0.0 && (medians > 0.0) != (means > 0.0);
    (differ && !contradicted).then_some(means > 0.0)
}

/// Judges the traits of a name over the columns that this file uses in its tables.
fn assert_true_of_rows(table: &Table, partition: &Partition, profiles: &Profiles) {
    for (segment, name) in profiles.names.iter().enumerate() {
        let name = match name.rsplit_once(" (") {
            Some((front, _)) => front,
            None => name.as_str(),
        };
        if name == "all customers" {
            continue;
        }
        let name = name.strip_prefix("hardly distinct: ").unwrap_or(name);
        for part in name.split(", ") {
            // What tells it from its namesakes is held against the input in `sentences`.
            let is_value = part.starts_with("average ") || part.ends_with(" %");
            if is_value || part == "not distinct in any column" {
                continue;
            }
            let higher = |column: &str| {
                is_higher(table, partition, segment, column)
                    .unwrap_or_else(|| panic!("{part}: no difference"))
            };
            let fine = match part {
                "recent" => !higher("recency_days"),
                "not recent" => higher("recency_days"),
                "long tenure" => higher("tenure_months"),
                "short tenure" => !higher("tenure_months"),
                "mostly discount" => {
                    higher("discount_share")
                        && mean(&own_and_all(table, partition, segment, "discount_share").0) >= 0.6
                }
                "hardly any discount" => {
                    !higher("discount_share")
                        && mean(&own_and_all(table, partition, segment, "discount_share").0) <= 0.1
                }
                "mostly online" => {
                    higher("online_share")
                        && mean(&own_and_all(table, partition, segment, "online_share").0) >= 0.6
                }
                "hardly any online" => {
                    !higher("online_share")
                        && mean(&own_and_all(table, partition, segment, "online_share").0) <= 0.1
                }
                other => {
                    let named = |words: &str| {
                        let name = words.replace(' ', "_");
                        table
                            .column(&name)
                            .unwrap_or_else(|| panic!("{part}: no such column"))
                            .name
                            .clone()
                    };
                    if let Some(words) = other.strip_prefix("high ") {
                        higher(&named(words))
                    } else if let Some(words) = other.strip_prefix("low ") {
                        !higher(&named(words))
                    } else if let Some((words, rest)) = other.split_once(": ") {
                        let (quantity, level) = rest.rsplit_once(' ').expect("quantity and level");
                        let (inside, outside) = shares(table, partition, segment, &named(words), level);
                        quantity_is_true(quantity, inside, outside)
                    } else {
                        let (quantity, level) = other.rsplit_once(' ').expect("quantity and level");
                        let column = table
                            .columns
                            .iter()
                            .find(|c| matches!(&c.values, Values::Category { levels, .. } if levels.iter().any(|l| l == level)))
                            .unwrap_or_else(|| panic!("{part}: nobody holds that"));
                        let (inside, outside) = shares(table, partition, segment, &column.name, level);
                        quantity_is_true(quantity, inside, outside)
                    }
                }
            };
            assert!(
                fine,
                "segment {segment} is called {name:?}, and {part:?} is not true of it"
            );
        }
    }
}

fn names(columns: Vec<Column>, labels: &[u32]) -> Vec<String> {
    let table = table(columns);
    let partition = Partition::from_labels(labels);
    profiles(&table, &partition).names
}

#[test]
fn a_column_that_most_members_have_no_value_in_does_not_name_them() {
    let n = f64::NAN;
    let columns = |rare: &[f64]| {
        vec![
            number("orders", &[9.0, 8.0, 9.0, 7.0, 9.0, 1.0, 2.0, 1.0, 3.0, 1.0]),
            number("claims", rare),
        ]
    };
    let labels = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
    let known = names(
        columns(&[5.0, 5.0, 5.0, 5.0, 5.0, 1.0, 1.0, 1.0, 1.0, 1.0]),
        &labels,
    );
    assert_eq!(known, ["high orders, high claims", "low orders, low claims"]);
    // Two of five.
    let rare = names(columns(&[n, n, n, 5.0, 5.0, 1.0, 1.0, 1.0, 1.0, 1.0]), &labels);
    assert_eq!(rare, ["high orders", "low orders, low claims"]);
}

#[test]
fn quartiles_zeros_and_intervals_are_of_the_members_that_have_a_value() {
    let table = table(vec![
        number("orders", &[0.0, 0.0, 4.0, 8.0, f64::NAN, 1.0, 3.0, 5.0, 7.0]),
        category(
            "channel",
            &["web", "web", "store", "web", "", "store", "store", "web", "store"],
        ),
    ]);
    let profiles = profiles(&table, &Partition::from_labels(&[0, 0, 0, 0, 0, 1, 1, 1, 1]));
    let orders = &profiles.rows[0];
    assert_eq!((orders.quartiles, orders.zeros), ((0.0, 5.0), 0.5));
    let (low, high) = orders.effect_interval;
    assert!(
        -1.0 < low && low < orders.effect && orders.effect < high && high < 1.0,
        "{low} {high}"
    );
    let web = profiles
        .rows
        .iter()
        .find(|r| r.level.as_deref() == Some("web"))
        .expect("a row");
    assert!(web.quartiles.0.is_nan() && web.zeros.is_nan());
    // The level as a column of 0 and 1.
    let flag = self::table(vec![number(
        "web",
        &[1.0, 1.0, 0.0, 1.0, f64::NAN, 0.0, 0.0, 1.0, 0.0],
    )]);
    let flag =
        &kinfolk::profile::profiles(&flag, &Partition::from_labels(&[0, 0, 0, 0, 0, 1, 1, 1, 1])).rows[0];
    assert_eq!(
        (flag.effect, flag.effect_interval),
        (web.effect, web.effect_interval)
    );
}

#[test]
fn means_medians_and_shares_are_those_of_the_members_that_have_a_value() {
    let table = table(vec![
        number("monetary", &[1.0, 2.0, 6.0, f64::NAN, 10.0]),
        category("channel", &["web", "store", "", "store", "store"]),
    ]);
    let profiles = profiles(&table, &Partition::from_labels(&[0, 0, 0, 1, 1]));
    let first = &profiles.rows[0];
    assert_eq!((first.present, first.mean, first.median), (3, 3.0, 2.0));
    assert_eq!((first.overall_mean, first.overall_median), (4.75, 4.0));
    assert_eq!(first.effect, -1.0);
    let store = &profiles.rows[1];
    assert_eq!(
        store.level.as_deref(),
        Some("store"),
        "the commonest level comes first"
    );
    assert_eq!((store.present, store.mean, store.overall_mean), (2, 0.5, 0.75));
    assert_eq!(store.effect, -0.5);
    assert!(store.median.is_nan() && store.overall_median.is_nan());
    let other = &profiles.rows[3];
    assert_eq!((other.segment, other.present, other.mean), (1, 1, 10.0));
    assert_eq!(profiles.rows.len(), 6);
}

#[test]
fn a_segment_without_any_value_of_a_column_has_no_row_of_it() {
    let table = table(vec![
        number("monetary", &[1.0, 2.0, f64::NAN]),
        number("empty", &[f64::NAN; 3]),
        category("channel", &["web", "web", ""]),
    ]);
    let profiles = profiles(&table, &Partition::from_labels(&[0, 0, 1]));
    assert!(
        profiles
            .rows
            .iter()
            .all(|r| r.segment == 0 && r.column != "empty")
    );
    assert_eq!(
        profiles.names,
        ["not distinct in any column", "not distinct in any column (2)"]
    );
}

#[test]
fn one_segment_is_all_customers() {
    assert_eq!(
        names(vec![number("monetary", &[1.0, 2.0])], &[0, 0]),
        ["all customers"]
    );
    assert!(names(vec![number("monetary", &[])], &[]).is_empty());
}

#[test]
fn words_fit_the_column_and_the_direction() {
    let two = [0, 0, 0, 1, 1, 1];
    let up = [9.0, 8.0, 7.0, 1.0, 2.0, 3.0];
    for (name, high, low) in [
        ("monetary", "high monetary", "low monetary"),
        ("recency_days", "not recent", "recent"),
        ("Recency", "not recent", "recent"),
        ("recency_score", "high recency score", "low recency score"),
        (
            "days_since_last_order",
            "last order long ago",
            "recent last order",
        ),
        ("tenure_months", "long tenure", "short tenure"),
        ("AGE", "older", "younger"),
        ("package", "high package", "low package"),
        ("conversion_rate", "high conversion rate", "low conversion rate"),
        ("INFLOW", "high inflow", "low inflow"),
    ] {
        assert_eq!(names(vec![number(name, &up)], &two), [high, low], "{name}");
    }
    let shares = [0.9, 0.8, 0.7, 0.1, 0.0, 0.05];
    assert_eq!(
        names(vec![number("online_share", &shares)], &two),
        ["mostly online", "hardly any online"]
    );
    let dates = column(
        "first_order_date",
        Values::Date(vec![19_000.0, 19_001.0, 19_002.0, 15_000.0, 15_001.0, 1.0]),
    );
    assert_eq!(
        names(vec![dates], &two),
        ["recent first order", "early first order"]
    );
    let flags = [1.0, 1.0, 1.0, 0.0, 0.0, 1.0];
    assert_eq!(
        names(vec![number("senior_citizen", &flags)], &two),
        ["senior citizen: all 1", "senior citizen: mostly 0"]
    );
}

#[test]
fn levels_speak_for_themselves_unless_they_are_bland_or_shared() {
    let two = [0, 0, 0, 1, 1, 1];
    let of = |cells: [&str; 6]| names(vec![category("internet_service", &cells)], &two);
    assert_eq!(
        of([
            "Fiber optic",
            "Fiber optic",
            "Fiber optic",
            "DSL",
            "DSL",
            "Fiber optic"
        ]),
        ["all Fiber optic", "mostly DSL"]
    );
    assert_eq!(
        of(["yes", "yes", "yes", "no", "no", "yes"]),
        ["internet service: all yes", "internet service: mostly no"]
    );
    assert_eq!(
        of(["INFO", "INFO", "INFO", "3", "3", "3"]),
        ["all InfO", "internet service: all 3"],
        "Gephi reads the capitals INF as a number"
    );
    let cells = [
        "none at all",
        "none at all",
        "none at all",
        "DSL",
        "DSL",
        "none at all",
    ];
    let both = names(vec![category("tv", &cells), category("net", &cells)], &two);
    assert_eq!(both[0], "tv: all none at all, net: all none at all");
}

#[test]
fn nineteen_in_twenty_are_almost_all_and_fewer_than_six_in_ten_more_often() {
    let mut cells = vec!["web"; 39];
    cells.push("store");
    cells.extend(vec!["app"; 14]);
    cells.extend(vec!["store"; 16]);
    let labels: Vec<u32> = (0..70).map(|i| u32::from(i >= 40)).collect();
    assert_eq!(
        names(vec![category("channel", &cells)], &labels),
        ["almost all web", "more often store"]
    );
}

#[test]
fn means_decide_and_where_rank_or_median_contradict_them_no_word_is_said() {
    // Most complain never; the first segment complains more on the whole.
    let more = number("complaints", &[0.0, 0.0, 0.0, 4.0, 5.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    let two = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
    assert_eq!(names(vec![more], &two), ["high complaints", "low complaints"]);
    // More members above than below, yet a lower mean: one huge value outside.
    let torn = number(
        "complaints",
        &[0.0, 0.0, 0.0, 4.0, 5.0, 0.0, 0.0, 0.0, 0.0, 900.0],
    );
    let torn = names(vec![torn], &two);
    assert_eq!(
        torn,
        [
            "not distinct in any column, average complaints 1.8",
            "not distinct in any column, average complaints 180"
        ]
    );
}

#[test]
fn equal_names_are_told_apart_by_a_mean_or_else_by_a_number() {
    let three = [0, 0, 1, 1, 2, 2];
    let a = number("alpha", &[9.0, 8.0, 9.0, 8.0, 1.0, 0.0]);
    let b = number("beta", &[9.0, 8.0, 9.0, 8.0, 1.0, 0.0]);
    assert_eq!(
        names(vec![a.clone(), b.clone()], &three),
        [
            "high alpha, high beta",
            "high alpha, high beta (2)",
            "low alpha, low beta"
        ]
    );
    let c = number("gamma", &[3.0, 1.0, 2.0, 0.0, 3.0, 1.0]);
    assert_eq!(
        names(vec![a, b, c], &three),
        [
            "high alpha, high beta, average gamma 2",
            "high alpha, high beta, average gamma 1",
            "low alpha, low beta"
        ]
    );
    // The same traits in another order are no other name.
    let four = [0, 0, 1, 1, 2, 2, 3, 3];
    let a = number("alpha", &[8.0, 8.0, 9.0, 9.0, 1.0, 0.0, 1.0, 0.0]);
    let b = number("beta", &[9.0, 9.0, 8.0, 8.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(
        names(vec![a, b], &four)[..2],
        [
            "high beta, high alpha, average alpha 8",
            "high alpha, high beta, average alpha 9"
        ]
    );
}

#[test]
fn columns_that_are_not_features_have_no_rows() {
    let mut truth = category("segment", &["a", "b"]);
    truth.role = Role::Truth;
    let mut kept_out = number("noise", &[1.0, 2.0]);
    kept_out.role = Role::Ignored;
    let notes = column("notes", Values::Text(vec!["x", "y"].into()));
    let table = table(vec![truth, kept_out, notes, number("monetary", &[1.0, 2.0])]);
    let profiles = profiles(&table, &Partition::singletons(2));
    assert!(profiles.rows.iter().all(|r| r.column == "monetary"));
    assert_eq!(profiles.names, ["low monetary", "high monetary"]);
}

#[test]
fn generated_segments_are_named_for_what_they_were_drawn_as() {
    let shop = generate(&Generate {
        segments: 8,
        ..Generate::default()
    })
    .expect("in range");
    let table = shop.to_table();
    let partition = Partition::from_labels(&shop.truth);
    let profiles = profiles(&table, &partition);
    assert_true_of_rows(&table, &partition, &profiles);
    let drawn_as = |name: &str| {
        let number = shop.segment_names.iter().position(|n| n == name).expect("drawn");
        let row = shop
            .truth
            .iter()
            .position(|&t| t as usize == number)
            .expect("a member");
        profiles.names[partition.labels()[row] as usize].as_str()
    };
    insta::assert_snapshot!(
        shop.segment_names.iter().map(|n| format!("{n}: {}", drawn_as(n))).collect::<Vec<_>>().join("\n"),
        @r"
        loyal families: high monetary, high frequency
        bargain hunters: mostly discount, low average basket
        lapsed customers: not recent, low frequency
        new customers: short tenure, low frequency
        big spenders: high average basket, hardly any discount
        gift buyers: low frequency, high average basket
        app regulars: mostly online, recent
        small store shoppers: low average basket, low online share
        "
    );
}

#[test]
fn penguin_species_are_named_by_what_tells_them_apart() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/penguins.csv");
    let mut reader = csv::Reader::from_path(file).expect("part of the repository");
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    let cells = |c: usize| {
        rows.iter()
            .map(|r| if &r[c] == "NA" { "" } else { &r[c] })
            .collect::<Vec<_>>()
    };
    let numbers = |c: usize| {
        cells(c)
            .iter()
            .map(|t| t.parse().unwrap_or(f64::NAN))
            .collect::<Vec<f64>>()
    };
    let table = table(vec![
        category("island", &cells(1)),
        number("bill_length_mm", &numbers(2)),
        number("bill_depth_mm", &numbers(3)),
        number("flipper_length_mm", &numbers(4)),
        number("body_mass_g", &numbers(5)),
        category("sex", &cells(6)),
    ]);
    let partition = Partition::from_labels(&cells(0));
    let profiles = profiles(&table, &partition);
    assert_true_of_rows(&table, &partition, &profiles);
    // Adélie, gentoo, chinstrap by falling number.
    insta::assert_snapshot!(profiles.names.join("\n"), @r"
    low bill length mm, low flipper length mm
    high flipper length mm, low bill depth mm
    all Dream, high bill length mm
    ");
    let heaviest = profiles
        .rows
        .iter()
        .find(|r| r.segment == 1 && r.column == "body_mass_g")
        .expect("weighed");
    assert_eq!(
        phrase(heaviest).as_deref(),
        Some("body mass g 21 % above the average")
    );
}

/// Rows of: recency, monetary, complaints (few values), a flag, a channel; with gaps.
fn any_row() -> impl Strategy<Value = (f64, f64, f64, f64, usize, u32)> {
    let gap = |s: BoxedStrategy<f64>| prop_oneof![9 => s, 1 => Just(f64::NAN)];
    (
        gap((0u32..400).prop_map(f64::from).boxed()),
        gap(prop_oneof![-1e3f64..1e3, Just(0.0), Just(1e300), Just(-0.0)].boxed()),
        gap((0u32..3).prop_map(f64::from).boxed()),
        gap((0u32..2).prop_map(f64::from).boxed()),
        0usize..5,
        0u32..5,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn names_are_true_and_unique_and_rows_are_in_range_in_any_order(
        rows in proptest::collection::vec(any_row(), 1..60),
        turn in 0usize..60,
    ) {
        let build = |rows: &[(f64, f64, f64, f64, usize, u32)]| {
            let levels = ["", "web", "store", "no", "7"];
            table(vec![
                number("recency_days", &rows.iter().map(|r| r.0).collect::<Vec<_>>()),
                number("monetary", &rows.iter().map(|r| r.1).collect::<Vec<_>>()),
                number("complaints", &rows.iter().map(|r| r.2).collect::<Vec<_>>()),
                number("member_flag", &rows.iter().map(|r| r.3).collect::<Vec<_>>()),
                category("channel", &rows.iter().map(|r| levels[r.4]).collect::<Vec<_>>()),
            ])
        };
        let first = build(&rows);
        let partition = Partition::from_labels(&rows.iter().map(|r| r.5).collect::<Vec<_>>());
        let found = profiles(&first, &partition);
        prop_assert_eq!(found.names.len(), partition.n_groups());
        let mut unique = found.names.clone();
        unique.sort();
        unique.dedup();
        prop_assert_eq!(unique.len(), found.names.len());
        assert_true_of_rows(&first, &partition, &found);
        prop_assert!(found.rows.is_sorted_by_key(|r| r.segment));
        for row in &found.rows {
            prop_assert!(row.present > 0);
            prop_assert!((-1.0..=1.0).contains(&row.effect));
            prop_assert!(row.mean.is_finite() && row.overall_mean.is_finite());
            prop_assert_eq!(row.level.is_none(), row.median.is_finite() && row.overall_median.is_finite());
            prop_assert!(!phrase(row).unwrap_or_default().contains("NaN"));
        }

        // The same customers in another order, in the same segments.
        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len());
        let numbered: Vec<u32> = (0..rows.len()).map(|i| partition.labels()[(i + turn) % rows.len()]).collect();
        let second_partition = Partition::from_labels(&numbered);
        let second = profiles(&build(&turned), &second_partition);
        // Segments of one size may swap numbers.
        for row in &found.rows {
            let i = partition.labels().iter().position(|&l| l == row.segment).expect("a member");
            let there = (i + rows.len() - turn % rows.len()) % rows.len();
            let mut expected = row.clone();
            expected.segment = second_partition.labels()[there];
            // As text: the medians of categories are NaN.
            let expected = format!("{expected:?}");
            let kept = second.rows.iter().any(|r| format!("{r:?}") == expected);
            prop_assert!(kept, "{} is not among the rows", expected);
        }
    }
}
