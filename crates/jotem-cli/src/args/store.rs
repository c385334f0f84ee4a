//! The arguments of `jotem store`.

use clap::{Args, Subcommand};

/// Look at what keeps sessions, and carry them from one store to another
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum StoreCommand {
    Check(StoreCheckArguments),
    Migrate(StoreMigrateArguments),
    Schema(StoreSchemaArguments),
}

/// The store of the sessions.
#[derive(Debug, Args)]
#[command(next_help_heading = "Store")]
pub(crate) struct StoreArguments {
    /// The store: sqlite:///path/file.db, redis://host:6379, postgres://user@host/database [default:
    /// the environment variable JOTEM_STORE, which is the place for a URL with a password]
    #[arg(long, value_name = "URL")]
    pub(crate) store: Option<String>,
}

/// See that a store answers, what it is, and how far its clock is from this one
///
/// Opening it makes its tables where there are none. A store that is set up so that sessions would be
/// lost is refused.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem store check sqlite:///var/lib/app/sessions.db
  JOTEM_STORE=redis://:password@cache:6379 jotem store check")]
pub(crate) struct StoreCheckArguments {
    /// The store [default: the environment variable JOTEM_STORE]
    #[arg(value_name = "URL")]
    pub(crate) url: Option<String>,
}

/// Copy the sessions that live from one store into another, with revocations and the key ring
///
/// It may be run again: what is there already is replaced, unless the other store knows of something
/// later. Make the last run when nobody uses the first store any more. The master secret stays the
/// same, and every refresh token goes on holding.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  jotem store migrate sqlite:///var/lib/app/sessions.db postgres://app@db/app")]
pub(crate) struct StoreMigrateArguments {
    /// The store from which sessions are copied
    #[arg(value_name = "FROM")]
    pub(crate) from: String,
    /// The store into which they are copied; - for the environment variable JOTEM_STORE
    #[arg(value_name = "TO")]
    pub(crate) to: String,
}

/// Print the statements that make the tables of a store, for whoever makes them by hand
///
/// Nothing is opened: the URL says which store is meant, and its beginning is enough.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem store schema postgres: | psql app
  jotem store schema sqlite:")]
pub(crate) struct StoreSchemaArguments {
    /// The store, such as postgres: or sqlite:
    #[arg(value_name = "URL")]
    pub(crate) url: String,
}
