"""A sign-in service of somebody else, on loopback: it publishes keys and signs people in, as GoTrue does."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm


@dataclass(slots=True)
class Issuer:
    """The service; ``requests`` counts how often its keys were asked for."""

    url: str = ""
    keys: dict[str, Any] = field(default_factory=dict)
    requests: int = 0
    api_key: str = "sb_publishable_1"
    people: dict[tuple[str, str], str] = field(default_factory=dict)
    signed_out: list[str] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)

    def add_key(self, algorithm: str = "ES256") -> str:
        """Make a key and return its name."""
        kid = str(uuid4())
        if algorithm == "ES256":
            self.keys[kid] = (algorithm, ec.generate_private_key(ec.SECP256R1()))
        else:
            self.keys[kid] = (algorithm, rsa.generate_private_key(65537, 2048))
        return kid

    def sign_in(self, said: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer `POST /token?grant_type=password`."""
        user = self.people.get((said.get("email", ""), said.get("password", "")))
        if user is None:
            message = "Invalid login credentials"
            return 400, {"code": 400, "error_code": "invalid_credentials", "msg": message}
        token = self.token(next(iter(self.keys)), sub=user, email=said["email"])
        return 200, {
            "access_token": token, "token_type": "bearer", "expires_in": 3600, "refresh_token": "refresh",
            "user": {"id": user, "aud": "authenticated", "email": said["email"]},
        }  # fmt: skip

    def jwks(self) -> dict[str, Any]:
        """Return the public halves."""
        self.requests += 1
        return {"keys": [_jwk(kid, algorithm, key) for kid, (algorithm, key) in self.keys.items()]}

    def token(self, kid: str, **changes: Any) -> str:
        """Return a token of a member, signed with a key; a change to None leaves the claim out."""
        algorithm, key = self.keys[kid]
        claims = member_claims(self.url) | changes
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, key, algorithm=algorithm, headers={"kid": kid})


def _jwk(kid: str, algorithm: str, key: Any) -> dict[str, Any]:
    to_jwk = ECAlgorithm.to_jwk if algorithm == "ES256" else RSAAlgorithm.to_jwk
    return to_jwk(key.public_key(), as_dict=True) | {"kid": kid, "alg": algorithm, "use": "sig"}


def member_claims(url: str) -> dict[str, Any]:
    """Return the claims of somebody who has just signed in."""
    now = datetime.now(UTC)
    return {
        "iss": f"{url}/auth/v1",
        "sub": str(uuid4()),
        "aud": "authenticated",
        "role": "authenticated",
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(hours=1)).timestamp()),
        "session_id": str(uuid4()),
    }


@contextmanager
def serving() -> Iterator[Issuer]:
    """Serve an issuer until the block ends."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/auth/v1/.well-known/jwks.json":
                self.send_error(501)
                return
            self.answer(200, issuer.jwks())

        def do_POST(self) -> None:
            issuer.asked.append({name.lower(): value for name, value in self.headers.items()})
            said = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("apikey") != issuer.api_key:
                self.answer(401, {"message": "Invalid API key"})
            elif self.path == "/auth/v1/token?grant_type=password":
                self.answer(*issuer.sign_in(json.loads(said)))
            elif self.path == "/auth/v1/logout?scope=local":
                issuer.signed_out.append(self.headers.get("Authorization", ""))
                self.answer(204, None)
            else:
                self.send_error(501)

        def answer(self, status: int, said: dict[str, Any] | None) -> None:
            body = b"" if said is None else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
