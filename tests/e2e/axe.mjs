// axe-core over what a page shows now. Colours depend on the look alone, and whether they can be told
// apart takes most of its time: so one look has all rules, the other colours, other languages the rest.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const COLOURS = { runOnly: ["color-contrast"] };
export const ALL_BUT_COLOURS = { rules: { "color-contrast": { enabled: false } } };

/** A line for each rule that is broken; `where` begins it. */
export async function violations(page, where, options = {}) {
  if (!await page.evaluate(() => "axe" in window)) await page.evaluate(axe);
  const found = await page.evaluate((chosen) => window.axe.run(chosen), options);
  return found.violations.map((v) =>
    `${where}: ${v.id} ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].failureSummary}`);
}

/** The same of both looks of the console, which ends in the light one. */
export async function violationsOfLooks(page, where, then = async () => {}) {
  const wrong = [];
  for (const [look, options] of [["dark", COLOURS], ["light", {}]]) {
    await page.evaluate((chosen) => { document.documentElement.dataset.theme = chosen; }, look);
    wrong.push(...await violations(page, `${where} ${look}`, options));
    await then(look);
  }
  return wrong;
}
