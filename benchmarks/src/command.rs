//! `--command`: `jotem verify --batch` over a file of a million tokens, beside a loop over one token.
//!
//! A row's nanoseconds are those of one token; the command's are its process's, from its start to its end, shared
//! out. On standard error stands which share of all cores that is, and the most memory that the command had.

use std::{
    cell::Cell,
    fs::{self, File},
    hint::black_box,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio, id},
    rc::Rc,
    thread,
    time::Duration,
};

use jotem::{Algorithm, SigningKey, Verifier};

use crate::{
    options::Options,
    report::{Implementation, Race, Report},
    rounds::{self, Entrant},
    statistics,
    token::{AUDIENCE, Claims, ISSUER},
};

const LOOP: &str = "one token, a loop";
const SECRET: &str = "a secret of thirty-two bytes, 32";
/// What the command may take, in KiB.
const MOST_MEMORY: u64 = 64 * 1_024;

pub(crate) fn measure(options: &Options, command: &Path) -> Report {
    let count = if options.quick { 100_000 } else { 1_000_000 };
    let (secret, tokens) = (Scratch::new("secret"), Scratch::new("tokens"));
    fs::write(&secret.0, SECRET).expect("a file for the secret");
    let key = SigningKey::from_secret(SECRET, Algorithm::Hs256).expect("a key");
    eprintln!("writing {count} tokens");
    write_tokens(&tokens.0, &key, count);

    let memory = Rc::new(Cell::new(0));
    let arguments = ["verify", "--batch", "--json", "--show", "none", "--secret-file"];
    let mut verify = Command::new(command);
    verify.args(arguments).arg(&secret.0).arg(&tokens.0).stdout(Stdio::null());
    verify.args(["--iss", ISSUER, "--aud", AUDIENCE]);
    let batch = {
        let memory = Rc::clone(&memory);
        move |_| {
            let child = verify.spawn().expect("the command");
            memory.set(memory.get().max(most_memory_of(child)));
        }
    };
    let entrants = vec![
        Entrant { name: LOOP, run: one_by_one(&key, count) },
        Entrant { name: "jotem verify --batch", run: Box::new(batch) },
    ];
    eprintln!("measuring {}", command.display());
    let mut samples =
        rounds::race(entrants, Duration::from_secs(if options.quick { 1 } else { 15 }));
    for taken in samples.iter_mut().flat_map(|entrant| &mut entrant.per_round) {
        *taken /= f64::from(count);
    }
    let [one, all] = samples.as_slice() else { unreachable!("there are two") };
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    let share = 100.0 / (statistics::paired_ratio(all, one) * cores as f64);
    eprintln!("{share:.0} % of {cores} cores, {} KiB at most", memory.get());
    assert!(memory.get() < MOST_MEMORY, "more memory than it may take");

    let race = Race::of(format!("HS256, {count} tokens"), &samples, LOOP, None);
    let cryptography = "HMAC: hmac, sha2";
    let implementations = vec![Implementation::new("jotem", &["jotem"], cryptography)];
    Report { implementations, races: vec![race] }
}

fn write_tokens(path: &Path, key: &SigningKey, count: u32) {
    let mut file = BufWriter::new(File::create(path).expect("a file for the tokens"));
    for number in 0..count {
        let claims = Claims { sub: format!("{number:010}"), ..Claims::good() };
        let token = jotem::encode(&claims, key).expect("it signs");
        writeln!(file, "{token}").expect("it is written");
    }
    file.flush().expect("it is written");
}

fn one_by_one(key: &SigningKey, count: u32) -> Box<dyn FnMut(u32)> {
    let builder = Verifier::builder(key.verifying_key()).issuer(ISSUER).audience(AUDIENCE);
    let verifier = builder.build().expect("a verifier");
    let token = jotem::encode(&Claims::good(), key).expect("it signs");
    Box::new(move |rounds| {
        for _ in 0..rounds * count {
            let verdict = verifier.verify::<Claims>(black_box(&token));
            assert!(black_box(verdict).is_ok(), "the good token is refused");
        }
    })
}

/// Waits for a program, and returns the most memory that it had at once, in KiB; zero where the system
/// does not say (it does on Linux).
fn most_memory_of(mut child: Child) -> u64 {
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut most = 0;
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse().ok());
        most = peak.unwrap_or(0).max(most);
        if let Some(status) = child.try_wait().expect("a child") {
            assert!(status.success(), "the command failed, or refused a good token");
            return most;
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// A file that goes with this.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("jotem-benchmarks-{}-{name}", id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}
