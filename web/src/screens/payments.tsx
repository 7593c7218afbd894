// Money that was received, the newest first: what each payment settled, and taking it back.
import { useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { post } from "../api/client";
import { useChange, useGet, useList } from "../api/queries";
import type { Id, Payment } from "../api/types";
import { day, money, time } from "../format";
import { useWords, wordOf } from "../i18n";
import { Field, FormDialog } from "../parts/dialog";
import { ExportButton } from "../parts/export";
import { PayDialog } from "../parts/pay";
import { Empty, Shown } from "../parts/state";
import { Table, type Column } from "../parts/table";
import "../style/setup.css";

const METHODS = ["transfer", "card", "cash", "cheque"] as const;
const BY = ["instructed", "exact_invoice", "withheld", "exact_set", "balance", "oldest_first"] as const;

function Name({ id }: { id: Id<"deb"> }) {
  const debtor = useGet("/v1/debtors/{debtor}", { debtor: id });
  return <Link href={`/debtors/${id}`}>{debtor.data?.name ?? id}</Link>;
}

function InvoiceLink({ id }: { id: Id<"inv"> }) {
  const invoice = useGet("/v1/invoices/{invoice}", { invoice: id });
  return <Link href={`/invoices/${id}`}>{invoice.data?.number ?? id}</Link>;
}

function State({ payment }: { payment: Payment }) {
  const { t } = useWords();
  if (payment.reversed_at) return <span className="badge bad">{t("pay.reversed")}</span>;
  if (payment.unapplied.minor > 0) return <span className="badge warn">{t("pay.unapplied")}</span>;
  return <span className="badge ok">{t("pay.applied")}</span>;
}

function Reverse({ id, close }: { id: Id<"pay">; close: () => void }) {
  const { t } = useWords();
  const reverse = useChange((form: FormData) => post("/v1/payments/{payment}/reverse", { payment: id },
    { reason: String(form.get("reason")) }));
  return (
    <FormDialog title={t("pay.undo")} action={t("pay.undo_do")} close={close}
      submit={(form) => reverse.mutateAsync(form)}>
      <p className="muted">{t("pay.undo_says")}</p>
      <Field label={t("field.reason")}><input name="reason" required maxLength={400} autoFocus /></Field>
    </FormDialog>
  );
}

function One({ id }: { id: Id<"pay"> }) {
  const { t } = useWords();
  const payment = useGet("/v1/payments/{payment}", { payment: id });
  const [undoing, undo] = useState(false);
  return (
    <aside className="panel stack" aria-label={t("pay.one")}>
      <Shown query={payment}>
        {(found) => (
          <>
            <div>
              <h2>{money(found.amount)}</h2>
              <p><Name id={found.debtor} /></p>
            </div>
            <p><State payment={found} /></p>
            <dl className="facts">
              <dt>{t("field.received")}</dt><dd>{day(found.received)}</dd>
              {found.method && (<><dt>{t("field.method")}</dt><dd>{wordOf(t, METHODS, "method", found.method)}</dd></>)}
              {found.reference && (<><dt>{t("field.reference")}</dt><dd>{found.reference}</dd></>)}
              {found.allocated_by && (<><dt>{t("pay.by")}</dt><dd>{wordOf(t, BY, "payby", found.allocated_by)}</dd></>)}
              {found.unapplied.minor > 0 && (<><dt>{t("pay.unapplied")}</dt><dd>{money(found.unapplied)}</dd></>)}
              {found.reversed_at && (<><dt>{t("pay.reversed")}</dt>
                <dd>{time(found.reversed_at)} · {found.reversal_reason}</dd></>)}
            </dl>
            <div>
              <h3>{t("pay.settled")}</h3>
              <ul className="stack" style={{ gap: 4 }}>
                {(found.allocations ?? []).map((one) => (
                  <li key={one.invoice}><InvoiceLink id={one.invoice} /> · {money(one.amount)}
                    {one.withheld.minor > 0 && <span className="muted"> · {t("pay.withheld", { amount: money(one.withheld) })}</span>}</li>
                ))}
                {(found.allocations ?? []).length === 0 && <li className="muted">{t("pay.nothing")}</li>}
              </ul>
            </div>
            {!found.reversed_at && (
              <div className="actions"><button className="button" onClick={() => undo(true)}>{t("pay.undo")}</button></div>
            )}
            {undoing && <Reverse id={found.id} close={() => undo(false)} />}
          </>
        )}
      </Shown>
    </aside>
  );
}

export default function Payments() {
  const { t } = useWords();
  const [, go] = useLocation();
  const { id } = useParams<{ id?: string }>();
  const list = useList("/v1/payments", {});
  const [adding, add] = useState(false);
  const columns: Column<Payment>[] = [
    { name: t("field.received"), cell: (row) => <Link href={`/payments/${row.id}`}>{day(row.received)}</Link> },
    { name: t("field.debtor"), clip: true, cell: (row) => <Name id={row.debtor} /> },
    { name: t("field.amount"), number: true, cell: (row) => money(row.amount) },
    { name: t("field.method"), cell: (row) => row.method ? wordOf(t, METHODS, "method", row.method) : "–" },
    { name: t("field.reference"), clip: true, cell: (row) => row.reference ?? "–" },
    { name: t("field.state"), cell: (row) => <State payment={row} /> },
  ];
  const table = (
    <div className="panel flush">
      <Table label={t("nav.payments")} list={list} columns={columns} keyOf={(row: Payment) => row.id}
        selected={id} open={(row) => go(`/payments/${row.id}`)}
        empty={<Empty title={t("pay.none")}><p>{t("pay.none_says")}</p></Empty>} />
    </div>
  );
  return (
    <>
      <div className="page-head">
        <h1>{t("nav.payments")}</h1>
        <div className="actions">
          <ExportButton path="/v1/exports/payments" label={t("action.export")} />
          <Link className="button" href="/imports">{t("nav.imports")}</Link>
          <button className="button primary" onClick={() => add(true)}>{t("do.payment")}</button>
        </div>
      </div>
      {id ? <div className="columns">{table}<One key={id} id={id as Id<"pay">} /></div> : table}
      {adding && <PayDialog close={() => add(false)} />}
    </>
  );
}
