"""The index of words."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from src.platform.data.base import CityOwned, within_city


class AppealWord(CityOwned):
    """Lemmas of published appeals. The key serves both ways of asking: by word, newest first, and by appeal."""

    __tablename__ = "appeal_word"
    __table_args__ = (
        within_city("id", "appeal", ondelete="CASCADE"),
        Index("ix_appeal_word_appeal", "city_id", "id"),
    )

    lexeme: Mapped[str] = mapped_column(primary_key=True, sort_order=-2)
