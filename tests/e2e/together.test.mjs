// Two people change the same at once, each in a browser of their own: a debtor, a contact, a mailbox, a
// connector, a way to pay. Who comes second is shown what the other changed, and loses nothing typed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isoDay } from "./rig.mjs";
import { axeHere, joined, signedIn } from "./setup_rig.mjs";

let rig, ana, luis, said, debtor;

before(async () => {
  ({ rig, page: ana, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "test");
    it.run("person", "add", "marta", "--name", "Marta Gil", "--email", "marta@ibarra.example");
    it.run("person", "add", "pablo", "--name", "Pablo Rey", "--email", "pablo@ibarra.example");
    it.csv("invoices", "external_id;debtor;debtor_name;email;issued;due;amount\n" +
      `F-1;C1;Talleres Núñez, S.L.;pagos@nunez.example;${isoDay(-150)};${isoDay(-120)};5.000,00\n`);
    it.run("method", "set", "transfer", "--position", "2");
  }));
  luis = await joined(rig, "luis@example.com", "Luis Peña", "owner");
  [debtor] = (await read("/v1/debtors?search=C1")).items;
});
after(async () => { await rig?.stop(); });

const read = (path) => ana.evaluate(async (at) => (await fetch(at)).json(), path);
const dialog = (page) => page.getByRole("dialog");
const press = (page, name) => page.getByRole("button", { name, exact: true }).press("Enter");
const answer = (page, name) => dialog(page).getByRole("button", { name, exact: true }).press("Enter");
const told = (page, words) => dialog(page).getByRole("alert").getByText(words).waitFor();
const gone = (page) => dialog(page).waitFor({ state: "detached" });
const both = (path) => Promise.all([ana, luis].map((page) => page.goto(`${rig.url}/app/${path}`)));

test("the collector of a debtor", async () => {
  await both(`debtors/${debtor.id}`);
  await press(ana, "Cambiar gestor");
  await dialog(ana).getByLabel("Gestor").selectOption("marta");
  await press(luis, "Cambiar gestor");
  await dialog(luis).getByLabel("Gestor").selectOption("pablo");
  await answer(luis, "Guardar");
  await gone(luis);
  await answer(ana, "Guardar");
  await told(ana, /Gestor: ahora dice «Pablo Rey»/);
  assert.equal(await dialog(ana).getByLabel("Gestor").inputValue(), "marta");
  await axeHere(ana, "together-owner");
  assert.equal((await read(`/v1/debtors/${debtor.id}`)).owner, "pablo");
  await answer(ana, "Guardar lo mío de todos modos");
  await gone(ana);
  assert.equal((await read(`/v1/debtors/${debtor.id}`)).owner, "marta");
});

test("what was changed beside it asks nobody anything", async () => {
  await press(ana, "Cambiar gestor");
  await dialog(ana).getByLabel("Gestor").selectOption("pablo");
  const { version } = await read(`/v1/debtors/${debtor.id}`);
  await press(luis, "Excluir");
  await dialog(luis).getByLabel("Motivo").fill("En concurso");
  await answer(luis, "Excluir");
  await gone(luis);
  assert.notEqual((await read(`/v1/debtors/${debtor.id}`)).version, version);
  await answer(ana, "Guardar");
  await gone(ana);
  const now = await read(`/v1/debtors/${debtor.id}`);
  assert.deepEqual([now.owner, now.excluded_reason], ["pablo", "En concurso"]);
});

test("an exclusion that somebody else laid on it meanwhile is shown, and not lifted unseen", async () => {
  // Ana's page does not hear of it: she presses what she sees
  await ana.route("**/v1/events**", (route) => route.abort());
  await ana.goto(`${rig.url}/app/debtors/${debtor.id}`);
  await ana.locator(".note.warn", { hasText: "En concurso" }).waitFor();
  await press(luis, "Volver a reclamar");
  await luis.getByRole("button", { name: "Excluir", exact: true }).waitFor();
  await press(luis, "Excluir");
  await dialog(luis).getByLabel("Motivo").fill("Lo lleva el abogado");
  await answer(luis, "Excluir");
  await gone(luis);
  await press(ana, "Volver a reclamar");
  await ana.getByRole("alert").getByText(/Alguien ha cambiado la exclusión/).waitFor();
  await ana.locator(".note.warn", { hasText: "Lo lleva el abogado" }).waitFor();
  assert.equal((await read(`/v1/debtors/${debtor.id}`)).excluded_reason, "Lo lleva el abogado");
  await ana.unroute("**/v1/events**");
});

test("a contact: consent given here, opted out there, and both stay", async () => {
  await both(`debtors/${debtor.id}`);
  for (const page of [ana, luis]) await press(page, "pagos@nunez.example");
  await dialog(luis).getByLabel("Estado").selectOption("opted_out");
  await dialog(luis).getByLabel("Motivo").fill("Lo pidió por carta");
  await answer(luis, "Guardar");
  await gone(luis);
  await dialog(ana).getByLabel("Consentimiento").selectOption("given");
  await dialog(ana).getByLabel("Motivo").fill("Lo dijo por teléfono");
  await answer(ana, "Guardar");
  await told(ana, /Estado: ahora dice «/);
  await axeHere(ana, "together-contact");
  assert.equal(await dialog(ana).getByLabel("Motivo").inputValue(), "Lo dijo por teléfono");
  await answer(ana, "Guardar lo mío de todos modos");
  await gone(ana);
  const [contact] = (await read(`/v1/debtors/${debtor.id}/contacts`)).items;
  assert.deepEqual([contact.state, contact.consent], ["opted_out", "given"]);
});

test("a contact: who lets go of their own sees the other's", async () => {
  await luis.getByText("Consentimiento dado").waitFor();
  for (const page of [ana, luis]) await press(page, "pagos@nunez.example");
  await dialog(luis).getByLabel("Consentimiento").selectOption("withdrawn");
  await dialog(luis).getByLabel("Motivo").fill("Por correo");
  await answer(luis, "Guardar");
  await gone(luis);
  await dialog(ana).getByLabel("Consentimiento").selectOption("unknown");
  await dialog(ana).getByLabel("Motivo").fill("Fue un error");
  await answer(ana, "Guardar");
  await told(ana, /Consentimiento: ahora dice «Consentimiento retirado»/);
  await answer(ana, "Descartar lo mío");
  assert.equal(await dialog(ana).getByLabel("Consentimiento").inputValue(), "withdrawn");
  await ana.keyboard.press("Escape");
  await gone(ana);
  assert.equal((await read(`/v1/debtors/${debtor.id}/contacts`)).items[0].consent, "withdrawn");
});

const THINGS = [
  { at: "settings/channels", list: "/v1/mailboxes", add: "Añadir un buzón", box: (page) => page.locator(".block").first(),
    first: { Nombre: "respuestas", "Servidor IMAP": "imap.example.com", Usuario: "cobros", "Contraseña": "secreta" },
    field: "Carpeta", key: "folder", luis: "Cobros", ana: "Respuestas" },
  { at: "settings/connectors", list: "/v1/connectors", add: "Conectar un sistema", box: (page) => page.locator(".block").first(),
    first: { Nombre: "erp", "Dirección": "https://erp.example.com/api" },
    field: "Segundos de espera", key: "timeout", luis: "5", ana: "9" },
  { at: "settings/ways", list: "/v1/ways-to-pay", box: (page) => page.locator(".block").first(),
    field: "Orden", key: "position", luis: "4", ana: "7" },
];

for (const one of THINGS) {
  test(`${one.list}: theirs is shown, and mine is saved or let go`, async () => {
    await both(one.at);
    if (one.first) {
      for (const page of [ana, luis]) { // both add the same one
        await press(page, one.add);
        for (const [label, value] of Object.entries(one.first)) await dialog(page).getByLabel(label).first().fill(value);
      }
      await answer(luis, "Guardar");
      await gone(luis);
      await answer(ana, "Guardar");
      await told(ana, /Ya hay uno con el nombre/);
      await ana.keyboard.press("Escape");
      await gone(ana);
    }
    for (const page of [ana, luis]) await one.box(page).getByRole("button", { name: "Cambiar", exact: true }).press("Enter");
    await dialog(luis).getByLabel(one.field).fill(one.luis);
    await answer(luis, "Guardar");
    await gone(luis);
    await dialog(ana).getByLabel(one.field).fill(one.ana);
    await answer(ana, "Guardar");
    await told(ana, new RegExp(`${one.field}.*: ahora dice «${one.luis}»`));
    await axeHere(ana, `together-${one.key}`);
    assert.equal(await dialog(ana).getByLabel(one.field).inputValue(), one.ana);
    assert.equal(String((await read(one.list)).items[0][one.key]), one.luis);
    await answer(ana, "Guardar lo mío de todos modos");
    await gone(ana);
    assert.equal(String((await read(one.list)).items[0][one.key]), one.ana);
    // what somebody changed is not removed unseen
    await one.box(ana).getByRole("button", { name: "Quitar", exact: true }).press("Enter");
    await luis.reload();
    await one.box(luis).getByRole("button", { name: "Cambiar", exact: true }).press("Enter");
    await dialog(luis).getByLabel(one.field).fill(one.luis);
    await answer(luis, "Guardar");
    await gone(luis);
    await answer(ana, "Quitar");
    // or her page has heard of it by now
    const refused = told(ana, /Alguien lo ha cambiado mientras tanto/).then(() => true);
    if (await Promise.race([refused, gone(ana).then(() => false)])) {
      await answer(ana, "Quitar");
      await gone(ana);
    }
    assert.deepEqual((await read(one.list)).items, []);
  });
}

test("the policy is never broken", () =>
  assert.deepEqual(said.filter((line) => !/status of 412|v1\/events/.test(line)), []));
