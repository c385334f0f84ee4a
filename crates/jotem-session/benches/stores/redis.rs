//! Redis and Valkey beside `redis-benchmark`, which asks the same server for one field of a hash, with as
//! many connections and one command at a time on each: what the server itself can do.

use std::process::Command;

use fred::prelude::{Builder, ClientLike as _};
use fred::types::config::{Config, ReconnectPolicy};
use fred::types::{ClusterHash, CustomCommand, Value};
use jotem_session::store::{Redis, RedisSettings};

use crate::load::{Beside, ROTATIONS, ROUNDS, SESSIONS, by_callers, fill, rotations};
use crate::redis_server::{Program, Server};

/// Connections, and callers: so no command waits behind another's on its connection.
const CONNECTIONS: u32 = 50;

pub(crate) async fn measure() {
    for program in [Program::Redis, Program::Valkey] {
        let durable = ["--save", "", "--appendonly", "yes", "--appendfsync", "everysec"];
        let Some(server) = Server::with(program, &durable) else { continue };
        println!(
            "{program:?}, {SESSIONS} sessions, two a subject, {CONNECTIONS} connections, \
             appendfsync everysec"
        );
        of(&server).await;
    }
}

async fn of(server: &Server) {
    let empty = server.figure("used_memory");
    let default = Redis::open(&server.url()).await.unwrap();
    let store: &'static Redis = Box::leak(Box::new(default));
    let logins = fill(store, CONNECTIONS, None).await;
    let bytes = (server.figure("used_memory") - empty) as f64 / f64::from(SESSIONS);
    println!("  {bytes:.0} bytes a session; {logins:.0} logins/s");

    let pool = pool(server, CONNECTIONS).await;
    let own = Redis::with_pool(pool.clone(), &RedisSettings::new()).await.unwrap();
    let own: &'static Redis = Box::leak(Box::new(own));
    server.ask("HSET plain field value");
    let (mut by_server, mut by_client, mut shared) =
        (Beside::default(), Beside::default(), Beside::default());
    for round in 0..ROUNDS / 2 {
        let ceiling = plain_hget(server);
        let rotated = rotations(own, CONNECTIONS, round * 2).await;
        by_server.add(rotated, ceiling);
        let asked = by_callers(CONNECTIONS, ROTATIONS, {
            let pool = pool.clone();
            move |_| {
                let client = pool.next().clone();
                async move {
                    let hget = CustomCommand::new_static("HGET", ClusterHash::FirstKey, false);
                    let value: Value = client.custom(hget, vec!["plain", "field"]).await.unwrap();
                    assert!(value.is_bytes() || value.is_string());
                }
            }
        });
        by_client.add(rotated, f64::from(ROTATIONS) / asked.await.as_secs_f64());
        shared.add(rotations(store, CONNECTIONS, round * 2 + 1).await, ceiling);
    }
    by_server.print("rotations", "redis-benchmark HGET", 0.6);
    by_client.print("rotations", "HGET with the same client", 0.6);
    shared.print("rotations over four connections, as a URL has them", "the former HGET", 0.6);
}

async fn pool(server: &Server, connections: u32) -> fred::clients::Pool {
    let config = Config::from_url(&server.url()).unwrap();
    let pool = Builder::from_config(config)
        .set_policy(ReconnectPolicy::default())
        .build_pool(connections as usize)
        .unwrap();
    pool.init().await.unwrap();
    pool
}

/// What the server's own measurement says, for a second or so.
fn plain_hget(server: &Server) -> f64 {
    let (port, connections) = (server.port.to_string(), CONNECTIONS.to_string());
    let said = tokio::task::block_in_place(|| {
        Command::new("redis-benchmark")
            .args([
                "-p",
                &port,
                "-c",
                &connections,
                "-n",
                "60000",
                "--csv",
                "HGET",
                "plain",
                "field",
            ])
            .output()
            .unwrap()
    });
    let text = String::from_utf8(said.stdout).unwrap();
    let line = text.lines().last().unwrap();
    line.split(',').nth(1).unwrap().trim_matches('"').parse().unwrap()
}
