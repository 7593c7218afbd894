// A family as its document holds it (docs/templates.md), and what an SMS of it costs in segments.
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

const GSM = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/;
const TWICE = /[\^{}\\[~\]|€]/g; // each takes the room of two

/** What the text itself takes, without what variables print. */
export function segments(text: string): { letters: number; segments: number; unicode: boolean } {
  const bare = text.replace(/\{%[^%]*%\}/g, "").replace(/\{\{[^}]*\}\}/g, "xxxxxxxx");
  const unicode = !GSM.test(bare);
  const letters = unicode ? bare.length : bare.length + (bare.match(TWICE)?.length ?? 0);
  const [one, many] = unicode ? [70, 67] : [160, 153];
  return { letters, unicode, segments: letters <= one! ? 1 : Math.ceil(letters / many!) };
}
