//! Lets the code ask which Python it is built for: `cfg(Py_LIMITED_API)`, `cfg(Py_3_14)`.

fn main() {
    pyo3_build_config::use_pyo3_cfgs();
}
