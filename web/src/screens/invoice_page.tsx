// One invoice on a page of its own: what is open of it and why, every entry of its ledger, what it
// bills, its documents, what is planned, and what may be done about it.
import { useState } from "react";
import { Link, useParams } from "wouter";
import { post, upload } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Amount, Document, Id, Invoice } from "../api/types";
import { day, money, time } from "../format";
import { useWords, wordOf, type Key } from "../i18n";
import { Actor } from "../parts/actor";
import { Field, FormDialog } from "../parts/dialog";
import { amountOf, PayDialog } from "../parts/pay";
import { plannedWord } from "../parts/planned";
import { Empty, sentenceOf, Shown } from "../parts/state";
import { useSession } from "../session";
import "../style/setup.css";
import { PLANNED } from "../words";
import { Lateness } from "./debtors";
import { LEDGER, LedgerNote } from "./invoice";

const KINDS = ["credit", "discount", "withholding", "write_off", "cancel"] as const;
type Kind = (typeof KINDS)[number];

function Credit({ invoice, kind, close, asked }: {
  invoice: Invoice; kind: Kind; close: () => void; asked: () => void;
}) {
  const { t } = useWords();
  const credit = useChange(async (form: FormData) => {
    const whole = kind === "cancel" || !String(form.get("amount")).trim();
    const answer = await post("/v1/invoices/{invoice}/credit", { invoice: invoice.id }, {
      kind, note: String(form.get("note")).trim() || null,
      ...(whole ? {} : { amount: amountOf(t, form, invoice.open.currency) }),
    });
    // what takes two people is not done yet: what comes back is the wish
    if (!("open" in answer)) asked();
  });
  return (
    <FormDialog title={t(`credit.${kind}`)} action={t(`credit.${kind}_do`)} close={close}
      submit={(form) => credit.mutateAsync(form)}>
      <p className="muted">{t(`credit.${kind}_says`)}</p>
      {kind !== "cancel" && (
        <Field label={t("field.amount")} hint={t("credit.all", { amount: money(invoice.open) })}>
          <input name="amount" inputMode="decimal" autoFocus />
        </Field>
      )}
      <Field label={t("debtor.note")}><input name="note" maxLength={400} /></Field>
    </FormDialog>
  );
}

function Ledger({ id }: { id: Id<"inv"> }) {
  const { t } = useWords();
  const ledger = useGet("/v1/invoices/{invoice}/ledger", { invoice: id });
  return (
    <section className="panel flush">
      <div className="panel-head"><h2>{t("invoice.ledger")}</h2></div>
      <Shown query={ledger}>
        {(page) => (
          <div className="scroll" tabIndex={0} role="region" aria-label={t("invoice.ledger")}>
            <table aria-label={t("invoice.ledger")}>
              <thead><tr><th scope="col">{t("field.when")}</th><th scope="col">{t("field.what")}</th>
                <th scope="col">{t("field.who")}</th><th scope="col" className="number">{t("field.amount")}</th></tr></thead>
              <tbody>
                {page.items.map((entry) => (
                  <tr key={entry.id}>
                    <td className="nowrap">{time(entry.at)}</td>
                    <td className="lines">{entry.payment
                      ? <Link href={`/payments/${entry.payment}`}>{wordOf(t, LEDGER, "ledger", entry.kind)}</Link>
                      : wordOf(t, LEDGER, "ledger", entry.kind)}<LedgerNote note={entry.note} /></td>
                    <td><Actor name={entry.actor} /></td>
                    <td className="number">{money(entry.amount)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Shown>
    </section>
  );
}

function Lines({ id }: { id: Id<"inv"> }) {
  const { t } = useWords();
  const lines = useGet("/v1/invoices/{invoice}/lines", { invoice: id });
  if (!lines.data || lines.data.items.length === 0) return null;
  return (
    <section className="panel flush">
      <div className="panel-head"><h2>{t("invoice.lines")}</h2></div>
      <div className="scroll" tabIndex={0} role="region" aria-label={t("invoice.lines")}>
        <table aria-label={t("invoice.lines")}>
          <thead><tr><th scope="col">{t("imf.sku")}</th><th scope="col">{t("field.what")}</th>
            <th scope="col" className="number">{t("imf.quantity")}</th>
            <th scope="col" className="number">{t("field.amount")}</th></tr></thead>
          <tbody>
            {lines.data.items.map((line) => (
              <tr key={line.line}>
                <td>{line.sku ?? "–"}</td><td>{line.description ?? line.product ?? "–"}</td>
                <td className="number">{line.quantity_millionths ? line.quantity_millionths / 1e6 : "–"}</td>
                <td className="number">{money(line.amount)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Documents({ invoice }: { invoice: Invoice }) {
  const { t } = useWords();
  const documents = useGet("/v1/debtors/{debtor}/documents", { debtor: invoice.debtor });
  const add = useChange((file: File) => upload("/v1/invoices/{invoice}/documents", { invoice: invoice.id },
    { name: file.name.slice(0, 200), shown: true }, file));
  const own = documents.data?.items.filter((one: Document) => one.invoice === invoice.id) ?? [];
  return (
    <section className="panel stack">
      <div className="panel-head" style={{ margin: 0 }}>
        <h2>{t("inv.documents")}</h2>
        <label className="button file-button">{t("inv.add_document")}
          <input className="visually-hidden" type="file" accept="application/pdf,image/png,image/jpeg"
            onChange={(event) => { const file = event.target.files?.[0]; if (file) add.mutate(file); }} />
        </label>
      </div>
      {add.error && <p className="note bad" role="alert">{sentenceOf(t, add.error)}</p>}
      {own.length === 0 ? <p className="muted">{t("inv.no_documents")}</p> : (
        <ul className="stack" style={{ gap: 4 }}>
          {own.map((one: Document) => (
            <li key={one.id}><a href={`/v1/documents/${one.id}/content`} download>{one.name}</a>{" "}
              <span className="muted small">{time(one.at)}</span></li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Ahead({ id }: { id: Id<"inv"> }) {
  const { t } = useWords();
  const outlook = useGet("/v1/invoices/{invoice}/outlook", { invoice: id });
  const planned = outlook.data?.cases.flatMap((one) => one.planned) ?? [];
  return (
    <section className="panel stack">
      <h2>{t("tab.ahead")}</h2>
      {planned.length === 0 ? <p className="muted">{t("debtor.nothing_ahead")}</p> : (
        <ul className="stack" style={{ gap: 6 }}>
          {planned.slice(0, 12).map((one, i) => (
            <li key={i}><span className="muted">{time(one.at)}</span>{" "}
              {wordOf(t, PLANNED, "planned", one.kind)} <strong>{plannedWord(t, one.kind, one.word ?? "")}</strong></li>
          ))}
        </ul>
      )}
    </section>
  );
}

const PARTS: [Key, keyof Invoice][] = [["inv.part_disputed", "disputed"], ["inv.part_promised", "promised"],
  ["inv.part_planned", "planned"], ["inv.part_in_flight", "in_flight"], ["inv.part_charges", "charges"]];

function Figures({ invoice }: { invoice: Invoice }) {
  const { t } = useWords();
  const { organization } = useSession();
  return (
    <div className="figures">
      <div className="figure"><span>{t("field.open")}</span><b>{money(invoice.open)}</b>
        {invoice.open.minor > 0 ? <Lateness due={invoice.due} today={organization!.today} />
          : <span className="badge ok">{t(invoice.closed === "no" ? "inv.closed" : `closed.${invoice.closed}`)}</span>}
      </div>
      <div className="figure"><span>{t("field.claimable")}</span><b>{money(invoice.claimable)}</b></div>
      <div className="figure"><span>{t("field.amount")}</span><b>{money(invoice.amount)}</b></div>
      {PARTS.filter(([, part]) => (invoice[part] as Amount).minor !== 0).map(([key, part]) => (
        <div className="figure" key={key}><span>{t(key)}</span><b>{money(invoice[part] as Amount)}</b></div>
      ))}
    </div>
  );
}

function Facts({ invoice }: { invoice: Invoice }) {
  const { t } = useWords();
  const debtor = useGet("/v1/debtors/{debtor}", { debtor: invoice.debtor });
  return (
    <section className="panel">
      <dl className="facts">
        <dt>{t("field.debtor")}</dt>
        <dd><Link href={`/debtors/${invoice.debtor}`}>{debtor.data?.name ?? "…"}</Link></dd>
        <dt>{t("field.issued")}</dt><dd>{day(invoice.issued)}</dd>
        <dt>{t("field.due")}</dt><dd>{day(invoice.due)}</dd>
        {invoice.effective_due !== invoice.due && (<>
          <dt>{t("field.effective_due")}</dt><dd>{day(invoice.effective_due)}</dd></>)}
        {invoice.product && (<><dt>{t("imf.product")}</dt><dd>{invoice.product}</dd></>)}
        {invoice.reported_paid_until && (<>
          <dt>{t("inv.reported")}</dt><dd>{day(invoice.reported_paid_until)}</dd></>)}
      </dl>
    </section>
  );
}

function Page({ invoice }: { invoice: Invoice }) {
  const { t } = useWords();
  const [paying, pay] = useState(false);
  const [kind, choose] = useState<Kind | null>(null);
  const [asked, setAsked] = useState(false);
  const report = useChange(() => post("/v1/invoices/{invoice}/reported-paid", { invoice: invoice.id }, undefined));
  const open = invoice.open.minor > 0;
  return (
    <>
      <div className="page-head">
        <h1>{t("invoice.title", { number: invoice.number })}</h1>
        {open && (
          <div className="actions">
            <button className="button" disabled={report.isPending} onClick={() => report.mutate(undefined)}>
              {t("inv.says_paid")}</button>
            <select aria-label={t("inv.lower")} value="" onChange={(event) => choose(event.target.value as Kind)}>
              <option value="">{t("inv.lower")}</option>
              {KINDS.map((one) => <option key={one} value={one}>{t(`credit.${one}`)}</option>)}
            </select>
            <button className="button primary" onClick={() => pay(true)}>{t("do.payment")}</button>
          </div>
        )}
      </div>
      {asked && <p className="note warn" role="status" style={{ marginBottom: 16 }}>{t("inv.waits_approval")}</p>}
      {report.error && <p className="note bad" role="alert">{sentenceOf(t, report.error)}</p>}
      <Figures invoice={invoice} />
      <div className="columns">
        <div className="stack"><Ledger id={invoice.id} /><Lines id={invoice.id} /></div>
        <div className="stack"><Facts invoice={invoice} /><Ahead id={invoice.id} /><Documents invoice={invoice} /></div>
      </div>
      {paying && <PayDialog invoice={invoice} close={() => pay(false)} />}
      {kind && <Credit invoice={invoice} kind={kind} close={() => choose(null)} asked={() => setAsked(true)} />}
    </>
  );
}

export default function InvoicePage() {
  const { t } = useWords();
  const { id } = useParams<{ id: string }>();
  const invoice = useGet("/v1/invoices/{invoice}", { invoice: id });
  return (
    <Shown query={invoice}>
      {(found) => found ? <Page invoice={found} /> : <Empty title={t("inv.not_found")} />}
    </Shown>
  );
}
