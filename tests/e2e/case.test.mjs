// One case on its way: paused and let go on, its wait skipped, ended; by keyboard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isoDay } from "./rig.mjs";
import { axeHere, signedIn } from "./setup_rig.mjs";

let rig, page, said, debtor;

before(async () => {
  ({ rig, page, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "sandbox", "--clock",
      `${isoDay(-40)}T08:00:00+01:00`);
    it.run("strategy", "publish", new URL("../../share/strategies/b2b_30_dias.json", import.meta.url).pathname);
    it.csv("invoices", "external_id;debtor;debtor_name;email;issued;due;amount\n" +
      `F-1;C1;Talleres Núñez, S.L.;pagos@nunez.example;${isoDay(-75)};${isoDay(-45)};1.210,00\n`);
    it.run("advance", "--days", "2");
  }));
  debtor = await page.evaluate(async () => (await (await fetch("/v1/debtors")).json()).items[0].id);
});
after(async () => { await rig?.stop(); });

const run = () => page.evaluate(async (id) =>
  (await (await fetch(`/v1/runs?debtor=${id}`)).json()).items[0], debtor);

async function choose(action) {
  await page.getByLabel(/^Qué hacer con/).selectOption(action);
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Motivo").fill("Lo pide el cliente");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
}

test("a case is paused, and goes on", async () => {
  await page.goto(`${rig.url}/app/debtors/${debtor}`);
  await page.getByRole("tab", { name: "Lo que viene" }).press("Enter");
  await choose("hold");
  await axeHere(page, "case-held");
  await page.getByLabel(/^Qué hacer con/).selectOption("release");
  await page.getByText("1 pausa terminada").waitFor();
});

test("what waits for an answer cannot be put off, but skipped", async () => {
  const before = await run();
  assert.equal(before.waits_for, "signal");
  assert.equal(await page.getByLabel(/^Qué hacer con/).locator("option[value=postpone]").count(), 0);
  await choose("skip");
  const after = await run();
  assert.notDeepEqual([after.node, after.wake_at], [before.node, before.wake_at]);
});

test("a message that may have left is settled by whoever has looked", async () => {
  rig.sql("UPDATE message SET state = 8, reason = 'uncertain' WHERE state = 2");
  rig.sql("UPDATE carrier SET state = 8 WHERE state = 2");
  await page.reload();
  await page.getByRole("tab", { name: "Mensajes" }).press("Enter");
  await page.getByRole("tabpanel").getByRole("button").first().press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/No se sabe si este mensaje/).waitFor();
  await dialog.getByLabel("Motivo").fill("Está en el registro del servidor");
  await page.keyboard.press("Enter");
  await dialog.getByText(/No se sabe si este mensaje/).waitFor({ state: "detached" });
  await dialog.getByRole("button", { name: "Cerrar" }).press("Enter");
  await dialog.waitFor({ state: "detached" });
});

test("it is ended", async () => {
  await page.getByRole("tab", { name: "Lo que viene" }).press("Enter");
  await choose("stop");
  assert.equal((await run()).status, "ended");
  assert.deepEqual(said, []);
});
