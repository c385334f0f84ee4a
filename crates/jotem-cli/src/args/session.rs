//! The arguments of `jotem session`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::ring::RingPasswordArguments;
use super::store::StoreArguments;

/// Begin sessions, refresh them, list them, end them, and see whether an access token lives
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum SessionCommand {
    Start(Box<SessionStartArguments>),
    Refresh(Box<SessionRefreshArguments>),
    Revoke(Box<SessionRevokeArguments>),
    List(SessionListArguments),
    Verify(Box<SessionVerifyArguments>),
}

/// The master secret, from which everything else is derived.
#[derive(Debug, Args)]
#[command(next_help_heading = "Secret")]
pub(crate) struct MasterArguments {
    /// The master secret of the application, at least 32 bytes: a file, or - for standard input; one
    /// line end at its end is dropped [default: ask on the terminal]
    #[arg(long, value_name = "FILE", conflicts_with = "secret_env")]
    pub(crate) secret_file: Option<PathBuf>,
    /// The master secret: the environment variable that holds it
    #[arg(long, value_name = "NAME")]
    pub(crate) secret_env: Option<String>,
}

/// The keys that sign access tokens.
#[derive(Debug, Args)]
#[command(next_help_heading = "Keys")]
pub(crate) struct SessionKeyArguments {
    /// The file of the ring whose keys sign access tokens [default: the ring in the store]
    #[arg(long, value_name = "FILE")]
    pub(crate) ring: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: RingPasswordArguments,
}

/// What access tokens say, and how long they live: as the application has it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Tokens")]
pub(crate) struct IssueArguments {
    /// Who issues access tokens (`iss`)
    #[arg(long = "iss", value_name = "ISSUER")]
    pub(crate) issuer: Option<String>,
    /// How long access tokens live: 1s to 1d [default: what the ring says; 15m for a new one]
    #[arg(long, value_name = "SPAN", value_parser = crate::duration::parse)]
    pub(crate) expires_in: Option<Duration>,
    /// When refresh tokens are exchanged
    #[arg(long, value_name = "POLICY", default_value = "web")]
    pub(crate) policy: PolicyName,
}

/// How long an exchanged refresh token may come once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyName {
    /// Never
    Strict,
    /// For 10 s: browsers
    Web,
    /// For 30 s: desktop programs
    Native,
    /// For 60 s: processes that share one token
    Mcp,
    /// For 30 s, and for a day if it is bound to a key: phones
    Mobile,
}

/// Begin a session, and print its access token and its refresh token
///
/// For tests, and for whoever is let in by hand: nobody is asked for a password. If the store has no
/// key ring yet, one is made in it. With --json the answer is the one of a token endpoint
/// (RFC 6749 §5.1).
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem key generate --alg HS256 --format base64 --out secret
  export JOTEM_STORE=sqlite:///var/lib/app/sessions.db
  jotem session start ada --client web --scope invoices --secret-file secret
  jotem session start ada --secret-file secret --json > pair.json")]
pub(crate) struct SessionStartArguments {
    /// Whose session it is (`sub`)
    #[arg(value_name = "SUBJECT")]
    pub(crate) subject: String,
    /// The tenant of the subject
    #[arg(long, value_name = "TENANT")]
    pub(crate) tenant: Option<String>,
    /// The client, which alone may refresh [default: default]
    #[arg(long, value_name = "ID")]
    pub(crate) client: Option<String>,
    /// A scope that is granted; may be repeated
    #[arg(long, value_name = "SCOPE", value_delimiter = ' ')]
    pub(crate) scope: Vec<String>,
    /// For whom access tokens are (`aud`); may be repeated
    #[arg(long = "aud", visible_alias = "audience", value_name = "AUDIENCE")]
    pub(crate) audience: Vec<String>,
    /// What a list of sessions shows of it: a device, a place
    #[arg(long, value_name = "TEXT")]
    pub(crate) label: Option<String>,
    /// By what means the subject logged in (RFC 8176), such as pwd; may be repeated
    #[arg(long, value_name = "MEANS")]
    pub(crate) amr: Vec<String>,
    /// How sure one can be of who it is
    #[arg(long, value_name = "CLASS")]
    pub(crate) acr: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    #[command(flatten)]
    pub(crate) master: MasterArguments,
    #[command(flatten)]
    pub(crate) keys: SessionKeyArguments,
    #[command(flatten)]
    pub(crate) issue: IssueArguments,
}

/// Exchange a refresh token for the next one, and for an access token
///
/// It is the same exchange as in the application: a token that was exchanged before ends the session,
/// after the few seconds that the policy allows.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem session refresh @pair.json --client web --secret-file secret --json > next.json
  jotem session refresh --scope profile --secret-file secret < refresh-token")]
pub(crate) struct SessionRefreshArguments {
    /// The refresh token, or the answer of `start --json`: @FILE, or - for standard input
    #[arg(value_name = "TOKEN", default_value = "-")]
    pub(crate) token: String,
    /// The client that presents it [default: default]
    #[arg(long, value_name = "ID")]
    pub(crate) client: Option<String>,
    /// The tenant that the session must be of [default: any]
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,
    /// Ask for some of the scopes only; may be repeated
    #[arg(long, value_name = "SCOPE", value_delimiter = ' ')]
    pub(crate) scope: Vec<String>,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    #[command(flatten)]
    pub(crate) master: MasterArguments,
    #[command(flatten)]
    pub(crate) keys: SessionKeyArguments,
    #[command(flatten)]
    pub(crate) issue: IssueArguments,
}

/// End sessions, or call tokens back: every process that uses the store refuses them within a second
///
/// Of a refresh token its session ends; of an access token only that token. --key refuses everything
/// that a key has signed, and removes it from the ring.
#[derive(Debug, Args)]
#[command(
    override_usage = "jotem session revoke [OPTIONS] [TOKEN]",
    after_long_help = "\
Examples:
  jotem session revoke @pair.json --secret-file secret              # log out
  jotem session revoke --subject ada --secret-file secret           # everywhere
  jotem session revoke --subject ada --session SID --secret-file secret
  jotem session revoke --client web --secret-file secret
  jotem session revoke --key KID --secret-file secret"
)]
pub(crate) struct SessionRevokeArguments {
    /// The token, or the answer of `start --json`: @FILE, or - for standard input [default: -]
    #[arg(value_name = "TOKEN", conflicts_with_all = ["subject", "client", "key"])]
    pub(crate) token: Option<String>,
    /// All sessions of this subject
    #[arg(long, value_name = "SUBJECT", conflicts_with_all = ["client", "key"])]
    pub(crate) subject: Option<String>,
    /// The tenant of the subject
    #[arg(long, value_name = "TENANT", requires = "subject")]
    pub(crate) tenant: Option<String>,
    /// Only this session of the subject (`sid`)
    #[arg(long, value_name = "SID", requires = "subject", allow_hyphen_values = true)]
    pub(crate) session: Option<String>,
    /// All sessions of this client
    #[arg(long, value_name = "ID", conflicts_with = "key")]
    pub(crate) client: Option<String>,
    /// Everything that the key with this name (`kid`) has signed
    #[arg(long, value_name = "KID", allow_hyphen_values = true)]
    pub(crate) key: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    #[command(flatten)]
    pub(crate) master: MasterArguments,
    #[command(flatten)]
    pub(crate) keys: SessionKeyArguments,
}

/// Show the sessions of a subject that live, the one that was used last first
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem session list ada --secret-file secret
  jotem session list ada --tenant acme --secret-file secret --json")]
pub(crate) struct SessionListArguments {
    /// Whose sessions
    #[arg(value_name = "SUBJECT")]
    pub(crate) subject: String,
    /// The tenant of the subject
    #[arg(long, value_name = "TENANT")]
    pub(crate) tenant: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    #[command(flatten)]
    pub(crate) master: MasterArguments,
}

/// Say whether an access token lives, and print its claims; or say why not
///
/// The signature, the claims, and that nothing of it was revoked until this moment. Exit status 1 says
/// that it is refused.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  jotem session verify @pair.json --secret-file secret
  jotem session verify - --iss https://auth.example --aud api --secret-file secret < token")]
pub(crate) struct SessionVerifyArguments {
    /// The access token, or the answer of `start --json`: as it is, @FILE, or - for standard input
    #[arg(value_name = "TOKEN", default_value = "-")]
    pub(crate) token: String,
    /// The tenant that the token must be of [default: any]
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,
    /// The issuer that it must have (`iss`)
    #[arg(long = "iss", value_name = "ISSUER")]
    pub(crate) issuer: Option<String>,
    /// The audience that it must have (`aud`); may be repeated, and one is enough [default: any]
    #[arg(long = "aud", visible_alias = "audience", value_name = "AUDIENCE")]
    pub(crate) audience: Vec<String>,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    #[command(flatten)]
    pub(crate) master: MasterArguments,
    #[command(flatten)]
    pub(crate) keys: SessionKeyArguments,
}
