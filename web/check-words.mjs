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
for (const line of new Set(wrong)) console.error(line);
process.exit(wrong.length > 0 ? 1 : 0);
