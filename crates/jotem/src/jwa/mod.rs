//! JSON Web Algorithms (RFC 7518, RFC 8037, RFC 8812, RFC 9864, RFC 9964): the names in `alg` and
//! what each means.

pub(crate) mod signature;

pub use signature::{Algorithm, Curve, Hash, KeyType, ParameterSet, Scheme, UnknownAlgorithm};
