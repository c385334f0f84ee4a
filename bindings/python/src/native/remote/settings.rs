//! The keyword arguments of `jotem.JWKSClient`, given to the engine's builder.

use std::sync::Arc;
use std::time::Duration;

use jotem_jwks::remote::JwksClientBuilder as Builder;
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString, PyTuple};

use super::callback::Callback;
use super::clock::CallableClock;
use crate::native::{arguments, date, verifier};

/// A builder, and the callables that it has been given.
pub(super) struct Settings {
    pub(super) builder: Builder,
    pub(super) callbacks: Vec<Arc<Callback>>,
}

type Value<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

impl Settings {
    pub(super) fn new() -> Self {
        Self { builder: jotem_jwks::remote::JwksClient::builder(), callbacks: Vec::new() }
    }

    /// Sets what an argument says, if it was given.
    pub(super) fn with<'py>(
        mut self,
        value: Value<'_, 'py>,
        set: impl FnOnce(Builder, &Bound<'py, PyAny>) -> PyResult<Builder>,
    ) -> PyResult<Self> {
        if let Some(value) = value {
            self.builder = set(self.builder, value)?;
        }
        Ok(self)
    }

    /// Sets a span of time, if it was given.
    pub(super) fn span(
        self,
        name: &str,
        value: Value<'_, '_>,
        set: impl FnOnce(Builder, Duration) -> Builder,
    ) -> PyResult<Self> {
        self.with(value, |builder, value| Ok(set(builder, arguments::duration(name, value)?)))
    }

    /// Sets two spans of time, if they were given.
    pub(super) fn spans(
        self,
        name: &str,
        value: Value<'_, '_>,
        set: impl FnOnce(Builder, Duration, Duration) -> Builder,
    ) -> PyResult<Self> {
        self.with(value, |builder, value| {
            let (least, most) =
                pair(name, "a tuple of two timedelta, int or float seconds", value)?;
            let span = |value| arguments::duration(name, value);
            Ok(set(builder, span(&least)?, span(&most)?))
        })
    }

    /// Adds each of one `str` or several, if they were given.
    pub(super) fn each(
        self,
        name: &str,
        value: Value<'_, '_>,
        add: impl Fn(Builder, String) -> Builder,
    ) -> PyResult<Self> {
        self.with(value, |builder, value| {
            Ok(arguments::texts(name, value)?.into_iter().fold(builder, add))
        })
    }

    /// Sets who hears of events, if it was given.
    pub(super) fn on_event(mut self, value: Value<'_, '_>) -> PyResult<Self> {
        if let Some(value) = value {
            let expected = "a callable that takes a jotem.JWKSEvent";
            let callback = Arc::new(Callback::read("on_event", expected, value)?);
            self.callbacks.push(Arc::clone(&callback));
            self.builder = self.builder.on_event(move |event| callback.tell(event));
        }
        Ok(self)
    }

    /// Sets who tells the time, if it was given. It is asked at once: what it raises now is raised.
    pub(super) fn clock(mut self, value: Value<'_, '_>) -> PyResult<Self> {
        if let Some(value) = value {
            let expected = "a callable that returns seconds since 1970 or an aware datetime";
            let callback = Arc::new(Callback::read("clock", expected, value)?);
            let told = date::read("clock", &value.call0()?)?.since_epoch();
            self.callbacks.push(Arc::clone(&callback));
            self.builder = self.builder.clock(CallableClock::new(callback, told));
        }
        Ok(self)
    }

    /// Sets who resolves names, if it was given.
    pub(super) fn resolve_names(mut self, value: Value<'_, '_>) -> PyResult<Self> {
        if let Some(value) = value {
            let expected = "a callable that takes a host and returns addresses as str";
            let callback = Arc::new(Callback::read("resolve_names", expected, value)?);
            self.callbacks.push(Arc::clone(&callback));
            self.builder = self.builder.resolve_names(move |host| callback.addresses(host));
        }
        Ok(self)
    }
}

/// Adds key sets: of nobody by their URLs, or of issuers by a mapping.
pub(super) fn key_sets(builder: Builder, value: &Bound<'_, PyAny>) -> PyResult<Builder> {
    let expected = "a URL, an iterable of URLs, or a mapping of issuers to URLs, all str";
    if let Ok(owned) = value.cast::<PyMapping>() {
        return owned.items()?.iter().try_fold(builder, |builder, item| {
            let (issuer, url) = pair("key_set", expected, &item)?;
            let (issuer, url) =
                (text("key_set", expected, &issuer)?, text("key_set", expected, &url)?);
            Ok(builder.key_set_of(issuer, url))
        });
    }
    if !value.is_instance_of::<PyString>() {
        arguments::elements("key_set", expected, value)?;
    }
    Ok(arguments::texts("key_set", value)?.into_iter().fold(builder, Builder::key_set))
}

/// Adds request headers: for each origin their names and values.
pub(super) fn headers(mut builder: Builder, value: &Bound<'_, PyAny>) -> PyResult<Builder> {
    let expected = "a mapping of origins to mappings of names to values, all str";
    for (origin, own) in items(expected, value)? {
        let origin = text("headers", expected, &origin)?;
        for (name, value) in items(expected, &own)? {
            let (name, value) =
                (text("headers", expected, &name)?, text("headers", expected, &value)?);
            builder = builder.header(origin.as_str(), name, value);
        }
    }
    Ok(builder)
}

fn items<'py>(
    expected: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>> {
    let mapping = value.cast::<PyMapping>();
    let mapping = mapping.map_err(|_| arguments::wrong_type("headers", expected, value))?;
    mapping.items()?.iter().map(|item| pair("headers", expected, &item)).collect()
}

/// Sets who this is to the proxy.
pub(super) fn proxy_login(builder: Builder, value: &Bound<'_, PyAny>) -> PyResult<Builder> {
    let expected = "a tuple of two str: user and password";
    let (user, password) = pair("proxy_login", expected, value)?;
    let text = |value| text("proxy_login", expected, value);
    Ok(builder.proxy_login(text(&user)?, text(&password)?))
}

/// Sets the algorithms of the issuers.
pub(super) fn algorithms(builder: Builder, value: &Bound<'_, PyAny>) -> PyResult<Builder> {
    Ok(builder.algorithms(verifier::read_algorithms(value)?))
}

fn text(name: &str, expected: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    if !value.is_instance_of::<PyString>() {
        return Err(arguments::wrong_type(name, expected, value));
    }
    arguments::text(name, value).map(str::to_owned)
}

fn pair<'py>(
    name: &str,
    expected: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let wrong = || arguments::wrong_type(name, expected, value);
    let tuple = value.cast::<PyTuple>().map_err(|_| wrong())?;
    // Item by item: the stable ABI has no slice of a tuple.
    if tuple.len() != 2 {
        return Err(wrong());
    }
    Ok((tuple.get_item(0)?, tuple.get_item(1)?))
}
