"""How a city's name stands in a sentence: «Полтава» — «у Полтаві», «Полтави». A suggestion, which a person checks."""

from pymorphy3.analyzer import Parse

from src.tenants.cities.spelling import in_latin
from src.tenants.search.lemmas import analyser

VOWELS = frozenset("аеєиіїоуюя")
PERSONS = ("Name", "Surn", "Patr")


def inflected(name: str, case: str) -> str:
    """A name in a case (``loct``, ``gent``), each of its words by itself; a word that is not known stays as it is."""
    return " ".join("-".join(word_in(part, case) for part in word.split("-")) for word in name.split())


def word_in(word: str, case: str) -> str:
    """One word: a reading as a name in the nominative, no person's; of equal forms the one that place names take («у Тернополі»)."""
    readings = [each for each in analyser().parse(word.lower().replace("’", "'")) if "nomn" in each.tag]
    readings.sort(key=lambda reading: (any(sign in reading.tag for sign in PERSONS), reading.tag.POS != "NOUN"))
    for reading in readings:
        number = {"plur"} if "plur" in reading.tag else {"sing"}
        forms = [
            str(each.word)
            for each in reading.lexeme
            if case in each.tag and (number <= set(each.tag.grammemes) or "plur" not in each.tag) and same_gender(reading, each)
        ]
        if forms:
            spelled = min(forms, key=lambda form: not form.endswith(("ому", "і"))).replace("'", "’")
            return spelled.capitalize() if word[:1].isupper() else spelled
    return word


def same_gender(reading: Parse, form: Parse) -> bool:
    """An adjective's forms come in all genders, a noun's in its own."""
    return all(gender not in reading.tag or gender in form.tag for gender in ("masc", "femn", "neut"))


def where(name: str) -> str:
    """«у Полтаві», «в Одесі»: before a vowel it is «в»."""
    found = inflected(name, "loct")
    return f"{'в' if found[:1].lower() in VOWELS else 'у'} {found}"


def names(uk: str, en: str = "") -> dict[str, dict[str, str]]:
    """``name``, ``name_in`` and ``name_of`` in both languages; English is spelled from the Ukrainian when there is none."""
    english = en or in_latin(uk).title().replace("’", "")
    return {
        "name": {"uk": uk, "en": english},
        "name_in": {"uk": where(uk), "en": f"in {english}"},
        "name_of": {"uk": inflected(uk, "gent"), "en": f"of {english}"},
    }
