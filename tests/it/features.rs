//! Features: independence of row order, invariances, Gower's own formula, finite numbers from any finite input.

use crate::support::real_text;
use kinfolk::ErrorKind;
use kinfolk::features::{Distance, FeatureSettings, Features, Metric, Recipe, Scale, canonical_order, fit};
use kinfolk::random::stream;
use kinfolk::table::{Column, MISSING, Role, Table, Values};
use proptest::prelude::*;
use rand::Rng;

const SCALES: [Option<Scale>; 6] = [
    None,
    Some(Scale::Zscore),
    Some(Scale::Robust),
    Some(Scale::Minmax),
    Some(Scale::Log),
    Some(Scale::Rank),
];

fn column(name: &str, values: Values) -> Column {
    Column {
        name: name.to_owned(),
        values,
        role: Role::Feature,
        missing: 0,
        order: Vec::new(),
        note: kinfolk::Message::default(),
    }
}

/// A category column from what is written; empty is missing.
fn category(name: &str, written: &[&str]) -> Column {
    let mut levels: Vec<String> = written
        .iter()
        .filter(|w| !w.is_empty())
        .map(|w| (*w).to_owned())
        .collect();
    levels.sort();
    levels.dedup();
    let codes = written
        .iter()
        .map(|w| {
            levels
                .binary_search(&(*w).to_owned())
                .map_or(MISSING, |l| l as u32)
        })
        .collect();
    column(name, Values::Category { codes, levels })
}

fn number(name: &str, values: &[f64]) -> Column {
    column(name, Values::Number(values.to_vec()))
}

fn table(columns: Vec<Column>) -> Table {
    let n = match &columns[0].values {
        Values::Number(v) | Values::Date(v) => v.len(),
        Values::Category { codes, .. } => codes.len(),
        Values::Text(v) => v.len(),
    };
    Table {
        value_column: None,
        source: "customers.csv".to_owned(),
        ids: (0..n).map(|i| format!("c{i:06}")).collect(),
        lines: (0..n).map(|i| i as u64 + 2).collect(),
        columns,
        reading: Vec::new(),
        warnings: Vec::new(),
    }
}

/// A comma-separated text without quoted commas, columns typed by whether they parse.
fn from_csv(text: &str, truth: &str) -> Table {
    let mut lines = text.lines().map(|l| l.trim_end_matches('\r'));
    let clean = |cell: &str| cell.trim_matches('"').trim().to_owned();
    let header: Vec<String> = lines.next().expect("a header").split(',').map(clean).collect();
    let rows: Vec<Vec<String>> = lines.map(|l| l.split(',').map(clean).collect()).collect();
    let mut columns = Vec::new();
    for (at, name) in header.iter().enumerate() {
        let cells: Vec<&str> = rows
            .iter()
            .map(|r| if r[at] == "NA" { "" } else { r[at].as_str() })
            .collect();
        let parsed: Vec<Option<f64>> = cells
            .iter()
            .map(|c| {
                if c.is_empty() {
                    Some(f64::NAN)
                } else {
                    c.parse().ok()
                }
            })
            .collect();
        let mut made = match parsed.into_iter().collect::<Option<Vec<f64>>>() {
            Some(numbers) => number(name, &numbers),
            None => category(name, &cells),
        };
        if name == truth {
            made.role = Role::Truth;
        }
        columns.push(made);
    }
    table(columns)
}

fn settings(metric: Metric, scale: Option<Scale>) -> FeatureSettings {
    FeatureSettings {
        metric: Some(metric),
        scale,
        ..FeatureSettings::default()
    }
}

/// Numbers with a tail, gaps and ties, dates, categories with gaps, of `n` customers.
fn mixed(n: usize, seed: u64) -> Table {
    let mut random = stream(seed, 0);
    let mut draw = move |below: u64| random.next_u64() % below;
    let mut numbers = |gap: u64, f: &dyn Fn(f64) -> f64| -> Vec<f64> {
        (0..n)
            .map(|_| {
                if draw(gap) == 0 {
                    f64::NAN
                } else {
                    f(draw(1000) as f64 / 100.0)
                }
            })
            .collect()
    };
    let spend = numbers(50, &f64::exp);
    let age = numbers(20, &|x| 20.0 + x.floor());
    let joined = numbers(30, &|x| 15_000.0 + x * 100.0);
    let signed = numbers(1_000, &|x| (x - 5.0).powi(3));
    let pick = |levels: &[&'static str]| -> Vec<&'static str> {
        let mut random = stream(seed, levels.len() as u64);
        (0..n)
            .map(|_| levels[(random.next_u64() % levels.len() as u64) as usize])
            .collect()
    };
    let city = pick(&["Oslo", "Rome", "Kyiv", ""]);
    let club = pick(&["yes", "no"]);
    table(vec![
        number("spend", &spend),
        number("age", &age),
        column("joined", Values::Date(joined)),
        number("balance", &signed),
        category("city", &city),
        category("club", &club),
    ])
}

fn shuffled(n: usize, seed: u64) -> Vec<u32> {
    let mut random = stream(seed, 99);
    let mut order: Vec<u32> = (0..n as u32).collect();
    for i in (1..n).rev() {
        order.swap(i, (random.next_u64() % (i as u64 + 1)) as usize);
    }
    order
}

fn bits(features: &Features) -> Vec<u32> {
    features.values.iter().map(|v| v.to_bits()).collect()
}

fn action<'a>(features: &'a Features, name: &str) -> &'a str {
    let treatment = features
        .treatments
        .iter()
        .find(|t| t.column == name)
        .expect("every column has one");
    &treatment.action
}

fn distance(features: &Features, a: usize, b: usize) -> f64 {
    let terms = features
        .values
        .row(a)
        .into_iter()
        .zip(features.values.row(b))
        .map(|(x, y)| f64::from(*x) - f64::from(*y));
    match features.distance {
        Distance::Euclidean => terms.map(|d| d * d).sum::<f64>().sqrt(),
        Distance::Manhattan => terms.map(f64::abs).sum(),
    }
}

#[test]
fn the_order_of_the_rows_does_not_change_a_bit() {
    let original = mixed(700, 1);
    for metric in [
        Metric::Euclidean,
        Metric::Manhattan,
        Metric::Cosine,
        Metric::Gower,
    ] {
        for scale in SCALES.into_iter().chain([Some(Scale::None)]) {
            if metric == Metric::Gower && scale.is_some() {
                continue;
            }
            let settings = settings(metric, scale);
            let (recipe, features) = fit(&original, &settings).expect("usable");
            let canonical = features.reordered(&canonical_order(&features, &original));
            for seed in 0..3 {
                let order = shuffled(700, seed);
                let table = original.reordered(&order);
                let (again, found) = fit(&table, &settings).expect("usable");
                assert_eq!(again, recipe, "{metric:?} {scale:?}");
                assert_eq!(found.treatments, features.treatments);
                assert_eq!(found.warnings, features.warnings);
                assert_eq!(bits(&found), bits(&features.reordered(&order)));
                let sorted = canonical_order(&found, &table);
                assert_eq!(bits(&found.reordered(&sorted)), bits(&canonical));
                let ids: Vec<&str> = sorted.iter().map(|&i| &table.ids[i as usize]).collect();
                let expected = canonical_order(&features, &original);
                assert!(
                    ids.into_iter()
                        .eq(expected.iter().map(|&i| &original.ids[i as usize]))
                );
            }
        }
    }
}

#[test]
fn a_recipe_applied_to_its_own_table_gives_the_fitted_bits_also_after_being_saved() {
    let table = mixed(400, 2);
    for metric in [
        Metric::Euclidean,
        Metric::Manhattan,
        Metric::Cosine,
        Metric::Gower,
    ] {
        let (recipe, features) = fit(&table, &settings(metric, None)).expect("usable");
        let saved = serde_json::to_string(&recipe).expect("writable");
        let read: Recipe = serde_json::from_str(&saved).expect("readable");
        assert_eq!(read, recipe);
        let applied = read.apply(&table).expect("the same columns");
        assert_eq!(applied.values, features.values);
        assert_eq!(applied.outlier_score, features.outlier_score);
        assert_eq!(applied.unknown, 0);
    }
}

#[test]
fn gower_is_gowers_formula() {
    let spend = [10.0, 40.0, 25.0, 11.0];
    let age = [30.0, 30.0, 70.0, 50.0];
    let city = ["Oslo", "Rome", "Kyiv", "Oslo"];
    let club = ["no", "yes", "yes", "yes"];
    let table = table(vec![
        number("spend", &spend),
        number("age", &age),
        category("city", &city),
        category("club", &club),
    ]);
    let weights = [3.0, 1.0, 0.5, 2.0];
    let settings = FeatureSettings {
        metric: Some(Metric::Gower),
        weights: ["spend", "age", "city", "club"]
            .map(str::to_owned)
            .into_iter()
            .zip(weights)
            .collect(),
        ..FeatureSettings::default()
    };
    let (_, features) = fit(&table, &settings).expect("usable");
    for a in 0..4 {
        for b in 0..4 {
            let parts = [
                (spend[a] - spend[b]).abs() / 30.0,
                (age[a] - age[b]).abs() / 40.0,
                f64::from(u8::from(city[a] != city[b])),
                f64::from(u8::from(club[a] != club[b])),
            ];
            let expected =
                parts.iter().zip(weights).map(|(p, w)| p * w).sum::<f64>() / weights.iter().sum::<f64>();
            assert!((distance(&features, a, b) - expected).abs() < 1e-6, "{a} {b}");
        }
    }
    let refused = fit(
        &table,
        &FeatureSettings {
            scale: Some(Scale::Log),
            ..settings
        },
    );
    assert_eq!(
        refused.expect_err("Gower has its own scale").kind(),
        ErrorKind::Usage
    );
}

#[test]
fn unequal_categories_differ_by_one_half_where_a_number_of_unit_variance_differs_by_two() {
    let city = category("city", &["a", "a", "b", "b", "c", "c", "", ""]);
    let club = category("club", &["x", "y", "x", "y", "x", "y", "x", "y"]);
    let only = |column: &Column, metric| {
        let table = table(vec![column.clone()]);
        fit(&table, &settings(metric, None)).expect("usable").1
    };
    for (metric, power) in [(Metric::Euclidean, 2), (Metric::Manhattan, 1)] {
        let by_city = only(&city, metric);
        assert!((distance(&by_city, 0, 2).powi(power) - 0.5).abs() < 1e-6);
        assert!((distance(&by_city, 2, 4).powi(power) - 0.5).abs() < 1e-6);
        for level in [0, 2, 4] {
            assert!((distance(&by_city, 6, level).powi(power) - 0.25).abs() < 1e-6);
        }
        assert_eq!(distance(&by_city, 6, 7), 0.0);
        let by_club = only(&club, metric);
        assert!((distance(&by_club, 0, 1).powi(power) - 0.5).abs() < 1e-6);
        let flag = only(&number("flag", &[0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0]), metric);
        assert!((distance(&flag, 0, 1).powi(power) - 0.5).abs() < 1e-6);
    }
}

#[test]
fn repeated_category_columns_weigh_as_one() {
    let plan: Vec<&str> = (0..300).map(|i| ["none", "basic", "full"][i % 3]).collect();
    let area: Vec<&str> = (0..300).map(|i| ["n", "s"][i / 3 % 2]).collect();
    let once = table(vec![category("plan", &plan), category("area", &area)]);
    let thrice = table(vec![
        category("plan", &plan),
        category("area", &area),
        category("again", &plan),
        category("and again", &plan),
    ]);
    let (_, once) = fit(&once, &FeatureSettings::default()).expect("usable");
    let (_, thrice) = fit(&thrice, &FeatureSettings::default()).expect("usable");
    for other in [1, 2, 3, 4, 5] {
        assert!((distance(&once, 0, other) - distance(&thrice, 0, other)).abs() < 1e-6);
    }
    assert_eq!(
        action(&thrice, "again"),
        "feature: 3 categories; counts 0.33, since \"plan\", \"and again\" repeat it"
    );
    assert_eq!(action(&thrice, "area"), "feature: 2 categories");
}

#[test]
fn a_weight_multiplies_the_part_of_its_column_and_zero_leaves_it_out() {
    let table = table(vec![
        number("a", &[0.0, 1.0, 3.0, 4.0]),
        number("b", &[0.0, 5.0, 5.0, 7.0]),
    ]);
    for (metric, power) in [(Metric::Euclidean, 2), (Metric::Manhattan, 1)] {
        let weighted = |weights: &[(&str, f64)]| {
            let settings = FeatureSettings {
                metric: Some(metric),
                scale: Some(Scale::Zscore),
                weights: weights.iter().map(|(n, w)| ((*n).to_owned(), *w)).collect(),
            };
            fit(&table, &settings).expect("usable").1
        };
        let (only_a, only_b) = (weighted(&[("b", 0.0)]), weighted(&[("a", 0.0)]));
        assert_eq!(only_a.n_coordinates(), 1);
        assert_eq!(action(&only_a, "b"), "left out: weight 0");
        let both = weighted(&[("a", 3.0), ("b", 0.5)]);
        for (i, j) in [(0, 1), (0, 2), (1, 3), (2, 3)] {
            let expected =
                3.0 * distance(&only_a, i, j).powi(power) + 0.5 * distance(&only_b, i, j).powi(power);
            assert!((distance(&both, i, j).powi(power) - expected).abs() < 1e-5);
        }
    }
}

#[test]
fn wrong_weights_are_usage_errors_that_name_the_column() {
    let mut id = column("customer", Values::Text(vec!["a", "b"].into()));
    id.role = Role::Id;
    let table = table(vec![number("monetary", &[1.0, 2.0]), id]);
    let error = |weights: &[(&str, f64)]| {
        let settings = FeatureSettings {
            weights: weights.iter().map(|(n, w)| ((*n).to_owned(), *w)).collect(),
            ..FeatureSettings::default()
        };
        let error = fit(&table, &settings).expect_err("a wrong weight");
        assert_eq!(error.kind(), ErrorKind::Usage);
        error.to_string()
    };
    insta::assert_snapshot!(error(&[("monetry", 2.0)]), @r#"`weights` names the column "monetry", which is not there; did you mean "monetary"?"#);
    insta::assert_snapshot!(error(&[("monetary", -1.0)]), @"`weights` monetary=-1: a weight lies between 0, to leave the column out, and 1,000,000");
    insta::assert_snapshot!(error(&[("monetary", f64::NAN)]), @"`weights` monetary=NaN: a weight lies between 0, to leave the column out, and 1,000,000");
    insta::assert_snapshot!(error(&[("customer", 2.0)]), @r#"`weights` names the column "customer", which is not a feature; it is customer id"#);
    insta::assert_snapshot!(error(&[("monetary", 2.0), ("monetary", 2.0)]), @r#"`weights` names the column "monetary" twice"#);
}

#[test]
fn every_column_has_a_treatment_in_table_order_that_says_what_and_why() {
    let with_role = |mut column: Column, role, note: &str| {
        column.role = role;
        column.note = note.into();
        column
    };
    let n = 40;
    let text: Vec<String> = (0..n).map(|i| format!("note {i}")).collect();
    let spend: Vec<f64> = (0..n)
        .map(|i| if i == 7 { f64::NAN } else { 1.4f64.powi(i) })
        .collect();
    let sparse: Vec<f64> = (0..n)
        .map(|i| if i < 3 { f64::from(i) } else { f64::NAN })
        .collect();
    let city: Vec<&str> = (0..n as usize)
        .map(|i| ["Oslo", "Rome", "Kyiv", ""][i % 4])
        .collect();
    let table = table(vec![
        with_role(
            column("customer", Values::Text(text.clone().into())),
            Role::Id,
            "",
        ),
        number("spend", &spend),
        column(
            "joined",
            Values::Date((0..n).map(|i| 15_318.0 - f64::from(i)).collect()),
        ),
        with_role(category("city", &city), Role::Feature, "codes, by `types`"),
        number("same", &vec![3.0; n as usize]),
        number("sparse", &sparse),
        column("remark", Values::Text(text.into())),
        number(
            "flag",
            &(0..n).map(|i| f64::from(i / 4 % 2)).collect::<Vec<f64>>(),
        ),
        with_role(category("segment", &city), Role::Truth, ""),
        with_role(number("row", &spend), Role::Ignored, "numbers the rows"),
    ]);
    let (_, features) = fit(&table, &FeatureSettings::default()).expect("usable");
    let told: Vec<String> = features
        .treatments
        .iter()
        .map(|t| format!("{} | {}", t.column, t.action))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    customer | customer id
    spend | feature: log, z-score; 1 missing set to the median 836.683; counts 0.54, since "joined" repeats it
    joined | feature: days before 2011-12-10, z-score; counts 0.54, since "spend" repeats it
    city | feature: 3 categories; 10 missing at half a step from every category; codes, by `types`
    same | left out: constant
    sparse | left out: 92 % missing
    remark | left out: text, 40 different values
    flag | feature: two values
    segment | known grouping, only for scoring
    row | left out: numbers the rows
    "#);
    let warned: Vec<String> = features
        .warnings
        .iter()
        .map(|w| format!("{}: {}", w.code, w.message))
        .collect();
    insta::assert_snapshot!(warned.join("\n"), @r#"
    constant-columns: 1 column is the same for everybody and left out: "same"
    mostly-missing: 1 column has no value for more than 90 % of the customers and is left out: "sparse"
    unusable-columns: not used, being text or without a common category: "remark"
    missing-values: 2 columns have missing values, numbers set to the median, categories half a step from every other: "spend" 1 (2 %), "city" 10 (25 %)
    many-missing: so much is missing that customers may be alike by the gaps alone: "city" 10 (25 %); `ignore` such a column to see whether the segments hold without it
    "#);
}

#[test]
fn no_usable_column_is_an_error_that_says_why_each_was_left_out() {
    let table = table(vec![
        number("same", &[3.0, 3.0, 3.0]),
        column("remark", Values::Text(vec!["x", "y", ""].into())),
        number("empty", &[f64::NAN; 3]),
    ]);
    let error = fit(&table, &FeatureSettings::default()).expect_err("nothing to measure");
    assert_eq!(error.kind(), ErrorKind::Data);
    insta::assert_snapshot!(error.to_string(), @r#"customers.csv: no column can measure similarity: "same" (constant), "remark" (text, 2 different values), "empty" (no values); name columns with `features`, or overrule a guess with `types` COLUMN=number or `types` COLUMN=category"#);
}

#[test]
fn one_customer_is_an_error_and_two_are_enough() {
    let one = fit(&table(vec![number("a", &[1.0])]), &FeatureSettings::default());
    insta::assert_snapshot!(one.expect_err("alone").to_string(), @"customers.csv: 1 customer is here, and similarity needs at least two");
    let two = table(vec![number("a", &[1.0, 2.0]), category("b", &["x", "y"])]);
    for scale in SCALES.into_iter().chain([Some(Scale::None)]) {
        let (_, features) = fit(&two, &settings(Metric::Euclidean, scale)).expect("two are enough");
        assert_eq!(features.values.dim(), (2, 2));
        assert!(distance(&features, 0, 1) > 0.0);
    }
}

#[test]
fn a_new_customer_with_unknown_category_or_without_a_column_is_told_apart() {
    let known = table(vec![
        number("spend", &[1.0, 2.0, 3.0]),
        category("city", &["a", "b", "c"]),
    ]);
    let (recipe, features) = fit(&known, &FeatureSettings::default()).expect("usable");
    let new = table(vec![
        category("city", &["b", "z"]),
        number("spend", &[2.0, 1e300]),
    ]);
    let applied = recipe.apply(&new).expect("the columns are there");
    assert_eq!(applied.values.row(0), features.values.row(1));
    assert_eq!(applied.unknown, 1);
    assert!(applied.outlier_score[1] > 100.0 && applied.outlier_score[0] == 0.0);
    assert_eq!(
        applied.warnings[0].message,
        "column \"city\": 1 customer is of a category that was not there when the features were made; treated as missing"
    );
    let without = recipe.apply(&table(vec![number("Spend", &[1.0]), category("city", &["a"])]));
    insta::assert_snapshot!(without.expect_err("missing").to_string(), @r#"customers.csv, column "spend": the column is missing, but similarity was measured on it; did you mean "Spend"?"#);
    let typed = recipe.apply(&table(vec![
        category("spend", &["low"]),
        category("city", &["a"]),
    ]));
    insta::assert_snapshot!(typed.expect_err("another type").to_string(), @r#"customers.csv, column "spend": the values were read as category, but as number when the features were made; if they are of the same kind, set `types` spend=number"#);
}

#[test]
fn unscaled_values_keep_their_differences_and_too_large_ones_are_named() {
    let time = table(vec![number("time", &[1.6e9, 1.6e9 + 1.0, 1.6e9 + 3.0])]);
    let raw = settings(Metric::Euclidean, Some(Scale::None));
    let (_, features) = fit(&time, &raw).expect("centered before it is narrowed");
    assert!((distance(&features, 0, 2) - 3.0).abs() < 1e-6);
    let huge = table(vec![number("fine", &[1.0, 2.0]), number("huge", &[1.0, 1e300])]);
    insta::assert_snapshot!(fit(&huge, &raw).expect_err("too large").to_string(), @r#"column "huge": 1e300 is too far from the others to be compared unscaled; up to 1e15 is possible; leave `scale` out, or choose zscore, robust, log or rank"#);
}

#[test]
fn cosine_compares_proportions_and_leaves_zero_rows_at_one_distance() {
    let table = table(vec![
        number("a", &[1.0, 10.0, 2.0, 0.0]),
        number("b", &[2.0, 20.0, 1.0, 0.0]),
    ]);
    let (_, features) = fit(&table, &settings(Metric::Cosine, Some(Scale::None))).expect("usable");
    assert!(distance(&features, 0, 1) < 1e-6);
    let cosine = 4.0 / 5.0;
    assert!((distance(&features, 0, 2).powi(2) - (2.0 - 2.0 * cosine)).abs() < 1e-6);
    assert!((distance(&features, 3, 0) - 1.0).abs() < 1e-6);
    assert_eq!(features.warnings[0].code, "zero-rows");
}

#[test]
fn the_outlier_is_the_one_with_the_score() {
    let mut spend: Vec<f64> = (0..500).map(|i| f64::from(i % 100)).collect();
    spend[17] = 1e7;
    let mut city: Vec<&str> = (0..500).map(|i| ["a", "b"][i % 2]).collect();
    city[23] = "the moon";
    let table = table(vec![number("spend", &spend), category("city", &city)]);
    let (_, features) = fit(&table, &FeatureSettings::default()).expect("usable");
    let unusual: Vec<usize> = (0..500).filter(|&i| features.outlier_score[i] > 0.0).collect();
    assert_eq!(unusual, [17, 23]);
    assert!(features.outlier_score[17] > 10.0);
    assert!((features.outlier_score[23] - 5f64.ln()).abs() < 1e-9);
}

#[test]
fn thousands_of_columns_become_thousands_of_coordinates() {
    let mut random = stream(5, 0);
    let columns = (0..3_000)
        .map(|c| {
            let values: Vec<f64> = (0..50).map(|_| (random.next_u64() % 1000) as f64).collect();
            number(&format!("c{c}"), &values)
        })
        .collect();
    let (_, features) = fit(&table(columns), &FeatureSettings::default()).expect("usable");
    assert_eq!(features.values.dim(), (50, 3_000));
}

#[test]
fn real_mixed_tables_become_finite_coordinates_of_sensible_spread() {
    for (name, truth, n) in [
        ("customers/segmentation_abcd_train.csv.gz", "Segmentation", 8068),
        ("customers/telco_churn.csv.gz", "Churn", 7043),
        ("customers/online_shoppers_intention.csv.gz", "Revenue", 12330),
        ("labelled/penguins.csv", "species", 344),
    ] {
        let Some(text) = real_text(name) else { return };
        let table = from_csv(&text, truth);
        let (_, features) = fit(&table, &FeatureSettings::default()).expect("usable");
        assert_eq!(features.n_customers(), n, "{name}");
        assert_eq!(features.treatments.len(), table.columns.len());
        for (coordinate, values) in features.coordinates.iter().zip(features.values.columns()) {
            let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / n as f64;
            let variance = values.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / n as f64;
            assert!(
                variance.is_finite() && variance < 10.0,
                "{name} {coordinate:?} {variance}"
            );
        }
        let order = shuffled(n, 3);
        let (_, again) = fit(&table.reordered(&order), &FeatureSettings::default()).expect("usable");
        assert_eq!(bits(&again), bits(&features.reordered(&order)));
    }
}

#[test]
fn six_columns_that_repeat_no_internet_service_do_not_count_six_times() {
    let Some(text) = real_text("customers/telco_churn.csv.gz") else {
        return;
    };
    let (_, features) = fit(&from_csv(&text, "Churn"), &FeatureSettings::default()).expect("usable");
    let weight = |name: &str| {
        features
            .treatments
            .iter()
            .find(|t| t.column == name)
            .expect("a telco column")
            .weight
    };
    assert!(weight("gender") > 0.99 && weight("Partner") > 0.8);
    for name in [
        "OnlineSecurity",
        "OnlineBackup",
        "TechSupport",
        "StreamingTV",
        "StreamingMovies",
    ] {
        assert!((0.2..0.5).contains(&weight(name)), "{name} {}", weight(name));
    }
}

/// Any finite double, with a liking for the extremes, and gaps.
fn anything() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL | proptest::num::f64::ZERO,
        2 => -100.0..100.0f64,
        1 => prop_oneof![Just(f64::MAX), Just(f64::MIN), Just(5e-324), Just(-0.0), Just(1e308), Just(-1e308)],
        1 => Just(f64::NAN),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn coordinates_and_scores_are_finite_for_any_finite_numbers(
        a in proptest::collection::vec(anything(), 2..40),
        date in any::<bool>(),
    ) {
        let b: Vec<f64> = (0..a.len()).map(|i| i as f64).collect();
        let first = if date { column("a", Values::Date(a)) } else { number("a", &a) };
        let table = table(vec![first, number("b", &b)]);
        for metric in [Metric::Euclidean, Metric::Manhattan, Metric::Cosine, Metric::Gower] {
            for scale in SCALES {
                let scale = if metric == Metric::Gower { None } else { scale };
                let (recipe, features) = fit(&table, &settings(metric, scale)).expect("b is usable");
                prop_assert!(features.values.iter().all(|v| v.is_finite()), "{metric:?} {scale:?}");
                prop_assert!(features.outlier_score.iter().all(|v| v.is_finite() && *v >= 0.0));
                let read: Recipe = serde_json::from_str(&serde_json::to_string(&recipe).expect("text")).expect("same");
                prop_assert_eq!(read, recipe);
            }
        }
    }

    #[test]
    fn units_do_not_matter(a in proptest::collection::vec(-1e6..1e6f64, 3..60), power in -20i32..20) {
        // Powers of two, so that scaling itself does not round.
        let factor = 2f64.powi(power);
        let scaled: Vec<f64> = a.iter().map(|v| v * factor).collect();
        for scale in SCALES {
            let settings = settings(Metric::Euclidean, scale);
            let (Ok((_, one)), Ok((_, other))) =
                (fit(&table(vec![number("a", &a)]), &settings), fit(&table(vec![number("a", &scaled)]), &settings))
            else { return Ok(()) };
            prop_assert_eq!(bits(&one), bits(&other), "{:?}", scale);
        }
    }

    #[test]
    fn greater_values_never_get_smaller_coordinates(
        a in proptest::collection::vec(anything().prop_filter("present", |v| v.is_finite()), 2..40),
    ) {
        for scale in SCALES {
            let Ok((_, features)) = fit(&table(vec![number("a", &a)]), &settings(Metric::Euclidean, scale)) else {
                continue;
            };
            let mut order: Vec<usize> = (0..a.len()).collect();
            order.sort_by(|&i, &j| a[i].total_cmp(&a[j]));
            for w in order.windows(2) {
                prop_assert!(features.values[[w[0], 0]] <= features.values[[w[1], 0]], "{:?}", scale);
            }
        }
    }
}

/// `size · (0, 1, …)`, eight numbered columns of them.
fn series(size: impl Fn(usize) -> f64) -> Table {
    let columns = (0..8).map(|j| {
        let values: Vec<f64> = (0..60).map(|i| ((i * (j + 3)) % 17) as f64 * size(j)).collect();
        number(&format!("pc{}", j + 1), &values)
    });
    table(columns.collect())
}

#[test]
fn numbered_columns_in_one_unit_keep_their_proportions() {
    let table = series(|j| 1.0 + j as f64 / 2.0);
    let (_, features) = fit(&table, &FeatureSettings::default()).expect("usable");
    let spread = |j: usize| {
        let column = features.values.column(j);
        let mean = column.sum() / 60.0;
        (column.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / 60.0).sqrt()
    };
    assert!(spread(7) > 2.5 * spread(0), "{} {}", spread(0), spread(7));
    let mean_square = (0..8).map(|j| spread(j).powi(2)).sum::<f32>() / 8.0;
    assert!((mean_square - 1.0).abs() < 1e-5, "{mean_square}");
    assert_eq!(
        action(&features, "pc1"),
        "feature: centered, one scale for 8 columns, pc1 to pc8"
    );
    // Asked for, each is scaled by itself.
    let each = FeatureSettings {
        scale: Some(Scale::Zscore),
        ..FeatureSettings::default()
    };
    let (_, features) = fit(&table, &each).expect("usable");
    assert_eq!(action(&features, "pc1"), "feature: z-score");
}

#[test]
fn numbered_columns_in_different_units_are_scaled_one_by_one() {
    let (_, features) = fit(&series(|j| 10f64.powi(j as i32)), &FeatureSettings::default()).expect("usable");
    assert_eq!(action(&features, "pc8"), "feature: z-score");
}

#[test]
fn numbered_answers_of_yes_and_no_stay_categories() {
    let columns = (1..=6).map(|j| {
        let values: Vec<f64> = (0..60).map(|i| f64::from((i * (j + 3)) % 7 < 3)).collect();
        number(&format!("q{j}"), &values)
    });
    let (_, features) = fit(&table(columns.collect()), &FeatureSettings::default()).expect("usable");
    assert!(
        action(&features, "q1").contains("two values"),
        "{}",
        action(&features, "q1")
    );
}
