//! What a column is: how cells are read, and what all of them together say.
//!
//! Single cells are known by `missing`, `number` and `date`; names of columns by `names`. `scan` gathers the facts of a
//! column, `identifier` finds who the customers are, `infer` decides the type and makes the values, with `bands` (steps
//! of a scale), `sentinels` (numbers that stand for something else), `suspects` (columns that give the answer away) and
//! `remarks` beside it. `requests` are what the user asked for, by column. What a column is taken for depends on all of its
//! values, never on which row comes first.

pub(crate) mod bands;
pub(crate) mod date;
pub(crate) mod identifier;
pub(crate) mod infer;
pub(crate) mod missing;
pub(crate) mod names;
pub(crate) mod number;
pub(crate) mod remarks;
pub(crate) mod requests;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod sentinels;
pub(crate) mod suspects;
pub(crate) mod values;
