"""Every table of the house, named once: migrations compare the database with this."""

from src.local_officer.asking_officer import models as asking_officer
from src.local_officer.exchange import models as exchange
from src.local_officer.office_hours import models as office_hours
from src.local_officer.officers import models as officers
from src.local_officer.visits import models as visits
from src.platform.data.base import Base
from src.platform.data.tenancy import City
from src.platform.limits import models as limits
from src.platform.people.accounts import models as accounts
from src.platform.people.audit import models as audit
from src.platform.people.providers import models as providers
from src.platform.people.second_factor import models as second_factor
from src.platform.people.sign_in import models as sign_in
from src.platform.work import models as work
from src.tenants.answers import models as answers
from src.tenants.appeals import models as appeals
from src.tenants.cities import models as cities
from src.tenants.console import models as console
from src.tenants.moving_in import models as moving_in
from src.tenants.safety import models as safety
from src.tenants.search import models as search
from src.tenants.staff import models as staff
from src.tenants.subscriptions import models as subscriptions

metadata = Base.metadata

__all__ = [
    "City",
    "accounts",
    "answers",
    "appeals",
    "asking_officer",
    "audit",
    "cities",
    "console",
    "exchange",
    "limits",
    "metadata",
    "moving_in",
    "office_hours",
    "officers",
    "providers",
    "safety",
    "search",
    "second_factor",
    "sign_in",
    "staff",
    "subscriptions",
    "visits",
    "work",
]
