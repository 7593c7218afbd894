// What leaves next, message by message, and the button that keeps it.
import { useState } from "react";
import { Link } from "wouter";
import { post } from "../api/client";
import { useChange, useGet, useList } from "../api/queries";
import type { Id, Message } from "../api/types";
import { count, time } from "../format";
import { useWords, wordOf } from "../i18n";
import { Field, FormDialog } from "../parts/dialog";
import { Empty } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { useSession } from "../session";
import { CHANNELS, MESSAGE_STATES } from "../words";

export function MessageState({ message }: { message: Pick<Message, "state" | "reason_words"> }) {
  const { t } = useWords();
  const tone = { sent: "ok", delivered: "ok", bounced: "bad", failed: "bad", uncertain: "bad",
    skipped: "", held: "warn", queued: "accent", sending: "accent" }[message.state];
  return (
    <span className={`badge ${tone}`} title={message.reason_words ?? undefined}>
      {wordOf(t, MESSAGE_STATES, "state_of", message.state)}
    </span>
  );
}

function DebtorName({ id }: { id: Id<"deb"> }) {
  const debtor = useGet("/v1/debtors/{debtor}", { debtor: id });
  return <Link href={`/debtors/${id}`}>{debtor.data?.name ?? id}</Link>;
}

function Hold({ chosen, close }: { chosen: Id<"msg">[]; close: () => void }) {
  const { t } = useWords();
  const { organization } = useSession();
  const hold = useChange((form: FormData) => post("/v1/outbox/hold", {}, {
    messages: chosen, reason: String(form.get("reason")),
    until: `${String(form.get("until"))}T23:59:59Z`,
  }));
  return (
    <FormDialog title={t("outbox.hold_title", { count: chosen.length })} action={t("outbox.hold")}
      close={close} submit={(form) => hold.mutateAsync(form)}>
      <p className="muted">{t("outbox.hold_says")}</p>
      <Field label={t("field.reason")}><input name="reason" required maxLength={400} autoFocus /></Field>
      <Field label={t("field.until")}>
        <input name="until" type="date" required min={organization!.today} />
      </Field>
    </FormDialog>
  );
}

export default function Outbox() {
  const { t } = useWords();
  const list = useList("/v1/outbox", {});
  const [chosen, choose] = useState<Id<"msg">[]>([]);
  const [holding, setHolding] = useState(false);
  const toggle = (id: Id<"msg">) =>
    choose(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  const columns: Column<Message>[] = [
    { name: t("field.choose"), cell: (row) => (
      <input type="checkbox" aria-label={t("field.choose")} checked={chosen.includes(row.id)}
        onChange={() => toggle(row.id)} />) },
    { name: t("field.when"), cell: (row) => row.not_before ? time(row.not_before) : t("outbox.now") },
    { name: t("field.debtor"), clip: true, cell: (row) => <DebtorName id={row.debtor} /> },
    { name: t("field.channel"), cell: (row) => wordOf(t, CHANNELS, "channel", row.channel) },
    { name: t("field.template"), cell: (row) => row.template },
    { name: t("field.tone"), number: true, cell: (row) => row.tone },
    { name: t("field.state"), cell: (row) => <MessageState message={row} /> },
    { name: t("field.reason"), clip: true, cell: (row) => row.reason_words ?? "" },
  ];
  return (
    <>
      <div className="page-head">
        <h1>{t("nav.outbox")}</h1>
        <div className="actions">
          {list.rows.length > 0 && (
            <button className="button" onClick={() => choose(chosen.length === list.rows.length ? []
              : list.rows.map((row) => row.id))}>{t("action.all")}</button>
          )}
          <button className="button primary" disabled={chosen.length === 0}
            onClick={() => setHolding(true)}>
            {t("outbox.hold_some", { count: count(chosen.length) })}
          </button>
        </div>
      </div>
      <div className="panel flush">
        <Table label={t("nav.outbox")} list={list} columns={columns} keyOf={(row: Message) => row.id}
          empty={<Empty title={t("outbox.none")}><p>{t("outbox.none_says")}</p></Empty>} />
      </div>
      {holding && <Hold chosen={chosen} close={() => { setHolding(false); choose([]); }} />}
    </>
  );
}
