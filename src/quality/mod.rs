//! How well groups are separated: silhouette, Davies–Bouldin, Calinski–Harabasz.
//!
//! In come the features of n customers (n × d, finite) and a [`Partition`] of them; out comes one
//! number, or `None` where the measure is not defined: with a single group, or with every customer alone. All three
//! give what scikit-learn gives.
//!
//! They reward round, compact groups, which is what k-means looks for; a long, curved group scores badly however
//! clear its edge is. They compare methods on their own ground and do not find out the true groups.
//!
//! | function | range, better | cost | source |
//! |---|---|---|---|
//! | [`silhouette`] | −1 to 1, higher | `O(n²d)`, above 10,000 customers a sample | Rousseeuw 1987 |
//! | [`davies_bouldin`] | from 0, lower | `O(nd + c²d)` | Davies and Bouldin 1979 |
//! | [`calinski_harabasz`] | from 0, higher | `O(nd)` | Caliński and Harabasz 1974 |

mod centers;
mod influence;
mod k_means_curve;
mod silhouette;

pub use centers::{calinski_harabasz, davies_bouldin};
pub(crate) use influence::{calinski_harabasz_influence, davies_bouldin_influence, pseudo_widths};
pub use k_means_curve::{CurvePoint, KMeansCurve, k_means_curve};
pub(crate) use silhouette::SILHOUETTE_EXACT_UP_TO;
pub use silhouette::{Silhouette, silhouette, silhouette_widths};
pub(crate) use silhouette::{Widths, measured_widths};

use crate::partition::Partition;

/// Whether there is more than one group and some group has two members.
fn defined(partition: &Partition) -> bool {
    (2..partition.len()).contains(&partition.n_groups())
}
