//! Processes that have the same server.

use crate::processes::{one_rotates_and_one_is_reuse, one_rotates_and_the_others_get_the_same};
use crate::server::{Program, Server};

const ROUNDS: u32 = 50;

#[test]
fn r02_of_all_processes_one_rotates() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let url = server.url();
    one_rotates_and_the_others_get_the_same(&url, ROUNDS);
    one_rotates_and_one_is_reuse(&url, ROUNDS);
}
