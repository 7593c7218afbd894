// Which column is what: guessed by the server, corrected here beside values of the file itself.
import type { Creditor, Id, UploadColumns } from "../api/types";
import { useWords, wordOf } from "../i18n";
import { Field } from "../parts/dialog";
import { exampleOf, FIELDS, type Kind } from "./import_fields";

/** Column to field; "" where it is left out, "attr" where it is kept as it is. */
export type Mapping = Record<string, string>;
export interface Choices {
  date_format?: string;
  decimal?: "," | ".";
  currency?: string;
  creditor?: Id<"cre">;
}

const DATE_FORMATS = ["DD/MM/YYYY", "MM/DD/YYYY", "YYYY-MM-DD", "DD-MM-YYYY", "DD.MM.YYYY", "YYYYMMDD"];

export function guessed(columns: UploadColumns): Mapping {
  return Object.fromEntries(columns.columns.map(({ name, field }) => [name, field ?? ""]));
}

/** Every field of the file as the API takes it: also that a guess was wrong. */
export function mapOf(columns: UploadColumns, mapping: Mapping) {
  const map: { field: string; column?: string; text?: string }[] = [];
  for (const [column, field] of Object.entries(mapping)) {
    if (field === "attr") map.push({ field: `attr.${column.slice(0, 60)}`, column });
    else if (field) map.push({ field, column });
  }
  for (const { field } of columns.columns) {
    if (field && !map.some((one) => one.field === field)) map.push({ field, text: "" });
  }
  return map;
}

export function missing(columns: UploadColumns, mapping: Mapping): string[] {
  const given = new Set(Object.values(mapping));
  // a file without codes: customers are told apart by their tax id, else by their name
  if (given.has("tax_id") || given.has("debtor_name")) given.add("debtor");
  return columns.fields.filter(({ name, required }) => required && !given.has(name))
    .map(({ name }) => name);
}

function twice(mapping: Mapping): string | undefined {
  const fields = Object.values(mapping).filter((field) => field && field !== "attr");
  return fields.find((field, i) => fields.indexOf(field) !== i);
}

export function wrongMapping(columns: UploadColumns, mapping: Mapping) {
  return { missing: missing(columns, mapping), twice: twice(mapping) };
}

export function ColumnTable(props: {
  columns: UploadColumns; kind: Kind; mapping: Mapping; change: (mapping: Mapping) => void;
}) {
  const { t } = useWords();
  const { columns, mapping } = props;
  const attributes = props.kind === "invoices" || props.kind === "debtors";
  return (
    <div className="panel flush">
      <div className="scroll" tabIndex={0} role="region" aria-label={t("imp.columns")}>
        <table aria-label={t("imp.columns")}>
          <thead>
            <tr>
              <th scope="col">{t("imp.column")}</th>
              <th scope="col">{t("imp.samples")}</th>
              <th scope="col">{t("imp.is")}</th>
            </tr>
          </thead>
          <tbody>
            {columns.columns.map((column) => (
              <tr key={column.name}>
                <td><strong>{column.name}</strong></td>
                <td className="samples">{column.samples.filter(Boolean).join(" · ") || "–"}</td>
                <td>
                  <select aria-label={t("imp.is_of", { column: column.name })}
                    value={mapping[column.name] ?? ""}
                    onChange={(event) => props.change({ ...mapping, [column.name]: event.target.value })}>
                    <option value="">{t("imp.leave_out")}</option>
                    {attributes && <option value="attr">{t("imp.keep")}</option>}
                    {columns.fields.map(({ name, required }) => (
                      <option key={name} value={name}>
                        {wordOf(t, FIELDS, "imf", name)}{required ? " *" : ""}
                      </option>
                    ))}
                  </select>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {attributes && !Object.values(mapping).includes("email") && <p className="note warn">{t("imp.no_email")}</p>}
    </div>
  );
}

export function Reading(props: {
  columns: UploadColumns; creditors: Creditor[]; choices: Choices; change: (choices: Choices) => void;
}) {
  const { t } = useWords();
  const { columns, choices } = props;
  const set = (name: keyof Choices, value: string) =>
    props.change({ ...choices, [name]: value || undefined } as Choices);
  const seen = columns.date_format;
  const formats = seen
    ? [seen, ...DATE_FORMATS.filter((format) => exampleOf(format) !== exampleOf(seen))] : DATE_FORMATS;
  return (
    <div className="form-grid">
      <Field label={t("imp.dates")} {...(columns.date_ambiguous ? { hint: t("imp.dates_ambiguous") } : {})}>
        <select value={choices.date_format ?? columns.date_format ?? ""}
          onChange={(event) => set("date_format", event.target.value)}>
          {!columns.date_format && <option value="">{t("imp.dates_none")}</option>}
          {formats.map((format) => <option key={format} value={format}>{exampleOf(format)}</option>)}
        </select>
      </Field>
      <Field label={t("imp.decimal")}>
        <select value={choices.decimal ?? columns.decimal}
          onChange={(event) => set("decimal", event.target.value)}>
          <option value=",">1.234,56</option>
          <option value=".">1,234.56</option>
        </select>
      </Field>
      <Field label={t("imp.currency")} hint={t("imp.currency_hint")}>
        <input value={choices.currency ?? ""} maxLength={3} pattern="[A-Za-z]{3}" placeholder="EUR"
          onChange={(event) => set("currency", event.target.value.toUpperCase())} />
      </Field>
      {props.creditors.length > 1 && (
        <Field label={t("field.creditor")} hint={t("imp.creditor_hint")}>
          <select value={choices.creditor ?? ""} onChange={(event) => set("creditor", event.target.value)}>
            <option value="">–</option>
            {props.creditors.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
          </select>
        </Field>
      )}
    </div>
  );
}
