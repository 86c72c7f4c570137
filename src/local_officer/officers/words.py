"""Ranks, posts and languages of officers: codes as stored, and the words that pages translate."""

from src.platform.web.i18n import msgid

RANKS: dict[str, str] = {
    "private": msgid("рядовий поліції"),
    "corporal": msgid("капрал поліції"),
    "sergeant": msgid("сержант поліції"),
    "senior_sergeant": msgid("старший сержант поліції"),
    "junior_lieutenant": msgid("молодший лейтенант поліції"),
    "lieutenant": msgid("лейтенант поліції"),
    "senior_lieutenant": msgid("старший лейтенант поліції"),
    "captain": msgid("капітан поліції"),
    "major": msgid("майор поліції"),
    "lieutenant_colonel": msgid("підполковник поліції"),
    "colonel": msgid("полковник поліції"),
}
"""Special ranks of the police (Law of Ukraine «On the National Police», article 80), from the lowest; generals keep no beat."""

POSTS: dict[str, str] = {
    "officer": msgid("дільничний офіцер поліції"),
    "senior_officer": msgid("старший дільничний офіцер поліції"),
    "community_officer": msgid("поліцейський офіцер громади"),
    "inspector": msgid("інспектор сектору дільничних офіцерів поліції"),
    "head": msgid("начальник сектору дільничних офіцерів поліції"),
}
"""Posts, the usual one first."""

LANGUAGES: dict[str, str] = {
    "uk": msgid("українська"),
    "en": msgid("англійська"),
    "crh": msgid("кримськотатарська"),
    "pl": msgid("польська"),
    "ro": msgid("румунська"),
    "hu": msgid("угорська"),
    "bg": msgid("болгарська"),
    "de": msgid("німецька"),
    "fr": msgid("французька"),
    "usl": msgid("українська жестова"),
}
"""Languages in which an officer can be spoken with. BCP 47 codes but for ``usl``, whose is ISO 639-3 ``ukl``."""

LANGUAGE_TAGS: dict[str, str] = {**{code: code for code in LANGUAGES}, "usl": "ukl"}
"""The same as BCP 47 tags, for machine-readable data."""

BADGE = msgid("жетон № %(code)s")
"""How an officer is named where names are hidden; the code is the service number."""


def rank_words(code: str) -> str:
    """A rank's message; empty for none, the code itself for one that we do not know."""
    return RANKS.get(code, code)


def post_words(code: str) -> str:
    """A post's message; the code itself for one that we do not know."""
    return POSTS.get(code, code)
