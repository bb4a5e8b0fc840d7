#!/bin/sh
# What takes too long for the tests, or needs an environment of its own: checkov pins an older
# boto3 than the project.
set -eu
cd "$(dirname "$0")/.."
bin=$1
venv=.venv-prove
lock=tools/prove/requirements.lock
if [ ! -x "$venv/bin/checkov" ] || [ "$lock" -nt "$venv/bin/checkov" ]; then
    echo "Setting up $venv"
    "$bin/python" -m venv --clear "$venv"
    VIRTUAL_ENV="$PWD/$venv" "$bin/uv" pip install --quiet --require-hashes -r "$lock"
    touch "$venv/bin/checkov"
fi
# Without its maker's service, which it would ask for texts.
"$venv/bin/checkov" --directory infra --config-file infra/.checkov.yaml --skip-download --compact --quiet
# The slow tests; every fault that can be put into a view or a query, and each limit of each field of
# the API's document, of which the tests take some.
CARTWHEEL_PROVE=1 "$bin/python" -m pytest tests -m proof -n 2 --dist loadfile
CARTWHEEL_PROVE=1 "$bin/python" -m pytest tests/sql/test_mutants.py \
    tests/lib/aws/test_api_by_schema.py -n 2
