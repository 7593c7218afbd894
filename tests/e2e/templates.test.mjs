// A template is read on a real invoice, changed by keyboard, refused where a variable is none,
// published, read again, and sent to oneself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isoDay } from "./rig.mjs";
import { axeHere, axeOf, shot, signedIn } from "./setup_rig.mjs";

let rig, page, said;

before(async () => {
  ({ rig, page, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "test");
    it.csv("invoices", "external_id;debtor;debtor_name;email;issued;due;amount\n" +
      `F-1;C1;Talleres Núñez, S.L.;pagos@nunez.example;${isoDay(-90)};${isoDay(-60)};1.210,00\n`);
  }));
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

test("a variable that is none is refused, and what was written stays", async () => {
  const subject = page.getByLabel("Asunto", { exact: true });
  await subject.fill("Pendiente {{ importe_inventado }}");
  await page.getByRole("button", { name: "Publicar la plantilla" }).press("Enter");
  await page.getByRole("alert").waitFor();
  assert.match(await page.getByRole("alert").innerText(), /importe_inventado/);
  assert.equal(await subject.inputValue(), "Pendiente {{ importe_inventado }}");
});

test("the picker puts a variable where one was writing; published, it is read on the invoice", async () => {
  const subject = page.getByLabel("Asunto", { exact: true });
  await subject.fill("Quedan por pagar ");
  await page.getByLabel("Variable", { exact: true }).selectOption("total");
  await page.getByRole("button", { name: "Insertar la variable" }).press("Enter");
  assert.equal(await subject.inputValue(), "Quedan por pagar {{ total }}");
  await page.getByLabel("Bloque nuevo").selectOption("divider");
  await page.getByRole("button", { name: "Añadir el bloque" }).press("Enter");
  await page.getByRole("button", { name: /^Subir · Bloque 8/ }).press("Enter");
  await page.getByRole("button", { name: "Publicar la plantilla" }).press("Enter");
  await page.getByText("Versión 2").waitFor();
  await shot(page, "template-v2");
  await page.getByText(/^Quedan por pagar 1\.210,00/).waitFor();
});

test("it is sent to oneself", async () => {
  await page.getByRole("button", { name: "Enviármelo a ana@example.com" }).press("Enter");
  await page.getByText("Enviado a ana@example.com.").waitFor();
});

test("other tones and channels; an SMS counts its segments", async () => {
  await page.getByLabel(/^Tono/).selectOption("5");
  await page.getByLabel(/^Canal/).selectOption("sms");
  await page.getByText(/SMS por destinatario/).waitFor();
  await page.getByRole("textbox", { name: "Texto" }).fill("á".repeat(80));
  await page.getByText(/2 SMS por destinatario.*70 caracteres/).waitFor();
  await axeHere(page, "template-sms");
});

test("axe finds nothing; the policy is never broken", async () => {
  await axeOf(page, rig.url, ["templates", "templates/entrega"]);
  assert.deepEqual(said.filter((line) => !/422/.test(line)), []);
});
