//! A password that opens and closes many keys for the price of one derivation.

use zeroize::Zeroizing;

use super::{Jwk, encrypted};
use crate::crypto::aws_lc::random;
use crate::error::{Error, KeyError};
use crate::secret::Secret;

/// How many derivations are remembered: a file of keys has one, or a few.
const REMEMBERED: usize = 8;

/// A password of encrypted keys (PKCS#8, RFC 5958 §3), which remembers what was derived of it.
///
/// A derivation is slow on purpose: about a tenth of a second. Keys that are kept together may share
/// one, that is, its salt and its iterations; each has an initialization vector of its own (RFC 8018
/// §6.2). The keys that one value of this type closes do, and any tool opens each of them by itself.
///
/// # Security
/// It holds the password and the derived keys, redacted in [`Debug`](std::fmt::Debug) and zeroized
/// when dropped. Keys that share a salt share their fate: whoever guesses the password of one has all,
/// as with one password he has anyway.
///
/// # Examples
/// ```
/// use jotem::jwk::Password;
/// use jotem::{Algorithm, SigningKey};
///
/// let mut password = Password::new("correct horse battery staple")?;
/// let key = SigningKey::generate(Algorithm::Es256)?;
/// let pem = password.close(&key.to_jwk()?)?;                  // derives
/// let same = password.open(&pem)?;                            // does not
/// assert_eq!(Some(same.thumbprint()), key.verifying_key().thumbprint());
///
/// let error = Password::new("wrong")?.open(&pem).unwrap_err();
/// assert_eq!(error.code().as_str(), "key_password_wrong");
/// # Ok::<(), jotem::Error>(())
/// ```
#[derive(Clone)]
pub struct Password {
    password: Secret,
    derived: Vec<Derived>,
    /// The salt of the keys that are closed.
    salt: Option<[u8; 16]>,
}

/// A key that was derived, and of what.
#[derive(Clone)]
struct Derived {
    /// The derivation's `AlgorithmIdentifier` in DER: salt, iterations, hash.
    of: Vec<u8>,
    /// How many bytes of the key were asked for: the cipher decides it, and the derivation need not say
    /// it. The others are zeros.
    bytes: usize,
    key: Zeroizing<[u8; 32]>,
}

impl Password {
    /// Takes a password.
    ///
    /// # Errors
    /// [`KeyError::PasswordEmpty`].
    pub fn new(password: impl AsRef<[u8]>) -> Result<Self, Error> {
        let password = Secret::from(password.as_ref());
        if password.is_empty() {
            return Err(KeyError::PasswordEmpty.into());
        }
        Ok(Self { password, derived: Vec::new(), salt: None })
    }

    /// Reads an encrypted private key in PEM; see [`Jwk::from_encrypted_pem`]. The first key that it
    /// opens decides which salt those have that it closes, if that key was closed by this engine.
    ///
    /// # Errors
    /// As [`Jwk::from_encrypted_pem`].
    pub fn open(&mut self, pem: impl AsRef<[u8]>) -> Result<Jwk, Error> {
        Ok(Jwk::from_material(encrypted::read_pem_under(pem.as_ref(), self)?))
    }

    /// Writes a private key as PKCS#8 under the password, in PEM; see [`Jwk::to_encrypted_pem`].
    ///
    /// # Errors
    /// As [`Jwk::to_private_pem`].
    pub fn close(&mut self, key: &Jwk) -> Result<String, Error> {
        let salt = match self.salt {
            Some(salt) => salt,
            None => {
                let mut salt = [0; 16];
                random(&mut salt)?;
                *self.salt.insert(salt)
            }
        };
        let der = encrypted::write_under(&key.to_private_der()?, self, &salt)?;
        Ok(encrypted::write_pem(&der)?)
    }

    /// Returns the key of so many bytes that a derivation gives, from memory or by deriving it.
    pub(super) fn derive(
        &mut self,
        of: &[u8],
        bytes: usize,
        derive: impl FnOnce(&[u8]) -> Option<Zeroizing<[u8; 32]>>,
    ) -> Option<Zeroizing<[u8; 32]>> {
        let is_it = |known: &&Derived| known.of == of && known.bytes >= bytes;
        if let Some(known) = self.derived.iter().find(is_it) {
            return Some(known.key.clone());
        }
        let key = derive(self.password.expose())?;
        self.derived.retain(|known| known.of != of);
        if self.derived.len() >= REMEMBERED {
            self.derived.remove(0);
        }
        self.derived.push(Derived { of: of.to_vec(), bytes, key: key.clone() });
        Some(key)
    }

    /// Closes keys under this salt from now on, unless it is decided already.
    pub(super) fn adopt(&mut self, salt: Option<[u8; 16]>) {
        self.salt = self.salt.or(salt);
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Password").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Password;
    use crate::{Algorithm, Jwk, SigningKey};

    fn key() -> Jwk {
        SigningKey::generate(Algorithm::Es256).unwrap().to_jwk().unwrap()
    }

    #[test]
    fn derives_once_for_all_the_keys_that_it_closes_and_opens() {
        let mut password = Password::new("p").unwrap();
        let pems = [key(), key(), key()].map(|key| password.close(&key).unwrap());
        assert_eq!(password.derived.len(), 1);
        assert!(pems[0] != pems[1]);
        let mut another = Password::new("p").unwrap();
        for pem in &pems {
            another.open(pem).unwrap();
            // Any other way in opens them, too.
            Jwk::from_encrypted_pem(pem, "p").unwrap();
        }
        assert_eq!(another.derived.len(), 1);
        another.open(another.clone().close(&key()).unwrap()).unwrap();
        assert_eq!(another.derived.len(), 1, "the salt of what was opened is taken over");
    }

    #[test]
    fn opens_keys_that_were_closed_elsewhere() {
        let pems = [key(), key()].map(|key| key.to_encrypted_pem("p").unwrap());
        let mut password = Password::new("p").unwrap();
        for pem in pems.iter().chain(&pems) {
            password.open(pem).unwrap();
        }
        assert_eq!(password.derived.len(), 2);
    }

    #[test]
    fn a_shorter_key_of_the_same_derivation_does_not_stand_for_a_longer_one() {
        let mut password = Password::new("p").unwrap();
        let mut derive = |bytes: usize, made: u8| {
            let key = zeroize::Zeroizing::new([made; 32]);
            password.derive(b"salt and iterations", bytes, |_| Some(key)).unwrap()[0]
        };
        assert_eq!(derive(16, 1), 1);
        assert_eq!(derive(16, 2), 1);
        assert_eq!(derive(32, 3), 3);
        assert_eq!(derive(16, 4), 3, "it begins with the shorter one");
        assert_eq!(password.derived.len(), 1);
    }

    #[test]
    fn refuses_a_wrong_password_each_time_and_an_empty_one() {
        let pem = Password::new("p").unwrap().close(&key()).unwrap();
        let mut wrong = Password::new("q").unwrap();
        for _ in 0..2 {
            assert_eq!(wrong.open(&pem).unwrap_err().code().as_str(), "key_password_wrong");
        }
        assert_eq!(Password::new("").unwrap_err().code().as_str(), "key_password_empty");
    }
}
