//! Fetches keys over TLS in a program that has nothing else that knows TLS. The server is another
//! program's, `../two_providers`: it starts this one with the URL, and hands it the authority.

use std::io::{read_to_string, stdin};

use jotem_jwks::remote::JwksClient;

fn main() {
    let url = std::env::args().nth(1).expect("the URL of a key set");
    let authority = read_to_string(stdin()).expect("the server's authority, in PEM");

    let stranger = JwksClient::builder().key_set(&url).build().expect("a client");
    let refused = stranger.blocking_refresh().expect_err("nobody vouches for this server");
    assert_eq!(refused.code(), "jwks_tls", "{refused}");

    let client = JwksClient::builder().key_set(&url).certificate_authorities(authority);
    let client = client.build().expect("a client");
    client.blocking_refresh().expect("a key set");
    assert_eq!(client.status()[0].keys.len(), 1);
}
