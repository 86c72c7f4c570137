"""Forms that bring one large file: read within their limit, and what is wrong with the file said in words."""

from typing import Any

from litestar import Request

from src.platform.web.forms import CONTROL, Form, TooLarge, Upload, read_form, swallow
from src.platform.web.here import Here

FILE_AT_MOST = 20 * 1024 * 1024
FORM_AT_MOST = FILE_AT_MOST + 64 * 1024
BODY_AT_MOST = FORM_AT_MOST + 1024 * 1024
"""What a route of such a form declares: a little more than the form, so that the form itself says what is too large."""
SHOWN_OF_A_NAME = 80
FIELD = "file"


async def form_with_file(request: Request[Any, Any, Any], too_large: str) -> Form:
    """The form; ``too_large`` is the sentence for one that is over the limit, and of which nothing else can be told."""
    try:
        return await read_form(request, bytes_at_most=FORM_AT_MOST)
    except TooLarge:
        await swallow(request)
        return Form(errors={FIELD: too_large})


def file_of(at: Here, form: Form, too_large: str) -> Upload | None:
    """The file that came along; what is wrong with it the form says. None when there is none to look at."""
    upload = next(iter(form.uploads.get(FIELD, [])), None)
    if upload is None or not upload.size:
        form.refuse(FIELD, at._("Виберіть файл") if upload is None else at._("Файл порожній. Виберіть інший"))
        return None
    if upload.size > FILE_AT_MOST:
        form.refuse(FIELD, too_large)
    return upload


def ending_of(upload: Upload) -> str:
    """What a file's name ends with, without the point: «csv»."""
    return upload.name.rpartition(".")[2].lower()


def shown_name(upload: Upload) -> str:
    """A file's name as pages show it."""
    return CONTROL.sub("", upload.name)[:SHOWN_OF_A_NAME]
