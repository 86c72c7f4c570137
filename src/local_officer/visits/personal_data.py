"""What the slice keeps about people."""

from src.platform.people.personal_data import Holder

holders: list[Holder] = []
