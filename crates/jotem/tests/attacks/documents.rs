//! Key documents: how to take them apart, and odd ones that OpenSSL 3.0 made once.

#![expect(clippy::unwrap_used, reason = "a document that cannot be made is a failed test")]

use jotem::{Error, Jwk, SigningKey};
use serde_json::Value;

/// The code of an error, or `"accepted"`.
pub(crate) fn code<T>(result: Result<T, Error>) -> &'static str {
    match result {
        Ok(_) => "accepted",
        Err(error) => error.code().as_str(),
    }
}

/// The members of a private JWK.
pub(crate) fn private_members(key: &SigningKey) -> Value {
    let json = key.to_jwk().unwrap().to_private_json();
    std::str::from_utf8(json.expose()).unwrap().parse().unwrap()
}

/// The members of a public JWK.
pub(crate) fn public_members(key: &SigningKey) -> Value {
    key.to_jwk().unwrap().to_json().unwrap().parse().unwrap()
}

/// A JWK with one member replaced, or added.
pub(crate) fn with(members: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut changed = members.clone();
    changed.as_object_mut().unwrap().insert(name.to_owned(), value.into());
    changed
}

/// A JWK without some of its members.
pub(crate) fn without(members: &Value, names: &[&str]) -> Value {
    let mut changed = members.clone();
    changed.as_object_mut().unwrap().retain(|name, _| !names.contains(&name.as_str()));
    changed
}

/// The bytes of a member.
pub(crate) fn bytes(members: &Value, name: &str) -> Vec<u8> {
    from_base64(members[name].as_str().unwrap())
}

/// Reads a JWK from its members.
pub(crate) fn read(members: &Value) -> Result<Jwk, Error> {
    Jwk::from_json(members.to_string())
}

/// Decodes base64 of either alphabet, without checking it.
pub(crate) fn from_base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut word, mut bits) = (0_u32, 0_u32);
    for byte in text.bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte.wrapping_sub(b'A'),
            b'a'..=b'z' => byte.wrapping_sub(b'a').wrapping_add(26),
            b'0'..=b'9' => byte.wrapping_sub(b'0').wrapping_add(52),
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => continue,
        };
        word = (word << 6) | u32::from(six);
        bits = bits.wrapping_add(6);
        if bits >= 8 {
            bits = bits.wrapping_sub(8);
            bytes.push((word >> bits).to_le_bytes()[0]);
        }
    }
    bytes
}

/// The DER inside a PEM text.
pub(crate) fn der(pem: &str) -> Vec<u8> {
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    from_base64(&lines.collect::<String>())
}

/// PEM with another label.
pub(crate) fn relabel(pem: &str, from: &str, to: &str) -> String {
    assert!(pem.contains(from));
    pem.replace(from, to)
}

/// An EC key on P-192.
pub(crate) const P192_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MEkwEwYHKoZIzj0CAQYIKoZIzj0DAQEDMgAEZ11vzB1JyieC602GZ71T5HYD8YiM
0WCx+toTlJtYF9OxVTchpwBos5/cteUw4Aye
-----END PUBLIC KEY-----
";

/// An EC key on P-224.
pub(crate) const P224_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
ME4wEAYHKoZIzj0CAQYFK4EEACEDOgAE508ZUGKhIloSa00CO8M3G2EqoN2MqS3+
qbQHopR6pRFz1dU5YmIQZ5S3Hgu5CNVddyYzknUaWTc=
-----END PUBLIC KEY-----
";

/// An EC key on brainpoolP256r1.
pub(crate) const BRAINPOOL_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MFowFAYHKoZIzj0CAQYJKyQDAwIIAQEHA0IABJ/vpRKGXLvbgvNHScVg6GPrHMe6
mois2tVcZvaPR+eZmDAQEMpQcQr9bGd6jZmPcSGR0KsZxMKgfas9YIwQRwo=
-----END PUBLIC KEY-----
";

/// An EC key on P-256 that spells the curve out instead of naming it.
pub(crate) const EXPLICIT_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA
AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////
///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd
NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5
RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA
//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABGxeD+VF8KlF9I9bmSaaFLnN
kHVuaouf7Rq/HXqAzDdidkcpeudho/QeqzaUGYH7KRITVyepLc1DcVn/CPEnPpM=
-----END PUBLIC KEY-----
";

/// The private half of [`EXPLICIT_PUBLIC`].
pub(crate) const EXPLICIT_PRIVATE: &str = "\
-----BEGIN PRIVATE KEY-----
MIIBeQIBADCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAAB
AAAAAAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA
///////////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMV
AMSdNgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg
9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8A
AAAA//////////+85vqtpxeehPO5ysL8YyVRAgEBBG0wawIBAQQgd2b0YbPnZ0nT
L9XKEtAVzOAxql7AKxWmxtqDuxsBB1yhRANCAARsXg/lRfCpRfSPW5kmmhS5zZB1
bmqLn+0avx16gMw3YnZHKXrnYaP0Hqs2lBmB+ykSE1cnqS3NQ3FZ/wjxJz6T
-----END PRIVATE KEY-----
";

/// An EC key on P-256 with a compressed point.
pub(crate) const COMPRESSED_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADbF4P5UXwqUX0j1uZJpoUuc2QdW5q
i5/tGr8deoDMN2I=
-----END PUBLIC KEY-----
";

/// An EC key on P-256 with a point in hybrid form.
pub(crate) const HYBRID_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAHbF4P5UXwqUX0j1uZJpoUuc2QdW5q
i5/tGr8deoDMN2J2Ryl652Gj9B6rNpQZgfspEhNXJ6ktzUNxWf8I8Sc+kw==
-----END PUBLIC KEY-----
";

/// The key of the two before in the form that is read.
pub(crate) const UNCOMPRESSED_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbF4P5UXwqUX0j1uZJpoUuc2QdW5q
i5/tGr8deoDMN2J2Ryl652Gj9B6rNpQZgfspEhNXJ6ktzUNxWf8I8Sc+kw==
-----END PUBLIC KEY-----
";

/// Its private half as SEC1.
pub(crate) const SEC1_PRIVATE: &str = "\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIHdm9GGz52dJ0y/VyhLQFczgMapewCsVpsbag7sbAQdcoAoGCCqGSM49
AwEHoUQDQgAEbF4P5UXwqUX0j1uZJpoUuc2QdW5qi5/tGr8deoDMN2J2Ryl652Gj
9B6rNpQZgfspEhNXJ6ktzUNxWf8I8Sc+kw==
-----END EC PRIVATE KEY-----
";

/// A key of key agreement.
pub(crate) const X25519_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VuAyEAd1A6dVD8eu9+Z+DjTkpEgJWPE/GnAwIl0HcPjLC/Yks=
-----END PUBLIC KEY-----
";

/// The private half of [`X25519_PUBLIC`].
pub(crate) const X25519_PRIVATE: &str = "\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VuBCIEIADlLHfar22iOYEm9jD2QOBL9yk226qRfmbDzYWN5INQ
-----END PRIVATE KEY-----
";

/// An Ed448 key, which the default features do not know.
pub(crate) const ED448_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MEMwBQYDK2VxAzoAKo+jM8dwmQhRCpYD26bIAMKCqQKoAKsVDN2c9sk7wixl5agD
r9EJdepUClU5FuJLWwRvUQS4uo4A
-----END PUBLIC KEY-----
";

/// The private half of [`ED448_PUBLIC`].
pub(crate) const ED448_PRIVATE: &str = "\
-----BEGIN PRIVATE KEY-----
MEcCAQAwBQYDK2VxBDsEOWwse8Ds032yQ5Qxgi9zdMQluSsgMQVEI3MeUqKBZ9Ox
2AhxQbL3WIfKg3w7heVFcdAFQXSHaZJl5A==
-----END PRIVATE KEY-----
";

/// An Ed25519 key under the password "secret".
pub(crate) const ENCRYPTED_PRIVATE: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiw8PDXJQIcIwICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEJnLSMC1nBRUN+d7LXm6fckEQHLG
fdnGcTvdjnKA0n/w0HuZLfNQSuxDd/crfBAZpRI+buGCiD4A8t32NDgO2JaqgwrV
Kpb9Kfacue4bKqeUjSY=
-----END ENCRYPTED PRIVATE KEY-----
";

/// An RSA key of 512 bits.
pub(crate) const RSA_512_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALgP+BPj6TLXOiWLN0U1hNesr3Oh3wt0
zP3HmV7zgKZMiZsDPI5djNvBK3c0556cdWIntDDZqBtOMr6OmSPDCDUCAwEAAQ==
-----END PUBLIC KEY-----
";

/// An RSA key of 1024 bits.
pub(crate) const RSA_1024_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDVipgVEKPC3PMI7PbzMlYKjkUy
oUji2dyTV56g9yIoeE0HQMf0cOMGd2ka01FPQmNk6ABHaoBNlQwsoGfEj3ZwfMBV
wFO93jzB/vjRbllEYW9fJx6mecYzvszwrwjVo1bLDNTYrx2fdEP+AtHPSMTHOY08
iLHAjTWs7QC2UypxQQIDAQAB
-----END PUBLIC KEY-----
";

/// The private half of [`RSA_1024_PUBLIC`].
pub(crate) const RSA_1024_PRIVATE: &str = "\
-----BEGIN PRIVATE KEY-----
MIICeQIBADANBgkqhkiG9w0BAQEFAASCAmMwggJfAgEAAoGBANWKmBUQo8Lc8wjs
9vMyVgqORTKhSOLZ3JNXnqD3Iih4TQdAx/Rw4wZ3aRrTUU9CY2ToAEdqgE2VDCyg
Z8SPdnB8wFXAU73ePMH++NFuWURhb18nHqZ5xjO+zPCvCNWjVssM1NivHZ90Q/4C
0c9IxMc5jTyIscCNNaztALZTKnFBAgMBAAECgYEAxqTvxqC9BheNyd7N9vv7SESC
oI+igszRwQsAGJLs5qLKXRXpLD4bIrfQQVEU0VtbpNGg+M5c3k7pjVYGUbZ3IIbe
rQOQJJ/ViDr76sh+JIQ46rOi2HKNtEwgdTd/DDGgnrnK7Ww1567YGp/5yJbkP2Ep
vJkulOujdoLiULpLxhUCQQD8ISIpEpbFazl30NkoJsi/h4J9uG32D5ff7IpgAntC
/nM/MqbeG57Iz8Di5qnSp/VST1oUYAc7yyG5ajU2lAzPAkEA2NHPWA+l/ILxLkOd
GdimoUhMrOc9G09ID5VTfhmkFLLTCaDFKuSeF42ctYtg6xFEWU+Fnbr1N7uRzieJ
GZzE7wJBAOYgr/dhOjCTf+62t58IV29KFnb94ZAYB32hf2PGoA80BKkIaHqOJ04P
InV4KEVYfHhWaVfzlmajL/L21/8q/s0CQQDBHzB2GYoZPnCgaq0WBnl1ErbpExbE
qntfFfzGRwR1Q0riOockS3ndNM+ujLUI69pbSo+TDKG6wKGAZIqje5WVAkEAp81C
zWT8Lz+T8JsPKmTqQg7jukANv7EcHfV6TapS/HRq2FcipmWlqmJ50BaR8gtKQai1
F1VRLNIQEKMk8ACOPA==
-----END PRIVATE KEY-----
";

/// An RSA key that is restricted to PSS by its type (RFC 4055).
pub(crate) const RSA_PSS_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBAKbEascDzFuCZWVRe4agyasY
q9ugZt0rWHNRloNFVACQBFxi7o4xFObbL2cBWzDba8WlaOzRGi4iUjfu05dNrLUj
/aIcQ8cOplXzqxL+KNf17U+G3pUqpiuF22312aRcDSyBqr1Uy5q9AcTu7VdydwaS
5nfGtfvONicQKuPqkg4K2VFVvLWSbs7zGhSAd3INyBXhXnqDC/Y5rp7JoQodS2oC
K6oLcD19wKXbG4LLotYdnjKVgoB8qemigU1bfqm51H7jsgTd++n+oTPKBigIRNuf
C6Uh/NoylWa5e6bRamUKFC7DXjj3rsrc3S5mH8Yxc+infMz09Gra0L7FApPQiPcC
AwEAAQ==
-----END PUBLIC KEY-----
";

/// An RSA key of 2048 bits and three primes.
pub(crate) const RSA_THREE_PRIMES: &str = "\
-----BEGIN PRIVATE KEY-----
MIIE8wIBADANBgkqhkiG9w0BAQEFAASCBN0wggTZAgEBAoIBAQC4H4BR/ZHkFSTI
BC2T7Ubx2rhxQe+XWJYkdqBlcVwRce/Pz1QHPJcVoA9EB2hedHBbNu4Gs+GhgGK/
YzYuCPZAHkQ8x5Vy/yg00AnyFzZvCiFRm7GI34WmAc70J18R+aSaPwaOG8ZMASFI
KJjv9K2LQPt4zNgMdJfqwh9TF3oOTrKtOdGUkybjhegH9CCi9YYkNAGQ8fcZrHHE
A6Gm33ESXG9r7oOF8/dbXIE9WmduuEc1Z1aHj/7Te4z06K5eoYpJ+HuXdsZFTls0
DVgv6mVkeFG5R+GfupzVGhrO/2PtAwFX/qfcKYu/36ez2jEGo4nbeQHVFAAGVDWR
DTykU9UvAgMBAAECggEAChJnEZUeYuypK2vXFm13YQmG52Mk+RF2fR4kHgh6cdXa
uXJs9UxiM2OjEiSZl/kkoEi78o/qeswsGq4Rq6j/13gQYYbFbRn6GBF9ScntR1u1
gOJUbtPRdC4WEt+WAcGvvvW5rR/zX9LFa14sbQKlP3nGcVCX7y1RsMvhZLNDp8nF
5MsbAbQ+JUzuE+tQ1stNK5vsqM6jkYeuLCMSw9gWChQQrh0/0vsE4fJgYihRkxBd
VYzdrtFGSEoigF97Xm7YxBzyCZEItQy1uY0Dr5XPt1ueuGjQ8AEb0RK5kMnIdvH2
Mc4n7m2oSPjhrCI0K4qEUzPjrkGql5YiSxRafOwQGQJWBxJejHPLCd/7gFKL04mN
AtzKjrxK/U9Sx79YVXj6PrIDR3UyQH9hvcszvJk+xBURex/oExX26Ee51mzmVBGu
eRg8qeqhK/mOafUgrA30TlkyeWY/kSMCVgagA+IGA2gNuUox7Lfn/K/fjWm7+jO5
0LHYKvGpcWxHq3iZZQifPKXb88ctsN0saCR1Y89z+fDelqTm7e5OEF3dk37qP9wD
kMSZ5CjAYxJh4eb4VHprAlYFPfuyd9+JqWxg2k/mdm9+MLdCiZe5IMUHZvMPIQe3
0/OUU+71WrfUnj3yz1J0vf1gXO2GwGBwHUNIDR/ML/M6ttm5R0FEPNDyAJDAmfOA
5KQC0+XJKwJWAxEimwjTnOD1jQ5tmnlvte9UpMUbv8Reg2YiAzvAwTKwg6Tna8Vj
qxiW0vco8Eq1b2NUsF3tL/+rV218ahyDYSDJPjCtHWodI5ZmVCMz+feMP4NogD8C
VgEnPko7zQ37alQKxWp3YhuLTEozNsLANw0w4NfaiFu20tNLfy2SKKc3+pSXWr0M
rI/dUnEEd8k22QrY+REW8CmOKSu5JyUapDvc5IqGnsWs5hMHrd24MIIBDDCCAQgC
VgPuE6rGbcGzR534hhWVV2cHrp3nAT9KXNA6NAc7gS/0YDRvNLOdTTjx3fz9cWb6
SDeHd7jaHc/KLX5XoFMchne7+LqN7ikiZDfPLRLMbHfINFzn2rrPAlYB8vKCAUKx
i6365CPrVFMyX5bz7Hqr3r9E7XicFaCuHa4Qkw45/csscJc9PpwdDAcAswhm/pVG
VehV/jMexMjTXL+wFW+Fqu601uRtrEAm7304jivl9QJWAcWJqIAJofm/Ny1p9JJX
ZPyxo4jKPvnZKx8Y8oay0Sw5LtL3Gk8uSyKvgLVBGcycfowasgRx/BfZB1gt0NAb
xNBMT8+MyvCx1NhSJO1crQe+ptDbKoM=
-----END PRIVATE KEY-----
";

/// An RSA key of 2048 bits as PKCS#1.
pub(crate) const RSA_PKCS1: &str = "\
-----BEGIN RSA PRIVATE KEY-----
MIIEogIBAAKCAQEAp+VKLA8YpijN98zk99fO/2hXVlV3uWlDfgkWnNi1haiEZyXw
p7+f1kscbmjU4UCNmjI2yDqNvFtyrhMhIeIxXLph6hEhAXZctA0+fS8Edn43A16A
U8a9YyHQgMp4yIKCEQRFsrkUq1wJcrknEjhLXsZdfZh1wEu4lGdLSJeGlpEqysB0
6rQG5mq/GCRV1bykZVMdviZHPfUOI9QnvvBL9VmnpBKAzBe4H5w44e8FKF1J7bnT
I3JVEMbkntxv5NW/4tk6vZSfyLtu031lq2rZ8acFxpMR59TR37y6nnImumZeGdqL
lxnJ7KL7uJM6iX+Seip7HawJzYT+0jshMoUhwwIDAQABAoIBADYtN1tzPZ10Yk4Z
WDMfeMSSy0fpCVqTfHthfGH9TcnE4ICWTgsbOvz/vLtl6XeMCIVeua2vs0e57I3+
Tz0rS4lj/S91+oQJyQ0yjtz/PH3t6VuVdWxTH46q/Shp7UKqVkUeb00mCuTmrIfP
9isbbjq1YLqj5S85X+THVhQlDQFtbZ2OPv7RWjWnkGYlQf97017VDKQAAFbbUH6J
zM0HQSpz5ifCauR6Gq6UQAF8B9k7PFgfO7aClpLEQneg5ly61GmWn5CjRYrGDobB
tyY9izMRZnfRDsRHgQR8v63mSTGFDyqW/nRLbwO6PgiulYhcMII3NKmdhu5X80g7
KkWw3g0CgYEA1LIyzoBhY7Cwfjxcq6IHjjyENuL5Nj3FfIhOeCTfKgGd/bwY8Ipr
nFCOE27WYGY/KKM/Q44xLStiCjnb2iw0mEpbKTTv8vTm6xgbMZGHvxuEUxtXqgWu
ZfCujc+1qhkhJlLjMeUI0UW3Jr/lOx7CuVg8IyxZN6GxqZk090Ia/w8CgYEAyhQT
c3Na9a8o+abXRelVaCdc0gKNqGGPaNBdb/D7vvm00RbuVwRmjgonpsTvSY8Gj1Aj
GdrFwHsg14PJvcCazC6vMMfj4axaYpbpuzFCqn2Qlzw8o7j8/81O5p5Ng9psVycZ
hgWxLVhZAf+gdIaW8pXcwXrq9jLWBM9i8i1W8g0CgYB9v2TeRXROlfWijFlVd5Pz
+b9JG+Out9J8D7IkwdfWY+JeUsiD3bJFVjLJNmwzzf9lLS6H6BcW12E9HnvmfuAR
cVR4Bj4ea7/iGfxpz9prl/8hizbG5Fj5F9R7LuP+TqEUoUiFBR2za/4eQLFrxIHn
Rk03lk6g303EMTnpPQHs7QKBgEkYffiy72ITXAUCHriBMI2eP2sP1WHk+FT3mfTV
/JoWBRvk6Y28X8RdU/51GgFHpR3N5QSDKCj54OVUHHNw6g2VjXVduMZ267Lh1+YI
aY72IIk0FtM6JPn6r+GnvW5GYg4cbJUYFgDLBlc8ujOsQ4m4P8QUzE0GEnhm8+ma
EOs5AoGARipWEnkIx0YfPO2lyx3yviTEnz0w02s9JDAUPbQ/NLvEAumOPsDxQr1q
Iz6kHIdOScroABLZbyx/3QmTwLX4tr4LaUWQx3ALMrChYioYTgez8FVH86tNrmGX
Eb0rdBR3wBtulPmsB7xkDZP278zHItC4VVi+9GIcKRyHws2TpnE=
-----END RSA PRIVATE KEY-----
";

/// The public half of [`RSA_PKCS1`] as PKCS#1.
pub(crate) const RSA_PKCS1_PUBLIC: &str = "\
-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAp+VKLA8YpijN98zk99fO/2hXVlV3uWlDfgkWnNi1haiEZyXwp7+f
1kscbmjU4UCNmjI2yDqNvFtyrhMhIeIxXLph6hEhAXZctA0+fS8Edn43A16AU8a9
YyHQgMp4yIKCEQRFsrkUq1wJcrknEjhLXsZdfZh1wEu4lGdLSJeGlpEqysB06rQG
5mq/GCRV1bykZVMdviZHPfUOI9QnvvBL9VmnpBKAzBe4H5w44e8FKF1J7bnTI3JV
EMbkntxv5NW/4tk6vZSfyLtu031lq2rZ8acFxpMR59TR37y6nnImumZeGdqLlxnJ
7KL7uJM6iX+Seip7HawJzYT+0jshMoUhwwIDAQAB
-----END RSA PUBLIC KEY-----
";

/// A certificate that nobody should take for a key.
pub(crate) const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBhTCCASugAwIBAgIUMZQGze6pZcTCkr9j6PbUGihbkFYwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNam90ZW0uZXhhbXBsZTAeFw0yNjExMjIwMzM0MzFaFw0zNjEx
MTkwMzM0MzFaMBgxFjAUBgNVBAMMDWpvdGVtLmV4YW1wbGUwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAARsXg/lRfCpRfSPW5kmmhS5zZB1bmqLn+0avx16gMw3YnZH
KXrnYaP0Hqs2lBmB+ykSE1cnqS3NQ3FZ/wjxJz6To1MwUTAdBgNVHQ4EFgQU/vuK
pjGDTNItUeC3nJZyI9HwQp0wHwYDVR0jBBgwFoAU/vuKpjGDTNItUeC3nJZyI9Hw
Qp0wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA9MWcSLS2SMvV
fjQPx79T3FptlMcsFaesuhS4P17gUNkCICOUNCLGmDC82II30++KFMPPPQh1RdDq
DA8TuORX57/6
-----END CERTIFICATE-----
";
