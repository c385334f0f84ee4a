//! A function of ours in the place where CPython would begin to run a Python function: the pointer
//! through which it calls one (PEP 590), which an extension may set from 3.12 on.
//!
//! The Python function stays what it is to everybody who looks at it. What ours does not take, and
//! every function whose code or defaults were replaced, is run as CPython does.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// Arguments, each in the place of its parameter.
pub(crate) type Arguments<'a, 'py, const N: usize> = [Option<Borrowed<'a, 'py, PyAny>>; N];

/// What is tried before a Python function of `N` parameters.
pub(crate) trait Shortcut<const N: usize> {
    /// The names of the parameters, in their order.
    const NAMES: [&'static str; N];

    /// Where the function is remembered.
    fn function() -> &'static PyOnceLock<Function<N>>;

    /// Answers the call, or leaves it to the Python function. Each argument is in the place of its
    /// parameter; one that was not given is its default, and `None` if it has none.
    ///
    /// # Errors
    /// The call raises that, and the Python function does not run.
    fn take<'py>(arguments: &Arguments<'_, 'py, N>) -> PyResult<Option<Bound<'py, PyAny>>>;
}

#[cfg(all(Py_3_12, not(any(Py_LIMITED_API, Py_GIL_DISABLED, windows))))]
pub(crate) use vectorcall::{Function, install};

/// Without such a pointer the function asks for the shortcut itself.
#[cfg(not(all(Py_3_12, not(any(Py_LIMITED_API, Py_GIL_DISABLED, windows)))))]
mod none {
    use pyo3::prelude::*;

    #[derive(Debug)]
    pub(crate) struct Function<const N: usize>;

    #[expect(clippy::unnecessary_wraps, reason = "the other can fail")]
    pub(crate) const fn install<S: super::Shortcut<N>, const N: usize>(
        _function: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        Ok(())
    }
}
#[cfg(not(all(Py_3_12, not(any(Py_LIMITED_API, Py_GIL_DISABLED, windows)))))]
pub(crate) use none::{Function, install};

#[cfg(all(Py_3_12, not(any(Py_LIMITED_API, Py_GIL_DISABLED, windows))))]
mod vectorcall {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::ptr;
    use std::sync::atomic::{AtomicU32, Ordering};

    use pyo3::exceptions::{PySystemError, PyTypeError};
    use pyo3::ffi;
    use pyo3::prelude::*;
    use pyo3::types::{PyFunction, PyString, PyTuple};

    use super::{Arguments, Shortcut};

    unsafe extern "C" {
        /// Since 3.12; not in PyO3's list.
        fn PyFunction_SetVectorcall(function: *mut ffi::PyObject, call: ffi::vectorcallfunc);
    }

    /// A Python function as it was when its shortcut was installed.
    pub(crate) struct Function<const N: usize> {
        names: [Py<PyString>; N],
        /// Each in the place of its parameter.
        defaults: [Option<Py<PyAny>>; N],
        /// What must not have been replaced since.
        all_defaults: Py<PyTuple>,
        code: Py<PyAny>,
        /// How CPython runs it.
        run: ffi::vectorcallfunc,
        calls: AtomicU32,
    }

    /// After so many calls PyO3 is entered by its own door, which takes longer. It puts off letting go
    /// of objects until then: they are not to become more and more.
    const OWN_DOOR: u32 = 64;

    /// Tries the shortcut from now on before a function runs. Of two functions only the first.
    pub(crate) fn install<S: Shortcut<N>, const N: usize>(
        function: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let py = function.py();
        let function = function.cast_exact::<PyFunction>()?;
        // SAFETY: a live object; what comes back is a function pointer, or null.
        let run = unsafe { ffi::PyVectorcall_Function(function.as_ptr()) };
        let all_defaults = function.getattr("__defaults__")?.cast_into::<PyTuple>()?;
        let mut defaults = [const { None }; N];
        // They are those of the last parameters.
        for (place, default) in defaults.iter_mut().rev().zip(all_defaults.iter().rev()) {
            *place = Some(default.unbind());
        }
        let noted = Function {
            names: S::NAMES.map(|name| PyString::intern(py, name).unbind()),
            defaults,
            all_defaults: all_defaults.unbind(),
            code: function.getattr("__code__")?.unbind(),
            calls: AtomicU32::new(0),
            run: run.ok_or_else(|| PyTypeError::new_err("a function that is not called so"))?,
        };
        if S::function().set(py, noted).is_ok() {
            // SAFETY: it is exactly a Python function, and `call` is a vectorcall function that does
            // what the one before does, or passes the call on to it.
            unsafe { PyFunction_SetVectorcall(function.as_ptr(), call::<S, N>) };
        }
        Ok(())
    }

    /// What CPython calls: with the arguments by position, then those by name, then the names.
    unsafe extern "C" fn call<S: Shortcut<N>, const N: usize>(
        function: *mut ffi::PyObject,
        arguments: *const *mut ffi::PyObject,
        count: usize,
        names: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject {
        // SAFETY: CPython calls functions with the GIL held, and `py` does not leave this call.
        let py = unsafe { Python::assume_attached() };
        let Some(noted) = S::function().get(py) else {
            PySystemError::new_err("a shortcut of no function").restore(py);
            return ptr::null_mut();
        };
        // Counted while the GIL is held: nobody else writes between the two.
        let calls = noted.calls.load(Ordering::Relaxed).wrapping_add(1);
        noted.calls.store(calls, Ordering::Relaxed);
        let mut places = noted
            .defaults
            .each_ref()
            .map(|default| default.as_ref().map(|default| default.bind_borrowed(py)));
        // SAFETY: the pointers are those of this call.
        let placed = unsafe { place(py, noted, function, arguments, count, names, &mut places) };
        if placed.is_some() {
            // A panic must not cross into C. It would be a defect; the Python function still answers.
            let taken = catch_unwind(AssertUnwindSafe(|| {
                if calls.is_multiple_of(OWN_DOOR) {
                    enter_by_own_door();
                }
                S::take(&places)
            }));
            match taken {
                Ok(Ok(Some(answer))) => return answer.into_ptr(),
                Ok(Err(raised)) => {
                    raised.restore(py);
                    return ptr::null_mut();
                }
                Ok(Ok(None)) | Err(_) => {}
            }
        }
        // SAFETY: the very call that CPython would have made.
        unsafe { (noted.run)(function, arguments, count, names) }
    }

    #[cold]
    #[inline(never)]
    fn enter_by_own_door() {
        // It is closed when the program ends.
        let _entered = Python::try_attach(|_| ());
    }

    /// Puts each argument in the place of its parameter, over the default; `None` if that is not so
    /// simple, or if the function is not as it was.
    ///
    /// # Safety
    /// The pointers are those of a vectorcall that goes on: `count` arguments by position, one more for
    /// each of the `names`, all of them alive until it ends.
    #[inline]
    unsafe fn place<'a, 'py, const N: usize>(
        py: Python<'py>,
        noted: &'a Function<N>,
        function: *mut ffi::PyObject,
        arguments: *const *mut ffi::PyObject,
        count: usize,
        names: *mut ffi::PyObject,
        places: &mut Arguments<'a, 'py, N>,
    ) -> Option<()> {
        // SAFETY: by what the caller promises, reads of as many arguments and names as there are;
        // `function` is a Python function, since only those were given this call.
        unsafe {
            if ffi::PyFunction_GetCode(function) != noted.code.as_ptr()
                || ffi::PyFunction_GetDefaults(function) != noted.all_defaults.as_ptr()
            {
                return None;
            }
            let by_position = usize::try_from(ffi::PyVectorcall_NARGS(count)).ok()?;
            for (position, place) in places.get_mut(..by_position)?.iter_mut().enumerate() {
                *place = Borrowed::from_ptr_or_opt(py, *arguments.add(position));
            }
            let by_name = if names.is_null() { 0 } else { ffi::PyTuple_GET_SIZE(names) };
            let by_name = usize::try_from(by_name).ok()?;
            let given = arguments.add(by_position);
            for position in 0..by_name {
                let name = ffi::PyTuple_GET_ITEM(names, position.cast_signed());
                let parameter = noted.names.iter().position(|own| own.as_ptr() == name)?;
                if parameter < by_position {
                    return None;
                }
                *places.get_mut(parameter)? = Borrowed::from_ptr_or_opt(py, *given.add(position));
            }
        }
        Some(())
    }
}
