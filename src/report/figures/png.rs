//! The same pictures as PNG, for programs that take no SVG.

use crate::{Error, Result};
use resvg::{tiny_skia, usvg};
use std::sync::Arc;

/// The font of all text: systems have different ones, and the picture should be the same everywhere.
const FONT: &str = "DejaVu Sans";

/// Draws pictures, with the font read once.
pub struct PngPainter {
    options: usvg::Options<'static>,
}

impl Default for PngPainter {
    fn default() -> Self {
        let mut fonts = usvg::fontdb::Database::new();
        fonts.load_font_data(dejavu::sans::regular().to_vec());
        fonts.load_font_data(dejavu::sans::bold().to_vec());
        fonts.set_sans_serif_family(FONT);
        PngPainter {
            options: usvg::Options {
                font_family: FONT.to_owned(),
                fontdb: Arc::new(fonts),
                ..usvg::Options::default()
            },
        }
    }
}

impl PngPainter {
    /// The picture as PNG, a pixel per unit of the SVG: 1280 x 720 for [`figures`](super::figures). Text is set in DejaVu Sans.
    ///
    /// # Errors
    /// Where the text is no SVG.
    pub fn paint(&self, svg: &str) -> Result<Vec<u8>> {
        let broken = |e: String| Error::data(format!("a figure cannot be drawn: {e}"));
        let tree = usvg::Tree::from_str(svg, &self.options).map_err(|e| broken(e.to_string()))?;
        let size = tree.size();
        let (width, height) = (size.width().ceil() as u32, size.height().ceil() as u32);
        let mut paper =
            tiny_skia::Pixmap::new(width, height).ok_or_else(|| broken("it has no size".to_owned()))?;
        paper.fill(tiny_skia::Color::WHITE);
        resvg::render(&tree, tiny_skia::Transform::identity(), &mut paper.as_mut());
        paper.encode_png().map_err(|e| broken(e.to_string()))
    }
}
