//! Whom a session is of, as a text.

use jotem_session::store::Subject;
use proptest::prelude::*;

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[0-9:a]{0,6}",
        2 => any::<String>(),
        1 => "[\u{0}\u{fc}\u{1f511}:0-9]{0,300}",
    ]
}

fn subject() -> impl Strategy<Value = Subject> {
    (prop::option::of(name()), name()).prop_map(|(tenant, name)| {
        let subject = Subject::new(name);
        match tenant {
            Some(tenant) => subject.tenant(tenant),
            None => subject,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn every_subject_is_read_as_it_was_written(subject in subject()) {
        prop_assert_eq!(Subject::from_text(&subject.to_text()), Some(subject));
    }

    #[test]
    fn no_two_subjects_have_one_text((one, other) in (subject(), subject())) {
        prop_assert_eq!(one == other, one.to_text() == other.to_text());
    }

    /// The other way round: no two texts are one subject.
    #[test]
    fn a_text_is_a_subjects_or_nobodys(text in "[+0-9:a\u{fc} ]{0,8}") {
        if let Some(subject) = Subject::from_text(&text) {
            prop_assert_eq!(subject.to_text(), text);
        }
    }
}

#[test]
fn refuses_texts_that_are_nobodys() {
    for text in [
        "",
        "ada",
        "3",
        "3ab",
        "4:ada",
        "-1:ada",
        "+1:ada",
        "01:ada",
        " 1:ada",
        "1 :ada",
        "1:\u{fc}",
        "a:ada",
        "18446744073709551616:ada",
        "18446744073709551615:ada",
    ] {
        assert_eq!(Subject::from_text(text), None, "{text}");
    }
    // With a length, and without.
    assert_eq!(Subject::from_text("0:ada"), Some(Subject::new("ada").tenant("")));
    assert_eq!(Subject::from_text(":0:ada"), Some(Subject::new("0:ada")));
    assert_eq!(Subject::from_text("2:\u{fc}x"), Some(Subject::new("x").tenant("\u{fc}")));
}

#[test]
fn a_tenant_is_never_taken_for_a_part_of_the_name() {
    let all = [
        Subject::new("acmeada"),
        Subject::new("ada").tenant("acme"),
        Subject::new("eada").tenant("acm"),
        Subject::new("4:acmeada"),
        Subject::new(":4:acmeada"),
        Subject::new("acmeada").tenant(""),
    ];
    for (place, one) in all.iter().enumerate() {
        for other in &all[..place] {
            assert_ne!(one.to_text(), other.to_text());
        }
    }
}
