//! Which rule stops which attack. The classes are those of `vectors/attacks.json`; each has a test
//! under its id in `tests/attacks/`.
//!
//! # Parsing (P)
//!
//! | classes | rule | where |
//! |---|---|---|
//! | P01, P09, E01, P30 | exactly three segments; five are an encrypted token, JSON is not a token, a payload that is a token is no claims set | `jws/shape.rs` |
//! | P02, P29 | the size is checked before the text is split, the length of a signature before it is converted | `jws/shape.rs`, `jws/signature.rs` |
//! | P03 to P07 | base64url without padding, canonical, nothing skipped, nothing around it | `encoding/base64url.rs`, `jws/shape.rs` |
//! | P08 | the signature is over the text as it was received | `jwt/pipeline.rs`, step 6 |
//! | P10 to P13 | an empty list of signatures is refused; only signatures that hold are shown, each with its key; what the two headers share, and what is not protected, is refused | `jws/document.rs`, `entry.rs`, `general.rs` |
//! | P14 to P16, P21 | one JSON object in UTF-8 without a byte order mark, and nothing before or after it | `encoding/json/` |
//! | P17, P18 | no member name twice, at any level, however it is escaped | `encoding/json/names.rs` |
//! | P19, P20 | depth and members bounded; numbers read in linear time; names hashed with a random key | `encoding/json/reader.rs`, `number.rs` |
//! | P22 to P26 | a JWT is never unencoded; a JWS is only where the caller says so, detached or in JSON, with `b64` critical and the same in every signature | `jws/verify.rs`, `jws/crit.rs` |
//! | P27, P28 | texts compare whole; half a surrogate pair is no character | `encoding/json/string.rs` |
//!
//! # The header (H)
//!
//! | classes | rule | where |
//! |---|---|---|
//! | H01 to H05 | `none` is no algorithm here; names compare exactly; a missing or odd `alg` is refused | `jws/selection.rs`, step 4 |
//! | H06, H07 | the allow-list is the keys' own algorithms, narrowed at will, never empty | `jws/selection.rs` |
//! | H08 to H13, K20, J16 | keys are typed: a key has one algorithm, and only a secret is a secret | `jwk/signing_key.rs`, `jwk/verifying_key.rs`, `jwk/disguise.rs` |
//! | H14 | `EdDSA` and `Ed25519` are one operation; an allow-list of one name refuses the other | `jwa/signature.rs` |
//! | H15, H16 | `crit` must be well formed and understood | `jws/crit.rs` |
//! | H17 | `crit`, and what it names, must be protected | `jws/entry.rs` |
//! | H18 to H21 | keys in or behind a header are never used, and nothing is fetched | `jws/header.rs` |
//! | H22 | a JWK's certificate must have its key; a token may not name another than its key has | `jwk/certificates.rs`, `jws/selection.rs`, step 5 |
//! | H23 to H25, J12, J13 | `kid` is compared in memory and bounded; no match is no key, several are ambiguous; keys of other issuers than the token's are not counted | `jws/selection.rs`, `jws/fit.rs`, step 5 |
//! | H26 to H28 | registered parameters have their type; `typ` as expected; `zip` and `enc` refused | `jws/header.rs`, `jwt/validate/token_type.rs` |
//! | H29, H31, S21 | no switch turns verification off; what is unverified is another type; a resolver sees no payload | `jwt/proof.rs`, `jws/keys.rs` |
//!
//! # Keys (K, J)
//!
//! | classes | rule | where |
//! |---|---|---|
//! | K01, K02, K04 | secrets are bytes, never empty, never shorter than the hash | `jwk/oct.rs` |
//! | K05, K16 | RSA from 2048 to 8192 bits, sound exponents, no ROCA, all numbers consistent | `jwk/rsa.rs`, `jwk/roca.rs` |
//! | K06 to K10 | the curve decides the algorithm; coordinates have their length; points are on their curve; halves belong together | `jwk/ec.rs`, `jwk/okp.rs`, `crypto/aws_lc/` |
//! | K11, K12 | signing takes a private key, verifying a public one; export is public; secrets and public keys never mix | `jwk/mod.rs`, `jws/selection.rs` |
//! | K13 to K15, K17, K19 | `use`, `key_ops`, `kty`, `alg` must agree; documents are read whole and strictly | `jwk/parameters.rs`, `jwk/der.rs`, `jwk/pem.rs`, `jwk/thumbprint.rs` |
//! | K18 | an ML-DSA key says its `alg`, its halves have the length of that and belong together, and the private one is the seed | `jwk/akp.rs` |
//! | J10, J11 | a set that is no set is an error; a bad member fails alone | `jwk/set.rs` |
//!
//! # Signatures (S)
//!
//! | classes | rule | where |
//! |---|---|---|
//! | S01 to S06, S23, S24 | fixed-width r and s, checked by AWS-LC; DER is refused by name | `jws/signature.rs`, `crypto/aws_lc/ecdsa.rs` |
//! | S07, S08 | Ed25519: S below the order; no point of small order or odd encoding | `crypto/aws_lc/ed25519_point.rs` |
//! | S09 | Ed448, behind its feature: the same rules; without the feature its keys are refused by name | `crypto/ed448.rs`, `jwk/ed448.rs` |
//! | S10 to S12 | RSA by AWS-LC, which compares the whole encoding; length equals the modulus; salt equals the hash | `crypto/aws_lc/rsa.rs` |
//! | S13, S14 | MACs compare in full and in constant time | `crypto/hmac.rs` |
//! | S15, W08 to W10 | messages are facts and at most 64 escaped characters; keys redact themselves and are zeroized | `error/`, `secret.rs` |
//! | S16 | ECDSA nonces are AWS-LC's: random, hedged with the key | `crypto/aws_lc/ecdsa.rs` |
//! | S17 to S19 | ML-DSA by AWS-LC: pure, with an empty context, one encoding of each hint | `crypto/aws_lc/mldsa.rs` |
//! | S20 | one result type; the signature comes before every claim | `jwt/pipeline.rs` |
//! | S22 | a cache remembers that a signature held, of one whole text under one key, and nothing that a rule decides | `jwt/cache/`, `jwt/pipeline.rs`, step 6 |
//!
//! A valid ECDSA signature (r, s) has a second form (r, n − s) that anyone can compute (S05). RFC
//! 7518 allows both, so both verify: never use the text of a token as its identity; use `jti`.
//!
//! # Claims (C)
//!
//! | classes | rule | where |
//! |---|---|---|
//! | C01 to C08, C23, C24 | dates are numbers from 1970 to 9999, read exactly; arithmetic saturates; the leeway is bounded | `jwt/numeric_date.rs`, `jwt/validate/time.rs` |
//! | C09 to C12 | `aud` is a text or texts; expected means required; present but unexpected is refused | `jwt/validate/audience.rs` |
//! | C13, C15, C16, C25, C26 | texts compare byte for byte; no patterns; other types are refused | `jwt/validate/issuer.rs`, `subject.rs` |
//! | C14 | a key speaks for its owner: several issuers need keys that say whose they are | `jwk/verifying_key.rs`, `jwt/validate/issuer.rs` |
//! | C17, C18, C19 | `typ`, required claims, and `cnf` are checked when asked, `cnf` always | `jwt/validate/` |
//! | H30 | `at_hash` and `c_hash` are checked with the hash of the algorithm's name, or refused | `jwt/token_hash.rs` |
//! | C22 | verifiers are immutable | `jwt/verifier.rs` |
