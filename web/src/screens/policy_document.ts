// A contact policy as hours of a week, and back: which hours are open for whom, by what, for whose
// claim. What the pack forbids stays shut. Windows of regions or of some time only are kept as they
// stand. The language is told in docs/policies.md.

export interface Scope {
  channels?: string[]; applies?: string; party?: string; purposes?: string; regions?: string[];
  since?: string; until?: string; source?: string;
}
export interface Window extends Scope { weekdays: string[]; from: string; to: string; holidays?: string }
export interface Cap extends Scope { max: number; days: number; per?: string; count?: string }
export interface Gap extends Scope { hours?: number; days?: number; per?: string; after?: string }
export interface Source { text: string; url?: string; basis: string; in_force?: string; checked: string }
/** A source in the reader's language, by its key. */
export interface SourceText { key: string; text: string }
export interface Document {
  puntual: 1; kind: "policy"; name: string; title?: string; version: string; country?: string; base?: string;
  from?: string; holidays?: string; notes?: string[]; sources?: Record<string, Source>;
  windows?: Window[]; caps?: Cap[]; gaps?: Gap[]; [other: string]: unknown;
}

export const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export const AUDIENCES = ["person", "company"] as const;
export const PARTIES = ["own", "third_party"] as const;
/** What people are reached by; calls of one's own systems (http) keep the pack's hours. */
export const VOICES = ["email", "sms", "whatsapp", "push", "call", "letter"] as const;
const ALL = [...VOICES, "http"];
const OWN = "own"; // the source of what the organization decided

/** By audience, claim and channel: 168 hours from Monday midnight on. */
export type Grid = Record<string, boolean[]>;
export const keyOf = (applies: string, party: string, channel: string) => `${applies}|${party}|${channel}`;

const every = <T extends string>(list: readonly T[], value: string | undefined) =>
  value === undefined || value === "all" ? list : list.filter((one) => one === value);

export function keysOf(applies: string, party: string, channel: string): string[] {
  return every(AUDIENCES, applies).flatMap((who) => every(PARTIES, party).flatMap((whose) =>
    (channel === "all" ? VOICES : [channel]).map((by) => keyOf(who, whose, by))));
}

const special = (one: Window) => Boolean(one.regions || one.since || one.until || one.purposes === "demand");
const fits = (one: Window, key: string) => {
  const [applies, party, channel] = key.split("|");
  return !special(one) && (!one.channels || one.channels.includes(channel!)) &&
    every(AUDIENCES, one.applies).some((who) => who === applies) &&
    every(PARTIES, one.party).some((whose) => whose === party);
};
const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
const opens = (one: Window, day: number, hour: number) => one.weekdays.includes(WEEK[day]!) &&
  minutes(one.from) <= hour * 60 && minutes(one.to) >= hour * 60 + 60;

/** An hour is open where a window holds the whole of it. */
export function gridOf(document: Document): Grid {
  const grid: Grid = {};
  for (const applies of AUDIENCES) for (const party of PARTIES) for (const channel of ALL) {
    const key = keyOf(applies, party, channel);
    const windows = (document.windows ?? []).filter((one) => fits(one, key));
    grid[key] = Array.from({ length: 168 }, (_, at) =>
      windows.some((one) => opens(one, Math.floor(at / 24), at % 24)));
  }
  return grid;
}

/** Windows that the calendar does not show, and whether some begin or end within an hour. */
export function beyondCalendar(document: Document) {
  const windows = document.windows ?? [];
  return {
    kept: windows.filter(special).length,
    uneven: windows.some((one) => !special(one) && (minutes(one.from) % 60 || minutes(one.to) % 60)),
  };
}

/** The pack's windows for these, that day or else on any: what an hour that is shut rests on. */
export function rulesOf(base: Document, keys: string[], day: number): Window[] {
  const windows = (base.windows ?? []).filter((one) => keys.some((key) => fits(one, key)));
  const that = windows.filter((one) => one.weekdays.includes(WEEK[day]!));
  return that.length > 0 ? that : windows;
}

type Sets = Record<string, string[]>;

/** Entries that differ in one respect only become one. */
function merged(entries: Sets[], respects: string[]): Sets[] {
  let list = entries;
  for (const respect of respects) {
    const groups = new Map<string, Sets>();
    for (const one of list) {
      const same = JSON.stringify({ ...one, [respect]: null });
      const group = groups.get(same);
      if (group) group[respect] = [...group[respect]!, ...one[respect]!];
      else groups.set(same, { ...one });
    }
    list = [...groups.values()];
  }
  return list;
}

const clock = (hour: number) => `${String(hour).padStart(2, "0")}:00`;

interface Run { from: number; to: number; source: string | undefined; ignores: boolean }

/** The stretches of one day, each within one window of the pack. */
function runsOf(open: boolean[], day: number, windows: Window[], packIgnores: boolean): Run[] {
  const runs: Run[] = [];
  for (let hour = 0; hour < 24; hour++) {
    if (!open[day * 24 + hour]) continue;
    const base = windows.find((one) => opens(one, day, hour));
    const ignores = base?.holidays ? base.holidays === "ignore" : packIgnores;
    const last = runs[runs.length - 1];
    if (last && last.to === hour && last.source === base?.source && last.ignores === ignores) last.to = hour + 1;
    else runs.push({ from: hour, to: hour + 1, source: base?.source, ignores });
  }
  for (const run of runs) {
    const whole = windows.some((one) => one.source === run.source && one.weekdays.includes(WEEK[day]!) &&
      minutes(one.from) === run.from * 60 && minutes(one.to) === run.to * 60);
    if (!whole) run.source = OWN;
  }
  return runs;
}

export function windowsOf(grid: Grid, base: Document, document: Document, respect: boolean): Window[] {
  const entries: Sets[] = [];
  for (const [key, open] of Object.entries(grid)) {
    const [applies, party, channel] = key.split("|") as [string, string, string];
    const windows = (base.windows ?? []).filter((one) => fits(one, key));
    for (let day = 0; day < 7; day++) {
      for (const run of runsOf(open, day, windows, base.holidays === "ignore")) {
        const ignores = run.ignores && (!respect || channel === "http");
        entries.push({ weekdays: [WEEK[day]!], channels: [channel], applies: [applies], party: [party],
          rest: [clock(run.from), clock(run.to), run.source ?? "", ignores ? "ignore" : "avoid"] });
      }
    }
  }
  const whole = merged(entries, ["weekdays", "channels", "party", "applies"]).map((one): Window => ({
    channels: one.channels!,
    ...(one.applies!.length === 1 ? { applies: one.applies![0]! } : {}),
    ...(one.party!.length === 1 ? { party: one.party![0]! } : {}),
    weekdays: one.weekdays!, from: one.rest![0]!, to: one.rest![1]!, holidays: one.rest![3]!,
    ...(one.rest![2] ? { source: one.rest![2] } : {}),
  }));
  return [...whole, ...(document.windows ?? []).filter(special)];
}

/** Whether on public holidays nobody is contacted who is by the pack. */
export function respectsHolidays(document: Document): boolean {
  return (document.windows ?? []).every((one) => one.channels?.join() === "http" ||
    (one.holidays ?? document.holidays ?? "avoid") === "avoid");
}

// ── caps and gaps ──

/** The pack's rule that an own one may only make stricter; none for one of the organization's. */
export function boundOf<R extends Cap | Gap>(rule: R, pack: R[] | undefined): R | undefined {
  const shape = ({ source: _, max: __, days: ___, hours: ____, ...scope }: Record<string, unknown>) =>
    JSON.stringify(Object.entries(scope).sort());
  const like = shape(rule as unknown as Record<string, unknown>);
  const kinds = (one: R) => "max" in one || ("hours" in one) === ("hours" in rule);
  return pack?.find((one) => rule.source !== OWN && kinds(one) && shape(one as unknown as Record<string, unknown>) === like &&
    (!("max" in one) || one.days === rule.days));
}

// ── what differs ──

export interface HoursChange { channels: string[]; applies: string[]; party: string[]; before: number; after: number }

export function hoursChanged(grid: Grid, base: Grid): HoursChange[] {
  const entries: Sets[] = [];
  for (const [key, open] of Object.entries(grid)) {
    const [applies, party, channel] = key.split("|") as [string, string, string];
    const sum = (list: boolean[]) => String(list.filter(Boolean).length);
    if (sum(open) === sum(base[key]!)) continue;
    entries.push({ channels: [channel], applies: [applies], party: [party], rest: [sum(base[key]!), sum(open)] });
  }
  return merged(entries, ["channels", "party", "applies"]).map((one) => ({ channels: one.channels!,
    applies: one.applies!, party: one.party!, before: Number(one.rest![0]), after: Number(one.rest![1]) }));
}

// ── the whole ──

/** The pack, to be edited as one's own. */
export function begun(pack: Document, title: string): Document {
  const { from: _, ...rest } = structuredClone(pack);
  return { ...rest, title, base: pack.name };
}

/** A name for files and other people's lists, of a title and not yet taken. */
export function nameOf(title: string, taken: string[]): string {
  const plain = title.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
    .replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 40) || "propia";
  for (let i = 1; ; i++) {
    const name = i === 1 && plain.length > 2 ? plain : `${plain}-${i}`;
    if (!taken.includes(name)) return name;
  }
}

export function written(document: Document, base: Document, grid: Grid, respect: boolean, today: string,
  says: string): Document {
  return {
    ...document, holidays: "avoid", windows: windowsOf(grid, base, document, respect),
    sources: { ...base.sources, ...document.sources,
      [OWN]: { text: says, basis: "practice", checked: document.sources?.[OWN]?.checked ?? today } },
  };
}
