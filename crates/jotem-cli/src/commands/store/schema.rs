//! `jotem store schema`: the statements that make the tables.

use jotem_session::store::{Postgres, Sqlite};
use serde_json::json;

use crate::args::StoreSchemaArguments;
use crate::error::{Failure, Status};
use crate::output::Output;

pub(crate) fn run(arguments: &StoreSchemaArguments, output: Output) -> Result<Status, Failure> {
    let scheme = arguments.url.split(':').next().unwrap_or_default();
    let statements = match scheme {
        "sqlite" => Sqlite::schema(),
        "postgres" | "postgresql" => Postgres::schema(),
        "memory" | "redis" | "rediss" | "redis+sentinel" | "rediss+sentinel" | "redis+cluster"
        | "rediss+cluster" => {
            return Err(Failure::unusable(format!("a store of {scheme} has no tables"))
                .hint("nothing has to be made by hand"));
        }
        _ => {
            return Err(Failure::usage("there is no store of that name")
                .hint("name one that has tables: sqlite: or postgres:"));
        }
    };
    if output.is_json() {
        output.document(&json!({"store": scheme, "schema": statements}))?;
    } else {
        output.bytes(format!("{}\n", statements.trim_end()).as_bytes())?;
    }
    Ok(Status::Good)
}
