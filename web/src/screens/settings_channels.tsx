// How messages leave and answers come in: mail, a gateway of others, mailboxes.
import { useState } from "react";
import { get, post, put, remove } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Channel, Mailbox } from "../api/types";
import { time } from "../format";
import { useWords, wordOf } from "../i18n";
import { Field, FormDialog } from "../parts/dialog";
import { EditDialog, foundIn, madeAs, NONE_YET } from "../parts/edit_dialog";
import { RemoveButton } from "../parts/remove";
import { SaveForm, textOf, type Unsaved } from "../parts/save_form";
import { Shown, Tried } from "../parts/state";
import { Told } from "../parts/told";
import { useSession } from "../session";
import { CHANNELS } from "../words";
import { ChannelTest, Health, MailForm, MailTrust } from "./channel_mail";
import { PricesPart } from "./settings_prices";
import { SendingSwitch } from "./start_live";

/** Only owners change what holds secrets; who may not, reads. */
export const useOwner = () => useSession().me.role === "owner";

function Facts({ channel }: { channel: Channel }) {
  const { t } = useWords();
  return (
    <dl className="facts">
      <dt>{t("chan.driver")}</dt>
      <dd>{channel.driver === "smtp" ? `${channel.host}:${channel.port}` : t(`chan.driver_${channel.driver}` as "chan.driver_http")}</dd>
      {channel.sender && (<><dt>{t("chan.sender")}</dt><dd>{channel.sender}</dd></>)}
      <dt>{t("chan.since")}</dt><dd>{time(channel.updated_at)}</dd>
      {channel.paused_reason && (<><dt>{t("field.reason")}</dt><dd>{channel.paused_reason}</dd></>)}
    </dl>
  );
}

function Mail({ channel }: { channel: Channel | undefined }) {
  const { t } = useWords();
  const owner = useOwner();
  const creditors = useGet("/v1/creditors", {});
  const suggest = creditors.data?.items.find(({ email }) => email)?.email ?? null;
  const set = channel && channel.driver !== "capture";
  const [unsaved, setUnsaved] = useState<Unsaved | null>(null);
  const [fresh] = useState(!set); // what was filled for the first time stays open, and says that it was kept
  return (
    <section className="panel stack">
      <h2>{t("chan.mail")}</h2>
      {channel ? <Facts channel={channel} /> : <p className="note warn">{t("chan.none_says")}</p>}
      {channel && <Health channel={channel} />}
      {channel && <SendingSwitch channel={channel} />}
      {channel && <ChannelTest channel={channel} unsaved={unsaved} />}
      {owner ? (
        <details open={fresh}>
          <summary>{t("chan.server")}</summary>
          {creditors.data && <MailForm channel={channel} suggest={suggest} unsaved={setUnsaved} />}
        </details>
      ) : <p className="muted">{t("chan.owners")}</p>}
      {set && owner && <MailTrust channel={channel} />}
      <p className="muted">{suggest ? t("chan.replies", { address: suggest }) : t("chan.replies_sender")}</p>
    </section>
  );
}

// ── a gateway of others ──

function Gateway({ channel }: { channel: Channel | undefined }) {
  const { t } = useWords();
  const owner = useOwner();
  const connectors = useGet("/v1/connectors", {});
  const names = connectors.data?.items.map(({ name }) => name) ?? [];
  const [open, setOpen] = useState(channel !== undefined);
  const save = useChange(([form, version]: [FormData, string | undefined]) => put("/v1/channels/{channel}",
    { channel: "http" }, {
      driver: "http", from_address: String(form.get("from")).trim(), connector: String(form.get("connector")),
      method: String(form.get("method")) as "POST", type: String(form.get("type")) as "json",
      ...Object.fromEntries((["path", "body", "id", "ok", "ok_words", "gone"] as const)
        .filter((name) => textOf(form, name)).map((name) => [name, textOf(form, name)!])),
    }, version));
  const drop = useChange(() => remove("/v1/channels/{channel}", { channel: "http" }, undefined));
  if (!open) {
    return owner ? (
      <div><button className="button" onClick={() => setOpen(true)}>{t("gate.add")}</button></div>
    ) : null;
  }
  return (
    <section className="panel stack">
      <h2>{wordOf(t, CHANNELS, "channel", "http")}</h2>
      <p className="muted">{t("gate.says")}</p>
      {channel && <><Facts channel={channel} /><Health channel={channel} /><SendingSwitch channel={channel} />
        <ChannelTest channel={channel} /></>}
      {owner && (names.length === 0 ? <p className="note warn">{t("gate.no_connector")}</p> : (
        <SaveForm action={t("chan.save")} {...(channel ? { current: channel } : {})}
          labels={{ connector: t("gate.connector"), sender: t("gate.from"), method: t("gate.method"), path: t("gate.path"),
            type: t("gate.type"), id: t("gate.id"), ok: t("gate.ok"), ok_words: t("gate.ok_words"), gone: t("gate.gone"),
            body: t("gate.body") }}
          submit={(form, version) => save.mutateAsync([form, version])}>
          <div className="form-grid">
            <Field label={t("gate.connector")}>
              <select name="connector" defaultValue={channel?.connector ?? names[0]}>
                {names.map((one) => <option key={one}>{one}</option>)}
              </select>
            </Field>
            <Field label={t("gate.from")}>
              <input name="from" required maxLength={120} defaultValue={channel?.sender ?? ""} />
            </Field>
            <Field label={t("gate.method")}>
              <select name="method" defaultValue={channel?.method ?? "POST"}><option>POST</option><option>PUT</option></select>
            </Field>
            <Field label={t("gate.path")}>
              <input name="path" maxLength={2000} defaultValue={channel?.path ?? ""} placeholder="/messages" />
            </Field>
            <Field label={t("gate.type")}>
              <select name="type" defaultValue={channel?.type ?? "json"}>
                <option>json</option><option>form</option><option>text</option>
              </select>
            </Field>
            <Field label={t("gate.id")} hint={t("gate.id_hint")}>
              <input name="id" maxLength={200} defaultValue={channel?.id ?? ""} placeholder="/message/id" />
            </Field>
            <Field label={t("gate.ok")} hint={t("gate.ok_hint")}>
              <input name="ok" maxLength={200} defaultValue={channel?.ok ?? ""} placeholder="/status" />
            </Field>
            <Field label={t("gate.ok_words")}>
              <input name="ok_words" maxLength={200} defaultValue={channel?.ok_words ?? ""} placeholder="true, ok" />
            </Field>
            <Field label={t("gate.gone")}>
              <input name="gone" maxLength={200} defaultValue={channel?.gone ?? ""} placeholder="410" />
            </Field>
            <div className="whole">
              <Field label={t("gate.body")} hint={t("gate.body_hint")}>
                <textarea name="body" rows={5} maxLength={65536} spellCheck={false} defaultValue={channel?.body ?? ""}
                  placeholder={'{"to": "{{ contact.address }}", "text": "{{ message.text }}"}'} />
              </Field>
            </div>
          </div>
        </SaveForm>
      ))}
      {channel && owner && (
        <div><RemoveButton label={t("chan.remove")} title={t("chan.drop")} says={t("chan.drop_says")}
          remove={() => drop.mutateAsync(undefined)} /></div>
      )}
    </section>
  );
}

// ── mailboxes ──

function MailboxFields({ mailbox, names }: { mailbox: Mailbox | undefined; names?: string[] }) {
  const { t } = useWords();
  const { me } = useSession();
  return (
    <div className="form-grid">
      {!mailbox && (
        <Field label={t("field.name")} hint={t("box.name_hint")}>
          <input name="name" required maxLength={60} autoFocus defaultValue={names?.length ? "" : t("box.first_name")} />
        </Field>
      )}
      <Field label={t("box.host")}>
        <input name="host" required maxLength={253} defaultValue={mailbox?.host ?? ""} placeholder="imap.example.com" />
      </Field>
      <Field label={t("chan.secured")}>
        <select name="secured" defaultValue={mailbox?.secured ?? "tls"}>
          <option value="tls">TLS</option><option value="starttls">STARTTLS</option>
          <option value="none">{t("chan.secured_none")}</option>
        </select>
      </Field>
      <Field label={t("chan.port")} hint={t("box.port_hint")}>
        <input name="port" inputMode="numeric" pattern="[0-9]{0,5}" defaultValue={mailbox?.port ?? ""} />
      </Field>
      <Field label={t("chan.user")}>
        <input name="user" required maxLength={320} defaultValue={mailbox?.user ?? ""} autoComplete="off" />
      </Field>
      <Field label={t("chan.password")} hint={mailbox?.has_password ? mailbox.password_set_at
        ? t("chan.password_since", { when: time(mailbox.password_set_at) }) : t("chan.password_server") : t("chan.password_hint")}>
        <input name="password" type="password" required={!mailbox?.has_password} maxLength={4000}
          autoComplete="new-password" placeholder={mailbox?.has_password ? "••••••••" : ""} />
      </Field>
      <Field label={t("box.folder")}><input name="folder" maxLength={200} defaultValue={mailbox?.folder ?? ""} placeholder="INBOX" /></Field>
      <Field label={t("box.processed")} hint={t("box.processed_hint")}>
        <input name="processed" maxLength={200} defaultValue={mailbox?.processed ?? ""} />
      </Field>
      <label className="check whole">
        <input type="checkbox" name="private" disabled={!me.operator} defaultChecked={mailbox?.private ?? false} />
        <span>{t("chan.private")} <span className="muted">{t("chan.private_says")}</span></span>
      </label>
    </div>
  );
}

const mailboxOf = (form: FormData, may: boolean, old?: Mailbox) => ({
  host: String(form.get("host")).trim(), secured: String(form.get("secured")) as "tls",
  user: String(form.get("user")).trim(),
  private: may ? form.has("private") : old?.private ?? false,
  ...(Number(form.get("port")) ? { port: Number(form.get("port")) } : {}),
  ...(form.get("password") ? { password: String(form.get("password")) } : {}),
  ...(textOf(form, "folder") ? { folder: textOf(form, "folder")! } : {}),
  ...(textOf(form, "processed") ? { processed: textOf(form, "processed")! } : {}),
});

function NewMailbox({ names, close }: { names: string[]; close: () => void }) {
  const { t } = useWords();
  const { me } = useSession();
  const make = useChange(([name, form]: [string, FormData]) =>
    put("/v1/mailboxes/{mailbox}", { mailbox: name }, mailboxOf(form, me.operator === true), NONE_YET));
  return (
    <FormDialog wide title={t("box.add")} action={t("form.save")} close={close}
      submit={(form) => madeAs(t, textOf(form, "name")!, names, (name) => make.mutateAsync([name, form]))}>
      <MailboxFields mailbox={undefined} names={names} />
    </FormDialog>
  );
}

function MailboxForm({ mailbox, close }: { mailbox: Mailbox; close: () => void }) {
  const { t } = useWords();
  const { me } = useSession();
  const save = useChange(([form, read, version]: [FormData, Mailbox, string]) =>
    put("/v1/mailboxes/{mailbox}", { mailbox: read.name }, mailboxOf(form, me.operator === true, read), version));
  return (
    <EditDialog wide title={mailbox.name} action={t("form.save")} close={close} row={mailbox}
      again={async () => foundIn((await get("/v1/mailboxes", {})).items, ({ name }) => name === mailbox.name)}
      labels={{ host: t("box.host"), secured: t("chan.secured"), port: t("chan.port"), user: t("chan.user"),
        folder: t("box.folder"), processed: t("box.processed"), private: t("chan.private"), password_set_at: t("chan.password") }}
      say={{ password_set_at: (at) => t("chan.password_since", { when: time(at!) }) }}
      submit={(form, read, version) => save.mutateAsync([form, read, version])}>
      {(read) => <MailboxFields mailbox={read} />}
    </EditDialog>
  );
}

function OneMailbox({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useWords();
  const owner = useOwner();
  const [editing, edit] = useState(false);
  const test = useChange(() => post("/v1/mailboxes/{mailbox}/test", { mailbox: mailbox.name }, undefined));
  const drop = useChange(() => remove("/v1/mailboxes/{mailbox}", { mailbox: mailbox.name }, undefined, "",
    { version: mailbox.version }));
  const { error } = test;
  return (
    <div className="block">
      <strong>{mailbox.name}</strong>
      <span className="muted">{mailbox.user} · {mailbox.host}:{mailbox.port}
        {mailbox.checked_at && ` · ${t("box.checked", { when: time(mailbox.checked_at) })}`}</span>
      {mailbox.trouble && <Told className="note bad" text={mailbox.trouble} />}
      {error && <Tried error={error} />}
      <p role="status" className={test.data ? "note" : undefined}>
        {test.data && t("box.works", { count: test.data.mails })}</p>
      <div className="actions">
        <button className="button" disabled={test.isPending} onClick={() => test.mutate(undefined)}>{t("box.test")}</button>
        {owner && <button className="button" onClick={() => edit(true)}>{t("box.change")}</button>}
        {owner && <RemoveButton title={t("box.drop", { name: mailbox.name })} says={t("box.drop_says")}
          remove={() => drop.mutateAsync(undefined)} />}
      </div>
      {editing && <MailboxForm mailbox={mailbox} close={() => edit(false)} />}
    </div>
  );
}

function Mailboxes() {
  const { t } = useWords();
  const owner = useOwner();
  const boxes = useGet("/v1/mailboxes", {});
  const [adding, add] = useState(false);
  return (
    <section className="panel stack">
      <h2>{t("box.title")}</h2>
      <p className="muted">{t("box.says")}</p>
      <Shown query={boxes}>{({ items }) => <>{items.map((one) => <OneMailbox key={one.name} mailbox={one} />)}</>}</Shown>
      {owner && <div><button className="button" onClick={() => add(true)}>{t("box.add")}</button></div>}
      {adding && <NewMailbox names={boxes.data?.items.map(({ name }) => name) ?? []} close={() => add(false)} />}
    </section>
  );
}

export function ChannelsPart() {
  const { t } = useWords();
  const channels = useGet("/v1/channels", {});
  return (
    <>
      <Shown query={channels}>
        {({ items }) => {
          const find = (name: string) => items.find(({ channel }) => channel === name);
          const others = items.filter(({ channel }) => !["email", "http"].includes(channel));
          return (
            <>
              <Mail channel={find("email")} />
              {others.map((one) => (
                <section className="panel stack" key={one.channel}>
                  <h2>{wordOf(t, CHANNELS, "channel", one.channel)}</h2>
                  <Facts channel={one} />
                  <SendingSwitch channel={one} />
                </section>
              ))}
              <Gateway key={find("http") ? "set" : "none"} channel={find("http")} />
            </>
          );
        }}
      </Shown>
      <Mailboxes />
      <PricesPart />
    </>
  );
}
