"""What the words of a file mean here, guessed: categories by name and key words, responders by name, states by usual words."""

from collections.abc import Iterable, Mapping

from src.tenants.cities import spelling
from src.tenants.cities.catalogue import Catalogue
from src.tenants.moving_in import values
from src.tenants.moving_in.fields import MAPPED, folded
from src.tenants.search.queries import likely_categories

LANGUAGES = ("uk", "en")


def guessed(
    source: Catalogue, found: Mapping[str, Iterable[str]], before: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """For each field the meaning of each word (folded) of which one can be guessed; what was said ``before`` comes first."""
    open_ids = {str(item.id) for item in source.into("uk").open_categories()}
    responder_ids = {str(item.id) for item in source.into("uk").responder_list}
    allowed = {"category": open_ids, "responder": responder_ids, "state": {"waiting", "answered"}}
    by_name = {"category": category_names(source), "responder": responder_names(source)}
    result: dict[str, dict[str, str]] = {}
    for field in MAPPED:
        meanings: dict[str, str] = {}
        for word in found.get(field, ()):
            said = before.get(field, {}).get(folded(word), "")
            if said not in allowed[field]:
                said = values.state(word) if field == "state" else by_name[field].get(spelling.folded(word), "")
            if not said and field == "category":
                said = next((str(one) for one in likely_categories(source, word)), "")
            if not said and field == "responder":
                said = containing(by_name[field], spelling.folded(word))
            if said in allowed[field]:
                meanings[folded(word)] = said
        result[field] = meanings
    return result


def category_names(source: Catalogue) -> dict[str, str]:
    """Names of the categories that take questions, folded."""
    names: dict[str, str] = {}
    for language in LANGUAGES:
        here = source.into(language)
        for one in here.open_categories():
            for name in (one.name, here.full_name(one), one.slug):
                names.setdefault(spelling.folded(name), str(one.id))
    return names


def responder_names(source: Catalogue) -> dict[str, str]:
    """Names of the responders, folded; of two alike the one that is in use."""
    names: dict[str, str] = {}
    for language in LANGUAGES:
        for one in sorted(source.into(language).responder_list, key=lambda item: item.retired):
            for name in (one.name, one.slug, one.initials):
                names.setdefault(spelling.folded(name), str(one.id))
    return names


def containing(names: Mapping[str, str], word: str) -> str:
    """The only one whose name holds the word, or is held by it."""
    long_enough = 5
    if len(word) < long_enough:
        return ""
    fits = {meaning for name, meaning in names.items() if len(name) >= long_enough and (word in name or name in word)}
    return fits.pop() if len(fits) == 1 else ""
