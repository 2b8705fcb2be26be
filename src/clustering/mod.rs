//! Clusters of points, for an honest comparison: k-means.
