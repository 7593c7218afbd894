// What the server refuses, in the reader's language. It says so in English, for programs too; here are
// the sentences that people meet, each with what it was filled with ({} in turn). Read when something is
// refused for the first time.
import table from "../i18n/refusals.json";

type Pair = [string, string]; // Spanish, Portuguese
interface Pattern { whole: RegExp; begins: RegExp; texts: Pair; fixed: number }

const escaped = (text: string) => text.replace(/[.*+?^$|()[\]\\/]/g, "\\$&");
const words = table.words as unknown as Record<string, Pair>;

// what says the most of its own comes first: “{}” alone would take all the others
const patterns: Pattern[] = Object.entries(table.sentences as unknown as Record<string, Pair>).map(([english, texts]) => {
  const body = english.split("{}").map(escaped).join("(.+?)");
  return { whole: new RegExp(`^${body}$`, "s"), begins: new RegExp(`^${body} (?=[“A-Z\`])`, "s"), texts,
    fixed: english.replaceAll("{}", "").length };
}).sort((a, b) => b.fixed - a.fixed);

function filled(texts: Pair, at: 0 | 1, match: RegExpExecArray): string {
  return texts[at].replace(/\{(\d)\}/g, (_, number: string) => {
    const given = match[Number(number) + 1] ?? "";
    return words[given]?.[at] ?? given;
  });
}

/** What is wrong and how to mend it are two sentences of the table, one behind the other. */
export function told(english: string, language: string): string {
  const at = language.startsWith("pt") ? 1 : 0;
  for (const { whole, texts } of patterns) {
    const match = whole.exec(english);
    // of two sentences the first would be filled with the second's
    if (match && !match.slice(1).some((one) => /\. [“A-Z`]/.test(one))) return filled(texts, at, match);
  }
  for (const { begins, texts } of patterns) {
    const match = begins.exec(english);
    if (match) return `${filled(texts, at, match)} ${told(english.slice(match[0].length), language)}`;
  }
  return english;
}
