"""Steps about mail that comes in: bounces, complaints, answers, as files of tests/scenario/mails."""
import hashlib
import hmac
import os
from email.utils import format_datetime
from datetime import datetime, timezone

from kit.deeds import FOLDER, given
from kit.looks import compare, since
from kit.program import LETTERS, public_id
from kit.script import StepFailed, step

CLASSES = ["hard", "soft", "policy", "complaint", "auto_reply", "reply", "other"]
STATES = ["unmatched", "matched", "ignored", "handled"]
MATCHED = ["none", "verp", "message_id", "references", "address", "person"]


def letters(number, count):
    return "".join(LETTERS[number >> (5 * i) & 31] for i in range(count - 1, -1, -1))


def verp(p, kind, carrier_id):
    """The local part that only the organization's key makes, here by other code than the program's."""
    key = bytes(p.row("the organization", "SELECT mail_key FROM organization")["mail_key"])
    name = letters(carrier_id, 13)
    mac = hmac.new(key, f"{kind}+{name}".encode(), hashlib.sha256).digest()
    return f"{kind}+{name}-" + "".join(
        letters(int.from_bytes(mac[at:at + 5], "big"), 8) for at in (0, 5))


def forged(address):
    return address[:-1] + ("0" if address[-1] != "0" else "1")


def last_carrier(p, debtor):
    rows = p.rows("SELECT carrier.* FROM carrier JOIN debtor ON debtor.id = carrier.debtor_id "
                  "WHERE external_id = ? AND carrier.state IN (2, 3, 4) "
                  "ORDER BY carrier.id DESC LIMIT 1", debtor)
    if not rows:
        raise StepFailed(f"nothing was sent to {debtor} yet")
    return rows[0]


def recipient_of(p, kind, carrier_id):
    """verp, opt_out, forged: such an address of the carrier; anything else as it is."""
    if kind is None:
        return "cobros@duero.example"
    if kind in ("verp", "opt_out", "forged"):
        local = verp(p, "u" if kind == "opt_out" else "b", carrier_id)
        return (forged(local) if kind == "forged" else local) + "@rebotes.example"
    return kind


def deliver(p, template, values):
    """Each mail is another one, as mails are."""
    p.last["mails"] = p.last.get("mails", 0) + 1
    date = format_datetime(datetime.fromtimestamp(p.now() / 1000000, timezone.utc))
    path = os.path.join(FOLDER, "mails", f"{template}.eml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for name, value in {"date": date, "count": str(p.last["mails"]), **values}.items():
        text = text.replace("{" + name + "}", value)
    p.last["mail"] = p.write_file("eml", text)
    p.do("inbound", p.last["mail"])


@step("a {template} about the last message to {debtor} arrives[ at {recipient}][ saying {text:text}]")
def mail_about(p, template, debtor, recipient, text):
    """A file of tests/scenario/mails; at verp, opt_out, forged or an address"""
    carrier = last_carrier(p, debtor)
    name = public_id("car", carrier["id"])
    deliver(p, template, {"to": recipient_of(p, recipient, carrier["id"]),
                          "address": carrier["address"], "sender": carrier["address"],
                          "message_id": f"{name}@example.invalid", "text": text or ""})


@step("a {template} from {sender} arrives[ at {recipient}][ saying {text:text}]")
def mail_from(p, template, sender, recipient, text):
    """The same, about nothing of ours"""
    deliver(p, template, {"to": recipient or "cobros@duero.example", "address": sender,
                          "sender": sender, "message_id": "1@elsewhere.example",
                          "text": text or ""})


@step("the same mail arrives again")
def same_mail(p):
    p.do("inbound", p.last["mail"])


@step("the same mail arrives by another way")
def other_way(p):
    """Its bytes differ by what servers write above it"""
    with open(p.last["mail"], encoding="utf-8") as file:
        text = file.read()
    p.do("inbound", p.write_file("eml", "Received: from mx2.example\n" + text))


def unmatched(p):
    return public_id("rcv", p.row("an unmatched mail", "SELECT id FROM received_mail "
                                  "WHERE state = 0")["id"])


@step("the unmatched mail belongs to {debtor}")
def match(p, debtor):
    p.do("inbound", "match", unmatched(p), "--debtor", debtor)


@step("the unmatched mail is about the last message to {debtor}")
def match_message(p, debtor):
    p.do("inbound", "match", unmatched(p), "--message",
         public_id("car", last_carrier(p, debtor)["id"]))


@step("the unmatched mail is ignored")
def ignore(p):
    p.do("inbound", "ignore", unmatched(p), *given({"reason": "looked at"}))


def line(mail):
    words = [CLASSES[mail["class"]], STATES[mail["state"]], MATCHED[mail["matched_by"]]]
    return " ".join(words + ([mail["note"]] if mail["note"] else []))


@step("expect received", rows=True, check=True)
def expect_received(p, rows):
    """All mail since the last look: CLASS STATE MATCHED_BY [NOTE]"""
    found = since(p, "received", p.rows("SELECT * FROM received_mail ORDER BY id"))
    compare(rows, found, lambda text, each: text == line(each) if each is not None else True, line)


@step("expect nothing received", check=True)
def expect_nothing_received(p):
    compare([], since(p, "received", p.rows("SELECT * FROM received_mail ORDER BY id")), None, line)


@step("expect the last mail to suggest {intent}[ by {date:date}]", check=True)
def expect_suggestion(p, intent, date):
    import json
    rows = p.rows("SELECT suggestion FROM received_mail ORDER BY id DESC LIMIT 1")
    found = json.loads(rows[0]["suggestion"] or "{}") if rows else {}
    if found.get("intent") != intent or (date is not None and found.get("date") != date):
        raise StepFailed(f"expected {intent} {date or ''}, found {found}")
