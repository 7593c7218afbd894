// A list of twenty thousand rows: what is in the page, what a screen reader is told, what stays under
// the keyboard, what the browser's own search and a printer get.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isoDay } from "./rig.mjs";
import { axeHere, signedIn } from "./setup_rig.mjs";

const ROWS = 20_000, ON_PAPER = 2_000;
let rig, page, said;

before(async () => {
  ({ rig, page, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "test");
    let text = "external_id;debtor;debtor_name;issued;due;amount\n";
    for (let i = 0; i < ROWS; i++) {
      text += `F-${String(i).padStart(5, "0")};C${i % 500};Talleres ${i % 500}${i % 3 ? "" : " y Hermanos de la Ribera Alta"};`
        + `${isoDay(-90)};${isoDay(-60 + (i * 7) % 50)};${100 + i % 900},00\n`;
    }
    it.csv("invoices", text);
  }));
});
after(async () => { await rig?.stop(); });

const table = () => page.getByRole("table", { name: "Facturas" });
const inPage = () => page.locator("tbody tr[data-index]").count();
const loaded = () => page.evaluate(() => Number(document.querySelector("[role=status].visually-hidden")
  ?.textContent.replace(/\D/g, "") ?? 0));

test("it is scrolled to its end, a few rows in the page at a time", async () => {
  await page.goto(`${rig.url}/app/invoices`);
  await table().waitFor();
  assert.equal(await inPage(), 50);
  assert.equal(await table().getAttribute("aria-rowcount"), "-1"); // nobody knows yet
  await page.getByRole("button", { name: "Ver más" }).press("Enter");
  await page.getByText("550 filas cargadas; hay más").waitFor({ state: "attached" });
  let most = 0;
  for (let i = 0; i < 400 && await loaded() < ROWS; i++) {
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await page.waitForTimeout(50);
    most = Math.max(most, await inPage());
  }
  await page.getByText(/^20[.,]?000 filas, todas$/).waitFor({ state: "attached" });
  assert.ok(most < 200, `${most} rows in the page`);
  assert.equal(await table().getAttribute("aria-rowcount"), String(ROWS + 1));
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await page.locator(`tr[aria-rowindex="${ROWS + 1}"]`).waitFor();
  await page.locator(`tr[aria-rowindex="${ROWS + 1}"] a`).first().waitFor();
});

test("in its middle rows follow one another without a gap, and columns stand still", async () => {
  const widths = () => page.evaluate(() => [...document.querySelectorAll("thead th")]
    .map((one) => Math.round(one.getBoundingClientRect().width)));
  const first = await widths();
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight / 2));
  await page.waitForFunction(() => {
    const seen = [...document.querySelectorAll("tbody tr[data-index]")].map((row) => row.getBoundingClientRect());
    const covers = seen.some(({ top }) => top <= 0) && seen.some(({ bottom }) => bottom >= innerHeight);
    return covers && seen.every((row, at) => at === 0 || Math.abs(row.top - seen[at - 1].bottom) < 2);
  });
  assert.deepEqual(await widths(), first);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await axeHere(page, "list-middle");
});

test("the row with the focus stays where it was left, and Tab goes on from it", async () => {
  const link = page.locator("tbody tr[data-index] a").nth(40);
  const at = await link.evaluate((one) => one.closest("tr").dataset.index);
  await link.focus();
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.locator('tr[aria-rowindex="2"]').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.closest("tr")?.dataset.index), at);
  for (let i = 0; i < 120; i++) await page.keyboard.press("Tab"); // past what was in the page
  const now = await page.evaluate(() => Number(document.activeElement.closest("tr")?.dataset.index));
  assert.ok(now >= Number(at) + 50, `from row ${at} to ${now}`);
});

test("the browser's search says that it does not see all", async () => {
  await page.keyboard.press("Control+f");
  await page.getByText(/buscador del navegador solo mira las \d+ filas/).waitFor();
  await page.keyboard.press("Escape");
});

test("what changes meanwhile is told, and the list read again when asked", async () => {
  await page.evaluate(() => window.scrollTo(0, 0));
  const asked = [];
  page.on("request", (request) => { if (request.url().includes("/v1/cases/invoices")) asked.push(request.url()); });
  rig.run("payment", "add", "--invoice", "F-00000", "--amount", "10");
  await page.getByText("Hay cambios más recientes que esta lista.").waitFor({ timeout: 15_000 });
  assert.deepEqual(asked, []);
  await page.getByRole("button", { name: "Actualizar la lista" }).press("Enter");
  await page.getByText("Hay cambios más recientes que esta lista.").waitFor({ state: "detached", timeout: 60_000 });
  assert.ok(asked.length >= 40, `${asked.length} pages`);
});

test("on paper there are thousands of rows, and how many there are not", async () => {
  await page.emulateMedia({ media: "print" });
  await page.waitForFunction((rows) => document.querySelectorAll("tbody tr[data-index]").length === rows, ON_PAPER, { timeout: 40_000 });
  await page.getByText(/18[.,]?000 filas más, que no se imprimen/).waitFor();
  await page.emulateMedia({ media: null });
  await page.waitForFunction(() => document.querySelectorAll("tbody tr[data-index]").length < 200, undefined, { timeout: 40_000 });
});

test("the browser complained about nothing", () => {
  assert.deepEqual(said, []);
});
