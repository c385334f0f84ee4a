//! Sessions in Redis and Valkey: on servers of our own.

mod cluster;
mod conformance;
mod crash;
mod failover;
mod opening;
mod outage;
mod proxy;
mod replay;
mod samples;
mod server;
mod size;
mod tls;
