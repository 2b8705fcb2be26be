//! What can be known before a run: where its files can be written, and what is in their way.

use super::cannot_write;
use super::moves::{names_in, to_free_name};
use super::owned::{Stamp, Written, identity, is_same_file, own_files};
use super::publish::recover;
use super::workspace::{Claim, Workspace, remove};
use crate::message::{Setting, message};
use crate::{Error, Result};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// What the hidden folder is called, behind the name of the output where it stands beside it.
const HIDDEN: &str = ".kinfolk-partial";

/// The output folder as it was found.
#[derive(Debug)]
pub(super) struct Place {
    /// From the root, without links.
    pub(super) target: PathBuf,
    /// Device and inode; `None` where there was no folder.
    found: Option<(u64, u64)>,
}

/// The output folder when the files are there.
pub(super) struct Now {
    /// Whether the new folder can take its place: it holds nothing but what is replaced.
    pub(super) as_a_whole: bool,
    pub(super) replaced: BTreeMap<String, Stamp>,
}

impl Place {
    pub(super) fn find(path: &Path) -> Result<Self> {
        // A link to a folder stays a link: its folder is what is written to.
        let target = match fs::canonicalize(path) {
            Err(e) if e.kind() == ErrorKind::NotFound && fs::symlink_metadata(path).is_ok() => {
                return Err(Error::usage("is a link that leads nowhere")
                    .in_file(path.display().to_string())
                    .hint(message![
                        "remove the link, or name another folder with ",
                        Setting::Output
                    ]));
            }
            Err(e) if e.kind() == ErrorKind::NotFound => std::path::absolute(path),
            real => real,
        }
        .map_err(|e| Error::io(path, "cannot be used as the output folder", e))?;
        let found = match fs::metadata(&target) {
            Ok(folder) if !folder.is_dir() => {
                return Err(
                    Error::usage("is a file, and the output goes to a folder of several files")
                        .in_file(path.display().to_string())
                        .hint(message!["name another folder with ", Setting::Output]),
                );
            }
            Ok(folder) => {
                may_write(&target).map_err(|e| cannot_write(path, e))?;
                Some(identity(&folder))
            }
            Err(_) => None,
        };
        Ok(Place { target, found })
    }

    /// Makes the folders above the target, and answers which were missing, the uppermost first.
    pub(super) fn make_above(&self, path: &Path) -> Result<Vec<PathBuf>> {
        let above = self.target.ancestors().skip(1);
        let mut missing: Vec<PathBuf> = above.take_while(|a| !a.exists()).map(Path::to_path_buf).collect();
        missing.reverse();
        if let Some(above) = self.target.parent() {
            fs::create_dir_all(above).map_err(|e| Error::io(path, "cannot be created", e))?;
        }
        Ok(missing)
    }

    /// The hidden folder: beside the target where that can be, else in it. What a killed run has left in either is
    /// brought in order first, which the second value tells.
    pub(super) fn workspace(&self, path: &Path) -> Result<(Workspace, bool)> {
        let mut tidied = false;
        let inside = self.target.join(HIDDEN);
        if let Some(beside) = beside(&self.target) {
            match hold(&beside, path) {
                Ok(workspace) => {
                    tidied |= self.recover(&workspace, path)?;
                    if self.takes(&workspace) {
                        if fs::symlink_metadata(&inside).is_ok() {
                            let left = hold(&inside, path);
                            let left = left.inspect_err(|_| remove(workspace.path()))?;
                            tidied |= self.recover(&left, path)?;
                            remove(left.path());
                        }
                        return Ok((workspace, tidied));
                    }
                    remove(workspace.path());
                }
                Err(e) if self.found.is_none() || is_busy(&e) => return Err(e),
                // The folder above cannot be written to.
                Err(_) => {}
            }
        }
        let workspace = hold(&inside, path)?;
        tidied |= self.recover(&workspace, path)?;
        Ok((workspace, tidied))
    }

    fn recover(&self, workspace: &Workspace, path: &Path) -> Result<bool> {
        recover(workspace, &self.target).map_err(|e| {
            Error::io(path, "the results of a killed run cannot be brought in order", e)
                .hint(format!("they are in {}", workspace.path().display()))
        })
    }

    /// Whether files from this hidden folder can be renamed into the target, and the folders change places without
    /// changing owner, group or attributes.
    fn takes(&self, workspace: &Workspace) -> bool {
        let (Ok(target), Ok(hidden)) = (fs::metadata(&self.target), fs::metadata(workspace.path())) else {
            return true;
        };
        are_alike(&target, &hidden) && attributes(&self.target) == attributes(workspace.path())
    }

    /// Looks at the target again, right before the files go there.
    pub(super) fn now(
        &self,
        replaced: &BTreeMap<String, Stamp>,
        files: &BTreeMap<String, Written>,
    ) -> io::Result<Now> {
        let folder = match fs::symlink_metadata(&self.target) {
            Err(e) if e.kind() == ErrorKind::NotFound => {
                return Ok(Now {
                    as_a_whole: true,
                    replaced: BTreeMap::new(),
                });
            }
            folder => folder?,
        };
        if !folder.is_dir() || self.found.is_some_and(|found| found != identity(&folder)) {
            return Err(io::Error::other(
                "something else was put in its place during the run",
            ));
        }
        let mut replaced = replaced.clone();
        replaced.retain(|name, stamp| stamp.holds(&self.target.join(name)));
        let mut names = names_in(&self.target)?;
        names.retain(|name| !name.to_str().is_some_and(|n| replaced.contains_key(n)));
        let taken = |name: &&OsString| name.to_str().is_some_and(|n| files.contains_key(n));
        if let Some(name) = names.iter().find(taken) {
            return Err(io::Error::other(format!(
                "{} was put there or changed during the run",
                name.to_string_lossy()
            )));
        }
        // A folder that this process stands in would move away under it.
        let current = std::env::current_dir().and_then(fs::canonicalize);
        let stands_in = current.is_ok_and(|current| current.starts_with(&self.target));
        Ok(Now {
            as_a_whole: names.is_empty() && !stands_in,
            replaced,
        })
    }

    /// Moves results that cannot go to the target to a free name beside it or, where that cannot be, in it.
    pub(super) fn take_refuge(&self, new: &Path) -> io::Result<PathBuf> {
        to_free_name(new, &self.target, '-')
            .or_else(|_| to_free_name(new, &self.target.join("kinfolk-results"), '-'))
    }
}

/// The hidden folder beside a file or folder.
pub(super) fn beside(path: &Path) -> Option<PathBuf> {
    let mut name = OsString::from(".");
    name.push(path.file_name()?);
    name.push(HIDDEN);
    Some(path.with_file_name(name))
}

/// Takes hold of a hidden folder, for the output `path`.
pub(super) fn hold(hidden: &Path, path: &Path) -> Result<Workspace> {
    match Workspace::claim(hidden).map_err(|e| cannot_write(path, e))? {
        Claim::Held(workspace) => Ok(workspace),
        Claim::Busy(process) => {
            let process = process.map_or_else(String::new, |p| format!(" (process {p})"));
            let busy = io::Error::new(
                ErrorKind::ResourceBusy,
                format!("another run of kinfolk{process} is writing there"),
            );
            Err(Error::io(path, "cannot be written to", busy).hint(message![
                "wait until it has finished, or name another place with ",
                Setting::Output
            ]))
        }
        Claim::InTheWay => Err(Error::usage("is in the way, and kinfolk did not make it")
            .in_file(hidden.display().to_string())
            .hint(message![
                "move it away, or name another place with ",
                Setting::Output
            ])),
    }
}

fn is_busy(e: &Error) -> bool {
    e.io_error().is_some_and(|e| e.kind() == ErrorKind::ResourceBusy)
}

/// The files in the target that give way to new ones, after everything else in it was found to be in nobody's way.
pub(super) fn check(
    place: &Place,
    path: &Path,
    names: &[&str],
    inputs: &[&Path],
    force: bool,
) -> Result<BTreeMap<String, Stamp>> {
    let own = own_files(&place.target);
    let ours = own.keys().map(String::as_str);
    for name in ours.chain(names.iter().copied()) {
        let file = place.target.join(name);
        if let Some(input) = inputs.iter().find(|input| is_same_file(&file, input)) {
            return Err(Error::usage(format!(
                "{name} in it is the input {}, which is never overwritten",
                input.display()
            ))
            .in_file(path.display().to_string())
            .hint(message!["name another folder with ", Setting::Output]));
        }
    }
    let mut foreign = names_in(&place.target).map_err(|e| Error::io(path, "cannot be read", e))?;
    foreign.retain(|name| name != HIDDEN && !name.to_str().is_some_and(|n| own.contains_key(n)));
    let wanted = |name: &&OsString| names.iter().any(|n| name == n);
    if let Some(name) = foreign.iter().find(wanted) {
        let name = name.to_string_lossy();
        return Err(Error::usage(if place.target.join(&*name).is_dir() {
            format!("{name} in it is a folder, and a file of that name is to be written")
        } else {
            format!("{name} in it is not as kinfolk wrote it, and a file of that name is to be written")
        })
        .in_file(path.display().to_string())
        .hint(message![
            "name another folder with ",
            Setting::Output,
            format!(", or move {name} away")
        ]));
    }
    // What file browsers leave behind: nobody's results.
    const DROPPINGS: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];
    foreign.retain(|name| !DROPPINGS.iter().any(|d| name == d));
    match foreign.first() {
        Some(first) if !force => Err(Error::usage(format!(
            "holds {} that kinfolk did not write, such as \"{}\"",
            if foreign.len() == 1 {
                "a file".to_owned()
            } else {
                format!("{} files", foreign.len())
            },
            first.to_string_lossy()
        ))
        .in_file(path.display().to_string())
        .hint(message![
            "name another folder with ",
            Setting::Output,
            ", or add ",
            Setting::Force,
            " to keep them and write beside them"
        ])),
        _ => Ok(own),
    }
}

/// The folder for new files, no wider open than the target.
pub(super) fn new_folder(workspace: &Workspace, place: &Place) -> io::Result<()> {
    let new = workspace.new_files();
    fs::create_dir(&new)?;
    match fs::metadata(&place.target) {
        Ok(target) => fs::set_permissions(&new, target.permissions()),
        Err(_) => Ok(()),
    }
}

/// A new file, no wider open than its folder.
pub(super) fn new_file(folder: &Path, name: impl AsRef<Path>) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        options.mode(0o666 & fs::metadata(folder)?.permissions().mode());
    }
    options.open(folder.join(name.as_ref()))
}

#[cfg(unix)]
pub(super) fn may_write(folder: &Path) -> io::Result<()> {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    use rustix::io::Errno;
    match accessat(CWD, folder, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS) {
        Err(Errno::NOSYS | Errno::INVAL) => Ok(()),
        may => may.map_err(io::Error::from),
    }
}

#[cfg(not(unix))]
pub(super) fn may_write(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn are_alike(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.uid(), a.gid()) == (b.dev(), b.uid(), b.gid())
}

#[cfg(not(unix))]
fn are_alike(_: &Metadata, _: &Metadata) -> bool {
    // Folders cannot change places here, and a move from one drive to another fails and is undone.
    false
}

/// Names of the folder's extended attributes, access lists among them.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn attributes(folder: &Path) -> Vec<u8> {
    let mut names = vec![0; 1 << 16];
    let length = rustix::fs::listxattr(folder, &mut names[..]).unwrap_or(0);
    names.truncate(length);
    names
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn attributes(_: &Path) -> Vec<u8> {
    Vec::new()
}
