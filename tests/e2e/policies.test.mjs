// Contact policies on the screen: a pack is chosen and the choice taken back; one of the
// organization's own is made from a pack by keyboard alone, compared, its effect on what waits seen,
// published, and obeyed; what the pack forbids cannot be opened, on the screen or past it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeHere, axeOf, signedIn } from "./setup_rig.mjs";

let rig, page, said;

// A Saturday: two messages wait for Monday at nine.
before(async () => {
  ({ rig, page, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "sandbox", "--clock", "2026-11-20T22:00");
    it.csv("invoices", "external_id;debtor;debtor_name;email;issued;due;amount\n" +
      "F-1;C1;Talleres Núñez;pagos@nunez.example;2026-09-01;2026-11-18;1.210,00\n" +
      "F-2;C2;Cerámicas Peña;admin@pena.example;2026-09-01;2026-11-18;1.210,00\n");
    it.run("strategy", "publish", new URL("../../share/strategies/b2b_30_dias.json", import.meta.url).pathname);
    it.run("advance", "--to", "2026-11-21T12:00");
  }));
});
after(async () => { await rig?.stop(); });

const open = async () => {
  await page.goto(`${rig.url}/app/settings/policies`);
  await page.getByRole("table", { name: "Horario permitido" }).waitFor();
};
const api = (path) => page.evaluate(async (at) => (await fetch(at)).json(), path);
const send = (path, body) => page.evaluate(async ([at, what]) => {
  const { csrf } = await (await fetch("/v1/session")).json();
  const answer = await fetch(at, { method: "POST", body: JSON.stringify(what), headers: {
    "Content-Type": "application/json", "X-CSRF-Token": csrf, "Idempotency-Key": crypto.randomUUID() } });
  return { status: answer.status, ...(answer.status === 204 ? {} : await answer.json()) };
}, [path, body]);
const used = async () => (await api("/v1/organization")).policy;
const press = (name) => page.locator("main").getByRole("button", { name, exact: true }).press("Enter");
const dialog = () => page.getByRole("dialog");

test("a pack is chosen after its effect is seen, and the choice taken back", async () => {
  await open();
  await page.getByRole("button", { name: /México/ }).press("Enter");
  await press("Usar esta política");
  await dialog().getByText("Hay 2 mensajes en espera.").waitFor();
  await dialog().getByText("Ninguno cambia.").waitFor();
  await dialog().getByRole("button", { name: "Usar esta política" }).press("Enter");
  await page.getByText("Ahora se usa: México").waitFor();
  assert.equal(await used(), "mx");
  await page.getByRole("button", { name: /Deshacer/ }).press("Enter");
  await page.waitForFunction(async () => !(await (await fetch("/v1/organization")).json()).policy);
  const trail = (await api("/v1/audit-trail")).items.filter(({ body }) => body?.what === "policy" &&
    [body.before.value, body.after.value].includes("mx"));
  assert.equal(trail.length, 2);
});

test("somebody else changed the organization meanwhile: it is said, and not written over", async () => {
  await open();
  await page.getByRole("button", { name: /Chile/ }).press("Enter");
  await press("Usar esta política");
  await dialog().getByText("Hay 2 mensajes en espera.").waitFor();
  rig.run("config", "set", "public_url", "https://cobros.ibarra.example");
  await dialog().getByRole("button", { name: "Usar esta política" }).press("Enter");
  await dialog().getByText("Otra persona ha cambiado la organización").waitFor();
  assert.equal(await used(), null);
  await dialog().getByRole("button", { name: "Cancelar" }).press("Enter");
});

const cell = (hour, weekday = "lun") => page.getByRole("button", { name: new RegExp(`^${weekday}\\.?, desde las ${hour}:00`) });

test("one of one's own by keyboard: what the pack forbids stays shut and says why", async () => {
  await open();
  await page.getByRole("button", { name: /España/ }).press("Enter");
  await press("Crear una propia a partir de esta");
  await page.getByLabel("Nombre").fill("Nuestro horario");
  await page.getByRole("combobox", { name: /^Canal/ }).selectOption("email");
  await cell("22").focus();
  await page.keyboard.press("Space");
  assert.match(await cell("22").getAttribute("aria-label"), /cerrada por el paquete/);
  await page.getByText("España no permite esta hora.").waitFor();
  await page.getByText(/Permitido: 09:00–21:00\./).waitFor();
  await axeHere(page, "policy-locked");
  await cell("09").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  assert.match(await cell("11").getAttribute("aria-label"), /cerrada aquí/);
  assert.match(await cell("12").getAttribute("aria-label"), /abierta/);
  await page.getByText("Correo: 57 horas a la semana, en vez de 60").waitFor();
  const most = page.getByLabel("Contactos como mucho: Por cualquier canal").first();
  assert.equal(await most.getAttribute("max"), "4");
  await most.fill("3");
  await page.getByText("Por cualquier canal: 3 en 7 días, en vez de 4").waitFor();
  await axeHere(page, "policy-edit");
});

test("its effect on what waits is seen, it is published, and obeyed", async () => {
  await press("Ver el efecto");
  await dialog().getByText("2 más tarde, 0 antes, 0 dejan de salir.").waitFor();
  const row = dialog().getByRole("row").filter({ hasText: "Talleres Núñez" });
  assert.match(await row.innerText(), /9:00[\s\S]*12:00/);
  await axeHere(page, "policy-effect");
  await dialog().getByRole("button", { name: "Publicar y usar" }).press("Enter");
  await page.getByText("Nuestro horario, versión 1, publicada y en uso").waitFor();
  assert.equal(await used(), "nuestro-horario");
  const own = (await api("/v1/policies")).items.find((one) => one.own);
  assert.deepEqual([own.name, own.base, own.version], ["nuestro-horario", "es", "1"]);
  await page.getByRole("heading", { name: "Diferencias con el paquete" }).waitFor();
  await axeHere(page, "policy-own");
});

test("a second version, taken back by the first as a third", async () => {
  await open();
  await press("Editar");
  await page.getByRole("button", { name: "Abrir o cerrar todo: mar" }).or(
    page.getByRole("button", { name: "Abrir o cerrar todo: mar." })).press("Enter");
  await open(); // left and come back to: what was drawn is still there
  await press("Editar");
  await page.getByText("Es lo que se quedó sin publicar la última vez.").waitFor();
  await press("Ver el efecto");
  await dialog().getByText("Hay 2 mensajes en espera.").waitFor();
  await dialog().getByRole("button", { name: "Publicar y usar" }).press("Enter");
  await page.getByText("versión 2, publicada y en uso").waitFor();
  await page.getByRole("button", { name: /Deshacer/ }).press("Enter");
  await page.getByText("Versión 3").waitFor();
  const [first, second, third] = await Promise.all(["1", "2", "3"].map(async (version) =>
    (await api(`/v1/policies/nuestro-horario?version=${version}`)).document.windows));
  assert.deepEqual(third, first);
  assert.notDeepEqual(second, first);
});

test("what waits leaves when the own policy lets it, and no sooner", async () => {
  const waiting = async () => (await api("/v1/outbox")).items.length;
  rig.run("advance", "--to", "2026-11-23T11:59");
  assert.equal(await waiting(), 2);
  rig.run("advance", "--to", "2026-11-23T12:30");
  assert.equal(await waiting(), 0);
});

test("past the screen too, nothing is opened that the pack forbids", async () => {
  const { document } = await api("/v1/policies/nuestro-horario");
  const late = structuredClone(document);
  late.version = "9";
  late.windows[0].to = "22:00";
  const wrong = await send("/v1/policies", { document: late });
  assert.equal(wrong.status, 422);
  assert.match(wrong.detail, /“es”/);
  const loose = { ...document, version: "9", caps: document.caps.slice(1) };
  assert.equal((await send("/v1/policies", { document: loose })).status, 422);
  assert.equal((await send("/v1/policies/try", { document: loose })).status, 422);
  assert.equal((await send("/v1/policies/try", {})).status, 422);
  assert.equal((await send("/v1/policies/try", { policy: "nope" })).status, 404);
});

test("axe finds nothing; the policy is never broken", async () => {
  await axeOf(page, rig.url, ["settings/policies"]);
  assert.deepEqual(said.filter((line) => !/404|409|412|422/.test(line)), []);
});
