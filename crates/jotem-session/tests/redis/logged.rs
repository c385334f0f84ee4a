//! What is logged while a server is used.

use crate::log_lines::no_line_has_a_secret;
use crate::server::{Program, Server};

#[tokio::test]
async fn no_line_that_is_logged_has_a_token_or_the_password() {
    let Some(server) = Server::with(Program::Redis, &["--requirepass", "pa55word"]) else { return };
    let url = format!("redis://:pa55word@127.0.0.1:{}?timeout=20000", server.port);
    no_line_has_a_secret(&url, "pa55word").await;
}
