//! How well groups are separated: silhouette, Davies–Bouldin, Calinski–Harabasz.
