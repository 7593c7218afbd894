// Who else is told of what happens.
import { useState } from "react";
import { post, remove } from "../api/client";
import { useChange, useGet, useList } from "../api/queries";
import type { Id, Notification, Webhook } from "../api/types";
import { time } from "../format";
import { useWords } from "../i18n";
import { Field, FormDialog } from "../parts/dialog";
import { SecretDialog } from "../parts/secret";
import { Empty, sentenceOf, Shown } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { Told } from "../parts/told";

function AddWebhook({ close, made }: { close: () => void; made: (secret: string) => void }) {
  const { t } = useWords();
  const add = useChange(async (form: FormData) => {
    const events = String(form.get("events")).trim();
    made((await post("/v1/webhooks", {}, { url: String(form.get("url")), ...(events ? { events } : {}) })).secret);
  });
  return (
    <FormDialog title={t("hook.add")} action={t("hook.add")} close={close} submit={(form) => add.mutateAsync(form)}>
      <Field label={t("hook.url")}><input name="url" type="url" required maxLength={2000} autoFocus placeholder="https://" /></Field>
      <Field label={t("hook.events")} hint={t("hook.events_hint")}><input name="events" maxLength={1000} /></Field>
    </FormDialog>
  );
}

function Log({ id }: { id: Id<"whk"> }) {
  const { t } = useWords();
  const list = useList("/v1/webhooks/{webhook}/notifications", { webhook: id });
  const again = useChange((one: Id<"ntf">) =>
    post("/v1/notifications/{notification}/redeliver", { notification: one }, undefined));
  const columns: Column<Notification>[] = [
    { name: t("field.when"), cell: (row) => time(row.at) },
    { name: t("hook.type"), cell: (row) => <code>{row.type}</code> },
    { name: t("field.state"), cell: (row) => (
      <span className={`badge ${row.state === "delivered" ? "ok" : row.state === "waits" ? "" : "bad"}`}>
        {t(`hook.${row.state}`)}</span>) },
    { name: t("hook.answer"), cell: (row) => row.status || row.reason || "–" },
    { name: t("hook.attempts"), number: true, cell: (row) => row.attempts },
    { name: t("field.actions"), cell: (row) => (
      <button className="button quiet" disabled={again.isPending} onClick={() => again.mutate(row.id)}>
        {t("hook.again")}</button>) },
  ];
  return (
    <>
      {again.error && <p className="note bad" role="alert">{sentenceOf(t, again.error)}</p>}
      <Table label={t("hook.log")} list={list} columns={columns} keyOf={(row: Notification) => row.id}
        empty={<p className="muted">{t("hook.nothing")}</p>} />
    </>
  );
}

function Hook({ hook, shown }: { hook: Webhook; shown: (secret: string) => void }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const test = useChange(() => post("/v1/webhooks/{webhook}/test", { webhook: hook.id }, undefined));
  const rotate = useChange(async () =>
    shown((await post("/v1/webhooks/{webhook}/rotate", { webhook: hook.id }, undefined)).secret));
  const enable = useChange(() => post("/v1/webhooks/{webhook}/enable", { webhook: hook.id }, undefined));
  const drop = useChange(() => remove("/v1/webhooks/{webhook}", { webhook: hook.id }, undefined));
  const error = test.error ?? rotate.error ?? enable.error ?? drop.error;
  return (
    <section className="panel stack">
      <div className="panel-head" style={{ margin: 0 }}>
        <h2>{hook.url}</h2>
        <span className={`badge ${hook.state === "on" ? "ok" : "bad"}`}>{t(hook.state === "on" ? "hook.on" : "hook.off")}</span>
      </div>
      <p className="muted">{hook.events ?? t("hook.all")}</p>
      {hook.trouble && <Told className="note warn" text={hook.trouble} />}
      {error && <p className="note bad" role="alert">{sentenceOf(t, error)}</p>}
      <div className="actions">
        <button className="button" aria-expanded={open} onClick={() => setOpen(!open)}>{t("hook.log")}</button>
        <button className="button" onClick={() => { test.mutate(undefined); setOpen(true); }}>{t("hook.test")}</button>
        <button className="button" onClick={() => rotate.mutate(undefined)}>{t("hook.rotate")}</button>
        {hook.state === "off" && <button className="button" onClick={() => enable.mutate(undefined)}>{t("hook.enable")}</button>}
        <button className="button quiet" onClick={() => { setOpen(false); drop.mutate(undefined); }}>{t("hook.remove")}</button>
      </div>
      {open && <Log id={hook.id} />}
    </section>
  );
}

export function WebhooksPart() {
  const { t } = useWords();
  const hooks = useGet("/v1/webhooks", {});
  const [adding, add] = useState(false);
  const [secret, show] = useState<string | null>(null);
  return (
    <>
      <div className="end"><button className="button primary" onClick={() => add(true)}>{t("hook.add")}</button></div>
      <Shown query={hooks}>
        {({ items }) => items.length === 0
          ? <div className="panel"><Empty title={t("hook.none")}><p>{t("hook.none_says")}</p></Empty></div>
          : items.map((one) => <Hook key={one.id} hook={one} shown={show} />)}
      </Shown>
      {adding && <AddWebhook close={() => add(false)} made={show} />}
      {secret && <SecretDialog title={t("hook.secret")} secret={secret} says={t("hook.secret_says")} close={() => show(null)} />}
    </>
  );
}
