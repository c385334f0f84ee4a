//! The arguments of `jotem audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jotem_session::audit::Checkpoint;

/// Verify the log of what happened to sessions
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum AuditCommand {
    Verify(AuditVerifyArguments),
}

/// Say whether the chain of an audit log holds, or where it breaks
///
/// Each line has a hash of itself and of the line before; under a key, a MAC. Without a key this
/// shows accidents, and changes by those who did not write the rest anew; with it, every change by
/// those who have not the key. That the end was cut off shows in the next file, or against a
/// checkpoint that was kept elsewhere.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem audit verify audit.jsonl
  jotem audit verify audit.jsonl.2026* audit.jsonl --key-file master    # all files, oldest first")]
pub(crate) struct AuditVerifyArguments {
    /// The files of the log, the oldest first
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The master secret of which the key of the chain is derived: a file, or - for standard input;
    /// one line end at its end is dropped
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// The log must have reached this line: its number, a colon, and its hash
    #[arg(long, value_name = "CHECKPOINT", value_parser = checkpoint)]
    pub(crate) checkpoint: Option<Checkpoint>,
}

fn checkpoint(text: &str) -> Result<Checkpoint, String> {
    text.parse().map_err(|error: jotem_session::audit::AuditError| error.to_string())
}
