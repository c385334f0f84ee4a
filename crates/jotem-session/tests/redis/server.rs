//! Servers of our own: on free ports of 127.0.0.1, in a directory of their own, stopped on drop, also when
//! a test panics.

use std::io::{BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::yield_now;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Which program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    Redis,
    Valkey,
}

/// A server, and what it keeps.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    /// What it was started with, to be started once more.
    arguments: Vec<String>,
    program: PathBuf,
    /// Goes with the server.
    directory: TempDir,
}

/// Three servers that are one Cluster.
pub(crate) struct Cluster(pub(crate) Vec<Server>);

/// A primary, its copy, and two Sentinels that watch them.
pub(crate) struct Sentinel {
    pub(crate) primary: Server,
    pub(crate) replica: Server,
    pub(crate) sentinels: Vec<Server>,
}

/// How long a server has to come up, or to do what it was told. Nothing takes nearly as long.
const PATIENCE: Duration = Duration::from_secs(120);

/// Asks again until it is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "{what}: not within {} s", PATIENCE.as_secs());
        yield_now();
    }
}

impl Program {
    /// Finds the program. A run of CI without it fails; elsewhere the test says how to get it, and is
    /// skipped.
    pub(crate) fn path(self) -> Option<PathBuf> {
        let name = match self {
            Self::Redis => "redis-server",
            Self::Valkey => "valkey-server",
        };
        let own = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../servers/bin").join(name);
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let found = std::env::split_paths(&paths)
            .map(|path| path.join(name))
            .chain([own])
            .find(|path| path.is_file());
        if found.is_none() {
            assert!(std::env::var_os("CI").is_none(), "{name} is missing: make servers");
            eprintln!("skipped: {name} is missing; get it with: make servers");
        }
        found
    }
}

impl Server {
    /// Starts a server that keeps nothing on the disk.
    pub(crate) fn start(program: Program) -> Option<Self> {
        Self::with(program, &["--save", "", "--appendonly", "no"])
    }

    /// Starts a server, and waits until it answers.
    pub(crate) fn with(program: Program, arguments: &[&str]) -> Option<Self> {
        Some(Self::of(program.path()?, arguments))
    }

    fn of(path: PathBuf, arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        // Somebody else may take a port between here and there: then another one.
        for _ in 0..20 {
            let port = free_port();
            let own = directory.path().to_string_lossy().into_owned();
            let port_text = port.to_string();
            let always = ["--port", &port_text, "--bind", "127.0.0.1", "--dir", &own];
            let mut all: Vec<String> = always.iter().map(ToString::to_string).collect();
            all.extend(arguments.iter().map(ToString::to_string));
            let mut child = run(&path, &all);
            if is_up(&mut child, port) {
                return Self { child, port, arguments: all, program: path, directory };
            }
        }
        panic!("{} does not start with {arguments:?}", path.display());
    }

    /// Starts a copy of another server.
    pub(crate) fn replica_of(primary: &Self) -> Self {
        let port = primary.port.to_string();
        let arguments =
            ["--save", "", "--replicaof", "127.0.0.1", &port, "--repl-diskless-sync-delay", "0"];
        let replica = Self::of(primary.program.clone(), &arguments);
        until("the copy follows", || {
            replica.ask("INFO replication").contains("master_link_status:up")
        });
        replica
    }

    /// Waits until a copy has everything. `WAIT` would not do: it speaks of what its own connection wrote.
    pub(crate) fn reaches(&self, replica: &Self) {
        until("the copy has everything", || {
            replica.figure("slave_repl_offset") >= self.figure("master_repl_offset")
        });
    }

    /// Its URL, with a limit that a busy machine keeps: only what is about limits has a short one.
    pub(crate) fn url(&self) -> String {
        format!("{}?timeout=20000", self.address())
    }

    /// Its URL without settings.
    pub(crate) fn address(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Where it keeps what it writes to the disk.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Ends it as a power cut would: kill -9.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Starts it once more, on the same port and with what it has kept.
    pub(crate) fn restart(&mut self) {
        until("the server comes back", || {
            self.child = run(&self.program, &self.arguments);
            is_up(&mut self.child, self.port)
        });
    }

    /// Stops it for a while, or lets it go on: it keeps its connections and does not answer.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let is_sent = Command::new("kill").args([signal, &id]).status();
        assert!(is_sent.expect("kill").success());
    }

    /// Sends a command in words, and returns what comes, as text.
    pub(crate) fn ask(&self, command: &str) -> String {
        let words: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        self.ask_words(&words)
    }

    pub(crate) fn ask_words(&self, words: &[&[u8]]) -> String {
        ask(self.port, words)
            .unwrap_or_else(|| panic!("no answer to {:?}", String::from_utf8_lossy(words[0])))
    }

    /// A figure that `INFO` has.
    pub(crate) fn figure(&self, name: &str) -> u64 {
        let about = self.ask("INFO everything");
        let mut lines = about.lines().filter_map(|line| line.split_once(':'));
        let found = lines.find(|(found, _)| *found == name);
        found.unwrap_or_else(|| panic!("no {name}")).1.trim().parse().expect("a number")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

impl Cluster {
    pub(crate) fn start(program: Program) -> Option<Self> {
        Self::with(program, Vec::new)
    }

    /// Starts nodes that each have some arguments more.
    pub(crate) fn with(program: Program, mut more: impl FnMut() -> Vec<String>) -> Option<Self> {
        let mut node = || {
            let bus = free_port().to_string();
            let mut arguments = vec![
                "--save",
                "",
                "--cluster-enabled",
                "yes",
                "--cluster-port",
                &bus,
                "--cluster-node-timeout",
                "5000",
            ];
            let more = more();
            arguments.extend(more.iter().map(String::as_str));
            Server::with(program, &arguments).map(|server| (server, bus))
        };
        let nodes = [node()?, node()?, node()?];
        let slots = [(0, 5_460), (5_461, 10_922), (10_923, 16_383)];
        for (number, ((node, _), (first, last))) in (1..).zip(nodes.iter().zip(slots)) {
            node.ask(&format!("CLUSTER SET-CONFIG-EPOCH {number}"));
            assert_eq!(node.ask(&format!("CLUSTER ADDSLOTSRANGE {first} {last}")), "OK");
        }
        for (other, bus) in &nodes[1..] {
            nodes[0].0.ask(&format!("CLUSTER MEET 127.0.0.1 {} {bus}", other.port));
        }
        for (node, _) in &nodes {
            until("the cluster is one", || {
                let about = node.ask("CLUSTER INFO");
                about.contains("cluster_state:ok") && about.contains("cluster_known_nodes:3")
            });
        }
        Some(Self(nodes.into_iter().map(|(node, _)| node).collect()))
    }

    pub(crate) fn url(&self) -> String {
        let hosts: Vec<String> =
            self.0.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        format!("redis+cluster://{}?timeout=20000", hosts.join(","))
    }
}

impl Sentinel {
    pub(crate) fn start(program: Program) -> Option<Self> {
        let primary = Server::start(program)?;
        let replica = Server::replica_of(&primary);
        let sentinels: Vec<Server> = (0..2).map(|_| watch(program, primary.port, &[])).collect();
        for sentinel in &sentinels {
            until("the Sentinels know each other and the copy", || {
                let about = sentinel.ask("SENTINEL MASTER main");
                about.contains("num-slaves\n1\n") && about.contains("num-other-sentinels\n1\n")
            });
        }
        Some(Self { primary, replica, sentinels })
    }

    pub(crate) fn url(&self) -> String {
        let hosts: Vec<String> =
            self.sentinels.iter().map(|it| format!("127.0.0.1:{}", it.port)).collect();
        format!("redis+sentinel://{}/main?timeout=20000", hosts.join(","))
    }
}

/// Starts a Sentinel that watches a primary; one of them is enough to say that it is gone, and none says so
/// of one that a busy machine keeps waiting.
pub(crate) fn watch(program: Program, primary: u16, more: &[String]) -> Server {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("sentinel.conf");
    let lines = format!(
        "sentinel monitor main 127.0.0.1 {primary} 1\nsentinel down-after-milliseconds main 60000\n\
         sentinel failover-timeout main 2000\n"
    );
    std::fs::write(&file, lines).expect("a file");
    let program = program.path().expect("as the primary");
    for _ in 0..20 {
        let port = free_port();
        let port_text = port.to_string();
        let file = file.to_string_lossy();
        let arguments = [&*file, "--sentinel", "--port", &port_text, "--bind", "127.0.0.1"];
        let mut arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        arguments.extend_from_slice(more);
        let mut child = run(&program, &arguments);
        if is_up(&mut child, port) {
            return Server { child, port, arguments, program, directory };
        }
    }
    panic!("no Sentinel starts");
}

fn run(program: &Path, arguments: &[String]) -> Child {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("it can be started")
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// Waits until it answers; `false` if it ended instead.
fn is_up(child: &mut Child, port: u16) -> bool {
    let mut is_running = true;
    until("the server answers", || {
        is_running = child.try_wait().expect("a child").is_none();
        let said = ask(port, &[b"PING"]).unwrap_or_default();
        !is_running || (!said.is_empty() && !said.starts_with("LOADING"))
    });
    is_running
}

/// Sends one command over a connection of its own.
fn ask(port: u16, words: &[&[u8]]) -> Option<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut command = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        command.extend(format!("${}\r\n", word.len()).into_bytes());
        command.extend(*word);
        command.extend(b"\r\n");
    }
    stream.write_all(&command).ok()?;
    let mut answer = String::new();
    read(&mut BufReader::new(stream), &mut answer)?;
    Some(answer)
}

/// Reads one answer (RESP), rows as lines.
fn read(from: &mut impl std::io::BufRead, into: &mut String) -> Option<()> {
    let mut line = String::new();
    from.read_line(&mut line).ok()?;
    let line = line.trim_end();
    let (kind, rest) = line.split_at_checked(1)?;
    match kind {
        "$" => {
            let Ok(length) = rest.parse::<usize>() else { return Some(()) };
            let mut bytes = vec![0; length + 2];
            from.read_exact(&mut bytes).ok()?;
            into.push_str(&String::from_utf8_lossy(&bytes[..length]));
        }
        "*" => {
            for _ in 0..rest.parse::<usize>().unwrap_or(0) {
                read(from, into)?;
                into.push('\n');
            }
        }
        _ => into.push_str(rest),
    }
    Some(())
}
