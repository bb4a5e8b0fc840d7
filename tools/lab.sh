#!/bin/sh
# Opens JupyterLab on the notebooks; only who holds the token in its address gets in.
set -eu
bin=$1
shift
root=
[ "$(id -u)" != 0 ] || root=--allow-root # as in a container
export PYTHONPATH="$PWD/tools${PYTHONPATH:+:$PYTHONPATH}"
exec "$bin/jupyter" lab --ip=127.0.0.1 --port="$PORT" --ServerApp.root_dir="$PWD" \
    --LabApp.default_url=/lab/tree/notebooks --LabApp.app_settings_dir="$PWD/tools/lab/settings" \
    --ContentsManager.pre_save_hook=strip_notebook.before_save $root "$@"
