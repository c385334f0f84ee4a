//! Files that appear whole or not at all: written beside their place, then moved into it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::error::Failure;
use crate::input::name;

/// Who may read the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Its owner: mode 0600.
    Owner,
    /// Whoever the umask allows.
    Everybody,
}

/// A file that is written, and not yet in its place. Dropped, it is gone.
#[derive(Debug)]
pub(crate) struct Staged {
    temporary: PathBuf,
    target: PathBuf,
    replace: bool,
}

impl Staged {
    /// Writes the bytes beside the target, and waits until they are on the disk.
    pub(crate) fn write(
        target: &Path,
        bytes: &[u8],
        readers: Readers,
        replace: bool,
    ) -> Result<Self, Failure> {
        check(target, replace)?;
        let failed =
            |error| Failure::input_output(format!("cannot write {}", name(target)), &error);
        let (mut file, temporary) = create_beside(target, readers).map_err(failed)?;
        let staged = Self { temporary, target: target.to_owned(), replace };
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
        Ok(staged)
    }

    /// Moves the file into its place.
    pub(crate) fn commit(self) -> Result<(), Failure> {
        let moved = if self.replace {
            fs::rename(&self.temporary, &self.target)
        } else {
            // A link, unlike a renamed file, never takes the place of another file.
            match fs::hard_link(&self.temporary, &self.target) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    // There are file systems without links.
                    check(&self.target, false)?;
                    fs::rename(&self.temporary, &self.target)
                }
                linked => linked,
            }
        };
        moved.map_err(|error| {
            if error.kind() == io::ErrorKind::AlreadyExists {
                return exists(&self.target);
            }
            Failure::input_output(format!("cannot write {}", name(&self.target)), &error)
        })
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove.
        drop(fs::remove_file(&self.temporary));
    }
}

/// Refuses to replace a file unasked, and whatever is no file.
pub(crate) fn check(target: &Path, replace: bool) -> Result<(), Failure> {
    match fs::symlink_metadata(target) {
        Ok(_) if !replace => Err(exists(target)),
        Ok(found) if !found.is_file() => {
            Err(Failure::unusable(format!("{} is not a regular file", name(target)))
                .hint("choose another name"))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

fn exists(target: &Path) -> Failure {
    Failure::unusable(format!("{} exists already", name(target)))
        .hint("choose another name, or replace it with --force")
}

fn create_beside(target: &Path, readers: Readers) -> io::Result<(File, PathBuf)> {
    let invalid = || io::Error::new(io::ErrorKind::InvalidInput, "this is not the name of a file");
    let file_name = target.file_name().ok_or_else(invalid)?.to_string_lossy();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    set_mode(&mut options, readers);
    for attempt in 0..16 {
        let temporary = format!(".{file_name}.{}-{attempt}.tmp", std::process::id());
        let temporary = target.with_file_name(temporary);
        match options.open(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (file, temporary)),
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, "temporary files are in the way"))
}

#[cfg(unix)]
fn set_mode(options: &mut OpenOptions, readers: Readers) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(match readers {
        Readers::Owner => 0o600,
        Readers::Everybody => 0o666,
    });
}

#[cfg(not(unix))]
fn set_mode(_options: &mut OpenOptions, _readers: Readers) {}
