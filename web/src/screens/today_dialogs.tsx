// What a person may do with things of the queue: forms over one of them or over a selection.
import { useState } from "react";
import { Refused, post } from "../api/client";
import { useChange, useGet, useList } from "../api/queries";
import { addDays, day, instantOf, money, readAmount } from "../format";
import { useWords, type Key } from "../i18n";
import { Field, FieldWrong, FormDialog } from "../parts/dialog";
import { useSession } from "../session";
import { CALLS, OUTCOMES } from "../words";
import { actOn, cameOf, conflict, taskOf, undoOf, type Item } from "./today_items";

export type Doing = "finish" | "snooze" | "assign" | "call" | "accept" | "promise" | "dispute" | "note";

interface Props {
  items: Item[];
  close: () => void;
  /** What was done, in words, and how it is taken back; `label`: where that is not all of it. `stay`:
   * those that it was refused for. */
  told: (says: string, undo?: () => Promise<unknown>, label?: string, stay?: string[]) => void;
}

const words = (form: FormData, name: string) => String(form.get(name) ?? "").trim();

const instant = (date: string, clock: string) => instantOf(date, clock || "09:00");

function When({ label, name, required, first }: { label: string; name: string; required?: boolean; first: string }) {
  const { t } = useWords();
  const { organization } = useSession();
  return (
    <div className="pair">
      <Field label={label}>
        <input name={name} type="date" min={organization!.today} required={required} defaultValue={first} />
      </Field>
      <Field label={t("field.time")}><input name={`${name}_time`} type="time" defaultValue="09:00" /></Field>
    </div>
  );
}

function Finish({ items, close, told }: Props) {
  const { t } = useWords();
  const approval = items.every((item) => item.category === "approval");
  const outcomes = approval ? ["approved", "refused"]
    : OUTCOMES.filter((one) => one !== "approved" && one !== "refused");
  const debtor = items.length === 1 ? items[0]!.debtor : null;
  const finish = useChange(async (form: FormData) => {
    const note = words(form, "note");
    const answer = await actOn(t, items, { act: "finish", outcome: words(form, "outcome") });
    if (note && debtor) await post("/v1/debtors/{debtor}/notes", { debtor }, { text: note });
    const { says, undo, stay } = cameOf(t, answer, t("today.finished", { count: answer.tasks.length }));
    told(says, undo, note && debtor ? t("today.reopen") : undefined, stay);
  });
  return (
    <FormDialog title={items.length === 1 ? items[0]!.title : t("today.selected", { count: items.length })}
      action={t("today.finish")} close={close} submit={(form) => finish.mutateAsync(form)}>
      <Field label={t("today.outcome")}>
        <select name="outcome" autoFocus>
          {outcomes.map((one) => <option key={one} value={one}>{t(`outcome.${one}` as Key)}</option>)}
        </select>
      </Field>
      {debtor && (
        <Field label={t("debtor.note")} hint={t("today.note_hint")}>
          <textarea name="note" maxLength={2000} />
        </Field>
      )}
    </FormDialog>
  );
}

function Snooze({ items, close, told }: Props) {
  const { t } = useWords();
  const { organization } = useSession();
  const snooze = useChange(async (form: FormData) => {
    const answer = await actOn(t, items, { act: "snooze", reason: words(form, "reason"),
      until: instant(words(form, "until"), words(form, "until_time")) });
    const { says, undo, stay } = cameOf(t, answer,
      t("today.snoozed", { count: answer.tasks.length, until: day(words(form, "until")) }));
    told(says, undo, undefined, stay);
  });
  return (
    <FormDialog title={t("today.snooze_title", { count: items.length })} action={t("today.snooze")} close={close}
      submit={(form) => snooze.mutateAsync(form)}>
      <p className="muted">{t("today.snooze_says")}</p>
      <When label={t("field.until")} name="until" required first={addDays(organization!.today, 1)} />
      <Field label={t("field.reason")}><input name="reason" maxLength={400} /></Field>
    </FormDialog>
  );
}

function Assign({ items, close, told }: Props) {
  const { t } = useWords();
  const { me } = useSession();
  const people = useList("/v1/colleagues", {});
  const assign = useChange(async (form: FormData) => {
    const answer = await actOn(t, items, { act: "assign", assignee: words(form, "assignee") });
    const { says, undo, stay } = cameOf(t, answer, t("today.assigned", { count: answer.tasks.length }));
    told(says, undo, undefined, stay);
  });
  return (
    <FormDialog title={t("today.assign_title", { count: items.length })} action={t("today.assign")} close={close}
      submit={(form) => assign.mutateAsync(form)}>
      <Field label={t("today.to")}>
        <select name="assignee" autoFocus>
          <option value="me">{t("today.me", { name: me.name ?? me.email })}</option>
          {people.rows.filter((one) => !one.me).map((one) => (
            <option key={one.key} value={one.key}>
              {one.name}{one.away_until ? ` · ${t("today.away", { until: day(one.away_until) })}` : ""}
            </option>
          ))}
          <option value="">{t("today.back_to_queue")}</option>
        </select>
      </Field>
    </FormDialog>
  );
}

function Call({ items, close, told }: Props) {
  const { t } = useWords();
  const { organization } = useSession();
  const [item] = items;
  const [outcome, choose] = useState<(typeof CALLS)[number]>("reached");
  const contacts = useGet("/v1/debtors/{debtor}/contacts", { debtor: item!.debtor! }, {}, !!item!.debtor);
  const phones = contacts.data?.items.filter((row) => row.channel !== "email") ?? [];
  const again = outcome === "no_answer" || outcome === "voicemail" || outcome === "call_back";
  const call = useChange(async (form: FormData) => {
    const task = await taskOf(item!);
    try {
      const answer = await post("/v1/tasks/{task}/call", { task: task.id }, {
        outcome, note: words(form, "note"),
        ...(form.get("contact") ? { contact: words(form, "contact") as `con_${string}` } : {}),
        ...(again && words(form, "again") ? { again_at: instant(words(form, "again"), words(form, "again_time")) } : {}),
        finish: !again && form.get("finish") === "on",
      }, crypto.randomUUID(), { version: task.version });
      // a call that was made was made, and a number that is wrong stays wrong: what it did with the task is undone
      const finished = !again && form.get("finish") === "on", later = again && words(form, "again") !== "";
      told(t("today.called", { name: item!.debtor_name ?? "" }),
        finished || later ? undoOf(answer.change!) : undefined, t(later ? "today.wake" : "today.reopen"));
    } catch (error) {
      if (error instanceof Refused && error.problem.status === 412) await conflict(t, item!);
      throw error;
    }
  });
  return (
    <FormDialog title={t("today.call_title", { name: item!.debtor_name ?? "" })} action={t("today.call_save")}
      close={close} submit={(form) => call.mutateAsync(form)}>
      {phones.length > 0 && (
        <p className="muted">{phones.filter((row) => row.state === "usable")
          .map((row) => `${row.address}${row.name ? ` (${row.name})` : ""}`).join(" · ")}</p>
      )}
      <Field label={t("today.outcome")}>
        <select name="outcome" autoFocus value={outcome}
          onChange={(event) => choose(event.target.value as typeof outcome)}>
          {CALLS.map((one) => <option key={one} value={one}>{t(`call.${one}`)}</option>)}
        </select>
      </Field>
      <Field label={t("today.said")} hint={t("today.note_hint")}>
        <textarea name="note" maxLength={2000} />
      </Field>
      {outcome === "wrong_number" && phones.length > 0 && (
        <Field label={t("today.which_number")}>
          <select name="contact">
            {phones.map((row) => <option key={row.id} value={row.id}>{row.address}</option>)}
          </select>
        </Field>
      )}
      {again && <When label={t("today.call_again")} name="again" first={addDays(organization!.today, 1)} />}
      {!again && (
        <label><input type="checkbox" name="finish" defaultChecked /> {t("today.finish_too")}</label>
      )}
    </FormDialog>
  );
}

function OpenInvoice({ debtor, required, hint }: { debtor: string; required?: boolean; hint?: string }) {
  const { t } = useWords();
  const invoices = useList("/v1/invoices", {}, { debtor: debtor as `deb_${string}` });
  return (
    <Field label={t("field.invoice")} {...(hint ? { hint } : {})}>
      <select name="invoice" required={required}>
        {!required && <option value="">{t("today.all_open")}</option>}
        {invoices.rows.map((row) => (
          <option key={row.id} value={row.id}>{row.number} · {money(row.open)} · {day(row.due)}</option>
        ))}
      </select>
    </Field>
  );
}

function amountIn(t: ReturnType<typeof useWords>["t"], form: FormData, currency: string) {
  const text = words(form, "amount");
  if (!text) return undefined;
  const minor = readAmount(text, currency);
  if (minor === null || minor <= 0) throw new FieldWrong(t("amount.wrong"));
  return { minor, currency };
}

const INTENTS = ["promise", "paid", "dispute", "wrong_person", "stop"] as const;

/** Accepts what a reply seems to want; what was changed in the form counts. */
function Accept({ items, close, told }: Props) {
  const { t } = useWords();
  const { organization } = useSession();
  const [item] = items;
  const suggested = item!.task!.suggestion!;
  const [intent, choose] = useState<string>(suggested.intent && (INTENTS as readonly string[]).includes(suggested.intent)
    ? suggested.intent : "promise");
  const currency = item!.claimable?.currency ?? organization!.currency;
  const accept = useChange(async (form: FormData) => {
    const amount = amountIn(t, form, currency), invoice = words(form, "invoice"), due = words(form, "due");
    try {
      const answer = await post("/v1/tasks/{task}/accept", { task: item!.task!.id }, {
        ...(intent !== suggested.intent ? { intent: intent as (typeof INTENTS)[number] } : {}),
        ...(amount ? { amount } : {}), ...(invoice ? { invoice: invoice as `inv_${string}` } : {}),
        ...(due && due !== suggested.date ? { due } : {}),
        ...(words(form, "reason") ? { reason: words(form, "reason") } : {}),
      }, crypto.randomUUID(), { version: item!.task!.version });
      told(t(`accepted.${intent as (typeof INTENTS)[number]}`), undoOf(answer.change!));
    } catch (error) {
      if (error instanceof Refused && error.problem.status === 412) await conflict(t, item!);
      throw error;
    }
  });
  return (
    <FormDialog title={t("today.accept_title")} action={t("today.accept")} close={close}
      submit={(form) => accept.mutateAsync(form)}>
      <Field label={t("today.wants")}>
        <select autoFocus value={intent} onChange={(event) => choose(event.target.value)}>
          {INTENTS.map((one) => <option key={one} value={one}>{t(`intent.${one}`)}</option>)}
        </select>
      </Field>
      <p className="muted">{t(`accept.${intent as (typeof INTENTS)[number]}`)}</p>
      {(intent === "promise" || intent === "dispute" || intent === "paid") && (
        <OpenInvoice debtor={item!.debtor!} required={intent !== "promise"} />
      )}
      {intent === "promise" && (
        <Field label={t("today.pays_by")}>
          <input name="due" type="date" required min={organization!.today} defaultValue={suggested.date ?? ""} />
        </Field>
      )}
      {(intent === "promise" || intent === "dispute") && (
        <Field label={t("field.amount")} hint={suggested.amount
          ? t("today.amount_said", { amount: suggested.amount }) : t("today.amount_all")}>
          <input name="amount" inputMode="decimal" />
        </Field>
      )}
      {intent === "dispute" && (
        <Field label={t("field.reason")}>
          <textarea name="reason" maxLength={2000} defaultValue={suggested.words ?? ""} />
        </Field>
      )}
    </FormDialog>
  );
}

/** A promise, a dispute or a note straight from the queue; the task stays until it is finished. */
function Deal({ items, close, told, kind }: Props & { kind: "promise" | "dispute" | "note" }) {
  const { t } = useWords();
  const { organization } = useSession();
  const [item] = items;
  const debtor = item!.debtor!;
  const currency = item!.claimable?.currency ?? organization!.currency;
  const [finish, setFinish] = useState(kind !== "note");
  const save = useChange(async (form: FormData) => {
    let back: (() => Promise<unknown>) | undefined; // of what was written down; a note stays
    if (kind === "note") {
      await post("/v1/debtors/{debtor}/notes", { debtor }, { text: words(form, "text") });
    } else if (kind === "promise") {
      const amount = amountIn(t, form, currency);
      if (!amount) throw new FieldWrong(t("amount.wrong"));
      const invoice = words(form, "invoice");
      const { id } = await post("/v1/promises", {}, { debtor, amount, due: words(form, "due"), source: "phone",
        ...(invoice ? { invoices: [invoice as `inv_${string}`] } : {}) });
      back = () => post("/v1/promises/{promise}/cancel", { promise: id as `pro_${string}` }, undefined);
    } else {
      const amount = amountIn(t, form, currency);
      const { id } = await post("/v1/disputes", {}, { invoice: words(form, "invoice") as `inv_${string}`,
        reason: words(form, "reason"), ...(amount ? { amount } : {}) });
      back = () => post("/v1/disputes/{dispute}/close", { dispute: id as `dis_${string}` }, { outcome: "withdrawn" });
    }
    if (!finish) return told(t(`today.made_${kind}`), back);
    const answer = await actOn(t, items, { act: "finish",
      outcome: kind === "promise" ? "promised" : kind === "dispute" ? "disputed" : "done" });
    const reopen = undoOf(answer.change!);
    told(t(`today.made_${kind}`), back ? async () => { await reopen(); await back(); } : reopen,
      back ? undefined : t("today.reopen"));
  });
  return (
    <FormDialog title={t(`today.${kind}_title`, { name: item!.debtor_name ?? "" })} action={t("today.save")}
      close={close} submit={(form) => save.mutateAsync(form)}>
      {kind === "note" && (
        <Field label={t("debtor.note")}><textarea name="text" required maxLength={2000} autoFocus /></Field>
      )}
      {kind !== "note" && <OpenInvoice debtor={debtor} required={kind === "dispute"} />}
      {kind === "promise" && (
        <>
          <Field label={t("field.amount")}
            {...(item!.claimable ? { hint: t("amount.owed", { amount: money(item!.claimable) }) } : {})}>
            <input name="amount" required inputMode="decimal" autoFocus />
          </Field>
          <Field label={t("today.pays_by")}>
            <input name="due" type="date" required min={organization!.today}
              defaultValue={addDays(organization!.today, 7)} />
          </Field>
        </>
      )}
      {kind === "dispute" && (
        <>
          <Field label={t("field.reason")}><textarea name="reason" required maxLength={2000} autoFocus /></Field>
          <Field label={t("field.amount")} hint={t("today.amount_all")}>
            <input name="amount" inputMode="decimal" />
          </Field>
        </>
      )}
      <label>
        <input type="checkbox" checked={finish} onChange={(event) => setFinish(event.target.checked)} />{" "}
        {t("today.finish_too")}
      </label>
    </FormDialog>
  );
}

export function Act(props: Props & { doing: Doing }) {
  switch (props.doing) {
    case "finish": return <Finish {...props} />;
    case "snooze": return <Snooze {...props} />;
    case "assign": return <Assign {...props} />;
    case "call": return <Call {...props} />;
    case "accept": return <Accept {...props} />;
    default: return <Deal {...props} kind={props.doing} />;
  }
}
