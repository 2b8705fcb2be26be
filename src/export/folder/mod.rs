//! Where results go: a folder that gets all its files or none, and a single file likewise.
//!
//! | file | what it does |
//! |---|---|
//! | `owned.rs` | which files are ours: listed in `run.json` with length and checksum, and unchanged since |
//! | `workspace.rs` | the hidden folder that holds what is being written, locked by its process |
//! | `publish.rs` | new files into their place; what a killed run left is brought in order |
//! | `places.rs` | what can be known before the run: where the hidden folder can be, what is in the way |
//! | `one_file.rs` | the same for a single file |
//! | `moves.rs` | renames that replace nothing |

mod moves;
mod one_file;
mod owned;
mod places;
mod publish;
mod workspace;

pub use one_file::OutputFile;
pub use owned::Written;

use crate::Error;
use crate::ErrorKind;
use crate::Result;
use owned::{Counted, Stamp};
use places::Place;
use publish::Publication;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use workspace::Workspace;

/// The file that says which files are ours.
const RECORD: &str = "run.json";

/// A folder that gets all its files at once, or none.
///
/// Files are ours, and may be replaced, where a `run.json` of kinfolk in the same folder lists them under `files` with the
/// length and checksum they still have; everything else in the folder is left alone. Dropped without
/// [`publish`](Self::publish), it leaves everything as it was. Where the process is killed, the next `prepare` for the same
/// folder removes what was half-written and brings back what was being replaced.
///
/// ```
/// use kinfolk::export::OutputFolder;
///
/// let above = tempfile::tempdir().map_err(|e| kinfolk::Error::io("temp", "cannot be made", e))?;
/// let target = above.path().join("results");
/// let mut folder = OutputFolder::prepare(&target, &["summary.json"], &[], false)?;
/// folder.write("summary.json", |out| out.write_all(b"{}").map_err(|e| kinfolk::Error::io("it", "cannot be written", e)))?;
/// assert!(!target.exists());
/// folder.publish()?;
/// assert!(target.join("summary.json").exists());
/// # Ok::<(), kinfolk::Error>(())
/// ```
#[derive(Debug)]
pub struct OutputFolder {
    /// The folder that was asked for, and what it was at the start.
    place: Place,
    workspace: Workspace,
    /// Files of an earlier run, which give way.
    replaced: BTreeMap<String, Stamp>,
    files: BTreeMap<String, Written>,
    unfinished: Unfinished,
    tidied: bool,
}

/// What has to go if the run ends before its results are published: for a handler of Ctrl-C.
#[derive(Clone, Debug)]
pub struct Unfinished {
    workspace: PathBuf,
    /// Folders that did not exist, the uppermost first.
    made: Vec<PathBuf>,
}

impl Unfinished {
    /// Removes what is half-written. Files that were published stay, and so does what somebody else has put there.
    pub fn discard(&self) {
        workspace::remove(&self.workspace);
        for folder in self.made.iter().rev() {
            // Fails, as it should, where something is in it.
            let _ = fs::remove_dir(folder);
        }
    }
}

impl OutputFolder {
    /// Makes sure, before a long run, that its files can be written to `path`, and keeps other runs away from it.
    ///
    /// Missing folders above `path` are made. `names` are all files that a run may write. `inputs` are files that must
    /// stay as they are: none of them is written, moved or removed, under whatever name or link it stands in the folder. A
    /// folder with files that are not ours is refused, unless `force` is set: then these stay as they are.
    ///
    /// # Errors
    /// [`Usage`](crate::ErrorKind::Usage) where `path` is a file or a link to nowhere, where one of `inputs` would be
    /// replaced, where something that is not ours has one of `names`, or, without `force`, any other name;
    /// [`Io`](crate::ErrorKind::Io) where nothing can be written there or another run is writing there.
    pub fn prepare(path: impl AsRef<Path>, names: &[&str], inputs: &[&Path], force: bool) -> Result<Self> {
        let path = path.as_ref();
        let place = Place::find(path)?;
        let made = place.make_above(path)?;
        let prepared = place.workspace(path).and_then(|(workspace, tidied)| {
            let unfinished = Unfinished {
                workspace: workspace.path().to_owned(),
                made: made.clone(),
            };
            let replaced = places::check(&place, path, names, inputs, force).and_then(|own| {
                places::new_folder(&workspace, &place)
                    .map(|()| own)
                    .map_err(|e| cannot_write(path, e))
            });
            if replaced.is_err() {
                unfinished.discard();
            }
            Ok(OutputFolder {
                replaced: replaced?,
                place,
                workspace,
                files: BTreeMap::new(),
                unfinished,
                tidied,
            })
        });
        if prepared.is_err() {
            for folder in made.iter().rev() {
                let _ = fs::remove_dir(folder);
            }
        }
        prepared
    }

    /// What a handler of Ctrl-C has to remove.
    pub fn unfinished(&self) -> Unfinished {
        self.unfinished.clone()
    }

    /// Whether a killed run had left something behind, which has been brought in order.
    pub fn has_tidied(&self) -> bool {
        self.tidied
    }

    /// Length and checksum of the files written so far: `files` of `run.json`.
    pub fn files(&self) -> &BTreeMap<String, Written> {
        &self.files
    }

    /// A new file, one of those named to [`prepare`](Self::prepare); `write` brings its own buffer and flushes it.
    ///
    /// # Errors
    /// Where it cannot be created, and those of `write`; errors of the system name the file with its folder.
    pub fn write<T>(&mut self, name: &str, write: impl FnOnce(&mut dyn Write) -> Result<T>) -> Result<T> {
        let new = self.workspace.new_files();
        let shown = self.place.target.join(name);
        let file = places::new_file(&new, name).map_err(|e| Error::io(&shown, "cannot be created", e))?;
        let mut counted = Counted::new(file);
        let result = write(&mut counted).map_err(|e| match e.kind() {
            ErrorKind::Io => e.in_file(shown.display().to_string()),
            _ => e,
        })?;
        self.files.insert(name.to_owned(), counted.written());
        Ok(result)
    }

    /// Puts the files in their place and answers where that is. Files of an earlier run are gone afterwards.
    ///
    /// # Errors
    /// Where somebody has put a file of the same name there during the run, or a file cannot be moved: then the folder is
    /// as it was, and the new files are in a folder beside it (or in it), which the error names.
    pub fn publish(self) -> Result<PathBuf> {
        let target = &self.place.target;
        self.put_in_place().map_err(|e| {
            let error = Error::io(target, "cannot be written", e);
            // What could not be undone needs the new files where they are.
            if self.workspace.journal().exists() {
                return error.hint(format!(
                    "the next run continues from {}",
                    self.workspace.path().display()
                ));
            }
            // Computed for minutes, maybe: not lost because of its place.
            match self.place.take_refuge(&self.workspace.new_files()) {
                Ok(kept) => error.hint(format!("the results are in {}", kept.display())),
                Err(_) => error,
            }
        })?;
        Ok(target.clone())
    }

    fn put_in_place(&self) -> io::Result<()> {
        let now = self.place.now(&self.replaced, &self.files)?;
        let publication = Publication {
            workspace: &self.workspace,
            target: &self.place.target,
            files: &self.files,
            replaced: &now.replaced,
        };
        if now.as_a_whole && publication.whole().is_ok() {
            return Ok(());
        }
        publication.one_by_one()
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        // After publishing this finds the empty workspace only.
        self.unfinished.discard();
    }
}

fn cannot_write(path: &Path, e: io::Error) -> Error {
    Error::io(path, "cannot be written to", e)
}
