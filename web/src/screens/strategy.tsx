// One strategy as it is published: the graph with the cases that stand on each node now, and the
// same as an outline for keyboards and readers.
import { Background, Controls, Handle, MiniMap, Position, ReactFlow, type Edge, type Node,
  type NodeProps, type Viewport } from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { useMemo, useRef, useState } from "react";
import { useParams } from "wouter";
import { useGet, useList } from "../api/queries";
import type { NodeType } from "../api/types";
import { count, time } from "../format";
import { useWords, type Language } from "../i18n";
import { Icon, type IconName } from "../parts/icon";
import { Shown } from "../parts/state";
import "../style/flow.css";
import { arrange, exitsOf, gist, order, NODE_WIDTH, type Exit, type FlowDocument, type Place } from "./flow";

const ICONS: [string, IconName][] = [
  ["send.email", "mail"], ["send", "message"], ["wait", "gear"], ["branch", "strategies"],
  ["split", "strategies"], ["task", "task"], ["end", "flag"], ["phase", "flag"], ["charge", "money"],
  ["offer", "payments"], ["collect", "payments"], ["note", "note"], ["notify", "person"],
  ["handover", "out"], ["jump", "out"],
];

function iconOf(type: string): IconName {
  return ICONS.find(([prefix]) => type.startsWith(prefix))?.[1] ?? "gear";
}

interface Shape extends Record<string, unknown> {
  id: string;
  type: string;
  label: string;
  gist: string;
  runs: number;
}

function FlowBox({ data }: NodeProps<Node<Shape>>) {
  const { t } = useWords();
  return (
    <div className={`flow-box ${data.type.split(".")[0]}`}>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <div><Icon name={iconOf(data.type)} /><strong>{data.label}</strong>
        {data.runs > 0 && (
          <span className="badge accent" title={t("strategy.standing", { runs: data.runs })}>
            {count(data.runs)}
          </span>
        )}
      </div>
      <p title={data.gist}>{data.gist}</p>
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  );
}
const NODE_TYPES = { box: FlowBox };

interface Graph {
  document: FlowDocument;
  exits: Map<string, Exit[]>;
  types: Map<string, NodeType>;
  runs: Map<string, number>;
}

function labelOf(graph: Graph, id: string, language: Language): string {
  const type = graph.document.nodes[id]!.type;
  return graph.types.get(type)?.label[language] ?? type;
}

/** The beginning stands in the middle of the upper edge, large enough to be read. */
function atStart(place: Place | undefined, frame: HTMLDivElement | null): Viewport {
  const zoom = 0.85;
  const { x, y } = place ?? { x: 0, y: 0 };
  return { zoom, y: 24 - y * zoom, x: (frame?.clientWidth ?? 0) / 2 - (x + NODE_WIDTH / 2) * zoom };
}

function Canvas({ graph }: { graph: Graph }) {
  const { t, language } = useWords();
  const frame = useRef<HTMLDivElement>(null);
  const { nodes, edges, places } = useMemo(() => {
    const places = arrange(graph.document, graph.exits);
    const shown: Node<Shape>[] = [...places].map(([id, position]) => ({
      id, position, type: "box",
      ariaLabel: `${labelOf(graph, id, language)}: ${gist(graph.document.nodes[id]!)}`,
      data: { id, type: graph.document.nodes[id]!.type, label: labelOf(graph, id, language),
        gist: gist(graph.document.nodes[id]!), runs: graph.runs.get(id) ?? 0 },
    }));
    const lines: Edge[] = [...graph.exits].flatMap(([id, exits]) =>
      [...Map.groupBy(exits, ({ to }) => to)]
        .filter(([to]) => graph.document.nodes[to])
        .map(([to, same]) => ({ id: `${id} ${to}`, source: id, target: to,
          ...(same.some(({ name }) => name === "next") ? {}
            : { label: same.map(({ name }) => name).join(", ") }) })));
    return { nodes: shown, edges: lines, places };
  }, [graph, language]);
  return (
    <div className="canvas" ref={frame} role="region" aria-label={t("strategy.graph")}>
      <ReactFlow nodes={nodes} edges={edges} nodeTypes={NODE_TYPES} nodesDraggable={false}
        nodesConnectable={false} edgesFocusable={false} minZoom={0.1}
        onInit={(flow) => void flow.setViewport(atStart(places.get(graph.document.start), frame.current))}>
        <Background />
        <Controls showInteractive={false} aria-label={t("strategy.zoom")} />
        <MiniMap pannable zoomable ariaLabel={t("strategy.map")} nodeBorderRadius={8} />
      </ReactFlow>
    </div>
  );
}

function Outline({ graph }: { graph: Graph }) {
  const { t, language } = useWords();
  return (
    <ol className="outline">
      {order(graph.document, graph.exits).map((id) => (
        <li key={id} id={`node-${id}`}>
          <Icon name={iconOf(graph.document.nodes[id]!.type)} />
          <div>
            <strong>{labelOf(graph, id, language)}</strong> <code>{id}</code>{" "}
            {gist(graph.document.nodes[id]!)}{" "}
            {(graph.runs.get(id) ?? 0) > 0 && (
              <span className="badge accent">{t("strategy.standing", { runs: graph.runs.get(id)! })}</span>
            )}
            <div className="small muted">
              {(graph.exits.get(id) ?? []).map(({ name, to }) => (
                <span key={name}>{name} → <a href={`#node-${to}`}>{to}</a>{" "}</span>
              ))}
            </div>
          </div>
        </li>
      ))}
    </ol>
  );
}

export default function Strategy() {
  const { t } = useWords();
  const id = useParams<{ id: string }>().id;
  const strategy = useGet("/v1/strategies/{strategy}", { strategy: id });
  const versions = useList("/v1/strategies/{strategy}/versions", { strategy: id });
  const counts = useGet("/v1/strategies/{strategy}/counts", { strategy: id }, { limit: 500 });
  const palette = useGet("/v1/strategies/nodes", {});
  const [chosen, choose] = useState<number | null>(null);
  const [outline, setOutline] = useState(false);
  const number = chosen ?? strategy.data?.version;
  const version = useGet("/v1/strategies/{strategy}/versions/{version}",
    { strategy: id, version: String(number) }, {}, number !== undefined);
  const graph = useMemo<Graph | undefined>(() => {
    if (!version.data?.document || !palette.data) return undefined;
    const document = version.data.document as unknown as FlowDocument;
    const types = new Map(palette.data.items.map((type) => [type.type, type]));
    return {
      document, types,
      exits: new Map(Object.entries(document.nodes).map(([name, node]) =>
        [name, exitsOf(node, types.get(node.type))])),
      runs: new Map(counts.data?.items.filter((row) => row.version === number)
        .map((row) => [row.node, row.runs])),
    };
  }, [version.data, palette.data, counts.data, number]);
  return (
    <Shown query={strategy}>
      {(row) => (
        <>
          <div className="page-head">
            <h1>{row.name}</h1>
            <div className="actions">
              <select aria-label={t("strategy.version")} value={number}
                onChange={(event) => choose(Number(event.target.value))}>
                {versions.rows.map((one) => (
                  <option key={one.id} value={one.version}>
                    {t("strategy.version_of", { version: one.version, at: time(one.published_at) })}
                  </option>
                ))}
              </select>
              <button className="button" aria-pressed={outline} onClick={() => setOutline(!outline)}>
                {t(outline ? "strategy.as_graph" : "strategy.as_outline")}
              </button>
            </div>
            {row.description && <p className="muted">{row.description}</p>}
          </div>
          <Shown query={{ ...version, data: graph, error: version.error ?? palette.error }}>
            {(found) => outline ? <div className="panel"><Outline graph={found} /></div>
              : <Canvas graph={found} />}
          </Shown>
        </>
      )}
    </Shown>
  );
}
