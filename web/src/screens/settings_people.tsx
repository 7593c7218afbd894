// Who works here and as what; and the keys of other systems.
import { useState } from "react";
import { patch, post, remove } from "../api/client";
import { useChange, useList } from "../api/queries";
import type { ApiKey, Id, User } from "../api/types";
import { addDays, day, time } from "../format";
import { LANGUAGES, useWords } from "../i18n";
import { Field, FormDialog } from "../parts/dialog";
import { SecretDialog } from "../parts/secret";
import { Empty, sentenceOf } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { useSession } from "../session";

const ROLES = ["owner", "manager", "collector", "treasurer", "auditor", "integration"] as const;
type Role = (typeof ROLES)[number];

function RoleChoice({ value, change, label }: { value?: Role; change?: (role: Role) => void; label: string }) {
  const { t } = useWords();
  return (
    <select name="role" aria-label={label} {...(change
      ? { value, onChange: (event) => change(event.target.value as Role) } : { defaultValue: "collector" })}>
      {ROLES.map((role) => <option key={role} value={role}>{t(`role.${role}`)}</option>)}
    </select>
  );
}

function Invite({ close }: { close: () => void }) {
  const { t, language } = useWords();
  const invite = useChange((form: FormData) => post("/v1/users", {}, {
    name: String(form.get("name")).trim(), email: String(form.get("email")).trim(),
    role: String(form.get("role")) as Role, language: String(form.get("language")) as "es" | "en" | "pt",
  }));
  return (
    <FormDialog title={t("user.invite")} action={t("user.invite_do")} close={close}
      submit={(form) => invite.mutateAsync(form)}>
      <p className="muted">{t("user.invite_says")}</p>
      <Field label={t("field.name")}><input name="name" required maxLength={120} autoFocus /></Field>
      <Field label={t("user.email")}><input name="email" type="email" required maxLength={254} /></Field>
      <Field label={t("user.role")}><RoleChoice label={t("user.role")} /></Field>
      <Field label={t("field.language")}>
        <select name="language" defaultValue={language}>
          {Object.entries(LANGUAGES).map(([code, name]) => <option key={code} value={code}>{name}</option>)}
        </select>
      </Field>
    </FormDialog>
  );
}

export function PeoplePart() {
  const { t } = useWords();
  const { me } = useSession();
  const list = useList("/v1/users", {});
  const [inviting, invite] = useState(false);
  const change = useChange(({ id, role }: { id: Id<"usr">; role: Role }) =>
    patch("/v1/users/{user}", { user: id }, { role }));
  const archive = useChange((id: Id<"usr">) => remove("/v1/users/{user}", { user: id }, undefined));
  const link = useChange((id: Id<"usr">) => post("/v1/users/{user}/link", { user: id }, undefined));
  const error = change.error ?? archive.error ?? link.error;
  const columns: Column<User>[] = [
    { name: t("field.name"), clip: true, cell: (row) => row.name },
    { name: t("user.email"), clip: true, cell: (row) => row.email },
    { name: t("user.role"), cell: (row) => row.state === "archived" || row.id === me.user
      ? t(`role.${row.role}`)
      : <RoleChoice value={row.role} label={t("user.role_of", { name: row.name })}
          change={(role) => change.mutate({ id: row.id, role })} /> },
    { name: t("field.state"), cell: (row) => (
      <span className={`badge ${row.state === "active" ? "ok" : row.state === "invited" ? "accent" : ""}`}>
        {t(`user.${row.state}`)}</span>) },
    { name: t("user.factor"), cell: (row) => row.second_factor ? t("user.factor_on") : "–" },
    { name: t("user.seen"), cell: (row) => row.seen_at ? time(row.seen_at) : "–" },
    { name: t("field.actions"), cell: (row) => row.state === "archived" || row.id === me.user ? null : (
      <span className="actions">
        <button className="button quiet" onClick={() => link.mutate(row.id)}
          aria-label={t("user.link_of", { name: row.name })}>{t("user.link")}</button>
        <button className="button quiet" onClick={() => archive.mutate(row.id)}
          aria-label={t("user.archive_of", { name: row.name })}>{t("user.archive")}</button>
      </span>) },
  ];
  return (
    <section className="panel flush">
      <div className="panel-head"><h2>{t("set.people")}</h2>
        <button className="button primary" onClick={() => invite(true)}>{t("user.invite")}</button></div>
      {error && <p className="note bad" role="alert">{sentenceOf(t, error)}</p>}
      {link.isSuccess && <p className="note" role="status">{t("user.link_sent")}</p>}
      <Table label={t("set.people")} list={list} columns={columns} keyOf={(row: User) => row.id}
        empty={<Empty title={t("set.people")} />} />
      {inviting && <Invite close={() => invite(false)} />}
    </section>
  );
}

// ── keys ──

const RESOURCES = ["invoices", "payments", "debtors", "imports", "cases", "messages", "tasks", "strategies",
  "templates", "webhooks", "reports"] as const;

function NewKey({ close, made }: { close: () => void; made: (key: string) => void }) {
  const { t } = useWords();
  const { organization } = useSession();
  const make = useChange(async (form: FormData) => {
    const until = String(form.get("until"));
    const answer = await post("/v1/api-keys", {}, {
      name: String(form.get("name")).trim(), scopes: form.getAll("scope").map(String),
      ...(until ? { expires_at: `${until}T23:59:59Z` } : {}),
    });
    made(answer.key);
  });
  return (
    <FormDialog title={t("key.new")} action={t("key.make")} close={close} submit={(form) => make.mutateAsync(form)}>
      <Field label={t("field.name")} hint={t("key.name_hint")}><input name="name" required maxLength={120} autoFocus /></Field>
      <fieldset className="picks">
        <legend>{t("key.may")}</legend>
        {RESOURCES.map((one) => (
          <div className="actions" key={one}>
            {(["read", "write"] as const).map((verb) => (
              <label className="check" key={verb}>
                <input type="checkbox" name="scope" value={`${one}:${verb}`}
                  defaultChecked={verb === "read" && one === "invoices"} />
                <span>{one}:{verb}</span>
              </label>
            ))}
          </div>
        ))}
      </fieldset>
      <Field label={t("field.until")} hint={t("key.until_hint")}>
        <input name="until" type="date" min={organization!.today} defaultValue={addDays(organization!.today, 365)} />
      </Field>
    </FormDialog>
  );
}

export function KeysPart() {
  const { t } = useWords();
  const list = useList("/v1/api-keys", {});
  const [making, make] = useState(false);
  const [secret, show] = useState<string | null>(null);
  const revoke = useChange((id: Id<"key">) => remove("/v1/api-keys/{key}", { key: id }, undefined));
  const columns: Column<ApiKey>[] = [
    { name: t("field.name"), clip: true, cell: (row) => row.name },
    { name: t("set.keys_start"), cell: (row) => <code>{row.start}…</code> },
    { name: t("key.may"), clip: true, cell: (row) => <span title={row.scopes.join(" ")}>{row.scopes.join(" ")}</span> },
    { name: t("field.until"), cell: (row) => row.expires_at ? day(row.expires_at.slice(0, 10)) : "–" },
    { name: t("key.used"), cell: (row) => row.used_at ? time(row.used_at) : "–" },
    { name: t("field.state"), cell: (row) => row.state === "in use"
      ? <button className="button quiet" onClick={() => revoke.mutate(row.id)}
          aria-label={t("key.revoke_of", { name: row.name })}>{t("key.revoke")}</button>
      : <span className="badge">{t(row.state === "expired" ? "key.expired" : "key.revoked")}</span> },
  ];
  return (
    <section className="panel flush">
      <div className="panel-head"><h2>{t("set.keys")}</h2>
        <button className="button primary" onClick={() => make(true)}>{t("key.new")}</button></div>
      {revoke.error && <p className="note bad" role="alert">{sentenceOf(t, revoke.error)}</p>}
      <Table label={t("set.keys")} list={list} columns={columns} keyOf={(row: ApiKey) => row.id}
        empty={<Empty title={t("key.none")}><p>{t("key.none_says")}</p></Empty>} />
      {making && <NewKey close={() => make(false)} made={show} />}
      {secret && <SecretDialog title={t("key.made")} secret={secret} says={t("key.once")} close={() => show(null)} />}
    </section>
  );
}
