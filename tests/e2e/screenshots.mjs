// Pictures of every screen for docs/, of the demo's world: `node tests/e2e/screenshots.mjs [FOLDER]`
// after a build with the console (else docs/screenshots). The demo lives the same months each time,
// in a sandbox with a clock of its own.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { reduced } from "./png.mjs";

const root = new URL("../..", import.meta.url).pathname;
const program = process.env.PUNTUAL || join(root, "build/src/cli/puntual");
const into = process.argv[2] || join(root, "docs/screenshots");
const folder = mkdtempSync(join(tmpdir(), "puntual-shots-"));
const db = join(folder, "demo/puntual.db");
const run = (...args) => execFileSync(program, ["--db", db, ...args], { encoding: "utf8" });

const port = await new Promise((resolve) => {
  const probe = createServer();
  probe.listen(0, "127.0.0.1", () => { const { port: found } = probe.address(); probe.close(() => resolve(found)); });
});
const url = `http://127.0.0.1:${port}`;
mkdirSync(into, { recursive: true });
execFileSync(program, ["demo", "--out", join(folder, "demo")], { stdio: "ignore" });
run("config", "set", "public_url", url);
for (const [channel, price] of [["email", "0.40"], ["sms", "65.00"], ["whatsapp", "38.00"]]) {
  try { run("config", "set", `cost_${channel}`, `${price} EUR`); } catch { /* this program knows no prices */ }
}

const server = spawn(program, ["serve", "--db", db, "--listen", `127.0.0.1:${port}`, "--roles", "http"],
  { stdio: ["ignore", "pipe", "pipe"] });
let said = "";
for (const stream of [server.stdout, server.stderr]) stream.on("data", (data) => { said += data; });
for (let i = 0; !(await fetch(`${url}/healthz`).then(({ ok }) => ok, () => false)); i++) {
  if (i > 100) throw new Error(`the server does not answer: ${said}`);
  await new Promise((resolve) => setTimeout(resolve, 100));
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "es-ES", reducedMotion: "reduce" });
context.setDefaultTimeout(20_000);
const page = await context.newPage();
let bytes = 0, count = 0;

async function keep(where, name) {
  const png = reduced(await where.screenshot());
  writeFileSync(join(into, `${name}.png`), png);
  bytes += png.length;
  count++;
}

async function look(path, name, { dark = false, ready = async () => {} } = {}) {
  await page.evaluate((theme) => { localStorage.setItem("theme", theme); document.documentElement.dataset.theme = theme; }, dark ? "dark" : "light");
  await page.goto(`${url}/app/${path}`);
  await page.evaluate((theme) => { document.documentElement.dataset.theme = theme; }, dark ? "dark" : "light");
  await page.locator("main h1").first().waitFor();
  await page.locator(".skeleton").first().waitFor({ state: "detached" });
  await ready();
  await page.waitForTimeout(600); // frames and graphs draw after their data
  await keep(page, name);
}

try {
  await page.goto(/http:\S+\/enter\/\S+/.exec(said)[0]);
  await keep(page, "entrance");
  await page.locator("[name=name]").fill("Ana Ruiz");
  await page.locator("[name=email]").fill("ana@example.com");
  await page.locator("[name=password]").fill("cuatro palabras sin relación");
  await page.getByRole("button", { name: "Guardar y entrar" }).click();
  await page.waitForURL("**/app/**");
  const cases = await page.evaluate(async () => (await (await fetch("/v1/cases/invoices?limit=200")).json()).items);
  const one = cases.find(({ claimable, due }) => claimable?.minor > 0 && claimable.currency === "EUR" && due > "2026-04-01" && due < "2026-06-01") ?? cases[0];
  const strategies = await page.evaluate(async () => (await (await fetch("/v1/strategies")).json()).items);
  const busy = strategies.filter(({ kind }) => kind === "strategy").sort((a, b) => b.runs - a.runs)[0];

  await look("today", "today");
  await look("today", "today-dark", { dark: true });
  await look("debtors", "debtors");
  await look(`debtors/${one.debtor}`, "debtor");
  await look(`debtors/${one.debtor}`, "debtor-dark", { dark: true });
  await look("outbox", "outbox");
  await look("strategies", "strategies");
  const drawn = () => page.locator(".flow-box").first().waitFor();
  await look(`strategies/${busy.id}`, "strategy", { ready: drawn });
  await look(`strategies/${busy.id}`, "strategy-figures", { ready: async () => {
    await drawn();
    await page.getByRole("button", { name: "Casos y deuda" }).click();
  } });
  await look(`strategies/${busy.id}/edit`, "designer", { ready: async () => {
    await drawn();
    await page.locator(".flow-box.send").first().click();
  } });
  await look(`strategies/${busy.id}/edit`, "designer-dark", { dark: true, ready: drawn });
  await look(`strategies/${busy.id}/edit`, "designer-list", { ready: async () => {
    await drawn();
    await page.getByRole("button", { name: "Ver como lista" }).click();
  } });
  await look("strategies/new", "strategy-new");
  await look("results", "results");
  const simulated = await page.evaluate(async (strategy) => {
    const csrf = (await (await fetch("/v1/session")).json()).csrf;
    const ask = (path, body) => fetch(path, { method: "POST", headers: { "X-CSRF-Token": csrf,
      "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() }, body: JSON.stringify(body) });
    const { id } = await (await ask("/v1/simulations", { strategy })).json();
    await ask("/v1/forecasts", { days: 60 });
    return id;
  }, busy.name);
  await look(`results/simulations/${simulated}`, "simulation", { ready: () =>
    page.getByRole("heading", { name: "Las cuentas" }).waitFor({ timeout: 60_000 }) });
  await look("results/forecast", "forecast", { ready: () =>
    page.getByRole("heading", { name: "Cómo se calcula" }).waitFor({ timeout: 60_000 }) });
  await look("invoices", "invoices");
  await look(`invoices/${one.invoice}`, "invoice");
  await look("payments", "payments");
  await look("templates", "templates");
  const written = () => page.locator("iframe").first().waitFor();
  await look("templates/recordatorio", "template", { ready: written });
  await look("templates/recordatorio", "template-beside", { dark: true, ready: async () => {
    await page.getByRole("button", { name: "Abrir otro al lado" }).click();
    await written();
  } });
  for (const part of ["organization", "creditors", "channels", "people", "rules", "keys", "webhooks", "trail"]) {
    const there = await page.evaluate((name) => document.querySelector(`a[href$="/settings/${name}"]`) !== null, part);
    if (part === "organization") await look("settings", "settings");
    else if (there) await look(`settings/${part}`, `settings-${part}`);
  }
  await look("start", "start");
  await look("imports", "import");

  const link = JSON.parse(run("link", "make", one.number, "--json")).url;
  for (const [scheme, width, name] of [["light", 1280, "page"], ["light", 390, "page-phone"], ["dark", 390, "page-phone-dark"]]) {
    const reader = await browser.newContext({ javaScriptEnabled: false, colorScheme: scheme, viewport: { width, height: 800 }, locale: "es-ES" });
    const shown = await reader.newPage();
    await shown.goto(link);
    await keep(shown, name);
    await reader.close();
  }
  console.log(`${count} pictures, ${Math.round(bytes / 1024)} KB, in ${into}`);
  if (bytes > 3 << 20) throw new Error("together they are more than 3 MB");
} finally {
  await browser.close();
  server.kill("SIGTERM");
  await new Promise((resolve) => server.on("exit", resolve));
  rmSync(folder, { recursive: true, force: true });
}
