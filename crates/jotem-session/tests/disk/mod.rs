//! A small disk that can be filled: a file system in memory, which only the processes that are started on it
//! see. It ends with the test, however that ends.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A disk, by the process that keeps it mounted: that reads its input until there is none.
pub(crate) struct Disk {
    keeper: Child,
    at: PathBuf,
}

impl Disk {
    /// Mounts one of so many bytes, as `mount` writes them. Absent, and said so, where mounting is not
    /// allowed: that takes root, and many places where tests run do not let root do it either. So a run
    /// of CI does not fail for it; what a server's error means is held everywhere by tests that make
    /// the server raise it.
    pub(crate) fn mounted_at(at: &Path, size: &str, owner: u32) -> Option<Self> {
        let script = format!(
            "mount -t tmpfs -o size={size},mode=700,uid={owner},gid={owner} tmpfs \"$1\" && echo up && exec cat"
        );
        let mut keeper = Command::new("unshare");
        keeper.args(["--mount", "sh", "-c", &script, "sh"]).arg(at).process_group(0);
        let keeper = keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let keeper = keeper.spawn().ok();
        let up = keeper.and_then(|mut keeper| {
            let mut line = String::new();
            BufReader::new(keeper.stdout.take()?).read_line(&mut line).ok()?;
            let disk = Self { keeper, at: at.to_owned() };
            (line == "up\n").then_some(disk)
        });
        if up.is_none() {
            eprintln!(
                "skipped: a full disk takes a file system of its own, and none may be mounted here"
            );
        }
        up
    }

    /// Prepares a program that sees the disk, as the user who owns it.
    pub(crate) fn command(&self, program: &Path, directory: &Path, owner: u32) -> Command {
        let mut command = Command::new("nsenter");
        let mounts = format!("--mount=/proc/{}/ns/mnt", self.keeper.id());
        let directory = format!("--wd={}", directory.display());
        let (user, group) = (format!("--setuid={owner}"), format!("--setgid={owner}"));
        command.args([mounts, directory, user, group]).arg(program).process_group(0);
        command
    }

    /// Where this program finds what is on it.
    pub(crate) fn path(&self) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.keeper.id()));
        root.join(self.at.strip_prefix("/").unwrap_or(&self.at))
    }

    /// Takes all the room that is left.
    pub(crate) fn fill(&self) {
        fill(&self.path().join(BALLAST));
    }

    /// Gives it back.
    pub(crate) fn make_room(&self) {
        std::fs::remove_file(self.path().join(BALLAST)).unwrap();
    }
}

/// Writes a file that takes all the room of its disk.
pub(crate) fn fill(ballast: &Path) {
    let mut file = std::fs::File::create(ballast).unwrap();
    let full = std::io::copy(&mut std::io::repeat(0), &mut file).unwrap_err();
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(self.keeper.kill());
        drop(self.keeper.wait());
    }
}

const BALLAST: &str = "ballast";
