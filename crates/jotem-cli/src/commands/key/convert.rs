//! `jotem key convert`: a key in another form, and nothing private where it was not asked for.

use std::io::IsTerminal as _;
use std::path::Path;

use jotem::error::{Code, Excerpt};
use jotem::jwa::KeyType;
use jotem::jwk::Member;
use jotem::{Error, Jwk, KeySet, Secret};
use serde_json::{Map, Value};

use super::document::object;
use super::{facts, form, members};
use crate::args::{ConvertArguments, Form};
use crate::error::{Failure, Status};
use crate::input::{Input, name};
use crate::keys::{Document, document};
use crate::output::Output;
use crate::password::new_password;
use jotem_jwks::atomic_file::{Readers, Staged, check};

pub(crate) fn run(
    arguments: &ConvertArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    check_arguments(arguments, output)?;
    if let Some(path) = arguments.out_file() {
        check(path, arguments.force)?;
    }
    let keys = select(document(&arguments.file, &arguments.password, input)?, arguments, output)?;
    let keys = keys.into_iter().map(|key| prepare(key, arguments));
    let keys = keys.collect::<Result<Vec<_>, _>>().map_err(|failure| {
        // What a file holds is wrong; what is wrong with the call is said without its name.
        if failure.status() == Status::Unusable {
            failure.about(&name(&arguments.file))
        } else {
            failure
        }
    })?;
    let password = new_password(&arguments.encryption, input)?;
    let converted = Converted::of(&keys, arguments.to, password.as_ref())?;
    write(arguments, &keys, &converted, output)?;
    advise(&keys, arguments, output);
    Ok(Status::Good)
}

/// Refuses what does not go together.
fn check_arguments(arguments: &ConvertArguments, output: Output) -> Result<(), Failure> {
    let usage = |message: &str, hint: &'static str| Err(Failure::usage(message).hint(hint));
    let named = arguments.key_id.is_some() || arguments.thumbprint_key_id;
    let described = named || arguments.algorithm.is_some() || arguments.purpose.is_some();
    match () {
        () if described && !matches!(arguments.to, Form::Jwk | Form::Jwks) => usage(
            "only a JWK has room for a kid, an alg and a use",
            "use --to jwk, or leave --kid, --thumbprint-kid, --alg and --use out",
        ),
        () if arguments.encryption.encrypt && !matches!(arguments.to, Form::Pem | Form::Der) => {
            usage("only PEM and DER have an encrypted form", "use --to pem, or leave --encrypt out")
        }
        () if arguments.encryption.encrypt && arguments.public => {
            usage("a public key is not encrypted", "leave --public or --encrypt out")
        }
        () if arguments.public && arguments.to == Form::Base64 => usage(
            "a shared secret has no public part",
            "leave --public out, and hand it over as a secret",
        ),
        () if arguments.to == Form::Der
            && arguments.out_file().is_none()
            && (output.is_json() || std::io::stdout().is_terminal()) =>
        {
            usage("DER is binary", "write it to a file: --out key.der")
        }
        () => Ok(()),
    }
}

/// Returns the keys that are meant: the one of a file, one of a set, or all of it.
fn select(
    document: Document,
    arguments: &ConvertArguments,
    output: Output,
) -> Result<Vec<Jwk>, Failure> {
    let set = match (document, &arguments.member) {
        (Document::Set(set), _) => set,
        (Document::Key(key), None) => return Ok(vec![key]),
        (Document::Key(_), Some(_)) => {
            return Err(Failure::usage("--member is for a JWK Set, and this is one key")
                .hint("leave it out"));
        }
    };
    let file = name(&arguments.file);
    if let Some(wanted) = &arguments.member {
        let found: Vec<Jwk> =
            set.keys().filter(|key| key.key_id() == Some(wanted)).cloned().collect();
        let hint = "`jotem key show FILE` lists the members and what is wrong with them";
        return match found.len() {
            1 => Ok(found),
            0 => {
                Err(Failure::unusable(format!("{file}: no usable member has this kid")).hint(hint))
            }
            _ => {
                Err(Failure::unusable(format!("{file}: several members have this kid")).hint(hint))
            }
        };
    }
    let keys = usable(&set, arguments.to, output);
    if keys.is_empty() {
        return Err(Failure::unusable(format!("{file}: no member of the set can be converted"))
            .hint("`jotem key show FILE` says of each member what is wrong"));
    }
    if keys.len() > 1 && (arguments.to != Form::Jwks || arguments.key_id.is_some()) {
        let message = format!("{file} is a JWK Set of {} keys, and one is needed", keys.len());
        return Err(Failure::unusable(message)
            .hint("choose one with --member ID, or use --to jwks without --kid"));
    }
    Ok(keys)
}

/// Leaves out the members that cannot be read, and for publishing the secrets; says so.
fn usable(set: &KeySet, to: Form, output: Output) -> Vec<Jwk> {
    let mut keys = Vec::new();
    for (number, member) in (1_usize..).zip(set.members()) {
        match member {
            Member::Key(key) if to == Form::Jwks && key.key_type() == KeyType::Oct => {
                output.left_out(number, &Failure::unusable("a shared secret is not published"));
            }
            Member::Key(key) => keys.push(key.clone()),
            Member::Unusable { reason, .. } => {
                output.left_out(number, &Error::from(reason.clone()).into());
            }
            _ => {}
        }
    }
    keys
}

/// Checks a key, takes its private part away if that was asked for, and writes its members.
fn prepare(key: Jwk, arguments: &ConvertArguments) -> Result<Jwk, Failure> {
    let symmetric = key.key_type() == KeyType::Oct;
    if symmetric && matches!(arguments.to, Form::Pem | Form::Der) {
        return Err(Failure::unusable("a shared secret has no PEM or DER form")
            .hint("use --to jwk or --to base64"));
    }
    if !symmetric && arguments.to == Form::Base64 {
        return Err(Failure::unusable("only a shared secret has the form base64")
            .hint("use --to jwk, pem or der"));
    }
    if symmetric && arguments.thumbprint_key_id {
        return Err(Failure::unusable("the thumbprint of a shared secret is a hash of the secret")
            .hint("name it yourself: --kid ID"));
    }
    is_sound(&key)?;
    let key = if arguments.public || arguments.to == Form::Jwks { key.public()? } else { key };
    let key = members::describe(key, arguments.algorithm, arguments.purpose)?;
    Ok(match &arguments.key_id {
        Some(key_id) => key.with_key_id(key_id),
        None if arguments.thumbprint_key_id && key.key_id().is_none() => {
            let thumbprint = key.thumbprint();
            key.with_key_id(thumbprint)
        }
        None => key,
    })
}

/// Finds out whether the numbers of a key are those of a key, whatever it may be used for.
fn is_sound(key: &Jwk) -> Result<(), Error> {
    if key.key_type() == KeyType::Oct {
        return Ok(());
    }
    match facts::check(key) {
        Err(error) if error.code() == Code::KeyUse => {
            // DER has no room for what the key is for: what comes back is the numbers alone.
            let bare = if key.is_private() {
                Jwk::from_der(key.to_private_der()?.expose())?
            } else {
                Jwk::from_der(key.to_der()?)?
            };
            facts::check(&bare)
        }
        verdict => verdict,
    }
}

/// What is written.
struct Converted {
    document: Secret,
    private: bool,
}

impl Converted {
    fn of(keys: &[Jwk], to: Form, password: Option<&Secret>) -> Result<Self, Failure> {
        if let (Some(password), Some(key)) = (password, keys.first()) {
            if !key.is_private() {
                return Err(Failure::unusable("a public key is not encrypted")
                    .hint("leave --encrypt out: there is nothing to hide"));
            }
            let document = form::write_encrypted(key, to, password)?;
            return Ok(Self { document, private: true });
        }
        if let (Some(key), false) = (keys.first(), to == Form::Jwks) {
            return Ok(Self { document: form::write(key, to)?, private: key.is_private() });
        }
        let set: KeySet = keys.iter().cloned().collect();
        Ok(Self { document: form::line(set.to_json().as_bytes()), private: false })
    }
}

fn write(
    arguments: &ConvertArguments,
    keys: &[Jwk],
    converted: &Converted,
    output: Output,
) -> Result<(), Failure> {
    let private = converted.private;
    if let Some(path) = arguments.out_file() {
        let readers = if private { Readers::Owner } else { Readers::Everybody };
        let staged = Staged::write(path, converted.document.expose(), readers, arguments.force)?;
        staged.commit()?.keep();
    } else if private
        && !arguments.encryption.encrypt
        && arguments.out.is_none()
        && std::io::stdout().is_terminal()
    {
        return Err(Failure::usage(
            "this is a private key, and whoever sees the screen would see it",
        )
        .hint(
            "write it to a file: --out FILE; only the public part: --public; or show it: --out -",
        ));
    }
    if output.is_json() {
        return output.document(&json(arguments, keys, converted));
    }
    let Some(path) = arguments.out_file() else {
        return output.bytes(converted.document.expose());
    };
    tell(path, arguments.to, keys, private, output);
    Ok(())
}

fn json(arguments: &ConvertArguments, keys: &[Jwk], converted: &Converted) -> Value {
    let form = clap::ValueEnum::to_possible_value(&arguments.to);
    let mut document = Map::new();
    document.insert("form".to_owned(), form.map(|form| form.get_name().to_owned()).into());
    document.insert("private".to_owned(), converted.private.into());
    let kids: Vec<Option<&str>> = keys.iter().map(Jwk::key_id).collect();
    document.insert("kids".to_owned(), kids.into());
    let (member, value) = match (arguments.out_file(), arguments.to) {
        (Some(path), _) => ("file", name(path).into()),
        (None, Form::Jwk | Form::Jwks) => ("document", Value::Object(object(&converted.document))),
        (None, Form::Pem | Form::Der | Form::Base64) => {
            ("document", String::from_utf8_lossy(converted.document.expose()).trim_end().into())
        }
    };
    document.insert(member.to_owned(), value);
    Value::Object(document)
}

fn tell(path: &Path, to: Form, keys: &[Jwk], private: bool, output: Output) {
    let what = match keys {
        _ if to == Form::Jwks => format!("a JWK Set of {} public key(s)", keys.len()),
        [key] if key.key_type() == KeyType::Oct => "the shared secret".to_owned(),
        _ if private => "the private key".to_owned(),
        _ => "the public key".to_owned(),
    };
    output.note(&format!("wrote {what} to {}", name(path)));
}

/// Says what a reader of the document will miss.
fn advise(keys: &[Jwk], arguments: &ConvertArguments, output: Output) {
    if !matches!(arguments.to, Form::Jwk | Form::Jwks) {
        return;
    }
    for key in keys.iter().filter(|key| key.key_type() == KeyType::Rsa) {
        if key.declared_algorithm().is_none() {
            let which = key.key_id().map(|id| format!(" {}", Excerpt::new(id))).unwrap_or_default();
            output.note(&format!(
                "note: the RSA key{which} names no algorithm, and verifiers need one: --alg RS256"
            ));
        }
    }
}
