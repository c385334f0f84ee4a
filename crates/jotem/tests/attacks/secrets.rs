//! Class W10: what keys, errors and verifiers show of themselves, and what they leave in memory.

use std::time::Duration;

use jotem::{Algorithm, Claims, Issuer, Jwk, KeySet, Secret, SigningKey, Verifier, dangerous, jws};

use crate::encodings::decode;
use crate::forge::*;
use crate::others::hides;
use crate::sample::*;

/// `{:?}` and `{:#?}`.
fn debug(value: &impl std::fmt::Debug) -> [String; 2] {
    [format!("{value:?}"), format!("{value:#?}")]
}

/// Everything that holds a key, printed.
fn printed(key: &SigningKey) -> Vec<String> {
    let jwk = key.to_jwk().unwrap();
    let public = key.verifying_key();
    let issuer = Issuer::builder(key.clone()).lifetime(Duration::from_secs(60)).token_type("JWT");
    let verifier = Verifier::builder(key.verifying_key());
    let built = issuer.clone().build().unwrap();
    let set: KeySet = [jwk.clone()].into_iter().collect();
    let signer = jws::Signer::new(key);
    let keys = jws::Keys::from(key.verifying_key());
    let verified = verifier.clone().build().unwrap();
    // A verifier that has seen a token, cache and all.
    let token = built.issue(&Claims::empty()).unwrap();
    verified.verify::<()>(&token).unwrap();
    [
        debug(key),
        debug(&public),
        debug(&jwk),
        debug(&jwk.to_private_json()),
        debug(&set),
        debug(&set.members()),
        debug(&issuer),
        debug(&built),
        debug(&built.prepare(&Claims::empty()).unwrap()),
        debug(&verifier),
        debug(&verified),
        debug(&verified.explain(&token)),
        debug(&signer),
        debug(&keys),
        debug(&Some(vec![key.clone()])),
        debug(&key.sign(b"x").unwrap()),
        [verified.explain(&token).to_string(), jwk.thumbprint()],
    ]
    .concat()
}

/// The bytes that must not show: the private members of a JWK.
fn private(jwk: &Jwk) -> Vec<(String, Vec<u8>)> {
    let json = jwk.to_private_json();
    let json: serde_json::Value = serde_json::from_slice(json.expose()).unwrap();
    let members = ["k", "d", "p", "q", "dp", "dq", "qi", "priv"];
    let found = members.iter().filter_map(|name| Some((*name, json[*name].as_str()?)));
    found.map(|(name, text)| (name.to_owned(), decode(text))).collect()
}

#[test]
fn w10_nothing_that_holds_a_key_shows_it() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let texts = printed(&key.clone().with_key_id("a-name"));
        let private = private(&key.to_jwk().unwrap());
        assert!(!private.is_empty(), "{algorithm}");
        for (name, bytes) in private {
            hides(&texts, &format!("{name} of {algorithm}"), &bytes);
        }
        assert!(texts[0].contains(algorithm.name()) || texts[0].contains("algorithm"), "{texts:?}");
    }
}

#[test]
fn w10_no_way_in_leads_to_a_key_that_shows_itself() {
    let secret = b"%S3cr3t%-of-a-tenant-%S3cr3t%-of-a-tenant";
    let encoded = base64url(secret);
    let oct = format!(r#"{{"kty":"oct","kid":"a","k":"{encoded}"}}"#);
    let keys = [
        SigningKey::from_secret(secret, Algorithm::Hs256).unwrap(),
        SigningKey::from_secret(&encoded, Algorithm::Hs256).unwrap(),
        SigningKey::from_base64_secret(&encoded, Algorithm::Hs256).unwrap(),
        SigningKey::from_jwk(&Jwk::from_json(&oct).unwrap(), Algorithm::Hs256).unwrap(),
        dangerous::short_secret(secret, Algorithm::Hs512).unwrap(),
    ];
    for key in &keys {
        let texts = printed(key);
        hides(&texts, "the secret", secret);
        hides(&texts, "the secret's text", encoded.as_bytes());
    }
    let verifying = jotem::VerifyingKey::from_secret(secret, Algorithm::Hs256).unwrap();
    let secrets = Secret::from(secret.as_slice());
    let set = KeySet::from_json(format!(r#"{{"keys":[{oct}]}}"#)).unwrap();
    let texts = [debug(&verifying), debug(&secrets), debug(&set), debug(&Some(&set))].concat();
    hides(&texts, "the secret", secret);
    // The control: what is looked for would be found.
    let shown = [format!("{:?}", secrets.expose()), encoded];
    let caught = std::panic::catch_unwind(|| hides(&shown, "the secret", secret));
    assert!(caught.is_err());
}

#[test]
fn w10_public_documents_have_no_private_member() {
    for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric()) {
        let key = key(algorithm);
        let jwk = key.to_jwk().unwrap();
        let set: KeySet = [jwk.clone()].into_iter().collect();
        let texts = [
            jwk.to_json().unwrap(),
            jwk.to_pem().unwrap(),
            set.to_json(),
            key.verifying_key().to_jwk().unwrap().to_json().unwrap(),
            String::from_utf8(
                key.verifying_key().to_jwk().unwrap().to_private_json().expose().to_vec(),
            )
            .unwrap(),
            key.verifying_key().to_pem().unwrap(),
        ];
        for (name, bytes) in private(&jwk) {
            hides(&texts, &format!("{name} of {algorithm}"), &bytes);
        }
    }
    let secret = hs256().to_jwk().unwrap();
    let set: KeySet = [secret.clone()].into_iter().collect();
    assert_eq!(set.to_json(), r#"{"keys":[]}"#);
    for refused in
        [secret.to_json().map(drop), secret.public().map(drop), secret.to_pem().map(drop)]
    {
        assert_eq!(refused.unwrap_err().code().as_str(), "key_no_public_part");
    }
}

#[test]
fn w10_secrets_compare_without_telling_and_by_content() {
    let secret = |text: &str| Secret::from(text.as_bytes());
    assert_eq!(secret("a"), secret("a"));
    assert_ne!(secret("a"), secret("b"));
    assert_ne!(secret("a"), secret("aa"));
    assert_ne!(secret(""), secret("a"));
}

/// Looks for a secret in this process's memory, without keeping a copy of it to compare with.
#[cfg(target_os = "linux")]
mod memory {
    use std::fs::{File, read_to_string};
    use std::hint::black_box;
    use std::io::BufRead as _;
    use std::os::unix::fs::FileExt as _;

    /// The bytes of the marker, one at a time.
    #[derive(Clone, Copy)]
    pub(super) struct Marker(pub(super) u8);

    impl Marker {
        pub(super) const BYTES: usize = 64;

        fn byte(self, at: usize) -> u8 {
            let at = u8::try_from(at).unwrap_or_default();
            black_box(at.wrapping_mul(37).wrapping_add(self.0)) ^ 0xb5
        }

        /// Gives the marker to `with` and wipes it.
        pub(super) fn lend<T>(self, with: impl FnOnce(&[u8]) -> T) -> T {
            let mut bytes: Vec<u8> = (0..Self::BYTES).map(|at| self.byte(at)).collect();
            let result = with(&bytes);
            bytes.fill(0);
            black_box(&bytes);
            result
        }

        /// Counts where half of the marker stands in memory that can be written to.
        pub(super) fn copies(self) -> usize {
            let memory = File::open("/proc/self/mem").unwrap();
            let maps = read_to_string("/proc/self/maps").unwrap();
            let mut copies = 0;
            let mut chunk = vec![0; 1 << 20];
            for line in maps.lines().filter(|line| line.contains(" rw-p ")) {
                let (range, _) = line.split_once(' ').unwrap();
                let (start, end) = range.split_once('-').unwrap();
                let address = |text| u64::from_str_radix(text, 16).unwrap();
                let (mut at, end) = (address(start), address(end));
                while at < end {
                    let length = chunk.len().min(usize::try_from(end - at).unwrap());
                    if memory.read_exact_at(&mut chunk[..length], at).is_ok() {
                        copies += self.count(&chunk[..length]);
                    }
                    at += u64::try_from(length).unwrap();
                }
            }
            chunk.fill(0);
            copies
        }

        fn count(self, chunk: &[u8]) -> usize {
            let mut rest = chunk;
            let mut copies = 0;
            // The standard library looks for a byte fast even in a build that is not optimized.
            while rest.skip_until(self.byte(0)).unwrap() > 0 {
                let start = chunk.len() - rest.len();
                copies += usize::from(start > 0 && self.stands_at(chunk, start - 1));
            }
            copies
        }

        fn stands_at(self, chunk: &[u8], start: usize) -> bool {
            (0..Self::BYTES / 2).all(|at| chunk.get(start + at) == Some(&self.byte(at)))
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn w10_leaves_no_secret_in_memory() {
    use memory::Marker;

    /// Makes something of the marker, and drops it.
    fn check<T>(what: &str, marker: Marker, make: impl FnOnce(&[u8]) -> T, held: bool) {
        let made = marker.lend(make);
        let while_held = marker.copies();
        drop(made);
        let after = marker.copies();
        if held {
            assert!(while_held > 0, "{what}: the scan finds nothing, so it proves nothing");
        }
        assert_eq!(after, 0, "{what}: copies are left ({while_held} while it was held)");
    }

    check("a vector", Marker(0), |bytes| Secret::from(bytes.to_vec()), true);
    check("a secret", Marker(1), |bytes| Secret::from(bytes), true);
    check("a clone", Marker(2), |bytes| vec![Secret::from(bytes); 3], true);
    let sign = |bytes: &[u8]| SigningKey::from_secret(bytes, Algorithm::Hs512).unwrap();
    check("a signing key", Marker(3), sign, true);
    let verify = |bytes: &[u8]| sign(bytes).verifying_key();
    check("a verifying key", Marker(4), verify, true);
    check("a verifier", Marker(5), |bytes| builder(&sign(bytes)).build().unwrap(), true);
    check("a JWK", Marker(6), |bytes| sign(bytes).to_jwk().unwrap(), true);
    check(
        "an error",
        Marker(7),
        |bytes| SigningKey::from_secret(&bytes[..40], Algorithm::Hs512),
        false,
    );
    check("a signature", Marker(8), |bytes| sign(bytes).sign(b"x").unwrap(), false);
}
