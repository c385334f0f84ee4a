//! Which key the arguments mean: a file, a set, a shared secret, and its one algorithm.

use std::path::Path;

use jotem::jwa::KeyType;
use jotem::jws::Keys;
use jotem::{Algorithm, Error, Jwk, KeySet, Secret, SigningKey, VerifyingKey};

use crate::args::{KeyArguments, PasswordArguments, SecretArguments, SignArguments};
use crate::error::Failure;
use crate::input::{Input, environment, name};
use crate::output::Output;
use crate::password;

/// What a shared secret is for if nothing else is said.
const SECRET_ALGORITHM: Algorithm = Algorithm::Hs256;

/// Returns the key to sign with.
pub(crate) fn signing(arguments: &SignArguments, input: &Input) -> Result<SigningKey, Failure> {
    let asked = arguments.algorithm;
    if let Some(secret) = SharedSecret::read(&arguments.secret, input)? {
        return secret.key(asked.unwrap_or(SECRET_ALGORITHM));
    }
    let Some(path) = &arguments.key else {
        return Err(Failure::usage("there is no key to sign with").hint(
            "give --key FILE, --secret-file FILE or --secret-env NAME; \
             make one: jotem key generate --alg ES256",
        ));
    };
    let jwk = read(path, &arguments.password, input, "sign with one key of the set")?;
    let algorithm = asked.map_or_else(|| algorithm(&jwk, path), Ok)?;
    SigningKey::from_jwk(&jwk, algorithm).map_err(|error| about(error, path))
}

/// Returns the keys to verify with, if the arguments name any.
pub(crate) fn verifying(
    arguments: &KeyArguments,
    input: &Input,
    output: Output,
) -> Result<Option<Keys>, Failure> {
    if let Some(path) = &arguments.jwks {
        let document = input.file(path)?;
        let set = KeySet::from_json(document.expose()).map_err(|error| {
            if Jwk::from_bytes(document.expose()).is_err() {
                return unreadable(document.expose(), error, path);
            }
            Failure::unusable(format!("{}: this is one key, not a JWK Set", name(path)))
                .hint("give it with --key")
        })?;
        return Ok(Some(set.into()));
    }
    if let Some(secret) = SharedSecret::read(&arguments.secret, input)? {
        let keys = each(
            &arguments.algorithms,
            || Ok(SECRET_ALGORITHM),
            |algorithm| secret.key(algorithm).map(|key| key.verifying_key()),
        );
        return Ok(Some(keys?.into()));
    }
    let Some(path) = &arguments.key else { return Ok(None) };
    let mut jwk = read(path, &arguments.password, input, "give it with --jwks")?;
    if jwk.is_private() && jwk.key_type() != KeyType::Oct {
        output.note(
            "note: this is a private key; its public half is enough to verify: \
             jotem key show --public",
        );
        jwk = jwk.public().map_err(|error| about(error, path))?;
    }
    let keys = each(
        &arguments.algorithms,
        || algorithm(&jwk, path),
        |algorithm| VerifyingKey::from_jwk(&jwk, algorithm).map_err(|error| about(error, path)),
    );
    Ok(Some(keys?.into()))
}

/// Makes a key for each algorithm that was asked for and that it fits; without any, for its own.
fn each(
    asked: &[Algorithm],
    own: impl FnOnce() -> Result<Algorithm, Failure>,
    make: impl Fn(Algorithm) -> Result<VerifyingKey, Failure>,
) -> Result<Vec<VerifyingKey>, Failure> {
    if asked.is_empty() {
        return Ok(vec![make(own()?)?]);
    }
    let mut keys: Vec<VerifyingKey> = Vec::new();
    let mut first = None;
    for algorithm in asked {
        // `EdDSA` and `Ed25519` are two names of one operation, and need one key.
        if keys.iter().any(|key| key.algorithm().verifies(*algorithm)) {
            continue;
        }
        match make(*algorithm) {
            Ok(key) => keys.push(key),
            Err(failure) => {
                first.get_or_insert(failure);
            }
        }
    }
    match first {
        Some(failure) if keys.is_empty() => Err(failure),
        Some(_) | None => Ok(keys),
    }
}

/// What a file holds.
#[expect(clippy::large_enum_variant, reason = "there is one of them in a run")]
pub(crate) enum Document {
    Key(Jwk),
    Set(KeySet),
}

/// Reads a file that holds a key in any form, or a JWK Set.
pub(crate) fn document(
    path: &Path,
    password: &PasswordArguments,
    input: &Input,
) -> Result<Document, Failure> {
    let document = input.file(path)?;
    let document = document.expose();
    // A JWK Set has `keys` and no `kty`; whatever is neither is reported as a key.
    let found = match (Jwk::from_bytes(document), KeySet::from_json(document)) {
        (Ok(key), _) => Document::Key(key),
        (Err(_), Ok(set)) => Document::Set(set),
        (Err(error), Err(_)) if document.trim_ascii().is_empty() => {
            return Err(unreadable(document, error, path));
        }
        (Err(error), Err(_)) => {
            return password::open(document, error, path, password, input).map(Document::Key);
        }
    };
    password::refuse(password, path)?;
    Ok(found)
}

/// Reads the one key of a file.
fn read(
    path: &Path,
    password: &PasswordArguments,
    input: &Input,
    with_set: &'static str,
) -> Result<Jwk, Failure> {
    match document(path, password, input)? {
        Document::Key(key) => Ok(key),
        Document::Set(_) => {
            Err(Failure::unusable(format!("{}: this is a JWK Set, not one key", name(path)))
                .hint(with_set))
        }
    }
}

/// Says why a document is no key.
fn unreadable(document: &[u8], error: Error, path: &Path) -> Failure {
    if document.trim_ascii().is_empty() {
        return Failure::unusable(format!("{} is empty", name(path))).hint("is it the right file?");
    }
    about(error, path)
}

/// Returns the one algorithm of a key, or says how to name it.
fn algorithm(jwk: &Jwk, path: &Path) -> Result<Algorithm, Failure> {
    if let Some(algorithm) = jwk.algorithm() {
        return Ok(algorithm);
    }
    let name = name(path);
    if let Some(declared) = jwk.declared_algorithm() {
        let declared = jotem::error::Excerpt::new(declared);
        let message = format!("{name}: the key is for `{declared}`, which signs no tokens here");
        return Err(Failure::unusable(message).hint("use the key that is meant for signatures"));
    }
    if jwk.key_type() == KeyType::Oct {
        return Ok(SECRET_ALGORITHM);
    }
    let open = fitting(jwk).iter().map(|one| one.name()).collect::<Vec<_>>().join(", ");
    let message =
        format!("{name}: the {} key names no algorithm; it fits {open}", jwk.key_type().name());
    Err(Failure::unusable(message).hint("say which one with --alg; RS256 is the most common"))
}

/// Returns the algorithms that the type and the curve of a key fit.
pub(crate) fn fitting(jwk: &Jwk) -> Vec<Algorithm> {
    let only = jwk.algorithm();
    Algorithm::ALL
        .into_iter()
        .filter(|one| match only {
            Some(only) => only.verifies(*one),
            None => one.key_type() == jwk.key_type(),
        })
        .collect()
}

pub(crate) fn about(error: Error, path: &Path) -> Failure {
    Failure::from(error).about(&name(path))
}

/// A shared secret as it was given.
struct SharedSecret {
    secret: Secret,
    base64: bool,
    origin: String,
}

impl SharedSecret {
    fn read(arguments: &SecretArguments, input: &Input) -> Result<Option<Self>, Failure> {
        let base64 = arguments.base64_secret;
        let (secret, origin) = match (&arguments.secret_file, &arguments.secret_env) {
            (Some(path), _) => (input.secret_file(path)?, name(path)),
            (None, Some(variable)) => {
                (environment(variable, "--secret-env")?, format!("environment variable {variable}"))
            }
            (None, None) if base64 => {
                let hint = "it says what is in --secret-file FILE or --secret-env NAME";
                return Err(Failure::usage("--base64-secret needs a secret").hint(hint));
            }
            (None, None) => return Ok(None),
        };
        Ok(Some(Self { secret, base64, origin }))
    }

    fn key(&self, algorithm: Algorithm) -> Result<SigningKey, Failure> {
        let key = match (self.base64, std::str::from_utf8(self.secret.expose())) {
            (true, Ok(text)) => SigningKey::from_base64_secret(text, algorithm),
            (true, Err(_)) => Err(jotem::KeyError::SecretNotBase64.into()),
            (false, _) => SigningKey::from_secret(self.secret.expose(), algorithm),
        };
        key.map_err(|error| Failure::from(error).about(&self.origin))
    }
}
