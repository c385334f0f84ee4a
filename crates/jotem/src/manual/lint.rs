//! What [`lint`](crate::lint) looks for.
//!
//! `lint` tells what is weak in a token or a key: what a verifier may well accept, and what should
//! be better all the same. It verifies nothing. No finding is no verdict.
//!
//! # Severities
//!
//! | severity | meaning |
//! |---|---|
//! | critical | everybody can forge tokens or read a key, with what is here |
//! | high | one more mistake, or one theft, and an attacker has what the token or the key protects |
//! | medium | a verifier less strict than this one can be misled, or more is open than need be |
//! | low | a habit that limits damage is missing |
//! | info | worth knowing; nothing need change today |
//!
//! # What is taken for sound
//!
//! - A token of one of the engine's algorithms with `typ`, `iss`, `sub`, `aud`, `exp`, `iat` and
//!   `jti` that lives for a day at most. What a kind of token never has is not missing: a DPoP proof
//!   (RFC 9449) has no `exp` and brings its key, a security event (RFC 8417) does not expire.
//! - RSA from 2048 to 8192 bits with the exponent 65537, PKCS#1 v1.5 as well as PSS; every curve of
//!   the engine; secrets as long as the hash and not recognizable as a text.
//! - A JWK with `use` or `key_ops`, and with `alg` where its type allows several; a set of public
//!   keys, each with a `kid` of its own.
//!
//! # Thresholds
//!
//! | what | where the line is | why |
//! |---|---|---|
//! | lifetime | a day, 90 days | nobody calls a bearer token back; 90 days are a refresh token's life |
//! | `iat` in the future | 300 s | the most leeway that a verifier can be given |
//! | size | 4,096 and 8,192 bytes | a cookie of RFC 6265; the header limit of common servers |
//! | RSA factors | all below 4,096 | sound software makes no such prime |
//! | secrets | five different bytes, nine tenths in sequence, a repeated block; words by their vowels and pairs of letters | 32 random bytes reach none of it, in any spelling |
//!
//! The numbers of payment cards are told by network, length and check digit, and not looked for in
//! `sub`, `jti` and other identifiers, which are often long numbers.
//!
//! # The rules
//!
//! ## Critical
//!
//! | code | what is weak | cure | reference |
//! |---|---|---|---|
//! | `lint_alg_none` | `alg` is `none`: nobody signed the token, and everybody can write it | sign it, with ES256 for example, and never accept `none` | RFC 8725 §3.2, CVE-2015-9235 |
//! | `lint_signature_missing` | the signature is empty: everybody can write such a token | sign it, and refuse tokens without a signature | RFC 7515 §5.2, CVE-2020-28042 |
//! | `lint_header_key_private` | the header has a private key in it: every reader of the token can sign | replace the key, and send only the public part, or none | RFC 7515 §4.1.3 |
//! | `lint_secret_guessed` | the signature holds under a secret that everybody knows | make 32 random bytes, replace the secret, and sign everybody in again | RFC 8725 §3.5, RFC 7518 §3.2 |
//! | `lint_signed_with_public_key` | the HMAC of the token was made with the text of the public key: everybody can do that | refuse it; verify with keys that know their one algorithm | RFC 8725 §2.1, CVE-2016-10555 |
//! | `lint_secret_empty` | the secret is empty | make 32 random bytes | RFC 7518 §3.2, CVE-2019-20933 |
//! | `lint_secret_known` | the secret stands in documentation, in tutorials or in lists of passwords | make 32 random bytes, and replace the secret | RFC 8725 §3.5 |
//! | `lint_secret_is_key` | the secret is key material: where that is public, everybody can sign | make 32 random bytes for HMAC; verify signatures with a key of their type | RFC 8725 §2.1, CVE-2016-10555 |
//! | `lint_rsa_tiny` | the RSA modulus has less than 1024 bits: moduli of 829 bits were factored | make a key of 3072 bits, or for ES256 | RFC 7518 §3.3 |
//! | `lint_rsa_exponent` | the public exponent of the RSA key is even, below 3, or longer than 33 bits | make a key with the exponent 65537 | RFC 8017 §3.1 |
//! | `lint_rsa_roca` | the RSA modulus was made by a chip with the ROCA fault, and can be factored | make a key with other software, and revoke this one | CVE-2017-15361 |
//! | `lint_rsa_factor` | the RSA modulus is even or has a small prime factor | make a key with sound software, and revoke this one | RFC 8017 §3.1 |
//!
//! ## High
//!
//! | code | what is weak | cure | reference |
//! |---|---|---|---|
//! | `lint_duplicate_member` | a member name stands twice, so two readers can understand two different things | write each name once | RFC 7519 §4, RFC 7515 §4 |
//! | `lint_alg_missing` | the header has no `alg`, or none that is a string | let a library write the header | RFC 7515 §4.1.1 |
//! | `lint_alg_sha1` | the signature algorithm uses SHA-1, for which collisions are computed | use ES256, Ed25519 or PS256 | RFC 8812 §5.3 |
//! | `lint_header_key_url_plain` | the header points to a key without TLS, so who is on the way can replace the key | leave it out; the least is https | RFC 7515 §4.1.2, §4.1.5 |
//! | `lint_kid_injection` | `kid` looks like an attack on a verifier that makes a file name, a query or a command of it | compare `kid` with the names of known keys, and with nothing else | RFC 8725 §3.10 |
//! | `lint_enc_rsa1_5` | the content key is encrypted with RSAES-PKCS1-v1_5, which Bleichenbacher's attack opens | use RSA-OAEP-256 or ECDH-ES | RFC 8725 §3.2 |
//! | `lint_exp_missing` | `exp` is missing: who steals the token has it for ever | let it expire after minutes, and renew it | RFC 7519 §4.1.4, RFC 9068 §2.2 |
//! | `lint_date_milliseconds` | a date is beyond the year 9999, as milliseconds are: a token that expires then never expires | divide by 1000: dates are in seconds | RFC 7519 §2 |
//! | `lint_claim_password` | a claim has the name of a password or a PIN, and everybody who sees the token can read it | never put it in a token | RFC 7519 §12 |
//! | `lint_claim_secret` | a claim is a private key, an API key or another secret, and everybody who sees the token can read it | replace the secret, and keep it out of tokens | RFC 7519 §12 |
//! | `lint_claim_card` | a claim looks like the number or the security code of a payment card | keep it out of tokens; refer to the card by an identifier | RFC 7519 §12 |
//! | `lint_key_confusion` | the token asks for an HMAC, and the key is a public one: a verifier that obeys can be fooled | verify with keys that know their one algorithm | RFC 8725 §2.1, §3.1 |
//! | `lint_secret_short` | the secret is shorter than the hash of its algorithm, and can be guessed from one token | make as many random bytes as the hash has: 32, 48 or 64 | RFC 7518 §3.2, RFC 8725 §3.5 |
//! | `lint_secret_pattern` | the secret repeats itself, counts up or down, or has almost no different characters | make 32 random bytes | RFC 8725 §3.5 |
//! | `lint_rsa_small` | the RSA modulus has less than 2048 bits | make a key of 3072 bits, or for ES256 | RFC 7518 §3.3 |
//! | `lint_key_unsound` | the numbers of the key are no key: a point off its curve, of small order, or halves that do not fit | export the key again, or make another | RFC 8725 §3.4 |
//! | `lint_set_private` | a member of the set has a private part: where the set is published, everybody can sign | publish only public keys; replace this one if it was published | RFC 7517 §9.2 |
//! | `lint_set_mixed` | the set has shared secrets beside public keys, the door to key confusion | keep shared secrets apart, and never publish them | RFC 8725 §2.1, §3.1 |
//!
//! ## Medium
//!
//! | code | what is weak | cure | reference |
//! |---|---|---|---|
//! | `lint_token_shape` | the text does not have the segments of a token | pass the whole token, three segments with two dots | RFC 7515 §7.1 |
//! | `lint_token_too_large` | the token has more than 8 KiB, which the default limits of many servers refuse in a header | keep in the token what every request needs, and the rest in a database | RFC 9110 §5.4 |
//! | `lint_base64_alphabet` | a segment has characters outside base64url; who skips them accepts many spellings of a token | write base64url (`-` and `_`), not base64 (`+` and `/`) | RFC 7515 §2 |
//! | `lint_base64_padding` | a segment is padded with `=`; who accepts that accepts two spellings of a token | write base64url without padding | RFC 7515 §2 |
//! | `lint_base64_trailing_bits` | a segment ends with bits that belong to no byte; who ignores them accepts many spellings | write canonical base64url: the last bits are zero | RFC 4648 §3.5 |
//! | `lint_json_malformed` | this part is not sound JSON in UTF-8, or nests deeper or has more members than readers allow | write it with a JSON library, in UTF-8 without a byte order mark | RFC 8725 §3.7 |
//! | `lint_alg_unknown` | `alg` names no signature algorithm that this engine knows; names are case-sensitive | use ES256, Ed25519 or PS256, spelled exactly so | RFC 7518 §3.1 |
//! | `lint_signature_length` | the signature does not have the length of its algorithm | for ECDSA write r and s at full width, not DER (RFC 7518 §3.4) | RFC 7518 §3 |
//! | `lint_parameter_type` | a registered header parameter is not of the type that its RFC gives it | let a library write the header | RFC 7515 §4.1 |
//! | `lint_header_key` | the header brings a key; who verifies with it verifies nothing | leave it out; name the key with `kid`, and publish a key set | RFC 8725 §3.10, CVE-2018-0114 |
//! | `lint_header_key_url` | the header says where to fetch a key; who follows it lets the sender choose the key and the address | leave it out; verifiers know where the issuer's key set is | RFC 8725 §3.10 |
//! | `lint_crit_malformed` | `crit` is empty, repeats a name, or names a parameter that is not there | list each extension in use once, or leave `crit` out | RFC 7515 §4.1.11 |
//! | `lint_crit_registered` | `crit` names a registered parameter, which everybody must understand anyway | list only extensions | RFC 7515 §4.1.11 |
//! | `lint_b64_false` | `b64` is false: a JWT must not be unencoded | leave `b64` out | RFC 7797 §7 |
//! | `lint_zip` | the content is compressed: its length can tell what it says, and a small token can become a large one | do not compress | RFC 8725 §3.6 |
//! | `lint_claims_unreadable` | the payload is no JSON object, so it is no claims set | put an object there; for other content use a JWS and say so in `cty` | RFC 7519 §7.2 |
//! | `lint_claim_type` | a registered claim is not of the type that RFC 7519 gives it | write texts as strings; `aud` may be a list of them | RFC 7519 §4.1 |
//! | `lint_claim_empty` | a registered claim is there and says nothing, which a careless check takes for a match | write its value, or leave it out | RFC 8725 §3.8, §3.9 |
//! | `lint_aud_wildcard` | `aud` has a wildcard: audiences compare whole, and who matches patterns accepts too much | list the audiences | RFC 7519 §4.1.3, RFC 8725 §3.9 |
//! | `lint_date_type` | a date is not a number, and readers differ in what they make of that | write seconds since 1970 as a JSON number | RFC 7519 §2 |
//! | `lint_date_range` | a date lies before 1970 | write seconds since 1970 | RFC 7519 §2 |
//! | `lint_lifetime_very_long` | the token lives for more than 90 days: it outlives sessions, roles and people's jobs | let it live for minutes, and renew it with a refresh token | RFC 9700 §4.14, RFC 6750 §5.3 |
//! | `lint_exp_before_iat` | the token expires before it is issued | look at the clock and the arithmetic of the issuer | RFC 7519 §4.1.4 |
//! | `lint_nbf_after_exp` | the token is never valid: `nbf` is not before `exp` | look at the clock and the arithmetic of the issuer | RFC 7519 §4.1.5 |
//! | `lint_iat_future` | the token was issued more than five minutes in the future | set the clock of the issuer by NTP | RFC 7519 §4.1.6 |
//! | `lint_claim_national_id` | a claim looks like a number by which a state knows a person | keep it out of tokens, or encrypt the token (JWE) | RFC 7519 §12 |
//! | `lint_claim_token` | a claim is a token itself, and everybody who sees the outer one can use it | refer to it by its `jti`, or encrypt the outer token | RFC 7519 §12, RFC 6750 §5.2 |
//! | `lint_key_mismatch` | the key is not of the type, or not for the algorithm, that the token names | give the key that belongs to the token | RFC 8725 §3.1 |
//! | `lint_secret_words` | the secret is made of words: its length says little about how hard it is to guess | make 32 random bytes | RFC 8725 §3.5 |
//! | `lint_secret_base64_text` | the secret is the base64 of a short or guessable text, and no harder to guess than that | make 32 random bytes, and encode those | RFC 8725 §3.5 |
//! | `lint_key_legacy_pem` | the private key is under OpenSSL's legacy encryption, which hashes the password once, with MD5 | convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt | RFC 1423 §1.1, RFC 8018 §6 |
//! | `lint_key_unreadable` | the document cannot be read as a key: a member is missing or wrong | export the key again; `jotem key show` says what is wrong | RFC 7517 §4 |
//! | `lint_key_use_wrong` | `use` or `key_ops` of the JWK contradict each other, or say that it is not for signatures | write `"use": "sig"`; keep one key for each purpose | RFC 7517 §4.2, §4.3 |
//! | `lint_key_alg_wrong` | `alg` of the JWK does not fit its type or its curve | write the algorithm of the key | RFC 7517 §4.4 |
//! | `lint_set_kid_missing` | a key of a set of several has no `kid`, so verifiers must try | name each key, by its thumbprint (RFC 7638) for example | RFC 7517 §4.5 |
//! | `lint_set_kid_twice` | two keys of one type have the same `kid` | name each key, by its thumbprint (RFC 7638) for example | RFC 7517 §4.5 |
//!
//! ## Low
//!
//! | code | what is weak | cure | reference |
//! |---|---|---|---|
//! | `lint_token_large` | the token has more than 4 KiB, so browsers do not keep it in a cookie | keep in the token what every request needs, and the rest in a database | RFC 6265 §6.1 |
//! | `lint_bearer_prefix` | the authentication scheme `Bearer` stands before the token | store and pass on only what follows the scheme | RFC 6750 §2.1 |
//! | `lint_whitespace` | there is whitespace or an invisible character around the token or in it | remove it where the token is stored or cut out | RFC 7515 §2 |
//! | `lint_quoted` | the token stands in quotation marks | read the value out of the JSON or the configuration that quotes it | RFC 7515 §7.1 |
//! | `lint_kid_empty` | `kid` is empty | name the key by its thumbprint (RFC 7638), or leave `kid` out | RFC 7515 §4.1.4 |
//! | `lint_kid_url` | `kid` is a URL, which a careless verifier fetches | name the key by its thumbprint (RFC 7638) | RFC 8725 §3.10 |
//! | `lint_kid_missing` | the header has no `kid`, and the set has several keys that it could mean | name the key in every token | RFC 7515 §4.1.4 |
//! | `lint_crit_unknown` | `crit` names an extension; verifiers that do not know it must refuse the token | make sure that every verifier knows the extension, or leave it out | RFC 7515 §4.1.11 |
//! | `lint_aud_missing` | `aud` is missing, so one service can use the token at another | name who the token is for, and expect it | RFC 8725 §3.9 |
//! | `lint_iss_missing` | `iss` is missing, so keys cannot be bound to their issuer | name the issuer, and expect it | RFC 8725 §3.8 |
//! | `lint_sub_missing` | `sub` is missing: the token does not say whom it speaks of | name the subject by an identifier that is never given twice | RFC 7519 §4.1.2, RFC 9068 §2.2 |
//! | `lint_jti_missing` | `jti` is missing, so this one token can neither be revoked nor seen twice | write a random identifier | RFC 7519 §4.1.7, RFC 9068 §2.2 |
//! | `lint_iat_missing` | `iat` is missing, so the age of the token cannot be told | write when it was issued | RFC 7519 §4.1.6, RFC 9068 §2.2 |
//! | `lint_lifetime_long` | the token lives for more than a day, and cannot be called back in that time | let it live for minutes to hours, and renew it | RFC 6750 §5.3 |
//! | `lint_lifetime_zero` | the token expires in the second in which it is issued | add a lifetime to the time of issue | RFC 7519 §4.1.4 |
//! | `lint_claim_personal` | a claim has an e-mail address, a telephone number, a postal address or a date of birth | leave it to the userinfo endpoint, or make sure that no log keeps the token | RFC 7519 §12 |
//! | `lint_rsa_huge` | the RSA modulus has more than 8192 bits, and each verification burns time | make a key of 3072 bits, or for ES256 | RFC 7518 §3.3, CVE-2023-6237 |
//! | `lint_rsa_exponent_small` | the public exponent of the RSA key is below 65537, where faulty verifiers were fooled | make a key with the exponent 65537 | FIPS 186-5 §A.1.1, CVE-2006-4339 |
//! | `lint_key_alg_missing` | the JWK has no `alg`, and its type allows several: the token or the program must choose | write the one algorithm the key is for | RFC 7517 §4.4, RFC 8725 §3.1 |
//! | `lint_set_empty` | the set has no keys, so no token can be verified with it | publish at least the current key | RFC 7517 §5 |
//! | `lint_set_key_twice` | one key stands in the set twice | publish each key once | RFC 7517 §5 |
//!
//! ## Info
//!
//! | code | what is weak | cure | reference |
//! |---|---|---|---|
//! | `lint_json_serialization` | this is a JWS or a JWE in the JSON serialization, which is not examined | a JWT is always in the compact serialization (RFC 7519 §3) | RFC 7515 §7.2 |
//! | `lint_encrypted` | the token is encrypted (JWE), so only its header could be examined | decrypt it, and examine the token inside | RFC 7516 §3.1 |
//! | `lint_alg_rare` | ES256K (on secp256k1) is known to few libraries | use ES256 or Ed25519 unless a ledger asks for this curve | RFC 8812 §3.2 |
//! | `lint_alg_deprecated` | the name `EdDSA` leaves the curve open and is deprecated | write `Ed25519` when every verifier reads that name | RFC 9864 §4.1.2 |
//! | `lint_typ_missing` | `typ` is missing, so nothing in the header tells this kind of token from another | name the kind of token, `at+jwt` for an access token, and expect it | RFC 8725 §3.11 |
//! | `lint_typ_generic` | the claims are those of an access token, but `typ` only says JWT | write `at+jwt`, and expect it | RFC 9068 §2.1, RFC 8725 §3.11 |
//! | `lint_key_opaque` | this is an encrypted key, a certificate, or of a kind that is not read, and was not examined | give the public key as PEM or JWK | RFC 7517 §1 |
//! | `lint_key_use_missing` | the JWK has neither `use` nor `key_ops` | write `"use": "sig"` | RFC 7517 §4.2, §4.3 |
