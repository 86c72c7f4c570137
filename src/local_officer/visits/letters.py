"""Letters about a visit: to whoever booked it, in their language. They name the exact place even where the public does not see it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from src.local_officer.office_hours.words import day_words, interval, kind_words
from src.local_officer.visits.models import Visit
from src.platform.web import tokens
from src.platform.web.here import Here
from src.platform.work.mail import Letter

PURPOSE = "visit"


def link_of(at: Here, visit: Visit) -> str:
    """The address of a visit's own page."""
    return at.absolute(f"/office/visits/{tokens.sign(PURPOSE, visit.city_id, visit.id)}")


def when_of(at: Here, visit: Visit) -> str:
    """«четвер, 26 листопада, 17:00–17:20»."""
    zone = ZoneInfo(at.the_city.timezone)
    starts, ends = visit.starts_at.astimezone(zone), visit.ends_at.astimezone(zone)
    return f"{day_words(at.lang, starts.date())}, {interval(starts, ends)}"


def facts(at: Here, visit: Visit, receiver: str) -> list[str]:
    """When, where, with whom."""
    lines = [
        at._("Коли: {when}.").format(when=when_of(at, visit)),
        at._("Хто приймає: {who}.").format(who=receiver),
        at._("Як: {how}.").format(how=kind_words(at.language, visit.reception)),
    ]
    if visit.place and visit.reception != "phone":
        lines.append(at._("Де: {place}.").format(place=visit.place))
    if visit.reception == "phone":
        lines.append(at._("Офіцер зателефонує вам на номер, який ви вказали."))
    return lines


def why(at: Here) -> str:
    """Why the letter came."""
    return at._("Ви отримали цей лист, бо хтось записався на прийом із цією адресою. Якщо це були не ви, нічого не робіть.")


def confirm(at: Here, visit: Visit, receiver: str) -> Letter:
    """Please confirm within the hour."""
    return Letter(
        subject=at._("Підтвердьте запис на прийом: {when}").format(when=when_of(at, visit)),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("Щоб записатися на прийом, натисніть кнопку й підтвердьте. Час тримаємо за вами годину."),
            *facts(at, visit, receiver),
        ],
        action=(at._("Підтвердити запис"), link_of(at, visit)),
        why=why(at),
    )


def standing(at: Here, visit: Visit, receiver: str, *, subject: str, opening: str, after: list[str]) -> Letter:
    """What letters about a visit that stands have in common: the facts, and the way to see or cancel it."""
    return Letter(
        subject=subject.format(when=when_of(at, visit)),
        greeting=at._("Добрий день!"),
        paragraphs=[opening, *facts(at, visit, receiver)],
        action=(at._("Переглянути або скасувати запис"), link_of(at, visit)),
        after=after,
        why=why(at),
    )


def booked(at: Here, visit: Visit, receiver: str) -> Letter:
    """It is booked; here is what to know, and how to cancel."""
    return standing(
        at,
        visit,
        receiver,
        subject=at._("Вас записано на прийом: {when}"),
        opening=at._("Вас записано на прийом."),
        after=[at._("Якщо плани зміняться, скасуйте запис: тоді зможе прийти хтось інший.")],
    )


def tomorrow(at: Here, visit: Visit, receiver: str) -> Letter:
    """A reminder the day before."""
    subject, opening = at._("Нагадуємо про прийом: {when}"), at._("Ви записані на прийом.")
    return standing(at, visit, receiver, subject=subject, opening=opening, after=[])


def moved(at: Here, visit: Visit, receiver: str) -> Letter:
    """Somebody else receives, or the place is another."""
    subject = at._("Зміни у вашому записі на прийом: {when}")
    opening = at._("Час вашого прийому той самий, але дещо змінилося.")
    return standing(at, visit, receiver, subject=subject, opening=opening, after=[])


def called_off(at: Here, visit: Visit, again: str) -> Letter:
    """The officer cannot receive then."""
    return Letter(
        subject=at._("Прийом не відбудеться: {when}").format(when=when_of(at, visit)),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("На жаль, прийом, на який ви записалися ({when}), не відбудеться. Перепрошуємо.").format(
                when=when_of(at, visit)
            ),
            at._("Виберіть, будь ласка, інший час."),
        ],
        action=(at._("Вибрати інший час"), again),
        after=[at._("Якщо загроза просто зараз, телефонуйте 102.")],
        why=why(at),
    )


def cancelled(at: Here, visit: Visit) -> Letter:
    """You cancelled it."""
    return Letter(
        subject=at._("Ви скасували запис на прийом: {when}").format(when=when_of(at, visit)),
        greeting=at._("Добрий день!"),
        paragraphs=[at._("Ваш запис скасовано. Дякуємо, що попередили: тепер зможе прийти хтось інший.")],
        why=why(at),
    )


def key_of(visit: Visit, what: str, moment: datetime) -> str:
    """What makes a second letter of the same step impossible."""
    return f"visit {visit.id} {what} {moment:%Y%m%d%H%M%S}"
