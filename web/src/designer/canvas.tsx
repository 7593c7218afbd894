// The strategy as a graph: read, or drawn by dragging, connecting and the + of every edge.
import { Background, BaseEdge, Controls, EdgeLabelRenderer, Handle, MiniMap, Position, ReactFlow,
  useReactFlow, ReactFlowProvider, applyNodeChanges, type Connection, type Edge,
  type EdgeProps, type Node, type NodeChange, type NodeProps } from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { createContext, useContext, useEffect, useMemo, useRef, useState, type DragEvent } from "react";
import { count } from "../format";
import { useWords } from "../i18n";
import { Icon } from "../parts/icon";
import "../style/flow.css";
import type { Doc, Kinds, Onto, Place, Slot } from "./model";
import { HEIGHT, WIDTH, allSlots, lanesOf, standing, type Lane } from "./places";
import { exitWord, gist, iconOf, labelOf, phaseWord, spoken } from "./words";

/** What can be done on the canvas; nothing of it where it is only read. */
export interface Hands {
  select: (ids: string[]) => void;
  open: (id: string) => void;
  connect: (from: string, keys: string[], to: string) => void;
  insert: (onto: Onto) => void;
  /** a kind was dropped: on an edge, or at a place */
  drop: (type: string, onto: Onto | undefined, at: Place, places: Map<string, Place>) => void;
  /** an exit was drawn into the open */
  draw: (onto: Onto, at: Place, places: Map<string, Place>) => void;
  moved: (places: Map<string, Place>) => void;
}

export interface Marks {
  runs?: Map<string, number> | undefined;
  wrong?: Map<string, { errors: number; warnings: number }> | undefined;
  /** lit by a dry run */
  lit?: Set<string> | undefined;
  found?: Set<string> | undefined;
  /** figures: in the boxes instead of what they do, and on the ways ("from to") */
  says?: Map<string, string> | undefined;
  ways?: Map<string, string> | undefined;
}

export const DRAGGED = "application/x-puntual-node";

interface Box extends Record<string, unknown> {
  id: string;
  type: string;
  label: string;
  gist: string;
  slots: (Slot & { word: string })[];
  start: boolean;
  paid: boolean;
  runs: number;
  errors: number;
  warnings: number;
  lit: boolean;
  dim: boolean;
  found: boolean;
  edits: boolean;
}

function BoxNode({ data, selected }: NodeProps<Node<Box>>) {
  const { t } = useWords();
  const classes = ["flow-box", data.type.split(".")[0], selected && "selected", data.lit && "lit",
    data.dim && "dim", data.found && "found", data.errors > 0 && "wrong"].filter(Boolean).join(" ");
  return (
    <div className={classes}>
      <Handle type="target" position={Position.Top} isConnectable={data.edits} />
      <div><Icon name={iconOf(data.type)} /><strong>{data.label}</strong>
        {data.start && <span className="badge ok">{t("designer.start")}</span>}
        {data.paid && <span className="badge ok">{t("designer.when_paid")}</span>}
        {data.errors + data.warnings > 0 && (
          <span className={`badge ${data.errors > 0 ? "bad" : "warn"}`}>
            {t("designer.problems_here", { problems: data.errors + data.warnings })}
          </span>
        )}
        {data.runs > 0 && (
          <span className="badge accent" title={t("strategy.standing", { runs: data.runs })}>
            {count(data.runs)}
          </span>
        )}
      </div>
      <p title={data.gist}>{data.gist || data.id}</p>
      {data.slots.map(({ key, word, to }, i) => (
        <Handle key={key} id={key} type="source" position={Position.Bottom} isConnectable={data.edits}
          title={word} className={to === undefined ? "open" : undefined}
          style={{ left: `${100 * (i + 1) / (data.slots.length + 1)}%` }}>
          {data.edits && to === undefined && data.slots.length > 1 && <i>{word}</i>}
        </Handle>
      ))}
      {data.slots.length === 0 && data.type !== "end" && (
        <Handle type="source" position={Position.Bottom} isConnectable={false} className="none" />
      )}
    </div>
  );
}

function LaneNode({ data }: NodeProps<Node<Lane & Record<string, unknown>>>) {
  const { t } = useWords();
  return <div className="flow-lane" style={{ width: data.width, height: data.height }}><span>{phaseWord(t, data.phase)}</span></div>;
}

/** `lean` and `drop` keep a label from its neighbours: per cent of its width to the left, pixels
 * down. */
interface Way extends Record<string, unknown> { onto: Onto; words: string; lit: boolean; to: string; lean: number; drop: number; bends: Place[] }
const InsertContext = createContext<((onto: Onto) => void) | null>(null);

/** Back up, straight and with round corners: the bends are the ends of the way up. */
function back([start, foot, head, end]: [Place, Place, Place, Place]): { path: string; middle: Place } {
  let path = `M${start.x} ${start.y}`, before = start;
  const turns = [{ x: start.x, y: foot.y }, foot, head, { x: end.x, y: head.y }];
  turns.forEach((turn, i) => {
    const next = turns[i + 1] ?? end;
    const near = (to: Place) => {
      const length = Math.hypot(to.x - turn.x, to.y - turn.y);
      const share = length > 0 ? Math.min(10, length / 2) / length : 0;
      return `${turn.x + (to.x - turn.x) * share} ${turn.y + (to.y - turn.y) * share}`;
    };
    path += `L${near(before)}Q${turn.x} ${turn.y} ${near(next)}`;
    before = turn;
  });
  return { path: `${path}L${end.x} ${end.y}`, middle: { x: foot.x, y: (foot.y + head.y) / 2 } };
}

/** Leaves and reaches every point straight down; its middle, where the + stands, is on it. */
function curve(points: Place[]): { path: string; middle: Place } {
  const [first, ...rest] = points as [Place, ...Place[]];
  let path = `M${first.x} ${first.y}`, before = first;
  for (const next of rest) {
    const pull = Math.max(Math.abs(next.y - before.y) / 2, next.y < before.y ? 80 : 16);
    path += `C${before.x} ${before.y + pull} ${next.x} ${next.y - pull} ${next.x} ${next.y}`;
    before = next;
  }
  const at = points.length >> 1;
  if (points.length > 2) return { path, middle: points[at]! };
  return { path, middle: { x: (first.x + before.x) / 2, y: (first.y + before.y) / 2 } };
}

function WayEdge(props: EdgeProps<Edge<Way>>) {
  const { t } = useWords();
  const insert = useContext(InsertContext);
  const data = props.data!;
  const start = { x: props.sourceX, y: props.sourceY }, end = { x: props.targetX, y: props.targetY };
  const [foot, head] = data.bends;
  const { path, middle } = foot && head && head.y < foot.y ? back([start, foot, head, end]) : curve([start, ...data.bends, end]);
  return (
    <>
      <BaseEdge id={props.id} path={path} markerEnd={props.markerEnd!} interactionWidth={18}
        className={data.lit ? "lit" : ""} />
      <EdgeLabelRenderer>
        {data.words && (
          <span className="flow-label nopan" style={{ transform:
            `translate(${data.lean}%, 0) translate(${props.sourceX}px, ${props.sourceY + data.drop}px)` }}>{data.words}</span>
        )}
        {insert && (
          <button className="flow-insert nodrag nopan" data-from={data.onto.from} data-keys={data.onto.keys.join("|")}
            aria-label={t("designer.insert_between", { from: data.onto.from, to: data.to })}
            title={t("designer.insert")} onClick={() => insert(data.onto)}
            style={{ transform: `translate(-50%, -50%) translate(${middle.x}px, ${middle.y}px)` }}>
            +
          </button>
        )}
      </EdgeLabelRenderer>
    </>
  );
}

const NODE_TYPES = { box: BoxNode, lane: LaneNode };
const EDGE_TYPES = { way: WayEdge };

interface CanvasProps {
  doc: Doc;
  kinds: Kinds;
  marks: Marks;
  selected: string[];
  hands?: Hands | undefined;
  /** brought into view when it changes */
  shown?: string | undefined;
}

function Drawn({ doc, kinds, marks, selected, hands, shown }: CanvasProps) {
  const { t, language } = useWords();
  const frame = useRef<HTMLDivElement>(null);
  const flow = useReactFlow<Node<Box>, Edge<Way>>();
  const { slots, places, bends, lanes } = useMemo(() => {
    const slots = allSlots(doc, kinds);
    const { places, bends } = standing(doc, slots);
    return { slots, places, bends, lanes: lanesOf(doc, slots, places) };
  }, [doc, kinds]);
  const chosen = selected.join(" ");
  const wanted = useMemo<Node[]>(() => {
    const marked = new Set(chosen.split(" "));
    const bands: Node[] = lanes.map((lane) => ({ id: `lane ${lane.phase}`, type: "lane",
      position: { x: lane.x, y: lane.y }, data: { ...lane }, selectable: false, draggable: false,
      focusable: false, zIndex: -1, width: lane.width, height: lane.height }));
    return [...bands, ...[...places].map(([id, position]): Node<Box> => {
      const node = doc.nodes[id]!;
      const wrong = marks.wrong?.get(id);
      return { id, position, type: "box", selected: marked.has(id), width: WIDTH, height: HEIGHT,
        ariaLabel: `${spoken(t, language, kinds, doc, id)} (${id})`,
        data: { id, type: node.type, label: labelOf(kinds, node.type, language), gist: marks.says?.get(id) ?? gist(t, node),
          slots: (slots.get(id) ?? []).map((slot) => ({ ...slot, word: exitWord(t, slot) })),
          start: doc.start === id, paid: doc.on_paid === id, runs: marks.runs?.get(id) ?? 0, errors: wrong?.errors ?? 0,
          warnings: wrong?.warnings ?? 0, lit: marks.lit?.has(id) ?? false,
          dim: marks.lit !== undefined && !marks.lit.has(id), found: marks.found?.has(id) ?? false,
          edits: hands !== undefined } };
    })];
  }, [doc, kinds, slots, places, lanes, marks, chosen, hands === undefined, t, language]);
  const [nodes, setNodes] = useState<Node[]>(wanted);
  useEffect(() => setNodes(wanted), [wanted]);
  const edges = useMemo<Edge<Way>[]>(() => [...slots].flatMap(([id, all]) =>
    [...Map.groupBy(all.filter(({ to }) => to && doc.nodes[to]), ({ to }) => to!)]
      .map(([to, same], i, others) => ({ id: `${id} ${to}`, type: "way", source: id, target: to,
        sourceHandle: same[(same.length - 1) >> 1]!.key, selectable: hands !== undefined, focusable: false,
        data: { onto: { from: id, keys: same.map(({ key }) => key) }, to,
          lit: marks.lit?.has(`${id} ${to}`) ?? false,
          lean: others.length === 1 ? -50 : Math.round(-85 + 70 * i / (others.length - 1)),
          drop: others.length > 2 && i % 2 === 1 ? 25 : 8, bends: bends.get(`${id} ${to}`) ?? [],
          words: [all.length === 1 ? "" : same.map((slot) => exitWord(t, slot)).join(", "), marks.ways?.get(`${id} ${to}`)]
            .filter(Boolean).join(" · ") } }))),
  [doc, slots, bends, marks.lit, marks.ways, hands === undefined, t]);

  useEffect(() => {
    const place = shown && places.get(shown);
    if (place) void flow.setCenter(place.x + WIDTH / 2, place.y + HEIGHT / 2, { zoom: Math.max(flow.getZoom(), 0.7) });
  }, [shown]);

  function onNodesChange(changes: NodeChange[]) {
    setNodes((before) => applyNodeChanges(changes, before));
    const picks = changes.filter((change) => change.type === "select");
    if (picks.length > 0) {
      const next = new Set(selected);
      for (const { id, selected: on } of picks) on ? next.add(id) : next.delete(id);
      if (hands) hands.select([...next]);
    }
  }
  const here = () => new Map(nodes.filter(({ type }) => type === "box").map(({ id, position }) => [id, position]));
  const at = (event: { clientX: number; clientY: number }) => {
    const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    return { x: x - WIDTH / 2, y: y - HEIGHT / 2 };
  };
  function dropped(event: DragEvent) {
    const type = event.dataTransfer.getData(DRAGGED);
    if (!type || !hands) return;
    event.preventDefault();
    const edge = (event.target as Element).closest<HTMLElement>(".flow-insert");
    const onto = edge ? { from: edge.dataset["from"]!, keys: edge.dataset["keys"]!.split("|") } : undefined;
    hands.drop(type, onto, at(event), here());
  }
  function atStart() {
    const { x, y } = places.get(doc.start) ?? { x: 0, y: 0 };
    const zoom = 0.85;
    void flow.setViewport({ zoom, y: 40 - y * zoom, x: (frame.current?.clientWidth ?? 0) / 2 - (x + WIDTH / 2) * zoom });
  }

  return (
    <div className="canvas" ref={frame} role="region" aria-label={t("strategy.graph")}
      onDragOver={(event) => { if (hands) event.preventDefault(); }} onDrop={dropped}>
      <InsertContext value={hands?.insert ?? null}>
        <ReactFlow nodes={nodes} edges={edges} nodeTypes={NODE_TYPES} edgeTypes={EDGE_TYPES}
          onNodesChange={onNodesChange} nodesDraggable={hands !== undefined} minZoom={0.1} maxZoom={1.5}
          nodesConnectable={hands !== undefined} elementsSelectable deleteKeyCode={null}
          connectionRadius={40} connectOnClick={hands !== undefined}
          onConnect={({ source, sourceHandle, target }: Connection) => {
            if (sourceHandle) hands?.connect(source, [sourceHandle], target);
          }}
          onConnectEnd={(event, state) => {
            const from = state.fromNode?.id, key = state.fromHandle?.id;
            if (!hands || state.isValid || state.toNode || !from || !key || !("clientX" in event)) return;
            hands.draw({ from, keys: [key] }, at(event), here());
          }}
          onNodeDragStop={() => hands?.moved(here())}
          onNodeDoubleClick={(_, node) => hands?.open(node.id)}
          onPaneClick={() => hands?.select([])}
          ariaLabelConfig={{
            "node.a11yDescription.default": t(hands ? "designer.aria_node" : "designer.aria_look"),
            "node.a11yDescription.keyboardDisabled": t("designer.aria_look"),
            "edge.a11yDescription.default": "",
            "controls.zoomIn.ariaLabel": t("designer.zoom_in"), "controls.zoomOut.ariaLabel": t("designer.zoom_out"),
            "controls.fitView.ariaLabel": t("designer.zoom_fit"),
          }}
          onInit={atStart}>
          <Background />
          <Controls showInteractive={false} aria-label={t("strategy.zoom")} />
          <MiniMap nodeColor={(node) => node.type === "lane" ? "transparent" : ""} pannable zoomable ariaLabel={t("strategy.map")} nodeBorderRadius={8} />
        </ReactFlow>
      </InsertContext>
    </div>
  );
}

export function Canvas(props: CanvasProps) {
  return <ReactFlowProvider><Drawn {...props} /></ReactFlowProvider>;
}
