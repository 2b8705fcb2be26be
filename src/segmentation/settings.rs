//! What can be asked of a run.

use crate::Result;
use crate::centrality::{Centrality, Sources};
use crate::clustering::{Dbscan, Hdbscan};
use crate::features::FeatureSettings;
use crate::graph::Similarity;
use crate::layout::Layout;
use crate::neighbors::Search;

/// How communities are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Louvain with connected communities. Blondel et al., J. Stat. Mech. P10008 (2008).
    #[default]
    Louvain,
    /// Leiden. Traag, Waltman and van Eck, Scientific Reports 9, 5233 (2019).
    Leiden,
}

impl Method {
    /// The name in flags and files.
    pub fn name(self) -> &'static str {
        match self {
            Method::Louvain => "louvain",
            Method::Leiden => "leiden",
        }
    }
}

/// How large a segment must be at least.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LeastSize {
    /// So many customers.
    Customers(usize),
    /// This share of all customers, in [0, 1].
    Share(f64),
}

impl LeastSize {
    /// Of so many customers in all.
    pub(super) fn of(self, n: usize) -> usize {
        match self {
            LeastSize::Customers(least) => least,
            LeastSize::Share(share) => (share * n as f64).ceil() as usize,
        }
    }
}

/// A method to lay beside the graph's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaselineMethod {
    /// k-means with as many clusters as there are segments.
    KMeans,
    /// k-means with the number of clusters that has the largest silhouette, of 2 to 20.
    KMeansBest,
    /// The same as the first on small batches: for many customers.
    MiniBatch,
    /// Ward's hierarchical clustering, cut at as many clusters as there are segments.
    Ward,
    /// Density-based clusters; their number is not asked for. What it takes for noise is one group.
    Dbscan,
    /// The same at every density at once; noise is one group here too.
    Hdbscan,
}

impl BaselineMethod {
    /// All there are.
    pub const ALL: [BaselineMethod; 6] = [
        BaselineMethod::KMeans,
        BaselineMethod::KMeansBest,
        BaselineMethod::MiniBatch,
        BaselineMethod::Ward,
        BaselineMethod::Dbscan,
        BaselineMethod::Hdbscan,
    ];

    /// The name in flags and files.
    pub fn name(self) -> &'static str {
        match self {
            BaselineMethod::KMeans => "kmeans",
            BaselineMethod::KMeansBest => "kmeans_best",
            BaselineMethod::MiniBatch => "minibatch",
            BaselineMethod::Ward => "ward",
            BaselineMethod::Dbscan => "dbscan",
            BaselineMethod::Hdbscan => "hdbscan",
        }
    }
}

/// What [`segment`](super::segment) is asked to do.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How customers are compared.
    pub features: FeatureSettings,
    /// Neighbors each customer is linked to, 1 or more; `None`: 15, fewer in tables of fewer than 225 customers.
    pub n_neighbors: Option<usize>,
    /// How neighbors are searched for; `None`: exactly wherever that is affordable, see [`crate::neighbors::Neighbors::search`].
    pub search: Option<Search>,
    /// Edge weights; `None`: Jaccard.
    pub similarity: Option<Similarity>,
    /// Default Louvain.
    pub method: Method,
    /// γ of the modularity, 0 to 1,000,000; above 1 gives more, smaller segments. `None`, the default, examines many and
    /// takes the one that the data support best: see [`crate::stability`].
    pub resolution: Option<f64>,
    /// The supported level nearest to this many segments, 2 or more, instead of the recommended one; where none is
    /// supported, as many parts of similar customers.
    pub segments: Option<usize>,
    /// At most so many segments are recommended, 2 or more; `None`, the default: as many as the data support.
    pub max_segments: Option<usize>,
    /// Smaller segments join the neighbor they have most edge weight with; `None`, the default: they stay.
    pub min_size: Option<LeastSize>,
    /// Names for segments: the plain name and the new one of each, see [`Profiles::rename`](crate::profile::Profiles::rename). Default: none.
    pub names: Vec<(String, String)>,
    /// Methods that run beside the graph, on the same features. Default k-means.
    pub baselines: Vec<BaselineMethod>,
    /// How DBSCAN works where it is one of them; its distance is that of the features.
    pub dbscan: Dbscan,
    /// How HDBSCAN works where it is one of them; its distance is that of the features, and its least size is scaled where it is asked of a sample.
    pub hdbscan: Hdbscan,
    /// From how many customers betweenness counts paths.
    pub betweenness: Sources,
    /// How customers are placed in the picture.
    pub layout: Layout,
    /// Default 42.
    pub seed: u64,
}

impl Settings {
    /// What is asked of centralities.
    pub(super) fn centrality(&self) -> Centrality {
        Centrality {
            betweenness: self.betweenness,
            seed: self.seed,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            features: FeatureSettings::default(),
            n_neighbors: None,
            search: None,
            similarity: None,
            method: Method::Louvain,
            resolution: None,
            segments: None,
            max_segments: None,
            min_size: None,
            names: Vec::new(),
            baselines: vec![BaselineMethod::KMeans],
            dbscan: Dbscan::default(),
            hdbscan: Hdbscan::default(),
            betweenness: Sources::Auto,
            layout: Layout::default(),
            seed: 42,
        }
    }
}

/// Hears which stage begins. An error of its own ends the run there and is what the run returns: [`Error::interrupted`](crate::Error::interrupted) where
/// somebody cancelled it.
///
/// ```
/// use kinfolk::{Error, ErrorKind};
/// use kinfolk::generate::{Generate, generate};
/// use kinfolk::segmentation::{Settings, Stage, prepare, segment};
///
/// let table = generate(&Generate::default())?.to_table();
/// let settings = Settings::default();
/// let mut until_bridges = |stage| match stage {
///     Stage::Bridges => Err(Error::interrupted("cancelled")),
///     _ => Ok(()),
/// };
/// let ended = segment(prepare(&table, &settings.features)?, &settings, &mut until_bridges);
/// assert_eq!(ended.err().map(|e| e.kind()), Some(ErrorKind::Interrupted));
/// # Ok::<(), Error>(())
/// ```
pub type Observer<'a> = dyn FnMut(Stage) -> Result<()> + 'a;

/// The observer that looks away.
///
/// # Errors
/// None.
pub fn unobserved(_: Stage) -> Result<()> {
    Ok(())
}

/// What the run is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Nearest neighbors.
    Neighbors,
    /// Edge weights and components.
    Graph,
    /// Communities, and the resolutions examined for them.
    Communities,
    /// How segments come back when customers are left out.
    Stability,
    /// Degree, betweenness, bridges.
    Bridges,
    /// Other methods.
    Baselines,
    /// Silhouette and kin, agreement.
    Comparison,
    /// What marks each segment.
    Profiles,
    /// Places in the picture.
    Layout,
}

impl Stage {
    /// One word for progress bars and `run.json`.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Neighbors => "neighbors",
            Stage::Graph => "graph",
            Stage::Communities => "communities",
            Stage::Stability => "stability",
            Stage::Bridges => "bridges",
            Stage::Baselines => "baselines",
            Stage::Comparison => "comparison",
            Stage::Profiles => "profiles",
            Stage::Layout => "layout",
        }
    }
}
