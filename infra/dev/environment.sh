#!/bin/sh
# Makes $VENV hold exactly what the given requirements file pins. Nothing to do when its stamp is fresh.
set -eu
wanted=$1
stamp="$VENV/.stamp"

find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$name"
            return 0
        fi
    done
    echo "Python 3.11 or later is needed, and none was found on the PATH. Install it, for example the package python3." >&2
    return 1
}

digest() {
    cat requirements.txt "$wanted" | cksum
}

# The environment of the tests serves `make run` too: it holds all that is in requirements.txt.
if [ -x "$VENV/bin/python" ] && "$VENV/bin/python" -c '' 2>/dev/null && [ -f "$stamp" ]; then
    if grep -qxF "$wanted $(digest)" "$stamp"; then exit 0; fi
fi

if ! { [ -x "$VENV/bin/python" ] && "$VENV/bin/python" -c 'import pip' 2>/dev/null; }; then
    python=$(find_python)
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        echo "This Python ($python) comes without venv or ensurepip. On Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 1
    fi
    echo "Making the environment in $VENV ..."
    "$python" -m venv --clear "$VENV"
fi

echo "Installing $wanted ..."
rm -f "$stamp"
"$VENV/bin/python" -m pip install --quiet --require-hashes -r "$wanted"
{
    echo "$wanted $(digest)"
    if [ "$wanted" = requirements-dev.txt ]; then
        wanted=requirements.txt
        echo "$wanted $(digest)"
    fi
} >"$stamp"
