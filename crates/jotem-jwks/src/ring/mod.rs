//! Key rings: announced, active, retiring, removed.
