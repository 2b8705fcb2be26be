//! From purchase lines, or any log of events, to one row per customer: recency, frequency, monetary and kin.
//!
//! In: a delimited text file of any size ([`read_transactions`]); lines are held in 40 bytes each, customers in about 60.
//! Out: a [`CustomerFeatures`], whose columns are listed with their meaning in [`CustomerFeatures::features`]; the same
//! table as a query ([`CustomerFeatures::sql`]). The way: text → `pieces` → lines in the `shard` of their customer
//! (`parse`, with `roles` and `cells`) → sorted and cleaned (`shard`) → counted (`measure`) → named (`definitions`).
//!
//! `O(lines log lines)` time, in parallel; the same bits for any number of threads and any order of lines.

mod cells;
mod customers;
mod definitions;
mod line;
mod log;
mod measure;
mod noticed;
mod parse;
mod patterns;
mod pieces;
mod remarks;
mod roles;
mod settings;
mod shard;
mod sql;
mod tally;

pub use customers::{CustomerFeatures, RowScratch, read_transactions};
pub use definitions::Feature;
pub use settings::{Drop, Roles, TransactionSettings};
pub use sql::{DATABASES, Database};
