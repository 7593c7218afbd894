"""Another system: a real HTTP server of the scenario's own, that keeps what it was asked.

What it answers stands in its table, by the beginning of "METHOD PATH"; the last line that fits wins.
"""
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from kit.looks import compare
from kit.script import StepFailed, step


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        peer = self.server.peer
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size).decode()
        with peer.lock:
            peer.asked.append((self.command, self.path, body, dict(self.headers)))
            status, text, headers = peer.answer_to(f"{self.command} {self.path}")
        if status == 0:  # it takes the request and dies over it
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *_):
        pass


class Peer:
    def __init__(self):
        self.lock = threading.Lock()
        self.asked, self.looked_at = [], 0
        self.answers = []
        self.server = None
        self.port = 0
        self.start()

    def start(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.server.peer = self
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.server = None

    def answer_to(self, request):
        for begin, status, text, headers in reversed(self.answers):
            if request.startswith(begin):
                return status, text, headers
        return 404, "", []


def peer_of(p):
    if "peer" not in p.memory:
        p.memory["peer"] = Peer()
    return p.memory["peer"]


@step("the {name} system answers", rows=True)
def answers(p, name, rows):
    """Each row: METHOD PATH STATUS [BODY]; status 0: it takes the request and gives no answer."""
    peer = peer_of(p)
    for _, text in rows:
        method, path, status, *body = text.split(" ", 3)
        headers = []
        if "retry-after=" in status:
            status, _, seconds = status.partition(",retry-after=")
            headers = [("Retry-After", seconds)]
        peer.answers.append((f"{method} {path}", int(status), body[0] if body else "", headers))


@step("the {name} system is down")
def down(p, name):
    peer_of(p).stop()


@step("the {name} system is up again")
def up(p, name):
    peer_of(p).start()


@step("connector {name}[ with {settings*}]")
def connector(p, name, settings):
    """connector erp with tries 3, repeats"""
    arguments = []
    for each in (settings or "").split(", "):
        option, _, value = each.partition(" ")
        if option == "key":
            path = p.write_file("key", value)
            os.chmod(path, 0o600)
            option, value = "password-file", path
        arguments += [f"--{option}", *([value] if value else [])] if option else []
    p.do("connector", "set", name, "--url", f"http://127.0.0.1:{peer_of(p).port}/api", *arguments)


@step("messages leave over {name}[ with {settings*}]")
def messages_leave(p, name, settings):
    """The channel http over a connector: messages leave over app with path /m, ok /status"""
    arguments = []
    for each in (settings or "").split(", "):
        option, _, value = each.partition(" ")
        if option == "body":
            option, value = "body-file", p.write_file("body", value)
        arguments += [f"--{option}", value] if option else []
    p.do("channel", "set", "http", "--driver", "http", "--from", "Duero", "--connector", name,
         *arguments)


@step("{debtor} has the {channel} address {address}")
def contact(p, debtor, channel, address):
    """One more, used after the channel's others: C1 has the http address u-1"""
    p.do("contact", "add", debtor, address, "--channel", channel, "--last")


@step("expect asked", rows=True, check=True)
def expect_asked(p, rows):
    """All requests since the last look: METHOD PATH [BODY]"""
    peer = peer_of(p)
    with peer.lock:
        new = peer.asked[peer.looked_at:]
        peer.looked_at = len(peer.asked)
    found = [f"{method} {path} {body}".strip() for method, path, body, _ in new]
    compare(rows, found, lambda text, each: text == each, str)


@step("expect nothing asked", check=True)
def expect_nothing_asked(p):
    expect_asked(p, [])


@step("expect {n:n} requests", check=True)
def expect_requests(p, n):
    """So many since the last look."""
    peer = peer_of(p)
    with peer.lock:
        new = peer.asked[peer.looked_at:]
        peer.looked_at = len(peer.asked)
    if len(new) != int(n):
        raise StepFailed(f"there were {len(new)}: {new}")


@step("expect the last request to be JSON with {keys*}", check=True)
def expect_json(p, keys):
    found = sorted(json.loads(peer_of(p).asked[-1][2]))
    if found != keys.split(", "):
        raise StepFailed(f"it has {', '.join(found)}")


@step("expect the same key in the last {n:n} requests", check=True)
def expect_same_key(p, n):
    keys = [headers.get("Idempotency-Key") for _, _, _, headers in peer_of(p).asked[-int(n):]]
    if len(keys) != int(n) or len(set(keys)) != 1 or not keys[0]:
        raise StepFailed(f"the keys are {keys}")


@step("expect header {name} of the last request to be {words:text}", check=True)
def expect_header(p, name, words):
    found = peer_of(p).asked[-1][3].get(name)
    if found != words:
        raise StepFailed(f"it is {found!r}")


@step("expect errands", rows=True, check=True)
def expect_errands(p, rows):
    """All questions so far, the oldest first: KIND STATE [OUTCOME] [REFERENCE]"""
    log = p.do("connector", "log")["errands"]
    found = [" ".join(part for part in (each["kind"], each["state"], each["outcome"],
                                        each["reference"]) if part) for each in reversed(log)]
    compare(rows, found, lambda text, each: text == each, str)


@step("expect attribute {name} of {debtor} to be {value:text}", check=True)
def expect_attribute(p, name, debtor, value):
    found = p.rows("SELECT text FROM attribute WHERE debtor_id = ? AND owner_id = ? AND name = ?",
                   p.debtor(debtor)["id"], p.debtor(debtor)["id"], name)
    if [each["text"] for each in found] != [value]:
        raise StepFailed(f"it is {[each['text'] for each in found]}")

