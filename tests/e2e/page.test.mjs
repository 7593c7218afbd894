// The debtor's page in a real browser, with script disabled: what a debtor does, from the link in
// a message to what the books say afterwards; and what each state looks like to axe, on a narrow
// phone, in light and dark, in every language.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ALL_BUT_COLOURS, COLOURS, violations } from "./axe.mjs";
import { Rig, isoDay } from "./rig.mjs";

let rig;

before(async () => { rig = await Rig.start(); });
after(async () => { await rig?.stop(); });

async function visit(about) {
  const page = await rig.page();
  const answer = await page.goto(rig.link(about));
  assert.equal(answer.status(), 200);
  return page;
}

const invoice = (number) => rig.json("case", "show", number).invoices
  .find((each) => each.number === number);
const text = (page) => page.locator("main").innerText();

async function pay(page, choice) {
  await page.getByRole("button", { name: "Continuar al pago" }).click();
  assert.match(page.url(), /simulated-bank/);
  await page.getByRole("button", { name: choice, exact: true }).click();
  assert.match(page.url(), /\/p\//);
}

test("pay all of it", async () => {
  const page = await visit("ALL");
  assert.match(await text(page), /1\.210,00/);
  await pay(page, "Pagar");
  assert.match(await text(page), /Todo está pagado/);
  assert.match(await text(page), /Descargar el recibo/);
  await page.reload();
  assert.match(await text(page), /Todo está pagado/);
});

test("pay a part", async () => {
  const page = await visit("PART");
  await page.getByLabel("Una parte").check();
  await page.getByLabel("Importe que pagar").fill("210,00");
  await pay(page, "Pagar");
  assert.match(await text(page), /Ya se han pagado 210,00/);
  assert.match(await text(page), /1\.000,00/);
});

test("a wrong part is said in a sentence and nothing happens", async () => {
  const page = await visit("PART");
  await page.getByLabel("Una parte").check();
  await page.getByLabel("Importe que pagar").fill("99999");
  await page.getByRole("button", { name: "Continuar al pago" }).click();
  assert.match(await page.getByRole("alert").innerText(), /Escriba un importe entre/);
});

test("pay some invoices", async () => {
  const page = await visit("SOME");
  await page.getByLabel("Solo las facturas marcadas").check();
  await page.getByLabel(/F-SOME-1/).uncheck();
  await pay(page, "Pagar");
  assert.match(await text(page), /1\.210,00/);
  assert.doesNotMatch(await text(page), /F-SOME-2/);
});

test("a card that is refused can be tried again", async () => {
  const page = await visit("DECLINE");
  await pay(page, "Rechazar por falta de saldo");
  assert.match(await text(page), /no se completó/);
  assert.match(await text(page), /falta de saldo/);
  await pay(page, "Pagar");
  assert.match(await text(page), /Todo está pagado/);
});

test("what is on its way is not asked for", async () => {
  const page = await visit("PENDING");
  await pay(page, "Dejarlo pendiente");
  assert.match(await text(page), /Pago de 1\.210,00.€ en curso/);
  assert.equal(await page.getByRole("button", { name: "Continuar al pago" }).count(), 0);
});

test("a lost webhook is made up for when the payer comes back", async () => {
  const page = await visit("LATE");
  await pay(page, "Pagar y perder el aviso");
  assert.match(await text(page), /Todo está pagado/);
});

test("a voucher with its bar code", async () => {
  const page = await visit("VOUCHER");
  await page.getByLabel(/En efectivo en Correos/).check();
  await page.getByRole("button", { name: "Continuar al pago" }).click();
  assert.match(await text(page), /Vale hasta el/);
  assert.equal(await page.locator("svg.bars").count(), 1);
  assert.match(await page.locator(".num").innerText(), /^90507\d{41}$/);
  await page.getByRole("link", { name: "Volver" }).click();
  assert.match(await text(page), /comprobante para pagar/);
});

async function accept(page, choice) {
  await page.getByLabel(choice).check();
  await page.getByLabel("Nombre y apellidos de quien acepta").fill("Ana Núñez");
  await page.getByLabel(/He leído el texto/).check();
  await page.getByRole("button", { name: "Aceptar el acuerdo" }).click();
  assert.match(await text(page), /Acuerdo aceptado/);
  await page.getByRole("link", { name: "Volver" }).click();
}

test("accept a plan inside the matrix, and download what was accepted", async () => {
  const page = await visit("PLAN");
  await page.getByRole("link", { name: "Pagar a plazos" }).click();
  assert.equal(await page.getByRole("radio").count(), 4); // 2, 3, 4, 6
  await accept(page, /^3 pagos/);
  assert.match(await text(page), /Plan de pagos/);
  assert.match(await text(page), /403,33/);
  const plans = rig.json("offer", "list").offers.filter((o) => o.state === "accepted");
  assert.equal(plans[0].by, "Ana Núñez");
  assert.match(plans[0].from, /^page lnk_/);
  assert.match(plans[0].plan, /^pln_/);
  const href = await page.getByRole("link", { name: "Descargar el acuerdo" }).getAttribute("href");
  const answer = await fetch(rig.url + href);
  assert.equal(answer.headers.get("content-type"), "application/pdf");
  const file = join(rig.folder, "acuerdo.pdf");
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
  const said = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" })
    .replace(/\s+/g, " ");
  assert.match(said, /Me comprometo a pagar a Aceros Ibarra 1\.210,00.€ en 3 plazos/);
  assert.match(said, /Ana Núñez/);
  assert.match(said, /page lnk_/);
  assert.match(said, /[0-9a-f]{64}/);
});

test("a discount: accepted, paid and settled", async () => {
  const page = await visit("SETTLE");
  assert.match(await text(page), /Puede saldarlo con 1\.089,00.€ en lugar de 1\.210,00/);
  await page.getByRole("link", { name: "Ver el acuerdo" }).click();
  await accept(page, /^Un pago de 1\.089,00/);
  assert.match(await text(page), /Con el pago a tiempo se descuentan 121,00/);
  assert.equal(await page.getByLabel(/Todo lo pendiente|1\.210,00/).count(), 0);
  await pay(page, "Pagar");
  assert.match(await text(page), /Todo está pagado/);
  assert.match(await text(page), /Descargar el acuerdo/);
  assert.equal(invoice("F-SETTLE-1").open, "0.00");
  assert.equal(invoice("F-SETTLE-1").closed, "paid");
});

test("an agreement that is not kept is over, and the page is as it was", async () => {
  const page = await visit("DEAL");
  await page.getByRole("link", { name: "Ver el acuerdo" }).click();
  await accept(page, /^Un pago de 1\.089,00/);
  const plan = rig.json("offer", "list").offers.find((o) => o.debtor && o.kind === "discount"
    && o.state === "accepted" && o.plan && o.from.startsWith("page")).plan;
  rig.run("plan", "cancel", plan, "--reason", "no pagó");
  await page.reload();
  assert.match(await text(page), /1\.210,00/);
  assert.match(await text(page), /Ver el acuerdo/);
  assert.doesNotMatch(await text(page), /Con el pago a tiempo/);
});

async function propose(page, fields) {
  await page.getByRole("link", { name: "Pagar a plazos" }).click();
  await page.getByRole("link", { name: /Necesita otro plan/ }).click();
  for (const [label, value] of Object.entries(fields)) {
    await page.getByLabel(label).fill(value);
  }
  await page.getByRole("button", { name: "Pedir este plan" }).click();
  assert.match(await text(page), /Petición recibida/);
  await page.getByRole("link", { name: "Volver" }).click();
  assert.match(await text(page), /Estamos estudiando su propuesta/);
}

test("a plan outside the matrix is asked for, approved, told by mail and accepted", async () => {
  const page = await visit("ASK");
  await propose(page, { "O cuánto puede pagarse al mes": "100", "Día del primer pago": isoDay(20),
    Motivo: "Cobro a fin de mes." });
  assert.match(await text(page), /13 pagos desde/);
  const [asked] = rig.json("proposal", "list").proposals.filter((p) => p.text.startsWith("Cobro"));
  assert.equal(asked.count, 13);
  const tasks = () => rig.json("task", "list").tasks.filter((t) => /13 × 93,07/.test(t.title));
  assert.equal(tasks().length, 1);
  rig.run("proposal", "approve", asked.id, "--answer", "De acuerdo.");
  assert.equal(tasks().length, 0);
  const mail = await rig.mail.to("ask@example.com", /propuesta de pago está aceptada/);
  await page.goto(/http\S+\/p\/\S+/.exec(mail.body)[0]);
  assert.match(await text(page), /De acuerdo\. Solo falta que la confirme/);
  await page.getByRole("link", { name: "Confirmar la propuesta" }).click();
  await accept(page, /^13 pagos/);
  assert.match(await text(page), /93,07/);
});

test("a proposal is refused with a sentence, and another can be made", async () => {
  const page = await visit("NO");
  await propose(page, { "Número de pagos": "30", "Día del primer pago": isoDay(50) });
  const [asked] = rig.json("proposal", "list").proposals.filter((p) => p.count === 30);
  assert.throws(() => rig.run("proposal", "refuse", asked.id));
  rig.run("proposal", "refuse", asked.id, "--answer", "Como mucho en 6 plazos.");
  await rig.mail.to("no@example.com", /no se puede aceptar[\s\S]*Como mucho en 6/);
  await page.reload();
  assert.match(await text(page), /Su propuesta no se puede aceptar/);
  assert.match(await text(page), /Como mucho en 6 plazos/);
  await propose(page, { "Número de pagos": "7", "Día del primer pago": isoDay(5) });
});

test("a proposal that makes no sense is said in a sentence", async () => {
  const page = await visit("OLD");
  await page.goto(`${page.url()}/plan-other`);
  await page.getByLabel("Día del primer pago").fill(isoDay(3));
  await page.getByRole("button", { name: "Pedir este plan" }).click();
  assert.match(await page.getByRole("alert").innerText(), /número de pagos de 2 a 36/);
});

test("promise", async () => {
  const page = await visit("PROMISE");
  await page.getByRole("link", { name: "Decirnos qué día va a pagar" }).click();
  await page.getByLabel("Día del pago").fill(isoDay(40));
  await page.locator("form").evaluate?.toString; // script is off: validation is the server's too
  await page.getByLabel("Día del pago").fill(isoDay(5));
  await page.getByRole("button", { name: "Comprometer el pago" }).click();
  assert.match(await text(page), /Anotado/);
  await page.getByRole("link", { name: "Volver" }).click();
  assert.match(await text(page), /Acordó pagar 1\.210,00/);
});

test("dispute one line, with a file", async () => {
  const page = await visit("DISPUTE");
  const file = join(rig.folder, "albaran.pdf");
  writeFileSync(file, "%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n");
  await page.getByRole("link", { name: "Hay algo que no está bien" }).click();
  await page.getByLabel(/Transporte urgente/).check();
  await page.getByLabel("Motivo").selectOption("price");
  await page.getByLabel("Explíquelo").fill("Se acordó sin coste.\nVéase el albarán.");
  await page.getByLabel("Archivo").setInputFiles(file);
  await page.getByRole("button", { name: "Enviar para revisión" }).click();
  assert.match(await text(page), /Lo estamos revisando/);
  await page.getByRole("link", { name: "Volver" }).click();
  assert.match(await text(page), /Estamos revisando 242,00/);
  assert.match(await text(page), /968,00/);
  const [kept] = rig.json("file", "list", "--debtor", "DISPUTE").files;
  assert.equal(kept.type, "application/pdf");
  assert.deepEqual(rig.json("task", "show", kept.task).files.map((f) => f.name), ["albaran.pdf"]);
  rig.run("file", "save", kept.id, join(rig.folder, "saved.pdf"));
  assert.deepEqual(readFileSync(join(rig.folder, "saved.pdf")), readFileSync(file));
});

test("files are judged by their content", async () => {
  const page = await visit("REPORTED");
  const file = join(rig.folder, "foto.png");
  writeFileSync(file, "<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>");
  await page.getByRole("link", { name: "Ya la ha pagado" }).click();
  await page.getByLabel("Día del pago").fill(isoDay(-1));
  await page.getByLabel("Justificante").setInputFiles(file);
  await page.getByRole("button", { name: "Avisar del pago" }).click();
  assert.match(await page.getByRole("alert").innerText(), /Solo se admiten PDF o fotos/);
});

test("already paid", async () => {
  const page = await visit("PAID");
  await page.getByRole("link", { name: "Ya la ha pagado" }).click();
  await page.getByLabel("Día del pago").fill(isoDay(-1));
  await page.getByRole("button", { name: "Avisar del pago" }).click();
  assert.match(await text(page), /lo comprobamos/);
});

test("help, and the same form sent twice is one message", async () => {
  const page = await visit("HELP");
  await page.getByRole("link", { name: "Hablar con nosotros" }).click();
  const form = await page.content();
  const token = /name="t" value="([^"]+)"/.exec(form)[1];
  const url = page.url();
  for (let i = 0; i < 2; i++) {
    const answer = await fetch(url, { method: "POST", redirect: "manual",
      body: new URLSearchParams({ t: token, text: "¿Pueden llamarme?" }) });
    assert.equal(answer.status, 303);
  }
  const tasks = rig.json("task", "list").tasks.filter((t) => /respuesta/.test(t.title));
  assert.equal(tasks.length, 1);
});

test("a form of another link, of another action or changed does nothing", async () => {
  const one = await visit("HELP");
  await one.goto(`${one.url()}/promise`);
  const token = /name="t" value="([^"]+)"/.exec(await one.content())[1];
  const other = rig.link("FUTURE");
  for (const [url, t] of [[`${other}/promise`, token], [`${one.url().replace("/promise", "/help")}`,
    token], [one.url(), token.slice(0, -1) + (token.endsWith("0") ? "1" : "0")], [one.url(), ""]]) {
    const answer = await fetch(url, { method: "POST", redirect: "manual",
      body: new URLSearchParams({ t, amount: "10", day: isoDay(2), text: "x" }) });
    assert.equal(answer.status, 422, url);
  }
});

test("a GET changes nothing but that the page's picture tells a visit", async () => {
  const link = rig.link("FUTURE");
  for (const path of ["", "/promise", "/dispute", "/help", "/contact", "/back", "/statement"]) {
    await (await fetch(link + path, { redirect: "manual" })).arrayBuffer();
  }
  const before = rig.json("case", "timeline", "FUTURE").entries.length;
  const page = await rig.page();
  await page.goto(link);
  await page.waitForLoadState("networkidle");
  assert.equal(rig.json("case", "timeline", "FUTURE").entries.length, before + 1);
});

test("documents are PDFs, and only those of the link", async () => {
  const page = await visit("F-CODE-1");
  const href = await page.getByRole("link", { name: "Descargar la factura" }).getAttribute("href");
  const answer = await fetch(rig.url + href);
  assert.equal(answer.headers.get("content-type"), "application/pdf");
  assert.match(answer.headers.get("content-disposition"), /^attachment/);
  assert.equal(Buffer.from(await answer.arrayBuffer()).subarray(0, 5).toString(), "%PDF-");
  assert.doesNotMatch(await text(page), /F-CODE-2/);
  assert.match(await text(page), /Hay otra factura pendiente/);
  await page.getByRole("link", { name: "Ver todas" }).click();
  assert.match(await text(page), /Confirme que es usted/);
  assert.match(await text(page), /c•••@example\.com/);
});

// ── a code, a new link ────────────────────────────────────────────────────────────────────────

const CONTACT = /Cambiar el idioma|Idioma y forma de contacto/;

async function askForCode(page) {
  await page.getByRole("button", { name: "Enviar el código" }).click();
  assert.match(page.url(), /\/enter/);
}

test("a code mailed to a known contact shows all invoices, and lets another address be asked for", async () => {
  const page = await visit("F-CODE-1");
  await page.getByRole("link", { name: "Ver todas" }).click();
  await askForCode(page);
  const mail = await rig.mail.to("code@example.com", /Su código es/);
  const code = /Su código es (\d{6})/.exec(mail.body)[1];
  await page.getByLabel("Código").fill(code === "000000" ? "111111" : "000000");
  await page.getByRole("button", { name: "Continuar" }).click();
  assert.match(await page.getByRole("alert").innerText(), /Intentos que quedan: 4/);
  await page.getByLabel("Código").fill(code);
  await page.getByRole("button", { name: "Continuar" }).click();
  assert.match(await text(page), /F-CODE-1/);
  assert.match(await text(page), /F-CODE-2/);
  await page.getByRole("link", { name: CONTACT }).first().click();
  await page.getByLabel("Otro correo para estas facturas").fill("nueva@example.com");
  await page.getByLabel("Medio preferido").selectOption("email");
  await page.getByRole("button", { name: "Guardar" }).click();
  assert.match(await text(page), /Guardado/);
  assert.equal(rig.json("task", "list").tasks.filter((t) => t.title.includes("nueva@example.com"))
    .length, 1);
  await page.getByRole("link", { name: "Volver" }).click();
  await page.getByRole("link", { name: CONTACT }).first().click();
  assert.equal(await page.getByLabel("Medio preferido").inputValue(), "email");
});

test("codes cannot be guessed: five tries, and five codes an hour", async () => {
  const page = await visit("GUESS");
  const link = page.url();
  for (let i = 0; i < 5; i++) {
    await page.goto(`${link}/code`);
    await askForCode(page);
  }
  const code = /Su código es (\d{6})/.exec((await rig.mail.to("guess@example.com")).body)[1];
  for (let i = 0; i < 5; i++) {
    await page.getByLabel("Código").fill(String((Number(code) + 1 + i) % 1000000).padStart(6, "0"));
    await page.getByRole("button", { name: "Continuar" }).click();
  }
  await page.getByLabel("Código").fill(code); // right, but too late
  await page.getByRole("button", { name: "Continuar" }).click();
  assert.doesNotMatch(page.url(), /\/all/);
  await page.goto(`${link}/code`);
  await page.getByRole("button", { name: "Enviar el código" }).click();
  assert.match(await page.getByRole("alert").innerText(), /./);
  assert.doesNotMatch(page.url(), /\/enter/);
});

test("an expired link shows nothing, and a new one comes by mail", async () => {
  const made = rig.json("link", "make", "EXPIRED");
  rig.sql("UPDATE link SET expires_at = 1 WHERE debtor_id = (SELECT id FROM debtor WHERE external_id"
    + " = 'EXPIRED')");
  const page = await rig.page();
  assert.equal((await page.goto(made.url)).status(), 410);
  assert.doesNotMatch(await text(page), /1\.210|F-EXPIRED/);
  await page.getByRole("button").click();
  assert.doesNotMatch(await text(page), /example\.com/);
  const mail = await rig.mail.to("expired@example.com", /enlace nuevo/);
  await page.goto(/http\S+\/p\/\S+/.exec(mail.body)[0]);
  assert.match(await text(page), /F-EXPIRED-1/);
});

test("a link that was ended says so, and nothing more", async () => {
  const made = rig.json("link", "make", "GONE");
  rig.run("link", "end", made.id);
  const page = await rig.page();
  assert.equal((await page.goto(made.url)).status(), 410);
  assert.doesNotMatch(await text(page), /1\.210|F-GONE/);
  assert.equal(await page.getByRole("button").count(), 0);
});

test("a document's own link gives it alone, and is worth nothing else", async () => {
  const { url } = rig.json("link", "make", "F-OLD-1", "--document");
  assert.match(url, /\/d\//);
  const answer = await fetch(url);
  assert.equal(answer.headers.get("content-type"), "application/pdf");
  assert.equal(Buffer.from(await answer.arrayBuffer()).subarray(0, 5).toString(), "%PDF-");
  for (const other of [url.replace("/d/", "/p/"), `${url.slice(0, -3)}xx${url.slice(-1)}`]) {
    assert.equal((await fetch(other)).status, 404);
  }
  assert.throws(() => rig.run("link", "make", "OLD", "--document"));
});

test("a complaint is somebody's task, and is answered", async () => {
  const page = await visit("COMPLAINT");
  await page.getByRole("link", { name: "Hablar con nosotros" }).click();
  await page.locator("textarea").fill("Me han llamado a medianoche.");
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Enviar" }).click();
  const [made] = rig.json("complaint", "list", "--debtor", "COMPLAINT").complaints;
  assert.equal(made.text, "Me han llamado a medianoche.");
  rig.run("complaint", "close", made.id, "--answer", "No volverá a ocurrir.");
  assert.deepEqual(rig.json("complaint", "list", "--debtor", "COMPLAINT").complaints, []);
});

test("is this message from us?", async () => {
  const page = await visit("CONTACT");
  assert.match(await page.locator("footer").innerText(), /Calle Mayor 1 · 31001 Pamplona/);
  const code = /seguridad es ([A-Z0-9-]+)/.exec(await page.locator("footer").innerText())[1];
  const colour = async () => /--k:(#\w+)/.exec(await page.content())[1];
  const own = await colour();
  assert.equal(own, "#b3261e");
  for (const [given, said] of [[code, "Sí, es nuestro"], ["AAA-AAA", "No lo reconocemos"]]) {
    await page.goto(`${rig.url}/verify`);
    assert.equal(await colour(), own);
    await page.getByLabel("Número de factura").fill("F-CONTACT-1");
    await page.getByLabel("Código de seguridad").fill(given);
    await page.getByRole("button", { name: "Comprobar" }).click();
    assert.match(await text(page), new RegExp(said));
    assert.equal(await colour(), own);
  }
});

test("unknown and forged links get the same answer", async () => {
  const good = rig.link("GONE");
  const forged = good.slice(0, -3) + (good.at(-3) === "A" ? "B" : "A") + good.slice(-2);
  const bodies = [];
  for (const url of [forged, `${rig.url}/p/nonsense`, `${rig.url}/p/${"A".repeat(29)}p`]) {
    const answer = await fetch(url, { headers: { "accept-language": "es" } });
    assert.equal(answer.status, 404);
    bodies.push(await answer.text());
  }
  assert.equal(new Set(bodies).size, 1);
});

// ── every state: axe, weight, narrow phones ───────────────────────────────────────────────────

const STATES = [["overdue", "OLD", ""], ["not yet due", "FUTURE", ""], ["paid", "ALL", ""],
  ["partly paid", "PART", ""], ["processing", "PENDING", ""], ["voucher", "VOUCHER", ""],
  ["plan", "PLAN", ""], ["discount", "OFFERED", ""], ["discount agreed", "AGREED", ""],
  ["offers", "OFFERED", "/plan"], ["proposal waits", "NO", ""], ["proposal approved", "YES", ""], ["promised", "PROMISE", ""], ["disputed", "DISPUTE", ""],
  ["several", "CODE", ""], ["promise form", "OLD", "/promise"], ["dispute form", "DISPUTE", "/dispute"],
  ["paid form", "OLD", "/paid"], ["help form", "OLD", "/help"], ["contact form", "OLD", "/contact"],
  ["plan form", "OLD", "/plan"], ["other plan", "OLD", "/plan-other"], ["code", "OLD", "/code"],
  ["code entry", "OLD", "/enter"], ["unknown", null, "/p/x"], ["verify", null, "/verify"]];

// What was agreed or approved before somebody looks: by telephone, as it were.
function agreeByTelephone() {
  rig.run("offer", "make", "AGREED", "--row", "2");
  const made = rig.json("offer", "list", "--debtor", "AGREED").choices.find((c) => c.id
    && c.kind === "discount");
  rig.run("offer", "accept", made.id, "--by", "Ana Núñez");
  const { proposal } = rig.json("proposal", "add", "YES", "--installments", "9", "--first",
    isoDay(20));
  rig.run("proposal", "approve", proposal, "--answer", "De acuerdo, gracias.");
}

test("axe finds nothing, 320 px need no sideways scrolling, under 50 KB", async () => {
  const wrong = [];
  agreeByTelephone();
  // words and sizes are the same in the dark
  for (const [scheme, languages] of [["light", ["es", "en", "pt"]], ["dark", ["es"]]]) {
    const page = await rig.page({ script: true, scheme, width: 320 });
    for (const [name, debtor, path] of STATES) {
      const base = debtor === null ? rig.url : rig.link(debtor);
      for (const language of languages) {
        const where = `${name} ${scheme} ${language}`;
        const answer = await page.goto(`${base}${path}?l=${language}`);
        const size = (await answer.body()).length;
        if (size > 50000) wrong.push(`${where}: ${size} bytes`);
        if (await page.locator("script").count()) wrong.push(`${where}: has a script`);
        assert.equal(await page.locator("html").getAttribute("lang"), language, where);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        if (wide > 320) wrong.push(`${where}: ${wide} px wide`);
        const small = await page.evaluate(() => [...document.querySelectorAll(
          "main a, button, .o, input:not([type=hidden]), select, textarea, summary")]
          .filter((e) => !e.closest(".o") || e.matches(".o"))
          .filter((e) => e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML.slice(0, 80)));
        if (small.length) wrong.push(`${where}: small targets ${small}`);
        wrong.push(...await violations(page, where,
          scheme === "dark" ? COLOURS : language === "es" ? {} : ALL_BUT_COLOURS));
      }
    }
    await page.close();
  }
  assert.deepEqual(wrong, []);
});

test("no word is missing in any language, and none is left in another", async () => {
  const page = await rig.page();
  const link = rig.link("OLD");
  const said = {};
  for (const language of ["es", "en", "pt"]) {
    await page.goto(`${link}?l=${language}`);
    said[language] = await text(page);
    assert.doesNotMatch(said[language], /%\d|\(null\)|undefined/);
  }
  assert.match(said.en, /Continue to payment/);
  assert.match(said.pt, /Continuar para o pagamento/);
});

test("the books agree with all that was done", () => {
  try {
    rig.run("audit");
  } catch (error) {
    assert.fail(error.stdout);
  }
});
