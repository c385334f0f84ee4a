//! Copies from and into another store.

use fred::types::Value;
use fred::types::config::Server;

use super::Redis;
use super::answer::Row;
use super::error::{corrupt, wrong_url};
use super::script;
use super::session::{KEEP_MS, bytes};
use crate::refresh_token::SubjectKey;
use crate::store::{Kept, Page, StoreError};

impl Redis {
    pub(super) async fn import_sessions(&self, sessions: &[Kept]) -> Result<(), StoreError> {
        for of_subject in sessions.chunk_by(|a, b| a.subject == b.subject && a.who == b.who) {
            self.import_subject(of_subject).await?;
        }
        Ok(())
    }

    /// Keeps sessions of one subject.
    async fn import_subject(&self, sessions: &[Kept]) -> Result<(), StoreError> {
        let Some(first) = sessions.first() else { return Ok(()) };
        let now_ms = self.clock().await?;
        let end_s =
            sessions.iter().map(|kept| u64::from(kept.record.end_s)).max().unwrap_or_default();
        let keep_ms = end_s.saturating_mul(1000).saturating_sub(now_ms).saturating_add(KEEP_MS);
        let labels: Vec<_> = sessions
            .iter()
            .filter_map(|kept| kept.label.as_ref().map(|label| (kept.session, label)))
            .collect();
        if !labels.is_empty() {
            self.keep_labels(first.subject, keep_ms, &labels).await?;
        }
        let who = self.keep_who(first.subject, first.who.to_text(), keep_ms).await?;
        let epoch = sessions.iter().map(|kept| kept.epoch).max().unwrap_or_default();
        let mut arguments: Vec<Value> = vec![who.into(), i64::from(epoch).into()];
        for kept in sessions {
            arguments.extend([bytes(kept.session.as_bytes()), bytes(&kept.record.encode())]);
        }
        let keys = vec![self.layout.sessions(first.subject)];
        self.connection.run(&script::IMPORT, keys, arguments).await.map(drop)
    }

    pub(super) async fn export_sessions(
        &self,
        from: Option<&str>,
        most: usize,
    ) -> Result<Page, StoreError> {
        let (subjects, next) = self.subjects(from, most).await?;
        let mut page = Page { sessions: Vec::new(), next };
        for subject in subjects {
            let (_, who, epoch, sessions) = self.sessions(subject).await?;
            if sessions.is_empty() {
                continue;
            }
            let who = match who {
                Some(who) => who,
                None => self.long_name(subject).await?,
            };
            page.sessions.extend(sessions.into_iter().map(|(session, record, label)| Kept {
                subject,
                who: who.clone(),
                epoch,
                session,
                record,
                label,
            }));
        }
        Ok(page)
    }

    /// Returns some subjects from a place on, and from where to ask next: the number of the server, and
    /// the place on that server. A subject may come twice, and none is left out that was there all the
    /// time, unless a Cluster moves it meanwhile.
    pub(super) async fn subjects(
        &self,
        from: Option<&str>,
        most: usize,
    ) -> Result<(Vec<SubjectKey>, Option<String>), StoreError> {
        let servers: Vec<Option<Server>> = match self.layout.is_cluster() {
            true => self.connection.primaries().into_iter().map(Some).collect(),
            false => vec![None],
        };
        let (server, cursor) = match from {
            None => (0, "0"),
            Some(from) => from
                .split_once('-')
                .and_then(|(server, cursor)| Some((server.parse::<usize>().ok()?, cursor)))
                .ok_or_else(|| wrong_url("that is no place that a page named"))?,
        };
        let Some(at) = servers.get(server) else { return Ok((Vec::new(), None)) };
        let count = i64::try_from(most.clamp(1, 10_000)).unwrap_or(1);
        let arguments: Vec<Value> = vec![
            cursor.into(),
            "MATCH".into(),
            self.layout.all_subjects().into(),
            "COUNT".into(),
            count.into(),
        ];
        let mut row = Row::new(self.connection.ask("SCAN", arguments, at.as_ref()).await?)?;
        let cursor = row.text()?.ok_or_else(|| corrupt("a place that is none"))?;
        let keys = row.row()?.texts();
        let subjects = keys.iter().filter_map(|key| self.layout.subject_of(key)).collect();
        let next = match cursor.as_str() {
            "0" if server.saturating_add(1) < servers.len() => {
                Some(format!("{}-0", server.saturating_add(1)))
            }
            "0" => None,
            cursor => Some(format!("{server}-{cursor}")),
        };
        Ok((subjects, next))
    }
}
