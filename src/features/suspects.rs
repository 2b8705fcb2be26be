//! Columns that look like results rather than traits of customers: outcomes, scores of models, groupings somebody made.

use super::treatments::Draft;
use crate::message::{Setting, message};
use crate::table::{Table, Values};
use crate::text::phrases;
use crate::text::shown::within;
use crate::warning::Warning;

/// Characters of a name in the remark.
const MOST_SHOWN: usize = 40;

/// Outcomes when they have two values; the strong ones whatever they hold.
const STRONG: &[&str] = &["churn", "churned", "attrition", "attrited", "exited"];
const OUTCOMES: &[&str] = &[
    "response",
    "responded",
    "respond",
    "target",
    "outcome",
    "default",
    "defaulted",
    "converted",
    "conversion",
    "convert",
    "purchased",
    "bought",
    "subscribed",
    "fraud",
    "cancelled",
    "canceled",
    "survived",
    "clicked",
    "won",
    "lost",
    "left",
    "label",
    "result",
    "reordered",
    "returned",
    "renewed",
];
/// Outcomes only when nothing else is in the name.
const ALONE: &[&str] = &[
    "y",
    "class",
    "deposit",
    "revenue",
    "sale",
    "accepted",
    "success",
    "status",
    "loan_status",
];
const SCORES: &[&str] = &[
    "prediction",
    "predictions",
    "predicted",
    "pred",
    "probability",
    "proba",
    "prob",
    "propensity",
    "likelihood",
    "logit",
    "classifier",
    "bayes",
];
/// A score only beside one of these.
const MODELS: &[&str] = &[
    "model",
    "risk",
    "lead",
    "ml",
    "ai",
    "churn",
    "response",
    "propensity",
];
const GROUPINGS: &[&str] = &[
    "segment",
    "segments",
    "segmentation",
    "cluster",
    "clusters",
    "persona",
    "kmeans",
    "label",
    "class",
    "grouping",
];

/// What a column is suspected of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Suspicion {
    Outcome,
    Score,
    Grouping,
}

impl Suspicion {
    fn words(self) -> &'static str {
        match self {
            Suspicion::Outcome => "an outcome",
            Suspicion::Score => "a model's score",
            Suspicion::Grouping => "a grouping somebody made",
        }
    }
}

/// Says which features look like results, with the flag that leaves them out.
pub(super) fn warnings(table: &Table, drafts: &[Draft]) -> Option<Warning> {
    let found: Vec<(usize, Suspicion)> = drafts
        .iter()
        .enumerate()
        .filter_map(|(i, draft)| {
            let levels = match draft {
                Draft::Out(..) => return None,
                Draft::Number(fit) if fit.two_valued => 2,
                Draft::Number(_) => usize::MAX,
                Draft::Ordered(ordered) => ordered.ranks.len(),
                Draft::Category(_) => match &table.columns[i].values {
                    Values::Category { levels, .. } => levels.len(),
                    _ => usize::MAX,
                },
            };
            suspicion(&table.columns[i].name, levels).map(|s| (i, s))
        })
        .collect();
    if found.is_empty() {
        return None;
    }
    let name = |i: usize| table.columns[i].name.as_str();
    let all: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    let suspects: Vec<&str> = found.iter().map(|&(i, _)| name(i)).collect();
    let said: Vec<String> = found
        .iter()
        .map(|&(i, s)| format!("\"{}\" ({})", within(name(i), MOST_SHOWN), s.words()))
        .collect();
    Some(Warning::new(
        "result-columns",
        message![
            format!(
                "{} like {} rather than {} of customers, and what is known only afterwards should not decide the segments: {}; \
             {} kept; to see the segments without, add ",
                if found.len() == 1 {
                    "a column looks"
                } else {
                    "columns look"
                },
                if found.len() == 1 { "a result" } else { "results" },
                if found.len() == 1 { "a trait" } else { "traits" },
                phrases(&said, said.len()),
                if found.len() == 1 { "it is" } else { "they are" }
            ),
            Setting::Ignore,
            format!(
                " {} (profiles.csv still shows {} for each segment)",
                flag(&suspects, &all),
                if found.len() == 1 { "it" } else { "them" }
            )
        ],
    ))
}

fn suspicion(name: &str, levels: usize) -> Option<Suspicion> {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let alone = |list: &[&str]| words.len() == 1 && list.contains(&words[0].as_str());
    let two = levels == 2;
    // "Days since the last response" is none; numbers of things neither.
    let counted = has(&[
        "days", "count", "number", "num", "n", "total", "amount", "time", "date", "rate", "ratio", "avg",
        "average", "size",
    ]);
    if has(SCORES) || (words.iter().any(|w| w == "score" || w == "scores") && has(MODELS)) {
        return Some(Suspicion::Score);
    }
    if (has(STRONG) && !counted) || (two && (has(OUTCOMES) || alone(ALONE))) {
        return Some(Suspicion::Outcome);
    }
    let last = words.last().map_or("", String::as_str);
    let few = (3..=40).contains(&levels) || (two && words.len() == 1);
    (few && GROUPINGS.contains(&last) && !counted).then_some(Suspicion::Grouping)
}

/// The words of a name in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in name.chars() {
        if c.is_alphabetic() {
            if !before.is_alphabetic() || (c.is_uppercase() && before.is_lowercase()) {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(c.to_lowercase());
            }
        }
        before = c;
    }
    words
}

/// The value of `--ignore` that names these columns, long names by a pattern that fits no other column.
fn flag(suspects: &[&str], all: &[&str]) -> String {
    const LONG: usize = 24;
    let mut parts: Vec<String> = Vec::new();
    for name in suspects {
        let part = if name.chars().count() <= LONG && !name.contains([',', '*', '?']) {
            (*name).to_owned()
        } else {
            pattern(name, suspects, all)
        };
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    let list = parts.join(",");
    if list.contains(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ',' | '.' | '-'))) {
        format!("'{}'", list.replace('\'', "?"))
    } else {
        list
    }
}

/// The shortest beginning of two words or more, with a star behind it, that fits suspects only.
fn pattern(name: &str, suspects: &[&str], all: &[&str]) -> String {
    let chars: Vec<char> = name.chars().collect();
    let fits_others = |stem: &str| {
        let stem = stem.to_lowercase();
        all.iter()
            .any(|other| !suspects.contains(other) && other.to_lowercase().starts_with(&stem))
    };
    for end in 8..chars.len() {
        let stem: String = chars[..end].iter().collect();
        let at_a_word = !chars[end].is_alphanumeric() && chars[end - 1].is_alphanumeric();
        if at_a_word && !stem.contains([',', '*', '?']) && !fits_others(&stem) {
            return format!("{stem}*");
        }
    }
    name.replace(',', "?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_scores_and_groupings_are_known_by_name_and_values() {
        use Suspicion::{Grouping, Outcome, Score};
        for (name, levels, expected) in [
            ("Churn", 2, Some(Outcome)),
            ("Attrition_Flag", 2, Some(Outcome)),
            ("Churn Reason", 20, Some(Outcome)),
            ("Churn Score", usize::MAX, Some(Score)),
            ("y", 2, Some(Outcome)),
            ("Revenue", 2, Some(Outcome)),
            ("Revenue", usize::MAX, None),
            ("Response", 2, Some(Outcome)),
            ("response_time", usize::MAX, None),
            ("Naive_Bayes_Classifier_Attrition_Flag_1", usize::MAX, Some(Score)),
            ("score_model", usize::MAX, Some(Score)),
            ("credit score", usize::MAX, None),
            ("Spending Score (1-100)", usize::MAX, None),
            ("rfm_segment", 8, Some(Grouping)),
            ("Cluster", 5, Some(Grouping)),
            ("Pclass", 3, None),
            ("days_since_churn", usize::MAX, None),
        ] {
            assert_eq!(suspicion(name, levels), expected, "{name}");
        }
    }

    #[test]
    fn the_flag_names_the_suspects_and_nobody_else() {
        let long = [
            "Naive_Bayes_Classifier_Attrition_Flag_mon_1",
            "Naive_Bayes_Classifier_Attrition_Flag_mon_2",
        ];
        assert_eq!(flag(&long, &[long[0], long[1], "age"]), "'Naive_Bayes*'");
        assert_eq!(
            flag(&long[..1], &[long[0], "Naive_Bayes_and_age", "age"]),
            "'Naive_Bayes_Classifier*'"
        );
        assert_eq!(flag(&["churn", "y"], &["churn", "y", "age"]), "churn,y");
        assert_eq!(flag(&["Churn Score"], &["Churn Score"]), "'Churn Score'");
    }
}
