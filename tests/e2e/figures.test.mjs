// What a strategy brings, on its own screens: the list, the boxes of the graph and the arms of a
// split test say what the API says, of debtors who lived two months in a sandbox.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { isoDay } from "./rig.mjs";
import { axeHere, shot, signedIn } from "./setup_rig.mjs";

let rig, page, said, strategy;

const DEBTORS = Array.from({ length: 160 }, (_, i) => `C${i}`);
const mail = (template, next) => ({ type: "send.email", template, tone: 2, next, error: next });
const TESTED = { puntual: 1, name: "probada", subject: "account", start: "fase",
  entry: { rule: ["account.days_overdue", ">=", 1] }, nodes: {
  fase: { type: "phase", phase: "reminder", next: "prueba" },
  prueba: { type: "split", split_key: "cuando", holdout: { percent: 5, next: "esperar" },
    arms: [{ name: "pronto", percent: 50, next: "ya" }, { name: "despacio", percent: 50, next: "dejar" }] },
  ya: mail("recordatorio", "esperar"),
  dejar: { type: "wait.days", days: 2, next: "tarde" },
  tarde: mail("recordatorio", "esperar"),
  esperar: { type: "wait.days", days: 90, next: "fin" },
  fin: { type: "end" },
} };
const UNMET = { ...TESTED, name: "sin_nadie", entry: { rule: ["account.days_overdue", ">=", 5000] } };

before(async () => {
  ({ rig, page, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "sandbox", "--clock",
      `${isoDay(-60)}T08:00:00+01:00`);
    it.run("creditor", "set", "Aceros Ibarra", "--iban", "ES9121000418450200051332");
    it.run("config", "set", "cost_email", "45.00 EUR");
    it.publish(TESTED);
    it.publish(UNMET);
    it.csv("invoices", "external_id;debtor;debtor_name;email;issued;due;amount\n" + DEBTORS.map((key) =>
      `F-${key};${key};Talleres ${key};${key.toLowerCase()}@taller.example;${isoDay(-100)};${isoDay(-70)};100,00\n`).join(""));
    it.run("advance", "--days", "5");
    it.csv("payments", "external_id;debtor;amount;date;invoice\n" + DEBTORS.filter((_, i) => i % 3 === 0).map((key) =>
      `P-${key};${key};100,00;${isoDay(-56)};F-${key}\n`).join(""));
    it.run("advance", "--days", "50");
  }));
  strategy = (await api("/v1/strategies")).items.find(({ name }) => name === "probada");
});
after(async () => { await rig?.stop(); });

const api = (path) => page.evaluate(async (at) => (await fetch(at)).json(), path);
const box = (id) => page.locator(`.react-flow__node[data-id="${id}"]`);
const day = (offset) => page.evaluate(async (days) => {
  const { today } = (await (await fetch("/v1/organization")).json());
  return new Date(Date.parse(today) + days * 86400e3).toISOString().slice(0, 10);
}, offset);
const amount = (minor) => `${(minor / 100).toLocaleString("es-ES", { minimumFractionDigits: 2, useGrouping: "always" })}\u00a0€`;
const share = (bp) => new Intl.NumberFormat("es-ES", { style: "percent", maximumFractionDigits: 1 }).format(bp / 10_000);
const shareOf = (arm) => `${share(arm.share_bp)} (${share(arm.share_low_bp)}–${share(arm.share_high_bp)})`;
const total = (monies) => monies.reduce((sum, { amount: { minor } }) => sum + minor, 0);

test("the list says what each strategy sent, collected and cost", async () => {
  const { items } = await api(`/v1/reports/causes?by=strategy&from=${await day(-90)}&to=${await day(1)}`);
  const cause = items.find(({ name }) => name === "probada");
  assert.ok(cause.sent > 20 && total(cause.paid) > 0 && total(cause.cost) > 0, JSON.stringify(items));
  await page.goto(`${rig.url}/app/strategies`);
  const row = page.getByRole("row", { name: /probada/ });
  await row.getByRole("cell", { name: String(cause.sent), exact: true }).waitFor();
  await row.getByRole("cell", { name: amount(total(cause.paid)), exact: true }).waitFor();
  await row.getByRole("cell", { name: amount(total(cause.cost)), exact: true }).waitFor();
  await axeHere(page, "strategies-figures");
});

test("a box says what its step sent, collected and cost; its phase stands in the reader's words", async () => {
  const { nodes } = await api(`/v1/strategies/${strategy.id}/versions/1/figures?from=${await day(-90)}`);
  const early = nodes.find(({ node }) => node === "ya"), waiting = nodes.find(({ node }) => node === "esperar");
  assert.ok(early.sent > 0 && total(early.cost) > 0 && waiting.runs > 0, JSON.stringify(nodes));
  await page.goto(`${rig.url}/app/strategies/${strategy.id}`);
  await page.locator(".flow-lane").getByText("Recordatorio", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Mensajes", exact: true }).click();
  await box("ya").getByText(`${early.sent} enviados`).waitFor();
  await page.getByRole("button", { name: "Casos y deuda" }).click();
  await box("esperar").getByText(`${waiting.runs} casos aquí · ${amount(total(waiting.open))}`).waitFor();
  await page.getByRole("button", { name: "Cobrado y coste" }).click();
  const paid = total(early.paid) > 0 ? `Cobrado ${amount(total(early.paid))} · ` : "";
  await box("ya").getByText(`${paid}coste ${amount(total(early.cost))}`, { exact: true }).waitFor();
});

test("the arms of a split stand on its ways and in a table, with their interval and verdict", async () => {
  const { items: [split] } = await api(`/v1/strategies/${strategy.id}/splits?from=${await day(-90)}&to=${await day(1)}`);
  assert.equal(split.key, "cuando");
  const [slow, kept, soon] = split.arms; // by name
  assert.deepEqual([slow.arm, kept.arm, soon.arm], ["despacio", "holdout", "pronto"]);
  assert.ok(soon.compared && !kept.compared && slow.ripe >= 30, JSON.stringify(split));
  await box("prueba").getByText("Pago en 30 días").waitFor();
  for (const [word, arm] of [["despacio", slow], ["pronto", soon]]) {
    const [share, low, high] = [arm.share_bp, arm.share_low_bp, arm.share_high_bp].map((bp) => Math.round(bp / 100));
    await page.locator(".flow-label").getByText(`${word} · ${share}\u00a0% (${low}–${high})`, { exact: true }).waitFor();
  }
  const table = page.getByRole("region", { name: "Prueba «cuando»" });
  const row = (name) => table.getByRole("row", { name });
  for (const [word, arm] of [["despacio", slow], ["pronto", soon]]) {
    await row(word).getByText(shareOf(arm), { exact: true }).waitFor();
    await row(word).getByRole("cell", { name: amount(total(arm.money)), exact: true }).waitFor();
    assert.deepEqual(await row(word).getByRole("cell").evaluateAll((cells) => cells.slice(1, 3).map((one) => one.textContent)),
      [String(arm.cases), String(arm.ripe)]);
  }
  await row("despacio").getByText("variante de referencia").waitFor();
  await row("pronto").getByText(soon.differs ? /· la diferencia es significativa/ : /sin diferencia significativa/).waitFor();
  await row("pronto").getByText(share(soon.difference_bp), { exact: false }).first().waitFor();
  await row("Grupo de control").getByText("aún no hay datos suficientes: hacen falta 30 deudores").waitFor();
  await axeHere(page, "strategy-split");
});

test("in the results a step leads to its cases, messages and money; a segment narrows it and its arms", async () => {
  const span = `from=${await day(-89)}&to=${await day(1)}`;
  const { nodes } = await api(`/v1/strategies/${strategy.id}/versions/1/figures?${span}`);
  const early = nodes.find(({ node }) => node === "ya"), waiting = nodes.find(({ node }) => node === "esperar");
  await page.goto(`${rig.url}/app/results?part=strategies&from=${await day(-89)}`);
  const steps = page.getByRole("region", { name: "Pasos de probada" });
  const press = (node, says) => steps.getByRole("button", { name: `${says} · Ver el detalle: ${node}` }).first().press("Enter");
  await press("esperar", waiting.runs);
  const cases = page.getByRole("table", { name: "Casos que están ahora en el paso · probada · esperar" });
  await cases.getByRole("link", { name: /^Talleres C\d+$/ }).first().waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Exportar filas" }).press("Enter")]);
  const lines = readFileSync(await file.path(), "utf8").trim().split("\r\n").slice(1);
  assert.equal(lines.length, waiting.runs);
  assert.equal(lines.reduce((sum, line) => sum + Number(line.split(";")[3].replace(",", "")), 0), total(waiting.open));
  await axeHere(page, "results-step-rows");
  await press("ya", early.sent);
  await page.getByRole("table", { name: "Mensajes enviados · probada · ya" }).getByRole("link", { name: /^Talleres/ }).first().waitFor();
  const { items: [split] } = await api(`/v1/strategies/${strategy.id}/splits?${span}`);
  const soon = split.arms.find(({ arm }) => arm === "pronto");
  await page.getByRole("button", { name: `${soon.cases} · Ver el detalle: pronto, Deudores` }).press("Enter");
  await page.getByRole("table", { name: "Deudores de la prueba «cuando» · pronto" }).getByRole("link", { name: /^Talleres/ }).first().waitFor();
  await page.getByRole("heading", { name: /Deudores de la prueba/ }).scrollIntoViewIfNeeded();
  await axeHere(page, "results-arm-rows");
  const [arm] = await Promise.all([page.waitForEvent("download"),
    page.getByRole("button", { name: "Exportar filas" }).last().press("Enter")]);
  const debtors = readFileSync(await arm.path(), "utf8").trim().split("\r\n").slice(1);
  assert.equal(debtors.length, soon.cases);
  assert.equal(debtors.filter((line) => line.endsWith("€")).length, soon.paid);
  rig.run("segment", "set", "Pocos", '["debtor.external_id", "in", ["C1", "C2"]]');
  await page.goto(`${rig.url}/app/results?part=strategies&from=${await day(-89)}&segment=Pocos`);
  const few = (await api(`/v1/strategies/${strategy.id}/versions/1/figures?${span}&segment=Pocos`)).nodes
    .find(({ node }) => node === "esperar");
  assert.equal(few.runs, 2);
  await press("esperar", few.runs);
  await cases.getByRole("link", { name: "Talleres C1" }).waitFor();
  assert.equal(await cases.getByRole("row").count(), 3);
  const arms = page.getByRole("region", { name: "Prueba «cuando»" });
  const counts = await arms.getByRole("row").evaluateAll((rows) => rows.slice(1).map((row) => Number(row.cells[1].textContent)));
  assert.equal(counts.reduce((sum, one) => sum + one, 0), 2);
});

test("without anybody in it the panel says so", async () => {
  const { items } = await api("/v1/strategies");
  await page.goto(`${rig.url}/app/strategies/${items.find(({ name }) => name === "sin_nadie").id}`);
  await page.getByRole("region", { name: "Pruebas A/B" }).getByText(/Aún no hay datos: ningún deudor/).waitFor();
  await page.getByRole("button", { name: "Cobrado y coste" }).click();
  await page.locator(".flow-label").getByText("pronto · aún sin datos", { exact: true }).waitFor();
  await shot(page, "split-none");
});

test("the browser never broke the page's policy", () => assert.deepEqual(said, []));
