// A form that stays on its page: what was typed stays when the server refuses, and that it was
// kept is said. Where somebody else changed the same meanwhile, both are shown, and one chooses.
import { useLayoutEffect, useRef, useState, type FormEvent, type ReactNode } from "react";
import { Refused } from "../api/client";
import type { Amount } from "../api/types";
import { money } from "../format";
import { useWords, type Translate } from "../i18n";
import { FieldWrong } from "./dialog";
import { sentenceOf } from "./state";

const CHANGED = "PN-1301";

export interface Versioned { version: string }
/** Fields as people call them. */
export type Labels<R> = { [N in keyof R]?: string };

/** Whether it was refused as somebody else changed it meanwhile. */
export const isChanged = (error: unknown) => error instanceof Refused && error.problem.code === CHANGED;

const isAmount = (value: object): value is Amount => "minor" in value && "currency" in value;

function shown(t: Translate, value: unknown): string {
  return value === null || value === undefined || value === "" ? "–"
    : typeof value === "boolean" ? t(value ? "form.on" : "form.off")
    : typeof value === "object" ? isAmount(value) ? money(value) : JSON.stringify(value) : String(value);
}

/** Which of the named fields another version says otherwise. */
export function changedIn<R extends Versioned>(base: R, current: R, labels: Labels<R>): (keyof R)[] {
  return (Object.keys(labels) as (keyof R)[])
    .filter((name) => JSON.stringify(base[name] ?? null) !== JSON.stringify(current[name] ?? null));
}

/** What somebody else wrote into the fields of this form. */
export function Theirs<R extends Versioned>({ base, current, labels, say }: {
  base: R; current: R; labels: Labels<R>; say?: { [N in keyof R]?: (value: R[N]) => string };
}) {
  const { t } = useWords();
  const changed = changedIn(base, current, labels);
  if (changed.length === 0) return <p>{t("form.other_fields")}</p>;
  return (
    <ul>
      {changed.map((name) => (
        <li key={String(name)}><strong>{labels[name]}</strong>: {t("form.theirs", {
          value: current[name] && say?.[name]?.(current[name]) || shown(t, current[name]) })}</li>
      ))}
    </ul>
  );
}

/** Keeps what is typed; false: it could not be kept, and the form says why. */
export interface Unsaved { keep: () => Promise<boolean> }

export function SaveForm(props: {
  action: string;
  submit: (form: FormData, version: string | undefined) => Promise<unknown>;
  children: ReactNode;
  more?: ReactNode;
  /** what the form was filled from, as the server has it now */
  current?: Versioned;
  /** its fields, as people call them */
  labels?: Record<string, string>;
  /** told when something typed is not kept yet, with the way to keep it; null: all is kept */
  unsaved?: (way: Unsaved | null) => void;
}) {
  const { t } = useWords();
  const { current } = props;
  const [busy, setBusy] = useState(false);
  const [said, say] = useState<{ text: string; bad: boolean } | null>(null);
  const [conflict, setConflict] = useState(false);
  const [generation, begin] = useState(0);
  const base = useRef(current);
  const dirty = useRef(false);
  const form = useRef<HTMLFormElement>(null);
  const focus = useRef<string | null>(null);
  // what is sent is said to be of the version that the fields were filled from: they move together
  if (!dirty.current && current?.version !== base.current?.version) {
    base.current = current;
    focus.current = form.current?.contains(document.activeElement) ? document.activeElement!.getAttribute("name") : null;
    begin(generation + 1);
  }
  useLayoutEffect(() => {
    const field = focus.current && form.current?.elements.namedItem(focus.current);
    if (field instanceof HTMLElement) field.focus();
    focus.current = null;
  }, [generation]);

  async function send(typed: FormData): Promise<boolean> {
    setBusy(true);
    say(null);
    setConflict(false);
    try {
      await props.submit(typed, base.current?.version);
      dirty.current = false;
      props.unsaved?.(null);
      say({ text: t("form.kept"), bad: false });
    } catch (error) {
      if (isChanged(error) && current) setConflict(true);
      else say({ text: error instanceof FieldWrong ? error.message : sentenceOf(t, error), bad: true });
    }
    setBusy(false);
    return !dirty.current;
  }
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    void send(new FormData(event.currentTarget));
  }
  const keep = async () => form.current!.reportValidity() && send(new FormData(form.current!));
  return (
    <form className="stack" ref={form} onSubmit={submit}
      onChange={() => { dirty.current = true; props.unsaved?.({ keep }); if (said) say(null); }}>
      <div className="stack" key={generation}>{props.children}</div>
      {said?.bad && <p className="note bad" role="alert">{said.text}</p>}
      {conflict && current && base.current && (
        <div className="note warn stack" role="alert">
          <strong>{t("form.conflict")}</strong>
          <Theirs<Versioned> base={base.current} current={current} labels={props.labels ?? {}} />
          <div className="actions">
            <button type="button" className="button" onClick={() => {
              base.current = current;
              form.current?.requestSubmit();
            }}>{t("form.mine")}</button>
            <button type="button" className="button quiet" onClick={() => {
              dirty.current = false;
              props.unsaved?.(null);
              base.current = current;
              setConflict(false);
              begin(generation + 1);
            }}>{t("form.take_theirs")}</button>
          </div>
        </div>
      )}
      <div className="end">
        <span className="ok" role="status">{said && !said.bad ? said.text : ""}</span>
        {props.more}
        <button className="button primary" disabled={busy}>{props.action}</button>
      </div>
    </form>
  );
}

/** What was typed; null clears what was there. */
export function textOf(form: FormData, name: string): string | null {
  return String(form.get(name) ?? "").trim() || null;
}
