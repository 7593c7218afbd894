// A debtor's page: how late, who looks after it, contacts and consent, relatives, documents, a call,
// a link to their page; and a message held, edited and released before it leaves.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isoDay } from "./rig.mjs";
import { axeHere, shot, signedIn } from "./setup_rig.mjs";

let rig, page, said, debtor;

before(async () => {
  ({ rig, page, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "sandbox",
      "--clock", `${isoDay(0)}T22:00:00+01:00`); // nothing may leave at that hour: it waits
    it.run("config", "set", "public_url", it.url);
    it.run("person", "add", "luis", "--name", "Luis Sanz", "--email", "luis@ibarra.example");
    it.csv("invoices", "external_id;debtor;debtor_name;email;issued;due;amount\n" +
      `F-1;C1;Talleres Núñez, S.L.;pagos@nunez.example;${isoDay(-150)};${isoDay(-120)};1.210,00\n` +
      `F-2;C1;Talleres Núñez, S.L.;pagos@nunez.example;${isoDay(-40)};${isoDay(-10)};300,00\n` +
      `F-3;C1;Talleres Núñez, S.L.;pagos@nunez.example;${isoDay(-4)};${isoDay(26)};90,00\n` +
      `F-4;C2;Núñez Norte, S.L.;norte@nunez.example;${isoDay(-40)};${isoDay(-10)};50,00\n`);
    it.run("task", "add", "C1", "Llamar a Núñez");
    it.publish({ puntual: 1, name: "una", kind: "strategy", subject: "account", priority: 5,
      entry: { rule: ["account.days_overdue", ">=", 1] }, start: "mail", nodes: {
        mail: { type: "send.email", template: "recordatorio", tone: 1, next: "end", error: "end" },
        end: { type: "end" } } });
    it.run("advance", "--to", `${isoDay(0)}T22:30:00`);
  }));
  [debtor] = (await page.evaluate(async () => (await (await fetch("/v1/debtors?search=C1")).json()).items));
});
after(async () => { await rig?.stop(); });

const AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36";
const dialog = () => page.getByRole("dialog");
const gone = () => dialog().waitFor({ state: "detached" });
const read = (path) => page.evaluate(async (at) => (await fetch(at)).json(), path);

test("what is open is told by how late it is, and what needs a person", async () => {
  await page.goto(`${rig.url}/app/debtors/${debtor.id}`);
  const row = page.getByRole("table", { name: "Antigüedad de lo pendiente" }).getByRole("row").nth(1);
  await row.waitFor();
  const cells = (await row.getByRole("cell").allInnerTexts()).map((text) => text.replace(/\s/g, " "));
  assert.deepEqual(cells.slice(0, 6), ["90,00 €", "300,00 €", "–", "–", "1.210,00 €", "1.600,00 €"]);
  await page.getByRole("link", { name: "Llamar a Núñez" }).waitFor();
  await axeHere(page, "debtor-more");
});

test("a call, the owner, a contact and its consent", async () => {
  await page.getByRole("button", { name: "Anotar llamada" }).press("Enter");
  await dialog().getByLabel("Qué se dijo").fill("Paga el lunes");
  await dialog().getByRole("button", { name: "Anotar la llamada" }).press("Enter");
  await gone();
  await page.getByRole("button", { name: "Personas", exact: true }).press("Enter");
  await page.getByText(/Llamada: se habló con el deudor: «Paga el lunes»/).waitFor();
  assert.equal(await page.locator(".timeline").getByText(/factura/i).count(), 0);

  await page.getByRole("button", { name: "Cambiar gestor" }).press("Enter");
  await dialog().getByLabel("Gestor").selectOption("luis");
  await dialog().getByRole("button", { name: "Guardar" }).press("Enter");
  await gone();
  assert.equal((await read(`/v1/debtors/${debtor.id}`)).owner, "luis");

  await page.getByRole("button", { name: "Añadir contacto" }).press("Enter");
  await dialog().getByLabel("Canal").selectOption("sms");
  await dialog().getByLabel("Dirección o número").fill("612 34 56 78");
  await dialog().getByRole("button", { name: "Guardar" }).press("Enter");
  await gone();
  await page.getByRole("button", { name: "+34612345678" }).press("Enter");
  await dialog().getByLabel("Consentimiento").selectOption("given");
  await dialog().getByLabel("Motivo").fill("Lo dijo por teléfono");
  await axeHere(page, "debtor-contact");
  await dialog().getByRole("button", { name: "Guardar" }).press("Enter");
  await gone();
  await page.getByText("Consentimiento dado").waitFor();
});

test("relatives, a document, all that is kept, and the page as the debtor sees it", async () => {
  await page.evaluate(async ([parent, csrf]) => {
    const [child] = (await (await fetch("/v1/debtors?search=C2")).json()).items;
    await fetch(`/v1/debtors/${child.id}`, { method: "PATCH", body: JSON.stringify({ parent }),
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf } });
  }, [debtor.id, (await read("/v1/session")).csrf]);
  await page.reload();
  await page.getByRole("link", { name: "Núñez Norte, S.L." }).waitFor();
  await page.getByRole("tab", { name: "Documentos" }).press("Enter");
  await page.locator("input[type=file]").setInputFiles({ name: "contrato.pdf", mimeType: "application/pdf",
    buffer: Buffer.from("%PDF-1.4\n%contrato\n") });
  await page.getByRole("link", { name: "contrato.pdf" }).waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"),
    page.getByRole("button", { name: "Exportar todo lo guardado" }).press("Enter")]);
  assert.equal(file.suggestedFilename(), "C1.json");
  await page.getByRole("button", { name: "Ver su página" }).press("Enter");
  const look = await dialog().getByRole("link", { name: "Abrir en otra pestaña" }).getAttribute("href");
  const shown = await (await fetch(look)).text();
  assert.match(shown, /1\.210,00/);
  assert.match(shown, /No cuenta como visita suya/);
  assert.doesNotMatch(shown, /seen\.gif/);
  const visits = async () => (await read(`/v1/debtors/${debtor.id}/timeline?limit=200`)).items
    .filter((one) => JSON.stringify(one).includes("visit")).length;
  const before = await visits();
  await fetch(`${look}/seen.gif`, { headers: { "User-Agent": AGENT } });
  const taken = await fetch(`${look}/help`, { method: "POST", body: new URLSearchParams({ text: "hola" }) });
  assert.equal(taken.status, 403);
  assert.match(await taken.text(), /No se ha enviado nada/);
  assert.equal(await visits(), before);
  await dialog().getByRole("button", { name: "Crear un enlace para el deudor" }).press("Enter");
  const url = await dialog().getByLabel("Enlace para el deudor").inputValue();
  assert.match(await (await fetch(url)).text(), /seen\.gif/);
  await fetch(`${url}/seen.gif`, { headers: { "User-Agent": AGENT } });
  assert.equal(await visits(), before + 1);
  await axeHere(page, "debtor-link");
  await page.keyboard.press("Escape");
  await gone();
});

test("a list of invoices as somebody looks at it is kept", async () => {
  await page.goto(`${rig.url}/app/invoices`);
  await page.getByRole("group", { name: "Filtros" }).getByRole("button").first().press("Enter");
  const shown = new URL(page.url()).search;
  await page.getByRole("button", { name: "Guardar esta vista" }).press("Enter");
  await dialog().getByLabel("Nombre").fill("Lo que miro");
  await dialog().getByRole("button", { name: "Guardar" }).press("Enter");
  await gone();
  await page.goto(`${rig.url}/app/invoices`);
  await page.getByRole("button", { name: "Lo que miro" }).press("Enter");
  await page.waitForFunction((search) => location.search === search, shown);
  assert.deepEqual((await read("/v1/views?list=payments")).items, []);
});

test("a message that waits is held, released, and written anew", async () => {
  await page.goto(`${rig.url}/app/outbox`);
  await page.getByRole("button", { name: "Todo lo que espera" }).press("Enter");
  await page.getByRole("heading", { name: "Por salir" }).waitFor();
  await shot(page, "outbox-waits");
  const waiting = (await read("/v1/outbox")).items;
  assert.ok(waiting.length > 0, "nothing waits");
  await page.getByRole("button", { name: "Editar" }).first().press("Enter");
  await dialog().getByLabel("Asunto").fill("Una palabra sobre su factura {{ invoice.number }}");
  await dialog().getByLabel("Motivo").fill("Lo pidió ventas");
  await axeHere(page, "outbox-edit");
  await dialog().getByRole("button", { name: "Guardar este texto" }).press("Enter");
  await gone();
  const drafts = await Promise.all(waiting.map((row) => read(`/v1/messages/${row.id}/draft`)));
  assert.equal(drafts.filter((one) => one.edited && /Una palabra/.test(one.subject)).length, 1);
  await page.getByRole("checkbox", { name: "Elegir" }).first().check();
  await page.getByRole("button", { name: /^Retener/ }).press("Enter");
  await dialog().getByLabel("Motivo").fill("Hablamos mañana");
  await dialog().getByLabel("Hasta").fill(isoDay(3));
  await dialog().getByRole("button", { name: "Retener" }).press("Enter");
  await gone();
  await page.locator(".undo-bar").getByText(/retenido/).waitFor();
  await page.locator(".undo-bar").getByRole("button", { name: "Deshacer" }).press("Enter");
  await page.locator(".undo-bar").getByText(/retenido/).waitFor({ state: "detached" });
  assert.deepEqual(said, []);
});
