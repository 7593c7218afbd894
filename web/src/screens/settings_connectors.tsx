// Other systems that cases ask and channels go over; and the bounds of the program.
import { useState } from "react";
import { get, post, put, remove } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Connector } from "../api/types";
import { count, time } from "../format";
import { useWords } from "../i18n";
import { Field, FormDialog } from "../parts/dialog";
import { EditDialog, foundIn, madeAs, NONE_YET } from "../parts/edit_dialog";
import { RemoveButton } from "../parts/remove";
import { textOf } from "../parts/save_form";
import { Empty, Shown, Tried } from "../parts/state";
import { Told } from "../parts/told";
import { useSession } from "../session";
import { useOwner } from "./settings_channels";

const AUTHS = ["none", "bearer", "basic", "header"] as const;
type Auth = (typeof AUTHS)[number];

/** What the form does not ask stays as it was read. */
const connectorOf = (form: FormData, auth: Auth, operator: boolean, old?: Connector) => ({
  url: String(form.get("url")).trim(), repeats: form.has("repeats"), form: form.has("form"),
  ...(form.get("timeout") ? { timeout: Number(form.get("timeout")) } : {}),
  ...(old?.tries ? { tries: old.tries } : {}),
  ...(old?.headers ? { headers: old.headers } : {}),
  ...(form.has("auth") && (form.get("key") || auth === "none" || auth !== (old?.auth ?? "none")
    || String(form.get("user") ?? "") !== (old?.user ?? "") || String(form.get("header") ?? "") !== (old?.header ?? ""))
    ? { auth, ...(auth === "basic" ? { user: String(form.get("user")) } : {}),
      ...(auth === "header" ? { header: String(form.get("header")) } : {}) } : {}),
  ...(form.get("key") ? { key: String(form.get("key")) } : {}),
  ...(operator ? { private: form.has("private") } : {}),
});
const authIn = (form: FormData) => (form.get("auth") ?? "none") as Auth;

function ConnectorFields({ connector }: { connector: Connector | undefined }) {
  const { t } = useWords();
  const owner = useOwner();
  const { me } = useSession();
  const [auth, choose] = useState<Auth>((connector?.auth as Auth | null) ?? "none");
  return (
    <div className="form-grid">
      {!connector && (
        <Field label={t("field.name")} hint={t("conn.name_hint")}>
          <input name="name" required maxLength={60} pattern="[A-Za-z0-9_\-]+" autoFocus /></Field>
      )}
      <Field label={t("hook.url")}>
        <input name="url" type="url" required maxLength={2000} defaultValue={connector?.url ?? ""} placeholder="https://" /></Field>
      {owner && (
        <Field label={t("conn.auth")}>
          <select name="auth" value={auth} onChange={(event) => choose(event.target.value as Auth)}>
            {AUTHS.map((one) => <option key={one} value={one}>{t(`conn.auth_${one}`)}</option>)}
          </select>
        </Field>
      )}
      {owner && auth === "basic" && <Field label={t("chan.user")}><input name="user" required maxLength={320} defaultValue={connector?.user ?? ""} /></Field>}
      {owner && auth === "header" && <Field label={t("conn.header")}><input name="header" required maxLength={120} defaultValue={connector?.header ?? ""} placeholder="X-Api-Key" /></Field>}
      {owner && auth !== "none" && (
        <Field label={t("conn.key")} hint={connector?.has_secret ? t("conn.key_kept") : t("chan.password_hint")}>
          <input name="key" type="password" maxLength={4000} autoComplete="new-password"
            required={!connector?.has_secret || auth !== connector.auth} placeholder={connector?.has_secret ? "••••••••" : ""} />
        </Field>
      )}
      <Field label={t("conn.timeout")}><input name="timeout" type="number" min={1} max={60} defaultValue={connector?.timeout ?? 20} /></Field>
      <label className="check whole"><input type="checkbox" name="repeats" defaultChecked={connector?.repeats ?? false} />
        <span>{t("conn.repeats")}</span></label>
      <label className="check whole"><input type="checkbox" name="form" defaultChecked={connector?.form ?? false} />
        <span>{t("conn.form")}</span></label>
      {me.operator && (
        <label className="check whole"><input type="checkbox" name="private" defaultChecked={connector?.private ?? false} />
          <span>{t("chan.private")} <span className="muted">{t("chan.private_says")}</span></span></label>
      )}
    </div>
  );
}

function NewConnector({ names, close }: { names: string[]; close: () => void }) {
  const { t } = useWords();
  const { me } = useSession();
  const make = useChange(([name, form]: [string, FormData]) => put("/v1/connectors/{connector}", { connector: name },
    connectorOf(form, authIn(form), me.operator === true), NONE_YET));
  return (
    <FormDialog wide title={t("conn.add")} action={t("form.save")} close={close}
      submit={(form) => madeAs(t, textOf(form, "name")!, names, (name) => make.mutateAsync([name, form]))}>
      <ConnectorFields connector={undefined} />
    </FormDialog>
  );
}

function ConnectorForm({ connector, close }: { connector: Connector; close: () => void }) {
  const { t } = useWords();
  const { me } = useSession();
  const save = useChange(([form, read, version]: [FormData, Connector, string]) =>
    put("/v1/connectors/{connector}", { connector: read.name }, connectorOf(form, authIn(form), me.operator === true, read), version));
  return (
    <EditDialog wide title={connector.name} action={t("form.save")} close={close} row={connector}
      again={async () => foundIn((await get("/v1/connectors", {})).items, ({ name }) => name === connector.name)}
      labels={{ url: t("hook.url"), auth: t("conn.auth"), user: t("chan.user"), header: t("conn.header"),
        has_secret: t("conn.key"), headers: t("conn.headers"), timeout: t("conn.timeout"), tries: t("conn.tries"),
        repeats: t("conn.repeats"), form: t("conn.form"), private: t("chan.private") }}
      say={{ auth: (one) => t(`conn.auth_${one as Auth}`) }}
      submit={(form, read, version) => save.mutateAsync([form, read, version])}>
      {(read) => <ConnectorFields connector={read} />}
    </EditDialog>
  );
}

function One({ connector }: { connector: Connector }) {
  const { t } = useWords();
  const [editing, edit] = useState(false);
  const [path, setPath] = useState("/");
  const test = useChange(() => post("/v1/connectors/{connector}/test", { connector: connector.name }, { path }));
  const drop = useChange(() => remove("/v1/connectors/{connector}", { connector: connector.name }, undefined, "",
    { version: connector.version }));
  const { error } = test;
  return (
    <div className="block">
      <strong>{connector.name}</strong>
      <span className="muted break">{connector.url}{connector.has_secret && ` · ${t("conn.has_key")}`}
        {connector.used_at && ` · ${t("conn.used", { when: time(connector.used_at) })}`}</span>
      {connector.trouble && <Told className="note warn" text={connector.trouble} />}
      <form className="actions" onSubmit={(event) => { event.preventDefault(); test.mutate(undefined); }}>
        <input className="search" aria-label={t("conn.path_of", { name: connector.name })} value={path} maxLength={2000}
          onChange={(event) => setPath(event.target.value)} />
        <button className="button" disabled={test.isPending}>{t("conn.test")}</button>
        <button type="button" className="button" onClick={() => edit(true)}>{t("box.change")}</button>
        <RemoveButton title={t("conn.drop", { name: connector.name })} says={t("conn.drop_says")}
          remove={() => drop.mutateAsync(undefined)} />
      </form>
      {error && <Tried error={error} />}
      {test.data && (
        <div role={test.data.status >= 400 ? "alert" : "status"}>
          <p className={test.data.status >= 400 ? "note bad" : "note"}>
            {t("conn.answered", { status: test.data.status, ms: test.data.milliseconds })}
            {[401, 403, 407].includes(test.data.status) && ` ${t("cause.login")}`}</p>
          {test.data.body && <pre className="command" tabIndex={0} aria-label={t("hook.answer")}>{test.data.body}</pre>}
        </div>
      )}
      {editing && <ConnectorForm connector={connector} close={() => edit(false)} />}
    </div>
  );
}

export function ConnectorsPart() {
  const { t } = useWords();
  const connectors = useGet("/v1/connectors", {});
  const [adding, add] = useState(false);
  return (
    <section className="panel stack">
      <h2>{t("set.connectors")}</h2>
      <p className="muted">{t("conn.says")}</p>
      <Shown query={connectors}>
        {({ items }) => items.length === 0 ? <Empty title={t("conn.none")} />
          : <>{items.map((one) => <One key={one.name} connector={one} />)}</>}
      </Shown>
      <div><button className="button" onClick={() => add(true)}>{t("conn.add")}</button></div>
      {adding && <NewConnector names={connectors.data?.items.map(({ name }) => name) ?? []} close={() => add(false)} />}
    </section>
  );
}

export function LimitsPart() {
  const { t } = useWords();
  const limits = useGet("/v1/limits", {});
  const [words, setWords] = useState("");
  return (
    <section className="panel stack">
      <h2>{t("set.limits")}</h2>
      <p className="muted">{t("limit.says")}</p>
      <input className="search" aria-label={t("limit.find")} placeholder={t("limit.find")} value={words}
        onChange={(event) => setWords(event.target.value)} />
      <Shown query={limits}>
        {({ items }) => (
          <div className="scroll" tabIndex={0} role="region" aria-label={t("set.limits")}>
            <table aria-label={t("set.limits")}>
              <thead><tr><th scope="col">{t("limit.name")}</th><th scope="col" className="number">{t("limit.value")}</th>
                <th scope="col">{t("limit.meaning")}</th></tr></thead>
              <tbody lang="en">
                {items.filter(({ name, meaning }) => `${name} ${meaning}`.toLowerCase().includes(words.toLowerCase())).map((one) => (
                  <tr key={one.name}><td><code>{one.name}</code></td>
                    <td className="number nowrap">{count(one.value)} {one.unit}</td><td className="wrap">{one.meaning}</td></tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Shown>
    </section>
  );
}
