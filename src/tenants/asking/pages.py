"""All routes of the slice."""

from src.tenants.asking import pages_end, pages_more, pages_photos, pages_place, pages_question

handlers = [*pages_question.handlers, *pages_more.handlers, *pages_place.handlers, *pages_photos.handlers, *pages_end.handlers]
