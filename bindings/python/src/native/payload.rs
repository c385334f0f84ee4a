//! The payload of a token that is being written: registered claims first, each name once.

use jotem::NumericDate;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::{errors, objects};
use crate::json;

/// A JSON object that is being written.
pub(super) struct Object {
    json: Vec<u8>,
    names: [&'static str; 7],
    written: usize,
}

impl Object {
    pub(super) fn new() -> Self {
        // Enough for most claims sets: one allocation.
        let mut json = Vec::with_capacity(512);
        json.push(b'{');
        Self { json, names: [""; 7], written: 0 }
    }

    /// Members that others come before.
    pub(super) fn after_others() -> Self {
        Self { json: Vec::new(), names: [""; 7], written: 0 }
    }

    pub(super) fn members(self) -> Vec<u8> {
        self.json
    }

    fn name(&mut self, name: &'static str) {
        if self.json.as_slice() != b"{" {
            self.json.push(b',');
        }
        self.json.push(b'"');
        self.json.extend_from_slice(name.as_bytes());
        self.json.extend_from_slice(b"\":");
        if let Some(slot) = self.names.get_mut(self.written) {
            *slot = name;
            self.written = self.written.saturating_add(1);
        }
    }

    pub(super) fn text(&mut self, name: &'static str, text: &str) {
        self.name(name);
        json::text(&mut self.json, text);
    }

    pub(super) fn date(&mut self, name: &'static str, date: NumericDate) {
        self.name(name);
        if date.subsec_nanos() == 0 {
            json::whole(&mut self.json, date.as_secs());
        } else {
            self.json.extend_from_slice(date.to_string().as_bytes());
        }
    }

    pub(super) fn audience(&mut self, audience: &[String]) {
        match audience {
            [] => {}
            [one] => self.text("aud", one),
            several => {
                self.name("aud");
                for (position, one) in several.iter().enumerate() {
                    self.json.push(if position == 0 { b'[' } else { b',' });
                    json::text(&mut self.json, one);
                }
                self.json.push(b']');
            }
        }
    }

    pub(super) fn claims(&mut self, claims: &Bound<'_, PyAny>) -> PyResult<()> {
        let converted;
        let dict = match claims.cast::<PyDict>() {
            Ok(dict) => dict,
            Err(_) => {
                converted = objects::to_claims(claims)?;
                &converted
            }
        };
        let taken = self.names.get(..self.written).unwrap_or_default();
        json::members(&mut self.json, dict, taken)
            .map_err(|fault| errors::unwritable(claims.py(), "claims", fault))
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.json.push(b'}');
        self.json
    }
}
