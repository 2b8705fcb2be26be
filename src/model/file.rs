//! The file of a model. `docs/model-file.md` describes it byte by byte.

use super::{About, Model, NO_SEGMENT};
use crate::{Error, Result};
use flate2::Crc;
use std::io::Write;

/// How every model begins: a byte that no text has, a name, and line ends that a transfer as text would change.
const MAGIC: [u8; 12] = *b"\x8Bkinfolk\r\n\x1A\n";
/// The version of the format that this program writes and reads.
const FORMAT: u32 = 1;

/// Magic, format, length of the whole, length of the description.
const HEAD: usize = 12 + 4 + 8 + 8;
/// The checksum at the end.
const TAIL: usize = 4;
/// Bytes of a kept customer beside its coordinates.
const PER_CUSTOMER: usize = 4 + 8 + 4 + 8;

impl Model {
    /// Writes the file. The same model gives the same bytes. `O(n d)`.
    ///
    /// # Errors
    /// Where `out` cannot be written.
    pub fn write(&self, mut out: impl Write) -> Result<()> {
        let bytes = self.bytes()?;
        out.write_all(&bytes)
            .and_then(|()| out.flush())
            .map_err(|e| Error::io("the model", "cannot be written", e))
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        let about = serde_json::to_vec(&self.about)
            .map_err(|e| Error::data(format!("the model cannot be described: {e}")))?;
        let length = HEAD + about.len() + numbers(&self.about).unwrap_or(0) + TAIL;
        let mut bytes = Vec::with_capacity(length);
        bytes.extend(MAGIC);
        bytes.extend(FORMAT.to_le_bytes());
        bytes.extend((length as u64).to_le_bytes());
        bytes.extend((about.len() as u64).to_le_bytes());
        bytes.extend(about);
        self.points.iter().for_each(|x| bytes.extend(x.to_le_bytes()));
        self.segment.iter().for_each(|x| bytes.extend(x.to_le_bytes()));
        self.probability
            .iter()
            .for_each(|x| bytes.extend(x.to_le_bytes()));
        self.second.iter().for_each(|x| bytes.extend(x.to_le_bytes()));
        self.second_probability
            .iter()
            .for_each(|x| bytes.extend(x.to_le_bytes()));
        self.strangeness
            .iter()
            .for_each(|x| bytes.extend(x.to_le_bytes()));
        let sum = checksum(&bytes);
        bytes.extend(sum.to_le_bytes());
        Ok(bytes)
    }

    /// Reads the bytes of a file; `source` is what messages call it. `O(n d)`.
    ///
    /// # Errors
    /// Where it is no model, of a later format, cut short, or damaged: a sentence for each.
    pub fn read(source: &str, bytes: &[u8]) -> Result<Model> {
        let wrong = |what: String, hint: &str| Err(Error::data(what).in_file(source).hint(hint));
        let again = "copy it again, or let kinfolk segment write it again";
        let begins = bytes.len().min(MAGIC.len());
        if bytes.is_empty() || bytes[..begins] != MAGIC[..begins] {
            return wrong(
                "is not a kinfolk model".to_owned(),
                "kinfolk segment writes one, model.kinfolk, into its results",
            );
        }
        let cut = |whole: Option<u64>| {
            let of = whole.map_or(String::new(), |w| format!(" of {w}"));
            format!("is cut short: {}{of} bytes are here", bytes.len())
        };
        let Some(head) = bytes.get(..HEAD) else {
            return wrong(cut(None), again);
        };
        let format = u32::from_le_bytes(array(&head[12..16]));
        if format != FORMAT {
            return wrong(
                format!("is a model of format {format}, and this kinfolk reads format {FORMAT}"),
                "use a later kinfolk, or let this one's kinfolk segment write it again",
            );
        }
        let whole = u64::from_le_bytes(array(&head[16..24]));
        let described = u64::from_le_bytes(array(&head[24..32]));
        if (bytes.len() as u64) < whole {
            return wrong(cut(Some(whole)), again);
        }
        let damaged = || {
            Error::data("is damaged: its checksum does not fit its content")
                .in_file(source)
                .hint(again)
        };
        if bytes.len() as u64 != whole || bytes.len() < HEAD + TAIL {
            return Err(damaged());
        }
        let (content, sum) = bytes.split_at(bytes.len() - TAIL);
        if checksum(content) != u32::from_le_bytes(array(sum)) {
            return Err(damaged());
        }
        let described = usize::try_from(described).unwrap_or(usize::MAX);
        let about = HEAD
            .checked_add(described)
            .and_then(|end| content.get(HEAD..end))
            .ok_or_else(damaged)?;
        let numbers_at = HEAD + about.len();
        let about: About = serde_json::from_slice(about).map_err(|e| {
            Error::data(format!("is no model that this kinfolk can read: {e}")).in_file(source)
        })?;
        if numbers(&about) != Some(content.len() - numbers_at) {
            return Err(damaged());
        }
        let model = Model::from_numbers(about, &content[numbers_at..]);
        if model.is_sound() {
            Ok(model)
        } else {
            Err(damaged())
        }
    }

    fn from_numbers(about: About, mut rest: &[u8]) -> Model {
        let n = about.kept;
        let mut take = |bytes: usize| {
            let (here, behind) = rest.split_at(bytes);
            rest = behind;
            here
        };
        Model {
            points: take(4 * n * about.coordinates)
                .chunks_exact(4)
                .map(|b| f32::from_le_bytes(array(b)))
                .collect(),
            segment: whole_numbers(take(4 * n)),
            probability: fractions(take(8 * n)),
            second: whole_numbers(take(4 * n)),
            second_probability: fractions(take(8 * n)),
            strangeness: fractions(take(8 * about.tested)),
            about,
        }
    }

    /// Whether the numbers can be those of a model: a checksum says that nothing has changed, not that it was right.
    fn is_sound(&self) -> bool {
        let c = self.about.segments.len() as u32;
        let share = |p: &f64| (0.0..=1.0).contains(p);
        let about = &self.about;
        about.recipe.is_sound()
            && about.coordinates == about.recipe.coordinates().len()
            && about.coordinates > 0
            && (1..=about.kept).contains(&about.n_neighbors)
            && about.worth.is_sound()
            && self.points.iter().all(|x| x.is_finite())
            && self.segment.iter().all(|&s| s < c)
            && self.second.iter().all(|&s| s < c || s == NO_SEGMENT)
            && self.probability.iter().chain(&self.second_probability).all(share)
            && self.strangeness.iter().all(|x| *x >= 0.0)
            && self.strangeness.is_sorted()
    }
}

/// Bytes of the numbers; `None` beyond all measure.
fn numbers(about: &About) -> Option<usize> {
    let of_each = about.coordinates.checked_mul(4)?.checked_add(PER_CUSTOMER)?;
    about
        .kept
        .checked_mul(of_each)?
        .checked_add(about.tested.checked_mul(8)?)
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// The first N bytes; zeros where there are fewer.
fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    std::array::from_fn(|i| bytes.get(i).copied().unwrap_or(0))
}

fn whole_numbers(bytes: &[u8]) -> Vec<u32> {
    bytes
        .chunks_exact(4)
        .map(|b| u32::from_le_bytes(array(b)))
        .collect()
}

fn fractions(bytes: &[u8]) -> Vec<f64> {
    bytes
        .chunks_exact(8)
        .map(|b| f64::from_le_bytes(array(b)))
        .collect()
}
