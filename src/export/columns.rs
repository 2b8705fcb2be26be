//! Ids and titles for the columns of a table that collide with nothing.

use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Names with another meaning to Gephi, Gephi Lite, sigma.js or NetworkX, and those of Gephi's own statistics, which a
/// later run of Gephi would overwrite.
const RESERVED: &[&str] = &[
    "authority",
    "betweenesscentrality",
    "closnesscentrality",
    "clustering",
    "color",
    "componentnumber",
    "degree",
    "eccentricity",
    "eigencentrality",
    "end",
    "fixed",
    "forcelabel",
    "harmonicclosnesscentrality",
    "hidden",
    "highlighted",
    "hub",
    "id",
    "image",
    "indegree",
    "kind",
    "label",
    "modularity_class",
    "outdegree",
    "pageranks",
    "parents",
    "pid",
    "rawsize",
    "rawweight",
    "size",
    "source",
    "start",
    "stat_inf_class",
    "strongcompnum",
    "target",
    "thickness",
    "timeset",
    "triangles",
    "type",
    "viz",
    "weight",
    "x",
    "y",
    "z",
    "zindex",
];

/// Hands out ids and titles, each once.
#[derive(Default)]
pub(super) struct Names {
    ids: BTreeSet<String>,
    titles: BTreeSet<String>,
    /// Of ids and titles that were taken, the number to try next.
    next_id: FxHashMap<String, usize>,
    next_title: FxHashMap<String, usize>,
}

impl Names {
    /// Takes an id and title of ours out of the hands of the table.
    pub(super) fn keep(&mut self, id: &str, title: &str) {
        self.ids.insert(id.to_owned());
        self.titles.insert(title.to_lowercase());
    }

    /// Id and title for a column with this header: the id in small letters, digits and underscores, with `x_` before names
    /// that are taken, too short or begin with a digit, and a number behind where that is taken too; the title as the header
    /// is, with `(input)` behind where it is taken.
    pub(super) fn of_column(&mut self, header: &str) -> (String, String) {
        let mut id = String::new();
        for c in header.chars() {
            if c.is_ascii_alphanumeric() {
                id.push(c.to_ascii_lowercase());
            } else if !id.ends_with('_') {
                id.push('_');
            }
        }
        let mut id = id.trim_matches('_').to_owned();
        if id.is_empty() {
            id.push_str("column");
        }
        let fine = id.len() > 1 && id.starts_with(|c: char| c.is_ascii_lowercase());
        if !fine || RESERVED.contains(&id.as_str()) || self.ids.contains(&id) {
            id.insert_str(0, "x_");
        }
        let id = first_free(&id, &self.ids, &mut self.next_id, |id, k| format!("{id}_{k}"));
        self.ids.insert(id.clone());

        let header = super::words::line(header, &mut Default::default());
        let mut title = if header.is_empty() {
            id.clone()
        } else {
            header.into_owned()
        };
        let lower = title.to_lowercase();
        if RESERVED.contains(&lower.as_str()) || self.titles.contains(&lower) {
            title.push_str(" (input)");
        }
        let title = first_free(&title, &self.titles, &mut self.next_title, |t, k| {
            format!("{t} {k}")
        });
        self.titles.insert(title.to_lowercase());
        (id, title)
    }
}

/// The name, or the first numbered one that is free. `next` has the number to try for names that were taken before.
fn first_free(
    name: &str,
    taken: &BTreeSet<String>,
    next: &mut FxHashMap<String, usize>,
    numbered: impl Fn(&str, usize) -> String,
) -> String {
    if !taken.contains(&name.to_lowercase()) {
        return name.to_owned();
    }
    let number = next.entry(name.to_lowercase()).or_insert(2);
    loop {
        let free = numbered(name, *number);
        *number += 1;
        if !taken.contains(&free.to_lowercase()) {
            return free;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_become_ids_that_no_reader_takes_for_something_else() {
        let mut names = Names::default();
        names.keep("segment", "Segment");
        let ids: Vec<String> = [
            "Recency (days)",
            "Size",
            "2024 sales",
            "Größe",
            "年収",
            "a",
            "",
            "Segment",
            "recency-days",
            "X",
        ]
        .iter()
        .map(|h| names.of_column(h).0)
        .collect();
        assert_eq!(
            ids,
            [
                "recency_days",
                "x_size",
                "x_2024_sales",
                "gr_e",
                "column",
                "x_a",
                "x_column",
                "x_segment",
                "x_recency_days",
                "x_x"
            ]
        );
    }

    #[test]
    fn titles_are_the_headers_where_those_are_free() {
        let mut names = Names::default();
        names.keep("degree", "Degree");
        let titles: Vec<String> = ["Monetary", "degree", "DEGREE", "label", "Größe"]
            .iter()
            .map(|h| names.of_column(h).1)
            .collect();
        assert_eq!(
            titles,
            [
                "Monetary",
                "degree (input)",
                "DEGREE (input) 2",
                "label (input)",
                "Größe"
            ]
        );
    }
}
