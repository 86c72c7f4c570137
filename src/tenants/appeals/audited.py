"""What the audit log says of an appeal's life, and in which words."""

from typing import TYPE_CHECKING

from src.platform.people.audit.naming import fields
from src.platform.people.audit.service import action
from src.platform.web.i18n import msgid
from src.tenants.appeals.models import Appeal, Submission
from src.tenants.appeals.places import without_flat

if TYPE_CHECKING:
    from src.tenants.appeals.service import Publication

LINES = {
    "published": action("appeal.published", msgid("Опубліковано звернення")),
    "rejected": action("appeal.rejected", msgid("Відхилено звернення")),
    "merged": action("appeal.merged", msgid("Приєднано звернення до іншого")),
    "routed": action("appeal.routed", msgid("Передано звернення відповідачеві")),
    "answered": action("appeal.answered", msgid("Опубліковано відповідь")),
    "entrusted": action("appeal.entrusted", msgid("Передано звернення без публікації")),
    "settled": action("appeal.settled", msgid("Надіслано відповідь автору без публікації")),
    "asked_again": action("appeal.asked_again", msgid("Автор написав, що питання лишилося")),
    "corrected": action("appeal.corrected", msgid("Автор виправив звернення")),
    "withdrawn": action("appeal.withdrawn", msgid("Автор забрав звернення")),
    "reopened": action("appeal.reopened", msgid("Автор відкрив звернення знову")),
}
"""Events of the timeline that are lines of the log too. Not among them: that a question was asked and confirmed, which is no
change of anything that was there. What has more to say than its kind and fields writes its line itself."""

fields(
    {
        "title": msgid("заголовок"),
        "body": msgid("текст"),
        "category": msgid("категорія"),
        "district": msgid("район"),
        "address": msgid("місце словами"),
        "precision": msgid("точність місця"),
        "author": msgid("показане ім’я"),
        "photos": msgid("приховані фото"),
        "responder": msgid("відповідач"),
        "reason": msgid("причина"),
    }
)


def edited(appeal: Appeal, submission: Submission, what: "Publication") -> list[str]:
    """Names of what a moderator lets the public see otherwise than the author gave it; asked before it is published."""
    pairs = {
        "title": (submission.title, what.title),
        "body": (submission.body, what.body),
        "category": (appeal.category_id, what.category_id),
        "district": (appeal.district_id, what.district_id),
        "address": (without_flat(submission.address), without_flat(what.address)),
    }
    return [name for name, (before, after) in pairs.items() if before != after]
