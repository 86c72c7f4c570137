"""All routes of the slice."""

from src.local_officer.exchange import pages_export, pages_import

handlers = [*pages_export.handlers, *pages_import.handlers]
