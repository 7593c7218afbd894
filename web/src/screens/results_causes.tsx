// What brings the money: messages and payments by cause, people's work, the arms of split tests.
import { useState } from "react";
import { Link } from "wouter";
import { useGet, useList } from "../api/queries";
import type { ReportCause, SplitReport, Strategy, StrategyFigures, WorkReport } from "../api/types";
import { count, money, percent } from "../format";
import { useWords, wordOf, type Key, type Translate } from "../i18n";
import { Empty, Failed, Shown, Waiting } from "../parts/state";
import { CHANNELS, PHASES } from "../words";
import { asked, type Span } from "./results_money";
import { Figure, Funnel, Grid, monies, moneyOf, SaveButton, Section, type Money } from "./results_parts";
import { ArmRows, Lead, Rows, type By, type Drill, type OfArm, type What } from "./results_rows";
import { Split } from "./results_split";
import { READY, spoken, TEMPLATES } from "./template_names";

const BY: By[] = ["channel", "template", "strategy", "phase", "segment"];

const only = (list: Money[], currency: string | null) =>
  currency ? list.filter((one) => one.amount.currency === currency) : list;

/** What brought nothing has a line too. */
const orNone = (list: Money[]): { amount: Money["amount"] | null; count: number }[] =>
  list.length > 0 ? list : [{ amount: null, count: 0 }];

function nameOf(t: Translate, by: By, row: ReportCause): string {
  if (!row.name) return by === "segment" ? "–" : t(`results.without_${by}` as Key);
  if (by === "channel") return wordOf(t, CHANNELS, "channel", row.name);
  if (by === "template") return wordOf(t, TEMPLATES, "tpn", row.name);
  if (by === "phase") return wordOf(t, PHASES, "phase", row.name);
  return row.version ? `${row.name} · ${t("results.version", { version: row.version })}` : row.name;
}

export function CausesPart({ span, currency }: { span: Span; currency: string | null }) {
  const { t } = useWords();
  const [by, choose] = useState<By>("channel");
  const [drill, open] = useState<Drill | null>(null);
  const list = useGet("/v1/reports/causes", {}, { by, from: span.from, to: span.to, ...asked(span) });
  // who reads strategies sees cases without a message too: what a message brought is told by channel
  const channels = useGet("/v1/reports/causes", {}, { by: "channel", from: span.from, to: span.to, ...asked(span) });
  const sum = (rows: ReportCause[], of: (row: ReportCause) => number) => rows.reduce((all, row) => all + of(row), 0);
  const sends = by !== "phase" && by !== "segment";
  // one row may have the same figure twice: its link says of which it is
  const leading = (row: ReportCause, what: What, value: number, says: string, of?: string) => value === 0 || (by === "segment" && !row.name)
    ? says : (
      <button type="button" className="link"
        aria-label={`${says} · ${t("results.see_detail", { of: [nameOf(t, by, row), of].filter(Boolean).join(", ") })}`}
        onClick={() => open({ what, ...((what === "collected" || what === "hands_free") && currency ? { currency } : {}),
          cause: { by, name: row.name ?? null, version: row.version ?? null, says: nameOf(t, by, row) } })}>{says}</button>
    );
  return (
    <div className="stack">
      <div className="chips" role="group" aria-label={t("results.by")}>
        {BY.map((one) => (
          <button key={one} type="button" className="chip" aria-pressed={by === one} onClick={() => { choose(one); open(null); }}>
            {t(`results.by_${one}` as Key)}
          </button>
        ))}
      </div>
      <Shown query={list}>
        {(found) => {
          const rows = found.items;
          if (rows.length === 0) {
            return by === "segment"
              ? <Empty title={t("results.no_segments")}><Link className="button" href="/settings/segments">{t("seg.manage")}</Link></Empty>
              : <Empty title={t("results.nothing_sent")} />;
          }
          return (
            <>
              {sends && (
                <Section title={t("results.funnel")} how={t("results.funnel_says")}>
                  <div className="report-figure">
                    <Funnel label={t("results.funnel")} steps={[
                      { name: t("results.sent"), value: sum(rows, (row) => row.sent), open: () => open({ what: "sent" }) },
                      { name: t("results.arrived"), value: sum(rows, (row) => row.sent - row.bounced),
                        open: () => open({ what: "delivered" }) },
                      { name: t("results.read"), value: sum(rows, (row) => row.read), open: () => open({ what: "read" }) },
                      { name: t("results.clicked"), value: sum(rows, (row) => row.clicked), open: () => open({ what: "clicked" }) },
                      { name: t("results.visited"), value: sum(rows, (row) => row.visited), open: () => open({ what: "visited" }) },
                      { name: t("results.paid_after"), value: sum((channels.data?.items ?? []).filter((row) => row.name), (row) =>
                        only(row.paid, currency).reduce((all, one) => all + one.count, 0)),
                        open: () => open({ what: "after_message", ...(currency ? { currency } : {}) }) },
                    ]} />
                  </div>
                </Section>
              )}
              <Section title={t("results.causes_by", { by: t(`results.by_${by}` as Key) })}
                how={t(by === "segment" ? "results.segments_say" : "results.causes_says")}
                actions={<SaveButton name={`resultados-${by}`}
                  head={[t("field.name"), t("results.sent"), t("results.bounced"), t("results.read"), t("results.clicked"),
                    t("results.visited"), t("results.payments_name"), t("results.collected"), t("field.currency")]}
                  rows={rows.flatMap((row) => orNone(only(row.paid, currency)).map((one) => [nameOf(t, by, row), row.sent, row.bounced, row.read,
                    row.clicked, row.visited, one.count, one.amount, one.amount?.currency ?? ""]))} />}>
                <Grid label={t("results.causes_by", { by: t(`results.by_${by}` as Key) })}
                  head={[{ name: t("field.name") },
                    ...(sends ? [{ name: t("results.sent"), number: true }, { name: t("results.bounced"), number: true },
                      { name: t("results.read"), number: true }, { name: t("results.clicked"), number: true },
                      { name: t("results.visited"), number: true }, { name: t("results.cost"), number: true }] : []),
                    { name: t("results.payments_name"), number: true }, { name: t("results.collected"), number: true },
                    { name: t("results.hands_free"), number: true }]}
                  rows={rows.map((row, at) => ({ key: `${by} ${row.name} ${row.version} ${at}`, cells: [
                    by === "template" && row.name ? <Link href={`/templates/${row.name}`}>{nameOf(t, by, row)}</Link>
                      : nameOf(t, by, row),
                    ...(sends ? [leading(row, "sent", row.sent, count(row.sent)),
                      leading(row, "bounced", row.bounced, count(row.bounced)),
                      ...(["read", "clicked", "visited"] as const).map((what) =>
                        leading(row, what, row[what], share(row[what], row.sent - row.bounced))),
                      leading(row, "sent", row.cost.length, monies(row.cost))] : []),
                    count(only(row.paid, currency).reduce((all, one) => all + one.count, 0)),
                    leading(row, "collected", only(row.paid, currency).length, monies(only(row.paid, currency))),
                    leading(row, "hands_free", only(row.hands_free, currency).length, monies(only(row.hands_free, currency)),
                      t("results.hands_free"))] }))} />
              </Section>
              {drill && <Rows span={span} drill={drill} close={() => open(null)} />}
            </>
          );
        }}
      </Shown>
    </div>
  );
}

function share(part: number, whole: number): string {
  return whole > 0 ? `${count(part)} (${percent(part / whole)})` : count(part);
}

/* ── work ── */

const kept = (report: WorkReport) => report.promises_kept + report.promises_broken;

function rate(part: number, whole: number): string {
  return whole > 0 ? percent(part / whole) : "–";
}

export function WorkPart({ span, currency }: { span: Span; currency: string | null }) {
  const { t } = useWords();
  const [drill, open] = useState<Drill | null>(null);
  const now = useGet("/v1/reports/work", {}, { from: span.from, to: span.to, ...asked(span) });
  const before = useGet("/v1/reports/work", {}, { from: span.before, to: span.from, ...asked(span) });
  return (
    <Shown query={now}>
      {(found) => {
        const old = before.data;
        const codes = found.paid.map((one) => one.amount.currency).filter((code) => !currency || code === currency);
        const complaints = (report: WorkReport) => report.sent > 0
          ? t("results.per_thousand", { rate: count(Math.round(report.complaints * 10000 / report.sent) / 10) }) : "–";
        return (
          <div className="stack">
            <div className="figures" style={{ margin: 0 }}>
              <Figure label={t("results.promises")} value={rate(found.promises_kept, kept(found))}
                how={t("results.promises_says")} beforeText={old ? rate(old.promises_kept, kept(old)) : "–"}>
                <span className="small">{t("results.promises_of", { kept: found.promises_kept, all: kept(found) })}</span>{" "}
                <Lead what="promises_kept" open={() => open({ what: "promises_kept" })} />{" "}
                <Lead what="promises_broken" open={() => open({ what: "promises_broken" })} />
              </Figure>
              <Figure label={t("results.complaints")} value={complaints(found)} how={t("results.complaints_says")}
                beforeText={old ? complaints(old) : "–"}>
                <Lead what="complaints" open={() => open({ what: "complaints" })}>
                  {t("results.complaints_of", { count: found.complaints })}</Lead>
              </Figure>
              <Figure label={t("results.tasks")} value={count(found.tasks)} how={t("results.tasks_says")}
                now={found.tasks} before={old?.tasks ?? null} beforeText={old ? count(old.tasks) : "–"}>
                <Lead what="tasks" open={() => open({ what: "tasks" })} />
              </Figure>
              <Figure label={t("results.sent")} value={count(found.sent)} how={t("results.sent_says")}
                now={found.sent} before={old?.sent ?? null} beforeText={old ? count(old.sent) : "–"}>
                <Lead what="sent" open={() => open({ what: "sent" })} />
              </Figure>
            </div>
            {codes.map((code) => (
              <div className="figures" key={code} style={{ margin: 0 }}>
                <Figure label={t("results.hands_free_in", { currency: code })}
                  value={rate(moneyOf(found.hands_free, code), moneyOf(found.paid, code))} how={t("results.hands_free_says")}
                  beforeText={old ? rate(moneyOf(old.hands_free, code), moneyOf(old.paid, code)) : "–"}>
                  <Lead what="hands_free" open={() => open({ what: "hands_free", currency: code })}>
                    {money({ minor: moneyOf(found.hands_free, code), currency: code })}</Lead>{" "}
                  <Lead what="collected" open={() => open({ what: "collected", currency: code })} />
                </Figure>
                <Cost report={found} before={old} code={code} open={open} />
              </div>
            ))}
            {drill && <Rows span={span} drill={drill} close={() => open(null)} />}
          </div>
        );
      }}
    </Shown>
  );
}

function Cost({ report, before, code, open }: { report: WorkReport; before: WorkReport | undefined; code: string;
  open: (drill: Drill) => void }) {
  const { t } = useWords();
  // of a hundred units, so that cents can be read
  const unit = (one: WorkReport) => one.cost.some((each) => each.amount.currency === code) && moneyOf(one.paid, code) > 0
    ? t("results.of_hundred", { cost: money({ currency: code,
      minor: Math.round(moneyOf(one.cost, code) * 10000 / moneyOf(one.paid, code)) }) }) : "–";
  const known = report.cost.some((each) => each.amount.currency === code);
  return (
    <Figure label={t("results.cost_in", { currency: code })} value={unit(report)} how={t("results.cost_says")}
      beforeText={before ? unit(before) : "–"}>
      <span className="small">{known ? money({ minor: moneyOf(report.cost, code), currency: code })
        : report.sent + report.tasks > 0 ? t("results.no_prices") : "–"}</span>{" "}
      <Lead what="sent" open={() => open({ what: "sent" })} />{" "}
      <Lead what="tasks" open={() => open({ what: "tasks" })} />
    </Figure>
  );
}

/* ── strategies ── */

export function StrategiesPart({ span }: { span: Span }) {
  const { t } = useWords();
  const [days, wait] = useState(30);
  const strategies = useList("/v1/strategies", {});
  if (strategies.error) return <Failed error={strategies.error} />;
  if (strategies.isPending) return <Waiting />;
  if (strategies.rows.length === 0) return <Empty title={t("strategy.none")} />;
  return (
    <div className="stack">
      <div className="chips" role="group" aria-label={t("results.split_days")}>
        {[7, 15, 30, 60].map((one) => (
          <button key={one} type="button" className="chip" aria-pressed={days === one} onClick={() => wait(one)}>
            {t("results.paid_in", { days: one })}
          </button>
        ))}
      </div>
      {strategies.rows.map((row) => <OneStrategy key={row.id} strategy={row} span={span} days={days} />)}
    </div>
  );
}

type Step = StrategyFigures["nodes"][number];

function Steps({ strategy, span, nodes }: { strategy: Strategy; span: Span; nodes: Step[] }) {
  const { t } = useWords();
  const [drill, open] = useState<Drill | null>(null);
  const leading = (node: Step, what: What, value: number, says: string) => value === 0 ? says : (
    <button type="button" className="link" aria-label={`${says} · ${t("results.see_detail", { of: node.node })}`}
      onClick={() => open({ what, cause: { by: "strategy", name: strategy.name, version: strategy.version, node: node.node,
        says: `${strategy.name} · ${node.node}` } })}>{says}</button>
  );
  const came = (node: Step) => node.entered == null ? "–" : count(node.entered);
  const head = [t("results.step"), t("results.standing"), t("results.open_there"), t("results.entered"), t("results.sent"),
    t("results.read"), t("results.cost"), t("results.collected")];
  const shown = nodes.filter((node) => node.runs + (node.entered ?? 0) + node.sent + node.paid.length > 0);
  return (
    <>
      <div className="report-head">
        <details className="how"><summary>{t("results.how")}</summary><p>{t("results.steps_say")}</p></details>
        <div className="actions">
          <SaveButton name={`pasos-${strategy.name}`} head={head} rows={shown.map((node) => [node.node, node.runs,
            monies(node.open), came(node), node.sent, node.read, monies(node.cost), monies(node.paid)])} />
        </div>
      </div>
      <Grid label={t("results.steps_of", { name: strategy.name })}
        head={head.map((name, at) => ({ name, number: at > 0 }))}
        rows={shown.map((node) => ({ key: node.node, cells: [spoken(node.node),
          leading(node, "standing", node.runs, count(node.runs)),
          leading(node, "standing", node.open.length, monies(node.open)), came(node),
          leading(node, "sent", node.sent, count(node.sent)), leading(node, "read", node.read, count(node.read)),
          leading(node, "sent", node.cost.length, monies(node.cost)),
          leading(node, "collected", node.paid.length, monies(node.paid))] }))} />
      {drill && <Rows span={span} drill={drill} close={() => open(null)} />}
    </>
  );
}

function OneStrategy({ strategy, span, days }: { strategy: Strategy; span: Span; days: number }) {
  const { t } = useWords();
  const args = { strategy: strategy.id };
  const [chosen, choose] = useState<OfArm | null>(null);
  const figures = useGet("/v1/strategies/{strategy}/versions/{version}/figures",
    { ...args, version: String(strategy.version) } as never, { from: span.from, to: span.to, ...asked(span) });
  const splits = useGet("/v1/strategies/{strategy}/splits", args as never, { from: span.from, to: span.to, days, ...asked(span) });
  return (
    <section className="panel flush report" aria-label={strategy.name}>
      <div className="report-head">
        <h2><Link href={`/strategies/${strategy.id}`}>{wordOf(t, READY, "rsn", strategy.name)}</Link></h2>
        <span className="muted">{t("results.version", { version: strategy.version })} · {t("results.cases_now", { count: strategy.runs })}</span>
      </div>
      <Shown query={figures}>
        {(found) => <Steps strategy={strategy} span={span} nodes={found.nodes} />}
      </Shown>
      <Shown query={splits}>
        {(found) => (
          <>{found.items.map((split: SplitReport) => <Split key={split.key} split={split} days={days}
            open={(arm, says) => choose({ strategy: strategy.id, key: split.key, arm, days, says })} />)}</>
        )}
      </Shown>
      {chosen && <ArmRows span={span} of={{ ...chosen, days }} close={() => choose(null)} />}
    </section>
  );
}
