// What the tests of screens that set up share: a browser signed in as the first owner, axe over one
// screen in both looks, and pictures where somebody wants to look (SHOTS=folder).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Rig } from "./rig.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const PASSWORD = "cuatro palabras sin relación";
// a red square
export const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR4nGPYrCZHEmIY1TCqYfhqAADmNvcBVCG06AAAAABJRU5ErkJggg==", "base64");
const LOOKS = [["es", "light"], ["es", "dark"], ["en", "light"], ["pt", "light"]];

// `organization`: founded on the way in, where the database is empty.
export async function signedIn(fill, { roles, organization } = {}) {
  const rig = await Rig.start(fill, roles);
  const context = await rig.browser.newContext({ viewport: { width: 1360, height: 860 }, locale: "es-ES",
    acceptDownloads: true });
  context.setDefaultTimeout(Number(process.env.WAIT_MS || 30_000));
  const page = await context.newPage();
  const said = []; // what the browser complained about: a policy broken, a script that failed
  page.on("console", (message) => { if (message.type() === "error") said.push(`${message.text()} ${message.location().url}`); });
  page.on("pageerror", (error) => said.push(error.message));
  await page.goto(/http:\S+\/enter\/\S+/.exec(rig.said)[0]);
  await page.locator("[name=name]").fill("Ana Ruiz");
  await page.locator("[name=email]").fill("ana@example.com");
  await page.locator("[name=password]").fill(PASSWORD);
  if (organization) {
    await page.locator("[name=organization]").fill(organization.name);
    await page.locator("[name=country]").selectOption(organization.country);
  }
  await page.getByRole("button", { name: "Guardar y entrar" }).click();
  await page.waitForURL("**/app/**");
  return { rig, page, said };
}

/** A second person, in a browser of their own. */
export async function joined(rig, email, name, role) {
  const [link] = /\/enter\/\S+/.exec(rig.run("user", "add", email, "--name", name, "--role", role));
  const context = await rig.browser.newContext({ viewport: { width: 1360, height: 860 }, locale: "es-ES" });
  context.setDefaultTimeout(Number(process.env.WAIT_MS || 30_000));
  const page = await context.newPage();
  await page.goto(rig.url + link);
  await page.locator("[name=password]").fill(PASSWORD);
  await page.getByRole("button", { name: /entrar/ }).click();
  await page.waitForURL("**/app/**");
  return page;
}

export async function shot(page, name) {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`), fullPage: true });
}

async function clean(page, where) {
  await page.locator(".skeleton").first().waitFor({ state: "detached" });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.map((v) =>
    `${where}: ${v.id} ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].failureSummary}`);
}

/** The screen as it stands now, in both looks. */
export async function axeHere(page, name) {
  const wrong = [];
  for (const look of ["dark", "light"]) {
    await page.evaluate((chosen) => { document.documentElement.dataset.theme = chosen; }, look);
    wrong.push(...await clean(page, `${name} ${look}`));
    await shot(page, `${name}-${look}`);
  }
  assert.deepEqual(wrong, []);
}

/** Each screen from its address, in three languages, light and dark. */
export async function axeOf(page, url, screens) {
  const wrong = [];
  for (const [language, theme] of LOOKS) {
    await page.evaluate(([name, look]) => {
      localStorage.setItem("language", name);
      localStorage.setItem("theme", look);
    }, [language, theme]);
    for (const screen of screens) {
      await page.goto(`${url}/app/${screen}`);
      await page.locator("main h1").first().waitFor();
      wrong.push(...await clean(page, `${screen} ${language} ${theme}`));
      await shot(page, `${screen.replaceAll("/", "-")}-${language}-${theme}`);
    }
  }
  await page.evaluate(() => { localStorage.clear(); });
  assert.deepEqual(wrong, []);
}
