//! The `jotem` command: keys, tokens, sessions, and why a token is refused.
//!
//! `args` is what was typed, `keys` and `input` find out what it means, `commands/<noun>/<verb>.rs`
//! do it, and `output` and `error` say how it went. This file brings them together.

mod args;
mod batch;
mod claims;
mod commands;
mod date;
mod duration;
mod error;
mod header;
mod hint;
mod input;
mod json_text;
mod keys;
mod meaning;
mod output;
mod paint;
mod password;
mod pretty;
mod prompt;
mod session_error;
mod strict_json;
mod table;
mod usage;
mod waiting;
mod wrap;

use std::process::ExitCode;

use clap::Parser as _;

use args::{
    Arguments, AuditCommand, Command, KeyCommand, RingCommand, SessionCommand, StoreCommand,
};
use error::{Failure, Status};
use input::Input;
use output::Output;

fn main() -> ExitCode {
    let (output, verdict) = match Arguments::try_parse() {
        Ok(arguments) => {
            let output = Output::new(arguments.json, arguments.color);
            (output, run(&arguments.command, output))
        }
        Err(error) => {
            let output = usage::output(std::env::args_os().skip(1));
            (output, usage::answer(&error, output))
        }
    };
    verdict.or_else(|failure| output.failure(&failure)).unwrap_or(Status::InputOutput).into()
}

fn run(command: &Command, output: Output) -> Result<Status, Failure> {
    let input = Input::default();
    match command {
        Command::Key(KeyCommand::Generate(arguments)) => {
            commands::key::generate::run(arguments, &input, output)
        }
        Command::Key(KeyCommand::Show(arguments)) => {
            commands::key::show::run(arguments, &input, output)
        }
        Command::Key(KeyCommand::Convert(arguments)) => {
            commands::key::convert::run(arguments, &input, output)
        }
        Command::Key(KeyCommand::Thumbprint(arguments)) => {
            commands::key::thumbprint::run(arguments, &input, output)
        }
        Command::Ring(command) => run_ring(command, &input, output),
        Command::Session(command) => run_session(command, &input, output),
        Command::Store(command) => run_store(command, output),
        Command::Sign(arguments) => commands::sign::run(arguments, &input, output),
        Command::Verify(arguments) => commands::verify::run(arguments, &input, output),
        Command::Decode(arguments) => commands::decode::run(arguments, &input, output),
        Command::Explain(arguments) => commands::explain::run(arguments, &input, output),
        Command::Lint(arguments) => commands::lint::run(arguments, &input, output),
        Command::Audit(AuditCommand::Verify(arguments)) => {
            commands::audit::verify::run(arguments, &input, output)
        }
        Command::Completions(arguments) => commands::shell::completions(arguments, output),
        Command::Man(arguments) => commands::shell::man(arguments, output),
    }
}

fn run_ring(command: &RingCommand, input: &Input, output: Output) -> Result<Status, Failure> {
    use commands::ring::{compromise, create, export, rotate, show};
    match command {
        RingCommand::Create(arguments) => create::run(arguments, input, output),
        RingCommand::Rotate(arguments) => rotate::run(arguments, input, output),
        RingCommand::Compromise(arguments) => compromise::run(arguments, input, output),
        RingCommand::Show(arguments) => show::run(arguments, output),
        RingCommand::Export(arguments) => export::run(arguments, output),
    }
}

fn run_session(command: &SessionCommand, input: &Input, output: Output) -> Result<Status, Failure> {
    use commands::session::{list, refresh, revoke, start, verify};
    match command {
        SessionCommand::Start(arguments) => start::run(arguments, input, output),
        SessionCommand::Refresh(arguments) => refresh::run(arguments, input, output),
        SessionCommand::Revoke(arguments) => revoke::run(arguments, input, output),
        SessionCommand::List(arguments) => list::run(arguments, input, output),
        SessionCommand::Verify(arguments) => verify::run(arguments, input, output),
    }
}

fn run_store(command: &StoreCommand, output: Output) -> Result<Status, Failure> {
    use commands::store::{check, migrate, schema};
    match command {
        StoreCommand::Check(arguments) => check::run(arguments, output),
        StoreCommand::Migrate(arguments) => migrate::run(arguments, output),
        StoreCommand::Schema(arguments) => schema::run(arguments, output),
    }
}
