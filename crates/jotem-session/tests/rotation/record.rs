//! The 61 bytes.

use jotem_session::record::{Record, RecordError};
use jotem_session::rotation::State;
use proptest::prelude::*;

fn record() -> impl Strategy<Value = Record> {
    let state =
        prop::sample::select(vec![State::Active, State::LoggedOut, State::Reused, State::Revoked]);
    let numbers = any::<([u32; 6], [u16; 3])>();
    let bytes = (any::<[u8; 12]>(), prop::option::of(prop::array::uniform12(1..=u8::MAX)));
    (state, 0..1_u64 << 48, numbers, bytes).prop_map(
        |(state, rotated_at_ms, (numbers, gaps_s), (secret_hash, binding))| {
            let [generation, idle_end_s, end_s, client, grant, authenticated_s] = numbers;
            Record {
                state,
                generation,
                rotated_at_ms,
                gaps_s,
                idle_end_s,
                end_s,
                client,
                grant,
                authenticated_s,
                secret_hash,
                binding,
            }
        },
    )
}

proptest! {
    #[test]
    fn every_record_is_read_as_it_was_written(record in record()) {
        prop_assert_eq!(Record::decode(&record.encode()), Ok(record));
    }

    #[test]
    fn whatever_bytes_there_are_they_are_a_record_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(record) = Record::decode(&bytes) {
            prop_assert_eq!(&record.encode()[..], &bytes[..]);
        }
    }
}

#[test]
fn the_format_is_what_it_was() {
    let record = Record {
        state: State::Reused,
        generation: 0x0102_0304,
        rotated_at_ms: 0x0506_0708_090a,
        gaps_s: [0x0b0c, 0x0d0e, 0x0f10],
        idle_end_s: 0x1112_1314,
        end_s: 0x1516_1718,
        client: 0x191a_1b1c,
        grant: 0x1d1e_1f20,
        authenticated_s: 0x2122_2324,
        secret_hash: std::array::from_fn(|n| 0x25 + u8::try_from(n).unwrap()),
        binding: Some(std::array::from_fn(|n| 0x31 + u8::try_from(n).unwrap())),
    };
    let counted: Vec<u8> = (0x01..=0x3c).collect();
    assert_eq!(record.encode()[0], 0x12);
    assert_eq!(&record.encode()[1..], &counted[..]);
}

#[test]
fn refuses_bytes_that_are_no_record() {
    let sound = [0x10; 61];
    assert!(Record::decode(&sound).is_ok());
    for length in (0..61).chain([62, 64, 1_000]) {
        let found = RecordError::Length { found: length };
        assert_eq!(Record::decode(&vec![0x10; length]), Err(found));
    }
    for (first, error) in [
        (0x00, RecordError::Form { found: 0 }),
        (0x20, RecordError::Form { found: 2 }),
        (0xf0, RecordError::Form { found: 15 }),
        (0x14, RecordError::State { found: 4 }),
        (0x1f, RecordError::State { found: 15 }),
    ] {
        let mut bytes = sound;
        bytes[0] = first;
        assert_eq!(Record::decode(&bytes), Err(error));
    }
}
