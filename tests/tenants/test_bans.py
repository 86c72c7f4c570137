"""The ban list: who is on it, whom it holds, what it never tells a stranger."""

import pytest
from sqlalchemy import select, text

from src.platform.people.accounts.service import resident
from src.platform.people.audit.models import AuditEvent, AuditValue
from src.platform.web import tokens
from src.tenants.appeals import service as appeals
from src.tenants.safety import bans
from src.tenants.safety.models import Ban
from src.tenants.subscriptions.models import Follower
from tests.conftest import Clock, Statement
from tests.mailbox import Mailbox
from tests.site import Page, Site
from tests.tenants.residents import signed_in
from tests.tenants.walk import Walk, picture

WHO = "oksana@ukr.example"
GOOD = {"whom": WHO, "reason": "Тричі надіслала рекламу.", "term": "7"}
PAGE = "Зараз ми не приймаємо від вас повідомлень"


async def banned(site: Site, whom: str, *, term: str = "7", own: str = "") -> Page:
    """Close the city to somebody, on the page."""
    staff = site.another_browser()
    await staff.sign_in()
    return await staff.post("/staff/bans", GOOD | {"whom": whom, "term": term, "own": own})


async def only(site: Site) -> Ban:
    """The only ban."""
    async with site.unit() as session:
        return (await session.execute(select(Ban))).scalar_one()


# --- the staff's pages -------------------------------------------------------------------------


async def test_a_ban_is_added_shown_and_lifted_with_lines_in_the_audit_log(site: Site, clock: Clock) -> None:
    await site.sign_in()
    assert "Нікого. Так і має бути." in (await site.get("/staff/bans")).words
    done = await site.post("/staff/bans", GOOD | {"whom": " Oksana@UKR.example "})
    page = await site.get(done.location)
    assert "Доступ закрито." in page.words
    assert WHO in page.words
    ban = await only(site)
    assert (ban.kind, ban.value, (ban.until - clock.now).days) == ("email", WHO, 7)  # type: ignore[operator]
    lifted = await site.post(f"/staff/bans/{ban.id}/lifting")
    assert WHO not in (await site.get(lifted.location)).words
    await site.post(f"/staff/bans/{ban.id}/lifting", status=404)
    async with site.unit() as session:
        events = (await session.execute(select(AuditEvent).where(AuditEvent.subject_kind == "ban"))).scalars().all()
        values = (await session.execute(select(AuditValue).where(AuditValue.about == ban.id))).scalars().all()
    assert {event.action for event in events} == {"ban.added", "ban.lifted"}
    assert all(WHO not in str(vars(event)) for event in events)
    assert ("value", "", WHO) in {(value.field, value.before, value.after) for value in values}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("203.0.113.77/24", "203.0.113.0/24"),
        ("203.0.0.0/16", "203.0.0.0/16"),
        ("2001:db8:1:2::5", "2001:db8:1:2::/64"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
    ],
)
async def test_networks_are_kept_in_their_usual_form(site: Site, typed: str, stored: str) -> None:
    await banned(site, typed)
    assert (await only(site)).value == stored


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"whom": ""}, "Напишіть електронну або мережеву адресу"),
        ({"whom": "не адреса"}, "Це не електронна й не мережева адреса"),
        ({"whom": "300.1.1.1"}, "Це не електронна й не мережева адреса"),
        ({"whom": "oksana@"}, "Перевірте електронну адресу"),
        ({"whom": "moderator@kyiv.example"}, "Це ваша власна адреса"),
        ({"whom": "10.0.0.0/8"}, "Завелика мережа"),
        ({"whom": "2001:db8::/31"}, "Завелика мережа"),
        ({"whom": "0.0.0.0/0"}, "Завелика мережа"),
        ({"whom": "127.0.0.1"}, "З цієї мережі зараз працюєте ви самі"),
        ({"reason": " "}, "Напишіть причину"),
        ({"reason": "а" * 501}, "Скоротіть до 500 знаків"),
        ({"term": ""}, "Виберіть, на який час"),
        ({"term": "9999"}, "Виберіть, на який час"),
        ({"reason": "\ufffd"}, "Частину знаків не вдалося прочитати"),
    ],
)
async def test_wrong_input_is_told_and_kept(site: Site, wrong: dict[str, str], says: str) -> None:
    await site.sign_in()
    page = await site.post("/staff/bans", GOOD | wrong, status=422)
    assert says in page.one(".error-summary").get_text()
    assert page.one("#whom").get("value", "") == (GOOD | wrong)["whom"]
    async with site.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM ban")) == 0


async def test_the_own_network_can_be_banned_on_purpose(site: Site) -> None:
    await banned(site, "127.0.0.1", own="1")
    assert (await only(site)).value == "127.0.0.1/32"


async def test_the_address_of_our_own_proxy_is_never_banned(site: Site) -> None:
    site.door.settings = site.door.settings.model_copy(update={"trusted_proxies": "198.51.100.1"})
    await site.sign_in()
    page = await site.post("/staff/bans", GOOD | {"whom": "198.51.100.0/24"}, status=422)
    assert "це наш власний сервер" in page.words


async def test_banning_again_changes_the_term(site: Site, clock: Clock) -> None:
    await banned(site, WHO)
    await banned(site, WHO, term="never")
    assert (await only(site)).until is None


async def test_only_staff_with_the_right_see_the_list(site: Site) -> None:
    assert (await site.get("/staff/bans", status=303)).location.startswith("/sign-in")
    await site.post("/staff/bans", GOOD, status=403)


# --- whom it holds -----------------------------------------------------------------------------


async def test_a_banned_network_can_read_and_send_nothing(site: Site, mail: Mailbox) -> None:
    number = await site.number(await site.answered())
    walk = await Walk(site).to_the_end()
    seen = await walk.seen()
    await banned(site, "127.0.0.0/16", own="1")
    for path, form in (
        ("/ask", {"title": "Чому не світить ліхтар?"}),
        (walk.at("check"), {"seen": seen}),
        (f"/appeals/{number}/followers", {"email": "reader@ukr.example"}),
        (f"/appeals/{number}/report", {"what": "question", "reason": "false"}),
    ):
        page = await site.post(path, form, status=403)
        assert PAGE in page.words
        assert page.one('a[href^="mailto:"]')
        assert "рекламу" not in page.words
    page = await site.post(walk.at("photos"), {"add": "1"}, files=[("photos", "1.jpg", picture())], status=403)
    assert PAGE in page.words
    for path in ("/", "/?q=газон", f"/appeals/{number}", "/guides", "/api/v1/appeals", "/ask"):
        await site.get(path)


async def test_a_ban_ends_by_itself(site: Site, clock: Clock) -> None:
    await banned(site, "127.0.0.1", term="1", own="1")
    page = await site.post("/ask", {"title": "Чому не світить ліхтар?"}, status=403)
    assert "Надіслати щось можна буде після" in page.words
    clock.forward(days=1, seconds=1)
    await site.post("/ask", {"title": "Чому не світить ліхтар?"})
    staff = site.another_browser()
    await staff.sign_in("administrator")
    assert "Уже минуло" in (await staff.get("/staff/bans")).words


async def test_a_ban_is_one_citys(site: Site, poltava: Site) -> None:
    await banned(site, "127.0.0.1", own="1")
    await poltava.post("/ask", {"title": "Чому не світить ліхтар?"})


async def test_a_banned_email_is_told_behind_its_own_link_and_to_nobody_else(
    site: Site, mail: Mailbox, statements: list[Statement]
) -> None:
    number = await site.number(await site.published())
    question = await site.ask(confirmed=False, author_email=WHO)
    await banned(site, WHO)
    answers = []
    for email in (WHO, "other@ukr.example"):
        statements.clear()
        typed = await site.post(f"/appeals/{number}/followers", {"email": email})
        asked = len(statements)
        sent = await site.post("/sign-in", {"email": email})
        pages = [(page.status, page.location, page.text) for page in (typed, sent)]
        answers.append((pages, asked, len(statements)))
    assert answers[0] == answers[1]
    token = tokens.sign("confirm", (await site.city()).id, question)
    await site.get(f"/confirm/{token}")
    page = await site.post(f"/confirm/{token}", status=403)
    assert "З вашої електронної адреси" in page.words
    async with site.unit() as session:
        follower = (await session.execute(select(Follower).where(Follower.email == WHO))).scalar_one()
    follow = tokens.sign("follow", (await site.city()).id, follower.id)
    assert PAGE in (await site.post(f"/follow/{follow}", status=403)).words


async def test_a_banned_author_sends_no_rejected_question_again(site: Site, clock: Clock) -> None:
    appeal = await site.ask(author_email=WHO)
    async with site.unit() as session:
        await appeals.reject(session, appeal, "Це реклама.", by=await site.moderator(), now=clock.now)
    await banned(site, WHO)
    token = tokens.sign("author", (await site.city()).id, appeal)
    await site.get(f"/my/{token}")
    page = await site.post(f"/my/{token}/correction", {"title": "Знову реклама", "body": "", "version": "3"}, status=403)
    assert PAGE in page.words


async def test_stopping_letters_is_never_closed(site: Site, mail: Mailbox) -> None:
    number = await site.number(await site.published())
    await site.post(f"/appeals/{number}/followers", {"email": WHO})
    await banned(site, WHO)
    await banned(site, "127.0.0.1", own="1")
    async with site.unit() as session:
        follower = (await session.execute(select(Follower))).scalar_one()
    await site.post("/stop/" + tokens.sign("stop", (await site.city()).id, follower.id))


async def test_somebody_signed_in_with_a_banned_email_is_told_at_once(site: Site, clock: Clock) -> None:
    async with site.unit() as session:
        await resident(session, WHO, language="uk", now=clock.now)
    await site.sign_in_as(WHO)
    await site.post("/ask", {"title": "Чому не світить ліхтар?"})
    await banned(site, WHO)
    assert PAGE in (await site.post("/ask", {"title": "Чому не світить ліхтар?"}, status=403)).words


async def test_a_ban_that_ended_a_year_ago_is_forgotten(site: Site, clock: Clock) -> None:
    await banned(site, WHO, term="1")
    for days, left in ((365, 1), (2, 0)):
        clock.forward(days=days)
        async with site.unit() as session:
            await bans.forget_old(session, now=clock.now)
            assert await session.scalar(text("SELECT count(*) FROM ban")) == left


@pytest.mark.parametrize(
    ("network", "client", "held"),
    [
        ("203.0.113.0/24", "203.0.113.9", True),
        ("203.0.113.0/24", "::ffff:203.0.113.9", True),
        ("203.0.113.0/24", "203.0.114.9", False),
        ("203.0.113.0/24", "2001:db8::1", False),
        ("2001:db8:1:2::/64", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::/64", "203.0.113.9", False),
        ("203.0.113.0/24", "unix", False),
    ],
)
def test_which_addresses_a_network_holds(network: str, client: str, held: bool) -> None:
    assert bans.covers(network, client) is held


async def test_deleting_ones_data_is_no_way_out_of_a_ban_and_leaves_no_address_in_it(site: Site) -> None:
    await banned(site, WHO)
    await signed_in(site, WHO)
    await site.post("/me/data/deletion", {"sure": "yes"})
    ban = await only(site)
    assert WHO not in ban.value
    assert ban.reason == ""
    async with site.unit() as session:
        kept = " ".join(f"{one.before} {one.after}" for one in (await session.execute(select(AuditValue))).scalars())
    assert WHO not in kept
    assert GOOD["reason"] not in kept, "words about somebody are filed under their ban"
    staff = site.another_browser()
    await staff.sign_in()
    page = await staff.get("/staff/bans")
    assert "Адресу стерто" in page.words
    assert ban.value not in page.text
    await signed_in(site, WHO)
    assert PAGE in (await site.post("/ask", {"title": "Чому не світять ліхтарі?"}, status=403)).words
    await signed_in(site, "inshyi@ukr.example")
    await site.post("/ask", {"title": "Чому не світять ліхтарі?"})
