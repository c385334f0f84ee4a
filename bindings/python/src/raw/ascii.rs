//! A `str` of ASCII that is written piece by piece into the memory it will have.

use std::mem::MaybeUninit;

use base64_simd::{Out, URL_SAFE_NO_PAD};

/// The characters of a new string, of which the first few are written.
pub(crate) struct Ascii<'s> {
    room: &'s mut [MaybeUninit<u8>],
    /// How many are: all of them ASCII.
    at: usize,
}

impl<'s> Ascii<'s> {
    pub(super) const fn new(room: &'s mut [MaybeUninit<u8>]) -> Self {
        Self { room, at: 0 }
    }

    /// Writes text; `None` if it is not ASCII, or too long.
    #[inline]
    pub(crate) fn text(&mut self, text: &[u8]) -> Option<()> {
        let end = self.at.checked_add(text.len())?;
        let room = self.room.get_mut(self.at..end).filter(|_| text.is_ascii())?;
        for (place, byte) in room.iter_mut().zip(text) {
            place.write(*byte);
        }
        self.at = end;
        Some(())
    }

    /// Writes bytes in base64url without padding (RFC 4648 section 5), which is ASCII.
    #[inline]
    pub(crate) fn base64(&mut self, bytes: &[u8]) -> Option<()> {
        let end = self.at.checked_add(URL_SAFE_NO_PAD.encoded_length(bytes.len()))?;
        let room = self.room.get_mut(self.at..end)?;
        let _written = URL_SAFE_NO_PAD.encode(bytes, Out::from_uninit_slice(room));
        self.at = end;
        Some(())
    }

    /// Returns what is written.
    #[inline]
    pub(crate) fn written(&self) -> &[u8] {
        let written = self.room.get(..self.at).unwrap_or_default();
        // SAFETY: `at` grows only past bytes that have just been written.
        unsafe { std::slice::from_raw_parts(written.as_ptr().cast::<u8>(), written.len()) }
    }

    pub(super) const fn is_full(&self) -> bool {
        self.at == self.room.len()
    }
}
