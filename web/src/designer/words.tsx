// What the designer calls things: kinds by the palette in the reader's language, exits and choices
// by the console's words, and what is the writer's own as it is written.
import { wordOf, type Key, type Language, type Translate } from "../i18n";
import type { IconName } from "../parts/icon";
import { PHASES } from "../words";
import type { Doc, DocNode, Kind, Kinds, Slot } from "./model";

const ICONS: [string, IconName][] = [
  ["send.email", "mail"], ["send", "message"], ["wait", "gear"], ["branch", "strategies"],
  ["split", "strategies"], ["repeat", "gear"], ["task", "task"], ["end", "flag"], ["phase", "flag"],
  ["charge", "money"], ["offer", "payments"], ["collect", "payments"], ["note", "note"],
  ["notify", "person"], ["handover", "out"], ["jump", "out"], ["pill", "out"], ["http", "link"],
  ["ticket", "link"], ["suspend", "hold"], ["restore", "link"], ["set", "note"],
];

export function iconOf(type: string): IconName {
  return ICONS.find(([prefix]) => type.startsWith(prefix))?.[1] ?? "gear";
}

/** The groups of the palette, in their order; what is in none stands in the last one. */
export const GROUPS: [string, string[]][] = [
  ["waits", ["wait", "repeat"]],
  ["sends", ["send"]],
  ["decides", ["branch", "split"]],
  ["people", ["task", "notify", "note", "handover", "phase"]],
  ["money", ["charge", "offer", "collect"]],
  ["systems", ["http", "ticket", "suspend", "restore", "set"]],
  ["ends", ["jump", "pill", "end"]],
];

export function grouped(kinds: Kinds): [string, Kind[]][] {
  const groupOf = (type: string) => GROUPS.find(([, stems]) => stems.includes(type.split(".")[0]!))?.[0] ?? "ends";
  return GROUPS.map(([name]) => [name, [...kinds.values()].filter(({ type }) => groupOf(type) === name)]);
}

const EXITS = ["next", "error", "met", "timeout", "read", "unread", "promised", "tried", "replied",
  "visited", "else", "paid", "partial", "unpaid", "unknown", "again", "done", "overdue", "ok",
  "accepted", "expired", "declined", "no_mandate", "approved", "refused", "holdout"];

export function exitWord(t: Translate, slot: Slot): string {
  return !slot.own && EXITS.includes(slot.name) ? t(`designer.exit.${slot.name}` as Key) : slot.name;
}

const CHOICES = ["invoice", "xml", "statement", "calendar", "business", "ledger", "connector",
  "statutory", "agreed", "case", "lawyer", "insurer", "agency", "last", "mon", "tue", "wed", "thu",
  "fri", "sat", "sun", "account", "strategy", "pill"];

export function choiceWord(t: Translate, choice: string): string {
  return CHOICES.includes(choice) ? t(`designer.choice.${choice}` as Key) : choice;
}

const PROBLEMS = ["dangling_exit", "missing_field", "missing_template", "missing_strategy",
  "missing_pill", "missing_connector", "missing_translation", "missing_node", "template_channel",
  "unreachable", "cycle", "split_total", "no_nodes", "no_start", "name", "entry", "trigger",
  "example_not_met", "demand_unknown", "not_a_send", "option_name"];

/** A problem in the reader's language where it has words; the server's sentence says the rest. */
export function problemWord(t: Translate, code: string): string | null {
  return PROBLEMS.includes(code) ? t(`designer.problem.${code}` as Key) : null;
}

export function labelOf(kinds: Kinds, type: string, language: Language): string {
  return kinds.get(type)?.label[language] ?? type;
}

function days(t: Translate, node: DocNode): string {
  const number = node["days"];
  if (typeof number !== "number") return "";
  if (node.type !== "wait.due") {
    return t(node["kind"] === "business" ? "designer.gist.business" : "designer.gist.days", { days: number });
  }
  if (number === 0) return t("designer.gist.due");
  return t(number < 0 ? "designer.gist.before" : "designer.gist.after", { days: Math.abs(number) });
}

export const phaseWord = (t: Translate, phase: string) => wordOf(t, PHASES, "phase", phase);

const WORDS = ["title", "template", "text", "outcome", "strategy", "pill", "connector", "field"];

/** What a node is about, in a few words of its own parameters. */
export function gist(t: Translate, node: DocNode): string {
  if (node.type === "phase" && typeof node["phase"] === "string") return phaseWord(t, node["phase"]);
  const found = WORDS.map((name) => node[name]).find((value) => typeof value === "string");
  const tone = typeof node["tone"] === "number" ? t("designer.gist.tone", { tone: node["tone"] }) : "";
  if (found) return [found, tone].filter(Boolean).join(" · ");
  if (node.type.startsWith("wait") && days(t, node)) {
    return [days(t, node), node["at"]].filter(Boolean).join(" · ");
  }
  if (Array.isArray(node["weekdays"])) return (node["weekdays"] as string[]).map((day) => choiceWord(t, day)).join(", ");
  if (Array.isArray(node["arms"])) {
    return (node["arms"] as { name?: string; percent?: number }[])
      .map(({ name, percent }) => `${name ?? ""} ${percent ?? ""} %`).join(" · ");
  }
  if (Array.isArray(node["rules"])) {
    return (node["rules"] as { name?: string }[]).map(({ name }) => name ?? "").join(", ");
  }
  for (const name of ["to", "within", "interval", "amount", "percent", "day"]) {
    const value = node[name];
    if (typeof value === "string" || typeof value === "number") return choiceWord(t, String(value));
    if (Array.isArray(value)) return value.join(", ");
  }
  return "";
}

/** "Enviar correo: recordatorio · tono 2 (recordar)" */
export function spoken(t: Translate, language: Language, kinds: Kinds, doc: Doc, id: string): string {
  const node = doc.nodes[id];
  if (!node) return id;
  return [labelOf(kinds, node.type, language), gist(t, node)].filter(Boolean).join(": ");
}

export const bare = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
