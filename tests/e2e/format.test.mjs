// Amounts, numbers and days read the same in the console and in what the server writes: one table
// for both, tests/unit/golden/formats.tsv (the server's side: tests/unit/test_format_golden.c).
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

const web = new URL("../../web/", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "puntual-format-"));
let format;

before(async () => {
  const { build } = await import(pathToFileURL(createRequire(join(web, "package.json")).resolve("vite")));
  await build({ root: web, configFile: false, logLevel: "error",
    build: { ssr: true, outDir: folder, emptyOutDir: true, rollupOptions: {
      input: { format: join(web, "src/format.ts") }, output: { entryFileNames: "[name].mjs" } } } });
  format = await import(pathToFileURL(join(folder, "format.mjs")));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const rows = readFileSync(new URL("../unit/golden/formats.tsv", import.meta.url), "utf8").split("\n")
  .filter((line) => line && !line.startsWith("#")).map((line) => line.split("\t"));

test("texts are as the table says", () => {
  assert.ok(rows.length > 40);
  for (const [kind, language, country, currency, value, expected] of rows) {
    format.setPlace(language, country, "UTC");
    const text = kind === "date" ? format.dayLong(value) : kind === "integer" ? format.count(Number(value))
      : format.money({ minor: Number(value), currency });
    assert.equal(text.replaceAll("\u00a0", "_"), expected, `${kind} ${language}-${country} ${currency} ${value}`);
  }
});
