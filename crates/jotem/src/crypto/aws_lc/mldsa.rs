//! ML-DSA (RFC 9964, FIPS 204): pure, with an empty context, by keys that are kept as their seed.

use std::error::Error;

use aws_lc_rs::encoding::AsRawBytes as _;
use aws_lc_rs::signature::{
    KeyPair as _, ML_DSA_44, ML_DSA_44_SIGNING, ML_DSA_65, ML_DSA_65_SIGNING, ML_DSA_87,
    ML_DSA_87_SIGNING, ParsedPublicKey, PqdsaKeyPair, PqdsaSigningAlgorithm,
    PqdsaVerificationAlgorithm,
};
use subtle::ConstantTimeEq as _;

use super::rejected;
use crate::crypto::{Sign, Signature, Verify, VerifyError};
use crate::error::KeyError;
use crate::jwa::{Algorithm, ParameterSet};
use crate::secret::Secret;

/// A private key, expanded once.
pub(crate) struct MlDsaSigner {
    parameters: ParameterSet,
    key: PqdsaKeyPair,
}

/// A public key.
pub(crate) struct MlDsaVerifier {
    parameters: ParameterSet,
    key: ParsedPublicKey,
}

const fn signing(parameters: ParameterSet) -> &'static PqdsaSigningAlgorithm {
    match parameters {
        ParameterSet::MlDsa44 => &ML_DSA_44_SIGNING,
        ParameterSet::MlDsa65 => &ML_DSA_65_SIGNING,
        ParameterSet::MlDsa87 => &ML_DSA_87_SIGNING,
    }
}

const fn verification(parameters: ParameterSet) -> &'static PqdsaVerificationAlgorithm {
    match parameters {
        ParameterSet::MlDsa44 => &ML_DSA_44,
        ParameterSet::MlDsa65 => &ML_DSA_65,
        ParameterSet::MlDsa87 => &ML_DSA_87,
    }
}

impl MlDsaSigner {
    /// Takes the seed and the public key, and checks that they belong together.
    pub(crate) fn new(
        parameters: ParameterSet,
        seed: &[u8],
        public: &[u8],
    ) -> Result<Self, KeyError> {
        let key = expand(parameters, seed)?;
        if key.public_key().as_ref() != public {
            return Err(KeyError::HalvesMismatch { key_type: "AKP" });
        }
        Ok(Self { parameters, key })
    }
}

impl MlDsaVerifier {
    /// Takes the public key: every value of the right length is one (FIPS 204 §7.2).
    pub(crate) fn new(parameters: ParameterSet, public: &[u8]) -> Result<Self, KeyError> {
        // AWS-LC takes an SPKI, too, and decides by the length: neither is a `pub`.
        if public.len() != parameters.public_key_bytes() {
            return Err(rejected("AKP", "the public key has another length"));
        }
        let key = ParsedPublicKey::new(verification(parameters), public)
            .map_err(|_| rejected("AKP", "the public key could not be read"))?;
        Ok(Self { parameters, key })
    }
}

/// Computes the public key of a seed.
pub(crate) fn public_key(parameters: ParameterSet, seed: &[u8]) -> Result<Vec<u8>, KeyError> {
    expand(parameters, seed).map(|key| key.public_key().as_ref().to_vec())
}

/// Whether an expanded private key is what the seed expands to, in constant time.
pub(crate) fn expands_to(
    parameters: ParameterSet,
    seed: &[u8],
    expanded: &[u8],
) -> Result<bool, KeyError> {
    let own = expand(parameters, seed)?;
    let own = own
        .private_key()
        .as_raw_bytes()
        .map_err(|_| rejected("AKP", "the private key could not be expanded"))?;
    Ok(own.as_ref().ct_eq(expanded).into())
}

/// Makes a seed.
pub(crate) fn generate() -> Result<Secret, KeyError> {
    let mut seed = zeroize::Zeroizing::new([0; 32]);
    super::random(seed.as_mut_slice())?;
    Ok(Secret::from(seed.as_slice()))
}

fn expand(parameters: ParameterSet, seed: &[u8]) -> Result<PqdsaKeyPair, KeyError> {
    PqdsaKeyPair::from_seed(signing(parameters), seed)
        .map_err(|_| rejected("AKP", "the private key is not a seed of 32 bytes"))
}

impl Sign for MlDsaSigner {
    fn algorithm(&self) -> Algorithm {
        self.parameters.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, Box<dyn Error + Send + Sync>> {
        let mut signature = vec![0; self.parameters.signature_bytes()];
        self.key.sign(message, &mut signature).map_err(|_| "AWS-LC refused to sign")?;
        Ok(Signature::from(signature))
    }
}

impl Verify for MlDsaVerifier {
    fn algorithm(&self) -> Algorithm {
        self.parameters.algorithm()
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        self.key.verify_sig(message, signature).map_err(|_| VerifyError::Mismatch)
    }
}

impl std::fmt::Debug for MlDsaSigner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "MlDsaSigner({})", self.parameters.algorithm())
    }
}

impl std::fmt::Debug for MlDsaVerifier {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "MlDsaVerifier({})", self.parameters.algorithm())
    }
}
