// What the browser tests share: a server with a small organization, its links, a browser without
// script.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { MailServer } from "./mail.mjs";

const root = new URL("../..", import.meta.url).pathname;
const program = process.env.PUNTUAL || join(root, "build/src/cli/puntual");

const day = (offset) => new Date(Date.now() + offset * 86400e3).toISOString().slice(0, 10);
export const isoDay = day;

// One debtor for every journey, so that none stands in another one's way.
const DEBTORS = ["ALL", "PART", "SOME", "PLAN", "PROMISE", "DISPUTE", "PAID", "HELP", "LATE",
  "DECLINE", "PENDING", "VOUCHER", "CODE", "CONTACT", "OLD", "GONE", "FUTURE", "CREDIT", "REPORTED",
  "DEAL", "SETTLE", "ASK", "NO", "GUESS", "EXPIRED", "COMPLAINT", "OFFERED",
  "AGREED", "YES"];

// What every debtor may take: installments for all, a discount for one of them.
const MATRIX = [
  { type: "offer.plan", age_min: 1, installments_max: 6, installment_min: 30 },
  { type: "offer.discount", when: ["debtor.external_id", "in", ["DEAL", "SETTLE", "OFFERED", "AGREED"]], percent: 10, days: 7,
    pay_days: 5 },
];

export function freePort() {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

// A key goes to what has the focus. Just after a dialog has closed the page may not take it yet, or
// the dialog takes it back: so it is asked for until it is there.
async function steady(browser) {
  const page = await browser.newPage();
  const locator = Object.getPrototypeOf(page.locator("html"));
  await page.close();
  const { press } = locator;
  locator.press = async function (key, options) {
    const until = Date.now() + 20_000;
    do {
      await this.focus(options);
    } while (!await this.evaluate((element) => element === document.activeElement) && Date.now() < until);
    return press.call(this, key, options);
  };
}

export class Rig {
  within = [];

  // `fill` puts into the database what the test is about.
  static async start(fill = (rig) => rig.fillPage(), roles = "http") {
    const rig = new Rig();
    rig.folder = mkdtempSync(join(tmpdir(), "puntual-e2e-"));
    rig.db = process.env.PUNTUAL_TEST_DATABASE || join(rig.folder, "e2e.db");
    rig.mail = await new MailServer().start();
    rig.port = await freePort();
    rig.url = `http://127.0.0.1:${rig.port}`;
    fill(rig);
    await rig.serve(roles);
    rig.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
    await steady(rig.browser);
    return rig;
  }

  run(...args) {
    return execFileSync(program, ["--db", this.db, ...args], { encoding: "utf8" });
  }

  json(...args) {
    return JSON.parse(this.run(...args, "--json"));
  }

  csv(kind, text) {
    const file = join(this.folder, `${kind}.csv`);
    writeFileSync(file, text);
    this.run("import", kind, file);
  }

  // A strategy's document, from the command line.
  publish(doc) {
    const file = join(this.folder, "strategy.json");
    writeFileSync(file, JSON.stringify(doc));
    this.run("strategy", "publish", file);
  }

  fillPage() {
    let invoices = "external_id;debtor;debtor_name;email;issued;due;amount\n";
    for (const key of DEBTORS) {
      const due = key === "FUTURE" ? day(12) : day(-20);
      invoices += `F-${key}-1;${key};Talleres Núñez ${key};${key.toLowerCase()}@example.com;` +
        `${day(-60)};${due};1.210,00\n`;
      if (["SOME", "CODE"].includes(key)) {
        invoices += `F-${key}-2;${key};Talleres Núñez ${key};;${day(-50)};${day(-10)};500,50\n`;
      }
    }
    this.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "test");
    this.run("creditor", "set", "Aceros Ibarra", "--iban", "ES9121000418450200051332",
      "--reference", "rf", "--colour", "#b3261e", "--tax-id", "B12345674",
      "--address", "Calle Mayor 1", "--city", "31001 Pamplona", "--email", "cobros@ibarra.example");
    this.csv("invoices", invoices);
    this.csv("lines", "Factura;Línea;Código;Concepto;Cantidad;Precio;Importe;IVA\n" +
      "F-DISPUTE-1;1;P-1;Palés de madera;100;8,00;800,00;21 %\n" +
      "F-DISPUTE-1;2;T-1;Transporte urgente;2;100;200,00;21 %\n");
    this.run("config", "set", "public_url", this.url);
    this.run("channel", "set", "email", "--driver", "smtp", "--url",
      `smtp://127.0.0.1:${this.mail.port}`, "--starttls", "never",
      "--from", "Aceros Ibarra <cobros@ibarra.example>");
    const matrix = join(this.folder, "matrix.json");
    writeFileSync(matrix, JSON.stringify(MATRIX));
    this.run("offer", "set-matrix", matrix);
    this.run("method", "set", "simulated");
    this.run("method", "set", "voucher", "--position", "1", "--settings",
      '{"place":"Correos","form":"n57","issuer":"12345678","suffix":"501"}');
    this.run("method", "set", "transfer", "--position", "2");
  }

  async serve(roles = "http") {
    const [first, ...rest] = [...this.within, program]; // `within`: what the server is started by
    this.server = spawn(first, [...rest, "serve", "--db", this.db, "--listen", `127.0.0.1:${this.port}`,
      "--roles", roles], { stdio: ["ignore", "pipe", "pipe"] });
    this.said = "";
    for (const stream of [this.server.stdout, this.server.stderr]) {
      stream.on("data", (data) => { this.said += data; });
    }
    for (let i = 0; i < 100; i++) {
      try {
        if ((await fetch(`${this.url}/healthz`)).ok) return;
      } catch { /* not yet */ }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the server does not answer: ${this.said}`);
  }

  // Of a debtor, or of an invoice: then the page is about its account.
  link(about) {
    return this.json("link", "make", about).url;
  }

  // Past the program, for what its clock would take months to do.
  sql(statement) {
    if (this.db.startsWith("postgresql:")) {
      execFileSync(process.env.PSQL || "psql", [this.db, "-qc", statement]);
    } else {
      execFileSync("python3", ["-c", "import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1], "
        + "timeout=30)\ndb.execute(sys.argv[2])\ndb.commit()", this.db, statement]);
    }
  }

  // Without script unless a check needs one: the page itself has none.
  async page({ script = false, scheme = "light", width = 390 } = {}) {
    const context = await this.browser.newContext({ javaScriptEnabled: script, bypassCSP: script,
      colorScheme: scheme, viewport: { width, height: 800 } });
    const page = await context.newPage();
    page.on("close", () => context.close().catch(() => {}));
    return page;
  }

  async stop() {
    await this.browser?.close();
    this.server?.kill("SIGTERM");
    await new Promise((resolve) => { this.server ? this.server.on("exit", resolve) : resolve(); });
    await this.mail?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
