"""Who answers for what, from the city's own rules."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from src.tenants.cities.catalogue import Catalogue, ResponderHere


@dataclass(frozen=True, slots=True)
class Answering:
    """A responder of a category; ``only_in`` names the districts when it is not the whole city."""

    responder: ResponderHere
    only_in: list[str]


def who_answers(known: Catalogue, language: str, category_id: UUID) -> list[Answering]:
    """The responders that the rules give for a category, the one of most districts first."""
    texts = known.into(language)
    by_district = {item.id: known.responder_for(category_id, item.id) for item in texts.districts}
    districts: Counter[UUID] = Counter(found for found in by_district.values() if found is not None)
    usual = districts.most_common(1)[0][0] if districts else None
    return [
        Answering(
            texts.responder[found],
            [] if found == usual else [item.name for item in texts.districts if by_district[item.id] == found],
        )
        for found, _ in districts.most_common()
    ]
