//! Remote key sets: fetched, kept, refreshed.
