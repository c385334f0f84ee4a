//! The errors of the first hour: what everybody pastes, mixes up or forgets, each with its own
//! code, and a hint that names the cure.

#![cfg(feature = "aws-lc")]
#![expect(clippy::unwrap_used, reason = "what should be refused and is not is a failed test")]

use jotem::{Algorithm, Clock, Error, Jwk, NumericDate, SigningKey, Verifier, VerifyingKey};
use serde_json::json;

/// The time at which every test happens.
#[derive(Debug)]
struct Now;

impl Clock for Now {
    fn now(&self) -> NumericDate {
        NumericDate::from_secs(1_700_000_000)
    }
}

const SECRET: &str = "a secret of 32 bytes, no more...";

fn key() -> SigningKey {
    SigningKey::from_secret(SECRET, Algorithm::Hs256).unwrap()
}

fn verifier(key: VerifyingKey) -> Verifier {
    Verifier::builder(key).clock(Now).build().unwrap()
}

fn token() -> String {
    jotem::encode(&json!({"sub": "42", "exp": 1_700_000_900}), &key()).unwrap()
}

/// The error of a token that is refused under the key of [`token`].
fn refusal(token: &str) -> Error {
    verifier(key().verifying_key()).verify::<()>(token).unwrap_err()
}

/// Checks the code of an error, and that its hint names the cure.
#[track_caller]
fn says(error: &Error, code: &str, cure: &str) {
    assert_eq!(error.code().as_str(), code, "{error}");
    assert!(error.hint().contains(cure), "the hint does not name {cure:?}: {}", error.hint());
}

#[test]
fn the_token_that_all_these_spoil_is_accepted() {
    assert!(verifier(key().verifying_key()).verify::<()>(&token()).is_ok());
}

#[test]
fn bearer_before_a_token_is_named() {
    for scheme in ["Bearer ", "bearer ", "BEARER ", "Bearer  ", " Bearer "] {
        let error = refusal(&format!("{scheme}{}", token()));
        says(&error, "token_bearer_prefix", "only what follows `Bearer `");
    }
    says(&refusal(&format!("Bearer {}\n", token())), "token_bearer_prefix", "Bearer");
}

#[test]
fn quotes_around_a_token_are_named() {
    for quote in ['"', '\'', '`'] {
        let error = refusal(&format!("{quote}{}{quote}", token()));
        says(&error, "token_quoted", "remove the quotation marks");
        says(&refusal(&format!("{}{quote}", token())), "token_quoted", "quotation marks");
        says(&refusal(&format!("{quote}{}", token())), "token_quoted", "quotation marks");
    }
    says(&refusal(&format!("\"{}\"\n", token())), "token_quoted", "quotation marks");
}

#[test]
fn a_line_end_around_a_token_is_named() {
    for line_end in ["\n", "\r\n", "\n\n", " ", "\t", "\u{feff}", "\0"] {
        says(&refusal(&format!("{}{line_end}", token())), "token_whitespace", "token.trim()");
        says(&refusal(&format!("{line_end}{}", token())), "token_whitespace", "token.trim()");
    }
}

#[test]
fn nothing_at_all_is_named() {
    for nothing in ["", " ", "\n"] {
        says(&refusal(nothing), "token_empty", "variable");
    }
}

#[test]
fn pem_with_backslash_n_from_an_environment_variable_is_named() {
    let escaped = PRIVATE.replace('\n', "\\n");
    for pem in [
        escaped.clone(),
        escaped.trim_end_matches("\\n").to_owned(),
        PRIVATE.replace('\n', "\\r\\n"),
        format!("\"{escaped}\""),
    ] {
        let error = SigningKey::from_pem(&pem, Algorithm::Es256).unwrap_err();
        says(&error, "key_pem_escaped", r#"pem.replace("\\n", "\n")"#);
    }
    let error = VerifyingKey::from_pem(PUBLIC.replace('\n', "\\n"), Algorithm::Es256).unwrap_err();
    says(&error, "key_pem_escaped", "environment variable");
    // The cure cures.
    assert!(SigningKey::from_pem(escaped.replace("\\n", "\n"), Algorithm::Es256).is_ok());
}

/// [`SECRET`] in base64, as a configuration has it.
const ENCODED: &str = "YSBzZWNyZXQgb2YgMzIgYnl0ZXMsIG5vIG1vcmUuLi4=";

#[test]
fn a_base64_secret_given_as_text_is_named() {
    for text in [ENCODED, ENCODED.trim_end_matches('=')] {
        let key = VerifyingKey::from_secret(text, Algorithm::Hs256).unwrap();
        let error = verifier(key).verify::<()>(&token()).unwrap_err();
        says(&error, "jws_secret_not_decoded", "from_base64_secret");
        let key = VerifyingKey::from_base64_secret(text, Algorithm::Hs256).unwrap();
        assert!(verifier(key).verify::<()>(&token()).is_ok(), "the cure cures");
    }
}

#[test]
fn a_text_secret_given_as_base64_is_named() {
    for text in
        [SECRET, "correct horse battery staple, always", "p@ssword-p@ssword-p@ssword-p@ssword"]
    {
        let error = SigningKey::from_base64_secret(text, Algorithm::Hs256).unwrap_err();
        says(&error, "key_secret_not_base64", "use `from_secret`");
        let error = VerifyingKey::from_base64_secret(text, Algorithm::Hs256).unwrap_err();
        says(&error, "key_secret_not_base64", "use `from_secret`");
        assert!(SigningKey::from_secret(text, Algorithm::Hs256).is_ok(), "the cure cures");
    }
}

#[test]
fn a_public_key_to_sign_with_is_named() {
    let jwk = Jwk::from_pem(PUBLIC).unwrap();
    let errors = [
        SigningKey::from_pem(PUBLIC, Algorithm::Es256).unwrap_err(),
        SigningKey::from_jwk(&jwk, Algorithm::Es256).unwrap_err(),
        SigningKey::from_der(jwk.to_der().unwrap(), Algorithm::Es256).unwrap_err(),
    ];
    for error in errors {
        says(&error, "key_public", "`PRIVATE KEY` in its first line");
    }
}

#[test]
fn a_private_key_to_verify_with_is_named() {
    let jwk = Jwk::from_pem(PRIVATE).unwrap();
    let errors = [
        VerifyingKey::from_pem(PRIVATE, Algorithm::Es256).unwrap_err(),
        VerifyingKey::from_jwk(&jwk, Algorithm::Es256).unwrap_err(),
        VerifyingKey::from_der(jwk.to_private_der().unwrap().expose(), Algorithm::Es256)
            .unwrap_err(),
    ];
    for error in errors {
        says(&error, "key_private", "verifying_key()");
    }
    let cure = SigningKey::from_pem(PRIVATE, Algorithm::Es256).unwrap().verifying_key();
    assert_eq!(cure.to_pem().unwrap(), PUBLIC, "the cure cures");
}

/// The DER inside a PEM text.
fn der(pem: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut word = 0_u32;
    let mut bits = 0_u32;
    for letter in pem.lines().filter(|line| !line.starts_with("-----")).flat_map(str::bytes) {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let Some(six) = alphabet.iter().position(|other| *other == letter) else { continue };
        word = (word << 6) | u32::try_from(six).unwrap();
        bits = bits.wrapping_add(6);
        if bits >= 8 {
            bits = bits.wrapping_sub(8);
            bytes.extend((word >> bits).to_le_bytes().first());
        }
    }
    bytes
}

#[test]
fn a_certificate_is_named() {
    let errors = [
        VerifyingKey::from_pem(CERTIFICATE, Algorithm::Es256).unwrap_err(),
        VerifyingKey::from_der(der(CERTIFICATE), Algorithm::Es256).unwrap_err(),
        SigningKey::from_pem(CERTIFICATE, Algorithm::Es256).unwrap_err(),
    ];
    for error in errors {
        says(&error, "key_certificate", "Jwk::from_x509");
    }
    assert!(Jwk::from_bytes(CERTIFICATE).is_ok(), "a tool that is handed a file reads it");
}

#[test]
fn a_key_in_the_legacy_encryption_of_openssl_is_named() {
    let error = SigningKey::from_pem(LEGACY_ENCRYPTED, Algorithm::Es256).unwrap_err();
    says(&error, "key_legacy_encrypted_pem", "openssl pkcs8 -topk8");
    let crlf = LEGACY_ENCRYPTED.replace('\n', "\r\n");
    let error = SigningKey::from_pem(crlf, Algorithm::Es256).unwrap_err();
    says(&error, "key_legacy_encrypted_pem", "openssl pkcs8 -topk8");
}

#[test]
fn an_encrypted_key_is_named() {
    let errors = [
        SigningKey::from_pem(ENCRYPTED, Algorithm::EdDsa).unwrap_err(),
        SigningKey::from_der(der(ENCRYPTED), Algorithm::EdDsa).unwrap_err(),
        VerifyingKey::from_pem(ENCRYPTED, Algorithm::EdDsa).unwrap_err(),
    ];
    for error in errors {
        says(&error, "key_encrypted", "from_encrypted_pem");
    }
}

#[test]
fn a_private_key_of_openssh_is_named() {
    let error = SigningKey::from_pem(OPENSSH, Algorithm::EdDsa).unwrap_err();
    says(&error, "key_open_ssh", "from_openssh");
}

/// The public half of [`OPENSSH`] as it stands in `id_ed25519.pub`.
const OPENSSH_PUBLIC: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK5KkYNfadALuR/sPJYi98oJ02w6g9iRylAiKYIW4X9Y";

#[test]
fn a_public_key_of_openssh_is_named() {
    for line in [OPENSSH_PUBLIC.to_owned(), format!("{OPENSSH_PUBLIC} me@here\n")] {
        let error = VerifyingKey::from_pem(&line, Algorithm::EdDsa).unwrap_err();
        says(&error, "key_open_ssh", "from_ssh");
        let error = VerifyingKey::from_der(&line, Algorithm::EdDsa).unwrap_err();
        says(&error, "key_open_ssh", "from_ssh");
        assert!(Jwk::from_bytes(&line).is_ok(), "a tool that is handed a file reads it");
    }
}

#[test]
fn a_public_key_of_ssh2_is_named() {
    let error = VerifyingKey::from_pem(SSH2, Algorithm::EdDsa).unwrap_err();
    says(&error, "key_open_ssh", "from_ssh");
}

#[test]
fn milliseconds_in_exp_are_named() {
    for claims in [
        json!({"exp": 1_700_000_900_000_u64}),
        json!({"exp": 1_700_000_900_123_u64}),
        json!({"exp": 1_700_000_900, "iat": 1_700_000_000_000_u64}),
        json!({"exp": 1_700_000_900, "nbf": 1_700_000_000_000_u64}),
    ] {
        let token = jotem::encode(&claims, &key()).unwrap();
        says(&refusal(&token), "jwt_date_milliseconds", "divide by 1000");
    }
}

#[test]
fn a_secret_that_is_too_short_is_named() {
    for (secret, algorithm) in
        [("hunter2", Algorithm::Hs256), ("changeme", Algorithm::Hs512), (SECRET, Algorithm::Hs384)]
    {
        let error = SigningKey::from_secret(secret, algorithm).unwrap_err();
        says(&error, "key_secret_too_short", "jotem key generate");
        assert!(!error.to_string().contains(secret), "{error}");
    }
    let error = SigningKey::from_secret("", Algorithm::Hs256).unwrap_err();
    says(&error, "key_secret_empty", "environment variable");
}

#[test]
fn the_command_that_the_hint_names_makes_a_key_of_that_algorithm() {
    let error = SigningKey::from_secret("changeme", Algorithm::Hs512).unwrap_err();
    assert!(
        !error.hint().contains("--alg HS256"),
        "32 bytes are too short again: {}",
        error.hint()
    );
}

#[test]
fn a_key_of_another_algorithm_than_the_token_is_named() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Hs512] {
        let key = SigningKey::generate(algorithm).unwrap().verifying_key();
        let error = verifier(key).verify::<()>(&token()).unwrap_err();
        says(&error, "jws_alg_not_allowed", "is this the right key?");
        let said = error.to_string();
        assert!(said.contains("HS256") && said.contains(algorithm.name()), "{said}");
    }
}

#[test]
fn a_key_of_another_type_than_the_algorithm_is_named() {
    let error = VerifyingKey::from_pem(PUBLIC, Algorithm::Rs256).unwrap_err();
    says(&error, "key_algorithm_mismatch", "load the right key");
    assert_eq!(error.to_string(), "the key is an EC key on P-256, but RS256 needs an RSA key");
}

#[test]
fn a_public_key_as_a_shared_secret_is_named() {
    let error = SigningKey::from_secret(PUBLIC, Algorithm::Hs256).unwrap_err();
    says(&error, "key_secret_is_key", "VerifyingKey::from_pem");
}

/// An EC key on P-256 as PKCS#8.
const PRIVATE: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgd2b0YbPnZ0nTL9XK
EtAVzOAxql7AKxWmxtqDuxsBB1yhRANCAARsXg/lRfCpRfSPW5kmmhS5zZB1bmqL
n+0avx16gMw3YnZHKXrnYaP0Hqs2lBmB+ykSE1cnqS3NQ3FZ/wjxJz6T
-----END PRIVATE KEY-----
";

/// The public half of [`PRIVATE`].
const PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbF4P5UXwqUX0j1uZJpoUuc2QdW5q
i5/tGr8deoDMN2J2Ryl652Gj9B6rNpQZgfspEhNXJ6ktzUNxWf8I8Sc+kw==
-----END PUBLIC KEY-----
";

/// A certificate of [`PUBLIC`].
const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBhTCCASugAwIBAgIUMZQGze6pZcTCkr9j6PbUGihbkFYwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNam90ZW0uZXhhbXBsZTAeFw0yNjExMjIwMzM0MzFaFw0zNjEx
MTkwMzM0MzFaMBgxFjAUBgNVBAMMDWpvdGVtLmV4YW1wbGUwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAARsXg/lRfCpRfSPW5kmmhS5zZB1bmqLn+0avx16gMw3YnZH
KXrnYaP0Hqs2lBmB+ykSE1cnqS3NQ3FZ/wjxJz6To1MwUTAdBgNVHQ4EFgQU/vuK
pjGDTNItUeC3nJZyI9HwQp0wHwYDVR0jBBgwFoAU/vuKpjGDTNItUeC3nJZyI9Hw
Qp0wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA9MWcSLS2SMvV
fjQPx79T3FptlMcsFaesuhS4P17gUNkCICOUNCLGmDC82II30++KFMPPPQh1RdDq
DA8TuORX57/6
-----END CERTIFICATE-----
";

/// An EC key as OpenSSL encrypted keys before PKCS#8; the password is "secret".
const LEGACY_ENCRYPTED: &str = "\
-----BEGIN EC PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,CF21381BEB30CAC20189000C5B90FD49

CzsJPNDul8pUUeqAIE1OgbQ+9TnXP9ULxFyux1nuJD+NgEef1oxV5QbDR9awMYcL
7eFVbxAu92Ul5bc9L9kJ0Mku0Zc3vZBpIpYe0fcxXFcv30A1gW1hpcmTTKnVjAJ5
8dbLsig8JuZhKU/tJyAnr+6Ay8jEu2tlZX+5T1kizEI=
-----END EC PRIVATE KEY-----
";

/// An Ed25519 key as encrypted PKCS#8; the password is "secret".
const ENCRYPTED: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiw8PDXJQIcIwICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEJnLSMC1nBRUN+d7LXm6fckEQHLG
fdnGcTvdjnKA0n/w0HuZLfNQSuxDd/crfBAZpRI+buGCiD4A8t32NDgO2JaqgwrV
Kpb9Kfacue4bKqeUjSY=
-----END ENCRYPTED PRIVATE KEY-----
";

/// An Ed25519 key as `ssh-keygen` writes it.
const OPENSSH: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACCuSpGDX2nQC7kf7DyWIvfKCdNsOoPYkcpQIimCFuF/WAAAAIgkDTIaJA0y
GgAAAAtzc2gtZWQyNTUxOQAAACCuSpGDX2nQC7kf7DyWIvfKCdNsOoPYkcpQIimCFuF/WA
AAAEBMCtmbe3hRMGTHPfgANxV/CjCApUAwD3Uwf8433IoEmK5KkYNfadALuR/sPJYi98oJ
02w6g9iRylAiKYIW4X9YAAAAAAECAwQF
-----END OPENSSH PRIVATE KEY-----
";

/// The public half of [`OPENSSH`] in the form of RFC 4716.
const SSH2: &str = "\
---- BEGIN SSH2 PUBLIC KEY ----
Comment: jotem
AAAAC3NzaC1lZDI1NTE5AAAAIK5KkYNfadALuR/sPJYi98oJ02w6g9iRylAiKYIW4X9Y
---- END SSH2 PUBLIC KEY ----
";

#[test]
fn a_jwk_whose_name_looks_like_pem_is_a_jwk() {
    let jwk = r#" {"kty":"OKP","crv":"Ed25519","kid":"-----BEGIN PUBLIC KEY-----",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    assert_eq!(Jwk::from_bytes(jwk).unwrap().key_id(), Some("-----BEGIN PUBLIC KEY-----"));
}
