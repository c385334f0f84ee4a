//! Whether PyJWT would accept the claims, where the expectations are of ordinary types.
//!
//! The rules are those of [`crate::pyjwt::claims`], which the Python methods ask too. A "no" is "not
//! mine".

use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyDelta, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyString, PyTuple,
};

use super::guard::Genuine;
use super::own::Own;
use super::{NotMine, Ordinary, raised};
use crate::json::Claim;
use crate::json::read::Caught;
use crate::pyjwt::claims as rules;
use crate::raw;

/// What the caller expects: the arguments of `decode`.
pub(crate) struct Expected<'a, 'py> {
    pub(crate) audience: &'a Bound<'py, PyAny>,
    pub(crate) issuer: &'a Bound<'py, PyAny>,
    pub(crate) subject: &'a Bound<'py, PyAny>,
    pub(crate) leeway: &'a Bound<'py, PyAny>,
}

/// PyJWT's options, those of the object and of the call together.
#[derive(Debug, Clone)]
pub(crate) struct Options<'py> {
    exp: bool,
    nbf: bool,
    iat: bool,
    aud: bool,
    iss: bool,
    sub: bool,
    jti: bool,
    enforce_minimum_key_length: bool,
    require: Option<Bound<'py, PyList>>,
}

impl<'py> Options<'py> {
    /// What a `PyJWT` does unless it is told otherwise.
    const fn defaults() -> Self {
        Self {
            exp: true,
            nbf: true,
            iat: true,
            aud: true,
            iss: true,
            sub: true,
            jti: true,
            enforce_minimum_key_length: false,
            require: None,
        }
    }

    /// Reads the options of the object, and over them those of the call.
    #[inline]
    pub(crate) fn read(
        own: &Own<'py>,
        asked: &Bound<'py, PyAny>,
        genuine: &Genuine,
    ) -> Ordinary<Self> {
        let py = asked.py();
        let mut options = Self::defaults();
        if !own.has_default_options(py) {
            options.read_own(&own.options(py)?, genuine)?;
        }
        if !asked.is_none() {
            options.take(asked.cast_exact::<PyDict>().map_err(|_| NotMine)?)?;
        }
        Ok(options)
    }

    fn read_own(&mut self, own: &Bound<'py, PyDict>, genuine: &Genuine) -> Ordinary<()> {
        // The list `require` can grow without a change of the dict: it is looked at either way.
        let require = own.get_item(pyo3::intern!(own.py(), "require"))?.ok_or(NotMine)?;
        let no_claims = require.cast_exact::<PyList>().is_ok_and(|list| list.is_empty());
        if !(no_claims && genuine.are_defaults(own)) {
            self.take(own)?;
            if no_claims && *self == Self::defaults() {
                genuine.keep_defaults(own);
            }
        }
        Ok(())
    }

    /// Whether a secret may be shorter than PyJWT recommends.
    pub(crate) const fn may_be_short(&self) -> bool {
        !self.enforce_minimum_key_length
    }

    fn take(&mut self, options: &Bound<'py, PyDict>) -> Ordinary<()> {
        for (name, value) in options.iter() {
            let name = name.cast_exact::<PyString>().map_err(|_| NotMine)?;
            let name = raw::text(name)?;
            if name == "require" {
                let list = value.cast_into_exact::<PyList>().map_err(|_| NotMine)?;
                self.require = Some(list).filter(|list| !list.is_empty());
                continue;
            }
            let value = value.cast_exact::<PyBool>().map_err(|_| NotMine)?.is_true();
            match name {
                "verify_exp" => self.exp = value,
                "verify_nbf" => self.nbf = value,
                "verify_iat" => self.iat = value,
                "verify_aud" => self.aud = value,
                "verify_iss" => self.iss = value,
                "verify_sub" => self.sub = value,
                "verify_jti" => self.jti = value,
                "verify_signature" if value => {}
                "enforce_minimum_key_length" => self.enforce_minimum_key_length = value,
                "strict_aud" if !value => {}
                _ => return Err(NotMine),
            }
        }
        Ok(())
    }
}

impl PartialEq for Options<'_> {
    fn eq(&self, other: &Self) -> bool {
        let all = |one: &Self| {
            let dates = [one.exp, one.nbf, one.iat];
            (dates, [one.aud, one.iss, one.sub, one.jti], one.enforce_minimum_key_length)
        };
        all(self) == all(other) && self.require.is_none() && other.require.is_none()
    }
}

/// Accepts the claims, by PyJWT's rules and in its order.
pub(crate) fn check<'py>(
    payload: &Bound<'py, PyDict>,
    caught: &Caught<'py>,
    options: &Options<'py>,
    expected: &Expected<'_, 'py>,
    genuine: &Genuine,
) -> Ordinary<()> {
    expected.is_ordinary()?;
    if let Some(required) = &options.require {
        let texts = required.iter().all(|claim| claim.is_exact_instance_of::<PyString>());
        mine(texts && rules::missing_claim(payload, required)?.is_none())?;
    }
    dates(caught, options, expected, genuine)?;
    if options.iss && !expected.issuer.is_none() {
        let iss = caught.get(Claim::Iss).ok_or(NotMine)?;
        mine(rules::issuer(iss, expected.issuer)?.is_ok())?;
    }
    if options.aud {
        mine(rules::audience(caught.get(Claim::Aud), expected.audience, None)?.is_ok())?;
    }
    if let Some(sub) = caught.get(Claim::Sub).filter(|_| options.sub) {
        mine(rules::subject(sub, expected.subject)?.is_ok())?;
    }
    if let Some(jti) = caught.get(Claim::Jti).filter(|_| options.jti) {
        mine(rules::is_token_id(jti)?)?;
    }
    Ok(())
}

fn dates<'py>(
    caught: &Caught<'py>,
    options: &Options<'py>,
    expected: &Expected<'_, 'py>,
    genuine: &Genuine,
) -> Ordinary<()> {
    let iat = caught.get(Claim::Iat).filter(|_| options.iat);
    let nbf = caught.get(Claim::Nbf).filter(|_| options.nbf);
    let exp = caught.get(Claim::Exp).filter(|_| options.exp);
    let Some(first) = iat.or(nbf).or(exp) else { return Ok(()) };
    let py = first.py();
    let now = genuine.time.bind(py).call0().map_err(|error| raised::by_python_code(py, error))?;
    let now = now.cast_exact::<PyFloat>().map_err(|_| NotMine)?.value();
    let leeway = seconds(expected.leeway)?;
    for early in [iat, nbf].into_iter().flatten() {
        mine(!rules::is_plainly_future(whole(early)?, now, leeway))?;
    }
    match exp {
        Some(exp) => mine(!rules::is_plainly_past(whole(exp)?, now, leeway)),
        None => Ok(()),
    }
}

/// Returns a date as `int(date)` does: an integer as it is, a float without its fraction.
fn whole(date: &Bound<'_, PyAny>) -> Ordinary<f64> {
    if let Ok(date) = date.cast_exact::<PyInt>() {
        return rules::plain_date(date.extract()?).ok_or(NotMine);
    }
    let date = date.cast_exact::<PyFloat>().map_err(|_| NotMine)?.value().trunc();
    mine(date.abs() < 9e15)?;
    Ok(date)
}

/// Returns a leeway in seconds.
fn seconds(leeway: &Bound<'_, PyAny>) -> Ordinary<f64> {
    if let Ok(leeway) = leeway.cast_exact::<PyInt>() {
        return rules::plain_date(leeway.extract()?).ok_or(NotMine);
    }
    if let Ok(leeway) = leeway.cast_exact::<PyFloat>() {
        return Ok(leeway.value());
    }
    let leeway = leeway.cast_exact::<PyDelta>().map_err(|_| NotMine)?;
    Ok(leeway.call_method0(pyo3::intern!(leeway.py(), "total_seconds"))?.extract()?)
}

impl Expected<'_, '_> {
    /// Accepts expectations of exact built-in types: others may be consumed by looking at them, or
    /// run code that would then run twice.
    fn is_ordinary(&self) -> Ordinary<()> {
        let text = |value: &Bound<'_, PyAny>| value.is_exact_instance_of::<PyString>();
        let leeway = self.leeway.is_exact_instance_of::<PyInt>()
            || self.leeway.is_exact_instance_of::<PyFloat>()
            || self.leeway.is_exact_instance_of::<PyDelta>();
        mine(leeway && (self.subject.is_none() || text(self.subject)))?;
        for expected in [self.audience, self.issuer] {
            mine(expected.is_none() || text(expected) || is_collection_of_texts(expected)?)?;
        }
        Ok(())
    }
}

fn is_collection_of_texts(expected: &Bound<'_, PyAny>) -> Ordinary<bool> {
    let collection = expected.is_exact_instance_of::<PyList>()
        || expected.is_exact_instance_of::<PyTuple>()
        || expected.is_exact_instance_of::<PySet>()
        || expected.is_exact_instance_of::<PyFrozenSet>();
    Ok(collection
        && expected
            .try_iter()?
            .all(|one| one.is_ok_and(|one| one.is_exact_instance_of::<PyString>())))
}

fn mine(yes: bool) -> Ordinary<()> {
    if yes { Ok(()) } else { Err(NotMine) }
}
