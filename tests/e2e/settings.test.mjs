// Settings, part by part: an invitation, a key shown once, a webhook with its log, a channel's
// test, a decision that takes two people, hours of contact, and the trail of all of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isoDay } from "./rig.mjs";
import { axeHere, axeOf, PASSWORD, signedIn } from "./setup_rig.mjs";

let rig, page, said;

before(async () => {
  ({ rig, page, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "test");
    it.csv("invoices", "external_id;debtor;debtor_name;email;issued;due;amount\n" +
      `F-1;C1;Talleres Núñez, S.L.;pagos@nunez.example;${isoDay(-90)};${isoDay(-60)};1.210,00\n`);
  }));
});
after(async () => { await rig?.stop(); });

const part = async (name) => {
  await page.goto(`${rig.url}/app/settings/${name}`);
  await page.getByRole("heading", { name: "Ajustes", level: 1 }).waitFor();
};
const api = (path) => page.evaluate(async (at) => (await fetch(at)).json(), path);

test("the organization's public address; nonsense is refused", async () => {
  await part("organization");
  await page.getByLabel("Dirección pública").fill("https://cobros.ibarra.example");
  await page.keyboard.press("Enter");
  await page.getByText("Guardado").waitFor();
  assert.equal((await api("/v1/organization")).public_url, "https://cobros.ibarra.example");
});

test("somebody is invited, with a role that can be changed", async () => {
  await part("people");
  await page.getByRole("button", { name: "Invitar" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Nombre").fill("Luis Peña");
  await dialog.getByLabel("Correo").fill("luis@example.com");
  await dialog.getByRole("button", { name: "Enviar la invitación" }).press("Enter");
  await dialog.waitFor({ state: "detached" });
  await page.getByText("luis@example.com").waitFor();
  await page.getByLabel("Papel de Luis Peña").selectOption("auditor");
  await page.waitForFunction(async () =>
    (await (await fetch("/v1/users")).json()).items.some((one) => one.role === "auditor"));
  await axeHere(page, "settings-people");
});

test("a key is shown once, and revoked", async () => {
  await part("keys");
  await page.getByRole("button", { name: "Nueva clave" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Nombre").fill("ERP");
  await axeHere(page, "settings-key");
  await dialog.getByRole("button", { name: "Crear la clave" }).press("Enter");
  const made = page.getByRole("dialog", { name: "Clave nueva" });
  assert.match(await made.locator("pre").innerText(), /^pk_|^[a-z]+_/);
  await made.getByRole("button", { name: "Ya la he guardado" }).press("Enter");
  await page.getByRole("button", { name: "Revocar ERP" }).press("Enter");
  await page.getByText("Revocada").waitFor();
});

test("a webhook, its secret, its log and a repetition", async () => {
  await part("webhooks");
  await page.getByRole("button", { name: "Añadir un aviso" }).first().press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Dirección").fill(`http://127.0.0.1:9/hook`);
  await dialog.getByRole("button", { name: "Añadir un aviso" }).press("Enter");
  const made = page.getByRole("dialog", { name: "Secreto de la firma" });
  assert.match(await made.locator("pre").innerText(), /^whsec_/);
  await made.getByRole("button", { name: "Ya la he guardado" }).press("Enter");
  await page.getByRole("button", { name: "Probar" }).press("Enter");
  await page.getByRole("table", { name: "Lo que se avisó" }).waitFor();
  await axeHere(page, "settings-webhook");
  await page.getByRole("button", { name: "Quitar" }).press("Enter");
  await page.getByText("No se avisa a ningún sistema").waitFor();
});

test("a channel is tested", async () => {
  await part("channels");
  await page.getByRole("button", { name: "Enviar una prueba" }).press("Enter");
  await page.getByText("Guardado aquí: sin servidor de correo no llega a ana@example.com.").waitFor();
  await axeHere(page, "settings-channels");
});

test("what channels cost is set, told of one, refused where it is no price, and taken back", async () => {
  await part("channels");
  const prices = page.locator("section", { has: page.getByRole("heading", { name: "Lo que cuesta cada canal" }) });
  await prices.getByLabel("SMS, los 1.000").fill("45,00");
  await prices.getByLabel("Correo, los 1.000").fill("1,20");
  await prices.getByLabel("Moneda del precio: Correo").selectOption("USD");
  await prices.getByRole("button", { name: "Guardar precios" }).press("Enter");
  await prices.getByText("0,045 € por unidad").waitFor();
  const kept = await api("/v1/settings");
  assert.deepEqual(kept.cost_sms, { minor: 4500, currency: "EUR" });
  assert.deepEqual(kept.cost_email, { minor: 120, currency: "USD" });
  assert.equal(kept.cost_task ?? null, null);
  await axeHere(page, "settings-prices");
  await prices.getByLabel("SMS, los 1.000").fill("barato");
  await prices.getByRole("button", { name: "Guardar precios" }).press("Enter");
  await prices.getByRole("alert").getByText(/SMS: escribe el precio/).waitFor();
  assert.equal(await prices.getByLabel("SMS, los 1.000").inputValue(), "barato");
  await prices.getByLabel("SMS, los 1.000").fill("");
  await prices.getByRole("button", { name: "Guardar precios" }).press("Enter");
  await prices.getByText("0,045 € por unidad").waitFor({ state: "detached" });
  assert.equal((await api("/v1/settings")).cost_sms ?? null, null);
});

test("write-offs take two people from an amount on; one then waits", async () => {
  await part("security");
  await page.getByLabel(/Bajas que necesitan aprobación/).fill("100");
  await page.getByRole("button", { name: "Guardar" }).press("Enter");
  await page.getByText("Guardado").waitFor();
  assert.equal((await api("/v1/settings")).four_eyes_write_off.minor, 10000);
  const { id } = await api("/v1/invoices/find?number=F-1");
  await page.goto(`${rig.url}/app/invoices/${id}`);
  await page.getByLabel("Reducir…").selectOption("write_off");
  await page.getByRole("dialog").getByRole("button", { name: "Dar de baja" }).press("Enter");
  await page.getByText("Hace falta la aprobación de otra persona.").waitFor();
  await part("approvals");
  await page.getByRole("cell", { name: "Dar de baja" }).waitFor();
});

test("hours of contact, as a week; and the trail of it all", async () => {
  await part("policies");
  await page.getByRole("table", { name: "Horario permitido" }).getByText("09:00–21:00").first().waitFor();
  await page.getByRole("button", { name: /México/ }).press("Enter");
  await part("audit");
  await page.getByRole("button", { name: /^Ver el detalle de/ }).first().press("Enter");
  await page.getByRole("dialog").locator("pre").waitFor();
});

test("axe finds nothing; the policy is never broken", async () => {
  await axeOf(page, rig.url, ["organization", "creditors", "channels", "people", "security", "approvals",
    "policies", "keys", "webhooks", "audit"].map((name) => `settings/${name}`));
  assert.ok(PASSWORD);
  assert.deepEqual(said.filter((line) => !/403|422/.test(line)), []);
});
