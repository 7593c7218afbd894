// A debtor found by a piece of its name, its key or its tax id.
import { useDeferredValue, useState } from "react";
import { useGet } from "../api/queries";
import type { Debtor } from "../api/types";
import { useWords } from "../i18n";
import { Field } from "./dialog";

export function PickDebtor(props: { chosen: Debtor | null; choose: (debtor: Debtor | null) => void }) {
  const { t } = useWords();
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const found = useGet("/v1/debtors", {}, { search: wanted, limit: 8 }, wanted.length >= 2);
  if (props.chosen) {
    return (
      <div className="field">
        <span>{t("field.debtor")}</span>
        <div className="actions">
          <strong>{props.chosen.name}</strong>
          <button type="button" className="button quiet" onClick={() => props.choose(null)}>{t("pick.other")}</button>
        </div>
      </div>
    );
  }
  return (
    <div className="stack" style={{ gap: 8 }}>
      <Field label={t("field.debtor")}>
        <input type="search" value={text} placeholder={t("debtors.search")} autoFocus
          onChange={(event) => setText(event.target.value)} />
      </Field>
      {wanted.length >= 2 && found.data && (
        <ul className="picks" aria-label={t("debtors.found")}>
          {found.data.items.map((row) => (
            <li key={row.id}>
              <button type="button" className="button quiet" onClick={() => props.choose(row)}>
                {row.name} <span className="muted">{row.key}</span>
              </button>
            </li>
          ))}
          {found.data.items.length === 0 && <li className="muted">{t("debtors.nobody", { text: wanted })}</li>}
        </ul>
      )}
    </div>
  );
}
