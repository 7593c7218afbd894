// A form above the page. What was typed stays when the server refuses, and its sentence is shown.
import { useState, type FormEvent, type ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useWords } from "../i18n";
import { sentenceOf } from "./state";

export function FormDialog(props: {
  title: string;
  action: string;
  wide?: boolean;
  close: () => void;
  submit?: (form: FormData) => Promise<unknown>;
  children: ReactNode;
}) {
  const { t } = useWords();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    event.stopPropagation(); // a dialog that stands inside another form is no field of it
    if (busy) return; // a button that is switched off would lose the focus, and Escape with it
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setWrong(null);
    try {
      await props.submit!(form);
      props.close();
    } catch (error) {
      if (!(error instanceof StaysOpen)) setWrong(error instanceof FieldWrong ? error.message : sentenceOf(t, error));
      setBusy(false);
    }
  }

  return (
    <ModalOverlay className="overlay" isOpen isDismissable={!busy}
      onOpenChange={(open) => { if (!open) props.close(); }}>
      <Modal className={props.wide ? "wide" : ""}>
        <Dialog className="dialog">
          <Heading slot="title" level={2}>{props.title}</Heading>
          {props.submit ? (
            <form className="stack" onSubmit={(event) => void submit(event)}>
              {props.children}
              {wrong && <p className="note bad" role="alert">{wrong}</p>}
              <div className="actions">
                <button type="button" className="button" onClick={props.close}>
                  {t("action.cancel")}
                </button>
                <button className="button primary" aria-disabled={busy || undefined}>{props.action}</button>
              </div>
            </form>
          ) : (
            <>
              {props.children}
              <div className="actions">
                <button type="button" className="button primary" onClick={props.close}>
                  {props.action}
                </button>
              </div>
            </>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** What there is to say, the form says itself. */
export class StaysOpen extends Error {}

/** A field that is wrong before anything was asked of the server. */
export class FieldWrong extends Error {}

export function Field(props: { label: string; hint?: string; children: ReactNode }) {
  return (
    <label className="field">
      <span>{props.label}</span>
      {props.children}
      {props.hint && <span className="hint">{props.hint}</span>}
    </label>
  );
}
