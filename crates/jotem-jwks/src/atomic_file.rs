//! Files that appear whole or not at all: written beside their place, then moved into it.
//!
//! Shared with the command; not part of what this crate promises.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Why a file could not be written.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "shared with the command, which words each")]
pub enum Fault {
    /// There is a file already, which was not to be replaced.
    Exists(PathBuf),
    /// There is something that is no regular file.
    NotRegular(PathBuf),
    /// The system said no.
    System(PathBuf, io::Error),
}

/// Who may read the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "shared with the command")]
pub enum Readers {
    /// Its owner: mode 0600.
    Owner,
    /// Whoever the umask allows.
    Everybody,
}

/// A file that is written, and not yet in its place. Dropped, it is gone.
#[derive(Debug)]
pub struct Staged {
    file: File,
    temporary: Temporary,
    target: PathBuf,
    replace: bool,
}

impl Staged {
    /// Writes the bytes beside the target, and waits until they are on the disk.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn write(
        target: &Path,
        bytes: &[u8],
        readers: Readers,
        replace: bool,
    ) -> Result<Self, Fault> {
        check(target, replace)?;
        let options = new_file(readers);
        let opened = beside(target, |temporary| options.open(temporary));
        let (file, temporary) = opened.map_err(|error| failed(target, error))?;
        Self { file, temporary, target: target.to_owned(), replace }.fill(bytes)
    }

    /// Writes the bytes under the one name beside the target that is for whoever holds its lock, in
    /// the place of what a process left there that was killed. For a file that stands already.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn write_locked(target: &Path, bytes: &[u8]) -> Result<Self, Fault> {
        check(target, true)?;
        let temporary = Temporary(hidden(target, "tmp").map_err(|error| failed(target, error))?);
        match fs::remove_file(&temporary.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed(target, error));
            }
            Ok(()) | Err(_) => {}
        }
        let opened = new_file(Readers::Owner).open(&temporary.0);
        let file = opened.map_err(|error| failed(target, error))?;
        Self { file, temporary, target: target.to_owned(), replace: true }.fill(bytes)
    }

    fn fill(mut self, bytes: &[u8]) -> Result<Self, Fault> {
        let written = self.file.write_all(bytes).and_then(|()| self.file.sync_all());
        written.map_err(|error| failed(&self.target, error))?;
        Ok(self)
    }

    /// Moves the file into its place in one step, for good: at no moment is there another file than
    /// the older one or this one, and nothing of the older one is left.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn replace(self) -> Result<(), Fault> {
        check(&self.target, true)?;
        let moved = fs::rename(&self.temporary.0, &self.target);
        let kept = moved.and_then(|()| sync_folder(&self.target));
        kept.map_err(|error| failed(&self.target, error))
    }

    /// Moves the file into its place, from where it goes again unless it is kept.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn commit(self) -> Result<Placed, Fault> {
        let Self { file, temporary, target, replace } = self;
        // Something else may stand there by now: a folder must not be set aside as a file is.
        check(&target, replace)?;
        let older = if replace {
            set_aside(&target).map_err(|error| failed(&target, error))?
        } else {
            None
        };
        // From here on, dropping `placed` puts the older file back.
        let mut placed = Placed { file, target, older, is_there: false };
        let moved = if replace {
            fs::rename(&temporary.0, &placed.target)
        } else {
            // A link, unlike a renamed file, never takes the place of another file.
            match fs::hard_link(&temporary.0, &placed.target) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    // There are file systems without links.
                    fs::rename(&temporary.0, &placed.target)
                }
                linked => linked,
            }
        };
        moved.map_err(|error| failed(&placed.target, error))?;
        placed.is_there = true;
        Ok(placed)
    }
}

/// A file in its place. Dropped without being kept, it is gone, and the file that it replaced is
/// back: what is made with others appears with them or not at all.
#[derive(Debug)]
pub struct Placed {
    file: File,
    target: PathBuf,
    older: Option<Temporary>,
    /// Whether there is something to take away again.
    is_there: bool,
}

impl Placed {
    /// Leaves the file where it is.
    pub fn keep(mut self) {
        self.is_there = false;
        // The new file stands: the older one goes with its temporary name.
        drop(self.older.take());
        // That the name is on the disk too is a wish: the bytes are.
        drop(sync_folder(&self.target));
    }
}

impl Drop for Placed {
    fn drop(&mut self) {
        // What somebody else has put there since is not ours to remove.
        let ours = self.is_there && is_at(&self.file, &self.target);
        match &self.older {
            Some(older) if ours || is_missing(&self.target) => {
                drop(fs::rename(&older.0, &self.target));
            }
            None if ours => drop(fs::remove_file(&self.target)),
            Some(_) | None => {}
        }
    }
}

/// The name of a file that goes when it is dropped.
#[derive(Debug)]
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove.
        drop(fs::remove_file(&self.0));
    }
}

/// Refuses to replace a file unasked, and whatever is no file.
///
/// # Errors
/// [`Fault`].
pub fn check(target: &Path, replace: bool) -> Result<(), Fault> {
    match fs::symlink_metadata(target) {
        Ok(_) if !replace => Err(Fault::Exists(target.to_owned())),
        Ok(found) if !found.is_file() => Err(Fault::NotRegular(target.to_owned())),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Returns a hidden name beside the target, made of its own: `.NAME.EXTENSION`.
///
/// # Errors
/// The target is not the name of a file.
pub fn hidden(target: &Path, extension: &str) -> io::Result<PathBuf> {
    let message = "this is not the name of a file";
    let own =
        target.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, message))?;
    let mut name = std::ffi::OsString::from(".");
    name.push(own);
    name.push(".");
    name.push(extension);
    Ok(target.with_file_name(name))
}

fn failed(target: &Path, error: io::Error) -> Fault {
    if error.kind() == io::ErrorKind::AlreadyExists {
        return Fault::Exists(target.to_owned());
    }
    Fault::System(target.to_owned(), error)
}

fn new_file(readers: Readers) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    set_mode(&mut options, readers);
    options
}

/// Waits until the names in the target's folder are on the disk.
#[cfg(unix)]
fn sync_folder(target: &Path) -> io::Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
}

/// Elsewhere a folder cannot be opened as a file, and the system sees to it.
#[cfg(not(unix))]
fn sync_folder(_target: &Path) -> io::Result<()> {
    Ok(())
}

/// Keeps the file that is about to be replaced under another name; none if there is none.
fn set_aside(target: &Path) -> io::Result<Option<Temporary>> {
    let aside = beside(target, |aside| match fs::hard_link(target, aside) {
        Err(error)
            if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) =>
        {
            Err(error)
        }
        // There are file systems without links: for a moment there is no file in the place.
        Err(_) if is_missing(aside) => fs::rename(target, aside),
        Err(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Ok(()) => Ok(()),
    });
    match aside {
        Ok(((), aside)) => Ok(Some(aside)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes something under a name beside the target that is free. The name is short whatever the
/// target is called: a name of the longest length that a file system has leaves room for no more.
fn beside<T>(target: &Path, make: impl Fn(&Path) -> io::Result<T>) -> io::Result<(T, Temporary)> {
    if target.file_name().is_none() {
        let message = "this is not the name of a file";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    for attempt in 0..16 {
        let name = format!(".jotem-{}-{attempt}.tmp", std::process::id());
        let path = target.with_file_name(name);
        match make(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|made| (made, Temporary(path))),
        }
    }
    Err(io::Error::other("temporary files of an earlier run are in the way: .jotem-*.tmp"))
}

fn is_missing(path: &Path) -> bool {
    fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// Whether the open file is the one that stands there.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |found: fs::Metadata| (found.dev(), found.ino());
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(file), Ok(found)) => identity(file) == identity(found),
        (Ok(_) | Err(_), _) => false,
    }
}

/// Whether the open file is the one that stands there; without a way to tell, that it is.
#[cfg(not(unix))]
fn is_at(_file: &File, path: &Path) -> bool {
    !is_missing(path)
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

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::{Fault, Readers, Staged, hidden};

    fn stage(directory: &TempDir, name: &str, replace: bool) -> Staged {
        Staged::write(&directory.path().join(name), b"new", Readers::Owner, replace).unwrap()
    }

    /// Each file with what it says.
    fn files(directory: &TempDir) -> Vec<(String, String)> {
        let mut files: Vec<_> = fs::read_dir(directory.path())
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| {
                let name = entry.file_name().into_string().unwrap();
                (name, fs::read_to_string(entry.path()).unwrap_or_default())
            })
            .collect();
        files.sort();
        files
    }

    fn file(name: &str, content: &str) -> (String, String) {
        (name.to_owned(), content.to_owned())
    }

    #[test]
    fn a_file_that_is_kept_stays_and_nothing_else_does() {
        let directory = TempDir::new().unwrap();
        for replace in [false, true] {
            stage(&directory, "a", replace).commit().unwrap().keep();
            assert_eq!(files(&directory), [file("a", "new")]);
        }
    }

    #[test]
    fn a_file_that_is_not_committed_or_not_kept_is_gone() {
        let directory = TempDir::new().unwrap();
        for replace in [false, true] {
            drop(stage(&directory, "a", replace));
            drop(stage(&directory, "a", replace).commit().unwrap());
            assert_eq!(files(&directory), []);
        }
    }

    #[test]
    fn the_first_file_goes_again_if_the_second_cannot_be_placed() {
        let directory = TempDir::new().unwrap();
        let staged = [stage(&directory, "a", false), stage(&directory, "b", false)];
        fs::write(directory.path().join("b"), "of somebody else").unwrap();
        let placed: Result<Vec<_>, _> = staged.into_iter().map(Staged::commit).collect();
        let Err(Fault::Exists(path)) = placed else { panic!("{placed:?}") };
        assert_eq!(path, directory.path().join("b"));
        assert_eq!(files(&directory), [file("b", "of somebody else")]);
    }

    #[test]
    fn a_file_that_was_replaced_comes_back_if_the_second_cannot_be_placed() {
        let directory = TempDir::new().unwrap();
        fs::write(directory.path().join("a"), "old").unwrap();
        let staged = [stage(&directory, "a", true), stage(&directory, "b", true)];
        fs::create_dir(directory.path().join("b")).unwrap();
        let placed: Result<Vec<_>, _> = staged.into_iter().map(Staged::commit).collect();
        assert!(matches!(placed, Err(Fault::NotRegular(_))));
        assert_eq!(files(&directory), [file("a", "old"), file("b", "")]);
    }

    #[cfg(unix)]
    #[test]
    fn what_somebody_else_has_put_in_the_place_since_is_left_alone() {
        for replace in [false, true] {
            let directory = TempDir::new().unwrap();
            let placed = stage(&directory, "a", replace).commit().unwrap();
            fs::remove_file(directory.path().join("a")).unwrap();
            fs::write(directory.path().join("a"), "of somebody else").unwrap();
            drop(placed);
            assert_eq!(files(&directory), [file("a", "of somebody else")]);
        }
    }

    #[test]
    fn a_file_that_appears_meanwhile_is_never_replaced_unasked() {
        let directory = TempDir::new().unwrap();
        let staged = stage(&directory, "a", false);
        fs::write(directory.path().join("a"), "precious").unwrap();
        assert!(staged.commit().is_err());
        assert_eq!(files(&directory), [file("a", "precious")]);
    }

    #[test]
    fn what_a_killed_process_left_is_replaced_by_whoever_holds_the_lock() {
        let directory = TempDir::new().unwrap();
        let target = directory.path().join("a");
        fs::write(&target, "old").unwrap();
        fs::write(hidden(&target, "tmp").unwrap(), "half of a fi").unwrap();
        let staged = Staged::write_locked(&target, b"new").unwrap();
        assert_eq!(files(&directory), [file(".a.tmp", "new"), file("a", "old")]);
        staged.replace().unwrap();
        assert_eq!(files(&directory), [file("a", "new")]);
    }

    #[test]
    fn a_name_of_the_longest_length_is_taken() {
        let directory = TempDir::new().unwrap();
        let name = "k".repeat(255);
        for replace in [false, true] {
            stage(&directory, &name, replace).commit().unwrap().keep();
        }
        assert_eq!(files(&directory), [file(&name, "new")]);
    }
}
