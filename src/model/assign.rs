//! New customers into the segments of a model.

use super::novelty::{p_value, strangeness};
use super::tally::{ABOVE, BELOW, GAP, Tally, UNKNOWN, notice};
use super::votes::Votes;
use super::{About, BETWEEN, Model, NO_SEGMENT};
use crate::message::{Setting, message};
use crate::neighbors::{AskRoom, Near, PointSearch, Rows, order_in_space};
use crate::read::NewTable;
use crate::{Error, Result};

/// What became of a new customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the nearest segment.
    Segment,
    /// It is like none of the model's customers.
    NoneOfThese,
    /// More than half of the columns that similarity was measured on have no value.
    TooLittleKnown,
}

/// Where a new customer stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// Whether that is its segment.
    pub outcome: Outcome,
    /// The segment that its neighbors speak for, from 0.
    pub nearest: u32,
    /// How probable that segment is, in [0, 1].
    pub probability: f64,
    /// The next probable segment and its probability, where there is one.
    pub second: Option<(u32, f64)>,
    /// The two segments it stands between: at least a quarter of its neighbors are in the second.
    pub bridge: Option<(u32, u32)>,
    /// The share of the model's own customers, and this one with them, who are at least as far from the others, in (0, 1].
    pub p_value: f64,
    /// Columns without a value.
    pub missing: u32,
    /// Columns with a category that no customer of the model has.
    pub unknown: u32,
    /// Columns with a number below or above those of all customers of the model.
    pub outside: u32,
}

/// A model made ready to answer.
pub struct Assigner {
    model: Model,
    search: PointSearch,
    novelty: f64,
}

impl Assigner {
    /// Makes a model ready. Of customers like its own a share `novelty` may be told that they are like none, in [0, 1); at 0 nobody
    /// is. `O(n d log n)`.
    ///
    /// # Errors
    /// Where `novelty` is no such share.
    pub fn new(mut model: Model, novelty: f64) -> Result<Assigner> {
        if !(0.0..1.0).contains(&novelty) {
            return Err(Error::usage(message![
                Setting::Novelty,
                format!(" {novelty} is not a share from 0 up to 1")
            ])
            .hint("0.01 lets one in a hundred customers like the model's be told apart by chance"));
        }
        let points = std::mem::take(&mut model.points);
        let search = PointSearch::new(&points, model.about.coordinates, model.about.recipe.distance());
        Ok(Assigner {
            model,
            search,
            novelty,
        })
    }

    /// What the model says of itself.
    pub fn about(&self) -> &About {
        &self.model.about
    }

    /// Where each customer of a table stands, and the counts over them; the table has the columns of the model. `O(n · search)`,
    /// one after the other.
    ///
    /// # Errors
    /// Those of [`Recipe::apply`](crate::features::Recipe::apply).
    pub fn assign(&self, new: &NewTable) -> Result<(Vec<Assignment>, Tally)> {
        let about = &self.model.about;
        let applied = about.recipe.apply(&new.table)?;
        let values = applied.values.as_standard_layout();
        let cells = values.as_slice().unwrap_or_default();
        let noticed = notice(about, &new.table);
        let d = about.coordinates.max(1);
        // Whoever is near asks next: the same part of the tree answers.
        let order = order_in_space(Rows { values: cells, d });
        let mut votes = Votes::new(about.segments.len());
        let mut room = self.search.room(about.n_neighbors);
        let mut assigned: Vec<Option<Assignment>> = vec![None; order.len()];
        for i in order.into_iter().map(|i| i as usize) {
            let with = |mark: u8| {
                let marked = noticed.iter().filter(|c| c.get(i).is_some_and(|m| m & mark != 0));
                marked.count() as u32
            };
            let marks = [with(GAP), with(UNKNOWN), with(BELOW | ABOVE)];
            assigned[i] = Some(self.one(&cells[i * d..][..d], marks, &mut votes, &mut room));
        }
        let assigned: Vec<Assignment> = assigned.into_iter().flatten().collect();
        let mut tally = Tally::new(about);
        tally.impossible_dates = new.impossible_dates;
        tally.add(&assigned, &noticed);
        Ok((assigned, tally))
    }

    fn one(
        &self,
        row: &[f32],
        [missing, unknown, outside]: [u32; 3],
        votes: &mut Votes,
        room: &mut AskRoom,
    ) -> Assignment {
        let about = &self.model.about;
        let neighbors = self.search.nearest(row, None, room);
        let p_value = p_value(&self.model.strangeness, strangeness(neighbors));
        let (nearest, probability, second) = match neighbors.first() {
            Some(same) if same.distance == 0.0 => self.of_equal(same.point as usize),
            _ => self.of_neighbors(neighbors, votes),
        };
        let outcome = if 2 * missing as usize > about.columns.len() {
            Outcome::TooLittleKnown
        } else if p_value <= self.novelty {
            Outcome::NoneOfThese
        } else {
            Outcome::Segment
        };
        Assignment {
            outcome,
            nearest,
            probability,
            second,
            bridge: self.between(neighbors, nearest, votes),
            p_value,
            missing,
            unknown,
            outside,
        }
    }

    /// What neighbors say, at what such votes are worth; the rest goes to the others by what is said for them.
    fn of_neighbors(&self, neighbors: &[Near], votes: &mut Votes) -> (u32, f64, Option<(u32, f64)>) {
        let said = votes.count(neighbors, |point| self.model.voter(point));
        let probability = self.model.about.worth.at(said.share);
        let rest = (1.0 - probability) / (1.0 - said.share).max(f64::MIN_POSITIVE);
        let second = said.second.map(|(s, share)| (s, (share * rest).min(probability)));
        (said.first, probability, second)
    }

    /// What the model says of one of its own.
    fn of_equal(&self, point: usize) -> (u32, f64, Option<(u32, f64)>) {
        let model = &self.model;
        let second = model.second[point];
        (
            model.segment[point],
            model.probability[point],
            (second != NO_SEGMENT).then(|| (second, model.second_probability[point])),
        )
    }

    /// Its segment and the other one that most of its neighbors are in, where those are enough.
    fn between(&self, neighbors: &[Near], own: u32, votes: &mut Votes) -> Option<(u32, u32)> {
        let (other, count) = votes.beside(own, neighbors, |point| self.model.segment[point as usize])?;
        (count as f64 >= BETWEEN * neighbors.len() as f64).then_some((own, other))
    }
}
