// A file becomes invoices, by mouse and by keyboard: columns guessed and corrected, a problem put
// right where it stands, a bad row left out, the same file again, and all of it taken back.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { isoDay } from "./rig.mjs";
import { axeHere, axeOf, shot, signedIn } from "./setup_rig.mjs";

let rig, page, said;

before(async () => {
  ({ rig, page, said } = await signedIn((it) => {
    it.run("init", "--org", "Aceros Ibarra", "--country", "ES", "--mode", "test");
    it.run("creditor", "set", "Aceros Ibarra", "--iban", "ES9121000418450200051332");
  }));
});
after(async () => { await rig?.stop(); });

const FILE = "Nº doc;Cliente;Nombre;Correo;Emisión;Pagar antes de;Importe;Zona\n" +
  `A-1;C1;Talleres Núñez;pagos@nunez.example;${isoDay(-40)};${isoDay(-10)};1.210,00;Norte\n` +
  `A-2;C2;Cerámicas Peña;admin.pena.example;${isoDay(-40)};${isoDay(-10)};605,50;Sur\n` +
  `A-3;C3;Muebles Ávila;;${isoDay(-40)};;99,00;Sur\n`;

async function choose(name, text) {
  await page.goto(`${rig.url}/app/imports`);
  await page.getByLabel("Elegir un archivo").setInputFiles({ name, mimeType: "text/csv",
    buffer: Buffer.from(text) });
  await page.getByRole("table", { name: "Columnas del archivo" }).waitFor();
}

const invoices = () => page.evaluate(async () => (await (await fetch("/v1/invoices")).json()).items);

test("columns are guessed; what is not is said, and corrected by keyboard", async () => {
  await choose("facturas.csv", FILE);
  await page.getByRole("button", { name: "Facturas", pressed: true }).waitFor();
  assert.equal(await page.getByLabel("Qué es la columna Importe").inputValue(), "amount");
  await page.getByText(/Falta decir qué columna es: .*Vencimiento/).waitFor();
  assert.ok(await page.getByRole("button", { name: "Revisar las filas" }).isDisabled());
  await axeHere(page, "import-columns");
  for (const [column, typed] of [["Nº doc", "Número o"], ["Pagar antes de", "Vencimiento"], ["Zona", "Guardar"]]) {
    await page.getByLabel(`Qué es la columna ${column}`).focus();
    await page.keyboard.type(typed);
  }
  await page.getByRole("button", { name: "Revisar las filas" }).press("Enter");
  await page.getByRole("heading", { name: "2 problemas" }).waitFor();
  assert.equal((await invoices()).length, 0, "checking changes nothing");
  await axeHere(page, "import-problems");
});

test("a value is put right in its row; the other row is left out", async () => {
  await page.getByLabel("Correo de la línea 3").fill("admin@pena.example");
  await page.getByRole("button", { name: "Revisar otra vez" }).press("Enter");
  await page.getByRole("heading", { name: "1 problema", exact: true }).waitFor();
  assert.equal(await page.getByText("Falta un valor").count(), 1);
  const [file] = await Promise.all([page.waitForEvent("download"),
    page.getByRole("link", { name: "Descargar las filas con problemas" }).click()]);
  assert.match(readFileSync(await file.path(), "utf8"), /A-3/);
  await page.getByRole("button", { name: "Importar solo las 2 buenas" }).press("Enter");
  await page.getByText("Importado: 2 nuevas").waitFor();
  await axeHere(page, "import-done");
  assert.deepEqual((await invoices()).map((row) => row.number).sort(), ["A-1", "A-2"]);
  const contact = await page.evaluate(async () => {
    const found = await (await fetch("/v1/debtors?search=pena")).json();
    return (await (await fetch(`/v1/debtors/${found.items[0].id}/contacts`)).json()).items[0].address;
  });
  assert.equal(contact, "admin@pena.example");
});

test("the same rows again change nothing", async () => {
  await choose("otra.csv", "external_id;debtor;debtor_name;issued;due;amount\n" +
    `A-1;C1;Talleres Núñez;${isoDay(-40)};${isoDay(-10)};1.210,00\n`);
  await page.getByRole("button", { name: "Revisar las filas" }).click();
  await page.getByText("importarlo no cambiaría nada").waitFor();
});

function workbook(sheets) {
  const path = join(mkdtempSync(join(tmpdir(), "libro-")), "libro.xlsx");
  execFileSync("python3", [new URL("../lib/sheets.py", import.meta.url).pathname, path],
    { input: JSON.stringify(sheets) });
  return readFileSync(path);
}

/** As a person drags it in from the desk. */
async function drag(name, bytes) {
  await page.goto(`${rig.url}/app/imports`);
  const held = await page.evaluateHandle(([file, text]) => {
    const held = new DataTransfer();
    held.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], file));
    return held;
  }, [name, bytes.toString("base64")]);
  const place = page.getByText("Suelta aquí un archivo o elígelo").locator("..");
  await place.dispatchEvent("dragover", { dataTransfer: held });
  await place.dispatchEvent("drop", { dataTransfer: held });
}

test("an Excel file is dragged in, its sheet chosen, a row put right, imported and undone", async () => {
  const head = ["Factura", "Cliente", "Nombre", "Fecha", "Vencimiento", "Importe"];
  await drag("libro de marzo", workbook({
    Resumen: [["Total", 12]],
    Facturas: [["Facturas de marzo"], [], head,
      ["X-1", "C7", "Hierros Ñandú", `@${isoDay(-40)}`, `@${isoDay(-10)}`, 40.333333333333336],
      ["X-2", "C7", "Hierros Ñandú", `@${isoDay(-40)}`, "#N/A", 1250.5],
      ["X-3", "C8", "=1+1", `@${isoDay(-40)}`, `@${isoDay(-9)}`, "99,00"]],
  }));
  const sheet = page.getByLabel("Hoja de libro de marzo que se importa");
  await sheet.waitFor();
  await axeHere(page, "import-sheets");
  await sheet.selectOption("Facturas");
  await page.getByRole("button", { name: "Continuar con esta hoja" }).press("Enter");
  await page.getByRole("table", { name: "Columnas del archivo" }).waitFor();
  await page.getByRole("cell", { name: /40\.3333/ }).waitFor();
  assert.equal(await page.getByLabel("Qué es la columna Importe").inputValue(), "amount");
  await page.getByRole("button", { name: "Revisar las filas" }).press("Enter");
  await page.getByRole("heading", { name: "1 problema", exact: true }).waitFor();
  await page.getByText("La hoja de cálculo muestra un error en esta celda").waitFor();
  await page.getByLabel("Vencimiento de la línea 5").fill(isoDay(-8));
  await page.getByRole("button", { name: "Revisar otra vez" }).press("Enter");
  await page.getByRole("button", { name: "Importar 3 filas" }).press("Enter");
  await page.getByText("Importado: 3 nuevas").waitFor();
  const made = (await invoices()).filter(({ number }) => number.startsWith("X-"))
    .map(({ number, amount, due }) => [number, amount.minor, due]).sort();
  assert.deepEqual(made, [["X-1", 4033, isoDay(-10)], ["X-2", 125050, isoDay(-8)], ["X-3", 9900, isoDay(-9)]]);
  await page.getByRole("button", { name: "Deshacer" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Se quitarán 3 facturas, 2 deudores y 0 pagos").waitFor();
  await dialog.getByRole("button", { name: "Deshacer la importación" }).press("Enter");
  await dialog.waitFor({ state: "detached" });
});

test("a spreadsheet that cannot be read says why and how to save it", async () => {
  await drag("viejo.xls", Buffer.from("d0cf11e0a1b11ae1", "hex"));
  await page.getByRole("alert").getByText(/\.xls/).waitFor();
});

test("an import is undone from the history, after it said what goes", async () => {
  await page.goto(`${rig.url}/app/imports`);
  await page.getByRole("button", { name: "Deshacer facturas.csv" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Se quitarán 2 facturas, 2 deudores y 0 pagos").waitFor();
  await shot(page, "import-undo");
  await dialog.getByRole("button", { name: "Deshacer la importación" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("row", { name: /facturas\.csv/ }).getByText("Deshecha").waitFor();
  assert.equal((await invoices()).length, 0);
});

test("whoever has no file uses sample data", async () => {
  await page.getByRole("button", { name: "Usar datos de ejemplo" }).click();
  await page.getByRole("button", { name: "Revisar las filas" }).click();
  await page.getByText("Las 12 filas están bien.").waitFor();
  await page.getByRole("button", { name: "Importar 12 filas" }).click();
  await page.getByText("Importado: 12 nuevas").waitFor();
});

test("a file that is none is refused with a sentence, and the page goes on", async () => {
  await page.goto(`${rig.url}/app/imports`);
  await page.getByLabel("Elegir un archivo").setInputFiles({ name: "nada.csv", mimeType: "text/csv",
    buffer: Buffer.from("") });
  await page.getByRole("alert").waitFor();
  assert.ok(await page.getByLabel("Elegir un archivo").isEnabled());
});

test("a wrong tax id is shown and taken; where it stands for the code it is refused until it is put right", async () => {
  const rows = `B-1;Bar Pepe;12345687Z;${isoDay(-40)};${isoDay(-10)};10,00\n`;
  await choose("con.csv", "Factura;Nombre cliente;NIF;Fecha;Vencimiento;Importe;Cliente\n" + rows.replace("\n", ";C9\n"));
  await page.getByRole("button", { name: "Revisar las filas" }).click();
  await page.getByRole("heading", { name: "1 cosa que mirar antes de importar" }).waitFor();
  await page.getByText("El dígito de control de este NIF no cuadra").waitFor();
  await page.getByRole("button", { name: "Importar 1 fila" }).waitFor();
  await axeHere(page, "import-warnings");
  await choose("sin.csv", "Factura;Nombre cliente;NIF;Fecha;Vencimiento;Importe\n" + rows);
  await page.getByRole("button", { name: "Revisar las filas" }).click();
  await page.getByRole("heading", { name: "1 problema", exact: true }).waitFor();
  await page.getByLabel("NIF de la línea 2").fill("12345678Z");
  await page.getByRole("button", { name: "Revisar otra vez" }).click();
  await page.getByRole("button", { name: "Importar 1 fila" }).click();
  await page.getByText("Importado: 1 nueva").waitFor();
  assert.equal((await page.evaluate(async () => (await fetch("/v1/debtors?search=12345678Z")).json())).items[0].key,
    "12345678Z");
  assert.equal((await page.evaluate(async () => (await fetch("/v1/debtors?search=12345687Z")).json())).items.length, 0);
});

test("what a job stopped for is told in Spanish", async () => {
  await page.route("**/v1/jobs/*", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...await answer.json(), state: "failed", result: null,
      problem: "It was begun 3 times and never came to its end." } });
  });
  await choose("parada.csv", "Factura;Nombre cliente;Fecha;Vencimiento;Importe;Cliente\n" +
    `P-1;Bar Pepe;${isoDay(-40)};${isoDay(-10)};10,00;C9\n`);
  await page.getByRole("button", { name: "Revisar las filas" }).press("Enter");
  await page.getByText("Se empezó 3 veces y nunca llegó al final.").waitFor();
  await page.unroute("**/v1/jobs/*");
});

test("axe finds nothing; the policy is never broken", async () => {
  await axeOf(page, rig.url, ["imports"]);
  assert.deepEqual(said.filter((line) => !/422/.test(line)), []);
});
