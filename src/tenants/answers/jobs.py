"""Bytes of files that were taken off an answer are deleted once that is certain: after the commit."""

from uuid import UUID

from src.platform.data.unit_of_work import Database
from src.platform.files import store
from src.platform.work.jobs import job_with_own_transactions
from src.tenants.answers import service

HOUR = 3600 * 1000


@job_with_own_transactions(service.FORGET, queue="default", retries=12, longest_pause_ms=HOUR)
async def forget_file(_: Database, city_id: UUID, answer_id: str, file_id: str) -> None:
    """Delete the bytes of a file whose row is gone; deleting twice does nothing."""
    await store.delete(city_id, service.file_key(UUID(answer_id), UUID(file_id)))
