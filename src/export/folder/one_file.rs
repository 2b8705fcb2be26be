//! A single file that appears whole, or not at all.

use super::moves::move_new;
use super::owned::is_same_file;
use super::places::{beside, hold, may_write, new_file};
use super::workspace::Workspace;
use super::{Unfinished, cannot_write};
use crate::message::{Message, Setting, message};
use crate::{Error, Result};
use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A file that appears whole, or not at all. Dropped without [`publish`](Self::publish), it leaves everything as it was.
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    workspace: Workspace,
    /// Those of the file that is replaced.
    permissions: Option<Permissions>,
    unfinished: Unfinished,
}

impl OutputFile {
    /// Makes sure, before the work, that `path` can be written, and keeps other runs away from it.
    ///
    /// With `force` a file that is there gives way, and the new one has its mode; `inputs` never do.
    ///
    /// # Errors
    /// [`Usage`](crate::ErrorKind::Usage) where `path` is one of `inputs`, a folder, a link, a device, or, without `force`,
    /// anything that exists; [`Io`](crate::ErrorKind::Io) where its folder cannot be written to or another run writes there.
    pub fn prepare(path: impl AsRef<Path>, inputs: &[&Path], force: bool) -> Result<Self> {
        let path = path.as_ref();
        let permissions = check(path, inputs, force)?;
        let folder = match path.parent() {
            Some(above) if above != Path::new("") => above,
            _ => Path::new("."),
        };
        if !folder.is_dir() {
            let what = if folder.exists() {
                "is no folder"
            } else {
                "does not exist"
            };
            return Err(Error::usage(format!("the folder {} {what}", folder.display()))
                .in_file(path.display().to_string())
                .hint(message![
                    "make it first, or name another file with ",
                    Setting::Output
                ]));
        }
        may_write(folder).map_err(|e| cannot_write(path, e))?;
        let hidden = beside(path).ok_or_else(|| {
            Error::usage("is no name of a file")
                .in_file(path.display().to_string())
                .hint(message!["name a file with ", Setting::Output])
        })?;
        let workspace = hold(&hidden, path)?;
        let unfinished = Unfinished {
            workspace: hidden,
            made: Vec::new(),
        };
        // What a killed run left.
        let ready = workspace
            .clear()
            .and_then(|()| fs::create_dir(workspace.new_files()));
        if let Err(e) = ready {
            unfinished.discard();
            return Err(cannot_write(path, e));
        }
        Ok(OutputFile {
            path: path.to_owned(),
            workspace,
            permissions,
            unfinished,
        })
    }

    /// What a handler of Ctrl-C has to remove.
    pub fn unfinished(&self) -> Unfinished {
        self.unfinished.clone()
    }

    /// The new file, to be written through a buffer; once.
    ///
    /// # Errors
    /// Where it cannot be created.
    pub fn create(&self) -> Result<File> {
        let create = || {
            let file = new_file(&self.workspace.new_files(), self.name())?;
            if let Some(permissions) = &self.permissions {
                file.set_permissions(permissions.clone())?;
            }
            Ok(file)
        };
        create().map_err(|e: io::Error| Error::io(&self.path, "cannot be created", e))
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// Where it cannot be moved there, or something has been put there meanwhile.
    pub fn publish(self) -> Result<()> {
        let new = self.workspace.new_files().join(self.name());
        let moved = match fs::symlink_metadata(&self.path) {
            Ok(there) if self.permissions.is_some() && there.is_file() => fs::rename(&new, &self.path),
            _ => move_new(&new, &self.path),
        };
        moved.map_err(|e| Error::io(&self.path, "cannot be written", e))
    }

    fn name(&self) -> &OsStr {
        self.path.file_name().unwrap_or(OsStr::new("file"))
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        self.unfinished.discard();
    }
}

/// The permissions of the file that may be replaced, where there is one.
fn check(path: &Path, inputs: &[&Path], force: bool) -> Result<Option<Permissions>> {
    let wrong = |what: &str, hint: Message| {
        Err(Error::usage(what.to_owned())
            .in_file(path.display().to_string())
            .hint(hint))
    };
    let other = message!["name another file with ", Setting::Output];
    let there = match fs::symlink_metadata(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        there => there.map_err(|e| cannot_write(path, e))?,
    };
    if inputs.iter().any(|input| is_same_file(path, input)) {
        return wrong("is read by this run, and is never overwritten", other);
    }
    if there.is_dir() {
        return wrong("is a folder, and the output is a file", other);
    }
    if there.is_symlink() {
        return wrong(
            "is a link, and links are not written through",
            message!["name the file itself with ", Setting::Output],
        );
    }
    if !there.is_file() {
        return wrong(
            "is a device, a pipe or a socket, and only files are replaced",
            other,
        );
    }
    if !force {
        return wrong(
            "is there already",
            message!["choose another name, or ", Setting::Force, " to overwrite it"],
        );
    }
    Ok(Some(there.permissions()))
}
