// Simulations and forecasts in the console: asked for, watched, read, put beside each other, deleted;
// of a draft from the designer; three languages, light and dark, by keyboard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isoDay } from "./rig.mjs";
import { axeHere, axeOf, signedIn } from "./setup_rig.mjs";

let rig, page, said;

before(async () => {
  ({ rig, page, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "test");
    let invoices = "external_id;debtor;debtor_name;email;issued;due;amount\n";
    const paid = [];
    for (let i = 0; i < 90; i++) {
      const issued = -210 + i * 2;
      invoices += `F-${i};C${i % 12};Cliente ${i % 12}, S.L.;c${i % 12}@example.com;` +
        `${isoDay(issued)};${isoDay(issued + 30)};${100 + i},00\n`;
      if (i < 75) paid.push([`F-${i}`, isoDay(Math.min(-1, issued + 20 + i % 25)), 100 + i]);
    }
    it.csv("invoices", invoices);
    it.csv("payments", "invoice;date;amount\n" + paid.map(([number, at, amount]) =>
      `${number};${at};${amount},00`).join("\n") + "\n");
    it.run("strategy", "publish", "b2b_30_dias");
    it.run("config", "set", "cost_email", "45.00 EUR");
  }));
});
after(async () => { await rig?.stop(); });

const dialog = () => page.getByRole("dialog");
const done = () => page.getByRole("heading", { name: "Las cuentas" }).waitFor({ timeout: 60_000 });

test("a published strategy is simulated against another from the list, by keyboard", async () => {
  await page.goto(`${rig.url}/app/results`);
  await page.getByRole("link", { name: "Simulaciones" }).press("Enter");
  await page.getByText("Todavía no hay simulaciones").waitFor();
  await page.getByRole("button", { name: "Simular" }).press("Enter");
  await dialog().locator("select[name=strategy]").selectOption("b2b_30_dias");
  await dialog().getByLabel("Comparar con").selectOption("b2b_30_dias");
  await dialog().getByLabel("Desde").fill(isoDay(-1));
  await dialog().getByLabel("Hasta").fill(isoDay(-9));
  await dialog().getByRole("button", { name: "Empezar" }).press("Enter");
  await dialog().getByRole("alert").getByText(/anterior o igual/).waitFor();
  await dialog().getByLabel("Desde").fill(isoDay(-160));
  await dialog().getByLabel("Hasta").fill(isoDay(-1));
  await dialog().getByLabel("Nombre (opcional)").fill("Medio año");
  await axeHere(page, "simulate-dialog");
  await dialog().getByRole("button", { name: "Empezar" }).press("Enter");
  await done();
  assert.match(page.url(), /\/results\/simulations\/sim_/);
  await page.getByRole("heading", { level: 1, name: "Medio año" }).waitFor();
  const sums = page.getByRole("region", { name: "Las cuentas" });
  const row = async (name) => (await sums.getByRole("row", { name }).getByRole("cell").allInnerTexts()).slice(1, 3);
  const [a, b] = await row(/^Deudores mirados/);
  assert.deepEqual([a, b], ["12", "12"]);
  const messages = await row(/^Mensajes/);
  assert.equal(messages[0], messages[1]); // the same strategy does the same
  assert.ok(Number(messages[0]) > 10, messages[0]);
  assert.match((await row(/^Coste/))[0], /^\d+,\d\d\s€$/);
  await page.getByRole("img", { name: /Contactos por semana y canal/ }).first().waitFor();
  // nothing was ever sent: there is no range, and it says how much is missing
  const effect = page.getByRole("region", { name: "Efecto en el cobro" });
  await effect.getByText("Hacen falta 200 mensajes, 50 cobros en los 14 días siguientes a uno y otros 50 sin ninguno", { exact: false }).waitFor();
  await effect.getByText("El dinero llega como llegó", { exact: false }).waitFor();
  await page.getByRole("heading", { name: "Flujos breves" }).waitFor();
  await page.getByText("Ninguno habría empezado.").waitFor();
  const list = page.getByRole("table", { name: "Mensaje a mensaje" });
  await list.getByRole("link", { name: /^Cliente/ }).first().waitFor();
  await axeHere(page, "simulation");
});

test("a draft is simulated from the designer as it stands", async () => {
  await page.goto(`${rig.url}/app/strategies`);
  await page.getByTitle("b2b_30_dias", { exact: true }).click();
  await page.getByRole("link", { name: /Editar|Cambiar/ }).or(page.getByRole("button", { name: /Editar|Cambiar/ })).first().click();
  await page.getByRole("button", { name: "Simular", exact: true }).click();
  await dialog().getByLabel("Deudores").selectOption("200");
  await dialog().getByRole("button", { name: "Empezar" }).press("Enter");
  await done();
  await page.getByText("Una muestra de 200 deudores").waitFor();
});

test("two that are kept stand side by side; unlike ones are told so; one is deleted", async () => {
  await page.goto(`${rig.url}/app/results/simulations`);
  const boxes = page.getByRole("checkbox");
  await boxes.first().waitFor();
  for (let i = 0; i < 2; i++) {
    await boxes.nth(i).focus();
    await page.keyboard.press("Space");
  }
  await axeHere(page, "simulations");
  await page.getByRole("button", { name: "Comparar dos" }).press("Enter");
  await done();
  await page.getByText("No tienen el mismo periodo o la misma muestra", { exact: false }).waitFor();
  await page.getByRole("button", { name: "Borrar" }).press("Enter");
  await page.getByRole("heading", { level: 1, name: "Simulaciones" }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll("input[type=checkbox]").length === 1);
});

test("a forecast says money, messages, tasks and how good it is", async () => {
  await page.goto(`${rig.url}/app/results/forecast`);
  await page.getByText("Todavía no hay ninguna previsión").waitFor();
  await page.getByRole("button", { name: "30 días" }).press("Enter");
  await page.getByRole("button", { name: "Calcular previsión" }).press("Enter");
  await page.getByRole("img", { name: /Dinero que entrará/ }).waitFor({ timeout: 60_000 });
  await page.getByText(/entrarán entre .* y .*; el valor central/).waitFor();
  await page.getByText(/El dinero de 7 días quedó entre P10 y P90 en \d+ de \d+ semanas/).waitFor();
  await page.getByText(/Costarán \d+,\d\d\s€/).waitFor();
  await page.getByRole("heading", { name: "Cómo se calcula" }).waitFor();
  await axeHere(page, "forecast");
});

test("in three languages, light and dark; the browser complained of nothing", async () => {
  const id = await page.evaluate(async () => (await (await fetch("/v1/simulations")).json()).items[0].id);
  await axeOf(page, rig.url, [`results/simulations/${id}`, "results/simulations", "results/forecast"]);
  assert.deepEqual(said.filter((text) => !/favicon/.test(text)), []);
});
