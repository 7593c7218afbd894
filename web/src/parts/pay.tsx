// Money that was received: for chosen invoices, or the oldest first.
import { useState } from "react";
import { post } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Amount, Debtor, Id } from "../api/types";
import { day, money, readAmount } from "../format";
import { useWords, type Key } from "../i18n";
import { useSession } from "../session";
import { Field, FieldWrong, FormDialog } from "./dialog";
import { PickDebtor } from "./pick_debtor";

const METHODS = ["transfer", "card", "cash", "cheque"] as const;

/** In minor units; larger than zero, or a sentence. */
export function amountOf(t: (key: Key) => string, form: FormData, currency: string): Amount {
  const minor = readAmount(String(form.get("amount")), currency);
  if (minor === null || minor <= 0) throw new FieldWrong(t("amount.wrong"));
  return { minor, currency };
}

function Open(props: { debtor: Id<"deb">; chosen: Id<"inv">[]; choose: (ids: Id<"inv">[]) => void }) {
  const { t } = useWords();
  const open = useGet("/v1/invoices", {}, { debtor: props.debtor, limit: 50 });
  if (!open.data || open.data.items.length === 0) return null;
  return (
    <fieldset className="picks">
      <legend>{t("pay.which")}</legend>
      {open.data.items.map((row) => (
        <label className="check" key={row.id}>
          <input type="checkbox" checked={props.chosen.includes(row.id)}
            onChange={() => props.choose(props.chosen.includes(row.id)
              ? props.chosen.filter((one) => one !== row.id) : [...props.chosen, row.id])} />
          <span>{row.number} · <strong>{money(row.open)}</strong> <span className="muted">{day(row.due)}</span></span>
        </label>
      ))}
    </fieldset>
  );
}

export function PayDialog(props: { invoice?: { id: Id<"inv">; open: Amount }; close: () => void }) {
  const { t } = useWords();
  const { organization } = useSession();
  const [debtor, setDebtor] = useState<Debtor | null>(null);
  const [chosen, choose] = useState<Id<"inv">[]>(props.invoice ? [props.invoice.id] : []);
  const currency = props.invoice?.open.currency ?? organization!.currency;
  const add = useChange((form: FormData) => {
    if (!props.invoice && !debtor) throw new FieldWrong(t("pay.nobody"));
    return post("/v1/payments", {}, {
      amount: amountOf(t, form, String(form.get("currency") || currency).toUpperCase()),
      ...(chosen.length > 0 ? { invoices: chosen } : {}), ...(debtor ? { debtor: debtor.id } : {}),
      received: String(form.get("received")), method: String(form.get("method")),
      reference: String(form.get("reference")).trim() || null,
    });
  });
  return (
    <FormDialog title={t("pay.add")} action={t("do.payment_action")} close={props.close}
      submit={(form) => add.mutateAsync(form)}>
      {!props.invoice && <PickDebtor chosen={debtor} choose={(one) => { setDebtor(one); choose([]); }} />}
      {debtor && <Open debtor={debtor.id} chosen={chosen} choose={choose} />}
      <p className="muted">{chosen.length > 0 ? t("pay.for_chosen") : t("do.payment_says")}</p>
      <div className="form-grid">
        <Field label={t("field.amount")}>
          <input name="amount" inputMode="decimal" required autoFocus={props.invoice !== undefined} />
        </Field>
        <Field label={t("imp.currency")}>
          <input name="currency" defaultValue={currency} maxLength={3} pattern="[A-Za-z]{3}" required />
        </Field>
        <Field label={t("field.received")}>
          <input name="received" type="date" required max={organization!.today} defaultValue={organization!.today} />
        </Field>
        <Field label={t("field.method")}>
          <select name="method">{METHODS.map((one) => <option key={one} value={one}>{t(`method.${one}`)}</option>)}</select>
        </Field>
        <Field label={t("field.reference")}><input name="reference" maxLength={400} /></Field>
      </div>
    </FormDialog>
  );
}
