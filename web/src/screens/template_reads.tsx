// What one text says about a real invoice, as it looks where it is read: a mail, an SMS with its
// segments and price, a chat, a notification, a voice with its pauses, a letter in pages.
import { useState, type ReactNode } from "react";
import { post } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Amount, Id, Preview } from "../api/types";
import { count, money, priceOf } from "../format";
import { useWords } from "../i18n";
import { MailPreview, usePreview, type About } from "../parts/preview";
import { sentenceOf, Shown } from "../parts/state";
import { useSession } from "../session";
import { foreign, pagesOf, parametersOf, secondsOf, segments, spokenOf } from "./template_count";
import type { Variant } from "./template_document";

/** What so many cost, from the price of a thousand; null: nobody said it. */
function usePrice(channel: string): ((units: number) => string) | null {
  const settings = useGet("/v1/settings", {});
  const thousand = (settings.data as Record<string, unknown> | undefined)?.[`cost_${channel}`] as Amount | null | undefined;
  return thousand ? (units) => priceOf(thousand, units) : null;
}

function Cost({ channel, units, word }: { channel: string; units: number; word: (cost: string) => string }) {
  const { t } = useWords();
  const price = usePrice(channel);
  return <>{price ? word(price(units)) : t("tpl.no_price")}</>;
}

function Sms({ text }: { text: string }) {
  const { t } = useWords();
  const found = segments(text);
  return (
    <>
      <div className="phone"><p className="bubble">{text}</p></div>
      <p role="status">{t("tpl.segments", { letters: found.letters, segments: found.segments })}{" "}
        {t("tpl.room", { room: found.room })}{" "}
        <Cost channel="sms" units={found.segments} word={(cost) => t("tpl.costs", { cost })} /></p>
      {found.unicode && <p className="note warn">{t("tpl.unicode")} {t("tpl.foreign", { letters: foreign(text).join(" ") })}</p>}
    </>
  );
}

const WHATSAPP_MAX = 1024, PUSH_SEEN = 178, CALL_SECONDS = 60;

function WhatsApp({ text, source }: { text: string; source: string }) {
  const { t } = useWords();
  const { registered, parameters, logic } = parametersOf(source);
  const marked = text.split(/(\*[^*\n]+\*)/).map((one, i) => one.startsWith("*") && one.length > 2 ? <b key={i}>{one.slice(1, -1)}</b> : one);
  return (
    <>
      <div className="phone chat"><p className="bubble">{marked}</p></div>
      <p role="status" className={text.length > WHATSAPP_MAX ? "bad" : ""}>{t("tpl.letters_of", { letters: text.length, most: WHATSAPP_MAX })}{" "}
        <Cost channel="whatsapp" units={1} word={(cost) => t("tpl.costs", { cost })} /></p>
      <details open>
        <summary>{t("tpl.registered")}</summary>
        {logic && <p className="note warn">{t("tpl.logic")}</p>}
        <pre className="plain" tabIndex={0} aria-label={t("tpl.registered")}>{registered}</pre>
        {parameters.length > 0 && (
          <table><thead><tr><th scope="col">{t("tpl.parameter")}</th><th scope="col">{t("tpl.variable")}</th></tr></thead>
            <tbody>{parameters.map((one, i) => <tr key={one}><td><code>{`{{${i + 1}}}`}</code></td><td><code>{one}</code></td></tr>)}</tbody></table>
        )}
      </details>
    </>
  );
}

function Push({ text }: { text: string }) {
  const { t } = useWords();
  const { organization } = useSession();
  const seen = text.slice(0, PUSH_SEEN);
  return (
    <>
      <div className="phone"><div className="notification"><strong>{organization?.name}</strong><p>{seen}
        {text.length > PUSH_SEEN && <span className="muted">…</span>}</p></div></div>
      <p role="status" className={text.length > PUSH_SEEN ? "warn" : ""}>{t("tpl.push_of", { letters: text.length, most: PUSH_SEEN })}</p>
    </>
  );
}

function Voice({ text }: { text: string }) {
  const { t } = useWords();
  const lines = spokenOf(text);
  const seconds = secondsOf(lines);
  return (
    <>
      <ol className="voice">{lines.map((line, i) => (
        <li key={i}><span>{line.words}</span>
          <span className="small muted">{t("tpl.pause", { seconds: count(line.pause / 10) })}</span></li>
      ))}</ol>
      <p role="status" className={seconds > CALL_SECONDS ? "warn" : ""}>{t("tpl.lasts", { seconds })}{" "}
        <Cost channel="call" units={1} word={(cost) => t("tpl.costs_call", { cost })} /></p>
    </>
  );
}

function Letter({ text, invoice }: { text: string; invoice: { debtor_name?: string | null | undefined } | undefined }) {
  const { t } = useWords();
  const { organization } = useSession();
  const pages = pagesOf(text);
  return (
    <>
      <div className="sheets">{pages.map((page, i) => (
        <div className="sheet" key={i} tabIndex={0} role="region" aria-label={t("tpl.page", { page: i + 1, pages: pages.length })}>
          {i === 0 && <header><strong>{organization?.name}</strong><address>{invoice?.debtor_name}</address></header>}
          <div className="sheet-text">{page}</div>
          <footer>{t("tpl.page", { page: i + 1, pages: pages.length })}</footer>
        </div>
      ))}</div>
      <p role="status">{t("tpl.pages", { pages: pages.length })}{" "}
        <Cost channel="letter" units={1} word={(cost) => t("tpl.costs_letter", { cost })} /></p>
    </>
  );
}

function looks(variant: Variant, found: Preview, invoice: { debtor_name?: string | null | undefined } | undefined): ReactNode {
  switch (variant.channel) {
    case "sms": return <Sms text={found.text} />;
    case "whatsapp": return <WhatsApp text={found.text} source={variant.text ?? ""} />;
    case "push": return <Push text={found.text} />;
    case "call": return <Voice text={found.text} />;
    case "letter": return <Letter text={found.text} invoice={invoice} />;
    default: return <pre className="plain" tabIndex={0}>{found.text}</pre>;
  }
}

function OfText({ about, version, variant, invoice }: { about: About; version: string | number; variant: Variant;
  invoice: { debtor_name?: string | null | undefined } | undefined }) {
  const text = usePreview(about, version);
  return (
    <Shown query={{ ...text, data: text.error ? undefined : text.data }}>
      {(found) => <div className="stack" lang={found.language}>{looks(variant, found, invoice)}</div>}
    </Shown>
  );
}

export function Reads({ name, variant, version, draft }: { name: string; variant: Variant; version: number;
  draft: { id: Id<"drf">; variant: number; version: number } | undefined }) {
  const { t } = useWords();
  const { me } = useSession();
  const open = useGet("/v1/cases/invoices", {}, { limit: 50 });
  const [chosen, choose] = useState<string>("");
  const items = open.data?.items ?? [];
  const at = items.find((one) => one.invoice === chosen) ?? items[0];
  const invoice = at?.invoice as Id<"inv"> | undefined;
  const about = { tone: variant.tone, language: variant.language, form: variant.form };
  const send = useChange(() => draft
    ? post("/v1/drafts/{draft}/send", { draft: draft.id }, { invoice: invoice!, variant: draft.variant })
    : post("/v1/templates/{name}/send", { name }, { invoice: invoice!, ...about }));
  if (open.data && !invoice) return <p className="muted">{t("first.looks_later")}</p>;
  if (!invoice) return null;
  const whole: About = { template: name, invoice, ...about, channel: variant.channel, ...(draft ? { draft: { id: draft.id, variant: draft.variant } } : {}) };
  const shown = draft ? `${draft.id} ${draft.version}` : version;
  return (
    <>
      <div className="actions">
        <select aria-label={t("tpl.invoice")} value={invoice} onChange={(event) => choose(event.target.value)}>
          {items.map((one) => <option key={one.invoice} value={one.invoice!}>{one.number} · {one.debtor_name}{one.claimable ? ` · ${money(one.claimable)}` : ""}</option>)}
        </select>
        {variant.channel === "email" && (
          <button type="button" className="button" disabled={send.isPending}
            onClick={() => send.mutate(undefined)}>{t("first.send_me", { email: me.email })}</button>
        )}
      </div>
      {draft && <p className="small muted">{t("tpl.of_draft")}</p>}
      {send.error && <p className="note bad" role="alert">{sentenceOf(t, send.error)}</p>}
      {send.data && <p className="note" role="status">{send.data.outcome === "accepted"
        ? t("first.sent_to", { email: send.data.to }) : t("first.not_sent", { reply: send.data.reply ?? send.data.outcome })}</p>}
      {variant.channel === "email" ? <MailPreview about={whole} version={shown} />
        : <OfText about={whole} version={shown} variant={variant} invoice={at} />}
    </>
  );
}
