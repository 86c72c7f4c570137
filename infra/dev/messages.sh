#!/bin/sh
# Collects the texts to translate from the sources and brings the catalogues up to date with them.
# The application reads the .po files themselves; there is nothing to compile.
set -eu
locale=src/platform/web/locale
template=$(mktemp)
trap 'rm -f "$template"' EXIT
pybabel="$VENV/bin/pybabel"
"$pybabel" --quiet extract --mapping-file babel.cfg --keyword msgid --no-location --no-wrap --sort-output \
    --project Vzaiemodiia --output-file "$template" .
"$pybabel" --quiet update --input-file "$template" --output-dir "$locale" --ignore-obsolete --no-fuzzy-matching --no-wrap \
    --ignore-pot-creation-date
# Headers that change with the day and name nobody.
for catalogue in "$locale"/*/LC_MESSAGES/messages.po; do
    grep -vE '^"(Project-Id-Version|Report-Msgid-Bugs-To|P[O-T]+-(Creation|Revision)-Date|Last-Translator|Language-Team|Generated-By):' \
        "$catalogue" >"$template"
    cat "$template" >"$catalogue"
done
