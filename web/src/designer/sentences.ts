// What the server finds wrong with a strategy, in the reader's language: its sentences come in
// English, each made in one place (src/core/flow), and are known again by how they begin.
import type { Key, Translate } from "../i18n";

const SENTENCES: [RegExp, string][] = [
  [/^The exit “(?<exit>.+?)” leads nowhere/, "exit_nowhere"],
  [/^The exit “(?<exit>.+?)” leads to “(?<node>.+?)”, and there is no such node/, "exit_unknown"],
  [/^“(?<field>.+?)” is missing/, "missing"],
  [/^“(?<field>.+?)” must be between (?<low>.+?) and (?<high>.+?)\.$/, "between"],
  [/^“(?<field>.+?)” cannot be “(?<value>.*?)”/, "cannot_be"],
  [/^“(?<field>.+?)” must be a list with at least one entry/, "one_entry"],
  [/^“(?<field>.+?)” must be a list of 1 to (?<most>\d+)/, "entries"],
  [/^“(?<field>.+?)” must have between 1 and (?<most>\d+) bytes/, "length"],
  [/^“(?<field>.+?)” is too long/, "too_long"],
  [/^“(?<name>.+?)” is no recipient/, "recipient"],
  [/^No path leads to this node/, "unreachable"],
  [/^This loop may never let time pass: (?<ids>.+?)\. Put/, "loop"],
  [/^“(?<field>.+?)” names “(?<node>.+?)”, and there is no such node/, "names_unknown"],
  [/^“(?<field>.+?)” names “(?<node>.+?)”, which sends nothing/, "names_silent"],
  [/^Two exits are called “(?<name>.+?)”/, "twice"],
  [/^The arms' percentages add up to (?<sum>[\d.]+)/, "arms"],
  [/^There is no node type “(?<name>.+?)”/, "type"],
  [/^A strategy has at most (?<most>\d+) repeat and charge/, "counters"],
  [/^A node has at most (?<most>\d+) exits/, "exits"],
];

export function sentenceWord(t: Translate, sentence: string): string | null {
  for (const [pattern, name] of SENTENCES) {
    const found = pattern.exec(sentence);
    if (found) return t(`designer.sentence.${name}` as Key, found.groups ?? {});
  }
  return null;
}
