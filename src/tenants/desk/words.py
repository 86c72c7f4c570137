"""The desk's words: names of states, lines of the timeline, sentences for steps that cannot be taken."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from src.platform.web.here import Here
from src.tenants.appeals.states import State
from src.tenants.cities.catalogue import InLanguage


def queue_names(at: Here) -> dict[State, str]:
    """What the tabs of the queue are called."""
    return {
        State.SUBMITTED: at._("На перевірку"),
        State.REOPENED: at._("Відкриті знову"),
        State.PUBLISHED: at._("Передати"),
        State.ROUTED: at._("У відповідачів"),
        State.ANSWERED: at._("Є відповідь"),
        State.REJECTED: at._("Відхилені"),
        State.MERGED: at._("Приєднані"),
        State.WITHDRAWN: at._("Забрані авторами"),
        State.REMOVED: at._("Зняті з сайту"),
        State.ENTRUSTED: at._("Передані без публікації"),
        State.SETTLED: at._("Є відповідь без публікації"),
    }


def state_words(at: Here, state: str) -> str:
    """What an appeal's state means, after «Звернення …»."""
    return {
        State.SUBMITTED: at._("чекає на перевірку"),
        State.REOPENED: at._("відкрите знову"),
        State.PUBLISHED: at._("опубліковане, ще не передане"),
        State.ROUTED: at._("у відповідача"),
        State.ANSWERED: at._("має відповідь"),
        State.REJECTED: at._("відхилене"),
        State.MERGED: at._("приєднане до іншого"),
        State.WITHDRAWN: at._("забрав автор"),
        State.ENTRUSTED: at._("передане без публікації"),
        State.SETTLED: at._("має відповідь без публікації"),
        State.REMOVED: at._("зняте з сайту: автор видалив свої дані"),
    }[State(state)]


def done_words(at: Here, what: str, number: str) -> str:
    """The sentence after an action; nothing for an action there is not."""
    sentence = {
        "published": at._("%(number)s опубліковано."),
        "published-routed": at._("%(number)s опубліковано й передано."),
        "entrusted": at._("%(number)s передано без публікації."),
        "rejected": at._("%(number)s відхилено, автор отримає причину листом."),
        "merged": at._("%(number)s приєднано, автор стежитиме за спільним зверненням."),
        "routed": at._("%(number)s передано, відповідач отримає лист."),
        "answered": at._("Відповідь на %(number)s опубліковано."),
        "redacted": at._("Опубліковане в %(number)s змінено."),
    }.get(what)
    return sentence % {"number": number} if sentence else ""


def not_now(at: Here, state: str) -> str:
    """Why a step cannot be taken."""
    return at._("Звернення вже в іншому стані: %(state)s. Звідти цей крок неможливий, тож ми нічого не змінили.") % {
        "state": state_words(at, state)
    }


def lines(at: Here, known: InLanguage, events: list[Row[Any]]) -> list[dict[str, Any]]:
    """The timeline for staff: private lines too, who did it by name, what it carried."""
    return [
        {
            "label": label(at, known, event),
            "at": event.at,
            "kind": event.kind,
            "private": not event.public,
            "note": remark(at, event),
        }
        for event in events
    ]


def label(at: Here, known: InLanguage, event: Row[Any]) -> str:
    """What happened, and by whom when staff did it."""
    what = {
        "asked": at._("Запитання написано"),
        "confirmed": at._("Автор підтвердив пошту"),
        "corrected": at._("Автор виправив і надіслав знову"),
        "withdrawn": at._("Автор забрав запитання"),
        "published": at._("Опубліковано"),
        "rejected": at._("Відхилено"),
        "merged": at._("Приєднано до іншого звернення"),
        "routed": at._("Передано відповідачеві"),
        "answered": at._("Відповідь опубліковано"),
        "reopened": at._("Автор пише, що не вирішено"),
        "entrusted": at._("Передано без публікації"),
        "settled": at._("Відповідь надіслано лише автору"),
        "asked_again": at._("Автор пише, що питання лишилося"),
        "redacted": at._("Змінено опублікований текст"),
        "photo_hidden": at._("Фото приховано"),
        "photo_shown": at._("Фото знову показано"),
        "moved_in": at._("Перенесено з попереднього сервісу"),
        "taken_back": at._("Перенесення скасовано, звернення знято з сайту"),
        "removed": at._("Автор видалив свої дані, звернення знято з сайту"),
    }.get(event.kind, event.kind)
    if event.kind == "routed" and (to := responder_name(known, event.data)):
        what = at._("Передано: %(who)s") % {"who": to}
    if event.kind == "moved_in" and event.data.get("old"):
        what = at._("Перенесено з попереднього сервісу, № %(number)s") % {"number": event.data["old"]}
    if event.kind == "merged" and event.data.get("number"):
        what = at._("Приєднано до %(number)s") % {"number": event.data["number"]}
    return f"{what} · {event.who}" if event.who else what


def remark(at: Here, event: Row[Any]) -> str | None:
    """What an event carried: a reason, what was there before."""
    words: Mapping[str, Any] = event.words
    if event.kind == "rejected":
        return str(words.get("reason") or "") or None
    if event.kind in {"reopened", "asked_again"}:
        return str(words.get("why") or "") or None
    if event.kind == "corrected" and (before := words.get("before")):
        return at._("Було: «%(title)s» %(body)s") % {"title": before.get("title", ""), "body": before.get("body", "")}
    if event.kind == "published" and event.data.get("edited"):
        return at._("Текст відредаговано перед публікацією.")
    return None


def responder_name(known: InLanguage, data: Mapping[str, Any]) -> str:
    """To whom an event gave the appeal."""
    try:
        found = known.responder.get(UUID(str(data.get("responder"))))
    except ValueError:
        return ""
    return found.name_to if found else ""


def reasons(at: Here) -> list[tuple[str, str, str]]:
    """Ready-made reasons of a rejection: key, name, text. To be given in the author's language, and edited."""
    return [
        (
            "unclear",
            at._("Незрозуміло, про що йдеться"),
            at._(
                "Не вдалося зрозуміти, що саме сталося і де. Напишіть, будь ласка, що відбувається, у якому місці та коли, і надішліть ще раз."
            ),
        ),
        (
            "personal",
            at._("Забагато особистих даних"),
            at._(
                "У запитанні є особисті дані інших людей. Публікувати їх не можна: приберіть імена, телефони й номери та надішліть ще раз."
            ),
        ),
        (
            "urgent",
            at._("Це для 102"),
            at._("Те, що ви описали, потребує негайної допомоги, а тут відповідають за кілька днів. Телефонуйте 102 або 112."),
        ),
        (
            "rude",
            at._("Образи"),
            at._("У тексті є образи. Опишіть, будь ласка, саму проблему без них, і ми опублікуємо запитання."),
        ),
        (
            "elsewhere",
            at._("Не про це місто"),
            at._("Це запитання не про наше місто. Зверніться, будь ласка, до громади, у якій це відбувається."),
        ),
        (
            "advert",
            at._("Реклама або оголошення"),
            at._("Тут публікують лише запитання до поліції, міста та юристів. Оголошення й реклами ми не розміщуємо."),
        ),
    ]
