// What of a payment settles which invoices, put right: taken from some, applied to others; and taken
// back as long as it is on the screen.
import { useState } from "react";
import { post } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Id, Payment } from "../api/types";
import { day, money } from "../format";
import { useWords } from "../i18n";
import { Field, FieldWrong, FormDialog } from "../parts/dialog";
import { sentenceOf } from "../parts/state";

type InvoiceId = Id<"inv">;
type Settles = NonNullable<Payment["allocations"]>;
/** What it settled before it was moved, and the version that the move made: to be moved back exactly. */
export interface Moved { payment: Id<"pay">; before: Settles; version: string | null }

/** Of what was entered in several parts, each invoice once. */
function eachOnce(list: Settles): Settles {
  const by = new Map<InvoiceId, Settles[number]>();
  for (const one of list) {
    const had = by.get(one.invoice);
    by.set(one.invoice, had ? { ...had, amount: { ...had.amount, minor: had.amount.minor + one.amount.minor } } : one);
  }
  return [...by.values()];
}

const guarded = (version: string | null | undefined) => version ? { version } : {};

function Number({ id }: { id: InvoiceId }) {
  const invoice = useGet("/v1/invoices/{invoice}", { invoice: id });
  return <>{invoice.data?.number ?? "…"}</>;
}

function toggled(list: InvoiceId[], id: InvoiceId): InvoiceId[] {
  return list.includes(id) ? list.filter((one) => one !== id) : [...list, id];
}

function Targets(props: { payment: Payment; chosen: InvoiceId[]; choose: (ids: InvoiceId[]) => void }) {
  const { t } = useWords();
  const open = useGet("/v1/invoices", {}, { debtor: props.payment.debtor, limit: 200 });
  const rows = (open.data?.items ?? []).filter(({ id, open: { currency, minor } }) =>
    currency === props.payment.amount.currency && minor > 0
    && !props.payment.allocations?.some(({ invoice }) => invoice === id));
  return (
    <fieldset className="picks">
      <legend>{t("paymove.to")}</legend>
      {rows.map((row) => (
        <label className="check" key={row.id}>
          <input type="checkbox" checked={props.chosen.includes(row.id)}
            onChange={() => props.choose(toggled(props.chosen, row.id))} />
          <span>{row.number} · <strong>{money(row.open)}</strong> <span className="muted">{day(row.due)}</span></span>
        </label>
      ))}
      {open.data && rows.length === 0 && <p className="muted">{t("paymove.none_open")}</p>}
      {open.data?.next && <p className="muted">{t("paymove.first_200")}</p>}
    </fieldset>
  );
}

export function MovePayment(props: { payment: Payment; close: () => void; done: (moved: Moved) => void }) {
  const { t } = useWords();
  const { payment } = props;
  const allocations = payment.allocations ?? [];
  const [from, take] = useState<InvoiceId[]>([]);
  const [to, choose] = useState<InvoiceId[]>([]);
  const free = payment.unapplied.minor
    + allocations.filter(({ invoice }) => from.includes(invoice)).reduce((sum, { amount }) => sum + amount.minor, 0);
  const change = useChange((reason: string) => post("/v1/payments/{payment}/move", { payment: payment.id },
    { ...(from.length > 0 ? { from } : {}), ...(to.length > 0 ? { to } : {}), reason }, crypto.randomUUID(),
    guarded(payment.version)));
  const submit = async (form: FormData) => {
    if (from.length === 0 && to.length === 0) throw new FieldWrong(t("paymove.nothing"));
    if (free === 0) throw new FieldWrong(t("paymove.nothing_free"));
    const moved = await change.mutateAsync(String(form.get("reason") ?? "") || t("paymove.title"));
    props.done({ payment: payment.id, before: eachOnce(allocations), version: moved.version ?? null });
  };
  return (
    <FormDialog title={t("paymove.title")} action={t("paymove.do")} close={props.close} submit={submit}>
      <p className="muted">{t("paymove.says")}</p>
      {allocations.length > 0 && (
        <fieldset className="picks">
          <legend>{t("paymove.from")}</legend>
          {allocations.map(({ invoice, amount }) => (
            <label className="check" key={invoice}>
              <input type="checkbox" checked={from.includes(invoice)} onChange={() => take(toggled(from, invoice))} />
              <span><Number id={invoice} /> · <strong>{money(amount)}</strong></span>
            </label>
          ))}
        </fieldset>
      )}
      <Targets payment={payment} chosen={to} choose={choose} />
      <p role="status">{t("paymove.free", { amount: money({ minor: free, currency: payment.amount.currency }) })}</p>
      {from.length > 0 && (
        <Field label={t("field.reason")}><input name="reason" required maxLength={400} /></Field>
      )}
    </FormDialog>
  );
}

/** After it was done. */
export function UndoMove({ moved, close }: { moved: Moved; close: () => void }) {
  const { t } = useWords();
  const back = useChange(() => post("/v1/payments/{payment}/move", { payment: moved.payment },
    { settles: moved.before, reason: t("paymove.undo_reason") }, crypto.randomUUID(), guarded(moved.version)));
  return (
    <div className="note stack" role="status">
      <p>{t("paymove.done")}</p>
      {back.error && <p className="bad">{sentenceOf(t, back.error)}</p>}
      <div className="actions">
        <button className="button" disabled={back.isPending}
          onClick={() => back.mutate(undefined, { onSuccess: close })}>{t("action.undo")}</button>
        <button className="button quiet" onClick={close}>{t("action.close")}</button>
      </div>
    </div>
  );
}
