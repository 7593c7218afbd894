// The document as text: to look at, to paste, from a file and into a file.
import { useState } from "react";
import { useWords } from "../i18n";
import { FieldWrong, FormDialog } from "../parts/dialog";
import { saveFile } from "../save";
import { docOf, textOf, type Doc } from "./model";

export function save(doc: Doc) {
  saveFile(new Blob([textOf(doc)], { type: "application/json" }), `${doc.name || "estrategia"}.json`);
}

const LARGEST = 1 << 20;

export default function Json(props: { doc: Doc; close: () => void; set?: (doc: Doc) => void }) {
  const { t } = useWords();
  const [text, setText] = useState(() => textOf(props.doc));
  const [wrong, setWrong] = useState<string | null>(null);
  async function read(file: File | undefined) {
    if (!file) return;
    if (file.size > LARGEST) setWrong(t("designer.json_large"));
    else { setText(await file.text()); setWrong(null); }
  }
  return (
    <FormDialog wide title={t("designer.json")} close={props.close}
      action={t(props.set ? "designer.json_use" : "action.close")}
      {...(props.set ? { submit: async () => {
        const doc = docOf(text);
        if (!doc) throw new FieldWrong(t("designer.json_wrong"));
        props.set!(doc);
      } } : {})}>
      <div className="actions">
        {props.set && (
          <label className="button file">{t("designer.json_open")}
            <input type="file" accept=".json,application/json" className="visually-hidden"
              onChange={(event) => void read(event.target.files?.[0])} /></label>
        )}
        <button type="button" className="button" onClick={() => save(docOf(text) ?? props.doc)}>{t("designer.json_save")}</button>
        <button type="button" className="button" onClick={() => void navigator.clipboard?.writeText(text)}>{t("designer.json_copy")}</button>
      </div>
      {wrong && <p className="note bad" role="alert">{wrong}</p>}
      <textarea className="json" spellCheck={false} aria-label={t("designer.json")} value={text} readOnly={!props.set}
        onChange={(event) => setText(event.target.value)} />
    </FormDialog>
  );
}
