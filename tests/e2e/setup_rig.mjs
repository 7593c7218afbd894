// What the tests of screens that set up share: a browser signed in as the first owner, axe over one
// screen in both looks, and pictures where somebody wants to look (SHOTS=folder).
import assert from "node:assert/strict";
import { join } from "node:path";
import { ALL_BUT_COLOURS, violations, violationsOfLooks } from "./axe.mjs";
import { Rig } from "./rig.mjs";

export const PASSWORD = "cuatro palabras sin relación";
// a red square
export const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR4nGPYrCZHEmIY1TCqYfhqAADmNvcBVCG06AAAAABJRU5ErkJggg==", "base64");

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

const drawn = (page) => page.locator(".skeleton").first().waitFor({ state: "detached" });

/** The screen as it stands now, in both looks. */
export async function axeHere(page, name) {
  await drawn(page);
  assert.deepEqual(await violationsOfLooks(page, name, (look) => shot(page, `${name}-${look}`)), []);
}

/** Each screen from its address, in three languages, light and dark. */
export async function axeOf(page, url, screens) {
  const wrong = [];
  for (const language of ["es", "en", "pt"]) {
    await page.evaluate((name) => { localStorage.setItem("language", name); }, language);
    for (const screen of screens) {
      const name = `${screen.replaceAll("/", "-")}-${language}`;
      await page.goto(`${url}/app/${screen}`);
      await page.locator("main h1").first().waitFor();
      await drawn(page);
      assert.equal(await page.locator("html").getAttribute("lang"), language, screen);
      if (language === "es") {
        wrong.push(...await violationsOfLooks(page, name, (look) => shot(page, `${name}-${look}`)));
      } else {
        wrong.push(...await violations(page, name, ALL_BUT_COLOURS));
        await shot(page, `${name}-light`);
      }
    }
  }
  await page.evaluate(() => { localStorage.clear(); });
  assert.deepEqual(wrong, []);
}
