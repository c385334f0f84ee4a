//! What keys come in besides JWK, and besides PEM and DER in the clear: certificates, OpenSSH,
//! PKCS#8 under a password.

use super::{Certificates, Jwk, der, disguise, pem, ssh, x509};
use crate::error::{Error, KeyError};

impl Jwk {
    /// Takes the public key out of an X.509 certificate, in PEM or DER (RFC 5280 §4.1), and keeps
    /// the certificate as `x5c` and its SHA-256 as `x5t#S256`.
    ///
    /// # Security
    /// A certificate is a container here. **Nothing in it is checked**: neither who issued it, nor
    /// for which name, nor whether it has expired or was revoked. Give it only what you trust
    /// already, as you would a file with a public key.
    ///
    /// # Errors
    /// [`KeyError::Format`] for what is no single certificate; what [`Self::from_der`] says of its
    /// key.
    ///
    /// # Examples
    /// ```
    /// use jotem::Jwk;
    ///
    /// let certificate = "-----BEGIN CERTIFICATE-----
    /// MIIBODCB66ADAgECAhQhIrp3TpVP8E+lWkp+YB695M4WwjAFBgMrZXAwEjEQMA4G
    /// A1UEAwwHZWQyNTUxOTAeFw0yNjExMjIxMjI3MDNaFw0zNjExMTkxMjI3MDNaMBIx
    /// EDAOBgNVBAMMB2VkMjU1MTkwKjAFBgMrZXADIQBncBXafZbtMDxC9QlK3VVGVB4y
    /// vXcK8VX3rYHz27HlFqNTMFEwHQYDVR0OBBYEFNhOzmjFGRApyBgtkNYQgSl8hWrU
    /// MB8GA1UdIwQYMBaAFNhOzmjFGRApyBgtkNYQgSl8hWrUMA8GA1UdEwEB/wQFMAMB
    /// Af8wBQYDK2VwA0EATMuMJiS0nnEfrjvU5mYu3dM8ezEPQcNvDM1IyrykaSoUWnL6
    /// K8Gs0NlKp2unaTPZB6htCET+jPhHD5Q7hZ+3AA==
    /// -----END CERTIFICATE-----";
    /// let key = Jwk::from_x509(certificate)?;
    /// assert_eq!(key.key_type().name(), "OKP");
    /// assert_eq!(key.certificate_thumbprint(), Some("BnuiKNV3DF5kRJHdKys4D5_iJaEbAqN1ysBA07HwDtg"));
    /// # Ok::<(), jotem::Error>(())
    /// ```
    pub fn from_x509(certificate: impl AsRef<[u8]>) -> Result<Self, Error> {
        Ok(Self::read_x509(certificate.as_ref())?)
    }

    fn read_x509(certificate: &[u8]) -> Result<Self, KeyError> {
        let (material, der) = x509::read(certificate)?;
        let mut jwk = Self::from_material(material);
        jwk.parameters.certificates = Certificates::of(&der);
        Ok(jwk)
    }

    /// Reads a private key from PEM under a password: PKCS#8 (`BEGIN ENCRYPTED PRIVATE KEY`,
    /// RFC 5958 §3) with PBES2 (RFC 8018 §6.2), that is PBKDF2 with HMAC-SHA-1, 256, 384 or 512,
    /// or scrypt, and AES-128, 192 or 256 in CBC mode.
    ///
    /// # Security
    /// A file says itself how much work it makes. More than 3 million iterations of PBKDF2
    /// (1.5 million where the hash is shorter than the key), or an N·r·p of scrypt above 2²⁰ (128 MiB), are refused before any of
    /// it is done. A file under a password hides its key, but does not protect it from being
    /// changed: CBC has no integrity.
    ///
    /// # Errors
    /// [`KeyError::PasswordWrong`], also for a damaged file: which one cannot be told.
    /// [`KeyError::EncryptionScheme`] and [`KeyError::EncryptionCost`] for other encryptions,
    /// [`KeyError::NotEncrypted`] for a key in the clear.
    ///
    /// # Examples
    /// ```
    /// use jotem::{Algorithm, Jwk, SigningKey};
    ///
    /// let key = SigningKey::generate(Algorithm::EdDsa)?;
    /// let pem = key.to_encrypted_pem("correct horse battery staple")?;
    /// let same = Jwk::from_encrypted_pem(&pem, "correct horse battery staple")?;
    /// assert_eq!(Some(same.thumbprint()), key.verifying_key().thumbprint());
    ///
    /// let error = Jwk::from_encrypted_pem(&pem, "wrong").unwrap_err();
    /// assert_eq!(error.code().as_str(), "key_password_wrong");
    /// # Ok::<(), jotem::Error>(())
    /// ```
    #[cfg(feature = "encrypted-keys")]
    pub fn from_encrypted_pem(
        pem: impl AsRef<[u8]>,
        password: impl AsRef<[u8]>,
    ) -> Result<Self, Error> {
        let material = super::encrypted::read_pem(pem.as_ref(), password.as_ref())?;
        Ok(Self::from_material(material))
    }

    /// Reads a private key from DER under a password; see [`Self::from_encrypted_pem`].
    ///
    /// # Errors
    /// As [`Self::from_encrypted_pem`].
    #[cfg(feature = "encrypted-keys")]
    pub fn from_encrypted_der(
        der: impl AsRef<[u8]>,
        password: impl AsRef<[u8]>,
    ) -> Result<Self, Error> {
        let material = super::encrypted::read(der.as_ref(), password.as_ref())?;
        Ok(Self::from_material(material))
    }

    /// Writes the private key as PKCS#8 under a password, in PEM: PBES2 (RFC 8018 §6.2) with 600,000
    /// iterations of PBKDF2 with HMAC-SHA-256, and AES-256-CBC, which every tool can read.
    ///
    /// # Errors
    /// [`KeyError::PasswordEmpty`]; otherwise as [`Self::to_private_pem`].
    #[cfg(feature = "encrypted-keys")]
    pub fn to_encrypted_pem(&self, password: impl AsRef<[u8]>) -> Result<String, Error> {
        Ok(super::encrypted::write_pem(&self.to_encrypted_der(password)?)?)
    }

    /// Writes the private key as PKCS#8 under a password, in DER; see [`Self::to_encrypted_pem`].
    ///
    /// # Errors
    /// As [`Self::to_encrypted_pem`].
    #[cfg(feature = "encrypted-keys")]
    pub fn to_encrypted_der(&self, password: impl AsRef<[u8]>) -> Result<Vec<u8>, Error> {
        Ok(super::encrypted::write(&self.to_private_der()?, password.as_ref())?)
    }

    /// Reads a private key of OpenSSH (`BEGIN OPENSSH PRIVATE KEY`): RSA, ECDSA on P-256, P-384 or
    /// P-521, or Ed25519; in the clear, or under a password with AES in CBC, CTR or GCM mode. The
    /// comment is passed over. More than 100 rounds of its derivation (`ssh-keygen -a`) are
    /// refused before any of the work is done.
    ///
    /// # Errors
    /// [`KeyError::OpenSshEncrypted`] if a password is needed, [`KeyError::NotEncrypted`] if there
    /// is nothing to use it for, [`KeyError::PasswordWrong`] also for a damaged file;
    /// [`KeyError::TypeUnknown`] for other keys, among them those in a security token (`sk-…`).
    ///
    /// # Examples
    /// ```
    /// use jotem::Jwk;
    ///
    /// let file = "-----BEGIN OPENSSH PRIVATE KEY-----
    /// b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
    /// QyNTUxOQAAACCX7OXDTrkAMNmjfCnt0wxzhSRNcTLYBuEcHnKbeGMN6wAAAJjhkm0Q4ZJt
    /// EAAAAAtzc2gtZWQyNTUxOQAAACCX7OXDTrkAMNmjfCnt0wxzhSRNcTLYBuEcHnKbeGMN6w
    /// AAAEAuLy7ePv9QjP0PcXq39qayiLSAdoHY/YR/ZwjfQNUqtZfs5cNOuQAw2aN8Ke3TDHOF
    /// JE1xMtgG4Rwecpt4Yw3rAAAADm1lQGV4YW1wbGUub3JnAQIDBAUGBw==
    /// -----END OPENSSH PRIVATE KEY-----";
    /// let key = Jwk::from_openssh(file, None)?;
    /// assert!(key.is_private());
    /// # Ok::<(), jotem::Error>(())
    /// ```
    #[cfg(feature = "encrypted-keys")]
    pub fn from_openssh(
        document: impl AsRef<[u8]>,
        password: Option<&[u8]>,
    ) -> Result<Self, Error> {
        Ok(Self::from_material(super::openssh::read(document.as_ref(), password)?))
    }

    /// Reads a public key of OpenSSH: the line of an `id_ed25519.pub` or of `authorized_keys`
    /// without options, of type `ssh-rsa`, `ssh-ed25519` or `ecdsa-sha2-nistp256`, `384`, `521`
    /// (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4). The comment is passed over.
    ///
    /// # Errors
    /// [`KeyError::TypeUnknown`] for other types, among them certificates; [`KeyError::Format`] for
    /// what is no such line.
    ///
    /// # Examples
    /// ```
    /// use jotem::Jwk;
    ///
    /// let line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK5KkYNfadALuR/sPJYi98oJ02w6g9iRylAiKYIW4X9Y me";
    /// assert_eq!(Jwk::from_ssh(line)?.key_type().name(), "OKP");
    /// # Ok::<(), jotem::Error>(())
    /// ```
    pub fn from_ssh(line: impl AsRef<[u8]>) -> Result<Self, Error> {
        Ok(Self::from_material(ssh::read(line.as_ref())?))
    }

    /// Reads a key from whatever this is: JWK, PEM, DER, a certificate (see [`Self::from_x509`] for
    /// what is not checked), or a key of OpenSSH.
    ///
    /// For tools that are handed a file. A program that knows the form says so.
    ///
    /// # Errors
    /// [`KeyError`]: what is wrong with it, or that it needs a password.
    pub fn from_bytes(document: impl AsRef<[u8]>) -> Result<Self, Error> {
        let document = document.as_ref();
        // First: a JWK may have the words of a PEM in its `kid`.
        if document.trim_ascii_start().starts_with(b"{") {
            return Self::from_json(document);
        }
        let read = if pem::looks_like(document) {
            pem::read(document)
        } else if disguise::is_ssh_type(document.trim_ascii_start()) {
            ssh::read(document)
        } else {
            der::read(document)
        };
        match read {
            Err(KeyError::Certificate) => Ok(Self::read_x509(document)?),
            #[cfg(feature = "encrypted-keys")]
            Err(KeyError::OpenSsh) if super::openssh::looks_like(document) => {
                Self::from_openssh(document, None)
            }
            read => Ok(Self::from_material(read?)),
        }
    }
}
