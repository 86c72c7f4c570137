"""Leaving: everything about somebody is erased or made nameless, at once and whole."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import City
from src.platform.people.audit.service import action, record
from src.platform.people.personal_data import Erasure, erase_everywhere, subject
from src.platform.web.i18n import msgid
from src.platform.work.mail import Letter, letterhead, post

ERASED = action("person.erased", msgid("Людина видалила свої дані"))
FORGOTTEN = action("person.forgotten", msgid("Видалено обліковий запис, яким довго не користувалися"))


async def leave(session: AsyncSession, city: City, *, email: str, account_id: UUID, language: str, now: datetime) -> None:
    """Erase somebody by their own wish, and write to them once more that it is done."""
    await erase(session, city, email=email, account_id=account_id, now=now)
    await record(session, ERASED, now=now, by=account_id, actor="person", subject=("account", account_id))
    await post(
        session, city, to=email, language=language, letter=farewell(city, language), key=f"{account_id} erased {now.timestamp()}"
    )


async def erase(session: AsyncSession, city: City, *, email: str, account_id: UUID, now: datetime) -> None:
    """Erase somebody as the city's rule says. Their files are deleted by jobs once this is committed."""
    about = await subject(session, email=email, account_id=account_id)
    await erase_everywhere(session, about, Erasure(now, city.options.after_deletion))
    await session.flush()


def farewell(city: City, language: str) -> Letter:
    """The last letter."""
    at = letterhead(city, language)
    paragraphs = [at._("Ви попросили видалити ваші дані. Ми це зробили: облікового запису й листів більше немає.")]
    if city.options.after_deletion == "remove":
        paragraphs.append(at._("Ваші опубліковані запитання знято з сайту разом із відповідями та фото."))
    else:
        paragraphs.append(at._("Ваші опубліковані запитання лишилися на сайті без вашого імені й без фото."))
    return Letter(
        subject=at._("Ваші дані видалено"),
        greeting=at._("Добрий день!"),
        paragraphs=paragraphs,
        after=[at._("Це останній лист від нас. Його текст і вашу адресу з нього ми зітремо через 30 днів.")],
        why=at._("Ви отримали цей лист, бо видалили свої дані на сайті «Взаємодія»."),
    )
