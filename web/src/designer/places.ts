// Where nodes stand: as somebody put them, else top to bottom with branches in the order of their
// exits; and the phases as lanes behind them.
import { arrange } from "./arrange";
import { HEADS, slotsOf, type Doc, type DocNode, type Kinds, type Place, type Slot } from "./model";

export const WIDTH = 232;
export const HEIGHT = 72;
const STEP = 144;

export type Slots = Map<string, Slot[]>;

export function allSlots(doc: Doc, kinds: Kinds): Slots {
  return new Map(Object.entries(doc.nodes).map(([id, node]) => [id, slotsOf(node, kinds.get(node.type))]));
}

/** From the start, in the order of exits; then what only money's turns lead to; then the rest. */
export function order(doc: Doc, slots: Slots): string[] {
  const seen = new Set<string>();
  for (const root of [...HEADS.map((head) => doc[head]), ...Object.keys(doc.nodes)]) {
    const stack = root ? [root] : [];
    while (stack.length > 0) {
      const id = stack.pop()!;
      if (seen.has(id) || !doc.nodes[id]) continue;
      seen.add(id);
      stack.push(...(slots.get(id) ?? []).flatMap(({ to }) => to ?? []).reverse());
    }
  }
  return [...seen];
}

/** The points between the ends of long edges and of those that lead back ("from to"), which lead
 * around what is in their way. */
export type Bends = Map<string, Place[]>;

function arranged(doc: Doc, slots: Slots): { places: Map<string, Place>; bends: Bends } {
  const ids = order(doc, slots);
  const edges = ids.flatMap((from) => [...new Set((slots.get(from) ?? []).flatMap(({ to }) => to && doc.nodes[to] ? to : []))]
    .map((to): [string, string] => [from, to]));
  const { middles, through } = arrange({ ids, edges }, { width: WIDTH, step: STEP, gap: 32 });
  return { places: new Map([...middles].map(([id, { x, y }]) => [id, { x: Math.round(x - WIDTH / 2), y: y - HEIGHT / 2 }])),
    bends: through };
}

const touch = (a: Place, b: Place) => Math.abs(a.x - b.x) < WIDTH && Math.abs(a.y - b.y) < HEIGHT;

/** A document as it is opened: a layout that was made for smaller boxes is none. */
export function opened(doc: Doc): Doc {
  const places = Object.entries(doc.layout ?? {}).filter(([id]) => doc.nodes[id])
    .map(([, [x, y]]) => ({ x, y }));
  const useless = places.length === 0 || places.length < Object.keys(doc.nodes).length ||
    places.some((a, i) => places.some((b, k) => k > i && touch(a, b)));
  if (!doc.layout || !useless) return doc;
  const { layout: _, ...rest } = doc;
  return rest;
}

/** By the layout, where there is one; what it lacks stands below what leads to it, and pushes what
 * would be in its way down. */
export function standing(doc: Doc, slots: Slots): { places: Map<string, Place>; bends: Bends } {
  const { places, bends } = doc.layout ? { places: put(doc, doc.layout, slots), bends: new Map() } : arranged(doc, slots);
  return { places, bends: new Map([...bends, ...around(places, slots)]) };
}

const BESIDE = 16; // half of what is between two boxes of a row
const APART = 8;

/** Ways that lead back go up beside all boxes of the rows between, where it is nearest, and each
 * where no other one does. */
function around(places: Map<string, Place>, slots: Slots): Bends {
  const bends: Bends = new Map();
  const taken: { x: number; top: number; bottom: number }[] = [];
  for (const [id, from] of places) {
    for (const { to } of slots.get(id) ?? []) {
      const end = to === undefined ? undefined : places.get(to);
      if (!end || end.y > from.y || bends.has(`${id} ${to}`)) continue;
      const top = end.y - 20, bottom = from.y + HEIGHT + 20;
      const boxes = [...places.values()].filter(({ y }) => y < bottom && y + HEIGHT > top);
      const busy = taken.filter((one) => one.top < bottom && one.bottom > top);
      const free = (x: number) => boxes.every((box) => x <= box.x - APART || x >= box.x + WIDTH + APART) &&
        busy.every((one) => Math.abs(one.x - x) >= APART);
      const far = (x: number) => Math.abs(from.x + WIDTH / 2 - x) + Math.abs(end.x + WIDTH / 2 - x);
      const sides = boxes.flatMap((box) => Array.from({ length: busy.length + 1 }, (_, k) => BESIDE + k * APART)
        .flatMap((off) => [box.x - off, box.x + WIDTH + off]));
      const x = sides.filter(free).sort((a, b) => far(a) - far(b))[0]!;
      taken.push({ x, top, bottom });
      bends.set(`${id} ${to}`, [{ x, y: bottom }, { x, y: top }]);
    }
  }
  return bends;
}

function put(doc: Doc, layout: NonNullable<Doc["layout"]>, slots: Slots): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const [id, [x, y]] of Object.entries(layout)) if (doc.nodes[id]) places.set(id, { x, y });
  for (const id of order(doc, slots)) {
    if (places.has(id)) continue;
    const above = [...slots].find(([from, all]) => places.has(from) && all.some(({ to }) => to === id))?.[0];
    const lowest = Math.max(-STEP, ...[...places.values()].map(({ y }) => y));
    const place = above ? { x: places.get(above)!.x, y: places.get(above)!.y + STEP }
      : { x: 0, y: lowest + STEP };
    if ([...places.values()].some((other) => touch(other, place))) {
      for (const [other, { x, y }] of places) {
        if (y >= place.y - HEIGHT && other !== above) places.set(other, { x, y: y + STEP });
      }
    }
    places.set(id, place);
  }
  return places;
}

/** Everything where it stands now, so that moving one moves no other. */
export function fixed(doc: Doc, places: Map<string, Place>): Doc {
  return { ...doc, layout: Object.fromEntries([...places].filter(([id]) => doc.nodes[id])
    .map(([id, { x, y }]) => [id, [Math.round(x), Math.round(y)]])) };
}

export interface Lane { phase: string; x: number; y: number; width: number; height: number }

/** The phase of each node is the one that its way from the start named last. */
export function phasesOf(doc: Doc, slots: Slots): Map<string, string> {
  const phases = new Map<string, string>();
  const stack: [string, string][] = doc.nodes[doc.start] ? [[doc.start, ""]] : [];
  while (stack.length > 0) {
    const [id, before] = stack.shift()!;
    if (phases.has(id) || !doc.nodes[id]) continue;
    const node: DocNode = doc.nodes[id];
    const phase = node.type === "phase" && typeof node["phase"] === "string" ? node["phase"] : before;
    phases.set(id, phase);
    for (const { to } of slots.get(id) ?? []) if (to) stack.push([to, phase]);
  }
  return phases;
}

/** Bands across the graph, each as high as the nodes of its phase and none above another. */
export function lanesOf(doc: Doc, slots: Slots, places: Map<string, Place>): Lane[] {
  const bands = new Map<string, { top: number; bottom: number }>();
  const edges = [...places.values()].map(({ x }) => x);
  const left = Math.min(...edges), right = Math.max(...edges) + WIDTH;
  for (const [id, phase] of phasesOf(doc, slots)) {
    const place = places.get(id);
    if (!place) continue;
    if (!phase) continue;
    const band = bands.get(phase) ?? { top: Infinity, bottom: -Infinity };
    bands.set(phase, { top: Math.min(band.top, place.y),
      bottom: Math.max(band.bottom, place.y + HEIGHT) });
  }
  const rows = [...bands].sort((a, b) => a[1].top - b[1].top);
  return rows.map(([phase, { top, bottom }], i) => {
    const next = rows[i + 1]?.[1].top;
    const end = next === undefined ? bottom + 24 : Math.min(bottom + 24, next - 32);
    return { phase, x: left - 40, y: top - 24, width: right - left + 80,
      height: Math.max(end - top + 24, HEIGHT) };
  });
}

/** The way from one node to the next by the fewest exits, both included; empty where there is none. */
export function way(slots: Slots, from: string, to: string): string[] {
  const before = new Map<string, string>([[from, ""]]);
  const queue = [from];
  while (queue.length > 0) {
    const id = queue.shift()!;
    if (id === to) break;
    for (const { to: next } of slots.get(id) ?? []) {
      if (next && !before.has(next)) {
        before.set(next, id);
        queue.push(next);
      }
    }
  }
  if (!before.has(to)) return [];
  const path: string[] = [];
  for (let id = to; id; id = before.get(id)!) path.unshift(id);
  return path;
}
