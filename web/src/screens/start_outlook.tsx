// What would go out in the next days if nobody pays, answers or works: message by message.
import { useQueries } from "@tanstack/react-query";
import { Link } from "wouter";
import { get } from "../api/client";
import { useGet } from "../api/queries";
import type { Amount, Case, Id, Instant } from "../api/types";
import { dayOf, day, money, shortTime } from "../format";
import { useWords, wordOf } from "../i18n";
import { plannedWord } from "../parts/planned";
import { Empty, Failed, Shown, Waiting } from "../parts/state";
import { useSession } from "../session";
import { PLANNED } from "../words";

const LOOKED_AT = 40; // debtors, those with the oldest debt: more would be asked one by one
const SENT = ["mail", "sms", "whatsapp", "push", "call", "letter", "task"];

export interface Coming {
  at: Instant;
  kind: string;
  word: string;
  tone: number | null;
  debtor: Id<"deb">;
  name: string;
  invoice: Id<"inv"> | null;
  number: string | null;
  claimable: Amount;
}

export function useComing(cases: Case[], days: number) {
  const debtors = [...new Map(cases.map((row) => [row.debtor, row])).values()].slice(0, LOOKED_AT);
  const asked = useQueries({
    queries: debtors.map((row) => ({
      queryKey: ["/v1/debtors/{debtor}/outlook", row.debtor, days],
      queryFn: () => get("/v1/debtors/{debtor}/outlook", { debtor: row.debtor }, { days }),
    })),
  });
  const coming: Coming[] = asked.flatMap((one, i) => (one.data?.cases ?? []).flatMap((found) =>
    found.planned.filter(({ kind }) => SENT.includes(kind)).map((planned) => ({
      at: planned.at, kind: planned.kind, word: planned.word ?? "", tone: planned.tone ?? null,
      debtor: debtors[i]!.debtor, name: debtors[i]!.debtor_name, invoice: found.invoice ?? null,
      number: found.number ?? null, claimable: debtors[i]!.claimable,
    }))));
  coming.sort((a, b) => a.at.localeCompare(b.at));
  return {
    coming, looked: debtors.length, pending: asked.some((one) => one.isPending),
    error: asked.find((one) => one.error)?.error ?? null,
  };
}

/** What leaves, and what somebody has to do: a task is no message. */
function countsOf(coming: Coming[]) {
  const tasks = coming.filter(({ kind }) => kind === "task").length;
  return { tasks, sent: coming.length - tasks };
}

function Counted({ coming }: { coming: Coming[] }) {
  const { t } = useWords();
  const { tasks, sent } = countsOf(coming);
  return <>{[sent > 0 && t("first.messages", { count: sent }), tasks > 0 && t("first.tasks", { count: tasks })]
    .filter(Boolean).join(" · ")}</>;
}

function Days({ coming }: { coming: Coming[] }) {
  const { t } = useWords();
  const { organization } = useSession();
  const byDay = new Map<string, Coming[]>();
  for (const one of coming) {
    const at = dayOf(one.at);
    byDay.set(at, [...(byDay.get(at) ?? []), one]);
  }
  return (
    <div className="panel flush days">
      {[...byDay].map(([at, rows]) => (
        <section key={at}>
          <h3>{day(at)} <span className="muted">· <Counted coming={rows} /></span></h3>
          <div className="scroll" tabIndex={0} role="region" aria-label={day(at)}>
            <table aria-label={day(at)}>
              <thead className="visually-hidden">
                <tr><th scope="col">{t("field.when")}</th><th scope="col">{t("field.debtor")}</th>
                  <th scope="col">{t("field.what")}</th><th scope="col">{t("field.claimable")}</th></tr>
              </thead>
              <tbody>
                {rows.map((one, i) => (
                  <tr key={i}>
                    <td>{shortTime(one.at, organization!.today)}</td>
                    <td className="clip"><Link href={`/debtors/${one.debtor}`}>{one.name}</Link></td>
                    <td>
                      <span className="badge">{wordOf(t, PLANNED, "planned", one.kind)}</span>{" "}
                      {plannedWord(t, one.kind, one.word)}
                      {one.tone ? <span className="muted"> · {t("field.tone")} {one.tone}</span> : null}
                    </td>
                    <td className="number">{money(one.claimable)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      ))}
    </div>
  );
}

export function Outlook({ days }: { days: number }) {
  const cases = useGet("/v1/cases", {}, { limit: 100 });
  return <Shown query={cases}>{(page) => <Looked cases={page.items} more={page.next !== null} days={days} />}</Shown>;
}

function Looked({ cases, more, days }: { cases: Case[]; more: boolean; days: number }) {
  const { t } = useWords();
  const { coming, looked, pending, error } = useComing(cases, days);
  if (error) return <Failed error={error} />;
  if (pending) return <Waiting />;
  if (coming.length === 0) {
    return <div className="panel"><Empty title={t("first.quiet")}><p>{t("first.quiet_says")}</p></Empty></div>;
  }
  const { tasks, sent } = countsOf(coming);
  return (
    <div className="stack">
      <p>{t("first.coming", { count: sent, days })}
        {tasks > 0 && ` ${t("first.tasks", { count: tasks })}.`}
        {(more || cases.length > looked) && <span className="muted"> {t("first.looked", { debtors: looked })}</span>}</p>
      <Days coming={coming} />
    </div>
  );
}
