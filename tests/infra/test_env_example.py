"""infra/env.example names every setting and nothing else."""

import re
from pathlib import Path

from src.platform.settings import Settings

EXAMPLE = Path(__file__).parents[2] / "infra" / "env.example"


def test_the_example_names_each_setting_once_and_nothing_else() -> None:
    named = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


def test_each_setting_is_described_in_the_words_of_the_code() -> None:
    comments = re.sub(r"\s+", " ", re.sub(r"^# ", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE))
    for name, field in Settings.model_fields.items():
        assert field.description is not None, name
        assert re.sub(r"\s+", " ", field.description) in comments, name
