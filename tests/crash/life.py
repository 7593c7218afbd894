"""Days of an organization whose processes are hit."""
import collections
import itertools
import os
import random

from alone import Alone
from fleet import Fleet
from ledger import Ledger
from organization import BOUNDED, DAY, FIRST_DAY, falls_due, prepare, write_more
from program import Checks, check_audit, check_books, fail
from sink import Sink
from traces import Trace

HITS_A_DAY = 4


class Life:
    def __init__(self, options, database, folder: str, sink: Sink, checks: Checks) -> None:
        self.dice = random.Random(options.seed)
        self.program, self.folder, self.wanted = database.program, folder, options.kills
        self.checks, debtors = checks, options.debtors or database.debtors
        self.ledger = Ledger(self.program, sink, checks, debtors)
        self.owing = {f"D{n}" for n in range(debtors)}
        self.paid: list[str] = []  # and owe nothing new yet
        self.fresh: set[str] = set()  # owe again since today
        self.hits: collections.Counter = collections.Counter()
        self.kills = self.missed = 0
        prepare(self.program, folder, debtors, sink.port, self.dice)
        self.day = FIRST_DAY
        self.hitter = (Fleet(database, options.workers, folder, self.dice, checks)
                       if options.workers and database.outages else
                       Alone(database, self.dice, checks))

    def file(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def pay(self) -> None:
        """One debtor in two hundred pays before ten: it must not be asked again. Who paid before
        owes something new on a day that suits."""
        payers = self.dice.sample(sorted(self.owing), max(1, len(self.owing) // 200))
        db = self.program.look()
        with open(self.file("payments.csv"), "w", encoding="utf-8") as file:
            file.write("debtor,amount,date,external_id\n")
            for debtor in payers:
                cents, = db.execute(
                    "SELECT sum(a.open_minor) FROM account a JOIN debtor d ON d.id = a.debtor_id"
                    " WHERE d.external_id = ?", (debtor,)).fetchone()
                file.write(f"{debtor},{cents // 100}.{cents % 100:02d},{self.day},"
                           f"Z-{debtor}-{self.day}\n")
        db.close()
        self.program.run("import", "payments", self.file("payments.csv"))
        self.owing -= set(payers)
        self.fresh = set(self.paid) if falls_due(self.day - DAY) else set()
        if self.fresh:
            write_more(self.file("more.csv"), sorted(self.fresh), self.day - DAY, self.dice)
            self.program.run("import", "invoices", self.file("more.csv"))
            self.owing |= self.fresh
            self.paid.clear()
        self.paid += payers

    def trace(self) -> Trace:
        return Trace(self.program, self.ledger.last_message, len(self.owing))

    def hit(self, moment: str) -> None:
        """As often as suits the day."""
        for blow in itertools.islice(self.hitter.blows(self.trace, moment), HITS_A_DAY):
            self.ledger.take_from_sink(moment)
            hits = blow.trace.hits(self.ledger.today) if blow.trace else []
            self.kills += bool(hits)
            self.missed += not hits
            self.hits.update(hits)
            print(f"   {self.day}  {blow.manner or 'too late'} after {blow.after * 1000:4.0f} ms:"
                  f" {', '.join(hits) or 'nothing was under way'}", flush=True)
            if self.kills == self.wanted:
                return

    def live_day(self, kill: bool) -> None:
        self.day += DAY
        moment = f"{self.day}T10:00"
        self.pay()
        if not self.hitter.pace.usual:
            self.hitter.measure(self.trace(), self.ledger.last_message, moment)
        else:
            if kill:
                self.hit(moment)
            self.hitter.finish(moment)
        if self.ledger.check_bound(self.owing, self.day, str(self.day)):
            self.program.run("strategy", "release", BOUNDED, "--reason", "all of it")
            self.hitter.work()
        self.ledger.check_day(self.owing, self.fresh, str(self.day))

    def live(self) -> None:
        try:
            self.live_day(kill=False)
            while self.kills < self.wanted and not self.checks.wrong:
                self.live_day(kill=True)
                if self.missed > 60 + 6 * self.wanted:
                    fail(f"only {self.kills} of {self.missed + self.kills} kills hit anything")
            self.live_day(kill=False)
        finally:
            self.hitter.stop()
        db = self.program.look()
        check_books(db, self.checks)
        db.close()
        check_audit(self.program, self.checks)

    def report(self, kind: str, seconds: float) -> None:
        ledger = self.ledger
        hits = ", ".join(f"{n} during {what}" for what, n in self.hits.most_common())
        manners = ", ".join(f"{n} by {what}" for what, n in self.hitter.manners.most_common())
        print(f"   {kind}: {self.kills} hits in {seconds:.0f} s ({hits}), {self.missed} more hit"
              f" nothing\n   all: {manners}")
        print(f"   {ledger.sent} carriers sent and {len(ledger.received)} in the sink;"
              f" {ledger.uncertain} uncertain, {ledger.uncertain_arrived} of them arrived;"
              f" {ledger.late} messages of shared addresses waited for another day")
