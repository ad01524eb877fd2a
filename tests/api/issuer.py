"""A sign-in service of somebody else, on loopback: it publishes keys and signs tokens."""

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

    def add_key(self, algorithm: str = "ES256") -> str:
        """Make a key and return its name."""
        kid = str(uuid4())
        if algorithm == "ES256":
            self.keys[kid] = (algorithm, ec.generate_private_key(ec.SECP256R1()))
        else:
            self.keys[kid] = (algorithm, rsa.generate_private_key(65537, 2048))
        return kid

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
            body = json.dumps(issuer.jwks()).encode()
            self.send_response(200)
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
