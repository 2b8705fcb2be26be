//! Customer segments that emerge from a similarity graph.

pub mod centrality;
pub mod clustering;
pub mod community;
pub mod compare;
pub mod export;
pub mod features;
pub mod graph;
pub mod layout;
pub mod num;
pub mod partition;
pub mod profile;
pub mod quality;
pub mod random;
pub mod segmentation;
pub mod table;

mod error;
mod warning;

pub use error::{Error, ErrorKind, Result, did_you_mean};
pub use graph::SimilarityGraph;
pub use partition::Partition;
pub use warning::Warning;
