"""A `puntual serve` that runs, for tests that ask it."""
import http.client
import json
import signal
import socket
import subprocess
import time
import urllib.parse

from places import PROGRAM


class Server:
    """A server on a database, in a folder of its own."""

    def __init__(self, folder: str, db: str, *arguments: str, **options) -> None:
        self.folder, self.db = folder, db
        self.log = open(f"{folder}/serve.log", "ab")
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--db", db, "--json", "--listen", "127.0.0.1:0", *arguments],
            cwd=folder, stdout=subprocess.PIPE, stderr=self.log, **options)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"serve did not start: {open(f'{folder}/serve.log').read()[-2000:]}")
        self.told = json.loads(line)
        self.port = int(self.told["listen"].rsplit(":", 1)[1])

    def connect(self, timeout: float = 20) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def ask(self, path: str, method: str = "GET", body=None, headers=None):
        connection = self.connect()
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def raw(self, text: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as peer:
            told = b""
            try:
                peer.sendall(text)
                peer.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # it had seen enough
            while True:
                try:
                    piece = peer.recv(65536)
                except OSError:
                    return told
                if not piece:
                    return told
                told += piece

    def end(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)

    def said(self) -> list:
        self.log.flush()
        with open(f"{self.folder}/serve.log", encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.startswith("{")]


def puntual(folder: str, db: str, *arguments: str, code: int = 0) -> str:
    done = subprocess.run([PROGRAM, *arguments, "--db", db], cwd=folder, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    if done.returncode != code:
        raise SystemExit(f"puntual {' '.join(arguments)}: exit {done.returncode}\n{done.stderr}")
    return done.stdout if code == 0 else done.stderr


def wait_for(what, seconds: float = 90):
    """What `what` gives at last; the time is for a machine that has much else to do."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        got = what()
        if got:
            return got
        time.sleep(0.02)
    return what()


def take_key(server: Server, *scopes: str) -> str:
    """The first owner comes in by the link, and makes a key."""
    link = "/enter/" + server.told["first_owner"].rsplit("/", 1)[1]
    form = {"name": "Ana", "email": "ana@example.com", "password": "caballo grapa correcto"}
    connection = server.connect()
    connection.request("POST", link, urllib.parse.urlencode(form),
                       {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    cookie = answer.getheader("Set-Cookie").split(";")[0]
    session = json.loads(server.ask("/v1/session", headers={"Cookie": cookie})[1])
    status, text = server.ask("/v1/api-keys", "POST",
                              json.dumps({"name": "prueba", "scopes": scopes}),
                              {"Cookie": cookie, "Content-Type": "application/json",
                               "X-CSRF-Token": session["csrf"]})
    if status != 201:
        raise SystemExit(f"no key: {status} {text}")
    return json.loads(text)["key"]
