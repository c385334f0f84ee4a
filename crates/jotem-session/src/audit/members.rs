//! What sinks say of an event: names that stay, and texts that are bounded.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sha2::{Digest as _, Sha256};

use super::redaction::without_secrets;
use crate::event::Event;

/// How much of an address is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Addresses {
    /// Its network, as `ip_prefix`: 24 bits of an IPv4 address, 48 of an IPv6 address.
    #[default]
    Prefix,
    /// All of it, as `ip`. It is personal data then: keep it no longer than you may.
    Whole,
    /// Nothing.
    Never,
}

/// A value of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Number(u64),
    True,
}

/// A name and its value.
pub(super) type Member = (&'static str, Value);

/// Returns what there is to say of an event, beside when it was and what.
pub(super) fn of_event(event: &Event, addresses: Addresses) -> Vec<Member> {
    let subject = event.subject.as_ref();
    let session = event.session.map(|session| session.to_string());
    let texts = [
        ("subject", subject.map(|subject| subject.name())),
        ("tenant", subject.and_then(|subject| subject.tenant_name())),
        ("client", event.client.as_deref()),
        ("sid", session.as_deref()),
        ("jti", event.token_id.as_deref()),
        ("kid", event.key_id.as_deref()),
    ];
    let mut members = Vec::with_capacity(8);
    if event.action.is_alarm() {
        members.push(("alarm", Value::True));
    }
    let said = texts.into_iter().filter_map(|(name, text)| Some((name, bounded(text?))));
    members.extend(said.map(|(name, text)| (name, Value::Text(text))));
    members.extend(event.address.and_then(|address| shown(address, addresses)));
    let rest = [("reason", event.reason), ("detail", event.detail.as_ref().map(|it| it.as_str()))];
    let said = rest.into_iter().filter_map(|(name, text)| Some((name, bounded(text?))));
    members.extend(said.map(|(name, text)| (name, Value::Text(text))));
    members
}

/// Says as much of an address as it may.
fn shown(address: IpAddr, addresses: Addresses) -> Option<Member> {
    let address = address.to_canonical();
    match addresses {
        Addresses::Prefix => Some(("ip_prefix", Value::Text(prefix(address)))),
        Addresses::Whole => Some(("ip", Value::Text(address.to_string()))),
        Addresses::Never => None,
    }
}

fn prefix(address: IpAddr) -> String {
    match address {
        IpAddr::V4(four) => {
            let [first, second, third, _] = four.octets();
            format!("{}/24", Ipv4Addr::new(first, second, third, 0))
        }
        IpAddr::V6(six) => {
            let [first, second, third, ..] = six.segments();
            format!("{}/48", Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0))
        }
    }
}

/// Returns a text without secrets, and no longer than a name may be. Of a longer one there is the
/// beginning, and a fingerprint of the whole: two that begin alike stay two.
pub(super) fn bounded(text: &str) -> String {
    let beginning: String = text.chars().take(LOOKED_AT).collect();
    let shown = without_secrets(&beginning);
    let is_whole = beginning.len() == text.len();
    if is_whole && shown.chars().count() <= LONGEST {
        return shown.into_owned();
    }
    let [first, second, third, fourth, ..] = <[u8; 32]>::from(Sha256::digest(text));
    let fingerprint = u32::from_be_bytes([first, second, third, fourth]);
    let kept: String = shown.chars().take(LONGEST).collect();
    format!("{kept}…{fingerprint:08x}")
}

/// The most characters that are shown of a text.
const LONGEST: usize = 200;

/// The most characters in which secrets are looked for.
const LOOKED_AT: usize = 400;
