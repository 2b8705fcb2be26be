//! From files to tables: bytes, text, cells, columns.
//!
//! In: a delimited text file ([`read_table`]) or its bytes ([`parse_table`]), as spreadsheets, databases and shops
//! export them, plain or packed; with the features `parquet` and `excel` such files too. Out: a
//! [`Table`](crate::table::Table). The way: bytes (`source`, counted by `budget`) → text (`decode`) → separator and
//! header (`dialect`, `spaces`, `header`) → cells (`quotes`, `fill`) → typed columns (`typing`, by what
//! the room `columns` knows). Networks that
//! already exist come in through [`read_edges`] (formats of their own: `network`), results of other tools through [`read_labels`]. Rows read later, by the [`Rules`] of an earlier table, come through [`NewRows`] a
//! batch at a time.
//!
//! Time and memory are linear in the size of the file; columns are read in parallel.

pub(crate) mod blocks;
mod budget;
mod decode;
mod dialect;
mod edge_attributes;
mod edge_columns;
mod edge_rows;
mod edges;
mod excel;
mod fill;
mod header;
mod labels;
mod network;
mod new_rows;
mod parquet;
mod quotes;
mod row_layout;
mod source;
mod spaces;
mod stream;
mod table;
mod text_table;
mod typing;
mod unpacked;

pub(crate) use quotes::pieces;

pub use crate::columns::rules::Rules;
pub use edges::{parse_edges, read_edges, read_edges_from};
pub(crate) use labels::whole_number;
pub use labels::{LabelSettings, Labels, read_labels};
pub use new_rows::{NewBatch, NewRows, NewRowsSettings};
pub use parquet::parquet_as_text;
pub use row_layout::{NewTable, RowLayout};
pub use table::{parse_table, read_table, read_table_and_rules, read_table_from};
