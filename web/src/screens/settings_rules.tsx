// When whom may be contacted how, as a week; what waits for a second person; who changed what.
import { useState } from "react";
import { post } from "../api/client";
import { useChange, useGet, useList } from "../api/queries";
import type { Approval, Change, Id } from "../api/types";
import { day, money, time } from "../format";
import { useWords, wordOf } from "../i18n";
import { Actor } from "../parts/actor";
import { Field, FormDialog } from "../parts/dialog";
import { Empty, Shown } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { useSession } from "../session";
import { CHANNELS } from "../words";

// ── policies ──

const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
interface Window { channels?: string[]; weekdays?: string[]; from: string; to: string }
interface Cap { channels?: string[]; max: number; days: number; applies?: string }
interface Document { title?: string; version?: string; holidays?: string; windows?: Window[]; caps?: Cap[] }

function hoursOf(document: Document, channel: string, weekday: string): string {
  const fit = (document.windows ?? []).filter((one) =>
    (!one.channels || one.channels.includes(channel)) && (!one.weekdays || one.weekdays.includes(weekday)));
  return fit.map(({ from, to }) => `${from}–${to}`).join(", ");
}

function Week({ document }: { document: Document }) {
  const { t, language } = useWords();
  const name = (i: number) => new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" })
    .format(new Date(Date.UTC(2024, 0, 1 + i))); // a Monday
  const channels = ["email", "sms", "whatsapp", "call", "letter"];
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t("pol.hours")}>
      <table aria-label={t("pol.hours")}>
        <thead><tr><th scope="col">{t("pol.weekday")}</th>
          {channels.map((one) => <th scope="col" key={one}>{wordOf(t, CHANNELS, "channel", one)}</th>)}</tr></thead>
        <tbody>
          {WEEK.map((weekday, i) => (
            <tr key={weekday}>
              <th scope="row">{name(i)}</th>
              {channels.map((one) => {
                const hours = hoursOf(document, one, weekday);
                return <td key={one}>{hours ? <span className="badge ok">{hours}</span>
                  : <span className="muted">{t("pol.never")}</span>}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Caps({ document }: { document: Document }) {
  const { t } = useWords();
  return (
    <ul className="stack" style={{ gap: 4 }}>
      {(document.caps ?? []).map((cap, i) => (
        <li key={i}>
          <strong>{(cap.channels ?? []).map((one) => wordOf(t, CHANNELS, "channel", one)).join(", ")
            || t("pol.any")}</strong>{" "}
          {t("pol.cap", { max: cap.max, days: cap.days })}
          {cap.applies === "person" && <span className="muted"> · {t("pol.people")}</span>}
        </li>
      ))}
    </ul>
  );
}

function OnePolicy({ name }: { name: string }) {
  const { t } = useWords();
  const policy = useGet("/v1/policies/{policy}", { policy: name });
  return (
    <Shown query={policy}>
      {(found) => {
        const document = found.document as unknown as Document;
        return (
          <div className="stack">
            <Week document={document} />
            <h3>{t("pol.caps")}</h3>
            <Caps document={document} />
            <p className="muted">{t(document.holidays === "avoid" ? "pol.holidays_avoid" : "pol.holidays_ignore")}</p>
          </div>
        );
      }}
    </Shown>
  );
}

export function PoliciesPart() {
  const { t } = useWords();
  const { organization } = useSession();
  const policies = useGet("/v1/policies", {});
  const own = organization!.policy ?? organization!.country.toLowerCase();
  const [chosen, choose] = useState<string | null>(null);
  return (
    <section className="panel stack">
      <h2>{t("set.policies")}</h2>
      <p className="muted">{t("pol.says")}</p>
      <Shown query={policies}>
        {({ items }) => {
          const shown = chosen ?? items.find(({ name }) => name === own)?.name ?? items[0]?.name;
          const one = items.find(({ name }) => name === shown);
          return (
            <>
              <div className="chips" role="group" aria-label={t("set.policies")}>
                {items.map(({ name, title }) => (
                  <button key={name} className="chip" aria-pressed={name === shown} onClick={() => choose(name)}>
                    {title ?? name}{name === own ? ` · ${t("pol.in_use")}` : ""}
                  </button>
                ))}
              </div>
              {one && <p>{t("pol.version", { version: one.version })}{one.from && ` · ${day(one.from)}`}</p>}
              {shown && <OnePolicy key={shown} name={shown} />}
            </>
          );
        }}
      </Shown>
    </section>
  );
}

// ── what waits for a second person ──

function Decide({ approval, yes, close }: { approval: Approval; yes: boolean; close: () => void }) {
  const { t } = useWords();
  const decide = useChange((form: FormData) => post(
    yes ? "/v1/approvals/{approval}/approve" : "/v1/approvals/{approval}/refuse",
    { approval: approval.id }, { note: String(form.get("note")).trim() || null }));
  return (
    <FormDialog title={approval.about} action={t(yes ? "appr.approve" : "appr.refuse")} close={close}
      submit={(form) => decide.mutateAsync(form)}>
      <Field label={t("debtor.note")}><input name="note" maxLength={400} autoFocus /></Field>
    </FormDialog>
  );
}

export function ApprovalsPart() {
  const { t } = useWords();
  const list = useList("/v1/approvals", {}, { all: true });
  const [deciding, decide] = useState<{ approval: Approval; yes: boolean } | null>(null);
  const columns: Column<Approval>[] = [
    { name: t("field.when"), cell: (row) => time(row.asked_at) },
    { name: t("field.what"), cell: (row) => t(`appr.${row.kind}`) },
    { name: t("appr.about"), clip: true, cell: (row) => row.about },
    { name: t("field.amount"), number: true, cell: (row) => row.amount ? money(row.amount) : "–" },
    { name: t("field.who"), cell: (row) => <Actor name={`user:${row.asked_by}`} /> },
    { name: t("field.state"), cell: (row) => row.state !== "waits"
      ? <span className="badge">{t(`appr.is_${row.state}`)}</span> : (
        <span className="actions">
          <button className="button" onClick={() => decide({ approval: row, yes: true })}>{t("appr.approve")}</button>
          <button className="button quiet" onClick={() => decide({ approval: row, yes: false })}>{t("appr.refuse")}</button>
        </span>) },
  ];
  return (
    <section className="panel flush">
      <div className="panel-head"><h2>{t("set.approvals")}</h2></div>
      <Table label={t("set.approvals")} list={list} columns={columns} keyOf={(row: Approval) => row.id}
        empty={<Empty title={t("appr.none")}><p>{t("appr.none_says")}</p></Empty>} />
      {deciding && <Decide {...deciding} close={() => decide(null)} />}
    </section>
  );
}

// ── who changed what ──

export function AuditPart() {
  const { t } = useWords();
  const list = useList("/v1/audit-trail", {});
  const [open, show] = useState<Id<"evt"> | null>(null);
  const one = list.rows.find(({ id }) => id === open);
  const columns: Column<Change>[] = [
    { name: t("field.when"), cell: (row) => time(row.at) },
    { name: t("field.who"), clip: true, cell: (row) => <Actor name={row.actor} /> },
    { name: t("field.what"), cell: (row) => <code>{row.kind}</code> },
    { name: t("audit.detail"), cell: (row) => row.body
      ? <button className="button quiet" onClick={() => show(row.id)}
          aria-label={t("audit.detail_of", { what: row.kind })}>{t("audit.see")}</button> : "–" },
  ];
  return (
    <section className="panel flush">
      <div className="panel-head"><h2>{t("set.audit")}</h2></div>
      <Table label={t("set.audit")} list={list} columns={columns} keyOf={(row: Change) => row.id}
        empty={<Empty title={t("audit.none")} />} />
      {one && (
        <FormDialog wide title={one.kind} action={t("action.close")} close={() => show(null)}>
          <pre className="command" tabIndex={0} aria-label={t("audit.detail")}>{JSON.stringify(one.body, null, 2)}</pre>
        </FormDialog>
      )}
    </section>
  );
}
