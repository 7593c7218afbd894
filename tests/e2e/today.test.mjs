// The queue of what needs a person, worked by keyboard: calls, snoozes, promises, replies, many at
// once, and all of it taken back.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { isoDay } from "./rig.mjs";
import { axeHere, axeOf, PASSWORD, signedIn } from "./setup_rig.mjs";

const PAYS = isoDay(5);
let rig, page, said;

function mail(rig, key, text) {
  const file = join(rig.folder, `${key}.eml`);
  writeFileSync(file, `From: Pagos <pagos@${key}.example>\r\nSubject: Re: su factura\r\n` +
    `Message-ID: <${key}@${key}.example>\r\nDate: ${new Date().toUTCString()}\r\n\r\n${text}\r\n`);
  rig.run("inbound", file);
}

before(async () => {
  ({ rig, page, said } = await signedIn((it) => {
    let invoices = "external_id;debtor;debtor_name;email;issued;due;amount\n";
    for (let n = 1; n <= 14; n++) {
      invoices += `F-${n};C${n};Talleres ${n}, S.L.;pagos@c${n}.example;${isoDay(-60)};${isoDay(-30)};${n}00,00\n`;
    }
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "test");
    it.csv("invoices", invoices);
    it.run("person", "add", "luis", "--name", "Luis Sanz", "--email", "luis@ibarra.example");
    for (let n = 1; n <= 12; n++) it.run("task", "add", `C${n}`, `Llamar a Talleres ${n}`, "--script", "Preguntar por la factura");
    mail(it, "c13", `Buenos días:\r\n\r\nLes pagaremos el ${PAYS.split("-").reverse().join("/")}.\r\n\r\nUn saludo`);
    mail(it, "c14", "No estamos de acuerdo con la factura: faltan dos palés.");
  }));
});
after(async () => { await rig?.stop(); });

const open = () => rig.json("task", "list").tasks.length;
const dialog = () => page.getByRole("dialog");
const gone = () => dialog().waitFor({ state: "detached" });
const current = () => page.getByRole("complementary").getByRole("heading", { level: 2 }).innerText();
const queue = async (query = "") => page.evaluate(async (more) =>
  (await (await fetch(`/v1/queue${more}`)).json()).items, query);
const done = (words) => page.locator(".undo-bar").getByText(words).waitFor();

/** Down to the thing of that title, by J alone. */
async function down(title) {
  for (let i = 0; i < 40; i++) {
    if ((await current()).includes(title)) return;
    const before = await current();
    await page.keyboard.press("j");
    await page.waitForFunction((was) => document.querySelector("aside h2").innerText !== was, before);
  }
  throw new Error(`${title} is not in the queue`);
}

test("replies stand first, and the list says why", async () => {
  await page.goto(`${rig.url}/app/today`);
  await page.getByRole("complementary").waitFor();
  const items = await queue();
  assert.equal(items.length, 14);
  assert.deepEqual(items.slice(0, 2).map((item) => item.category), ["reply", "reply"]);
  await page.getByRole("complementary").getByText(/no se le envía nada hasta que alguien lo lea/).waitFor();
  assert.match(await page.getByRole("group", { name: "Categoría" }).innerText(), /Respuesta 2/);
  await axeHere(page, "today");
});

test("what a reply wants is accepted, with the words that gave it away; and taken back", async () => {
  await page.getByRole("button", { name: "Respuesta 2" }).press("Enter");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 2);
  while (!(await page.getByRole("complementary").innerText()).includes("Les pagaremos")) {
    await page.keyboard.press("j");
  }
  await page.getByRole("complementary").getByText(/Parece una promesa de pago/).first().waitFor();
  await page.getByRole("complementary").getByText(/Por estas palabras/).waitFor();
  await page.keyboard.press("y");
  assert.equal(await dialog().getByLabel("Pagará el").inputValue(), PAYS);
  await axeHere(page, "today-accept");
  await dialog().getByRole("button", { name: "Aceptar y hacerlo" }).press("Enter");
  await gone();
  await done(/Promesa anotada/);
  const promises = () => rig.json("debtor", "promises", "C13");
  const kept = await page.evaluate(async () => {
    const [debtor] = (await (await fetch("/v1/debtors?search=C13")).json()).items;
    return (await (await fetch(`/v1/promises?debtor=${debtor.id}`)).json()).items;
  });
  assert.deepEqual(kept.map((row) => [row.state, row.due]), [["open", PAYS]]);
  void promises;
  await page.keyboard.press("u");
  await page.locator(".undo-bar").getByText(/Promesa/).waitFor({ state: "detached" });
  assert.equal((await queue("?category=reply")).length, 2);
});

test("what a reply does not want is rejected, and said otherwise", async () => {
  while (!(await page.getByRole("complementary").innerText()).includes("palés")) {
    await page.keyboard.press("j");
  }
  await page.keyboard.press("r");
  await page.getByText(/no es lo que parecía/).waitFor();
  await page.keyboard.press("y");
  await dialog().getByLabel("Lo que quiere").selectOption("dispute");
  await dialog().getByLabel("Factura").selectOption({ index: 0 });
  await dialog().getByRole("button", { name: "Aceptar y hacerlo" }).press("Enter");
  await gone();
  await done(/Disputa anotada/);
  await page.getByRole("button", { name: /^Todo/ }).press("Enter");
});

test("ten things of the queue are handled by keyboard alone", async () => {
  const before = open();
  await page.goto(`${rig.url}/app/today`);
  await page.getByRole("complementary").waitFor();
  const titles = [];
  // calls that end the task: 1 to 4
  await down("Llamar a");
  for (let i = 0; i < 4; i++) {
    titles.push(await current());
    await page.keyboard.press("e");
    await dialog().waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.type("Paga el viernes");
    await dialog().getByRole("button", { name: "Anotar la llamada" }).focus();
    await page.keyboard.press("Enter");
    await gone();
    await page.waitForFunction((was) => document.querySelector("aside h2").innerText !== was, titles.at(-1));
  }
  // nobody answers: called again, 5 and 6
  for (let i = 0; i < 2; i++) {
    titles.push(await current());
    await page.keyboard.press("e");
    await dialog().getByLabel("Resultado").selectOption("no_answer");
    await dialog().getByRole("button", { name: "Anotar la llamada" }).press("Enter");
    await gone();
    await page.waitForFunction((was) => document.querySelector("aside h2").innerText !== was, titles.at(-1));
  }
  // put off: 7
  titles.push(await current());
  await page.keyboard.press("s");
  await dialog().getByLabel("Motivo").fill("Vacaciones");
  await page.keyboard.press("Enter");
  await gone();
  await page.waitForFunction((was) => document.querySelector("aside h2").innerText !== was, titles.at(-1));
  // a promise: 8
  titles.push(await current());
  await page.keyboard.press("p");
  await dialog().getByLabel("Importe").fill("100");
  await page.keyboard.press("Enter");
  await gone();
  await page.waitForFunction((was) => document.querySelector("aside h2").innerText !== was, titles.at(-1));
  // two at once: 9 and 10
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.getByRole("group", { name: "2 elegidas" }).waitFor();
  await page.keyboard.press("d");
  await dialog().getByRole("button", { name: "Terminar" }).press("Enter");
  await gone();
  await done(/2 tareas terminadas/);
  assert.equal(new Set(titles).size, 8);
  assert.equal(open(), before - 4 - 1 - 2); // three are put off
  assert.equal((await queue("?snoozed=true")).length, 3);
  const timeline = await page.evaluate(async () => {
    const found = [];
    for (const row of (await (await fetch("/v1/debtors")).json()).items) {
      found.push(...(await (await fetch(`/v1/debtors/${row.id}/timeline`)).json()).items.map((one) => one.text));
    }
    return found;
  });
  assert.equal(timeline.filter((text) => /Paga el viernes/.test(text)).length, 4);
});

test("two that were finished at once come back at once", async () => {
  const before = open();
  await page.keyboard.press("u");
  await page.locator(".undo-bar").getByText(/terminadas/).waitFor({ state: "detached" });
  assert.equal(open(), before + 2);
});

test("what is put off stands apart, says why, and comes back", async () => {
  await page.getByRole("button", { name: /^Pospuestas/ }).press("Enter");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 3);
  while (!(await page.getByRole("complementary").innerText()).includes("Vacaciones")) {
    await page.keyboard.press("j");
  }
  await page.keyboard.press("s");
  await done(/ha vuelto/);
  assert.equal((await queue("?snoozed=true")).length, 2);
  await page.getByRole("button", { name: /^Todo/ }).press("Enter");
});

test("a task is taken over by a colleague", async () => {
  await down("Llamar a");
  const title = await current();
  await page.keyboard.press("a");
  await dialog().getByLabel("A quién").selectOption("luis");
  await page.keyboard.press("Tab");
  await dialog().getByRole("button", { name: "Asignar" }).press("Enter");
  await gone();
  assert.equal((await queue()).find((item) => item.title === title).assignee, "Luis Sanz");
});

test("another browser did something meanwhile: it is said, and what was typed stays", async () => {
  const title = await current();
  const task = (await queue()).find((item) => item.title === title).task.id;
  await page.route("**/v1/queue*", (route) => route.abort()); // hints may not renew the list now
  await page.keyboard.press("e");
  await dialog().getByLabel("Qué se dijo").fill("Algo largo que nadie quiere perder");
  rig.run("task", "assign", task, "--to", "ana@example.com");
  await dialog().getByRole("button", { name: "Anotar la llamada" }).press("Enter");
  await dialog().getByRole("alert").getByText(/Entretanto la ha asumido/).waitFor();
  assert.equal(await dialog().getByLabel("Qué se dijo").inputValue(), "Algo largo que nadie quiere perder");
  await page.unroute("**/v1/queue*");
  await dialog().getByRole("button", { name: "Anotar la llamada" }).press("Enter");
  await gone();
  assert.equal(rig.json("task", "show", task).state, "done");
});

test("a link opens the task that it names, or says that it does not wait: never another one", async () => {
  const panel = page.getByRole("complementary");
  const finished = await page.evaluate(async () =>
    (await (await fetch("/v1/tasks?state=all&limit=200")).json()).items.find(({ state }) => state === "done").id);
  await page.goto(`${rig.url}/app/today/${finished}`);
  await page.getByText("Esa tarea ya no está pendiente").waitFor();
  assert.equal(await panel.count(), 0);
  await page.keyboard.press("d");
  assert.equal(await dialog().count(), 0);
  const [off] = await queue("?snoozed=true"); // not among the rows that are shown
  await page.goto(`${rig.url}/app/today/${off.task.id}`);
  await panel.getByRole("heading", { level: 2, name: off.title }).waitFor();
  const selected = page.locator("tbody").getByRole("checkbox").first();
  await selected.check();
  await panel.getByRole("button", { name: /^Dejar de posponer/ }).press("Enter"); // of this one, not the selection
  await done(/ha vuelto/);
  assert.equal((await queue("?snoozed=true")).some(({ task }) => task.id === off.task.id), false);
});

test("of several tasks, the ones that were refused stay chosen, with the reason", async () => {
  await page.goto(`${rig.url}/app/today`);
  await page.getByRole("complementary").waitFor();
  const items = (await queue()).filter(({ task, category }) => task && category !== "reply").slice(0, 2);
  for (const { title } of items) await page.getByRole("checkbox", { name: `Elegir: ${title}` }).first().check();
  await page.route("**/v1/queue*", (route) => route.abort()); // hints may not renew the list now
  rig.run("task", "assign", items[0].task.id, "--to", "luis");
  await page.keyboard.press("d");
  await dialog().getByRole("button", { name: "Terminar" }).press("Enter");
  await gone();
  await done(/Una hecha, una no: /);
  await page.unroute("**/v1/queue*");
  assert.equal(await page.getByRole("checkbox", { name: `Elegir: ${items[0].title}` }).first().isChecked(), true);
});

test("a view is saved, shared, chosen and removed, and that is taken back", async () => {
  await page.goto(`${rig.url}/app/today`);
  await page.getByRole("button", { name: /^Llamada \d/ }).press("Enter");
  await page.getByRole("button", { name: "Guardar esta vista" }).press("Enter");
  await dialog().getByLabel("Nombre").fill("Mis llamadas");
  await dialog().getByLabel("Para toda la organización").check();
  await dialog().getByRole("button", { name: "Guardar" }).press("Enter");
  await gone();
  const view = page.getByRole("button", { name: /^Mis llamadas/ });
  await view.waitFor();
  await page.reload();
  await view.press("Enter");
  await page.waitForFunction(() => [...document.querySelectorAll("tbody .badge")].every((one) => one.innerText === "Llamada"));
  await axeHere(page, "today-view");
  await page.getByRole("button", { name: "Quitar", exact: true }).press("Enter");
  await view.waitFor({ state: "detached" });
  await page.getByRole("status").getByRole("button", { name: "Deshacer" }).press("Enter");
  await view.waitFor();
});

test("letters are explained and can be switched off", async () => {
  await page.keyboard.press("?");
  await dialog().getByLabel("Usar letras sueltas como atajos").uncheck();
  await page.keyboard.press("Escape");
  await gone();
  await page.keyboard.press("s");
  assert.equal(await dialog().count(), 0);
  await page.evaluate(() => localStorage.removeItem("letters"));
});

test("axe finds nothing in three languages, light and dark", async () => {
  await axeOf(page, rig.url, ["today", "outbox", "debtors"]);
  assert.deepEqual(said.filter((line) => !/409|412|422|ERR_FAILED/.test(line)), []);
  void PASSWORD;
});
