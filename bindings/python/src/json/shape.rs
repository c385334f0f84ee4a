//! The members of the document before, in their order: the next one mostly has the same.
//!
//! A dict grows while it is filled: room for five members, then for ten. The copy of one that had the
//! same names has room from the first on.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::read::Unread;

/// How many members are remembered: a token has a handful.
const MOST: usize = 32;

/// What the last document was like, and a dict to begin the next with if the one before was so too.
#[derive(Debug, Default)]
pub(super) struct Shape {
    names: Vec<Py<PyString>>,
    /// Has these names, and `None` everywhere.
    template: Option<Py<PyDict>>,
}

impl Shape {
    pub(super) const fn new() -> Self {
        Self { names: Vec::new(), template: None }
    }
}

/// A dict that is being filled.
pub(super) struct Filling<'py> {
    shape: Shape,
    dict: Bound<'py, PyDict>,
    /// How many members were put in.
    count: usize,
    /// Whether they had the names of the document before.
    same: bool,
    /// Whether the dict began as a copy, so that the names that are to come stand in it.
    copied: bool,
}

impl<'py> Filling<'py> {
    pub(super) fn new(py: Python<'py>, shape: Shape) -> Result<Self, Unread> {
        let (dict, copied) = match &shape.template {
            Some(template) => (template.bind(py).copy()?, true),
            None => (PyDict::new(py), false),
        };
        Ok(Self { shape, dict, count: 0, same: true, copied })
    }

    /// Puts a member in.
    #[inline]
    pub(super) fn put(
        &mut self,
        name: Bound<'py, PyString>,
        value: Bound<'py, PyAny>,
    ) -> Result<(), Unread> {
        if !self.shape.names.get(self.count).is_some_and(|known| name.is(known)) {
            self.depart()?;
            if self.count < MOST {
                self.shape.names.push(name.clone().unbind());
            }
        }
        self.count = self.count.saturating_add(1);
        Ok(self.dict.set_item(name, value)?)
    }

    /// Goes on without the document before: what that had from here on is forgotten.
    #[cold]
    fn depart(&mut self) -> Result<(), Unread> {
        self.same = false;
        self.shape.template = None;
        self.shape.names.truncate(self.count);
        if !self.copied {
            return Ok(());
        }
        self.copied = false;
        let empty = PyDict::new(self.dict.py());
        let full = std::mem::replace(&mut self.dict, empty);
        for name in &self.shape.names {
            self.dict.set_item(name, full.get_item(name)?.ok_or(Unread)?)?;
        }
        Ok(())
    }

    /// Ends the dict.
    pub(super) fn finish(mut self) -> Result<(Bound<'py, PyDict>, Shape), Unread> {
        if self.count < self.shape.names.len() {
            self.depart()?;
        } else if self.same && !self.copied && self.dict.len() == self.count {
            let template = self.dict.copy()?;
            for name in &self.shape.names {
                template.set_item(name, self.dict.py().None())?;
            }
            self.shape.template = Some(template.unbind());
        }
        Ok((self.dict, self.shape))
    }
}
