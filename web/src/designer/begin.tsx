// A new strategy: from nothing, or from one of the ready ones.
import { useState } from "react";
import { useGet } from "../api/queries";
import { useWords } from "../i18n";
import { Shown } from "../parts/state";
import { empty, type Doc } from "./model";
import { choiceWord } from "./words";

export default function Begin({ begin, draft, resume }: { begin: (doc: Doc) => void; draft: boolean; resume: () => void }) {
  const { t } = useWords();
  const ready = useGet("/v1/strategies/ready", {});
  const published = useGet("/v1/strategies", {});
  const [name, setName] = useState("");
  const [subject, setSubject] = useState<Doc["subject"]>("account");
  const taken = (published.data?.items ?? []).some((one) => one.name === name.trim());
  const names = new Set((published.data?.items ?? []).map((one) => one.name));
  return (
    <>
      <div className="page-head"><h1>{t("designer.new")}</h1></div>
      {draft && (
        <p className="note draft-note">{t("designer.draft_there")}{" "}
          <button className="button" onClick={resume}>{t("designer.draft_resume")}</button></p>
      )}
      <div className="begin">
        <form className="panel stack" onSubmit={(event) => {
          event.preventDefault();
          if (!taken) begin(empty(name.trim(), subject));
        }}>
          <h2>{t("designer.from_empty")}</h2>
          <label className="field"><span>{t("field.name")}</span>
            <input name="name" required maxLength={120} value={name} aria-invalid={taken} onChange={(event) => setName(event.target.value)} />
            {taken && <span className="hint bad" role="alert">{t("designer.name_taken")}</span>}</label>
          <label className="field"><span>{t("designer.subject")}</span>
            <select value={subject} onChange={(event) => setSubject(event.target.value as Doc["subject"])}>
              <option value="account">{choiceWord(t, "account")}</option>
              <option value="invoice">{choiceWord(t, "invoice")}</option>
            </select>
            <span className="hint">{t("designer.subject_hint")}</span></label>
          <div><button className="button primary">{t("designer.begin_empty")}</button></div>
        </form>
        <section className="panel">
          <h2>{t("designer.from_ready")}</h2>
          <Shown query={ready}>
            {(found) => (
              <ul className="ready">
                {[...found.items].sort((a, b) => Number(a.kind === "pill") - Number(b.kind === "pill")).map((one) => (
                  <li key={one.name}>
                    <div><strong>{one.name}</strong>{" "}
                      <span className="badge">{choiceWord(t, one.kind)}</span> <span className="badge">{choiceWord(t, one.subject)}</span>
                      <p className="small muted">{one.description}</p></div>
                    <button className="button" aria-label={`${t("designer.use")}: ${one.name}`} onClick={() => {
                      const doc = one.document as unknown as Doc;
                      begin(names.has(doc.name) ? { ...doc, name: t("designer.copy_of", { name: doc.name }) } : doc);
                    }}>{t("designer.use")}</button>
                  </li>
                ))}
              </ul>
            )}
          </Shown>
        </section>
      </div>
    </>
  );
}
