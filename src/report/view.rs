//! One view of both kinds of result: customers in segments, nodes in communities.

use super::words::evidence::{COMMUNITIES, SEGMENTS, Words};
use super::words::printable;
use super::{LEAST_DESCRIBED, ReportSettings};
use crate::SimilarityGraph;
use crate::centrality::{Positions, SegmentMap};
use crate::export::group_colors;
use crate::num::math;
use crate::partition::Partition;
use crate::segmentation::{Grouping, NetworkCommunities, Segmentation};
use crate::stability::{Found, Scales, Stability};
use crate::table::Texts;
use crate::warning::Warning;

/// What the page is made from.
pub(super) struct View<'a> {
    pub(super) words: Words,
    /// `customer` or `node`.
    pub(super) thing: &'static str,
    pub(super) things: &'static str,
    /// `segment`, `part` or `community`.
    pub(super) group: &'static str,
    pub(super) groups: &'static str,
    pub(super) grouping: Grouping,
    pub(super) found: Found,
    pub(super) partition: &'a Partition,
    pub(super) ids: &'a Texts,
    pub(super) graph: &'a SimilarityGraph,
    /// Place of each node; empty where none was given.
    pub(super) layout: &'a [[f64; 2]],
    pub(super) positions: Option<&'a Positions>,
    pub(super) map: Option<&'a SegmentMap>,
    pub(super) stability: Option<&'a Stability>,
    pub(super) scales: Option<&'a Scales>,
    pub(super) level: Option<usize>,
    pub(super) conductance: &'a [f64],
    pub(super) method: &'a str,
    pub(super) resolution: f64,
    pub(super) modularity: f64,
    pub(super) seed: u64,
    pub(super) warnings: &'a [Warning],
    /// Table, profiles and other methods, where there is a table.
    pub(super) table: Option<&'a Segmentation>,
    pub(super) settings: ReportSettings,
    colors: Vec<[u8; 3]>,
}

impl<'a> View<'a> {
    pub(super) fn of_segments(s: &'a Segmentation, settings: ReportSettings) -> Self {
        View {
            words: SEGMENTS,
            thing: "customer",
            things: "customers",
            group: s.grouping().one(),
            groups: s.grouping().many(),
            grouping: s.grouping(),
            found: s.found,
            partition: &s.partition,
            ids: &s.table.ids,
            graph: &s.graph,
            layout: &s.layout,
            positions: Some(&s.positions),
            map: Some(&s.map),
            stability: s.stability.as_ref(),
            scales: s.scales.as_ref(),
            level: s.level,
            conductance: &s.conductance,
            method: s.method,
            resolution: s.resolution,
            modularity: s.modularity,
            seed: s.seed,
            warnings: &s.warnings,
            table: Some(s),
            settings,
            colors: group_colors(s.partition.n_groups()),
        }
    }

    pub(super) fn of_communities(
        c: &'a NetworkCommunities,
        warnings: &'a [Warning],
        settings: ReportSettings,
    ) -> Self {
        View {
            words: COMMUNITIES,
            thing: "node",
            things: "nodes",
            group: "community",
            groups: "communities",
            grouping: c.grouping(),
            found: c.found,
            partition: &c.partition,
            ids: &c.nodes,
            graph: &c.graph,
            layout: &c.layout,
            positions: c.positions.as_ref(),
            map: c.map.as_ref(),
            stability: c.stability.as_ref(),
            scales: c.scales.as_ref(),
            level: c.level,
            conductance: &c.conductance,
            method: c.method,
            resolution: c.resolution,
            modularity: c.modularity,
            seed: c.seed,
            warnings,
            table: None,
            settings,
            colors: group_colors(c.partition.n_groups()),
        }
    }

    pub(super) fn n(&self) -> usize {
        self.partition.len()
    }

    pub(super) fn n_groups(&self) -> usize {
        self.partition.n_groups()
    }

    /// Whether this group may be told by more than its number and size.
    pub(super) fn is_described(&self, group: usize) -> bool {
        self.settings.customers || self.partition.sizes()[group] >= LEAST_DESCRIBED
    }

    /// The plain name of a group; `None` where it has none, or is too small to be described.
    pub(super) fn name(&self, group: usize) -> Option<String> {
        let names = &self.table?.profiles.names;
        names
            .get(group)
            .filter(|_| self.is_described(group))
            .map(|n| printable(n))
    }

    /// `#0072b2`.
    pub(super) fn color(&self, group: usize) -> String {
        let [r, g, b] = self.colors[group];
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    /// Black or white, whichever reads better on the group's color.
    pub(super) fn ink(&self, group: usize) -> &'static str {
        let [r, g, b] = self.colors[group].map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                math::powf((c + 0.055) / 1.055, 2.4)
            }
        });
        let luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        // Where the contrasts with black and white are equal (WCAG 2.1, contrast ratio).
        if luminance > 0.179 { "#000" } else { "#fff" }
    }

    /// Whether customers have features enough for a plane of their own.
    pub(super) fn has_components(&self) -> bool {
        !self.layout.is_empty() && self.table.is_some_and(|s| s.features.n_coordinates() > 1)
    }

    /// The number of segments was found, not asked for.
    pub(super) fn is_found_by_itself(&self) -> bool {
        self.level.is_some() && self.scales.is_some_and(|s| s.recommended == self.level)
    }
}
