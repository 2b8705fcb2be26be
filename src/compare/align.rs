//! The customers that several results have in common, and their groups.

use crate::message::{Setting, message};
use crate::partition::Partition;
use crate::read::{Labels, whole_number};
use crate::table::{MISSING, Texts};
use crate::text::{count, natural};
use crate::{Error, Result, Warning};
use rustc_hash::FxHashMap;

/// Several results of the same customers.
#[derive(Clone, Debug)]
pub struct Aligned {
    /// The customers that all results have in a group, in natural order, as the first result writes them.
    pub ids: Texts,
    /// Their groups, by result.
    pub partitions: Vec<Partition>,
    /// The names of the groups, by result and group.
    pub groups: Vec<Vec<String>>,
    /// Customers of each result that not all the others have.
    pub alone: Vec<Alone>,
    /// Customers that all results have, but this one without a group, by result.
    pub unlabeled: Vec<usize>,
    /// What was noticed.
    pub warnings: Vec<Warning>,
}

/// Customers that one result has and not all the others do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alone {
    /// How many.
    pub customers: usize,
    /// The first of them in natural order.
    pub first: Option<String>,
}

/// Brings results of any tool together by the names of the customers.
///
/// Names are compared as written; where more of them agree as whole numbers (`00123` and `123.0` are one), as such. Customers
/// that are not in all results, or without a group in one, are counted and left out. `O(n log n)`.
///
/// ```
/// use kinfolk::compare::align;
/// use kinfolk::read::{LabelSettings, read_labels};
///
/// let read = |name: &str, csv: &'static str| read_labels(name, csv.as_bytes(), &LabelSettings::default());
/// let ours = read("ours.csv", "id,segment\na,1\nb,1\nc,2\nd,2\n")?;
/// let theirs = read("theirs.csv", "id,cluster\nd,x\nc,x\nb,y\ne,y\n")?;
/// let both = align(&[ours, theirs])?;
/// assert_eq!(both.ids, ["b", "c", "d"]);
/// assert_eq!((both.alone[0].customers, both.alone[1].first.as_deref()), (1, Some("e")));
/// # Ok::<(), kinfolk::Error>(())
/// ```
///
/// # Errors
/// Where fewer than two customers are in a group of all results, or names become one when taken as numbers.
pub fn align(results: &[Labels]) -> Result<Aligned> {
    let written: Vec<Vec<String>> = results
        .iter()
        .map(|r| r.ids.iter().map(str::to_owned).collect())
        .collect();
    let mut warnings = Vec::new();
    let mut keys = &written;
    let numbers = as_numbers(&written);
    if let Some(numbers) = &numbers
        && in_common(numbers).len() > in_common(&written).len()
    {
        warnings.extend(said(results, &written, numbers));
        keys = numbers;
    }
    let places: Vec<FxHashMap<&str, usize>> = keys.iter().map(|keys| by_name(keys)).collect();
    let everywhere = |key: &str| places.iter().all(|places| places.contains_key(key));
    let alone = (results.iter().zip(keys))
        .map(|(result, keys)| {
            let others: Vec<&str> = (keys.iter().zip(result.ids.iter()))
                .filter(|(key, _)| !everywhere(key))
                .map(|(_, id)| id)
                .collect();
            Alone {
                customers: others.len(),
                first: others.into_iter().min_by(|a, b| natural(a, b)).map(str::to_owned),
            }
        })
        .collect();
    let mut unlabeled = vec![0; results.len()];
    // The place of each customer in each result.
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for key in keys.first().into_iter().flatten().filter(|key| everywhere(key)) {
        let row: Vec<usize> = places.iter().map(|places| places[key.as_str()]).collect();
        let mut labeled = true;
        for (k, &place) in row.iter().enumerate() {
            if results[k].labels[place] == MISSING {
                unlabeled[k] += 1;
                labeled = false;
            }
        }
        if labeled {
            rows.push(row);
        }
    }
    if rows.len() < 2 {
        return Err(nobody(results, rows.len(), &unlabeled));
    }
    rows.sort_by(|x, y| natural(&results[0].ids[x[0]], &results[0].ids[y[0]]));
    let mut partitions = Vec::new();
    let mut groups = Vec::new();
    for (k, result) in results.iter().enumerate() {
        let labels: Vec<u32> = rows.iter().map(|row| result.labels[row[k]]).collect();
        let partition = Partition::from_labels(&labels);
        let mut names = vec![String::new(); partition.n_groups()];
        for (&group, &label) in partition.labels().iter().zip(&labels) {
            if names[group as usize].is_empty() {
                names[group as usize].clone_from(&result.groups[label as usize]);
            }
        }
        partitions.push(partition);
        groups.push(names);
    }
    Ok(Aligned {
        ids: rows.iter().map(|row| &results[0].ids[row[0]]).collect(),
        partitions,
        groups,
        alone,
        unlabeled,
        warnings,
    })
}

fn by_name(keys: &[String]) -> FxHashMap<&str, usize> {
    keys.iter()
        .enumerate()
        .map(|(place, key)| (key.as_str(), place))
        .collect()
}

/// The keys of the first that all others have.
fn in_common(keys: &[Vec<String>]) -> Vec<&str> {
    let others: Vec<FxHashMap<&str, usize>> = keys.iter().skip(1).map(|keys| by_name(keys)).collect();
    let first = keys.first().into_iter().flatten().map(String::as_str);
    first
        .filter(|key| others.iter().all(|o| o.contains_key(key)))
        .collect()
}

/// The names with whole numbers in their plainest form; `None` where that makes two of one result the same.
fn as_numbers(written: &[Vec<String>]) -> Option<Vec<Vec<String>>> {
    let numbers: Vec<Vec<String>> = written
        .iter()
        .map(|ids| {
            let plain = |id: &String| whole_number(id).unwrap_or_else(|| id.clone());
            ids.iter().map(plain).collect()
        })
        .collect();
    numbers
        .iter()
        .all(|ids| by_name(ids).len() == ids.len())
        .then_some(numbers)
}

/// That names were taken as numbers.
fn said(results: &[Labels], written: &[Vec<String>], numbers: &[Vec<String>]) -> Option<Warning> {
    let changed = results
        .iter()
        .zip(written)
        .zip(numbers)
        .find_map(|((result, ids), numbers)| {
            let pair = ids.iter().zip(numbers).find(|(id, number)| id != number)?;
            Some((result, pair))
        });
    let (result, (id, number)) = changed?;
    Some(Warning::new(
        "ids-as-numbers",
        format!(
            "customers are matched by their names as numbers, since more agree so: {} of {} is {number}",
            id, result.source
        ),
    ))
}

fn nobody(results: &[Labels], common: usize, unlabeled: &[usize]) -> Error {
    let without: usize = unlabeled.iter().sum();
    if without > 0 {
        return Error::data(format!(
            "{} in a group of all results; {} without one somewhere",
            count(common, "customer is", "customers are"),
            count(without, "is", "are")
        ))
        .hint(message![
            "two customers at least are needed; ",
            Setting::Label,
            " names the column of the groups"
        ]);
    }
    let some = |result: &Labels| {
        let ids: Vec<&str> = result.ids.iter().take(2).collect();
        format!(
            "{} has {} in column \"{}\"",
            result.source,
            ids.join(", "),
            result.id_column
        )
    };
    let all: Vec<String> = results.iter().map(some).collect();
    let what = match common {
        0 => "no customer is in all results".to_owned(),
        _ => "only one customer is in all results".to_owned(),
    };
    Error::data(format!("{what}: {}", all.join("; "))).hint(message![
        Setting::Id,
        " names the column of the customers, one for all results or one for each"
    ])
}
