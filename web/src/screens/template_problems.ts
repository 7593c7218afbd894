// What the server finds wrong with a text: where it stands, and in the reader's language.
import type { TemplateCheck } from "../api/types";
import type { Key, Translate } from "../i18n";

export type Problem = TemplateCheck["problems"][number];

/** "es usted, tone 2, block 3, line 1, column 7" → "block 3"; "": the text as a whole. */
export function partOf(where: string): string {
  return /\bblock \d+/.exec(where)?.[0] ?? /, (subject|preheader|text)\b/.exec(where)?.[1] ?? "";
}

export function bySpot(problems: Problem[]): Map<string, Problem[]> {
  return Map.groupBy(problems, ({ where }) => partOf(where));
}

export function spotOf(t: Translate, where: string): string {
  const part = partOf(where), line = /\bline (\d+)/.exec(where)?.[1];
  const name = part.startsWith("block") ? t("tpl.spot_block", { at: Number(part.slice(6)) })
    : part ? t(`tpl.${part}` as Key) : "";
  return [name, line ? t("tpl.spot_line", { line: Number(line) }) : ""].filter(Boolean).join(", ") + (name || line ? ": " : "");
}

// The sentences that a person who writes meets; the rest stays as the server says it.
const SENTENCES: [RegExp, string][] = [
  [/^There is no variable “(?<name>.+?)”\. Did you mean “(?<other>.+?)”\?/, "variable_like"],
  [/^There is no (?:variable|name) “(?<name>.+?)”/, "variable"],
  [/^There is no filter “(?<name>.+?)”/, "filter"],
  [/^“(?<name>.+?)” is missing or empty/, "missing"],
  [/^“(?<name>.+?)” is one line/, "one_line"],
  [/^There are two variants/, "twice"],
  [/^“blocks” is a list with at least one block/, "no_blocks"],
  [/^There is no tone (?<tone>\d) here/, "no_tone"],
  [/^There is no tag “(?<name>.+?)”/, "tag"],
  [/^This “(?<name>.+?)” is not closed/, "open"],
  [/^A demand names its creditor/, "demand_creditor"],
  [/^A demand names every invoice/, "demand_invoices"],
  [/^A demand names the amount/, "demand_amount"],
  [/^A demand names the day/, "demand_day"],
  [/^A demand names the anti-phishing code/, "demand_code"],
  [/^The subject has \d+ characters/, "long_subject"],
  [/^Bold \(/, "bold"],
  [/^The link to “.*” is not allowed/, "link"],
];

export function wordsOf(t: Translate, sentence: string): string | null {
  for (const [pattern, name] of SENTENCES) {
    const found = pattern.exec(sentence);
    if (found) return t(`tpl.wrong.${name}` as Key, found.groups ?? {});
  }
  return null;
}
