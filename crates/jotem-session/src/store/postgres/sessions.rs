//! The life of a session: begun, refreshed, ended, shown.

use sha2::{Digest as _, Sha256};
use tokio_postgres::types::Type;

use super::connections::Connections;
use super::failure::corrupt;
use super::values::{self, RECORD, RECORD_COLUMNS};
use crate::refresh_token::{SessionId, SubjectKey};
use crate::rotation::Decision;
use crate::store::{
    Kept, Listed, NewSession, Revoke, Revoked, Rotate, Rotated, Started, StoreError, Target,
};

/// Keeps a new session.
pub(super) async fn start(
    connections: &Connections,
    new: &NewSession,
) -> Result<Started, StoreError> {
    let row = connections
        .one(
            "SELECT * FROM jotem_start($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            &[
                (&new.subject.as_bytes().as_slice(), Type::BYTEA),
                (&values::write_text(&new.who.to_text()), Type::TEXT),
                (&new.session.as_bytes().as_slice(), Type::BYTEA),
                (&new.secret_hash.as_slice(), Type::BYTEA),
                (&new.client.cast_signed(), Type::INT4),
                (&new.grant.cast_signed(), Type::INT4),
                (&new.binding.as_ref().map(<[u8; 12]>::as_slice), Type::BYTEA),
                (&new.authenticated_s.map(i64::from), Type::INT8),
                (&values::span(new.policy.idle_s()), Type::INT8),
                (&values::span(new.policy.lifetime_s()), Type::INT8),
                (&new.label.as_deref().map(values::write_text), Type::TEXT),
                (&i64::from(new.most), Type::INT8),
                (&new.expected_epoch.map(i64::from), Type::INT8),
            ],
        )
        .await?;
    let (now_ms, found) = (values::u64_at(&row, 0)?, values::u32_at(&row, 1)?);
    if !values::at::<bool>(&row, 2)? {
        let expected = new.expected_epoch.unwrap_or_default();
        return Err(StoreError::EpochChanged { found, expected });
    }
    let ended: Option<Vec<Vec<u8>>> = values::at(&row, 3)?;
    let ended = ended.unwrap_or_default().into_iter();
    let ended = ended.map(|id| values::array(id).map(SessionId::from_bytes));
    Ok(Started {
        record: new.record(now_ms),
        epoch: found,
        ended: ended.collect::<Result<_, _>>()?,
        now_ms,
    })
}

/// Decides about a refresh token, and keeps what comes of it.
pub(super) async fn rotate(
    connections: &Connections,
    rotate: &Rotate,
) -> Result<Option<Rotated>, StoreError> {
    let Rotate { subject, session, presented, policy, notice } = rotate;
    let row = connections
        .one(
            ROTATE,
            &[
                (&subject.as_bytes().as_slice(), Type::BYTEA),
                (&session.as_bytes().as_slice(), Type::BYTEA),
                (&i64::from(presented.generation), Type::INT8),
                (&presented.secret_hash.as_slice(), Type::BYTEA),
                (&presented.client.cast_signed(), Type::INT4),
                (&presented.binding.as_ref().map(<[u8; 12]>::as_slice), Type::BYTEA),
                (&values::whole(policy.window_ms(false)), Type::INT8),
                (&values::whole(policy.window_ms(true)), Type::INT8),
                (&i32::from(policy.depth()), Type::INT4),
                (&values::span(policy.idle_s()), Type::INT8),
                (&policy.repairs(), Type::BOOL),
                (&notice.what().as_u64().cast_signed(), Type::INT8),
                (&i64::from(notice.keep_s()), Type::INT8),
            ],
        )
        .await?;
    let Some(decision) = values::at::<Option<i16>>(&row, 0)? else {
        return Ok(None);
    };
    let record = values::record_at(&row, 4)?;
    Ok(Some(Rotated {
        decision: match decision {
            0 => Decision::Rotate,
            1 => Decision::Repair,
            2 => Decision::Replay,
            3 => Decision::Reuse,
            4 => Decision::Behind,
            5 => Decision::Dead(record.state),
            6 => Decision::Expired,
            7 => Decision::SecretMismatch,
            8 => Decision::ClientMismatch,
            9 => Decision::BindingMismatch,
            _ => return Err(corrupt("a decision that there is not")),
        },
        record,
        who: values::who_at(&row, 3)?,
        epoch: values::u32_at(&row, 2)?,
        now_ms: values::u64_at(&row, 1)?,
    }))
}

/// Ends what is named, and tells verifiers.
pub(super) async fn revoke(
    connections: &Connections,
    revoke: &Revoke,
) -> Result<Revoked, StoreError> {
    let Revoke { target, state, notice } = revoke;
    let what = (&notice.what().as_u64().cast_signed() as _, Type::INT8);
    let keep_s = (&i64::from(notice.keep_s()) as _, Type::INT8);
    let state = i16::from(state.number());
    let state = (&state as _, Type::INT2);
    let row = match target {
        Target::Session(subject, session) => {
            let subject = (&subject.as_bytes().as_slice() as _, Type::BYTEA);
            let session = (&session.as_bytes().as_slice() as _, Type::BYTEA);
            let statement = "SELECT *, NULL::bigint FROM jotem_revoke_session($1, $2, $3, $4, $5)";
            connections.one(statement, &[subject, session, state, what, keep_s]).await?
        }
        Target::Subject(subject) => {
            let subject = (&subject.as_bytes().as_slice() as _, Type::BYTEA);
            let statement = "SELECT * FROM jotem_revoke_subject($1, $2, $3, $4)";
            connections.one(statement, &[subject, state, what, keep_s]).await?
        }
        Target::Client(name) => {
            let digest = Sha256::digest(name);
            let digest = (&digest.as_slice() as _, Type::BYTEA);
            let name = (&values::write_text(name) as _, Type::TEXT);
            let statement = "SELECT *, NULL::bigint, NULL::bigint
                             FROM jotem_revoke_client($1, $2, $3, $4)";
            connections.one(statement, &[digest, name, what, keep_s]).await?
        }
    };
    let sessions: Option<i64> = values::at(&row, 1)?;
    let epoch: Option<i64> = values::at(&row, 2)?;
    Ok(Revoked {
        sessions: sessions.map(|number| u32::try_from(number).unwrap_or(u32::MAX)),
        revocation: notice.at(
            values::u64_at(&row, 0)?,
            epoch.map(|epoch| u32::try_from(epoch).unwrap_or(u32::MAX)),
        ),
    })
}

/// Returns one session.
pub(super) async fn find(
    connections: &Connections,
    subject: SubjectKey,
    session: SessionId,
) -> Result<Option<Kept>, StoreError> {
    let statement = format!(
        "SELECT u.who, u.epoch, s.label, {RECORD} FROM jotem_sessions s
         LEFT JOIN jotem_subjects u ON u.subject = s.subject
         WHERE s.subject = $1 AND s.session = $2"
    );
    let names = [
        (&subject.as_bytes().as_slice() as _, Type::BYTEA),
        (&session.as_bytes().as_slice() as _, Type::BYTEA),
    ];
    let rows = connections.ask(&statement, &names).await?;
    let kept = rows.first().map(|row| {
        Ok(Kept {
            subject,
            who: values::who_at(row, 0)?,
            epoch: values::u32_at(row, 1)?,
            session,
            record: values::record_at(row, 3)?,
            label: values::optional_text_at(row, 2)?,
        })
    });
    kept.transpose()
}

/// Returns the sessions of a subject.
pub(super) async fn list(
    connections: &Connections,
    subject: SubjectKey,
) -> Result<Listed, StoreError> {
    // There is a row of the clock and the epoch where there is no session.
    let statement = format!(
        "SELECT {RECORD}, s.session, s.label, jotem_now_ms(), coalesce(u.epoch, 0)
         FROM (VALUES ($1::bytea)) asked(subject)
         LEFT JOIN jotem_subjects u ON u.subject = asked.subject
         LEFT JOIN jotem_sessions s ON s.subject = asked.subject
         ORDER BY s.session"
    );
    let rows =
        connections.ask(&statement, &[(&subject.as_bytes().as_slice() as _, Type::BYTEA)]).await?;
    let first = rows.first().ok_or_else(|| corrupt("an answer without a row"))?;
    let sessions = rows.iter().map(|row| {
        let Some(session) = values::at::<Option<Vec<u8>>>(row, RECORD_COLUMNS)? else {
            return Ok(None);
        };
        let label = values::optional_text_at(row, LABEL)?;
        let session = SessionId::from_bytes(values::array(session)?);
        Ok(Some((session, values::record_at(row, 0)?, label)))
    });
    Ok(Listed {
        epoch: values::u32_at(first, EPOCH)?,
        sessions: sessions.filter_map(Result::transpose).collect::<Result<_, StoreError>>()?,
        now_ms: values::u64_at(first, NOW)?,
    })
}

const LABEL: usize = RECORD_COLUMNS + 1;
const NOW: usize = RECORD_COLUMNS + 2;
const EPOCH: usize = RECORD_COLUMNS + 3;

/// The columns of a record come in the order of [`RECORD`].
const ROTATE: &str = "SELECT decision, now_ms, epoch, who, state, generation, rotated_at_ms, gap_1, \
     gap_2, gap_3, idle_end_s, end_s, client, granted, authenticated_s, secret_hash, binding \
     FROM jotem_rotate($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
