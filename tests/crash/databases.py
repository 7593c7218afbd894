"""The two kinds of database, and what can be done to each beneath the program."""
import os
import random
import time

import postgres
from cutter import MANNERS, Cutter
from program import Program, fail


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
    outages = ("terminate", "restart immediate", "restart fast", "cut all",
               *(f"cut {manner}" for manner in MANNERS))

    def __init__(self, _folder: str) -> None:
        self.server = postgres.Server()
        self.cutter = Cutter(self.server.url, self.server.folder)
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

    def stop(self) -> None:
        self.cutter.stop()
        self.server.stop()


KINDS = {each.name: each for each in (Files, Server)}
