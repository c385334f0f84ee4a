//! Processes that have the same file open.

use crate::processes::{one_rotates_and_one_is_reuse, one_rotates_and_the_others_get_the_same};

const ROUNDS: u32 = 50;

fn with_a_file(race: fn(&str, u32)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.db");
    race(&format!("sqlite://{}", path.display()), ROUNDS);
}

#[test]
fn r02_of_all_processes_one_rotates_and_the_others_get_the_same_successor() {
    with_a_file(one_rotates_and_the_others_get_the_same);
}

#[test]
fn r02_without_a_window_one_rotates_and_one_is_reuse() {
    with_a_file(one_rotates_and_one_is_reuse);
}
