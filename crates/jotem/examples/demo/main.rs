//! The main job on real input: signs and verifies under every algorithm, verifies what others made,
//! refuses attacks with the reason for each, and counts operations per second. `make demo` runs it.

#![expect(clippy::print_stdout, reason = "a demonstration is printed")]

mod attacks;
mod made_by_others;
mod sign_and_verify;
mod speed;

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    sign_and_verify::show()?;
    made_by_others::show()?;
    attacks::show()?;
    speed::show()
}

/// Writes a heading.
fn heading(text: &str) {
    println!("\n{text}\n{}", "─".repeat(text.chars().count()));
}

/// Writes a line of two columns.
fn row(left: &str, right: &str) {
    println!("  {left:<36} {right}");
}
