// The document of a strategy while it is drawn: what can be done to it, each as a function from one
// document to the next, so that undo is keeping the one before. Nothing here knows a screen.

export interface DocNode {
  type: string;
  [field: string]: unknown;
}

export interface Doc {
  puntual: 1;
  name: string;
  description?: string;
  kind?: "strategy" | "pill";
  subject: "invoice" | "account";
  trigger?: string;
  priority?: number;
  entry?: { rule: Rule };
  hours?: { weekdays: string[]; from: string; to: string };
  start: string;
  on_paid?: string;
  on_closed?: string;
  on_returned?: string;
  nodes: Record<string, DocNode>;
  layout?: Record<string, [number, number]>;
  examples?: unknown[];
}

export type Rule = [string, string, ...unknown[]] | { all: Rule[] } | { any: Rule[] } | { not: Rule };

export interface Three { es: string; en: string; pt: string }

/** A parameter as the palette describes it. */
export interface Param {
  name: string;
  form: string;
  label: Three;
  help: Three;
  type: string;
  required: boolean;
  min?: number | null;
  max?: number | null;
  default?: unknown;
  choices?: string[] | null;
}

export interface Kind {
  type: string;
  label: Three;
  help: Three;
  sends: boolean;
  exits: string[];
  params: Param[];
}
export type Kinds = Map<string, Kind>;

/** One way out of a node: where in the document it stands, what it is called, where it leads. */
export interface Slot {
  key: string;
  name: string;
  to?: string;
  /** made by a rule, an arm or an outcome: its name is the writer's */
  own: boolean;
}

export const HEADS = ["start", "on_paid", "on_closed", "on_returned"] as const;
export type Head = (typeof HEADS)[number];

const OPTIONS = ["rules", "arms", "outcomes"];

interface Option { name?: string; next?: string; [field: string]: unknown }

const target = (value: unknown) => typeof value === "string" && value !== "" ? { to: value } : {};

/** In their order: what rules, arms and outcomes make, then the exits of the kind. */
export function slotsOf(node: DocNode, kind: Kind | undefined): Slot[] {
  const slots: Slot[] = [];
  for (const param of kind?.params ?? []) {
    const value = node[param.name];
    if (OPTIONS.includes(param.form) && Array.isArray(value)) {
      (value as Option[]).forEach((option, i) => slots.push({ key: `${param.name}.${i}`, own: true,
        name: String(option?.name ?? ""), ...target(option?.next) }));
    }
    if (param.form === "holdout" && value && typeof value === "object") {
      slots.push({ key: param.name, own: false, name: "holdout", ...target((value as Option).next) });
    }
  }
  for (const name of kind?.exits ?? []) {
    slots.push({ key: `exit ${name}`, own: false, name, ...target(node[name]) });
  }
  if (!kind) { // a kind that this server does not know: what looks like an exit
    for (const name of ["next", "error", "done", "else"]) {
      if (typeof node[name] === "string") slots.push({ key: `exit ${name}`, own: false, name, ...target(node[name]) });
    }
  }
  return slots;
}

function without<T extends object>(from: T, key: string): T {
  const { [key as keyof T]: _, ...rest } = from;
  return rest as T;
}

function put<T extends object>(into: T, key: string, value: unknown): T {
  return value === undefined ? without(into, key) : { ...into, [key]: value };
}

/** The node with that slot leading elsewhere, or nowhere. */
export function withSlot(node: DocNode, key: string, to: string | undefined): DocNode {
  if (key.startsWith("exit ")) return put(node, key.slice(5), to);
  const [param, at] = key.split(".") as [string, string | undefined];
  if (at === undefined) return { ...node, [param]: put(node[param] as Option, "next", to) };
  return { ...node, [param]: (node[param] as Option[]).map((option, i) =>
    i === Number(at) ? put(option, "next", to) : option) };
}

function mapNodes(doc: Doc, change: (node: DocNode, id: string) => DocNode): Doc {
  return { ...doc, nodes: Object.fromEntries(
    Object.entries(doc.nodes).map(([id, node]) => [id, change(node, id)])) };
}

/** Every exit and head that leads to a node leads where `turn` says. */
function turnAll(doc: Doc, kinds: Kinds, turn: (to: string, from: string | null) => string | undefined): Doc {
  let next = mapNodes(doc, (node, id) => {
    for (const { key, to } of slotsOf(node, kinds.get(node.type))) {
      if (to === undefined) continue;
      const other = turn(to, id);
      if (other !== to) node = withSlot(node, key, other);
    }
    return node;
  });
  for (const head of HEADS) {
    const to = next[head];
    if (!to) continue;
    const other = turn(to, null);
    if (other === to) continue;
    next = head === "start" ? { ...next, start: other ?? "" } : put(next, head, other);
  }
  return next;
}

// ── new nodes ──

/** What a new node begins with where the palette has no default: what one would most likely want. */
const FIRST: Record<string, Record<string, unknown>> = {
  "wait.days": { days: 3 },
  "wait.weekday": { weekdays: ["mon"] },
  "wait.monthday": { day: 1 },
  "wait.due": { days: 3 },
  "wait.until": { rule: ["account.days_overdue", ">=", 1], within: "3d" },
  "branch.behaviour": { within: "3d" },
  "branch.rule": { rules: [{ name: "1", rule: ["account.overdue", ">=", 1000] }] },
  split: { arms: [{ name: "a", percent: 50 }, { name: "b", percent: 50 }] },
  repeat: { interval: "3d", times: 2 },
  phase: { phase: "early" },
  "charge.fee": { amount: 40 },
  "offer.discount": { percent: 10 },
  handover: { to: "lawyer" },
};

const STEMS: Record<string, string> = {
  wait: "espera", send: "enviar", branch: "decidir", split: "ensayo", repeat: "repetir",
  phase: "fase", task: "tarea", note: "nota", notify: "avisar", set: "dato", charge: "cargo",
  http: "sistema", ticket: "tique", suspend: "suspender", restore: "restablecer", offer: "oferta",
  collect: "cobrar", handover: "cesion", jump: "ir", pill: "breve", end: "fin",
};

export function freeId(nodes: Record<string, unknown>, stem: string): string {
  if (!(stem in nodes)) return stem;
  for (let i = 2; ; i++) if (!(`${stem}_${i}` in nodes)) return `${stem}_${i}`;
}

export function newNode(type: string): DocNode {
  return { type, ...structuredClone(FIRST[type] ?? {}) };
}

export interface Place { x: number; y: number }
/** Where a new node goes: onto exits (an edge is all exits of one node to the same other one). */
export interface Onto { from: string; keys: string[] }

function placed(doc: Doc, id: string, at: Place | undefined): Doc {
  return at ? { ...doc, layout: { ...doc.layout, [id]: [Math.round(at.x), Math.round(at.y)] } } : doc;
}

/** A new node. Put onto exits it stands between: they lead to it, and all of its own lead to where
 * they led. The first one of all is the start. */
export function addNode(doc: Doc, kinds: Kinds, type: string, onto?: Onto, at?: Place,
  parameters: Record<string, unknown> = {}): { doc: Doc; id: string } {
  const id = freeId(doc.nodes, STEMS[type.split(".")[0]!] ?? "nodo");
  let node: DocNode = { ...newNode(type), ...parameters };
  let next = doc;
  if (onto) {
    const source = doc.nodes[onto.from]!;
    const before = slotsOf(source, kinds.get(source.type))
      .find(({ key, to }) => onto.keys.includes(key) && to !== undefined)?.to;
    if (before !== undefined) {
      for (const { key } of slotsOf(node, kinds.get(type))) node = withSlot(node, key, before);
    }
    const turned = onto.keys.reduce((all, key) => withSlot(all, key, id), source);
    next = { ...doc, nodes: { ...doc.nodes, [onto.from]: turned } };
  }
  next = { ...next, nodes: { ...next.nodes, [id]: node } };
  if (!next.nodes[next.start]) next = { ...next, start: id };
  return { doc: placed(next, id, at), id };
}

/** After a node: onto its first exit. Where it has none (an end), beside it. */
export function addAfter(doc: Doc, kinds: Kinds, type: string, after: string | undefined) {
  const node = after === undefined ? undefined : doc.nodes[after];
  const slots = node ? slotsOf(node, kinds.get(node.type)) : [];
  const slot = slots.find(({ to }) => to === undefined) ?? slots[0];
  if (!slot) return addNode(doc, kinds, type);
  const keys = slots.filter(({ to }) => to === slot.to).map(({ key }) => key);
  return addNode(doc, kinds, type, { from: after!, keys });
}

// ── taking away, leading elsewhere ──

/** Deleting heals: what led to a node leads to where its first exit led. */
export function removeNodes(doc: Doc, kinds: Kinds, ids: string[]): Doc {
  const gone = new Set(ids.filter((id) => doc.nodes[id]));
  function after(id: string, seen = new Set<string>()): string | undefined {
    if (!gone.has(id)) return id;
    if (seen.has(id)) return undefined;
    seen.add(id);
    const node = doc.nodes[id]!;
    const first = slotsOf(node, kinds.get(node.type)).find(({ to }) => to !== undefined)?.to;
    return first === undefined || !doc.nodes[first] ? undefined : after(first, seen);
  }
  const healed = turnAll(doc, kinds, (to, from) => {
    if (!gone.has(to)) return to;
    const other = after(to);
    return other === from ? undefined : other;
  });
  const left = (map: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(map).filter(([id]) => !gone.has(id)));
  let next: Doc = { ...healed, nodes: left(healed.nodes) as Record<string, DocNode> };
  if (next.layout) next = { ...next, layout: left(next.layout) as NonNullable<Doc["layout"]> };
  next = mapNodes(next, (node) => gone.has(String(node["message"])) && kinds.get(node.type)?.params
    .some(({ name, form }) => name === "message" && form === "node") ? without(node, "message") : node);
  if (!next.nodes[next.start]) next = { ...next, start: Object.keys(next.nodes)[0] ?? "" };
  return next;
}

export function connect(doc: Doc, from: string, keys: string[], to: string | undefined): Doc {
  const node = doc.nodes[from];
  if (!node) return doc;
  return { ...doc, nodes: { ...doc.nodes,
    [from]: keys.reduce((all, key) => withSlot(all, key, to), node) } };
}

export function setParam(doc: Doc, id: string, name: string, value: unknown): Doc {
  return { ...doc, nodes: { ...doc.nodes, [id]: put(doc.nodes[id]!, name, value) } };
}

export function setHead(doc: Doc, name: keyof Doc, value: unknown): Doc {
  return put(doc, name, value);
}

export const ID = /^[a-z0-9_]+$/;

/** Everything that names the node names it anew; what was said of it in examples stays. */
export function rename(doc: Doc, kinds: Kinds, id: string, other: string): Doc {
  if (id === other || doc.nodes[other] || !ID.test(other)) return doc;
  const turned = turnAll(doc, kinds, (to) => to === id ? other : to);
  const named = mapNodes(turned, (node) => {
    for (const { name, form } of kinds.get(node.type)?.params ?? []) {
      if (form === "node" && node[name] === id) node = { ...node, [name]: other };
    }
    return node;
  });
  const key = (map: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(map).map(([name, value]) => [name === id ? other : name, value]));
  return { ...named, nodes: key(named.nodes) as Record<string, DocNode>,
    ...(named.layout ? { layout: key(named.layout) as NonNullable<Doc["layout"]> } : {}) };
}

/** The node changes places with the one that leads to it: only where exactly one does. */
export function moveUp(doc: Doc, kinds: Kinds, id: string): Doc {
  const before = Object.entries(doc.nodes).filter(([from, node]) => from !== id &&
    slotsOf(node, kinds.get(node.type)).some(({ to }) => to === id)).map(([from]) => from);
  const node = doc.nodes[id];
  if (before.length !== 1 || !node) return doc;
  const [up] = before as [string];
  const own = slotsOf(node, kinds.get(node.type));
  const after = own.find(({ to }) => to !== undefined)?.to;
  if (own.length === 0 || after === up) return doc; // an end stays the end
  const turned = turnAll(doc, kinds, (to, from) => {
    if (from === up) return to === id ? after : to;
    if (from === id) return to === after ? up : to;
    return to === up ? id : to;
  });
  return own.some(({ to }) => to !== undefined) ? turned
    : connect(turned, id, own.map(({ key }) => key), up);
}

export function moveDown(doc: Doc, kinds: Kinds, id: string): Doc {
  const node = doc.nodes[id];
  const next = node && slotsOf(node, kinds.get(node.type)).find(({ to }) => to !== undefined)?.to;
  return next ? moveUp(doc, kinds, next) : doc;
}

// ── copy and paste ──

export interface Clip { puntual_nodes: Record<string, DocNode> }

export function copy(doc: Doc, ids: string[]): Clip {
  return { puntual_nodes: Object.fromEntries(
    ids.filter((id) => doc.nodes[id]).map((id) => [id, doc.nodes[id]!])) };
}

export function clipOf(text: string): Clip | null {
  try {
    const value: unknown = JSON.parse(text);
    const nodes = (value as Clip | null)?.puntual_nodes;
    if (!nodes || typeof nodes !== "object") return null;
    return Object.values(nodes).every((node) => node && typeof node.type === "string")
      ? { puntual_nodes: nodes } : null;
  } catch {
    return null;
  }
}

/** Under new names; exits among them stay, the others lead nowhere yet (or, with `after`, the
 * copied chain is put behind that node). */
export function paste(doc: Doc, kinds: Kinds, clip: Clip, after?: string): { doc: Doc; ids: string[] } {
  const names = new Map<string, string>();
  const taken: Record<string, unknown> = { ...doc.nodes };
  for (const id of Object.keys(clip.puntual_nodes)) {
    const name = freeId(taken, id);
    taken[name] = true;
    names.set(id, name);
  }
  const slot = after && doc.nodes[after] &&
    slotsOf(doc.nodes[after], kinds.get(doc.nodes[after].type))[0];
  const nodes: Record<string, DocNode> = {};
  for (const [id, source] of Object.entries(clip.puntual_nodes)) {
    let node = structuredClone(source);
    for (const { key, to } of slotsOf(node, kinds.get(node.type))) {
      if (to === undefined && !slot) continue;
      node = withSlot(node, key, (to && names.get(to)) ?? (slot ? slot.to : undefined));
    }
    nodes[names.get(id)!] = node;
  }
  let next: Doc = { ...doc, nodes: { ...doc.nodes, ...nodes } };
  const ids = [...names.values()];
  if (slot && ids[0]) next = connect(next, after, [slot.key], ids[0]);
  if (!next.nodes[next.start] && ids[0]) next = { ...next, start: ids[0] };
  return { doc: next, ids };
}

// ── the whole ──

export function empty(name = "", subject: Doc["subject"] = "account"): Doc {
  return { puntual: 1, name, subject, start: "", nodes: {} };
}

/** What was pasted or read from a file, as a document; null where it cannot be one. */
export function docOf(text: string): Doc | null {
  try {
    const value = JSON.parse(text) as Doc | null;
    if (!value || typeof value !== "object" || Array.isArray(value)) return null;
    if (!value.nodes || typeof value.nodes !== "object" || Array.isArray(value.nodes)) return null;
    return Object.values(value.nodes).every((node) => node && typeof node.type === "string")
      ? value : null;
  } catch {
    return null;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)
    .map(([key, one]) => [key, sorted(one)]));
}

/** Keys sorted, two spaces: as `puntual strategy fmt` prints it. */
export function textOf(doc: Doc): string {
  return `${JSON.stringify(sorted(doc), null, 2)}\n`;
}

/** What stands otherwise in one of two: nodes by their names, and the strategy itself as "". */
export function parts(before: Doc, after: Doc): string[] {
  const same = (a: unknown, b: unknown) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
  const names = new Set([...Object.keys(before.nodes ?? {}), ...Object.keys(after.nodes ?? {})]);
  const changed = [...names].filter((id) => !same(before.nodes?.[id] ?? null, after.nodes?.[id] ?? null));
  const head = ({ nodes: _, layout: __, ...rest }: Doc) => rest;
  return same(head(before), head(after)) ? changed : [...changed, ""];
}

// ── undo ──

export interface History {
  past: Doc[];
  now: Doc;
  future: Doc[];
  /** changes with the same mark become one: typing into a field is one step back */
  mark: string | null;
}

export const STEPS_KEPT = 200;

export function history(doc: Doc): History {
  return { past: [], now: doc, future: [], mark: null };
}

export function changed(h: History, doc: Doc, mark: string | null = null): History {
  if (doc === h.now) return h;
  const past = mark !== null && mark === h.mark ? h.past : [...h.past, h.now].slice(-STEPS_KEPT);
  return { past, now: doc, future: [], mark };
}

export function undo(h: History): History {
  const before = h.past.at(-1);
  return before ? { past: h.past.slice(0, -1), now: before, future: [h.now, ...h.future], mark: null } : h;
}

export function redo(h: History): History {
  const [next, ...future] = h.future;
  return next ? { past: [...h.past, h.now], now: next, future, mark: null } : h;
}
