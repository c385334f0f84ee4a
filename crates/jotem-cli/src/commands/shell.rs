//! `jotem completions` and `jotem man`: what clap knows about the command, for shells and for man.

use std::path::Path;

use clap::CommandFactory as _;
use serde_json::json;

use crate::args::{Arguments, CompletionsArguments, ManArguments};
use crate::error::{Failure, Status};
use crate::output::Output;
use jotem_jwks::atomic_file::{Readers, Staged};

pub(crate) fn completions(
    arguments: &CompletionsArguments,
    output: Output,
) -> Result<Status, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "jotem", &mut script);
    if output.is_json() {
        let script = String::from_utf8_lossy(&script);
        output.document(&json!({"shell": arguments.shell.to_string(), "script": script}))?;
    } else {
        output.bytes(&script)?;
    }
    Ok(Status::Good)
}

pub(crate) fn man(arguments: &ManArguments, output: Output) -> Result<Status, Failure> {
    let mut command = Arguments::command().disable_help_flag(true);
    command.build();
    let Some(directory) = &arguments.directory else {
        let page = page(&command)?;
        if output.is_json() {
            output.document(&json!({"page": String::from_utf8_lossy(&page)}))?;
        } else {
            output.bytes(&page)?;
        }
        return Ok(Status::Good);
    };
    let mut files = Vec::new();
    write(&command, directory, &mut files)?;
    if output.is_json() {
        output.document(&json!({"files": files}))?;
    }
    output.note(&format!("wrote {} pages to {}", files.len(), crate::input::name(directory)));
    Ok(Status::Good)
}

/// Writes the page of a command and those of its subcommands.
fn write(
    command: &clap::Command,
    directory: &Path,
    files: &mut Vec<String>,
) -> Result<(), Failure> {
    let name = format!("{}.1", command.get_display_name().unwrap_or("jotem"));
    let page = page(command)?;
    Staged::write(&directory.join(&name), &page, Readers::Everybody, true)?.commit()?.keep();
    files.push(name);
    command.get_subcommands().try_for_each(|command| write(command, directory, files))
}

fn page(command: &clap::Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(command.clone()).render(&mut page);
    rendered.map_err(|error| Failure::input_output("cannot write the manual", &error))?;
    // What stands below the options are examples and lists: their lines stay as they are.
    let page = String::from_utf8_lossy(&page).replace(".SH EXTRA\n", ".SH EXAMPLES\n.nf\n");
    Ok(page.into_bytes())
}
