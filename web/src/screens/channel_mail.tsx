// The mail that a company sends from: its server, its signature, what the DNS says of it, a test.
import { useState } from "react";
import { post, put } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Channel, MailRecord } from "../api/types";
import { time } from "../format";
import { useWords } from "../i18n";
import { Field } from "../parts/dialog";
import { SaveForm, textOf, type Unsaved } from "../parts/save_form";
import { Copied } from "../parts/secret";
import { causeOf, Failed, sentenceOf, Tried, Trouble, Waiting } from "../parts/state";
import { useTold } from "../parts/told";
import { useSession } from "../session";

const PROVIDERS = {
  google: { host: "smtp.gmail.com", port: 587, secured: "starttls" },
  microsoft: { host: "smtp.office365.com", port: 587, secured: "starttls" },
} as const;
type Secured = "tls" | "starttls" | "none";

/** Whether a name looks like one of a private network: then one has to say that it is. */
export const near = (host: string) => host !== "" &&
  /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|::1|f[cd][0-9a-f]{2}:)|^[^.:]+$|\.(local|lan|internal|intranet|corp)$/i
    .test(host);

/** Where mail leaves from; `channel` undefined: there is none yet. */
export function MailForm({ channel, suggest, unsaved }: {
  channel: Channel | undefined; suggest?: string | null; unsaved?: (way: Unsaved | null) => void;
}) {
  const { t } = useWords();
  const { me } = useSession();
  const old = channel?.driver === "smtp" ? channel : undefined;
  const save = useChange(([form, version]: [FormData, string | undefined]) => put("/v1/channels/{channel}",
    { channel: "email" }, {
      driver: "smtp", from_name: textOf(form, "from_name") ?? "", from_address: String(form.get("from_address")),
      host: String(form.get("host")), port: Number(form.get("port")) || 587, secured: String(form.get("secured")) as Secured,
      user: textOf(form, "user") ?? "",
      private: me.operator ? form.has("private") : old?.private ?? false,
      ...(textOf(form, "bounce_domain") ? { bounce_domain: textOf(form, "bounce_domain")! } : {}),
      ...(Number(form.get("rate")) ? { rate_per_minute: Number(form.get("rate")) } : {}),
      ...(form.get("password") ? { password: String(form.get("password")) }
        : form.has("forget") ? { password: null } : {}),
    }, version));
  const labels = { from_name: t("chan.from_name"), from_address: t("chan.from_address"), host: t("chan.host"),
    port: t("chan.port"), secured: t("chan.secured"), user: t("chan.user"), rate_per_minute: t("chan.rate"),
    bounce_domain: t("chan.bounce_domain"), private: t("chan.private"), has_password: t("chan.password") };
  return (
    <SaveForm action={t("chan.save")} {...(channel ? { current: channel } : {})} labels={labels}
      {...(unsaved ? { unsaved } : {})}
      submit={(form, version) => save.mutateAsync([form, version])}>
      <MailFields channel={channel} suggest={suggest ?? null} />
    </SaveForm>
  );
}

/** Begun anew, with all they hold, when the form is filled anew. */
function MailFields({ channel, suggest }: { channel: Channel | undefined; suggest: string | null }) {
  const { t } = useWords();
  const { organization, me } = useSession();
  const old = channel?.driver === "smtp" ? channel : undefined;
  const [host, setHost] = useState(old?.host ?? "");
  const [port, setPort] = useState(String(old?.port ?? 587));
  const [secured, secure] = useState<Secured>(old?.secured ?? "starttls");
  return (
    <>
      <div className="form-grid">
        <Field label={t("chan.from_name")} hint={t("chan.from_name_hint")}>
          <input name="from_name" maxLength={120} defaultValue={channel?.from_name ?? organization!.name} />
        </Field>
        <Field label={t("chan.from_address")} hint={t("chan.from_address_hint")}>
          <input name="from_address" type="email" required maxLength={254}
            defaultValue={old?.from_address ?? suggest ?? ""} placeholder="cobros@example.com" />
        </Field>
        <Field label={t("chan.provider")} hint={t("chan.provider_hint")}>
          <select defaultValue="" onChange={(event) => {
            const known = PROVIDERS[event.target.value as keyof typeof PROVIDERS];
            if (!known) return;
            setHost(known.host);
            setPort(String(known.port));
            secure(known.secured);
          }}>
            <option value="">{t("chan.provider_own")}</option>
            <option value="google">Google Workspace / Gmail</option>
            <option value="microsoft">Microsoft 365</option>
          </select>
        </Field>
        <Field label={t("chan.host")}>
          <input name="host" required maxLength={253} value={host} autoComplete="off" spellCheck={false}
            placeholder="smtp.example.com" onChange={(event) => setHost(event.target.value)} />
        </Field>
        <Field label={t("chan.secured")}>
          <select name="secured" value={secured} onChange={(event) => {
            const chosen = event.target.value as Secured;
            if (["587", "465", ""].includes(port)) setPort(chosen === "tls" ? "465" : "587");
            secure(chosen);
          }}>
            <option value="starttls">STARTTLS</option>
            <option value="tls">TLS</option>
            <option value="none">{t("chan.secured_none")}</option>
          </select>
        </Field>
        <Field label={t("chan.port")}>
          <input name="port" inputMode="numeric" required pattern="[0-9]{1,5}" value={port}
            onChange={(event) => setPort(event.target.value)} />
        </Field>
        <Field label={t("chan.user")} hint={t("chan.user_hint")}>
          <input name="user" maxLength={320} autoComplete="off" spellCheck={false} defaultValue={old?.user ?? ""} />
        </Field>
        <Field label={t("chan.password")} hint={old?.has_password
          ? old.password_set_at ? t("chan.password_since", { when: time(old.password_set_at) }) : t("chan.password_server")
          : t("chan.password_hint")}>
          <input name="password" type="password" maxLength={4000} autoComplete="new-password"
            placeholder={old?.has_password ? "••••••••" : ""} />
        </Field>
      </div>
      {(near(host) || old?.private) && (
        <label className="check">
          <input type="checkbox" name="private" disabled={!me.operator} required={near(host)}
            defaultChecked={old?.private ?? false} />
          <span>{t("chan.private")} <span className="muted">{t("chan.private_says")}</span></span>
        </label>
      )}
      <details>
        <summary>{t("chan.more")}</summary>
        <div className="form-grid">
          <Field label={t("chan.rate")} hint={t("chan.rate_hint")}>
            <input name="rate" inputMode="numeric" pattern="[0-9]{0,6}" defaultValue={old?.rate_per_minute ?? ""} />
          </Field>
          <Field label={t("chan.bounce_domain")} hint={t("chan.bounce_domain_hint")}>
            <input name="bounce_domain" maxLength={253} defaultValue={old?.bounce_domain ?? ""} />
          </Field>
          {old?.has_password && (
            <label className="check whole">
              <input type="checkbox" name="forget" />
              <span>{t("chan.forget")}</span>
            </label>
          )}
        </div>
      </details>
    </>
  );
}

/** One test message, and what became of it; before it, what went wrong last. It leaves by what is kept:
    what is typed and not kept is kept first, and the button says so. */
export function ChannelTest({ channel, unsaved }: { channel: Channel; unsaved?: Unsaved | null }) {
  const { t } = useWords();
  const { me } = useSession();
  const [to, setTo] = useState(channel.channel === "email" ? me.email : "");
  const test = useChange((tried: string) => post("/v1/channels/{channel}/test", { channel: channel.channel }, { to: tried }));
  const trouble = useTold(channel.trouble ?? "");
  const taken = test.data?.outcome === "accepted";
  const send = async () => { if (!unsaved || await unsaved.keep()) test.mutate(to); };
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); void send(); }}>
      <div className="actions">
        <input className="search" aria-label={t("chan.test_to")} value={to} required maxLength={254}
          placeholder={t("chan.test_to")} onChange={(event) => setTo(event.target.value)} />
        <button className="button" disabled={test.isPending}>{t(unsaved ? "chan.save_test" : "chan.test")}</button>
        {test.isPending && <span className="muted" role="status">{t("chan.testing")}</span>}
      </div>
      {channel.trouble && test.isIdle && (
        <p className="note bad">{t("chan.trouble", { when: time(channel.trouble_at!), reply: trouble.text })}</p>
      )}
      {test.error && <Tried error={test.error} />}
      {test.data && !taken && (
        <Trouble says={causeOf(t, test.data.cause) ?? t("chan.refused")} words={test.data.reply} />
      )}
      <p role="status" className={taken ? "note" : undefined}>
        {taken && t(channel.driver === "capture" ? "chan.kept_here" : "chan.accepted", { to: test.variables ?? to })}
      </p>
    </form>
  );
}

/** How it does: what is kept here, what is refused, when it was tried last. */
export function Health({ channel }: { channel: Channel }) {
  const { t } = useWords();
  return (
    <>
      {channel.captured && channel.driver !== "capture" && <p className="note warn">{t("chan.captured")}</p>}
      {channel.driver === "capture" && <p className="note warn">{t("chan.capture_says")}</p>}
      {channel.warning && <p className="note warn">{channel.warning}</p>}
      {channel.refused > 0 && <p className="note warn">{t("chan.refusals", { count: channel.refused })}</p>}
      {channel.tested_at && <p className="muted">{t("chan.tested", { when: time(channel.tested_at) })}</p>}
    </>
  );
}

function Record({ record }: { record: MailRecord }) {
  const { t } = useWords();
  const tone = record.state === "good" ? "ok" : record.state === "unknown" ? "" : "bad";
  return (
    <li className="stack" style={{ gap: 4 }}>
      <div className="actions">
        <span className={`badge ${tone}`}>{record.kind.toUpperCase()}: {t(`dns.${record.state}`)}</span>
        {record.record && <code>{record.record}</code>}
      </div>
      {record.found && <p className="muted break">{t("dns.found")} <code>{record.found}</code></p>}
      <p className="muted">{t(`dns.${record.kind}_${record.state === "good" ? "good" : "says"}`)}</p>
    </li>
  );
}

/** SPF, DKIM and DMARC, asked when somebody wants to know. */
function Records() {
  const { t } = useWords();
  const [asked, ask] = useState(0);
  const records = useGet("/v1/mail/records", {}, {}, asked > 0);
  const unknown = records.data?.items.some(({ state }) => state === "unknown");
  return (
    <div className="stack">
      <div>
        <button type="button" className="button" disabled={records.isFetching}
          onClick={() => { ask(asked + 1); if (asked > 0) void records.refetch(); }}>{t("dns.check")}</button>
      </div>
      {records.isFetching ? <Waiting /> : records.error ? <Failed error={records.error} /> : records.data && (
        <>
          {unknown && <p className="note warn">{t("dns.no_resolver")}</p>}
          <ul className="stack">{records.data.items.map((one) => <Record key={one.kind} record={one} />)}</ul>
        </>
      )}
    </div>
  );
}

/** The key that signs, the record that publishes it, and what the DNS says. */
export function MailTrust({ channel }: { channel: Channel }) {
  const { t } = useWords();
  const dkim = channel.dkim;
  const sign = useChange(() => post("/v1/mail/signature", {},
    { selector: `puntual${new Date().toISOString().slice(0, 10).replaceAll("-", "")}` }));
  return (
    <details className="stack">
      <summary>{t("dns.title")}</summary>
      <p className="muted">{t("dns.says")}</p>
      {dkim?.record && dkim.value && (
        <>
          <p>{t("dns.publish")}</p>
          <dl className="facts">
            <dt>{t("dns.kind")}</dt><dd>TXT</dd>
            <dt>{t("dns.name")}</dt><dd className="break"><code>{dkim.record}</code> <Copied text={dkim.record} /></dd>
            <dt>{t("dns.value")}</dt><dd className="break"><code>{dkim.value}</code> <Copied text={dkim.value} /></dd>
          </dl>
        </>
      )}
      {dkim && !dkim.value && <p className="muted">{t("dns.key_server")}</p>}
      {sign.error && <p className="note bad" role="alert">{sentenceOf(t, sign.error)}</p>}
      <div className="actions">
        <button type="button" className="button" disabled={sign.isPending} onClick={() => sign.mutate(undefined)}>
          {t(dkim ? "dns.new_key" : "dns.make_key")}</button>
      </div>
      {dkim && <p className="muted">{t("dns.new_key_says")}</p>}
      <Records />
    </details>
  );
}
