// What came of it: reports that say how they are made, lead to their rows, and can be saved and
// printed. What is asked for stands in the address.
import { Link, useSearchParams } from "wouter";
import { useGet, useList } from "../api/queries";
import { addDays, dayIn, daysBetween } from "../format";
import { useWords, type Key } from "../i18n";
import { useSession } from "../session";
import "../style/results.css";
import { CausesPart, StrategiesPart, WorkPart } from "./results_causes";
import { AgeingPart, CohortsPart, MoneyPart, type Span } from "./results_money";

const PARTS = ["money", "ageing", "cohorts", "causes", "work", "strategies"] as const;
const PERIODS = [30, 90, 365] as const;
const LONGEST = 365;

export default function Results() {
  const { t } = useWords();
  const { organization } = useSession();
  const [search, setSearch] = useSearchParams();
  const today = organization!.today;
  const part = PARTS.find((one) => one === search.get("part")) ?? "money";
  const to = dayIn(search.get("to")) ?? addDays(today, 1);
  const from = dayIn(search.get("from")) ?? addDays(to, part === "cohorts" ? -180 : -30);
  const length = daysBetween(from, to);
  const wrong = !(length >= 1 && length <= LONGEST + 1);
  const creditor = search.get("creditor") ?? undefined;
  const segment = search.get("segment") ?? undefined;
  const currency = search.get("currency");
  const asOf = dayIn(search.get("as_of")) ?? today;
  const creditors = useList("/v1/creditors", {});
  const segments = useList("/v1/segments", {});
  const currencies = useGet("/v1/reports/ageing", {}, {});
  const span: Span = { from, to, before: addDays(from, -length), creditor, segment };

  function set(changes: Record<string, string | null>) {
    setSearch((old) => {
      const next = new URLSearchParams(old);
      for (const [name, value] of Object.entries(changes)) value ? next.set(name, value) : next.delete(name);
      return next;
    }, { replace: true });
  }
  const codes = [...new Set((currencies.data?.rows ?? []).map((row) => row.open.currency))];
  return (
    <div className="results">
      <div className="page-head">
        <h1>{t("nav.results")}</h1>
        <div className="actions">
          <Link className="button quiet" href="/strategies">{t("nav.strategies")}</Link>
          <Link className="button" href="/results/simulations">{t("study.simulations")}</Link>
          <Link className="button" href="/results/forecast">{t("study.forecast")}</Link>
          <button type="button" className="button" onClick={() => window.print()}>{t("results.print")}</button>
        </div>
      </div>
      <div className="tabs" role="tablist" aria-label={t("nav.results")}>
        {PARTS.map((one) => (
          <button key={one} type="button" role="tab" id={`tab-${one}`} aria-selected={part === one}
            aria-controls="results-part" onClick={() => set({ part: one })}>
            {t(`results.part_${one}` as Key)}
          </button>
        ))}
      </div>
      <form className="report-filters" onSubmit={(event) => event.preventDefault()}>
        {part === "ageing" ? (
          <label className="field"><span>{t("results.as_of")}</span>
            <input type="date" value={asOf} max={today} onChange={(event) => set({ as_of: event.target.value })} /></label>
        ) : (
          <>
            <div className="chips" role="group" aria-label={t("results.period")}>
              {PERIODS.map((one) => (
                <button key={one} type="button" className="chip" aria-pressed={length === one && to === addDays(today, 1)}
                  onClick={() => set({ from: addDays(today, 1 - one), to: null })}>
                  {t("results.days", { days: one })}
                </button>
              ))}
            </div>
            <label className="field"><span>{t("results.from")}</span>
              <input type="date" value={from} aria-invalid={wrong || undefined}
                onChange={(event) => set({ from: event.target.value })} /></label>
            <label className="field"><span>{t("results.until")}</span>
              <input type="date" value={addDays(to, -1)} aria-invalid={wrong || undefined}
                onChange={(event) => event.target.value && set({ to: addDays(event.target.value, 1) })} /></label>
          </>
        )}
        {creditors.rows.length > 1 && (
          <label className="field"><span>{t("field.creditor")}</span>
            <select value={creditor ?? ""} onChange={(event) => set({ creditor: event.target.value })}>
              <option value="">{t("results.all")}</option>
              {creditors.rows.map((row) => <option key={row.id} value={row.id}>{row.name}</option>)}
            </select></label>
        )}
        {(segments.rows.length > 0 || segment) && (
          <label className="field"><span>{t("results.by_segment")}</span>
            <select value={segment ?? ""} onChange={(event) => set({ segment: event.target.value })}>
              <option value="">{t("results.all_cases")}</option>
              {segment && !segments.rows.some((row) => row.name === segment) && <option value={segment}>{segment}</option>}
              {segments.rows.map((row) => <option key={row.name} value={row.name}>{row.name}</option>)}
            </select></label>
        )}
        {codes.length > 1 && (
          <label className="field"><span>{t("field.currency")}</span>
            <select value={currency ?? ""} onChange={(event) => set({ currency: event.target.value })}>
              <option value="">{t("results.each_currency")}</option>
              {codes.map((code) => <option key={code} value={code}>{code}</option>)}
            </select></label>
        )}
      </form>
      {segment && <p className="note" role="status">{t("results.segment_says", { name: segment })}</p>}
      {part === "strategies" && (segment || creditor) && <p className="note" role="status">{t("results.entered_of_all")}</p>}
      <div id="results-part" role="tabpanel" aria-labelledby={`tab-${part}`}>
        {wrong && part !== "ageing" ? <p className="note bad" role="alert">{t("results.span_wrong")}</p>
          : part === "money" ? <MoneyPart span={span} currency={currency} />
          : part === "ageing" ? <AgeingPart asOf={asOf} creditor={creditor} segment={segment} currency={currency} />
          : part === "cohorts" ? <CohortsPart span={span} currency={currency} />
          : part === "causes" ? <CausesPart span={span} currency={currency} />
          : part === "work" ? <WorkPart span={span} currency={currency} />
          : <StrategiesPart span={span} />}
      </div>
    </div>
  );
}
