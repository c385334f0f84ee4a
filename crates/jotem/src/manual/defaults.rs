//! The defaults of a verifier, and their reasons.
