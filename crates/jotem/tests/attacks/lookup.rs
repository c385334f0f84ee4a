//! Layer H: which key a token is verified with: keys in the header, `kid`, resolvers.

use std::sync::{Arc, Mutex};

use jotem::error::Excerpt;
use jotem::jws::{self, KeyRequest, KeyResolver, Keys, Options};
use jotem::testing::FixedClock;
use jotem::{Algorithm, KeySet, SigningKey, Verifier, VerifyingKey};

use crate::encodings::base64;
use crate::forge::*;
use crate::sample::*;

/// Tokens whose header has `parameter`: signed by the attacker, and by the key that is trusted.
#[track_caller]
fn is_never_followed(algorithm: Algorithm, parameter: impl Fn(&SigningKey) -> String) {
    let [trusted, attacker] = [(); 2].map(|()| SigningKey::generate(algorithm).unwrap());
    let header = |more: &str| format!(r#"{{"alg":"{algorithm}"{more},{}}}"#, parameter(&attacker));
    let verifier = builder(&trusted).build().unwrap();
    // Under a key set and under several keys there would be more to choose from.
    let named = [trusted.clone().with_key_id("a"), key(algorithm).with_key_id("b")];
    let named = Verifier::builder(named.map(|key| key.verifying_key()));
    let named = named.clock(FixedClock::at(NOW)).build().unwrap();
    let kid = r#","kid":"a""#;
    let unknown = r#","kid":"c""#;
    accepts(&verifier, [good(&trusted), headed(&header(""), &trusted)]);
    accepts(&named, [headed(&header(kid), &trusted)]);
    let mismatch = "jws_signature_mismatch";
    refuses(
        &verifier,
        [(headed(&header(""), &attacker), mismatch), (headed(&header(kid), &attacker), mismatch)],
    );
    refuses(
        &named,
        [
            (headed(&header(kid), &attacker), mismatch),
            (headed(&header(unknown), &attacker), "jws_key_not_found"),
            (headed(&header(""), &attacker), "jws_key_ambiguous"),
        ],
    );
    let error = Verifier::builder(Vec::new()).build().unwrap_err();
    assert_eq!(error.code().as_str(), "misuse_keys_missing");
}

#[test]
fn h18_never_takes_a_key_from_jwk() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        let public = |key: &SigningKey| key.verifying_key().to_jwk().unwrap().to_json().unwrap();
        is_never_followed(algorithm, |key| format!(r#""jwk":{}"#, public(key)));
        // With the private part.
        is_never_followed(algorithm, |key| {
            let json = key.to_jwk().unwrap().to_private_json();
            format!(r#""jwk":{}"#, String::from_utf8(json.expose().to_vec()).unwrap())
        });
        is_never_followed(algorithm, |_| r#""jwk":{}"#.to_owned());
    }
    let secret = base64url([0x9d; 32]);
    is_never_followed(Algorithm::Hs256, |_| format!(r#""jwk":{{"kty":"oct","k":"{secret}"}}"#));
    let attacker = SigningKey::from_secret([0x9d; 32], Algorithm::Hs256).unwrap();
    let header = format!(r#"{{"alg":"HS256","jwk":{{"kty":"oct","k":"{secret}"}}}}"#);
    refuses(&verifier(), [(headed(&header, &attacker), "jws_signature_mismatch")]);
    let public = builder(&key(Algorithm::Es256)).build().unwrap();
    refuses(&public, [(headed(&header, &attacker), "jws_alg_not_allowed")]);
    // Nor does anything that the library writes carry one.
    let error = jws::Signer::new(&attacker).header("jwk", "x").unwrap_err();
    assert_eq!(error.code().as_str(), "misuse_header_reserved");
}

/// Where a careless verifier would fetch from.
const URLS: [&str; 9] = [
    "https://attacker.example/jwks.json",
    "https://good.example/redirect?to=https://attacker.example/jwks.json",
    "https://good.example@attacker.example/jwks.json",
    "https://good.example.attacker.example/jwks.json",
    "http://169.254.169.254/latest/meta-data/",
    "file:///etc/passwd",
    "data:application/json,{}",
    "//attacker.example",
    "",
];

#[test]
fn h19_never_follows_jku() {
    for url in URLS {
        is_never_followed(Algorithm::EdDsa, |_| format!(r#""jku":"{url}""#));
    }
}

#[test]
fn h20_never_follows_x5u() {
    for url in URLS {
        is_never_followed(Algorithm::EdDsa, |_| format!(r#""x5u":"{url}","x5t":"AAAA""#));
    }
}

#[test]
fn h21_never_takes_a_key_from_x5c() {
    let certificate = base64(crate::encodings::certificate(&rsa(Algorithm::Rs256).verifying_key()));
    let chain = format!(r#""x5c":["{certificate}"]"#);
    for parameter in [chain.as_str(), r#""x5c":[]"#, r#""x5c":["!"]"#, r#""x5c":[1,null]"#] {
        is_never_followed(Algorithm::Es256, |_| parameter.to_owned());
    }
    // The key of the certificate signs, and another RSA key is trusted.
    let attacker = rsa(Algorithm::Rs256);
    let trusted = SigningKey::generate(Algorithm::Rs256).unwrap();
    let verifier = builder(&trusted).build().unwrap();
    let header = format!(r#"{{"alg":"RS256",{chain}}}"#);
    refuses(&verifier, [(headed(&header, &attacker), "jws_signature_mismatch")]);
    accepts(&verifier, [headed(&header, &trusted)]);
}

/// What is dangerous in a query, a path, a shell or a URL, and what is almost the name of the key.
const STRANGE_KIDS: &[&str] = &[
    "",
    " ",
    "2026-1",
    "2026-111",
    " 2026-11",
    "2026-11 ",
    "2026-11\\n",
    "2026-11\\u0000",
    "2026\\u201011",
    "%32026-11",
    "' UNION SELECT 'secret' --",
    "2026-11' OR '1'='1",
    "../../../../dev/null",
    "/proc/self/environ",
    "2026-11/../2026-11",
    "./2026-11",
    "|id",
    "$(id)",
    "`id`",
    "http://169.254.169.254/",
    "*)(uid=*",
    "2026-11\\r\\nSet-Cookie: a=b",
    "*",
    "?",
    "0",
    "null",
    "undefined",
    "__proto__",
    "constructor",
    "2026*",
    "{}",
];

#[test]
fn h23_looks_kid_up_exactly() {
    let key = hs256().with_key_id("2026-11");
    let kid = |json: &str| headed(&format!(r#"{{"alg":"HS256","kid":{json}}}"#), &key);
    let verifier = builder(&key).build().unwrap();
    accepts(&verifier, [kid(r#""2026-11""#), kid(r#""\u0032026-11""#), good(&key)]);
    for strange in STRANGE_KIDS {
        refuses(&verifier, [(kid(&format!("\"{strange}\"")), "jws_key_not_found")]);
    }
    for other in ["1", "202611", "null", "true", "[]", r#"["2026-11"]"#, r#"{"kid":"2026-11"}"#] {
        refuses(&verifier, [(kid(other), "jws_parameter_type")]);
    }
    let long = |bytes: usize| format!("\"{}\"", "k".repeat(bytes));
    refuses(
        &verifier,
        [
            (kid(&long(1024)), "jws_key_not_found"),
            (kid(&long(1025)), "jws_parameter_too_long"),
            (kid(&long(1 << 20)), "token_too_large"),
        ],
    );
    refuses(&roomy(&key), [(kid(&long(1 << 20)), "jws_parameter_too_long")]);
    // The name of a key may itself be strange: it is only compared.
    for strange in ["' UNION SELECT", "../../dev/null", "", "a\0b", "ä"] {
        let key = hs256().with_key_id(strange);
        let header = serde_json::json!({"alg": "HS256", "kid": strange}).to_string();
        accepts(&builder(&key).build().unwrap(), [headed(&header, &key)]);
    }
}

/// Answers with the same keys, or reason, whatever it is asked, and keeps the questions.
#[derive(Debug, Clone)]
struct Recorder {
    answer: Result<Vec<VerifyingKey>, Excerpt>,
    questions: Arc<Mutex<Vec<String>>>,
}

impl Recorder {
    fn new(answer: impl Into<Vec<VerifyingKey>>) -> Self {
        Self { answer: Ok(answer.into()), questions: Arc::default() }
    }

    fn verifier(&self, algorithms: &[Algorithm]) -> Verifier {
        let builder = Verifier::builder(Keys::resolver(self.clone()));
        let builder = builder.algorithms(algorithms.iter().copied()).clock(FixedClock::at(NOW));
        builder.build().unwrap()
    }

    fn questions(&self) -> Vec<String> {
        std::mem::take(&mut self.questions.lock().unwrap())
    }
}

impl KeyResolver for Recorder {
    fn resolve(&self, request: &KeyRequest<'_>) -> Result<Vec<VerifyingKey>, Excerpt> {
        self.questions.lock().unwrap().push(format!("{request:?}"));
        self.answer.clone()
    }
}

#[test]
fn h24_an_unknown_kid_finds_no_key() {
    let [a, b] = ["a", "b"].map(|name| key(Algorithm::Es256).with_key_id(name));
    let named = |kid: &str, key| headed(&format!(r#"{{"alg":"ES256","kid":"{kid}"}}"#), key);
    let keys = [a.verifying_key(), b.verifying_key()];
    let set: KeySet = keys.iter().map(|key| key.to_jwk().unwrap()).collect();
    for keys in [Keys::from(keys), Keys::from(set)] {
        for tries in [1, 2, usize::MAX] {
            let builder = Verifier::builder(keys.clone()).try_keys(tries);
            let verifier = builder.clock(FixedClock::at(NOW)).build().unwrap();
            accepts(&verifier, [named("a", &a), named("b", &b)]);
            refuses(
                &verifier,
                [
                    (named("c", &a), "jws_key_not_found"),
                    (named("", &a), "jws_key_not_found"),
                    (named("A", &a), "jws_key_not_found"),
                    (named("b", &a), "jws_signature_mismatch"),
                    (named("a", &b), "jws_signature_mismatch"),
                ],
            );
        }
    }
    // A key of another algorithm that has the name is not it.
    let other = key(Algorithm::Es384).with_key_id("c");
    let keys = [a.verifying_key(), other.verifying_key()];
    let verifier = Verifier::builder(keys).clock(FixedClock::at(NOW)).build().unwrap();
    refuses(&verifier, [(named("c", &a), "jws_key_not_found")]);
}

#[test]
fn h24_a_resolver_without_the_key_finds_none() {
    let right = key(Algorithm::Es256).with_key_id("a");
    let token = headed(r#"{"alg":"ES256","kid":"a"}"#, &right);
    let public = right.verifying_key();
    let twin = key(Algorithm::Es256).verifying_key().with_key_id("a");
    let cases: [(Vec<VerifyingKey>, &str); 8] = [
        (vec![public.clone()], "accepted"),
        (vec![], "jws_key_not_found"),
        (vec![public.clone().with_key_id("b")], "jws_key_not_found"),
        (vec![public.clone().with_key_id("")], "jws_key_not_found"),
        (vec![hs256().verifying_key().with_key_id("a")], "jws_key_not_found"),
        (vec![key(Algorithm::Es384).verifying_key().with_key_id("a")], "jws_key_not_found"),
        (vec![public.clone(), twin], "jws_key_ambiguous"),
        // One key is one, however often it is found.
        (vec![public.clone(), public], "accepted"),
    ];
    for (answer, code) in cases {
        refuses(&Recorder::new(answer).verifier(&[Algorithm::Es256]), [(&token, code)]);
    }
    let mut absent = Recorder::new([]);
    absent.answer = Err(Excerpt::new("the key server is down"));
    refuses(&absent.verifier(&[Algorithm::Es256]), [(&token, "jws_keys_unavailable")]);
}

#[test]
fn h25_one_kid_of_two_issuers_is_two_keys() {
    let issuers = ["https://a.example", "https://b.example"];
    let keys = [(); 2].map(|()| key(Algorithm::EdDsa).with_key_id("1"));
    let signed = |issuer: &str, key: &SigningKey| {
        let claims = format!(r#"{{"iss":"{issuer}","exp":1700000900}}"#);
        token(r#"{"alg":"EdDSA","kid":"1"}"#, claims, key)
    };
    let [of_a, of_b] = [0, 1].map(|at| {
        let set: KeySet = [keys[at].verifying_key().to_jwk().unwrap()].into_iter().collect();
        let builder = Verifier::builder(set).issuer(issuers[at]);
        builder.clock(FixedClock::at(NOW)).build().unwrap()
    });
    let [a, b] = &keys;
    // Each twice: what one verifier has seen, header cache and all, helps no other token.
    for _ in 0..2 {
        accepts(&of_a, [signed(issuers[0], a)]);
        accepts(&of_b, [signed(issuers[1], b)]);
        refuses(
            &of_a,
            [
                (signed(issuers[0], b), "jws_signature_mismatch"),
                (signed(issuers[1], b), "jws_signature_mismatch"),
                (signed(issuers[1], a), "jwt_issuer_mismatch"),
            ],
        );
        refuses(
            &of_b,
            [
                (signed(issuers[1], a), "jws_signature_mismatch"),
                (signed(issuers[0], a), "jws_signature_mismatch"),
                (signed(issuers[0], b), "jwt_issuer_mismatch"),
            ],
        );
    }
}

#[test]
fn h31_a_resolver_sees_only_algorithm_kid_and_typ() {
    let key = key(Algorithm::Es256);
    let recorder = Recorder::new([key.verifying_key()]);
    let verifier = recorder.verifier(&[Algorithm::Es256]);
    let header = r#"{"alg":"ES256","kid":"kid1","typ":"typ1","cty":"HIDDEN","tenant":"HIDDEN","jku":"HIDDEN","jwk":{"k":"HIDDEN"}}"#;
    let claims = r#"{"exp":1700000900,"tenant":"HIDDEN","iss":"HIDDEN","sub":"HIDDEN"}"#;
    accepts(&verifier, [token(header, claims, &key)]);
    let questions = recorder.questions();
    assert_eq!(questions.len(), 1);
    for shown in ["Es256", "kid1", "typ1"] {
        assert!(questions[0].contains(shown), "{questions:?}");
    }
    for hidden in ["HIDDEN".to_owned(), base64url("HIDDEN"), base64url(claims)] {
        assert!(!questions[0].contains(&hidden), "{questions:?}");
    }
}

#[test]
fn h31_a_resolver_is_asked_only_about_tokens_that_are_sound_so_far() {
    let key = key(Algorithm::Es256);
    let recorder = Recorder::new([key.verifying_key()]);
    let verifier = recorder.verifier(&[Algorithm::Es256]);
    let header = |header: &str| headed(header, &key);
    refuses(
        &verifier,
        [
            (header(r#"{"alg":"none","kid":"a"}"#), "jws_alg_none"),
            (header(r#"{"alg":"HS256","kid":"a"}"#), "jws_alg_not_allowed"),
            (header(r#"{"alg":"ES256","kid":1}"#), "jws_parameter_type"),
            (header(r#"{"alg":"ES256","kid":"a","kid":"b"}"#), "json_duplicate_member"),
            (header(r#"{"alg":"ES256","crit":["x"],"x":1}"#), "jws_crit_unknown"),
            (header(r#"{"alg":"ES256","b64":false,"crit":["b64"]}"#), "jws_unencoded_payload"),
            (header(r#"{"alg":"ES256","zip":"DEF"}"#), "jws_parameter_forbidden"),
        ],
    );
    assert_eq!(recorder.questions(), [""; 0]);
    accepts(&verifier, [good(&key)]);
    assert_eq!(recorder.questions().len(), 1);
}

#[test]
fn h31_a_resolver_cannot_widen_the_allow_list() {
    let [allowed, other] = [key(Algorithm::Es256), hs256()];
    let both = [allowed.verifying_key(), other.verifying_key()];
    let recorder = Recorder::new(both);
    let verifier = recorder.verifier(&[Algorithm::Es256]);
    accepts(&verifier, [good(&allowed)]);
    refuses(&verifier, [(good(&other), "jws_alg_not_allowed")]);
    let options = Options::new().algorithms([Algorithm::Es256]);
    let verdict = jws::verify(&good(&other), Keys::resolver(recorder.clone()), &options);
    assert_eq!(verdict.unwrap_err().code().as_str(), "jws_alg_not_allowed");
    // Nor can its allow-list mix secrets with public keys.
    let builder = Verifier::builder(Keys::resolver(recorder));
    let mixed = builder.algorithms([Algorithm::Es256, Algorithm::Hs256]).build().unwrap_err();
    assert_eq!(mixed.code().as_str(), "misuse_keys_mixed");
}
