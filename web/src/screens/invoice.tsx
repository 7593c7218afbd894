// One invoice: what it bills, and every entry that its open amount is the sum of.
import { useGet } from "../api/queries";
import type { Day, Invoice } from "../api/types";
import { count, day, money, time } from "../format";
import { useWords, wordOf } from "../i18n";
import { Actor } from "../parts/actor";
import { FormDialog } from "../parts/dialog";
import { Shown } from "../parts/state";

export const LEDGER = ["charge", "payment", "credit", "fee", "interest", "discount", "withholding",
  "write_off", "fx", "cancel"] as const;

const INTEREST = /^interest from (\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d) at ([\d.]+) ?%$/;

/** The note of an entry: those that the program writes in the reader's words, people's as they are. */
export function LedgerNote({ note }: { note: string | null | undefined }) {
  const { t } = useWords();
  if (!note || note === "fixed fee") return null;
  const interest = INTEREST.exec(note);
  return (
    <span className="under">
      {interest ? t("ledger.interest_of", { from: day(interest[1] as Day), until: day(interest[2] as Day),
        rate: count(Number(interest[3])) }) : note}
    </span>
  );
}

export function InvoiceDialog({ invoice, close }: { invoice: Invoice; close: () => void }) {
  const { t } = useWords();
  const ledger = useGet("/v1/invoices/{invoice}/ledger", { invoice: invoice.id });
  const lines = useGet("/v1/invoices/{invoice}/lines", { invoice: invoice.id });
  return (
    <FormDialog wide title={t("invoice.title", { number: invoice.number })} action={t("action.close")}
      close={close}>
      <dl className="facts">
        <dt>{t("field.amount")}</dt><dd>{money(invoice.amount)}</dd>
        <dt>{t("field.open")}</dt><dd>{money(invoice.open)}</dd>
        <dt>{t("field.claimable")}</dt><dd>{money(invoice.claimable)}</dd>
        <dt>{t("field.issued")}</dt><dd>{day(invoice.issued)}</dd>
        <dt>{t("field.due")}</dt><dd>{day(invoice.due)}</dd>
        {invoice.effective_due !== invoice.due && (<>
          <dt>{t("field.effective_due")}</dt><dd>{day(invoice.effective_due)}</dd></>)}
      </dl>
      <Shown query={lines}>
        {(page) => page.items.length > 0 && (
          <div className="scroll" tabIndex={0} role="region" aria-label={t("invoice.lines")}>
            <table aria-label={t("invoice.lines")}>
              <thead><tr><th scope="col">{t("field.what")}</th>
                <th scope="col" className="number">{t("field.amount")}</th></tr></thead>
              <tbody>
                {page.items.map((line) => (
                  <tr key={line.line}><td>{line.description ?? line.product ?? line.sku ?? "–"}</td>
                    <td className="number">{money(line.amount)}</td></tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Shown>
      <Shown query={ledger}>
        {(page) => (
          <div className="scroll" tabIndex={0} role="region" aria-label={t("invoice.ledger")}>
            <table aria-label={t("invoice.ledger")}>
              <thead><tr><th scope="col">{t("field.when")}</th><th scope="col">{t("field.what")}</th>
                <th scope="col">{t("field.who")}</th>
                <th scope="col" className="number">{t("field.amount")}</th></tr></thead>
              <tbody>
                {page.items.map((entry) => (
                  <tr key={entry.id}><td className="nowrap">{time(entry.at)}</td>
                    <td className="lines">{wordOf(t, LEDGER, "ledger", entry.kind)}<LedgerNote note={entry.note} /></td>
                    <td><Actor name={entry.actor} /></td><td className="number">{money(entry.amount)}</td></tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Shown>
    </FormDialog>
  );
}
