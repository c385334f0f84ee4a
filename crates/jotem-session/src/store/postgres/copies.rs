//! Copies from one store into another, and what is over.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio_postgres::types::Type;

use super::connections::Connections;
use super::failure::corrupt;
use super::values::{self, RECORD};
use crate::refresh_token::{SessionId, SubjectKey};
use crate::store::{Kept, Maintained, Page, StoreError};

/// Keeps sessions as they are.
pub(super) async fn import(connections: &Connections, sessions: &[Kept]) -> Result<(), StoreError> {
    for part in sessions.chunks(AT_ONCE) {
        // In the order of their names, so that two who do this never wait for each other; the last of
        // a name holds, as if they came one after the other.
        let mut subjects = BTreeMap::new();
        let mut unique = BTreeMap::new();
        for kept in part {
            let (epoch, who) = subjects.entry(kept.subject).or_insert((kept.epoch, &kept.who));
            (*epoch, *who) = (kept.epoch.max(*epoch), &kept.who);
            unique.insert((kept.subject, kept.session), kept);
        }
        import_subjects(connections, &subjects).await?;
        import_sessions(connections, &unique.into_values().collect::<Vec<_>>()).await?;
    }
    Ok(())
}

async fn import_subjects(
    connections: &Connections,
    subjects: &BTreeMap<SubjectKey, (u32, &crate::store::Subject)>,
) -> Result<(), StoreError> {
    let keys: Vec<&[u8]> = subjects.keys().map(|key| key.as_bytes().as_slice()).collect();
    let epochs: Vec<i64> = subjects.values().map(|(epoch, _)| i64::from(*epoch)).collect();
    let whos: Vec<String> =
        subjects.values().map(|(_, who)| values::write_text(&who.to_text())).collect();
    connections
        .ask(
            "SELECT jotem_import_subjects($1, $2, $3)",
            &[(&keys, Type::BYTEA_ARRAY), (&epochs, Type::INT8_ARRAY), (&whos, Type::TEXT_ARRAY)],
        )
        .await?;
    Ok(())
}

async fn import_sessions(connections: &Connections, part: &[&Kept]) -> Result<(), StoreError> {
    fn column<'a, T>(part: &[&'a Kept], of: impl Fn(&'a Kept) -> T) -> Vec<T> {
        part.iter().map(|kept| of(kept)).collect()
    }
    let number = |of: fn(&Kept) -> u32| column(part, move |kept| of(kept).cast_signed());
    let gap = |of: fn(&Kept) -> u16| column(part, move |kept| of(kept).cast_signed());
    let bytes = |of: fn(&Kept) -> &[u8]| column(part, of);
    connections
        .ask(
            "SELECT jotem_import($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            &[
                (&bytes(|kept| kept.subject.as_bytes()), Type::BYTEA_ARRAY),
                (&bytes(|kept| kept.session.as_bytes()), Type::BYTEA_ARRAY),
                (&column(part, |it| values::whole(it.record.rotated_at_ms)), Type::INT8_ARRAY),
                (&number(|kept| kept.record.generation), Type::INT4_ARRAY),
                (&number(|kept| kept.record.idle_end_s), Type::INT4_ARRAY),
                (&number(|kept| kept.record.end_s), Type::INT4_ARRAY),
                (&number(|kept| kept.record.client), Type::INT4_ARRAY),
                (&number(|kept| kept.record.grant), Type::INT4_ARRAY),
                (&number(|kept| kept.record.authenticated_s), Type::INT4_ARRAY),
                (&gap(|kept| { let [first, ..] = kept.record.gaps_s; first }), Type::INT2_ARRAY),
                (&gap(|kept| { let [_, second, _] = kept.record.gaps_s; second }), Type::INT2_ARRAY),
                (&gap(|kept| { let [.., third] = kept.record.gaps_s; third }), Type::INT2_ARRAY),
                (&column(part, |it| i16::from(it.record.state.number())), Type::INT2_ARRAY),
                (&bytes(|kept| &kept.record.secret_hash), Type::BYTEA_ARRAY),
                (&column(part, |it| it.record.binding.as_ref().map(<[u8; 12]>::as_slice)), Type::BYTEA_ARRAY),
                (&column(part, |it| it.label.as_deref().map(values::write_text)), Type::TEXT_ARRAY),
            ],
        )
        .await?;
    Ok(())
}

/// Returns sessions as they are kept, in the order of subject and session.
pub(super) async fn export(
    connections: &Connections,
    from: Option<&str>,
    most: usize,
) -> Result<Page, StoreError> {
    let (subject, session) = from.map_or(Ok((Vec::new(), Vec::new())), |from| {
        read_place(from).ok_or_else(|| corrupt("a place that this store did not name"))
    })?;
    let most = most.clamp(1, AT_ONCE);
    let statement = format!(
        "SELECT s.subject, s.session, u.who, u.epoch, s.label, {RECORD}
         FROM jotem_sessions s LEFT JOIN jotem_subjects u ON u.subject = s.subject
         WHERE (s.subject, s.session) > ($1, $2) ORDER BY s.subject, s.session LIMIT $3"
    );
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = connections
        .ask(&statement, &[(&subject, Type::BYTEA), (&session, Type::BYTEA), (&limit, Type::INT8)])
        .await?;
    let sessions = rows.iter().map(|row| {
        Ok(Kept {
            subject: SubjectKey::from_bytes(values::bytes_at(row, 0)?),
            session: SessionId::from_bytes(values::bytes_at(row, 1)?),
            who: values::who_at(row, 2)?,
            epoch: values::u32_at(row, 3)?,
            label: values::optional_text_at(row, 4)?,
            record: values::record_at(row, 5)?,
        })
    });
    let sessions: Vec<Kept> = sessions.collect::<Result<_, StoreError>>()?;
    let next = sessions.last().filter(|_| sessions.len() >= most).map(place_of);
    Ok(Page { sessions, next })
}

/// Forgets what is over, and makes ready for what is to come.
pub(super) async fn maintain(
    connections: &Connections,
    most: u32,
) -> Result<Maintained, StoreError> {
    let most = most.clamp(1, 100_000);
    let statement = format!("SELECT forgotten, has_more FROM jotem_maintain({most})");
    let rows = connections.together(MAINTENANCE, &statement).await?;
    let row = rows.first().ok_or_else(|| corrupt("an answer without a row"))?;
    let forgotten: Option<i64> = values::at(row, 0)?;
    Ok(Maintained {
        forgotten: forgotten.and_then(|number| u64::try_from(number).ok()).unwrap_or_default(),
        has_more: values::at(row, 1)?,
        again_in: Duration::from_secs(60),
    })
}

fn place_of(kept: &Kept) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("{}.{}", hex(kept.subject.as_bytes()), hex(kept.session.as_bytes()))
}

fn read_place(place: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let bytes = |digits: &str| {
        let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
        let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        rest.is_empty().then(|| pairs.iter().map(byte).collect::<Option<Vec<u8>>>())?
    };
    let (subject, session) = place.split_once('.')?;
    Some((bytes(subject)?, bytes(session)?))
}

/// How many sessions a statement has at most: a few tens of milliseconds.
const AT_ONCE: usize = 1_000;
/// Nobody waits for it.
const MAINTENANCE: Duration = Duration::from_secs(10);
