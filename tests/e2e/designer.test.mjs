// Strategies drawn in a real browser: an invoice-delivery strategy from an empty canvas by dragging
// and connecting, published, and its messages seen once the sandbox's clock has moved; the same by
// the keyboard alone in the list; undo, copy, JSON, dry run; axe on every part, light and dark.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { violationsOfLooks } from "./axe.mjs";
import { Rig, isoDay } from "./rig.mjs";

let rig, page;
const wrong = []; // what axe found
const said = []; // what the browser complained about: a policy broken, a script that failed

function fill(it) {
  it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "sandbox", "--clock",
    `${isoDay(-40)}T08:00:00+01:00`);
  it.run("creditor", "set", "Aceros Ibarra", "--iban", "ES9121000418450200051332");
  it.run("strategy", "publish", new URL("../../share/strategies/b2b_30_dias.json", import.meta.url).pathname);
  const row = (number, key, name, mail, issued, due) =>
    `${number};${key};${name};${mail};${isoDay(issued)};${isoDay(due)};1.210,00\n`;
  it.csv("invoices", "external_id;debtor;debtor_name;email;issued;due;amount\n" +
    row("F-1", "C1", "Talleres Núñez, S.L.", "pagos@nunez.example", -41, -11) +
    row("F-2", "C2", "Cerámicas Peña, S.A.", "admin@pena.example", -41, -11) +
    row("V-1", "C3", "Muebles Ávila, S.L.", "pagos@avila.example", -80, -50));
}

before(async () => {
  rig = await Rig.start(fill);
  const context = await rig.browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "es-ES" });
  context.setDefaultTimeout(30_000);
  page = await context.newPage();
  page.on("console", (message) => { if (message.type() === "error") said.push(message.text()); });
  page.on("pageerror", (error) => said.push(error.message));
  await page.goto(/http:\S+\/enter\/\S+/.exec(rig.said)[0]);
  await page.locator("[name=name]").fill("Ana Ruiz");
  await page.locator("[name=email]").fill("ana@example.com");
  await page.locator("[name=password]").fill("cuatro palabras sin relación");
  await page.getByRole("button", { name: "Guardar y entrar" }).click();
  await page.waitForURL("**/app/today");
});
after(async () => { await rig?.stop(); });

const box = (id) => page.locator(`.react-flow__node[data-id="${id}"]`);
const form = () => page.getByRole("complementary", { name: "Ficha" });
const button = (name) => page.getByRole("button", { name, exact: true });

/** From the palette onto the canvas, so many pixels below its upper edge. */
async function drag(type, x, y) {
  await page.locator(`.designer-kind[data-type="${type}"]`).dragTo(page.locator(".canvas .react-flow__pane"),
    { targetPosition: { x, y } });
}

/** From an exit of a node to the next node, as a hand would. */
async function draw(from, exit, to) {
  const start = await box(from).locator(`.react-flow__handle[data-handleid="exit ${exit}"]`).boundingBox();
  const end = await box(to).locator(".react-flow__handle.target").boundingBox();
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
  await page.mouse.down();
  await page.mouse.move(end.x + 30, end.y - 20, { steps: 6 });
  await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 4 });
  await page.mouse.up();
}

/** What the draft is now, by the JSON dialog. */
async function drawn() {
  await button("JSON").click();
  const text = await page.getByRole("dialog").getByRole("textbox").inputValue();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  return JSON.parse(text);
}

async function messagesOf(debtor) {
  await page.goto(`${rig.url}/app/debtors`);
  const id = await page.evaluate(async (name) =>
    (await (await fetch(`/v1/debtors?search=${name}`)).json()).items[0].id, debtor);
  await page.goto(`${rig.url}/app/debtors/${id}`);
  await page.getByRole("tab", { name: "Mensajes" }).click();
  await page.getByRole("tabpanel").waitFor();
}

async function clean(where) {
  await page.locator("main h1").first().waitFor();
  wrong.push(...await violationsOfLooks(page, where));
  await page.evaluate(() => { delete document.documentElement.dataset.theme; });
}

test("a strategy is drawn from an empty canvas by dragging and connecting", async () => {
  await page.goto(`${rig.url}/app/strategies`);
  await page.getByRole("link", { name: "Nueva estrategia" }).click();
  await page.locator(".ready").waitFor();
  await clean("begin");
  await page.getByLabel("Nombre").fill("entrega_dibujada");
  await page.getByLabel("Trata de").selectOption("invoice");
  await button("Empezar a dibujar").click();
  await clean("empty canvas");

  await drag("send.email", 300, 60);
  await form().getByLabel("Plantilla").selectOption("entrega");
  await drag("wait.due", 300, 220);
  await form().getByLabel("Días desde el vencimiento").fill("-3");
  await drag("end", 300, 460);
  assert.equal(await page.locator(".flow-box").count(), 3);
  await draw("enviar", "next", "espera");
  await draw("espera", "next", "fin");
  await draw("enviar", "error", "fin");
  const doc = await drawn();
  assert.equal(doc.start, "enviar");
  assert.deepEqual([doc.nodes.enviar.next, doc.nodes.enviar.error, doc.nodes.espera.next], ["espera", "fin", "fin"]);
  assert.equal(doc.nodes.espera.days, -3);
});

test("the + of an edge inserts a node, which leads to where the edge led", async () => {
  await page.getByRole("button", { name: "Insertar un nodo entre espera y fin" }).click();
  await page.getByRole("dialog").getByRole("combobox").fill("enviar correo");
  await page.keyboard.press("Enter");
  await form().getByLabel("Plantilla").selectOption("aviso");
  const doc = await drawn();
  assert.equal(doc.nodes.espera.next, "enviar_2");
  assert.deepEqual([doc.nodes.enviar_2.next, doc.nodes.enviar_2.error], ["fin", "fin"]);
});

test("what is wrong is shown at its node while one draws, and is gone once it is mended", async () => {
  await box("enviar_2").click();
  await form().getByLabel("Plantilla").selectOption("");
  await box("enviar_2").locator(".badge.bad").waitFor();
  await page.getByRole("button", { name: /problema/ }).click();
  await page.locator(".problems-panel").getByText(/Falta «template»|No hay ninguna plantilla/).waitFor();
  await clean("problems");
  await button("Deshacer").click();
  await box("enviar_2").locator(".badge.bad").waitFor({ state: "detached" });
  assert.equal((await drawn()).nodes.enviar_2.template, "aviso");
});

test("a number is typed as people here write it, letter by letter, and undone as one step", async () => {
  await page.locator(".canvas").click({ position: { x: 20, y: 20 } });
  const field = form().getByLabel("Prioridad");
  await field.pressSequentially("1.000");
  assert.equal(await field.inputValue(), "1.000");
  assert.equal((await drawn()).priority, 1000);
  await button("Deshacer").click();
  assert.equal((await drawn()).priority, undefined);
  assert.equal(await field.inputValue(), "");
  await becomes(() => draftOf(null), (doc) => doc?.priority === undefined);
});

test("undo takes back, redo does again, delete heals, copies have names of their own", async () => {
  const before = await drawn();
  await box("enviar_2").click();
  await page.keyboard.press("Delete");
  assert.equal((await drawn()).nodes.espera.next, "fin");
  await page.locator(".canvas").click({ position: { x: 20, y: 20 } });
  await page.keyboard.press("Control+z");
  assert.deepEqual(await drawn(), before);
  await page.keyboard.press("Control+y");
  assert.equal("enviar_2" in (await drawn()).nodes, false);
  await page.keyboard.press("Control+z");
  await box("espera").click();
  await page.keyboard.press("Control+d");
  await box("espera_2").waitFor();
  await page.keyboard.press("Control+z");
  assert.deepEqual(await drawn(), before);
});

test("a rule is built, and says how many fit", async () => {
  await page.locator(".canvas").click({ position: { x: 20, y: 20 } });
  await page.getByRole("button", { name: "Poner una regla: Entra cuando" }).click();
  const dialog = page.getByRole("dialog");
  await button("Añadir una condición").click();
  await dialog.getByLabel("Campo").selectOption("invoice.days_since_issue");
  await dialog.getByLabel("Comparación").selectOption("between");
  await dialog.getByLabel("Desde").fill("0");
  await dialog.getByLabel("Hasta").fill("10");
  await dialog.getByText("2 facturas la cumplen ahora").waitFor();
  await clean("rule");
  await button("Usar la regla").click();
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual((await drawn()).entry, { rule: ["invoice.days_since_issue", "between", [0, 10]] });
});

test("a template is chosen by how it reads for a real invoice", async () => {
  await box("enviar").click();
  await form().getByRole("button", { name: "Ver", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Cómo quedaría").getByText(/Aceros Ibarra/).first().waitFor();
  await clean("templates");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});

test("a dry run lights what would be done with a real invoice", async () => {
  await button("Ensayo").click();
  await page.getByRole("button", { name: /F-1/ }).click();
  const run = page.getByRole("complementary", { name: "Ensayo" });
  await run.getByText("entrega", { exact: false }).first().waitFor();
  await page.locator(".react-flow__node[data-id=enviar] .flow-box.lit").waitFor();
  await page.locator(".react-flow__node[data-id=espera] .flow-box.lit").waitFor();
  await clean("dry run");
  await run.getByRole("button", { name: "Cerrar" }).click();
});

test("a draft stays when the tab goes, and is continued", async () => {
  const before = await drawn();
  await page.goto(`${rig.url}/app/strategies/new`);
  await page.getByRole("button", { name: "Seguir con él: entrega_dibujada" }).click();
  await page.getByText(/Continúas un borrador/).waitFor();
  assert.deepEqual(await drawn(), before);
});

test("published, it delivers the invoices once the clock moves", async () => {
  await button("Publicar…").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/Será la primera versión/).waitFor();
  await clean("publish");
  await dialog.getByRole("button", { name: "Publicar", exact: true }).click();
  await page.getByRole("heading", { name: "entrega dibujada", level: 1 }).waitFor();
  await page.getByRole("link", { name: "Editar", exact: true }).waitFor();
  await page.getByRole("button", { name: "+1 día" }).click();
  await page.getByRole("status").getByText(/mensaje/).waitFor();
  await messagesOf("nunez");
  await page.getByRole("tabpanel").getByText("Entrega de la factura", { exact: true }).first().waitFor();
});

test("a new version is published with what changes, and what becomes of the cases", async () => {
  await page.goto(`${rig.url}/app/strategies`);
  await page.getByRole("link", { name: "entrega dibujada" }).click();
  await page.getByRole("link", { name: "Editar", exact: true }).click();
  await box("espera").click();
  await form().getByLabel("Días desde el vencimiento").fill("-5");
  await button("Publicar…").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("row", { name: /espera/ }).getByText("-5").waitFor();
  await dialog.getByText("Pasan a la nueva").click();
  await clean("publish again");
  await dialog.getByRole("button", { name: "Publicar", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await button("Versiones").click();
  await dialog.getByText(/Versión 2/).waitFor();
  await dialog.getByRole("button", { name: "Comparar" }).click();
  await dialog.getByRole("row", { name: /espera/ }).waitFor();
  await clean("versions");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  const stand = await page.evaluate(async (at) =>
    (await (await fetch(`/v1${at.replace("/app", "")}/counts`)).json()).items, new URL(page.url()).pathname);
  assert.ok(stand.length > 0 && stand.every(({ version }) => version === 2), JSON.stringify(stand));
});

test("a draft says that somebody published meanwhile, and is thrown away by hand", async () => {
  await button("Versiones").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Editar desde esta" }).first().click();
  await page.getByText(/Continúas un borrador/).waitFor();
  const at = new URL(page.url()).pathname;
  const doc = { ...await draftOf("entrega_dibujada"), description: "Desde otro sitio" };
  rig.publish(doc);
  await page.goto(rig.url + at);
  await page.getByText(/viene de la versión 2 y ya hay una 3/).waitFor();
  await button("Descartar el borrador").click();
  await page.getByText(/viene de la versión/).waitFor({ state: "detached" });
  assert.equal(await form().getByLabel("Descripción").inputValue(), "Desde otro sitio");
  await page.goto(rig.url + at.replace("/edit", ""));
  await page.getByRole("link", { name: "Editar", exact: true }).waitFor();
});

test("two browsers on one draft: the second is told who changed what, and takes either", async () => {
  const at = new URL(page.url()).pathname;
  const name = "entrega_dibujada";
  const description = (where) => where.getByRole("complementary", { name: "Ficha" }).getByLabel("Descripción");
  await page.goto(`${rig.url}${at}/edit`);
  await description(page).fill("Uno");
  await becomes(() => draftOf(name), (doc) => doc?.description === "Uno");
  const context = await rig.browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "es-ES",
    storageState: await page.context().storageState() });
  const other = await context.newPage();
  await other.goto(`${rig.url}${at}/edit`);
  await other.getByText(/Continúas un borrador/).waitFor();
  assert.equal(await description(other).inputValue(), "Uno");
  await description(other).fill("Dos");
  await becomes(() => draftOf(name), (doc) => doc.description === "Dos");
  await description(page).fill("Tres");
  await page.getByRole("alert").getByText(/Ana Ruiz.*ha cambiado este borrador.*datos generales/).waitFor();
  assert.equal((await draftOf(name)).description, "Dos");
  await clean("conflict");
  await button("Seguir con mi versión").click();
  await becomes(() => draftOf(name), (doc) => doc.description === "Tres");
  await other.getByRole("button", { name: "Usar su versión" }).click({ timeout: 20_000 });
  assert.equal(await description(other).inputValue(), "Tres");
  await context.close();
  await page.getByRole("main").getByRole("button", { name: "Salir" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Descartar el borrador" }).click();
  await page.getByRole("heading", { name: "entrega dibujada", level: 1 }).waitFor();
  await page.getByRole("status").getByText(/Se ha descartado el borrador/).waitFor();
  assert.equal(await draftOf(name), null);
  await page.getByRole("status").getByRole("button", { name: "Deshacer" }).click();
  await becomes(() => draftOf(name), (doc) => doc?.description === "Tres");
  await page.getByRole("link", { name: "Seguir con el borrador" }).click();
  await page.getByRole("button", { name: "Descartar el borrador" }).click();
  await page.getByText(/Continúas un borrador/).waitFor({ state: "detached" });
  await page.goto(rig.url + at);
});

test("left by the menu and come back to, the editor shows what was kept; thrown away, it comes back in place of another", async () => {
  const at = new URL(page.url()).pathname;
  const name = "entrega_dibujada";
  const description = page.getByRole("complementary", { name: "Ficha" }).getByLabel("Descripción");
  await page.getByRole("link", { name: "Editar", exact: true }).click();
  await description.fill("Cuatro");
  await page.getByRole("navigation").first().getByRole("link", { name: "Plantillas" }).click(); // before it was kept
  await page.getByRole("heading", { name: "Plantillas", level: 1 }).waitFor();
  await page.goBack();
  await description.waitFor();
  assert.equal(await description.inputValue(), "Cuatro");
  await description.fill("Cinco");
  await becomes(() => draftOf(name), (doc) => doc?.description === "Cinco");
  assert.equal(await page.getByRole("alert").count(), 0);
  await page.goto(`${rig.url}${at}/edit`);
  await button("Descartar el borrador").click();
  await page.getByRole("status").getByText(/Se ha descartado el borrador/).waitFor();
  await becomes(() => description.inputValue(), (text) => text !== "Cinco"); // the published one is there
  await description.fill("Seis");
  await becomes(() => draftOf(name), (doc) => doc?.description === "Seis");
  await page.getByRole("status").getByRole("button", { name: "Deshacer" }).click();
  await page.getByText(/se ha empezado otro borrador/).waitFor();
  await button("Sustituirlo por el descartado").click();
  await becomes(() => draftOf(name), (doc) => doc?.description === "Cinco");
  await page.waitForFunction(() => [...document.querySelectorAll("input, textarea")].some(({ value }) => value === "Cinco"));
  await page.goto(rig.url + at);
  await button("Versiones").click();
  await page.getByRole("dialog").getByRole("button", { name: "Editar desde esta" }).first().click();
  const over = page.getByRole("dialog", { name: `Ya hay un borrador de «${name}»` });
  await over.getByText("Ana Ruiz").waitFor();
  await over.getByRole("button", { name: "Sustituir el borrador" }).click();
  await becomes(() => draftOf(name), (doc) => doc && doc.description !== "Cinco");
  await page.goto(`${rig.url}${at}/edit`);
  await button("Descartar el borrador").click();
  await becomes(() => draftOf(name), (doc) => doc === null);
  await page.goto(rig.url + at);
});

test("an archived strategy says so, and is used again", async () => {
  for (const [press, then] of [["Archivar", "Volver a usar"], ["Volver a usar", "Archivar"]]) {
    await button(press).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Motivo").fill("Se prueba otra");
    await clean(press);
    await dialog.getByRole("button", { name: press, exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await button(then).waitFor();
    assert.equal(await page.getByText("Archivada", { exact: true }).count(), press === "Archivar" ? 1 : 0);
  }
});

/** Tab until the element has the focus: what no key reaches, nobody without a mouse does. */
async function tabTo(target, most = 90) {
  await target.waitFor();
  for (let i = 0; i < most; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`no Tab reaches ${target}`);
}

async function choose(label, letters) {
  await tabTo(form().getByLabel(label));
  await page.keyboard.type(letters);
}

/** After the row that has the focus; the new row gets it. */
async function addByKeys(words) {
  await page.keyboard.press("a");
  await page.getByRole("dialog").getByRole("combobox").waitFor();
  await page.keyboard.type(words);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.classList.contains("outline-row"));
}

const focused = () => page.evaluate(() => document.activeElement?.dataset.id);

test("the same by the keyboard alone, in the list", async () => {
  await page.goto(`${rig.url}/app/strategies/new`);
  await page.locator(".ready").waitFor();
  await tabTo(page.getByLabel("Nombre"));
  await page.keyboard.type("entrega_tecleada");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Fac");
  await tabTo(button("Empezar a dibujar"));
  await page.keyboard.press("Enter");
  await tabTo(button("Ver como lista"));
  await page.keyboard.press("Enter");
  await tabTo(page.getByRole("button", { name: /Añadir después/ }));
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("combobox").waitFor();
  await page.keyboard.type("enviar correo");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.dataset.id === "enviar");

  await addByKeys("vencimiento");
  await addByKeys("fin");
  assert.equal(await focused(), "fin");
  await page.keyboard.press("Home");
  await page.keyboard.press("c"); // an error leads to the end, not to the wait
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("Err");
  await page.keyboard.press("Tab");
  await page.keyboard.type("fin");
  await tabTo(page.getByRole("dialog").getByRole("button", { name: "Conectar" }));
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.dataset.id === "enviar");

  await page.keyboard.press("Enter"); // its form
  await page.waitForFunction(() => document.activeElement?.closest(".inspector"));
  await choose("Plantilla", "entrega");
  await tabTo(page.locator(".outline-row[data-id=enviar]"));
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), "espera");
  await page.keyboard.press("Alt+ArrowUp");
  await becomes(() => draftOf(null), (doc) => doc?.start === "espera");
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+y");
  await page.keyboard.press("Control+z");
  await becomes(() => draftOf(null), (doc) => doc?.start === "enviar");
  const doc = await draftOf(null);
  assert.deepEqual([doc.subject, doc.nodes.enviar.template, doc.nodes.enviar.next, doc.nodes.enviar.error, doc.nodes.espera.next],
    ["invoice", "entrega", "espera", "fin", "fin"]);
  await page.keyboard.press("End");
  await addByKeys("nota");
  const extra = await focused();
  await page.keyboard.press("Delete");
  await page.locator(`.outline-row[data-id="${extra}"]`).waitFor({ state: "detached" });
  await clean("list");

  await tabTo(button("Publicar…"));
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByText(/Será la primera versión/).waitFor();
  await tabTo(page.getByRole("dialog").getByRole("button", { name: "Publicar", exact: true }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "entrega_tecleada", level: 1 }).waitFor();
  await page.getByRole("link", { name: "Editar", exact: true }).waitFor();
});

/** What the server keeps of the draft of a strategy's name; null: of the last new one. */
async function draftOf(name) {
  return page.evaluate(async (of) => {
    const { items } = await (await fetch("/v1/drafts?kind=strategy")).json();
    const row = items.filter((one) => one.name === of).at(-1);
    return row ? (await (await fetch(`/v1/drafts/${row.id}`)).json()).document : null;
  }, name);
}

/** Waits until what is asked for is as it should be. */
async function becomes(ask, right) {
  for (let i = 0; ; i++) {
    const found = await ask();
    if (right(found)) return found;
    assert.ok(i < 600, `it stays ${JSON.stringify(found)}`);
    await page.waitForTimeout(100);
  }
}

test("a ready strategy is begun from, with nothing to mend; JSON goes in and out", async () => {
  await page.goto(`${rig.url}/app/strategies/new`);
  await page.getByRole("button", { name: "Usar: entrega_factura" }).click();
  await button("Sin problemas").waitFor();
  await button("JSON").click();
  const dialog = page.getByRole("dialog");
  const text = dialog.getByRole("textbox");
  const doc = JSON.parse(await text.inputValue());
  await text.fill("{");
  await button("Usar este texto").click();
  await dialog.getByRole("alert").waitFor();
  doc.description = "Otra descripción";
  await text.fill(JSON.stringify(doc));
  await clean("json");
  await button("Usar este texto").click();
  await dialog.waitFor({ state: "detached" });
  assert.equal(await form().getByLabel("Descripción").inputValue(), "Otra descripción");
  const saved = page.waitForEvent("download");
  await button("JSON").click();
  await button("Guardar en un archivo").click();
  const file = await (await saved).path();
  assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), doc);
  await dialog.locator("input[type=file]").setInputFiles({ name: "x.json", mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify({ ...doc, priority: 7 })) });
  await page.waitForFunction(() => document.querySelector("textarea.json").value.includes('"priority":7'));
  await button("Usar este texto").click();
  await dialog.waitFor({ state: "detached" });
  assert.equal((await drawn()).priority, 7);
});

test("where publishing takes four eyes, the draft waits for them, unchanged", async () => {
  rig.run("config", "set", "four_eyes_publish", "yes");
  const before = await drawn();
  await button("Publicar…").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Publicar", exact: true }).click();
  await page.getByText(/Otra persona tiene que aprobarlo/).waitFor();
  assert.deepEqual(await draftOf(null), before);
  await clean("waits");
  rig.run("config", "set", "four_eyes_publish", "no");
});

test("axe finds nothing in any of it, light and dark", () => assert.deepEqual(wrong, []));

// a draft that somebody else changed or ended is refused, as it should be
test("the browser never broke the page's policy", () =>
  assert.deepEqual(said.filter((line) => !/status of 4(04|09|12)/.test(line)), []));
