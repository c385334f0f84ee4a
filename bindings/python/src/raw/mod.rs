//! The only unsafe code of the binding: what CPython keeps in its objects and PyO3 does not show.
//!
//! Each block is a few lines, with the reason why it is sound: reads and writes of objects here,
//! strings in `ascii`, dicts in `flat`, calls in `shortcut`, and what the GIL guards in `guarded`.
#![allow(unsafe_code, reason = "this is the one module that may; each block says why it is sound")]

mod ascii;
mod flat;
mod guarded;
#[cfg_attr(
    not(all(Py_3_12, not(any(Py_LIMITED_API, Py_GIL_DISABLED, windows)))),
    allow(dead_code, reason = "there is no pointer to put a shortcut into")
)]
mod shortcut;

use std::mem::MaybeUninit;

use pyo3::prelude::*;
#[cfg(not(any(Py_LIMITED_API, Py_GIL_DISABLED)))]
use pyo3::types::PyType;
use pyo3::types::{PyDict, PyString};

pub(crate) use ascii::Ascii;
pub(crate) use flat::{Flat, Holds, Out};
pub(crate) use guarded::Guarded;
pub(crate) use shortcut::{Arguments, Function, Shortcut, install};

/// Returns a number that changes whenever an attribute of the class or of one of its bases is set:
/// CPython's own key for its attribute caches. Zero says that none is assigned.
#[cfg(not(any(Py_LIMITED_API, Py_GIL_DISABLED)))]
#[inline]
pub(crate) fn type_version(class: &Bound<'_, PyType>) -> u32 {
    // SAFETY: `class` is a live type object, so the pointer is to a `PyTypeObject`; the fields are
    // plain integers, written only while the GIL is held, which `Bound` proves that we hold.
    let (version, flags) = unsafe {
        let class = class.as_type_ptr();
        ((*class).tp_version_tag, (*class).tp_flags)
    };
    // Before 3.10 a change leaves the number, and takes back the flag that it counts.
    if cfg!(Py_3_10) || flags & pyo3::ffi::Py_TPFLAGS_VALID_VERSION_TAG != 0 { version } else { 0 }
}

/// Returns a number that changes whenever a value of the dict is set.
#[cfg(not(any(Py_LIMITED_API, Py_GIL_DISABLED, Py_3_14)))]
#[inline]
#[allow(deprecated, reason = "nothing replaces it before 3.14; watchers are not for one reader")]
pub(crate) fn dict_version(dict: &Bound<'_, PyDict>) -> u64 {
    // SAFETY: `dict` is a live dict, so the pointer is to a `PyDictObject`; the field is a plain
    // integer, written only while the GIL is held, which `Bound` proves that we hold.
    unsafe { (*dict.as_ptr().cast::<pyo3::ffi::PyDictObject>()).ma_version_tag }
}

/// Returns the `__dict__` of an object whose class keeps Python's own way of reading it: what the
/// attribute gives, without a look at the class and its bases.
#[cfg(not(Py_LIMITED_API))]
#[inline]
pub(crate) fn own_dict<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the object is alive, the second argument is not used, and what comes back is a new
    // reference, or null with an error set.
    unsafe {
        let dict = pyo3::ffi::PyObject_GenericGetDict(object.as_ptr(), std::ptr::null_mut());
        Bound::from_owned_ptr_or_err(object.py(), dict)
    }
}

/// Whether an object keeps its attributes in this dict.
#[cfg(not(any(Py_LIMITED_API, Py_GIL_DISABLED, Py_3_14, windows)))]
#[inline]
pub(crate) fn has_dict(object: &Bound<'_, PyAny>, dict: &Py<PyDict>) -> bool {
    unsafe extern "C" {
        fn _PyObject_GetDictPtr(object: *mut pyo3::ffi::PyObject) -> *mut *mut pyo3::ffi::PyObject;
    }
    // SAFETY: the object is alive. What comes back is null, or where it keeps its dict: a place that
    // does not change while the GIL, which `Bound` proves that we hold, keeps others from the object.
    unsafe {
        let place = _PyObject_GetDictPtr(object.as_ptr());
        !place.is_null() && *place == dict.as_ptr()
    }
}

#[cfg(any(Py_LIMITED_API, Py_GIL_DISABLED, Py_3_14, windows))]
pub(crate) fn has_dict(object: &Bound<'_, PyAny>, dict: &Py<PyDict>) -> bool {
    own_dict(object).is_ok_and(|own| own.is(dict))
}

#[cfg(Py_LIMITED_API)]
pub(crate) fn own_dict<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    object.getattr(pyo3::intern!(object.py(), "__dict__"))
}

/// The members of a dict, in its order. Who changes the dict meanwhile may miss members or meet them
/// twice.
#[cfg(not(any(Py_LIMITED_API, Py_GIL_DISABLED)))]
pub(crate) struct Members<'d, 'py> {
    dict: &'d Bound<'py, PyDict>,
    position: pyo3::ffi::Py_ssize_t,
}

#[cfg(not(any(Py_LIMITED_API, Py_GIL_DISABLED)))]
pub(crate) const fn members<'d, 'py>(dict: &'d Bound<'py, PyDict>) -> Members<'d, 'py> {
    Members { dict, position: 0 }
}

#[cfg(not(any(Py_LIMITED_API, Py_GIL_DISABLED)))]
impl<'py> Iterator for Members<'_, 'py> {
    type Item = (Bound<'py, PyAny>, Bound<'py, PyAny>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (mut name, mut value) = (std::ptr::null_mut(), std::ptr::null_mut());
        // SAFETY: the dict is alive, and the GIL, which `Bound` proves that we hold, keeps others from
        // it during the call. `PyDict_Next` compares the position with what the dict has now, so a
        // dict that has changed since is read within its bounds. Where it returns true, both are
        // borrowed references to live objects; new ones are made before anything else can run.
        unsafe {
            let dict = self.dict.as_ptr();
            if pyo3::ffi::PyDict_Next(dict, &mut self.position, &mut name, &mut value) == 0 {
                return None;
            }
            let py = self.dict.py();
            Some((Bound::from_borrowed_ptr(py, name), Bound::from_borrowed_ptr(py, value)))
        }
    }
}

#[cfg(any(Py_LIMITED_API, Py_GIL_DISABLED))]
pub(crate) fn members<'py>(
    dict: &Bound<'py, PyDict>,
) -> impl Iterator<Item = (Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    dict.iter()
}

/// Returns the text of a string. One of ASCII keeps it as UTF-8 already, right behind its head: most do.
#[cfg(not(any(Py_LIMITED_API, Py_GIL_DISABLED, Py_3_14)))]
#[inline]
pub(crate) fn text<'s>(string: &'s Bound<'_, PyString>) -> PyResult<&'s str> {
    // SAFETY: the object is a live `str`, so its state may be read, and a compact ASCII string has
    // as many bytes of data as it has characters, all of them ASCII, which is UTF-8. They do not
    // change as long as the string lives, which `'s` is not longer than.
    unsafe {
        let object = string.as_ptr();
        if pyo3::ffi::PyUnicode_IS_COMPACT_ASCII(object) != 0 {
            let data = pyo3::ffi::PyUnicode_DATA(object).cast::<u8>();
            let length = pyo3::ffi::PyUnicode_GET_LENGTH(object).cast_unsigned();
            let bytes = std::slice::from_raw_parts(data, length);
            return Ok(std::str::from_utf8_unchecked(bytes));
        }
    }
    string.to_str()
}

#[cfg(any(Py_LIMITED_API, Py_GIL_DISABLED, Py_3_14))]
pub(crate) fn text<'s>(string: &'s Bound<'_, PyString>) -> PyResult<&'s str> {
    string.to_str()
}

/// Makes a `str` of ASCII bytes, without the pass that looks for other characters.
///
/// Returns `None` for bytes that are not ASCII.
#[cfg(not(Py_LIMITED_API))]
#[inline]
pub(crate) fn ascii<'py>(py: Python<'py>, bytes: &[u8]) -> Option<Bound<'py, PyString>> {
    if !bytes.is_ascii() {
        return None;
    }
    let length = pyo3::ffi::Py_ssize_t::try_from(bytes.len()).ok()?;
    // SAFETY: a new compact ASCII string of `length` characters has exactly `length` bytes of data
    // and nobody else has seen it yet; the bytes are ASCII, as `maxchar` 127 promises. For the
    // lengths 0 and 1 CPython returns strings that exist already: those are not written to.
    unsafe {
        let string = pyo3::ffi::PyUnicode_New(length, 127);
        let string = Bound::from_owned_ptr_or_err(py, string).ok()?;
        if bytes.len() > 1 {
            let data = pyo3::ffi::PyUnicode_DATA(string.as_ptr()).cast::<u8>();
            copy(bytes, data);
            return Some(string.cast_into_unchecked());
        }
    }
    std::str::from_utf8(bytes).ok().map(|text| PyString::new(py, text))
}

/// Makes a `str` of so many characters, all of which `write` writes; `None` if it does not.
#[cfg(not(Py_LIMITED_API))]
#[inline]
pub(crate) fn ascii_of<'py>(
    py: Python<'py>,
    length: usize,
    write: impl FnOnce(&mut Ascii<'_>) -> Option<()>,
) -> Option<Bound<'py, PyString>> {
    if length < 2 {
        return None;
    }
    let size = pyo3::ffi::Py_ssize_t::try_from(length).ok()?;
    // SAFETY: as in `ascii`: a new string of two or more characters has `length` bytes of data, which
    // nobody else has seen yet. Where not all are written in the end, or `write` panics, the string is
    // dropped without anybody having seen it.
    unsafe {
        let string = pyo3::ffi::PyUnicode_New(size, 127);
        let string = Bound::from_owned_ptr_or_err(py, string).ok()?;
        let data = pyo3::ffi::PyUnicode_DATA(string.as_ptr()).cast::<MaybeUninit<u8>>();
        let mut ascii = Ascii::new(std::slice::from_raw_parts_mut(data, length));
        write(&mut ascii)?;
        ascii.is_full().then(|| string.cast_into_unchecked())
    }
}

#[cfg(Py_LIMITED_API)]
pub(crate) fn ascii_of<'py>(
    py: Python<'py>,
    length: usize,
    write: impl FnOnce(&mut Ascii<'_>) -> Option<()>,
) -> Option<Bound<'py, PyString>> {
    let mut room = vec![MaybeUninit::uninit(); length];
    let mut written = Ascii::new(&mut room);
    write(&mut written)?;
    if written.is_full() { ascii(py, written.written()) } else { None }
}

/// Copies bytes to where there is room for as many: a few as two ends that meet, without a call.
///
/// # Safety
/// At `to` there are as many bytes, and nobody looks at them meanwhile.
#[cfg(not(Py_LIMITED_API))]
#[inline]
unsafe fn copy(bytes: &[u8], to: *mut u8) {
    /// Copies the first `N` bytes and the last, if there are so many.
    #[inline]
    unsafe fn ends<const N: usize>(bytes: &[u8], to: *mut u8) -> Option<()> {
        let (first, last) = (bytes.first_chunk::<N>()?, bytes.last_chunk::<N>()?);
        let last_at = bytes.len().checked_sub(N)?;
        // SAFETY: by what the caller promises, `N` bytes at either place are within the room.
        unsafe {
            to.cast::<[u8; N]>().write_unaligned(*first);
            to.add(last_at).cast::<[u8; N]>().write_unaligned(*last);
        }
        Some(())
    }
    // SAFETY: what the caller promises.
    unsafe {
        let copied = match bytes.len() {
            4..8 => ends::<4>(bytes, to),
            8..16 => ends::<8>(bytes, to),
            16..=32 => ends::<16>(bytes, to),
            _ => None,
        };
        if copied.is_none() {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len());
        }
    }
}

#[cfg(Py_LIMITED_API)]
pub(crate) fn ascii<'py>(py: Python<'py>, bytes: &[u8]) -> Option<Bound<'py, PyString>> {
    std::str::from_utf8(bytes)
        .ok()
        .filter(|text| text.is_ascii())
        .map(|text| PyString::new(py, text))
}
