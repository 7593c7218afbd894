// What was just done, and the button that takes it back: it stays until the next thing is done.
import { useEffect, useRef, useState } from "react";
import { useWords } from "../i18n";
import { FieldWrong } from "./dialog";
import { sentenceOf } from "./state";
import "../style/today.css";

/** `label`: where not all of it is taken back, what the button does. */
export interface Done { says: string; undo?: (() => Promise<unknown>) | undefined; label?: string | undefined }

export function useUndo() {
  const [done, setDone] = useState<Done | null>(null);
  return { done, clear: () => setDone(null),
    tell: (says: string, undo?: () => Promise<unknown>, label?: string) => setDone({ says, undo, label }) };
}

/** `letter`: the page takes it back by U too. */
export function UndoBar({ done, clear, letter }: { done: Done | null; clear: () => void; letter?: boolean }) {
  const { t } = useWords();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<{ done: Done; text: string } | null>(null);
  const bar = useRef<HTMLDivElement>(null);
  const held = useRef(false);
  useEffect(() => { // the button goes, and whoever pressed it stays where it was
    if (!done && held.current) bar.current?.focus();
    held.current = false;
  }, [done]);
  function shut() {
    held.current = bar.current?.contains(document.activeElement) ?? false;
    clear();
  }
  async function back() {
    setBusy(true);
    setWrong(null);
    try {
      held.current = bar.current?.contains(document.activeElement) ?? false;
      await done!.undo!();
      clear();
    } catch (error) {
      setWrong({ done: done!, text: error instanceof FieldWrong ? error.message : sentenceOf(t, error) });
    } finally {
      setBusy(false);
    }
  }
  return (
    <div className="undo-bar" role="status" tabIndex={-1} ref={bar}>
      {done && (
        <>
          <span>{done.says}{wrong?.done === done && <> <strong className="bad">{wrong.text}</strong></>}</span>
          {done.undo && (
            <button className="button" disabled={busy} onClick={() => void back()}>
              {done.label ?? t("action.undo")}{letter && <kbd>U</kbd>}
            </button>
          )}
          <button className="button quiet" aria-label={t("action.close")} onClick={shut}>×</button>
        </>
      )}
    </div>
  );
}
