// A graph from top to bottom in layers: cycles are cut where they lead back, each node stands one
// layer below the lowest that leads to it, an edge past layers gets a place in each of them, and
// branches stand from left to right in the order of their exits unless that makes edges cross.
import type { Place } from "./model";

export interface Sizes { width: number; step: number; gap: number }
/** In the order in which they are to stand; edges in the order of their exits. */
export interface Graph { ids: string[]; edges: [from: string, to: string][] }

interface Cell { id: string; node: boolean; rank: number; x: number; up: Cell[]; down: Cell[] }

function exitsOf(edges: [string, string][]): Map<string, [string, string][]> {
  const out = new Map<string, [string, string][]>();
  for (const edge of edges) out.set(edge[0], [...out.get(edge[0]) ?? [], edge]);
  return out;
}

/** Without those that lead back to where one came from. */
function forward({ ids, edges }: Graph): [string, string][] {
  const out = exitsOf(edges);
  const state = new Map<string, "open" | "done">();
  const kept: [string, string][] = [];
  for (const root of ids) {
    const stack: { id: string; next: number }[] = state.has(root) ? [] : [{ id: root, next: 0 }];
    if (stack.length > 0) state.set(root, "open");
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const edge = out.get(top.id)?.[top.next++];
      if (!edge) {
        state.set(top.id, "done");
        stack.pop();
      } else if (state.get(edge[1]) !== "open") {
        kept.push(edge);
        if (!state.has(edge[1])) {
          state.set(edge[1], "open");
          stack.push({ id: edge[1], next: 0 });
        }
      }
    }
  }
  return kept;
}

function ranked(ids: string[], edges: [string, string][]): Map<string, number> {
  const rank = new Map(ids.map((id) => [id, 0]));
  const out = exitsOf(edges);
  const waits = new Map(ids.map((id) => [id, 0]));
  for (const [, to] of edges) waits.set(to, waits.get(to)! + 1);
  const roots = ids.filter((id) => waits.get(id) === 0);
  const ready = [...roots];
  while (ready.length > 0) {
    const id = ready.shift()!;
    for (const [, to] of out.get(id) ?? []) {
      rank.set(to, Math.max(rank.get(to)!, rank.get(id)! + 1));
      waits.set(to, waits.get(to)! - 1);
      if (waits.get(to) === 0) ready.push(to);
    }
  }
  for (const id of roots.slice(1)) { // another beginning stands just above where it leads
    const next = (out.get(id) ?? []).map(([, to]) => rank.get(to)!);
    if (next.length > 0) rank.set(id, Math.min(...next) - 1);
  }
  return rank;
}

/** Layers of cells in the order in which a walk by the exits meets them. */
function layered(ids: string[], edges: [string, string][]): { layers: Cell[][]; chains: Map<string, Cell[]> } {
  const rank = ranked(ids, edges);
  const cells = new Map(ids.map((id): [string, Cell] => [id, { id, node: true, rank: rank.get(id)!, x: 0, up: [], down: [] }]));
  const chains = new Map<string, Cell[]>();
  for (const [from, to] of edges) {
    let before = cells.get(from)!;
    const chain: Cell[] = [];
    for (let at = before.rank + 1; at <= rank.get(to)!; at++) {
      const next = at === rank.get(to) ? cells.get(to)! : { id: `${from} ${to}`, node: false, rank: at, x: 0, up: [], down: [] };
      before.down.push(next);
      next.up.push(before);
      if (!next.node) chain.push(next);
      before = next;
    }
    chains.set(`${from} ${to}`, chain);
  }
  const layers: Cell[][] = [];
  const met = new Set<Cell>();
  for (const root of ids) {
    const stack = [cells.get(root)!];
    while (stack.length > 0) {
      const cell = stack.pop()!;
      if (met.has(cell)) continue;
      met.add(cell);
      (layers[cell.rank] ??= []).push(cell);
      stack.push(...[...cell.down].reverse());
    }
  }
  return { layers: layers.map((layer) => layer ?? []), chains };
}

function crossings(layers: Cell[][]): number {
  let sum = 0;
  for (const layer of layers.slice(0, -1)) {
    const at = new Map(layers[layer[0]!.rank + 1]!.map((cell, i) => [cell, i]));
    const ends = layer.flatMap((cell) => cell.down.map((to) => at.get(to)!).sort((a, b) => a - b));
    for (let i = 0; i < ends.length; i++) for (let k = i + 1; k < ends.length; k++) if (ends[i]! > ends[k]!) sum++;
  }
  return sum;
}

const mean = (all: number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;

/** Each layer by the middle of what it hangs from, back and forth; the best of it is kept. */
function sorted(layers: Cell[][]): Cell[][] {
  let best = layers, least = crossings(layers), now = layers.map((layer) => [...layer]);
  for (let round = 0; round < 8 && least > 0; round++) {
    const side = round % 2 === 0 ? "up" : "down";
    const order = now.map((_, i) => i);
    for (const i of round % 2 === 0 ? order : order.reverse()) {
      const at = new Map((now[i + (side === "up" ? -1 : 1)] ?? []).map((cell, k) => [cell, k]));
      const wish = new Map(now[i]!.map((cell, k) => [cell, cell[side].length > 0 ? mean(cell[side].map((one) => at.get(one)!)) : k]));
      now[i] = [...now[i]!].sort((a, b) => wish.get(a)! - wish.get(b)!);
    }
    const found = crossings(now);
    if (found < least) {
      least = found;
      best = now;
      now = now.map((layer) => [...layer]);
    }
  }
  return best;
}

/** As near to where each wants to stand as their order and the room between them let: neighbours
 * who want too near are moved together. */
function spread(layer: Cell[], wish: number[], { width, gap }: Sizes) {
  const room = (a: Cell, b: Cell) => a.node && b.node ? width + gap : a.node || b.node ? (width + gap) / 2 + 8 : gap;
  const from = [0];
  for (let i = 1; i < layer.length; i++) from.push(from[i - 1]! + room(layer[i - 1]!, layer[i]!));
  const blocks: { sum: number; count: number }[] = [];
  wish.forEach((x, i) => {
    let block = { sum: x - from[i]!, count: 1 };
    while (blocks.length > 0 && blocks.at(-1)!.sum / blocks.at(-1)!.count > block.sum / block.count) {
      const left = blocks.pop()!;
      block = { sum: left.sum + block.sum, count: left.count + block.count };
    }
    blocks.push(block);
  });
  let i = 0;
  for (const { sum, count } of blocks) for (let k = 0; k < count; k++, i++) layer[i]!.x = sum / count + from[i]!;
}

/** Middles of nodes, and the places that edges past layers go through ("from to"). */
export function arrange(graph: Graph, sizes: Sizes): { middles: Map<string, Place>; through: Map<string, Place[]> } {
  const edges = forward(graph);
  const { layers: met, chains } = layered(graph.ids, edges);
  const layers = sorted(met);
  for (const layer of layers) spread(layer, layer.map(() => 0), sizes);
  for (let round = 0; round < 24; round++) {
    const last = round > 20;
    for (const layer of round % 2 === 0 ? layers : [...layers].reverse()) {
      spread(layer, layer.map((cell) => {
        const near = last ? [...cell.up, ...cell.down] : round % 2 === 0 ? cell.up : cell.down;
        return near.length > 0 ? mean(near.map(({ x }) => x)) : cell.x;
      }), sizes);
    }
  }
  const place = ({ x, rank }: Cell): Place => ({ x: Math.round(x), y: rank * sizes.step });
  return {
    middles: new Map(layers.flat().filter(({ node }) => node).map((cell) => [cell.id, place(cell)])),
    through: new Map([...chains].filter(([, chain]) => chain.length > 0).map(([key, chain]) => [key, chain.map(place)])),
  };
}
