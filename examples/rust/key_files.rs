//! Keys in files: the private one for its owner's eyes only, the public one for every verifier.

use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use jotem::error::Code;
use jotem::{Algorithm, SigningKey, Verifier, VerifyingKey};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("jotem-key-files-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let outcome = in_folder(&folder);
    fs::remove_dir_all(&folder)?;
    outcome
}

fn in_folder(folder: &Path) -> Result<(), Box<dyn Error>> {
    let (private, public) = (folder.join("private.pem"), folder.join("public.pem"));

    // Once, or: jotem key generate --alg ES256 --out … --public-out …
    let key = SigningKey::generate(Algorithm::Es256)?;
    create_private(&private)?.write_all(key.to_pem()?.expose())?;
    fs::write(&public, key.verifying_key().to_pem()?)?;

    // At each start of the issuer, and of the verifier.
    let signing = SigningKey::from_pem(fs::read(&private)?, Algorithm::Es256)?;
    let verifying = VerifyingKey::from_pem(fs::read(&public)?, Algorithm::Es256)?;
    let token = jotem::encode(&serde_json::json!({"exp": 4_102_444_800_u64}), &signing)?;
    Verifier::builder(verifying).build()?.verify::<()>(&token)?;

    // The wrong file is named as what it is, and so is the wrong algorithm.
    let wrong = VerifyingKey::from_pem(fs::read(&private)?, Algorithm::Es256);
    assert!(wrong.is_err_and(|error| error.code() == Code::KeyPrivate));
    let wrong = SigningKey::from_pem(fs::read(&private)?, Algorithm::Es384);
    assert!(wrong.is_err_and(|error| error.code() == Code::KeyAlgorithmMismatch));
    Ok(())
}

/// Creates a file that nobody else can read, from its first moment on.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[test]
fn the_program_runs() -> Result<(), Box<dyn Error>> {
    main()
}
