//! The thread that fetches, where the system has nothing left for it.

use std::fs::File;
use std::process::Command;

use crate::issuer::{client, key, page};
use crate::server::{Reply, Server};

const URL: &str = "JOTEM_TEST_WITHOUT_FILES";

/// This test runs itself with few files, which it takes all.
#[test]
fn a_thread_that_the_system_refused_once_is_started_again() {
    if let Some(url) = std::env::var_os(URL) {
        let (client, _, _) = client(url.to_str().unwrap());
        let mut taken = Vec::new();
        while let Ok(file) = File::open("/dev/null") {
            taken.push(file);
        }
        assert_eq!(client.blocking_refresh().unwrap_err().code(), "jwks_stopped");
        drop(taken);
        client.blocking_refresh().unwrap();
        return;
    }
    let published = page(&[&key("a")]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 64; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["a_thread_that_the_system_refused_once", "--nocapture"])
        .env(URL, server.url("/jwks.json"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
    assert_eq!(server.hits(), 1);
}
