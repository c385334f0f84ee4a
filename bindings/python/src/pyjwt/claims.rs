//! What PyJWT asks of the registered claims, on Python objects.
//!
//! Claims and expectations may be any objects, and PyJWT compares them as Python does: `1` equals
//! `True`, a text may come from a subclass, an expected issuer may be any container. So do these
//! functions, with shortcuts where both sides are of exact built-in types.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt, PyList, PyString, PyTuple};

use super::is_text;
use crate::raw;

/// From here on a float skips integers, and comparing is left to Python.
const LARGEST_EXACT_INTEGER: u64 = 1 << 53;

/// Why an `aud` is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AudienceRefusal {
    /// The token names an audience and none is expected.
    Unexpected,
    /// One is expected and the token names none.
    Missing,
    /// Strict: more than one, or none, is expected.
    StrictExpectation,
    /// Strict: the token names its audience otherwise than by one text.
    StrictForm,
    /// Strict: another audience.
    StrictMismatch,
    /// The claim is neither a text nor a list of texts.
    Form,
    /// None of the expected audiences is among those of the token.
    Mismatch,
}

impl AudienceRefusal {
    fn name(self) -> &'static str {
        match self {
            Self::Unexpected => "unexpected",
            Self::Missing => "missing",
            Self::StrictExpectation => "strict expectation",
            Self::StrictForm => "strict form",
            Self::StrictMismatch => "strict mismatch",
            Self::Form => "form",
            Self::Mismatch => "mismatch",
        }
    }
}

/// Why an `iss` or a `sub` is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameRefusal {
    /// The claim is no text.
    NotText,
    /// Another than the expected one.
    Mismatch,
}

impl NameRefusal {
    fn name(self) -> &'static str {
        match self {
            Self::NotText => "not text",
            Self::Mismatch => "mismatch",
        }
    }
}

/// Whether `date` lies in the future: after `now` and the `leeway`. For `iat` and `nbf`.
///
/// # Errors
/// What Python raises when the three cannot be added and compared.
pub(crate) fn is_future(
    date: &Bound<'_, PyAny>,
    now: &Bound<'_, PyAny>,
    leeway: &Bound<'_, PyAny>,
) -> PyResult<bool> {
    match plain_numbers(date, now, leeway) {
        Some((date, now, leeway)) => Ok(is_plainly_future(date, now, leeway)),
        None => date.gt(now.add(leeway)?),
    }
}

/// Whether `date` has come: it is not after `now` less the `leeway`. For `exp`, which refuses a
/// token in its very second.
///
/// # Errors
/// What Python raises when the three cannot be subtracted and compared.
pub(crate) fn is_past(
    date: &Bound<'_, PyAny>,
    now: &Bound<'_, PyAny>,
    leeway: &Bound<'_, PyAny>,
) -> PyResult<bool> {
    match plain_numbers(date, now, leeway) {
        Some((date, now, leeway)) => Ok(is_plainly_past(date, now, leeway)),
        None => date.le(now.sub(leeway)?),
    }
}

/// The rule of [`is_future`], in floats.
pub(crate) fn is_plainly_future(date: f64, now: f64, leeway: f64) -> bool {
    date > now + leeway
}

/// The rule of [`is_past`], in floats.
pub(crate) fn is_plainly_past(date: f64, now: f64, leeway: f64) -> bool {
    date <= now - leeway
}

/// Returns a date as a float, where that holds it exactly.
pub(crate) fn plain_date(date: i64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "not within this bound")]
    (date.unsigned_abs() <= LARGEST_EXACT_INTEGER).then_some(date as f64)
}

/// The three as floats, where that is what Python would compute with: an integer date that a float
/// holds exactly, a float for now, an integer or float leeway.
fn plain_numbers(
    date: &Bound<'_, PyAny>,
    now: &Bound<'_, PyAny>,
    leeway: &Bound<'_, PyAny>,
) -> Option<(f64, f64, f64)> {
    let is_number =
        leeway.is_exact_instance_of::<PyFloat>() || leeway.is_exact_instance_of::<PyInt>();
    if !is_number || !date.is_exact_instance_of::<PyInt>() || !now.is_exact_instance_of::<PyFloat>()
    {
        return None;
    }
    let date = plain_date(date.extract().ok()?)?;
    Some((date, now.extract().ok()?, leeway.extract().ok()?))
}

/// Checks an `aud` against the expected `audience`: `None`, a text, or an iterable of which one must
/// match. `strict` allows one text on either side. A claim that is empty counts as absent.
///
/// # Errors
/// What the operations of the Python objects raise.
pub(crate) fn audience(
    claim: Option<&Bound<'_, PyAny>>,
    audience: &Bound<'_, PyAny>,
    strict: Option<&Bound<'_, PyAny>>,
) -> PyResult<Result<(), AudienceRefusal>> {
    let claim = match claim {
        Some(claim) if claim.is_truthy()? => claim,
        Some(_) | None if audience.is_none() => return Ok(Ok(())),
        Some(_) | None => return Ok(Err(AudienceRefusal::Missing)),
    };
    if audience.is_none() {
        return Ok(Err(AudienceRefusal::Unexpected));
    }
    // Only now: an option may be any object, and looking at it may raise.
    match strict {
        Some(strict) if strict.is_truthy()? => strict_audience(claim, audience),
        Some(_) | None => any_audience(claim, audience),
    }
}

fn strict_audience(
    claim: &Bound<'_, PyAny>,
    audience: &Bound<'_, PyAny>,
) -> PyResult<Result<(), AudienceRefusal>> {
    if !is_text(audience)? {
        return Ok(Err(AudienceRefusal::StrictExpectation));
    }
    if !is_text(claim)? {
        return Ok(Err(AudienceRefusal::StrictForm));
    }
    Ok(if audience.ne(claim)? { Err(AudienceRefusal::StrictMismatch) } else { Ok(()) })
}

fn any_audience(
    claim: &Bound<'_, PyAny>,
    audience: &Bound<'_, PyAny>,
) -> PyResult<Result<(), AudienceRefusal>> {
    if let (Ok(claim), Ok(audience)) =
        (claim.cast_exact::<PyString>(), audience.cast_exact::<PyString>())
    {
        return Ok(if same_text(claim, audience)? {
            Ok(())
        } else {
            Err(AudienceRefusal::Mismatch)
        });
    }
    let py = claim.py();
    let audiences =
        if is_text(claim)? { PyList::new(py, [claim])?.into_any() } else { claim.clone() };
    if !audiences.is_instance(&py.get_type::<PyList>())? {
        return Ok(Err(AudienceRefusal::Form));
    }
    for member in audiences.try_iter()? {
        if !is_text(&member?)? {
            return Ok(Err(AudienceRefusal::Form));
        }
    }
    if is_text(audience)? {
        let found = audiences.contains(audience)?;
        return Ok(if found { Ok(()) } else { Err(AudienceRefusal::Mismatch) });
    }
    for expected in audience.try_iter()? {
        if audiences.contains(expected?)? {
            return Ok(Ok(()));
        }
    }
    Ok(Err(AudienceRefusal::Mismatch))
}

/// Checks an `iss` against the expected `issuer`: a text, or a container of texts.
///
/// # Errors
/// `TypeError` for an issuer that is neither, and what else the Python objects raise.
pub(crate) fn issuer(
    iss: &Bound<'_, PyAny>,
    issuer: &Bound<'_, PyAny>,
) -> PyResult<Result<(), NameRefusal>> {
    if let (Ok(iss), Ok(issuer)) = (iss.cast_exact::<PyString>(), issuer.cast_exact::<PyString>()) {
        let is_expected = same_text(iss, issuer)?;
        return Ok(if is_expected { Ok(()) } else { Err(NameRefusal::Mismatch) });
    }
    if !is_text(iss)? {
        return Ok(Err(NameRefusal::NotText));
    }
    let is_expected = if is_text(issuer)? { !iss.ne(issuer)? } else { issuer.contains(iss)? };
    Ok(if is_expected { Ok(()) } else { Err(NameRefusal::Mismatch) })
}

/// Checks a `sub`: a text, and the expected `subject` unless that is `None`.
///
/// # Errors
/// What the operations of the Python objects raise.
pub(crate) fn subject(
    claim: &Bound<'_, PyAny>,
    subject: &Bound<'_, PyAny>,
) -> PyResult<Result<(), NameRefusal>> {
    if !is_text(claim)? {
        return Ok(Err(NameRefusal::NotText));
    }
    let mismatch = !subject.is_none() && claim.ne(subject)?;
    Ok(if mismatch { Err(NameRefusal::Mismatch) } else { Ok(()) })
}

/// Whether a `jti` is a text.
///
/// # Errors
/// What the operations of the Python object raise.
pub(crate) fn is_token_id(claim: &Bound<'_, PyAny>) -> PyResult<bool> {
    is_text(claim)
}

/// Whether two texts are the same.
fn same_text(one: &Bound<'_, PyString>, other: &Bound<'_, PyString>) -> PyResult<bool> {
    match (raw::text(one), raw::text(other)) {
        (Ok(one), Ok(other)) => Ok(one == other),
        // Half of a surrogate pair, which Python compares all the same.
        _ => one.as_any().eq(other),
    }
}

/// Returns a member of a payload, if there is one.
fn member<'py>(
    payload: &Bound<'py, PyAny>,
    name: &Bound<'py, PyString>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    if payload.contains(name)? { payload.get_item(name).map(Some) } else { Ok(None) }
}

/// The first of the required `claims` that `payload` lacks; one that is null counts as lacking.
///
/// # Errors
/// What the operations of the Python objects raise.
pub(crate) fn missing_claim<'py>(
    payload: &Bound<'py, PyAny>,
    claims: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let get = intern!(payload.py(), "get");
    for claim in claims.try_iter()? {
        let claim = claim?;
        if payload.call_method1(get, (&claim,))?.is_none() {
            return Ok(Some(claim));
        }
    }
    Ok(None)
}

/// Whether an `iat` or `nbf` lies in the future.
#[pyfunction]
fn pyjwt_is_future(
    date: &Bound<'_, PyAny>,
    now: &Bound<'_, PyAny>,
    leeway: &Bound<'_, PyAny>,
) -> PyResult<bool> {
    is_future(date, now, leeway)
}

/// Whether an `exp` has come.
#[pyfunction]
fn pyjwt_is_past(
    date: &Bound<'_, PyAny>,
    now: &Bound<'_, PyAny>,
    leeway: &Bound<'_, PyAny>,
) -> PyResult<bool> {
    is_past(date, now, leeway)
}

/// `None` for an `aud` that holds, or the reason.
#[pyfunction]
#[pyo3(name = "pyjwt_audience_refusal")]
fn audience_refusal(
    payload: &Bound<'_, PyAny>,
    expected: &Bound<'_, PyAny>,
    strict: &Bound<'_, PyAny>,
) -> PyResult<Option<&'static str>> {
    let claim = member(payload, intern!(payload.py(), "aud"))?;
    let verdict = audience(claim.as_ref(), expected, Some(strict))?;
    Ok(verdict.err().map(AudienceRefusal::name))
}

/// `None` for an `iss` that holds, or the reason.
#[pyfunction]
#[pyo3(name = "pyjwt_issuer_refusal")]
fn issuer_refusal(
    iss: &Bound<'_, PyAny>,
    expected: &Bound<'_, PyAny>,
) -> PyResult<Option<&'static str>> {
    Ok(issuer(iss, expected)?.err().map(NameRefusal::name))
}

/// `None` for a `sub` that holds, or the reason.
#[pyfunction]
#[pyo3(name = "pyjwt_subject_refusal")]
fn subject_refusal(
    payload: &Bound<'_, PyAny>,
    expected: &Bound<'_, PyAny>,
) -> PyResult<Option<&'static str>> {
    let Some(claim) = member(payload, intern!(payload.py(), "sub"))? else { return Ok(None) };
    Ok(subject(&claim, expected)?.err().map(NameRefusal::name))
}

/// Whether `jti`, where there is one, is a text.
#[pyfunction]
fn pyjwt_is_token_id(payload: &Bound<'_, PyAny>) -> PyResult<bool> {
    match member(payload, intern!(payload.py(), "jti"))? {
        Some(claim) => is_token_id(&claim),
        None => Ok(true),
    }
}

/// The first missing claim in a tuple of its own, since a program may require one named `None`; or
/// `None` when all are there.
#[pyfunction]
fn pyjwt_missing_claim<'py>(
    payload: &Bound<'py, PyAny>,
    claims: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyTuple>>> {
    missing_claim(payload, claims)?.map(|claim| PyTuple::new(payload.py(), [claim])).transpose()
}

/// Adds the functions of this module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(pyjwt_is_future, module)?)?;
    module.add_function(wrap_pyfunction!(pyjwt_is_past, module)?)?;
    module.add_function(wrap_pyfunction!(audience_refusal, module)?)?;
    module.add_function(wrap_pyfunction!(issuer_refusal, module)?)?;
    module.add_function(wrap_pyfunction!(subject_refusal, module)?)?;
    module.add_function(wrap_pyfunction!(pyjwt_is_token_id, module)?)?;
    module.add_function(wrap_pyfunction!(pyjwt_missing_claim, module)?)
}
