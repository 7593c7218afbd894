// Segments: made with the rule builder and counted while one writes, renamed, lists and results looked
// at by them, removed and taken back; and who changes what somebody else changed meanwhile is told.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isoDay } from "./rig.mjs";
import { axeHere, axeOf, shot, signedIn } from "./setup_rig.mjs";

let rig, page, said;

before(async () => {
  ({ rig, page, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "test");
    it.csv("invoices", "external_id;debtor;debtor_name;email;issued;due;amount\n" +
      `F-1;C1;Talleres Núñez, S.L.;pagos@nunez.example;${isoDay(-150)};${isoDay(-120)};5.000,00\n` +
      `F-2;C2;Bar Pepe;pepe@example.com;${isoDay(-40)};${isoDay(-10)};50,00\n` +
      `F-3;C3;Muebles Alba;alba@example.com;${isoDay(-40)};${isoDay(-10)};7.000,00\n`);
  }));
});
after(async () => { await rig?.stop(); });

const dialog = () => page.getByRole("dialog");
const gone = () => dialog().waitFor({ state: "detached" });
const press = (name, exact = true) => page.getByRole("button", { name, exact }).press("Enter");
const save = () => dialog().getByRole("button", { name: "Guardar", exact: true }).press("Enter");
const item = (name) => page.locator("li.block", { has: page.getByRole("heading", { name: new RegExp(`^${name} `) }) });
const read = (path) => page.evaluate(async (at) => (await fetch(at)).json(), path);
const send = (method, path, body, headers = {}) => page.evaluate(async ([how, at, what, more]) => {
  const { csrf } = await (await fetch("/v1/session")).json();
  const answer = await fetch(at, { method: how, ...(what ? { body: JSON.stringify(what) } : {}),
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf, ...more } });
  return answer.status;
}, [method, path, body, headers]);

test("the command palette leads to it, where there is none yet", async () => {
  await page.keyboard.press("Control+k");
  await dialog().getByRole("combobox").fill("segmen");
  await page.getByRole("option", { name: /Segmentos/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/settings/segments");
  await page.getByText("Todavía no hay segmentos").waitFor();
  await axeHere(page, "segments-none");
});

test("one is made from conditions, counted while one writes", async () => {
  await press("Nuevo segmento");
  await dialog().getByLabel("Nombre").fill("Grandes");
  await save();
  await dialog().getByRole("alert").getByText("Añade al menos una condición.").waitFor();
  await dialog().getByRole("button", { name: "Añadir una condición" }).press("Enter");
  await dialog().getByText("3 cuentas la cumplen ahora").waitFor();
  await dialog().getByLabel("Campo").selectOption("account.open");
  await dialog().getByLabel("Valor", { exact: true }).fill("3000");
  await dialog().getByText("2 cuentas la cumplen ahora").waitFor();
  await axeHere(page, "segments-new");
  await save();
  await gone();
  await item("Grandes").getByText("2 cuentas").waitFor();
  await item("Grandes").getByText(/de 2 deudores · 12\.000,00\s€ pendientes/).waitFor();
  const [made] = (await read("/v1/segments")).items;
  assert.deepEqual([made.name, made.subject, made.rule], ["Grandes", "account", ["account.open", ">=", 3000]]);
});

test("of invoices, and no second one of the same name", async () => {
  await press("Nuevo segmento");
  await dialog().getByLabel("De qué trata").selectOption("invoice");
  await dialog().getByLabel("Nombre").fill("Grandes");
  await dialog().getByRole("button", { name: "Añadir una condición" }).press("Enter");
  await dialog().getByText("3 facturas la cumplen ahora").waitFor();
  await save();
  await dialog().getByRole("alert").getByText(/Ya hay uno con el nombre/).waitFor();
  assert.equal((await read("/v1/segments/Grandes")).subject, "account");
  await dialog().getByLabel("Nombre").fill("Vencidas");
  await save();
  await gone();
  await item("Vencidas").getByText("3 facturas").waitFor();
  await item("Vencidas").getByRole("link", { name: /Ver las facturas/ }).press("Enter");
  await page.waitForURL("**/invoices?segment=Vencidas");
  await page.getByRole("link", { name: "F-2" }).waitFor();
});

test("debtors are looked at by it, and a view keeps that", async () => {
  await page.goto(`${rig.url}/app/settings/segments`);
  await item("Grandes").getByRole("link", { name: /Ver las cuentas/ }).press("Enter");
  await page.getByRole("link", { name: "Talleres Núñez, S.L." }).waitFor();
  await page.getByRole("link", { name: "Muebles Alba" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Bar Pepe" }).count(), 0);
  await page.getByRole("group", { name: "Filtros" }).getByRole("button").nth(2).press("Enter");
  await page.getByRole("link", { name: "Muebles Alba" }).waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Talleres Núñez, S.L." }).waitFor();
  await axeHere(page, "segments-debtors");
  await press("Guardar esta vista");
  await dialog().getByLabel("Nombre").fill("Mis grandes");
  await save();
  await gone();
  await page.goto(`${rig.url}/app/debtors`);
  await page.getByRole("link", { name: "Bar Pepe" }).waitFor();
  await press("Mis grandes");
  await page.getByRole("link", { name: "Bar Pepe" }).waitFor({ state: "detached" });
  await page.waitForURL("**/debtors?segment=Grandes");
  await page.goto(`${rig.url}/app/debtors?segment=Nada`);
  await page.getByText("No existe el segmento «Nada»").waitFor();
  assert.equal(await page.getByRole("link", { name: "Bar Pepe" }).count(), 0);
});

test("another name goes into the views that use it", async () => {
  await page.goto(`${rig.url}/app/settings/segments`);
  await press("Cambiar: Grandes");
  await dialog().getByLabel("Nombre").fill("Cuentas grandes");
  await save();
  await gone();
  await item("Cuentas grandes").getByText("2 cuentas").waitFor();
  assert.deepEqual((await read("/v1/segments")).items.map(({ name }) => name), ["Cuentas grandes", "Vencidas"]);
  assert.equal((await read("/v1/views?list=debtors")).items[0].query.segment, "Cuentas grandes");
});

test("who changes a rule that somebody else changed meanwhile is shown theirs, and chooses", async () => {
  await press("Cambiar: Cuentas grandes");
  await dialog().getByText("2 cuentas la cumplen ahora").waitFor();
  assert.equal(await send("PUT", "/v1/segments/Cuentas%20grandes", { subject: "account", rule: ["account.open", ">=", 6000] }), 200);
  await dialog().getByLabel("Valor", { exact: true }).fill("40");
  await dialog().getByText("3 cuentas la cumplen ahora").waitFor();
  await save();
  await dialog().getByRole("alert").getByText(/Quién está en él: ahora dice «.*6\.?000/).waitFor();
  await axeHere(page, "segments-conflict");
  assert.equal(await dialog().getByLabel("Valor", { exact: true }).inputValue(), "40");
  await dialog().getByRole("button", { name: "Descartar lo mío" }).press("Enter");
  await dialog().getByText("1 cuenta la cumple ahora").waitFor();
  assert.equal(await dialog().getByLabel("Valor", { exact: true }).inputValue(), "6000");
  await send("PUT", "/v1/segments/Cuentas%20grandes", { subject: "account", rule: ["account.open", ">=", 5000] });
  await dialog().getByLabel("Valor", { exact: true }).fill("40");
  await save();
  await dialog().getByRole("button", { name: "Guardar lo mío de todos modos" }).press("Enter");
  await gone();
  await item("Cuentas grandes").getByText("3 cuentas").waitFor();
  assert.deepEqual((await read("/v1/segments/Cuentas%20grandes")).rule, ["account.open", ">=", 40]);
});

test("it is removed after what uses it was told, and taken back", async () => {
  await item("Cuentas grandes").getByRole("button", { name: "Quitar" }).press("Enter");
  await dialog().getByText("Lo usan estas vistas guardadas: «Mis grandes».").waitFor();
  await axeHere(page, "segments-remove");
  await dialog().getByRole("button", { name: "Quitar" }).press("Enter");
  await gone();
  await item("Cuentas grandes").waitFor({ state: "detached" });
  await page.locator(".undo-bar").getByRole("button", { name: "Deshacer" }).press("Enter");
  await item("Cuentas grandes").getByText("3 cuentas").waitFor();
  await item("Vencidas").getByRole("button", { name: "Quitar" }).press("Enter");
  await dialog().getByText("No lo usa ninguna vista guardada de las que ves.").waitFor();
  await send("PUT", "/v1/segments/Vencidas", { subject: "invoice", rule: ["invoice.open", ">=", 1] });
  await dialog().getByRole("button", { name: "Quitar" }).press("Enter");
  await dialog().getByRole("alert").getByText(/Alguien lo ha cambiado mientras tanto/).waitFor();
  await page.keyboard.press("Escape");
  await gone();
  assert.equal((await read("/v1/segments")).items.length, 2);
});

test("in three languages, light, dark and narrow, and the policy is never broken", async () => {
  await axeOf(page, rig.url, ["settings/segments"]);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${rig.url}/app/settings/segments`);
  await item("Cuentas grandes").getByText("3 cuentas").waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  await shot(page, "segments-390");
  await press("Cambiar: Cuentas grandes");
  await dialog().getByText("3 cuentas la cumplen ahora").waitFor();
  await axeHere(page, "segments-390-change");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  // what was refused as it had changed, and what another name was read under before the list was read again
  assert.deepEqual(said.filter((line) => !/status of 4(04|12)/.test(line)), []);
});
