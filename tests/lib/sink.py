"""Postfix's smtp-sink on a free loopback port, keeping every message in a file of its own.

A file begins with lines that smtp-sink writes (X-Client-Addr … X-Rcpt-Args, Received), then the
message as it came, dots unstuffed, CRLF become LF, and an empty line. A transaction that breaks off
leaves no file."""
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time

from places import memory_folder

SMTP_SINK = shutil.which("smtp-sink", path=os.environ.get("PATH", "") + ":/usr/sbin")
HEAD = re.compile(rb"X-Client-Addr: .*?^\tby smtp-sink [^\n]*\n\t[^\n]*\n", re.S | re.M)
RECIPIENT = re.compile(rb"^X-Rcpt-Args: <([^>]*)>", re.M)
SENDER = re.compile(rb"^X-Mail-Args: <([^>]*)>", re.M)
MESSAGE_ID = re.compile(rb"^Message-ID: <([^>\r\n]+)>\r?$", re.M | re.I)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port: int, process: subprocess.Popen | None = None) -> bool:
    for _ in range(1200):
        if process is not None and process.poll() is not None:
            return False
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


def message_id(content: bytes) -> str:
    head = content.partition(b"\n\n")[0].partition(b"\r\n\r\n")[0]
    found = MESSAGE_ID.search(head)
    return found.group(1).decode() if found else ""


class Unfinished(ValueError):
    """It is being written, or never was to its end."""


class Received:
    """One message as the sink took it."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            text = file.read()
        head = HEAD.match(text)
        if head is None or not text.endswith(b"\n\n"):
            raise Unfinished(f"{path} is not, or not yet, what smtp-sink writes")
        self.recipients = [a.decode() for a in RECIPIENT.findall(head.group())]
        self.sender = SENDER.search(head.group()).group(1).decode()
        self.content = text[head.end():-1]
        self.message_id = message_id(self.content)


class Sink:
    """A running smtp-sink; `new` gives what came since it was asked last."""

    def __init__(self, *options: str) -> None:
        self.folder = tempfile.mkdtemp(prefix="puntual-sink-", dir=memory_folder())
        self.port = free_port()
        user = pwd.getpwuid(os.geteuid()).pw_name
        if user == "root":  # it insists on another one
            user = "nobody"
            os.chmod(self.folder, 0o777)
        self.process = subprocess.Popen(
            [SMTP_SINK, "-u", user, *options, "-d", os.path.join(self.folder, "m."),
             f"127.0.0.1:{self.port}", "1000"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        if not wait_for_port(self.port, self.process):
            self.stop()
            raise RuntimeError("smtp-sink does not listen")

    def new(self) -> list[Received]:
        """What is still being written comes the next time."""
        found = []
        for name in sorted(os.listdir(self.folder)):
            path = os.path.join(self.folder, name)
            try:
                found.append(Received(path))
            except Unfinished:
                continue
            os.unlink(path)
        return found

    def settle(self) -> None:
        """Waits until smtp-sink has closed every connection: what was broken off is gone then."""
        established, close_wait = "01", "08"
        for _ in range(600):
            with open("/proc/net/tcp", encoding="ascii") as file:
                rows = [line.split() for line in file.readlines()[1:]]
            if not any(int(row[1].split(":")[1], 16) == self.port
                       and row[3] in (established, close_wait) for row in rows):
                return
            time.sleep(0.02)
        raise RuntimeError("smtp-sink does not end its connections")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Sink":
        return self

    def __exit__(self, *_unused) -> None:
        self.stop()
