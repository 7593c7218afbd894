// Invoices and payments: narrowed by rules, found by number, paid, credited, withheld from, and a
// payment taken back; by keyboard where somebody does it all day.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { isoDay } from "./rig.mjs";
import { axeHere, axeOf, PNG, signedIn } from "./setup_rig.mjs";

let rig, page, said;

before(async () => {
  ({ rig, page, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "test");
    it.csv("invoices", "external_id;debtor;debtor_name;email;issued;due;amount\n" +
      `F-1;C1;Talleres Núñez, S.L.;pagos@nunez.example;${isoDay(-90)};${isoDay(-60)};1.210,00\n` +
      `F-2;C1;Talleres Núñez, S.L.;pagos@nunez.example;${isoDay(-40)};${isoDay(-10)};500,00\n` +
      `F-3;C2;Cerámicas Peña, S.A.;admin@pena.example;${isoDay(-10)};${isoDay(20)};3.630,00\n`);
  }));
});
after(async () => { await rig?.stop(); });

const main = () => page.locator("main");
const figure = (name) => page.locator(".figure", { hasText: name }).locator("b").first().innerText();

test("invoices are narrowed by rules, and one is found by its number", async () => {
  await page.goto(`${rig.url}/app/invoices`);
  await page.getByRole("link", { name: "F-1", exact: true }).waitFor();
  await axeHere(page, "invoices");
  await page.getByRole("button", { name: "Más de 30 días" }).press("Enter");
  await page.getByRole("link", { name: "F-2", exact: true }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Quitar filtros" }).click();
  const field = page.getByRole("searchbox", { name: "Número de factura exacto" });
  await field.fill("F-9");
  await field.press("Enter");
  await page.getByRole("alert").waitFor();
  await field.fill("F-1");
  await field.press("Enter");
  await page.getByRole("heading", { name: "Factura F-1" }).waitFor();
  assert.match(await figure("Pendiente"), /^1\.210,00/);
});

test("part of it is paid; its ledger says so and leads to the payment", async () => {
  await page.getByRole("button", { name: "Registrar pago" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Importe").fill("210,00");
  await dialog.getByLabel("Referencia").fill("TRF 8841");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await page.locator(".figure b", { hasText: /^1\.000,00/ }).first().waitFor();
  await axeHere(page, "invoice-page");
});

test("a credit note and a withholding lower it; nonsense is refused", async () => {
  for (const [kind, amount, left] of [["credit", "100", /^900,00/], ["withholding", "50", /^850,00/]]) {
    await page.getByLabel("Reducir…").selectOption(kind);
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Importe").fill("nada");
    await page.keyboard.press("Enter");
    await dialog.getByRole("alert").waitFor();
    await dialog.getByLabel("Importe").fill("99999"); // the server's own refusal, in the language of the screen
    await page.keyboard.press("Enter");
    await dialog.getByRole("alert").getByText(/La factura F-1 tiene .* pendientes; el importe debe estar entre 0 y eso\./).waitFor();
    await dialog.getByLabel("Importe").fill(amount);
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await page.locator(".figure b", { hasText: left }).first().waitFor();
  }
  await main().getByRole("table", { name: "Movimientos" }).getByText("Abono").waitFor();
});

test("a document is kept with it", async () => {
  await page.locator("input[type=file]").setInputFiles({ name: "albarán.png", mimeType: "image/png",
    buffer: PNG });
  await page.getByRole("link", { name: "albarán.png" }).waitFor();
});

test("a payment is entered for chosen invoices, and taken back", async () => {
  await page.goto(`${rig.url}/app/payments`);
  await page.getByRole("button", { name: "Registrar pago" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("searchbox").fill("nunez");
  await dialog.getByRole("button", { name: /Talleres Núñez/ }).press("Enter");
  await dialog.getByRole("checkbox", { name: /F-2/ }).check();
  await dialog.getByLabel("Importe").fill("500");
  await axeHere(page, "payment-dialog");
  await dialog.getByRole("button", { name: "Registrar el pago" }).press("Enter");
  await dialog.waitFor({ state: "detached" });
  const row = page.getByRole("row", { name: /500,00/ });
  await row.getByRole("link").first().press("Enter");
  const one = page.getByRole("complementary", { name: "Cobro elegido" });
  await one.getByRole("link", { name: "F-2" }).waitFor();
  await axeHere(page, "payment");
  await one.getByRole("button", { name: "Deshacer el cobro" }).press("Enter");
  await page.getByRole("dialog").getByLabel("Motivo").fill("Devuelto por el banco");
  await page.keyboard.press("Enter");
  await one.getByText(/Devuelto por el banco/).waitFor();
  const open = await page.evaluate(async () =>
    (await (await fetch("/v1/invoices/find?number=F-2")).json()).open.minor);
  assert.equal(open, 50000);
});

const openOf = (number) => page.evaluate(async (wanted) =>
  (await (await fetch(`/v1/invoices/find?number=${wanted}`)).json()).open.minor, number);

test("a payment is moved to another invoice, and the move undone, by keyboard", async () => {
  await page.goto(`${rig.url}/app/payments`);
  await page.getByRole("row", { name: /210,00/ }).getByRole("link").first().press("Enter");
  const one = page.getByRole("complementary", { name: "Cobro elegido" });
  await one.getByRole("link", { name: "F-1" }).waitFor();
  await one.getByRole("button", { name: "Cambiar la aplicación" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Cambiar la aplicación" }).press("Enter");
  await dialog.getByText("Elige de qué facturas se quita").waitFor();
  await dialog.getByRole("group", { name: "Quitar de" }).getByRole("checkbox", { name: /F-1/ }).press("Space");
  await dialog.getByText(/Disponible para aplicar: 210,00/).waitFor();
  await dialog.getByRole("group", { name: "Aplicar a" }).getByRole("checkbox", { name: /F-2/ }).press("Space");
  await dialog.getByLabel("Motivo").fill("Era de la F-2");
  await axeHere(page, "payment-move");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await one.getByRole("link", { name: "F-2" }).waitFor();
  assert.deepEqual([await openOf("F-1"), await openOf("F-2")], [106000, 29000]);
  await one.getByRole("button", { name: "Deshacer", exact: true }).press("Enter");
  await one.getByRole("link", { name: "F-1" }).waitFor();
  assert.deepEqual([await openOf("F-1"), await openOf("F-2")], [85000, 50000]);
});

test("payments are narrowed, and the address keeps it", async () => {
  await page.goto(`${rig.url}/app/payments`);
  await page.getByRole("button", { name: "Devueltos" }).press("Enter");
  await page.getByRole("row", { name: /210,00/ }).waitFor({ state: "detached" });
  assert.match(page.url(), /\?state=reversed$/);
  await page.reload();
  await page.getByRole("row", { name: /500,00/ }).waitFor();
  assert.equal(await page.getByRole("row", { name: /210,00/ }).count(), 0);
  await page.getByLabel("Hasta").fill("2020-01-31");
  await page.getByText("Ningún cobro cumple estas condiciones").waitFor();
  await page.getByRole("button", { name: "Quitar filtros" }).first().press("Enter");
  await page.getByRole("row", { name: /210,00/ }).waitFor();
});

test("lists of payments and instruments name their debtors in one request", async () => {
  const asked = [];
  const note = (request) => { if (/\/v1\/debtors\/deb_/.test(request.url())) asked.push(request.url()); };
  rig.run("instrument", "add", "--debtor", "C1", "--kind", "cheque", "--number", "CH-70", "--amount", "10", "--due", isoDay(0));
  page.on("request", note);
  await page.goto(`${rig.url}/app/payments`);
  await page.getByRole("row", { name: /210,00/ }).getByRole("link", { name: /Núñez/ }).waitFor();
  await page.goto(`${rig.url}/app/payments/calendar`);
  await page.getByRole("row", { name: /CH-70/ }).getByRole("link", { name: /Núñez/ }).waitFor();
  page.off("request", note);
  assert.deepEqual(asked, []);
});

test("instruments stand in a calendar by the day they are due; one is cleared, one came back", async () => {
  const due = isoDay(1);
  rig.run("instrument", "add", "--debtor", "C2", "--kind", "cheque", "--number", "CH-77", "--amount", "630", "--due", due);
  rig.run("instrument", "add", "--debtor", "C2", "--kind", "promissory_note", "--number", "PG-8", "--amount", "1000", "--due", due);
  await page.goto(`${rig.url}/app/payments/calendar?month=${due.slice(0, 7)}`);
  const month = page.getByRole("table", { name: "Vencimientos del mes" });
  await month.getByRole("button", { name: /2 documentos/ }).press("Enter");
  assert.match(await month.getByRole("button", { name: /2 documentos/ }).innerText(), /1\.630,00/);
  assert.match(page.url(), new RegExp(`day=${due}`));
  await axeHere(page, "instruments");
  await page.getByRole("button", { name: "Marcar cobrado CH-77" }).press("Enter");
  await page.getByRole("row", { name: /CH-77/ }).getByText("Cobrado").waitFor();
  await page.getByRole("button", { name: "Anotar devolución de PG-8" }).press("Enter");
  await page.getByRole("dialog").getByLabel("Motivo").fill("Sin fondos");
  await page.keyboard.press("Enter");
  await page.getByRole("row", { name: /PG-8/ }).getByText("Devuelto").waitFor();
  assert.equal(await openOf("F-3"), 300000);
  await page.getByRole("button", { name: "Mes anterior" }).press("Enter");
  await page.getByRole("button", { name: "Mes anterior" }).press("Enter");
  await page.getByText("Nada vence este mes").waitFor();
});

async function saved(name) {
  const [file] = await Promise.all([page.waitForEvent("download"),
    page.getByRole("button", { name }).press("Enter")]);
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
}

test("the lists are saved for a spreadsheet, as they are narrowed", async () => {
  await page.goto(`${rig.url}/app/invoices`);
  await page.getByRole("button", { name: "Más de 30 días" }).press("Enter");
  await page.getByRole("link", { name: "F-2", exact: true }).waitFor({ state: "detached" });
  const invoices = await saved("Exportar a CSV");
  const book = await saved("Exportar a Excel");
  assert.match(book.name, /^invoices-\d{4}-\d\d-\d\d\.xlsx$/);
  assert.ok(book.text.startsWith("PK"), "a zip");
  assert.match(invoices.name, /^invoices-\d{4}-\d\d-\d\d\.csv$/);
  assert.match(invoices.text, /^\uFEFF?invoice;debtor;/);
  assert.match(invoices.text, /^F-1;C1;"?Talleres Núñez, S\.L\."?;.*;850,00;/m);
  assert.doesNotMatch(invoices.text, /^F-[23];/m);
  await page.goto(`${rig.url}/app/payments`);
  const payments = await saved("Exportar a CSV");
  assert.match(payments.text, /;210,00;.*TRF 8841/);
  assert.match(payments.text, /;500,00;.*reversed/);
  await page.goto(`${rig.url}/app/debtors`);
  await page.getByRole("button", { name: "Más de 30 días" }).press("Enter");
  await page.getByRole("link", { name: /Cerámicas Peña/ }).waitFor({ state: "detached" });
  await axeHere(page, "debtors-export");
  const accounts = await saved("Exportar estas cuentas a CSV");
  assert.match(accounts.text, /^C1;/m);
  assert.doesNotMatch(accounts.text, /^C2;/m);
  const debtors = await saved("Exportar todos los deudores a CSV");
  assert.match(debtors.text, /^C1;/m);
  assert.match(debtors.text, /^C2;/m);
});

test("a list that is too long to save says so, and nothing is saved", async () => {
  await page.route("**/v1/exports/debtors?*", (route) => route.fulfill({ status: 413,
    contentType: "application/problem+json", body: JSON.stringify({ type: "about:blank", title: "Límite",
      status: 413, code: "PN-1", detail: "Un fichero tiene como mucho 100.000 filas.", instance: "" }) }));
  await page.getByRole("button", { name: "Exportar todos los deudores a Excel" }).press("Enter");
  await page.getByRole("alert").getByText("Un fichero tiene como mucho 100.000 filas.").waitFor();
  await page.unroute("**/v1/exports/debtors?*");
});

test("axe finds nothing; the policy is never broken", async () => {
  const id = await page.evaluate(async () =>
    (await (await fetch("/v1/invoices/find?number=F-1")).json()).id);
  await axeOf(page, rig.url, ["invoices", `invoices/${id}`, "payments", "payments/calendar"]);
  assert.deepEqual(said.filter((line) => !/404|413|422/.test(line)), []);
});
