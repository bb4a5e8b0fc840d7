#!/bin/sh
# Makes the virtual environment: Python 3.11 to 3.13, every package by the lock's hash.
set -eu
venv=$1
python=${PYTHON:-python3}
command -v "$python" >/dev/null 2>&1 || {
    echo "setup: there is no '$python'. Install Python 3.11, 3.12 or 3.13." >&2
    exit 1
}
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
case $version in
3.11 | 3.12 | 3.13) ;;
*)
    echo "setup: '$python' is Python $version; 3.11, 3.12 or 3.13 is needed." >&2
    echo "setup: name another one, as in 'make demo PYTHON=python3.12'." >&2
    exit 1
    ;;
esac
"$python" -c 'import ensurepip, venv' 2>/dev/null || {
    echo "setup: Python $version has no ensurepip; on Debian, install python$version-venv." >&2
    exit 1
}
echo "Setting up $venv with Python $version"
"$python" -m venv --clear "$venv"
# uv comes by its hash from the same lock, and installs the rest in seconds.
sed -n '/^uv==/,/^[^ ]/p' requirements.lock | sed '$d' >"$venv/uv.txt"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
    --no-deps -r "$venv/uv.txt"
export VIRTUAL_ENV="$PWD/$venv"
"$venv/bin/uv" pip install --quiet --require-hashes -r requirements.lock
"$venv/bin/uv" pip install --quiet --no-deps --no-build-isolation --editable .
