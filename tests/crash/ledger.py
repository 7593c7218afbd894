"""What must hold at the end of each day, computed from outbox, timeline, runs and smtp-sink."""
import collections
import datetime
import json
from zoneinfo import ZoneInfo

from content import PACKED, with_content
from organization import BOUNDED, daily_max, is_bounded, sharers
from program import (CARRIERS, QUEUED, SECOND, SENT, SKIPPED_MESSAGE, UNCERTAIN, Checks, Program,
                     id_number)
from sink import Sink, message_id

OPEN = "(0, 1, 7)"  # queued, sending, held
STEPPED = 0  # the kind of a run's events when it steps
OUT = (SENT, UNCERTAIN)
ID_MS_SHIFT, OVERLAP_MS = 22, 600_000


class Seen:
    """Rows of a table by id, each once. Several processes lease ids side by side, so an id that is
    new may be lower than one that was seen: the last ten minutes are looked at again."""

    def __init__(self) -> None:
        self.last, self.recent = 0, set()

    @property
    def since(self) -> int:
        return max(0, self.last - (OVERLAP_MS << ID_MS_SHIFT))

    def new(self, rows) -> list:
        found = [row for row in rows if row["id"] not in self.recent]
        self.recent.update(row["id"] for row in found)
        self.last = max(self.recent, default=0)
        if len(self.recent) > 100_000:
            self.recent = {each for each in self.recent if each > self.since}
        return found


def began(db, day: datetime.date) -> int:
    """The first moment of a day, as the organization counts them."""
    zone, = db.execute("SELECT zone FROM organization").fetchone()
    midnight = datetime.datetime.combine(day, datetime.time(), ZoneInfo(zone))
    return int(midnight.timestamp() * SECOND)


class Ledger:
    """Lives as long as the organization; `check_day` compares what the day brought."""

    def __init__(self, program: Program, sink: Sink, checks: Checks, debtors: int) -> None:
        self.program, self.sink, self.checks = program, sink, checks
        self.debtors, self.sharers = debtors, sharers(debtors)
        self.received: dict[tuple[str, str], bytes] = {}
        self.today: set[tuple[str, str]] = set()  # of them, what came since the day began
        self.uncertain_arrived = self.uncertain = self.sent = self.late = 0
        self.intents_left: collections.Counter = collections.Counter()
        self.addressed: collections.Counter = collections.Counter()  # by address and local day
        self.carriers, self.messages, self.events = Seen(), Seen(), Seen()
        self.waiting: set[int] = set()  # messages of sharers, for another day
        self.notices = 0

    @property
    def last_message(self) -> int:
        return self.messages.last

    def take_from_sink(self, what: str) -> None:
        self.sink.settle()
        for mail in self.sink.new():
            self.checks.same(len(mail.recipients), 1, f"{what}: recipients of a message")
            key = (mail.message_id, mail.recipients[0])
            self.checks.that(key not in self.received, f"{what}: {key} is in the sink twice")
            self.received[key] = mail.content
            self.today.add(key)

    # ── outbox and sink ──

    def check_carriers(self, db, what: str) -> list:
        allowed = set()
        new = self.carriers.new(with_content(row) for row in db.execute(
            f"SELECT c.*, {PACKED} {CARRIERS} WHERE c.id > ? ORDER BY c.id",
            (self.carriers.since,)))
        for row in new:
            name = f"{what}: carrier {row['id']} to {row['address']}"
            if row["state"] == SKIPPED_MESSAGE:  # undone before anything was transmitted
                continue
            self.checks.that(row["state"] in OUT, f"{name} is in {row['state']}")
            if row["content"] is None:
                self.checks.that(False, f"{name} has no content")
                continue
            key = (message_id(row["content"]), row["address"])
            allowed.add(key)
            self.check_arrival(row, key, name)
            if row["contact_id"] != 0:  # not a copy
                self.addressed[row["address"], row["day"]] += 1
        self.checks.same_set(self.today, self.today & allowed, f"{what}: messages in the sink")
        often = [key for key, count in self.addressed.items() if count > 1]
        self.checks.that(not often, f"{what}: addresses written to twice a day: {often[:5]}")
        return new

    def check_arrival(self, row: dict, key: tuple[str, str], name: str) -> None:
        arrived = key in self.today
        if row["state"] == SENT:
            self.sent += 1
            self.checks.that(arrived, f"{name} is marked sent and not in the sink")
        else:
            self.uncertain += 1
            self.uncertain_arrived += arrived
        if arrived:
            self.checks.same(self.received[key], row["content"].replace(b"\r\n", b"\n"),
                             f"{name}: what the sink received")
            if row["contact_id"] != 0:
                self.intents_left.update(m["id"] for m in json.loads(row["facts"])["messages"])

    # ── intents ──

    def check_messages(self, db, owing: set[str], what: str) -> None:
        """Every debtor who owes has one intent of the day, and it is settled. Debtors behind one
        address may have to wait for another day."""
        first = self.messages.since
        rows = db.execute(
            "SELECT m.id, m.state, m.reason, m.not_before, d.external_id AS debtor,"
            " c.state AS carried FROM message m JOIN debtor d ON d.id = m.debtor_id"
            " LEFT JOIN carrier c ON c.id = m.carrier_id WHERE m.id > ? ORDER BY m.id",
            (min([first, *(each - 1 for each in self.waiting)]),)).fetchall()
        again = [row for row in rows if row["id"] in self.waiting]
        new = self.messages.new(row for row in rows if row["id"] not in self.waiting)
        self.waiting.clear()
        per_debtor: collections.Counter = collections.Counter()
        for row in new:
            per_debtor[row["debtor"]] += 1
        for row in again + new:
            self.check_settled(row, what)
        self.checks.same_set(set(per_debtor) - self.sharers, owing - self.sharers,
                             f"{what}: debtors with an intent")
        twice = [d for d, n in per_debtor.items() if n != 1]
        self.checks.that(not twice, f"{what}: debtors with more than one intent: {twice[:5]}")
        twice = [m for m, n in self.intents_left.items() if n != 1]
        self.checks.that(not twice, f"{what}: intents that left more than once: {twice[:5]}")
        self.check_kept(db, first, what)

    def check_settled(self, row, what: str) -> None:
        shared = row["debtor"] in self.sharers
        if shared and row["state"] == QUEUED:  # check_runs says that it is not due
            self.waiting.add(row["id"])
            self.late += 1
        elif not (shared and row["state"] == SKIPPED_MESSAGE):
            self.checks.that(row["state"] in OUT and row["state"] == row["carried"],
                             f"{what}: message {row['id']} is in {row['state']}"
                             f" ({row['reason']}), its carrier in {row['carried']}")

    def check_kept(self, db, first: int, what: str) -> None:
        """Nothing was decided twice in one visit, and quotas count what left."""
        for names, sense in (("debtor_id, run_id, visit, ordinal", "visit"),
                             ("debtor_id, run_id, prev_id", "message before it")):
            twice, = db.execute(
                f"SELECT count(*) FROM (SELECT 1 AS one FROM message WHERE id > ?"
                f" GROUP BY {names} HAVING count(*) > 1) t", (first,)).fetchone()
            self.checks.same(twice, 0, f"{what}: messages of one run with the same {sense}")
        stale, = db.execute("SELECT count(*) FROM contact_made m JOIN carrier c ON"
                            f" c.id = m.carrier_id WHERE c.state NOT IN ({SENT}, {UNCERTAIN})"
                            ).fetchone()
        self.checks.same(stale, 0, f"{what}: quotas reserved by what did not leave")

    # ── timeline, runs ──

    def check_timeline(self, db, carriers: list, owing: set[str], fresh: set[str],
                       what: str) -> None:
        """Each carrier's outcome stands in the timeline once, and nothing else does; every case
        has stepped as often as every other."""
        told: collections.Counter = collections.Counter()
        steps: collections.Counter = collections.Counter()
        for row in self.events.new(db.execute(
                "SELECT e.id, e.kind, e.run_id, e.body, d.external_id AS debtor FROM event e"
                " LEFT JOIN debtor d ON d.id = e.debtor_id WHERE e.id > ? ORDER BY e.id",
                (self.events.since,))):
            body = json.loads(row["body"])
            if "carrier" in body and "outcome" in body:
                told[id_number(body["carrier"]), body["outcome"]] += 1
            if row["run_id"] != 0 and row["kind"] == STEPPED:
                steps[row["debtor"]] += 1
        words = {SENT: "accepted", UNCERTAIN: "uncertain"}
        kept = collections.Counter((row["id"], words[row["state"]]) for row in carriers
                                   if row["state"] in words)
        # what was uncertain may have turned out to be accepted
        told = collections.Counter({k: n for k, n in told.items() if k[1] in words.values()
                                    and (k[0], "accepted") not in kept or k[1] == "accepted"})
        self.checks.same(told - kept, collections.Counter(), f"{what}: told and not so")
        self.checks.same(kept - told, collections.Counter(), f"{what}: so and not told")
        counts = collections.Counter(steps[each] for each in owing - self.sharers - fresh)
        self.checks.same(len(counts), 1, f"{what}: how many cases stepped how often,"
                                         f" {dict(counts)}")

    def check_runs(self, db, owing: set[str], what: str) -> None:
        """One run a debtor, all of them waiting for the same moment."""
        runs, places = collections.Counter(), collections.Counter()
        for row in db.execute("SELECT d.external_id AS debtor, r.node, r.wake_at FROM run r"
                              " JOIN debtor d ON d.id = r.debtor_id WHERE r.status = 0"):
            runs[row["debtor"]] += 1
            if row["debtor"] not in self.sharers:
                places[row["wake_at"]] += 1
        self.checks.same_set(runs, owing, f"{what}: debtors with a case")
        self.checks.that(all(n == 1 for n in runs.values()), f"{what}: a debtor has two cases")
        self.checks.same(len(places), 1, f"{what}: times for which runs wait,"
                                         f" {dict(places.most_common(4))}")
        clock, = db.execute("SELECT clock FROM organization").fetchone()
        open_, = db.execute(
            f"SELECT (SELECT count(*) FROM message WHERE state IN {OPEN} AND"
            f" (state <> {QUEUED} OR not_before <= ?)) + (SELECT count(*) FROM poke) +"
            f" (SELECT count(*) FROM carrier WHERE state IN {OPEN})", (clock,)).fetchone()
        self.checks.same(open_, 0, f"{what}: messages, carriers and pokes left over")

    # ── the whole day ──

    def check_bound(self, owing: set[str], today: datetime.date, what: str) -> bool:
        """Before anybody releases the strategy with a daily maximum: it was reached and kept, and
        its manager told once. True when it was stopped."""
        db = self.program.look()
        wants = sum(1 for key in owing if is_bounded(int(key[1:])))
        most = daily_max(self.debtors)
        number = (today - datetime.date(1970, 1, 1)).days
        row = db.execute("SELECT coalesce(max(d.sent), 0) AS sent FROM strategy s"
                         " LEFT JOIN strategy_day d ON d.strategy_id = s.id AND d.day = ?"
                         " WHERE s.name = ?", (number, BOUNDED)).fetchone()
        self.checks.same(row["sent"], min(most, wants), f"{what}: counted of {BOUNDED}")
        row = db.execute(
            "SELECT count(*) AS sent FROM message m JOIN run r ON r.debtor_id = m.debtor_id AND"
            " r.id = m.run_id JOIN strategy_version v ON v.id = r.version_id JOIN strategy s ON"
            f" s.id = v.strategy_id WHERE m.id > ? AND s.name = ? AND m.state IN ({SENT},"
            f" {UNCERTAIN}) AND m.settled_at >= ?",
            (self.messages.since, BOUNDED, began(db, today))).fetchone()
        self.checks.same(row["sent"], min(most, wants), f"{what}: sent of {BOUNDED}")
        told, = db.execute("SELECT count(*) FROM notice WHERE text LIKE ?",
                           (f"{BOUNDED}: %",)).fetchone()
        self.notices += wants > most
        self.checks.same(told, self.notices, f"{what}: notices that {BOUNDED} was stopped")
        db.close()
        return wants > most

    def check_day(self, owing: set[str], fresh: set[str], what: str) -> None:
        """`fresh`: of those who owe, who had just paid all they had owed before."""
        self.take_from_sink(what)
        db = self.program.look()
        carriers = self.check_carriers(db, what)
        self.check_messages(db, owing, what)
        self.check_timeline(db, carriers, owing, fresh, what)
        self.check_runs(db, owing, what)
        for key in self.today:  # that it came is all that matters from now on
            self.received[key] = b""
        self.today.clear()
        db.close()
