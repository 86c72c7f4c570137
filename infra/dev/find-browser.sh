#!/bin/sh
# Prints the path of a browser for the tests: $CHROMIUM, or what the system has. Status 1 when there is none.
# Each is asked for its version: Ubuntu's chromium-browser is a file that only tells people to install something else.
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    [ -n "$name" ] || continue
    path=$(command -v "$name" 2>/dev/null) && "$path" --version >/dev/null 2>&1 && echo "$path" && exit 0
    [ "$name" != "${CHROMIUM:-}" ] || echo "CHROMIUM=$name does not start; looking for another browser." >&2
done
exit 1
