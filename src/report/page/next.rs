//! What could be done next: questions to settle, and how many each answer is about.

use super::super::view::View;
use super::super::words::{doubt, evidence, printable};
use super::means::part_of_all;
use super::{DESCRIBED, Label};
use crate::centrality::is_bridge;
use crate::profile::humanised;
use crate::segmentation::Grouping;
use crate::text::{counted, group_digits};
use serde::Serialize;

#[derive(Serialize)]
pub(in super::super) struct Section {
    questions: Vec<Question>,
    audiences: Vec<Audience>,
    /// Whether the columns of sure members and of members in between have anything in them.
    with_sure: bool,
    with_between: bool,
    /// Whether some are too small to be broken down.
    hidden: bool,
}

#[derive(Serialize)]
struct Question {
    question: String,
    fact: String,
}

#[derive(Serialize)]
struct Audience {
    label: Label,
    all: String,
    sure: String,
    between: String,
}

pub(super) fn of(view: &View<'_>) -> Section {
    let groups = view.n_groups();
    let count = |of: &dyn Fn(usize) -> bool| {
        let mut counts = vec![0usize; groups];
        for (i, &g) in view.partition.labels().iter().enumerate() {
            counts[g as usize] += usize::from(of(i));
        }
        counts
    };
    let sure = view
        .stability
        .map(|s| count(&|i| s.probability[i] >= doubt::IN_DOUBT));
    let between = view
        .positions
        .filter(|_| groups > 1)
        .map(|p| count(&|i| is_bridge(p.bridge_score[i])));
    let cell = |counts: &Option<Vec<usize>>, g: usize| {
        let count = counts.as_ref().filter(|_| view.is_described(g));
        count.map_or_else(|| "–".to_owned(), |c| group_digits(c[g]))
    };
    let audiences = (0..groups.min(DESCRIBED))
        .map(|g| Audience {
            label: Label::of(view, g),
            all: group_digits(view.partition.sizes()[g]),
            sure: cell(&sure, g),
            between: cell(&between, g),
        })
        .collect();
    Section {
        questions: if groups > 1 { questions(view) } else { Vec::new() },
        audiences,
        with_sure: sure.is_some(),
        with_between: between.is_some(),
        hidden: (0..groups.min(DESCRIBED)).any(|g| !view.is_described(g)),
    }
}

fn questions(view: &View<'_>) -> Vec<Question> {
    let mut asked = Vec::new();
    let mut ask = |question: String, fact: String| asked.push(Question { question, fact });
    let (groups, n) = (view.groups, view.n_groups());
    let others = evidence::other_numbers(view.scales, n);
    let instead = if others.is_empty() {
        String::new()
    } else {
        let all: Vec<String> = others.iter().map(usize::to_string).collect();
        format!(" The data support other numbers too: {}.", all.join(", "))
    };
    ask(
        format!("Would you treat all {n} {groups} differently?"),
        format!("Where two would get the same, fewer {groups} are enough.{instead}"),
    );
    if let Some(s) = view.table {
        let first =
            (s.importance.iter()).reduce(|best, c| if c.separation > best.separation { c } else { best });
        if let Some(column) = first.filter(|c| c.separation > 0.0) {
            ask(
                format!(
                    "Is {} a difference you want to act on?",
                    printable(&humanised(&column.column))
                ),
                format!("Of all columns it tells these {groups} apart most."),
            );
        }
    }
    let bridges = view.positions.map_or(0, |p| p.bridges().len());
    if bridges > 0 && view.grouping != Grouping::Parts {
        ask(
            format!(
                "What do those in between get: what their own {} gets, or what the other one does?",
                view.group
            ),
            format!(
                "It is about {} ({}).",
                counted(bridges, view.thing),
                part_of_all(bridges, view)
            ),
        );
    }
    if let Some(s) = view.stability {
        let doubtful = s.probability.iter().filter(|&&p| p < doubt::IN_DOUBT).count();
        if doubtful > 0 {
            ask(
                "Should a first test leave out those whose place is not sure?".to_owned(),
                format!(
                    "It is about {} ({}).",
                    counted(doubtful, view.thing),
                    part_of_all(doubtful, view)
                ),
            );
        }
    }
    ask(
        "How will you know that it worked?".to_owned(),
        format!(
            "What an offer does to these {} is not in the data. Keep a part of each group untouched, drawn by chance, to compare with.",
            view.things
        ),
    );
    asked
}
