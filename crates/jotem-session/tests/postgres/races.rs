//! Processes that have the same server.

use crate::processes::{one_rotates_and_one_is_reuse, one_rotates_and_the_others_get_the_same};
use crate::server::Server;

const ROUNDS: u32 = 20;

#[test]
fn r02_of_all_processes_one_rotates() {
    let Some(server) = Server::shared() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let url = runtime.block_on(server.database("races"));
    // The limit is generous: other tests run beside.
    let url = format!("{url}?timeout=20000&connect_timeout=20");
    one_rotates_and_the_others_get_the_same(&url, ROUNDS);
    one_rotates_and_one_is_reuse(&url, ROUNDS);
}
