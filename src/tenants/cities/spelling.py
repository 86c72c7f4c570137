"""Making spellings comparable: case, apostrophes, quotes, stress marks, the generic words of addresses."""

import re
import unicodedata
from collections.abc import Collection, Mapping

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


LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z", "и": "y", "і": "i",
    "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
    "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "ю": "iu", "я": "ia", "’": "",
}  # fmt: skip
AT_THE_BEGINNING = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
SLUG_AT_MOST = 40


def in_latin(text: str) -> str:
    """Ukrainian in Latin letters, by the Cabinet's resolution no. 55 of 27 January 2010."""
    words = []
    for word in one_apostrophe(text).lower().split():
        spelled = word.replace("зг", "zgh")
        first = AT_THE_BEGINNING.get(spelled[:1], LATIN.get(spelled[:1], spelled[:1]))
        words.append(first + "".join(LATIN.get(letter, letter) for letter in spelled[1:]))
    return " ".join(words)


def free_slug(name: Mapping[str, str], taken: Collection[str], *, otherwise: str) -> str:
    """An address of a name (English, else Ukrainian in Latin letters) that no other one has; ``otherwise`` where nothing is left of it."""
    wanted = slug_of(name.get("en") or name["uk"]) or otherwise
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted}-{number}", number + 1
    return found


def slug_of(name: str) -> str:
    """A name as a part of an address: small Latin letters, digits and hyphens; empty when nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", in_latin(name)).strip("-")[:SLUG_AT_MOST].strip("-")
