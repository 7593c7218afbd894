"""The program under test: one database in a folder of its own, spoken to by its command line.

What the command line does not tell is read from the database, read-only. The one thing written
there is the clock, by "the machine is off until …": a sandbox lives through every moment, and only
so can one find out what happens to a machine that did not.
"""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../lib"))
import postgres  # noqa: E402
from kit.script import StepFailed

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
NEVER = 2**63 - 1


def public_id(prefix, number):
    text = "".join(LETTERS[number >> shift & 31] for shift in range(60, -1, -5))
    return f"{prefix}_{text}"


def find_runs(p, case, strategy):
    """The runs of a debtor's account, or of an invoice, as `case show` tells them."""
    is_invoice = p.rows("SELECT 1 FROM invoice WHERE external_id = ?", case)
    runs = p.do("case", "show", case)["runs"]
    of_invoice = {public_id("run", row["id"]): bool(row["invoice_id"])
                  for row in p.rows("SELECT id, invoice_id FROM run")}
    return [run for run in runs
            if of_invoice[run["id"]] == bool(is_invoice) and strategy in (None, run["strategy"])]


class File:
    """A database that is a file of the folder."""

    def __init__(self, folder):
        self.url = os.path.join(folder, "puntual.db")

    def rows(self, sql, values):
        connection = sqlite3.connect(f"file:{self.url}?mode=ro", uri=True)
        connection.row_factory = sqlite3.Row
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def change(self, sql):
        connection = sqlite3.connect(self.url)
        with connection:
            connection.execute(sql)
        connection.close()

    def close(self):
        pass  # the folder goes with it


class Server:
    """A schema of its own in a PostgreSQL database."""

    def __init__(self, url, folder):
        self.base = url
        self.schema = os.path.basename(folder).replace("-", "_").lower()
        self.url = postgres.in_schema(url, self.schema)
        self.execute(self.base, f"CREATE SCHEMA {self.schema}")

    @staticmethod
    def execute(url, sql, values=()):
        try:
            with postgres.Connection(url) as connection:
                return connection.execute(sql, values)
        except postgres.Error as error:
            raise StepFailed(str(error)) from None

    def rows(self, sql, values):
        return self.execute(self.url, sql, values)

    def change(self, sql):
        self.execute(self.url, sql)

    def close(self):
        self.execute(self.base, f"DROP SCHEMA {self.schema} CASCADE")


class Pooled(Server):
    """A database of its own behind a pooler, which lets nobody name a schema."""

    def __init__(self, url, direct, folder):
        self.base = direct
        self.schema = os.path.basename(folder).replace("-", "_").lower()
        self.url = url.replace("///postgres?", f"///{self.schema}?")
        self.execute(self.base, f"CREATE DATABASE {self.schema}")

    def rows(self, sql, values):
        return self.execute(postgres.without_pooler(self.url), sql, values)

    def change(self, sql):
        self.execute(postgres.without_pooler(self.url), sql)

    def close(self):
        self.execute(self.base, f"DROP DATABASE {self.schema} WITH (FORCE)")


class Beginnings:
    """What the first commands of scenarios made: those that begin alike begin with a copy of it."""

    def __init__(self):
        self.folder = None  # given by whoever started the processes, and removed by them
        self.made = {}  # commands → (file, what the last one printed)

    def settle(self, folder):
        self.folder = folder

    def keep(self, commands, path, printed):
        file = os.path.join(self.folder, f"{os.getpid()}-{len(self.made)}.db")
        shutil.copyfile(path, file)
        self.made[commands] = (file, printed)


BEGINNINGS = Beginnings()


def memory_folder():
    """Where files are only memory; None where the machine has no such folder."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def store_of(server, folder):
    if server is None:
        return File(folder)
    if "pooler=1" in server:
        return Pooled(server, os.environ["PEER_URL"], folder)
    return Server(server, folder)


class Program:
    def __init__(self, path, folder, server=None):
        self.path = path
        self.folder = folder
        self.work_folder = folder  # where its programs start
        self.store = store_of(server, folder)
        self.db = self.store.url
        self.zone = "Europe/Madrid"
        self.calls = 0
        self.begun = ()  # its commands, while all of them were given to begin(); then None
        self.files = 0
        self.env = dict(os.environ)
        # what a scenario keeps in mind
        self.seen = {}  # kind of list → highest id shown by the last look at it
        self.names = {}  # "P1" → pay_…
        self.last = {}  # "payment", "promise", … → id; "import" → its report
        self.memory = {}  # "books" → what they were

    # ── the command line ──

    def call(self, *arguments):
        """Exit code, standard output, standard error."""
        command = [self.path, *[str(each) for each in arguments], "--json"]
        command += ["--db", self.db]
        self.calls += 1
        self.begun = None
        done = subprocess.run(command, cwd=self.work_folder, capture_output=True, text=True, timeout=120,
                              env=self.env)
        if done.returncode not in (0, 1, 2) or "Sanitizer" in done.stderr:
            raise StepFailed(f"puntual ended with {done.returncode}\n"
                             f"{' '.join(command)}\n{done.stderr[-4000:]}")
        return done.returncode, done.stdout, done.stderr

    def begin(self, *arguments):
        """do(), for a command with which many scenarios begin: on a file it is run once, and what
        it made is copied for the others."""
        if self.begun is None or not isinstance(self.store, File):
            return self.do(*arguments)
        commands = (*self.begun, tuple(str(each) for each in (self.path, *arguments)))
        if commands in BEGINNINGS.made:
            file, printed = BEGINNINGS.made[commands]
            shutil.copyfile(file, self.db)
        else:
            printed = json.dumps(self.do(*arguments))
            BEGINNINGS.keep(commands, self.db, printed)
        self.begun = commands
        return json.loads(printed)

    def do(self, *arguments):
        """The JSON document of a command that must succeed."""
        code, out, err = self.call(*arguments)
        if code != 0:
            raise Refused(" ".join(str(each) for each in arguments), err.strip() or out.strip(), out)
        try:
            return json.loads(out)
        except ValueError as error:
            raise StepFailed(f"puntual {' '.join(map(str, arguments))} printed no JSON: {error}\n"
                             f"{out[:500]}") from None

    def write_file(self, suffix, text):
        self.files += 1
        path = os.path.join(self.folder, f"file-{self.files}.{suffix}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    # ── the database ──

    def rows(self, sql, *values):
        return self.store.rows(sql, values)

    def row(self, what, sql, *values):
        """The only row; `what` says what it is, for the failure."""
        rows = self.rows(sql, *values)
        if len(rows) != 1:
            raise StepFailed(f"there are {len(rows)} of {what}, not one")
        return rows[0]

    def set_clock(self, moment):
        self.store.change(f"UPDATE organization SET clock = {int(moment)}")

    def now(self):
        return self.row("the organization", "SELECT clock FROM organization")["clock"]

    def debtor(self, key):
        return self.row(f"debtor {key}", "SELECT * FROM debtor WHERE external_id = ?", key)

    def invoice(self, number):
        return self.row(f"invoice {number}", "SELECT * FROM invoice WHERE external_id = ?", number)

    # ── time ──

    def moment(self, text, zone=None):
        """Microseconds of a local "2026-03-02" or "2026-03-02 10:00"."""
        text = text.replace("T", " ")
        form = "%Y-%m-%d %H:%M" if ":" in text else "%Y-%m-%d"
        local = datetime.strptime(text, form).replace(tzinfo=ZoneInfo(zone or self.zone))
        return int(local.timestamp() * 1000000)

    def local(self, moment, zone=None):
        """"2026-03-02 10:00" of microseconds; "never" for the end of time."""
        if moment == NEVER or moment is None:
            return "never"
        at = datetime.fromtimestamp(moment / 1000000, timezone.utc)
        return at.astimezone(ZoneInfo(zone or self.zone)).strftime("%Y-%m-%d %H:%M")


class Refused(StepFailed):
    """A command that refused, with its sentence."""

    def __init__(self, command, sentence, out):
        super().__init__(f"puntual {command}\nwas refused: {sentence}")
        self.sentence = sentence
        self.out = out


def day(number):
    """The date of a day counted from 1970."""
    return "never" if number is None else datetime.fromtimestamp(
        number * 86400, timezone.utc).strftime("%Y-%m-%d")


def amount(minor, scale=100):
    digits = len(str(scale)) - 1
    sign = "-" if minor < 0 else ""
    whole, part = divmod(abs(minor), scale)
    return f"{sign}{whole}.{part:0{digits}}" if digits else f"{sign}{whole}"
