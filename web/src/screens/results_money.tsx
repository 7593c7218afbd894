// Money: what is open by age on any day, what came in, when what was due is paid.
import { useState } from "react";
import { Link } from "wouter";
import { getAll, useGet, useList } from "../api/queries";
import type { Ageing, AgeingInvoice, Cohort, MoneyReport } from "../api/types";
import { addDays, day, money, percent } from "../format";
import { useWords, type Translate } from "../i18n";
import { Empty, Shown } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { Figure, Grid, Lines, Months, SaveAllButton, SaveButton, Section, Stack } from "./results_parts";
import { CohortRows, Lead, Rows, type Drill, type OfCohort, type What } from "./results_rows";

/** Whose figures: a creditor's, a segment's. */
export interface Whose { creditor?: string | undefined; segment?: string | undefined }
export interface Span extends Whose { from: string; to: string; before: string }

type Row = MoneyReport["currencies"][number];
type AgeRow = Ageing["rows"][number];

export const asked = ({ creditor, segment }: Whose) => ({
  ...(creditor ? { creditor: creditor as never } : {}), ...(segment ? { segment } : {}) });
const month = (value: string) => value.slice(0, 7);

function days(t: Translate, tenths: number | null | undefined): string {
  return tenths === null || tenths === undefined ? "–" : t("results.n_days", { days: Math.round(tenths) / 10 });
}

/** The days of a month that are in the span. */
function daysOf(span: Span, first: string): { from: string; to: string; says: string } {
  const next = `${addDays(first, 31).slice(0, 8)}01`;
  return { from: first < span.from ? span.from : first, to: next > span.to ? span.to : next, says: month(first) };
}

function Currency({ span, now, before, open }: { span: Span; now: Row; before: Row | undefined;
  open: (drill: Drill) => void }) {
  const { t } = useWords();
  const monthly = (what: "billed" | "collected", one: Row["months"][number]) => one[what].minor === 0 ? money(one[what]) : (
    <button type="button" className="link" aria-label={`${money(one[what])} · ${t("results.see_detail", { of: month(one.month) })}`}
      onClick={() => open({ what, currency: now.currency, days: daysOf(span, one.month) })}>{money(one[what])}</button>
  );
  const lead = (what: What, children?: React.ReactNode) => (
    <Lead what={what} open={() => open({ what, currency: now.currency })}>{children}</Lead>
  );
  const cei = (row: Row | undefined) => row?.cei_bp == null ? "–" : percent(row.cei_bp / 10000);
  const counted = now.countback_days;
  return (
    <>
      <div className="figures" style={{ margin: 0 }}>
        <Figure label={t("results.collected")} value={money(now.collected)} how={t("results.collected_says")}
          now={now.collected.minor} before={before?.collected.minor} beforeText={before ? money(before.collected) : "–"}>
          {lead("collected", t("results.payments", { count: now.payments }))}
        </Figure>
        <Figure label={t("results.overdue")} value={money(now.overdue)} how={t("results.overdue_says")}
          now={now.overdue.minor} before={before?.overdue.minor} beforeText={before ? money(before.overdue) : "–"}>
          {lead("overdue")} {lead("open", t("results.of_open", { open: money(now.open) }))}
        </Figure>
        <Figure label={t("results.dso")} value={days(t, now.dso_tenths)} how={t("results.dso_says")}
          now={now.dso_tenths ?? null} before={before?.dso_tenths ?? null} beforeText={days(t, before?.dso_tenths)}>
          {lead("billed", t("results.billed", { billed: money(now.billed) }))} {lead("open")}
        </Figure>
        <Figure label={t("results.countback")} how={t("results.countback_says")}
          value={counted == null ? "–" : t("results.n_days", { days: counted })}
          now={counted ?? null} before={before?.countback_days ?? null}
          beforeText={before?.countback_days == null ? "–" : t("results.n_days", { days: before.countback_days })}>
          {lead("open")}
        </Figure>
        <Figure label={t("results.delinquent")} value={days(t, now.add_tenths)} how={t("results.delinquent_says")}
          now={now.add_tenths ?? null} before={before?.add_tenths ?? null} beforeText={days(t, before?.add_tenths)}>
          {lead("overdue")} {lead("billed")}
        </Figure>
        <Figure label={t("results.add")} value={now.payments > 0 ? days(t, now.paid_late_tenths) : "–"}
          how={t("results.add_says")} beforeText={before && before.payments > 0 ? days(t, before.paid_late_tenths) : "–"}>
          {lead("collected")}
        </Figure>
        <Figure label={t("results.cei")} value={cei(now)} how={t("results.cei_says")} beforeText={cei(before)}>
          {lead("billed")} {lead("open")} {lead("overdue")}
        </Figure>
        <Figure label={t("results.lowered")} value={money(now.lowered)} how={t("results.lowered_says")}
          now={now.lowered.minor} before={before?.lowered.minor} beforeText={before ? money(before.lowered) : "–"}>
          {lead("lowered")}
        </Figure>
      </div>
      <Section title={t("results.by_month", { currency: now.currency })} how={t("results.by_month_says")}
        actions={<SaveButton name={`cobros-${now.currency}`}
          head={[t("results.month"), t("results.billed_name"), t("results.collected"), t("field.currency")]}
          rows={now.months.map((one) => [month(one.month), one.billed, one.collected, now.currency])} />}>
        <Months label={t("results.by_month", { currency: now.currency })}
          names={[t("results.billed_name"), t("results.collected")]}
          months={now.months.map((one) => ({ name: month(one.month), outline: one.billed.minor,
            fill: one.collected.minor,
            says: `${month(one.month)}: ${money(one.billed)} · ${money(one.collected)}` }))} />
        <Grid label={t("results.by_month", { currency: now.currency })}
          head={[{ name: t("results.month") }, { name: t("results.billed_name"), number: true },
            { name: t("results.collected"), number: true }]}
          rows={now.months.map((one) => ({ key: one.month,
            cells: [month(one.month), monthly("billed", one), monthly("collected", one)] }))} />
      </Section>
    </>
  );
}

export function MoneyPart({ span, currency }: { span: Span; currency: string | null }) {
  const { t } = useWords();
  const [drill, open] = useState<Drill | null>(null);
  const now = useGet("/v1/reports/money", {}, { from: span.from, to: span.to, ...asked(span) });
  const before = useGet("/v1/reports/money", {}, { from: span.before, to: span.from, ...asked(span) });
  return (
    <Shown query={now}>
      {(found) => {
        const rows = found.currencies.filter((row) => !currency || row.currency === currency);
        return rows.length === 0 ? <Empty title={t("results.nothing")} /> : (
          <div className="stack">
            {rows.map((row) => (
              <Currency key={row.currency} span={span} now={row} open={open}
                before={before.data?.currencies.find((one) => one.currency === row.currency)} />
            ))}
            {drill && <Rows span={span} drill={drill} close={() => open(null)} />}
          </div>
        );
      }}
    </Shown>
  );
}

/* ── ageing ── */

function bandName(t: Translate, band: AgeRow["bands"][number]): string {
  if (band.from_days === 0) return t("results.not_due");
  return band.to_days == null ? t("results.more_days", { days: band.from_days - 1 })
    : t("results.band", { from: band.from_days, to: band.to_days });
}

interface Chosen extends Whose { currency: string; from_days: number; name: string }

function Invoices({ asOf, chosen }: { asOf: string; chosen: Chosen }) {
  const { t } = useWords();
  const query = { as_of: asOf, currency: chosen.currency, from_days: chosen.from_days, ...asked(chosen) };
  const list = useList("/v1/reports/ageing/invoices", {}, query);
  const columns: Column<AgeingInvoice>[] = [
    { name: t("field.number"), cell: (row) => <Link href={`/invoices/${row.invoice}`}>{row.number}</Link> },
    { name: t("field.debtor"), clip: true, cell: (row) => <Link href={`/debtors/${row.debtor}`}>{row.debtor_name}</Link> },
    { name: t("field.due"), cell: (row) => day(row.due) },
    { name: t("field.open"), number: true, cell: (row) => money(row.open) },
  ];
  return (
    <div className="panel flush">
      <div className="report-head">
        <h2>{chosen.name}</h2>
        <div className="actions">
          <SaveAllButton name={`antiguedad-${asOf}`}
            head={[t("field.number"), t("field.debtor"), t("field.due"), t("field.open"), t("field.currency")]}
            read={async () => (await getAll("/v1/reports/ageing/invoices", {}, query))
              .map((row) => [row.number, row.debtor_name, row.due, row.open, row.open.currency])} />
        </div>
      </div>
      <Table label={chosen.name} list={list} columns={columns} keyOf={(row: AgeingInvoice) => row.invoice}
        empty={<Empty title={t("results.nothing")} />} />
    </div>
  );
}

export function AgeingPart(props: Whose & { asOf: string; currency: string | null }) {
  const { t } = useWords();
  const [chosen, choose] = useState<Chosen | null>(null);
  const [shares, showShares] = useState(false);
  const ageing = useGet("/v1/reports/ageing", {}, { as_of: props.asOf, ...asked(props) });
  return (
    <Shown query={ageing}>
      {(found) => {
        const rows = found.rows.filter((row) => !props.currency || row.open.currency === props.currency);
        const totals = rows.filter((row) => !row.creditor);
        const shown = (row: AgeRow, band: AgeRow["bands"][number]) =>
          shares && row.open.minor > 0 ? percent(band.amount.minor / row.open.minor) : money(band.amount);
        if (rows.length === 0) return <Empty title={t("results.nothing")} />;
        return (
          <div className="stack">
            <Section title={t("results.ageing_on", { day: day(props.asOf) })} how={t("results.ageing_says")}
              actions={<>
                <button type="button" className="chip" aria-pressed={shares} onClick={() => showShares(!shares)}>
                  {t("results.as_shares")}
                </button>
                <SaveButton name={`antiguedad-${props.asOf}`}
                  head={[t("field.creditor"), t("field.currency"), t("field.open"),
                    ...rows[0]!.bands.map((band) => bandName(t, band))]}
                  rows={rows.map((row) => [row.creditor_name ?? t("results.all"), row.open.currency, row.open,
                    ...row.bands.map((band) => band.amount)])} />
              </>}>
              <div className="report-figure">
                {totals.map((row) => (
                  <Stack key={row.open.currency} label={t("results.ageing_of", { currency: row.open.currency })}
                    parts={row.bands.map((band) => ({ name: bandName(t, band), value: band.amount.minor }))} />
                ))}
                <p className="legend">
                  {rows[0]!.bands.map((band, at) => (
                    <span key={at}><i className={`mark age-${at}`} />{bandName(t, band)}</span>
                  ))}
                </p>
              </div>
              <Grid label={t("results.ageing_on", { day: day(props.asOf) })}
                head={[{ name: t("field.creditor") }, { name: t("field.open"), number: true },
                  ...rows[0]!.bands.map((band) => ({ name: bandName(t, band), number: true }))]}
                rows={rows.map((row) => ({ key: `${row.open.currency} ${row.creditor ?? ""}`, cells: [
                  row.creditor_name ?? <b>{t("results.all_in", { currency: row.open.currency })}</b>,
                  money(row.open),
                  ...row.bands.map((band) => band.amount.minor === 0 ? "–" : (
                    <button type="button" className="link" key={band.from_days}
                      aria-label={`${shown(row, band)} · ${t("results.see_rows", { band: bandName(t, band) })}`}
                      onClick={() => choose({ currency: row.open.currency, from_days: band.from_days,
                        creditor: row.creditor ?? props.creditor, segment: props.segment,
                        name: `${row.creditor_name ?? t("results.all")} · ${bandName(t, band)}` })}>
                      {shown(row, band)}
                    </button>
                  ))] }))} />
            </Section>
            {chosen && <Invoices key={`${props.asOf} ${chosen.name} ${chosen.currency} ${chosen.segment}`} asOf={props.asOf} chosen={chosen} />}
          </div>
        );
      }}
    </Shown>
  );
}

/* ── cohorts ── */

export function CohortsPart({ span, currency }: { span: Span; currency: string | null }) {
  const { t } = useWords();
  const [chosen, choose] = useState<OfCohort | null>(null);
  const list = useGet("/v1/reports/cohorts", {}, { from: span.from, to: span.to, ...asked(span) });
  return (
    <Shown query={list}>
      {(found) => {
        const rows = found.items.filter((row: Cohort) => !currency || row.due.currency === currency);
        const currencies = [...new Set(rows.map((row) => row.due.currency))];
        const leading = (row: Cohort, days: number, says: string) => (
          <button type="button" className="link" key={days}
            aria-label={`${says} · ${t("results.see_detail", { of: `${month(row.month)}, ${t("results.at_day", { day: days })}` })}`}
            onClick={() => choose({ month: row.month, days, currency: row.due.currency })}>{says}</button>
        );
        if (rows.length === 0) return <Empty title={t("results.nothing")} />;
        return (
          <div className="stack">
            {currencies.map((code) => {
              const own = rows.filter((row) => row.due.currency === code);
              const head = own[0]!.points.map((point) => point.days);
              return (
                <Section key={code} title={t("results.cohorts_of", { currency: code })} how={t("results.cohorts_says")}
                  actions={<SaveButton name={`cohortes-${code}`}
                    head={[t("results.month"), t("results.due_name"), ...head.map((one) => t("results.at_day", { day: one }))]}
                    rows={own.map((row) => [month(row.month), row.due, ...row.points.map((point) => point.paid)])} />}>
                  <div className="report-figure">
                    <Lines label={t("results.cohorts_of", { currency: code })}
                      lines={own.slice(-6).map((row) => ({ name: month(row.month), points: row.points.map((point) =>
                        ({ days: point.days, share: point.share_bp == null ? null : point.share_bp / 10000 })) }))} />
                  </div>
                  <Grid label={t("results.cohorts_of", { currency: code })}
                    head={[{ name: t("results.month") }, { name: t("results.due_name"), number: true },
                      ...head.map((one) => ({ name: t("results.at_day", { day: one }), number: true }))]}
                    rows={own.map((row) => ({ key: row.month, cells: [month(row.month),
                      leading(row, head[head.length - 1]!, money(row.due)),
                      ...row.points.map((point) => point.share_bp == null ? <span className="muted">–</span>
                        : leading(row, point.days, percent(point.share_bp / 10000)))] }))} />
                </Section>
              );
            })}
            <p className="muted small">{t("results.not_over", { count: new Set(rows.map((row) => row.month)).size })}</p>
            {chosen && <CohortRows span={span} of={chosen} close={() => choose(null)} />}
          </div>
        );
      }}
    </Shown>
  );
}
