// Amounts, days and times as people of a place write them; the C side formats e-mails and the
// debtor's page by the same rules (docs/templates.md).
import type { Amount, Day, Instant } from "./api/types";

let locale = "es-ES";
let zone: string | undefined;

/** "es" in Mexico is es-MX. */
export function setPlace(language: string, country: string, organizationZone: string) {
  locale = `${language}-${country}`;
  zone = organizationZone;
}

const made = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  let format = made.get(key);
  if (!format) {
    // without "always" Spanish leaves four digits ungrouped: 1234,50 €
    format = new Intl.NumberFormat(locale, { style: "currency", currency, useGrouping: "always" } as
      Intl.NumberFormatOptions);
    made.set(key, format);
  }
  return format;
}

export function digitsOf(currency: string): number {
  return formatOf(currency).resolvedOptions().maximumFractionDigits ?? 2;
}

export function money(amount: Amount): string {
  return formatOf(amount.currency).format(amount.minor / 10 ** digitsOf(amount.currency));
}

export function count(value: number): string {
  return new Intl.NumberFormat(locale, { useGrouping: "always" } as Intl.NumberFormatOptions)
    .format(value);
}

export function percent(share: number): string {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(share);
}

/** A civil day has no zone. */
export function day(value: Day): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" })
    .format(new Date(`${value}T00:00:00Z`));
}

export function time(value: Instant): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone: zone })
    .format(new Date(value));
}

/** Without the year where it is this one: lists of what is near. */
export function shortTime(value: Instant, today: Day): string {
  const at = new Date(value);
  return new Intl.DateTimeFormat(locale, {
    day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: zone,
    ...(dayOf(value).slice(0, 4) !== today.slice(0, 4) ? { year: "numeric" } : {}),
  } as Intl.DateTimeFormatOptions).format(at);
}

export function dayOf(value: Instant): Day {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(new Date(value));
}

/** Whole days from one day to another; negative: before it. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86400e3);
}

export function addDays(from: Day, days: number): Day {
  return new Date(Date.parse(`${from}T00:00:00Z`) + days * 86400e3).toISOString().slice(0, 10);
}

/** "1.234,50" or "1234.50" as minor units; null where it is no amount. The last mark is the decimal
 * one unless exactly three digits follow it. */
export function readAmount(text: string, currency: string): number | null {
  const digits = digitsOf(currency);
  const bare = text.replace(/[\s\u00a0\u202f$€£]|[A-Z]{3}/g, "");
  const match = /^(\d{1,3}(?:[.,']\d{3})+|\d+)(?:[.,](\d{1,2}))?$/.exec(bare);
  if (!match) return null;
  const whole = match[1]!.replace(/[.,']/g, "");
  const part = (match[2] ?? "").padEnd(digits, "0");
  if (part.length > digits || whole.length > 15) return null;
  return Number(whole) * 10 ** digits + Number(part || 0);
}

/** Whether numbers are typed with a comma for decimals here. */
export function usesComma(): boolean {
  return new Intl.NumberFormat(locale).format(1.5).includes(",");
}
