// Results: figures that say how they are made and lead to their rows; any day's ageing; what is
// saved for a spreadsheet; paper; three languages, light and dark.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { isoDay } from "./rig.mjs";
import { axeHere, axeOf, shot, signedIn } from "./setup_rig.mjs";

let rig, page, said;

before(async () => {
  ({ rig, page, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "test");
    it.csv("invoices", "external_id;debtor;debtor_name;email;issued;due;amount\n" +
      `F-1;C1;Talleres Núñez, S.L.;pagos@nunez.example;${isoDay(-120)};${isoDay(-100)};1.000,00\n` +
      `F-2;C1;Talleres Núñez, S.L.;pagos@nunez.example;${isoDay(-40)};${isoDay(-20)};500,00\n` +
      `F-3;C2;Cerámicas Peña, S.A.;admin@pena.example;${isoDay(-10)};${isoDay(30)};3.000,00\n`);
    it.run("payment", "add", "--invoice", "F-1", "--amount", "400", "--date", isoDay(-5));
    it.run("config", "set", "cost_email", "45.00 EUR");
  }));
});
after(async () => { await rig?.stop(); });

const figure = (name) => page.locator(".figure", { hasText: name }).first();

async function saved() {
  const [file] = await Promise.all([page.waitForEvent("download"),
    page.getByRole("button", { name: "Exportar", exact: true }).first().press("Enter")]);
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
}

test("a figure says how it is made, what it was before, and leads to its rows", async () => {
  await page.goto(`${rig.url}/app/results`);
  await figure("Cobrado").locator("b", { hasText: /^400,00/ }).waitFor();
  await figure("Cobrado").getByText(/^Antes: 0,00/).waitFor();
  assert.match(await figure("Vencido").locator("b").innerText(), /^1\.100,00/);
  // 4,100.00 open, 3,000.00 billed in 30 days
  assert.match(await figure("DSO").locator("b").innerText(), /^41 días/);
  const how = figure("Cobrado").locator("summary");
  await how.focus();
  await page.keyboard.press("Enter");
  await page.getByText("Pagos recibidos en el periodo y aplicados a facturas", { exact: false }).first().waitFor();
  await axeHere(page, "results-money");
  await page.getByRole("button", { name: "1 pago aplicado" }).press("Enter");
  const rows = page.getByRole("table", { name: "Cobros aplicados · EUR" });
  await rows.getByRole("link", { name: "F-1" }).waitFor();
  await rows.getByText(/^400,00/).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Cobros aplicados · EUR");
  await axeHere(page, "results-rows");
  const [file] = await Promise.all([page.waitForEvent("download"),
    page.getByRole("button", { name: "Exportar filas" }).press("Enter")]);
  assert.match(readFileSync(await file.path(), "utf8"), new RegExp(`${isoDay(-5)};Talleres Núñez, S.L.;F-1;400,00;EUR;`));
});

test("what is open, overdue and billed is told invoice by invoice", async () => {
  await figure("DSO").getByRole("button", { name: /facturado|3\.000,00/i }).press("Enter");
  const billed = page.getByRole("table", { name: "Facturas emitidas · EUR" });
  await billed.getByRole("link", { name: "F-3" }).waitFor();
  assert.equal(await billed.getByRole("row").count(), 2);
  await figure("Vencido").getByRole("button", { name: /Lo vencido/ }).press("Enter");
  const late = page.getByRole("table", { name: "Lo vencido, factura a factura · EUR" });
  await late.getByRole("link", { name: "F-1" }).waitFor();
  assert.equal(await late.getByRole("row").count(), 3); // and F-2
  await figure("CEI").getByRole("button", { name: /Lo pendiente/ }).press("Enter");
  const open = page.getByRole("table", { name: "Lo pendiente, factura a factura · EUR" });
  await open.getByRole("link", { name: "F-3" }).waitFor();
  assert.equal(await open.getByRole("row").count(), 4);
  await page.getByRole("button", { name: "Cerrar" }).press("Enter");
  await open.waitFor({ state: "detached" });
});

test("ageing is of any day, and each amount leads to its invoices", async () => {
  await page.goto(`${rig.url}/app/results?part=ageing`);
  const grid = page.getByRole("region", { name: /Antigüedad de la deuda/ });
  await grid.getByRole("button", { name: /Más de 120|91–120/ }).first().press("Enter");
  const rows = page.getByRole("table").last();
  await rows.getByRole("link", { name: "F-1" }).waitFor();
  await rows.getByText(/^600,00/).waitFor();
  await axeHere(page, "results-ageing");
  const file = await saved();
  assert.match(file.name, /^antiguedad-\d{4}-\d\d-\d\d\.csv$/);
  assert.match(file.text, /Todos;EUR;4100,00;3000,00/);
  await page.getByLabel("Al acabar el día").fill(isoDay(-30));
  await grid.getByText(/1\.500,00/).first().waitFor(); // before the payment and the last invoice
  assert.match(page.url(), new RegExp(`as_of=${isoDay(-30)}`));
  await page.getByRole("button", { name: "En porcentaje" }).press("Enter");
  await grid.getByText(/66,7/).first().waitFor();
});

test("tabs go by their address; a wrong span is said", async () => {
  await page.goto(`${rig.url}/app/results?part=work`);
  await figure("Cobrado sin intervención").locator("b", { hasText: "100" }).waitFor();
  await axeHere(page, "results-work");
  await page.getByRole("tab", { name: "Mensajes" }).press("Enter");
  await page.getByRole("cell", { name: "Sin mensaje previo", exact: true }).waitFor();
  await page.getByRole("button", { name: /^400,00.*Sin mensaje previo$/ }).press("Enter");
  await page.getByRole("table", { name: "Cobros aplicados · Sin mensaje previo" }).getByRole("link", { name: "F-1" }).waitFor();
  await page.getByRole("button", { name: /^400,00.*Sin mensaje previo, Sin intervención$/ }).press("Enter");
  await page.getByRole("table", { name: "Cobros sin intervención · Sin mensaje previo" }).getByRole("link", { name: "F-1" }).waitFor();
  await page.getByRole("button", { name: "Segmento" }).press("Enter");
  await page.getByText("Todavía no hay segmentos").waitFor();
  await page.getByRole("tab", { name: "Cohortes" }).press("Enter");
  await page.getByRole("img", { name: /Qué parte se paga/ }).waitFor();
  await axeHere(page, "results-cohorts");
  await page.getByLabel("Desde").fill(isoDay(-900));
  await page.getByRole("alert").getByText(/un año como máximo/).waitFor();
});

const exported = async (name = "Exportar filas") => {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).press("Enter")]);
  return readFileSync(await file.path(), "utf8");
};

test("what lowered the debt without money leads to its bookings", async () => {
  rig.run("credit", "add", "--invoice", "F-2", "--amount", "100", "--note", "Abono por rotura");
  rig.run("credit", "add", "--invoice", "F-3", "--amount", "40", "--kind", "write_off", "--note", "Resto sin reclamar");
  await page.goto(`${rig.url}/app/results`);
  await figure("Reducido sin cobro").locator("b", { hasText: /^140,00/ }).waitFor();
  await figure("Reducido sin cobro").getByRole("button", { name: "Lo reducido sin cobro" }).press("Enter");
  const rows = page.getByRole("table", { name: "Lo reducido sin cobro · EUR" });
  const row = rows.getByRole("row", { name: /F-2/ });
  await row.getByText(/^Abono/).first().waitFor();
  await row.getByText("Abono por rotura").waitFor();
  await row.getByText(/^100,00/).waitFor();
  await rows.getByRole("row", { name: /F-3/ }).getByText(/^Baja/).waitFor();
  assert.equal(await rows.getByRole("row").count(), 3);
  await axeHere(page, "results-lowered");
  const today = isoDay(0);
  assert.match(await exported(), new RegExp(`${today};Talleres Núñez, S.L.;F-2;100,00;EUR;Abono;Abono por rotura`));
});

test("a month's figures lead to the rows of its days", async () => {
  const month = isoDay(-5).slice(0, 7);
  await page.goto(`${rig.url}/app/results`);
  await page.getByRole("button", { name: `400,00\u00a0€ · Ver el detalle: ${month}` }).press("Enter");
  const rows = page.getByRole("table", { name: `Cobros aplicados · ${month} · EUR` });
  await rows.getByRole("link", { name: "F-1" }).waitFor();
  assert.equal(await rows.getByRole("row").count(), 2);
});

test("a cohort leads to its invoices, and what was paid of them by then", async () => {
  await page.goto(`${rig.url}/app/results?part=cohorts`);
  const { items } = await page.evaluate(async (span) => (await fetch(`/v1/reports/cohorts?${span}`)).json(),
    `from=${isoDay(-180)}&to=${isoDay(1)}`);
  const month = items[0].month.slice(0, 7); // what is due on a Saturday is due on Monday
  await page.getByRole("button", { name: `1.000,00\u00a0€ · Ver el detalle: ${month}, Día 180` }).press("Enter");
  const rows = page.getByRole("table", { name: new RegExp(`Lo que vencía en ${month}, factura a factura, y lo pagado 180 días después`) });
  await rows.getByRole("link", { name: "F-1" }).waitFor();
  await rows.getByRole("cell", { name: /^400,00/ }).waitFor();
  assert.equal(await rows.getByRole("row").count(), 2);
  await axeHere(page, "results-cohort-rows");
  assert.match(await exported(), /F-1;Talleres Núñez, S.L.;\d{4}-\d\d-\d\d;1000,00;400,00;EUR/);
  await page.getByRole("button", { name: new RegExp(`^0.*${month}, Día 30$`) }).press("Enter");
  const early = page.getByRole("table", { name: new RegExp(`Lo que vencía en ${month}.* 30 días después`) });
  await early.getByRole("cell", { name: /^0,00/ }).waitFor(); // it was paid after 95
});

test("what came hands-free leads to its payments, what it cost to what was done", async () => {
  await page.goto(`${rig.url}/app/results?part=work`);
  await figure("Cobrado sin intervención").getByRole("button", { name: /^400,00/ }).press("Enter");
  const rows = page.getByRole("table", { name: "Cobros sin intervención · EUR" });
  await rows.getByRole("link", { name: "F-1" }).waitFor();
  await rows.getByText(/^400,00/).waitFor();
  await figure("Coste de cobrar 100").getByRole("button", { name: "Tareas hechas" }).press("Enter");
  await page.getByRole("heading", { name: "Tareas hechas" }).waitFor();
});

test("narrowed to a segment, figures and rows are its own; what is not known of one is said", async () => {
  rig.run("segment", "set", "Peña", '["debtor.external_id", "=", "C2"]');
  await page.goto(`${rig.url}/app/results`);
  assert.match(await figure("Vencido").locator("b").innerText(), /^1\.000,00/);
  await page.getByLabel("Segmento").selectOption("Peña");
  await page.getByRole("status").getByText(/Solo los casos que hoy cumplen la regla del segmento «Peña»/).waitFor();
  await figure("Vencido").locator("b", { hasText: /^0,00/ }).waitFor();
  assert.match(await figure("Cobrado").locator("b").innerText(), /^0,00/);
  await figure("DSO").getByRole("button", { name: /3\.000,00/ }).press("Enter");
  await page.getByRole("table", { name: "Facturas emitidas · EUR" }).getByRole("link", { name: "F-3" }).waitFor();
  await figure("Reducido sin cobro").locator("b", { hasText: /^40,00/ }).waitFor(); // not F-2's
  await figure("CEI").getByRole("button", { name: /Lo pendiente/ }).press("Enter");
  const open = page.getByRole("table", { name: "Lo pendiente, factura a factura · EUR" });
  await open.getByRole("link", { name: "F-3" }).waitFor();
  assert.equal(await open.getByRole("row").count(), 2); // not C1's
  await axeHere(page, "results-segment");
  await page.getByRole("tab", { name: "Antigüedad" }).press("Enter");
  const grid = page.getByRole("region", { name: /Antigüedad de la deuda/ });
  await grid.getByText(/^2\.960,00/).first().waitFor();
  assert.equal(await grid.getByText(/1\.000,00/).count(), 0);
  await page.getByRole("tab", { name: "Mensajes" }).press("Enter");
  await page.getByText("No salió ningún mensaje ni entró ningún pago en estos días").waitFor();
  await page.getByLabel("Segmento").selectOption("");
  await page.getByRole("cell", { name: "Sin mensaje previo", exact: true }).waitFor();
  await page.getByLabel("Segmento").selectOption("Peña");
  await page.getByRole("button", { name: "Segmento", exact: true }).press("Enter");
  await page.getByRole("cell", { name: "Peña", exact: true }).waitFor();
  await page.getByRole("tab", { name: "Estrategias" }).press("Enter");
  await page.getByRole("status").getByText(/de un acreedor o un segmento no se sabe/).waitFor();
});

test("on paper there are figures, and nothing to press", async () => {
  await page.goto(`${rig.url}/app/results?part=ageing`);
  await page.getByRole("region", { name: /Antigüedad de la deuda/ }).waitFor();
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".report-filters").isVisible(), false);
  assert.equal(await page.getByRole("button", { name: "Imprimir" }).isVisible(), false);
  assert.equal(await page.getByRole("table").first().isVisible(), true);
  await shot(page, "results-print");
  await page.emulateMedia({ media: null });
});

test("every part in three languages, light and dark, and narrow", async () => {
  await axeOf(page, rig.url, ["results", "results?part=ageing", "results?part=cohorts", "results?part=causes",
    "results?part=work", "results?part=strategies"]);
  await page.setViewportSize({ width: 390, height: 800 });
  const narrow = async (what) => {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `${what} is ${wide} pixels wide`);
    await shot(page, `results-narrow-${what}`);
  };
  await page.goto(`${rig.url}/app/results?part=ageing`);
  await page.getByRole("region", { name: /Antigüedad de la deuda/ }).waitFor();
  await narrow("ageing");
  await page.goto(`${rig.url}/app/results?part=cohorts`);
  await page.getByRole("button", { name: /Ver el detalle: .*, Día 180/ }).first().press("Enter");
  await page.getByRole("table", { name: /180 días después/ }).getByRole("link", { name: "F-1" }).waitFor();
  await narrow("cohort-rows");
  await page.goto(`${rig.url}/app/results`);
  await figure("Reducido sin cobro").getByRole("button").press("Enter");
  await page.getByRole("table", { name: /Lo reducido/ }).getByText("Abono por rotura").waitFor();
  await narrow("lowered");
});

test("the browser complained about nothing", () => {
  assert.deepEqual(said.filter((line) => !line.includes("409")), []);
});
