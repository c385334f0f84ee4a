//! A file that may not grow any more.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use jotem_session::rotation::{Decision, State};

use crate::processes::{child, place, tell};
use crate::session::{Session, open, runtime};

#[test]
#[ignore = "a child's part"]
fn works_until_the_file_may_not_grow() {
    let runtime = runtime();
    let store = runtime.block_on(open(Path::new(&place())));
    for number in 0.. {
        match runtime.block_on(Session::new(number, number).start(&store)) {
            Ok(()) => tell(&format!("started {number}")),
            Err(error) => {
                tell(&format!("refused {}", error.code()));
                break;
            }
        }
    }
    // What was there before goes on being answered.
    let kept = runtime.block_on(Session::new(0, 0).kept(&store));
    tell(&format!("kept {kept:?}"));
}

/// The same command under a limit to the size of files, with the signal ignored that would end it.
fn limited(command: &Command, path: &Path) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 600; exec \"$0\" \"$@\""]);
    shell.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        shell.env(name, value.unwrap());
    }
    shell.current_dir(path.parent().unwrap()).stdout(Stdio::piped());
    shell
}

#[cfg(unix)]
#[test]
fn what_was_answered_before_the_limit_is_there_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.db");
    let command = child("limited::works_until_the_file_may_not_grow", &path);
    let mut process = limited(&command, &path).spawn().unwrap();
    let mut text = String::new();
    process.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(process.wait().unwrap().success(), "{text}");
    let started = u32::try_from(text.matches("answer started").count()).unwrap();
    assert!(started > 10, "{text}");
    assert_eq!(text.matches("answer refused store_unavailable").count(), 1, "{text}");
    assert!(text.contains("answer kept Ok(Some((Active, 1)))"), "{text}");

    runtime().block_on(async {
        let store = open(&path).await;
        for number in 0..started {
            let session = Session::new(number, number);
            assert_eq!(session.kept(&store).await, Ok(Some((State::Active, 1))), "{number}");
            assert_eq!(session.rotate(&store, 1).await, Ok(Decision::Rotate), "{number}");
        }
    });
}
