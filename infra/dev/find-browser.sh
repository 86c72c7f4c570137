#!/bin/sh
# Prints the path of a browser for the tests: $CHROMIUM, or what the system has. Status 1 when there is none.
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && command -v "$name" 2>/dev/null; then exit 0; fi
done
exit 1
