"""./bench intake: what debtors' mail programs and browsers and a provider ask of a running `puntual
serve`, over the loopback, by wrk: opens (the pixel), clicks and a provider's webhooks (recorded
before the answer), and clicks while the server's engine enters and steps other cases, so many that
it is at it all the time. ./bench portal: the debtor's page. Beside all of them stands nginx's own
pixel with a buffered log, where it is there.

A sandbox gets one e-mail a case; the tokens of their links are made here from the database's key,
so that each request is another message's. wrk, server and nginx share the machine's cores."""
import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.request

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
AGENT = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/124.0.0.0 Safari/537.36")
CONNECTIONS = 128
SECRET = "whsec_bench"
# A line of the file: a path, and of a webhook the signature and the body, with tabs between.
WRK = """
local asked, at = {}, 0
function init()
  for line in io.lines("PATHS") do
    local path, signature, body = line:match("([^\t]*)\t?([^\t]*)\t?(.*)")
    local fields = {["Host"] = wrk.headers["Host"], ["User-Agent"] = "AGENT"}
    if signature == "" then
      asked[#asked + 1] = wrk.format("GET", path, fields)
    else
      fields["Stripe-Signature"], fields["Content-Type"] = signature, "application/json"
      asked[#asked + 1] = wrk.format("POST", path, fields, body)
    end
  end
end
function request()
  at = at % #asked + 1
  return asked[at]
end
function done(summary, latency)
  io.write(string.format("\\n@ %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(99), summary.errors.status + summary.errors.timeout + summary.errors.read))
end
"""
REST = {"rest": {"type": "wait.days", "days": 60, "kind": "calendar", "at": "09:00", "next": "end"},
        "end": {"type": "end"}}
MAILS = {"puntual": 1, "name": "Correos", "subject": "account", "kind": "strategy",
         "entry": {"rule": ["debtor.country", "=", "ES"]}, "start": "mail", "nodes": {
             "mail": {"type": "send.email", "template": "recordatorio", "tone": 1, "next": "rest",
                      "error": "end"}, **REST}}
NIGHT = {"puntual": 1, "name": "Noche", "subject": "account", "kind": "strategy",
         "entry": {"rule": ["debtor.country", "=", "PT"]}, "start": "note", "nodes": {
             "note": {"type": "note", "text": "Revisado", "next": "rest"}, **REST}}
NGINX = """
daemon off; worker_processes 2; pid DIR/nginx.pid; error_log DIR/error.log;
events { worker_connections 1024; }
http { access_log DIR/access.log combined buffer=64k flush=1s; keepalive_requests 1000000;
  client_body_temp_path DIR; proxy_temp_path DIR; fastcgi_temp_path DIR; uwsgi_temp_path DIR;
  scgi_temp_path DIR;
  server { listen 127.0.0.1:PORT; location / { empty_gif; } } }
"""


class IntakeError(Exception):
    pass


class Place:
    """A database full of messages, and a server over it."""

    def __init__(self, program, folder, cases, night_cases):
        self.program, self.cases = program, cases
        self.folder = folder = tempfile.mkdtemp(dir=folder)  # each job has a database of its own
        os.chmod(folder, 0o755)  # nginx may have another user
        self.night_cases = night_cases
        self.db = os.path.join(folder, "intake.db")
        self.port = free_port()

    def run(self, *arguments):
        done = subprocess.run([self.program, "--db", self.db, *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            raise IntakeError(f"puntual {' '.join(arguments)}: {done.stdout.strip()}")
        return done.stdout

    def path(self, name):
        return os.path.join(self.folder, name)

    def fill(self):
        self.run("init", "--org", "Banco de pruebas", "--mode", "sandbox", "--clock", "2026-11-16")
        self.run("config", "set", "public_url", "https://pagos.example.com")
        self.run("creditor", "set", "Banco de pruebas", "--tracking", "all", "--tax-id",
                 "B12345674", "--iban", "ES9121000418450200051332", "--email", "cobros@example.com", "--phone", "910000000", "--address",
                 "Calle Mayor 1, Madrid")
        with open(self.path("invoices.csv"), "w", encoding="utf-8") as file:
            file.write("external_id;debtor;debtor_name;email;country;issued;due;amount\n")
            for country, cases in (("ES", self.cases), ("PT", self.night_cases)):
                for i in range(cases):
                    file.write(f"{country}-{i};{country}{i};Deudor {i};{country}{i}@example.com;"
                               f"{country};2026-09-01;2026-10-15;{100 + i % 900},00\n")
        self.run("import", "invoices", self.path("invoices.csv"))
        self.publish(MAILS)
        self.run("advance", "--days", "2")
        self.run("method", "set", "stripe", "--settings", json.dumps(
            {"key_env": "BENCH_SECRET", "webhook_secret_env": "BENCH_SECRET"}))
        self.run("method", "set", "transfer", "--position", "1")
        with contextlib.closing(sqlite3.connect(self.db)) as db:  # a server leaves sandboxes alone
            db.execute("UPDATE organization SET mode = 1, clock = NULL")
            db.commit()

    def publish(self, strategy):
        with open(self.path("strategy.json"), "w", encoding="utf-8") as file:
            json.dump(strategy, file)
        self.run("strategy", "publish", self.path("strategy.json"))

    def write_paths(self, kind, tail):
        """One path a message."""
        with contextlib.closing(sqlite3.connect(self.db)) as db:
            key, secret = db.execute("SELECT id, secret FROM link_key").fetchone()
            ids = [row[0] for row in db.execute("SELECT id FROM carrier ORDER BY id")]
        if len(ids) < self.cases:
            raise IntakeError(f"{self.cases} cases sent {len(ids)} messages.")
        return self.script(kind, (f"/{kind}/{token(kind, key, secret, number)}{tail}"
                                  for number in ids))

    def write_webhooks(self, count):
        """Events of sessions that are nobody's: verified, stored, answered. They are new for five
        minutes."""
        creditor = json.loads(self.run("creditor", "list", "--json"))["creditors"][0]["id"]
        now = int(time.time())

        def asked(number):
            body = json.dumps({"id": f"evt_{number}", "object": "event",
                               "type": "checkout.session.completed", "data": {"object": {
                                   "id": f"cs_{number}", "object": "checkout.session",
                                   "status": "complete", "payment_status": "paid",
                                   "amount_total": 1000, "currency": "eur"}}})
            mac = hmac.new(SECRET.encode(), f"{now}.{body}".encode(), hashlib.sha256).hexdigest()
            return f"/v1/provider/stripe/{creditor}\tt={now},v1={mac}\t{body}"
        return self.script("webhooks", (asked(number) for number in range(count)))

    def script(self, kind, asked):
        """What wrk asks, a line each; gives its script."""
        with open(self.path(kind), "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in asked)
        script = self.path(kind + ".lua")
        with open(script, "w", encoding="utf-8") as file:
            file.write(WRK.replace("PATHS", self.path(kind)).replace("AGENT", AGENT))
        return script

    @contextlib.contextmanager
    def served(self):
        with open(self.path("serve.log"), "w", encoding="utf-8") as log:
            server = subprocess.Popen([self.program, "--db", self.db, "serve", "--listen",
                                       f"127.0.0.1:{self.port}"], stdout=log, stderr=log)
        try:
            wait_for(self.port)
            yield server
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()

    def metric(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith("puntual_" + name + " "):
                    return int(line.rsplit(" ", 1)[1])
        raise IntakeError(f"/metrics has no {name}.")


    def page_bytes(self):
        with open(self.path("p"), encoding="ascii") as file:
            path = file.readline().strip()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return len(answer.read())


def token(kind, key, secret, number):
    head = key << 63 | number
    message = kind.encode() + key.to_bytes(2, "big") + number.to_bytes(8, "big")
    mac = hmac.new(secret, message, "sha256").digest()[:12]
    return ("".join(LETTERS[head >> (72 - 6 * i) & 63] for i in range(13)) +
            base64.urlsafe_b64encode(mac).decode() + kind)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise IntakeError("the server does not listen.")


def measure(script, port, seconds):
    """(requests a second, their 99th percentile in ms)"""
    done = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script,
                           f"http://127.0.0.1:{port}"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    found = re.search(r"^@ (\d+) (\d+) (\d+) (\d+)$", done.stdout, re.M)
    if done.returncode != 0 or found is None:
        raise IntakeError(f"wrk: {done.stdout.strip()}")
    requests, duration, p99, errors = (int(number) for number in found.groups())
    if errors != 0:
        raise IntakeError(f"{errors} of {requests} requests were not answered as they should be.")
    return requests / (duration / 1e6), p99 / 1000


def nginx_rate(place, script, seconds):
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if program is None:
        return None
    port = free_port()
    with open(place.path("nginx.conf"), "w", encoding="utf-8") as file:
        file.write(NGINX.replace("DIR", place.folder).replace("PORT", str(port)))
    server = subprocess.Popen([program, "-c", place.path("nginx.conf")],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        return measure(script, port, seconds)[0]
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait()


def resident_mb(server):
    with open(f"/proc/{server.pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1)) / 1024


def line(job, rate, unit, server, raw=None, **more):
    return {"job": job, "rate": round(rate), "unit": unit,
            "raw_limit": None if raw is None else round(raw),
            "ratio": None if not raw else round(rate / raw, 3),
            "peak_rss_mb": round(resident_mb(server), 1), **more}


@contextlib.contextmanager
def prepared(program, folder, options, cases, night_cases):
    """A place that is filled, and how long each measurement takes."""
    if shutil.which("wrk") is None:
        raise IntakeError("wrk is missing; install it, or let ./test do so.")
    os.environ["BENCH_SECRET"] = SECRET
    place = Place(program, folder, int(options.get("cases", cases)),
                  int(options.get("night-cases", night_cases)))
    place.fill()
    yield place, int(options.get("seconds", 5))


def lines(program, folder, options):
    """The job's lines, as they come."""
    with prepared(program, folder, options, 20000, 200000) as (place, seconds):
        opens, clicks = place.write_paths("o", ".gif"), place.write_paths("c", "")
        with place.served() as server:
            raw = nginx_rate(place, opens, seconds)
            rate, p99 = measure(opens, place.port, seconds)
            time.sleep(1)
            yield line("intake-open", rate, "opens/s", server, raw, p99_ms=p99,
                       waiting_after_1_s=place.metric("opens_waiting"))
            rate, p99 = measure(clicks, place.port, seconds)
            yield line("intake-click", rate, "clicks/s", server, raw, p99_ms=p99)
            rate, p99 = measure(place.write_webhooks(60000 * seconds), place.port, seconds)
            yield line("intake-webhook", rate, "webhooks/s", server, raw, p99_ms=p99)
            place.publish(NIGHT)
            rate, p99 = measure(clicks, place.port, seconds)
            yield line("intake-night", rate, "clicks/s", server, raw, p99_ms=p99,
                       night_over=place.metric("engine_enrolled_total") != 0)


def portal_lines(program, folder, options):
    with prepared(program, folder, options, 2000, 0) as (place, seconds):
        pages = place.write_paths("p", "")
        with place.served() as server:
            raw = nginx_rate(place, pages, seconds)
            rate, p99 = measure(pages, place.port, seconds)
            yield line("portal", rate, "pages/s", server, raw, p99_ms=p99,
                       bytes=place.page_bytes())
