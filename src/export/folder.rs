//! The output folder: all files or none.
//!
//! Files are written to a hidden folder beside the output folder and take its place by one rename at the end. Where that is
//! not possible (the output folder holds other files, is the current folder, is mounted from elsewhere, or the folder above
//! it is not writable), the hidden folder lies inside the output folder, and the files move one by one; a move that fails
//! undoes those before it.

use crate::Error;
use crate::Result;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// What file browsers leave behind: nobody's results.
const DROPPINGS: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

/// A folder that appears with all its files, or not at all.
///
/// Dropped without [`publish`](Self::publish), it leaves everything as it was.
///
/// ```
/// use kinfolk::export::OutputFolder;
/// use std::io::Write;
///
/// let above = tempfile::tempdir().map_err(|e| kinfolk::Error::io("temp", "cannot be made", e))?;
/// let target = above.path().join("results");
/// let folder = OutputFolder::prepare(&target, &["summary.json"], false)?;
/// folder.create("summary.json")?.write_all(b"{}").map_err(|e| kinfolk::Error::io("summary.json", "cannot be written", e))?;
/// assert!(!target.exists());
/// folder.publish()?;
/// assert!(target.join("summary.json").exists());
/// # Ok::<(), kinfolk::Error>(())
/// ```
#[derive(Debug)]
pub struct OutputFolder {
    /// The folder that was asked for.
    target: PathBuf,
    /// The hidden folder.
    partial: PathBuf,
    /// Files that a run may write; those of an earlier run are replaced or removed.
    own: Vec<String>,
    /// Whether the hidden folder takes the place of the target as a whole.
    whole: bool,
    /// Folders above the target that did not exist, the uppermost first.
    made: Vec<PathBuf>,
}

impl OutputFolder {
    /// Makes sure, before a long run, that its files can be written to `path`.
    ///
    /// Missing folders above `path` are made. `own` names all files that a run may write. A folder with other files in it is
    /// refused, unless `force` is set: then those files stay as they are. What file browsers leave behind does not count.
    ///
    /// # Errors
    /// [`Usage`](crate::ErrorKind::Usage) where `path` is a file or, without `force`, holds other files;
    /// [`Io`](crate::ErrorKind::Io) where nothing can be written there.
    pub fn prepare(path: impl AsRef<Path>, own: &[&str], force: bool) -> Result<Self> {
        let path = path.as_ref();
        // A link to a folder stays a link: its folder is what is written to.
        let target = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(e) if e.kind() == ErrorKind::NotFound => absolute(path)?,
            Err(e) => return Err(Error::io(path, "cannot be used as the output folder", e)),
        };
        let exists = target.exists();
        if exists && !target.is_dir() {
            return Err(
                Error::usage("is a file, and the output goes to a folder of several files")
                    .in_file(path.display().to_string())
                    .hint("name another folder with --output"),
            );
        }
        let foreign = if exists {
            foreign_files(&target, own)?
        } else {
            Vec::new()
        };
        if let Some(first) = foreign.first().filter(|_| !force) {
            return Err(Error::usage(format!(
                "holds {} that kinfolk did not write, such as \"{}\"",
                if foreign.len() == 1 {
                    "a file".to_owned()
                } else {
                    format!("{} files", foreign.len())
                },
                first.to_string_lossy()
            ))
            .in_file(path.display().to_string())
            .hint("name another folder with --output, or add --force to keep them and write beside them"));
        }
        let mut folder = OutputFolder {
            partial: PathBuf::new(),
            own: own.iter().map(|&name| name.to_owned()).collect(),
            whole: false,
            made: Vec::new(),
            target,
        };
        let above = folder.target.parent().map(Path::to_path_buf);
        if !exists {
            for missing in above
                .iter()
                .flat_map(|a| a.ancestors())
                .take_while(|a| !a.exists())
            {
                folder.made.insert(0, missing.to_path_buf());
            }
            if let Some(above) = &above {
                fs::create_dir_all(above).map_err(|e| Error::io(path, "cannot be created", e))?;
            }
        }
        let beside =
            above.filter(|above| foreign.is_empty() && (!exists || can_be_replaced(&folder.target, above)));
        let name = folder
            .target
            .file_name()
            .unwrap_or(OsStr::new("kinfolk"))
            .to_string_lossy()
            .into_owned();
        let mut made = match &beside {
            Some(above) => make_hidden(above, &name),
            None => make_hidden(&folder.target, &name),
        };
        folder.whole = beside.is_some();
        if made.is_err() && exists && folder.whole {
            made = make_hidden(&folder.target, &name);
            folder.whole = false;
        }
        folder.partial = made.map_err(|e| Error::io(path, "cannot be written to", e))?;
        Ok(folder)
    }

    /// The hidden folder: what a handler of Ctrl-C has to remove, with all that is in it.
    pub fn partial_path(&self) -> &Path {
        &self.partial
    }

    /// A new file, one of those named to [`prepare`](Self::prepare); write to it through a buffer.
    ///
    /// # Errors
    /// Where it cannot be created.
    pub fn create(&self, name: &str) -> Result<File> {
        File::create(self.partial.join(name))
            .map_err(|e| Error::io(self.target.join(name), "cannot be created", e))
    }

    /// Puts the files in their place and answers where that is. Files of an earlier run are gone afterwards.
    ///
    /// # Errors
    /// Where a file or folder cannot be moved; then everything is as it was.
    pub fn publish(self) -> Result<PathBuf> {
        let done = if self.whole {
            self.publish_whole()
        } else {
            self.publish_one_by_one()
        };
        done.map_err(|e| Error::io(&self.target, "cannot be written", e))?;
        Ok(self.target.clone())
    }

    fn publish_whole(&self) -> io::Result<()> {
        if !self.target.exists() {
            return fs::rename(&self.partial, &self.target);
        }
        let mut aside = self.partial.clone().into_os_string();
        aside.push("-old");
        fs::rename(&self.target, &aside)?;
        if let Err(e) = fs::rename(&self.partial, &self.target) {
            fs::rename(&aside, &self.target)?;
            return Err(e);
        }
        // The results are in place: a rest of the old ones that cannot be removed is no failure.
        let _ = fs::remove_dir_all(&aside);
        Ok(())
    }

    fn publish_one_by_one(&self) -> io::Result<()> {
        let new = names_in(&self.partial)?;
        let aside = self.partial.join("old");
        fs::create_dir(&aside)?;
        let mut moves: Vec<(PathBuf, PathBuf)> = Vec::new();
        for name in &self.own {
            if self.target.join(name).is_file() {
                moves.push((self.target.join(name), aside.join(name)));
            }
        }
        moves.extend(
            new.iter()
                .map(|name| (self.partial.join(name), self.target.join(name))),
        );
        for (done, (from, to)) in moves.iter().enumerate() {
            if let Err(e) = fs::rename(from, to) {
                for (from, to) in moves[..done].iter().rev() {
                    fs::rename(to, from)?;
                }
                return Err(e);
            }
        }
        Ok(())
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        // After publishing there is nothing left, or only what was replaced.
        let _ = fs::remove_dir_all(&self.partial);
        if !self.target.exists() {
            for folder in self.made.iter().rev() {
                // Fails, as it should, where somebody else has put something there.
                let _ = fs::remove_dir(folder);
            }
        }
    }
}

/// The path from the root, its folder's links resolved.
fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|e| Error::io(path, "cannot be used as the output folder", e))
}

fn names_in(folder: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    let mut names = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

/// What is in the folder beside our own files.
fn foreign_files(folder: &Path, own: &[&str]) -> Result<Vec<std::ffi::OsString>> {
    let mut names = names_in(folder).map_err(|e| Error::io(folder, "cannot be read", e))?;
    names.retain(|name| {
        let known = own.iter().chain(&DROPPINGS).any(|known| name == known);
        !known || folder.join(name).is_dir()
    });
    Ok(names)
}

/// Whether a rename can put another folder in this one's place.
fn can_be_replaced(target: &Path, above: &Path) -> bool {
    let current = std::env::current_dir().and_then(fs::canonicalize);
    !current.is_ok_and(|current| current.starts_with(target)) && on_one_device(target, above)
}

#[cfg(unix)]
fn on_one_device(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    matches!((fs::metadata(a), fs::metadata(b)), (Ok(a), Ok(b)) if a.dev() == b.dev())
}

#[cfg(not(unix))]
fn on_one_device(_: &Path, _: &Path) -> bool {
    true
}

/// A new hidden folder in `parent`, with a name of its own.
fn make_hidden(parent: &Path, name: &str) -> io::Result<PathBuf> {
    let process = std::process::id();
    for attempt in 0.. {
        let suffix = if attempt == 0 {
            String::new()
        } else {
            format!("-{attempt}")
        };
        let path = parent.join(format!(".{name}.partial-{process}{suffix}"));
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            // Left behind by a process of that number, or in use by this one.
            Err(e) if e.kind() == ErrorKind::AlreadyExists && attempt < 1000 => {}
            Err(e) => return Err(e),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}
