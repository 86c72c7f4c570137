"""Letters to the body that is to answer: in Ukrainian, with what the public sees and nothing else about the author."""

from src.platform.web.here import Here
from src.platform.work.mail import Letter
from src.tenants.appeals.models import Appeal
from src.tenants.appeals.personal import looks_personal
from src.tenants.cities.catalogue import InLanguage
from src.tenants.subscriptions.story import public_link

MASKED = frozenset({"phone", "email", "flat", "card"})


def question_of(appeal: Appeal) -> str:
    """The public words."""
    return f"{appeal.title}\n\n{appeal.body}".strip()


def place_of(at: Here, appeal: Appeal, known: InLanguage) -> str:
    """The public place, in words."""
    district = known.district[appeal.district_id].full
    where = f"{appeal.place}, {district}" if appeal.place else district
    return at._("Місце: {place}.").format(place=where)


def how_to_answer(at: Here) -> str:
    """Where the answer goes."""
    email = at.the_city.contact_email
    if not email:
        return at._("Надішліть, будь ласка, відповідь модераторові міста. Він опублікує її на сайті.")
    return at._(
        "Надішліть, будь ласка, відповідь модераторові міста: для цього досить відповісти на цей лист або написати на"
        " {email}. Він опублікує її на сайті."
    ).format(email=email)


def why_responder(at: Here, appeal: Appeal) -> str:
    """Why they got the letter."""
    return at._("Ви отримали цей лист, бо модератор міста передав вам запитання {number}.").format(number=appeal.number)


def routed(at: Here, appeal: Appeal, known: InLanguage) -> Letter:
    """Please answer this."""
    return Letter(
        subject=at._("Запитання {number}: {title}").format(number=appeal.number, title=appeal.title),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("Модератор міста просить вас відповісти на запитання мешканця."),
            at._("Тема: {category}.").format(category=known.category[appeal.category_id].name),
            place_of(at, appeal, known),
        ],
        quote_label=at._("Запитання {number}:").format(number=appeal.number),
        quote=question_of(appeal),
        action=(at._("Переглянути запитання на карті"), public_link(at, appeal)),
        after=[
            how_to_answer(at),
            at._("Пишіть просто: спершу коротка відповідь, потім подробиці й що мешканцеві робити далі."),
            at._(
                "За законом відповідь дають за 15 днів, а якщо треба розібратися докладніше — за 30. Якщо це питання не"
                " до вас, повідомте про це за 5 днів."
            ),
        ],
        why=why_responder(at, appeal),
        reply_to=at.the_city.contact_email,
    )


def reopened(at: Here, appeal: Appeal, why: str) -> Letter:
    """The author says that it is not solved; what looks like somebody's contacts in their words is left out."""
    return Letter(
        subject=at._("Запитання {number}: автор каже, що питання не вирішено").format(number=appeal.number),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("Ви відповіли на запитання «{title}». Автор повідомив, що питання не вирішено.").format(title=appeal.title),
        ],
        quote_label=at._("Автор пише:"),
        quote=without_contacts(why, at._("[приховано]")),
        action=(at._("Переглянути запитання й відповідь"), public_link(at, appeal)),
        after=[how_to_answer(at)],
        why=why_responder(at, appeal),
        reply_to=at.the_city.contact_email,
    )


def without_contacts(words: str, instead: str) -> str:
    """A private text without phones, addresses and cards: nobody checked it before it leaves the house."""
    for finding in reversed(looks_personal(words)):
        if finding.kind in MASKED:
            words = words[: finding.start] + instead + words[finding.end :]
    return words
