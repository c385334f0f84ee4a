//! A ring in a file: one that only its owner reads, and that changes whole or not at all.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jotem::error::Excerpt;

use super::error::RingError;
use super::store::{RingStore, StoredRing};
use crate::atomic_file::{Fault, Readers, Staged, hidden};

/// Keeps a ring in a file of mode 0600.
///
/// - The file is written beside its place, brought to the disk, and moved: whoever reads, and whoever
///   starts after a crash, finds the state before or the state after.
/// - Who changes it holds a lock, which the system takes back from a process that ends. The lock is on
///   an empty file beside it, `.NAME.lock`, which stays.
/// - A file that others may read or write, or that is a link, is refused.
///
/// The lock, and the rule that a rename replaces at once, are those of a local file system; NFS may
/// have neither.
///
/// # Examples
/// ```
/// use jotem::Algorithm;
/// use jotem_jwks::ring::{FileStore, KeyRing};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ring.json");
///
/// let ring = KeyRing::builder(Algorithm::Es256).create_in(FileStore::new(&path), "a long password")?;
/// let same = KeyRing::open(FileStore::new(&path), "a long password")?;
/// assert_eq!(same.keys(), ring.keys());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
    /// What the file looked like when it was read last.
    seen: Mutex<Option<Stamp>>,
}

impl FileStore {
    /// Names the file.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().to_owned(), seen: Mutex::new(None) }
    }

    fn remember(&self, stamp: Option<Stamp>) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = stamp;
    }

    fn has_seen(&self, stamp: &Stamp) -> bool {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(stamp)
    }

    /// Looks at what stands there, without following a link.
    fn look(&self) -> Result<Metadata, RingError> {
        let found = fs::symlink_metadata(&self.path).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                return RingError::Missing { name: self.name() };
            }
            self.failed("read", error)
        })?;
        if found.is_file() { Ok(found) } else { Err(RingError::NotAFile { name: self.name() }) }
    }

    /// Takes the lock, for which others are waited a while: they hold it for milliseconds.
    fn lock(&self) -> Result<File, RingError> {
        let path = hidden(&self.path, "lock").map_err(|error| self.failed("lock", error))?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        owner_only(&mut options);
        let file = options.open(path).map_err(|error| self.failed("lock", error))?;
        for _ in 0..TRIES {
            match fs4::FileExt::try_lock(&file) {
                Ok(()) => return Ok(file),
                Err(fs4::TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
                Err(fs4::TryLockError::Error(error)) => return Err(self.failed("lock", error)),
            }
        }
        Err(RingError::Locked { name: self.name() })
    }

    /// The end of the name says most.
    fn name(&self) -> Excerpt {
        let text = self.path.to_string_lossy();
        let shown = text.chars().skip(text.chars().count().saturating_sub(60));
        Excerpt::new(&shown.collect::<String>())
    }

    fn failed(&self, action: &'static str, error: io::Error) -> RingError {
        RingError::Store { action, name: self.name(), source: Box::new(error) }
    }

    fn fault(&self, fault: Fault) -> RingError {
        match fault {
            Fault::Exists(_) => RingError::Exists { name: self.name() },
            Fault::NotRegular(_) => RingError::NotAFile { name: self.name() },
            Fault::System(_, error) => self.failed("write", error),
        }
    }
}

impl RingStore for FileStore {
    fn create(&self, ring: &StoredRing) -> Result<(), RingError> {
        let staged = Staged::write(&self.path, ring.text().as_bytes(), Readers::Owner, false);
        let placed = staged.and_then(Staged::commit).map_err(|fault| self.fault(fault))?;
        placed.keep();
        Ok(())
    }

    fn load(&self) -> Result<StoredRing, RingError> {
        // Forgotten first: what cannot be read is looked at again.
        self.remember(None);
        self.look()?;
        let file = File::open(&self.path).map_err(|error| self.failed("read", error))?;
        let metadata = file.metadata().map_err(|error| self.failed("read", error))?;
        if let Some(mode) = open_to_others(&metadata) {
            return Err(RingError::Permissions { name: self.name(), mode });
        }
        if metadata.len() > LIMIT {
            return Err(RingError::TooLarge { name: self.name(), bytes: metadata.len() });
        }
        let mut bytes = Vec::new();
        let read = file.take(LIMIT.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| self.failed("read", error))?;
        let text =
            String::from_utf8(bytes).map_err(|_| RingError::damaged("it is not UTF-8 text"))?;
        let stored = StoredRing::new(text)?;
        self.remember(Some(Stamp::of(&metadata)));
        Ok(stored)
    }

    fn load_if_changed(&self, _revision: u64) -> Result<Option<StoredRing>, RingError> {
        let stamp = Stamp::of(&self.look()?);
        if self.has_seen(&stamp) { Ok(None) } else { self.load().map(Some) }
    }

    fn replace(&self, expected: u64, ring: &StoredRing) -> Result<(), RingError> {
        let lock = self.lock()?;
        let found = self.load()?.revision();
        if found != expected {
            return Err(RingError::Conflict { expected, found });
        }
        let staged = Staged::write_locked(&self.path, ring.text().as_bytes());
        let replaced = staged.and_then(Staged::replace).map_err(|fault| self.fault(fault));
        // Until here nobody else may write.
        drop(lock);
        self.remember(None);
        replaced
    }
}

/// What tells that a file is another one, or has been written since.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<std::time::SystemTime>,
    bytes: u64,
    /// Device, number and time of change, where there are such.
    identity: [i64; 4],
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            modified: metadata.modified().ok(),
            bytes: metadata.len(),
            identity: identity(metadata),
        }
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> [i64; 4] {
    use std::os::unix::fs::MetadataExt as _;
    let numbers = [metadata.dev(), metadata.ino()].map(u64::cast_signed);
    [numbers[0], numbers[1], metadata.ctime(), metadata.ctime_nsec()]
}

#[cfg(not(unix))]
fn identity(_metadata: &Metadata) -> [i64; 4] {
    [0; 4]
}

/// Returns the mode of a file that others than its owner may read or write.
#[cfg(unix)]
fn open_to_others(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o7777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn open_to_others(_metadata: &Metadata) -> Option<u32> {
    None
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn owner_only(_options: &mut OpenOptions) {}

/// 64 keys of the largest kind have less.
const LIMIT: u64 = 1024 * 1024;

/// How long a lock is waited for: ten seconds.
const TRIES: u32 = 2_000;
const PAUSE: Duration = Duration::from_millis(5);
