"""The description is true: whatever it lets a client send is answered as it says (Schemathesis, all its checks)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from starlette.testclient import TestClient

from bee.api.asgi import create_app
from bee.api.description import EXAMPLES
from bee.db import Database, Login
from bee.settings import Settings
from tests.api.conftest import Keys, Member, sign_up
from tests.api.processes import HOST
from tests.api.serving import serving
from tests.factories import execute

CONFIG = Path(__file__).with_name("schemathesis.toml")
MOST_EXAMPLES = 50
LIMITS = ("requests_per_minute", "table_requests_per_minute")
# Whose rows the examples speak of.
SOMEBODY: str = EXAMPLES["GET /auth/v1/user"]["responses"]["200"]["id"]
JSON = "application/json"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """One issuer, whichever port is served."""
    return Settings(home=tmp_path, api_url="http://bee.example.org")


@pytest.fixture
def description(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


@pytest.mark.slow
def test_every_operation_answers_as_it_is_described(
    database: Database, settings: Settings, keys: Keys, tmp_path: Path
) -> None:
    settings = settings.model_copy(update=dict.fromkeys(LIMITS, 100_000))
    with TestClient(create_app(database, settings), headers={"apikey": keys.anon}) as client:
        member, leaver = sign_up(client), sign_up(client, "noah@example.org")
        # So that whoever asks may do what the examples do.
        described = client.get("/openapi.json").text.replace(SOMEBODY, str(member.id))
    add_rows(database, member)
    document = tmp_path / "openapi.json"
    document.write_text(described, encoding="utf-8")
    with serving(database, settings) as (_, served):
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)),
                *("run", str(document), "--url", f"http://{HOST}:{served.api_port}", "--no-color"),
                *("--checks", "all", "--max-examples", str(MOST_EXAMPLES), "--seed", "20261123"),
            ],
            cwd=tmp_path,
            env=os.environ
            | {
                "BEE_APIKEY": keys.anon,
                "BEE_MEMBER": member.headers["Authorization"],
                "BEE_LEAVER": leaver.headers["Authorization"],
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout
    number = sum(len(operations) for operations in json.loads(described)["paths"].values())
    assert f"Tested: {number}" in done.stdout
    for phase in ("Examples", "Coverage", "Fuzzing", "Stateful"):
        assert f"✅ {phase}" in done.stdout, done.stdout


def add_rows(database: Database, member: Member) -> None:
    """Give a member the notification and the push token of which the examples speak."""
    [told] = EXAMPLES["GET /v1/notifications"]["responses"]["200"]["notifications"]
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into momentum_notifications
                (id, user_id, notification_type, rule, rule_version, moment, trigger_date, decision, reason, title,
                 message, sent_at)
            values (:id, :user_id, :notification_type, 'rising', 1, 'a', cast(:trigger_date as date), 'send', 'due',
                    :title, :message, cast(:sent_at as timestamptz))
            """,
            **told,
            user_id=member.id,
        )
        execute(
            session,
            "insert into user_fcm_tokens (id, user_id, fcm_token, platform) values (:id, :user_id, 'a', 'ios')",
            id=EXAMPLES["DELETE /v1/push-tokens/{token_id}"]["parameters"]["token_id"],
            user_id=member.id,
        )


def operations(description: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return every operation by its method and path."""
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_example_is_of_an_operation(description: dict[str, Any]) -> None:
    assert set(EXAMPLES) <= {name for name, _ in operations(description)}


def test_every_answer_and_every_body_has_an_example_that_its_schema_allows(
    description: dict[str, Any],
) -> None:
    for name, operation in operations(description):
        contents = [
            response["content"] for response in operation["responses"].values() if "content" in response
        ]
        if "requestBody" in operation:
            contents.append(operation["requestBody"]["content"])
        for content in contents:
            described = content[JSON]
            examples = [one["value"] for one in described.get("examples", {}).values()]
            examples += [described["example"]] if "example" in described else []
            assert examples, name
            schema = described["schema"] | {"components": description["components"]}
            for example in examples:
                Draft202012Validator(schema).validate(example)


def test_every_parameter_of_an_address_that_needs_one_has_an_example(description: dict[str, Any]) -> None:
    for name, operation in operations(description):
        for parameter in operation.get("parameters", ()):
            if parameter.get("required"):
                assert "example" in parameter, (name, parameter["name"])


def test_every_error_is_in_the_form_that_its_area_describes(description: dict[str, Any]) -> None:
    responses, schemas = description["components"]["responses"], description["components"]["schemas"]
    assert {name.rstrip("0123456789") for name in responses} == {
        "Error",
        "AuthError",
        "RestError",
        "GraphError",
    }
    for name, response in responses.items():
        content = response["content"][JSON]
        assert content["schema"]["$ref"].endswith(f"/{name.rstrip('0123456789')}")
        Draft202012Validator(schemas[name.rstrip("0123456789")]).validate(content["example"])
