// The outside world, set up by the screen and tried against real servers: mail over Postfix, answers
// from Dovecot, messages over a gateway, Stripe's key, the DNS; what goes wrong is told in Spanish.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { HttpPeer, Peer, Resolver } from "./peers.mjs";
import { freePort } from "./rig.mjs";
import { axeHere, joined, shot, signedIn } from "./setup_rig.mjs";

const dovecot = new Peer("dovecot"), postfix = new Peer("postfix"), resolver = new Resolver();
const noResolver = Resolver.without();
const ports = {};
const USER = "cobros@example.com", SECRET = "sésamo 1"; // tests/peers/dovecot.sh
let rig, page, said, gateway, stripe;

const trusted = join(postfix.home, "trusted.pem");
const trust = (peer) => { if (!peer.without) appendFileSync(trusted, readFileSync(join(peer.dir, "cert.pem"))); };
const bearer = (key) => ({ headers }) => headers.authorization === `Bearer ${key}`;
let gatewayKey = "clave de la pasarela", stripeKey = "sk_test_primera";

before(async () => {
  for (const name of ["imap", "imaps", "smtp", "nobody"]) ports[name] = await freePort();
  dovecot.start([ports.imap, ports.imaps]);
  postfix.start([ports.smtp], { PEER_SASL: join(dovecot.dir, "run/smtp-auth") });
  gateway = await new HttpPeer((asked) => bearer(gatewayKey)(asked)
    ? [200, { message: { id: `m-${gateway.asked.length}` }, status: "queued" }] : [401, { error: "bad token" }]).start();
  stripe = await new HttpPeer((asked) => asked.path === "/v1/balance" && bearer(stripeKey)(asked)
    ? [200, { object: "balance", livemode: false, available: [], pending: [] }]
    : [401, { error: { type: "invalid_request_error", message: "Invalid API Key provided" } }]).start();
  if (!noResolver) await resolver.listen();
  // the authorities that the server trusts: of mail at first the first peer alone
  process.env.SSL_CERT_FILE = trusted;
  trust(postfix);
  Object.assign(process.env, { PEERS_STRIPE_KEY: "sk_test_otra", PEERS_STRIPE_SECRET: "whsec_otro" });
  ({ rig, page, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "test");
    it.run("config", "set", "public_url", "https://cobros.ibarra.example");
    // where Stripe is, is said on the server alone
    it.run("method", "set", "stripe", "--settings", JSON.stringify({ api_url: stripe.url,
      key_env: "PEERS_STRIPE_KEY", webhook_secret_env: "PEERS_STRIPE_SECRET" }));
    if (!noResolver) it.within = resolver.within(it.folder);
  }));
});
after(async () => {
  await rig?.stop();
  await Promise.all([gateway?.stop(), stripe?.stop(), resolver.close()]);
  postfix.stop();
  dovecot.stop();
});

const part = async (name) => {
  await page.goto(`${rig.url}/app/settings/${name}`);
  await page.getByRole("heading", { name: "Ajustes", level: 1 }).waitFor();
};
const told = async (...words) => {
  for (const one of words) {
    await page.getByRole("alert").getByText(one).first().waitFor().catch(async () => {
      assert.fail(`no alert says ${one}: ${await page.getByRole("alert").allInnerTexts()}`);
    });
  }
};
const api = (path) => page.evaluate(async (at) => (await fetch(at)).json(), path);
const press = (name) => page.getByRole("button", { name, exact: true }).click();
const mailForm = async (fields) => {
  const form = page.locator("details").filter({ has: page.getByText("Servidor de correo y remitente") });
  await form.waitFor();
  if (!await form.evaluate((details) => details.open)) await form.locator("summary").first().click();
  for (const [label, value] of Object.entries(fields)) await form.getByLabel(new RegExp(`^${label}`)).fill(value);
};
const saveMail = async () => {
  await press("Guardar el canal");
  await page.getByText("Guardado", { exact: true }).waitFor();
};
const tryMail = async (to) => {
  await page.getByLabel("A quién").fill(to);
  await press("Enviar una prueba");
};

test("mail: a wrong password is told so, with the server's words", async (t) => {
  if (postfix.without || dovecot.without) return t.skip(postfix.without ?? dovecot.without);
  await part("channels");
  await mailForm({ "Dirección del remitente": USER, "Servidor SMTP": "127.0.0.1", Puerto: String(ports.smtp),
    "Usuario": USER, "Contraseña": "olvidada" });
  await page.getByLabel(/está en nuestra red privada o en este equipo/).check();
  await saveMail();
  await tryMail("ana@example.net");
  await told("El servidor no acepta el usuario, la contraseña o la clave.", /authentication failed/);
  await axeHere(page, "peers-mail-login");
});

test("mail: with the right one it arrives, encrypted and signed in", async (t) => {
  if (postfix.without || dovecot.without) return t.skip(postfix.without ?? dovecot.without);
  await mailForm({ "Contraseña": SECRET });
  await saveMail();
  await tryMail("ana@example.net");
  await page.getByText("Aceptado para ana@example.net.").waitFor();
  for (let i = 0; i < 200 && postfix.mails("mail/all").length === 0; i++) await page.waitForTimeout(50);
  const [mail] = postfix.mails("mail/all");
  assert.match(mail, /Delivered-To: ana@example\.net|X-Original-To: ana@example\.net/);
  assert.match(mail, /with ESMTPSA/);
  assert.match(mail, /From: Aceros Ibarra <cobros@example\.com>/);
});

test("mail: recipient, sender, port and name that do not work, each in words of its own", async (t) => {
  if (postfix.without || dovecot.without) return t.skip(postfix.without ?? dovecot.without);
  await tryMail("unknown@example.net");
  await told("El servidor no acepta ese destinatario.", /User unknown/);
  await mailForm({ "Dirección del remitente": "otra@example.com" });
  await saveMail();
  await tryMail("ana@example.net");
  await told("El servidor no deja enviar con ese remitente.");
  await mailForm({ "Dirección del remitente": USER, Puerto: String(ports.nobody) });
  await saveMail();
  await tryMail("ana@example.net");
  await told("Nadie contesta en esa dirección y ese puerto.");
  await mailForm({ Puerto: String(ports.imap) });
  await saveMail();
  await tryMail("ana@example.net");
  await told("Lo que contesta ahí no es un servidor de este tipo.");
});

test("the sender's domain: nobody answers; then what is missing, wrong and right", async (t) => {
  if (noResolver || postfix.without) return t.skip(noResolver ?? postfix.without);
  await mailForm({ "Servidor SMTP": "correo.noexiste.example" });
  await press("Guardar el canal");
  await told("La contraseña o la clave guardada es de la dirección anterior");
  await mailForm({ "Contraseña": SECRET });
  await saveMail();
  await tryMail("nadie@example.net");
  await told("Fuera del modo real, una prueba solo llega a personas de la organización");
  await tryMail("ana@example.com");
  await told("No se encuentra ningún servidor con ese nombre.");
  const trust = page.locator("details").filter({ has: page.getByText("Que el correo no acabe en spam") });
  await trust.locator("summary").first().click();
  await resolver.close();
  await press("Comprobar el DNS");
  await trust.getByText("Este servidor no puede preguntar al DNS ahora.").waitFor();
  await trust.getByText("SPF: sin respuesta").waitFor();
  await resolver.listen();
  await press("Crear la clave DKIM");
  const value = trust.locator("dd", { hasText: "v=DKIM1" }).locator("code");
  await value.waitFor();
  const name = await trust.locator("dd", { hasText: "_domainkey.example.com" }).locator("code").first().innerText();
  resolver.texts.set("example.com", "v=spf1 +all");
  await press("Comprobar el DNS");
  for (const one of ["SPF: incorrecto", "DKIM: falta", "DMARC: falta"]) await trust.getByText(one).waitFor();
  await shot(page, "peers-dns");
  resolver.texts.set("example.com", "v=spf1 ip4:192.0.2.1 -all");
  resolver.texts.set(name, await value.innerText());
  resolver.texts.set("_dmarc.example.com", "v=DMARC1; p=none");
  await press("Comprobar el DNS");
  for (const one of ["SPF: correcto", "DKIM: correcto", "DMARC: correcto"]) await trust.getByText(one).waitFor();
});

const dialog = () => page.getByRole("dialog");
const save = async () => {
  await dialog().getByRole("button", { name: "Guardar", exact: true }).click();
  await dialog().waitFor({ state: "detached" });
};
const change = async (fields, name = "Cambiar") => {
  await press(name);
  for (const [label, value] of Object.entries(fields)) await dialog().getByLabel(new RegExp(`^${label}`)).fill(value);
  await save();
};
const tryBox = () => press("Probar el buzón");

test("a mailbox: what may be wrong with it, each in its words; then it works and is read", async (t) => {
  if (dovecot.without) return t.skip(dovecot.without);
  await part("channels");
  await press("Añadir un buzón");
  await dialog().getByLabel("Servidor IMAP").fill("127.0.0.1");
  await dialog().getByLabel("Seguridad").selectOption("starttls");
  await dialog().getByLabel("Puerto").fill(String(ports.imap));
  await dialog().getByLabel("Usuario").fill(USER);
  await dialog().getByLabel(/^Contraseña/).fill("olvidada");
  await shot(page, "peers-mailbox");
  await save();
  await tryBox();
  await told("Esa dirección es de una red privada o de este equipo");
  await press("Cambiar");
  await dialog().getByLabel(/está en nuestra red privada o en este equipo/).check();
  await save();
  await tryBox();
  await told("El certificado del servidor no es de fiar");
  trust(dovecot);
  await tryBox();
  await told("El servidor no acepta el usuario, la contraseña o la clave.", /Authentication failed/);
  await change({ "Contraseña": SECRET, Carpeta: "Cobros de ayer" });
  await tryBox();
  await told("El buzón no tiene esa carpeta");
  await press("Cambiar");
  await dialog().getByLabel("Carpeta").fill("");
  await dialog().getByLabel("Seguridad").selectOption("tls");
  await save();
  await tryBox();
  await told("No se pudo proteger la conexión");
  await axeHere(page, "peers-mailbox-wrong");
  await change({ Puerto: String(ports.imaps) });
  await tryBox();
  await page.getByText("Funciona: 0 correos en la carpeta.").waitFor();
  assert.ok(!JSON.stringify([await api("/v1/mailboxes"), await api("/v1/audit-trail")]).includes("sésamo"));
});

test("another system: its key is entered, tried, changed and never shown again", async () => {
  await part("connectors");
  await press("Conectar un sistema");
  await dialog().getByLabel("Nombre").fill("pasarela");
  await dialog().getByLabel("Dirección").fill(gateway.url);
  await dialog().getByLabel("Cómo se identifica").selectOption("bearer");
  await dialog().getByLabel(/^Clave/).last().fill(gatewayKey);
  await shot(page, "peers-connector");
  await save();
  await press("Probar");
  await told("Esa dirección es de una red privada o de este equipo");
  await press("Cambiar");
  await dialog().getByLabel(/está en nuestra red privada o en este equipo/).check();
  await save();
  await press("Probar");
  await page.getByText(/^Respondió 200 en/).waitFor();
  gatewayKey = "otra clave";
  await press("Probar");
  await told("El servidor no acepta el usuario, la contraseña o la clave.", "401");
  await press("Cambiar");
  await dialog().locator("[name=key]").fill(gatewayKey);
  await save();
  await press("Probar");
  await page.getByText(/^Respondió 200 en/).waitFor();
  await change({ "Dirección": `${gateway.url}/v2` }).catch(() => {});
  await told("La contraseña o la clave guardada es de la dirección anterior");
  await dialog().getByRole("button", { name: "Cancelar" }).click();
  const shown = JSON.stringify([await api("/v1/connectors"), await api("/v1/audit-trail"), await page.content()]);
  assert.ok(!shown.includes("otra clave") && !shown.includes("clave de la pasarela"));
});

test("a gateway over it: a test reaches the system; a key it does not take is told", async () => {
  await part("channels");
  await press("Añadir una pasarela (SMS, WhatsApp…)");
  await page.getByLabel("Remitente en ese sistema").fill("Ibarra");
  await page.getByLabel("Ruta", { exact: true }).fill("/messages");
  await page.getByLabel(/^Campo con el identificador/).fill("/message/id");
  await page.getByLabel(/^Cuerpo/).fill(await page.getByLabel(/^Cuerpo/).getAttribute("placeholder"));
  const panel = page.locator("section", { has: page.getByRole("heading", { name: "Otro sistema" }) });
  await shot(page, "peers-gateway");
  await panel.getByRole("button", { name: "Guardar el canal" }).click();
  await panel.getByLabel("A quién").fill("+34600111222");
  await panel.getByRole("button", { name: "Enviar una prueba" }).click();
  await panel.getByText("Aceptado para +34600111222.").waitFor();
  const asked = gateway.asked.at(-1);
  assert.equal(`${asked.method} ${asked.path}`, "POST /messages");
  assert.equal(JSON.parse(asked.body).to, "+34600111222");
  gatewayKey = "una tercera";
  await panel.getByRole("button", { name: "Enviar una prueba" }).click();
  await told("El servidor no acepta el usuario, la contraseña o la clave.", /bad token/);
  await shot(page, "peers-gateway-refused");
});

test("Stripe's keys: entered, checked, changed and never shown again", async () => {
  await part("ways");
  await press("Comprobar la clave");
  await told("El servidor no acepta el usuario, la contraseña o la clave.", /Invalid API Key/);
  await press("Cambiar");
  await shot(page, "peers-stripe");
  await dialog().getByLabel(/^Clave secreta/).fill("sk_test_primera");
  await dialog().getByLabel(/^Secreto de los avisos/).fill("whsec_primero");
  await save();
  await press("Comprobar la clave");
  await page.getByText("Stripe acepta la clave, que es de prueba").waitFor();
  stripeKey = "sk_test_segunda";
  await press("Comprobar la clave");
  await told(/Invalid API Key/);
  await change({ "Clave secreta": "sk_test_segunda" });
  await press("Comprobar la clave");
  await page.getByText("Stripe acepta la clave, que es de prueba").waitFor();
  await axeHere(page, "peers-stripe-good");
  const shown = JSON.stringify([await api("/v1/ways-to-pay"), await api("/v1/audit-trail"), await page.content()]);
  assert.ok(!/sk_test_(primera|segunda)|whsec_primero/.test(shown));
});

test("four eyes for going live: who asked cannot allow it, another can, once", async () => {
  const other = await joined(rig, "luis@example.com", "Luis Peña", "owner");
  rig.run("config", "set", "four_eyes_live", "yes");
  const ask = () => page.evaluate(async () => {
    const { csrf } = await (await fetch("/v1/session")).json();
    const answer = await fetch("/v1/organization/mode", { method: "PUT", body: '{"mode":"live"}',
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf } });
    return answer.status;
  });
  assert.equal(await ask(), 202);
  await part("approvals");
  await page.getByText("Lo pediste tú: decide otra persona.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Aprobar" }).count(), 0);
  await shot(page, "peers-approvals-own");
  const [{ id }] = (await api("/v1/approvals")).items;
  const own = await page.evaluate(async (which) => {
    const { csrf } = await (await fetch("/v1/session")).json();
    const answer = await fetch(`/v1/approvals/${which}/approve`, { method: "POST", body: "{}", headers: {
      "Content-Type": "application/json", "X-CSRF-Token": csrf, "Idempotency-Key": crypto.randomUUID() } });
    return { status: answer.status, cause: (await answer.json()).cause };
  }, id);
  assert.deepEqual(own, { status: 403, cause: "own_request" });
  await other.goto(`${rig.url}/app/settings/approvals`);
  await other.getByRole("button", { name: "Aprobar" }).click();
  await other.getByRole("dialog").getByRole("button", { name: "Aprobar" }).click();
  await other.getByText("Aprobado: falta hacerlo").waitFor();
  await page.getByText("Aprobado: falta hacerlo").waitFor();
  await other.close();
  rig.run("config", "set", "four_eyes_live", "no");
});

test("the policy is never broken", () => {
  assert.deepEqual(said.filter((line) => !/403|422/.test(line)), []);
});
