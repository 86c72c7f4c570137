"""What each step asks for, and in which words it says what is missing or wrong."""

from collections.abc import Callable

from src.platform.web.forms import REPLACEMENT, email_address
from src.platform.web.here import Here
from src.tenants.asking.answers import (
    ADDRESS_AT_MOST,
    DETAILS_AT_MOST,
    NAME_AT_LEAST,
    NAME_AT_MOST,
    TITLE_AT_LEAST,
    TITLE_AT_MOST,
    Answers,
    Step,
)
from src.tenants.asking.places import district_of
from src.tenants.cities.catalogue import Catalogue, CategoryHere
from src.tenants.cities.extra import FIELD

Faults = dict[str, str]
"""Sentences by the field they belong to."""


def unreadable(at: Here) -> str:
    """For bytes that were not UTF-8."""
    return at._("Частину тексту не вдалося прочитати: замість літер з’явилися знаки �. Введіть його ще раз.")


def question_faults(at: Here, answers: Answers, _: Catalogue) -> Faults:
    """The question in one sentence, and details if one likes."""
    faults: Faults = {}
    if not answers.title:
        faults["title"] = at._("Напишіть запитання одним реченням")
    elif REPLACEMENT in answers.title:
        faults["title"] = unreadable(at)
    elif len(answers.title) < TITLE_AT_LEAST or not any(letter.isalpha() for letter in answers.title):
        faults["title"] = at._("Напишіть запитання повним реченням, хоча б 10 знаків")
    elif len(answers.title) > TITLE_AT_MOST:
        faults["title"] = at._("Запитання має вміститися у 120 знаків: зараз їх %(count)s. Решту напишіть у подробицях") % {
            "count": len(answers.title)
        }
    if REPLACEMENT in answers.body:
        faults["body"] = unreadable(at)
    elif len(answers.body) > DETAILS_AT_MOST:
        faults["body"] = at._("Подробиці мають вміститися у 4000 знаків: зараз їх %(count)s") % {"count": len(answers.body)}
    return faults


def category_faults(at: Here, answers: Answers, source: Catalogue) -> Faults:
    """A category that the city has. An emergency is none to go on with."""
    category = source.into(at.lang).category_by_slug.get(answers.category)
    if not answers.category:
        return {"category": at._("Виберіть тему. Якщо жодна не підходить — «Інше»")}
    if category is None or not category.open:
        return {"category": at._("Теми, яку ви вибрали, вже немає. Виберіть іншу")}
    if category.emergency:
        return {"category": at._("З таким не пишуть сюди: телефонуйте 102 або 112")}
    return extra_faults(at, answers, category)


def extra_faults(at: Here, answers: Answers, category: CategoryHere) -> Faults:
    """Answers to the category's extra questions, each of its kind; what is not required may be left out."""
    words = {
        "missing": at._("Дайте відповідь на це запитання"),
        "choice": at._("Виберіть одну з відповідей"),
        "number": at._("Напишіть число цифрами"),
        "date": at._("Напишіть дату так: 27.11.2026"),
        "long": at._("Відповідь має вміститися у 500 знаків"),
    }
    faults: Faults = {}
    for each in category.questions:
        answer = answers.extra.get(each.key, "")
        if REPLACEMENT in answer:
            faults[FIELD + each.key] = unreadable(at)
        elif code := each.wrong(answer):
            faults[FIELD + each.key] = words[code]
    return faults


def place_faults(at: Here, answers: Answers, source: Catalogue) -> Faults:
    """A point in the city, or a district of it."""
    faults: Faults = {}
    if REPLACEMENT in answers.address:
        faults["address"] = unreadable(at)
    elif len(answers.address) > ADDRESS_AT_MOST:
        faults["address"] = at._("Адреса має вміститися у 200 знаків. Подробиці про місце напишіть у запитанні")
    if answers.point is not None:
        if district_of(at, source, *answers.point) is None:
            city = at.in_language()
            faults.setdefault(
                "address",
                at._("Ця точка за межами міста. Позначте місце %(in_city)s, виберіть район або приберіть позначку")
                % {"in_city": city.name_in if city else ""},
            )
    elif answers.district not in source.into(at.lang).district_by_slug:
        faults["district"] = at._("Виберіть район або позначте місце")
    return faults


def you_faults(at: Here, answers: Answers, _: Catalogue) -> Faults:
    """A name and an e-mail that can be written to."""
    faults: Faults = {}
    if not answers.name:
        faults["name"] = at._("Напишіть своє ім’я та прізвище")
    elif REPLACEMENT in answers.name:
        faults["name"] = unreadable(at)
    elif len(answers.name) < NAME_AT_LEAST or not any(letter.isalpha() for letter in answers.name):
        faults["name"] = at._("Напишіть ім’я літерами, наприклад Олена Коваль")
    elif len(answers.name) > NAME_AT_MOST:
        faults["name"] = at._("Ім’я має вміститися у 100 знаків")
    if not answers.email:
        faults["email"] = at._("Напишіть електронну адресу: на неї прийде відповідь")
    elif email_address(answers.email) is None:
        faults["email"] = at._("Перевірте адресу: вона має бути такою, як oksana@ukr.net")
    return faults


CHECKS: dict[Step, Callable[[Here, Answers, Catalogue], Faults]] = {
    Step.QUESTION: question_faults,
    Step.CATEGORY: category_faults,
    Step.PLACE: place_faults,
    Step.YOU: you_faults,
}


def faults(at: Here, step: Step, answers: Answers, source: Catalogue) -> Faults:
    """What is missing or wrong at one step; nothing at steps that ask for nothing."""
    check = CHECKS.get(step)
    return check(at, answers, source) if check else {}


def open_step(at: Here, answers: Answers, source: Catalogue, before: Step) -> Step | None:
    """The first step before ``before`` that is not done: where somebody is sent who came too far."""
    return next((step for step in Step if step.number < before.number and faults(at, step, answers, source)), None)
