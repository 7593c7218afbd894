// One family: each text by channel, language, form of address and tone, edited in blocks beside
// what the published version says about a real invoice.
import { useRef, useState } from "react";
import { Link } from "wouter";
import { post } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Json } from "../api/types";
import { useWords, wordOf, type Key } from "../i18n";
import { Field } from "../parts/dialog";
import { MailPreview } from "../parts/preview";
import { sentenceOf, Shown } from "../parts/state";
import { useSession } from "../session";
import { CHANNELS } from "../words";
import { BLOCKS, kindOf, segments, TEXT_BLOCKS, VARIABLES, type Block, type Document, type Variant } from "./template_document";
import { TEMPLATES } from "./template_names";

const isText = (kind: string) => (TEXT_BLOCKS as readonly string[]).includes(kind);
type Field_ = HTMLInputElement | HTMLTextAreaElement;

function Pick({ into }: { into: () => Field_ | null }) {
  const { t } = useWords();
  const [chosen, choose] = useState<string>(VARIABLES[0]);
  function insert() {
    const field = into();
    if (!field) return;
    field.focus();
    // React hears an input event of the field itself
    const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value")!.set!;
    const at = field.selectionStart ?? field.value.length;
    const text = `{{ ${chosen} }}`;
    setter.call(field, field.value.slice(0, at) + text + field.value.slice(field.selectionEnd ?? at));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.setSelectionRange(at + text.length, at + text.length);
  }
  return (
    <div className="actions">
      <select aria-label={t("tpl.variable")} value={chosen} onChange={(event) => choose(event.target.value)}>
        {VARIABLES.map((one) => <option key={one} value={one}>{one}</option>)}
      </select>
      <button type="button" className="button" onClick={insert}>{t("tpl.insert")}</button>
    </div>
  );
}

function BlockRow(props: {
  block: Block; at: number; last: boolean; change: (block: Block) => void; move: (by: number) => void; drop: () => void;
}) {
  const { t } = useWords();
  const kind = kindOf(props.block);
  const name = wordOf(t, BLOCKS, "blk", kind);
  const label = t("tpl.block", { at: props.at + 1, name });
  return (
    <li className="block">
      <div className="panel-head" style={{ margin: 0 }}>
        <strong>{name}</strong>
        <span className="actions">
          <button type="button" className="button quiet" disabled={props.at === 0} onClick={() => props.move(-1)}
            aria-label={`${t("tpl.up")} · ${label}`}>↑</button>
          <button type="button" className="button quiet" disabled={props.last} onClick={() => props.move(1)}
            aria-label={`${t("tpl.down")} · ${label}`}>↓</button>
          <button type="button" className="button quiet" onClick={props.drop}
            aria-label={`${t("tpl.drop")} · ${label}`}>×</button>
        </span>
      </div>
      {isText(kind) && (kind === "pay_button" || kind === "heading" ? (
        <input aria-label={label} value={String(props.block[kind])} data-text=""
          onChange={(event) => props.change({ ...props.block, [kind]: event.target.value })} />
      ) : (
        <textarea aria-label={label} rows={kind === "legal" ? 3 : 6} value={String(props.block[kind])} data-text=""
          onChange={(event) => props.change({ ...props.block, [kind]: event.target.value })} />
      ))}
    </li>
  );
}

function Blocks({ blocks, change }: { blocks: Block[]; change: (blocks: Block[]) => void }) {
  const { t } = useWords();
  const [adding, add] = useState<string>("text");
  const put = (at: number, block: Block) => change(blocks.map((one, i) => (i === at ? block : one)));
  const move = (at: number, by: number) => {
    const next = [...blocks];
    next.splice(at + by, 0, ...next.splice(at, 1));
    change(next);
  };
  return (
    <>
      <ol className="stack" style={{ gap: 8 }}>
        {blocks.map((block, i) => (
          <BlockRow key={i} block={block} at={i} last={i === blocks.length - 1} change={(one) => put(i, one)}
            move={(by) => move(i, by)} drop={() => change(blocks.filter((_, at) => at !== i))} />
        ))}
      </ol>
      <div className="actions">
        <select aria-label={t("tpl.new_block")} value={adding} onChange={(event) => add(event.target.value)}>
          {BLOCKS.map((one) => <option key={one} value={one}>{t(`blk.${one}`)}</option>)}
        </select>
        <button type="button" className="button"
          onClick={() => change([...blocks, { [adding]: isText(adding) ? t("tpl.sample_text") : true }])}>
          {t("tpl.add")}</button>
      </div>
    </>
  );
}

function Short({ variant, change }: { variant: Variant; change: (part: Partial<Variant>) => void }) {
  const { t } = useWords();
  const found = segments(variant.text ?? "");
  return (
    <>
      <Field label={t("tpl.text")}>
        <textarea rows={6} value={variant.text ?? ""} data-text="" onChange={(event) => change({ text: event.target.value })} />
      </Field>
      {variant.channel === "sms" && (
        <p role="status" className="muted">
          {t("tpl.segments", { letters: found.letters, segments: found.segments })}
          {found.unicode && ` ${t("tpl.unicode")}`}
        </p>
      )}
    </>
  );
}

function VariantEditor({ variant, change }: { variant: Variant; change: (part: Partial<Variant>) => void }) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const last = useRef<Field_ | null>(null);
  const text = (name: "subject" | "preheader") => (
    <Field label={t(`tpl.${name}`)}>
      <input value={variant[name] ?? ""} data-text="" onChange={(event) => change({ [name]: event.target.value })} />
    </Field>
  );
  return (
    <div className="stack" ref={box} onFocus={(event) => {
      if ((event.target as HTMLElement).dataset.text !== undefined) last.current = event.target as Field_;
    }}>
      <Pick into={() => last.current ?? box.current?.querySelector<Field_>("[data-text]") ?? null} />
      {variant.blocks ? (
        <>
          {text("subject")}
          {text("preheader")}
          <Blocks blocks={variant.blocks} change={(blocks) => change({ blocks })} />
        </>
      ) : <Short variant={variant} change={change} />}
    </div>
  );
}

/** Which text: those that there are of each kind, given what was chosen before it. */
function Choice(props: {
  variants: Variant[]; at: number; choose: (at: number) => void;
}) {
  const { t } = useWords();
  const { variants, at } = props;
  const now = variants[at]!;
  const part = (name: "channel" | "language" | "form" | "tone", label: string, words: (value: string) => string) => {
    const values = [...new Set(variants.map((one) => one[name]).filter((one) => one !== undefined))].map(String);
    if (values.length < 2) return null;
    const go = (value: string) => {
      const score = (one: Variant) => (String(one[name]) === value ? 100 : 0) + (one.channel === now.channel ? 8 : 0) +
        (one.language === now.language ? 4 : 0) + (one.tone === now.tone ? 2 : 0) + (one.form === now.form ? 1 : 0);
      const best = variants.reduce((found, one, i) => (score(one) > score(variants[found]!) ? i : found), 0);
      props.choose(best);
    };
    return (
      <Field label={label}>
        <select value={String(now[name] ?? "")} onChange={(event) => go(event.target.value)}>
          {now[name] === undefined && <option value="">–</option>}
          {values.map((value) => <option key={value} value={value}>{words(value)}</option>)}
        </select>
      </Field>
    );
  };
  return (
    <div className="form-grid">
      {part("channel", t("field.channel"), (value) => wordOf(t, CHANNELS, "channel", value))}
      {part("language", t("field.language"), (value) => wordOf(t, LANGUAGES, "lang", value))}
      {part("form", t("cre.form_of_address"), (value) => t(value === "tu" ? "cre.form_tu" : "cre.form_usted"))}
      {part("tone", t("field.tone"), (value) => t(`tone.${value}` as Key))}
    </div>
  );
}
const LANGUAGES = ["es", "es-419", "en", "pt"] as const;

function Published({ name, variant, version }: { name: string; variant: Variant; version: number }) {
  const { t } = useWords();
  const { me } = useSession();
  const open = useGet("/v1/cases/invoices", {}, { limit: 20 });
  const [chosen, choose] = useState<string>("");
  const items = open.data?.items ?? [];
  const invoice = (chosen || items[0]?.invoice) as `inv_${string}` | undefined;
  const about = { tone: variant.tone, language: variant.language, form: variant.form };
  const send = useChange(() => post("/v1/templates/{name}/send", { name }, { invoice: invoice!, ...about }));
  if (open.data && !invoice) return <p className="muted">{t("first.looks_later")}</p>;
  if (!invoice) return null;
  return (
    <>
      <div className="actions">
        <select aria-label={t("tpl.invoice")} value={invoice} onChange={(event) => choose(event.target.value)}>
          {items.map((one) => <option key={one.invoice} value={one.invoice!}>{one.number} · {one.debtor_name}</option>)}
        </select>
        <button type="button" className="button" disabled={send.isPending}
          onClick={() => send.mutate(undefined)}>{t("first.send_me", { email: me.email })}</button>
      </div>
      {send.error && <p className="note bad" role="alert">{sentenceOf(t, send.error)}</p>}
      {send.data && <p className="note" role="status">{send.data.outcome === "accepted"
        ? t("first.sent_to", { email: send.data.to }) : t("first.not_sent", { reply: send.data.reply ?? send.data.outcome })}</p>}
      <MailPreview about={{ template: name, invoice, ...about }} version={version} />
    </>
  );
}

function Work({ document, name, version }: { document: Document; name: string; version: number }) {
  const { t } = useWords();
  const [draft, setDraft] = useState(document);
  const [at, choose] = useState(0);
  const variant = draft.variants[at]!;
  const changed = JSON.stringify(draft) !== JSON.stringify(document);
  const publish = useChange(() => post("/v1/templates", {}, { document: draft as unknown as Json }));
  const change = (part: Partial<Variant>) => setDraft({ ...draft,
    variants: draft.variants.map((one, i) => (i === at ? { ...one, ...part } : one)) });
  return (
    <>
      <div className="page-head">
        <h1>{wordOf(t, TEMPLATES, "tpn", name)}</h1>
        <div className="actions">
          <span className="muted">{t("strategy.version")} {version}</span>
          <Link className="button" href="/templates">{t("tpl.all")}</Link>
          {changed && <button className="button" onClick={() => setDraft(document)}>{t("tpl.discard")}</button>}
          <button className="button primary" disabled={!changed || publish.isPending}
            onClick={() => publish.mutate(undefined)}>{t("tpl.publish")}</button>
        </div>
      </div>
      {publish.error && (
        <div className="note bad" role="alert" style={{ marginBottom: 16 }}><p>{sentenceOf(t, publish.error)}</p></div>
      )}
      <div className="stack">
        <Choice variants={draft.variants} at={at} choose={choose} />
        <div className="halves">
          <section className="panel stack"><h2>{t("tpl.write")}</h2>
            <VariantEditor key={at} variant={variant} change={change} /></section>
          <section className="panel stack">
            <h2>{t("tpl.reads")}</h2>
            {changed && <p className="note warn">{t("tpl.reads_published")}</p>}
            {variant.channel === "email" ? <Published name={name} variant={variant} version={version} />
              : <pre className="plain" tabIndex={0} aria-label={t("tpl.text")}>{variant.text}</pre>}
          </section>
        </div>
      </div>
    </>
  );
}

export default function TemplateEditor({ name }: { name: string }) {
  const template = useGet("/v1/templates/{name}", { name });
  return (
    <Shown query={template}>
      {(found) => <Work key={found.version} document={found.document as unknown as Document} name={name} version={found.version} />}
    </Shown>
  );
}
