"""All routes of the slice."""

from src.tenants.safety import pages_bans, pages_reports, pages_settling

handlers = [*pages_reports.handlers, *pages_settling.handlers, *pages_bans.handlers]
