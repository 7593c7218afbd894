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
let format, refusals;

before(async () => {
  const { build } = await import(pathToFileURL(createRequire(join(web, "package.json")).resolve("vite")));
  await build({ root: web, configFile: false, logLevel: "error",
    build: { ssr: true, outDir: folder, emptyOutDir: true, rollupOptions: {
      input: { format: join(web, "src/format.ts"), refusals: join(web, "src/api/refusals.ts") }, output: { entryFileNames: "[name].mjs" } } } });
  format = await import(pathToFileURL(join(folder, "format.mjs")));
  refusals = await import(pathToFileURL(join(folder, "refusals.mjs")));
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

test("a day and a time are the organization's, wherever the browser stands", () => {
  const at = (zone, ...of) => { format.setPlace("es", "MX", zone); return format.instantOf(...of); };
  assert.equal(at("America/Mexico_City", "2026-03-10", "09:00"), "2026-03-10T15:00:00.000Z");
  assert.equal(at("America/Mexico_City", "2026-03-10", "23:59:59"), "2026-03-11T05:59:59.000Z");
  assert.equal(at("America/Mexico_City", "2026-03-10", "00:00"), "2026-03-10T06:00:00.000Z");
  assert.equal(at("Europe/Madrid", "2026-07-01"), "2026-07-01T07:00:00.000Z");
  assert.equal(at("Europe/Madrid", "2026-03-29", "00:00"), "2026-03-28T23:00:00.000Z");
  assert.equal(at("Europe/Madrid", "2026-03-29", "02:30"), "2026-03-29T01:30:00.000Z"); // left out: 3:30
  assert.equal(at("Europe/Madrid", "2026-10-25", "23:59:59"), "2026-10-25T22:59:59.000Z");
  assert.equal(at("Asia/Kolkata", "2026-01-01", "00:00"), "2025-12-31T18:30:00.000Z");
});

test("a price is exact, of a thousand or of some; what is foretold is read to the minor unit", () => {
  format.setPlace("es", "ES", "UTC");
  const plain = (text) => text.replaceAll("\u00a0", " ");
  assert.equal(plain(format.priceOf({ minor: 4500, currency: "EUR" }, 1)), "0,045 €");
  assert.equal(plain(format.priceOf({ minor: 4501, currency: "EUR" }, 3)), "0,13503 €");
  assert.equal(plain(format.priceOf({ minor: 100000, currency: "EUR" }, 2)), "2,00 €");
  assert.equal(plain(format.priceOf({ minor: 9500, currency: "CLP" }, 1)), "9,5 CLP");
  assert.equal(plain(format.priceOf({ minor: 123456789, currency: "MXN" }, 1)), "1.234,56789 MXN");
  assert.equal(format.minorOf("1234.5", "EUR"), 123450);
  assert.equal(format.minorOf("1.005", "EUR"), 101); // 100 as a binary fraction
  assert.equal(format.minorOf("-0.7", "CLP"), -1);
});

test("what is refused is told in the reader's language, filled and mended; what is not known stays", () => {
  const { told } = refusals;
  assert.equal(told("There is no such task.", "es"), "No existe esa tarea.");
  assert.equal(told("“ES12” is not a valid IBAN. Those of ES have 24 letters and digits; this one has 4.", "es"),
    "«ES12» no es un IBAN válido. Los de ES tienen 24 letras y cifras; este tiene 4.");
  assert.equal(told("There is no debtor deb_0000000000000 here.", "es"), "No se encuentra el deudor deb_0000000000000.");
  assert.equal(told("There is no debtor deb_0000000000000 here.", "pt"), "Não se encontra o devedor deb_0000000000000.");
  assert.equal(told("There is no segment “Peña (A.)”. `puntual segment list` shows those there are.", "es"),
    "No existe el segmento «Peña (A.)». `puntual segment list` muestra los que hay.");
  assert.equal(told("Invoice F-1 has 10.00 EUR open; the amount must lie between 0 and that.", "es"),
    "La factura F-1 tiene 10.00 EUR pendientes; el importe debe estar entre 0 y eso.");
  assert.equal(told("“cobro” is published with another subject or kind; give the new one another name.", "es"),
    "«cobro» está publicada con otro objeto o tipo; da otro nombre a la nueva.");
  assert.equal(told("This instrument is cleared already.", "pt"), "Este título já está compensado.");
  assert.equal(told("It may have at most 100 bytes. Nobody foresaw this.", "es"),
    "Es demasiado largo: 100 caracteres como máximo. Nobody foresaw this.");
  assert.equal(told("It was begun 3 times and never came to its end.", "es"), "Se empezó 3 veces y nunca llegó al final.");
  assert.equal(told("mail.example.com port 587 could not be reached: Connection refused.", "es"),
    "No se pudo llegar a mail.example.com, puerto 587 (conexión rechazada).");
  assert.equal(told("the server did not answer in time", "pt"), "o servidor não respondeu a tempo");
  assert.equal(told("The server's certificate is not trusted: certificate has expired. Use the name that stands in " +
    "the certificate, renew the certificate, or give the authority that signed it as ca_file.", "es"),
    "El certificado del servidor no es de fiar (está caducado). Usa el nombre que figura en el certificado, renueva " +
    "el certificado o indica en ca_file la autoridad que lo firmó.");
  assert.equal(told("Nobody foresaw this.", "es"), "Nobody foresaw this.");
});
