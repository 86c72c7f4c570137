"""From a review and what was typed to the page of an appeal under work."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from sqlalchemy import Row

from src.platform.data.base import localized
from src.platform.web.access import Permission
from src.platform.web.forms import Form
from src.platform.web.here import Here, here, language_of
from src.platform.web.pages import page
from src.tenants.appeals.personal import shown_name
from src.tenants.appeals.states import NEXT, PUBLIC, State
from src.tenants.cities import extra
from src.tenants.cities.catalogue import Catalogue, InLanguage
from src.tenants.desk import words
from src.tenants.desk.decisions import BY_RULE, id_of, place_as, precisions, prefilled
from src.tenants.desk.highlight import TAKEN_OUT, findings, kind_name, pieces
from src.tenants.desk.queries import Filters
from src.tenants.desk.reviews import Review
from src.tenants.search.queries import likely_categories

AnyRequest = Request[Any, Any, Any]

FORMS = {
    "publication": State.PUBLISHED,
    "entrusting": State.ENTRUSTED,
    "rejection": State.REJECTED,
    "merger": State.MERGED,
    "routing": State.ROUTED,
}
"""The forms of the page by name, each with the state that it leads to."""


@dataclass(frozen=True, slots=True)
class Trail:
    """The queue somebody came through: its filters, by slug, go along from appeal to appeal."""

    category: str = ""
    district: str = ""

    @classmethod
    def of(cls, given: Any, known: InLanguage) -> "Trail":  # noqa: ANN401  a query or a form: anything with ``get``
        """From an address; what the city does not have is left out."""
        category, district = given.get("category") or "", given.get("district") or ""
        return cls(category if category in known.category_by_slug else "", district if district in known.district_by_slug else "")

    def filters(self, known: InLanguage) -> Filters:
        """The same by id."""
        return Filters(
            known.family(known.category_by_slug[self.category]) if self.category else (),
            known.district_by_slug[self.district].id if self.district else None,
        )

    def query(self, **more: str) -> str:
        """As the end of an address."""
        given = {"category": self.category, "district": self.district, **more}
        kept = {key: value for key, value in given.items() if value}
        return "?" + urlencode(kept) if kept else ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a step was not taken, what happened meanwhile, and what had been typed (label, text) where no form holds it."""

    sentence: str
    changes: list[dict[str, Any]] = field(default_factory=list)
    typed: list[tuple[str, str]] = field(default_factory=list)


def show(  # noqa: PLR0913  what a redisplayed page depends on
    request: AnyRequest,
    source: Catalogue,
    review: Review,
    trail: Trail,
    *,
    sent: str = "",
    form: Form | None = None,
    status: int = 200,
    conflict: Conflict | None = None,
    done: str = "",
    stayed: bool = False,
    merge_with: str = "",
) -> Response[Any]:
    """The review page. ``sent`` names the form that comes back with ``form`` in it; the others open as ever, the merger
    with the number ``merge_with``. ``done`` is what was just done, to this very appeal when ``stayed``."""  # noqa: D209
    at = here(request)
    known = source.into(at.lang)
    forms = {name: form if form is not None and name == sent else Form() for name in FORMS}
    if sent != "publication" or form is None:
        forms["publication"] = prefilled(review, known)
    if merge_with:
        forms["merger"] = Form(values={"number": [merge_with]})
    open_steps = {name for name, state in FORMS.items() if state in NEXT[review.state]}
    if review.appeal.private:
        open_steps.discard("publication")
    else:
        open_steps.discard("entrusting")
    if review.state != State.SUBMITTED:  # what was answered to its author alone comes back by the author
        open_steps.discard("entrusting")
    if at.staff is not None and Permission.ROUTE not in at.staff.permissions:
        open_steps.discard("routing")
    rule = source.responder_for(review.appeal.category_id, review.appeal.district_id)
    return page(
        request,
        "desk/appeal.html",
        status=status,
        cache="no-store",
        nav="queue",
        appeal=review.appeal,
        addressed=review.addressed,
        review=review,
        trail=trail,
        state_words=words.state_words(at, review.state),
        queue_name=words.queue_names(at)[review.state],
        category=known.category[review.appeal.category_id],
        district=known.district[review.appeal.district_id],
        responder=known.responder.get(review.appeal.responder_id),
        why_reopened=next((event.words.get("why") for event in reversed(review.events) if event.kind == "reopened"), "")
        if review.state == State.REOPENED
        else "",
        is_public=review.state in PUBLIC,
        can_answer=review.state in {State.ROUTED, State.REOPENED},
        steps=open_steps,
        forms=forms,
        errors=form.errors if form is not None else {},
        conflict=conflict,
        done=done,
        stayed=stayed,
        original={"title": pieces(review.appeal.title), "body": pieces(review.appeal.body)},
        extra=extra.rows(review.appeal.extra or [], at.lang),
        moderation_rules=localized(at.the_city.options.moderation_rules, at.lang),
        found_in_original=len(findings(review.appeal.title, review.appeal.body)),
        history=words.lines(at, known, list(review.events)),
        last_event=str(review.events[-1].id) if review.events else "",
        rule=known.responder.get(rule) if rule else None,
        responder_options=[(str(item.id), item.name) for item in known.responders],
        responder_choices=[
            (str(item.id), item.name, at._("за правилом міста") if item.id == rule else "") for item in known.responders
        ],
        reasons=words.reasons(author_language(at, review)),
        reason_names={key: name for key, name, _ in words.reasons(at)},
        preselected=review.appeal.responder_id or rule,
        **publication_context(at, source, review, forms["publication"]),
    )


def author_language(at: Here, review: Review) -> Here:
    """The city's words in the language of whoever asked: what is written to them."""
    return Here(settings=at.settings, host=at.host, path=at.path, language=language_of(review.appeal.language), city=at.city)


def publication_context(at: Here, source: Catalogue, review: Review, form: Form) -> dict[str, Any]:
    """What the publication form needs besides its values."""
    if State.PUBLISHED not in NEXT[review.state]:
        return {}
    known = source.into(at.lang)
    appeal = review.appeal
    category = known.category.get(id_of(form.raw("category")) or appeal.category_id, known.category[appeal.category_id])
    district = known.district.get(id_of(form.raw("district")) or appeal.district_id, known.district[appeal.district_id])
    likely = next(iter(likely_categories(source, f"{appeal.title} {appeal.body}")), None)
    by_rule = source.responder_for(category.id, district.id)
    return {
        "found": [(item.words, kind_name(at, item.kind)) for item in findings(form.raw("title"), form.raw("body"))],
        "sensitive": category.sensitive,
        "places": [
            (key, *place_words(at, appeal, key, form.raw("address"), district.full))
            for key in precisions(appeal, sensitive=category.sensitive)
        ],
        "category_options": [
            (str(item.id), known.full_name(item))
            for item in known.category_list
            if (item.open and not item.emergency) or item.id == category.id
        ],
        "district_options": [(str(item.id), item.name) for item in known.districts],
        "suggested": known.category[likely] if likely and likely != category.id else None,
        "by_rule": known.responder.get(by_rule) if by_rule else None,
        "BY_RULE": BY_RULE,
        "TAKEN_OUT": TAKEN_OUT,
        "public_name": shown_name(appeal.author_name),
        "rules": {
            "sensitive": [str(item.id) for item in known.categories if item.sensitive],
            "rules": {f"{case[0] or ''} {case[1] or ''}": str(responder) for case, responder in source.cases.items()},
            "headings": {str(child): str(parent) for child, parent in source.headings.items()},
            "names": {str(item.id): item.name for item in known.responders},
        },
    }


def place_words(at: Here, appeal: Row[Any], precision: str, address: str, district: str) -> tuple[str, str]:
    """A choice of precision: its name, and what everybody would then see."""
    shown = place_as(appeal, precision, address)
    if precision == "district":
        return at._("Лише район"), at._("Усі побачать: %(place)s, без точки на карті") % {"place": district}
    place = ", ".join(part for part in (shown.words, district) if part)
    if shown.lon is None:
        name = at._("Точна адреса") if precision == "exact" else at._("Лише вулиця")
        return name, at._("Усі побачать: %(place)s, без точки на карті") % {"place": place}
    if precision == "exact":
        return at._("Точне місце"), at._("Усі побачать: %(place)s і саму точку") % {"place": place}
    return at._("Приблизно, до 100 м"), at._("Усі побачать: %(place)s і точку, зсунуту до сітки 100 м") % {"place": place}


def typed_words(at: Here, form: Form) -> list[tuple[str, str]]:
    """What somebody had typed, for a page that has no form for it any more."""
    labels = {
        "title": at._("Заголовок"),
        "body": at._("Текст"),
        "reason": at._("Причина відхилення"),
        "number": at._("Приєднати до номера"),
    }
    return [(label, form.raw(name)) for name, label in labels.items() if form.raw(name).strip()]
