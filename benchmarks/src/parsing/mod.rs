//! `--parsing`: from the text or bytes of a key to a key that signs or verifies.
//!
//! Programs parse keys when they start; gateways parse one for each tenant, and key sets again and
//! again. The floor is the import of the DER by aws-lc-rs, whatever the container of the others: what
//! PEM and JWK cost is part of what is measured.

use std::{hint::black_box, time::Duration};

use jotem::{Jwk, SigningKey, VerifyingKey};

use crate::{
    keys::KeyPair,
    options::Options,
    report::{Implementation, Race, Report},
    rounds::{self, Entrant},
    token::Algorithm,
};

mod floor;
mod peers;

/// Reads a document to the end; says whether it is a key.
pub(crate) type Read = Box<dyn Fn(&[u8]) -> bool>;

/// Which half of a key pair.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    Private,
    Public,
}

/// What the key is in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Pem,
    Der,
    Jwk,
}

/// Who reads keys: a reader for each question that it has a call for.
struct Reader {
    name: &'static str,
    reader: fn(Algorithm, Half, Container) -> Option<Read>,
}

const FLOOR: &str = "floor";
const JOTEM: &str = "jotem";

const READERS: [Reader; 4] = [
    Reader { name: JOTEM, reader: jotem },
    Reader { name: "jose4rs", reader: peers::jose4rs },
    Reader { name: "jsonwebtoken", reader: peers::jsonwebtoken },
    Reader { name: "jwt-simple", reader: peers::jwt_simple },
];

const KEYS: [(&str, Algorithm); 3] =
    [("RSA-2048", Algorithm::Rs256), ("P-256", Algorithm::Es256), ("Ed25519", Algorithm::EdDsa)];
const HALVES: [(&str, Half); 2] = [("private", Half::Private), ("public", Half::Public)];
const CONTAINERS: [(&str, Container); 3] =
    [("PEM", Container::Pem), ("DER", Container::Der), ("JWK", Container::Jwk)];

pub(crate) fn measure(options: &Options) -> Report {
    let budget =
        if options.quick { Duration::from_millis(300) } else { Duration::from_millis(2_000) };
    let mut races = Vec::new();
    for (key, algorithm) in KEYS.into_iter().filter(|(_, a)| options.wants(a.name())) {
        let pair = KeyPair::generate(algorithm);
        for (half, which) in HALVES {
            for (name, container) in CONTAINERS {
                let title = format!("{key} {half} {name}");
                eprintln!("measuring {title}");
                let entrants = entrants(algorithm, which, container, &pair);
                let samples = rounds::race(entrants, budget);
                races.push(Race::of(title, &samples, FLOOR, Some(JOTEM)));
            }
        }
    }
    let lazy = "it keeps the DER, and parses it at each call that signs or verifies";
    let implementations = vec![
        Implementation::new(FLOOR, &["aws-lc-rs"], "aws-lc"),
        Implementation::new(JOTEM, &["jotem"], "aws-lc"),
        Implementation::new("jose4rs", &["jose4rs"], "aws-lc"),
        Implementation::new("jsonwebtoken", &["jsonwebtoken"], "aws-lc").with_note(Some(lazy)),
        Implementation::new("jwt-simple", &["jwt-simple"], "as in the first measurement"),
    ];
    Report { implementations, races }
}

fn entrants(
    algorithm: Algorithm,
    half: Half,
    container: Container,
    pair: &KeyPair,
) -> Vec<Entrant> {
    let der = document(half, Container::Der, pair);
    let document = document(half, container, pair);
    let floor = || (FLOOR, floor::reader(algorithm, half), der.clone());
    let mut readers = vec![floor(), ("floor again", floor().1, der.clone())];
    for Reader { name, reader } in &READERS {
        if let Some(read) = reader(algorithm, half, container) {
            readers.push((name, read, document.clone()));
        }
    }
    readers.into_iter().map(|(name, read, document)| entrant(name, read, document)).collect()
}

/// Asserts that it reads the key, and refuses one that is cut, before it may take part.
fn entrant(name: &'static str, read: Read, document: Vec<u8>) -> Entrant {
    assert!(read(&document), "{name} refuses the key");
    assert!(!read(&document[..document.len() / 2]), "{name} reads half a key");
    let run = move |calls| {
        for _ in 0..calls {
            assert!(read(black_box(&document)), "the key is refused");
        }
    };
    Entrant { name, run: Box::new(run) }
}

fn document(half: Half, container: Container, pair: &KeyPair) -> Vec<u8> {
    let jwk = |der: &[u8]| Jwk::from_der(der).expect("a key");
    match (container, half) {
        (Container::Pem, Half::Private) => pair.private_pem().into_bytes(),
        (Container::Pem, Half::Public) => pair.public_pem().into_bytes(),
        (Container::Der, Half::Private) => pair.private.clone(),
        (Container::Der, Half::Public) => pair.public.clone(),
        (Container::Jwk, Half::Private) => jwk(&pair.private).to_private_json().expose().to_vec(),
        (Container::Jwk, Half::Public) => {
            jwk(&pair.public).to_json().expect("a public key").into_bytes()
        }
    }
}

/// Keeps a result from being optimized away, and says whether there is one.
fn done<K, E>(key: Result<K, E>) -> bool {
    black_box(key).is_ok()
}

fn jotem(algorithm: Algorithm, half: Half, container: Container) -> Option<Read> {
    let wire: jotem::Algorithm = algorithm.name().parse().expect("an algorithm");
    Some(match (container, half) {
        (Container::Pem, Half::Private) => {
            Box::new(move |pem| done(SigningKey::from_pem(pem, wire)))
        }
        (Container::Pem, Half::Public) => {
            Box::new(move |pem| done(VerifyingKey::from_pem(pem, wire)))
        }
        (Container::Der, Half::Private) => {
            Box::new(move |der| done(SigningKey::from_der(der, wire)))
        }
        (Container::Der, Half::Public) => {
            Box::new(move |der| done(VerifyingKey::from_der(der, wire)))
        }
        (Container::Jwk, Half::Private) => Box::new(move |json| {
            done(Jwk::from_json(json).and_then(|jwk| SigningKey::from_jwk(&jwk, wire)))
        }),
        (Container::Jwk, Half::Public) => Box::new(move |json| {
            done(Jwk::from_json(json).and_then(|jwk| VerifyingKey::from_jwk(&jwk, wire)))
        }),
    })
}
