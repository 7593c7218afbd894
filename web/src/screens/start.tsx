// The first hour: from an empty organization to automatic sending, one step after the other, each
// of which can be left and come back to. How far one is, is read from what is there.
import { useEffect, useState, type ReactNode } from "react";
import { Link, useLocation, useParams } from "wouter";
import { post } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Channel, Creditor, Invoice, Strategy } from "../api/types";
import { useWords, wordOf, type Key } from "../i18n";
import { CreditorBrand, CreditorWho } from "../parts/creditor_form";
import { MailPreview } from "../parts/preview";
import type { Unsaved } from "../parts/save_form";
import { Empty, sentenceOf, Shown } from "../parts/state";
import { useSession } from "../session";
import "../style/setup.css";
import { ChannelTest, Health, MailForm, MailTrust } from "./channel_mail";
import { Drop } from "./import_drop";
import { useOwner } from "./settings_channels";
import { Mode, SendingSwitch } from "./start_live";
import { Outlook } from "./start_outlook";
import { ChooseStrategy } from "./start_strategy";
import { TEMPLATES } from "./template_names";

const STEPS = ["who", "brand", "data", "strategy", "outlook", "sample", "live"] as const;
type Step = (typeof STEPS)[number];
const DAYS = 7;

interface Facts {
  creditors: Creditor[];
  channels: Channel[];
  invoice: Invoice | undefined;
  strategies: Strategy[];
}

/** What the organization has, or undefined until it is known. */
export function useFacts() {
  const creditors = useGet("/v1/creditors", {});
  const channels = useGet("/v1/channels", {});
  const invoices = useGet("/v1/invoices", {}, { limit: 1, closed: true });
  const strategies = useGet("/v1/strategies", {});
  const all = [creditors, channels, invoices, strategies];
  const there = all.every((one) => one.data !== undefined);
  return {
    data: there ? {
      creditors: creditors.data!.items, channels: channels.data!.items, invoice: invoices.data!.items[0],
      strategies: strategies.data!.items.filter(({ kind, active }) => kind === "strategy" && active),
    } : undefined,
    error: all.find((one) => one.error)?.error ?? null,
    refetch: () => all.forEach((one) => void one.refetch()),
  };
}

const mailOf = ({ channels }: Facts) => channels.find(({ channel }) => channel === "email");

function isDone(facts: Facts, step: Step): boolean {
  const live = facts.strategies.length > 0 && mailOf(facts) !== undefined && !mailOf(facts)!.paused_reason;
  switch (step) {
    case "who": return facts.creditors.some(({ account, pix_key, email }) => (account || pix_key) && email);
    case "brand": return mailOf(facts) !== undefined && mailOf(facts)!.driver !== "capture"; // a look is no must
    case "data": return facts.invoice !== undefined;
    case "strategy": return facts.strategies.length > 0;
    default: return live;
  }
}

// ── the steps ──

function Who({ facts }: { facts: Facts }) {
  const { t } = useWords();
  return (
    <>
      {facts.creditors.map((creditor) => (
        <section className="panel" key={creditor.id}>
          <h2>{creditor.name}</h2>
          <CreditorWho creditor={creditor} />
        </section>
      ))}
      {facts.creditors.length === 0 && <Empty title={t("first.no_creditor")} />}
    </>
  );
}

function Sender({ facts }: { facts: Facts }) {
  const { t } = useWords();
  const owner = useOwner();
  const channel = mailOf(facts);
  const set = channel && channel.driver !== "capture";
  const suggest = facts.creditors.find(({ email }) => email)?.email ?? null;
  const [unsaved, setUnsaved] = useState<Unsaved | null>(null);
  return (
    <section className="panel stack">
      <h2>{t("chan.server")}</h2>
      {set ? <p className="note">{t("first.sender", { sender: channel.sender ?? "–" })}</p>
        : <p className="muted">{t("first.sender_says")}</p>}
      {channel && set && <Health channel={channel} />}
      {owner ? <MailForm channel={channel} suggest={suggest} unsaved={setUnsaved} />
        : <p className="note warn">{t("chan.owners")}</p>}
      {channel && set && <ChannelTest channel={channel} unsaved={unsaved} />}
      {channel && set && owner && <MailTrust channel={channel} />}
    </section>
  );
}

function Brand({ facts }: { facts: Facts }) {
  const { t } = useWords();
  return (
    <>
      {facts.creditors.map((creditor) => (
        <section className="panel" key={creditor.id}>
          <h2>{creditor.name}</h2>
          <CreditorBrand creditor={creditor} />
        </section>
      ))}
      <Sender facts={facts} />
      {facts.invoice && mailOf(facts) ? (
        <section className="panel">
          <h2>{t("first.looks")}</h2>
          <MailPreview about={{ template: "entrega", invoice: facts.invoice.id }}
            version={facts.creditors.map(({ colour, logo_type }) => `${colour}${logo_type}`).join()} />
        </section>
      ) : <p className="muted">{t("first.looks_later")}</p>}
    </>
  );
}

function Data({ facts }: { facts: Facts }) {
  const { t } = useWords();
  const [, go] = useLocation();
  return (
    <>
      {facts.invoice && (
        <p className="note">{t("first.has_data")} <Link href="/debtors">{t("imp.see")}</Link></p>
      )}
      <Drop taken={(id, kind) => go(`/imports/${id}?kind=${kind}`)} />
    </>
  );
}

function Sample({ facts }: { facts: Facts }) {
  const { t } = useWords();
  const { me } = useSession();
  const [template, choose] = useState("recordatorio");
  const [tone, setTone] = useState(1);
  const due = useGet("/v1/cases/invoices", {}, { limit: 1 });
  const send = useChange((invoice: string) => post("/v1/templates/{name}/send", { name: template },
    { invoice: invoice as `inv_${string}`, tone }));
  if (!mailOf(facts)) return <p className="note warn">{t("chan.none_says")} <Link href="/start/brand">{t("ready.mend")}</Link></p>;
  return (
    <Shown query={due}>
      {({ items }) => items.length === 0 ? <div className="panel"><Empty title={t("first.no_data")} /></div> : (
        <div className="stack">
          <div className="form-grid">
            <label className="field"><span>{t("field.template")}</span>
              <select value={template} onChange={(event) => choose(event.target.value)}>
                {["recordatorio", "entrega", "aviso"].map((name) => (
                  <option key={name} value={name}>{wordOf(t, TEMPLATES, "tpn", name)}</option>
                ))}
              </select>
            </label>
            <label className="field"><span>{t("field.tone")}</span>
              <select value={tone} onChange={(event) => setTone(Number(event.target.value))}>
                {[1, 2, 3, 4, 5].map((one) => <option key={one} value={one}>{t(`tone.${one}` as Key)}</option>)}
              </select>
            </label>
          </div>
          <MailPreview about={{ template, invoice: items[0]!.invoice!, tone }} version={0} />
          {send.error && <p className="note bad" role="alert">{sentenceOf(t, send.error)}</p>}
          <p role="status" className={send.data ? "note" : undefined}>
            {send.data && (send.data.outcome === "accepted" ? t("first.sent_to", { email: send.data.to })
              : t("first.not_sent", { reply: send.data.reply ?? send.data.outcome }))}
          </p>
          <div className="end">
            <span className="muted">{t("first.sample_says")}</span>
            <button className="button" disabled={send.isPending}
              onClick={() => send.mutate(items[0]!.invoice!)}>{t("first.send_me", { email: me.email })}</button>
          </div>
        </div>
      )}
    </Shown>
  );
}

function Live({ facts }: { facts: Facts }) {
  const { t } = useWords();
  const waiting = useGet("/v1/outbox", {}, { limit: 1 });
  const mail = mailOf(facts);
  return (
    <>
      <Mode />
      {mail && <section className="panel"><h2>{t("first.sending")}</h2><SendingSwitch channel={mail} /></section>}
      {waiting.data && waiting.data.items.length > 0 && (
        <p className="muted">{t("first.waiting")} <Link href="/outbox">{t("nav.outbox")}</Link></p>
      )}
      {isDone(facts, "live") && (
        <p className="note">{t("first.finished")} <Link href="/today">{t("nav.today")}</Link></p>
      )}
    </>
  );
}

function body(step: Step, facts: Facts, next: () => void): ReactNode {
  switch (step) {
    case "who": return <Who facts={facts} />;
    case "brand": return <Brand facts={facts} />;
    case "data": return <Data facts={facts} />;
    case "strategy":
      return <ChooseStrategy strategies={facts.strategies} channels={facts.channels} done={next} />;
    case "outlook": return <Outlook days={DAYS} />;
    case "sample": return <Sample facts={facts} />;
    case "live": return <Live facts={facts} />;
  }
}

function Guide({ facts, wanted }: { facts: Facts; wanted: string | undefined }) {
  const { t } = useWords();
  const [, go] = useLocation();
  const { organization } = useSession();
  const kept = `start.${organization!.id}`;
  // where one was in this tab, or where it began: it does not move on by itself while somebody reads
  // that something was kept
  const [first] = useState(() => STEPS.find((step) => step === sessionStorage.getItem(kept))
    ?? STEPS.find((step) => !isDone(facts, step)) ?? "live");
  const step = STEPS.find((one) => one === wanted) ?? first;
  useEffect(() => sessionStorage.setItem(kept, step), [kept, step]);
  const at = STEPS.indexOf(step);
  const next = () => go(`/start/${STEPS[Math.min(at + 1, STEPS.length - 1)]}`);
  return (
    <div className="guide">
      <nav aria-label={t("first.steps")}>
        <ol>
          {STEPS.map((one, i) => (
            <li key={one}>
              <Link href={`/start/${one}`} aria-current={one === step ? "step" : undefined}
                data-done={isDone(facts, one) ? "" : undefined}>
                <i aria-hidden="true">{isDone(facts, one) ? "✓" : i + 1}</i>
                <span>{t(`first.step_${one}`)}
                  {isDone(facts, one) && <span className="visually-hidden"> ({t("first.done")})</span>}</span>
              </Link>
            </li>
          ))}
        </ol>
      </nav>
      <div className="stack">
        <div>
          <h2>{t(`first.step_${step}`)}</h2>
          <p className="muted">{t(`first.says_${step}`)}</p>
        </div>
        {body(step, facts, next)}
        {step !== "live" && (
          <div className="end">
            <button className="button" onClick={next}>
              {isDone(facts, step) || step === "outlook" || step === "sample" ? t("first.next") : t("first.skip")}
            </button>
          </div>
        )}
      </div>
    </div>
  );
}

export default function Start() {
  const { t } = useWords();
  const { step } = useParams<{ step?: string }>();
  const facts = useFacts();
  return (
    <>
      <div className="page-head"><h1>{t("first.title")}</h1><p className="muted">{t("first.title_says")}</p></div>
      <Shown query={facts}>{(found) => <Guide facts={found} wanted={step} />}</Shown>
    </>
  );
}
