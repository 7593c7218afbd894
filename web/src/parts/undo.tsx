// What was just done, and the button that takes it back: it stays until the next thing is done.
import { useState } from "react";
import { useWords } from "../i18n";
import { FieldWrong } from "./dialog";
import { sentenceOf } from "./state";
import "../style/today.css";

export interface Done { says: string; undo?: (() => Promise<unknown>) | undefined }

export function useUndo() {
  const [done, setDone] = useState<Done | null>(null);
  return { done, tell: (says: string, undo?: () => Promise<unknown>) => setDone({ says, undo }),
    clear: () => setDone(null) };
}

export function UndoBar({ done, clear }: { done: Done | null; clear: () => void }) {
  const { t } = useWords();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  async function back() {
    setBusy(true);
    setWrong(null);
    try {
      await done!.undo!();
      clear();
    } catch (error) {
      setWrong(error instanceof FieldWrong ? error.message : sentenceOf(t, error));
    } finally {
      setBusy(false);
    }
  }
  return (
    <div className="undo-bar" role="status">
      {done && (
        <>
          <span>{done.says}{wrong && <> <strong className="bad">{wrong}</strong></>}</span>
          {done.undo && (
            <button className="button" disabled={busy} onClick={() => void back()}>
              {t("action.undo")}<kbd>U</kbd>
            </button>
          )}
          <button className="button quiet" aria-label={t("action.close")} onClick={clear}>×</button>
        </>
      )}
    </div>
  );
}
