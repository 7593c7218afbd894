// A strategy's document as a graph: which node leads where by which exit, and where each stands.
import dagre from "@dagrejs/dagre";
import type { NodeType } from "../api/types";

export interface FlowNode {
  type: string;
  [field: string]: unknown;
}

export interface FlowDocument {
  name: string;
  start: string;
  on_paid?: string;
  on_closed?: string;
  on_returned?: string;
  nodes: Record<string, FlowNode>;
  layout?: Record<string, [number, number]>;
}

export interface Exit {
  name: string;
  to: string;
}

interface Option {
  name?: string;
  next?: string;
}

/** The exits of a node in their order: those of its kind, then what rules and arms make. */
export function exitsOf(node: FlowNode, type: NodeType | undefined): Exit[] {
  const exits: Exit[] = [];
  for (const value of Object.values(node)) {
    if (!Array.isArray(value)) continue;
    for (const option of value as Option[]) {
      if (option && typeof option === "object" && typeof option.next === "string") {
        exits.push({ name: option.name ?? "", to: option.next });
      }
    }
  }
  for (const name of type?.exits ?? ["next"]) {
    const to = node[name];
    if (typeof to === "string") exits.push({ name, to });
  }
  const otherwise = node["else"];
  if (typeof otherwise === "string" && !exits.some(({ name }) => name === "else")) {
    exits.push({ name: "else", to: otherwise });
  }
  return exits;
}

export const NODE_WIDTH = 232;
export const NODE_HEIGHT = 68;

export interface Place { x: number; y: number }

/** Top to bottom; branches stand in the order of their exits, which dagre's own heuristic would
 * scramble. */
export function arrange(document: FlowDocument, exits: Map<string, Exit[]>): Map<string, Place> {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 28, ranksep: 52 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of order(document, exits)) {
    graph.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  }
  for (const id of order(document, exits)) {
    for (const { to } of exits.get(id) ?? []) if (document.nodes[to]) graph.setEdge(id, to);
  }
  dagre.layout(graph, { disableOptimalOrderHeuristic: true });
  return new Map(graph.nodes().map((id: string) => {
    const { x, y } = graph.node(id) as Place;
    return [id, { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 }];
  }));
}

/** From the start, in the order of exits; then what only money's turns lead to. */
export function order(document: FlowDocument, exits: Map<string, Exit[]>): string[] {
  const seen = new Set<string>();
  const roots = [document.start, document.on_returned, document.on_paid, document.on_closed,
    ...Object.keys(document.nodes)];
  for (const root of roots) {
    const stack = root ? [root] : [];
    while (stack.length > 0) {
      const id = stack.pop()!;
      if (seen.has(id) || !document.nodes[id]) continue;
      seen.add(id);
      stack.push(...(exits.get(id) ?? []).map(({ to }) => to).reverse());
    }
  }
  return [...seen];
}

/** What a node is about, in a few words of its own parameters. */
export function gist(node: FlowNode): string {
  const words = [node["title"], node["template"], node["text"], node["phase"], node["outcome"],
    node["strategy"], node["pill"], node["to"]].find((value) => typeof value === "string");
  const days = typeof node["days"] === "number" ? `${node["days"] > 0 ? "+" : ""}${node["days"]} d` : "";
  const tone = typeof node["tone"] === "number" ? `· ${node["tone"]}` : "";
  return [words ?? days, words ? tone : node["at"] ?? ""].filter(Boolean).join(" ");
}
