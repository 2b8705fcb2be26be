//! Renames that replace nothing, and the exchange of two folders.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Moves `from` to `to`, where nothing may stand yet.
pub(super) fn move_new(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // The file system does not know the flag.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            done => return done.map_err(io::Error::from),
        }
    }
    if fs::symlink_metadata(to).is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    fs::rename(from, to)
}

/// Two folders change places in one step; an error where the system cannot.
pub(super) fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE).map_err(io::Error::from)
    }
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    {
        let _ = (a, b);
        Err(ErrorKind::Unsupported.into())
    }
}

/// Moves `from` into `folder` under its own name or, where that is taken, with the first free number behind it.
pub(super) fn carry(from: &Path, folder: &Path) -> io::Result<PathBuf> {
    let name = from.file_name().ok_or(ErrorKind::InvalidInput)?;
    to_free_name(from, &folder.join(name), '.')
}

/// Moves `from` to `to` or, where that is taken, to the first of `to.1`, `to.2`, … that is free.
pub(super) fn to_free_name(from: &Path, to: &Path, mark: char) -> io::Result<PathBuf> {
    for number in 0..10_000 {
        let mut free = to.as_os_str().to_owned();
        if number > 0 {
            free.push(format!("{mark}{number}"));
        }
        match move_new(from, Path::new(&free)) {
            Err(e) if matches!(e.kind(), ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty) => {}
            done => return done.map(|()| PathBuf::from(free)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// What stands in the folder, sorted; nothing where there is no folder.
pub(super) fn names_in(folder: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = entries
        .map(|entry| Ok(entry?.file_name()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}
