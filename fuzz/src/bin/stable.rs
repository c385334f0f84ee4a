//! Drives the fuzz targets without an engine: `stable SECONDS [TARGET]…` runs each for that long on
//! changed seeds, `stable seeds FOLDER` writes the seed corpus and the dictionary for cargo-fuzz,
//! `stable replay TARGET FILE…` feeds files.
//!
//! No coverage guides it: it is for machines without nightly, and for pull requests.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use jotem_fuzz::{TARGETS, Target, dictionary};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["seeds", folder] => write_seeds(Path::new(folder)),
        ["replay", name, files @ ..] => replay(name, files),
        [seconds, names @ ..] if seconds.parse::<u64>().is_ok() => {
            let time = Duration::from_secs(seconds.parse().unwrap_or_default());
            let chosen = |target: &&Target| names.is_empty() || names.contains(&target.name);
            let failures = TARGETS.iter().filter(chosen).filter(|one| !drive(one, time)).count();
            if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        _ => {
            eprintln!("usage: stable SECONDS [TARGET]… | seeds FOLDER | replay TARGET FILE…");
            ExitCode::FAILURE
        }
    }
}

/// Runs one target and says how often; `false` if a promise was broken.
fn drive(target: &Target, time: Duration) -> bool {
    let pool = (target.seeds)();
    let mut random = Random(u64::from(std::process::id()) << 32 | u64::from(seed()));
    let begin = Instant::now();
    let mut executions = 0_u64;
    for seed in &pool {
        if !feed(target, seed) {
            return false;
        }
    }
    while begin.elapsed() < time {
        let input = random.input(&pool);
        if !feed(target, &input) {
            return false;
        }
        executions += 1;
    }
    let rate = u128::from(executions) * 1000 / begin.elapsed().as_millis().max(1);
    println!("{:<12} {executions:>10} executions, {rate} a second", target.name);
    true
}

/// Feeds one input; if it breaks a promise, keeps it in a file and says where.
fn feed(target: &Target, input: &[u8]) -> bool {
    if catch_unwind(AssertUnwindSafe(|| (target.run)(input))).is_ok() {
        return true;
    }
    let folder = Path::new("artifacts").join(target.name);
    let hash = input.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    let path = folder.join(format!("crash-{hash:016x}"));
    let kept = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, input));
    match kept {
        Ok(()) => println!("{}: broken, by the input in fuzz/{}", target.name, path.display()),
        Err(error) => println!("{}: broken, by {input:02x?} ({error})", target.name),
    }
    false
}

fn write_seeds(folder: &Path) -> ExitCode {
    let write = || {
        for target in TARGETS {
            let folder = folder.join(target.name);
            std::fs::create_dir_all(&folder)?;
            for (number, seed) in (target.seeds)().iter().enumerate() {
                std::fs::write(folder.join(format!("seed-{number:03}")), seed)?;
            }
        }
        std::fs::File::create(folder.join("dictionary"))?.write_all(dictionary::file().as_bytes())
    };
    match write() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

fn replay(name: &str, files: &[&str]) -> ExitCode {
    let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
        eprintln!("there is no target {name}");
        return ExitCode::FAILURE;
    };
    for file in files {
        match std::fs::read(file) {
            Ok(input) => (target.run)(&input),
            Err(error) => {
                eprintln!("{file}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

/// Something that differs from run to run.
fn seed() -> u32 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.unwrap_or_default().subsec_nanos()
}

/// SplitMix64: short, and good enough to choose bytes to change.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or_default()
    }

    /// Changes an input of the pool once, or up to eight times, or, rarely, makes one of random bytes.
    fn input(&mut self, pool: &[Vec<u8>]) -> Vec<u8> {
        if pool.is_empty() || self.below(32) == 0 {
            return (0..self.below(64)).map(|_| self.next().to_le_bytes()[0]).collect();
        }
        let mut input = pool[self.below(pool.len())].clone();
        for _ in 0..1 << self.below(4) {
            let at = self.below(input.len() + 1);
            let to = at + self.below((input.len() - at).min(64) + 1);
            let byte = self.next().to_le_bytes()[0];
            match self.below(8) {
                0 => input.iter_mut().skip(at).take(1).for_each(|old| *old ^= 1 << (byte % 8)),
                1 => input.iter_mut().skip(at).take(1).for_each(|old| *old = byte),
                2 => input.insert(at, byte),
                3 => drop(input.drain(at..to)),
                4 => {
                    let other = &pool[self.below(pool.len())];
                    let from = self.below(other.len() + 1);
                    let part = other.iter().skip(from).take(64).copied();
                    input.splice(at..to, part);
                }
                5 => {
                    let part = input[at..to].to_vec();
                    input.splice(at..at, part);
                }
                _ => {
                    let word = dictionary::WORDS[self.below(dictionary::WORDS.len())];
                    let to = if byte.is_multiple_of(2) { at } else { to };
                    input.splice(at..to, word.iter().copied());
                }
            }
        }
        input
    }
}
