//! One URL chooses the store.

use std::sync::Arc;

use super::Store;
use super::error::StoreError;
use super::memory::Memory;

/// Opens the store that a URL names, and sees that it answers.
///
/// # Errors
/// [`StoreError::Url`] for what is none, [`StoreError::NotBuilt`] for a store that this program was
/// built without, and what the store says when it is opened.
///
/// # Examples
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = jotem_session::store::open("memory:").await?;
/// assert_eq!(store.name(), "memory");
///
/// let error = jotem_session::store::open("mysql://localhost").await.unwrap_err();
/// assert_eq!(error.code(), "store_url");
/// # Ok(())
/// # }
/// ```
pub async fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    let Some((scheme, rest)) = url.split_once(':') else {
        return Err(StoreError::Url { reason: "it has no scheme".to_owned() });
    };
    match scheme {
        "memory" => Ok(Arc::new(Memory::new())),
        #[cfg(feature = "sqlite")]
        "sqlite" => Ok(Arc::new(super::Sqlite::open_url(rest).await?)),
        #[cfg(not(feature = "sqlite"))]
        "sqlite" => Err(StoreError::NotBuilt { scheme: "sqlite", feature: "sqlite" }),
        "redis" | "rediss" | "redis+sentinel" | "rediss+sentinel" | "redis+cluster"
        | "rediss+cluster" => open_redis(url).await,
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" => Ok(Arc::new(super::postgres::Postgres::open(url).await?)),
        #[cfg(not(feature = "postgres"))]
        "postgres" | "postgresql" => {
            Err(StoreError::NotBuilt { scheme: "postgres", feature: "postgres" })
        }
        _ => Err(StoreError::Url { reason: "its scheme is none of a store".to_owned() }),
    }
}

#[cfg(feature = "redis")]
async fn open_redis(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(super::redis::Redis::open(url).await?))
}

#[cfg(not(feature = "redis"))]
async fn open_redis(_url: &str) -> Result<Arc<dyn Store>, StoreError> {
    Err(StoreError::NotBuilt { scheme: "redis", feature: "redis" })
}
