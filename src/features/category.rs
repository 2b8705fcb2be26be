//! Category columns: which levels have a coordinate of their own.

use crate::num::math;
use crate::table::MISSING;
use crate::text::group_digits;
use serde::{Deserialize, Serialize};

/// Columns with no more levels than this keep all of them.
const FEW_LEVELS: usize = 12;
/// Coordinates that one column may have, the group of rare levels aside.
const MOST_LEVELS: usize = 50;
/// A level rarer than this is unusual, and grouped where there are many.
const RARE: f64 = 0.01;

/// How a level becomes coordinates: `size` at its own, 0 at the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct CategoryCode {
    /// Levels with a coordinate of their own, sorted by name.
    pub(super) levels: Vec<String>,
    /// How many rare levels stand together behind them.
    pub(super) grouped: usize,
    /// Share of the customers at each of `levels`, then at the group.
    shares: Vec<f64>,
    /// Two levels on one coordinate: 0 and `size`.
    pub(super) binary: bool,
    /// The step, with the weight in it.
    pub(super) size: f64,
}

/// Where one customer stands in a category column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// At a level or, one behind the last, at the group of rare ones.
    At(u8),
    /// No value, or one that the recipe does not know.
    Nowhere,
}

impl CategoryCode {
    /// How many coordinates the column has.
    pub(super) fn width(&self) -> usize {
        if self.binary { 1 } else { self.slots() }
    }

    fn slots(&self) -> usize {
        self.levels.len() + usize::from(self.grouped > 0)
    }

    /// What each coordinate marks.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = self.levels.clone();
        if self.binary {
            names.remove(0);
        }
        if self.grouped > 0 {
            names.push(format!("({} rare levels)", group_digits(self.grouped)));
        }
        names
    }

    /// Whether it makes coordinates of levels.
    pub(super) fn is_sound(&self) -> bool {
        let two = self.levels.len() == 2 && self.grouped == 0;
        self.levels.is_sorted()
            && (1..=250).contains(&self.levels.len())
            && (!self.binary || two)
            && self.size.is_finite()
    }

    /// Where a level of that name stands: with the rare ones where there are any, else nowhere, if it is unknown.
    pub(super) fn slot_of(&self, level: &str) -> Slot {
        match self.levels.binary_search_by(|l| l.as_str().cmp(level)) {
            Ok(at) => Slot::At(at as u8),
            Err(_) if self.grouped > 0 => Slot::At(self.levels.len() as u8),
            Err(_) => Slot::Nowhere,
        }
    }

    /// Writes the coordinates of a customer; `out` has [`width`](Self::width) places.
    pub(super) fn write(&self, slot: Slot, out: &mut [f32]) {
        let size = self.size as f32;
        match (slot, self.binary) {
            (Slot::At(at), true) => out[0] = if at == 1 { size } else { 0.0 },
            (Slot::Nowhere, true) => out[0] = size / 2.0,
            (Slot::At(at), false) => {
                out.fill(0.0);
                out[usize::from(at)] = size;
            }
            // Half a step from every level, whichever it is.
            (Slot::Nowhere, false) => out.fill(0.0),
        }
    }

    /// How much rarer than 1 % the level is, as a logarithm; 0 for common ones.
    pub(super) fn excess(&self, slot: Slot) -> f64 {
        match slot {
            Slot::At(at) => self
                .shares
                .get(usize::from(at))
                .map_or(0.0, |p| math::ln(RARE / p).max(0.0)),
            Slot::Nowhere => 0.0,
        }
    }
}

/// The coordinates of a category column, or why there are none. `O(n + l log l)`.
pub(super) fn fit(codes: &[u32], levels: &[String]) -> Result<CategoryCode, String> {
    let mut counts = vec![0usize; levels.len()];
    for &code in codes {
        if let Some(count) = counts.get_mut(code as usize) {
            *count += 1;
        }
    }
    let used: Vec<usize> = (0..levels.len()).filter(|&l| counts[l] > 0).collect();
    let present: usize = counts.iter().sum();
    let missing = codes.len() - present;
    if used.is_empty() || (used.len() == 1 && missing == 0) {
        return Err("constant".to_owned());
    }
    let mut kept = used.clone();
    if used.len() > FEW_LEVELS {
        let least = ((codes.len() as f64 * RARE).ceil() as usize).max(2);
        kept.retain(|&l| counts[l] >= least);
        kept.sort_by(|&a, &b| counts[b].cmp(&counts[a]).then_with(|| levels[a].cmp(&levels[b])));
        kept.truncate(MOST_LEVELS);
        if kept.is_empty() {
            return Err(format!(
                "{} different values, none of them common",
                group_digits(used.len())
            ));
        }
    }
    kept.sort_by(|&a, &b| levels[a].cmp(&levels[b]));
    let n = codes.len() as f64;
    let mut shares: Vec<f64> = kept.iter().map(|&l| counts[l] as f64 / n).collect();
    let grouped = used.len() - kept.len();
    if grouped > 0 {
        let held: usize = kept.iter().map(|&l| counts[l]).sum();
        shares.push((present - held) as f64 / n);
    }
    Ok(CategoryCode {
        binary: used.len() == 2 && missing == 0,
        levels: kept.iter().map(|&l| levels[l].clone()).collect(),
        grouped,
        shares,
        size: 1.0,
    })
}

/// The slot of each level of a table column.
pub(super) fn slots(code: &CategoryCode, levels: &[String]) -> Vec<Slot> {
    levels.iter().map(|level| code.slot_of(level)).collect()
}

/// The slot of one row, given the slots of the levels.
pub(super) fn slot(slots: &[Slot], row: u32) -> Slot {
    if row == MISSING {
        return Slot::Nowhere;
    }
    slots.get(row as usize).copied().unwrap_or(Slot::Nowhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|i| format!("level {i:03}")).collect()
    }

    #[test]
    fn two_levels_without_gaps_take_one_coordinate_and_with_gaps_two() {
        let whole = fit(&[0, 1, 1], &names(2)).expect("usable");
        assert_eq!((whole.width(), whole.names()), (1, vec!["level 001".to_owned()]));
        let gaps = fit(&[0, 1, MISSING], &names(2)).expect("usable");
        assert_eq!(gaps.width(), 2);
    }

    #[test]
    fn a_missing_value_is_half_a_step_from_every_level() {
        let code = fit(&[0, 1, 2, MISSING], &names(3)).expect("usable");
        let row = |slot| {
            let mut out = [0f32; 3];
            code.write(slot, &mut out);
            out
        };
        let square = |a: [f32; 3], b: [f32; 3]| a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f32>();
        assert_eq!(square(row(Slot::At(0)), row(Slot::At(2))), 2.0);
        for level in 0..3 {
            assert_eq!(square(row(Slot::Nowhere), row(Slot::At(level))), 1.0);
        }
    }

    #[test]
    fn rare_levels_of_a_long_list_are_grouped_and_unknown_ones_join_them() {
        let mut codes: Vec<u32> = (0..1000).map(|i| i % 10).collect();
        codes.extend(10..40);
        let code = fit(&codes, &names(40)).expect("usable");
        assert_eq!((code.levels.len(), code.grouped, code.width()), (10, 30, 11));
        assert_eq!(code.slot_of("level 033"), Slot::At(10));
        assert_eq!(code.slot_of("never seen"), Slot::At(10));
    }

    #[test]
    fn a_column_of_names_has_no_common_level() {
        let codes: Vec<u32> = (0..500).collect();
        let why = fit(&codes, &names(500)).expect_err("useless");
        assert_eq!(why, "500 different values, none of them common");
    }

    #[test]
    fn one_level_is_constant_unless_some_have_none() {
        assert!(fit(&[0, 0], &names(1)).is_err());
        assert!(fit(&[0, MISSING], &names(1)).is_ok());
    }

    /// Three levels and a group of two, with these shares.
    fn code() -> CategoryCode {
        CategoryCode {
            levels: names(3),
            grouped: 2,
            shares: vec![0.5, 0.489, 0.01, 0.001],
            binary: false,
            size: 1.0,
        }
    }

    #[test]
    fn what_makes_no_coordinates_is_not_sound() {
        let binary = |n: usize, grouped: usize| CategoryCode {
            levels: names(n),
            grouped,
            binary: true,
            ..code()
        };
        assert!(code().is_sound() && binary(2, 0).is_sound());
        assert!(!binary(2, 1).is_sound() && !binary(3, 0).is_sound());
        assert!(
            CategoryCode {
                levels: names(250),
                ..code()
            }
            .is_sound()
        );
        assert!(
            !CategoryCode {
                levels: names(251),
                ..code()
            }
            .is_sound()
        );
        assert!(
            !CategoryCode {
                levels: Vec::new(),
                ..code()
            }
            .is_sound()
        );
        assert!(
            !CategoryCode {
                size: f64::NAN,
                ..code()
            }
            .is_sound()
        );
        let unsorted = vec!["b".to_owned(), "a".to_owned()];
        assert!(
            !CategoryCode {
                levels: unsorted.clone(),
                ..code()
            }
            .is_sound()
        );
        assert!(
            !CategoryCode {
                levels: unsorted,
                size: f64::NAN,
                ..code()
            }
            .is_sound()
        );
    }

    #[test]
    fn of_two_levels_the_second_is_one_step_up_and_a_missing_value_halfway() {
        let code = CategoryCode {
            levels: names(2),
            grouped: 0,
            binary: true,
            size: 3.0,
            ..code()
        };
        let place = |slot| {
            let mut out = [9f32];
            code.write(slot, &mut out);
            out[0]
        };
        assert_eq!(
            [Slot::At(0), Slot::At(1), Slot::Nowhere].map(place),
            [0.0, 3.0, 1.5]
        );
    }

    #[test]
    fn only_levels_rarer_than_a_hundredth_are_unusual() {
        let excess = [0, 1, 2, 3].map(|at| code().excess(Slot::At(at)));
        assert_eq!(excess[..3], [0.0; 3]);
        assert!((excess[3] - math::ln(10.0)).abs() < 1e-12);
        assert_eq!(
            (code().excess(Slot::Nowhere), code().excess(Slot::At(9))),
            (0.0, 0.0)
        );
    }

    #[test]
    fn shares_are_of_all_customers_and_the_group_has_what_is_left() {
        // Of 1,000 customers 12 levels have 80 each, two have 10 and 9, of which the last is rare, and 21 have none.
        let mut codes: Vec<u32> = (0..960).map(|i| i % 12).collect();
        codes.extend([12; 10].iter().chain(&[13; 9]));
        codes.extend([MISSING; 21]);
        let code = fit(&codes, &names(14)).expect("usable");
        assert_eq!((code.levels.len(), code.grouped), (13, 1));
        assert_eq!(
            (code.shares[0], code.shares[12], code.shares[13]),
            (0.08, 0.01, 0.009)
        );
        // A level that nobody has is none, and twelve are few: the rare one stays.
        codes
            .iter_mut()
            .filter(|c| **c == 11 || **c == 12)
            .for_each(|c| *c = 0);
        let few = fit(&codes, &names(14)).expect("usable");
        assert_eq!((few.levels.len(), few.grouped, few.shares.len()), (12, 0, 12));
        assert_eq!(few.levels.last().map(String::as_str), Some("level 013"));
        assert!(!few.binary);
    }

    #[test]
    fn of_very_many_levels_the_fifty_commonest_have_a_coordinate() {
        // Of 60 levels of a hundredth and more.
        let codes: Vec<u32> = (0..60u32)
            .flat_map(|l| vec![l; if l < 55 { 20 } else { 19 }])
            .collect();
        let code = fit(&codes, &names(60)).expect("usable");
        assert_eq!((code.levels.len(), code.grouped), (50, 10));
        // Of equally common ones the first by name.
        assert_eq!(code.levels.last().map(String::as_str), Some("level 049"));
    }

    #[test]
    fn rows_are_where_their_level_is() {
        let slots = slots(&code(), &names(3));
        assert_eq!(slots, [Slot::At(0), Slot::At(1), Slot::At(2)]);
        assert_eq!(
            [0, 2, 3, MISSING].map(|row| slot(&slots, row)),
            [Slot::At(0), Slot::At(2), Slot::Nowhere, Slot::Nowhere]
        );
    }
}
