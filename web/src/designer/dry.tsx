// A dry run: what this document would do with a real invoice from now on, day by day. The nodes that
// do something, and the way between them, are lit on the graph.
import { useMutation } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { post } from "../api/client";
import { useGet } from "../api/queries";
import type { Invoice, Outlook } from "../api/types";
import { day, money, time } from "../format";
import { useWords, type Key, type Translate } from "../i18n";
import { Icon, type IconName } from "../parts/icon";
import { Failed, Waiting } from "../parts/state";
import type { Doc, Kinds } from "./model";
import { allSlots, way } from "./places";
import { labelOf } from "./words";

const SKIPS = ["superseded", "reanchored"];
const skipWord = (t: Translate, why: string) => SKIPS.includes(why) ? t(`designer.skipped.${why}` as Key) : why;

const KINDS: Record<string, IconName> = { mail: "mail", task: "task", handover: "out", interest: "money",
  fee: "money", jump: "out", end: "flag", skipped: "close", phase: "flag", note: "note", notify: "person", pill: "out" };

/** The nodes that do something, those on the shortest way from one to the next, and the edges there
 * ("from to"). */
export function litBy(doc: Doc, kinds: Kinds, outlook: Outlook): Set<string> {
  const slots = allSlots(doc, kinds);
  const lit = new Set<string>();
  for (const one of outlook.cases) {
    let from = one.run ? undefined : doc.start;
    for (const { node, kind } of one.planned) {
      const to = node && doc.nodes[node] ? node
        : kind === "end" && from ? Object.keys(doc.nodes).find((id) => doc.nodes[id]!.type === "end" && way(slots, from!, id).length > 0) : undefined;
      if (!to) continue;
      const path = from ? way(slots, from, to) : [];
      path.forEach((id, k) => {
        lit.add(id);
        if (k > 0) lit.add(`${path[k - 1]} ${id}`);
      });
      lit.add(to);
      from = to;
    }
  }
  return lit;
}

export default function DryRun(props: { doc: Doc; kinds: Kinds; light: (lit: Set<string> | undefined) => void;
  show: (id: string) => void; close: () => void }) {
  const { t, language } = useWords();
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const invoices = useGet("/v1/invoices", {}, { limit: 20,
    ...(wanted ? { filter: ["invoice.number", "contains", wanted] as never } : {}) });
  const [chosen, choose] = useState<Invoice | null>(null);
  const [days, setDays] = useState("90");
  const run = useMutation({
    mutationFn: (invoice: Invoice) => post("/v1/strategies/try", {}, { invoice: invoice.id,
      document: props.doc as never, days: Math.min(Math.max(Number(days) || 90, 1), 400) }),
    onSuccess: (outlook) => props.light(litBy(props.doc, props.kinds, outlook)),
    onError: () => props.light(undefined),
  });

  return (
    <aside className="panel inspector" aria-label={t("designer.dry_run")}>
      <div className="inspector-head">
        <h2>{t("designer.dry_run")}</h2>
        <button className="button quiet" aria-label={t("action.close")} title={t("action.close")}
          onClick={() => { props.light(undefined); props.close(); }}>×</button>
      </div>
      <p className="small muted">{t("designer.dry_says")}</p>
      <label className="field"><span>{t("designer.dry_invoice")}</span>
        <input type="search" autoFocus value={text} placeholder={t("designer.dry_number")} onChange={(event) => setText(event.target.value)} /></label>
      <ul className="dry-invoices" aria-label={t("designer.dry_invoices")}>
        {(invoices.data?.items ?? []).map((invoice) => (
          <li key={invoice.id}>
            <button className="outline-row" aria-pressed={chosen?.id === invoice.id}
              onClick={() => { choose(invoice); run.mutate(invoice); }}>
              <strong>{invoice.number}</strong> <span className="muted">{day(invoice.effective_due)}</span>
              <span className="number">{money(invoice.open)}</span>
            </button>
          </li>
        ))}
        {invoices.data?.items.length === 0 && <li className="muted small">{t("designer.dry_none")}</li>}
      </ul>
      <label className="field"><span>{t("designer.dry_days")}</span>
        <input inputMode="numeric" value={days} onChange={(event) => setDays(event.target.value)} /></label>
      {chosen && <button className="button" disabled={run.isPending} onClick={() => run.mutate(chosen)}>{t("designer.dry_again")}</button>}
      {run.isPending && <Waiting />}
      {run.isError && <Failed error={run.error} />}
      {run.data?.cases.length === 0 && <p className="note">{t("designer.dry_nothing")}</p>}
      {run.data?.cases.map((one, i) => (
        <section key={i} className="stack">
          {!one.enters && <p className="note warn">{t("designer.dry_stays_out")}</p>}
          {one.enters && one.planned.length === 0 && <p className="note">{t("designer.dry_nothing_until", { until: day(run.data!.until.slice(0, 10) as never) })}</p>}
          {one.endless && <p className="note warn">{t("designer.dry_endless")}</p>}
          <ol className="timeline" aria-label={t("designer.dry_steps")}>
            {one.planned.map((step, k) => (
              <li key={k}>
                <Icon name={KINDS[step.kind] ?? "gear"} />
                <div>
                  <strong>{t(`designer.happens.${step.kind}` as Key)}</strong> {step.kind === "skipped" ? step.word : step.title ?? step.word}
                  {step.tone ? ` · ${t("designer.gist.tone", { tone: step.tone })}` : ""}
                  {step.amount && ` ${money(step.amount)}`}
                  {step.kind === "skipped" && <span className="muted"> {skipWord(t, step.title ?? "")}</span>}
                  {step.node && props.doc.nodes[step.node] && (
                    <div><button className="link small" onClick={() => props.show(step.node!)}>
                      {labelOf(props.kinds, props.doc.nodes[step.node]!.type, language)} · {step.node}</button></div>)}
                </div>
                <time dateTime={step.at}>{time(step.at)}</time>
              </li>
            ))}
          </ol>
        </section>
      ))}
    </aside>
  );
}
