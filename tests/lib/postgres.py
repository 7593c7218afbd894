"""PostgreSQL from tests: connections by the system's libpq, so that no version of Python needs a
module for it, and a private server that may be stopped and restarted.

A connection is used as one of sqlite3 is: `execute` with `?` for each value, rows by name or
number, bytes as bytes."""
import ctypes
import os
import re
import subprocess
import tempfile

from places import ROOT, memory_folder

PEER = os.path.join(ROOT, "tests/peers/postgres.sh")
BOOL, BYTEA, NUMBERS = 16, 17, (20, 21, 23, 1700)  # of pg_type.dat
CONNECTION_OK, DONE, ROWS = 0, 1, 2

_libpq = None


def libpq() -> ctypes.CDLL:
    global _libpq
    if _libpq is None:
        _libpq = ctypes.CDLL("libpq.so.5")
        for name in ("PQconnectdb", "PQexecParams", "PQgetvalue"):
            getattr(_libpq, name).restype = ctypes.c_void_p
        for name in ("PQerrorMessage", "PQresultErrorMessage", "PQfname"):
            getattr(_libpq, name).restype = ctypes.c_char_p
    return _libpq


def understood(url: str) -> str:
    """The URL without what is our program's alone, as libpq and psql want it."""
    return re.sub(r"(?<=[?&])partitions=\w*&?", "", url).rstrip("?&")


class Error(Exception):
    """What libpq or the server said."""


class Row(tuple):
    """Values by number or, in a class of each result, by name."""
    places: dict[str, int] = {}

    def __getitem__(self, key):
        return tuple.__getitem__(self, self.places[key] if isinstance(key, str) else key)

    def keys(self):
        return list(self.places)


def decoded(value: bytes, kind: int):
    if kind in NUMBERS:
        return int(value) if b"." not in value else float(value)
    if kind == BYTEA:
        return bytes.fromhex(value[2:].decode())
    return value == b"t" if kind == BOOL else value.decode()


class Rows(list):
    """What a statement gave."""

    def fetchone(self):
        return self.pop(0) if self else None

    def fetchall(self) -> list:
        return self


class Connection:
    def __init__(self, url: str, name: str = "test") -> None:
        url = understood(url)
        joint = "&" if "?" in url else "?"
        self.conn = ctypes.c_void_p(libpq().PQconnectdb(
            f"{url}{joint}application_name={name}".encode()))
        if libpq().PQstatus(self.conn) != CONNECTION_OK:
            sentence = libpq().PQerrorMessage(self.conn).decode().strip()
            self.close()
            raise Error(sentence)
        self.execute("SET client_min_messages = warning")

    def close(self) -> None:
        if self.conn is not None:
            libpq().PQfinish(self.conn)
            self.conn = None

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_unused) -> None:
        self.close()

    def execute(self, sql: str, values=()) -> Rows:
        for number in range(1, len(values) + 1):
            sql = sql.replace("?", f"${number}", 1)
        texts = (ctypes.c_char_p * len(values))(
            *[None if each is None else str(each).encode() for each in values])
        result = ctypes.c_void_p(libpq().PQexecParams(
            self.conn, sql.encode(), len(values), None, texts, None, None, 0))
        try:
            if libpq().PQresultStatus(result) not in (DONE, ROWS):
                raise Error(f"{sql}\n{libpq().PQresultErrorMessage(result).decode().strip()}")
            return self._rows(result)
        finally:
            libpq().PQclear(result)

    @staticmethod
    def _rows(result: ctypes.c_void_p) -> Rows:
        pq, width = libpq(), libpq().PQnfields(result)
        kinds = [pq.PQftype(result, column) for column in range(width)]
        made = type("Row", (Row,), {"places": {
            pq.PQfname(result, column).decode(): column for column in range(width)}})

        def value(row: int, column: int):
            if pq.PQgetisnull(result, row, column):
                return None
            return decoded(ctypes.string_at(pq.PQgetvalue(result, row, column),
                                            pq.PQgetlength(result, row, column)), kinds[column])
        return Rows(made(value(row, column) for column in range(width))
                    for row in range(pq.PQntuples(result)))


def in_schema(url: str, schema: str) -> str:
    """The URL of a schema of a server's database."""
    return f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{schema}"


def without_pooler(url: str) -> str:
    """As libpq takes it."""
    return url.replace("&pooler=1", "")


class Server:
    """A server of the test's own."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="puntual-postgres-", dir=memory_folder())
        self.url = self._peer("start", self.folder).strip()

    @staticmethod
    def available() -> bool:
        return subprocess.run([PEER, "find"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode == 0

    @staticmethod
    def _peer(*args: str) -> str:
        done = subprocess.run([PEER, *args], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Error(f"{PEER} {' '.join(args)}: {done.stderr}")
        return done.stdout

    def restart(self, mode: str) -> None:
        """`immediate` is what a power cut leaves; `fast` ends every session."""
        self._peer("restart", self.folder, mode)

    def database(self, name: str) -> str:
        """The URL of another database of it."""
        return self.url.replace("///postgres?", f"///{name}?")

    def connect(self, name: str = "postgres") -> Connection:
        return Connection(self.database(name))

    def stop(self) -> None:
        self._peer("stop", self.folder)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_unused) -> None:
        self.stop()
