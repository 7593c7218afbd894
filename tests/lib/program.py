"""Running the program from tests, and looking into its database without it."""
import json
import os
import sqlite3
import subprocess
import sys

import postgres
from content import JOIN
from places import CORPORA, PROGRAM, ROOT, scratch  # noqa: F401 (for whoever runs the program)

SKIPPED = 77
SECOND = 1_000_000

# The enums of src/core/fact.h, in their order.
QUEUED, SENDING, SENT, DELIVERED, BOUNCED, FAILED, SKIPPED_MESSAGE, HELD, UNCERTAIN = range(9)
DEMAND, SERVICE, LEGAL = range(3)
CLOSED_PAID = 1

# Carriers with what was sent; select PACKED of them.
CARRIERS = f"FROM carrier c {JOIN}"


def fail(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    sys.exit(1)


def skip(sentence: str) -> None:
    print(sentence)
    sys.exit(SKIPPED)


class Checks:
    """Counts what was asserted; collects what did not hold, and says so at the end."""

    def __init__(self) -> None:
        self.done = 0
        self.wrong: list[str] = []

    def that(self, holds: object, sentence: str) -> None:
        self.done += 1
        if not holds:
            self.wrong.append(sentence)

    def same(self, got: object, expected: object, what: str) -> None:
        self.that(got == expected, f"{what}: {got!r} instead of {expected!r}")

    def same_set(self, got, expected, what: str) -> None:
        missing, extra = sorted(set(expected) - set(got)), sorted(set(got) - set(expected))
        self.that(not missing and not extra, f"{what}: {len(missing)} are missing, like"
                  f" {missing[:2]!r}, and {len(extra)} more than expected, like {extra[:2]!r}")

    def finish(self) -> None:
        for sentence in self.wrong[:20]:
            print(f"WRONG: {sentence[:500]}", file=sys.stderr)
        if self.wrong:
            fail(f"{len(self.wrong)} of {self.done} assertions do not hold")
        print(f"{self.done} assertions hold")


def said(done: subprocess.CompletedProcess) -> str:
    return done.stdout[-2000:] + done.stderr[-2000:]


class Program:
    """The program on one database, a file or `postgresql://…`."""

    def __init__(self, db: str) -> None:
        self.db = db
        self.starts = 0

    def start(self, *args: str, db: str | None = None, name: str = "puntual",
              **options) -> subprocess.Popen:
        """`name` is what a server calls the process's session; `db` another way to the database."""
        self.starts += 1
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([PROGRAM, *args, "--db", db or self.db],
                                env={**os.environ, "PGAPPNAME": name}, **{**pipes, **options})

    def tried(self, *args: str, **options) -> subprocess.CompletedProcess:
        process = self.start(*args, **options)
        out, err = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def run(self, *args: str) -> str:
        done = self.tried(*args)
        if done.returncode != 0:
            fail(f"puntual {' '.join(args)}: exit {done.returncode}\n{said(done)}")
        return done.stdout

    def json(self, *args: str) -> dict:
        return json.loads(self.run(*args, "--json"))

    def look(self) -> sqlite3.Connection | postgres.Connection:
        """The database, to be read."""
        if self.db.startswith("postgresql:"):
            return postgres.Connection(self.db, "look")
        db = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
        db.row_factory = sqlite3.Row
        return db


def id_text(prefix: str, number: int) -> str:
    """An id as the program prints it: prefix and 13 letters of Crockford's base 32."""
    letters = "0123456789abcdefghjkmnpqrstvwxyz"
    text = "".join(letters[number >> shift & 31] for shift in range(60, -1, -5))
    return f"{prefix}_{text}"


def id_number(text: str) -> int:
    number = 0
    for letter in text.split("_", 1)[1]:
        number = number << 5 | "0123456789abcdefghjkmnpqrstvwxyz".index(letter)
    return number


def check_books(db, checks: Checks) -> None:
    """What is kept of a sum agrees with what it is the sum of."""
    for row in db.execute(
            "SELECT external_id, open_minor, claimable_minor, closed, disputed_minor,"
            " promised_minor + planned_minor + in_flight_minor AS kept,"
            " (SELECT coalesce(sum(amount_minor), 0) FROM ledger l"
            "  WHERE l.debtor_id = i.debtor_id AND l.invoice_id = i.id) AS balance FROM invoice i"):
        number = row["external_id"]
        checks.same(row["open_minor"], row["balance"], f"invoice {number}: open against ledger")
        checks.that(row["claimable_minor"] <= max(0, row["balance"] - row["disputed_minor"]
                                                  - row["kept"]),
                    f"invoice {number}: claimable is more than open less what is kept apart")
        checks.same(row["closed"] == 0, row["balance"] != 0, f"invoice {number}: still open")
    for row in db.execute(
            "SELECT a.id, a.open_minor, a.open_items, coalesce(sum(i.open_minor), 0) AS sum,"
            " count(i.id) AS items FROM account a LEFT JOIN invoice i ON i.debtor_id = a.debtor_id"
            " AND i.account_id = a.id AND i.closed = 0"
            " GROUP BY a.debtor_id, a.id"):
        checks.same((row["open_minor"], row["open_items"]), (row["sum"], row["items"]),
                    f"account {row['id']}: open amount and items")
    for row in db.execute(
            "SELECT p.id, p.amount_minor, p.unapplied_minor, p.reversed_at,"
            " (SELECT coalesce(sum(amount_minor), 0) FROM ledger l"
            "  WHERE l.debtor_id = p.debtor_id AND l.payment_id = p.id) AS applied FROM payment p"):
        if row["reversed_at"] is None:
            checks.same(row["amount_minor"], row["unapplied_minor"] - row["applied"],
                        f"payment {row['id']}: applied and unapplied")


def check_audit(program: Program, checks: Checks, *args: str) -> None:
    """The program's own audit must agree."""
    done = program.tried("audit", *args)
    checks.that(done.returncode == 0,
                f"puntual audit: exit {done.returncode}: {said(done)}")
