//! From files to tables: bytes, text, cells, columns.
//!
//! In: a delimited text file ([`read_table`]) or its bytes ([`parse_table`]), as spreadsheets, databases and shops
//! export them, plain or packed; with the features `parquet` and `excel` such files too. Out: a
//! [`Table`](crate::table::Table). The way: bytes (`source`, counted by `budget`) → text (`decode`) → separator and
//! header (`dialect`, `spaces`, `header`) → cells (`quotes`, `fill`) → columns (the room `columns`). Networks that
//! already exist come in through [`read_edges`].
//!
//! Time and memory are linear in the size of the file; columns are read in parallel.

mod budget;
mod decode;
mod dialect;
mod edge_columns;
mod edge_rows;
mod edges;
mod excel;
mod fill;
mod header;
mod parquet;
mod quotes;
mod source;
mod spaces;
pub(crate) mod stream;
mod table;
mod unpacked;

pub(crate) use quotes::pieces;

pub use edges::{parse_edges, read_edges, read_edges_from};
pub use table::{parse_table, read_table, read_table_from};
