// A template is read on a real invoice, changed by keyboard, refused where a variable is none,
// published, read again, and sent to oneself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isoDay } from "./rig.mjs";
import { axeHere, axeOf, shot, signedIn } from "./setup_rig.mjs";

let rig, page, said;
const ended = []; // pages of a draft that was no more when its frame asked for them

before(async () => {
  ({ rig, page, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "test");
    it.csv("invoices", "external_id;debtor;debtor_name;email;issued;due;amount\n" +
      `F-1;C1;Talleres Núñez, S.L.;pagos@nunez.example;${isoDay(-90)};${isoDay(-60)};1.210,00\n`);
  }));
  page.on("response", (answer) => {
    if (answer.status() === 404 && /\/v1\/drafts\/[^/]+\/preview\/page\?/.test(answer.url())) ended.push(answer.url());
  });
});
after(async () => { await rig?.stop(); });

test("families by purpose; one opens", async () => {
  await page.goto(`${rig.url}/app/templates`);
  await page.getByRole("heading", { name: "Reclaman un pago" }).waitFor();
  await axeHere(page, "templates");
  await page.getByRole("link", { name: /Recordatorio de pago/ }).press("Enter");
  await page.getByRole("heading", { name: "Recordatorio de pago", level: 1 }).waitFor();
  await page.frameLocator("iframe").getByText(/Hola/).first().waitFor();
  await axeHere(page, "template");
});

test("a variable that is none is said where it stands, before anything is published", async () => {
  const subject = page.getByLabel("Asunto", { exact: true });
  const publish = page.getByRole("button", { name: "Publicar la plantilla" });
  await subject.fill("Pendiente {{ importe_inventado }}");
  await page.locator(".pane").getByText("No hay ninguna variable «importe_inventado».").waitFor();
  assert.equal(await subject.getAttribute("aria-invalid"), "true");
  assert.ok(await publish.isDisabled());
  await page.getByText(/Hay 1 error que corregir/).waitFor();
  await axeHere(page, "template-wrong");
});

test("the picker puts a variable where one was writing; the draft is read on the invoice before it is published", async () => {
  const subject = page.getByLabel("Asunto", { exact: true });
  await subject.fill("Quedan por pagar ");
  await page.getByLabel("Variable", { exact: true }).selectOption("total");
  await page.getByRole("button", { name: "Insertar la variable" }).press("Enter");
  assert.equal(await subject.inputValue(), "Quedan por pagar {{ total }}");
  await page.getByLabel("Bloque nuevo").selectOption("divider");
  await page.getByRole("button", { name: "Añadir el bloque" }).press("Enter");
  await page.getByRole("button", { name: /^Subir · Bloque 8/ }).press("Enter");
  await page.getByText(/^Quedan por pagar 1\.210,00/).waitFor();
  await page.getByText("Es el borrador, tal como está guardado.").waitFor();
  await page.frameLocator("iframe").getByText(/Hola/).first().waitFor();
  const asked = page.waitForRequest((request) => /\/v1\/drafts\/drf_[a-z0-9]+\/send$/i.test(request.url()));
  await page.getByRole("button", { name: "Enviármelo a ana@example.com" }).press("Enter");
  assert.equal((await (await asked).response()).status(), 200);
  await page.getByRole("status").getByText(/ana@example\.com/).waitFor();
  const published = await page.evaluate(async () =>
    (await (await fetch("/v1/templates/recordatorio")).json()));
  assert.equal(published.version, 1);
});

test("a draft is there after the page was left, thrown away, and taken back", async () => {
  await page.getByText("Borrador guardado", { exact: true }).waitFor();
  await page.goto(`${rig.url}/app/templates`);
  await page.getByText("Borrador de Ana Ruiz").waitFor();
  await page.getByRole("link", { name: /Recordatorio de pago/ }).press("Enter");
  const subject = page.getByLabel("Asunto", { exact: true });
  await page.getByText(/Continúas un borrador/).waitFor();
  assert.equal(await subject.inputValue(), "Quedan por pagar {{ total }}");
  await page.getByRole("button", { name: "Descartar los cambios" }).press("Enter");
  await page.getByText(/Se ha descartado el borrador/).waitFor();
  await page.waitForFunction(() => !document.querySelector(".pane input").value.startsWith("Quedan"));
  await page.getByRole("button", { name: "Deshacer" }).press("Enter");
  await page.waitForFunction(() => document.querySelector(".pane input").value.startsWith("Quedan"));
  await page.getByRole("button", { name: "Publicar la plantilla" }).press("Enter");
  await page.getByText("Versión 2").waitFor();
  await shot(page, "template-v2");
  await page.getByText(/^Quedan por pagar 1\.210,00/).waitFor();
});

test("it is sent to oneself", async () => {
  await page.getByRole("button", { name: "Enviármelo a ana@example.com" }).press("Enter");
  await page.getByText("Enviado a ana@example.com.").waitFor();
});

test("tones and languages beside each other", async () => {
  await page.getByRole("button", { name: "Correo · Español (España) · De usted · 3 · Con firmeza" }).press("Enter");
  await page.getByRole("button", { name: "Abrir otro al lado" }).press("Enter");
  assert.equal(await page.locator(".pane").count(), 2);
  await page.getByRole("button", { name: /^Correo · Portugués · 3/ }).press("Enter");
  await page.locator(".pane").nth(1).getByRole("heading", { name: /Correo · Portugués · 3/ }).waitFor();
  await shot(page, "template-beside");
  await axeHere(page, "template-beside");
  await page.locator(".pane").nth(1).getByRole("button", { name: /^Cerrar/ }).press("Enter");
});

test("a missing text is written from its nearest; an SMS says segments and what it costs", async () => {
  await page.getByRole("button", { name: "Escribir el que falta: SMS · Español (España) · De usted · 2 · Insistir" }).press("Enter");
  await page.locator(".pane").getByText(/por destinatario/).first().waitFor();
  await page.getByRole("textbox", { name: "Texto" }).fill("{{ creditor.name }} {{ total }} {{ link }} {{ code }} ☎ ".padEnd(120, "a"));
  await page.getByText(/70 caracteres.*Son: ☎/).waitFor();
  await shot(page, "template-sms");
  await axeHere(page, "template-sms");
});

test("WhatsApp's parameters, a voice with its pauses, a letter in pages, a notification", async () => {
  const add = async (channel, text) => {
    await page.locator("details.panel > summary").evaluate((summary) => { summary.parentElement.open = true; });
    await page.getByLabel(/^Canal/).selectOption(channel);
    await page.getByRole("button", { name: "Escribirlo" }).press("Enter");
    await page.getByRole("textbox", { name: "Texto" }).fill(text);
  };
  const demand = "{{ creditor.name }} reclama *{{ total }}* de {{ invoice.number }} a {{ today }}. Código {{ code }}.";
  await add("whatsapp", demand);
  await page.getByText("{{1}} reclama *{{2}}* de {{3}} a {{4}}. Código {{5}}.").waitFor();
  await page.locator(".bubble b").getByText(/1\.210,00/).waitFor();
  await axeHere(page, "template-whatsapp");
  await add("call", `${demand}\n\nGracias.`);
  await page.locator(".voice li").getByText("Gracias.").waitFor();
  await page.getByText(/Dura unos \d+ segundos/).waitFor();
  await add("push", demand);
  await page.locator(".notification").getByText(/Aceros Ibarra reclama/).waitFor();
  await add("letter", `${demand} {% for one in listed %}{{ one.number }} {% endfor %}\n\n${"Línea.\n\n".repeat(40)}`);
  await page.getByText(/^[23] páginas/).first().waitFor();
  await shot(page, "template-letter");
  await axeHere(page, "template-letter");
});

// a page whose draft has ended meanwhile is a problem, which stands in no frame
test("axe finds nothing; the policy is never broken", async () => {
  await axeOf(page, rig.url, ["templates", "templates/entrega"]);
  const framing = `Framing '${rig.url}/' violates the following Content Security Policy directive: "frame-ancestors 'none'"`;
  assert.deepEqual(said.filter((line) => !/status of 4(04|12|22)/.test(line) && !line.startsWith(framing)), []);
  assert.ok(said.filter((line) => line.startsWith(framing)).length <= ended.length, said.join("\n"));
});
