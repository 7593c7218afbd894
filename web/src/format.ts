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

// The rules of src/base/money.c: what a debtor reads in an e-mail and a person of ours on a screen is
// the same text. tests/unit/golden/formats.tsv holds both to it. (Intl's own signs, spaces and, for a
// dozen currencies, decimals are others.)
const DECIMALS: Record<string, number> = { CLF: 4 };
for (const code of "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ")) DECIMALS[code] = 0;
for (const code of "BHD IQD JOD KWD LYD OMR TND".split(" ")) DECIMALS[code] = 3;
const SIGNS: Record<string, string> = {
  ARS: "$", AUD: "A$", BOB: "Bs", BRL: "R$", CAD: "C$", CLF: "UF", CLP: "$", COP: "$", CRC: "₡", DOP: "RD$", EUR: "€",
  GBP: "£", GTQ: "Q", HNL: "L", INR: "₹", JPY: "¥", MXN: "$", NIO: "C$", PAB: "B/.", PEN: "S/", PYG: "₲", USD: "$",
  UYU: "$", VES: "Bs.",
};
// signs that mean another money elsewhere: there the code stands instead
const AT_HOME: Record<string, string> = { ARS: "AR", CLP: "CL", COP: "CO", MXN: "MX", UYU: "UY", USD: "US PR EC SV PA",
  NIO: "NI", CAD: "CA", BOB: "BO" };
const POINT = "MX GT HN SV NI PA DO PR PE US"; // countries that write Spanish with a decimal point

const placeOf = () => [locale.slice(0, 2), locale.slice(3)] as const;
const pointed = () => {
  const [language, country] = placeOf();
  return language === "en" || (language === "es" && country !== "" && POINT.includes(country));
};
const grouped = (digits: string) => digits.replace(/\B(?=(\d{3})+$)/g, pointed() ? "," : ".");

function signOf(currency: string): string | undefined {
  const home = AT_HOME[currency], [, country] = placeOf();
  return home && !(country !== "" && home.includes(country)) ? undefined : SIGNS[currency];
}

export function digitsOf(currency: string): number {
  return DECIMALS[currency] ?? 2;
}

/** Digits and how many of them are decimals, with the currency's sign. */
function signed(digits: string, decimals: number, minus: boolean, currency: string): string {
  const whole = grouped(decimals === 0 ? digits : digits.slice(0, -decimals));
  const number = decimals === 0 ? whole : whole + (pointed() ? "." : ",") + digits.slice(-decimals);
  const sign = signOf(currency), behind = sign === "€" && !pointed(), before = minus ? "-" : "";
  if (sign === undefined || behind) return `${before}${number}\u00a0${behind ? sign : currency}`;
  const apart = !pointed() || sign.endsWith(".") || /^[A-Za-z]/.test(sign);
  return `${before}${sign}${apart ? "\u00a0" : ""}${number}`;
}

export function money({ minor, currency }: Amount): string {
  const decimals = digitsOf(currency);
  return signed(String(Math.abs(minor)).padStart(decimals + 1, "0"), decimals, minor < 0, currency);
}

/** What so many cost when a thousand cost that: exact, with as many decimals as it takes. */
export function priceOf(thousand: Amount, units: number): string {
  const least = digitsOf(thousand.currency);
  let digits = String(Math.abs(thousand.minor) * units).padStart(least + 4, "0"), decimals = least + 3;
  for (; decimals > least && digits.endsWith("0"); decimals--) digits = digits.slice(0, -1);
  return signed(digits, decimals, thousand.minor < 0, thousand.currency);
}

/** "1234.5", as the server writes what it foretells, in minor units; decimals beyond are rounded. */
export function minorOf(text: string, currency: string): number {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) return 0;
  const decimals = digitsOf(currency), part = (match[3] ?? "").padEnd(decimals + 1, "0");
  const minor = Number(match[2]! + part.slice(0, decimals)) + (part[decimals]! >= "5" ? 1 : 0);
  return match[1] && minor !== 0 ? -minor : minor;
}

/** At most three decimals are shown. */
export function count(value: number): string {
  const [whole, part] = String(Math.round(Math.abs(value) * 1000) / 1000).split(".");
  return (value < 0 ? "-" : "") + grouped(whole!) + (part ? (pointed() ? "." : ",") + part : "");
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

/** A day and a time of the organization's zone; of an hour that the change to summer time leaves
 * out, the one after it. */
export function instantOf(value: Day, clock = "09:00"): Instant {
  const wanted = Date.parse(`${value}T${clock}Z`);
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  let at = wanted;
  for (let i = 0; i < 2; i++) at -= Date.parse(`${format.format(new Date(at)).replace(" ", "T")}Z`) - wanted;
  return new Date(at).toISOString();
}

/** Of an address that anybody may have typed: null where it is no day of the calendar. */
export function dayIn(text: string | null): Day | null {
  const at = text && /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return at && !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === text ? text : null;
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

/** "3 de marzo de 2026" */
export function dayLong(value: Day): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${value}T00:00:00Z`));
}

/** "marzo de 2026", of a day in it. */
export function monthName(value: Day): string {
  return new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" })
    .format(new Date(`${value}T00:00:00Z`));
}

/** From Monday. */
export function weekdayNames(): string[] {
  const format = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });
  return Array.from({ length: 7 }, (_, i) => format.format(new Date(Date.UTC(2024, 0, 1 + i))));
}

/** Whether numbers are typed with a comma for decimals here. */
export function usesComma(): boolean {
  return new Intl.NumberFormat(locale).format(1.5).includes(",");
}
