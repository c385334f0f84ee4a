//! Stores: what they say when they fail, whom sessions are of, and what is special about memory.

mod errors;
mod memory;
mod subject;
