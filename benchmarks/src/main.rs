//! jotem beside its Rust peers and the floor of bare cryptography, in one process, in interleaved rounds.
//!
//! `token` and `keys` are what everyone is given; `contenders` is who takes part; `proof` is what they must
//! show first; `rounds` and `statistics` measure; `report` prints. `tokens`, `mac`, `parsing`, `lookup`,
//! `cache`, `batch`, `command` and `revocations` are the measurements.

mod batch;
mod cache;
mod command;
mod contenders;
mod keys;
mod lookup;
mod mac;
mod options;
mod parsing;
mod proof;
mod report;
mod revocations;
mod rounds;
mod statistics;
mod token;
mod tokens;

use options::Measurement;

fn main() {
    let options = options::Options::from_arguments(std::env::args().skip(1));
    let report = match &options.measurement {
        Measurement::Tokens => tokens::measure(&options),
        Measurement::Hmac => mac::measure(&options),
        Measurement::Parsing => parsing::measure(&options),
        Measurement::Lookup => lookup::measure(&options),
        Measurement::Batch => batch::measure(&options),
        Measurement::Command(path) => command::measure(&options, path),
        Measurement::Cache => cache::measure(&options),
        Measurement::Revocations => revocations::measure(&options),
    };
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report).expect("a report is JSON"));
    } else {
        print!("{report}");
    }
}
