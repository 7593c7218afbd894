// A form that stays on its page: what was typed stays when the server refuses, and that it was
// kept is said.
import { useState, type FormEvent, type ReactNode } from "react";
import { useWords } from "../i18n";
import { FieldWrong } from "./dialog";
import { sentenceOf } from "./state";

export function SaveForm(props: {
  action: string;
  submit: (form: FormData) => Promise<unknown>;
  children: ReactNode;
  more?: ReactNode;
}) {
  const { t } = useWords();
  const [busy, setBusy] = useState(false);
  const [said, say] = useState<{ text: string; bad: boolean } | null>(null);
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    say(null);
    try {
      await props.submit(form);
      say({ text: t("form.kept"), bad: false });
    } catch (error) {
      say({ text: error instanceof FieldWrong ? error.message : sentenceOf(t, error), bad: true });
    }
    setBusy(false);
  }
  return (
    <form className="stack" onSubmit={(event) => void submit(event)} onChange={() => said && say(null)}>
      {props.children}
      {said?.bad && <p className="note bad" role="alert">{said.text}</p>}
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
