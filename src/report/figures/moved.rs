//! Who went where between two results: an alluvial picture.

use super::super::LEAST_DESCRIBED;
use super::super::words::printable;
use crate::compare::{Compared, Shared, shared_customers};
use crate::export::group_colors;
use crate::partition::Partition;
use crate::text::shown::cut;
use crate::text::{counted, group_digits};
use quick_xml::escape::escape;
use std::fmt::Write as _;

/// The name of the picture.
pub const MOVED_FIGURE: &str = "figure_moved.svg";

/// The inner edges of the bars, and how wide these are.
const LEFT: f64 = 360.0;
const RIGHT: f64 = 920.0;
const BAR: f64 = 22.0;
/// From where to where bars stand.
const TOP: f64 = 104.0;
const HIGH: f64 = 550.0;
/// Between two bars, at most.
const GAP: f64 = 10.0;
/// Bars of this height have their name beside them.
const NAMED: f64 = 11.0;
/// Characters of a name.
const SHORT: usize = 30;

/// Two results beside each other: a bar for each group, as high as it has customers, and a band for the customers that a group of the first shares
/// with one of the second, in the color of the first; SVG of 1280 × 720. `None` where there are not two results, or nothing to show.
///
/// Groups of fewer than 10 customers, and bands of fewer, are left out, which the picture says.
///
/// ```
/// use kinfolk::compare::{align, compare_results};
/// use kinfolk::read::{LabelSettings, read_labels};
/// use kinfolk::report::moved_figure;
///
/// let file = |n: usize| (0..40).fold("id,group\n".to_owned(), |text, i| text + &format!("{i},{}\n", i / n));
/// let read = |text: String| read_labels("a.csv", text.as_bytes(), &LabelSettings::default());
/// let aligned = align(&[read(file(20))?, read(file(10))?])?;
/// let compared = compare_results(vec!["a".to_owned(), "b".to_owned()], aligned, 0, 1);
/// let picture = moved_figure(&compared).expect("two results");
/// assert_eq!(picture.matches("<path").count(), 4);
/// # Ok::<(), kinfolk::Error>(())
/// ```
pub fn moved_figure(compared: &Compared) -> Option<String> {
    let [one, other] = compared.aligned.partitions.as_slice() else {
        return None;
    };
    let all = shared_customers(one, other);
    let mut bands: Vec<&Shared> = (all.iter())
        .filter(|cell| cell.customers >= LEAST_DESCRIBED)
        .collect();
    if bands.is_empty() {
        return None;
    }
    let names = &compared.aligned.groups;
    let left = Side::of(one);
    let mut right = Side::of(other);
    right.near_their_own(&bands);
    let most = left.groups.len().max(right.groups.len());
    let gap = GAP.min(0.4 * HIGH / most as f64);
    let scale = (HIGH - gap * (most - 1) as f64) / left.customers().max(right.customers()) as f64;
    let colors: Vec<String> = (group_colors(one.n_groups()).iter())
        .map(|[r, g, b]| format!("#{r:02x}{g:02x}{b:02x}"))
        .collect();

    let mut svg = head(compared);
    let (mut from, mut to) = (left.starts(scale, gap), right.starts(scale, gap));
    for &g in &left.groups {
        let g = g as usize;
        let place = (LEFT - BAR, from[g], left.sizes[g] as f64 * scale);
        bar(&mut svg, place, &colors[g], &names[0][g], left.sizes[g], true);
    }
    for &g in &right.groups {
        let g = g as usize;
        let place = (RIGHT, to[g], right.sizes[g] as f64 * scale);
        bar(&mut svg, place, "#5b6470", &names[1][g], right.sizes[g], false);
    }
    // From the top of each bar, in the order of the bars on the other side.
    let rank = |g: u32| right.groups.iter().position(|&r| r == g);
    bands.sort_by_key(|cell| (cell.a, rank(cell.b)));
    for cell in &bands {
        let high = cell.customers as f64 * scale;
        let (a, b) = (cell.a as usize, cell.b as usize);
        let ends = [names[0][a].as_str(), &names[1][b]];
        band(&mut svg, (from[a], to[b], high), &colors[a], ends, cell.customers);
        from[a] += high;
        to[b] += high;
    }
    let drawn: usize = bands.iter().map(|cell| cell.customers).sum();
    foot(&mut svg, one.len() - drawn);
    Some(svg)
}

/// The groups of one result that are large enough to be shown.
struct Side<'a> {
    /// From top to bottom.
    groups: Vec<u32>,
    sizes: &'a [usize],
}

impl<'a> Side<'a> {
    fn of(result: &'a Partition) -> Self {
        let sizes = result.sizes();
        let shown = |&g: &u32| sizes[g as usize] >= LEAST_DESCRIBED;
        Side {
            groups: (0..result.n_groups() as u32).filter(shown).collect(),
            sizes,
        }
    }

    /// Puts each near where most of its customers come from, so that few bands cross; of equals the larger group first.
    fn near_their_own(&mut self, bands: &[&Shared]) {
        let middle = |g: u32| {
            let own = || bands.iter().filter(|cell| cell.b == g);
            let customers: usize = own().map(|cell| cell.customers).sum();
            let weighted: f64 = own().map(|cell| cell.a as f64 * cell.customers as f64).sum();
            weighted / customers.max(1) as f64
        };
        self.groups.sort_by(|&x, &y| middle(x).total_cmp(&middle(y)));
    }

    fn customers(&self) -> usize {
        self.groups.iter().map(|&g| self.sizes[g as usize]).sum()
    }

    /// The upper end of each group's bar.
    fn starts(&self, scale: f64, gap: f64) -> Vec<f64> {
        let mut starts = vec![0.0; self.sizes.len()];
        let mut y = TOP;
        for &g in &self.groups {
            starts[g as usize] = y;
            y += self.sizes[g as usize] as f64 * scale + gap;
        }
        starts
    }
}

/// Text as the picture may hold it.
fn text(text: &str) -> String {
    escape(&*printable(&cut(text, SHORT))).into_owned()
}

fn head(compared: &Compared) -> String {
    let [a, b] = [0, 1].map(|k| text(&compared.names[k]));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1280 720\" width=\"1280\" height=\"720\" font-family=\"system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif\">\n\
         <title>{a} and {b}: who is where</title>\n<rect width=\"1280\" height=\"720\" fill=\"#fff\"/>\n\
         <text x=\"40\" y=\"60\" font-size=\"24\" font-weight=\"700\">{a}</text>\n\
         <text x=\"1240\" y=\"60\" font-size=\"24\" font-weight=\"700\" text-anchor=\"end\">{b}</text>\n"
    )
}

fn bar(svg: &mut String, (x, y, high): (f64, f64, f64), color: &str, name: &str, size: usize, left: bool) {
    let _ = writeln!(
        svg,
        "<rect x=\"{x}\" y=\"{y:.2}\" width=\"{BAR}\" height=\"{high:.2}\" fill=\"{color}\"/>"
    );
    if high >= NAMED {
        let (at, anchor) = if left {
            (x - 10.0, "end")
        } else {
            (x + BAR + 10.0, "start")
        };
        let _ = writeln!(
            svg,
            "<text x=\"{at}\" y=\"{:.2}\" dy=\".35em\" font-size=\"17\" text-anchor=\"{anchor}\">{} ({})</text>",
            y + high / 2.0,
            text(name),
            group_digits(size)
        );
    }
}

fn band(
    svg: &mut String,
    (from, to, high): (f64, f64, f64),
    color: &str,
    [a, b]: [&str; 2],
    customers: usize,
) {
    let middle = (LEFT + RIGHT) / 2.0;
    let (from_end, to_end) = (from + high, to + high);
    let _ = writeln!(
        svg,
        "<path d=\"M{LEFT} {from:.2} C{middle} {from:.2} {middle} {to:.2} {RIGHT} {to:.2} L{RIGHT} {to_end:.2} C{middle} {to_end:.2} {middle} {from_end:.2} {LEFT} {from_end:.2} Z\" fill=\"{color}\" fill-opacity=\".55\"><title>{} in {}: {}</title></path>",
        text(a),
        text(b),
        counted(customers, "customer")
    );
}

/// What is not on the picture.
fn foot(svg: &mut String, left_out: usize) {
    if left_out > 0 {
        let _ = writeln!(
            svg,
            "<text x=\"640\" y=\"696\" font-size=\"17\" text-anchor=\"middle\" fill=\"#5b6470\">Not drawn: {} in groups or bands of fewer than {LEAST_DESCRIBED}</text>",
            counted(left_out, "customer")
        );
    }
    svg.push_str("</svg>\n");
}
