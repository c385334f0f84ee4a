//! Files appear whole or not at all, and only their owner reads a private key.

use super::sandbox::Sandbox;

const GENERATE: [&str; 4] = ["key", "generate", "--alg", "ES256"];

#[cfg(unix)]
#[test]
fn a_private_key_has_mode_0600_and_its_public_key_has_not() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::new();
    for format in ["jwk", "pem", "der"] {
        let (private, public) = (format!("private.{format}"), format!("public.{format}"));
        let files = ["--format", format, "--out", &private, "--public-out", &public];
        sandbox.good(&[&GENERATE[..], &files].concat());
        let mode = |name: &str| sandbox.path(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&private), 0o600, "{format}");
        assert_ne!(mode(&public) & 0o044, 0, "{format}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_becomes_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::new().with("key.jwk", "readable by everybody");
    sandbox.good(&[&GENERATE[..], &["--out", "key.jwk", "--force"]].concat());
    assert_eq!(sandbox.path("key.jwk").metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(sandbox.names(), ["key.jwk"]);
}

#[test]
fn a_file_that_exists_is_left_alone() {
    let sandbox = Sandbox::new().with("key.jwk", "precious");
    let answer = sandbox.run(&[&GENERATE[..], &["--out", "key.jwk"]].concat());
    assert_eq!(answer.status, 3);
    let expected =
        "error: key.jwk exists already\nhint: choose another name, or replace it with --force\n";
    assert_eq!(answer.stderr, expected);
    assert_eq!(std::fs::read(sandbox.path("key.jwk")).unwrap(), b"precious");
    assert_eq!(sandbox.names(), ["key.jwk"]);
}

#[test]
fn no_private_key_is_written_if_the_public_one_cannot_be() {
    let sandbox = Sandbox::new().with("public.jwk", "precious");
    for (public, status) in [("public.jwk", 3), ("missing/public.jwk", 4)] {
        let files = ["--out", "key.jwk", "--public-out", public];
        assert_eq!(sandbox.run(&[&GENERATE[..], &files].concat()).status, status, "{public}");
        assert_eq!(sandbox.names(), ["public.jwk"], "{public}");
    }
}

#[test]
fn a_name_of_the_longest_length_is_taken() {
    let name = format!("{}.jwk", "k".repeat(251));
    let sandbox = Sandbox::new();
    for flags in [&["--out", &name] as &[&str], &["--out", &name, "--force"]] {
        sandbox.good(&[&GENERATE[..], flags].concat());
        assert_eq!(sandbox.names(), [name.as_str()]);
    }
    let longer = format!("k{name}");
    assert_eq!(sandbox.run(&[&GENERATE[..], &["--out", &longer]].concat()).status, 4);
    assert_eq!(sandbox.names(), [name.as_str()]);
}

#[test]
fn a_key_that_could_not_sign_is_not_made() {
    let sandbox = Sandbox::new();
    let kid = "k".repeat(1025);
    let answer = sandbox.run(&[&GENERATE[..], &["--kid", &kid, "--out", "key.jwk"]].concat());
    assert_eq!((answer.status, answer.text()), (2, ""), "{}", answer.stderr);
    assert!(sandbox.names().is_empty());
}

/// A device on which no byte can be written.
#[cfg(target_os = "linux")]
#[test]
fn no_half_of_a_key_is_left_if_the_other_could_not_be_printed() {
    let sandbox = Sandbox::new().with("old.jwk", "precious");
    let runs: [&[&str]; 4] = [
        &["--public-out", "public.jwk"],
        &["--public-out", "public.jwk", "--json"],
        &["--out", "key.jwk", "--public-out", "public.jwk", "--json"],
        &["--out", "old.jwk", "--public-out", "public.jwk", "--json", "--force"],
    ];
    for run in runs {
        let full = std::fs::File::create("/dev/full").unwrap();
        let status = sandbox.command(&[&GENERATE[..], run].concat()).stdout(full).status();
        assert_eq!(status.unwrap().code(), Some(4), "{run:?}");
        assert_eq!(sandbox.names(), ["old.jwk"], "{run:?}");
        assert_eq!(std::fs::read(sandbox.path("old.jwk")).unwrap(), b"precious");
    }
}

#[test]
fn no_public_key_is_left_if_nobody_took_the_private_one() {
    let sandbox = Sandbox::new();
    for flags in [&["--public-out", "a"] as &[&str], &["--public-out", "a", "--json"]] {
        let mut child = sandbox.command(&[&GENERATE[..], flags].concat()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(4), "{flags:?}");
        assert!(sandbox.names().is_empty(), "{flags:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_key_is_read_from_a_pipe_and_never_written_over_one() {
    let sandbox = Sandbox::new();
    let made = std::process::Command::new("mkfifo").arg(sandbox.path("pipe")).status();
    assert!(made.unwrap().success());
    for flags in [&["--out", "pipe"] as &[&str], &["--out", "pipe", "--force"]] {
        assert_eq!(sandbox.run(&[&GENERATE[..], flags].concat()).status, 3, "{flags:?}");
    }
    let child = sandbox.command(&["key", "show", "pipe"]).spawn().unwrap();
    std::fs::write(sandbox.path("pipe"), super::sandbox::EC_KEY).unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(sandbox.names(), ["pipe"]);
}

#[cfg(unix)]
#[test]
fn a_directory_that_cannot_be_written_to_is_said_in_one_line() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::new();
    let directory = sandbox.path("locked");
    std::fs::create_dir(&directory).unwrap();
    std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o555)).unwrap();
    if std::fs::write(directory.join("probe"), "").is_ok() {
        return; // The superuser is kept out of nothing.
    }
    let answer = sandbox.run(&[&GENERATE[..], &["--out", "locked/key.jwk"]].concat());
    assert_eq!(answer.status, 4);
    let expected = "error: cannot write locked/key.jwk: permission denied\n\
                    hint: check whose file and directory it is: ls -l\n";
    assert_eq!(answer.stderr, expected);
}

#[test]
fn nothing_is_left_where_the_directory_is_missing() {
    let sandbox = Sandbox::new();
    let answer = sandbox.run(&[&GENERATE[..], &["--out", "missing/key.jwk"]].concat());
    assert_eq!(answer.status, 4);
    assert!(
        answer.stderr.starts_with("error: cannot write missing/key.jwk: "),
        "{}",
        answer.stderr
    );
    assert!(answer.stdout.is_empty(), "the key is not printed instead");
    assert!(sandbox.names().is_empty());
}

#[test]
fn a_directory_is_never_replaced() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("key")).unwrap();
    for flags in [&["--out", "key"] as &[&str], &["--out", "key", "--force"]] {
        assert_eq!(sandbox.run(&[&GENERATE[..], flags].concat()).status, 3);
    }
    assert_eq!(sandbox.names(), ["key"]);
}

#[cfg(unix)]
#[test]
fn the_target_of_a_link_is_left_alone() {
    let sandbox = Sandbox::new().with("precious", "precious");
    std::os::unix::fs::symlink(sandbox.path("precious"), sandbox.path("key.jwk")).unwrap();
    for flags in [&["--out", "key.jwk"] as &[&str], &["--out", "key.jwk", "--force"]] {
        assert_eq!(sandbox.run(&[&GENERATE[..], flags].concat()).status, 3);
    }
    assert_eq!(std::fs::read(sandbox.path("precious")).unwrap(), b"precious");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let sandbox = Sandbox::new();
    for arguments in [&["--help"] as &[&str], &GENERATE, &["decode", "eyJhbGciOiJIUzI1NiJ9.e30.AA"]]
    {
        let mut child = sandbox.command(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_refusal_stays_a_refusal_when_the_reader_goes_away() {
    let sandbox = Sandbox::new();
    for arguments in [&["explain", "a.b"] as &[&str], &["decode", "a.b", "--json"]] {
        let mut child = sandbox.command(arguments).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(1), "{arguments:?}");
    }
}
