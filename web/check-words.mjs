// Every language has every word, with the same arguments, and no screen asks for a word that is not
// there. Exits with 1 and says what is wrong.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "src");
const words = (language) => JSON.parse(readFileSync(join(folder, "i18n", `${language}.json`), "utf8"));
const argumentsOf = (text) => [...text.matchAll(/\{(\w+)(?=[,}])/g)].map((match) => match[1]).sort().join(" ");
const es = words("es");
const wrong = [];

for (const language of ["en", "pt"]) {
  const other = words(language);
  for (const key of Object.keys(es)) {
    if (!(key in other)) wrong.push(`${language}: ${key} is missing`);
    else if (argumentsOf(es[key]) !== argumentsOf(other[key])) {
      wrong.push(`${language}: ${key} has other arguments than the Spanish`);
    }
  }
  for (const key of Object.keys(other)) if (!(key in es)) wrong.push(`${language}: ${key} is in no Spanish`);
}
const sources = readdirSync(folder, { recursive: true }).filter((name) => /\.tsx?$/.test(name))
  .map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
for (const [, key] of sources.matchAll(/\bt\("([\w.]+)"/g)) {
  if (!(key in es)) wrong.push(`a screen asks for ${key}`);
}
for (const key of Object.keys(es)) {
  const family = key.slice(0, key.indexOf("."));
  if (!sources.includes(`"${key}"`) && !sources.includes(`\`${family}.`) &&
      !sources.includes(`"${family}"`)) wrong.push(`nothing says ${key}`);
}
// refusals: the program still says each that is translated, and of what forms meet none is untold
const program = join(import.meta.dirname, "..", "src");
const CALLS = /\b(?:pn_diag_set|pn_diag_mend|pn_problem_set|wrong)\s*\((?:[^"();]|\((?:[^"()]|\([^"()]*\))*\))*((?:"(?:\\.|[^"\\])*"\s*)+)/g;
const TEXTS = /(?:"(?:\\.|[^"\\])*"\s*(?:PRI\w+\s*)?)+/g;
const sentenceOf = (literals) => [...literals.matchAll(/"((?:\\.|[^"\\])*)"/g)].map((one) => one[1]).join("")
  .replace(/%[-.*0-9]*(?:ll|z)?[a-z]/g, "{}").replaceAll('\\"', '"').replaceAll("%%", "%");
const refusals = JSON.parse(readFileSync(join(folder, "i18n", "refusals.json"), "utf8")).sentences;
const MET = ["app/allocations.c", "app/approvals.c", "app/claims.c", "app/debtors.c", "app/drafts.c", "app/edit.c",
  "app/import_job.c", "app/jobs.c", "app/outbox.c", "app/segments.c", "app/studies.c", "app/study_job.c", "app/task_acts.c", "http/find.c", "http/route_contacts.c", "http/route_invoices.c"];
const text = (file) => readFileSync(join(program, file), "utf8").replace(/'\\?"'/g, "0"); // '"' is no quote
const said = new Set(readdirSync(program, { recursive: true }).filter((name) => name.endsWith(".c"))
  .flatMap((name) => [...text(name).matchAll(TEXTS)].map((match) => sentenceOf(match[0]))));
for (const [english, others] of Object.entries(refusals)) {
  if (!said.has(english)) wrong.push(`refusals.json: the program does not say “${english}”`);
  if (others.length !== 2 || others.some((one) => !one)) wrong.push(`refusals.json: “${english}” wants es and pt`);
}
for (const file of MET) {
  for (const [, literals] of text(file).matchAll(CALLS)) {
    const sentence = sentenceOf(literals);
    if (/^[A-Z“{].*\.$/.test(sentence) && !(sentence in refusals)) wrong.push(`refusals.json: ${file} says “${sentence}”`);
  }
}
for (const line of new Set(wrong)) console.error(line);
process.exit(wrong.length > 0 ? 1 : 0);
