// A policy of one's own, within a pack: hours, how often, holidays; what differs from the pack; the
// effect on what waits, then published and used.
import { useEffect, useRef, useState } from "react";
import { patch, post, Refused } from "../api/client";
import { useChange } from "../api/queries";
import type { Json, Organization, Policy } from "../api/types";
import { useWords, wordOf, type Translate } from "../i18n";
import { Field, FieldWrong } from "../parts/dialog";
import { useSession } from "../session";
import { CHANNELS } from "../words";
import { beyondCalendar, boundOf, gridOf, hoursChanged, nameOf, respectsHolidays, VOICES, written,
  type Cap, type Document, type Gap, type Grid, type HoursChange, type Scope } from "./policy_document";
import { EffectDialog } from "./policy_effect";
import { AboutWho, WeekCalendar, type About } from "./policy_week";

const WINDOWS_MAX = 100; // of a policy: docs/policies.md

/** A pack is called as its country is in the reader's language; one of one's own as it was named. */
export function useTitle() {
  const { t, language } = useWords();
  return (one: { name: string; title?: string | null; country?: string | null; base?: string | null }) =>
    one.name === "neutral" ? t("pol.neutral")
      : one.country && one.name === one.country.toLowerCase()
        ? new Intl.DisplayNames([language], { type: "region" }).of(one.country)! : one.title ?? one.name;
}

/** Whom and by what a rule is about. */
export function scopeWords(t: Translate, scope: Scope): string {
  const by = (scope.channels ?? []).map((one) => wordOf(t, CHANNELS, "channel", one)).join(", ") || t("pol.any");
  return [by,
    scope.applies === "person" ? t("pol.person") : scope.applies === "company" ? t("pol.company") : "",
    scope.party === "own" ? t("pol.own_claims") : scope.party === "third_party" ? t("pol.third_claims") : "",
    ...(scope.regions ?? [])].filter(Boolean).join(" · ");
}

export function gapWords(t: Translate, gap: Gap): string {
  const after = gap.after === "conversation" ? t("pol.gap_talk") : t("pol.gap_contact");
  return gap.days ? t("pol.gap_days", { days: gap.days, after }) : t("pol.gap_hours", { hours: gap.hours ?? 0, after });
}

function NumberCell(props: { label: string; value: number; min: number; max: number; change: (value: number) => void }) {
  return (
    <input type="number" aria-label={props.label} value={props.value} min={props.min} max={props.max} required
      style={{ width: 84 }} onChange={(event) => props.change(Math.trunc(Number(event.target.value)))} />
  );
}

function Caps({ caps, pack, change }: { caps: Cap[]; pack: Document; change: (caps: Cap[]) => void }) {
  const { t } = useWords();
  const put = (i: number, cap: Cap) => change(caps.map((one, j) => j === i ? cap : one));
  return (
    <fieldset className="stack">
      <legend><h3>{t("pol.caps")}</h3></legend>
      <ul className="stack" style={{ gap: 4 }}>
        {caps.map((cap, i) => {
          const bound = boundOf(cap, pack.caps);
          const own = cap.source === "own";
          return (
            <li className="actions" key={i}>
              <strong>{scopeWords(t, cap)}</strong>
              <NumberCell label={t("pol.cap_max", { what: scopeWords(t, cap) })} value={cap.max} min={1}
                max={bound?.max ?? 8784} change={(max) => put(i, { ...cap, max })} />
              {own ? (
                <>
                  <span>{t("pol.cap_in")}</span>
                  <NumberCell label={t("pol.cap_days")} value={cap.days} min={1} max={31}
                    change={(days) => put(i, { ...cap, days })} />
                  <span>{t("pol.cap_unit")}</span>
                  <button type="button" className="button quiet"
                    onClick={() => change(caps.filter((_one, j) => j !== i))}>{t("hook.remove")}</button>
                </>
              ) : <span>{t("pol.cap_period", { days: cap.days })}{" "}
                {bound && <span className="muted">{t("pol.cap_pack", { max: bound.max })}</span>}</span>}
            </li>
          );
        })}
      </ul>
      <label className="field" style={{ maxWidth: 320 }}><span>{t("pol.cap_add")}</span>
        <select value="" onChange={(event) => {
          const channel = event.target.value;
          if (channel) change([...caps, { ...(channel === "all" ? {} : { channels: [channel] }), max: 1, days: 7, source: "own" }]);
        }}>
          <option value="">{t("pol.cap_choose")}</option>
          <option value="all">{t("pol.any")}</option>
          {VOICES.map((one) => <option key={one} value={one}>{wordOf(t, CHANNELS, "channel", one)}</option>)}
        </select>
      </label>
    </fieldset>
  );
}

function Gaps({ gaps, pack, change }: { gaps: Gap[]; pack: Document; change: (gaps: Gap[]) => void }) {
  const { t } = useWords();
  return (
    <fieldset className="stack">
      <legend><h3>{t("pol.gaps")}</h3></legend>
      <ul className="stack" style={{ gap: 4 }}>
        {gaps.map((gap, i) => {
          const unit = gap.days ? "days" : "hours";
          const bound = boundOf(gap, pack.gaps)?.[unit] ?? 1;
          return (
            <li className="actions" key={i}>
              <strong>{scopeWords(t, gap)}</strong>
              <NumberCell label={t("pol.gap_of", { what: scopeWords(t, gap) })} value={gap[unit] ?? bound} min={bound}
                max={unit === "days" ? 31 : 744}
                change={(value) => change(gaps.map((one, j) => j === i ? { ...one, [unit]: value } : one))} />
              <span>{t(unit === "days" ? "pol.unit_days" : "pol.unit_hours")}{" "}
                {gap.after === "conversation" ? t("pol.gap_talk") : t("pol.gap_contact")}{" "}
                <span className="muted">{t("pol.gap_pack", { least: bound })}</span></span>
            </li>
          );
        })}
      </ul>
    </fieldset>
  );
}

function hoursWords(t: Translate, one: HoursChange): string {
  return t("pol.diff_hours", { what: scopeWords(t, {
    channels: one.channels, ...(one.applies.length === 1 ? { applies: one.applies[0]! } : {}),
    ...(one.party.length === 1 ? { party: one.party[0]! } : {}) }), before: one.before, after: one.after });
}

/** What is stricter than in the pack. */
export function Differences({ document, pack, grid }: { document: Document; pack: Document; grid: Grid }) {
  const { t } = useWords();
  const packTitle = useTitle()(pack);
  const lines = hoursChanged(grid, gridOf(pack)).map((one) => hoursWords(t, one));
  for (const cap of document.caps ?? []) {
    const bound = boundOf(cap, pack.caps);
    if (!bound) lines.push(`${scopeWords(t, cap)}: ${t("pol.cap", { max: cap.max, days: cap.days })} (${t("pol.diff_new")})`);
    else if (bound.max !== cap.max) lines.push(t("pol.diff_cap", { what: scopeWords(t, cap), days: cap.days, before: bound.max, after: cap.max }));
  }
  for (const gap of document.gaps ?? []) {
    const bound = boundOf(gap, pack.gaps);
    if (!bound || bound.days !== gap.days || bound.hours !== gap.hours) {
      lines.push(`${scopeWords(t, gap)}: ${gapWords(t, gap)}${bound ? ` (${t("pol.diff_before", { what: gapWords(t, bound) })})` : ""}`);
    }
  }
  if (respectsHolidays(document) && !respectsHolidays(pack)) lines.push(t("pol.diff_holidays"));
  return (
    <section className="stack" aria-label={t("pol.diff")}>
      <h3>{t("pol.diff")}</h3>
      {lines.length === 0 ? <p className="muted">{t("pol.diff_none", { pack: packTitle })}</p>
        : <ul className="bullets">{lines.map((one) => <li key={one}>{one}</li>)}</ul>}
    </section>
  );
}

/** Publishes, and makes it the organization's where it is not; tried again after only the second was
 * refused, it is not published once more. */
export function usePublishing() {
  const { t } = useWords();
  const session = useSession();
  const out = useRef("");
  return async (document: Document, before: Organization) => {
    const text = JSON.stringify(document);
    const again = out.current === text;
    if (!again) {
      try {
        await post("/v1/policies", {}, { document: document as unknown as Json });
      } catch (error) {
        if (error instanceof Refused && error.problem.status === 409) throw new FieldWrong(t("pol.version_taken"));
        throw error;
      }
      out.current = text;
    }
    const now = again ? session.organization! : before;
    if (now.policy === document.name) return;
    if (now.policy !== before.policy) throw new FieldWrong(t("pol.changed"));
    await patch("/v1/organization", {}, { policy: document.name }, now.version);
  };
}

interface Kept { document: Document; grid: Grid; holidays: boolean }

/** What was drawn and not published, of this tab; leaving the page does not lose it. */
const keptAt = (start: Document) => `policy ${start.name} ${start.version}`;

function readKept(start: Document): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(keptAt(start)) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

export function PolicyEditor(props: {
  start: Document; pack: Document; policies: Policy[]; close: () => void;
  done: (document: Document, before: Organization) => void;
}) {
  const { t } = useWords();
  const session = useSession();
  const { start, pack } = props;
  const packTitle = useTitle()(pack);
  const fresh = start.name === pack.name;
  const base = gridOf(pack);
  const [kept, found] = useState(() => readKept(start));
  const [document, edit] = useState<Document>(kept?.document ?? start);
  const [grid, paint] = useState<Grid>(() => kept?.grid ?? gridOf(start));
  const [about, choose] = useState<About>({ applies: "all", party: "all", channel: "all" });
  const [holidays, respect] = useState(() => kept?.holidays ?? respectsHolidays(start));
  const first = useRef({ document, grid, holidays });
  useEffect(() => {
    const begun = first.current;
    if (document === begun.document && grid === begun.grid && holidays === begun.holidays) return;
    sessionStorage.setItem(keptAt(start), JSON.stringify({ document, grid, holidays } satisfies Kept));
  }, [document, grid, holidays, start]);
  const forget = () => sessionStorage.removeItem(keptAt(start));
  function anew() {
    forget();
    found(null);
    first.current = { document: start, grid: gridOf(start), holidays: respectsHolidays(start) };
    edit(first.current.document);
    paint(first.current.grid);
    respect(first.current.holidays);
  }
  const [trying, tryIt] = useState<{ document: Document; organization: Organization } | null>(null);
  const [wrong, say] = useState<string | null>(null);
  // the version that editing began from: who publishes meanwhile is not written over
  const [number] = useState(() => props.policies.filter(({ own, name }) => own && name === start.name)
    .reduce((most, one) => Math.max(most, Number.parseInt(one.version, 10) || 0), 0) + 1);
  const publishing = usePublishing();
  const publish = useChange(async (one: { document: Document; organization: Organization }) => {
    await publishing(one.document, one.organization);
    forget();
    props.done(one.document, one.organization);
  });
  const beyond = beyondCalendar(start);
  const now = (): Document => ({
    ...written(document, pack, grid, holidays, session.organization!.today, t("pol.own_source")),
    title: (document.title ?? "").trim(), version: String(number),
    name: fresh ? nameOf(document.title ?? "", props.policies.map(({ name }) => name)) : start.name,
  });
  function look() {
    const whole = now();
    const tooMany = (whole.windows ?? []).length > WINDOWS_MAX;
    say(tooMany ? t("pol.too_many", { max: WINDOWS_MAX }) : null);
    if (!tooMany) tryIt({ document: whole, organization: session.organization! });
  }
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); look(); }}>
      <h3>{t(fresh ? "pol.new" : "pol.editing", { pack: packTitle, title: start.title ?? start.name })}</h3>
      <p className="muted">{t("pol.edit_says", { pack: packTitle })}</p>
      {kept && (
        <p className="note" role="status">{t("pol.kept_draft")}{" "}
          <button type="button" className="button" onClick={anew}>{t("pol.begin_anew")}</button></p>
      )}
      <Field label={t("field.name")}>
        <input value={document.title ?? ""} required maxLength={80} autoFocus
          onChange={(event) => edit({ ...document, title: event.target.value })} />
      </Field>
      <AboutWho about={about} choose={choose} />
      <WeekCalendar grid={grid} base={base} pack={pack} title={packTitle} about={about} change={paint} />
      {beyond.kept > 0 && <p className="note">{t("pol.kept", { count: beyond.kept })}</p>}
      {beyond.uneven && <p className="note">{t("pol.uneven")}</p>}
      <label className="check">
        <input type="checkbox" checked={holidays} disabled={respectsHolidays(pack)}
          onChange={(event) => respect(event.target.checked)} />
        <span>{t("pol.holidays_avoid")}{respectsHolidays(pack) && <span className="muted"> {t("pol.holidays_pack")}</span>}</span>
      </label>
      <Caps caps={document.caps ?? []} pack={pack} change={(caps) => edit({ ...document, caps })} />
      <Gaps gaps={document.gaps ?? []} pack={pack} change={(gaps) => edit({ ...document, gaps })} />
      <Differences document={now()} pack={pack} grid={grid} />
      {wrong && <p className="note bad" role="alert">{wrong}</p>}
      <div className="end">
        <button type="button" className="button" onClick={() => { forget(); props.close(); }}>{t("action.cancel")}</button>
        <button className="button primary">{t("pol.see_effect")}</button>
      </div>
      {trying && (
        <EffectDialog title={t("pol.effect")} action={t("pol.publish")} wish={{ document: trying.document as unknown as Json }}
          close={() => tryIt(null)} submit={() => publish.mutateAsync(trying)} />
      )}
    </form>
  );
}
