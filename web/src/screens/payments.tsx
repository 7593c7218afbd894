// Money that was received, the newest first: what each payment settled, and taking it back.
import { useState } from "react";
import { Link, useLocation, useParams, useSearch } from "wouter";
import { post } from "../api/client";
import { useChange, useGet, useList } from "../api/queries";
import type { Id, Payment } from "../api/types";
import { addDays, day, dayIn, money, time } from "../format";
import { useWords, wordOf } from "../i18n";
import { Field, FormDialog } from "../parts/dialog";
import { ExportButton } from "../parts/export";
import { PayDialog } from "../parts/pay";
import { Empty, Shown } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { SavedViews } from "../parts/views";
import "../style/setup.css";
import { MovePayment, UndoMove, type Moved } from "./payment_move";

const METHODS = ["transfer", "card", "cash", "cheque", "direct_debit"] as const;
const STATES = ["applied", "unapplied", "reversed"] as const;
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
  const [moving, move] = useState(false);
  const [moved, tell] = useState<Moved | null>(null);
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
              <div className="actions">
                <button className="button" onClick={() => { tell(null); move(true); }}>{t("paymove.open")}</button>
                <button className="button" onClick={() => undo(true)}>{t("pay.undo")}</button>
              </div>
            )}
            {moved && <UndoMove moved={moved} close={() => tell(null)} />}
            {moving && <MovePayment payment={found} close={() => move(false)} done={tell} />}
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
  const search = useSearch();
  const query = new URLSearchParams(search);
  const state = STATES.find((one) => one === query.get("state"));
  const from = dayIn(query.get("from")), to = dayIn(query.get("to"));
  const narrowed = { ...(state ? { state } : {}), ...(from ? { from } : {}), ...(to ? { to: addDays(to, 1) } : {}) };
  const list = useList("/v1/payments", {}, narrowed);
  const at = (path: string) => (search ? `${path}?${search}` : path);
  const see = (name: string, value: string | null) => {
    if (value) query.set(name, value); else query.delete(name);
    go(`/payments${id ? `/${id}` : ""}${query.size > 0 ? `?${query}` : ""}`, { replace: true });
  };
  const [adding, add] = useState(false);
  const columns: Column<Payment>[] = [
    { name: t("field.received"), cell: (row) => <Link href={at(`/payments/${row.id}`)}>{day(row.received)}</Link> },
    { name: t("field.debtor"), clip: true, cell: (row) => <Link href={`/debtors/${row.debtor}`}>{row.debtor_name}</Link> },
    { name: t("field.amount"), number: true, cell: (row) => money(row.amount) },
    { name: t("field.method"), cell: (row) => row.method ? wordOf(t, METHODS, "method", row.method) : "–" },
    { name: t("field.reference"), clip: true, cell: (row) => row.reference ?? "–" },
    { name: t("field.state"), cell: (row) => <State payment={row} /> },
  ];
  const table = (
    <div className="panel flush">
      <Table label={t("nav.payments")} list={list} columns={columns} keyOf={(row: Payment) => row.id}
        selected={id} open={(row) => go(at(`/payments/${row.id}`))}
        empty={query.size > 0 ? <Empty title={t("pay.none_fit")}>
          <button className="button" onClick={() => go("/payments")}>{t("action.clear")}</button>
        </Empty> : <Empty title={t("pay.none")}><p>{t("pay.none_says")}</p></Empty>} />
    </div>
  );
  return (
    <>
      <div className="page-head">
        <h1>{t("nav.payments")}</h1>
        <div className="actions">
          <ExportButton path="/v1/exports/payments" query={narrowed} label={t("action.export")} />
          <Link className="button" href="/payments/calendar">{t("instr.title")}</Link>
          <Link className="button" href="/imports">{t("nav.imports")}</Link>
          <button className="button primary" onClick={() => add(true)}>{t("do.payment")}</button>
        </div>
      </div>
      <SavedViews list="payments" query={Object.fromEntries(query)} apply={(wanted: Record<string, string>) => {
        const next = new URLSearchParams(wanted);
        go(next.size > 0 ? `/payments?${next}` : "/payments", { replace: true });
      }} />
      <div className="chips" role="group" aria-label={t("debtors.filters")} style={{ marginBottom: 12 }}>
        {STATES.map((one) => (
          <button key={one} className="chip" aria-pressed={state === one}
            onClick={() => see("state", state === one ? null : one)}>{t(`pays.${one}`)}</button>
        ))}
        <label className="inline">{t("pay.from")} <input type="date" value={from ?? ""}
          onChange={(event) => see("from", event.target.value)} /></label>
        <label className="inline">{t("pay.to")} <input type="date" value={to ?? ""}
          onChange={(event) => see("to", event.target.value)} /></label>
        {query.size > 0 && <button className="button quiet" onClick={() => go("/payments")}>{t("action.clear")}</button>}
      </div>
      {id ? <div className="columns">{table}<One key={id} id={id as Id<"pay">} /></div> : table}
      {adding && <PayDialog close={() => add(false)} />}
    </>
  );
}
