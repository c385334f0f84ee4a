//! What a verifier does when nothing is said, and why.
//!
//! | what | default | why | changed by |
//! |---|---|---|---|
//! | algorithms | those of its keys | a key is used with exactly one (RFC 8725 §3.1); the token never decides | [`algorithms`] |
//! | several fitting keys | refused | trying all keys makes `kid` meaningless and costs time; keys that are bound to other issuers than the token's do not fit, and one key counts once | [`try_keys`] |
//! | secrets and public keys together | refused when built | the door to key confusion (RFC 8725 §2.1) | build two verifiers |
//! | `exp` | required | a token that lives for ever cannot be called back | [`expiry_optional`] |
//! | `nbf`, `iat` | checked when present | an issuer that writes them means them | |
//! | leeway | 30 s, at most 300 s | clocks kept by NTP differ by less; more makes `exp` say little | [`leeway`] |
//! | `aud` present, none expected | refused | the token was meant for somebody, and nobody checked for whom (RFC 7519 §4.1.3) | [`audience`], [`any_audience`] |
//! | an expectation | makes its claim required | a check that absence passes is none | |
//! | `iss`, `sub`, `aud` | compared whole, byte for byte | no prefix, no case, no Unicode normalization (RFC 7519 §2) | |
//! | `typ` | not looked at | many issuers write none; expect one where kinds of tokens could be confused (RFC 8725 §3.11) | [`token_type`] |
//! | `cnf` | refused | a token bound to a key is no bearer token (RFC 7800) | [`accept_bound_tokens`] |
//! | `crit` | refused unless understood | RFC 7515 §4.1.11 | [`critical`] |
//! | `jwk`, `jku`, `x5c`, `x5u` | never used | the sender must not choose the key (RFC 8725 §3.10) | |
//! | `x5t#S256` | must be one of the key's, if a JWK of it has one | the token names another certificate; it never chooses a key, and `x5t`, a SHA-1, decides nothing | |
//! | dates | 0 to 253402300799, fractions accepted | the last is the end of the year 9999; milliseconds fall outside, and are told so | |
//! | member names | each once, at every level | two parsers must not read two tokens (RFC 7515 §4, RFC 7519 §4) | |
//! | base64url | no padding, canonical | one token, one spelling: whoever revokes by text is not fooled | |
//! | size | 16 KiB a token, 4 KiB an encoded header, 32 levels, 1,024 members, 1 KiB a text | far above what an HTTP header carries; a token signed with ML-DSA-87 has 6,170 characters of signature, and fits | [`limits`] |
//! | signatures of one JSON serialization | 8 | each costs the work of one | [`Limits::signatures`](crate::Limits::signatures) |
//! | unprotected header | only its `kid`, to find the key | nobody signed it (RFC 7515 §7.2.1) | |
//! | HMAC secrets | at least as long as the hash | RFC 7518 §3.2: a shorter one can be guessed from a token | [`dangerous::short_secret`] |
//! | RSA keys | 2048 to 8192 bits, an odd exponent from 3 to 33 bits | RFC 7518 §3.3; above, verification is a way to burn CPU | |
//! | keys under a password | at most 3 million iterations of PBKDF2, an N·r·p of 2²⁰ for scrypt, 100 rounds of OpenSSH | the file says how much work it makes | |
//! | Ed25519 points | canonical, of large order | libraries disagree about the others | |
//! | `EdDSA` and `Ed25519` | two names of one operation | RFC 9864; `.algorithms([Algorithm::Ed25519])` accepts the new name only | [`algorithms`] |
//! | Ed448 | refused, unless the feature `ed448` is on | its crate is an unaudited pre-release; a key writes `Ed448` and verifies `EdDSA` as well, its points are checked as those of Ed25519 | [`algorithms`] |
//! | ML-DSA | pure, with an empty context; private keys are the seed of 32 bytes | RFC 9964 §3, §4: one key, one encoding of it, one meaning of a signature | |
//! | `none` | neither written nor verified | nobody signed it | |
//!
//! [`algorithms`]: crate::jwt::VerifierBuilder::algorithms
//! [`try_keys`]: crate::jwt::VerifierBuilder::try_keys
//! [`expiry_optional`]: crate::Validation::expiry_optional
//! [`leeway`]: crate::Validation::leeway
//! [`audience`]: crate::Validation::audience
//! [`any_audience`]: crate::Validation::any_audience
//! [`token_type`]: crate::Validation::token_type
//! [`accept_bound_tokens`]: crate::Validation::accept_bound_tokens
//! [`critical`]: crate::jwt::VerifierBuilder::critical
//! [`limits`]: crate::jwt::VerifierBuilder::limits
//! [`dangerous::short_secret`]: crate::dangerous::short_secret
