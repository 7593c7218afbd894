// What a file of each kind can hold, in the order in which people look for it, and a small file
// that shows how one looks.
import type { Day } from "../api/types";
import { addDays } from "../format";

export const KINDS = ["invoices", "debtors", "payments", "lines"] as const;
export type Kind = (typeof KINDS)[number];

// Fields that have a name in the words; others are shown as the server calls them.
export const FIELDS = ["external_id", "debtor", "issued", "due", "amount", "open", "currency", "creditor",
  "product", "document", "portal_accepted", "debtor_name", "name", "tax_id", "kind", "parent", "email",
  "phone", "address", "http", "contact_name", "language", "country", "region", "zone", "owner", "salesperson",
  "grace_days", "payment_days", "closed_months", "invoice", "date", "reference", "method", "line", "sku",
  "description", "quantity", "unit_price", "discount", "discount_amount", "total", "tax_rate", "tax",
  "tax_label", "tax2_rate", "tax2_label", "withholding_rate", "withholding", "withholding_label",
  "withholding2_rate", "withholding2_label"] as const;

const NAMES = ["Talleres Núñez, S.L.", "Cerámicas Peña, S.A.", "Muebles Ávila, S.L.",
  "Distribuciones Ebro, S.A.", "Panadería Santa Fe, S.L.", "Logística Añoreta, S.L.",
  "Óptica Bahía, S.L.", "Viveros del Sur, S.A."];

/** Invoices of a small company around today: some not due yet, some late. Nobody is written to:
 * their addresses end in .example. */
export function sampleInvoices(today: Day): File {
  const lines = ["factura;cliente;nombre;correo;emision;vencimiento;importe"];
  for (let i = 0; i < 12; i++) {
    const debtor = i % NAMES.length;
    const issued = addDays(today, -70 + i * 6);
    const amount = ((i * 37) % 11 + 1) * 145 + 0.5 * (i % 3);
    lines.push([`EJ-${1001 + i}`, `EJ${debtor + 1}`, NAMES[debtor], `cliente${debtor + 1}@empresa.example`,
      issued, addDays(issued, 30), amount.toFixed(2).replace(".", ",")].join(";"));
  }
  return new File([lines.join("\r\n") + "\r\n"], "ejemplo.csv", { type: "text/csv" });
}

/** "31/12/2026": what a form of dates looks like says more than its letters. */
export const exampleOf = (format: string) => format.replace("YYYY", "2026").replace("YY", "26")
  .replace(/DD?/, "31").replace("MMMM", "December").replace("MMM", "Dec").replace(/MM?/, "12");
