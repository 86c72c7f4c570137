"""Two people at the same moment: one of them is first, the other is told, and nothing is lost or done twice."""

import asyncio

import pytest

from tests.site import Site
from tests.tenants.staff import fields, kinds, opened, stored
from tests.tenants.test_author_page import path_of

FORMS = {
    "publication": ({"title": "Мій заголовок", "keep": "1"}, "published"),
    "rejection": ({"reason": "Напишіть, на якій це вулиці."}, "rejected"),
    "merger": ({}, "merged"),
}


async def two_desks(site: Site) -> tuple[Site, Site]:
    """A moderator and an administrator, each with a browser."""
    other = site.another_browser()
    await site.sign_in()
    await other.sign_in("administrator")
    return site, other


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [("publication", "publication"), ("publication", "rejection"), ("rejection", "merger"), ("merger", "publication")],
)
async def test_of_two_moderators_one_decides_and_the_other_is_told_and_keeps_the_words(
    site: Site, mine: str, theirs: str
) -> None:
    target = await site.number(await site.published())
    appeal_id = await site.ask()
    desks = await two_desks(site)
    sent = [
        fields(await opened(desk, appeal_id), form) | FORMS[form][0] | ({"number": target} if form == "merger" else {})
        for desk, form in zip(desks, (mine, theirs), strict=True)
    ]
    pages = await asyncio.gather(
        *(
            desk.post(f"/staff/appeals/{appeal_id}/{form}", typed, status=None)
            for desk, form, typed in zip(desks, (mine, theirs), sent, strict=True)
        )
    )
    assert sorted(page.status for page in pages) == [303, 409]
    first, second = (mine, theirs) if pages[0].status == 303 else (theirs, mine)
    assert (await stored(site, appeal_id)).state == FORMS[first][1]
    decisions = [kind for kind in await kinds(site, appeal_id) if kind in {"published", "rejected", "merged"}]
    assert decisions == [FORMS[first][1]]
    told = next(page for page in pages if page.status == 409)
    assert told.one("title").get_text().startswith("Помилка:")
    typed = {"publication": "Мій заголовок", "rejection": "Напишіть, на якій це вулиці.", "merger": target}[second]
    assert typed in told.text


async def test_a_question_is_withdrawn_or_published_and_never_both(site: Site) -> None:
    for _ in range(4):
        appeal_id = await site.ask()
        author = site.another_browser()
        if not site.client.cookies:
            await site.sign_in()
        sent = fields(await opened(site, appeal_id), "publication")
        path = await path_of(site, appeal_id)
        pages = await asyncio.gather(
            author.post(f"{path}/withdrawal", status=None),
            site.post(f"/staff/appeals/{appeal_id}/publication", sent, status=None),
        )
        assert sorted(page.status for page in pages) == [303, 409]
        assert (await stored(site, appeal_id)).state == ("withdrawn" if pages[0].status == 303 else "published")


async def test_two_answers_at_once_publish_one_and_keep_the_words_of_the_other(site: Site) -> None:
    appeal_id = await site.routed()
    path = f"/staff/appeals/{appeal_id}/answer"
    desks = await two_desks(site)
    forms = [fields(await desk.get(path), "/answer") for desk in desks]
    words = ["за це відповідає місто.", "за це відповідає поліція."]
    sent = [{**form, "short": short, "then": "publish"} for form, short in zip(forms, words, strict=True)]
    for form in sent:
        form.pop("files")
    pages = await asyncio.gather(*(desk.post(path, form, status=None) for desk, form in zip(desks, sent, strict=True)))
    assert sorted(page.status for page in pages) == [303, 409]
    assert (await kinds(site, appeal_id)).count("answered") == 1
    lost = next(index for index, page in enumerate(pages) if page.status == 409)
    assert words[lost] in pages[lost].text
