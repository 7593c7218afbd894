"""Steps that do something: what a company, its debtors and time do."""
import os
import re

from kit.program import Refused, find_runs, public_id
from kit.script import StepFailed, step

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def given(value):
    """Options of a command: only those that have a value."""
    out = []
    for name, each in value.items():
        if each is not None:
            out += [f"--{name}", each]
    return out


# ── the beginning ──


@step("given a sandbox on {date:date} in {country}[ with {currency}]")
def sandbox(p, date, country, currency):
    made = p.begin("init", "--mode", "sandbox", "--clock", date, "--country", country,
                   *given({"currency": currency}))
    p.zone = made["zone"]


@step("given a test organization in {country}")
def test_organization(p, country):
    """The clock is real, and all that goes out is captured."""
    p.zone = p.do("init", "--mode", "test", "--country", country)["zone"]


@step("creditor has {settings*}")
def creditor_set(p, settings):
    """data-hours 48, withholding 1500"""
    name = p.do("creditor", "list")["creditors"][0]["name"]
    arguments = []
    for each in settings.split(", "):
        option, _, value = each.partition(" ")
        arguments += [f"--{option}", value]
    p.do("creditor", "set", name, *arguments)


@step("strategy {file}[, runs {runs}]")
def strategy(p, file, runs):
    """A file of tests/scenario/strategies, or a ready strategy."""
    path = os.path.join(FOLDER, "strategies", f"{file}.json")
    p.last["publish"] = p.begin("strategy", "publish", path if os.path.exists(path) else file,
                                *given({"runs": runs}))


@step("{key} of ours is {name:text}, {settings*}")
def person(p, key, name, settings):
    """ana of ours is "Ana Ruiz", email ana@duero.example, substitute eva"""
    known = [each["key"] for each in p.do("person", "list")["people"]]
    arguments = []
    for each in settings.split(", "):
        option, _, value = each.partition(" ")
        arguments += [f"--{option}", value]
    p.do("person", "set" if key in known else "add", key, "--name", name, *arguments)


@step("e-mail leaves with {settings*}")
def email_leaves(p, settings):
    """Captured as before, with settings of the channel: bounce-domain b.duero.example"""
    arguments = []
    for each in settings.split(", "):
        option, _, value = each.partition(" ")
        arguments += [f"--{option}", value]
    p.do("channel", "set", "email", "--driver", "capture", "--from",
         "Cobros <cobros@duero.example>", *arguments)


@step("the public address is {url:text}")
def public_address(p, url):
    p.do("config", "set", "public_url", url)


@step("{kind} is {name:text}, reached at {contact:text}")
def partner(p, kind, name, contact):
    p.do("partner", "set", kind, "--name", name, "--contact", contact)


@step("{name} may send {n:n} messages a day")
def daily_max(p, name, n):
    p.do("strategy", "volume", name, "--daily-max", n)


@step("let {name} go on")
def release_strategy(p, name):
    p.do("strategy", "release", name, "--reason", "looked at")


@step("template {file}")
def template(p, file):
    p.do("template", "publish", os.path.join(FOLDER, "templates", f"{file}.json"))


@step("policy {file}")
def policy(p, file):
    p.do("policy", "publish", os.path.join(FOLDER, "policies", f"{file}.json"))


@step("enroll in {name}[ where {rule*}]")
def enroll(p, name, rule):
    p.do("strategy", "enroll", name, *given({"rule": rule}))


# ── files ──


def load(p, kind, rows, *options):
    path = p.write_file("csv", "".join(f"{line}\n" for line in rows))
    try:
        p.last["import"] = p.do("import", kind, path, *options)
    except Refused as refused:
        import json
        try:
            p.last["import"] = json.loads(refused.out)
        except ValueError:
            p.last["import"] = {}
        raise
    p.last["file"] = (kind, path, options)


@step("import {kind}", rows=True)
def import_rows(p, rows, kind):
    load(p, kind, [text for _, text in rows])


@step("import {kind}, skipping bad rows", rows=True)
def import_good_rows(p, rows, kind):
    load(p, kind, [text for _, text in rows], "--skip-bad")


@step("import {kind} for n in {first:n}..{last:n}", rows=True)
def import_many(p, rows, kind, first, last):
    lines = []
    for _, text in rows:
        if "{n}" in text:
            lines += [text.replace("{n}", str(n)) for n in range(int(first), int(last) + 1)]
        else:
            lines.append(text)
    load(p, kind, lines)


@step("the ERP has the file {name}", rows=True)
def erp_file(p, rows, name):
    with open(os.path.join(p.folder, name), "w", encoding="utf-8") as file:
        file.write("".join(f"{text}\n" for _, text in rows))


@step("no documents can be made")
def no_documents(p):
    """The helper that makes PDFs is looked for where it is not."""
    p.env["PUNTUAL_HELPERS"] = p.folder


@step("the program that makes documents dies over every one")
def dying_documents(p):
    folder = os.path.join(p.folder, "helpers")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "puntual-pdf"), "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\nkill -9 $$\n")
    os.chmod(os.path.join(folder, "puntual-pdf"), 0o755)
    p.env["PUNTUAL_HELPERS"] = folder


@step("documents can be made again")
def documents_again(p):
    p.env.pop("PUNTUAL_HELPERS", None)


@step("the machine's next programs start in another folder")
def other_folder(p):
    p.work_folder = "/"


@step("import the same file again")
def import_again(p):
    kind, path, options = p.last["file"]
    p.last["import"] = p.do("import", kind, path, *options)


# ── time ──


@step("advance to {time:time}")
def advance_to(p, time):
    p.do("advance", "--to", time.replace(" ", "T"))


@step("advance {n:n} days")
def advance_days(p, n):
    p.do("advance", "--days", n)


@step("run")
def run_due(p):
    p.do("run")


@step("the machine is off until {time:time}")
def machine_off(p, time):
    """The clock goes on while nothing runs."""
    p.set_clock(p.moment(time))


# ── money ──


@step("pay {invoice} in full[ as {name}]")
def pay_in_full(p, invoice, name):
    row = p.invoice(invoice)
    pay(p, invoice, f"{row['open_minor'] / row['scale']:.2f}", name)


@step("pay {invoice} {amount:amount}[ as {name}]")
def pay(p, invoice, amount, name):
    paid(p, name, "--invoice", invoice, "--amount", amount)


@step("{debtor} pays {amount:amount}[ to {creditor:text}][ as {name}]")
def debtor_pays(p, debtor, amount, creditor, name):
    paid(p, name, "--debtor", debtor, "--amount", amount, *given({"creditor": creditor}))


@step("{debtor} pays {amount:amount} with reference {reference:text}[ as {name}]")
def debtor_pays_with(p, debtor, amount, reference, name):
    paid(p, name, "--debtor", debtor, "--amount", amount, "--reference", reference)


def paid(p, name, *options):
    made = p.do("payment", "add", *options)
    p.last["payment"] = made["id"]
    if name:
        p.names[name] = made["id"]


@step("the payment is reversed")
def reverse(p):
    p.do("payment", "reverse", p.last["payment"], "--reason", "returned")


@step("payment {name} is reversed")
def reverse_named(p, name):
    p.do("payment", "reverse", p.names[name], "--reason", "returned")


KINDS = {"credit": "credit", "write off": "write_off", "discount": "discount",
         "withhold": "withholding", "cancel": "cancel"}


def lower(word):
    kind = KINDS[word]

    @step(word + " {invoice}[ {amount:amount}]")
    def deed(p, invoice, amount):
        p.do("credit", "add", "--invoice", invoice, "--kind", kind, *given({"amount": amount}))


for each_word in KINDS:
    lower(each_word)


# ── claims ──


@step("{debtor} promises {amount:amount} on {date:date}[ for {invoice}][ in {currency}]")
def promise(p, debtor, amount, date, invoice, currency):
    made = p.do("promise", "add", "--debtor", debtor, "--amount", amount, "--due", date,
                *given({"invoice": invoice, "currency": currency}))
    p.last["promise"] = made["id"]


@step("the promise is cancelled")
def promise_cancel(p):
    p.do("promise", "cancel", p.last["promise"])


@step("{debtor} agrees to pay {installments*}")
def plan(p, debtor, installments):
    """500 on 2026-04-01, 500 on 2026-05-01"""
    parts = [re.fullmatch(r"(\S+) on (\S+)", each) for each in installments.split(", ")]
    if None in parts:
        raise StepFailed("a plan reads like “500 on 2026-04-01, 500 on 2026-05-01”")
    text = ",".join(f"{each.group(2)}={each.group(1)}" for each in parts)
    p.do("plan", "add", "--debtor", debtor, "--installments", text)


@step("dispute {invoice}[ {amount:amount}][ line {line:n}]")
def dispute(p, invoice, amount, line):
    made = p.do("dispute", "open", "--invoice", invoice, "--reason", "wrong",
                *given({"amount": amount, "line": line}))
    p.last["dispute"] = made["id"]


@step("the dispute is closed")
def dispute_close(p):
    p.do("dispute", "close", p.last["dispute"], "--outcome", "settled")


@step("{debtor} hands in a {kind} of {amount:amount} due {date:date}")
def instrument(p, debtor, kind, amount, date):
    made = p.do("instrument", "add", "--debtor", debtor, "--kind", kind, "--amount", amount,
                "--due", date, "--number", "0001")
    p.last["instrument"] = made["id"]


@step("the {kind} is cashed")
def instrument_clear(p, kind):
    p.do("instrument", "clear", p.last["instrument"])


@step("the {kind} is returned")
def instrument_return(p, kind):
    p.do("instrument", "return", p.last["instrument"], "--reason", "no funds")


# ── people ──


@step("hold {case} until {date:date} because {reason:text}")
def hold(p, case, date, reason):
    p.do("case", "hold", case, "--until", date, "--reason", reason)


@step("release {case}")
def release(p, case):
    p.do("case", "release", case)


@step("stop the run of {case} in {strategy}")
def stop_run(p, case, strategy):
    for run in find_runs(p, case, strategy):
        p.do("case", "stop", run["id"], "--reason", "as agreed by telephone")


@step("protect {debtor} as {kind}[ until {date:date}][, represented by {address}]")
def protect(p, debtor, kind, date=None, address=None):
    p.do("debtor", "protect", debtor, "--as", kind, "--reason", "they said so",
         *given({"until": date, "representative": address}))


@step("unprotect {debtor}")
def unprotect(p, debtor):
    p.do("debtor", "unprotect", debtor)


@step("exclude {debtor} because {reason:text}[ until {date:date}]")
def exclude(p, debtor, reason, date):
    p.do("debtor", "exclude", debtor, "--reason", reason, *given({"until": date}))


@step("include {debtor}")
def include(p, debtor):
    p.do("debtor", "include", debtor)


@step("the {category} task of {debtor} is done[ with {outcome}]")
def task_done(p, category, debtor, outcome):
    row = p.row(f"open task “{category}” of {debtor}",
                "SELECT task.id FROM task JOIN debtor ON debtor.id = task.debtor_id "
                "WHERE task.state = 0 AND category = ? AND external_id = ?", category, debtor)
    p.do("task", "done", public_id("tsk", row["id"]), *given({"outcome": outcome}))


@step("{debtor} answers the last message with a {kind}[ by a {source}][ {status:text}]")
def signal(p, debtor, kind, source, status):
    """open, click, visit, reply, bounce, auto_reply … by a human, proxy or machine"""
    rows = p.rows("SELECT message.carrier_id FROM message JOIN debtor ON debtor.id = debtor_id "
                  "WHERE external_id = ? AND carrier_id <> 0 ORDER BY message.id DESC LIMIT 1",
                  debtor)
    if not rows:
        raise StepFailed(f"nothing was sent to {debtor} yet")
    p.do("signal", "add", "--kind", kind, "--message", public_id("car", rows[0]["carrier_id"]),
         *given({"source": source, "status": status}))


@step("{debtor} shows up with a {kind}[ by a {source}]")
def signal_unasked(p, debtor, kind, source):
    """The same, as an answer to no message."""
    p.do("signal", "add", "--kind", kind, "--debtor", debtor, *given({"source": source}))


# ── memory ──


BOOKS = ("debtor contact account invoice invoice_line invoice_tax ledger payment earmark promise dispute plan "
         "instrument attribute run message carrier task signal").split()


def snapshot(p, what):
    tables = {"books": BOOKS, "arms": ["split_arm"]}.get(what)
    if tables is None:
        raise StepFailed(f"books or arms can be remembered, not “{what}”")
    return {table: sorted(repr(tuple(row)) for row in p.rows(f"SELECT * FROM {table}"))
            for table in tables}


@step("remember the {what}")
def remember(p, what):
    p.memory[what] = snapshot(p, what)
