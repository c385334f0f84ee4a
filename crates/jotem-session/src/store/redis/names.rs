//! Names and their numbers, documents, leases.

use std::time::Duration;

use fred::types::Value;

use super::Redis;
use super::answer::Row;
use super::error::corrupt;
use super::script;
use super::session::{bytes, milliseconds, number};
use crate::store::{Document, NameKind, Notice, Revoked, StoreError, draw_number};

impl Redis {
    pub(super) async fn number_of(&self, kind: NameKind, name: &str) -> Result<u32, StoreError> {
        let keys = vec![self.layout.names(kind)];
        let arguments = vec![name.into(), drawn(name)];
        let answer = self.connection.run(&script::NUMBER, keys, arguments).await?;
        number(Row::new(answer)?.integer()?)
    }

    /// Gives a client another number, so that the refresh tokens of the old one are another client's.
    pub(super) async fn renew_client(
        &self,
        name: &str,
        notice: &Notice,
    ) -> Result<Revoked, StoreError> {
        let keys = self.layout.with_feed(self.layout.names(NameKind::Client));
        let what = bytes(&notice.what().as_u64().to_be_bytes());
        let arguments = vec![name.into(), drawn(name), what, i64::from(notice.keep_s()).into()];
        let answer = self.connection.run_replicated(&script::NUMBER, keys, arguments, self.copies);
        let mut row = Row::new(answer.await?)?;
        let number = number(row.integer()?)?;
        let now_ms = row.clock()?;
        let told = row.bytes().ok_or_else(|| corrupt("a revocation without a notice"))?;
        if self.layout.is_cluster() {
            // If this fails, whoever asked for it asks again.
            self.put_into_feed(vec![bytes(b""), bytes(&told)]).await?;
        }
        Ok(Revoked { sessions: None, revocation: notice.at(now_ms, Some(number)) })
    }

    pub(super) async fn name_with(
        &self,
        kind: NameKind,
        number: u32,
    ) -> Result<Option<String>, StoreError> {
        let keys = vec![self.layout.names(kind)];
        let arguments = vec![i64::from(number).into()];
        let mut row = Row::new(self.connection.run(&script::NAME_OF, keys, arguments).await?)?;
        let _none = row.integer()?;
        row.text()
    }

    pub(super) async fn read_document(
        &self,
        name: &str,
        unless: u64,
    ) -> Result<Option<Document>, StoreError> {
        let keys = vec![self.layout.document(name)];
        let arguments = vec![Value::from(unless.to_string())];
        let mut row = Row::new(self.connection.run(&script::DOCUMENT, keys, arguments).await?)?;
        if row.integer()? == 0 {
            return Ok(None);
        }
        let revision = row.text()?.and_then(|text| text.parse().ok());
        let revision = revision.ok_or_else(|| corrupt("a revision that is no number"))?;
        let text = row.text()?.ok_or_else(|| corrupt("a document without a text"))?;
        Ok(Some(Document { revision, text }))
    }

    pub(super) async fn write_document(
        &self,
        name: &str,
        expected: u64,
        document: &Document,
    ) -> Result<bool, StoreError> {
        let keys = vec![self.layout.document(name)];
        let revisions = [expected, document.revision].map(|number| Value::from(number.to_string()));
        let text = Value::from(document.text.as_str());
        let arguments = revisions.into_iter().chain([text]).collect();
        let mut row = Row::new(self.connection.run(&script::PUT_DOCUMENT, keys, arguments).await?)?;
        Ok(row.integer()? == 1)
    }

    pub(super) async fn take_lease(
        &self,
        name: &str,
        holder: [u8; 16],
        term: Duration,
    ) -> Result<bool, StoreError> {
        let keys = vec![self.layout.lease(name)];
        let term_ms = u64::try_from(term.as_millis()).unwrap_or(u64::MAX);
        let arguments = vec![bytes(&holder), milliseconds(term_ms)];
        let mut row = Row::new(self.connection.run(&script::LEASE, keys, arguments).await?)?;
        Ok(row.integer()? == 1)
    }
}

fn drawn(name: &str) -> Value {
    i64::from(draw_number(name)).into()
}
