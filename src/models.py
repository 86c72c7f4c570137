"""Every table of the house, named once: migrations compare the database with this."""

from src.platform.data.base import Base
from src.platform.data.tenancy import City
from src.platform.people import models as people
from src.platform.work import models as work
from src.tenants.answers import models as answers
from src.tenants.appeals import models as appeals
from src.tenants.cities import models as cities
from src.tenants.search import models as search
from src.tenants.subscriptions import models as subscriptions

metadata = Base.metadata

__all__ = ["City", "answers", "appeals", "cities", "metadata", "people", "search", "subscriptions", "work"]
