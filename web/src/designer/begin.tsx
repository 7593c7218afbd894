// A new strategy: from nothing, or from one of the ready ones.
import { useState } from "react";
import { useChange, useGet } from "../api/queries";
import type { DraftRow } from "../api/types";
import { time } from "../format";
import { useWords } from "../i18n";
import { Actor } from "../parts/actor";
import { discard, Dropped, useDrafts } from "../parts/draft";
import { Shown } from "../parts/state";
import { empty, type Doc } from "./model";
import { choiceWord } from "./words";

export default function Begin({ begin, resume }: { begin: (doc: Doc) => void; resume: (draft: DraftRow) => void }) {
  const { t } = useWords();
  const ready = useGet("/v1/strategies/ready", {});
  const published = useGet("/v1/strategies", {});
  const unfinished = (useDrafts("strategy").data?.items ?? []).filter((one) => !one.name);
  const drop = useChange(discard);
  const [name, setName] = useState("");
  const [subject, setSubject] = useState<Doc["subject"]>("account");
  const taken = (published.data?.items ?? []).some((one) => one.name === name.trim());
  const names = new Set((published.data?.items ?? []).map((one) => one.name));
  return (
    <>
      <div className="page-head"><h1>{t("designer.new")}</h1></div>
      <Dropped kind="strategy" />
      {unfinished.length > 0 && (
        <section className="panel drafts">
          <h2>{t("designer.drafts_new")}</h2>
          <ul className="ready">
            {unfinished.map((one) => (
              <li key={one.id}>
                <div><strong>{one.title ?? t("draft.untitled")}</strong>
                  <p className="small muted">{t("draft.by", { at: time(one.changed_at) })} <Actor name={one.changed_by} /></p></div>
                <span className="actions">
                  <button className="button quiet" aria-label={`${t("designer.draft_drop")}: ${one.title ?? ""}`}
                    onClick={() => drop.mutate(one)}>{t("designer.draft_drop")}</button>
                  <button className="button" aria-label={`${t("designer.draft_resume")}: ${one.title ?? ""}`}
                    onClick={() => resume(one)}>{t("designer.draft_resume")}</button>
                </span>
              </li>
            ))}
          </ul>
        </section>
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
