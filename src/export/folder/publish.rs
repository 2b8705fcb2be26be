//! New files into their place, so that a kill at any moment leaves the old or the new results, or what the next run needs
//! to bring the old ones back. `docs/decisions/publishing.md` says why it is done so.

use super::RECORD;
use super::moves::{carry, exchange, move_new, names_in};
use super::owned::{Stamp, Written, as_written, own_files};
use super::workspace::{Workspace, absent_is_fine};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Error, ErrorKind};
use std::path::Path;

/// What is being done, for the run after a kill.
#[derive(Serialize, Deserialize)]
struct Journal {
    /// The folders change places; otherwise the files move one by one.
    whole: bool,
    /// The new files.
    files: BTreeMap<String, Written>,
}

/// A folder with new files, the place they go to, and which files there are ours and give way.
pub(super) struct Publication<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) target: &'a Path,
    pub(super) files: &'a BTreeMap<String, Written>,
    pub(super) replaced: &'a BTreeMap<String, Stamp>,
}

impl Publication<'_> {
    /// The new folder takes the place of the target in one step. What was put there in the last moment goes back to it.
    pub(super) fn whole(&self) -> io::Result<()> {
        let new = self.workspace.new_files();
        write_journal(self.workspace, true, self.files)?;
        match move_new(&new, self.target) {
            Err(e) if matches!(e.kind(), ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty) => {
                exchange(&new, self.target)?;
            }
            moved => moved?,
        }
        // The results are in place: a rest that cannot be removed is no failure, and the next run finds it.
        let is_ours = |name: &str| self.replaced.get(name).is_some_and(|s| s.holds(&new.join(name)));
        if give_back(&new, self.target, is_ours).is_ok() {
            let _ = fs::remove_file(self.workspace.journal());
        }
        Ok(())
    }

    /// The files move one by one, `run.json` away first and in last: without it a folder is no result. A move that fails
    /// undoes those before it.
    pub(super) fn one_by_one(&self) -> io::Result<()> {
        write_journal(self.workspace, false, self.files)?;
        let done = self.moves();
        if done.is_err() {
            undo(self.workspace, self.target, self.files)?;
            fs::remove_file(self.workspace.journal())?;
        } else {
            let _ = finish(self.workspace);
        }
        done
    }

    fn moves(&self) -> io::Result<()> {
        let (new, old) = (self.workspace.new_files(), self.workspace.old_files());
        fs::create_dir(&old)?;
        let mut away: Vec<_> = self.replaced.iter().collect();
        away.sort_by_key(|(name, _)| *name != RECORD);
        for (name, stamp) in away {
            move_new(&self.target.join(name), &old.join(name)).map_err(|e| named(name, e))?;
            if !stamp.holds(&old.join(name)) {
                return Err(Error::other(format!("{name} was changed during the run")));
            }
        }
        let mut names: Vec<_> = self.files.keys().collect();
        names.sort_by_key(|name| *name == RECORD);
        for name in names {
            move_new(&new.join(name), &self.target.join(name)).map_err(|e| named(name, e))?;
        }
        Ok(())
    }
}

fn named(name: &str, e: Error) -> Error {
    Error::new(e.kind(), format!("{name}: {e}"))
}

fn write_journal(workspace: &Workspace, whole: bool, files: &BTreeMap<String, Written>) -> io::Result<()> {
    let journal = Journal {
        whole,
        files: files.clone(),
    };
    // Beside the lock only names of ours may stand, so the half-written one lies among the new files.
    let half = workspace.new_files().join(".journal");
    let written = fs::write(&half, serde_json::to_vec(&journal)?);
    written
        .and_then(|()| fs::rename(&half, workspace.journal()))
        .inspect_err(|_| drop(fs::remove_file(&half)))
}

/// Brings in order what a killed run left in the workspace. Answers whether there was something.
pub(super) fn recover(workspace: &Workspace, target: &Path) -> io::Result<bool> {
    let new = workspace.new_files();
    let journal: Option<Journal> = match fs::read(workspace.journal()) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes)?),
        Err(e) if e.kind() == ErrorKind::NotFound => None,
        Err(e) => return Err(e),
    };
    match journal {
        // Nothing was being moved: what is there is half-written.
        None => {
            let found = new.exists();
            absent_is_fine(fs::remove_dir_all(workspace.old_files()))?;
            workspace.clear()?;
            return Ok(found);
        }
        Some(journal) if journal.whole => {
            // Either the folders have changed places or not: the target is whole, and this one goes.
            let own = own_files(&new);
            let is_ours = |name: &str| {
                own.contains_key(name)
                    || journal
                        .files
                        .get(name)
                        .is_some_and(|w| as_written(&new, name, w).is_some())
            };
            give_back(&new, target, is_ours)?;
            fs::remove_file(workspace.journal())?;
        }
        Some(_) if names_in(&new)?.is_empty() => finish(workspace)?,
        Some(journal) => {
            undo(workspace, target, &journal.files)?;
            // First the journal: without it the rest counts as half-written.
            fs::remove_file(workspace.journal())?;
            workspace.clear()?;
        }
    }
    Ok(true)
}

/// Everything is in its place: what it replaced goes.
fn finish(workspace: &Workspace) -> io::Result<()> {
    absent_is_fine(fs::remove_dir_all(workspace.old_files()))?;
    workspace.clear()?;
    fs::remove_file(workspace.journal())
}

/// The new files back into the workspace, then the old ones back into the target; may be repeated after a kill.
fn undo(workspace: &Workspace, target: &Path, files: &BTreeMap<String, Written>) -> io::Result<()> {
    let (new, old) = (workspace.new_files(), workspace.old_files());
    for (name, written) in files {
        // Where somebody has changed it meanwhile it is theirs and stays.
        if !new.join(name).exists() && as_written(target, name, written).is_some() {
            move_new(&target.join(name), &new.join(name))?;
        }
    }
    let names = names_in(&old)?;
    if !names.is_empty() {
        fs::create_dir_all(target)?;
    }
    for name in names {
        carry(&old.join(name), target)?;
    }
    absent_is_fine(fs::remove_dir(&old))
}

/// Removes a folder with old results; whatever is not ours moves to the target.
fn give_back(old: &Path, target: &Path, is_ours: impl Fn(&str) -> bool) -> io::Result<()> {
    // Again, where something has been put there meanwhile.
    for _ in 0..10 {
        let mut names = names_in(old)?;
        // `run.json` last: it says which of the others are ours, should this be cut short.
        names.sort_by_key(|name| name == RECORD);
        for name in names {
            if name.to_str().is_some_and(&is_ours) {
                fs::remove_file(old.join(&name))?;
            } else {
                carry(&old.join(&name), target)?;
            }
        }
        match absent_is_fine(fs::remove_dir(old)) {
            Err(e) if e.kind() == ErrorKind::DirectoryNotEmpty => {}
            done => return done,
        }
    }
    Err(ErrorKind::DirectoryNotEmpty.into())
}
