//! `jotem store`: what keeps sessions.

pub(crate) mod check;
pub(crate) mod migrate;
pub(crate) mod schema;

use crate::error::Failure;

/// Finds the URL of the store: as it was given, or in the environment.
pub(super) fn url(given: Option<&str>) -> Result<String, Failure> {
    if let Some(url) = given.filter(|url| *url != "-") {
        return Ok(url.to_owned());
    }
    let Some(url) = std::env::var_os(VARIABLE) else {
        return Err(Failure::usage("no store is named")
            .hint("give its URL, such as sqlite:///path/file.db, or set JOTEM_STORE"));
    };
    url.into_string().map_err(|_| {
        Failure::usage(format!("the environment variable {VARIABLE} is no text"))
            .hint("it takes a URL, such as sqlite:///path/file.db")
    })
}

/// Where the URL is that has a password in it.
const VARIABLE: &str = "JOTEM_STORE";
