//! `jotem.Publication`: what a ring publishes, as a web framework sends it.

use jotem_jwks::ring;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::native::arguments;

/// A JWK Set as it goes over the wire: public members only, in the order in which the keys were
/// announced, so that the same keys are the same bytes.
///
/// In WSGI, and in ASGI; every framework takes status, headers and body in some order.
///
/// Example:
///     >>> def jwks(environ, start_response):
///     ...     status, headers, body = ring.publication().answer(environ.get("HTTP_IF_NONE_MATCH"))
///     ...     start_response({200: "200 OK", 304: "304 Not Modified"}[status], list(headers.items()))
///     ...     return [body]
///     >>> async def jwks_async(scope, receive, send):
///     ...     tags = dict(scope["headers"]).get(b"if-none-match")
///     ...     status, headers, body = ring.publication().answer(tags and tags.decode("latin-1"))
///     ...     headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
///     ...     await send({"type": "http.response.start", "status": status, "headers": headers})
///     ...     await send({"type": "http.response.body", "body": body})
///     >>> [body] = jwks({}, lambda status, headers: print(status, *dict(headers)))
///     200 OK Content-Type ETag Cache-Control
///     >>> publication = ring.publication()
#[pyclass(frozen, eq, module = "jotem")]
#[derive(PartialEq, Eq)]
pub(in crate::native) struct Publication(pub(in crate::native) ring::Publication);

#[pymethods]
impl Publication {
    /// The JWK Set (RFC 7517 section 5), in UTF-8.
    ///
    /// Example:
    ///     >>> from jotem import KeySet
    ///     >>> [key.key_id for key in KeySet.from_json(publication.body)] == [
    ///     ...     key.key_id for key in ring.keys
    ///     ... ]
    ///     True
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.body().as_bytes())
    }

    /// The value of ``ETag``: a strong entity tag, a hash of the body (RFC 9110 section 8.8.3).
    #[getter]
    fn etag(&self) -> &str {
        self.0.etag()
    }

    /// The value of ``Cache-Control`` (RFC 9111 section 5.2.2, RFC 5861).
    ///
    /// Example:
    ///     >>> publication.cache_control
    ///     'public, max-age=300, stale-while-revalidate=3600, stale-if-error=85800'
    #[getter]
    fn cache_control(&self) -> &str {
        self.0.cache_control()
    }

    /// The value of ``Content-Type`` (RFC 7517 section 8.5.2).
    #[getter]
    const fn content_type(&self) -> &'static str {
        self.0.content_type()
    }

    /// The three headers by their names, in a new dict.
    ///
    /// Example:
    ///     >>> publication.headers["Content-Type"]
    ///     'application/jwk-set+json'
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let headers = PyDict::new(py);
        headers.set_item("Content-Type", self.0.content_type())?;
        headers.set_item("ETag", self.0.etag())?;
        headers.set_item("Cache-Control", self.0.cache_control())?;
        Ok(headers)
    }

    /// Whether a request with this ``If-None-Match`` has the body already: it names ``*``, or the
    /// entity tag, weak or strong (RFC 9110 section 13.1.2). A value that is no list of tags is no
    /// match.
    ///
    /// Args:
    ///     if_none_match: The value of the header.
    ///
    /// Example:
    ///     >>> publication.is_current(publication.etag), publication.is_current('"another"')
    ///     (True, False)
    fn is_current(&self, if_none_match: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.0.is_current(arguments::text("if_none_match", if_none_match)?))
    }

    /// Returns status, headers and body of the answer to a GET: 200 with everything, or 304 with
    /// ``ETag`` and ``Cache-Control`` alone (RFC 9110 section 15.4.5).
    ///
    /// Args:
    ///     if_none_match: The value of the request's ``If-None-Match``; None if it has none.
    ///
    /// Example:
    ///     >>> publication.answer(publication.etag)[0], publication.answer()[0]
    ///     (304, 200)
    #[pyo3(signature = (if_none_match=None))]
    fn answer<'py>(
        &self,
        py: Python<'py>,
        if_none_match: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(u16, Bound<'py, PyDict>, Bound<'py, PyBytes>)> {
        let headers = self.headers(py)?;
        let tags = arguments::optional_text("if_none_match", if_none_match)?;
        if tags.is_some_and(|tags| self.0.is_current(tags)) {
            headers.del_item("Content-Type")?;
            return Ok((304, headers, PyBytes::new(py, b"")));
        }
        Ok((200, headers, self.body(py)))
    }

    fn __repr__(&self) -> String {
        format!("<jotem.Publication: {}>", self.0.etag())
    }
}
