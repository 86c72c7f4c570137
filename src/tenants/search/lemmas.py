"""Words of a text as a search compares them: Ukrainian lemmas, so that «авто на газонах» finds «газон»."""

import re
from functools import lru_cache

import pymorphy3

from src.tenants.cities.spelling import one_apostrophe

WORD = re.compile(r"[\w]+(?:[’-][\w]+)*")
UKRAINIAN = re.compile(r"[а-яґєії]", re.IGNORECASE)
RARE = ("Infr", "Slng", "Arch", "Name", "Surn", "Patr")
READINGS_AT_MOST = 4
SHORTEST = 2
LONGEST = 40
SILENT = frozenset(
    [
        "а",
        "або",
        "але",
        "б",
        "без",
        "бо",
        "був",
        "бути",
        "в",
        "вже",
        "ви",
        "від",
        "він",
        "вона",
        "вони",
        "все",
        "всі",
        "від",
        "до",
        "для",
        "дуже",
        "є",
        "ж",
        "за",
        "з",
        "зі",
        "й",
        "її",
        "їх",
        "і",
        "із",
        "ік",
        "коли",
        "лише",
        "ми",
        "мій",
        "мені",
        "мене",
        "на",
        "над",
        "не",
        "ні",
        "них",
        "о",
        "об",
        "один",
        "ось",
        "під",
        "по",
        "при",
        "про",
        "раз",
        "саме",
        "себе",
        "сам",
        "свій",
        "та",
        "так",
        "там",
        "те",
        "ти",
        "тільки",
        "то",
        "тут",
        "у",
        "хто",
        "це",
        "цей",
        "ця",
        "ці",
        "чи",
        "що",
        "щоб",
        "як",
        "який",
        "яка",
        "які",
        "якщо",
        "що",
        "також",
        "нас",
        "нам",
        "ще",
        "можна",
        "треба",
        "где",
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "is",
        "and",
        "or",
        "for",
        "on",
        "at",
        "it",
    ]
)


@lru_cache(maxsize=1)
def analyser() -> pymorphy3.MorphAnalyzer:
    """The dictionary; read once a process, on first use."""
    return pymorphy3.MorphAnalyzer(lang="uk")


@lru_cache(maxsize=5_000)
def readings(word: str) -> tuple[str, ...]:
    """The dictionary forms a word can come from, the likeliest first; other languages stay as they are.

    Often there are several: «газони» may also be an order to race («газонути»), «парку» a coat («парка»). The index keeps
    all of them, so that every form of a word finds every other one.
    """
    if not UKRAINIAN.search(word):
        return (word,)
    found = sorted(analyser().parse(word.replace("’", "'")), key=oddity)
    usual = [parse for parse in found if not oddity(parse)[0]] or found
    forms = dict.fromkeys(str(parse.normal_form).replace("'", "’") for parse in usual)
    return tuple(form for form in list(forms)[:READINGS_AT_MOST] if form not in SILENT)


def oddity(parse: pymorphy3.analyzer.Parse) -> tuple[bool, bool]:
    """How unlikely a reading is here; of equals the dictionary's first one counts (its scores say nothing in Ukrainian)."""
    return any(sign in parse.tag for sign in RARE), parse.tag.POS != "NOUN"


def words_of(text: str) -> list[tuple[str, ...]]:
    """The readings of each distinct word of a text in its order, without words that say nothing."""
    found: dict[tuple[str, ...], None] = {}
    for word in WORD.findall(one_apostrophe(text).lower()):
        if SHORTEST <= len(word) <= LONGEST and word not in SILENT and (forms := readings(word)):
            found.setdefault(forms)
    return list(found)


def lexemes(text: str) -> list[str]:
    """The likeliest lemma of each distinct word of a text, in its order."""
    return list(dict.fromkeys(forms[0] for forms in words_of(text)))


def all_lexemes(text: str) -> list[str]:
    """All lemmas of a text's words: what it can be found by."""
    return list(dict.fromkeys(form for forms in words_of(text) for form in forms))
