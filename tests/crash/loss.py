"""What a failover must not do, and what it does where nobody waits for the second server."""
import collections
import os
import random
import signal
import subprocess
import time

from cluster import Pair
from organization import (BOUNDED, DAY, FIRST_DAY, address_number, is_bounded, prepare, sharers)
from program import QUEUED, SENDING, SENT, Checks, Program, check_audit, check_books, fail
from sink import Sink

PATIENCE_S, TRIES = 90, 20
OWNERS = "cobros@example.org"  # get copies


def wake_the_old(database, checks: Checks) -> None:
    """It was killed, and starts as the first server that it was, on the timeline that has ended."""
    pair: Pair = database.pair
    worker = database.program.start("run", "--follow", name="watchman",
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        here = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'watchman'"
        pair.mend()
        pair.wait(lambda: pair.first.ask(here), "the worker is not there")
        pair.fail_over()
        pair.wait(lambda: pair.first.ask(here), "the worker has not come to the other server")
        old, new = pair.second, pair.first
        old.start()
        checks.that(old.timeline < new.timeline, "the old server is on the new timeline")
        told = "SELECT count(*) FROM block"
        before = new.ask(told).fetchone()[0]
        command = database.program.start("strategy", "volume", BOUNDED, "--daily-max", "7",
                                         db=old.url)
        time.sleep(3)
        checks.that(command.poll() is None, "the old server confirms what nobody else has")
        command.kill()
        command.communicate()
        checks.that(not old.ask(here), "the worker has gone back to the old server")
        checks.that(bool(new.ask(here)), "the worker has left the new server")
        checks.same(new.ask(told).fetchone()[0], before, "blocks on the new server")
        pair.mend()
        checks.same(old.ask("SELECT pg_is_in_recovery() AS follows").fetchone()["follows"], True,
                    "the old server follows")
    finally:
        worker.terminate()
        worker.wait()
    print("   an old server that comes back on its own confirms nothing; then it follows")


def reuse_number(database, checks: Checks) -> None:
    """A COMMIT that only the first server has heard of when it is killed, and whose number is
    somebody else's, who did commit, before the one that waits for its answer can ask."""
    pair: Pair = database.pair
    pair.mend()
    limit = ("SELECT daily_max FROM strategy WHERE name = ?", (BOUNDED,))
    before = pair.first.ask(*limit).fetchone()[0]
    pair.second.set("primary_conninfo", "")  # nothing is confirmed any more
    pair.wait(lambda: not pair.first.ask("SELECT 1 FROM pg_stat_replication"), "it follows still")
    command = database.program.start("strategy", "volume", BOUNDED, "--daily-max", "1",
                                     name="waiter")
    waits = ("SELECT backend_xid::TEXT::BIGINT AS number FROM pg_stat_activity WHERE"
             " application_name = 'waiter' AND wait_event = 'SyncRep'")
    pair.wait(lambda: pair.first.ask(waits), "no COMMIT waits for the second server")
    number = pair.first.ask(waits).fetchone()["number"]
    command.send_signal(signal.SIGSTOP)
    pair.fail_over()
    with pair.first.look() as db:
        while db.execute("SELECT pg_current_xact_id()::TEXT::BIGINT").fetchone()[0] <= number:
            pass
        said, = db.execute("SELECT pg_xact_status(?::TEXT::XID8)", (number,)).fetchone()
    checks.same(said, "committed", "what the new server says of the number")
    command.send_signal(signal.SIGCONT)
    _, err = command.communicate(timeout=PATIENCE_S)
    checks.same((command.returncode, "was undone" in err), (1, True),
                f"a COMMIT that did not come over, whose number did: {err}")
    checks.same(pair.first.ask(*limit).fetchone()[0], before, "what it would have changed")
    print("   a COMMIT whose number was given to somebody else is not taken for done")


class Night:
    """One, with a second server that is behind when the first is killed."""

    def __init__(self, options, pair: Pair, sink: Sink, folder: str) -> None:
        self.pair, self.sink, self.program = pair, sink, Program(pair.url)
        self.debtors = (options.debtors or 2500) // 2
        self.received: collections.Counter = collections.Counter()
        prepare(self.program, folder, self.debtors, sink.port, random.Random(options.seed))
        self.moment = f"{FIRST_DAY + DAY}T10:00"

    def advance(self) -> subprocess.Popen:
        return self.program.start("advance", "--to", self.moment, "--lease", "2", name="mover")

    def take(self) -> set[str]:
        new = [each for mail in self.sink.new() for each in mail.recipients if each != OWNERS]
        self.received.update(new)
        return set(new)

    def receive(self, more: int, mover: subprocess.Popen) -> set[str]:
        """Until so many more have come, or there are no more."""
        found: set[str] = set()
        until = time.monotonic() + PATIENCE_S
        while len(found) < more and mover.poll() is None:
            found |= self.take()
            if time.monotonic() > until:
                fail("the night does not go on")
            time.sleep(0.005)
        return found

    def finish(self) -> None:
        """Said again until it is done, and nothing is under way."""
        for _ in range(TRIES):
            _, err = self.advance().communicate(timeout=PATIENCE_S)
            with self.program.look() as db:
                left = db.execute(f"SELECT count(*) FROM carrier WHERE state = {SENDING}")
                if left.fetchone()[0] == 0 and "rror" not in err:
                    return
            time.sleep(1)
        fail(f"the night does not end: {err}")


def lose_the_newest(options, folder: str, checks: Checks) -> None:
    os.makedirs(folder, exist_ok=True)
    pair = Pair(synchronous=False)
    try:
        with Sink() as sink:
            night = Night(options, pair, sink, folder)
            mover = night.advance()
            night.receive(night.debtors // 5, mover)
            pair.second.set("primary_conninfo", "")  # from here on it hears nothing
            time.sleep(0.2)
            either = night.take()  # what left meanwhile it heard of or not
            unheard = night.receive(night.debtors // 10, mover)
            pair.fail_over()
            mover.communicate(timeout=PATIENCE_S)
            sink.settle()
            unheard |= night.take()
            night.finish()
            sink.settle()
            night.take()
            judge(night, unheard, either, checks)
    finally:
        pair.stop()


def judge(night: Night, unheard: set[str], either: set[str], checks: Checks) -> None:
    twice = {address for address, times in night.received.items() if times > 1}
    checks.that(unheard, "asynchronous: nothing was sent that the second server did not hear of")
    surely = twice - unheard - either
    checks.that(not surely, "asynchronous: written to twice, and the second server had heard of it:"
                            f" {sorted(surely)[:5]}")
    alone = {f"pagos{address_number(n, night.debtors)}@example.net" for n in range(night.debtors)
             if not is_bounded(n) and f"D{n}" not in sharers(night.debtors)}
    checks.same_set(alone & set(night.received), alone, "asynchronous: who was written to")
    with night.program.look() as db:
        sent = {row["address"] for row in db.execute(
            f"SELECT address FROM carrier WHERE state = {SENT}")}
        left, = db.execute(f"SELECT count(*) FROM message WHERE state = {QUEUED} AND not_before <="
                           " (SELECT clock FROM organization)").fetchone()
        checks.that(sent - {OWNERS} <= set(night.received),
                    "asynchronous: marked sent and not in the sink")
        checks.same(left, 0, "asynchronous: messages left over")
        check_books(db, checks)
    check_audit(night.program, checks)
    print(f"   without waiting for the second server: {len(unheard)} messages left that it did not"
          f" hear of, {len(twice)} left again")
