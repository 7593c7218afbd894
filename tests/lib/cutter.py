"""A way to a PostgreSQL server that breaks where a test says: a socket in a folder of its own, whose
sessions are handed on to the server's until one is cut.

Cuts at the next message of a kind (`COMMIT` or any):
  before  it does not reach the server
  half    half of its bytes reach the server
  sent    it reaches the server, and nobody waits for the answer
  after   the server has done it, and its answer is lost
Session and client see their connections closed. Afterwards sessions pass as before."""
import asyncio
import os
import shutil
import socket
import struct
import tempfile
import threading

from places import memory_folder

MANNERS = ("before", "half", "sent", "after")
STARTS = (80877103, 80877104)  # wants TLS, wants GSS: they are answered by one byte


class Cutter:
    def __init__(self, url: str, folder: str) -> None:
        self.target = os.path.join(folder, ".s.PGSQL.5432")
        self.folder = tempfile.mkdtemp(prefix="puntual-cutter-", dir=memory_folder())
        os.chmod(self.folder, 0o755)
        self.server_folder = folder
        self.url = self.reach(url)
        self.lock = threading.Lock()
        self.countdown, self.manner, self.commits_only = -1, "", True
        self.alone = self.closed = False
        self.cuts = self.seen = self.commits = 0
        self.sessions: set = set()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._live, daemon=True)
        ready = threading.Event()
        self.loop.call_soon(lambda: self.loop.create_task(self._listen(ready)))
        self.thread.start()
        ready.wait()

    # ── what a test says ──

    def reach(self, url: str) -> str:
        """The same database by this way."""
        return url.replace(self.server_folder, self.folder)

    def arm(self, manner: str, after: int = 0, commits_only: bool = True,
            alone: bool = False) -> None:
        """Cuts at a message, or COMMIT, once so many have passed; `alone`: nobody gets through
        after the cut until it is disarmed."""
        with self.lock:
            self.countdown, self.manner, self.commits_only = after, manner, commits_only
            self.alone, self.closed = alone, False

    def disarm(self) -> bool:
        """False when it has cut."""
        with self.lock:
            was, self.countdown, self.closed = self.countdown >= 0, -1, False
        return was

    def count(self) -> tuple[int, int]:
        """Messages and COMMITs that have passed since it was asked last."""
        with self.lock:
            passed = self.seen, self.commits
            self.seen = self.commits = 0
        return passed

    def cut_all(self) -> None:
        """Every session, now."""
        self.loop.call_soon_threadsafe(self._cut_all)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self.loop)
        self.thread.join()
        self.loop.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Cutter":
        return self

    def __exit__(self, *_unused) -> None:
        self.stop()

    # ── its own thread ──

    def _live(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    async def _listen(self, ready: threading.Event) -> None:
        await asyncio.start_unix_server(self._session, os.path.join(self.folder, ".s.PGSQL.5432"))
        ready.set()

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        self.loop.stop()

    def _cut_all(self) -> None:
        for session in list(self.sessions):
            session.close()

    def _due(self, is_commit: bool) -> str | None:
        """How to cut at this message, if at all."""
        with self.lock:
            self.seen += 1
            self.commits += is_commit
            if self.countdown < 0 or (self.commits_only and not is_commit):
                return None
            self.countdown -= 1
            if self.countdown >= 0:
                return None
            self.cuts += 1
            self.closed = self.alone
            return self.manner

    async def _session(self, reader, writer) -> None:
        if self.closed:
            writer.close()
            return
        try:
            server_reader, server_writer = await asyncio.open_unix_connection(self.target)
        except OSError:  # it is being restarted
            writer.close()
            return
        session = _Session(self, reader, writer, server_reader, server_writer)
        self.sessions.add(session)
        try:
            await session.live()
        finally:
            self.sessions.discard(session)


class _Session:
    def __init__(self, cutter: Cutter, reader, writer, server_reader, server_writer) -> None:
        self.cutter = cutter
        self.client, self.to_client = reader, writer
        self.server, self.to_server = server_reader, server_writer
        self.commits: set[bytes] = set()  # names of prepared statements that commit
        self.swallow = False

    def close(self) -> None:
        """As a network does that breaks: what was under way is gone."""
        for writer in (self.to_client, self.to_server):
            writer.transport.abort()

    async def live(self) -> None:
        back = asyncio.ensure_future(self.answers())
        try:
            await self.requests()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self.to_server.close()
            await back
            self.to_client.close()

    async def answers(self) -> None:
        try:
            while data := await self.server.read(65536):
                if self.swallow:  # the server has done it
                    self.close()
                    return
                self.to_client.write(data)
                await self.to_client.drain()
        except OSError:
            pass
        self.to_client.close()

    async def requests(self) -> None:
        while True:  # the first message has no letter
            head = await self.client.readexactly(8)
            size, code = struct.unpack("!II", head)
            self.to_server.write(head + await self.client.readexactly(size - 8))
            if code not in STARTS:
                break
        while True:
            head = await self.client.readexactly(5)
            body = await self.client.readexactly(struct.unpack("!I", head[1:])[0] - 4)
            manner = self.cutter._due(self.commits_by(head[:1], body))
            if manner is None:
                self.to_server.write(head + body)
                await self.to_server.drain()
            elif await self.cut(manner, head + body):
                return

    def commits_by(self, letter: bytes, body: bytes) -> bool:
        """Does this message end a transaction?"""
        if letter == b"Q":
            return b"COMMIT" in body
        name = body.split(b"\0")[0 if letter == b"P" else 1] if letter in b"PB" else b""
        if letter == b"P" and b"COMMIT" in body:
            self.commits.add(name)
        return letter == b"B" and name in self.commits

    async def cut(self, manner: str, message: bytes) -> bool:
        if manner == "after":
            self.swallow = True
            self.to_server.write(message)
            return False
        if manner == "half":
            self.to_server.write(message[:len(message) // 2])
            await self.to_server.drain()
        elif manner == "sent":
            self.to_server.write(message)
            await self.to_server.drain()
        # aborting would take back from the server what was just written
        sock = self.to_server.get_extra_info("socket")
        sock.shutdown(socket.SHUT_WR)
        self.to_client.transport.abort()
        return True
