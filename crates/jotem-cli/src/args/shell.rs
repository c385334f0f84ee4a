//! The arguments of `jotem completions` and `jotem man`.

use std::path::PathBuf;

use clap::Args;

/// Write the completions for a shell to standard output
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem completions bash > ~/.local/share/bash-completion/completions/jotem
  jotem completions zsh > ~/.zfunc/_jotem
  jotem completions fish > ~/.config/fish/completions/jotem.fish")]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// Write the manual pages into a directory, or the first of them to standard output
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem man | man -l -
  jotem man ~/.local/share/man/man1")]
pub(crate) struct ManArguments {
    /// The directory, which must exist; older pages in it are replaced
    #[arg(value_name = "DIR")]
    pub(crate) directory: Option<PathBuf>,
}
