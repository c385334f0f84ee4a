//! The engine's hints name its Rust methods; these name the same things as they are called here.

use jotem::error::Code;

/// Returns the hint in Python's words, where the engine's has Rust's.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) const fn hint(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::TokenWhitespace => {
            "trim what was read from a file, a form or a shell: `token.strip()`"
        }
        Code::TokenTooLarge => {
            "an access token has a few hundred bytes; is this one, and is it meant for you?"
        }
        Code::TooDeep | Code::TooManyMembers => "keep documents out of tokens",
        Code::CritUnknown => {
            "if the application handles the extension, say so with `critical=[...]`"
        }
        Code::UnencodedPayload => "a JWT may not use b64 (RFC 7797 §7)",
        Code::AlgorithmUnknown => {
            "names are case-sensitive; `jotem.Algorithm` lists those that are known"
        }
        Code::KeyAmbiguous => "give the keys distinct kids, or allow several tries: `try_keys=n`",
        Code::SignatureIsDer => "the issuer must convert it to r and s side by side",
        Code::SecretNotDecoded => "load the secret with `Key.from_base64_secret`",
        Code::ClaimTooLong | Code::ParameterTooLong => "the issuer must write a shorter one",
        Code::IssuerMismatch => {
            "compare with `issuer=` letter by letter: a slash at the end counts"
        }
        Code::AudienceMismatch => {
            "the token is meant for another service; compare with `audience=` letter by letter"
        }
        Code::AudienceUnexpected => {
            "name this service with `audience=`, or accept every audience: `any_audience=True`"
        }
        Code::ConfirmationUnchecked => {
            "check the DPoP proof or the client certificate, then say so: `accept_bound_tokens=True`"
        }
        Code::CacheTooSmall => {
            "give it 4 KiB for each token in use at one time, or leave `cache=` out"
        }
        Code::ClaimsShape => "compare the class given as `into=` with the payload",
        Code::KeyPrivate => {
            "give a verifier `key.public()`, and keep private keys away from it altogether"
        }
        Code::KeyNoPublicPart => {
            "whoever can verify with a secret can sign with it; `private=True` exports it, ES256 needs no secret"
        }
        Code::KeyAlgorithmUnknown => "name it: `algorithm=`",
        Code::KeyFormat => {
            "give the key itself, not the name of its file: PEM, DER (PKCS#8, PKCS#1, SEC1, SPKI) or JWK"
        }
        Code::KeyCertificate => {
            "take its public key with `Key.from_x509`, which checks nobody's word"
        }
        Code::KeyEncrypted | Code::KeyOpenSshEncrypted => "give the password: `password=`",
        Code::KeyNotEncrypted => "is this the key that you meant? if it is, leave `password=` out",
        Code::KeyOpenSsh => {
            "read a public line (`ssh-ed25519 AAAA…`) with `Key.from_ssh`, a private file with `Key.from_openssh`"
        }
        Code::KeyPasswordEmpty => {
            "is the environment variable set? a key in the clear is written with `private=True`"
        }
        Code::KeyMemberMissing => {
            "a document with `keys` is a set: `KeySet.from_json`; RFC 7518 §6 has what each key type needs"
        }
        Code::KeySetEmpty => {
            "a JWK Set is {\"keys\":[…]} (RFC 7517 §5); a single key is read with `Key.from_jwk`"
        }
        Code::RsaExponent | Code::RsaModulus | Code::RsaSize => {
            "make a new key: `Key.generate(\"RS256\")`"
        }
        Code::SecretEmpty => {
            "is the environment variable set? a new secret: `Key.generate(\"HS256\")`"
        }
        Code::SecretIsKey => "load public keys with `Key.from_pem`, `from_der` or `from_jwk`",
        Code::SecretNotBase64 => "if it is plain text, use `Key.from_secret`",
        Code::SecretTooShort => {
            "make a random one: `Key.generate(algorithm)`; if it is base64 text, use `Key.from_base64_secret`"
        }
        Code::AlgorithmsEmpty => {
            "name the algorithms, or leave `algorithms=` out: then it is the keys' own"
        }
        Code::ClaimTwice => {
            "what the issuer writes is set by arguments: `subject=`, `audience=`, `expires_at=`, `not_before=`, `issued_at=`, `token_id=`"
        }
        Code::ClaimsNotObject => "give a dict, a dataclass, a msgspec Struct or a pydantic model",
        Code::ClaimsNotSerializable => "claims are JSON: strict readers refuse what this is",
        Code::ExpectationEmpty => "give the expected value, or leave the argument out",
        Code::HeaderReserved => "the key and the issuer's own arguments write this parameter",
        Code::KeysUnbound => {
            "bind each key with `key.of_issuers(...)`, or build one verifier for each issuer"
        }
        Code::KeysUnusable => {
            "RSA keys without `alg` need `algorithms=[\"RS256\"]`; `KeySet.members` has each member's reason"
        }
        Code::LifetimeMissing => {
            "give `lifetime=timedelta(minutes=15)`; tokens that never expire need `never_expires=True`"
        }
        Code::TokenTooLong => "keep data out of the token",
        _ => return None,
    })
}
