//! Exact search: a kd-tree whose leaves ask together, and all pairs where there are many dimensions.

pub(in crate::neighbors) mod brute_force;
pub(in crate::neighbors) mod kd_tree;
pub(in crate::neighbors) mod leaf_search;
pub(in crate::neighbors) mod point_search;
pub(in crate::neighbors) mod tree_search;
