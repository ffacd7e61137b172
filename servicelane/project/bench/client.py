"""One client of the site as the benchmarks drive it: tokens, sessions and forms over one kept connection."""

import http.client
import json
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from servicelane.project.refusals import NotDone

TRIES = 5
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Session:
    """A person's signed-in session: the cookies of the browser they would use."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    def learn(self, lines: Sequence[str]) -> None:
        """Keep what an answer sets."""
        for line in lines:
            name, _, value = line.strip().partition(";")[0].partition("=")
            self.cookies[name] = value

    @property
    def header(self) -> str:
        """All cookies as one header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


class Client:
    """A kept connection that times each request under the name of its step, in seconds.

    A request that the site could not serve because others were in the way (503) is sent again with the
    same key, as a person would, and counted; any other refusal breaks the benchmark off.
    """

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.times: list[tuple[str, float]] = []
        self.busy = 0
        self.failed = 0

    def close(self) -> None:
        """End the connection."""
        self.connection.close()

    def send(
        self, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None
    ) -> tuple[int, list[str], str]:
        """Send one request; returns the status, what it sets as cookies, and the text of the answer.

        A connection that was lost meanwhile is made anew.
        """
        try:
            self.connection.request(method, path, body.encode() or None, dict(headers or {}))
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.connection.close()
            self.connection.request(method, path, body.encode() or None, dict(headers or {}))
            answer = self.connection.getresponse()
        return answer.status, answer.headers.get_all("Set-Cookie") or [], answer.read().decode()

    def timed(self, step: str, method: str, path: str, body: str, headers: Mapping[str, str]) -> str:
        """Send a step's request, again while the site is busy, and return the text of its answer.

        Raises NotDone for a refusal.
        """
        for _attempt in range(TRIES):
            began = time.perf_counter()
            status, _, text = self.send(method, path, body, headers)
            self.times.append((step, time.perf_counter() - began))
            if status >= 500:
                self.failed += 1
            if status != 503:
                break
            self.busy += 1
        if status >= 400:
            raise NotDone(f"The benchmark broke off: {step} ({method} {path}) got {status}: {_said(text)}")
        return text

    def call(self, step: str, token: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Use the API with a token: GET without a body, POST with one. Returns what it answers."""
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Idempotency-Key": uuid.uuid4().hex,
        }
        method = "GET" if body is None else "POST"
        text = "" if body is None else json.dumps(body)
        return json.loads(self.timed(step, method, f"/api/v1{path}", text, headers))

    def page(self, step: str, session: Session, path: str, **headers: str) -> str:
        """Open a page as a person who is signed in."""
        return self.timed(step, "GET", path, "", {"Cookie": session.header, **headers})

    def post(self, step: str, session: Session, path: str, fields: Mapping[str, Any]) -> None:
        """Send a page's form, with its one-time key and its token against forged requests."""
        headers = {
            "Cookie": session.header,
            "X-CSRFToken": session.cookies["csrftoken"],
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.timed(step, "POST", path, urlencode({"once": uuid.uuid4().hex, **fields}), headers)

    def sign_in(self, user: str, password: str) -> Session:
        """Sign in on the page. Raises NotDone when the site refuses."""
        session = Session()
        _, cookies, text = self.send("GET", "/sign-in/")
        session.learn(cookies)
        found = _TOKEN.search(text)
        fields = {
            "login": user,
            "password": password,
            "csrfmiddlewaretoken": found.group(1) if found else "",
        }
        headers = {"Cookie": session.header, "Content-Type": "application/x-www-form-urlencoded"}
        status, cookies, _ = self.send("POST", "/sign-in/", urlencode(fields), headers)
        session.learn(cookies)
        if "sessionid" not in session.cookies:
            raise NotDone(f"The benchmark broke off: {user} could not sign in ({status}).")
        return session

    def token(self, user: str, password: str) -> str:
        """Return a token of the API. Raises NotDone when the site refuses."""
        body = json.dumps({"user": user, "password": password, "name": "bench"})
        status, _, text = self.send("POST", "/api/v1/auth/token", body, {"Content-Type": "application/json"})
        if status != 201:
            raise NotDone(f"The benchmark broke off: {user} got no token ({status}).")
        return str(json.loads(text)["token"])


def _said(text: str) -> str:
    """What a refusal said, without its page."""
    if text.startswith("{"):
        return text[:500]
    words = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", text, flags=re.DOTALL)
    return " ".join(words.split())[:800]
