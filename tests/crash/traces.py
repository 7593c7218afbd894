"""What stands in the database when a process is hit: what it was about, and how long that takes."""
import datetime
import subprocess
import time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from content import PACKED, with_content
from program import CARRIERS, QUEUED, SENDING, Program, fail
from sink import message_id


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
        self.due, = db.execute(f"SELECT count(*) FROM message WHERE state = {QUEUED} AND"
                               " not_before <= ?", (self.clock,)).fetchone()
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
        elif not self.on_their_way and self.due:
            found.append("claim")
        if len(left) < len(self.on_their_way):
            found.append("render")
        if any(key not in received for key in left):
            found.append("sending")
        if any(key in received for key in left):
            found.append("recording")
        return found


class Blow(NamedTuple):
    manner: str
    after: float  # seconds
    trace: Trace | None  # None where nothing was under way


class Pace:
    """How long a day takes, and the step within it, so that hits can be aimed."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.usual = self.step = 0.0

    def measure(self, clock: int, since: int, process: subprocess.Popen) -> None:
        began = time.monotonic()
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
            fail(f"{process.args}: exit {process.returncode}\n{out}{err}")
        self.usual = time.monotonic() - began

    def wait_for_clock(self, process: subprocess.Popen, clock: int) -> None:
        """Until the command has moved the sandbox's clock: the step begins."""
        db = self.program.look()
        while process.poll() is None and db.execute(
                "SELECT clock FROM organization").fetchone()[0] == clock:
            time.sleep(0.0005)
        db.close()

    def draw(self, process: subprocess.Popen, clock: int, dice) -> float:
        """A moment of the day, in seconds from now. The step is short: often it is aimed at.
        `clock` is where the sandbox stands, or 0 where nothing will move it."""
        if clock and dice.random() < 0.4:
            self.wait_for_clock(process, clock)
            return self.step * 1.5 * dice.random()
        return self.usual * dice.random()
