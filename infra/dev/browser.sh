#!/bin/sh
# Makes sure that the tests have a browser that starts, or says what to install and fails.
set -eu
sh infra/dev/find-browser.sh >/dev/null && exit 0
starts() {
    "$VENV/bin/python" - <<'PYTHON' >/dev/null 2>&1
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    playwright.chromium.launch(args=["--no-sandbox"]).close()
PYTHON
}
starts && exit 0
echo "No browser was found; fetching Playwright's Chromium ..."
"$VENV/bin/python" -m playwright install chromium >&2 || true
starts && exit 0
cat >&2 <<'WORDS'
The tests need a browser, and none could be installed here. Install one and run `make test` again:
  Debian:  apt-get install --no-install-recommends chromium
  Ubuntu:  .venv/bin/python -m playwright install --with-deps chromium
  macOS:   .venv/bin/python -m playwright install chromium
or set CHROMIUM to the path of a Chromium or Chrome that is already there.
WORDS
exit 1
