//! The text of a token: what stands around it, its segments, and how they are spelled.

use super::Rule;
use super::finding::{Part, Report};
use crate::encoding::base64url::{self, Fault};

/// More is not examined: the work stays bounded.
pub(super) const LARGEST: usize = 64 * 1024;

/// A token as far as it can be taken apart.
pub(super) struct Token<'t> {
    pub(super) header: Vec<u8>,
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
    /// Whether the signature segment has no character at all.
    pub(super) unsigned: bool,
    /// Header, dot and payload, as they were written.
    pub(super) signing_input: &'t str,
    pub(super) encrypted: bool,
}

/// Takes a token apart; `None` if there is nothing to look at.
pub(super) fn read<'t>(text: &'t str, report: &mut Report) -> Option<Token<'t>> {
    let place = Part::Token.whole();
    let token = unwrap(text, report);
    let bytes = ("bytes", token.len().into());
    if token.len() > 8 * 1024 {
        report.add_with(Rule::TokenTooLarge, &place, vec![bytes]);
    } else if token.len() > 4 * 1024 {
        report.add_with(Rule::TokenLarge, &place, vec![bytes]);
    }
    if token.len() > LARGEST {
        return None;
    }
    let segments: Vec<&str> = token.splitn(7, '.').collect();
    let ([header, payload, signature] | [header, _, payload, _, signature]) = segments.as_slice()
    else {
        report.add_with(Rule::TokenShape, &place, vec![("segments", segments.len().into())]);
        return None;
    };
    let encrypted = segments.len() == 5;
    if encrypted {
        report.add(Rule::Encrypted, &place);
    }
    let signing_input = token.rsplit_once('.').map_or("", |(input, _)| input);
    Some(Token {
        header: decode(header, Part::Header, report),
        payload: decode(payload, Part::Claims, report),
        signature: decode(signature, Part::Signature, report),
        unsigned: signature.is_empty(),
        signing_input,
        encrypted,
    })
}

/// Takes away what people paste around a token.
fn unwrap<'t>(text: &'t str, report: &mut Report) -> &'t str {
    let place = Part::Token.whole();
    let outside = |c: char| c.is_whitespace() || matches!(c, '\0' | '\u{feff}' | '\u{200b}');
    let mut token = text.trim_matches(outside);
    let mut whitespace = token.len() < text.len();
    let scheme = token.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bearer "));
    if scheme {
        report.add(Rule::BearerPrefix, &place);
        token = token.get(7..).unwrap_or_default().trim_matches(outside);
    }
    let bare = token.trim_matches(['"', '\'', '`']);
    if bare.len() < token.len() {
        report.add(Rule::Quoted, &place);
        token = bare;
    }
    whitespace |= token.contains(outside);
    if whitespace {
        report.add(Rule::Whitespace, &place);
    }
    token
}

/// Decodes a segment as a careless reader does, and says how its spelling is odd.
fn decode(segment: &str, part: Part, report: &mut Report) -> Vec<u8> {
    let fault = match base64url::decode(segment.as_bytes()) {
        Ok(bytes) => return bytes,
        Err(fault) => fault,
    };
    let place = part.whole();
    match fault {
        // Whitespace was reported for the whole token.
        Fault::Character { byte, .. } if byte.is_ascii_whitespace() => {}
        Fault::Character { position, .. } => {
            report.add_with(Rule::Base64Alphabet, &place, vec![("position", position.into())]);
        }
        Fault::Padding => report.add(Rule::Base64Padding, &place),
        Fault::Length | Fault::TrailingBits => report.add(Rule::Base64TrailingBits, &place),
    }
    let plain: Vec<u8> = segment
        .bytes()
        .filter_map(|byte| match byte {
            b'-' | b'+' => Some(b'+'),
            b'_' | b'/' => Some(b'/'),
            other => other.is_ascii_alphanumeric().then_some(other),
        })
        .collect();
    // One character more than whole bytes need says nothing.
    let whole = plain.len().saturating_sub(usize::from(plain.len() % 4 == 1));
    base64_simd::forgiving_decode_to_vec(plain.get(..whole).unwrap_or_default()).unwrap_or_default()
}
