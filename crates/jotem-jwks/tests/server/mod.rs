//! A web server on this machine that does what a test tells it: it answers, hangs until it is
//! released, breaks off, drips, or never ends.

#![allow(dead_code, reason = "each binary of tests uses a part of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

/// What the server was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What the server does.
pub(crate) enum Reply {
    /// A whole answer.
    Page { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// These bytes, then the end.
    Raw(Vec<u8>),
    /// These bytes, and then these again and again.
    Endless(Vec<u8>, Vec<u8>),
    /// These bytes, and then these again and again, one at a time: it never falls silent for long.
    Dripping(Vec<u8>, Vec<u8>),
    /// Nothing, until the server is released.
    Held(Box<Self>),
}

impl Reply {
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::Page { status: 200, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::Page { status, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Page { headers, .. } = &mut self {
            headers.push((name, value.into()));
        }
        self
    }

    pub(crate) fn held(self) -> Self {
        Self::Held(Box::new(self))
    }
}

type Script = dyn Fn(&Asked) -> Reply + Send + Sync;

/// A server with its script.
pub(crate) struct Server {
    port: u16,
    state: Arc<State>,
    authority: Option<String>,
}

struct State {
    script: Mutex<Arc<Script>>,
    asked: Mutex<Vec<Asked>>,
    arrived: Condvar,
    released: Mutex<bool>,
    release: Condvar,
    tls: Option<Arc<ServerConfig>>,
}

impl Server {
    /// Starts a server without TLS.
    pub(crate) fn start(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::run(Arc::new(script), None, None)
    }

    /// Starts a server with TLS, whose certificate is for these names, by an authority of its own.
    pub(crate) fn start_tls(
        names: &[&str],
        script: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::start_tls_of(rustls::DEFAULT_VERSIONS, names, script)
    }

    /// As [`Self::start_tls`], with these versions of TLS only.
    pub(crate) fn start_tls_of(
        versions: &[&'static SupportedProtocolVersion],
        names: &[&str],
        script: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority =
            CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let names = names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let certificate =
            CertificateParams::new(names).unwrap().signed_by(&key, &authority).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .unwrap();
        Self::run(Arc::new(script), Some(Arc::new(tls)), Some(authority.pem()))
    }

    fn run(script: Arc<Script>, tls: Option<Arc<ServerConfig>>, authority: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            script: Mutex::new(script),
            asked: Mutex::default(),
            arrived: Condvar::new(),
            released: Mutex::new(false),
            release: Condvar::new(),
            tls,
        });
        let serving = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&serving);
                std::thread::spawn(move || state.serve(stream));
            }
        });
        Self { port, state, authority }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        self.url_on("127.0.0.1", path)
    }

    /// The URL of a path at a name that leads here.
    pub(crate) fn url_on(&self, host: &str, path: &str) -> String {
        let scheme = if self.authority.is_some() { "https" } else { "http" };
        format!("{scheme}://{host}:{}{path}", self.port)
    }

    /// The authority of the certificate, in PEM.
    pub(crate) fn authority(&self) -> &str {
        self.authority.as_deref().unwrap()
    }

    /// Changes what the server does.
    pub(crate) fn script(&self, script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) {
        *self.state.script.lock().unwrap() = Arc::new(script);
    }

    /// What the server was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().unwrap().clone()
    }

    /// How many requests came so far.
    pub(crate) fn hits(&self) -> usize {
        self.state.asked.lock().unwrap().len()
    }

    /// Waits until so many requests came.
    pub(crate) fn wait_for_hits(&self, hits: usize) {
        let asked = self.state.asked.lock().unwrap();
        drop(self.state.arrived.wait_while(asked, |asked| asked.len() < hits).unwrap());
    }

    /// Lets go whoever is held, now and later.
    pub(crate) fn release(&self) {
        *self.state.released.lock().unwrap() = true;
        self.state.release.notify_all();
    }

    /// Holds again.
    pub(crate) fn hold(&self) {
        *self.state.released.lock().unwrap() = false;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.release();
    }
}

impl State {
    fn serve(&self, stream: TcpStream) {
        match &self.tls {
            None => self.exchange(stream),
            Some(tls) => {
                let connection = ServerConnection::new(Arc::clone(tls)).unwrap();
                self.exchange(StreamOwned::new(connection, stream));
            }
        }
    }

    fn exchange(&self, mut stream: impl Read + Write) {
        let mut reader = BufReader::new(&mut stream);
        let mut line = || {
            let mut line = String::new();
            let read = reader.read_line(&mut line);
            read.ok().map(|_| line.trim_end().to_owned()).filter(|line| !line.is_empty())
        };
        let Some(first) = line() else { return };
        let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut headers = Vec::new();
        while let Some(header) = line() {
            let (name, value) = header.split_once(": ").unwrap_or((&header, ""));
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let asked = Asked { path, headers };
        let script = Arc::clone(&self.script.lock().unwrap());
        let reply = script(&asked);
        self.asked.lock().unwrap().push(asked);
        self.arrived.notify_all();
        self.reply(&mut stream, reply);
    }

    fn reply(&self, stream: &mut impl Write, reply: Reply) {
        match reply {
            Reply::Page { status, headers, body } => {
                let mut answer = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
                for (name, value) in headers {
                    answer += &format!("{name}: {value}\r\n");
                }
                if status != 304 {
                    answer += &format!("content-length: {}\r\n", body.len());
                }
                let bytes = [answer.as_bytes(), b"\r\n", &body].concat();
                drop(stream.write_all(&bytes).and_then(|()| stream.flush()));
            }
            Reply::Raw(bytes) => drop(stream.write_all(&bytes).and_then(|()| stream.flush())),
            Reply::Endless(first, again) => {
                let mut written = stream.write_all(&first);
                // Ends when the client hangs up.
                while written.is_ok() {
                    written = stream.write_all(&again).and_then(|()| stream.flush());
                }
            }
            Reply::Dripping(first, again) => drip(stream, &first, &again),
            Reply::Held(reply) => {
                let released = self.released.lock().unwrap();
                drop(self.release.wait_while(released, |released| !*released).unwrap());
                self.reply(stream, *reply);
            }
        }
    }
}

/// Writes one byte each 10 ms until the client hangs up. One that would wait forever sees the end
/// after ten seconds, so that its test fails and does not hang.
fn drip(stream: &mut impl Write, first: &[u8], again: &[u8]) {
    let mut written = stream.write_all(first).and_then(|()| stream.flush());
    for byte in again.iter().cycle().take(1_000) {
        if written.is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
        written = stream.write_all(&[*byte]).and_then(|()| stream.flush());
    }
}
