//! A PostgreSQL server of a test's own: in a temporary directory, on a free port of this machine, and
//! stopped when it is dropped.

use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use jotem_session::store::Postgres;
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

use crate::disk::Disk;

/// A server that runs.
pub(crate) struct Server {
    programs: PathBuf,
    directory: TempDir,
    port: u16,
    /// If what it keeps is on a disk of its own.
    disk: Option<Disk>,
    process: Mutex<Option<Child>>,
}

impl Server {
    /// Returns the server that the tests of this binary share while any of them runs; absent, and said
    /// so, where PostgreSQL is not installed. Each test has a database of its own.
    pub(crate) fn shared() -> Option<Arc<Self>> {
        static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = shared.upgrade() {
            return Some(server);
        }
        let server = Arc::new(Self::start()?);
        *shared = Arc::downgrade(&server);
        Some(server)
    }

    /// Starts one alone.
    pub(crate) fn start() -> Option<Self> {
        let mut server = Self::new()?;
        server.initialize(&[]);
        server.run();
        Some(server)
    }

    /// Starts one alone, whose data is on a small disk; with segments of its log of so many megabytes.
    pub(crate) fn on_a_disk(segment_mb: u32) -> Option<Self> {
        let mut server = Self::new()?;
        std::fs::create_dir(server.data()).unwrap();
        server.disk = Some(Disk::mounted_at(&server.data(), DISK, NOBODY)?);
        server.initialize(&[&format!("--wal-segsize={segment_mb}")]);
        server.run();
        Some(server)
    }

    fn new() -> Option<Self> {
        let Some(programs) = programs() else {
            let how = "PostgreSQL is not installed (Debian: apt-get install postgresql)";
            assert!(std::env::var_os("CI").is_none(), "{how}");
            eprintln!("skipped: {how}");
            return None;
        };
        let directory = TempDir::new().unwrap();
        let process = Mutex::new(None);
        let server = Self { programs, directory, port: 0, disk: None, process };
        if server.is_root() {
            // PostgreSQL refuses to run as root.
            chown(server.directory.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        Some(server)
    }

    fn initialize(&mut self, more: &[&str]) {
        let mut command = self.command("initdb");
        command.args(more);
        command.args(["-N", "-E", "UTF8", "--locale=C", "-A", "trust", "-U", "owner", "-D"]);
        let made = command.arg(self.data()).stdout(Stdio::null()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        // Passwords for those who are told so; the owner may do anything.
        let access = "host all owner 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
        std::fs::write(self.seen_from_here().join("pg_hba.conf"), access).unwrap();
        let settings = self.seen_from_here().join("postgresql.conf");
        let mut settings = std::fs::File::options().append(true).open(settings).unwrap();
        settings.write_all(b"shared_buffers = 16MB\nmax_wal_size = 64MB\n").unwrap();
        // Chosen last, so that nobody takes it meanwhile.
        self.port = free_port();
    }

    /// Starts the process, and waits until it answers.
    pub(crate) fn run(&self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            // One that was killed may hold its memory for a moment; then the next gives up at once.
            let is_gone = self.process().as_mut().is_none_or(|it| it.try_wait().unwrap().is_some());
            if is_gone {
                *self.process() = Some(self.spawn());
            }
            let ready = self.command("pg_isready").args(self.address()).output().unwrap();
            if ready.status.success() {
                return;
            }
            assert!(Instant::now() < deadline, "the server did not start: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn spawn(&self) -> Child {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.directory.path().join("log"))
            .unwrap();
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data()).args(["-p", &self.port.to_string()]);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
    }

    /// Kills the server and all that belongs to it, as a crash does: nothing is written any more.
    pub(crate) fn kill(&self) {
        let Some(mut process) = self.process().take() else { return };
        // The first one goes first: it would see the others die, and clean up.
        let children = children_of(&process);
        process.kill().unwrap();
        process.wait().unwrap();
        // Some are gone by now, having noticed.
        drop(Command::new("kill").arg("-9").args(children).output());
    }

    /// Stops the server and all that belongs to it for a while, or lets it go on: connections are kept,
    /// and nothing is answered.
    pub(crate) fn signal(&self, signal: &str) {
        let process = self.process();
        let process = process.as_ref().unwrap();
        // The first one makes no more of them from here on.
        let first = Command::new("kill").args([signal, &process.id().to_string()]).status();
        assert!(first.unwrap().success());
        drop(Command::new("kill").arg(signal).args(children_of(process)).output());
    }

    /// Returns the URL of a database of the owner's.
    pub(crate) fn url(&self, database: &str) -> String {
        self.url_of("owner", database)
    }

    /// Returns the URL of somebody, with a password if there is one: `user:password`.
    pub(crate) fn url_of(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@127.0.0.1:{}/{database}", self.port)
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Connects as the owner.
    pub(crate) async fn client(&self, database: &str) -> Client {
        let (client, connection) =
            tokio_postgres::connect(&self.url(database), NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// Makes a database, and returns its URL.
    pub(crate) async fn database(&self, name: &str) -> String {
        let client = self.client("postgres").await;
        client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        self.url(name)
    }

    /// Makes a database and a store in it. The limit is generous: other tests run beside.
    pub(crate) async fn store(&self, name: &str) -> Postgres {
        let url = self.database(name).await;
        Postgres::open(&format!("{url}?timeout=20000&connect_timeout=20")).await.unwrap()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// The disk of its own, if it has one.
    pub(crate) fn disk(&self) -> Option<&Disk> {
        self.disk.as_ref()
    }

    /// The directory of the data as this program sees it; on a disk of its own that is another place.
    fn seen_from_here(&self) -> PathBuf {
        self.disk.as_ref().map_or_else(|| self.data(), Disk::path)
    }

    /// Makes a file in the directory of the data that only the server may read.
    pub(crate) fn file(&self, name: &str, content: &str) {
        let path = self.data().join(name);
        std::fs::write(&path, content).unwrap();
        let only_owner = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&path, only_owner).unwrap();
        if self.is_root() {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }

    /// Returns where one of PostgreSQL's programs is.
    pub(crate) fn program(&self, program: &str) -> PathBuf {
        self.programs.join(program)
    }

    /// Prepares one of PostgreSQL's programs.
    fn command(&self, program: &str) -> Command {
        let program = self.program(program);
        let mut command = match &self.disk {
            None => Command::new(program),
            Some(disk) => return disk.command(&program, self.directory.path(), NOBODY),
        };
        command.current_dir(self.directory.path()).process_group(0);
        if self.is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    fn address(&self) -> [String; 2] {
        ["--host=127.0.0.1".to_owned(), format!("--port={}", self.port)]
    }

    pub(crate) fn is_root(&self) -> bool {
        std::fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
    }

    /// What the server has said so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }

    fn process(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The processes of a server: each connection is one, in a group of its own.
fn children_of(process: &Child) -> Vec<String> {
    let found = Command::new("pgrep").args(["-P", &process.id().to_string()]).output();
    let found = String::from_utf8(found.unwrap().stdout).unwrap();
    found.split_whitespace().map(str::to_owned).collect()
}

/// Finds PostgreSQL's programs: on the path, or where Debian has them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
    debian.sort();
    let has_all = |directory: &Path| {
        ["initdb", "postgres", "pg_isready"].iter().all(|name| directory.join(name).is_file())
    };
    debian.into_iter().rev().chain(std::env::split_paths(&path)).find(|it| has_all(it))
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The user and group that own nothing.
pub(crate) const NOBODY: u32 = 65_534;
/// What a new server takes, and some more.
const DISK: &str = "128m";
/// Quick to start and to recover; nothing of it makes a commit less durable.
const SETTINGS: [&str; 7] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=120",
    "autovacuum_naptime=600",
    "log_min_messages=fatal",
    "max_prepared_transactions=2",
    "wal_sync_method=fdatasync",
];
