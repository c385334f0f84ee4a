//! The command line.

use std::{path::PathBuf, process::exit};

const HELP: &str = "\
Measures jotem's operations beside its Rust peers and the floor of bare cryptography.

    cargo run --release -p jotem-benchmarks -- [OPTIONS]

    --quick       a smoke run of about 10 seconds; its figures are rough
    --only ALG    one algorithm: HS256, RS256, PS256, ES256, ES384, EdDSA, ML-DSA-65
    --hmac        another measurement: aws-lc against the hmac and sha2 crates
    --parsing     another: keys in PEM, DER and JWK
    --lookup      another: one key among many by its kid
    --cache       another: a token whose signature is remembered
    --batch       another: many tokens on all cores beside one
    --command PATH  another: jotem verify --batch, of the command at this path
    --revocations another: a token among a million revocations
    --json        machine-readable, on standard output
    --help        this text
";

/// What is measured.
#[derive(Debug, Default)]
pub(crate) enum Measurement {
    #[default]
    Tokens,
    Hmac,
    Parsing,
    Lookup,
    Cache,
    Batch,
    Command(PathBuf),
    Revocations,
}

/// What was asked for.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) quick: bool,
    pub(crate) json: bool,
    pub(crate) measurement: Measurement,
    only: Option<String>,
}

impl Options {
    /// Reads the arguments; explains itself and ends the program when it cannot.
    pub(crate) fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Self {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--quick" => options.quick = true,
                "--json" => options.json = true,
                "--hmac" => options.measurement = Measurement::Hmac,
                "--parsing" => options.measurement = Measurement::Parsing,
                "--lookup" => options.measurement = Measurement::Lookup,
                "--cache" => options.measurement = Measurement::Cache,
                "--revocations" => options.measurement = Measurement::Revocations,
                "--batch" => options.measurement = Measurement::Batch,
                "--command" => {
                    let path = arguments.next().unwrap_or_else(|| refuse("--command"));
                    options.measurement = Measurement::Command(path.into());
                }
                "--only" => {
                    options.only = Some(arguments.next().unwrap_or_else(|| refuse("--only")))
                }
                "--help" => {
                    print!("{HELP}");
                    exit(0)
                }
                other => refuse(other),
            }
        }
        options
    }

    /// Whether this algorithm is to be measured.
    pub(crate) fn wants(&self, algorithm: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only.eq_ignore_ascii_case(algorithm))
    }
}

fn refuse(argument: &str) -> ! {
    eprintln!("cannot use the argument {argument}\n\n{HELP}");
    exit(2)
}
