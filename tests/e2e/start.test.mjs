// The first hour, as somebody new walks it: company, look, invoices, strategy, what would go out,
// one to oneself, and the switch. Nothing leaves before the switch.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeHere, axeOf, PNG, shot, signedIn } from "./setup_rig.mjs";

let rig, page, said;

before(async () => {
  ({ rig, page, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "test");
    it.run("config", "set", "public_url", "https://cobros.example");
  }));
});
after(async () => { await rig?.stop(); });

const next = () => page.getByRole("button", { name: /^(Siguiente|Ahora no)$/ }).click();
const done = (name) => page.getByRole("link", { name: `${name} (hecho)` }).waitFor();
const channel = () => page.evaluate(async () => (await (await fetch("/v1/channels")).json()).items[0]);

test("a new organization begins here; the company is filled in", async () => {
  await page.goto(`${rig.url}/app`);
  await page.waitForURL("**/app/start");
  await page.getByRole("heading", { name: "Tu empresa" }).waitFor();
  await page.getByLabel("NIF").fill("B12345674");
  await page.getByLabel("Correo para las respuestas").fill("cobros@ibarra.example");
  await page.getByLabel("Cuenta para cobrar").fill("ES91 2100 0418 4502 0005 1332");
  await axeHere(page, "start-who");
  await page.getByRole("button", { name: "Guardar" }).press("Enter");
  await page.getByText("Guardado").waitFor();
  await done("Tu empresa");
});

test("a wrong account is refused with a sentence, and what was typed stays", async () => {
  await page.getByLabel("Cuenta para cobrar").fill("ES00 1111");
  await page.getByRole("button", { name: "Guardar" }).click();
  await page.getByRole("alert").waitFor();
  assert.equal(await page.getByLabel("Cuenta para cobrar").inputValue(), "ES00 1111");
});

test("logo and colour", async () => {
  await page.getByRole("link", { name: /Imagen y remitente/ }).click();
  await page.locator("input[type=file]").setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: PNG });
  await page.getByAltText("Logotipo de Aceros Ibarra").waitFor();
  await page.getByLabel("Color").fill("#b3261e");
  await page.getByRole("button", { name: "Guardar", exact: true }).click();
  await page.getByText("Guardado").waitFor();
});

test("the mail server is set up, and tried, without a command", async () => {
  assert.equal(await page.getByLabel("Dirección del remitente").inputValue(), "cobros@ibarra.example");
  await page.getByLabel("Servidor SMTP").fill("127.0.0.1");
  await page.getByLabel("Seguridad").selectOption("none");
  await page.getByLabel("Puerto").fill(String(rig.mail.port));
  await page.getByLabel(/está en nuestra red privada o en este equipo/).check();
  await page.getByRole("button", { name: "Guardar el canal" }).press("Enter");
  await done("Imagen y remitente");
  await page.getByRole("button", { name: "Enviar una prueba" }).press("Enter");
  await page.getByText("Aceptado para ana@example.com.").waitFor();
  assert.match((await rig.mail.to("ana@example.com")).head, /From: .*Aceros Ibarra.*cobros@ibarra\.example/);
  await axeHere(page, "start-brand-sender");
  await next();
});

test("sample data, imported on the way, and back to the strategy", async () => {
  await page.getByRole("heading", { name: "Tus facturas", level: 2 }).waitFor();
  await axeHere(page, "start-data");
  await page.getByRole("button", { name: "Usar datos de ejemplo" }).click();
  await page.getByRole("button", { name: "Revisar las filas" }).click();
  await page.getByRole("button", { name: "Importar 12 filas" }).click();
  await page.getByRole("link", { name: "Seguir con la puesta en marcha" }).click();
  await page.getByRole("heading", { name: "La estrategia", level: 2 }).waitFor();
  await done("Tus facturas");
});

test("a ready strategy is published; automatic sending is off", async () => {
  await page.getByRole("button", { name: /Entregar la factura/ }).press("Enter");
  await axeHere(page, "start-strategy");
  await page.getByRole("button", { name: "Publicar la estrategia" }).press("Enter");
  await page.getByRole("heading", { name: "Los próximos 7 días", level: 2 }).waitFor();
  assert.ok((await channel()).paused_reason);
  await done("La estrategia");
});

test("what would go out, message by message", async () => {
  await page.getByText(/Saldría/).waitFor();
  await axeHere(page, "start-outlook");
  assert.ok(await page.locator("table tbody tr").count() > 0);
  await next();
});

test("one to oneself, as the customer would get it", async () => {
  await page.frameLocator("iframe").getByText(/Hola/).first().waitFor();
  await axeHere(page, "start-sample");
  await page.getByRole("button", { name: "Móvil" }).click();
  await page.getByRole("button", { name: "Oscuro" }).click();
  await shot(page, "start-sample-phone");
  await page.getByRole("button", { name: "Solo texto" }).click();
  await page.getByLabel("Solo texto", { exact: true }).first().waitFor();
  await page.getByRole("button", { name: "Enviármelo a ana@example.com" }).click();
  await page.getByText("Enviado a ana@example.com.").waitFor();
  await next();
});

test("it goes live, which leaves sending off; the switch", async () => {
  await axeHere(page, "start-live");
  await page.getByRole("button", { name: "Activar el modo real" }).press("Enter");
  await page.getByRole("heading", { name: "Modo real: los mensajes llegan a los clientes" }).waitFor();
  await page.getByText("Modo de prueba: nada sale de verdad").waitFor({ state: "detached" });
  const sending = page.getByRole("switch", { name: "Envío automático" });
  assert.equal(await sending.getAttribute("aria-checked"), "false");
  await sending.press("Space");
  await page.getByText("Envío automático: encendido").waitFor();
  assert.equal((await channel()).paused_reason ?? null, null);
  await done("En marcha");
  await page.getByRole("switch", { name: "Envío automático" }).press("Space");
  await page.getByText("Envío automático: apagado").waitFor();
  await page.getByRole("button", { name: "Volver a modo de prueba" }).press("Enter");
  await page.getByRole("heading", { name: "En modo de prueba" }).waitFor();
});

test("axe finds nothing; the policy is never broken", async () => {
  await axeOf(page, rig.url, ["start/who", "start/brand", "start/strategy", "start/outlook", "start/live"]);
  assert.deepEqual(said.filter((line) => !/422/.test(line)), []);
});
