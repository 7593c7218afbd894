"""Steps about webhooks and offers, which speak to the scenario's own HTTP server."""
import base64
import hashlib
import hmac
import json

from kit.looks import compare
from kit.peer import peer_of
from kit.script import StepFailed, step


# ── webhooks ──


@step("webhook[ for {events*}]")
def webhook(p, events):
    arguments = ["--events", events] if events else []
    made = p.do("webhook", "add", f"http://127.0.0.1:{peer_of(p).port}/hook", *arguments)
    p.memory["webhook"], p.memory["secrets"] = made["webhook"], [made["secret"]]


@step("the secret of the webhook is rotated")
def rotate(p):
    p.memory["secrets"].append(p.do("webhook", "rotate", p.memory["webhook"])["secret"])


def told(p):
    """(type, body, headers) of all that the webhook was told."""
    return [(json.loads(body)["type"], body, {name.lower(): value for name, value in headers.items()})
            for method, path, body, headers in list(peer_of(p).asked)
            if method == "POST" and path == "/hook"]


@step("expect told", rows=True, check=True)
def expect_told(p, rows):
    """The types of all that was told since the last look; what is due at once arrives in any order."""
    all_of_it = told(p)
    new = all_of_it[p.memory.get("told", 0):]
    p.memory["told"] = len(all_of_it)
    compare(sorted(rows, key=lambda row: row[1]), sorted(kind for kind, _, _ in new), lambda text, each: text == each, str)


@step("expect nothing told", check=True)
def expect_nothing_told(p):
    expect_told(p, [])


def signature(secret, headers, body):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}"
    mac = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return "v1," + base64.b64encode(mac).decode()


def check_signed(p, what, secrets):
    for kind, body, headers in what:
        want = [signature(secret, headers, body) for secret in secrets]
        if headers["webhook-signature"].split(" ") != want:
            raise StepFailed(f"{kind}: {headers['webhook-signature']} is not {' '.join(want)}")
    if not what:
        raise StepFailed("nothing was told")


@step("expect all that was told to be signed", check=True)
def expect_signed(p):
    check_signed(p, told(p), p.memory["secrets"])


@step("expect all that was told to be signed by both secrets", check=True)
def expect_signed_twice(p):
    check_signed(p, told(p), p.memory["secrets"][::-1])


@step("expect the last thing told to be signed by the new secret alone", check=True)
def expect_signed_anew(p):
    check_signed(p, told(p)[-1:], p.memory["secrets"][-1:])


@step("expect all that was told to have one id", check=True)
def expect_one_id(p):
    found = {headers["webhook-id"] for _, _, headers in told(p)}
    if len(found) != 1:
        raise StepFailed(f"the ids are {found}")


@step("expect nothing personal told", check=True)
def expect_nothing_personal(p):
    for kind, body, _ in told(p):
        data = json.loads(body)
        if set(data) != {"type", "timestamp", "data"} or not data["timestamp"].endswith("Z"):
            raise StepFailed(f"{kind} says {body}")
        if "C1" in body or "@" in body or "F-1" in body:
            raise StepFailed(f"{kind} says more than ids: {body}")


@step("expect notifications", rows=True, check=True)
def expect_notifications(p, rows):
    """All of them: TYPE STATE TRIES"""
    log = p.do("webhook", "log")["notifications"]
    found = [f"{each['type']} {each['state']} {each['attempts']}" for each in reversed(log)]
    compare(rows, found, lambda text, each: text == each, str)


@step("the last notification is delivered again")
def redeliver(p):
    p.do("webhook", "redeliver", p.do("webhook", "log")["notifications"][0]["id"])


@step("expect webhook: {state}", check=True)
def expect_webhook(p, state):
    found = p.do("webhook", "list")["webhooks"][0]["state"]
    if found != state:
        raise StepFailed(f"it is {found}")


@step("expect a task about the webhook", check=True)
def expect_webhook_task(p):
    found = [each["category"] for each in p.do("task", "list")["tasks"]]
    if found != ["webhook"]:
        raise StepFailed(f"the tasks are {found}")


# ── offers ──


def choices(p, debtor):
    return p.do("offer", "list", "--debtor", debtor)["choices"]


def installments(terms):
    """What the terms say is paid when, as DATE AMOUNT."""
    import re
    found = []
    for day, month, year in re.findall(r"(\d\d)/(\d\d)/(\d{4})", terms):
        found.append(f"{year}-{month}-{day}")
    lines = [line for line in terms.split("\n") if re.match(r"\d+\. ", line)] or [terms]
    amounts = [re.search(r"([\d.]+,\d\d)", line).group(1).replace(".", "").replace(",", ".")
               for line in lines]
    return ", ".join(f"{date} {amount}" for date, amount in zip(found, amounts))


@step("expect offers to {debtor}", rows=True, check=True)
def expect_offers(p, debtor, rows):
    """What the debtor can accept now: KIND INSTALLMENTS DATE AMOUNT, DATE AMOUNT …"""
    found = [f"{each['kind']} {each['choice']} {installments(each['terms'])}"
             for each in choices(p, debtor)]
    compare(rows, found, lambda text, each: text == each, str)


@step("expect no offers to {debtor}", check=True)
def expect_no_offers(p, debtor):
    expect_offers(p, debtor, [])


def accept(p, debtor, by, *more):
    offer = next(each["id"] for each in choices(p, debtor) if each["id"])
    p.memory["offer"] = (offer, by, more)
    p.do("offer", "accept", offer, "--by", by, *more)


@step("{debtor} accepts the plan in {n:n} installments as {by:text}")
def accept_plan(p, debtor, n, by):
    accept(p, debtor, by, "--installments", n)


@step("{debtor} accepts the discount as {by:text}")
def accept_discount(p, debtor, by):
    accept(p, debtor, by)


@step("{debtor} accepts the last offer again")
def accept_again(p, debtor):
    offer, by, more = p.memory["offer"]
    p.do("offer", "accept", offer, "--by", by, *more)


@step("the offer to {debtor} is withdrawn because {reason:text}")
def withdraw(p, debtor, reason):
    p.do("offer", "withdraw", choices(p, debtor)[0]["id"], "--reason", reason)


@step("the matrix of offers is", rows=True)
def set_matrix(p, rows):
    """A row a line, in JSON."""
    path = p.write_file("json", "[" + ",".join(text for _, text in rows) + "]")
    p.do("offer", "set-matrix", path)


@step("row {n:n} of the matrix is offered to {debtor}")
def make_offer(p, n, debtor):
    p.do("offer", "make", debtor, "--row", n)


@step("expect acknowledgement of {debtor} to say {words:text}", check=True)
def expect_acknowledgement(p, debtor, words):
    row = p.row(f"offer to {debtor}", "SELECT terms, hash, accepted_by FROM offer WHERE debtor_id = ?"
                " AND state = 1", p.debtor(debtor)["id"])
    digest = row["hash"] if isinstance(row["hash"], bytes) else bytes.fromhex(row["hash"][2:])
    if hashlib.sha256(row["terms"].encode()).digest() != digest:
        raise StepFailed("the hash is not that of the terms")
    if words not in row["terms"]:
        raise StepFailed(f"it says: {row['terms']}")
