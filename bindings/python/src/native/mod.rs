//! The native API: typed keys, an issuer, a verifier, one tree of errors. The rules are the
//! engine's; here its types meet Python's.

mod algorithm;
mod arguments;
mod batch;
pub(crate) mod cache_state;
mod clock;
mod date;
mod documents;
mod ending;
mod errors;
mod explanation;
mod facts;
mod fork;
mod half;
mod header;
mod hints;
mod issuer;
mod key;
mod key_set;
mod lint;
mod objects;
mod payload;
mod remote;
mod ring;
mod sessions;
mod signer;
mod token_hash;
mod unverified;
mod verified;
mod verifier;

use pyo3::prelude::*;

/// Adds the classes and functions of the native API.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<key::Key>()?;
    module.add_class::<key_set::KeySet>()?;
    module.add_class::<key_set::Member>()?;
    module.add_class::<issuer::Issuer>()?;
    module.add_class::<verifier::Verifier>()?;
    module.add_class::<cache_state::CacheState>()?;
    module.add_class::<verified::Verified>()?;
    module.add_class::<unverified::Unverified>()?;
    module.add_class::<explanation::Explanation>()?;
    module.add_class::<explanation::Step>()?;
    module.add_class::<lint::Finding>()?;
    // Now, and not when there is something to wait for: hooks of the program that come later may take
    // locks, and be inside when they wait for one.
    fork::watch(module.py())?;
    ending::register(module)?;
    ring::register(module)?;
    remote::register(module)?;
    sessions::register(module)?;
    module.add_function(wrap_pyfunction!(explanation::explain, module)?)?;
    module.add_function(wrap_pyfunction!(lint::lint, module)?)?;
    module.add_function(wrap_pyfunction!(token_hash::token_hash, module)?)?;
    module.add_function(wrap_pyfunction!(unverified::unverified_header, module)?)?;
    module.add_function(wrap_pyfunction!(unverified::unverified_claims, module)?)
}
