//! URLs that are none are refused before anything is asked, and never repeated.

use jotem_session::store::{Postgres, open};

#[tokio::test]
async fn a_url_that_is_wrong_is_refused_without_being_repeated() {
    for url in [
        "postgres://",
        "postgres://u:hunter2@",
        "postgresql://u:hunter2@host:port/x",
        "postgres://u:hunter2@host/x?pool=0",
        "postgres://u:hunter2@host/x?pool=many",
        "postgres://u:hunter2@host/x?timeout=0",
        "postgres://u:hunter2@host/x?timeout=-1",
        "postgres://u:hunter2@host/x?sslmode=verify-ca",
        "postgres://u:hunter2@host/x?sslmode=allow",
        "postgres://u:hunter2@host/x?sslmode=verify-full&sslrootcert=/no/such/file",
        "postgres://u:hunter2@host/x?sslmode=verify-full&sslrootcert=%2",
        "postgres://u:hunter2@host/x?sslmode=verify-full&sslrootcert=%ff",
        "postgres://u:hunter2@host/x?no_such=parameter",
        // A password that should have been percent-encoded.
        "postgres://u:hu?nter2@host/x",
        "postgres://u:?hunter2@host/x",
    ] {
        for error in [Postgres::open(url).await.unwrap_err(), open(url).await.unwrap_err()] {
            assert_eq!(error.code(), "store_url", "{url}: {error}");
            assert!(!format!("{error} {error:?}").contains("nter2"), "{error:?}");
        }
    }
}
