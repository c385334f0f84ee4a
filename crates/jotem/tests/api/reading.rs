//! Types of the application that read claims: whatever serde can ask for, and what no type gets.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use jotem::{Algorithm, SigningKey, Verifier, jws};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::code;

/// Signs a payload as it stands, verifies it, and reads it.
fn read<T: DeserializeOwned>(payload: &str) -> Result<T, jotem::Error> {
    let key = SigningKey::from_secret([7; 32], Algorithm::Hs256).unwrap();
    let token = jws::sign(payload.as_bytes(), &key).unwrap();
    let verifier = Verifier::builder(key.verifying_key()).expiry_optional().build().unwrap();
    Ok(verifier.verify::<T>(&token)?.into_custom())
}

/// A type that reads one claim named `x`.
#[derive(Debug, PartialEq, Deserialize)]
struct One<T> {
    x: T,
}

/// Reads the claim `x`.
fn x<T: DeserializeOwned>(json: &str) -> Result<T, jotem::Error> {
    read::<One<T>>(&format!("{{\"x\":{json}}}")).map(|one| one.x)
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Meters(u32);

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Nothing;

#[derive(Debug, PartialEq, Eq, Deserialize)]
enum Shape {
    Unit,
    Newtype(u8),
    Tuple(u8, u8),
    Struct { side: u8 },
}

#[test]
fn reads_every_kind_of_number_into_the_type_that_is_asked_for() {
    assert_eq!(x::<u8>("255").unwrap(), 255);
    assert_eq!(x::<i8>("-128").unwrap(), -128);
    assert_eq!(x::<i64>("-9223372036854775808").unwrap(), i64::MIN);
    assert_eq!(x::<u64>("18446744073709551615").unwrap(), u64::MAX);
    assert_eq!(x::<u64>("9999999999999999999").unwrap(), 9_999_999_999_999_999_999);
    assert_eq!(x::<f64>("1.5e3").unwrap().to_bits(), 1500_f64.to_bits());
    assert_eq!(x::<f64>("25e-2").unwrap().to_bits(), 0.25_f64.to_bits());
    assert_eq!(x::<f64>("-25E+2").unwrap().to_bits(), (-2500_f64).to_bits());
    assert_eq!(x::<f64>("-0").unwrap().to_bits(), (-0_f64).to_bits());
    assert_eq!(x::<f64>("7").unwrap().to_bits(), 7_f64.to_bits());
    for (json, verdict) in [
        ("256", code(x::<u8>("256"))),
        ("-1", code(x::<u64>("-1"))),
        ("1.5", code(x::<u64>("1.5"))),
        ("18446744073709551616", code(x::<u64>("18446744073709551616"))),
        ("\"1\"", code(x::<u64>("\"1\""))),
        ("null", code(x::<u64>("null"))),
        ("1", code(x::<String>("1"))),
        ("true", code(x::<String>("true"))),
        ("0", code(x::<bool>("0"))),
    ] {
        assert_eq!(verdict, "jwt_claims_shape", "{json}");
    }
}

#[test]
fn reads_texts_booleans_and_nothing() {
    assert_eq!(x::<String>(r#""plain""#).unwrap(), "plain");
    assert_eq!(x::<String>(r#""""#).unwrap(), "");
    assert_eq!(x::<String>(r#""a b""#).unwrap(), "a b", "a space among the last bytes");
    assert_eq!(x::<String>(r#""a\n""#).unwrap(), "a\n", "an escape among the last bytes");
    assert_eq!(
        x::<String>(r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00 longer than eight""#).unwrap(),
        "\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{1f600} longer than eight"
    );
    assert_eq!(x::<char>(r#""é""#).unwrap(), 'é');
    assert!(x::<bool>("true").unwrap());
    assert!(!x::<bool>("false").unwrap());
    x::<()>("null").unwrap();
    assert_eq!(x::<Nothing>("null").unwrap(), Nothing);
    assert_eq!(code(x::<()>("0")), "jwt_claims_shape");
}

#[test]
fn reads_what_may_be_absent_or_null() {
    assert_eq!(x::<Option<u8>>("null").unwrap(), None);
    assert_eq!(x::<Option<u8>>("5").unwrap(), Some(5));
    assert_eq!(x::<Option<String>>(r#""a""#).unwrap(), Some("a".to_owned()));
    assert_eq!(x::<Option<Vec<u8>>>(" [ 1 , 2 ] ").unwrap(), Some(vec![1, 2]));
    assert_eq!(read::<One<Option<u8>>>("{}").unwrap().x, None);
    assert_eq!(code(x::<Option<u8>>(r#""5""#)), "jwt_claims_shape");
}

#[test]
fn reads_lists_tuples_and_objects() {
    assert_eq!(x::<Vec<u8>>("[]").unwrap(), [0; 0]);
    assert_eq!(x::<(u8, String)>(r#"[1,"a"]"#).unwrap(), (1, "a".to_owned()));
    assert_eq!(x::<Meters>("7").unwrap(), Meters(7));
    assert_eq!(x::<One<One<u8>>>(r#"{"y":0,"x":{"x":5}}"#).unwrap(), One { x: One { x: 5 } });
    assert_eq!(code(x::<Vec<u8>>("{}")), "jwt_claims_shape");
    assert_eq!(code(x::<One<u8>>("5")), "jwt_claims_shape");
    assert_eq!(code(x::<One<u8>>("{}")), "jwt_claims_shape");
}

#[test]
fn reads_an_enum_in_its_two_forms_and_in_no_other() {
    assert_eq!(x::<Shape>(r#""Unit""#).unwrap(), Shape::Unit);
    assert_eq!(x::<Shape>(r#"{"Unit":null}"#).unwrap(), Shape::Unit);
    assert_eq!(x::<Shape>(r#"{"Newtype":5}"#).unwrap(), Shape::Newtype(5));
    assert_eq!(x::<Shape>(r#"{"Tuple":[1,2]}"#).unwrap(), Shape::Tuple(1, 2));
    assert_eq!(x::<Shape>(r#"{"Struct":{"side":3}}"#).unwrap(), Shape::Struct { side: 3 });
    for json in [
        r#""Other""#,
        r#""Newtype""#,
        r#"{"Other":null}"#,
        r#"{"Unit":5}"#,
        r#"{"Newtype":"5"}"#,
        r#"{"Tuple":[1]}"#,
        r#"{"Struct":{}}"#,
        r#"{"Newtype":5,"Unit":null}"#,
        "{}",
        "[]",
        "5",
        "true",
        "null",
    ] {
        assert_eq!(code(x::<Shape>(json)), "jwt_claims_shape", "{json}");
    }
}

#[test]
fn reads_integer_names_in_one_spelling_only() {
    let map = x::<BTreeMap<u16, char>>(r#"{"1":"a","65535":"b"}"#).unwrap();
    assert_eq!(map, BTreeMap::from([(1, 'a'), (65535, 'b')]));
    assert_eq!(x::<BTreeMap<i8, u8>>(r#"{"-1":1}"#).unwrap(), BTreeMap::from([(-1, 1)]));
    assert_eq!(x::<BTreeMap<u64, u8>>(r#"{"0":1}"#).unwrap(), BTreeMap::from([(0, 1)]));
    for name in ["01", "+1", "-0", "1.0", "1e0", " 1", "one", "", "65536"] {
        let json = format!(r#"{{"{name}":"a"}}"#);
        assert_eq!(code(x::<BTreeMap<u16, char>>(&json)), "jwt_claims_shape", "{json}");
    }
}

#[test]
fn reads_names_into_any_type_of_text() {
    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
    struct Name(String);
    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
    enum Known {
        First,
        Second,
    }
    let name = || BTreeMap::from([(Name("a".to_owned()), 1)]);
    assert_eq!(x::<BTreeMap<Name, u8>>(r#"{"a":1}"#).unwrap(), name());
    assert_eq!(x::<BTreeMap<Name, u8>>(r#"{"\u0061":1}"#).unwrap(), name());
    let maybe = x::<BTreeMap<Option<String>, u8>>(r#"{"a":1}"#).unwrap();
    assert_eq!(maybe, BTreeMap::from([(Some("a".to_owned()), 1)]));
    let known = x::<BTreeMap<Known, u8>>(r#"{"First":1,"Second":2}"#).unwrap();
    assert_eq!(known, BTreeMap::from([(Known::First, 1), (Known::Second, 2)]));
    assert_eq!(code(x::<BTreeMap<Known, u8>>(r#"{"Third":1}"#)), "jwt_claims_shape");
}

#[test]
fn reads_a_whole_payload_into_a_newtype_an_option_and_a_unit() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Wrapped(One<u8>);
    #[derive(Debug, PartialEq, Eq, Deserialize)]
    struct Unit;
    let payload = r#"{"x":5,"sub":"42"}"#;
    assert_eq!(read::<Wrapped>(payload).unwrap(), Wrapped(One { x: 5 }));
    assert_eq!(read::<Option<One<u8>>>(payload).unwrap(), Some(One { x: 5 }));
    assert_eq!(read::<Unit>(payload).unwrap(), Unit);
    read::<IgnoredAny>(payload).unwrap();
    assert_eq!(code(read::<Wrapped>(r#"{"x":"5"}"#)), "jwt_claims_shape");
}

/// A visitor that takes the first member or element and leaves the rest.
struct First<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for First<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Early(PhantomData)).map(First)
    }
}

struct Early<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Early<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("something with a first part")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let (_, value): (String, T) = map.next_entry()?.unwrap();
        Ok(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<T, A::Error> {
        Ok(list.next_element()?.unwrap())
    }
}

#[test]
fn what_a_type_leaves_unread_is_read_as_strictly() {
    assert_eq!(x::<First<u8>>(r#"[1,"a",{"b":[null]}]"#).unwrap().0, 1);
    assert_eq!(x::<First<u8>>(r#"{"a":1,"b":{"c":[2]}}"#).unwrap().0, 1);
    assert_eq!(read::<First<u8>>(r#"{"a":1,"b":2}"#).unwrap().0, 1);
    for (rest, wanted) in [
        (r#"[1,{"b":1,"b":2}]"#, "json_duplicate_member"),
        (r#"{"a":1,"a":2}"#, "json_duplicate_member"),
        (r#"{"a":1,"b":{"c":1,"c":1}}"#, "json_duplicate_member"),
        (r#"[1,01]"#, "json_syntax"),
        (r#"[1,]"#, "json_syntax"),
        (r#"[1 2]"#, "json_syntax"),
        (r#"{"a":1,}"#, "json_syntax"),
        (r#"{"a":1,"b":"\ud800"}"#, "json_lone_surrogate"),
        (r#"[1,1e999]"#, "json_number_range"),
    ] {
        assert_eq!(code(x::<First<u8>>(rest).map(|first| first.0)), wanted, "{rest}");
    }
    let expired = read::<First<u8>>(r#"{"a":1,"exp":1}"#).map(|first| first.0);
    assert_eq!(code(expired), "jwt_expired", "what is left unread is validated all the same");
}

/// A type that asks for the text of a value, as `serde_json::value::RawValue` does.
#[derive(Debug, PartialEq, Eq)]
struct Raw(String);

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Raw;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("any value")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
                let (name, text): (String, String) = map.next_entry()?.unwrap();
                assert_eq!(name, RAW);
                assert!(map.next_key::<String>()?.is_none(), "there is one member only");
                Ok(Raw(text))
            }
        }
        deserializer.deserialize_newtype_struct(RAW, Text)
    }
}

const RAW: &str = "$serde_json::private::RawValue";

#[test]
fn reads_the_text_of_a_value_as_it_stands_and_as_strictly() {
    for text in ["1.50", r#"{"b": [1, "\u0061"]}"#, r#""\/""#, "null"] {
        assert_eq!(x::<Raw>(text).unwrap(), Raw(text.to_owned()));
    }
    assert_eq!(code(x::<Raw>(r#"{"b":1,"b":2}"#)), "json_duplicate_member");
    assert_eq!(code(x::<Raw>("01")), "json_syntax");
    // No token speaks in the names by which that is asked for.
    let spoken = format!(r#"{{"{RAW}":"1"}}"#);
    assert_eq!(code(x::<Raw>(&spoken)), "json_syntax");
    assert_eq!(code(x::<serde_json::Value>(&spoken)), "json_syntax");
}
