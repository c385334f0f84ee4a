//! What needs to look inside.
