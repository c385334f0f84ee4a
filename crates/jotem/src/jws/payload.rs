//! The payload of a JSON serialization: which bytes were signed, and which bytes they stand for.

use std::borrow::Cow;

use super::document::Document;
use super::{Options, shape};
use crate::encoding::base64url;
use crate::error::{Rejection, Segment};

/// The payload of a document.
pub(super) struct Payload<'p> {
    /// What the signatures are over, after the protected header and a dot.
    pub(super) signed: Cow<'p, [u8]>,
    source: Source<'p>,
}

enum Source<'p> {
    /// In the document, in base64url.
    Encoded(&'p str),
    /// As it is: in the document (RFC 7797 §5.3), or with the caller.
    Plain(&'p [u8]),
}

impl<'p> Payload<'p> {
    /// Finds the payload where the caller says that it is, and nowhere else.
    pub(super) fn of(document: &'p Document<'_>, options: &Options<'p>) -> Result<Self, Rejection> {
        if document.is_unencoded() != options.unencoded {
            return Err(if options.unencoded {
                Rejection::PayloadEncoded
            } else {
                Rejection::UnencodedPayload
            });
        }
        let (signed, source) = match (document.payload.as_deref(), options.detached) {
            (Some(_), Some(_)) => return Err(Rejection::PayloadAttached),
            (None, None) => return Err(Rejection::PayloadDetached),
            (Some(text), None) if options.unencoded => {
                (text.as_bytes().into(), Source::Plain(text.as_bytes()))
            }
            (Some(text), None) => (text.as_bytes().into(), Source::Encoded(text)),
            (None, Some(bytes)) if options.unencoded => (bytes.into(), Source::Plain(bytes)),
            (None, Some(bytes)) => {
                (base64url::encode(bytes).into_bytes().into(), Source::Plain(bytes))
            }
        };
        Ok(Self { signed, source })
    }

    /// Decodes the payload; for when a signature holds over it.
    pub(super) fn decode(&self) -> Result<Vec<u8>, Rejection> {
        match self.source {
            Source::Plain(bytes) => Ok(bytes.to_vec()),
            Source::Encoded(text) => base64url::decode(text.as_bytes())
                .map_err(|fault| shape::encoding(Segment::Payload, fault)),
        }
    }

    /// Says what breaks a signature that does not hold, if it is the payload's spelling.
    pub(super) fn explain(&self, reason: Rejection) -> Rejection {
        match (reason, self.decode()) {
            (Rejection::SignatureMismatch { .. }, Err(fault)) => fault,
            (reason, _) => reason,
        }
    }
}
