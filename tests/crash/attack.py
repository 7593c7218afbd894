"""One process on the database, hit at random moments: what it left, and what it was about."""
import collections
import datetime
import random
import signal
import subprocess
import time
from zoneinfo import ZoneInfo

from content import PACKED, with_content
from program import CARRIERS, QUEUED, SENDING, Checks, fail
from sink import message_id

KILL = "kill"
PATIENCE_S = 60  # nothing a process does here takes longer


class Trace:
    """What stands in the database at a moment."""

    def __init__(self, program, day_begins: int, expected: int) -> None:
        db = program.look()
        self.clock, zone = db.execute("SELECT clock, zone FROM organization").fetchone()
        self.local = datetime.datetime.fromtimestamp(self.clock / 1e6, ZoneInfo(zone)).strftime(
            "%Y-%m-%dT%H:%M")
        self.expected = expected
        self.written, = db.execute("SELECT count(*) FROM message WHERE id > ?",
                                   (day_begins,)).fetchone()
        self.states = sorted(tuple(row) for row in db.execute(
            "SELECT state, count(*) FROM message WHERE id > ? GROUP BY state", (day_begins,)))
        self.carriers = tuple(db.execute("SELECT count(*), max(id) FROM carrier").fetchone())
        self.on_their_way = []
        for row in db.execute(f"SELECT c.address, {PACKED} {CARRIERS} WHERE c.state = {SENDING}"):
            content = with_content(row)["content"]
            self.on_their_way.append((content and message_id(content), row["address"]))
        db.close()

    def same_as(self, other: "Trace") -> bool:
        return (self.clock, self.written, self.states, self.carriers) == (
            other.clock, other.written, other.states, other.carriers)

    def hits(self, received: set) -> list[str]:
        """In the middle of what it was hit."""
        found = []
        left = [key for key in self.on_their_way if key[0] is not None]
        if self.written < self.expected:
            found.append("step")
        elif not self.on_their_way and dict(self.states).get(QUEUED):
            found.append("claim")
        if len(left) < len(self.on_their_way):
            found.append("render")
        if any(key not in received for key in left):
            found.append("sending")
        if any(key in received for key in left):
            found.append("recording")
        return found


class Attacker:
    """Starts a command and hits it after a random part of the time it usually takes."""

    def __init__(self, database, dice: random.Random, checks: Checks) -> None:
        self.database, self.program, self.dice = database, database.program, dice
        self.checks = checks
        self.usual = self.step = 0.0
        self.manners: collections.Counter = collections.Counter()

    def measure(self, clock: int, since: int, *args: str) -> None:
        """How long the command takes, and the step within it."""
        began = time.monotonic()
        process = self.program.start(*args)
        self.wait_for_clock(process, clock)
        moved = time.monotonic()
        db = self.program.look()
        written = -1
        while process.poll() is None and written != (written := db.execute(
                "SELECT count(*) FROM message WHERE id > ?", (since,)).fetchone()[0]) or not written:
            time.sleep(0.002)
        self.step = time.monotonic() - moved
        db.close()
        out, err = process.communicate()
        if process.returncode != 0:
            fail(f"puntual {' '.join(args)}: exit {process.returncode}\n{out}{err}")
        self.usual = time.monotonic() - began

    def wait_for_clock(self, process: subprocess.Popen, clock: int) -> None:
        """Until the command has moved the sandbox's clock: the step begins."""
        db = self.program.look()
        while process.poll() is None and db.execute(
                "SELECT clock FROM organization").fetchone()[0] == clock:
            time.sleep(0.0005)
        db.close()

    def choose(self) -> str:
        outages = self.database.outages
        return self.dice.choice(outages) if outages and self.dice.random() < 0.5 else KILL

    def hit(self, clock: int, *args: str) -> tuple[bool, float, str]:
        """Whether it was hit before it had finished, when, and how. `clock` is where the sandbox
        stands, or 0 where the command has nothing to move."""
        manner = self.choose()
        way = {"db": self.database.cutter.url} if manner.startswith("cut") else {}
        process = self.program.start(*args, name="victim", **way)
        if clock and self.dice.random() < 0.4:  # the step is short: aim at it
            self.wait_for_clock(process, clock)
            after = self.step * 1.5 * self.dice.random()
        else:
            after = self.usual * self.dice.random()
        try:
            out, err = process.communicate(timeout=after)
            hit = False
        except subprocess.TimeoutExpired:
            if manner == KILL:
                process.send_signal(signal.SIGKILL)
            else:
                self.database.harm(manner, "victim", self.dice)
            out, err = process.communicate(timeout=PATIENCE_S)
            hit = process.returncode != 0
        if way:
            self.database.cutter.disarm()
        self.judge(process.returncode, manner if hit else "", out, err, args)
        if not hit:
            self.usual *= 0.9  # the machine is faster than we thought
        self.database.ended("victim")
        self.manners[manner] += hit
        return hit, after, manner

    def judge(self, code: int, manner: str, out: str, err: str, args: tuple) -> None:
        """A process that lost its database says so, once."""
        if not manner and code == 0 or manner == KILL and code == -signal.SIGKILL:
            return
        what = f"puntual {' '.join(args)} after {manner or 'nothing'}"
        if not manner or code != 1:
            fail(f"{what}: exit {code}\n{out}{err}")
        lines = err.strip().splitlines()
        said = [line for line in lines if not line.startswith("{")]
        self.checks.that(any("atabase" in line for line in said),
                         f"{what}: does not speak of the database: {err}")
        self.checks.that(len(lines) - len(said) <= 1 and len(said) <= 3, f"{what}: says much: {err}")
