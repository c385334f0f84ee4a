//! `jotem key generate`: a new private key or shared secret.

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use jotem::jwa::KeyType;
use jotem::jws::Signer;
use jotem::{Secret, SigningKey};
use serde_json::{Map, Value};

use super::document::object;
use super::form;
use crate::args::{GenerateArguments, PrivateFormat};
use crate::error::{Failure, Status};
use crate::input::{Input, name};
use crate::output::Output;
use crate::password::new_password;
use jotem_jwks::atomic_file::{Placed, Readers, Staged, check};

pub(crate) fn run(
    arguments: &GenerateArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    check_arguments(arguments, output)?;
    for path in arguments.out().into_iter().chain(arguments.public_out.as_deref()) {
        check(path, arguments.force)?;
    }
    let key = named(generate(arguments)?, arguments);
    // A header parameter has a limit, and so has a kid: a key that cannot sign is of no use.
    Signer::new(&key).sign(b"")?;
    let (jwk, form) = (key.to_jwk()?, arguments.format.into());
    let private = match new_password(&arguments.encryption, input)? {
        Some(password) => form::write_encrypted(&jwk, form, &password)?,
        None => form::write(&jwk, form)?,
    };
    write(arguments, &key, &private, output)?;
    tell(arguments, &key, output);
    Ok(Status::Good)
}

/// Refuses what does not go together.
fn check_arguments(arguments: &GenerateArguments, output: Output) -> Result<(), Failure> {
    let symmetric = arguments.algorithm.is_symmetric();
    let pkcs8 = matches!(arguments.format, PrivateFormat::Pem | PrivateFormat::Der);
    let usage = |message: &str, hint: &'static str| Err(Failure::usage(message).hint(hint));
    match () {
        () if arguments.bits.is_some() && arguments.algorithm.key_type() != KeyType::Rsa => {
            usage("--bits is for RSA keys", "the other algorithms have one size each")
        }
        () if symmetric && pkcs8 => {
            usage("a shared secret has no PEM or DER form", "use --format jwk or --format base64")
        }
        () if arguments.encryption.encrypt && !pkcs8 => {
            usage("only PEM and DER have an encrypted form", "add --format pem")
        }
        () if !symmetric && arguments.format == PrivateFormat::Base64 => {
            usage("--format base64 is for shared secrets", "use --format jwk, pem or der")
        }
        () if symmetric && arguments.public_out.is_some() => usage(
            "a shared secret has no public part",
            "whoever can verify with it can sign with it; use --alg ES256 for a key with two halves",
        ),
        () if arguments.key_id.is_some() && arguments.format != PrivateFormat::Jwk => usage(
            "only a JWK has room for a kid",
            "use --format jwk, or name the key when signing: jotem sign --kid ID",
        ),
        () if arguments
            .out()
            .zip(arguments.public_out.as_deref())
            .is_some_and(|(one, other)| place(one) == place(other)) =>
        {
            usage("--out and --public-out are one file", "the public key needs a file of its own")
        }
        () if arguments.public_out.as_deref() == Some(Path::new("-")) => {
            usage("--public-out needs the name of a file", "later: jotem key show FILE --public")
        }
        () if arguments.format == PrivateFormat::Der
            && arguments.out().is_none()
            && (output.is_json() || std::io::stdout().is_terminal()) =>
        {
            usage("DER is binary", "write it to a file: --out key.der")
        }
        () => Ok(()),
    }
}

/// Returns where a file would stand, whatever way its folder is named.
fn place(path: &Path) -> Option<(PathBuf, OsString)> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new(".")).canonicalize();
    // A folder that cannot be found is refused when the file is written.
    Some((folder.unwrap_or_else(|_| path.to_owned()), path.file_name()?.to_owned()))
}

fn generate(arguments: &GenerateArguments) -> Result<SigningKey, Failure> {
    Ok(match arguments.bits {
        Some(bits) => SigningKey::generate_rsa(arguments.algorithm, bits).map_err(|error| {
            Failure::usage(error.to_string()).hint("--bits takes 2048, 3072, 4096 or 8192")
        })?,
        None => SigningKey::generate(arguments.algorithm)?,
    })
}

/// Names the key, if its form has room for a name. The thumbprint of a shared secret is a hash of
/// it, and a kid is public: none.
fn named(key: SigningKey, arguments: &GenerateArguments) -> SigningKey {
    match &arguments.key_id {
        Some(key_id) => key.with_key_id(key_id),
        None if key.algorithm().is_symmetric() || arguments.format != PrivateFormat::Jwk => key,
        None => key.with_thumbprint_key_id(),
    }
}

/// Writes both halves of the key, or neither.
fn write(
    arguments: &GenerateArguments,
    key: &SigningKey,
    private: &Secret,
    output: Output,
) -> Result<(), Failure> {
    let stage =
        |path: &Path, bytes: &[u8], readers| Staged::write(path, bytes, readers, arguments.force);
    let private_file = match arguments.out() {
        Some(path) => Some(stage(path, private.expose(), Readers::Owner)?),
        None => None,
    };
    let public_file = match &arguments.public_out {
        Some(path) => {
            let public = form::write(&key.verifying_key().to_jwk()?, arguments.format.into())?;
            Some(stage(path, public.expose(), Readers::Everybody)?)
        }
        None => None,
    };
    // If something fails from here on, the files that are in place go again. With --force the older
    // ones come back: an old private key can be made by nobody, and one half of a new pair beside
    // one half of the old is worse than either. The private key comes last, so that an older one is
    // not touched for the sake of a public key that could not be written.
    let staged = public_file.into_iter().chain(private_file);
    let placed = staged.map(Staged::commit).collect::<Result<Vec<_>, _>>()?;
    let halves_apart = arguments.out().is_none() && arguments.public_out.is_some();
    let output = if halves_apart { output.whole() } else { output };
    if output.is_json() {
        output.document(&document(arguments, key, private)?)?;
    } else if arguments.out().is_none() {
        output.bytes(private.expose())?;
    }
    placed.into_iter().for_each(Placed::keep);
    Ok(())
}

fn document(
    arguments: &GenerateArguments,
    key: &SigningKey,
    private: &Secret,
) -> Result<Value, Failure> {
    let mut document = Map::new();
    document.insert("algorithm".to_owned(), key.algorithm().name().into());
    document.insert("kid".to_owned(), key.key_id().into());
    let (member, value) = match (arguments.out(), arguments.format) {
        (Some(path), _) => ("private_file", name(path).into()),
        (None, PrivateFormat::Jwk) => ("private", Value::Object(object(private))),
        (None, PrivateFormat::Pem | PrivateFormat::Der | PrivateFormat::Base64) => {
            ("private", String::from_utf8_lossy(private.expose()).trim_end().into())
        }
    };
    document.insert(member.to_owned(), value);
    if let Some(path) = &arguments.public_out {
        document.insert("public_file".to_owned(), name(path).into());
    }
    if !key.algorithm().is_symmetric() {
        let public = Secret::from(key.verifying_key().to_jwk()?.to_json()?.into_bytes());
        document.insert("public".to_owned(), Value::Object(object(&public)));
    }
    Ok(Value::Object(document))
}

fn tell(arguments: &GenerateArguments, key: &SigningKey, output: Output) {
    let algorithm = key.algorithm();
    let what = if algorithm.is_symmetric() { "shared secret" } else { "private key" };
    let kid = key.key_id().map(|id| format!(", kid {}", jotem::error::Excerpt::new(id)));
    let kid = kid.unwrap_or_default();
    if let Some(path) = arguments.out() {
        output.note(&format!("wrote the {what} ({algorithm}{kid}) to {}", name(path)));
    }
    if let Some(path) = &arguments.public_out {
        output.note(&format!("wrote the public key to {}", name(path)));
    }
}
