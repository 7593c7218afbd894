// What waits for a second person; who changed what.
import { lazy, Suspense, useState } from "react";
import { post } from "../api/client";
import { useChange, useList } from "../api/queries";
import type { Approval, Change, Id } from "../api/types";
import { money, time } from "../format";
import { useWords } from "../i18n";
import { Actor } from "../parts/actor";
import { Field, FormDialog } from "../parts/dialog";
import { Empty, Waiting } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { useSession } from "../session";

// ── what waits for a second person ──

const WouldChange = lazy(() => import("../designer/publish").then((all) => ({ default: all.WouldChange })));

function Decide({ approval, yes, close }: { approval: Approval; yes: boolean; close: () => void }) {
  const { t } = useWords();
  const { me } = useSession();
  const decide = useChange((form: FormData) => post(
    yes ? "/v1/approvals/{approval}/approve" : "/v1/approvals/{approval}/refuse",
    { approval: approval.id }, { note: String(form.get("note")).trim() || null }));
  return (
    <FormDialog wide={yes && approval.kind === "publish"} title={`${t(`appr.${approval.kind}`)}: ${approval.about}`} close={close}
      action={t(yes ? "appr.approve" : approval.asked_by === me.user ? "appr.take_back" : "appr.refuse")}
      submit={(form) => decide.mutateAsync(form)}>
      {approval.kind === "publish" && approval.asked_by !== me.user && (
        <Suspense fallback={<Waiting />}><WouldChange approval={approval} /></Suspense>
      )}
      <Field label={t("debtor.note")}><input name="note" maxLength={400} autoFocus /></Field>
    </FormDialog>
  );
}

export function ApprovalsPart() {
  const { t } = useWords();
  const list = useList("/v1/approvals", {}, { all: true });
  const { me } = useSession();
  const may = me.role === "owner" || me.role === "manager";
  const [deciding, decide] = useState<{ approval: Approval; yes: boolean } | null>(null);
  const columns: Column<Approval>[] = [
    { name: t("field.when"), cell: (row) => time(row.asked_at) },
    { name: t("field.what"), cell: (row) => t(`appr.${row.kind}`) },
    { name: t("appr.about"), clip: true, cell: (row) => row.about },
    { name: t("field.amount"), number: true, cell: (row) => row.amount ? money(row.amount) : "–" },
    { name: t("field.who"), cell: (row) => <Actor name={`user:${row.asked_by}`} /> },
    { name: t("field.state"), cell: (row) => row.state !== "waits"
      ? <span className="badge">{t(`appr.is_${row.state}`)}</span> : !may ? t("appr.is_waits") : row.asked_by === me.user ? (
        <span className="actions">
          <span className="muted">{t("appr.own")}</span>
          <button className="button quiet" onClick={() => decide({ approval: row, yes: false })}>{t("appr.take_back")}</button>
        </span>) : (
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
