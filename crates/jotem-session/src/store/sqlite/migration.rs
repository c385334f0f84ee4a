//! The tables, version by version.

/// What takes the tables from each version to the next, the first from nothing.
pub(super) const MIGRATIONS: [&str; 1] = [include_str!("schema.sql")];

/// What says that a file is ours, in its header: `jotm`.
pub(super) const APPLICATION_ID: i32 = 0x6a6f_746d;

/// Returns the version that this program has.
pub(super) fn version() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

/// Writes the statements that make the tables of an empty file, as [`super::Sqlite`] does.
pub(super) fn statements() -> String {
    let mut text =
        String::from("PRAGMA journal_mode = WAL;\nPRAGMA synchronous = FULL;\nBEGIN IMMEDIATE;\n");
    MIGRATIONS.iter().for_each(|statements| text.push_str(statements));
    text.push_str(&format!(
        "PRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = {};\nCOMMIT;\n",
        version()
    ));
    text
}
