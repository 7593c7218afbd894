// One family: which texts there are by channel, tone, language and form of address; one or two of
// them beside each other, each edited in blocks above or beside what it says about a real invoice.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { Link } from "wouter";
import { post } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Draft, TemplateCheck } from "../api/types";
import { time } from "../format";
import { useWords, wordOf, type Key } from "../i18n";
import { Field } from "../parts/dialog";
import { Dropped, KeptNote, KeptState, useDraftOf, useKept } from "../parts/draft";
import { sentenceOf, Shown } from "../parts/state";
import { CHANNELS } from "../words";
import { begun, BLOCKS, columnsOf, documentOf, find, FORMED, kindOf, LANGUAGES, parts, rowsOf, TEXT_BLOCKS, VARIABLES,
  type Block, type Column, type Document, type Row, type Variant } from "./template_document";
import { TEMPLATES } from "./template_names";
import { bySpot, spotOf, wordsOf, type Problem } from "./template_problems";
import { Reads } from "./template_reads";

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
        {VARIABLES.map((one) => <option key={one} value={one}>{t(`var.${one}` as Key)} · {one}</option>)}
      </select>
      <button type="button" className="button" onClick={insert}>{t("tpl.insert")}</button>
    </div>
  );
}

/** What is wrong where it stands. */
function Wrong({ problems, id }: { problems: Problem[] | undefined; id?: string | undefined }) {
  const { t } = useWords();
  if (!problems?.length) return null;
  return (
    <ul className="wrong" id={id}>
      {problems.map((one, i) => {
        const words = wordsOf(t, one.sentence);
        return <li key={i} className={`hint ${one.error ? "bad" : "warn"}`} {...(words ? {} : { lang: "en" })}>{words ?? one.sentence}</li>;
      })}
    </ul>
  );
}

function BlockRow(props: { block: Block; at: number; last: boolean; problems: Problem[] | undefined; pane: string;
  change: (block: Block) => void; move: (by: number) => void; drop: () => void }) {
  const { t } = useWords();
  const kind = kindOf(props.block);
  const name = wordOf(t, BLOCKS, "blk", kind);
  const label = t("tpl.block", { at: props.at + 1, name });
  const wrong = `${props.pane}-block-${props.at}`;
  const common = { "aria-label": label, "aria-invalid": props.problems?.some(({ error }) => error) ?? false,
    "aria-describedby": props.problems ? wrong : undefined, value: String(props.block[kind]), "data-text": "",
    onChange: (event: { target: { value: string } }) => props.change({ ...props.block, [kind]: event.target.value }) };
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
      {isText(kind) && (kind === "pay_button" || kind === "heading" ? <input {...common} />
        : <textarea rows={Math.min(12, Math.max(kind === "legal" ? 3 : 4, Math.round(String(props.block[kind]).length / 60)))} {...common} />)}
      <Wrong problems={props.problems} id={wrong} />
    </li>
  );
}

function Blocks({ blocks, problems, pane, change }: { blocks: Block[]; problems: Map<string, Problem[]>; pane: string;
  change: (blocks: Block[]) => void }) {
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
          <BlockRow key={i} block={block} at={i} last={i === blocks.length - 1} problems={problems.get(`block ${i + 1}`)}
            pane={pane} change={(one) => put(i, one)} move={(by) => move(i, by)}
            drop={() => change(blocks.filter((_, at) => at !== i))} />
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

function VariantEditor({ variant, problems, pane, change }: { variant: Variant; problems: Map<string, Problem[]>; pane: string;
  change: (part: Partial<Variant>) => void }) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const last = useRef<Field_ | null>(null);
  const text = (name: "subject" | "preheader") => (
    <div>
      <Field label={t(`tpl.${name}`)}>
        <input value={variant[name] ?? ""} data-text="" aria-invalid={problems.has(name)}
          onChange={(event) => change({ [name]: event.target.value })} />
      </Field>
      <Wrong problems={problems.get(name)} />
    </div>
  );
  return (
    <div className="stack" ref={box} onFocus={(event) => {
      if ((event.target as HTMLElement).dataset.text !== undefined) last.current = event.target as Field_;
    }}>
      <Wrong problems={problems.get("")} />
      <Pick into={() => last.current ?? box.current?.querySelector<Field_>("[data-text]") ?? null} />
      {variant.blocks ? (
        <>
          {text("subject")}
          {text("preheader")}
          <Blocks blocks={variant.blocks} problems={problems} pane={pane} change={(blocks) => change({ blocks })} />
        </>
      ) : (
        <div>
          <Field label={t("tpl.text")} hint={t(`tpl.hint_${variant.channel}` as Key)}>
            <textarea rows={variant.channel === "letter" || variant.channel === "call" ? 16 : 6} value={variant.text ?? ""} data-text=""
              aria-invalid={problems.has("text")} onChange={(event) => change({ text: event.target.value })} />
          </Field>
          <Wrong problems={problems.get("text")} />
        </div>
      )}
    </div>
  );
}

// ── which texts there are ──

function useNames() {
  const { t } = useWords();
  return {
    row: ({ language, form }: Row) => wordOf(t, LANGUAGES, "lang", language) + (form ? ` · ${t(form === "tu" ? "cre.form_tu" : "cre.form_usted")}` : ""),
    channel: (channel: string) => wordOf(t, CHANNELS, "channel", channel),
    tone: (tone: number | undefined) => tone === undefined ? t("tpl.any_tone") : t(`tone.${tone}` as Key),
  };
}

function Matrix({ document, open, wrong, choose, add }: { document: Document; open: number[]; wrong: Map<number, number>;
  choose: (at: number, beside: boolean) => void; add: (row: Row, column: Column) => void }) {
  const { t } = useWords();
  const names = useNames();
  const rows = rowsOf(document), columns = columnsOf(document);
  const groups = [...Map.groupBy(columns, ({ channel }) => channel)];
  const missing = rows.reduce((sum, row) => sum + columns.filter((column) => find(document, row, column) < 0).length, 0);
  return (
    <div className="panel stack">
      <div className="panel-head"><h2 id="matrix">{t("tpl.matrix")}</h2>
        <span className="small muted">{t("tpl.matrix_says", { texts: document.variants.length, missing })}</span></div>
      <div className="scroll" tabIndex={0} role="region" aria-labelledby="matrix">
        <table className="matrix">
          <thead>
            <tr><td />{groups.map(([channel, all]) => <th key={channel} scope="colgroup" colSpan={all.length}>{names.channel(channel)}</th>)}</tr>
            <tr><td />{columns.map((one) => (
              <th key={`${one.channel} ${one.tone}`} scope="col" title={names.tone(one.tone)}>{one.tone ?? t("tpl.any_short")}</th>))}</tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.language} ${row.form}`}>
                <th scope="row">{names.row(row)}</th>
                {columns.map((column) => {
                  const at = find(document, row, column);
                  const what = `${names.channel(column.channel)} · ${names.row(row)} · ${names.tone(column.tone)}`;
                  return (
                    <td key={`${column.channel} ${column.tone}`}>
                      {at < 0 ? (
                        <button type="button" className="cell missing" title={`${t("tpl.missing")} · ${what}`}
                          aria-label={`${t("tpl.write_missing")}: ${what}`} data-mark="+" onClick={() => add(row, column)} />
                      ) : (
                        <button type="button" className={`cell ${wrong.has(at) ? "wrong" : ""}`} aria-pressed={open.includes(at)}
                          title={what} aria-label={`${what}${wrong.has(at) ? ` · ${t("designer.problems_here", { problems: wrong.get(at)! })}` : ""}`}
                          data-mark={wrong.has(at) ? "!" : open.includes(at) && open.length > 1 ? open.indexOf(at) + 1 : "✓"}
                          onClick={(event) => choose(at, event.shiftKey)} />
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** A text that none of the rows and columns has yet. */
function Another({ document, add }: { document: Document; add: (row: Row, column: Column) => void }) {
  const { t } = useWords();
  const [channel, setChannel] = useState("whatsapp");
  const [language, setLanguage] = useState("es");
  const [form, setForm] = useState<"" | "usted" | "tu">("");
  const [tone, setTone] = useState("");
  const row: Row = { language, form: FORMED(language) && form ? form : undefined };
  const column: Column = { channel, tone: tone ? Number(tone) : undefined };
  const there = find(document, row, column) >= 0;
  return (
    <details className="panel">
      <summary>{t("tpl.another")}</summary>
      <div className="form-grid" style={{ marginTop: 12 }}>
        <Field label={t("field.channel")}><select value={channel} onChange={(event) => setChannel(event.target.value)}>
          {CHANNELS.map((one) => <option key={one} value={one}>{wordOf(t, CHANNELS, "channel", one)}</option>)}</select></Field>
        <Field label={t("field.language")}><select value={language} onChange={(event) => setLanguage(event.target.value)}>
          {LANGUAGES.map((one) => <option key={one} value={one}>{t(`lang.${one}` as Key)}</option>)}</select></Field>
        {FORMED(language) && <Field label={t("cre.form_of_address")}><select value={form} onChange={(event) => setForm(event.target.value as "")}>
          <option value="">{t("tpl.any_form")}</option><option value="usted">{t("cre.form_usted")}</option>
          <option value="tu">{t("cre.form_tu")}</option></select></Field>}
        <Field label={t("field.tone")}><select value={tone} onChange={(event) => setTone(event.target.value)}>
          <option value="">{t("tpl.any_tone")}</option>
          {[1, 2, 3, 4, 5].map((one) => <option key={one} value={one}>{t(`tone.${one}` as Key)}</option>)}</select></Field>
      </div>
      <p className="actions"><button type="button" className="button" disabled={there} onClick={() => add(row, column)}>{t("tpl.write_it")}</button>
        {there && <span className="small muted">{t("tpl.there_already")}</span>}</p>
    </details>
  );
}

// ── what is wrong ──

const CHECK_MS = 400;

function useCheck(document: Document) {
  const [check, setCheck] = useState<TemplateCheck | null>(null);
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      post("/v1/templates/check", {}, { document: document as never })
        .then((answer) => { if (current) setCheck(answer); }, () => {});
    }, CHECK_MS);
    return () => { current = false; clearTimeout(timer); };
  }, [document]);
  return check;
}

// ── the whole ──

function Work({ published, draft, name, version, again }: { published: Document; draft: Draft | null; name: string; version: number;
  again: () => void }) {
  const { t } = useWords();
  const names = useNames();
  const initial = useMemo(() => documentOf(draft?.document) ?? published, []);
  const [document, setDocument] = useState(initial);
  const [open, setOpen] = useState<number[]>([0]);
  const kept = useKept<Document>({ kind: "template", name, base: draft?.base ?? version, draft, doc: document, initial, parts });
  const check = useCheck(document);
  const problems = check?.problems ?? [];
  const errors = problems.filter(({ error }) => error).length;
  const wrong = useMemo(() => new Map([...Map.groupBy(problems.filter(({ error, variant }) => error && typeof variant === "number"),
    ({ variant }) => variant!)].map(([at, all]) => [at, all.length])), [check]);
  const changed = document !== published && JSON.stringify(document) !== JSON.stringify(published);
  const publish = useChange(async () => {
    const row = await kept.flush();
    await post("/v1/drafts/{draft}/publish", { draft: row.id }, { over: version }, crypto.randomUUID(), { version: String(row.version) });
    kept.end();
    again();
  });
  const change = (at: number, part: Partial<Variant>) => setDocument((before) => ({ ...before,
    variants: before.variants.map((one, i) => (i === at ? { ...one, ...part } : one)) }));
  const choose = (at: number, beside: boolean) => setOpen((before) => before.includes(at)
    ? before.length > 1 ? before.filter((one) => one !== at) : before
    : beside || before.length > 1 ? [before[0]!, at] : [at]);
  const add = (row: Row, column: Column) => {
    setDocument({ ...document, variants: [...document.variants, begun(document, row, column)] });
    choose(document.variants.length, false);
  };
  const remove = (at: number) => {
    setDocument({ ...document, variants: document.variants.filter((_, i) => i !== at) });
    setOpen((before) => before.filter((one) => one !== at).map((one) => (one > at ? one - 1 : one)).concat(before.length === 1 ? [0] : []));
  };
  /** The next one there is to put beside: the same in another language, else in another tone. */
  const beside = () => {
    const now = document.variants[open[0]!]!;
    const score = (one: Variant) => (one.channel === now.channel ? 8 : 0) + (one.tone === now.tone ? 4 : 0) + (one.form === now.form ? 1 : 0) +
      (one.language.slice(0, 2) !== now.language.slice(0, 2) ? 2 : 0);
    const others = document.variants.map((one, i) => ({ i, score: score(one) })).filter(({ i }) => i !== open[0]).sort((a, b) => b.score - a.score);
    if (others[0]) setOpen([open[0]!, others[0].i]);
  };
  const shown = open.filter((at) => document.variants[at]);
  return (
    <>
      <div className="page-head">
        <h1>{wordOf(t, TEMPLATES, "tpn", name)}</h1>
        <KeptState kept={kept} />
        <div className="actions">
          <span className="muted">{t("strategy.version")} {version}</span>
          <Link className="button" href="/templates">{t("tpl.all")}</Link>
          {(changed || kept.draft) && <button className="button" onClick={() => void kept.drop().then((done) => { if (done) again(); })}>{t("tpl.discard")}</button>}
          <button className="button primary" disabled={!changed || publish.isPending || errors > 0 || kept.theirs !== null}
            onClick={() => publish.mutate(undefined)}>{t("tpl.publish")}</button>
        </div>
      </div>
      <Dropped kind="template" restored={again} />
      <KeptNote kept={kept} take={(taken) => { const next = documentOf(taken); if (next) { setOpen([0]); setDocument(next); } else again(); }} />
      {draft && document === initial && !kept.theirs && <p className="note draft-note">{t("designer.draft_continued", { at: time(draft.changed_at) })}</p>}
      {draft && version > draft.base && <p className="note warn draft-note" role="status">{t("designer.newer", { base: draft.base, newest: version })}</p>}
      {publish.error && (
        <div className="note bad draft-note" role="alert"><p>{sentenceOf(t, publish.error)}</p></div>
      )}
      {errors > 0 && (
        <div className="note bad draft-note" role="status">
          <p>{t("tpl.problems", { problems: errors })}</p>
          <ul className="wrong">
            {problems.filter(({ error }) => error).slice(0, 12).map((one, i) => {
              const of = typeof one.variant === "number" ? document.variants[one.variant] : undefined;
              const place = of ? `${names.channel(of.channel)} · ${names.row(of as Row)} · ${names.tone(of.tone)}` : t("draft.whole");
              return (
                <li key={i}>{of ? <button type="button" className="button quiet" onClick={() => setOpen([one.variant!])}>{place}</button> : place}
                  {": "}{spotOf(t, one.where)}{wordsOf(t, one.sentence) ?? <span lang="en">{one.sentence}</span>}</li>
              );
            })}
          </ul>
        </div>
      )}
      <div className="stack">
        <Matrix document={document} open={shown} wrong={wrong} choose={choose} add={add} />
        <Another document={document} add={add} />
        <div className={shown.length > 1 ? "panes" : "panes alone"}>
          {shown.map((at, i) => {
            const variant = document.variants[at]!;
            const here = problems.filter((one) => one.variant === at);
            const title = `${names.channel(variant.channel)} · ${names.row({ language: variant.language, form: variant.form })} · ${names.tone(variant.tone)}`;
            return (
              <article className="pane" key={`${at} ${shown.length}`} aria-label={title}>
                <div className="panel-head"><h2>{title}</h2>
                  <span className="actions">
                    {shown.length === 1 ? document.variants.length > 1 && (
                      <button type="button" className="button" onClick={beside}>{t("tpl.beside")}</button>
                    ) : <button type="button" className="button quiet" aria-label={`${t("action.close")}: ${title}`}
                      onClick={() => setOpen(shown.filter((one) => one !== at))}>×</button>}
                    {document.variants.length > 1 && <button type="button" className="button quiet" onClick={() => remove(at)}>{t("tpl.remove_text")}</button>}
                  </span></div>
                <section className="panel stack"><h3>{t("tpl.write")}</h3>
                  <VariantEditor variant={variant} problems={bySpot(here)} pane={`pane${i}`} change={(part) => change(at, part)} /></section>
                <section className="panel stack"><h3>{t("tpl.reads")}</h3>
                  <Reads name={name} variant={variant} version={version}
                    draft={kept.draft && (document.variants.length === (documentOf(kept.draft.document)?.variants.length ?? 0))
                      ? { id: kept.draft.id, variant: at, version: kept.draft.version } : undefined} /></section>
              </article>
            );
          })}
        </div>
      </div>
    </>
  );
}

export default function TemplateEditor({ name }: { name: string }) {
  const client = useQueryClient();
  const template = useGet("/v1/templates/{name}", { name });
  const draft = useDraftOf("template", name);
  const [round, setRound] = useState(0);
  // what is written or published meanwhile does not pull it away
  const [held, hold] = useState<{ published: Document; draft: Draft | null; version: number; round: number } | null>(null);
  const fetching = template.isFetching;
  useEffect(() => {
    if (held?.round !== round && template.data && draft.data !== undefined && !fetching && !draft.fetching) {
      hold({ published: template.data.document as unknown as Document, version: template.data.version,
        draft: documentOf(draft.data?.document) ? draft.data : null, round });
    }
  }, [template.data, draft.data, draft.fetching, fetching, held, round]);
  return (
    <Shown query={{ ...template, data: held ?? undefined, error: template.error ?? draft.error }}>
      {(found) => <Work key={found.round} published={found.published} draft={found.draft} version={found.version} name={name}
        again={() => void client.invalidateQueries().then(() => setRound((before) => before + 1))} />}
    </Shown>
  );
}
