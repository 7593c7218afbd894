"""Steps that expect something."""
import json
import os
import re
import subprocess
from email import message_from_bytes, policy

from kit.deeds import FOLDER, snapshot
from kit.program import amount, day, find_runs, public_id
from kit.script import StepFailed, step

MESSAGE_STATES = ["queued", "sending", "sent", "delivered", "bounced", "failed", "skipped", "held",
                  "uncertain"]
CLOSED = ["no", "paid", "credited", "written_off", "cancelled"]
ENTRIES = ["charge", "payment", "credit", "fee", "interest", "discount", "withholding", "write_off",
           "fx", "cancel"]


def shown(lines):
    return "\n".join(f"    {line}" for line in lines) or "    (nothing)"


def compare(rows, found, match, line_of):
    """Exactly these rows, in this order; each found one is shown in full."""
    for number, text in rows:
        if match(text, None) is None:
            raise StepFailed(f"line {number}: this row cannot be read: “{text}”")
    good = len(rows) == len(found) and all(
        match(text, each) for (_, text), each in zip(rows, found))
    if not good:
        raise StepFailed("expected:\n" + shown(text for _, text in rows) + "\nfound:\n"
                         + shown(line_of(each) for each in found))


def since(p, kind, rows):
    """Those that the last look at this kind did not see."""
    new = [row for row in rows if row["id"] > p.seen.get(kind, 0)]
    p.seen[kind] = max([row["id"] for row in rows], default=p.seen.get(kind, 0))
    return new


# ── what was sent ──


def carriers(p):
    rows = p.rows(
        "SELECT carrier.*, template.family, debtor.zone FROM carrier JOIN debtor ON debtor.id = "
        "carrier.debtor_id JOIN template ON template.id = carrier.template_id "
        "WHERE carrier.state IN (1, 2, 3, 4, 8) ORDER BY carrier.at, carrier.id")
    return rows


def numbers_on(p, carrier):
    """The invoices that a carrier lists."""
    ids = {item["id"] for item in json.loads(carrier["facts"])["items"]}
    return {row["external_id"] for row in p.rows("SELECT id, external_id FROM invoice")
            if public_id("inv", row["id"]) in ids}


SENT = re.compile(r"(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d))? (\S+) (\w+)(?: (\d))?(?: \[(.*)\])?\Z")


@step("expect sent", rows=True, check=True)
def expect_sent(p, rows):
    """Exactly these since the last look: DATE [TIME] ADDRESS TEMPLATE [TONE] [[INVOICE …]]"""
    found = since(p, "sent", carriers(p))

    def match(text, carrier):
        want = SENT.match(text)
        if want is None or carrier is None:
            return want
        at = p.local(carrier["at"], carrier["zone"])
        return (want[1] == at[:10] and want[2] in (None, at[11:]) and want[3] == carrier["address"]
                and want[4] == carrier["family"] and want[5] in (None, str(carrier["tone"]))
                and (want[6] is None or set(want[6].split()) == numbers_on(p, carrier)))

    compare(rows, found, match, lambda each: sent_line(p, each))


def sent_line(p, carrier):
    return (f"{p.local(carrier['at'], carrier['zone'])} {carrier['address']} {carrier['family']} "
            f"{carrier['tone']} [{' '.join(sorted(numbers_on(p, carrier)))}]")


@step("expect nothing sent", check=True)
def expect_nothing_sent(p):
    """Nothing since the last look."""
    compare([], since(p, "sent", carriers(p)), None, lambda each: sent_line(p, each))


@step("expect {n:n} sent[ to {address}]", check=True)
def expect_count_sent(p, n, address):
    """So many since the last look."""
    found = [each for each in since(p, "sent", carriers(p)) if address in (None, each["address"])]
    if len(found) != int(n):
        raise StepFailed(f"expected {n}, found {len(found)}:\n"
                         + shown(sent_line(p, each) for each in found))


# ── what was not ──


def messages(p, state):
    return p.rows("SELECT message.*, debtor.external_id AS key, debtor.zone FROM message JOIN "
                  "debtor ON debtor.id = message.debtor_id WHERE message.state = ? "
                  "ORDER BY message.settled_at, message.id", MESSAGE_STATES.index(state))


UNSENT = re.compile(r"(\S+) (\w+) (\d) (\w+)(?: on (\S+))?\Z")


def expect_unsent(state):
    @step(f"expect {state}", rows=True, check=True)
    def some(p, rows):
        """Exactly these since the last look: DEBTOR TEMPLATE TONE REASON [on DATE]"""

        def match(text, each):
            want = UNSENT.match(text)
            if want is None or each is None:
                return want
            on = p.local(each["settled_at"], each["zone"])[:10]
            return (want[1] == each["key"] and want[2] == each["template"]
                    and int(want[3]) == each["tone"] and want[4] == each["reason"]
                    and want[5] in (None, on))

        compare(rows, since(p, state, messages(p, state)), match, line)

    @step(f"expect nothing {state}", check=True)
    def none(p):
        compare([], since(p, state, messages(p, state)), None, line)

    def line(each):
        return (f"{each['key']} {each['template']} {each['tone']} {each['reason']} on "
                f"{p.local(each['settled_at'], each['zone'])[:10]}")


expect_unsent("skipped")
expect_unsent("failed")

WAITING = re.compile(r"(\S+) (\w+) (\d)(?: because (\w+))? until (.+)\Z")


@step("expect waiting", rows=True, check=True)
def expect_waiting(p, rows):
    """All that is queued now: DEBTOR TEMPLATE TONE [because REASON] until TIME"""

    def match(text, each):
        want = WAITING.match(text)
        if want is None or each is None:
            return want
        return (want[1] == each["key"] and want[2] == each["template"]
                and int(want[3]) == each["tone"] and (want[4] or "") == each["reason"]
                and want[5] == p.local(each["not_before"], each["zone"]))

    compare(rows, messages(p, "queued"), match, lambda each: (
        f"{each['key']} {each['template']} {each['tone']} because {each['reason'] or '(nothing)'} "
        f"until {p.local(each['not_before'], each['zone'])}"))


@step("expect volume of {name}: {values*}", check=True)
def expect_volume(p, name, values):
    """allowed_today, sent_today, predicted, stopped_on, …"""
    expect_values(values, p.do("strategy", "volume", name))


@step("expect {n:n} waiting because {reason}", check=True)
def expect_count_waiting(p, n, reason):
    found = [each for each in messages(p, "queued") if each["reason"] == reason]
    if len(found) != int(n):
        raise StepFailed(f"expected {n}, found {len(found)}")


@step("expect nothing waiting", check=True)
def expect_nothing_waiting(p):
    compare([], messages(p, "queued"), None, lambda each: f"{each['key']} {each['template']}")


# ── values: "name value, name value" ──


def expect_values(wanted, found):
    for each in re.split(r", (?=\w+ )", wanted):
        name, _, value = each.partition(" ")
        if name not in found:
            raise StepFailed(f"there is no “{name}” here, only {', '.join(sorted(found))}")
        if value.strip('"') != str(found[name]):
            raise StepFailed(f"expected {name} {value}, found {found[name]}\nof "
                             + ", ".join(f"{key} {text}" for key, text in found.items()))


@step("expect invoice {number}: {values*}", check=True)
def expect_invoice(p, number, values):
    row = p.invoice(number)
    found = {name: amount(row[f"{name}_minor"], row["scale"])
             for name in ("open", "claimable", "disputed", "promised", "planned", "in_flight",
                          "charges", "amount")}
    found |= {"closed": CLOSED[row["closed"]], "due": day(row["due"]),
              "effective_due": day(row["effective_due"]), "tone": row["tone_received"],
              "reported_until": day(row["paid_reported_until"])}
    expect_values(values, found)


@step("expect account of {debtor}: {values*}", check=True)
def expect_account(p, debtor, values):
    row = p.row(f"account of {debtor}", "SELECT account.* FROM account JOIN debtor ON debtor.id = "
                "debtor_id WHERE external_id = ?", debtor)
    found = {name: amount(row[f"{name}_minor"], row["scale"])
             for name in ("open", "claimable", "unapplied")}
    found |= {"items": row["open_items"], "oldest_due": day(row["oldest_due"]),
              "chase_hold": p.local(row["chase_hold_until"])}
    expect_values(values, found)


@step("expect ledger of {number}", rows=True, check=True)
def expect_ledger(p, rows, number):
    """All entries: KIND AMOUNT"""
    invoice = p.invoice(number)
    found = [f"{ENTRIES[row['kind']]} {amount(row['amount_minor'], invoice['scale'])}"
             for row in p.rows("SELECT * FROM ledger WHERE invoice_id = ? ORDER BY id",
                               invoice["id"])]
    compare(rows, found, lambda text, each: text == each or each is None, str)


@step("expect debtor {key}: {values*}", check=True)
def expect_debtor(p, key, values):
    expect_values(values, p.do("case", "show", key))


@step("expect contact {address}: {values*}", check=True)
def expect_contact(p, address, values):
    row = p.row(f"contact {address}", "SELECT debtor.external_id FROM contact JOIN debtor ON "
                "debtor.id = debtor_id WHERE address = ?", address)
    shown_contacts = p.do("case", "show", row["external_id"])["contacts"]
    expect_values(values, next(each for each in shown_contacts if each["address"] == address))


# ── runs ──


def outcome_of(p, run_id):
    for row in p.rows("SELECT id, run_id, body FROM event WHERE run_id <> 0 ORDER BY id DESC"):
        if public_id("run", row["run_id"]) == run_id:
            text = json.loads(row["body"] or "{}").get("outcome")
            if text:
                return text
    return "none"


@step("expect run of {case}[ in {strategy}]: {values*}", check=True)
def expect_run(p, case, strategy, values):
    runs = find_runs(p, case, strategy)
    if len(runs) != 1:
        raise StepFailed(f"{case} has {len(runs)} such runs, not one: "
                         + ", ".join(f"{run['strategy']} ({run['status']})" for run in runs))
    run = runs[0]
    wakes = run["wake_at"]
    found = {"strategy": run["strategy"], "node": run["node"], "cycle": run["cycle"],
             "version": run["version"], "status": run["status"], "waits": run["waits_for"],
             "wakes": "never" if not wakes else wakes[:16].replace("T", " "),
             "outcome": outcome_of(p, run["id"])}
    expect_values(values, found)


@step("expect {n:n} runs of {case}[ in {strategy}]", check=True)
def expect_run_count(p, n, case, strategy):
    runs = find_runs(p, case, strategy)
    if len(runs) != int(n):
        raise StepFailed(f"expected {n}, found {len(runs)}: "
                         + ", ".join(f"{run['strategy']} ({run['status']})" for run in runs))


# ── people ──


def open_tasks(p):
    return p.rows("SELECT task.*, debtor.external_id AS key, debtor.zone FROM task JOIN debtor ON "
                  "debtor.id = task.debtor_id WHERE task.state = 0 ORDER BY task.due_at, task.id")


TASK = re.compile(r'(\w+) (\S+?)(?: due (\S+))?(?: "([^"]*)")?\Z')


@step("expect tasks", rows=True, check=True)
def expect_tasks(p, rows):
    """All that are open: CATEGORY DEBTOR [due DATE] ["TITLE"]"""

    def match(text, each):
        want = TASK.match(text)
        if want is None or each is None:
            return want
        return (want[1] == each["category"] and want[2] == each["key"]
                and want[3] in (None, p.local(each["due_at"], each["zone"])[:10])
                and want[4] in (None, each["title"]))

    compare(rows, open_tasks(p), match, task_line(p))


def task_line(p):
    return lambda each: (f"{each['category']} {each['key']} due "
                         f"{p.local(each['due_at'], each['zone'])[:10]} \"{each['title']}\"")


@step("expect no tasks", check=True)
def expect_no_tasks(p):
    compare([], open_tasks(p), None, task_line(p))


@step("expect notices", rows=True, check=True)
def expect_notices(p, rows):
    """All notices to people of ours since the last look: RECIPIENT TEXT"""
    found = [f"{row['recipient']} {row['text']}"
             for row in since(p, "notice", p.rows("SELECT * FROM notice ORDER BY id"))]
    compare(rows, found, lambda text, each: text == each or each is None, str)


STATES = {"promise": ["open", "kept", "broken", "cancelled"],
          "plan": ["active", "done", "defaulted", "cancelled"],
          "instrument": ["in_flight", "cleared", "returned"],
          "message": ["queued", "sending", "sent", "delivered", "bounced", "failed", "skipped",
                      "held", "uncertain"]}


@step("expect {kind} of {debtor}: {state}", check=True)
def expect_claim(p, kind, debtor, state):
    """The state of its newest promise, plan, instrument or message."""
    if kind not in STATES:
        raise StepFailed(f"a promise, plan, instrument or message has a state, not a “{kind}”")
    rows = p.rows(f"SELECT {kind}.state FROM {kind} JOIN debtor ON debtor.id = debtor_id "
                  f"WHERE external_id = ? ORDER BY {kind}.id DESC LIMIT 1", debtor)
    found = STATES[kind][rows[0]["state"]] if rows else "none"
    if found != state:
        raise StepFailed(f"expected {state}, found {found}")


# ── words ──


def expect_words(text, words, present):
    if (words in text) != present:
        raise StepFailed(f"expected {'' if present else 'not '}to read “{words}”, found:\n{text}")


@step("expect timeline of {case} to say {words:text}", check=True)
def expect_timeline(p, case, words):
    entries = p.do("case", "timeline", case)["entries"]
    expect_words("\n".join(f"{each['at']} {each['text']}" for each in entries), words, True)


@step("expect timeline of {case} not to say {words:text}", check=True)
def expect_timeline_not(p, case, words):
    entries = p.do("case", "timeline", case)["entries"]
    expect_words("\n".join(f"{each['at']} {each['text']}" for each in entries), words, False)


@step("expect why of {debtor} to say {words:text}", check=True)
def expect_why(p, debtor, words):
    """What `case why` says of the debtor's newest message."""
    rows = p.rows("SELECT message.id FROM message JOIN debtor ON debtor.id = debtor_id "
                  "WHERE external_id = ? ORDER BY message.id DESC LIMIT 1", debtor)
    if not rows:
        raise StepFailed(f"{debtor} has no message")
    why = p.do("case", "why", public_id("msg", rows[0]["id"]))
    expect_words(json.dumps(why, ensure_ascii=False, indent=1).replace('\\"', '"'), words, True)


def last_mail(p, address):
    rows = p.rows("SELECT message.id FROM carrier JOIN message ON carrier_id = carrier.id "
                  "WHERE address = ? ORDER BY at DESC, carrier.id DESC LIMIT 1", address)
    if not rows:
        raise StepFailed(f"nothing was sent to {address}")
    sent = p.do("case", "mail", public_id("msg", rows[0]["id"]))
    return message_from_bytes(sent["content"].encode(), policy=policy.default)


def last_text(p, address):
    mail = last_mail(p, address)
    body = mail.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    return f"Subject: {mail['Subject']}\n\n{text}"


@step("expect attachments to {address}", rows=True, check=True)
def expect_attachments(p, rows, address):
    """Names of the files that went with the newest e-mail to that address, in their order."""
    found = [part.get_filename() for part in last_mail(p, address).iter_attachments()]
    if found != [text for _, text in rows]:
        raise StepFailed("found instead:\n" + shown(found))


@step("expect {n:n} attachments to {address}", check=True)
def expect_attachment_count(p, n, address):
    found = [part.get_filename() for part in last_mail(p, address).iter_attachments()]
    if len(found) != int(n):
        raise StepFailed(f"found {len(found)}:\n" + shown(found))


@step("expect attachment {name:text} to {address} to say {words:text}", check=True)
def expect_attachment(p, name, address, words):
    """What can be copied out of a PDF that went with the newest e-mail, blanks made one."""
    for part in last_mail(p, address).iter_attachments():
        if part.get_filename() == name:
            told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=part.get_content(),
                                  capture_output=True, check=True).stdout.decode()
            expect_words(" ".join(told.split()), " ".join(words.split()), True)
            return
    raise StepFailed(f"no file of this name went with it")


@step("expect text to {address} to say {words:text}", check=True)
def expect_text(p, address, words):
    """The newest e-mail to that address, as plain text."""
    expect_words(last_text(p, address), words, True)


@step("expect text to {address} not to say {words:text}", check=True)
def expect_text_not(p, address, words):
    expect_words(last_text(p, address), words, False)


def mails_to(p, address):
    """All that was sent to an address, the oldest first, copies too."""
    return p.rows("SELECT id FROM carrier WHERE address = ? AND state IN (2, 3)"
                  " ORDER BY at, id", address)


def mail_to(p, address, number):
    mails = mails_to(p, address)
    if not 1 <= number <= len(mails):
        raise StepFailed(f"{len(mails)} mails were sent to {address}")
    sent = p.do("case", "mail", public_id("car", mails[number - 1]["id"]))
    return message_from_bytes(sent["content"].encode(), policy=policy.default)


@step("expect {name} of mail {number:n} to {address} to be {words:text}", check=True)
def expect_header(p, name, number, address, words):
    """From, Reply-To, Cc, Subject …; an empty text: it has none."""
    found = " ".join((mail_to(p, address, int(number))[name] or "").split())
    if found != words:
        raise StepFailed(f"expected “{words}”, found “{found}”")


@step("expect {name} of mail {number:n} to {address} to say {words:text}", check=True)
def expect_in_header(p, name, number, address, words):
    expect_words(mail_to(p, address, int(number))[name] or "", words, True)


@step("expect mail {number:n} to {address} to answer mail {other:n}", check=True)
def expect_answer(p, number, address, other):
    """In-Reply-To names it, and References all before it in the thread."""
    mail, before = mail_to(p, address, int(number)), mail_to(p, address, int(other))
    if mail["In-Reply-To"] != before["Message-ID"]:
        raise StepFailed(f"it answers {mail['In-Reply-To']}, not {before['Message-ID']}")
    wanted = (before["References"] or "").split() + [before["Message-ID"]]
    if (mail["References"] or "").split() != wanted:
        raise StepFailed(f"it refers to {mail['References']}, not to {wanted}")


@step("expect mail {number:n} to {address} to begin a thread", check=True)
def expect_thread(p, number, address):
    mail = mail_to(p, address, int(number))
    if mail["In-Reply-To"] is not None or mail["References"] is not None:
        raise StepFailed(f"it answers {mail['In-Reply-To']}")


# ── the gate ──


@step("expect policy for {debtor} at {time:time}[ by {channel}][ for a {purpose}]: {values*}",
      check=True)
def expect_policy(p, debtor, time, channel, purpose, values):
    """answer allow|later|never, reason …, from TIME, policy …"""
    arguments = ["policy", "check", "--debtor", debtor, "--at", time.replace(" ", "T")]
    arguments += ["--channel", channel] if channel else []
    arguments += ["--purpose", purpose] if purpose else []
    verdict = p.do(*arguments)["verdicts"][0]
    verdict["from"] = (verdict["from"] or "never")[:16].replace("T", " ")
    expect_values(values, verdict)


# ── files and memory ──


@step("expect import: {values*}", check=True)
def expect_import(p, values):
    report = dict(p.last["import"])
    report["problems"] = len(report.get("problems", []))
    for total in report.get("totals", []):
        report |= {f"{key}_{total['currency']}": total[key]
                   for key in ("amount", "open", "net", "total") if key in total}
    expect_values(values, report)


@step("expect problem in line {line:n}: {values*}", check=True)
def expect_problem(p, line, values):
    problems = p.last["import"].get("problems", [])
    found = [each for each in problems if str(each["line"]) == line]
    if len(found) != 1:
        raise StepFailed(f"line {line} has {len(found)} problems, not one; found:\n"
                         + shown(json.dumps(each, ensure_ascii=False) for each in problems))
    expect_values(values, found[0])


@step("expect publishing: {values*}", check=True)
def expect_publishing(p, values):
    expect_values(values, p.last["publish"])


@step("expect the {what} as remembered", check=True)
def expect_remembered(p, what):
    before, now = p.memory[what], snapshot(p, what)
    lines = []
    for table in before:
        lines += [f"{table} − {row[:300]}" for row in before[table] if row not in now[table]]
        lines += [f"{table} + {row[:300]}" for row in now[table] if row not in before[table]]
    if lines:
        raise StepFailed("these rows changed:\n" + shown(lines[:20]))


@step("expect arms", rows=True, check=True)
def expect_arms(p, rows):
    """How many debtors have each arm: ARM from N to N"""
    counts = {row["arm"]: row["n"] for row in p.rows(
        "SELECT arm, count(*) AS n FROM split_arm GROUP BY arm")}
    for number, text in rows:
        want = re.fullmatch(r"(\w+) from (\d+) to (\d+)", text)
        if want is None:
            raise StepFailed(f"line {number}: a row reads like “a from 40 to 60”")
        found = counts.pop(want[1], 0)
        if not int(want[2]) <= found <= int(want[3]):
            raise StepFailed(f"expected {text}, found {found}")
    if counts:
        raise StepFailed(f"there are other arms: {counts}")


# ── the audit ──


@step("audit agrees", check=True)
def audit(p):
    code, out, err = p.call("audit")
    if code == 2 and "There is no command" in err:
        p.memory["no audit"] = True
        return
    if code != 0:
        raise StepFailed(f"puntual audit ended with {code}:\n{err}{out}")


@step("expect difference to {file} to say {words:text}", check=True)
def expect_difference(p, file, words):
    """What publishing that file would change."""
    code, out, err = p.call("strategy", "diff", os.path.join(FOLDER, "strategies", f"{file}.json"))
    if code != 0:
        raise StepFailed(f"puntual strategy diff ended with {code}:\n{err}{out}")
    expect_words(out, words, True)
