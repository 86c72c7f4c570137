#!/bin/sh
# Pins what requirements*.in name, for every supported Python, with hashes and without a registry's address.
set -eu
venv=$1
mkdir -p .stamps
[ -x .stamps/uv/bin/uv ] || { "$venv/bin/python" -m venv .stamps/uv && .stamps/uv/bin/python -m pip install --quiet uv; }
for name in requirements requirements-dev; do
    .stamps/uv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
        --no-header --output-file "$name.txt" "$name.in"
done
