//! A finished segmentation as bytes: Gephi, tables, summary.
