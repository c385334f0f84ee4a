//! The registry of rules: what `lint` looks for, how grave it is, where that is written, and the
//! cure. Texts are fixed: a finding has no way to say what a token, a key or a secret contains.

use super::Severity;

macro_rules! rules {
    ($($variant:ident = $code:literal, $severity:ident, $message:literal, $reference:literal, $cure:literal;)*) => {
        /// A rule of `lint`. [`manual::lint`](crate::manual::lint) has the list.
        ///
        /// # Examples
        /// ```
        /// use jotem::lint::{Rule, Severity};
        ///
        /// assert_eq!(Rule::AlgNone.code(), "lint_alg_none");
        /// assert_eq!(Rule::AlgNone.severity(), Severity::Critical);
        /// assert!(Rule::AlgNone.reference().contains("RFC 8725 §3.2"));
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Rule {$(
            #[doc = concat!("`", $code, "`: ", $message)]
            $variant,
        )*}

        impl Rule {
            /// Every rule there is.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns the stable identifier.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {$(Self::$variant => $code,)*}
            }

            /// Returns how grave it is.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self {$(Self::$variant => Severity::$severity,)*}
            }

            /// Returns what is weak, in one sentence.
            #[must_use]
            pub const fn message(self) -> &'static str {
                match self {$(Self::$variant => $message,)*}
            }

            /// Returns where that is written: an RFC and its section, or a CVE.
            #[must_use]
            pub const fn reference(self) -> &'static str {
                match self {$(Self::$variant => $reference,)*}
            }

            /// Returns what to do about it.
            #[must_use]
            pub const fn cure(self) -> &'static str {
                match self {$(Self::$variant => $cure,)*}
            }
        }
    };
}

rules! {
    // The text of a token.
    TokenShape = "lint_token_shape", Medium,
        "the text does not have the segments of a token",
        "RFC 7515 §7.1", "pass the whole token, three segments with two dots";
    TokenTooLarge = "lint_token_too_large", Medium,
        "the token has more than 8 KiB, which the default limits of many servers refuse in a header",
        "RFC 9110 §5.4", "keep in the token what every request needs, and the rest in a database";
    TokenLarge = "lint_token_large", Low,
        "the token has more than 4 KiB, so browsers do not keep it in a cookie",
        "RFC 6265 §6.1", "keep in the token what every request needs, and the rest in a database";
    BearerPrefix = "lint_bearer_prefix", Low,
        "the authentication scheme `Bearer` stands before the token",
        "RFC 6750 §2.1", "store and pass on only what follows the scheme";
    Whitespace = "lint_whitespace", Low,
        "there is whitespace or an invisible character around the token or in it",
        "RFC 7515 §2", "remove it where the token is stored or cut out";
    Quoted = "lint_quoted", Low,
        "the token stands in quotation marks",
        "RFC 7515 §7.1", "read the value out of the JSON or the configuration that quotes it";
    Base64Alphabet = "lint_base64_alphabet", Medium,
        "a segment has characters outside base64url; who skips them accepts many spellings of a token",
        "RFC 7515 §2", "write base64url (`-` and `_`), not base64 (`+` and `/`)";
    Base64Padding = "lint_base64_padding", Medium,
        "a segment is padded with `=`; who accepts that accepts two spellings of a token",
        "RFC 7515 §2", "write base64url without padding";
    Base64TrailingBits = "lint_base64_trailing_bits", Medium,
        "a segment ends with bits that belong to no byte; who ignores them accepts many spellings",
        "RFC 4648 §3.5", "write canonical base64url: the last bits are zero";
    JsonSerialization = "lint_json_serialization", Info,
        "this is a JWS or a JWE in the JSON serialization, which is not examined",
        "RFC 7515 §7.2", "a JWT is always in the compact serialization (RFC 7519 §3)";
    Encrypted = "lint_encrypted", Info,
        "the token is encrypted (JWE), so only its header could be examined",
        "RFC 7516 §3.1", "decrypt it, and examine the token inside";
    // JSON.
    JsonMalformed = "lint_json_malformed", Medium,
        "this part is not sound JSON in UTF-8, or nests deeper or has more members than readers allow",
        "RFC 8725 §3.7", "write it with a JSON library, in UTF-8 without a byte order mark";
    DuplicateMember = "lint_duplicate_member", High,
        "a member name stands twice, so two readers can understand two different things",
        "RFC 7519 §4, RFC 7515 §4", "write each name once";
    // The header.
    AlgNone = "lint_alg_none", Critical,
        "`alg` is `none`: nobody signed the token, and everybody can write it",
        "RFC 8725 §3.2, CVE-2015-9235", "sign it, with ES256 for example, and never accept `none`";
    AlgMissing = "lint_alg_missing", High,
        "the header has no `alg`, or none that is a string",
        "RFC 7515 §4.1.1", "let a library write the header";
    AlgSha1 = "lint_alg_sha1", High,
        "the signature algorithm uses SHA-1, for which collisions are computed",
        "RFC 8812 §5.3", "use ES256, Ed25519 or PS256";
    AlgUnknown = "lint_alg_unknown", Medium,
        "`alg` names no signature algorithm that this engine knows; names are case-sensitive",
        "RFC 7518 §3.1", "use ES256, Ed25519 or PS256, spelled exactly so";
    AlgRare = "lint_alg_rare", Info,
        "ES256K (on secp256k1) is known to few libraries",
        "RFC 8812 §3.2", "use ES256 or Ed25519 unless a ledger asks for this curve";
    AlgDeprecated = "lint_alg_deprecated", Info,
        "the name `EdDSA` leaves the curve open and is deprecated",
        "RFC 9864 §4.1.2", "write `Ed25519` when every verifier reads that name";
    SignatureMissing = "lint_signature_missing", Critical,
        "the signature is empty: everybody can write such a token",
        "RFC 7515 §5.2, CVE-2020-28042", "sign it, and refuse tokens without a signature";
    SignatureLength = "lint_signature_length", Medium,
        "the signature does not have the length of its algorithm",
        "RFC 7518 §3", "for ECDSA write r and s at full width, not DER (RFC 7518 §3.4)";
    TypMissing = "lint_typ_missing", Info,
        "`typ` is missing, so nothing in the header tells this kind of token from another",
        "RFC 8725 §3.11", "name the kind of token, `at+jwt` for an access token, and expect it";
    TypGeneric = "lint_typ_generic", Info,
        "the claims are those of an access token, but `typ` only says JWT",
        "RFC 9068 §2.1, RFC 8725 §3.11", "write `at+jwt`, and expect it";
    ParameterType = "lint_parameter_type", Medium,
        "a registered header parameter is not of the type that its RFC gives it",
        "RFC 7515 §4.1", "let a library write the header";
    HeaderKey = "lint_header_key", Medium,
        "the header brings a key; who verifies with it verifies nothing",
        "RFC 8725 §3.10, CVE-2018-0114", "leave it out; name the key with `kid`, and publish a key set";
    HeaderKeyUrl = "lint_header_key_url", Medium,
        "the header says where to fetch a key; who follows it lets the sender choose the key and the address",
        "RFC 8725 §3.10", "leave it out; verifiers know where the issuer's key set is";
    HeaderKeyUrlPlain = "lint_header_key_url_plain", High,
        "the header points to a key without TLS, so who is on the way can replace the key",
        "RFC 7515 §4.1.2, §4.1.5", "leave it out; the least is https";
    HeaderKeyPrivate = "lint_header_key_private", Critical,
        "the header has a private key in it: every reader of the token can sign",
        "RFC 7515 §4.1.3", "replace the key, and send only the public part, or none";
    KidEmpty = "lint_kid_empty", Low,
        "`kid` is empty",
        "RFC 7515 §4.1.4", "name the key by its thumbprint (RFC 7638), or leave `kid` out";
    KidInjection = "lint_kid_injection", High,
        "`kid` looks like an attack on a verifier that makes a file name, a query or a command of it",
        "RFC 8725 §3.10", "compare `kid` with the names of known keys, and with nothing else";
    KidUrl = "lint_kid_url", Low,
        "`kid` is a URL, which a careless verifier fetches",
        "RFC 8725 §3.10", "name the key by its thumbprint (RFC 7638)";
    KidMissing = "lint_kid_missing", Low,
        "the header has no `kid`, and the set has several keys that it could mean",
        "RFC 7515 §4.1.4", "name the key in every token";
    CritMalformed = "lint_crit_malformed", Medium,
        "`crit` is empty, repeats a name, or names a parameter that is not there",
        "RFC 7515 §4.1.11", "list each extension in use once, or leave `crit` out";
    CritRegistered = "lint_crit_registered", Medium,
        "`crit` names a registered parameter, which everybody must understand anyway",
        "RFC 7515 §4.1.11", "list only extensions";
    CritUnknown = "lint_crit_unknown", Low,
        "`crit` names an extension; verifiers that do not know it must refuse the token",
        "RFC 7515 §4.1.11", "make sure that every verifier knows the extension, or leave it out";
    UnencodedPayload = "lint_b64_false", Medium,
        "`b64` is false: a JWT must not be unencoded",
        "RFC 7797 §7", "leave `b64` out";
    Compressed = "lint_zip", Medium,
        "the content is compressed: its length can tell what it says, and a small token can become a large one",
        "RFC 8725 §3.6", "do not compress";
    EncryptionRsa15 = "lint_enc_rsa1_5", High,
        "the content key is encrypted with RSAES-PKCS1-v1_5, which Bleichenbacher's attack opens",
        "RFC 8725 §3.2", "use RSA-OAEP-256 or ECDH-ES";
    // The claims: their shape.
    ClaimsUnreadable = "lint_claims_unreadable", Medium,
        "the payload is no JSON object, so it is no claims set",
        "RFC 7519 §7.2", "put an object there; for other content use a JWS and say so in `cty`";
    ClaimType = "lint_claim_type", Medium,
        "a registered claim is not of the type that RFC 7519 gives it",
        "RFC 7519 §4.1", "write texts as strings; `aud` may be a list of them";
    ClaimEmpty = "lint_claim_empty", Medium,
        "a registered claim is there and says nothing, which a careless check takes for a match",
        "RFC 8725 §3.8, §3.9", "write its value, or leave it out";
    AudWildcard = "lint_aud_wildcard", Medium,
        "`aud` has a wildcard: audiences compare whole, and who matches patterns accepts too much",
        "RFC 7519 §4.1.3, RFC 8725 §3.9", "list the audiences";
    AudMissing = "lint_aud_missing", Low,
        "`aud` is missing, so one service can use the token at another",
        "RFC 8725 §3.9", "name who the token is for, and expect it";
    IssMissing = "lint_iss_missing", Low,
        "`iss` is missing, so keys cannot be bound to their issuer",
        "RFC 8725 §3.8", "name the issuer, and expect it";
    SubMissing = "lint_sub_missing", Low,
        "`sub` is missing: the token does not say whom it speaks of",
        "RFC 7519 §4.1.2, RFC 9068 §2.2", "name the subject by an identifier that is never given twice";
    JtiMissing = "lint_jti_missing", Low,
        "`jti` is missing, so this one token can neither be revoked nor seen twice",
        "RFC 7519 §4.1.7, RFC 9068 §2.2", "write a random identifier";
    // The claims: time.
    ExpMissing = "lint_exp_missing", High,
        "`exp` is missing: who steals the token has it for ever",
        "RFC 7519 §4.1.4, RFC 9068 §2.2", "let it expire after minutes, and renew it";
    IatMissing = "lint_iat_missing", Low,
        "`iat` is missing, so the age of the token cannot be told",
        "RFC 7519 §4.1.6, RFC 9068 §2.2", "write when it was issued";
    DateType = "lint_date_type", Medium,
        "a date is not a number, and readers differ in what they make of that",
        "RFC 7519 §2", "write seconds since 1970 as a JSON number";
    DateMilliseconds = "lint_date_milliseconds", High,
        "a date is beyond the year 9999, as milliseconds are: a token that expires then never expires",
        "RFC 7519 §2", "divide by 1000: dates are in seconds";
    DateRange = "lint_date_range", Medium,
        "a date lies before 1970",
        "RFC 7519 §2", "write seconds since 1970";
    LifetimeVeryLong = "lint_lifetime_very_long", Medium,
        "the token lives for more than 90 days: it outlives sessions, roles and people's jobs",
        "RFC 9700 §4.14, RFC 6750 §5.3", "let it live for minutes, and renew it with a refresh token";
    LifetimeLong = "lint_lifetime_long", Low,
        "the token lives for more than a day, and cannot be called back in that time",
        "RFC 6750 §5.3", "let it live for minutes to hours, and renew it";
    LifetimeZero = "lint_lifetime_zero", Low,
        "the token expires in the second in which it is issued",
        "RFC 7519 §4.1.4", "add a lifetime to the time of issue";
    ExpBeforeIat = "lint_exp_before_iat", Medium,
        "the token expires before it is issued",
        "RFC 7519 §4.1.4", "look at the clock and the arithmetic of the issuer";
    NbfAfterExp = "lint_nbf_after_exp", Medium,
        "the token is never valid: `nbf` is not before `exp`",
        "RFC 7519 §4.1.5", "look at the clock and the arithmetic of the issuer";
    IatFuture = "lint_iat_future", Medium,
        "the token was issued more than five minutes in the future",
        "RFC 7519 §4.1.6", "set the clock of the issuer by NTP";
    // The claims: what everybody can read.
    ClaimPassword = "lint_claim_password", High,
        "a claim has the name of a password or a PIN, and everybody who sees the token can read it",
        "RFC 7519 §12", "never put it in a token";
    ClaimSecret = "lint_claim_secret", High,
        "a claim is a private key, an API key or another secret, and everybody who sees the token can read it",
        "RFC 7519 §12", "replace the secret, and keep it out of tokens";
    ClaimCard = "lint_claim_card", High,
        "a claim looks like the number or the security code of a payment card",
        "RFC 7519 §12", "keep it out of tokens; refer to the card by an identifier";
    ClaimNationalId = "lint_claim_national_id", Medium,
        "a claim looks like a number by which a state knows a person",
        "RFC 7519 §12", "keep it out of tokens, or encrypt the token (JWE)";
    ClaimToken = "lint_claim_token", Medium,
        "a claim is a token itself, and everybody who sees the outer one can use it",
        "RFC 7519 §12, RFC 6750 §5.2", "refer to it by its `jti`, or encrypt the outer token";
    ClaimPersonal = "lint_claim_personal", Low,
        "a claim has an e-mail address, a telephone number, a postal address or a date of birth",
        "RFC 7519 §12", "leave it to the userinfo endpoint, or make sure that no log keeps the token";
    // Token and key together.
    SecretGuessed = "lint_secret_guessed", Critical,
        "the signature holds under a secret that everybody knows",
        "RFC 8725 §3.5, RFC 7518 §3.2", "make 32 random bytes, replace the secret, and sign everybody in again";
    SignedWithPublicKey = "lint_signed_with_public_key", Critical,
        "the HMAC of the token was made with the text of the public key: everybody can do that",
        "RFC 8725 §2.1, CVE-2016-10555", "refuse it; verify with keys that know their one algorithm";
    KeyConfusion = "lint_key_confusion", High,
        "the token asks for an HMAC, and the key is a public one: a verifier that obeys can be fooled",
        "RFC 8725 §2.1, §3.1", "verify with keys that know their one algorithm";
    KeyMismatch = "lint_key_mismatch", Medium,
        "the key is not of the type, or not for the algorithm, that the token names",
        "RFC 8725 §3.1", "give the key that belongs to the token";
    // Shared secrets.
    SecretEmpty = "lint_secret_empty", Critical,
        "the secret is empty",
        "RFC 7518 §3.2, CVE-2019-20933", "make 32 random bytes";
    SecretKnown = "lint_secret_known", Critical,
        "the secret stands in documentation, in tutorials or in lists of passwords",
        "RFC 8725 §3.5", "make 32 random bytes, and replace the secret";
    SecretIsKey = "lint_secret_is_key", Critical,
        "the secret is key material: where that is public, everybody can sign",
        "RFC 8725 §2.1, CVE-2016-10555", "make 32 random bytes for HMAC; verify signatures with a key of their type";
    SecretShort = "lint_secret_short", High,
        "the secret is shorter than the hash of its algorithm, and can be guessed from one token",
        "RFC 7518 §3.2, RFC 8725 §3.5", "make as many random bytes as the hash has: 32, 48 or 64";
    SecretPattern = "lint_secret_pattern", High,
        "the secret repeats itself, counts up or down, or has almost no different characters",
        "RFC 8725 §3.5", "make 32 random bytes";
    SecretWords = "lint_secret_words", Medium,
        "the secret is made of words: its length says little about how hard it is to guess",
        "RFC 8725 §3.5", "make 32 random bytes";
    SecretText = "lint_secret_base64_text", Medium,
        "the secret is the base64 of a short or guessable text, and no harder to guess than that",
        "RFC 8725 §3.5", "make 32 random bytes, and encode those";
    // RSA, and keys that are not sound.
    RsaTiny = "lint_rsa_tiny", Critical,
        "the RSA modulus has less than 1024 bits: moduli of 829 bits were factored",
        "RFC 7518 §3.3", "make a key of 3072 bits, or for ES256";
    RsaSmall = "lint_rsa_small", High,
        "the RSA modulus has less than 2048 bits",
        "RFC 7518 §3.3", "make a key of 3072 bits, or for ES256";
    RsaHuge = "lint_rsa_huge", Low,
        "the RSA modulus has more than 8192 bits, and each verification burns time",
        "RFC 7518 §3.3, CVE-2023-6237", "make a key of 3072 bits, or for ES256";
    RsaExponent = "lint_rsa_exponent", Critical,
        "the public exponent of the RSA key is even, below 3, or longer than 33 bits",
        "RFC 8017 §3.1", "make a key with the exponent 65537";
    RsaExponentSmall = "lint_rsa_exponent_small", Low,
        "the public exponent of the RSA key is below 65537, where faulty verifiers were fooled",
        "FIPS 186-5 §A.1.1, CVE-2006-4339", "make a key with the exponent 65537";
    RsaRoca = "lint_rsa_roca", Critical,
        "the RSA modulus was made by a chip with the ROCA fault, and can be factored",
        "CVE-2017-15361", "make a key with other software, and revoke this one";
    RsaFactor = "lint_rsa_factor", Critical,
        "the RSA modulus is even or has a small prime factor",
        "RFC 8017 §3.1", "make a key with sound software, and revoke this one";
    KeyUnsound = "lint_key_unsound", High,
        "the numbers of the key are no key: a point off its curve, of small order, or halves that do not fit",
        "RFC 8725 §3.4", "export the key again, or make another";
    KeyLegacyPem = "lint_key_legacy_pem", Medium,
        "the private key is under OpenSSL's legacy encryption, which hashes the password once, with MD5",
        "RFC 1423 §1.1, RFC 8018 §6", "convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt";
    KeyOpaque = "lint_key_opaque", Info,
        "this is an encrypted key, a certificate, or of a kind that is not read, and was not examined",
        "RFC 7517 §1", "give the public key as PEM or JWK";
    KeyUnreadable = "lint_key_unreadable", Medium,
        "the document cannot be read as a key: a member is missing or wrong",
        "RFC 7517 §4", "export the key again; `jotem key show` says what is wrong";
    // What a JWK says about its use.
    KeyAlgMissing = "lint_key_alg_missing", Low,
        "the JWK has no `alg`, and its type allows several: the token or the program must choose",
        "RFC 7517 §4.4, RFC 8725 §3.1", "write the one algorithm the key is for";
    KeyUseMissing = "lint_key_use_missing", Info,
        "the JWK has neither `use` nor `key_ops`",
        "RFC 7517 §4.2, §4.3", "write `\"use\": \"sig\"`";
    KeyUseWrong = "lint_key_use_wrong", Medium,
        "`use` or `key_ops` of the JWK contradict each other, or say that it is not for signatures",
        "RFC 7517 §4.2, §4.3", "write `\"use\": \"sig\"`; keep one key for each purpose";
    KeyAlgWrong = "lint_key_alg_wrong", Medium,
        "`alg` of the JWK does not fit its type or its curve",
        "RFC 7517 §4.4", "write the algorithm of the key";
    // Sets.
    SetEmpty = "lint_set_empty", Low,
        "the set has no keys, so no token can be verified with it",
        "RFC 7517 §5", "publish at least the current key";
    SetPrivate = "lint_set_private", High,
        "a member of the set has a private part: where the set is published, everybody can sign",
        "RFC 7517 §9.2", "publish only public keys; replace this one if it was published";
    SetMixed = "lint_set_mixed", High,
        "the set has shared secrets beside public keys, the door to key confusion",
        "RFC 8725 §2.1, §3.1", "keep shared secrets apart, and never publish them";
    SetKidMissing = "lint_set_kid_missing", Medium,
        "a key of a set of several has no `kid`, so verifiers must try",
        "RFC 7517 §4.5", "name each key, by its thumbprint (RFC 7638) for example";
    SetKidTwice = "lint_set_kid_twice", Medium,
        "two keys of one type have the same `kid`",
        "RFC 7517 §4.5", "name each key, by its thumbprint (RFC 7638) for example";
    SetKeyTwice = "lint_set_key_twice", Low,
        "one key stands in the set twice",
        "RFC 7517 §5", "publish each key once";
}

impl std::fmt::Display for Rule {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.code())
    }
}
