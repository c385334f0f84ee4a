//! Whether the servers are set up so that nothing is lost, and what is there can be read.

use fred::types::config::Server;
use jotem::error::Excerpt;

use super::answer::Row;
use super::connection::Connection;
use super::error::{self, STORE};
use super::layout::{self, Layout};
use super::script;
use crate::store::StoreError;

/// Looks at every server that is written to.
pub(super) async fn servers(connection: &Connection) -> Result<(), StoreError> {
    if !connection.is_cluster() {
        return server(connection, None).await;
    }
    let primaries = connection.primaries();
    if primaries.is_empty() {
        return Err(error::unavailable("the cluster names no primary"));
    }
    for primary in &primaries {
        server(connection, Some(primary)).await?;
    }
    Ok(())
}

/// Sees that what is kept there is kept as this program does it; says so where nothing is.
pub(super) async fn version(connection: &Connection, layout: &Layout) -> Result<(), StoreError> {
    let arguments = vec![layout::VERSION.to_string().into()];
    let answer = connection.run(&script::LAYOUT, vec![layout.version()], arguments).await?;
    let found = Row::new(answer)?.text()?.and_then(|text| text.parse().ok());
    let found = found.ok_or_else(|| error::corrupt("a version of the layout that is no number"))?;
    if found == layout::VERSION {
        return Ok(());
    }
    Err(StoreError::Schema { store: STORE, found, expected: layout::VERSION })
}

async fn server(connection: &Connection, at: Option<&Server>) -> Result<(), StoreError> {
    let about = match connection.ask("INFO", Vec::new(), at).await {
        Ok(about) => about.into_string().unwrap_or_default(),
        // A user who may do nothing but what the store does may not ask. Who has no access at all
        // sees it at the next command.
        Err(StoreError::Denied { reason, .. }) if reason.contains("NOPERM") => return Ok(()),
        Err(error) => return Err(error),
    };
    let found = |name: &str| {
        let mut lines = about.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(found, _)| *found == name).map(|(_, value)| value.trim())
    };
    if found("role") == Some("slave") {
        return Err(StoreError::ReadOnly { store: STORE });
    }
    // Valkey says which Redis it is compatible with.
    let version = found("redis_version").unwrap_or("0");
    if !is_recent(version) {
        let found = Excerpt::new(version);
        return Err(StoreError::Unsafe { store: STORE, setting: "redis_version", found });
    }
    match found("maxmemory_policy") {
        Some("noeviction") | None => Ok(()),
        Some(policy) => {
            let found = Excerpt::new(policy);
            Err(StoreError::Unsafe { store: STORE, setting: "maxmemory-policy", found })
        }
    }
}

/// Whether a version is 6.2 or newer: streams are read from after a place on.
fn is_recent(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
    let (major, minor) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    (major, minor) >= (6, 2)
}
