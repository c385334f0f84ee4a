//! A web server on this machine, which keeps what is posted and answers as a test says.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// What was posted.
#[derive(Debug, Clone)]
pub(crate) struct Posted {
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Posted {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// The server; its thread ends with the test.
pub(crate) struct Server {
    pub(crate) url: String,
    posted: Receiver<Posted>,
}

impl Server {
    /// Starts it: the statuses are answered one after the other, and then 200. A status of 0 is no answer
    /// at all.
    pub(crate) fn start(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook/path-that-is-a-secret", listener.local_addr().unwrap());
        let (sender, posted) = channel();
        let mut statuses: VecDeque<u16> = statuses.iter().copied().collect();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let status = statuses.pop_front().unwrap_or(200);
                if serve(&stream.unwrap(), status, &sender).is_none() {
                    return;
                }
            }
        });
        Self { url, posted }
    }

    /// Returns what is posted next.
    pub(crate) fn next(&self) -> Posted {
        self.posted.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    /// Returns what was posted and not looked at.
    pub(crate) fn rest(&self) -> Vec<Posted> {
        self.posted.try_iter().collect()
    }
}

fn serve(mut stream: &TcpStream, status: u16, sender: &Sender<Posted>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let mut posted = Posted { path, headers, body: String::new() };
    let mut body = vec![0; posted.header("content-length").parse().unwrap()];
    reader.read_exact(&mut body).ok()?;
    posted.body = String::from_utf8(body).unwrap();
    sender.send(posted).ok()?;
    if status != 0 {
        let location = "Location: http://127.0.0.1:1/\r\n";
        let answer = format!(
            "HTTP/1.1 {status} X\r\n{location}Content-Length: 0\r\nConnection: close\r\n\r\n"
        );
        drop(stream.write_all(answer.as_bytes()));
    }
    Some(())
}
