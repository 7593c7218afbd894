// Segments: rules with a name, how many fit each now, and what looks at the portfolio by them.
import { useState } from "react";
import { Link } from "wouter";
import { get, patch, put, remove } from "../api/client";
import { useChange, useGet, useList } from "../api/queries";
import type { Json, SavedView, Segment } from "../api/types";
import type { Rule } from "../designer/model";
import { RuleFields } from "../designer/rule";
import { count, money } from "../format";
import { useWords } from "../i18n";
import { Field, FieldWrong, FormDialog } from "../parts/dialog";
import { EditDialog, madeAs, NONE_YET } from "../parts/edit_dialog";
import { RemoveButton } from "../parts/remove";
import { textOf } from "../parts/save_form";
import { Empty, Shown } from "../parts/state";
import { UndoBar, useUndo } from "../parts/undo";
import { useSession } from "../session";
import "../style/setup.css";

type Subject = Segment["subject"];

/** What fits it now, in sums. */
function Fits({ segment }: { segment: Segment }) {
  const { t } = useWords();
  const counted = useGet("/v1/segments/{segment}", { segment: segment.name });
  return (
    <Shown query={counted}>
      {({ sums }) => sums.length === 0 ? <p className="muted">{t("seg.nothing")}</p> : (
        <ul>
          {sums.map((one) => (
            <li key={one.currency}>
              <strong>{t(`seg.fit_${segment.subject}`, { cases: one.cases, shown: count(one.cases) })}</strong>{" "}
              {t("seg.debtors", { debtors: one.debtors, shown: count(one.debtors) })} · {t("seg.owed", { amount: money(one.open) })}
            </li>
          ))}
        </ul>
      )}
    </Shown>
  );
}

// ── written ──

function Fields({ segment }: { segment: Segment | undefined }) {
  const { t } = useWords();
  const [subject, choose] = useState<Subject>(segment?.subject ?? "account");
  const [rule, setRule] = useState(segment?.rule as Rule | undefined);
  return (
    <>
      <div className={segment ? "stack" : "form-grid"}>
        <Field label={t("field.name")} {...(segment ? { hint: t("seg.rename_says") } : {})}>
          <input name="name" required maxLength={60} autoFocus defaultValue={segment?.name ?? ""} />
        </Field>
        {!segment && (
          <Field label={t("seg.subject")}>
            <select value={subject} onChange={(event) => { choose(event.target.value as Subject); setRule(undefined); }}>
              <option value="account">{t("seg.account")}</option>
              <option value="invoice">{t("seg.invoice")}</option>
            </select>
          </Field>
        )}
      </div>
      <div className="field">
        <span>{t("seg.rule")}</span>
        <RuleFields key={subject} rule={rule} subject={subject} optional={false} set={setRule} />
      </div>
      <input type="hidden" name="subject" value={subject} />
      <input type="hidden" name="rule" value={rule ? JSON.stringify(rule) : ""} />
    </>
  );
}

function useWritten() {
  const { t } = useWords();
  return (form: FormData) => {
    const rule = textOf(form, "rule");
    if (!rule) throw new FieldWrong(t("designer.rule_wanted"));
    return { subject: textOf(form, "subject") as Subject, rule: JSON.parse(rule) as Json };
  };
}

function NewSegment({ names, close, kept }: { names: string[]; close: () => void; kept: (name: string) => void }) {
  const { t } = useWords();
  const written = useWritten();
  const make = useChange(([name, form]: [string, FormData]) =>
    put("/v1/segments/{segment}", { segment: name }, written(form), NONE_YET));
  return (
    <FormDialog wide title={t("seg.add")} action={t("form.save")} close={close}
      submit={async (form) => {
        const { name } = await madeAs(t, textOf(form, "name") ?? "", names, (wanted) => make.mutateAsync([wanted, form]));
        kept(name);
      }}>
      <Fields segment={undefined} />
    </FormDialog>
  );
}

/** Saved views name the segment: those that one may change go with it. */
async function renameIn(views: SavedView[], name: string) {
  for (const view of views.filter(({ may_change }) => may_change)) {
    await patch("/v1/views/{view}", { view: view.id },
      { query: { ...(view.query as Record<string, Json>), segment: name } }, String(view.version));
  }
}

function SegmentForm({ segment, views, close, kept }: {
  segment: Segment; views: SavedView[]; close: () => void; kept: (name: string) => void;
}) {
  const { t } = useWords();
  const written = useWritten();
  const save = useChange(async ([form, version]: [FormData, string]) => {
    const name = textOf(form, "name") ?? "";
    await put("/v1/segments/{segment}", { segment: segment.name },
      { ...written(form), ...(name !== segment.name ? { name } : {}) }, version);
    if (name !== segment.name) await renameIn(views, name);
    kept(name);
  });
  return (
    <EditDialog wide title={segment.name} action={t("form.save")} close={close} row={segment}
      again={() => get("/v1/segments/{segment}", { segment: segment.name })}
      labels={{ words: t("seg.rule") }}
      submit={(form, _, version) => save.mutateAsync([form, version])}>
      {(read) => <Fields segment={read} />}
    </EditDialog>
  );
}

// ── listed ──

const usedIn = (views: SavedView[], name: string) => views.filter(({ query }) =>
  (query as { segment?: string } | null)?.segment?.toLowerCase() === name.toLowerCase());

function Uses({ views }: { views: SavedView[] }) {
  const { t } = useWords();
  return (
    <>
      <p>{t("seg.drop_says")}</p>
      {views.length > 0
        ? <p className="note warn">{t("seg.used", { views: views.map(({ name }) => t("quoted", { text: name })).join(", ") })}</p>
        : <p>{t("seg.unused")}</p>}
    </>
  );
}

function One({ segment, views, tell }: { segment: Segment; views: SavedView[]; tell: ReturnType<typeof useUndo>["tell"] }) {
  const { t } = useWords();
  const { me } = useSession();
  const [editing, edit] = useState(false);
  const used = usedIn(views, segment.name);
  const may = me.role === "owner" || me.role === "manager";
  const restore = useChange(() => put("/v1/segments/{segment}", { segment: segment.name },
    { subject: segment.subject, rule: segment.rule }, NONE_YET));
  const drop = useChange(async () => {
    await remove("/v1/segments/{segment}", { segment: segment.name }, undefined, "", { version: segment.version });
    tell(t("seg.removed", { name: segment.name }), () => restore.mutateAsync(undefined));
  });
  const named = new URLSearchParams({ segment: segment.name });
  return (
    <li className="block">
      <h3>{segment.name} <span className="badge">{t(`seg.${segment.subject}`)}</span></h3>
      <p className="muted">{segment.words}</p>
      <Fits segment={segment} />
      <div className="actions">
        <Link className="button" href={`${segment.subject === "account" ? "/debtors" : "/invoices"}?${named}`}
          aria-label={`${t(`seg.see_${segment.subject}`)}: ${segment.name}`}>{t(`seg.see_${segment.subject}`)}</Link>
        <Link className="button" href={`/results?${named}`}
          aria-label={`${t("nav.results")}: ${segment.name}`}>{t("nav.results")}</Link>
        {may && <button className="button" aria-label={`${t("seg.change")}: ${segment.name}`}
          onClick={() => edit(true)}>{t("seg.change")}</button>}
        {may && <RemoveButton title={t("seg.drop", { name: segment.name })} says={<Uses views={used} />}
          remove={() => drop.mutateAsync(undefined)} />}
      </div>
      {editing && <SegmentForm segment={segment} views={used} close={() => edit(false)}
        kept={(name) => tell(t("seg.kept", { name }))} />}
    </li>
  );
}

export function SegmentsPart() {
  const { t } = useWords();
  const { me } = useSession();
  const segments = useGet("/v1/segments", {});
  const views = useList("/v1/views", {});
  const [adding, add] = useState(false);
  const { done, tell, clear } = useUndo();
  const may = me.role === "owner" || me.role === "manager";
  return (
    <section className="panel stack">
      <h2>{t("set.segments")}</h2>
      <p className="muted">{t("seg.says")}</p>
      <Shown query={segments}>
        {({ items }) => items.length === 0 ? <Empty title={t("seg.none")}><p>{t("seg.none_says")}</p></Empty> : (
          <ul className="stack">{items.map((one) => <One key={one.name} segment={one} views={views.rows} tell={tell} />)}</ul>
        )}
      </Shown>
      {may && <div><button className="button primary" onClick={() => add(true)}>{t("seg.add")}</button></div>}
      <UndoBar done={done} clear={clear} />
      {adding && <NewSegment names={segments.data?.items.map(({ name }) => name) ?? []} close={() => add(false)}
        kept={(name) => tell(t("seg.kept", { name }))} />}
    </section>
  );
}
