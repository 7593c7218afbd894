"""For tests with a PostgreSQL server: a schema of one's own, and the program."""
import os
import subprocess

from postgres import understood
from program import PROGRAM, fail

_made = 0


def psql(url: str, sql: str) -> str:
    done = subprocess.run(["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", understood(url), "-c", sql],
                          capture_output=True, text=True)
    if done.returncode != 0:
        fail(f"psql: {sql[:100]}: {done.stderr}")
    return done.stdout


class Schema:
    """A new schema of a server, dropped at the end."""

    def __init__(self, server: str) -> None:
        global _made
        _made += 1
        self.server, self.name = server, f"test_{os.getpid()}_{_made}"
        sign = "&" if "?" in server else "?"
        self.url = f"{server}{sign}options=-csearch_path%3D{self.name}"

    def __enter__(self) -> "Schema":
        psql(self.server, f"CREATE SCHEMA {self.name}")
        return self

    def __exit__(self, *_: object) -> None:
        psql(self.server, f"DROP SCHEMA {self.name} CASCADE")


def puntual(*arguments: str, code: int = 0) -> str:
    """What the program prints; of a refusal (`code` 1) also what it says."""
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)
    if done.returncode != code:
        fail(f"puntual {' '.join(arguments)}: exit code {done.returncode}, not {code}:\n{done.stdout}"
             f"{done.stderr}")
    return done.stdout + (done.stderr if code else "")
