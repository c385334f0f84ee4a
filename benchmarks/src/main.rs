//! jotem beside its Rust peers and the floor of bare cryptography, in one process, in interleaved rounds.
//!
//! `token` and `keys` are what everyone is given; `contenders` is who takes part; `proof` is what they must
//! show first; `rounds` and `statistics` measure; `report` prints. `tokens`, `mac` and `cache` are the measurements.

mod cache;
mod contenders;
mod keys;
mod mac;
mod options;
mod proof;
mod report;
mod rounds;
mod statistics;
mod token;
mod tokens;

fn main() {
    let options = options::Options::from_arguments(std::env::args().skip(1));
    let report = match (options.hmac, options.cache) {
        (true, _) => mac::measure(&options),
        (_, true) => cache::measure(&options),
        (false, false) => tokens::measure(&options),
    };
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report).expect("a report is JSON"));
    } else {
        print!("{report}");
    }
}
