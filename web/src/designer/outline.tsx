// The strategy as a list: everything the canvas can, by keys. One row is in the order of Tab; the
// arrows move among them.
import { useEffect, useRef, type KeyboardEvent } from "react";
import { count } from "../format";
import { useWords } from "../i18n";
import { Icon } from "../parts/icon";
import type { Marks } from "./canvas";
import type { Doc, Kinds } from "./model";
import { allSlots, order, phasesOf } from "./places";
import { exitWord, gist, iconOf, labelOf, phaseWord } from "./words";

export interface OutlineHands {
  select: (ids: string[]) => void;
  open: (id: string) => void;
  add: (after: string | undefined) => void;
  connect: (id: string) => void;
  remove: (id: string) => void;
  up: (id: string) => void;
  down: (id: string) => void;
}

export function Outline(props: { doc: Doc; kinds: Kinds; marks: Marks; selected: string[];
  hands?: OutlineHands | undefined }) {
  const { t, language } = useWords();
  const { doc, kinds, marks, hands } = props;
  const slots = allSlots(doc, kinds);
  const phases = phasesOf(doc, slots);
  const ids = order(doc, slots);
  const chosen = props.selected[0] && doc.nodes[props.selected[0]] ? props.selected[0] : undefined;
  const list = useRef<HTMLOListElement>(null);
  const row = (id: string | undefined) => list.current?.querySelector<HTMLElement>(`[data-id="${id}"]`);
  useEffect(() => { // what was deleted or renamed leaves the focus with what is chosen now
    if (hands && document.activeElement === document.body) row(chosen)?.focus();
  });

  function go(id: string | undefined) {
    if (!id) return;
    hands?.select([id]);
    row(id)?.focus();
  }
  function pressed(event: KeyboardEvent, id: string) {
    if (!hands || event.ctrlKey || event.metaKey) return;
    const at = ids.indexOf(id);
    const key = event.key;
    if (event.altKey && key === "ArrowUp") hands.up(id);
    else if (event.altKey && key === "ArrowDown") hands.down(id);
    else if (event.altKey) return;
    else if (key === "ArrowUp") go(ids[at - 1]);
    else if (key === "ArrowDown") go(ids[at + 1]);
    else if (key === "Home") go(ids[0]);
    else if (key === "End") go(ids.at(-1));
    else if (key === "Enter" || key === "F2") hands.open(id);
    else if (key === "a" || key === "A" || key === "+" || key === "Insert") hands.add(id);
    else if (key === "c" || key === "C") hands.connect(id);
    else if (key === "Delete" || key === "Backspace") hands.remove(id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <ol className="outline" ref={list} aria-label={t("designer.outline")}>
      {ids.map((id, i) => {
        const node = doc.nodes[id]!;
        const wrong = marks.wrong?.get(id);
        const phase = phases.get(id);
        const opens = phase && phase !== phases.get(ids[i - 1] ?? "");
        return (
          <li key={id} id={`node-${id}`} className={[marks.lit?.has(id) && "lit", chosen === id && "chosen",
            marks.found?.has(id) && "found"].filter(Boolean).join(" ")}>
            {opens && <span className="outline-phase">{phaseWord(t, phase)}</span>}
            <div>
              <Icon name={iconOf(node.type)} />
              <div>
                {hands ? (
                  <button className="outline-row" data-id={id} tabIndex={chosen === id || (!chosen && i === 0) ? 0 : -1}
                    aria-current={chosen === id || undefined} onFocus={() => { if (chosen !== id) hands.select([id]); }}
                    onKeyDown={(event) => pressed(event, id)} onDoubleClick={() => hands.open(id)}>
                    <strong>{labelOf(kinds, node.type, language)}</strong> {gist(t, node)}
                  </button>
                ) : <span><strong>{labelOf(kinds, node.type, language)}</strong> {marks.says?.get(id) ?? gist(t, node)}</span>}{" "}
                <code>{id}</code>{" "}
                {doc.start === id && <span className="badge ok">{t("designer.start")}</span>}{" "}
                {(marks.runs?.get(id) ?? 0) > 0 && (
                  <span className="badge accent" title={t("strategy.standing", { runs: marks.runs!.get(id)! })}>
                    {count(marks.runs!.get(id)!)}
                  </span>
                )}{" "}
                {wrong && <span className={`badge ${wrong.errors > 0 ? "bad" : "warn"}`}>
                  {t("designer.problems_here", { problems: wrong.errors + wrong.warnings })}</span>}
                <div className="small muted exits">
                  {(slots.get(id) ?? []).map((slot) => (
                    <span key={slot.key}>{exitWord(t, slot)} → {slot.to && doc.nodes[slot.to]
                      ? (hands ? <span>{slot.to}</span> : <a href={`#node-${slot.to}`}>{slot.to}</a>)
                      : <span className="bad">{t("designer.nowhere")}</span>}</span>
                  ))}
                </div>
              </div>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
