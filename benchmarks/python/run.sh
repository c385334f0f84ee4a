#!/bin/sh
# Installs the peers beside jotem in an environment of its own, and measures: all there is, or with
# `threads`, `imports`, `cache`, `batches`, `sessions` or `compare` as the first argument only those.
# PYTHON chooses the interpreter; other arguments are the program's.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
folder=$here/.venv/$("$python" -c 'import platform; print(platform.python_version())')
[ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" 'maturin>=1.7,<2'
rm -rf "$folder/wheels"
"$folder/bin/maturin" build --quiet --release --manifest-path "$here/../../bindings/python/Cargo.toml" \
    --interpreter "$folder/bin/python" --out "$folder/wheels"
"$folder/bin/pip" install --quiet --disable-pip-version-check --force-reinstall --no-deps "$folder"/wheels/*.whl
cd "$here"
case ${1:-} in
threads | imports | cache | batches | sessions | compare)
    program=$1
    shift
    exec "$folder/bin/python" "$program.py" "$@"
    ;;
esac
"$folder/bin/python" bench.py "$@"
if [ $# -eq 0 ]; then
    "$folder/bin/python" threads.py
    "$folder/bin/python" cache.py
    "$folder/bin/python" batches.py
    "$folder/bin/python" imports.py
    "$folder/bin/python" sessions.py
fi
