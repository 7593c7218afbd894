// A family as its document holds it (docs/templates.md): its texts and what they are by.
export type Block = Record<string, unknown>;
export interface Variant {
  channel: string;
  language: string;
  form?: "usted" | "tu";
  tone?: number;
  subject?: string;
  preheader?: string;
  blocks?: Block[];
  text?: string;
}
export interface Document {
  family: string;
  title?: string;
  purpose: string;
  variants: Variant[];
}

/** A draft may hold anything; what cannot be edited here is none. */
export function documentOf(value: unknown): Document | null {
  const document = value as Document | null;
  return document && typeof document === "object" && Array.isArray(document.variants) && document.variants.length > 0 &&
    document.variants.every((one) => one && typeof one === "object" && typeof one.channel === "string" &&
      typeof one.language === "string" && (one.blocks === undefined || Array.isArray(one.blocks))) ? document : null;
}

// Blocks that hold a text, and those that are only there.
export const TEXT_BLOCKS = ["text", "heading", "pay_button", "legal", "html"] as const;
export const PLAIN_BLOCKS = ["logo", "amount_due", "invoice_table", "installments", "bank_reference",
  "divider"] as const;
export const BLOCKS = [...TEXT_BLOCKS, ...PLAIN_BLOCKS] as const;

/** The key that says what a block is. */
export const kindOf = (block: Block): string =>
  BLOCKS.find((kind) => kind in block) ?? Object.keys(block)[0] ?? "";

export const VARIABLES = ["recipient", "debtor.name", "creditor.name", "signature", "collector.name",
  "invoice.number", "invoice.due", "invoice.open", "total", "total_overdue", "today", "deadline", "link",
  "reference", "code", "promise.due", "promise.amount", "installment.due", "installment.amount",
  "payment.amount"] as const;

export const LANGUAGES = ["es", "es-419", "en", "pt"] as const;
export const FORMED = (language: string) => language.startsWith("es");

// ── which there are ──

/** To whom: a language, and in Spanish a form of address. */
export interface Row { language: string; form: Variant["form"] | undefined }
/** By what and how strongly; tone undefined: one text for every tone. */
export interface Column { channel: string; tone: number | undefined }

const distinct = <T>(all: T[]): T[] => [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
const CHANNEL_ORDER = ["email", "sms", "whatsapp", "push", "call", "letter", "http"];

export function rowsOf({ variants }: Document): Row[] {
  const at = (language: string) => { const i = (LANGUAGES as readonly string[]).indexOf(language); return i < 0 ? 9 : i; };
  return distinct(variants.map(({ language, form }) => ({ language, form })))
    .sort((a, b) => at(a.language) - at(b.language) || a.language.localeCompare(b.language) ||
      (b.form ?? "").localeCompare(a.form ?? ""));
}

export function columnsOf({ variants }: Document): Column[] {
  const tones = [...new Set(variants.flatMap(({ tone }) => tone ?? []))];
  const toned = new Set(variants.filter(({ tone }) => tone !== undefined).map(({ channel }) => channel));
  return distinct([...variants.map(({ channel, tone }) => ({ channel, tone })),
    ...[...toned].flatMap((channel) => tones.map((tone) => ({ channel, tone })))])
    .sort((a, b) => CHANNEL_ORDER.indexOf(a.channel) - CHANNEL_ORDER.indexOf(b.channel) || (a.tone ?? 0) - (b.tone ?? 0));
}

export const find = ({ variants }: Document, row: Row, column: Column): number => variants.findIndex((one) =>
  one.language === row.language && one.form === row.form && one.channel === column.channel && one.tone === column.tone);

/** A text that is not there yet, begun from the nearest one that is. */
export function begun(document: Document, row: Row, column: Column): Variant {
  const nearest = document.variants.filter(({ channel }) => (channel === "email") === (column.channel === "email"))
    .map((one) => ({ one, far: (one.channel === column.channel ? 0 : 40) + (one.language.slice(0, 2) === row.language.slice(0, 2) ? 0 : 20) +
      (one.language === row.language ? 0 : 10) + (one.form === row.form ? 0 : 5) + Math.abs((one.tone ?? 3) - (column.tone ?? 3)) }))
    .sort((a, b) => a.far - b.far)[0]?.one;
  const { channel: _, language: __, form: ___, tone: ____, ...words } = nearest ?? (column.channel === "email"
    ? { subject: "{{ creditor.name }}", blocks: [{ text: "{{ recipient }}" }, { amount_due: true }] }
    : { text: "{{ creditor.name }}: {{ total }} {{ link }} {{ code }}" }) as Variant;
  return structuredClone({ channel: column.channel, language: row.language, ...(row.form ? { form: row.form } : {}),
    ...(column.tone !== undefined ? { tone: column.tone } : {}), ...words });
}

/** What differs between two: texts by what they are for. */
export function parts(before: Document, after: Document): string[] {
  const of = (document: Document) => new Map((document.variants ?? []).map((one) => [
    [one.channel, one.language, one.form, one.tone].filter(Boolean).join(" "), JSON.stringify(one)]));
  const a = of(before), b = of(after);
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key));
}
