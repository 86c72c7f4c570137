"""Words of a text as a search compares them: Ukrainian lemmas, so that «авто на газонах» finds «газон»."""

import re
from functools import lru_cache

import pymorphy3

from src.tenants.cities.spelling import one_apostrophe

WORD = re.compile(r"[\w]+(?:[’-][\w]+)*")
UKRAINIAN = re.compile(r"[а-яґєії]", re.IGNORECASE)
RARE = ("Infr", "Slng", "Arch", "Name", "Surn", "Patr")
SHORTEST = 2
LONGEST = 40
SILENT = frozenset(
    "а або але б без бо був бути в вже ви від він вона вони все всі від до для дуже є ж за з зі й її їх і із ік коли "
    "лише ми мій мені мене на над не ні них о об один ось під по при про раз саме себе сам свій та так там те ти тільки "
    "то тут у хто це цей ця ці чи що щоб як який яка які якщо що також нас нам ще можна треба где the a an of to in is "
    "and or for on at it".split()
)


@lru_cache(maxsize=1)
def analyser() -> pymorphy3.MorphAnalyzer:
    """The dictionary; read once a process, on first use."""
    return pymorphy3.MorphAnalyzer(lang="uk")


@lru_cache(maxsize=20_000)
def lemma(word: str) -> str:
    """The dictionary form of a word in lower case; other languages stay as they are."""
    if not UKRAINIAN.search(word):
        return word
    return str(min(analyser().parse(word), key=oddity).normal_form).replace("'", "’")


def oddity(parse: pymorphy3.analyzer.Parse) -> tuple[bool, bool, bool]:
    """How unlikely a reading of a word is here; of equals the dictionary's first one counts.

    Its scores do not help with Ukrainian: «газони» may be an order to race («газонути»), «люди» several Liudas. A word
    that is a dictionary form stays what it is; then nouns come first, so that all forms of one meet.
    """
    rare = any(sign in parse.tag for sign in RARE)
    return rare, parse.normal_form != parse.word, parse.tag.POS != "NOUN"


def lexemes(text: str) -> list[str]:
    """Distinct lemmas of a text in their order, without words that say nothing."""
    found: dict[str, None] = {}
    for word in WORD.findall(one_apostrophe(text).lower()):
        if SHORTEST <= len(word) <= LONGEST and word not in SILENT:
            form = lemma(word.replace("’", "'") if "’" in word else word)
            if form not in SILENT:
                found.setdefault(form)
    return list(found)
