// From nothing to messages that arrive, by the screen alone: an empty database, the first owner's
// link, the company, its mail server, a CSV of its own, a strategy, live, and sending. Then what is
// set up later: a day of closure, another browser's change.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isoDay } from "./rig.mjs";
import { axeHere, axeOf, PASSWORD, signedIn } from "./setup_rig.mjs";

let rig, page, said;

before(async () => {
  ({ rig, page, said } = await signedIn(() => {}, { roles: "http,engine,delivery,intake",
    organization: { name: "Muebles Ortega", country: "ES" } }));
});
after(async () => { await rig?.stop(); });

const api = (path) => page.evaluate(async (at) => (await fetch(at)).json(), path);
const next = () => page.getByRole("button", { name: /^(Siguiente|Ahora no)$/ }).click();
const step = (name) => page.getByRole("heading", { name, level: 2, exact: true }).waitFor();
const spanish = (day) => day.split("-").reverse().join("/");

test("the company begins in test mode, and says so", async () => {
  await page.goto(`${rig.url}/app`);
  await page.getByText("Modo de prueba: nada sale de verdad").waitFor();
  await step("Tu empresa");
  await page.getByLabel("NIF").fill("B12345678");
  await page.getByRole("button", { name: "Guardar", exact: true }).click();
  await page.getByText("«B12345678» no es un NIF válido. Su dígito de control no cuadra").waitFor();
  await page.getByLabel("NIF").fill("B12345674");
  await page.getByLabel("Correo para las respuestas").fill("cobros@ortega.example");
  await page.getByLabel("Cuenta para cobrar").fill("ES91 2100 0418 4502 0005 1332");
  await page.getByRole("button", { name: "Guardar", exact: true }).click();
  await page.getByText("Guardado").waitFor();
  await next();
});

test("its mail server; the password is kept and never shown again", async () => {
  await step("Imagen y remitente");
  await page.getByLabel("Color").fill("#5b3cc4");
  await page.getByRole("button", { name: "Guardar", exact: true }).click();
  await page.getByLabel("Servidor SMTP").fill("127.0.0.1");
  await page.getByLabel("Seguridad").selectOption("none");
  await page.getByLabel("Puerto").fill(String(rig.mail.port));
  await page.getByLabel(/está en nuestra red privada o en este equipo/).check();
  await page.getByLabel("Nombre del remitente").fill("Otro nombre");
  await page.getByRole("button", { name: "Guardar el canal" }).click();
  await page.getByRole("button", { name: "Enviar una prueba", exact: true }).click();
  await page.getByText("Aceptado para ana@example.com.").waitFor();
  // what is typed is what is tried: it is kept first, and the button says so
  await page.getByLabel("Nombre del remitente").fill("Muebles Ortega");
  await page.getByRole("button", { name: "Guardar y enviar una prueba" }).click();
  await page.getByRole("button", { name: "Enviar una prueba", exact: true }).waitFor();
  await page.getByText("Aceptado para ana@example.com.").waitFor();
  assert.match(rig.mail.mails.at(-1).head, /From: .*Muebles Ortega/);
  assert.equal((await api("/v1/channels")).items.find(({ channel }) => channel === "email").from_name, "Muebles Ortega");
  // from the settings one comes back to where one was, which the data alone would not say
  await page.goto(`${rig.url}/app/settings/channels`);
  await page.getByRole("heading", { name: "Correo", exact: true }).waitFor();
  await page.goto(`${rig.url}/app/start`);
  await step("Imagen y remitente");
  await next();
});

test("a CSV as a Spanish program writes it", async () => {
  await step("Tus facturas");
  let csv = "Nº Factura;Cliente;Razón social;E-mail contacto;Fecha fra.;Vto.;Importe pdte.\r\n";
  for (let i = 1; i <= 10; i++) {
    csv += `2026/${100 + i};43000${i};Comercial Núñez ${i}, S.L.;pagos${i}@nunez.example;` +
      `${spanish(isoDay(i <= 5 ? -40 : -1))};${spanish(isoDay(i <= 5 ? -3 - i : 20))};1.${200 + i},50\r\n`;
  }
  await page.locator("input[type=file]").setInputFiles({ name: "Pendientes.csv", mimeType: "text/csv",
    buffer: Buffer.from(csv, "latin1") });
  await page.getByRole("button", { name: "Revisar las filas" }).click();
  await page.getByRole("button", { name: "Importar 10 filas" }).click();
  await page.getByRole("link", { name: "Seguir con la puesta en marcha" }).click();
  assert.equal((await api("/v1/invoices?limit=20")).items.length, 10);
  const authors = (await api("/v1/templates")).items.map((row) => row.published_by);
  assert.ok(authors.length > 10 && authors.every((author) => author.startsWith("user:")), "whoever founded it");
});

test("a ready strategy, what would go out, and one to oneself", async () => {
  await step("La estrategia");
  await page.getByRole("button", { name: /Entregar la factura/ }).first().click();
  await page.getByRole("button", { name: "Publicar la estrategia" }).click();
  await step("Los próximos 7 días");
  await page.getByText(/Saldría/).waitFor();
  await next();
  await page.getByRole("button", { name: "Enviármelo a ana@example.com" }).click();
  await page.getByText("Enviado a ana@example.com.").waitFor();
  await next();
});

test("live, by one press; sending is a switch of its own", async () => {
  await step("En marcha");
  await page.getByRole("button", { name: `Usar ${rig.url}` }).click();
  await page.getByRole("button", { name: `Usar ${rig.url}` }).waitFor({ state: "detached" });
  await page.getByText(`${rig.url} solo se abre desde este equipo o su red`).waitFor();
  await axeHere(page, "live-ready");
  await page.getByRole("button", { name: "Activar el modo real" }).click();
  await page.getByRole("heading", { name: "Modo real: los mensajes llegan a los clientes" }).waitFor();
  assert.equal((await api("/v1/organization")).mode, "live");
  assert.ok(!rig.mail.mails.some(({ envelope }) => envelope.endsWith("@nunez.example")));
  // not at night, nor on a Sunday: contact hours are no matter of this test
  await page.evaluate(async () => {
    const { csrf } = await (await fetch("/v1/session")).json();
    const week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
    await fetch("/v1/policies", { method: "POST", headers: { ...headers, "Idempotency-Key": crypto.randomUUID() },
      body: JSON.stringify({ document: { puntual: 1, kind: "policy", name: "siempre", version: "1", holidays: "ignore",
        windows: [{ weekdays: week, from: "00:00", to: "24:00" }] } }) });
    await fetch("/v1/organization", { method: "PATCH", headers, body: JSON.stringify({ policy: "siempre" }) });
  });
  await page.getByRole("switch", { name: "Envío automático" }).click();
  await page.getByText("Envío automático: encendido").waitFor();
});

test("the message arrives, and its link opens the debtor's page", async () => {
  const mail = await rig.mail.to("pagos6@nunez.example", /2026\/106/);
  assert.equal(mail.envelope, "pagos6@nunez.example");
  assert.match(mail.head, /From: .*Muebles Ortega.*cobros@ortega\.example/);
  const link = new RegExp(`${rig.url}/[^\\s"<>]+`).exec(mail.body.replaceAll("&amp;", "&"))[0];
  const debtor = await rig.page();
  await debtor.goto(link);
  await debtor.getByText("2026/106").first().waitFor();
  await debtor.close();
});

test("a day of closure is added and taken away", async () => {
  await page.goto(`${rig.url}/app/settings/days`);
  await page.getByLabel("Desde el").fill(isoDay(30));
  await page.getByLabel("Hasta el").fill(isoDay(31));
  await page.getByLabel("Nombre").fill("Cierre de verano");
  await page.getByRole("button", { name: "Añadir los días" }).press("Enter");
  await page.getByText("Cierre de verano").first().waitFor();
  const shut = await api("/v1/closing-days");
  assert.deepEqual(shut.items.map(({ date }) => date), [isoDay(30), isoDay(31)]);
  await page.getByRole("button", { name: /^Quitar el/ }).first().press("Enter");
  await page.waitForFunction(async () => (await (await fetch("/v1/closing-days")).json()).items.length === 1);
});

test("two browsers change the same creditor: nobody's words are lost", async () => {
  await page.goto(`${rig.url}/app/settings/creditors`);
  await page.getByLabel("Teléfono").fill("+34 911 000 001");
  await page.evaluate(async () => {
    const { csrf } = await (await fetch("/v1/session")).json();
    const { items } = await (await fetch("/v1/creditors")).json();
    await fetch(`/v1/creditors/${items[0].id}`, { method: "PATCH",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
      body: JSON.stringify({ city: "Valencia" }) });
  });
  await page.getByRole("button", { name: "Guardar", exact: true }).first().click();
  const note = page.getByRole("alert");
  await note.getByText("Alguien ha cambiado lo mismo mientras escribías").waitFor();
  await note.getByText("ahora dice «Valencia»").waitFor();
  assert.equal(await page.getByLabel("Teléfono").inputValue(), "+34 911 000 001");
  await axeHere(page, "conflict");
  await note.getByRole("button", { name: "Guardar lo mío de todos modos" }).press("Enter");
  await page.getByText("Guardado").waitFor();
  assert.equal((await api("/v1/creditors")).items[0].phone, "+34 911 000 001");
});

test("a password that was entered is nowhere to be read", async () => {
  await page.goto(`${rig.url}/app/settings/channels`);
  await page.getByText("Servidor de correo y remitente").click();
  await page.getByLabel(/^Usuario/).fill("cobros@ortega.example");
  await page.getByLabel(/^Contraseña/).fill("muy secreta 123");
  await page.getByRole("button", { name: "Guardar el canal" }).first().click();
  await page.getByText(/Guardada desde el/).first().waitFor();
  const told = JSON.stringify([await api("/v1/channels"), await api("/v1/audit-trail"), await page.content()]);
  assert.ok(told.includes("password_kept"));
  assert.ok(!told.includes("muy secreta") && !rig.said.includes("muy secreta"));
  // another server takes the password anew
  await page.getByLabel("Servidor SMTP").fill("localhost");
  await page.getByRole("button", { name: "Guardar el canal" }).first().click();
  await page.getByRole("alert").getByText(/contraseña/).waitFor();
});

test("axe finds nothing; the policy is never broken", async () => {
  await axeOf(page, rig.url, ["mode", "channels", "ways", "days", "connectors", "limits", "organization"]
    .map((name) => `settings/${name}`));
  assert.ok(PASSWORD);
  assert.deepEqual(said.filter((line) => !/403|412|422/.test(line)), []);
});
