//! The registry of error codes. A code never changes its meaning and is never used again.

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// The stable identifier of a reason; `docs/errors.md` has a section for each.
        ///
        /// # Examples
        /// ```
        /// use jotem::error::Code;
        ///
        /// assert_eq!(Code::Expired.as_str(), "jwt_expired");
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {$(
            #[doc = concat!("`", $text, "`")]
            $variant,
        )*}

        impl Code {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns the identifier.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {$(Self::$variant => $text,)*}
            }
        }
    };
}

codes! {
    // The text that should be a token.
    BearerPrefix = "token_bearer_prefix",
    TokenEmpty = "token_empty",
    TokenQuoted = "token_quoted",
    TokenTooLarge = "token_too_large",
    TokenWhitespace = "token_whitespace",
    // The compact serialization.
    Base64Length = "base64url_length",
    Base64Padding = "base64url_padding",
    Base64TrailingBits = "base64url_trailing_bits",
    Character = "token_character",
    Encrypted = "jws_encrypted",
    HeaderTooLarge = "jws_header_too_large",
    JsonSerialization = "jws_json_serialization",
    SegmentCount = "jws_segment_count",
    SegmentEmpty = "jws_segment_empty",
    // The JSON serializations.
    B64Differs = "jws_b64_differs",
    KeyTwice = "jws_key_twice",
    MemberMissing = "jws_member_missing",
    MemberType = "jws_member_type",
    ParameterTwice = "jws_parameter_twice",
    ParameterUnprotected = "jws_parameter_unprotected",
    SerializationOther = "jws_serialization_other",
    SerializationsMixed = "jws_serializations_mixed",
    SignaturesEmpty = "jws_signatures_empty",
    SignerMissing = "jws_signer_missing",
    TooManySignatures = "jws_too_many_signatures",
    // JSON.
    ByteOrderMark = "json_byte_order_mark",
    DuplicateMember = "json_duplicate_member",
    JsonSyntax = "json_syntax",
    LoneSurrogate = "json_lone_surrogate",
    NotObject = "json_not_object",
    NotUtf8 = "json_not_utf8",
    NumberRange = "json_number_range",
    TooDeep = "json_too_deep",
    TooManyMembers = "json_too_many_members",
    // The JOSE header.
    AlgorithmMissing = "jws_alg_missing",
    AlgorithmNone = "jws_alg_none",
    AlgorithmNotAllowed = "jws_alg_not_allowed",
    AlgorithmUnknown = "jws_alg_unknown",
    B64NotCritical = "jws_b64_not_critical",
    CritAbsent = "jws_crit_absent",
    CritDuplicate = "jws_crit_duplicate",
    CritEmpty = "jws_crit_empty",
    CritRegistered = "jws_crit_registered",
    CritUnknown = "jws_crit_unknown",
    ParameterForbidden = "jws_parameter_forbidden",
    ParameterTooLong = "jws_parameter_too_long",
    ParameterType = "jws_parameter_type",
    UnencodedPayload = "jws_unencoded_payload",
    // The choice of a key.
    CertificateMismatch = "jws_certificate_mismatch",
    KeyAmbiguous = "jws_key_ambiguous",
    KeyNotFound = "jws_key_not_found",
    KeysUnavailable = "jws_keys_unavailable",
    // The signature.
    PayloadAttached = "jws_payload_attached",
    PayloadDetached = "jws_payload_detached",
    PayloadEncoded = "jws_payload_encoded",
    SecretNotDecoded = "jws_secret_not_decoded",
    SignatureIsDer = "jws_signature_is_der",
    SignatureLength = "jws_signature_length",
    SignatureMismatch = "jws_signature_mismatch",
    SignatureMissing = "jws_signature_missing",
    // The claims.
    AudienceMismatch = "jwt_audience_mismatch",
    AudienceUnexpected = "jwt_audience_unexpected",
    ClaimEmpty = "jwt_claim_empty",
    ClaimMissing = "jwt_claim_missing",
    ClaimTooLong = "jwt_claim_too_long",
    ClaimType = "jwt_claim_type",
    ClaimsShape = "jwt_claims_shape",
    ConfirmationUnchecked = "jwt_confirmation_unchecked",
    DateMilliseconds = "jwt_date_milliseconds",
    DateRange = "jwt_date_range",
    Expired = "jwt_expired",
    HashMismatch = "jwt_hash_mismatch",
    HashUndefined = "jwt_hash_undefined",
    IssuedInFuture = "jwt_issued_in_future",
    IssuerMismatch = "jwt_issuer_mismatch",
    LifetimeTooLong = "jwt_lifetime_too_long",
    NotYetValid = "jwt_not_yet_valid",
    SubjectMismatch = "jwt_subject_mismatch",
    TooOld = "jwt_too_old",
    TypeMismatch = "jwt_type_mismatch",
    // Keys.
    KeyAlgorithmMismatch = "key_algorithm_mismatch",
    KeyAlgorithmUnknown = "key_algorithm_unknown",
    KeyCertificate = "key_certificate",
    KeyCertificateMismatch = "key_certificate_mismatch",
    KeyEd448Off = "key_ed448_off",
    KeyEncrypted = "key_encrypted",
    KeyEncryptionCost = "key_encryption_cost",
    KeyEncryptionScheme = "key_encryption_scheme",
    KeyExpanded = "key_expanded",
    KeyFormat = "key_format",
    KeyIdTwice = "key_id_twice",
    KeyJson = "key_json",
    KeyLegacyEncryptedPem = "key_legacy_encrypted_pem",
    KeyMember = "key_member",
    KeyMemberMissing = "key_member_missing",
    KeyMismatch = "key_halves_mismatch",
    KeyNoPublicPart = "key_no_public_part",
    KeyNotEncrypted = "key_not_encrypted",
    KeyOpenSsh = "key_open_ssh",
    KeyOpenSshEncrypted = "key_open_ssh_encrypted",
    KeyPasswordEmpty = "key_password_empty",
    KeyPasswordWrong = "key_password_wrong",
    KeyPemEscaped = "key_pem_escaped",
    KeyPemOneLine = "key_pem_one_line",
    KeyPemSeveral = "key_pem_several",
    KeyPrivate = "key_private",
    KeyPublic = "key_public",
    KeyRejected = "key_rejected",
    KeySetEmpty = "key_set_empty",
    KeyTypeUnknown = "key_type_unknown",
    KeyUse = "key_use",
    RsaExponent = "key_rsa_exponent",
    RsaModulus = "key_rsa_modulus",
    RsaSize = "key_rsa_size",
    SecretEmpty = "key_secret_empty",
    SecretIsKey = "key_secret_is_key",
    SecretNotBase64 = "key_secret_not_base64",
    SecretTooShort = "key_secret_too_short",
    // The call.
    AlgorithmsEmpty = "misuse_algorithms_empty",
    AlgorithmsNeeded = "misuse_algorithms_needed",
    CacheTooSmall = "misuse_cache_too_small",
    ClaimTwice = "misuse_claim_twice",
    ClaimsNotObject = "misuse_claims_not_object",
    ClaimsNotSerializable = "misuse_claims_not_serializable",
    ExpectationEmpty = "misuse_expectation_empty",
    HeaderRefused = "misuse_header_refused",
    HeaderReserved = "misuse_header_reserved",
    JsonOnly = "misuse_json_only",
    KeyElsewhere = "misuse_key_elsewhere",
    KeysMissing = "misuse_keys_missing",
    KeysMixed = "misuse_keys_mixed",
    KeysUnbound = "misuse_keys_unbound",
    KeysUnusable = "misuse_keys_unusable",
    LeewayTooLong = "misuse_leeway_too_long",
    LifetimeMissing = "misuse_lifetime_missing",
    PayloadNotText = "misuse_payload_not_text",
    SignersDisagree = "misuse_signers_disagree",
    SignersMissing = "misuse_signers_missing",
    TokenTooLong = "misuse_token_too_long",
    // The signer.
    SigningFailed = "signing_failed",
}

impl std::fmt::Display for Code {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}
