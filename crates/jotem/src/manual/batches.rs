//! Batches: many tokens, verified or issued on all cores.
//!
//! A queue is worked off, a log is read again, a list of invitations goes out: each token has its own
//! verdict, and all cores have work.
//!
#![cfg_attr(feature = "aws-lc", doc = "```")]
#![cfg_attr(not(feature = "aws-lc"), doc = "```ignore")]
//! # use std::time::Duration;
//! use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
//!
//! # let key = SigningKey::generate(Algorithm::Es256)?;
//! # let issuer = Issuer::builder(key.clone()).lifetime(Duration::from_secs(900)).build()?;
//! # let verifier = Verifier::builder(key.verifying_key()).build()?;
//! let invited = ["ada", "grace"].map(|name| Claims::empty().subject(name));
//! let mut tokens = issuer.issue_many(&invited).into_iter().collect::<Result<Vec<_>, _>>()?;
//! tokens.push("not a token".to_owned());
//!
//! let verdicts = verifier.verify_many::<()>(&tokens);
//! assert_eq!(verdicts[1].as_ref().unwrap().claims().subject(), Some("grace"));
//! assert_eq!(verdicts[2].as_ref().unwrap_err().code().as_str(), "jws_segment_count");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! The verdicts stand in the order of the tokens, and each is the one that
//! [`verify`](crate::Verifier::verify) gives. One refusal does not hold up the others.
//!
//! # More than there is memory for
//!
//! [`verify_each`](crate::Verifier::verify_each) takes an iterator of any length and hands each token
//! with its verdict to a closure, on the caller's thread and in order. What is on the way at one time is
//! bounded: 512 tokens a thread, unless [`Batch::ahead`](crate::jwt::Batch::ahead) says otherwise. The
//! closure ends the batch by breaking off, so the iterator may be endless.
//!
#![cfg_attr(feature = "aws-lc", doc = "```")]
#![cfg_attr(not(feature = "aws-lc"), doc = "```ignore")]
//! # use std::time::Duration;
//! use std::collections::BTreeMap;
//! use std::io::{self, BufRead};
//! use std::ops::ControlFlow;
//! # use jotem::{Algorithm, SigningKey, Verifier};
//! # let key = SigningKey::generate(Algorithm::Es256)?;
//! # let verifier = Verifier::builder(key.verifying_key()).build()?;
//!
//! fn refusals(verifier: &Verifier, lines: impl BufRead) -> io::Result<BTreeMap<String, u64>> {
//!     let mut failure = None;
//!     let lines = lines.lines().map_while(|line| line.map_err(|error| failure = Some(error)).ok());
//!     let mut refused = BTreeMap::new();
//!     let end = verifier.verify_each::<(), _, _>(lines, |_token, verdict| {
//!         if let Err(error) = verdict {
//!             *refused.entry(error.code().to_string()).or_default() += 1;
//!         }
//!         ControlFlow::<()>::Continue(())
//!     });
//!     assert!(end.is_continue());
//!     failure.map_or(Ok(refused), Err)
//! }
//!
//! let refused = refusals(&verifier, &b"a\nb.c.d\ne\n"[..]).unwrap();
//! assert_eq!(refused["jws_segment_count"], 2);
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! A program that has more to do with each token, such as writing an answer, does it on all cores with
//! [`Batch::each`](crate::jwt::Batch::each). For tokens in a file there is `jotem verify --batch`.
//!
//! # Threads
//!
//! [`Batch::threads`](crate::jwt::Batch::threads) sets how many there are; as many as the process may use
//! cores otherwise. They begin and end within the call: nothing is left over for a fork to inherit. A batch
//! that is done before a thread has started has none, and so has one whose iterator is slower than the
//! work: its verdicts come as soon as its tokens do. Later in a batch, a verdict may wait while the
//! iterator does.
