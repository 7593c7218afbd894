// Drawing a strategy: the canvas or the list, the palette, the form of what is chosen, and what the
// server finds wrong while one draws.
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState, type DragEvent } from "react";
import { post } from "../api/client";
import type { Draft, DraftRow, StrategyCheck } from "../api/types";
import { time } from "../format";
import { useWords, type Key } from "../i18n";
import { FormDialog } from "../parts/dialog";
import { Icon } from "../parts/icon";
import { Asked, useAsked } from "../parts/four_eyes";
import { Dropped, KeptNote, KeptState, useKept } from "../parts/draft";
import { sentenceOf } from "../parts/state";
import "../style/designer.css";
import { Canvas, DRAGGED, type Hands, type Marks } from "./canvas";
import { Inspector, Problems, type InspectorHands } from "./inspector";
import * as model from "./model";
import type { Doc, Kinds, Onto, Place } from "./model";
import { allSlots, fixed, order } from "./places";
import { Outline, type OutlineHands } from "./outline";
import { Picker } from "./picker";
import { bare, exitWord, grouped, iconOf, labelOf, spoken } from "./words";

const Publish = lazy(() => import("./publish"));
const DryRun = lazy(() => import("./dry"));
const Json = lazy(() => import("./json"));
const Simulate = lazy(() => import("../parts/simulate"));

interface Adding { onto?: Onto; after?: string | undefined; at?: Place; places?: Map<string, Place> }

const CHECK_MS = 400;

function typing(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [role=dialog]") !== null;
}

/** Letters typed into one field are one step back; a choice is a step of its own. */
function markOf(what: string): string | null {
  const field = document.activeElement;
  return field instanceof HTMLTextAreaElement ||
    (field instanceof HTMLInputElement && field.type !== "checkbox") ? what : null;
}

/** What the server finds wrong, a moment after the last change. */
function useCheck(doc: Doc) {
  const { t } = useWords();
  const [check, setCheck] = useState<StrategyCheck | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      post("/v1/strategies/check", {}, { document: doc as never }).then(
        (answer) => { if (current) { setCheck(answer); setFailed(null); } },
        (error: unknown) => { if (current) setFailed(sentenceOf(t, error)); });
    }, CHECK_MS);
    return () => { current = false; clearTimeout(timer); };
  }, [doc]);
  return { check, failed };
}

function PaletteList({ kinds, add }: { kinds: Kinds; add: (type: string) => void }) {
  const { t, language } = useWords();
  const [text, setText] = useState("");
  const fits = (words: string) => bare(words).includes(bare(text.trim()));
  const drag = (event: DragEvent, type: string) => {
    event.dataTransfer.setData(DRAGGED, type);
    event.dataTransfer.effectAllowed = "copy";
  };
  return (
    <aside className="panel designer-palette" aria-label={t("designer.palette")}>
      <input type="search" aria-label={t("designer.find_kind")} placeholder={t("designer.find_kind")} value={text}
        onChange={(event) => setText(event.target.value)} />
      <div className="designer-kinds" tabIndex={-1}>
        {grouped(kinds).map(([group, all]) => {
          const found = all.filter(({ type, label }) => fits(label[language]) || fits(type));
          return found.length > 0 && (
            <section key={group}>
              <h2>{t(`designer.group.${group}` as Key)}</h2>
              {found.map(({ type, label, help }) => (
                <button key={type} className={`designer-kind ${type.split(".")[0]}`} draggable data-type={type} title={help[language]}
                  onDragStart={(event) => drag(event, type)} onClick={() => add(type)}>
                  <Icon name={iconOf(type)} />{label[language]}
                </button>
              ))}
            </section>
          );
        })}
      </div>
    </aside>
  );
}

export interface EditorProps {
  initial: Doc;
  kinds: Kinds;
  /** the strategy's id, or "new" */
  strategy: string;
  base: number;
  /** the version that is published now: somebody may have published while this was drawn */
  newest?: number;
  /** what was written already */
  draft: Draft | null;
  runs?: Map<string, number> | undefined;
  leave: (id: string | undefined) => void;
  discard: () => void;
  /** what was thrown away was taken back */
  restored: (draft: DraftRow) => void;
}

export default function Editor(props: EditorProps) {
  const { t, language } = useWords();
  const { kinds } = props;
  const [past, setPast] = useState(() => model.history(props.initial));
  const doc = past.now;
  const [selected, select] = useState<string[]>([]);
  const [outline, setOutline] = useState(() => matchMedia("(max-width: 900px)").matches);
  const [adding, setAdding] = useState<Adding | null>(null);
  const [connecting, setConnecting] = useState<string | null>(null);
  const [dialog, setDialog] = useState<"publish" | "json" | "simulate" | "discard" | null>(null);
  const [dry, setDry] = useState(false);
  const [lit, setLit] = useState<Set<string> | undefined>(undefined);
  const [shown, show] = useState<string | undefined>(undefined);
  const [listing, setListing] = useState(false);
  const [text, setText] = useState("");
  const [said, say] = useState("");
  const kept = useKept<Doc>({ kind: "strategy", name: props.strategy === "new" ? null : props.initial.name,
    base: props.base, draft: props.draft, doc, initial: props.initial, parts: model.parts });
  const asked = useAsked("publish", doc.name, kept.draft?.changed_at); // about this very text
  const frame = useRef<HTMLDivElement>(null);
  const { check, failed } = useCheck(doc);

  const change = useCallback((make: (doc: Doc) => Doc, mark: string | null = null) =>
    setPast((before) => model.changed(before, make(before.now), mark)), []);

  const drop = async () => { if (await kept.drop()) props.discard(); };
  const pending = useRef(0);
  const focusOn = (selector: string, wait: number) => { // the last one asked for wins
    clearTimeout(pending.current);
    pending.current = window.setTimeout(() => frame.current?.querySelector<HTMLElement>(selector)?.focus(), wait);
  };
  const focusForm = () => focusOn(
    ".inspector .field input, .inspector .field select, .inspector .field textarea, .inspector fieldset input", 30);
  const focusRow = (id: string) =>
    focusOn(`[data-id="${id}"].outline-row, .react-flow__node[data-id="${id}"]`, 60);

  function added(made: { doc: Doc; id: string }, type: string) {
    change(() => made.doc);
    select([made.id]);
    say(t("designer.said_added", { what: labelOf(kinds, type, language) }));
  }
  function add(type: string, where: Adding) {
    let begin = doc;
    if (where.at && where.places) begin = fixed(doc, where.places);
    if (where.onto) added(model.addNode(begin, kinds, type, where.onto, where.at), type);
    else if (where.at) added(model.addNode(begin, kinds, type, undefined, where.at), type);
    else added(model.addAfter(begin, kinds, type, where.after), type);
  }
  function remove(ids: string[]) {
    if (ids.length === 0) return;
    const rows = order(doc, allSlots(doc, kinds));
    const next = model.removeNodes(doc, kinds, ids);
    change(() => next);
    const at = rows.findIndex((id) => ids.includes(id));
    const after = rows.slice(at).find((id) => next.nodes[id]) ?? rows.slice(0, at).reverse().find((id) => next.nodes[id]);
    select(after && outline ? [after] : []);
    if (after && outline) focusRow(after);
    say(t("designer.said_removed", { nodes: ids.length }));
  }
  function duplicate() {
    const made = model.paste(doc, kinds, model.copy(doc, selected));
    change(() => made.doc);
    select(made.ids);
  }
  const back = () => { setPast(model.undo); say(t("designer.said_undone")); };
  const forth = () => { setPast(model.redo); say(t("designer.said_redone")); };
  const open = (id: string) => { select([id]); setDry(false); setLit(undefined); focusForm(); };

  const now = useRef({ doc, selected, remove, duplicate, add, open, back, forth });
  now.current = { doc, selected, remove, duplicate, add, open, back, forth };
  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      if (document.querySelector("[role=dialog]")) return;
      const here = now.current;
      const key = event.key.toLowerCase();
      if (event.ctrlKey || event.metaKey) {
        if (typing(event.target)) return;
        if (key === "z" && !event.shiftKey) here.back();
        else if (key === "y" || (key === "z" && event.shiftKey)) here.forth();
        else if (key === "d") here.duplicate();
        else if (key === "a" && (event.target as Element).closest(".canvas")) select(Object.keys(here.doc.nodes));
        else return;
      } else if (typing(event.target) || event.altKey) {
        return;
      } else if (key === "delete" || key === "backspace") {
        here.remove(here.selected);
      } else if (key === "enter" && (event.target as Element).closest(".react-flow__node")) {
        here.open((event.target as HTMLElement).dataset["id"]!);
      } else if ((key === "+" || key === "insert") && !(event.target as Element).closest("button")) {
        setAdding({ after: here.selected[0] });
      } else {
        return;
      }
      event.preventDefault();
    }
    function copied(event: ClipboardEvent) {
      const here = now.current;
      if (typing(event.target) || here.selected.length === 0 || !getSelection()?.isCollapsed) return;
      event.clipboardData?.setData("text/plain", JSON.stringify(model.copy(here.doc, here.selected), null, 2));
      event.preventDefault();
      if (event.type === "cut") here.remove(here.selected);
    }
    function pasted(event: ClipboardEvent) {
      if (typing(event.target)) return;
      const here = now.current;
      const clip = model.clipOf(event.clipboardData?.getData("text/plain") ?? "");
      if (!clip) return;
      event.preventDefault();
      const made = model.paste(here.doc, kinds, clip);
      change(() => made.doc);
      select(made.ids);
      say(t("designer.said_pasted", { nodes: made.ids.length }));
    }
    document.addEventListener("keydown", pressed);
    document.addEventListener("copy", copied);
    document.addEventListener("cut", copied);
    document.addEventListener("paste", pasted);
    return () => {
      document.removeEventListener("keydown", pressed);
      document.removeEventListener("copy", copied);
      document.removeEventListener("cut", copied);
      document.removeEventListener("paste", pasted);
    };
  }, []);

  const matches = useMemo(() => text.trim() === "" ? [] : order(doc, allSlots(doc, kinds)).filter((id) =>
    bare(`${id} ${spoken(t, language, kinds, doc, id)}`).includes(bare(text.trim()))), [text, doc, kinds]);
  const problems = check?.problems ?? [];
  const errors = problems.filter(({ error }) => error).length;
  const marks = useMemo<Marks>(() => {
    const wrong = new Map<string, { errors: number; warnings: number }>();
    for (const { node, error } of problems) {
      if (!node) continue;
      const one = wrong.get(node) ?? { errors: 0, warnings: 0 };
      wrong.set(node, error ? { ...one, errors: one.errors + 1 } : { ...one, warnings: one.warnings + 1 });
    }
    return { wrong, lit, runs: props.runs, found: new Set(matches) };
  }, [check, lit, matches, props.runs]);
  const goTo = (id: string) => { select([id]); show(undefined); setTimeout(() => show(id)); if (outline) focusRow(id); };

  const hands: Hands = {
    select, open,
    connect: (from, keys, to) => change((one) => model.connect(one, from, keys, to)),
    insert: (onto) => setAdding({ onto }),
    drop: (type, onto, at, places) => add(type, onto ? { onto } : { at, places }),
    draw: (onto, at, places) => setAdding({ onto, at, places }),
    moved: (places) => change((one) => fixed(one, places)),
  };
  const keys: OutlineHands = {
    select, open,
    add: (after) => setAdding({ after }),
    connect: setConnecting,
    remove: (id) => remove([id]),
    up: (id) => { change((one) => model.moveUp(one, kinds, id)); focusRow(id); },
    down: (id) => { change((one) => model.moveDown(one, kinds, id)); focusRow(id); },
  };
  const forms: InspectorHands = {
    setParam: (id, name, value) => change((one) => model.setParam(one, id, name, value), markOf(`${id} ${name}`)),
    setHead: (name, value) => change((one) => model.setHead(one, name, value), markOf(`head ${name}`)),
    rename: (id, other) => { change((one) => model.rename(one, kinds, id, other)); select([other]); },
    connect: (id, key, to) => change((one) => model.connect(one, id, [key], to)),
    addOnto: (from, key) => setAdding({ onto: { from, keys: [key] } }),
    duplicate, remove: () => remove(selected), close: () => select([]),
  };
  const many = Object.keys(doc.nodes).length;
  const one = selected[0];

  return (
    <div className="designer" ref={frame} onBlur={() => setPast((h) => h.mark === null ? h : { ...h, mark: null })}>
      <div className="page-head">
        <h1>{doc.name || t("designer.new")}</h1>
        <KeptState kept={kept} />
        <div className="actions">
          <button className="button quiet" onClick={() => setDialog("discard")}>{t("designer.leave")}</button>
          <button className="button" onClick={() => setDialog("json")}>JSON</button>
          <button className="button" aria-pressed={dry} onClick={() => { setDry(!dry); setLit(undefined); }}>{t("designer.dry_run")}</button>
          <button className="button" disabled={many === 0} onClick={() => setDialog("simulate")}>{t("study.simulate")}</button>
          <button className="button primary" disabled={many === 0} onClick={() => setDialog("publish")}>{t("designer.publish_open")}</button>
        </div>
      </div>
      <Dropped kind="strategy" restored={props.restored} />
      <KeptNote kept={kept} take={(taken) => { taken ? change(() => taken) : props.discard(); }} />
      {props.draft && past.past.length === 0 && !kept.theirs && (
        <p className="note draft-note">{t("designer.draft_continued", { at: time(props.draft.changed_at) })}{" "}
          <button className="button" onClick={() => void drop()}>{t("designer.draft_drop")}</button></p>
      )}
      {props.newest !== undefined && props.newest > props.base && (
        <p className="note warn draft-note" role="status">{t("designer.newer", { base: props.base, newest: props.newest })}</p>
      )}
      {asked && kept.state === "kept" && (
        <Asked approval={asked}>
          <p style={{ marginTop: 8 }}><button className="button" onClick={() => setDialog("publish")}>{t("designer.publish_open")}</button></p>
        </Asked>
      )}
      <div className="designer-bar" role="toolbar" aria-label={t("designer.tools")}>
        <button className="button" disabled={past.past.length === 0} onClick={back} title="Ctrl Z">{t("designer.undo")}</button>
        <button className="button" disabled={past.future.length === 0} onClick={forth} title="Ctrl Y">{t("designer.redo")}</button>
        <button className="button" onClick={() => setAdding({ after: one })}>{t("designer.add")}</button>
        <button className="button" aria-pressed={outline} onClick={() => setOutline(!outline)}>
          {t(outline ? "strategy.as_graph" : "strategy.as_outline")}</button>
        {!outline && <button className="button" disabled={!doc.layout} onClick={() => change(({ layout: _, ...rest }) => rest as Doc)}>{t("designer.arrange")}</button>}
        <input type="search" className="search" aria-label={t("designer.search")} placeholder={t("designer.search")} value={text}
          onChange={(event) => setText(event.target.value)} onKeyDown={(event) => {
            if (event.key === "Enter" && matches.length > 0) goTo(matches[(matches.indexOf(one ?? "") + 1) % matches.length]!);
          }} />
        {text.trim() !== "" && <span className="small muted" role="status">{t("designer.matches", { matches: matches.length })}</span>}
        <button className={`button problems-button ${errors > 0 ? "bad" : ""}`} aria-expanded={listing} disabled={problems.length === 0}
          onClick={() => setListing(!listing)}>
          {failed ?? (check === null ? t("designer.checking") : problems.length === 0 ? t("designer.all_well")
            : t("designer.problems", { problems: problems.length }))}
        </button>
      </div>
      {listing && problems.length > 0 && <div className="panel problems-panel"><Problems problems={problems} go={goTo} /></div>}
      <div className={`designer-body ${outline ? "as-list" : ""}`}>
        {!outline && <PaletteList kinds={kinds} add={(type) => add(type, { after: one })} />}
        {outline ? (
          <div className="panel designer-list">
            <div className="designer-bar" role="toolbar" aria-label={t("designer.row_tools")}>
              <button className="button" onClick={() => setAdding({ after: one })}>{t("designer.add_after")} <kbd>A</kbd></button>
              <button className="button" disabled={!one} onClick={() => setConnecting(one!)}>{t("designer.connect")} <kbd>C</kbd></button>
              <button className="button" disabled={!one} onClick={() => open(one!)}>{t("designer.edit_node")} <kbd>⏎</kbd></button>
              <button className="button" disabled={!one} onClick={() => keys.up(one!)}>{t("designer.up")} <kbd>Alt ↑</kbd></button>
              <button className="button" disabled={!one} onClick={() => keys.down(one!)}>{t("designer.down")} <kbd>Alt ↓</kbd></button>
              <button className="button" disabled={!one} onClick={() => remove([one!])}>{t("designer.delete")} <kbd>Supr</kbd></button>
            </div>
            {many === 0 ? <p className="muted">{t("designer.list_empty")}</p>
              : <Outline doc={doc} kinds={kinds} marks={marks} selected={selected} hands={keys} />}
          </div>
        ) : (
          <div className="designer-canvas">
            <Canvas doc={doc} kinds={kinds} marks={marks} selected={selected} hands={hands} shown={shown} />
            {many === 0 && <p className="designer-hint">{t("designer.canvas_empty")}</p>}
          </div>
        )}
        {dry ? (
          <Suspense fallback={null}>
            <DryRun doc={doc} kinds={kinds} light={setLit} show={goTo} close={() => setDry(false)} />
          </Suspense>
        ) : <Inspector doc={doc} kinds={kinds} selected={selected} problems={problems}
            fixedName={props.strategy !== "new"} hands={forms} />}
      </div>
      <p className="visually-hidden" role="status">{said}</p>
      {adding && <Picker title={t(adding.onto?.from || adding.after ? "designer.add_where" : "designer.add_first",
        { from: adding.onto?.from ?? adding.after ?? "" })} kinds={kinds} close={() => setAdding(null)}
        pick={(type) => { const where = adding; setAdding(null); add(type, where); if (outline) focusOn(".outline-row[aria-current]", 120); }} />}
      {connecting && doc.nodes[connecting] && (
        <Connect doc={doc} kinds={kinds} id={connecting} close={() => { const id = connecting; setConnecting(null); focusRow(id); }}
          set={(key, to) => change((before) => model.connect(before, connecting, [key], to))} />
      )}
      <Suspense fallback={null}>
        {dialog === "json" && <Json doc={doc} close={() => setDialog(null)} set={(next) => {
          change(() => props.strategy === "new" ? next : { ...next, name: doc.name });
          select([]);
        }} />}
        {dialog === "simulate" && <Simulate title={doc.name || t("designer.new")} flush={kept.flush} close={() => setDialog(null)} />}
        {dialog === "publish" && <Publish doc={doc} newest={props.newest ?? 0} flush={kept.flush} close={() => setDialog(null)} published={(id) => {
          kept.end();
          props.leave(id);
        }} />}
      </Suspense>
      {dialog === "discard" && (
        <FormDialog title={t("designer.leave_title")} action={t("designer.leave_keep")} close={() => setDialog(null)}
          submit={async () => props.leave(undefined)}>
          <p>{t(kept.state !== "none" ? "designer.leave_says" : "designer.leave_nothing")}</p>
          {kept.state !== "none" && <button type="button" className="button" onClick={() => void kept.drop().then((done) => done ? props.leave(undefined) : setDialog(null))}>
            {t("designer.draft_drop")}</button>}
        </FormDialog>
      )}
    </div>
  );
}

function Connect(props: { doc: Doc; kinds: Kinds; id: string; close: () => void; set: (key: string, to: string | undefined) => void }) {
  const { t, language } = useWords();
  const { doc, kinds, id } = props;
  const slots = model.slotsOf(doc.nodes[id]!, kinds.get(doc.nodes[id]!.type));
  const [key, setKey] = useState((slots.find(({ to }) => to === undefined) ?? slots[0])?.key ?? "");
  const [to, setTo] = useState(slots.find((slot) => slot.key === key)?.to ?? "");
  if (slots.length === 0) {
    return <FormDialog title={t("designer.connect")} action={t("action.close")} close={props.close}><p>{t("designer.no_exits")}</p></FormDialog>;
  }
  return (
    <FormDialog title={t("designer.connect_from", { from: id })} action={t("designer.connect")} close={props.close}
      submit={async () => props.set(key, to || undefined)}>
      <label className="field"><span>{t("designer.exit_name")}</span>
        <select value={key} autoFocus onChange={(event) => { setKey(event.target.value); setTo(slots.find((slot) => slot.key === event.target.value)?.to ?? ""); }}>
          {slots.map((slot) => <option key={slot.key} value={slot.key}>{exitWord(t, slot)}</option>)}
        </select></label>
      <label className="field"><span>{t("designer.leads_to")}</span>
        <select value={to} onChange={(event) => setTo(event.target.value)}>
          <option value="">{t("designer.nowhere")}</option>
          {order(doc, allSlots(doc, kinds)).filter((other) => other !== id).map((other) => (
            <option key={other} value={other}>{other} · {spoken(t, language, kinds, doc, other)}</option>))}
        </select></label>
    </FormDialog>
  );
}
