//! The command over a store on a server: what is said of one store holds for the others, by the tests of
//! `jotem-session`; here is that a URL is all it takes.

#![expect(clippy::panic, reason = "a test may stop where it is surprised")]
#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::sandbox::{Answer, Sandbox};

/// A server of this test, which ends with it.
struct Server {
    child: Child,
    port: u16,
    _directory: TempDir,
}

impl Server {
    /// Starts one. A run of CI without Redis fails; elsewhere the test says how to get it.
    fn start() -> Option<Self> {
        for _ in 0..20 {
            let directory = tempfile::tempdir().unwrap();
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
            let port = port.port();
            let mut command = Command::new("redis-server");
            command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
            command.arg("--dir").arg(directory.path()).stdout(Stdio::null());
            let Ok(child) = command.spawn() else {
                assert!(std::env::var_os("CI").is_none(), "redis-server is missing: make servers");
                eprintln!("skipped: redis-server is missing; get it with: make servers");
                return None;
            };
            let mut server = Self { child, port, _directory: directory };
            if server.answers() {
                return Some(server);
            }
        }
        panic!("redis-server does not start");
    }

    /// Waits until it answers; `false` if it ended instead, since somebody else took its port.
    fn answers(&mut self) -> bool {
        while self.child.try_wait().unwrap().is_none() {
            if let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
                && stream.write_all(b"PING\r\n").is_ok()
                && stream.read(&mut [0; 5]).is_ok_and(|length| length == 5)
            {
                return true;
            }
            std::thread::yield_now();
        }
        false
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}?timeout=20000", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn session(sandbox: &Sandbox, store: &str, arguments: &[&str]) -> Answer {
    let options = ["--secret-file", "secret", "--store", store, "--json"];
    sandbox.run(&[&["session"], arguments, &options].concat())
}

fn sandbox() -> Sandbox {
    Sandbox::new().with("secret", "a master secret of the application, of 32 bytes")
}

#[test]
fn a_session_lives_on_a_server_that_a_url_names() {
    let Some(server) = Server::start() else { return };
    let url = server.url();
    let sandbox = sandbox();
    assert_eq!(sandbox.run(&["store", "check", &url, "--json"]).json()["store"], "redis");
    let pair = session(&sandbox, &url, &["start", "ada", "--label", "Phone"]);
    assert_eq!(pair.status, 0, "{}", pair.text());
    let sandbox = sandbox.with("pair.json", pair.stdout);
    assert_eq!(session(&sandbox, &url, &["verify", "@pair.json"]).json()["verdict"], "accepted");
    let next = session(&sandbox, &url, &["refresh", "@pair.json"]);
    assert_eq!(next.status, 0, "{}", next.text());
    let listed = session(&sandbox, &url, &["list", "ada"]).json();
    assert_eq!(listed["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(listed["sessions"][0]["label"], "Phone");
    assert_eq!(session(&sandbox, &url, &["revoke", "--subject", "ada"]).status, 0);
    for command in ["verify", "refresh"] {
        let refused = session(&sandbox, &url, &[command, "@pair.json"]);
        assert_eq!(refused.status, 1, "{}", refused.text());
    }
}

#[test]
fn sessions_move_from_a_file_to_a_server() {
    let Some(server) = Server::start() else { return };
    let (old, url) = ("sqlite:old.db", server.url());
    let pair = |sandbox: &Sandbox, who: &str| session(sandbox, old, &["start", who]).stdout;
    let sandbox = sandbox();
    let (ada, out) = (pair(&sandbox, "ada"), pair(&sandbox, "grace"));
    let sandbox = sandbox.with("ada.json", ada).with("out.json", out);
    assert_eq!(session(&sandbox, old, &["revoke", "@out.json"]).status, 0);
    let moved = sandbox.run(&["store", "migrate", old, &url, "--json"]).json();
    assert_eq!((&moved["sessions"], &moved["documents"]), (&1.into(), &1.into()), "{moved}");
    assert_eq!(session(&sandbox, &url, &["verify", "@ada.json"]).status, 0, "the ring came along");
    assert_eq!(session(&sandbox, &url, &["refresh", "@ada.json"]).status, 0);
    assert_eq!(session(&sandbox, &url, &["verify", "@out.json"]).status, 1);
    assert_eq!(session(&sandbox, &url, &["refresh", "@out.json"]).status, 1);
}

#[test]
fn a_server_that_is_not_there_is_one_clear_error() {
    // Nobody listens there: the port was given back.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let url = format!("redis://ada:hunter2@127.0.0.1:{port}");
    let refused = session(&sandbox(), &url, &["start", "ada"]);
    assert_ne!(refused.status, 0);
    let document = refused.json();
    assert_eq!(document["code"], "store_unavailable");
    assert!(!document.to_string().contains("hunter2"), "{document}");
}
