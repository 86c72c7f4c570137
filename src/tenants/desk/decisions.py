"""What a moderator sends: read, checked, each refusal a sentence at its field."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from src.platform.web.forms import Form
from src.platform.web.here import Here
from src.tenants.appeals.places import PublicPlace, public_place, without_flat
from src.tenants.appeals.service import Publication
from src.tenants.cities.catalogue import Catalogue, InLanguage
from src.tenants.cities.models import PRECISIONS
from src.tenants.desk.highlight import findings
from src.tenants.desk.reviews import Review
from src.tenants.desk.words import reasons

TITLE_AT_MOST = 140
BODY_AT_MOST = 4000
ADDRESS_AT_MOST = 200
REASON_AT_MOST = 1000
BY_RULE = "rule"
"""Value of the responder's choice: whoever the city's rule names for the category and district that are sent along."""


def id_of(value: str) -> UUID | None:
    """An id as it comes from a form; nothing when it is none."""
    try:
        return UUID(value)
    except ValueError:
        return None


def version_of(form: Form) -> int:
    """The version that the form was filled in against; 0, which none has, when it is not said."""
    value = form.raw("version")
    return int(value) if value.isdecimal() and len(value) < 10 else 0  # noqa: PLR2004  no appeal changes so often


def prefilled(review: Review, known: InLanguage) -> Form:
    """The publication form as it opens: the author's own words, the category's precision, the name if allowed.

    The place comes without a flat, which is never published: only who opens the author sees it.
    """
    appeal = review.appeal
    category = known.category[appeal.category_id]
    allowed = precisions(appeal, sensitive=category.sensitive)
    precision = category.precision if category.precision in allowed else allowed[-1]
    return Form(
        values={
            "title": [appeal.title],
            "body": [appeal.body],
            "category": [str(appeal.category_id)],
            "district": [str(appeal.district_id)],
            "address": [without_flat(appeal.address)],
            "precision": [precision],
            "show_name": ["1"] if appeal.publish_name else [],
            "responder": [BY_RULE],
        }
    )


def precisions(appeal: Row[Any], *, sensitive: bool) -> list[str]:
    """How exact the public place may be: a sensitive category, or one that has no place, only its district."""
    placeless = appeal.lon is None and not appeal.address
    return ["district"] if sensitive or placeless else list(PRECISIONS)


def place_as(appeal: Row[Any], precision: str, address: str, *, sensitive: bool = False) -> PublicPlace:
    """What the public would know of the place."""
    return public_place(precision=precision, sensitive=sensitive, address=address, lon=appeal.lon, lat=appeal.lat)


def publication(at: Here, known: InLanguage, review: Review, form: Form) -> Publication | None:
    """What the public is to see; nothing when something is wrong, which the form then says."""
    title, body, address = form.line("title"), form.text("body"), form.line("address")
    if not title:
        form.refuse("title", at._("Напишіть заголовок"))
    for name, value, most in (
        ("title", title, TITLE_AT_MOST),
        ("body", body, BODY_AT_MOST),
        ("address", address, ADDRESS_AT_MOST),
    ):
        if len(value) > most:
            form.refuse(name, at._("Скоротіть до %(limit)s знаків") % {"limit": at.language.number(most)})
    form.readable(("title", "body", "address"), at._("Частину знаків не вдалося прочитати. Перевірте текст"))
    category = known.category.get(id_of(form.raw("category")) or UUID(int=0))
    district = known.district.get(id_of(form.raw("district")) or UUID(int=0))
    if category is None or category.emergency:
        form.refuse("category", at._("Виберіть категорію"))
    if district is None:
        form.refuse("district", at._("Виберіть район"))
    sensitive = category is not None and category.sensitive
    precision = "district" if sensitive else form.raw("precision")
    if precision not in precisions(review.appeal, sensitive=sensitive):
        form.refuse("precision", at._("Виберіть, наскільки точно показати місце"))
        precision = "district"
    shown = place_as(review.appeal, precision, address).words
    left = findings(title, body, shown)
    if left and not form.flag("keep"):
        form.refuse(
            "keep",
            at._(
                "У тексті лишилося те, що схоже на особисті дані: %(words)s. Вилучіть це або підтвердьте, що його можна показати всім"
            )
            % {"words": ", ".join(f"«{item.words}»" for item in left)},
        )
    hidden = {id_of(value) for value in form.all("hide")} & {photo.id for photo in review.photos}
    if form.errors or category is None or district is None:
        return None
    return Publication(
        title=title,
        body=body,
        category_id=category.id,
        district_id=district.id,
        precision=precision,
        sensitive=sensitive,
        address=address,
        show_name=form.flag("show_name"),
        hidden_photos=frozenset(photo for photo in hidden if photo),
    )


def responder(at: Here, source: Catalogue, form: Form, *, category: UUID, district: UUID) -> UUID | None:
    """To whom the appeal goes: the chosen responder, or the rule's; nothing when none was chosen, which the form says."""
    if form.raw("responder") == BY_RULE:
        by_rule = source.responder_for(category, district)
        if by_rule is None:
            form.refuse("responder", at._("Для цієї категорії та району немає правила. Виберіть відповідача"))
        return by_rule
    chosen = source.into(at.lang).responder.get(id_of(form.raw("responder")) or UUID(int=0))
    if chosen is None:
        form.refuse("responder", at._("Виберіть відповідача"))
        return None
    return chosen.id


def rejection(at: Here, author: Here, form: Form) -> str:
    """The reason that the author will receive: typed, or else the ready-made one that was chosen."""
    ready = {key: words for key, _, words in reasons(author)}
    reason = form.text("reason") or ready.get(form.raw("ready"), "")
    if not reason:
        form.refuse("reason", at._("Напишіть причину: автор отримає її листом"))
    if len(reason) > REASON_AT_MOST:
        form.refuse("reason", at._("Скоротіть до %(limit)s знаків") % {"limit": at.language.number(REASON_AT_MOST)})
    form.readable(("reason",), at._("Частину знаків не вдалося прочитати. Перевірте текст"))
    return reason
