//! Revocations, in an order in which none is left out.
//!
//! Numbers of rows are given before the rows are committed, so whoever remembers the last number that
//! was read may miss a lower one that is committed later. Here rows also have the number of the
//! transaction that wrote them, and a place is a transaction and a row. All rows of transactions before
//! the oldest one that still runs (`pg_snapshot_xmin`) are there for good: those are read once, page by
//! page. Later ones are told at once as well, and told again until that holds for them too; so a long
//! transaction of somebody else's delays nothing.

use tokio_postgres::types::Type;

use super::NAME;
use super::connections::Connections;
use super::failure::corrupt;
use super::values;
use crate::revocation::{Fingerprint, Revocation};
use crate::store::{Feed, Notice, Position, StoreError};

/// Tells verifiers of what changes nothing in the store.
pub(super) async fn publish(
    connections: &Connections,
    notices: &[Notice],
) -> Result<Vec<Revocation>, StoreError> {
    let whats: Vec<i64> = notices.iter().map(|it| it.what().as_u64().cast_signed()).collect();
    let keeps_s: Vec<i64> = notices.iter().map(|it| it.keep_s().into()).collect();
    let row = connections
        .one(
            "WITH clock AS MATERIALIZED (SELECT jotem_now_ms() AS now_ms), told AS (
               SELECT jotem_publish(n.what, NULL, c.now_ms, n.keep_s)
               FROM clock c, unnest($1, $2) n(what, keep_s))
             SELECT now_ms, (SELECT count(*) FROM told) FROM clock",
            &[(&whats, Type::INT8_ARRAY), (&keeps_s, Type::INT8_ARRAY)],
        )
        .await?;
    let now_ms = values::u64_at(&row, 0)?;
    Ok(notices.iter().map(|notice| notice.at(now_ms, None)).collect())
}

/// Returns what came after a place.
pub(super) async fn read(
    connections: &Connections,
    after: Position,
    most: usize,
) -> Result<Feed, StoreError> {
    let most = i64::try_from(most.max(1)).unwrap_or(i64::MAX);
    let values: [super::Value<'_>; 3] = [
        (&after.0.to_string(), Type::TEXT),
        (&values::whole(after.1), Type::INT8),
        (&most, Type::INT8),
    ];
    let rows = connections.ask(FEED, &values).await?;
    let first = rows.first().ok_or_else(|| corrupt("an answer without a row"))?;
    // Who stands by may be behind without end: a reader would take it for news.
    if values::at::<bool>(first, 7)? {
        return Err(StoreError::ReadOnly { store: NAME });
    }
    let (now_ms, horizon) = (values::u64_at(first, 0)?, transaction_at(first, 1)?);
    let mut feed =
        Feed { revocations: Vec::new(), next: Position(horizon, 0), has_more: false, now_ms };
    let mut settled = 0_i64;
    for row in &rows {
        let Some(what) = values::at::<Option<i64>>(row, 4)? else { continue };
        let place = Position(transaction_at(row, 2)?, values::u64_at(row, 3)?);
        if place.0 < horizon {
            settled = settled.saturating_add(1);
            if settled > most {
                feed.has_more = true;
                continue;
            }
            if settled == most {
                feed.next = place;
            }
        }
        feed.revocations.push(revocation(row, what)?);
    }
    if settled <= most && !feed.has_more {
        feed.next = Position(horizon, 0);
    }
    Ok(feed)
}

fn revocation(row: &tokio_postgres::Row, what: i64) -> Result<Revocation, StoreError> {
    let (what, until_s) = (Fingerprint::from_u64(what.cast_unsigned()), values::u32_at(row, 6)?);
    Ok(match values::at::<Option<i64>>(row, 5)? {
        None => Revocation::of(what, until_s),
        Some(_) => Revocation::of_subject(what, values::u32_at(row, 5)?, until_s),
    })
}

/// Reads the number of a transaction, which travels as text.
fn transaction_at(row: &tokio_postgres::Row, place: usize) -> Result<u64, StoreError> {
    let number = values::at::<String>(row, place)?;
    number.parse().map_err(|_| corrupt("a transaction without a number"))
}

/// A place of a transaction that is yet to come is one of another server's, from before its tables were
/// copied here: then everything is told again. There is a row of clock and horizon in any case.
const FEED: &str = "
    WITH horizon AS MATERIALIZED (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS oldest),
    place AS MATERIALIZED (
      SELECT CASE WHEN $1::xid8 > oldest THEN '0'::xid8 ELSE $1::xid8 END AS written_by,
             CASE WHEN $1::xid8 > oldest THEN 0 ELSE $2 END AS place
      FROM horizon),
    settled AS (
      SELECT f.* FROM jotem_feed f
      WHERE (f.written_by, f.place) > ((SELECT written_by FROM place), (SELECT place FROM place))
        AND f.written_by < (SELECT oldest FROM horizon)
      ORDER BY f.written_by, f.place LIMIT $3 + 1),
    unsettled AS (
      SELECT f.* FROM jotem_feed f
      WHERE f.written_by >= (SELECT oldest FROM horizon)
        AND (SELECT count(*) FROM settled) <= $3)
    SELECT jotem_now_ms(), h.oldest::text, f.written_by::text, f.place, f.what, f.epoch, f.until_s,
           pg_is_in_recovery()
    FROM horizon h
    LEFT JOIN (SELECT * FROM settled UNION ALL SELECT * FROM unsettled) f ON true
    ORDER BY f.written_by, f.place";
