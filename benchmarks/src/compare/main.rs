//! What jotem and its Rust peers say to the same tokens: a table in Markdown, for COMPARE.md.
//!
//! `cases.json` has the tokens, and what the RFC says of each; `python/make_cases.py` writes it. Each
//! library is set up as its documentation does it: with the one algorithm, the key, the issuer
//! `https://auth.example` and the audience `api`; everything else is left as it comes.
//!
//! The program fails if jotem contradicts an RFC.

mod case;
mod libraries;

use case::{Case, Should};
use libraries::{LIBRARIES, Library, Outcome};

fn main() -> std::process::ExitCode {
    // What a panic would say goes to nobody: the table says that there was one.
    std::panic::set_hook(Box::new(|_| {}));
    let cases = Case::all();
    let names: Vec<_> = LIBRARIES.iter().map(|library| library.name).collect();
    println!("| case | RFC says | {} |", names.join(" | "));
    println!("|---|---|{}", "---|".repeat(names.len()));
    let mut faults = 0;
    for case in &cases {
        let outcomes: Vec<_> = LIBRARIES.iter().map(|library| ask(library, case)).collect();
        faults += u8::from(outcomes.first().is_none_or(|ours| is_wrong(case.should, *ours)));
        let cells: Vec<_> = outcomes.iter().map(|outcome| cell(case.should, *outcome)).collect();
        println!("| {} | {} | {} |", case.name, case.rule(), cells.join(" | "));
    }
    if faults == 0 { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}

/// Puts the case to a library; one that panics has answered too.
fn ask(library: &Library, case: &Case) -> Outcome {
    std::panic::catch_unwind(|| (library.verify)(case)).unwrap_or(Outcome::Panicked)
}

/// Whether an outcome contradicts the RFC; a panic contradicts them all.
const fn is_wrong(should: Should, outcome: Outcome) -> bool {
    matches!(
        (should, outcome),
        (Should::Refuse, Outcome::Accepted)
            | (Should::Accept, Outcome::Refused)
            | (_, Outcome::Panicked)
    )
}

fn cell(should: Should, outcome: Outcome) -> String {
    let text = match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Refused => "refused",
        Outcome::Panicked => "panics",
        Outcome::Absent => "—",
    };
    if is_wrong(should, outcome) { format!("**{text}**") } else { text.to_owned() }
}
