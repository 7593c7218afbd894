// Four eyes with two people: a strategy is published, and a stopped one's messages released, after a
// second person saw what would change and agreed; who asked is told what became of it, where it is done.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isoDay } from "./rig.mjs";
import { axeHere, joined, shot, signedIn } from "./setup_rig.mjs";

let rig, ana, luis, said, strategy;

before(async () => {
  ({ rig, page: ana, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "test");
    it.publish({ puntual: 1, name: "una", kind: "strategy", subject: "account", priority: 5, description: "La de siempre",
      entry: { rule: ["account.days_overdue", ">=", 1] }, start: "mail", nodes: {
        mail: { type: "send.email", template: "recordatorio", tone: 1, next: "end", error: "end" },
        end: { type: "end" } } });
    it.csv("invoices", "external_id;debtor;debtor_name;email;issued;due;amount\n" +
      `F-1;C1;Talleres Núñez, S.L.;pagos@nunez.example;${isoDay(-40)};${isoDay(-10)};300,00\n`);
    it.run("config", "set", "four_eyes_publish", "yes");
    it.run("config", "set", "four_eyes_release", "yes");
  }));
  luis = await joined(rig, "luis@example.com", "Luis Peña", "manager");
  [strategy] = (await read("/v1/strategies")).items;
});
after(async () => { await rig?.stop(); });

const read = (path) => ana.evaluate(async (at) => (await fetch(at)).json(), path);
const dialog = (page) => page.getByRole("dialog");
const press = (page, name) => page.getByRole("button", { name, exact: true }).press("Enter");
const answer = (page, name) => dialog(page).getByRole("button", { name, exact: true }).press("Enter");
const gone = (page) => dialog(page).waitFor({ state: "detached" });
const describe = (text) => ana.getByRole("complementary", { name: "Ficha" }).getByLabel("Descripción").fill(text);
const version = async () => (await read(`/v1/strategies/${strategy.id}`)).version;

async function publish() {
  await press(ana, "Publicar…");
  await dialog(ana).getByRole("table", { name: "Cambios" }).waitFor();
  await answer(ana, "Publicar");
  await gone(ana);
}

async function decide(what) {
  await luis.goto(`${rig.url}/app/settings/approvals`);
  await press(luis, what);
  await dialog(luis).getByLabel("Nota").waitFor();
}

test("who asks to publish waits, and cannot agree alone", async () => {
  await ana.goto(`${rig.url}/app/strategies/${strategy.id}/edit`);
  await describe("Con otras palabras");
  await ana.getByText("Borrador guardado").waitFor();
  await publish();
  await ana.getByText(/Otra persona tiene que aprobarlo, sin cambios/).waitFor();
  await axeHere(ana, "four-waits");
  assert.equal(await version(), 1);
});

test("the second person is led from Today to what it would change, and agrees", async () => {
  await luis.goto(`${rig.url}/app/today`);
  await luis.getByRole("link", { name: "Publicar: una" }).waitFor();
  await shot(luis, "four-today");
  await decide("Aprobar");
  await dialog(luis).getByText("Con otras palabras").waitFor();
  await dialog(luis).getByText("La de siempre").waitFor();
  await dialog(luis).getByRole("link", { name: "Abrir el borrador" }).waitFor();
  await axeHere(luis, "four-approve");
  await dialog(luis).getByLabel("Nota").fill("De acuerdo");
  await answer(luis, "Aprobar");
  await gone(luis);
  await luis.getByText("Aprobado: falta hacerlo").waitFor();
});

test("who asked is told in the editor, publishes, and what was agreed to is used up", async () => {
  await ana.getByText("Luis Peña lo ha aprobado: ya se puede hacer. «De acuerdo»").waitFor();
  await axeHere(ana, "four-approved");
  await ana.locator(".draft-note").getByRole("button", { name: "Publicar…" }).press("Enter");
  await dialog(ana).getByRole("table").waitFor();
  await answer(ana, "Publicar");
  await ana.waitForURL(`**/strategies/${strategy.id}`);
  assert.equal(await version(), 2);
  await luis.getByText("Hecho").waitFor();
});

test("another text is another question; it is refused, with the reason", async () => {
  await ana.goto(`${rig.url}/app/strategies/${strategy.id}/edit`);
  await describe("Demasiado");
  await publish();
  await ana.getByText(/Otra persona tiene que aprobarlo/).waitFor();
  await describe("Demasiado, y luego otra cosa");
  await ana.getByText(/Otra persona tiene que aprobarlo/).waitFor({ state: "detached" });
  await ana.waitForFunction(async (at) => {
    const { items } = await (await fetch(at)).json();
    const draft = await (await fetch(`${at.split("?")[0]}/${items[0].id}`)).json();
    return draft.document.description === "Demasiado, y luego otra cosa";
  }, "/v1/drafts?kind=strategy");
  await decide("Rechazar");
  await luis.keyboard.press("Escape");
  await gone(luis);
  await press(luis, "Aprobar");
  await dialog(luis).getByText(/El borrador ha cambiado después de pedirlo/).waitFor();
  await axeHere(luis, "four-changed");
  await luis.keyboard.press("Escape");
  await gone(luis);
  await publish();
  await ana.getByText(/Otra persona tiene que aprobarlo/).waitFor();
  await luis.getByRole("button", { name: "Rechazar", exact: true }).nth(1).waitFor();
  await luis.getByRole("button", { name: "Rechazar", exact: true }).first().press("Enter");
  await dialog(luis).getByLabel("Nota").fill("Es muy duro");
  await answer(luis, "Rechazar");
  await gone(luis);
  await ana.getByText("Luis Peña no lo ha aprobado. «Es muy duro»").waitFor();
  await axeHere(ana, "four-refused");
  assert.equal(await version(), 2);
});

test("a strategy that was stopped is released by two", async () => {
  rig.sql(`UPDATE strategy SET stopped_on = ${Math.floor(Date.now() / 86400e3)}`);
  await ana.goto(`${rig.url}/app/strategies/${strategy.id}`);
  await ana.getByText(/quería enviar más mensajes/).waitFor();
  await press(ana, "Soltar los envíos…");
  await dialog(ana).getByLabel("Motivo").fill("Se importó el trimestre");
  await axeHere(ana, "four-release");
  await answer(ana, "Soltar los envíos");
  await gone(ana);
  await ana.getByText(/Otra persona tiene que aprobarlo/).waitFor();
  assert.equal(await ana.getByRole("button", { name: "Soltar los envíos…" }).count(), 0);
  assert.ok((await read(`/v1/strategies/${strategy.id}`)).stopped_on);
  await luis.goto(`${rig.url}/app/settings/approvals`);
  await luis.getByRole("row", { name: /Liberar envíos retenidos/ }).getByRole("button", { name: "Aprobar" }).press("Enter");
  await answer(luis, "Aprobar");
  await gone(luis);
  await ana.getByText("Luis Peña lo ha aprobado: ya se puede hacer.").waitFor();
  await axeHere(ana, "four-released");
  await press(ana, "Soltar los envíos…");
  await dialog(ana).getByLabel("Motivo").fill("Se importó el trimestre");
  await answer(ana, "Soltar los envíos");
  await gone(ana);
  await ana.getByText(/quería enviar más mensajes/).waitFor({ state: "detached" });
  assert.equal((await read(`/v1/strategies/${strategy.id}`)).stopped_on, null);
});

test("the policy is never broken", () => assert.deepEqual(said.filter((line) => !/status of 404/.test(line)), []));
