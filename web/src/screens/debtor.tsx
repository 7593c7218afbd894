// Everything about one debtor on one page: what is owed, who they are, what happened, what is
// planned, and what a person may do about it.
import { useState } from "react";
import { useParams } from "wouter";
import { get, post } from "../api/client";
import { useChange, useGet, useList } from "../api/queries";
import type { Case, Debtor as DebtorRow, Id, Invoice, Message, TimelineEntry } from "../api/types";
import { addDays, day, instantOf, money, readAmount, time } from "../format";
import { useWords, wordOf, type Key, type Translate } from "../i18n";
import { Actor } from "../parts/actor";
import { Field, FieldWrong, FormDialog } from "../parts/dialog";
import { Conflict, doneOver, EditDialog } from "../parts/edit_dialog";
import { Icon, type IconName } from "../parts/icon";
import { plannedWord } from "../parts/planned";
import { Empty, Failed, Shown } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { useSession } from "../session";
import "../style/setup.css";
import { CHANNELS, PLANNED } from "../words";
import { Lateness } from "./debtors";
import { Ageing, CallDialog, Contacts, Documents, Instruments, More, OpenTasks, Tree } from "./debtor_more";
import { InvoiceDialog } from "./invoice";
import { MessageDialog } from "./message";
import { MessageState } from "./outbox";
import { RunActions } from "./run_actions";
import { READY, TEMPLATES } from "./template_names";

type DebtorId = `deb_${string}`;

// ── what is owed ──

function Accounts({ id }: { id: DebtorId }) {
  const { t } = useWords();
  const { organization } = useSession();
  const cases = useGet("/v1/cases", {}, { debtor: id });
  return (
    <Shown query={cases}>
      {(page) => page.items.length === 0 ? <p className="note">{t("debtor.owes_nothing")}</p> : (
        <div className="figures">
          {page.items.map((row) => (
            <div className="figure" key={`${row.creditor} ${row.open.currency}`}>
              <span>{t("field.claimable")} · {row.creditor}</span>
              <b>{money(row.claimable)}</b>
              <Lateness due={row.due} today={organization!.today} />
              <p className="muted small">
                {t("debtor.of_open", { open: money(row.open), invoices: row.invoices })}
              </p>
            </div>
          ))}
        </div>
      )}
    </Shown>
  );
}

// ── what happened ──

const ICONS: Record<string, IconName> = {
  message_sent: "mail", message_failed: "mail", message_skipped: "mail", message_delayed: "mail",
  message_uncertain: "mail", mail: "message", payment: "money", payment_reversed: "money",
  credit: "money", charge: "money", promise: "flag", promise_judged: "flag", dispute: "flag",
  dispute_closed: "flag", note: "note", task: "task", hold: "hold", release: "hold", contact: "person",
  changed: "person", invoice: "invoices", imported: "invoices", plan: "payments",
  instrument: "payments", link: "link", offer: "payments",
};

const ABOUTS = ["messages", "money", "deals", "people", "case"] as const;

const LONG = 220; // characters that an entry shows before it is folded
const MESSAGE = /((?:el mensaje|a mensagem) )?\b(msg_[0-9a-z]+)/i;

/** A sentence in which the messages are links: nobody reads their ids. */
function Sentence({ text, open }: { text: string; open: (id: Id<"msg">) => void }) {
  const { t } = useWords();
  const found = MESSAGE.exec(text);
  if (!found) return <>{text}</>;
  return (
    <>
      {text.slice(0, found.index)}
      <button className="as-link" onClick={() => open(found[2] as Id<"msg">)}>
        {found[1]?.trim() ?? t("timeline.message")}
      </button>
      <Sentence text={text.slice(found.index + found[0].length)} open={open} />
    </>
  );
}

/** What one entry says; of a long one the first sentence, until more is wanted. */
function Happened({ entry, open }: { entry: TimelineEntry; open: (id: Id<"msg">) => void }) {
  const { t } = useWords();
  const [whole, showWhole] = useState(false);
  const first = entry.text.length > LONG ? /^.{20,}?[.](?= )/.exec(entry.text)?.[0] : undefined;
  return (
    <p>
      <Sentence text={first && !whole ? first : entry.text} open={open} />
      {first && (
        <>{" "}<button className="as-link" aria-expanded={whole} onClick={() => showWhole(!whole)}>
          {t(whole ? "timeline.less" : "timeline.more")}</button></>
      )}
      {entry.actor && <span className="muted"> · <Actor name={entry.actor} /></span>}
    </p>
  );
}

function OneMessage({ id, close }: { id: Id<"msg">; close: () => void }) {
  const found = useGet("/v1/messages/{message}", { message: id });
  return found.data ? <MessageDialog message={found.data.message} close={close} />
    : <Shown query={found}>{() => null}</Shown>;
}

function Timeline({ id }: { id: DebtorId }) {
  const { t } = useWords();
  const [about, setAbout] = useState<(typeof ABOUTS)[number] | undefined>();
  const [message, setMessage] = useState<Id<"msg"> | null>(null);
  const list = useList("/v1/debtors/{debtor}/timeline", { debtor: id }, about ? { about } : {});
  const filter = (
    <div className="chips" role="group" aria-label={t("timeline.show")} style={{ marginBottom: 12 }}>
      <button className="chip" aria-pressed={!about} onClick={() => setAbout(undefined)}>{t("timeline.all")}</button>
      {ABOUTS.map((one) => (
        <button key={one} className="chip" aria-pressed={about === one}
          onClick={() => setAbout(one)}>{t(`timeline.${one}`)}</button>
      ))}
    </div>
  );
  if (list.error) return <Failed error={list.error} />;
  if (list.rows.length === 0 && !list.isPending) {
    return <>{filter}<Empty title={t("debtor.nothing_yet")} /></>;
  }
  return (
    <>
      {filter}
      <ul className="timeline">
        {list.rows.map((entry: TimelineEntry, i) => (
          <li key={entry.event ?? i}>
            <Icon name={ICONS[entry.kind] ?? "gear"} />
            <Happened entry={entry} open={setMessage} />
            <time dateTime={entry.at}>{time(entry.at)}</time>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <div className="more">
          <button className="button quiet" disabled={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}>{t("state.more")}</button>
        </div>
      )}
      {message && <OneMessage id={message} close={() => setMessage(null)} />}
    </>
  );
}

// ── invoices, messages, what comes ──

function invoiceColumns(t: Translate, today: string): Column<Invoice>[] {
  return [
    { name: t("field.number"), cell: (row) => row.number },
    { name: t("field.issued"), cell: (row) => day(row.issued) },
    { name: t("field.due"), cell: (row) => day(row.due) },
    { name: t("field.late"), cell: (row) => row.closed === "no"
      ? <Lateness due={row.effective_due} today={today} />
      : <span className="badge ok">{t(`closed.${row.closed}` as Key)}</span> },
    { name: t("field.amount"), number: true, cell: (row) => money(row.amount) },
    { name: t("field.open"), number: true, cell: (row) => money(row.open) },
    { name: t("field.claimable"), number: true, cell: (row) => money(row.claimable) },
  ];
}

function Invoices({ id }: { id: DebtorId }) {
  const { t } = useWords();
  const { organization } = useSession();
  const [closed, setClosed] = useState(false);
  const [shown, show] = useState<Invoice | null>(null);
  const list = useList("/v1/invoices", {}, { debtor: id, closed });
  return (
    <>
      <label className="actions" style={{ marginBottom: 8 }}>
        <input type="checkbox" checked={closed} onChange={(event) => setClosed(event.target.checked)} />
        {t("debtor.closed_too")}
      </label>
      <Table label={t("field.invoices")} list={list} columns={invoiceColumns(t, organization!.today)}
        keyOf={(row: Invoice) => row.id} open={show} empty={<Empty title={t("debtor.no_invoices")} />} />
      {shown && <InvoiceDialog invoice={shown} close={() => show(null)} />}
    </>
  );
}

function Messages({ id }: { id: DebtorId }) {
  const { t } = useWords();
  const [shown, show] = useState<Message | null>(null);
  const list = useList("/v1/messages", {}, { debtor: id });
  const columns: Column<Message>[] = [
    { name: t("field.when"), cell: (row) => time(row.settled_at ?? row.not_before ?? "") },
    { name: t("field.channel"), cell: (row) => wordOf(t, CHANNELS, "channel", row.channel) },
    { name: t("field.template"), cell: (row) => (
      <button className="button quiet" onClick={() => show(row)}>{wordOf(t, TEMPLATES, "tpn", row.template)}</button>) },
    { name: t("field.tone"), number: true, cell: (row) => row.tone },
    { name: t("field.state"), cell: (row) => <MessageState message={row} /> },
    { name: t("field.reason"), lines: true, cell: (row) => row.reason_words ?? "" },
  ];
  return (
    <>
      <Table label={t("debtor.messages")} list={list} columns={columns} keyOf={(row: Message) => row.id}
        open={show} empty={<Empty title={t("debtor.no_messages")} />} />
      {shown && <MessageDialog message={shown} close={() => show(null)} />}
    </>
  );
}

function Ahead({ id }: { id: DebtorId }) {
  const { t } = useWords();
  const outlook = useGet("/v1/debtors/{debtor}/outlook", { debtor: id });
  return (
    <Shown query={outlook}>
      {(found) => found.cases.length === 0 ? <Empty title={t("debtor.nothing_ahead")} /> : (
        <div className="stack">
          {found.cases.map((one, i) => (
            <section key={i}>
              <div className="panel-head">
                <h2>{wordOf(t, READY, "rsn", one.strategy)} <span className="muted">· {one.creditor}{one.number && ` · ${one.number}`}</span></h2>
                {one.run && <RunActions id={one.run} about={one.number ?? one.strategy} />}
              </div>
              <ul className="timeline">
                {one.planned.map((step, k) => (
                  <li key={k}>
                    <Icon name={step.kind === "mail" ? "mail" : step.kind === "task" ? "task" : "gear"} />
                    <p>
                      {wordOf(t, PLANNED, "planned", step.kind)}{" "}
                      {step.word && <strong>{plannedWord(t, step.kind, step.word)}</strong>}{" "}
                      {step.tone ? <span className="muted">{t("field.tone")} {step.tone}</span> : null}{" "}
                      {step.amount && money(step.amount)}{" "}
                      {step.title && <span className="muted">{step.title}</span>}
                    </p>
                    <time dateTime={step.at}>{time(step.at)}</time>
                  </li>
                ))}
              </ul>
            </section>
          ))}
          <p className="muted small">{t("debtor.ahead_says", { until: time(found.until) })}</p>
        </div>
      )}
    </Shown>
  );
}

// ── who they are ──

function Facts({ debtor }: { debtor: DebtorRow }) {
  const { t } = useWords();
  return (
    <section className="panel">
      <h2>{t("debtor.facts")}</h2>
      <dl className="facts">
        <dt>{t("field.key")}</dt><dd>{debtor.key}</dd>
        <dt>{t("field.tax_id")}</dt><dd>{debtor.tax_id ?? "–"}</dd>
        <dt>{t("field.country")}</dt><dd>{[debtor.country, debtor.region].filter(Boolean).join(", ") || "–"}</dd>
        <dt>{t("field.language")}</dt><dd>{debtor.language ?? "–"}</dd>
        <dt>{t("field.owner")}</dt><dd>{debtor.owner ?? "–"}</dd>
        <dt>{t("debtor.promises")}</dt>
        <dd>{t("debtor.promises_kept", { kept: debtor.promises_kept, broken: debtor.promises_broken })}</dd>
      </dl>
      <More debtor={debtor} />
    </section>
  );
}

function Deals({ id }: { id: DebtorId }) {
  const { t } = useWords();
  const promises = useGet("/v1/promises", {}, { debtor: id });
  const disputes = useGet("/v1/disputes", {}, { debtor: id });
  const plans = useGet("/v1/plans", {}, { debtor: id });
  const cancel = useChange((promise: string) =>
    post("/v1/promises/{promise}/cancel", { promise }, undefined));
  const open = promises.data?.items.filter((row) => row.state === "open") ?? [];
  const contested = disputes.data?.items.filter((row) => !row.closed) ?? [];
  const running = plans.data?.items.filter((row) => row.state === "active") ?? [];
  if (open.length + contested.length + running.length === 0) return null;
  return (
    <section className="panel">
      <h2>{t("debtor.deals")}</h2>
      <ul className="stack" style={{ gap: 8 }}>
        {open.map((row) => (
          <li key={row.id}>
            <span className="badge accent">{t("debtor.promise")}</span>{" "}
            {t("debtor.promised", { amount: money(row.amount), due: day(row.due) })}{" "}
            <button className="button quiet" disabled={cancel.isPending}
              onClick={() => cancel.mutate(row.id)}>{t("action.undo")}</button>
          </li>
        ))}
        {contested.map((row) => (
          <li key={row.id}>
            <span className="badge warn">{t("debtor.dispute")}</span> {money(row.amount)}{" "}
            {row.reason && <span className="muted">{row.reason}</span>}
          </li>
        ))}
        {running.map((row) => (
          <li key={row.id}>
            <span className="badge accent">{t("debtor.plan")}</span>{" "}
            {row.installments.map((one) => `${day(one.due)} ${money(one.amount)}`).join(" · ")}
          </li>
        ))}
      </ul>
      {cancel.error && <Failed error={cancel.error} />}
    </section>
  );
}

// ── what a person may do ──

type Action = "call" | "note" | "hold" | "exclude" | "promise" | "payment";

function amountOf(t: Translate, form: FormData, currency: string) {
  const minor = readAmount(String(form.get("amount")), currency);
  if (minor === null || minor <= 0) throw new FieldWrong(t("amount.wrong"));
  return { minor, currency };
}

function AmountField({ account }: { account: Case | undefined }) {
  const { t } = useWords();
  return (
    <Field label={t("field.amount")} hint={account && t("amount.owed", { amount: money(account.claimable) })}>
      <input name="amount" required inputMode="decimal" autoFocus />
    </Field>
  );
}

const words = (form: FormData, name: string) => String(form.get(name) ?? "").trim();

function ExcludeDialog({ debtor, close }: { debtor: DebtorRow; close: () => void }) {
  const { t } = useWords();
  const { organization } = useSession();
  const exclude = useChange(([form, version]: [FormData, string]) => post("/v1/debtors/{debtor}/exclude", { debtor: debtor.id },
    { reason: words(form, "reason"), until: words(form, "until") || null }, crypto.randomUUID(), { version }));
  return (
    <EditDialog title={t("do.exclude")} action={t("do.exclude_action")} close={close} row={debtor}
      again={() => get("/v1/debtors/{debtor}", { debtor: debtor.id })}
      labels={{ excluded_reason: t("field.reason"), excluded_until: t("field.until") }} say={{ excluded_until: (date) => day(date!) }}
      submit={(form, _, version) => exclude.mutateAsync([form, version])}>
      {(read) => (<>
        <p className="muted">{t("do.exclude_says")}</p>
        <Field label={t("field.reason")}>
          <input name="reason" required maxLength={400} autoFocus defaultValue={read.excluded_reason ?? ""} /></Field>
        <Field label={t("field.until")} hint={t("do.exclude_until")}>
          <input name="until" type="date" min={organization!.today} defaultValue={read.excluded_until ?? ""} />
        </Field>
      </>)}
    </EditDialog>
  );
}

/** Takes the exclusion back that is shown, not one that somebody laid on it meanwhile. */
function Include({ debtor }: { debtor: DebtorRow }) {
  const { t } = useWords();
  const include = useChange(() => doneOver(debtor, debtor.version, () => get("/v1/debtors/{debtor}", { debtor: debtor.id }),
    { excluded_reason: "", excluded_until: "" }, (version) =>
      post("/v1/debtors/{debtor}/include", { debtor: debtor.id }, undefined, crypto.randomUUID(), { version })));
  return (
    <>
      <button className="button" disabled={include.isPending} onClick={() => include.mutate(undefined)}>{t("do.include")}</button>
      {include.error && (include.error instanceof Conflict
        ? <p className="note warn" role="alert">{t("do.include_changed")}</p> : <Failed error={include.error} />)}
    </>
  );
}

function ActionDialog(props: { action: Exclude<Action, "call" | "exclude">; debtor: DebtorRow; close: () => void }) {
  const { t } = useWords();
  const { organization } = useSession();
  const { debtor } = props;
  const today = organization!.today;
  const account = useGet("/v1/cases", {}, { debtor: debtor.id }).data?.items[0];
  const currency = account?.claimable.currency ?? organization!.currency;
  const change = useChange(async (form: FormData) => {
    const args = { debtor: debtor.id };
    switch (props.action) {
      case "note":
        return post("/v1/debtors/{debtor}/notes", args, { text: words(form, "text") });
      case "hold":
        return post("/v1/debtors/{debtor}/hold", args,
          { reason: words(form, "reason"), until: instantOf(words(form, "until"), "23:59:59") });
      case "promise":
        return post("/v1/promises", {}, { debtor: debtor.id, amount: amountOf(t, form, currency),
          due: words(form, "due"), source: "phone" });
      case "payment":
        return post("/v1/payments", {}, { debtor: debtor.id, amount: amountOf(t, form, currency),
          received: words(form, "received"), method: words(form, "method"),
          reference: words(form, "reference") || null });
    }
  });
  return (
    <FormDialog title={t(`do.${props.action}`)} action={t(`do.${props.action}_action`)} close={props.close}
      submit={(form) => change.mutateAsync(form)}>
      <p className="muted">{t(`do.${props.action}_says`)}</p>
      {props.action === "note" && (
        <Field label={t("debtor.note")}><textarea name="text" required maxLength={2000} autoFocus /></Field>
      )}
      {props.action === "hold" && (<>
        <Field label={t("field.reason")}><input name="reason" required maxLength={400} autoFocus /></Field>
        <Field label={t("field.until")}>
          <input name="until" type="date" min={today} required defaultValue={addDays(today, 7)} />
        </Field>
      </>)}
      {props.action === "promise" && (<>
        <AmountField account={account} />
        <Field label={t("field.due")}>
          <input name="due" type="date" required min={today} defaultValue={addDays(today, 7)} />
        </Field>
      </>)}
      {props.action === "payment" && (<>
        <AmountField account={account} />
        <Field label={t("field.received")}>
          <input name="received" type="date" required max={today} defaultValue={today} />
        </Field>
        <Field label={t("field.method")}>
          <select name="method">
            {["transfer", "card", "cash", "cheque"].map((one) => (
              <option key={one} value={one}>{t(`method.${one}` as Key)}</option>))}
          </select>
        </Field>
        <Field label={t("field.reference")}><input name="reference" maxLength={140} /></Field>
      </>)}
    </FormDialog>
  );
}

function Actions({ debtor }: { debtor: DebtorRow }) {
  const { t } = useWords();
  const [action, setAction] = useState<Action | null>(null);
  return (
    <div className="actions">
      {(["call", "note", "promise", "payment", "hold"] as const).map((one) => (
        <button key={one} className="button" onClick={() => setAction(one)}>{t(`do.${one}`)}</button>
      ))}
      {debtor.excluded_reason
        ? <Include debtor={debtor} />
        : <button className="button" onClick={() => setAction("exclude")}>{t("do.exclude")}</button>}
      {action === "call" && <CallDialog debtor={debtor} close={() => setAction(null)} />}
      {action === "exclude" && <ExcludeDialog debtor={debtor} close={() => setAction(null)} />}
      {action && action !== "call" && action !== "exclude" && <ActionDialog action={action} debtor={debtor} close={() => setAction(null)} />}
    </div>
  );
}

const TABS = { timeline: Timeline, invoices: Invoices, messages: Messages, ahead: Ahead,
  documents: Documents };

export default function Debtor() {
  const { t } = useWords();
  const id = useParams<{ id: string }>().id as DebtorId;
  const debtor = useGet("/v1/debtors/{debtor}", { debtor: id });
  const [tab, setTab] = useState<keyof typeof TABS>("timeline");
  const Tab = TABS[tab];
  return (
    <Shown query={debtor}>
      {(row) => (
        <>
          <div className="page-head">
            <h1>{row.name}</h1>
            <Actions debtor={row} />
          </div>
          {row.excluded_reason && (
            <p className="note warn" style={{ marginBottom: 16 }}>
              {row.excluded_until
                ? t("debtor.excluded_until", { reason: row.excluded_reason, until: day(row.excluded_until) })
                : t("debtor.excluded", { reason: row.excluded_reason })}
            </p>
          )}
          <Accounts id={id} />
          <Ageing id={id} />
          <div className="columns">
            <section className="panel">
              <div className="tabs" role="tablist" aria-label={row.name}>
                {(Object.keys(TABS) as (keyof typeof TABS)[]).map((name) => (
                  <button key={name} role="tab" id={`tab-${name}`} aria-selected={tab === name}
                    aria-controls="tab-panel" onClick={() => setTab(name)}>{t(`tab.${name}`)}</button>
                ))}
              </div>
              <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab}`}><Tab id={id} /></div>
            </section>
            <div className="stack">
              <OpenTasks id={id} />
              <Deals id={id} />
              <Instruments id={id} />
              <Contacts id={id} />
              <Tree id={id} />
              <Facts debtor={row} />
            </div>
          </div>
        </>
      )}
    </Shown>
  );
}
