//! What is logged while a server is used.

use crate::log_lines::no_line_has_a_secret;
use crate::server::Server;

#[tokio::test]
async fn no_line_that_is_logged_has_a_token_or_the_password() {
    let Some(server) = Server::shared() else { return };
    server.database("logged").await;
    let client = server.client("logged").await;
    let role = "CREATE ROLE somebody LOGIN SUPERUSER PASSWORD 'pa55word'";
    client.batch_execute(role).await.unwrap();
    let url = server.url_of("somebody:pa55word", "logged");
    no_line_has_a_secret(&format!("{url}?timeout=20000&connect_timeout=20"), "pa55word").await;
}
