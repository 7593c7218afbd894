// What leaves next, message by message, and the button that keeps it.
import { useState } from "react";
import { Link } from "wouter";
import { post } from "../api/client";
import { useChange, useGet, useList } from "../api/queries";
import type { Id, Message } from "../api/types";
import { addDays, count, day, instantOf, time } from "../format";
import { useWords, wordOf } from "../i18n";
import { Field, FormDialog } from "../parts/dialog";
import { Empty, sentenceOf } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { useSession } from "../session";
import { UndoBar, useUndo } from "../parts/undo";
import "../style/today.css";
import { CHANNELS, MESSAGE_STATES } from "../words";
import { DraftDialog } from "./draft";
import { TEMPLATES } from "./template_names";

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

function Hold({ chosen, close, told }: { chosen: Id<"msg">[]; close: () => void;
  told: (says: string, undo?: () => Promise<unknown>) => void }) {
  const { t } = useWords();
  const { organization } = useSession();
  const hold = useChange(async (form: FormData) => {
    const until = String(form.get("until"));
    const held = await post("/v1/outbox/hold", {}, {
      messages: chosen, reason: String(form.get("reason")), until: instantOf(until, "23:59:59"),
    });
    told(t("outbox.held", { count: held.count, until: day(until) }), held.holds.length > 0
      ? () => post("/v1/outbox/release", {}, { holds: held.holds }) : undefined);
  });
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
  const { organization } = useSession();
  const [soon, setSoon] = useState(true);
  const list = useList("/v1/outbox", {},
    soon ? { until: instantOf(addDays(organization!.today, 2), "00:00") } : {});
  const { done, tell, clear } = useUndo();
  const [editing, setEditing] = useState<Id<"msg"> | null>(null);
  const [releasing, setReleasing] = useState<{ row: Message; count: number } | null>(null);
  const ask = useChange(async (row: Message) => {
    const { count: holds } = await post("/v1/outbox/release", {}, { messages: [row.id], dry_run: true });
    setReleasing({ row, count: holds });
  });
  const release = useChange(async (row: Message) => {
    const answer = await post("/v1/outbox/release", {}, { messages: [row.id] });
    tell(t("outbox.released", { count: answer.count }));
  });
  const [chosen, choose] = useState<Id<"msg">[]>([]);
  const [holding, setHolding] = useState(false);
  const toggle = (id: Id<"msg">) =>
    choose(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  const columns: Column<Message>[] = [
    { name: t("field.choose"), cell: (row) => (
      <input type="checkbox" aria-label={t("field.choose")} checked={chosen.includes(row.id)}
        onChange={() => toggle(row.id)} />) },
    { name: t("field.when"), cell: (row) => row.not_before ? time(row.not_before) : t("outbox.now") },
    { name: t("field.debtor"), lines: true, cell: (row) => <DebtorName id={row.debtor} /> },
    { name: t("field.template"), cell: (row) => (
      <>{wordOf(t, TEMPLATES, "tpn", row.template)}<span className="under">
        {wordOf(t, CHANNELS, "channel", row.channel)} · {t("field.tone")} {row.tone}</span></>) },
    { name: t("field.state"), cell: (row) => <MessageState message={row} /> },
    { name: t("field.reason"), lines: true, cell: (row) => row.reason_words ?? "" },
    { name: t("outbox.edit"), cell: (row) => (
      <span className="actions" style={{ flexWrap: "nowrap" }}>
        {row.state === "queued" && (
          <button className="button quiet" onClick={() => setEditing(row.id)}>{t("outbox.edit")}</button>
        )}
        {row.reason === "hold" && (
          <button className="button quiet" disabled={ask.isPending}
            onClick={() => ask.mutate(row)}>{t("outbox.release")}</button>
        )}
      </span>) },
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
      <div className="chips" role="group" aria-label={t("outbox.which")} style={{ marginBottom: 12 }}>
        <button className="chip" aria-pressed={soon} onClick={() => setSoon(true)}>{t("outbox.tomorrow")}</button>
        <button className="chip" aria-pressed={!soon} onClick={() => setSoon(false)}>{t("outbox.everything")}</button>
      </div>
      <UndoBar done={done} clear={clear} />
      {ask.error && <p className="note bad" role="alert">{sentenceOf(t, ask.error)}</p>}
      <div className="panel flush">
        <Table label={t("nav.outbox")} list={list} columns={columns} keyOf={(row: Message) => row.id}
          empty={<Empty title={t("outbox.none")}><p>{t("outbox.none_says")}</p></Empty>} />
      </div>
      {releasing && (releasing.count > 0 ? (
        <FormDialog title={t("outbox.release_title")} action={t("outbox.release")} close={() => setReleasing(null)}
          submit={() => release.mutateAsync(releasing.row)}>
          <p><DebtorName id={releasing.row.debtor} />: {t("outbox.release_says", { count: releasing.count })}</p>
        </FormDialog>
      ) : (
        <FormDialog title={t("outbox.release_title")} action={t("action.close")} close={() => setReleasing(null)}>
          <p><DebtorName id={releasing.row.debtor} />: {t("outbox.release_none")}</p>
        </FormDialog>
      ))}
      {editing && <DraftDialog message={editing} close={() => setEditing(null)} />}
      {holding && <Hold chosen={chosen} told={tell} close={() => { setHolding(false); choose([]); }} />}
    </>
  );
}
