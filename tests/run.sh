#!/bin/sh
# Everything that must hold: lint, types, SQL, templates, tests. Called by `make test`.
set -eu
cd "$(dirname "$0")/.."
bin=$(dirname "${PYTHON:-.venv/bin/python}")
has_browser() {
    for name in chromium chromium-browser google-chrome chrome; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    return 1
}
if ! has_browser; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing Debian's chromium for the browser tests"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
    else
        echo "The browser tests need Chromium: install it, on Debian with 'apt-get install chromium'." >&2
        exit 1
    fi
fi
"$bin/ruff" check .
"$bin/ruff" format --check .
"$bin/mypy"
"$bin/mypy" infra/functions
"$bin/lint-imports" --no-cache --no-logo
"$bin/sqlfluff" lint --disable-progress-bar sql
"$bin/cfn-lint" infra/*.yaml
"$bin/python" tools/strip_notebook.py --verify notebooks/*.ipynb
exec "$bin/python" -m pytest tests -n 2 --dist loadfile
