//! Layer P: parsing a compact JWS: its size, its segments, base64url.

use jotem::{Algorithm, Limits};

use crate::forge::*;
use crate::sample::*;

#[test]
fn p01_refuses_all_but_three_segments() {
    let verifier = verifier();
    let good = with_claims(GOOD_CLAIMS);
    let [header, payload, signature] = segments(&good);
    accepts(&verifier, [&good]);
    refuses(
        &verifier,
        [
            (String::new(), "token_empty"),
            (header.clone(), "jws_segment_count"),
            (good.replacen('.', "", 1), "jws_segment_count"),
            (format!("{header}.{payload}"), "jws_segment_count"),
            (format!("{good}."), "jws_segment_count"),
            (format!("{good}.AAAA"), "jws_segment_count"),
            (format!(".{good}"), "jws_segment_count"),
            (format!("{header}..{payload}.{signature}"), "jws_segment_count"),
            (format!("{good}.{payload}.{signature}"), "jws_segment_count"),
            (format!("{good}.{good}"), "jws_segment_count"),
            (format!(".{payload}.{signature}"), "jws_segment_empty"),
            (format!("{header}.{payload}."), "jws_signature_missing"),
            (".".into(), "jws_segment_count"),
            ("..".into(), "jws_segment_empty"),
            ("...".into(), "jws_segment_count"),
            ("....".into(), "jws_segment_count"),
        ],
    );
}

#[test]
fn p02_refuses_by_size_before_it_splits_or_decodes() {
    let dots = ".".repeat(10_000_000);
    let letters = "A".repeat(10_000_000);
    let pairs = "a.".repeat(1_000_000);
    refuses(
        &verifier(),
        [(&dots, "token_too_large"), (&letters, "token_too_large"), (&pairs, "token_too_large")],
    );
    let header = format!("{letters}.e30.AA");
    let payload = format!("eyJhbGciOiJIUzI1NiJ9.{letters}.AA");
    let signature = format!("eyJhbGciOiJIUzI1NiJ9.e30.{letters}");
    refuses(
        &roomy(&hs256()),
        [
            (&dots, "jws_segment_count"),
            (&letters, "jws_segment_count"),
            (&pairs, "jws_segment_count"),
            (&header, "json_syntax"),
            (&payload, "jws_signature_length"),
            (&signature, "jws_signature_length"),
        ],
    );
}

#[test]
fn p02_the_limits_are_exact() {
    let good = with_claims(GOOD_CLAIMS);
    let [header, ..] = segments(&good);
    let under = |limits| builder(&hs256()).limits(limits).build().unwrap();
    let exact = Limits::default().token_bytes(good.len()).header_bytes(header.len());
    accepts(&under(exact), [&good]);
    refuses(&under(exact.token_bytes(good.len() - 1)), [(&good, "token_too_large")]);
    refuses(&under(exact.header_bytes(header.len() - 1)), [(&good, "jws_header_too_large")]);
    refuses(
        &under(exact.token_bytes(0)),
        [(good.as_str(), "token_too_large"), ("", "token_empty")],
    );
}

#[test]
fn p03_refuses_padding_in_every_segment() {
    let key = hs256();
    let verifier = verifier();
    // Lengths that base64 pads: 2 and 3 characters in the last quantum.
    for (header, payload) in [
        (r#"{"alg":"HS256"}    "#, r#"{"sub":"42","exp":1700000900} "#),
        (r#"{"alg":"HS256"} "#, r#"{"sub":"42","exp":1700000900}  "#),
    ] {
        let (header, payload) = (base64url(header), base64url(payload));
        let good = seal(&format!("{header}.{payload}"), &key);
        accepts(&verifier, [&good]);
        let code = "base64url_padding";
        refuses(
            &verifier,
            [
                (format!("{good}="), code),
                (format!("{good}=="), code),
                (format!("{good}===="), code),
                (good.replacen('.', "=.", 1), code),
                (good.replacen('.', "==.", 1), code),
                (seal(&format!("{header}=.{payload}"), &key), code),
                (seal(&format!("{header}==.{payload}"), &key), code),
                (seal(&format!("{header}.{payload}="), &key), code),
                (seal(&format!("{header}.{payload}=="), &key), code),
                (seal(&format!("{header}.{payload}"), &key).replace('.', ".="), "token_character"),
                (format!("={good}"), "token_character"),
            ],
        );
    }
}

#[test]
fn p04_refuses_trailing_bits_in_every_segment() {
    let key = hs256();
    let verifier = verifier();
    let pads = [("", " "), (" ", "  "), ("  ", ""), ("", "  "), (" ", "")];
    let mut flipped = 0;
    for (before, after) in pads {
        let header = base64url(format!(r#"{{"alg":"HS256"{before}}}"#));
        let payload = base64url(format!("{GOOD_CLAIMS}{after}"));
        let good = seal(&format!("{header}.{payload}"), &key);
        let [.., signature] = segments(&good);
        accepts(&verifier, [&good]);
        let code = "base64url_trailing_bits";
        for other in other_spellings(&header) {
            let input = format!("{other}.{payload}");
            refuses(
                &verifier,
                [(format!("{input}.{signature}"), code), (seal(&input, &key), code)],
            );
            flipped += 1;
        }
        for other in other_spellings(&payload) {
            let input = format!("{header}.{other}");
            refuses(
                &verifier,
                [(format!("{input}.{signature}"), code), (seal(&input, &key), code)],
            );
            flipped += 1;
        }
    }
    assert!(flipped > 20, "{flipped}");
}

#[test]
fn p04_refuses_trailing_bits_in_the_signature_of_every_algorithm() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let verifier = builder(&key).build().unwrap();
        let good = good(&key);
        let [header, payload, signature] = segments(&good);
        accepts(&verifier, [&good]);
        for other in other_spellings(&signature) {
            let token = format!("{header}.{payload}.{other}");
            refuses(&verifier, [(token, "base64url_trailing_bits")]);
        }
    }
}

/// Every text that a careless decoder reads as the same bytes: other unused bits at the end.
fn other_spellings(segment: &str) -> Vec<String> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let unused = match segment.len() % 4 {
        2 => 16,
        3 => 4,
        _ => return Vec::new(),
    };
    let (rest, last) = segment.split_at(segment.len() - 1);
    let value = ALPHABET.find(last).unwrap();
    let other = |bits| format!("{rest}{}", &ALPHABET[value + bits..=value + bits]);
    (1..unused).map(other).collect()
}

#[test]
fn p05_refuses_characters_outside_the_alphabet_in_every_segment() {
    let key = hs256();
    let verifier = verifier();
    let good = with_claims(GOOD_CLAIMS);
    let [header, payload, signature] = segments(&good);
    accepts(&verifier, [&good]);
    let strangers = [
        " ",
        "\t",
        "\r",
        "\n",
        "\r\n",
        "\u{b}",
        "\u{c}",
        "#",
        "?",
        "!!!!",
        "\0",
        "ä",
        "\u{200b}",
        "\u{ff21}",
        "\u{1f600}",
        "%",
        "*",
        "~",
        "\u{7f}",
        "\u{a0}",
    ];
    for stranger in strangers {
        for at in [1, header.len() / 2, header.len() - 1] {
            let input = format!("{}.{payload}", insert(&header, at, stranger));
            let code = "token_character";
            refuses(
                &verifier,
                [(format!("{input}.{signature}"), code), (seal(&input, &key), code)],
            );
        }
        for at in [0, 1, payload.len() / 2, payload.len()] {
            let input = format!("{header}.{}", insert(&payload, at, stranger));
            let code = "token_character";
            refuses(
                &verifier,
                [(format!("{input}.{signature}"), code), (seal(&input, &key), code)],
            );
        }
        for at in [0, 1, signature.len() / 2, signature.len() - 1] {
            let token = format!("{header}.{payload}.{}", insert(&signature, at, stranger));
            refuses(&verifier, [(token, "token_character")]);
        }
    }
}

fn insert(text: &str, at: usize, stranger: &str) -> String {
    let (head, tail) = text.split_at(at);
    format!("{head}{stranger}{tail}")
}

#[test]
fn p05_refuses_a_segment_of_an_impossible_length() {
    let key = hs256();
    let good = with_claims(GOOD_CLAIMS);
    let [header, payload, signature] = segments(&good);
    let code = "base64url_length";
    let long = |segment: &str| format!("{segment}{}", "A".repeat(5 - segment.len() % 4));
    accepts(&verifier(), [&good]);
    refuses(
        &verifier(),
        [
            (seal(&format!("{}.{payload}", long(&header)), &key), code),
            (seal(&format!("{header}.{}", long(&payload)), &key), code),
            (format!("{header}.{payload}.{}", long(&signature)), code),
            (format!("{header}.{payload}.A"), code),
        ],
    );
}

#[test]
fn p06_refuses_the_standard_alphabet() {
    let key = hs256();
    // `-` and `_` are where six bits are 62 and 63: they come from `~` and `?`.
    for (urlsafe, standard) in [("-", "+"), ("_", "/")] {
        let mut refused = [0; 3];
        for number in 0..16 {
            let header = base64url(format!(r#"{{"alg":"HS256","x":{number},"y":"~~~???"}}"#));
            let payload = base64url(format!(r#"{{"exp":1700000900,"x":{number},"y":"???~~~"}}"#));
            let good = seal(&format!("{header}.{payload}"), &key);
            let [.., signature] = segments(&good);
            accepts(&verifier(), [&good]);
            let rows = [
                seal(&format!("{}.{payload}", header.replace(urlsafe, standard)), &key),
                seal(&format!("{header}.{}", payload.replace(urlsafe, standard)), &key),
                format!("{header}.{payload}.{}", signature.replace(urlsafe, standard)),
            ];
            for (count, bad) in refused.iter_mut().zip(rows).filter(|(_, bad)| *bad != good) {
                refuses(&verifier(), [(bad, "token_character")]);
                *count += 1;
            }
        }
        assert!(refused.iter().all(|count| *count > 0), "{urlsafe}: {refused:?}");
    }
}

#[test]
fn p07_refuses_anything_around_the_token() {
    let good = with_claims(GOOD_CLAIMS);
    let [header, payload, signature] = segments(&good);
    accepts(&verifier(), [&good]);
    let around = |text: &str, code| {
        [(format!("{text}{good}"), code), (format!("{good}{text}"), code)]
            .into_iter()
            .chain([(format!("{text}{good}{text}"), code)])
    };
    let outside = [" ", "\n", "\r\n", "\t", "\u{feff}", "\0", "\u{200b}", "\u{a0}", "\u{2028}"];
    for text in outside {
        refuses(&verifier(), around(text, "token_whitespace"));
    }
    for text in ["\"", "'", "`"] {
        refuses(&verifier(), around(text, "token_quoted"));
    }
    for text in [",", ";", "<", ">", "(", "\u{1b}"] {
        refuses(&verifier(), around(text, "token_character"));
    }
    refuses(
        &verifier(),
        [
            (format!("Bearer {good}"), "token_bearer_prefix"),
            (format!("bearer {good}"), "token_bearer_prefix"),
            (format!("BEARER   {good}"), "token_bearer_prefix"),
            (format!(" Bearer {good}\n"), "token_bearer_prefix"),
            (format!("\"Bearer {good}\""), "token_quoted"),
            (format!("Bearer:{good}"), "token_character"),
            (format!("DPoP {good}"), "token_character"),
            (format!("{header}.{payload}. {signature}"), "token_character"),
            (format!("{good}; Path=/"), "token_character"),
            (" \n\t".into(), "token_empty"),
        ],
    );
}

#[test]
fn p08_verifies_the_text_as_received() {
    let key = hs256();
    let odd = "{ \"typ\" :\t\"JWT\",\r\n \"x\":1.50e+1 , \"\\u0061lg\" : \"HS\\u003256\" }";
    let claims = "{\"exp\"  : 1700000900.0, \"sub\": \"\\u0034\\u0032\" ,\"a\\/b\" :[ ]}\n";
    let good = token(odd, claims, &key);
    accepts(&verifier(), [&good]);
    let [header, payload, signature] = segments(&good);
    let shorter = base64url(odd.replacen(" :", ":", 1));
    let plain = base64url(odd.replace("\\u0061", "a"));
    let respaced = base64url(claims.replacen("  ", " ", 1));
    let code = "jws_signature_mismatch";
    refuses(
        &verifier(),
        [
            (format!("{shorter}.{payload}.{signature}"), code),
            (format!("{plain}.{payload}.{signature}"), code),
            (format!("{header}.{respaced}.{signature}"), code),
        ],
    );
}

#[test]
fn p09_refuses_a_json_serialization_and_polyglots() {
    let good = with_claims(GOOD_CLAIMS);
    let [header, payload, signature] = segments(&good);
    let flattened =
        format!(r#"{{"protected":"{header}","payload":"{payload}","signature":"{signature}"}}"#);
    let general = format!(
        r#"{{"payload":"{payload}","signatures":[{{"protected":"{header}","signature":"{signature}"}}]}}"#
    );
    let forged = base64url(r#"{"sub":"admin","exp":1700000900}"#);
    // CVE-2022-39227: JSON for one parser, three segments for another.
    let polyglot = format!(
        r#"{{"  {header}.{forged}.":"","protected":"{header}","payload":"{payload}","signature":"{signature}"}}"#
    );
    let dotted = flattened.replace("\"payload\"", "\"a.b.c\":1,\"payload\"");
    let code = "jws_json_serialization";
    accepts(&verifier(), [&good]);
    refuses(
        &verifier(),
        [
            (flattened.clone(), code),
            (general, code),
            (polyglot.clone(), code),
            (dotted, code),
            (format!("  {flattened}\n"), code),
            (format!("[{flattened}]"), code),
            (format!("\u{feff}{flattened}"), code),
            (format!("{header}.{forged}.{flattened}"), "token_character"),
            (format!("{header}.{flattened}.{signature}"), "token_character"),
            (format!("{header}{polyglot}"), "token_character"),
        ],
    );
}

#[test]
fn p29_refuses_an_oversized_signature_by_its_length() {
    let fill = |bytes: usize, first: u8| {
        let mut signature = vec![0x41; bytes];
        signature[0] = first;
        base64url(signature)
    };
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let good = good(&key);
        let [header, payload, signature] = segments(&good);
        let with = |signature: &str| format!("{header}.{payload}.{signature}");
        let code = "jws_signature_length";
        accepts(&roomy(&key), [&good]);
        refuses(&builder(&key).build().unwrap(), [(with(&fill(16_384, 1)), "token_too_large")]);
        refuses(
            &roomy(&key),
            [
                (with(&fill(16_384, 1)), code),
                (with(&fill(16_384, 0x30)), code),
                (with(&fill(21_830 * 3, 1)), code),
                (with(&fill(1_000_000, 1)), code),
                (with(&fill(1, 1)), code),
                (with(&format!("AAAA{signature}")), code),
                (with(&format!("{}!", fill(16_384, 1))), "token_character"),
            ],
        );
    }
}

#[test]
fn p30_refuses_a_nested_token() {
    let key = hs256();
    let header = r#"{"alg":"HS256","cty":"JWT"}"#;
    let mut nested = with_claims(GOOD_CLAIMS);
    accepts(&verifier(), [&nested]);
    // `cty` alone does no harm.
    accepts(&verifier(), [token(header, GOOD_CLAIMS, &key)]);
    for depth in 1..=50 {
        nested = token(header, &nested, &key);
        let code = if nested.len() > 16 * 1024 { "token_too_large" } else { "json_syntax" };
        refuses(&verifier(), [(&nested, code)]);
        if nested.len() > 1 << 20 {
            break;
        }
        refuses(&roomy(&key), [(&nested, "json_syntax")]);
        assert!(depth < 50);
    }
    let quoted = format!("\"{}\"", with_claims(GOOD_CLAIMS));
    refuses(&verifier(), [(token(header, quoted, &key), "json_not_object")]);
}

#[test]
fn p31_accepts_what_is_odd_but_legal() {
    let key = hs256();
    let never = builder(&key).expiry_optional().build().unwrap();
    accepts(
        &never,
        [
            token(r#"{"alg":"HS256","x":{"y":[1,null,true,-0.5e-7]}}"#, "{}", &key),
            token("\r\n\t {\"alg\" : \"HS256\"}\n", " {\t} ", &key),
            token(r#"{"typ":"jwt","alg":"HS256","":""}"#, r#"{"":null}"#, &key),
            token(r#"{"alg":"HS256","cty":"","typ":""}"#, "{}", &key),
            token(r#"{"alg":"HS256","kid":"unknown, and the key has none"}"#, "{}", &key),
            token(r#"{"alg":"HS256","ALG":"none","Crit":[]}"#, r#"{"EXP":1}"#, &key),
            token(r#"{"alg":"HS256","x5t":"","jku":"","x5u":"","x5c":[],"jwk":{}}"#, "{}", &key),
        ],
    );
}
