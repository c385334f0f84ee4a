//! The arguments of `jotem verify --batch`.

use clap::{Args, ValueEnum};

/// Many tokens at once.
#[derive(Debug, Args)]
#[command(next_help_heading = "Many tokens")]
pub(crate) struct BatchArguments {
    /// Verify many tokens on all cores: one a line, from files or standard input
    #[arg(long)]
    pub(crate) batch: bool,
    /// Which tokens to print; of the others only the number is told [default: refused; all with
    /// --json]
    #[arg(long, value_name = "WHICH", requires = "batch")]
    pub(crate) show: Option<Show>,
    /// How many threads work: up to 512 [default: one for each core]
    #[arg(
        long, value_name = "NUMBER", requires = "batch",
        value_parser = clap::value_parser!(u16).range(1..=512)
    )]
    pub(crate) threads: Option<u16>,
}

/// Which tokens of a batch are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Show {
    All,
    Accepted,
    Refused,
    None,
}

impl Show {
    /// Whether tokens with this verdict are printed.
    pub(crate) const fn shows(self, accepted: bool) -> bool {
        match self {
            Self::All => true,
            Self::Accepted => accepted,
            Self::Refused => !accepted,
            Self::None => false,
        }
    }
}
