//! The files of a log: one that is written, and those that were.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::chain::{ChainKey, Checkpoint, Seal};
use super::error::{AuditError, shown};
use super::line::{LONGEST, NewLine, ReadLine};

/// When a new file is begun, and how many are kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rotation {
    pub(super) bytes: u64,
    pub(super) is_daily: bool,
    /// Beside the one that is written.
    pub(super) keep: usize,
}

/// The file that is written. Lines are staged and then written together; what could not be written
/// stays staged.
#[derive(Debug)]
pub(super) struct Book {
    path: PathBuf,
    rotation: Rotation,
    file: Option<File>,
    /// How many bytes of whole lines the file has.
    length: u64,
    /// A part of a line may stand after them.
    is_torn: bool,
    staged: String,
    /// The last line, staged ones included.
    head: Checkpoint,
    /// The time of that line.
    time: String,
    /// Held as long as the log is open; the system takes it back from a process that is killed.
    lock: File,
}

/// What was there when a log was opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// The chain goes on.
    pub(super) is_continued: bool,
    /// So many bytes of a line without an end were taken away.
    pub(super) torn: u64,
}

impl Book {
    /// Opens the file, and finds where its chain is.
    pub(super) fn open(
        path: &Path,
        rotation: Rotation,
        key: Option<&ChainKey>,
    ) -> Result<(Self, Found), AuditError> {
        let failed = |error: io::Error| AuditError::open(path, &error);
        let not_continued = || AuditError::NotContinued { file: shown(path) };
        match fs::metadata(path) {
            Ok(found) if !found.is_file() => {
                return Err(AuditError::NotAFile { file: shown(path) });
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            Ok(_) | Err(_) => {}
        }
        let lock = lock(path)?;
        let mut file = append(path).map_err(failed)?;
        let tail = Tail::of(&mut file).map_err(failed)?;
        let torn = tail.torn;
        if torn > 0 && !tail.is_ours {
            return Err(not_continued());
        }
        if torn > 0 {
            file.set_len(tail.whole).map_err(failed)?;
        }
        let before = match tail.last {
            Some(line) => Some(line.last_of(key).ok_or_else(not_continued)?),
            None if tail.whole > 0 => {
                return Err(not_continued());
            }
            None => newest_of_the_others(path, key),
        };
        let is_continued = before.is_some();
        let (head, time) = match before {
            Some(last) => last,
            None => (Checkpoint { seq: 0, seal: Seal::random()? }, String::new()),
        };
        let (length, path) = (tail.whole, path.to_owned());
        let (file, staged) = (Some(file), String::new());
        let book = Self { path, rotation, file, length, is_torn: false, staged, head, time, lock };
        Ok((book, Found { is_continued, torn }))
    }

    /// Returns where the chain is, staged lines included.
    pub(super) const fn head(&self) -> Checkpoint {
        self.head
    }

    /// Whether a line belongs into the next file.
    pub(super) fn is_full_for(&self, line: &NewLine) -> bool {
        let staged = u64::try_from(self.staged.len()).unwrap_or(u64::MAX);
        let length = self.length.saturating_add(staged);
        let wanted = length.saturating_add(u64::try_from(line.text.len()).unwrap_or(u64::MAX));
        let day = |time: &str| time.get(..10).unwrap_or_default().to_owned();
        let is_another_day = self.rotation.is_daily && day(&line.time) > day(&self.time);
        length > 0 && (wanted > self.rotation.bytes || is_another_day)
    }

    /// Puts a line with those that are to be written.
    pub(super) fn stage(&mut self, line: NewLine) {
        self.staged.push_str(&line.text);
        self.head = line.head;
        self.time = line.time;
    }

    /// Writes what is staged. After an error it is still staged, and no part of it is in the file.
    pub(super) fn write(&mut self) -> io::Result<()> {
        if self.staged.is_empty() {
            return Ok(());
        }
        let staged = std::mem::take(&mut self.staged);
        let bytes = staged.as_bytes();
        let written = self.current().map(|file| file.write_all(bytes));
        if let Ok(Ok(())) = written {
            let bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            self.length = self.length.saturating_add(bytes);
            return Ok(());
        }
        self.staged = staged;
        if let Ok(Err(_)) = written {
            // A part may have been written: a line without an end.
            self.is_torn = true;
            drop(self.mend());
        }
        written.and_then(|written| written)
    }

    /// Asks the system to put on the disk what was written.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.as_ref().map_or(Ok(()), File::sync_data)
    }

    /// Writes what is staged, and begins the next file. The old one gets a name with the time of its
    /// last line and the number of it.
    pub(super) fn turn(&mut self) -> io::Result<()> {
        self.write()?;
        self.sync()?;
        let stamp = self.time.chars().take(19).filter(|c| !"-:".contains(*c));
        let stamp: String = stamp.collect();
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{stamp}Z-{:012}", self.head.seq));
        if fs::exists(&name)? {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        fs::rename(&self.path, &name)?;
        self.file = None;
        self.remove_old();
        self.current().map(|_| ())
    }

    /// The file as it is under its name now: somebody else may have moved it away, or shortened it.
    fn current(&mut self) -> io::Result<&mut File> {
        let is_ours = match (&self.file, fs::metadata(&self.path)) {
            (Some(file), Ok(named)) => is_same(&file.metadata()?, &named),
            (_, Err(error)) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            (Some(_) | None, Ok(_) | Err(_)) => false,
        };
        if !is_ours {
            // The old one is not ours to care for any longer.
            drop(self.mend());
            self.is_torn = false;
            let file = append(&self.path)?;
            self.length = file.metadata()?.len();
            self.file = Some(file);
        }
        self.mend()?;
        let file = self.file.as_mut().ok_or(io::ErrorKind::NotFound)?;
        self.length = file.metadata()?.len();
        Ok(file)
    }

    /// Takes away the part of a line that was written before the disk was full.
    fn mend(&mut self) -> io::Result<()> {
        if let Some(file) = self.file.as_ref().filter(|_| self.is_torn) {
            if file.metadata()?.len() > self.length {
                file.set_len(self.length)?;
            }
            self.is_torn = false;
        }
        Ok(())
    }

    /// Removes the oldest of our files, if there are more than are kept.
    fn remove_old(&self) {
        let Ok(others) = others(&self.path) else { return };
        let mut ours: Vec<PathBuf> =
            others.into_iter().filter(|other| is_turned(&self.path, other)).collect();
        ours.sort();
        let over = ours.len().saturating_sub(self.rotation.keep);
        for old in ours.into_iter().take(over) {
            // The next time, perhaps.
            drop(fs::remove_file(old));
        }
    }
}

impl Drop for Book {
    /// Gives the lock back, also where a child that was just forked has the file, too.
    fn drop(&mut self) {
        drop(fs4::FileExt::unlock(&self.lock));
    }
}

/// Takes the lock that only one log has.
fn lock(path: &Path) -> Result<File, AuditError> {
    let mut name = path.to_owned().into_os_string();
    name.push(".lock");
    let lock = append(Path::new(&name)).map_err(|error| AuditError::open(path, &error))?;
    match fs4::FileExt::try_lock(&lock) {
        Ok(()) => Ok(lock),
        Err(fs4::TryLockError::WouldBlock) => Err(AuditError::Locked { file: shown(path) }),
        Err(fs4::TryLockError::Error(error)) => Err(AuditError::open(path, &error)),
    }
}

/// Opens a file that only its owner can read; one that exists keeps the rights that it has.
fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Whether two are one file.
#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// A file that is open cannot be moved away.
#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// The files whose names begin as that of the log: turned pages, ours and those of others.
fn others(path: &Path) -> io::Result<Vec<PathBuf>> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)?.take(MOST_FILES) {
        let entry = entry?;
        let other = entry.file_name();
        let other = other.to_string_lossy();
        let follows = other.strip_prefix(&*name).is_some_and(|rest| rest.starts_with(['.', '-']));
        if follows && !other.ends_with(".lock") && entry.file_type()?.is_file() {
            found.push(folder.join(entry.file_name()));
        }
    }
    Ok(found)
}

/// Whether it is a name that [`Book::turn`] gives.
fn is_turned(path: &Path, other: &Path) -> bool {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (name, other) = (name(path), name(other));
    let rest = other.strip_prefix(&name).and_then(|rest| rest.strip_prefix('.'));
    let Some((time, seq)) = rest.and_then(|rest| rest.split_once("Z-")) else { return false };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_time = time.split_once('T').is_some_and(|(day, hour)| {
        day.len() == 8 && hour.len() == 6 && digits(day) && digits(hour)
    });
    is_time && seq.len() >= 12 && digits(seq)
}

/// Where the chain is in the newest of the other files, if it holds there.
fn newest_of_the_others(path: &Path, key: Option<&ChainKey>) -> Option<(Checkpoint, String)> {
    let last = |other: PathBuf| {
        let tail = Tail::of(&mut File::open(other).ok()?).ok()?;
        tail.last?.last_of(key)
    };
    let heads = others(path).ok()?.into_iter().filter_map(last);
    heads.max_by(|(one, time), (other, then)| (time, one.seq).cmp(&(then, other.seq)))
}

/// The end of a file.
struct Tail {
    /// Its last line that has an end, without it.
    last: Option<LastLine>,
    /// How many bytes there are up to the end of that line.
    whole: u64,
    /// How many come after it.
    torn: u64,
    /// What comes after it is the beginning of a line of a log.
    is_ours: bool,
}

struct LastLine(Vec<u8>);

impl Tail {
    fn of(file: &mut File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let most = u64::try_from(LONGEST.saturating_mul(2)).unwrap_or(u64::MAX);
        let begin = length.saturating_sub(most);
        file.seek(SeekFrom::Start(begin))?;
        let mut bytes = Vec::new();
        file.take(most).read_to_end(&mut bytes)?;
        let is_ours = |rest: &[u8]| rest.iter().zip(ReadLine::BEGINNING).all(|(a, b)| a == b);
        let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') else {
            // All of it is one line without an end; or it is no log.
            let is_ours = begin == 0 && is_ours(&bytes);
            return Ok(Self { last: None, whole: begin, torn: length, is_ours });
        };
        let (lines, rest) = bytes.split_at(end);
        let rest = rest.get(1..).unwrap_or_default();
        let line = lines.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let torn = u64::try_from(rest.len()).unwrap_or(u64::MAX);
        let (last, whole) = (Some(LastLine(line.to_owned())), length.saturating_sub(torn));
        Ok(Self { last, whole, torn, is_ours: is_ours(rest) })
    }
}

impl LastLine {
    /// Returns where the chain is with it, and when, if it holds.
    fn last_of(&self, key: Option<&ChainKey>) -> Option<(Checkpoint, String)> {
        let line = ReadLine::parse(&self.0).filter(|line| line.is_keyed == key.is_some())?;
        line.holds(key).then(|| (line.head(), line.time.to_owned()))
    }
}

/// More files than this are not looked at.
const MOST_FILES: usize = 10_000;
