#!/bin/sh
# Opens JupyterLab on the notebooks; only who holds the token in its address gets in.
set -eu
bin=$1
shift
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    # Git sees the shipped notebooks without what running them adds: see .gitattributes.
    git config filter.cartwheel-notebook.clean "'$PWD/$bin/python' tools/strip_notebook.py"
fi
root=
[ "$(id -u)" != 0 ] || root=--allow-root # as in a container
exec "$bin/jupyter" lab --ip=127.0.0.1 --port="$PORT" --ServerApp.root_dir="$PWD" \
    --LabApp.default_url=/lab/tree/notebooks --LabApp.app_settings_dir="$PWD/tools/lab/settings" \
    $root "$@"
