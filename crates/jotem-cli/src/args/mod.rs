//! What was typed: the arguments of every command, and their help.

mod audit;
mod batch;
mod convert;
mod key;
mod lint;
mod password;
mod ring;
mod session;
mod shell;
mod sign;
mod store;
mod verify;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand};
use jotem::Algorithm;

pub(crate) use audit::{AuditCommand, AuditVerifyArguments};
pub(crate) use batch::{BatchArguments, Show};
pub(crate) use convert::{ConvertArguments, Form, Hash, Purpose, ThumbprintArguments};
pub(crate) use key::{GenerateArguments, KeyCommand, PrivateFormat, PublicFormat, ShowArguments};
pub(crate) use lint::LintArguments;
pub(crate) use password::{NewPasswordArguments, PasswordArguments};
pub(crate) use ring::{
    RingCommand, RingCompromiseArguments, RingCreateArguments, RingExportArguments,
    RingPasswordArguments, RingRotateArguments, RingShowArguments, TimerArguments,
};
pub(crate) use session::{
    IssueArguments, MasterArguments, PolicyName, SessionCommand, SessionKeyArguments,
    SessionListArguments, SessionRefreshArguments, SessionRevokeArguments, SessionStartArguments,
    SessionVerifyArguments,
};
pub(crate) use shell::{CompletionsArguments, ManArguments};
pub(crate) use sign::SignArguments;
pub(crate) use store::{
    StoreArguments, StoreCheckArguments, StoreCommand, StoreMigrateArguments, StoreSchemaArguments,
};
pub(crate) use verify::{
    DecodeArguments, ExpectationArguments, ExplainArguments, KeyArguments, SecretArguments,
    VerifyArguments,
};

/// Make keys, sign and verify tokens, keep sessions, and find out why a token is refused
#[derive(Debug, Parser)]
#[command(
    name = "jotem",
    version,
    styles = crate::paint::HELP,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = EXAMPLE,
    after_long_help = format!("{EXAMPLE}\n\n{EXIT_STATUS}")
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print one JSON document to standard output, for an error too
    #[arg(long, global = true, display_order = 900)]
    pub(crate) json: bool,
    /// When to use colours; by default on a terminal, unless NO_COLOR is set
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true,
        display_order = 901
    )]
    pub(crate) color: clap::ColorChoice,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(subcommand)]
    Key(KeyCommand),
    #[command(subcommand)]
    Ring(RingCommand),
    #[command(subcommand)]
    Session(SessionCommand),
    #[command(subcommand)]
    Store(StoreCommand),
    Sign(Box<SignArguments>),
    Verify(Box<VerifyArguments>),
    Decode(DecodeArguments),
    Explain(Box<ExplainArguments>),
    Lint(LintArguments),
    #[command(subcommand)]
    Audit(AuditCommand),
    Completions(CompletionsArguments),
    Man(ManArguments),
}

const EXAMPLE: &str = "\
Example:
  jotem key generate --alg ES256 --out key.jwk --public-out public.jwk
  jotem sign --key key.jwk --sub 42 > token
  jotem verify @token --key public.jwk

More: jotem --help, jotem COMMAND --help";

const EXIT_STATUS: &str = "\
Exit status:
  0  done: `verify`, `session verify`, and `explain` with a key, accept the token; `decode`, and
     `explain` without a key, could read it, and nothing is verified
  1  the token is refused, with --batch one or more of them; `lint` found something of medium
     severity or above; the chain of an audit log is broken
  2  the command was called wrongly
  3  a key, a file or a store cannot be used
  4  something could not be read or written; a store does not answer

Tokens and claims are given as an argument, as @FILE, or as - for standard input.
Secrets and keys are never given as arguments: other users see those in the process list.";

/// Reads the name of an algorithm, and lists the names in the help.
pub(crate) fn algorithm() -> impl TypedValueParser<Value = Algorithm> {
    // The command has no Ed448, whatever else of one build has switched its feature on.
    let offered = Algorithm::ALL.into_iter().filter(|one| *one != Algorithm::Ed448);
    PossibleValuesParser::new(offered.map(Algorithm::name))
        .try_map(|name| name.parse::<Algorithm>())
}
