"""The two kinds of database, and what can be done to each beneath the program."""
import os
import random
import time

import postgres
from cluster import Pair
from cutter import MANNERS, Cutter
from program import QUEUED, SENDING, Program, fail


class Files:
    """SQLite: nothing but the process can be hit."""
    name = "sqlite"
    debtors = 1500
    lease: tuple[str, ...] = ()  # whoever is there has it alone
    outages: tuple[str, ...] = ()

    def __init__(self, folder: str) -> None:
        self.program = Program(os.path.join(folder, "kill.db"))

    def ended(self, session: str) -> None:
        pass  # the system has closed its files

    def stop(self) -> None:
        pass


class Server:
    """PostgreSQL: sessions end, the server is restarted, connections break."""
    name = "postgresql"
    debtors = 700
    lease = ("--lease", "1")  # what a dead process had claimed is found by others after it
    manners = ("kill", "kill", "kill", "stop", "outage", "outage")
    served = 0
    outages = ("terminate", "restart immediate", "restart fast", "cut all",
               *(f"cut {manner}" for manner in MANNERS))

    def __init__(self, _folder: str) -> None:
        self.server = postgres.Server()
        self.cutter = Cutter(self.server.url, self.server.folder)
        self.ways = (self.cutter.url,)  # of the first workers
        self.program = Program(self.server.url)
        with self.server.connect() as db:  # a process that is stopped loses its transaction
            db.execute("ALTER DATABASE postgres SET idle_in_transaction_session_timeout = '1s'")

    def ended(self, session: str) -> None:
        """Waits until the server has rolled back what a dead process was about."""
        with self.server.connect() as db:
            for _ in range(2000):
                if not db.execute("SELECT 1 FROM pg_stat_activity WHERE application_name = ?",
                                  (session,)):
                    return
                time.sleep(0.005)
        fail(f"the server keeps the session of {session}, which is dead")

    def harm(self, outage: str, session: str, dice: random.Random) -> None:
        """What begins with `cut` concerns those who came by the cutter."""
        what, _, how = outage.partition(" ")
        if what == "restart":
            self.server.restart(how)
        elif what == "terminate":
            with self.server.connect() as db:
                db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                           " WHERE application_name = ?", (session,))
        elif how == "all":
            self.cutter.cut_all()
        else:
            self.cutter.arm(how, 0, commits_only=dice.random() < 0.7)

    def finish(self) -> None:
        """A day's blows are over."""
        self.cutter.disarm()

    def stop(self) -> None:
        self.cutter.stop()
        self.server.stop()


class Servers:
    """PostgreSQL on two servers, one of which follows the other and takes its place."""
    name = "failover"
    debtors = 2500
    lease = ("--lease", "2")
    manners = ("outage", "outage", "outage", "kill")
    outages = ("fail over",)
    ways = ()
    served = 1

    def __init__(self, _folder: str) -> None:
        self.pair = Pair()
        self.program = Program(self.pair.url)
        self.standstills: list[tuple[float, float]] = []  # seconds to a server, to a commit

    def harm(self, _outage: str, _session: str, _dice: random.Random) -> None:
        """Then it waits until somebody has written to the other server, if anybody has to."""
        killed = self.pair.fail_over()
        served = time.monotonic() - killed
        with self.program.look() as db:
            blocks = "SELECT count(*) FROM block"
            before, = db.execute(blocks).fetchone()
            while time.monotonic() - killed < 30:
                if db.execute(blocks).fetchone()[0] > before:
                    self.standstills.append((served, time.monotonic() - killed))
                    return
                if self.at_rest(db):
                    return
                time.sleep(0.005)
        fail("30 seconds after the other server was promoted nobody has written to it")

    @staticmethod
    def at_rest(db) -> bool:
        """Nothing is due and nothing under way."""
        return not db.execute(
            f"SELECT 1 FROM message WHERE state = {QUEUED} AND not_before <= (SELECT clock FROM"
            f" organization) UNION ALL SELECT 1 FROM carrier WHERE state = {SENDING} UNION ALL"
            " SELECT 1 FROM poke UNION ALL SELECT 1 FROM run WHERE status = 0 AND wake_at <="
            " (SELECT clock FROM organization) LIMIT 1")

    def finish(self) -> None:
        self.pair.mend()

    def stop(self) -> None:
        self.pair.stop()


KINDS = {each.name: each for each in (Files, Server, Servers)}
