//! The command line.

use std::process::exit;

const HELP: &str = "\
Measures jotem's operations beside its Rust peers and the floor of bare cryptography.

    cargo run --release -p jotem-benchmarks -- [OPTIONS]

    --quick       a smoke run of about 10 seconds; its figures are rough
    --only ALG    one algorithm: HS256, RS256, PS256, ES256, ES384, EdDSA, ML-DSA-65
    --hmac        the second measurement: aws-lc against the hmac and sha2 crates
    --json        machine-readable, on standard output
    --help        this text
";

/// What was asked for.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) quick: bool,
    pub(crate) json: bool,
    pub(crate) hmac: bool,
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
                "--hmac" => options.hmac = true,
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
