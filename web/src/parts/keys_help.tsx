// Which letters do what on this screen, and the switch that turns letters off (WCAG 2.1.4).
import { useState } from "react";
import { useWords } from "../i18n";
import { lettersOn, setLetters } from "../keys";
import { FormDialog } from "./dialog";

export function KeysHelp(props: { keys: [string, string][]; close: () => void }) {
  const { t } = useWords();
  const [on, setOn] = useState(lettersOn());
  return (
    <FormDialog title={t("keys.title")} action={t("action.close")} close={props.close}>
      <dl className="facts keys">
        {props.keys.map(([key, does]) => (
          <div key={key} style={{ display: "contents" }}><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div>
        ))}
      </dl>
      <label>
        <input type="checkbox" checked={on} onChange={(event) => {
          setLetters(event.target.checked);
          setOn(event.target.checked);
        }} /> {t("keys.letters")}
      </label>
      <p className="muted small">{t("keys.says")}</p>
    </FormDialog>
  );
}
