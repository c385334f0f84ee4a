//! A JWS of any payload, attached, detached and unencoded: what verifies is what was signed, with
//! its header and its payload.

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Result, Unstructured};
use jotem::SigningKey;
use jotem::jws::{Options, Signer, verify};

use crate::mutation::mutate;
use crate::{keys, oracle};

/// How a payload travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Arbitrary)]
enum Form {
    Attached,
    Detached,
    Unencoded,
}

/// One input: what is signed and how, what becomes of the token, and how it is verified.
#[derive(Debug, Arbitrary)]
struct Case {
    ed25519: bool,
    signed_as: Form,
    read_as: Form,
    payload: Vec<u8>,
    /// What the verifier is told the payload is, if it is not the one that was signed.
    other: Option<Vec<u8>>,
    cty: Option<String>,
}

static ED25519: LazyLock<&SigningKey> =
    LazyLock::new(|| keys::KEYS.last().expect("a key for every algorithm"));

/// Feeds one input.
///
/// # Panics
/// If a promise is broken.
pub fn run(data: &[u8]) {
    let mut input = Unstructured::new(data);
    if let Ok(case) = Case::arbitrary(&mut input) {
        let _ = check(&case, &mut input);
    }
}

fn check(case: &Case, input: &mut Unstructured<'_>) -> Result<()> {
    let key = if case.ed25519 { *ED25519 } else { keys::hs256() };
    let mut signer = Signer::new(key);
    if let Some(cty) = &case.cty {
        signer = signer.header("cty", cty.as_str()).expect("not reserved");
    }
    let signer = match case.signed_as {
        Form::Attached => signer,
        Form::Detached => signer.detached(),
        Form::Unencoded => signer.unencoded(),
    };
    let good = signer.sign(&case.payload).expect("the key signs");
    let token = mutate(&good, input)?;
    let told = case.other.as_ref().unwrap_or(&case.payload);
    let options = match case.read_as {
        Form::Attached => Options::new(),
        Form::Detached => Options::new().detached(told),
        Form::Unencoded => Options::new().unencoded(told),
    };
    // An empty payload that is attached looks like one that is detached.
    let fits = case.signed_as == case.read_as
        || (case.payload.is_empty()
            && case.signed_as != Form::Unencoded
            && case.read_as != Form::Unencoded);
    let same = case.read_as == Form::Attached || *told == case.payload;
    match verify(&token, key.verifying_key(), &options) {
        Ok(verified) => {
            assert_eq!(verified.payload(), case.payload);
            let ends = |token: &str| {
                let mut parts = token.split('.').map(str::to_owned);
                (parts.next(), parts.next_back())
            };
            assert_eq!(ends(&token), ends(&good), "another header or signature");
            assert!(token != good || (fits && same));
        }
        Err(error) => {
            let code = oracle::sound(&error);
            // A content type may be longer than the limits allow.
            let long = case.cty.as_ref().is_some_and(|cty| cty.len() > 1000);
            let long = long || good.len() > 16_000;
            assert!(token != good || !fits || !same || long, "{code}: {good}");
        }
    }
    Ok(())
}

/// Inputs of some length: what they mean is for `arbitrary` to say.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let counted = |first: u8, length: u8| {
        (0..length).map(|n| first.wrapping_add(n.wrapping_mul(37))).collect()
    };
    (0..48).map(|first| counted(first * 5, 16 + first)).collect()
}
