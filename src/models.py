"""Every table of the house, named once: migrations compare the database with this."""

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
from src.tenants.safety import models as safety
from src.tenants.search import models as search
from src.tenants.subscriptions import models as subscriptions

metadata = Base.metadata

__all__ = [
    "City",
    "accounts",
    "answers",
    "appeals",
    "audit",
    "cities",
    "limits",
    "metadata",
    "providers",
    "safety",
    "search",
    "second_factor",
    "sign_in",
    "subscriptions",
    "work",
]
