"""All limits of the house, and why each is what it is.

Who sits behind one address? A school: a thousand pupils behind one NAT, a class of thirty asking in the same lesson. A
mobile carrier: carrier-grade NAT puts some thousands of phones behind one IPv4 address, and in a blackout many of them look
the same thing up. So what is counted by **address** is a roof that only machines reach; what stops one person is counted by
their **account** or **e-mail**; and what a flood from many addresses may do to a city is counted by the **city**. An IPv6
address counts as its /64, which is what one household or phone is given (RFC 6177).

A window begins with the first use. Reading is limited only where it costs (search, the API), and there a process takes
leases: so many uses with one short transaction.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class By(StrEnum):
    """Whose uses are counted together."""

    ADDRESS = "address"
    ACCOUNT = "account"
    EMAIL = "email"
    CITY = "city"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` uses in a window of ``per``, counted together ``by``. ``name`` is part of the count's key; ``lease``
    how many a process takes at once."""  # noqa: D209

    name: str
    by: By
    most: int
    per: timedelta
    lease: int = 1

    @property
    def key(self) -> str:
        """Its name among all."""
        return f"{self.name}.{self.by}"


@dataclass(frozen=True, slots=True)
class Rule:
    """The limits of one kind of use. A route declares its rule (``limits=rules.ASKING``); one mechanism applies it.

    Limits by e-mail are applied by the handler, which has read the form (:func:`guard.for_email`). ``only_with`` names a
    query parameter without which the request is no such use (the home page is a search only with words).
    """

    name: str
    limits: tuple[Limit, ...]
    only_with: str = ""

    def by(self, whose: By) -> Limit | None:
        """Its limit of one kind."""
        return next((limit for limit in self.limits if limit.by is whose), None)


HOUR, DAY, QUARTER = timedelta(hours=1), timedelta(days=1), timedelta(minutes=15)
TEN, FIVE = timedelta(minutes=10), timedelta(minutes=5)


def rule(name: str, *limits: tuple[By, int, timedelta] | tuple[By, int, timedelta, int], only_with: str = "") -> Rule:
    """A rule with its limits, each named after it."""
    return Rule(name, tuple(Limit(name, *parts) for parts in limits), only_with)


ASKING = rule("asking", (By.ADDRESS, 1500, TEN), (By.ACCOUNT, 300, TEN))
"""A step of the ask flow. A question takes six to ten; a class of thirty takes 300 in a lesson."""

STARTING = rule("starting", (By.ADDRESS, 300, TEN), (By.ACCOUNT, 60, TEN), (By.CITY, 5000, HOUR))
"""A new draft: a row that lives for seven days. A city of three million begins some hundred an hour on a bad day."""

SENDING = rule("sending", (By.ADDRESS, 120, HOUR), (By.ACCOUNT, 20, DAY), (By.EMAIL, 20, DAY))
"""A question is sent, and a letter goes to whatever e-mail was typed: few a day for one e-mail, or it would be a way to
bother strangers. Of the city: ``questions_per_day`` of its own settings, counted where the question is stored."""

SIGN_IN = rule("sign-in", (By.ADDRESS, 120, QUARTER), (By.EMAIL, 20, HOUR), (By.CITY, 10_000, HOUR))
"""A link is asked for. Staff of a whole city hall come through one address at nine o'clock."""

CODES = rule("codes", (By.ADDRESS, 120, QUARTER), (By.ACCOUNT, 15, QUARTER), (By.CITY, 3000, QUARTER))
"""Something is tried that could be guessed: a code, a passkey, the button of a sign-in link. A six-digit code at 15 tries a
quarter of an hour takes years; the step itself ends after five."""

TRIES = Limit("tries", By.ACCOUNT, 20, HOUR)
"""Codes tried for one account, from anywhere, however often signing in is begun anew: guessing six digits takes years."""

LINKS = rule("links", (By.ADDRESS, 600, TEN))
"""A button behind a link of a letter. The links cannot be guessed; this only keeps scripts from trying."""

UPLOADS = rule("uploads", (By.ADDRESS, 300, HOUR), (By.ACCOUNT, 60, HOUR), (By.CITY, 10_000, HOUR))
"""Photos: decoding costs a second of a processor. Five a draft at most; what a city may keep is its quota."""

SEARCH = rule("search", (By.ADDRESS, 3000, FIVE, 30), (By.CITY, 60_000, FIVE, 300))
"""Suggestions ask once a pause in typing, some ten times a minute and person: thirty pupils make 1500 in five minutes."""

HOME_SEARCH = Rule(SEARCH.name, SEARCH.limits, only_with="q")
"""The same of the home page and the map's data, which are a search only with words."""

API = rule("api", (By.ADDRESS, 3000, FIVE, 30), (By.CITY, 60_000, FIVE, 300))
"""Ten a second, for as long as one likes; whoever wants everything takes the pages of 100 one after the other."""

FOLLOWING = rule("following", (By.ADDRESS, 120, HOUR), (By.ACCOUNT, 60, DAY), (By.EMAIL, 20, DAY), (By.CITY, 10_000, DAY))
"""A letter goes to whatever e-mail was typed."""

REPORTS = rule("reports", (By.ADDRESS, 60, HOUR), (By.ACCOUNT, 30, DAY), (By.EMAIL, 20, DAY), (By.CITY, 3000, DAY))
"""Each is read by a person."""

VISITS = rule("visits", (By.ADDRESS, 60, HOUR), (By.ACCOUNT, 30, DAY), (By.EMAIL, 10, DAY), (By.CITY, 5000, DAY))
"""A visit is booked: it holds an officer's time for an hour even when nobody confirms, and a letter goes to whatever e-mail was
typed. A class of thirty behind one address may each try twice."""

ANSWERS = rule("answers", (By.ACCOUNT, 600, TEN), (By.CITY, 6000, TEN))
"""Staff write: a lost session that is misused, or a script that went wrong, stops here; nobody types so fast."""

IMPORTS = rule("imports", (By.ACCOUNT, 60, HOUR), (By.CITY, 200, HOUR))
"""A file of up to 20 MB that a job reads for up to minutes: an administrator corrects one and sends it again, a script does not."""

LIGHT = rule("light", (By.ADDRESS, 1200, TEN))
"""What changes next to nothing: signing out, leaving a draft."""


class Unlimited:
    """What a route declares that needs no limit, with the reason."""

    def __init__(self, because: str) -> None:
        self.because = because


ALL = (
    ASKING,
    STARTING,
    SENDING,
    SIGN_IN,
    CODES,
    LINKS,
    UPLOADS,
    SEARCH,
    API,
    FOLLOWING,
    REPORTS,
    VISITS,
    ANSWERS,
    IMPORTS,
    LIGHT,
)
