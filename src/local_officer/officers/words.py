"""Ranks, posts and languages: codes that are stored, their words (texts to translate), and how files may spell them."""

from src.platform.web.i18n import msgid
from src.tenants.cities.spelling import folded

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
"""Special ranks of the National Police (Law of Ukraine No. 580-VIII, article 80), the lowest first."""
POSTS: dict[str, str] = {
    "officer": msgid("дільничний офіцер поліції"),
    "senior_officer": msgid("старший дільничний офіцер поліції"),
    "community_officer": msgid("поліцейський офіцер громади"),
    "head": msgid("начальник сектору дільничних офіцерів поліції"),
}
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


def code_of(known: dict[str, str], typed: str) -> str | None:
    """The code of a rank, post or language as a file spells it: the code itself, its words, with or without «поліції»."""
    wanted = folded(typed)
    for code, words in known.items():
        if wanted in {code, folded(words), folded(words).removesuffix(" поліції")}:
            return code
    return None
