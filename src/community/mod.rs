//! Communities of a similarity graph: Louvain, Leiden, and the modularity they maximize.
