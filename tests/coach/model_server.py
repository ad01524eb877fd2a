"""A server on loopback that speaks OpenAI's and Anthropic's protocols: the model's name chooses how it answers.

``<mode>`` or ``<mode>:<anything>``; with ``once_`` in front only the first request of a name is answered so,
and of a name with ``/`` what follows it counts. Modes: a status (see ``ERRORS``), ``stall`` (nothing comes),
``stall_middle``, ``drip`` (a word at a time, slowly), ``cut`` (the connection goes in the middle), ``early``
(a stream that just ends), ``nonsense`` (a web page), ``garbage`` (an event that is no JSON), ``odd`` (JSON
that is no chunk), ``error_middle``, ``refused``, ``long`` (out of tokens), ``empty``. Anything else is
answered with ``text``, a word a chunk, and embedded by its subject (see ``EMBEDDED_ODDLY``; ``uncounted``: without
a word of the tokens). ``google_429`` comes as Vertex AI words it. Paths that it does not know get 501. It keeps
what it was asked, and how many tokens it told of.
"""

import json
import math
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

TEXT: Final = "You took a walk today and it felt good. Would you like to take the same walk tomorrow?"
ERRORS: Final[Mapping[str, tuple[int, dict[str, str], str, str]]] = {
    "400": (400, {}, "invalid_request_error", "bad_request"),
    "401": (401, {}, "authentication_error", "invalid_api_key"),
    "403": (403, {}, "permission_error", "forbidden"),
    "404": (404, {}, "not_found_error", "model_not_found"),
    "429": (429, {}, "rate_limit_error", "rate_limit_exceeded"),
    "429_told": (429, {"Retry-After": "7"}, "rate_limit_error", "rate_limit_exceeded"),
    "quota": (429, {}, "billing_error", "insufficient_quota"),
    "500": (500, {}, "api_error", "server_error"),
    "529": (529, {}, "overloaded_error", "overloaded"),
}
OPENAI_USAGE: Final = {
    "prompt_tokens": 100,
    "completion_tokens": 30,
    "total_tokens": 130,
    "prompt_tokens_details": {"cached_tokens": 40, "cache_write_tokens": 10},
    "completion_tokens_details": {"reasoning_tokens": 12},
}
CLAUDE_USAGE: Final = {
    "input_tokens": 50,
    "cache_read_input_tokens": 40,
    "cache_creation_input_tokens": 10,
    "output_tokens": 1,
}
CLAUDE_ENDED: Final = {"output_tokens": 30, "output_tokens_details": {"thinking_tokens": 12}}
CLAUDE_COUNTED: Final = 130
STALL_S: Final = 30.0
EMBEDDED_ODDLY: Final[Mapping[str, Callable[[list[list[Any]]], list[list[Any]]]]] = {
    "empty": lambda _rows: [],
    "few": lambda rows: rows[:-1],
    "many": lambda rows: [*rows, rows[0]],
    "odd": lambda rows: [[*row, 0.0] for row in rows],
    "short": lambda rows: [row[:-1] for row in rows],
    "nan": lambda rows: [[math.nan, *row[1:]] for row in rows],
    "infinite": lambda rows: [[math.inf, *row[1:]] for row in rows],
    "null": lambda rows: [[None, *row[1:]] for row in rows],
    "words": lambda rows: [["one", *row[1:]] for row in rows],
}
# Words that mean alike to a model of meaning, without sharing a letter.
SUBJECTS: Final = (("walk", "hike", "trail"), ("soup", "meal", "lunch"), ("sleep", "tired", "bed"))


class ModelServer(ThreadingHTTPServer):
    """Both services: ``text`` is what is answered, ``asked`` the bodies of all requests, ``keys`` their keys.

    ``texts``: what is answered instead where certain words stand in what is asked.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.text = TEXT
        self.texts: dict[str, str] = {}
        self.usage: dict[str, Any] = OPENAI_USAGE
        self.first_s = 0.0
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.tries: Counter[str] = Counter()
        self.counted = 0
        self.tokens = 0
        self.token_s = 3600

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def count(self, tokens: int) -> None:
        """Put tokens on the bill."""
        with self.lock:
            self.counted += tokens

    def text_for(self, body: Mapping[str, Any]) -> str:
        """Return what is answered to a request."""
        asked = json.dumps(body, ensure_ascii=False)
        return next((text for words, text in self.texts.items() if words in asked), self.text)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that go away: they do so on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ModelServer

    def setup(self) -> None:
        super().setup()
        # A chunk goes out as it is written.
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/token":
            self._give_token()
            return
        if self.path not in {"/v1/chat/completions", "/v1/messages", "/v1/embeddings"}:
            self._answer(501, {"error": {"type": "unimplemented"}})
            return
        body = json.loads(raw)
        with self.server.lock:
            self.server.asked.append(body)
            self.server.keys.append(self.headers.get("Authorization") or self.headers.get("X-Api-Key") or "")
            self.server.tries[body["model"]] += 1
            is_first = self.server.tries[body["model"]] == 1
        mode = _mode(body["model"], is_first=is_first)
        if self.path == "/v1/embeddings":
            self._embed(mode, body)
        else:
            self._behave(mode, self.server.text_for(body), is_claude=self.path == "/v1/messages")

    def do_GET(self) -> None:
        name = self.path.removeprefix("/v1/models/").replace("%2F", "/")
        if name == self.path:
            self._answer(501, {"error": {"type": "unimplemented"}})
        elif _mode(name, is_first=True) in ERRORS:
            self._fail(_mode(name, is_first=True))
        else:
            self._answer(200, {"id": name, "object": "model", "type": "model"})

    def _behave(self, mode: str, text: str, *, is_claude: bool) -> None:
        if mode in ERRORS:
            self._fail(mode)
        elif mode == "stall":
            self._wait(STALL_S)
        elif mode == "nonsense":
            self._answer(200, None)
        else:
            self._wait(self.server.first_s)
            events = (
                _claude(mode, text, self.server.count)
                if is_claude
                else _openai(mode, text, self.server.usage, self.server.count)
            )
            self._stream(mode, events)

    def _embed(self, mode: str, body: dict[str, Any]) -> None:
        if mode in ERRORS or mode == "google_429":
            self._fail(mode)
        elif mode == "stall":
            self._wait(STALL_S)
        elif mode == "nonsense":
            self._answer(200, None)
        else:
            rows = [_meaning(text, body["dimensions"]) for text in body["input"]]
            rows = EMBEDDED_ODDLY.get(mode, list)(rows)
            data = [
                {"object": "embedding", "index": 0 if mode == "one_place" else place, "embedding": row}
                for place, row in enumerate(rows)
            ]
            usage = (
                {} if mode == "uncounted" else self._count(sum(len(text.split()) for text in body["input"]))
            )
            self._answer(200, {"object": "list", "model": body["model"], "data": data[::-1], "usage": usage})

    def _count(self, tokens: int) -> dict[str, int]:
        self.server.count(tokens)
        return {"prompt_tokens": tokens, "total_tokens": tokens}

    def _stream(self, mode: str, events: Iterable[str]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number, event in enumerate(events):
            raw = event.encode()
            self.wfile.write(b"%x\r\n%b\r\n" % (len(raw), raw))
            if number == 4 and mode == "stall_middle":
                self._wait(STALL_S)
            if number == 4 and mode == "cut":
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if mode == "drip":
                self._wait(0.05)
        self.wfile.write(b"0\r\n\r\n")

    def _wait(self, seconds: float) -> None:
        if seconds and self.server.over.wait(seconds):
            self.close_connection = True

    def _give_token(self) -> None:
        with self.server.lock:
            self.server.tokens += 1
            token = f"token-{self.server.tokens}"
        self._answer(200, {"access_token": token, "expires_in": self.server.token_s, "token_type": "Bearer"})

    def _fail(self, mode: str) -> None:
        if mode == "google_429":
            error = {"code": 429, "message": "words that nobody is to see", "status": "RESOURCE_EXHAUSTED"}
            self._answer(429, [{"error": error}], {})
            return
        status, headers, kind, code = ERRORS[mode]
        error = {"type": kind, "code": code, "message": "words that nobody is to see"}
        self._answer(status, {"type": "error", "error": error}, headers)

    def _answer(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        raw = b"<html>" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/html" if body is None else "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def _mode(model: str, *, is_first: bool) -> str:
    mode = model.split("/")[-1].split(":")[0]
    if mode.startswith("once_"):
        return mode.removeprefix("once_") if is_first else "fine"
    return mode


def _words(text: str) -> list[str]:
    return [word if place == 0 else f" {word}" for place, word in enumerate(text.split(" "))]


def _meaning(text: str, dimension: int) -> list[float]:
    """Return what a text is to a model to which only the subject counts: one place a subject."""
    row = [0.001] * dimension
    for place, words in enumerate(SUBJECTS):
        row[place] += sum(word in text.casefold() for word in words)
    return row


def _openai(mode: str, text: str, usage: Mapping[str, Any], count: Callable[[int], None]) -> Iterator[str]:
    def chunk(delta: dict[str, Any], reason: str | None = None, **more: Any) -> str:
        choices = [{"index": 0, "delta": delta, "finish_reason": reason}]
        whole = {"id": "one", "object": "chat.completion.chunk", "created": 1, "model": "named-by-provider"}
        return f"data: {json.dumps(whole | {'choices': choices} | more)}\n\n"

    yield chunk({"role": "assistant", "content": ""})
    if mode == "refused":
        yield chunk({"refusal": "I can't help with that."})
    words = [] if mode in {"empty", "refused"} else _words(text)
    for number, word in enumerate(words):
        if number == 3 and mode in OPENAI_ODD:
            yield OPENAI_ODD[mode]
            if mode == "early":
                return
        yield chunk({"content": word})
    yield chunk({}, "length" if mode == "long" else "stop")
    count(usage["total_tokens"])
    yield chunk({}, choices=[], usage=usage)
    yield "data: [DONE]\n\n"


OPENAI_ODD: Final = {
    "early": ": keep-alive\n\n",
    "garbage": "data: {not json\n\n",
    "odd": 'data: {"choices": "none", "id": 5}\n\n',
    "error_middle": 'data: {"error": {"message": "words that nobody is to see", "code": "server_error"}}\n\n',
}


def _claude(mode: str, text: str, count: Callable[[int], None]) -> Iterator[str]:
    def event(kind: str, **data: Any) -> str:
        return f"event: {kind}\ndata: {json.dumps({'type': kind} | data)}\n\n"

    message = {
        "id": "one",
        "type": "message",
        "role": "assistant",
        "model": "named-by-provider",
        "content": [],
    }
    yield event("message_start", message=message | {"usage": CLAUDE_USAGE, "stop_reason": None})
    yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    yield event("ping")
    for number, word in enumerate([] if mode in {"empty", "refused"} else _words(text)):
        if number == 3 and mode in CLAUDE_ODD:
            yield CLAUDE_ODD[mode]
            if mode == "early":
                return
        yield event("content_block_delta", index=0, delta={"type": "text_delta", "text": word})
    yield event("content_block_stop", index=0)
    count(CLAUDE_COUNTED)
    reason = {"long": "max_tokens", "refused": "refusal"}.get(mode, "end_turn")
    yield event("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage=CLAUDE_ENDED)
    yield event("message_stop")


CLAUDE_ODD: Final = {
    "early": ": keep-alive\n\n",
    "garbage": "event: content_block_delta\ndata: {not json\n\n",
    "odd": 'event: content_block_delta\ndata: {"type": "content_block_delta", "index": 0,'
    ' "delta": {"type": "text_delta", "text": 5}}\n\n',
    "error_middle": 'event: error\ndata: {"type": "error", "error": {"type": "overloaded_error",'
    ' "message": "words that nobody is to see"}}\n\n',
}


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """Run the services until the block is left."""
    server = ModelServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
