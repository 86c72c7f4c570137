"""The API keeps what its description says, whatever is asked: no server error, no answer that is not described."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.browser.conftest import Deployment

pytestmark = pytest.mark.xdist_group("browser")

EXAMPLES = 30
LEFT_OUT: list[Any] = [
    # A cursor, a box or a slug is text of any shape to the description, and most texts are none.
    positive_data_acceptance,
    # An empty filter is what a form without a choice sends; it filters nothing.
    negative_data_rejection,
]


def answers(operation: Any, mode: GenerationMode, host: dict[str, str]) -> set[int]:
    """Ask one address in many ways, check each answer against the description; the statuses that came."""
    seen: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        answer: Any = case.call(headers=host, timeout=20)
        seen.add(answer.status_code)
        case.validate_response(answer, excluded_checks=list(LEFT_OUT))

    ask()
    return seen


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_the_api_answers_as_it_says_whatever_is_asked(deployment: Deployment, mode: GenerationMode) -> None:
    host = {"Host": f"kyiv.localhost:{deployment.port}"}  # Python does not resolve names under localhost
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{deployment.port}/api/openapi.json", headers=host)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert {operation.path for operation in operations} >= {
        "/api/v1/appeals",
        "/api/v1/appeals.geojson",
        "/api/v1/appeals/{number}",
        "/api/v1/figures",
    }
    for operation in operations:
        if mode is GenerationMode.NEGATIVE and not list(operation.iter_parameters()):
            continue  # nothing to get wrong
        seen = answers(operation, mode, host)
        assert seen, operation.label
        assert seen <= {200, 304, 400, 404}, f"{operation.label}: {seen}"
