#!/bin/sh
# Compiles each translation that is newer than its compiled form.
set -eu
find src -name '*.po' | while IFS= read -r source; do
    compiled="${source%.po}.mo"
    if [ ! -f "$compiled" ] || [ -n "$(find "$source" -newer "$compiled")" ]; then
        locale=$(basename "$(dirname "$(dirname "$source")")")
        "$VENV/bin/python" -m babel.messages.frontend --quiet compile --locale "$locale" \
            --input-file "$source" --output-file "$compiled"
    fi
done
