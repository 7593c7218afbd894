// What publishing would change, what becomes of the cases under way, and publishing.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { get, post } from "../api/client";
import { useGet } from "../api/queries";
import type { Approval, Draft, StrategyCheck } from "../api/types";
import { useWords, type Key } from "../i18n";
import { FormDialog } from "../parts/dialog";
import { useDrafts } from "../parts/draft";
import { Failed, Shown, Waiting } from "../parts/state";
import { Problems } from "./inspector";
import type { Doc } from "./model";

export function Changes({ changes }: { changes: NonNullable<StrategyCheck["changes"]> }) {
  const { t } = useWords();
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t("designer.changes")}>
      <table aria-label={t("designer.changes")}>
        <thead><tr><th scope="col">{t("designer.change_where")}</th><th scope="col">{t("designer.change_what")}</th>
          <th scope="col">{t("designer.change_before")}</th><th scope="col">{t("designer.change_after")}</th></tr></thead>
        <tbody>
          {changes.map((one, i) => (
            <tr key={i}>
              <td>{one.node ? <code>{one.node}</code> : t("designer.whole")}</td>
              <td><span className={`badge ${one.kind === "added" ? "ok" : one.kind === "removed" ? "bad" : ""}`}>
                {t(`designer.change.${one.kind}` as Key)}</span> {one.what}</td>
              <td className="clip" title={one.before ?? ""}>{one.before ?? ""}</td>
              <td className="clip" title={one.after ?? ""}>{one.after ?? ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function useCheckOf(doc: Doc | undefined) {
  const [check, setCheck] = useState<StrategyCheck | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  useEffect(() => {
    if (doc) post("/v1/strategies/check", {}, { document: doc as never }).then(setCheck, setWrong);
  }, [doc]);
  return { check, wrong };
}

/** For who is asked to approve it: what publishing this draft would change. */
export function WouldChange({ approval }: { approval: Approval }) {
  const { t } = useWords();
  const drafts = useDrafts("strategy");
  const row = drafts.data?.items.find((one) => (one.name ?? one.title) === approval.about);
  const draft = useGet("/v1/drafts/{draft}", { draft: row?.id ?? "drf_" as never }, {}, row !== undefined);
  const strategies = useGet("/v1/strategies", {}, { limit: 500 });
  const id = strategies.data?.items.find(({ name }) => name === approval.about)?.id;
  const { check, wrong } = useCheckOf(draft.data?.document as unknown as Doc | undefined);
  return (
    <Shown query={drafts}>
      {() => !row ? <p className="note warn">{t("appr.no_draft")}</p> : (<>
        {Date.parse(row.changed_at) > Date.parse(approval.asked_at) && <p className="note warn">{t("appr.draft_changed")}</p>}
        {wrong !== null ? <Failed error={wrong} /> : !check ? <Waiting />
          : check.changes ? <Changes changes={check.changes} /> : <p>{t("appr.first_version")}</p>}
        <p><Link href={id ? `/strategies/${id}/edit` : "/strategies/new"}>{t("appr.see_draft")}</Link></p>
      </>)}
    </Shown>
  );
}

export default function Publish(props: { doc: Doc; newest: number; close: () => void; published: (id: string | undefined) => void;
  flush: () => Promise<Draft> }) {
  const { t } = useWords();
  const client = useQueryClient();
  const { check, wrong } = useCheckOf(props.doc);
  const errors = check?.problems.filter(({ error }) => error) ?? [];
  const missed = errors.every(({ code }) => code === "example_not_met") && errors.length > 0;
  const same = check?.changes !== undefined && check?.changes !== null && check.changes.length === 0;
  const can = check !== null && (errors.length === 0 || missed) && !same;

  async function publish(form: FormData) {
    const draft = await props.flush();
    const answer = await post("/v1/drafts/{draft}/publish", { draft: draft.id }, {
      runs: (form.get("runs") ?? "keep") as "keep" | "move" | "drain",
      over: props.newest, ...(form.get("skip") ? { skip_examples: true } : {}) }, crypto.randomUUID(), { version: String(draft.version) });
    await client.invalidateQueries();
    if (answer.version === undefined) return; // somebody else has to agree first, and to this very text
    const all = await get("/v1/strategies", {}, { limit: 500 } as never);
    props.published(all.items.find(({ name }) => name === props.doc.name)?.id);
  }

  return (
    <FormDialog wide title={t("designer.publish_title", { name: props.doc.name })} close={props.close}
      action={t(can ? "designer.publish" : "action.close")}
      {...(can ? { submit: publish } : {})}>
      {wrong !== null && <Failed error={wrong} />}
      {!check && wrong === null && <Waiting />}
      {check && (<>
        {errors.length > 0 && (<>
          <p className="note bad">{t(missed ? "designer.examples_missed" : "designer.cannot_publish", { errors: errors.length })}</p>
          <Problems problems={errors} />
        </>)}
        {check.problems.length > errors.length && <Problems problems={check.problems.filter(({ error }) => !error)} />}
        {check.examples > 0 && errors.length === 0 && (
          <p className="small ok">{t("designer.examples_met", { examples: check.examples })}</p>)}
        {!check.changes ? errors.length === 0 && <p>{t("designer.first_version", { nodes: Object.keys(props.doc.nodes).length })}</p>
          : same ? <p className="note">{t("designer.no_changes")}</p> : <Changes changes={check.changes} />}
        {can && check.changes && (
          <fieldset className="checks">
            <legend>{t("designer.runs", { runs: check.runs })}</legend>
            {(["keep", "move", "drain"] as const).map((one) => (
              <label key={one} className="choice"><input type="radio" name="runs" value={one} defaultChecked={one === "keep"} />
                <span><strong>{t(`designer.runs_${one}` as Key)}</strong><br />
                  <span className="small muted">{t(`designer.runs_${one}_says` as Key)}</span></span></label>
            ))}
          </fieldset>
        )}
        {missed && <label className="choice"><input type="checkbox" name="skip" required /> <span>{t("designer.skip_examples")}</span></label>}
      </>)}
    </FormDialog>
  );
}
