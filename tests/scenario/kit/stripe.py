"""Stripe, as far as charging a stored card goes: a peer that speaks its published objects, and its
webhooks over HTTP to a server of the scenario's database."""
import copy
import hashlib
import hmac
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

from kit.peer import peer_of
from kit.script import Skipped, StepFailed, step
from places import CORPORA, PROGRAM

SECRET = "whsec_scenario"


def fixture(name):
    path = os.path.join(CORPORA, "5-payment-webhooks/stripe-openapi/fixtures3.resources.json")
    if not os.path.exists(path):
        raise Skipped(f"{path} is not here")
    with open(path, encoding="utf-8") as file:
        return copy.deepcopy(json.load(file)["resources"][name])


class Stripe:
    """What it does depends on the card: pm_ok, pm_pending, or pm_ and the bank's word."""

    def __init__(self):
        self.payments, self.keys = {}, {}

    def answer(self, method, path, body, headers):
        path = path.split("?")[0]
        if headers.get("Authorization") != "Bearer sk_test_scenario" or "Stripe-Version" not in headers:
            return 401, {"error": {"message": "No such key."}}
        if method == "GET" and path.startswith("/v1/payment_intents/"):
            found = self.payments.get(path.rsplit("/", 1)[1])
            return (200, found) if found else (404, {"error": {"message": "No such payment_intent"}})
        if method == "POST" and path == "/v1/payment_intents":
            key = headers["Idempotency-Key"]
            if key not in self.keys:
                self.keys[key] = self.charge(dict(urllib.parse.parse_qsl(body)))
            return self.keys[key]
        return 404, {"error": {"message": "Unrecognized request URL"}}

    def charge(self, form):
        if form.get("off_session") != "true" or form.get("confirm") != "true":
            return 400, {"error": {"message": "Somebody would have to be there."}}
        payment = fixture("payment_intent")
        payment.update(id=f"pi_{len(self.payments) + 1:08d}", amount=int(form["amount"]),
                       currency=form["currency"], customer=form["customer"], amount_received=0,
                       payment_method=form["payment_method"], last_payment_error=None,
                       metadata={"payin": form["metadata[payin]"]})
        self.payments[payment["id"]] = payment
        word = form["payment_method"].removeprefix("pm_")
        if word == "ok":
            payment.update(status="succeeded", amount_received=payment["amount"])
        elif word == "pending":
            payment.update(status="processing")
        else:
            error = {"type": "card_error", "code": "card_declined", "decline_code": word,
                     "message": "Your card was declined."}
            payment.update(status="requires_payment_method", last_payment_error=error)
            return 402, {"error": {**error, "payment_intent": payment}}
        return 200, payment


def stripe_of(p):
    if "stripe" not in p.memory:
        p.memory["stripe"] = Stripe()
    return p.memory["stripe"]


@step("Stripe takes payments")
def payments_through_stripe(p):
    fixture("payment_intent")  # a scenario skips here, not in the peer's thread
    peer, stripe = peer_of(p), stripe_of(p)
    p.env["PUNTUAL_TEST_STRIPE"], p.env["PUNTUAL_TEST_WHSEC"] = "sk_test_scenario", SECRET

    def answer_to(request):
        method, path, body, headers = peer.asked[-1]
        status, found = stripe.answer(method, path, body, headers)
        return status, json.dumps(found), [("Content-Type", "application/json")]

    peer.answer_to = answer_to
    p.do("method", "set", "stripe", "--settings", json.dumps(
        {"api_url": f"http://127.0.0.1:{peer.port}", "key_env": "PUNTUAL_TEST_STRIPE",
         "webhook_secret_env": "PUNTUAL_TEST_WHSEC"}))


@step("{debtor} has the card {card} at Stripe")
def card(p, debtor, card):
    p.do("mandate", "add", debtor, "--provider", "stripe", "--token", f"cus_1/{card}")


@step("the payment at Stripe {fate}")
def becomes(p, fate):
    """succeeds, or fails: the bank's answer comes days later."""
    payment = list(stripe_of(p).payments.values())[-1]
    if fate == "succeeds":
        payment.update(status="succeeded", amount_received=payment["amount"])
    else:
        payment.update(status="requires_payment_method",
                       last_payment_error={"type": "card_error", "code": "insufficient_funds"})


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def told(port, creditor, body, signature):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/provider/stripe/{creditor}", body, {
        "Content-Type": "application/json", "Stripe-Signature": signature})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, {}


@step("Stripe tells a server of it, signed[ {how}]")
def tells(p, how):
    """Over HTTP; "wrongly": nothing may follow. The right one is told twice."""
    payment = list(stripe_of(p).payments.values())[-1]
    kind = "succeeded" if payment["status"] == "succeeded" else "payment_failed"
    event = fixture("event")
    event.update(id="evt_1", type=f"payment_intent.{kind}", created=int(time.time()),
                 data={"object": payment})
    body = json.dumps(event).encode()
    stamp = int(time.time())
    mac = hmac.new(b"other" if how else SECRET.encode(), f"{stamp}.".encode() + body,
                   hashlib.sha256).hexdigest()
    creditor = p.do("creditor", "list")["creditors"][0]["id"]
    port = free_port()
    server = subprocess.Popen([PROGRAM, "serve", "--db", p.store.url, "--listen", f"127.0.0.1:{port}",
                               "--roles", "http"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, env={**os.environ, **p.env})
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.05)
        for news in ((None,) if how else (True, False)):
            status, found = told(port, creditor, body, f"t={stamp},v1={mac}")
            if (status != 200) if news is not None else (status == 200):
                raise StepFailed(f"the webhook is answered {status}")
            if news is not None and found.get("news") != news:
                raise StepFailed(f"the webhook is answered {found}")
    finally:
        server.terminate()
        server.wait()


@step("ask Stripe")
def ask(p):
    p.do("payin", "poll")
