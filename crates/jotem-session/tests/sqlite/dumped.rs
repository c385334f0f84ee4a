//! The file of the sessions, in the hands of somebody else.

use std::sync::Arc;

use crate::dump::{Life, bytes_of};
use crate::session::open;

#[tokio::test]
async fn r19_nothing_in_the_file_makes_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let life = Life::over(Arc::new(open(&folder.path().join("sessions.db")).await)).await;
    // With the log beside it.
    life.is_not_given_away_by(&bytes_of(folder.path()));
    life.is_refreshed_by_its_owner_only().await;
}
