//! Stores are waited for; everything else here is not.

use std::future::Future;

use crate::error::Failure;

/// Does what has to be waited for, in this thread.
pub(crate) fn wait<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::input_output("cannot wait for a store", &error))?;
    runtime.block_on(work)
}
