// What a debtor's page has beside money and history: ageing, relatives, documents, contacts and their
// consent, who looks after it, the page that they see, all that is kept of them.
import { useRef, useState } from "react";
import { Link } from "wouter";
import { get, patch, post, upload } from "../api/client";
import { useChange, useGet, useList } from "../api/queries";
import type { Contact, Debtor, PageLink } from "../api/types";
import { addDays, day, instantOf, money, time } from "../format";
import { useWords, wordOf, type Key } from "../i18n";
import { Actor } from "../parts/actor";
import { Field, FormDialog } from "../parts/dialog";
import { EditDialog, foundIn } from "../parts/edit_dialog";
import { Empty, Failed, Shown } from "../parts/state";
import { saveFile } from "../save";
import "../style/setup.css";
import "../style/today.css";
import { useSession } from "../session";
import { CALLS, CATEGORIES, CHANNELS } from "../words";

type DebtorId = `deb_${string}`;
const words = (form: FormData, name: string) => String(form.get(name) ?? "").trim();

// ── ageing ──

const BUCKETS: Key[] = ["ageing.not_due", "ageing.to_30", "ageing.to_60", "ageing.to_90", "ageing.more"];

export function Ageing({ id }: { id: DebtorId }) {
  const { t } = useWords();
  const ageing = useGet("/v1/debtors/{debtor}/ageing", { debtor: id });
  const rows = ageing.data?.items ?? [];
  if (rows.length === 0) return null;
  return (
    <section className="panel flush" style={{ marginBottom: 16 }}>
      <div className="scroll" tabIndex={0} role="region" aria-label={t("ageing.title")}>
        <table aria-label={t("ageing.title")}>
          <thead><tr>
            <th scope="col">{t("field.creditor")}</th>
            {BUCKETS.map((key) => <th key={key} scope="col" className="number">{t(key)}</th>)}
            <th scope="col" className="number">{t("field.open")}</th>
            <th scope="col" className="number">{t("field.claimable")}</th>
          </tr></thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.creditor} ${row.currency}`}>
                <th scope="row">{row.creditor} · {row.currency}</th>
                {row.buckets.map((bucket, i) => (
                  <td key={i} className="number">
                    {bucket.invoices > 0 ? money(bucket.open) : <span className="muted">–</span>}
                  </td>
                ))}
                <td className="number"><strong>{money(row.open)}</strong></td>
                <td className="number">{money(row.claimable)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

// ── what needs a person ──

export function OpenTasks({ id }: { id: DebtorId }) {
  const { t } = useWords();
  const list = useList("/v1/queue", {}, { debtor: id });
  if (list.rows.length === 0) return null;
  return (
    <section className="panel">
      <h2>{t("debtor.tasks")}</h2>
      <ul className="stack" style={{ gap: 8 }}>
        {list.rows.map((item) => (
          <li key={item.task?.id ?? item.about}>
            <span className="badge accent">{wordOf(t, CATEGORIES, "category", item.category)}</span>{" "}
            <Link href={`/today/${item.task?.id ?? item.about}`}>{item.title}</Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

// ── contacts ──

function NewContact({ debtor, close }: { debtor: DebtorId; close: () => void }) {
  const { t } = useWords();
  const add = useChange((form: FormData) => post("/v1/debtors/{debtor}/contacts", { debtor },
    { channel: words(form, "channel") as "email", address: words(form, "address"), name: words(form, "name") || null }));
  return (
    <FormDialog title={t("contact.add")} action={t("today.save")} close={close} submit={(form) => add.mutateAsync(form)}>
      <Field label={t("field.channel")}>
        <select name="channel" autoFocus>
          {["email", "sms", "whatsapp", "call", "letter"].map((one) => (
            <option key={one} value={one}>{wordOf(t, CHANNELS, "channel", one)}</option>))}
        </select>
      </Field>
      <Field label={t("contact.address")}><input name="address" required maxLength={400} /></Field>
      <Field label={t("field.name")}><input name="name" maxLength={200} /></Field>
    </FormDialog>
  );
}

/** Only what was changed here is sent: what somebody else changed beside it stays theirs. */
function ContactForm({ debtor, contact, close }: { debtor: DebtorId; contact: Contact; close: () => void }) {
  const { t } = useWords();
  const save = useChange(([form, read, version]: [FormData, Contact, string]) =>
    patch("/v1/debtors/{debtor}/contacts/{contact}", { debtor, contact: read.id }, {
      ...(words(form, "state") !== read.state ? { state: words(form, "state") as "usable" } : {}),
      ...(words(form, "consent") !== read.consent ? { consent: words(form, "consent") as "given" } : {}),
      reason: words(form, "reason") }, version));
  return (
    <EditDialog title={contact.address} action={t("today.save")} close={close} row={contact}
      again={async () => foundIn((await get("/v1/debtors/{debtor}/contacts", { debtor })).items, ({ id }) => id === contact.id)}
      labels={{ state: t("contact.state"), consent: t("contact.consent") }}
      say={{ state: (one) => t(`contact.${one}` as Key), consent: (one) => t(`consent.${one}` as Key) }}
      submit={(form, read, version) => save.mutateAsync([form, read, version])}>
      {(read) => (<>
        <Field label={t("contact.state")}>
          <select name="state" autoFocus defaultValue={read.state}>
            {(["usable", "invalid", "opted_out", ...(read.state === "bounced" ? ["bounced"] : [])]).map((one) => (
              <option key={one} value={one}>{t(`contact.${one}` as Key)}</option>))}
          </select>
        </Field>
        <Field label={t("contact.consent")}>
          <select name="consent" defaultValue={read.consent}>
            {["unknown", "given", "withdrawn"].map((one) => (
              <option key={one} value={one}>{t(`consent.${one}` as Key)}</option>))}
          </select>
        </Field>
        <Field label={t("field.reason")} hint={t("contact.reason_hint")}>
          <input name="reason" required maxLength={400} />
        </Field>
      </>)}
    </EditDialog>
  );
}

export function Contacts({ id }: { id: DebtorId }) {
  const { t } = useWords();
  const contacts = useGet("/v1/debtors/{debtor}/contacts", { debtor: id });
  const [form, setForm] = useState<Contact | "new" | null>(null);
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("debtor.contacts")}</h2>
        <button className="button quiet" onClick={() => setForm("new")}>{t("contact.add")}</button>
      </div>
      <Shown query={contacts}>
        {(page) => page.items.length === 0 ? <p className="note warn">{t("debtor.no_contacts")}</p> : (
          <ul className="stack" style={{ gap: 12 }}>
            {page.items.map((row) => (
              <li key={row.id} style={{ overflowWrap: "anywhere" }}>
                <button className="as-link" onClick={() => setForm(row)}>{row.address}</button>{" "}
                <span className={`badge ${row.state === "usable" ? "ok" : "bad"}`}>
                  {t(`contact.${row.state}` as Key)}
                </span>{" "}
                {row.consent !== "unknown" && (
                  <span className={`badge ${row.consent === "given" ? "ok" : "warn"}`}>
                    {t(`consent.${row.consent}` as Key)}
                  </span>
                )}
                <span className="muted small own-line">
                  {[wordOf(t, CHANNELS, "channel", row.channel), row.name,
                    row.relation && t(`relation.${row.relation}` as Key),
                    row.shared && t("contact.shared")].filter(Boolean).join(" · ")}
                </span>
                {row.state !== "usable" && (
                  <span className="muted small own-line">
                    {[row.state_at && time(row.state_at), row.state_reason].filter(Boolean).join(" · ")}
                  </span>
                )}
                {row.consent !== "unknown" && (
                  <span className="muted small own-line">
                    {[row.consent_at && time(row.consent_at), row.consent_source].filter(Boolean).join(" · ")}
                  </span>
                )}
              </li>
            ))}
          </ul>
        )}
      </Shown>
      {form === "new" ? <NewContact debtor={id} close={() => setForm(null)} />
        : form && <ContactForm debtor={id} contact={form} close={() => setForm(null)} />}
    </section>
  );
}

// ── relatives ──

export function Tree({ id }: { id: DebtorId }) {
  const { t } = useWords();
  const tree = useGet("/v1/debtors/{debtor}/tree", { debtor: id });
  const found = tree.data;
  if (!found || found.above.length + found.below.length === 0) return null;
  const links = (rows: typeof found.above) => (
    <ul>{rows.map((row) => <li key={row.id}><Link href={`/debtors/${row.id}`}>{row.name}</Link></li>)}</ul>
  );
  return (
    <section className="panel stack">
      <h2>{t("tree.title")}</h2>
      {found.above.length > 0 && <div><h3>{t("tree.above")}</h3>{links(found.above)}</div>}
      {found.below.length > 0 && (
        <div><h3>{t("tree.below")}</h3>{links(found.below)}
          {found.more_below && <p className="muted small">{t("tree.more")}</p>}</div>
      )}
    </section>
  );
}

// ── documents ──

export function Documents({ id }: { id: DebtorId }) {
  const { t } = useWords();
  const list = useList("/v1/debtors/{debtor}/documents", { debtor: id });
  const [shown, setShown] = useState(false);
  const add = useChange((file: File) => upload("/v1/debtors/{debtor}/documents", { debtor: id },
    { name: file.name, shown }, file));
  return (
    <div className="stack">
      {list.rows.length === 0 && !list.isPending && <Empty title={t("documents.none")} />}
      <ul className="stack" style={{ gap: 8 }}>
        {list.rows.map((row) => (
          <li key={row.id}>
            <a href={`/v1/documents/${row.id}/content`} download={row.name}>{row.name}</a>{" "}
            <span className="muted small">{time(row.at)} · <Actor name={row.by} /></span>{" "}
            {row.shown && <span className="badge">{t("documents.shown")}</span>}
          </li>
        ))}
      </ul>
      <div className="actions">
        <label className="button file-button">
          {t("documents.add")}
          <input type="file" className="visually-hidden" disabled={add.isPending}
            accept="application/pdf,image/png,image/jpeg" onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) add.mutate(file);
              event.target.value = "";
            }} />
        </label>
        <label><input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} />{" "}
          {t("documents.show_it")}</label>
      </div>
      {add.error && <Failed error={add.error} />}
    </div>
  );
}

// ── instruments on their way ──

export function Instruments({ id }: { id: DebtorId }) {
  const { t } = useWords();
  const list = useGet("/v1/instruments", {}, { debtor: id });
  const rows = list.data?.items.filter((row) => row.state === "in_flight") ?? [];
  if (rows.length === 0) return null;
  return (
    <section className="panel">
      <h2>{t("instruments.title")}</h2>
      <ul className="stack" style={{ gap: 8 }}>
        {rows.map((row) => (
          <li key={row.id}>
            <span className="badge">{t(`instrument.${row.kind}` as Key)}</span> {row.number}{" "}
            <strong className="nowrap">{money(row.amount)}</strong>{" "}
            <span className="muted">{t("instruments.due", { due: day(row.due) })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

// ── who looks after it, the page that they see, all that is kept ──

function Owner({ debtor, close }: { debtor: Debtor; close: () => void }) {
  const { t } = useWords();
  const people = useList("/v1/colleagues", {});
  const save = useChange(([form, version]: [FormData, string]) =>
    patch("/v1/debtors/{debtor}", { debtor: debtor.id }, { owner: words(form, "owner") || null }, version));
  const nameOf = (key: string) => people.rows.find((one) => one.key === key)?.name ?? key;
  if (people.isPending) return null;
  return (
    <EditDialog title={t("owner.title")} action={t("today.save")} close={close} row={debtor}
      again={() => get("/v1/debtors/{debtor}", { debtor: debtor.id })}
      labels={{ owner: t("field.owner") }} say={{ owner: (key) => nameOf(key!) }}
      submit={(form, _, version) => save.mutateAsync([form, version])}>
      {(read) => (<>
        <p className="muted">{t("owner.says")}</p>
        <Field label={t("field.owner")}>
          <select name="owner" autoFocus defaultValue={read.owner ?? ""}>
            <option value="">{t("owner.nobody")}</option>
            {read.owner && nameOf(read.owner) === read.owner && <option value={read.owner}>{read.owner}</option>}
            {people.rows.map((one) => <option key={one.key} value={one.key}>{one.name}</option>)}
          </select>
        </Field>
      </>)}
    </EditDialog>
  );
}

/** The page to look at; and, where it is asked for, a link of the debtor's own. */
function PageDialog({ debtor, look, close }: { debtor: Debtor; look: PageLink; close: () => void }) {
  const { t } = useWords();
  const [link, setLink] = useState<PageLink | null>(null);
  const make = useChange(() => post("/v1/debtors/{debtor}/page-link", { debtor: debtor.id }, {}));
  return (
    <FormDialog title={t("page.title")} action={t("action.close")} close={close}>
      <p>{t("page.says", { until: time(look.expires_at) })}</p>
      <p><a className="button" href={look.url} target="_blank" rel="noreferrer" autoFocus>{t("page.open")}</a></p>
      {link ? (
        <>
          <Field label={t("page.link")}>
            <input readOnly value={link.url} autoFocus onFocus={(event) => event.target.select()} />
          </Field>
          <p className="note warn">{t("page.counts", { until: time(link.expires_at) })}</p>
        </>
      ) : (
        <button type="button" className="button quiet" disabled={make.isPending}
          onClick={() => make.mutate(undefined, { onSuccess: setLink })}>{t("page.make")}</button>
      )}
      {make.error && <Failed error={make.error} />}
    </FormDialog>
  );
}

export function More({ debtor }: { debtor: Debtor }) {
  const { t } = useWords();
  const [owner, setOwner] = useState(false);
  const [link, setLink] = useState<PageLink | null>(null);
  const page = useChange(() => post("/v1/debtors/{debtor}/page-link", { debtor: debtor.id }, { look: true }));
  const keep = useChange(async () => {
    const all = await post("/v1/debtors/{debtor}/export", { debtor: debtor.id }, undefined);
    saveFile(new Blob([JSON.stringify(all, null, 2)], { type: "application/json" }), `${debtor.key}.json`);
  });
  return (
    <div className="actions">
      <button className="button quiet" onClick={() => setOwner(true)}>{t("owner.change")}</button>
      <button className="button quiet" disabled={page.isPending}
        onClick={() => page.mutate(undefined, { onSuccess: setLink })}>{t("page.title")}</button>
      <button className="button quiet" disabled={keep.isPending}
        onClick={() => keep.mutate(undefined)}>{t("dossier.export")}</button>
      {page.error && <Failed error={page.error} />}
      {keep.error && <Failed error={keep.error} />}
      {owner && <Owner debtor={debtor} close={() => setOwner(false)} />}
      {link && <PageDialog debtor={debtor} look={link} close={() => setLink(null)} />}
    </div>
  );
}

// ── a call ──

export function CallDialog({ debtor, close }: { debtor: Debtor; close: () => void }) {
  const { t } = useWords();
  const { organization } = useSession();
  // tried again after something was refused, what was written down is not written down once more
  const wish = useRef({ text: "", key: "" });
  const save = useChange(async (form: FormData) => {
    const again = words(form, "again");
    const call = { outcome: words(form, "outcome") as "reached", note: words(form, "note") };
    if (wish.current.text !== JSON.stringify(call)) wish.current = { text: JSON.stringify(call), key: crypto.randomUUID() };
    await post("/v1/debtors/{debtor}/calls", { debtor: debtor.id }, call, wish.current.key);
    if (again) {
      await post("/v1/tasks", {}, { debtor: debtor.id, title: t("today.call_title", { name: debtor.name }),
        due_at: instantOf(again), assignee: "me" });
    }
  });
  return (
    <FormDialog title={t("today.call_title", { name: debtor.name })} action={t("today.call_save")} close={close}
      submit={(form) => save.mutateAsync(form)}>
      <Field label={t("today.outcome")}>
        <select name="outcome" autoFocus>
          {CALLS.map((one) => <option key={one} value={one}>{t(`call.${one}`)}</option>)}
        </select>
      </Field>
      <Field label={t("today.said")} hint={t("today.note_hint")}><textarea name="note" maxLength={2000} /></Field>
      <Field label={t("today.call_again")} hint={t("call.again_hint")}>
        <input name="again" type="date" min={addDays(organization!.today, 1)} />
      </Field>
    </FormDialog>
  );
}
