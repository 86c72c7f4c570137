"""Letters about the protection of an account: whoever changed it, its owner hears of it."""

from datetime import datetime

from src.platform.data.tenancy import City
from src.platform.people.accounts.models import Account
from src.platform.people.audit.service import ACTIONS
from src.platform.work.mail import Letter, letterhead


def letter_about(
    tenant: City, account: Account, what: str, *, now: datetime, name: str = "", browser: str = "", left: int | None = None
) -> Letter:
    """What happened (an action of the audit log), when, in which browser; what to do if it was somebody else.

    ``left`` is how many recovery codes are left.
    """
    at = letterhead(tenant, account.language)
    words = at._(ACTIONS[what])
    when = at.language.datetime(now, tenant.timezone)
    happened = [f"{words}{f': «{name}»' if name else ''}.", at._("Коли: {when}.").format(when=when)]
    if browser:
        happened.append(at._("Браузер: {browser}.").format(browser=browser))
    if left is not None:
        happened.append(at._("Залишилося резервних кодів: {left}.").format(left=left))
    return Letter(
        subject=at._("Захист вашого входу: {what}").format(what=words[:1].lower() + words[1:]),
        paragraphs=[" ".join(happened), at._("Якщо це були ви, нічого не робіть.")],
        action=(at._("Переглянути захист входу"), at.absolute("/account/second-factor")),
        after=[at._("Якщо це були не ви, змініть пароль до своєї пошти, увійдіть і вилучіть усе, чого ви не додавали.")],
        why=at._("Про кожну зміну захисту ми пишемо власникові облікового запису. Від цих листів не можна відмовитися."),
    )
