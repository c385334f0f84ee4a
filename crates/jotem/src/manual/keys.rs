//! Chapter 2: keys: where they come from, what form they have, how they are replaced.
//!
//! # One key, one algorithm
//!
//! Every constructor takes the algorithm, and no later call does (RFC 8725 §3.1). A token that says
//! `HS256` cannot make a verifier use a public key as a secret: there is no such call.
//!
//! | you have | signing | verifying |
//! |---|---|---|
//! | nothing yet | [`SigningKey::generate`] | [`SigningKey::verifying_key`] |
//! | PEM: PKCS#8, PKCS#1, SEC1; public: SPKI, PKCS#1 | [`SigningKey::from_pem`] | [`VerifyingKey::from_pem`] |
//! | the same in DER | [`SigningKey::from_der`] | [`VerifyingKey::from_der`] |
//! | PKCS#8 under a password, with the feature `encrypted-keys` | `SigningKey::from_encrypted_pem` | |
//! | an X.509 certificate | | [`VerifyingKey::from_x509`], which checks nobody's word |
//! | a JWK | [`Jwk::from_json`], [`SigningKey::from_jwk`] | [`VerifyingKey::from_jwk`] |
//! | a JWK Set of an identity provider | | [`KeySet::from_json`] |
//! | a secret, as bytes or text | [`SigningKey::from_secret`] | [`VerifyingKey::from_secret`] |
//! | a secret in base64 | [`SigningKey::from_base64_secret`] | [`VerifyingKey::from_base64_secret`] |
//! | a key of OpenSSH; the private one with the feature `encrypted-keys` | `SigningKey::from_openssh` | [`VerifyingKey::from_ssh`] |
//! | a key in an HSM or a KMS | [`hardware`](super::hardware) | |
//!
//! Make a key once, with the command or here, and keep it where secrets are kept:
//!
//! ```
//! use jotem::{Algorithm, SigningKey, VerifyingKey};
//!
//! let key = SigningKey::generate(Algorithm::Es256)?;
//! let private = key.to_pem()?;                         // a `Secret`: for a file of mode 0600
//! let public = key.verifying_key().to_pem()?;          // a `String`: for everybody
//!
//! let signing = SigningKey::from_pem(private.expose(), Algorithm::Es256)?;
//! let verifying = VerifyingKey::from_pem(&public, Algorithm::Es256)?;
//! assert_eq!(signing.verifying_key().thumbprint(), verifying.thumbprint());
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! A key that cannot be used says what it is instead, and what to do ([`KeyError`]):
//!
//! ```
//! use jotem::{Algorithm, SigningKey};
//!
//! # let public = SigningKey::generate(Algorithm::Es256)?.verifying_key().to_pem()?;
//! let error = SigningKey::from_pem(&public, Algorithm::Es256).unwrap_err();
//! assert_eq!(error.to_string(), "this is a public key; signing needs the private one");
//!
//! let error = SigningKey::from_secret("changeme", Algorithm::Hs256).unwrap_err();
//! assert_eq!(error.code().as_str(), "key_secret_too_short");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! # Names and sets
//!
//! A key may have a name, `kid`. An issuer writes it into the header, and a verifier with several
//! keys looks there which one it is. Its RFC 7638 thumbprint is a good name: nobody has to invent it. A
//! key that is there twice under one name counts once, also if it is called `EdDSA` one time and
//! `Ed25519` the other (RFC 9864).
//!
//! What an issuer publishes is a JWK Set, by custom at `/.well-known/jwks.json`:
//!
//! ```
//! use jotem::{Algorithm, KeySet, SigningKey, Verifier};
//!
//! // The issuer.
//! let key = SigningKey::generate(Algorithm::Es256)?.with_thumbprint_key_id();
//! let set: KeySet = [key.verifying_key().to_jwk()?].into_iter().collect();
//! let document = set.to_json();                     // public members only
//!
//! // Somewhere else.
//! let verifier = Verifier::builder(KeySet::from_json(&document)?).audience("api").build()?;
//! assert_eq!(verifier.algorithms(), [Algorithm::Es256]);
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! A member that cannot be used, of a type that is not known yet perhaps, does not fail the others:
//! [`KeySet::members`] has its reason. Identity providers publish RSA keys without `alg`: name the
//! algorithm with [`VerifierBuilder::algorithms`], and it is pinned to those keys.
//!
//! ```
//! # use jotem::{Algorithm, Jwk, KeySet, SigningKey, Verifier};
//! # let pem = SigningKey::generate(Algorithm::Rs256)?.verifying_key().to_pem()?;
//! # let set: KeySet = [Jwk::from_pem(pem)?.with_key_id("1")].into_iter().collect();
//! # let theirs = set.to_json();
//! let set = KeySet::from_json(&theirs)?;            // {"keys":[{"kty":"RSA","kid":"1",…}]}
//! let error = Verifier::builder(set.clone()).build().unwrap_err();
//! assert_eq!(error.code().as_str(), "misuse_keys_unusable");
//!
//! let verifier = Verifier::builder(set).algorithms([Algorithm::Rs256]).build()?;
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! Keys that are looked up for each token, by tenant for example, come from a [`KeyResolver`].
//!
//! # Replacing a key by hand
//!
//! A key is replaced in three steps, so that at no moment a verifier meets a token whose key it does
//! not have. Between the steps lies at least as long as verifiers keep the set. The key rings of the crate
//! `jotem-jwks` do it on time, and keep the keys in a file.
//!
//! ```
//! use std::time::Duration;
//! use jotem::{Algorithm, Claims, Issuer, KeySet, SigningKey, Verifier};
//!
//! let old = SigningKey::generate(Algorithm::Es256)?.with_thumbprint_key_id();
//! let new = SigningKey::generate(Algorithm::Es256)?.with_thumbprint_key_id();
//! let issuer = |key: &SigningKey| {
//!     Issuer::builder(key.clone()).lifetime(Duration::from_secs(900)).build()
//! };
//!
//! // 1. Publish both; go on signing with the old one.
//! let set: KeySet = [old.verifying_key().to_jwk()?, new.verifying_key().to_jwk()?]
//!     .into_iter().collect();
//! let verifier = Verifier::builder(&set).build()?;
//! let early = issuer(&old)?.issue(&Claims::empty())?;
//!
//! // 2. Sign with the new one.
//! let late = issuer(&new)?.issue(&Claims::empty())?;
//! assert!(verifier.verify::<()>(&early).is_ok());
//! assert!(verifier.verify::<()>(&late).is_ok());
//!
//! // 3. When the last token of the old key has expired, publish the new one alone.
//! let set: KeySet = [new.verifying_key().to_jwk()?].into_iter().collect();
//! let verifier = Verifier::builder(set).build()?;
//! let error = verifier.verify::<()>(&early).unwrap_err();
//! assert_eq!(error.code().as_str(), "jws_key_not_found");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! A key that was stolen skips the steps: take it out of the set at once. A verifier is immutable: to
//! give it other keys, build another and put it in place of the first.
//!
//! # Several issuers
//!
//! With several issuers and several keys, one issuer's key must not speak for another (RFC 8725
//! §3.8). Say whose each key is with [`VerifyingKey::of_issuers`]; a builder that was not told refuses
//! with `misuse_keys_unbound`. Issuers may use the same `kid`: where keys of several fit a token, those
//! are left out that are not of the issuer in its `iss`. Nobody vouches for that claim yet, so it only
//! leaves out what could not verify the token; once the signature holds, the `iss` must be one of the
//! key's owners as ever.
//!
//! Before: [`first_token`](super::first_token). Next: [`verifying`](super::verifying).
//!
//! [`SigningKey::generate`]: crate::SigningKey::generate
//! [`SigningKey::verifying_key`]: crate::SigningKey::verifying_key
//! [`SigningKey::from_pem`]: crate::SigningKey::from_pem
//! [`SigningKey::from_der`]: crate::SigningKey::from_der
//! [`SigningKey::from_jwk`]: crate::SigningKey::from_jwk
//! [`SigningKey::from_secret`]: crate::SigningKey::from_secret
//! [`SigningKey::from_base64_secret`]: crate::SigningKey::from_base64_secret
//! [`VerifyingKey::from_pem`]: crate::VerifyingKey::from_pem
//! [`VerifyingKey::from_der`]: crate::VerifyingKey::from_der
//! [`VerifyingKey::from_jwk`]: crate::VerifyingKey::from_jwk
//! [`VerifyingKey::from_secret`]: crate::VerifyingKey::from_secret
//! [`VerifyingKey::from_base64_secret`]: crate::VerifyingKey::from_base64_secret
//! [`VerifyingKey::from_ssh`]: crate::VerifyingKey::from_ssh
//! [`VerifyingKey::from_x509`]: crate::VerifyingKey::from_x509
//! [`VerifyingKey::of_issuers`]: crate::VerifyingKey::of_issuers
//! [`Jwk::from_json`]: crate::Jwk::from_json
//! [`KeySet::from_json`]: crate::KeySet::from_json
//! [`KeySet::members`]: crate::KeySet::members
//! [`KeyError`]: crate::KeyError
//! [`KeyResolver`]: crate::jws::KeyResolver
//! [`VerifierBuilder::algorithms`]: crate::jwt::VerifierBuilder::algorithms
