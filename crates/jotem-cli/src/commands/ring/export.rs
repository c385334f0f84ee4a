//! `jotem ring export`: what is to be published.

use std::path::Path;

use jotem_jwks::atomic_file::{Readers, Staged};
use jotem_jwks::ring::{KeyRing, Publication};
use serde_json::json;

use super::about;
use crate::args::RingExportArguments;
use crate::error::{Failure, Status};
use crate::input::name;
use crate::output::Output;
use crate::strict_json;

pub(crate) fn run(arguments: &RingExportArguments, output: Output) -> Result<Status, Failure> {
    let ring = KeyRing::open_public_file(&arguments.file);
    let publication = ring.and_then(|ring| ring.publication());
    let publication = publication.map_err(|error| about(&error, &arguments.file))?;
    let out = arguments.out.as_deref().filter(|path| *path != Path::new("-"));
    if let Some(path) = out {
        let body = format!("{}\n", publication.body());
        let staged = Staged::write(path, body.as_bytes(), Readers::Everybody, arguments.force)?;
        staged.commit()?.keep();
    }
    if output.is_json() {
        return document(&publication, output);
    }
    match out {
        Some(path) => output.note(&format!("wrote the JWK Set to {}", name(path))),
        None => output.text(publication.body())?,
    }
    Ok(Status::Good)
}

fn document(publication: &Publication, output: Output) -> Result<Status, Failure> {
    let set = strict_json::read(publication.body());
    let set = set.map_err(|_| Failure::unusable("the JWK Set is not JSON"))?;
    output.document(&json!({
        "jwks": set,
        "content_type": publication.content_type(),
        "cache_control": publication.cache_control(),
        "etag": publication.etag(),
    }))?;
    Ok(Status::Good)
}
