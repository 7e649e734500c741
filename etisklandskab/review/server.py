"""The page's server: on this machine alone, for who has the address."""

from __future__ import annotations

import json
import secrets
import socket
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

from etisklandskab.errors import EtisklandskabError, MissingExtraError
from etisklandskab.landscape import Logic
from etisklandskab.profile.profile import aggregate
from etisklandskab.report.coded import write_coded
from etisklandskab.report.geometry import ink_on, tint
from etisklandskab.review.picture import landscape
from etisklandskab.review.session import Conflict, Session
from etisklandskab.review.state import Item, State

try:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request
    from starlette.responses import JSONResponse, PlainTextResponse, Response
    from starlette.routing import Mount, Route
    from starlette.types import ASGIApp, Message, Receive, Scope, Send
except ImportError as error:
    raise MissingExtraError("At rette i browseren", "review") from error

__all__ = ["Address", "make_app", "serve"]

HOST = "127.0.0.1"
WORKBOOK = "kodning.xlsx"
_OPEN = 90.0  # seconds since a window last asked for news that it counts as open
_REST = 0.25  # seconds in which decisions gather before the landscape is drawn again
_LARGEST = 200_000  # bytes of a request
_KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Address:
    """Where the page is: a port that is kept open, and a token that nobody guesses.

    The same file of decisions has the same address again when the port is free, so that a page
    that was left open goes on.

    Parameters
    ----------
    session : Session
        What is reviewed.
    """

    def __init__(self, session: Session) -> None:
        store = session.store
        with store.writing():
            self.token = store.about("token") or secrets.token_urlsafe(24)
            wanted = int(store.about("port") or 0)
            self.socket = _bind(wanted)
            self.port: int = self.socket.getsockname()[1]
            # where another has its port, another may have the file open: all of it may be theirs
            self.before = session.last if wanted in (0, self.port) else 0
            store.note("token", self.token)
            if not wanted:
                store.note("port", str(self.port))

    def __str__(self) -> str:
        return f"http://{HOST}:{self.port}/{self.token}/"


def _bind(wanted: int) -> socket.socket:
    for port in dict.fromkeys((wanted, 0)):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        with suppress(AttributeError):  # Windows: nobody else may listen on it, too
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined,unused-ignore]
        if not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen()  # only now is the port taken
        except OSError:
            listener.close()
            continue
        return listener
    raise EtisklandskabError("Der er ingen ledig port på maskinen.")


class _Guard:
    """Let in only this machine's own page: by host, by token, and posts by origin."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self.app = app
        self.token = f"/{token}/"
        self.host = f"{HOST}:{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(k.lower().encode(), v.encode()) for k, v in _HEADERS.items()]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        refused = self._refused(scope)
        app = self.app if refused is None else refused
        await app(scope, receive, guarded)

    def _refused(self, scope: Scope) -> Response | None:
        headers = dict(scope["headers"])
        if headers.get(b"host", b"").decode("latin-1") != self.host:
            return PlainTextResponse("Forkert vært.", 421)
        path = scope["path"][: len(self.token)]
        if not secrets.compare_digest(path.encode(), self.token.encode()):
            return PlainTextResponse("Siden findes ikke.", 404)
        if scope["method"] not in ("GET", "HEAD"):
            if headers.get(b"origin", b"").decode("latin-1") != f"http://{self.host}":
                return PlainTextResponse("Forkert afsender.", 403)
            if int(headers.get(b"content-length", b"0")) > _LARGEST:
                return PlainTextResponse("For stort.", 413)
        return None


class _Landscape(threading.Thread):
    """Draws the landscape anew after decisions, while one goes on to the next statement."""

    def __init__(self, session: Session) -> None:
        super().__init__(daemon=True, name="landskab")
        self.session = session
        self.version = 0
        self.picture = ""
        self._wanted = threading.Event()
        self._wanted.set()

    def want(self) -> None:
        self._wanted.set()

    def run(self) -> None:
        drawn: Any = None
        while True:
            self._wanted.wait()
            time.sleep(_REST)
            self._wanted.clear()
            # a picture that fails, or a file that is held by another, must not end the review
            with suppress(ValueError, ArithmeticError, sqlite3.Error):
                statements = self.session.statements()
                if statements != drawn:
                    drawn = statements
                    self.picture = landscape(aggregate(statements, model=self.session.model))
                    self.version += 1


class _Desk:
    """What the page asks for and sends, as plain data."""

    def __init__(self, session: Session, before: int) -> None:
        self.session = session
        self.before = before
        self.run = secrets.token_hex(4)
        self.picture = _Landscape(session)
        self._heard: dict[str, float] = {}

    # -- what the page asks for ------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return everything."""
        state = self.session.sync()
        return {
            **self._marks(),
            "items": [_plain(state, name) for name in state.order],
            "logics": [
                {
                    "code": logic.value,
                    "name": logic.danish,
                    "theory": logic.theory,
                    "colour": logic.colour,
                    "ink": ink_on(logic.colour),
                    "tint": tint(logic.colour, 0.16),
                    "description": logic.description,
                }
                for logic in Logic
            ],
            "gone": [
                {"text": item.statement.text, "decision": item.decision}
                for item in self.session.gone()
            ],
            "file": self.session.store.path.name,
        }

    def news(self, after: int, run: str, window: str) -> dict[str, Any]:
        """Return what changed after an event: only that, or everything where the order did."""
        self._heard[window] = time.monotonic()
        state = self.session.sync()
        if run != self._run:
            return self.state()
        names: dict[str, None] = {}
        events = self.session.since(after)
        if events:
            self.picture.want()
        for event in events:
            kind = event.kind
            if kind == "undo":
                kind = self.session.event(event.payload["event"]).kind
            if kind in ("split", "join"):
                return self.state()
            names[event.statement] = None
        changed = [_plain(state, name) for name in names if name in state.items]
        return {**self._marks(), "changed": changed}

    @property
    def _run(self) -> str:
        return f"{self.run}.{self.session.reading}"

    def _marks(self) -> dict[str, Any]:
        return {
            "run": self._run,
            "last": self.session.last,
            "picture": self.picture.version,
        }

    def workbook(self) -> bytes:
        """Return the workbook for Excel."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, WORKBOOK)
            write_coded(self.session.statements(), path, model=self.session.model)
            return path.read_bytes()

    # -- what it sends ---------------------------------------------------------------------

    def do(self, kind: str, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Do one thing and return what changed, with the statement that it was done to."""
        window = str(sent["window"])
        envelope = {"window": window, "key": str(sent["key"])}
        name, session = str(sent.get("statement", "")), self.session
        seen = int(sent.get("seen", 0))
        if kind == "decide":
            logics = [Logic.parse(code) for code in sent["logics"]]
            event = session.decide(name, logics, seen=seen, **envelope)
        elif kind == "remark":
            event = session.remark(name, str(sent["text"]), seen=seen, **envelope)
        elif kind == "split":
            first, second = map(str, sent["parts"])
            event = session.split(name, first, second, seen=seen, **envelope)
        elif kind == "join":
            seen_next = int(sent["seen_next"])
            event = session.join(
                name, str(sent["next"]), seen=seen, seen_next=seen_next, **envelope
            )
        else:
            now, heard = time.monotonic(), dict(self._heard)
            others = {w for w, then in heard.items() if now - then < _OPEN}
            # who has never asked this process belongs to another, unless it was here before
            others |= {e.window for e in session.since(self.before) if e.window not in heard}
            event = session.undo(others=others, **envelope)
            name = event.statement
        state = session.sync()
        self.picture.want()
        at = next((one for one in (*event.made, name) if one in state.items), "")
        return {**self.news(int(sent["after"]), str(sent["run"]), window), "at": at}

    def conflict(self, error: Conflict) -> dict[str, Any]:
        """Return what somebody else decided."""
        state = self.session.sync()
        return {"conflict": _plain(state, error.item.id) if error.item else None}


def _plain(state: State, name: str) -> dict[str, Any]:
    item: Item = state.items[name]
    statement = item.statement
    return {
        "id": name,
        "text": statement.text,
        "source": statement.source,
        "workshop": statement.workshop,
        "group": statement.group,
        "heading": statement.heading,
        "speaker": statement.speaker,
        "position": statement.position,
        "p": statement.probabilities,
        "proposal": statement.logics,
        "unsure": statement.unsure,
        "decision": item.decision,
        "corrected": item.corrected,
        "remark": item.remark,
        "last": state.last.get(name, 0),
        "by": state.by.get(name, ""),
        "joins": state.next_of(name) is not None,
    }


def make_app(session: Session, token: str, port: int, before: int | None = None) -> ASGIApp:
    """Return the application that serves the page of a review.

    Parameters
    ----------
    session : Session
        What is reviewed.
    token : str
        What the address begins with.
    port : int
        Where it is served: no other host and origin are let in.
    before : int, optional
        The last event that no other process can have added; by default all are of before.
    """
    desk = _Desk(session, session.last if before is None else before)
    desk.picture.start()

    def answer(found: Callable[[Request], Any]) -> Callable[[Request], Any]:
        def endpoint(request: Request) -> Response:  # not async: Starlette gives it a thread
            return JSONResponse(found(request))

        return endpoint

    async def do(request: Request) -> Response:
        try:
            sent = json.loads(await request.body())
            found = await run_in_threadpool(desk.do, request.path_params["kind"], sent)
        except Conflict as error:
            return JSONResponse(await run_in_threadpool(desk.conflict, error), 409)
        except (sqlite3.Error, OSError):
            return JSONResponse({"error": "Der kan ikke skrives i filen lige nu."}, 503)
        except (ValueError, KeyError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse(found)

    def page(request: Request) -> Response:
        name = request.path_params.get("name", "review.html")
        file = files("etisklandskab.review") / "static" / name
        kind = _KINDS.get(Path(name).suffix, "")
        if not kind or not file.is_file():
            return PlainTextResponse("Siden findes ikke.", 404)
        return Response(file.read_bytes(), media_type=kind)

    def workbook(request: Request) -> Response:
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        headers = {"Content-Disposition": f'attachment; filename="{WORKBOOK}"'}
        return Response(desk.workbook(), media_type=kind, headers=headers)

    def news(request: Request) -> Any:
        asked = request.query_params
        return desk.news(int(asked["after"]), asked["run"], asked["window"])

    routes = [
        Route("/", page),
        Route("/state", answer(lambda request: desk.state())),
        Route("/news", answer(news)),
        Route("/order", answer(lambda request: session.by_importance())),
        Route("/words/{name}", answer(lambda request: session.words(request.path_params["name"]))),
        Route("/picture", answer(lambda request: {"html": desk.picture.picture})),
        Route(f"/{WORKBOOK}", workbook),
        Route("/do/{kind:str}", do, methods=["POST"]),
        Route("/{name}", page),
    ]
    return _Guard(Starlette(routes=[Mount(f"/{token}", routes=routes)]), token, port)


def serve(session: Session, address: Address) -> None:
    """Serve the page until the process is told to end.

    Parameters
    ----------
    session : Session
        What is reviewed.
    address : Address
        Where.
    """
    config = uvicorn.Config(
        make_app(session, address.token, address.port, address.before),
        log_config=None,  # nothing of what citizens have told is logged
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[address.socket])
