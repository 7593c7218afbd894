"""Several processes on one server's database: workers that stay (`run --follow`) and the one that
moves the sandbox's clock (`advance`), a worker too. Any of them is hit and started again."""
import collections
import http.client
import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

from alone import GONE, KILL, PATIENCE_S, speaks_of_database
from program import QUEUED, SENDING, Checks, fail
from sink import free_port
from traces import Blow, Pace, Trace

STOP, OUTAGE = "stop", "outage"
SETTLES_S = 300  # two leases, a worker's longest pause, and a busy machine


class Worker:
    """One `run --follow`; its log goes to a file."""
    command = ("run", "--follow")
    kind = "worker"
    followers = 1  # threads that may say that the database is away

    def __init__(self, fleet: "Fleet", number: int) -> None:
        self.fleet, self.name, self.starts = fleet, f"{self.kind}{number}", 0
        self.path = os.path.join(fleet.folder, f"{self.name}.log")
        self.way = dict(zip(["db"], fleet.database.ways[number:number + 1]))
        self.read = 0
        self.away = 0  # how often it said so; it may notice an outage only at its next look
        self.start()

    def start(self) -> None:
        self.starts += 1
        self.begins = os.path.getsize(self.path) if self.starts > 1 else 0
        with open(self.path, "a", encoding="utf-8") as log:
            self.process = self.fleet.program.start(
                *self.command, *self.fleet.database.lease, name=self.name,
                stdout=subprocess.DEVNULL, stderr=log, **self.way)

    def could_not_begin(self) -> bool:
        """It ended because a cut met it while it opened the database: whoever starts it does so
        again. Once it works it has to live on."""
        with open(self.path, encoding="utf-8") as log:
            log.seek(self.begins)
            text = log.read()
        return (self.process.poll() == 1 and "worker." not in text
                and speaks_of_database(text) is None)

    def new_lines(self) -> list[str]:
        with open(self.path, encoding="utf-8") as log:
            log.seek(self.read)
            text = log.read()
            self.read = log.tell()
        return text.splitlines()


class Served(Worker):
    """A `serve`, which answers while it works."""
    kind = "server"
    followers = 4  # the engine, deliveries, what is taken in, jobs

    def start(self) -> None:
        self.port = free_port()
        self.command = ("serve", "--listen", f"127.0.0.1:{self.port}")
        super().start()
        self.wait_until_ready()

    def wait_until_ready(self) -> bool:
        """Who starts it sees to it that it begins; from then on it has to live."""
        return any(self.ready() or time.sleep(0.1) for _ in range(300))

    def ready(self) -> bool:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            asked.request("GET", "/readyz")
            return asked.getresponse().status == 200
        except OSError:
            return False
        finally:
            asked.close()


class Fleet:
    def __init__(self, database, workers: int, folder: str, dice: random.Random,
                 checks: Checks) -> None:
        self.database, self.program, self.dice = database, database.program, dice
        self.checks, self.folder, self.pace = checks, folder, Pace(database.program)
        self.manners: collections.Counter = collections.Counter()
        self.workers = [Worker(self, number) for number in range(workers)]
        self.workers += [Served(self, number) for number in range(database.served)]
        self.outages = 0  # that the workers may have seen

    def advance(self, moment: str) -> subprocess.Popen:
        return self.program.start("advance", "--to", moment, *self.database.lease, name="mover")

    def measure(self, before: Trace, since: int, moment: str) -> None:
        self.mover = self.advance(moment)
        self.pace.measure(before.clock, since, self.mover)
        self.settle()

    # ── hitting ──

    def blows(self, look: Callable[[], Trace], moment: str) -> Iterator[Blow]:
        """While the others go on, with what stands in the database at each blow."""
        self.mover, shot = self.advance(moment), 0
        before = look()
        moves = before.local < moment
        while True:
            if shot == 0:
                after = self.pace.draw(self.mover, before.clock if moves else 0, self.dice)
            else:
                after = self.pace.usual / 3 * self.dice.random()
            time.sleep(after)
            trace = look()
            under_way = trace.hits(set())
            yield Blow(self.strike(), after, trace if under_way else None)
            shot += 1
            self.pace.usual *= 1.03 if under_way else 0.9  # the machine's load changes
            if not under_way:
                return
            if self.mover.poll() is not None:
                self.end("the blow before")
                self.mover = self.advance(moment)

    def strike(self) -> str:
        manner = self.dice.choice(self.database.manners)
        victim = self.dice.choice([None, *self.workers])  # None: the mover
        name = victim.name if victim else "mover"
        self.outages += manner != KILL  # one that stands still loses its session
        if manner == OUTAGE:
            manner = self.dice.choice(self.database.outages)
            self.database.harm(manner, name, self.dice)
        elif manner == KILL:
            self.kill(victim)
        else:
            self.hold(victim.process if victim else self.mover)
        self.manners[manner] += 1
        return f"{manner} {name}"

    def kill(self, victim: Worker | None) -> None:
        process = victim.process if victim else self.mover
        process.send_signal(signal.SIGKILL)
        process.wait()
        if victim:
            victim.start()

    def hold(self, process: subprocess.Popen) -> None:
        """Longer than its lease; then it goes on as if nothing had happened."""
        if process.poll() is None:
            process.send_signal(signal.SIGSTOP)
            time.sleep(float(self.database.lease[1]) + 1)
            process.send_signal(signal.SIGCONT)

    def end(self, after: str) -> None:
        """Until the one that moves the clock has ended, by a blow or by itself."""
        try:
            _, err = self.mover.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.mover.kill()
            fail(f"advance does not end after {after}")
        if self.mover.returncode == 1:
            wrong = speaks_of_database(err)
            self.checks.that(wrong is None, f"after {after}, advance {wrong}")
        elif self.mover.returncode not in (0, -signal.SIGKILL):
            fail(f"advance after {after}: exit {self.mover.returncode}: {err}")

    # ── settling ──

    def finish(self, moment: str) -> None:
        self.end("the day's blows")
        self.database.finish()
        done = self.program.tried("advance", "--to", moment, *self.database.lease, name="mover")
        if GONE in done.stderr:  # on a busy machine the server needs longer to notice
            done = self.program.tried("advance", "--to", moment, *self.database.lease, name="mover")
        if done.returncode != 0:
            fail(f"advance --to {moment}: exit {done.returncode}: {done.stderr}")
        self.settle()
        self.check_served()

    def settle(self) -> None:
        """Until nothing is due and nothing under way; then the logs are looked at."""
        db = self.program.look()
        began = time.monotonic()
        while any(left := tuple(db.execute(
                f"SELECT (SELECT count(*) FROM message WHERE state = {QUEUED} AND not_before <="
                " (SELECT clock FROM organization)), (SELECT count(*) FROM carrier WHERE state ="
                f" {SENDING}), (SELECT count(*) FROM poke), (SELECT count(*) FROM run WHERE"
                " status = 0 AND wake_at <= (SELECT clock FROM organization))").fetchone())):
            if time.monotonic() - began > SETTLES_S:
                fail(f"after {SETTLES_S} seconds there are {left} messages due, carriers under way,"
                     " pokes and runs due")
            time.sleep(0.02)
        db.close()
        self.check_workers()

    def check_workers(self) -> None:
        """They live, and an outage stands in a log once."""
        for worker in self.workers:
            if worker.could_not_begin():
                worker.new_lines()
                worker.start()
            elif worker.process.poll() is not None:
                fail(f"{worker.name} has ended: exit {worker.process.returncode};"
                     f" {' '.join(worker.new_lines())}")
            text = worker.new_lines()
            strange = [line for line in text if not line.startswith("{")]
            self.checks.that(not strange, f"{worker.name} says {strange[:3]}")
            lines = [json.loads(line) for line in text if line.startswith("{")]
            codes = collections.Counter(line["code"] for line in lines)
            worker.away += codes["worker.away"]
            self.checks.that(worker.away <= self.outages * worker.followers,
                             f"{worker.name} has said {worker.away} times that its database is away,"
                             f" in {self.outages} outages")
            self.checks.that(codes["worker.back"] <= codes["worker.away"] + worker.followers,
                             f"{worker.name} comes back more often than it was away: {codes}")
            others = {code: n for code, n in codes.items() if n > 10}
            self.checks.that(not others, f"{worker.name} logs too much: {others}")

    def check_served(self) -> None:
        """What serves can work again."""
        for worker in self.workers:
            if isinstance(worker, Served):
                self.checks.that(worker.wait_until_ready(), f"{worker.name} is not ready 30 seconds after the blows")

    def work(self) -> None:
        self.settle()

    def stop(self) -> None:
        """They end cleanly when they are asked to."""
        for worker in self.workers:
            worker.process.send_signal(signal.SIGTERM)
        for worker in self.workers:
            try:
                code = worker.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                worker.process.kill()
                fail(f"{worker.name} does not end when it is asked to")
            self.checks.same(code, 0, f"{worker.name}: exit code after SIGTERM")
