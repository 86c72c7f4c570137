"""Making spellings comparable: case, apostrophes, quotes, stress marks, the generic words of addresses."""

import re
import unicodedata

APOSTROPHES = dict.fromkeys(map(ord, "'`´ʼ‘’′"), "’")
NOT_WORDS = re.compile(r"[^\w’-]+")
SORT_ORDER = {letter: index for index, letter in enumerate("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", start=1)}

GENERIC = {
    "вул": "вулиця", "в": "вулиця", "просп": "проспект", "пр-т": "проспект", "пр": "проспект", "бул": "бульвар",
    "б-р": "бульвар", "пл": "площа", "пров": "провулок", "наб": "набережна", "ст": "станція", "м": "метро",
    "str": "street", "ave": "avenue", "blvd": "boulevard", "sq": "square",
}  # fmt: skip


def one_apostrophe(text: str) -> str:
    """All apostrophes as ’, accents that mark stress removed, letters composed (й and ї stay whole)."""
    composed = unicodedata.normalize("NFC", text).translate(APOSTROPHES)
    return composed.replace("\u0301", "")


def folded(text: str) -> str:
    """A name for comparing: lower case, one apostrophe, no quotes or points, abbreviations written out."""
    words = NOT_WORDS.sub(" ", one_apostrophe(text).lower()).split()
    return " ".join(GENERIC.get(word, word) for word in words)


def sort_key(text: str) -> tuple[int, ...]:
    """Order of the Ukrainian alphabet (ґ after г, є after е, і ї after и), whatever the server's locale."""
    return tuple(SORT_ORDER.get(letter, ord(letter) + 1000) for letter in text.lower())
