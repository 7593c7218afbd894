"""One process on the database, hit and started again."""
import collections
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

from program import SENDING, UNCERTAIN, Checks, fail
from traces import Blow, Pace, Trace

KILL = "kill"
GONE = "Another engine works"  # the server has not noticed yet that the one that was hit is gone
PATIENCE_S = 300  # nothing a process does here takes longer


def speaks_of_database(err: str) -> str | None:
    """What is wrong with the words of a command that lost its database: it says so, once."""
    lines = err.strip().splitlines()
    said = [line for line in lines if not line.startswith("{")]
    if any(GONE in line for line in said):
        return None
    if not any("connection to the database" in line for line in said):
        return f"does not speak of the database: {err}"
    return f"says much: {err}" if len(lines) - len(said) > 2 or len(said) > 3 else None


class Alone:
    def __init__(self, database, dice: random.Random, checks: Checks) -> None:
        self.database, self.program, self.dice = database, database.program, dice
        self.checks, self.pace = checks, Pace(database.program)
        self.manners: collections.Counter = collections.Counter()

    def advance(self, moment: str) -> list[str]:
        return ["advance", "--to", moment, *self.database.lease]

    def measure(self, before: Trace, since: int, moment: str) -> None:
        self.pace.measure(before.clock, since, self.program.start(*self.advance(moment)))

    def blows(self, look: Callable[[], Trace], moment: str) -> Iterator[Blow]:
        """Until the day is over; each with what stands in the database then, compared with before."""
        while True:
            before = look()
            hit, after, manner = self.hit(before, moment)
            trace = look() if hit else before
            if hit and trace.same_as(before):  # too early; where it is too late, it is lowered
                self.pace.usual *= 1.1
            yield Blow(manner, after, None if trace.same_as(before) else trace)
            if not hit:
                return

    def hit(self, before: Trace, moment: str) -> tuple[bool, float, str]:
        """Whether it was hit before it had finished, when, and how."""
        outages = self.database.outages
        manner = self.dice.choice(outages) if outages and self.dice.random() < 0.5 else KILL
        way = {"db": self.database.cutter.url} if manner.startswith("cut") else {}
        process = self.program.start(*self.advance(moment), name="victim", **way)
        after = self.pace.draw(process, before.clock if before.local < moment else 0, self.dice)
        try:
            out, err = process.communicate(timeout=after)
            manner, hit = "", False
        except subprocess.TimeoutExpired:
            if manner == KILL:
                process.send_signal(signal.SIGKILL)
            else:
                self.database.harm(manner, "victim", self.dice)
            out, err = process.communicate(timeout=PATIENCE_S)
            hit = process.returncode != 0
        if way:
            self.database.cutter.disarm()
        self.judge(process, manner, out, err)
        if not hit:
            self.pace.usual *= 0.9  # the machine is faster than we thought
        self.database.ended("victim")
        if hit:
            self.manners[manner] += 1
        return hit, after, manner

    def judge(self, process: subprocess.Popen, manner: str, out: str, err: str) -> None:
        code = process.returncode
        if code == 0 or manner == KILL and code == -signal.SIGKILL:
            return
        if not manner or code != 1:
            fail(f"{process.args} after {manner or 'nothing'}: exit {code}\n{out}{err}")
        wrong = speaks_of_database(err)
        self.checks.that(wrong is None, f"after {manner}, advance {wrong}")

    def finish(self, moment: str) -> None:
        """What the kill before made uncertain is said; on a server, once its lease has run out."""
        db = self.program.look()
        count = f"SELECT count(*) FROM message WHERE state = {UNCERTAIN}"
        before, = db.execute(count).fetchone()
        said = self.program.json(*self.advance(moment))["uncertain"]
        while db.execute(f"SELECT 1 FROM carrier WHERE state = {SENDING} LIMIT 1").fetchone():
            time.sleep(0.1)
            said += self.program.json("run", *self.database.lease)["uncertain"]
        self.checks.same(said, db.execute(count).fetchone()[0] - before,
                         f"{moment}: messages reported as uncertain")
        db.close()

    def work(self) -> None:
        self.program.run("run", *self.database.lease)

    def stop(self) -> None:
        pass
