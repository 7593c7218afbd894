// Rules as groups of comparisons: what the builder shows, and the rule that it makes. Nothing is
// lost on the way: what is no group is a group of one.
import type { Rule } from "./model";

export type Mode = "all" | "any" | "none";
export interface Group { mode: Mode; items: Rule[] }
export type Comparison = [string, string, ...unknown[]];

export function groupOf(rule: Rule): Group {
  if (Array.isArray(rule)) return { mode: "all", items: [rule] };
  if ("all" in rule) return { mode: "all", items: rule.all };
  if ("any" in rule) return { mode: "any", items: rule.any };
  return !Array.isArray(rule.not) && "any" in rule.not ? { mode: "none", items: rule.not.any }
    : { mode: "none", items: [rule.not] };
}

export function ruleOf({ mode, items }: Group): Rule {
  if (mode === "none") return { not: items.length === 1 ? items[0]! : { any: items } };
  if (mode === "all" && items.length === 1 && Array.isArray(items[0])) return items[0];
  return mode === "all" ? { all: items } : { any: items };
}

export const OPERATORS: Record<string, string[]> = {
  text: ["=", "!=", "in", "contains", "starts", "missing", "present"],
  int: ["=", "!=", "<", "<=", ">", ">=", "between", "missing", "present"],
  number: ["=", "!=", "<", "<=", ">", ">=", "between", "missing", "present"],
  money: ["=", "!=", "<", "<=", ">", ">=", "between", "missing", "present"],
  date: ["=", "!=", "<", "<=", ">", ">=", "between", "missing", "present"],
  bool: ["=", "missing", "present"],
};

/** An attribute has the type of what it is compared with; its operators are all. */
export function operatorsOf(type: string | undefined): string[] {
  return OPERATORS[type ?? ""] ?? [...new Set(Object.values(OPERATORS).flat())];
}

/** How many values stand behind an operator: 0, 1, 2, or a list. */
export function arity(operator: string): 0 | 1 | 2 | "list" {
  if (operator === "missing" || operator === "present") return 0;
  return operator === "between" ? 2 : operator === "in" ? "list" : 1;
}

const PLAIN: Record<string, unknown> = { text: "", date: "", bool: true };

export function plainValue(type: string | undefined): unknown {
  return type !== undefined && type in PLAIN ? PLAIN[type] : type === undefined ? "" : 0;
}

/** The comparison with another operator: its values are kept as far as they fit. */
export function withOperator([field, , value]: Comparison, operator: string, type: string | undefined): Comparison {
  const many = arity(operator);
  const first = Array.isArray(value) ? value[0] : value;
  const one = first === undefined ? plainValue(type) : first;
  if (many === 0) return [field, operator];
  if (many === 1) return [field, operator, one];
  if (many === 2) return [field, operator, Array.isArray(value) && value.length === 2 ? value : [one, one]];
  return [field, operator, Array.isArray(value) ? value : [one]];
}

/** A number as it is typed: with a comma for decimals "1.500" is fifteen hundred, else one and a
 * half. null where it is none. */
export function numberIn(text: string, comma: boolean): number | null {
  const [group, point] = comma ? ["\\.", ","] : [",", "\\."];
  let plain = text.trim();
  if (new RegExp(`^-?\\d{1,3}(${group}\\d{3})+(${point}\\d+)?$`).test(plain)) {
    plain = plain.replace(new RegExp(group, "g"), "");
  }
  plain = plain.replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

/** The other way: as somebody would type it there. */
export function typedNumber(value: number, comma: boolean): string {
  return comma ? String(value).replace(".", ",") : String(value);
}

/** What somebody typed as the value that the field's type wants; the text where it is none, for the
 * server to say what is wrong. */
export function valueOf(text: string, type: string | undefined, comma = false): unknown {
  const trimmed = text.trim();
  const number = numberIn(trimmed, comma);
  if (type === "int" || type === "number" || type === "money") return number ?? trimmed;
  if (type === "bool") return trimmed === "true";
  if (type === undefined) return trimmed === "true" ? true : trimmed === "false" ? false : number ?? trimmed;
  return trimmed;
}
