// The strategies there are, and how many cases each is working now.
import { Link, useLocation } from "wouter";
import { useGet, useList } from "../api/queries";
import type { Strategy } from "../api/types";
import { addDays, count } from "../format";
import { useWords, wordOf, type Key } from "../i18n";
import { Actor } from "../parts/actor";
import { Dropped, useDrafts } from "../parts/draft";
import { Empty } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { useSession } from "../session";
import { monies, type Money } from "./results_parts";
import { READY } from "./template_names";

const DAYS = 90;

/** Of all versions; currencies are never added. */
function sum(list: Money[]): string {
  const by = Map.groupBy(list, ({ amount }) => amount.currency);
  return monies([...by].sort().map(([currency, some]) => ({ count: 0,
    amount: { currency, minor: some.reduce((all, { amount }) => all + amount.minor, 0) } })));
}

export default function Strategies() {
  const { t } = useWords();
  const [, go] = useLocation();
  const list = useList("/v1/strategies", {});
  const drafts = new Map((useDrafts("strategy").data?.items ?? []).map((one) => [one.name ?? "", one.changed_by]));
  const { organization } = useSession();
  const today = organization?.today ?? "2000-01-01";
  const causes = useGet("/v1/reports/causes", {}, { by: "strategy", from: addDays(today, -DAYS), to: addDays(today, 1) },
    organization !== null);
  const of = (row: Strategy) => causes.data?.items.filter(({ name }) => name === row.name) ?? []; // each version
  const columns: Column<Strategy>[] = [
    { name: t("field.name"), lines: true, cell: (row) => <><Link href={`/strategies/${row.id}`} title={row.name}>
      {wordOf(t, READY, "rsn", row.name)}</Link>{" "}
      {drafts.has(row.name) && <span className="badge warn">{t("draft.written")} <Actor name={drafts.get(row.name)!} /></span>}
      {row.description && <span className="under">{row.description}</span>}</> },
    { name: t("field.kind"), cell: (row) => (
      <>{t(`strategy.${row.kind}` as Key)}<span className="under">{t(`subject.${row.subject}` as Key)}</span></>) },
    { name: t("field.state"), cell: (row) => row.stopped_on
      ? <span className="badge bad">{t("strategy.stopped")}</span>
      : <span className={`badge ${row.active ? "ok" : ""}`}>
          {t(row.active ? "strategy.active" : "strategy.inactive")}
        </span> },
    { name: t("strategy.runs"), number: true, cell: (row) => count(row.runs) },
    { name: t("strategy.sent"), number: true, cell: (row) => causes.data ? count(of(row).reduce((all, one) => all + one.sent, 0)) : "–" },
    { name: t("strategy.collected"), number: true, cell: (row) => sum(of(row).flatMap(({ paid }) => paid)) },
    { name: t("strategy.cost"), number: true, cell: (row) => sum(of(row).flatMap(({ cost }) => cost)) },
    { name: t("strategy.version"), number: true, cell: (row) => (
      <>{row.version}<span className="under">{t("strategy.nodes")}: {row.nodes} · {t("strategy.priority")}: {row.priority}</span></>) },
  ];
  return (
    <>
      <div className="page-head">
        <h1>{t("nav.strategies")}</h1>
        <Link className="button primary" href="/strategies/new">{t("designer.new")}</Link>
      </div>
      <Dropped kind="strategy" restored={(row) => { if (!row.name) go("/strategies/new"); }} />
      <div className="panel flush">
        <Table label={t("nav.strategies")} list={list} columns={columns} keyOf={(row: Strategy) => row.id}
          open={(row) => go(`/strategies/${row.id}`)} empty={<Empty title={t("strategy.none")} />} />
      </div>
    </>
  );
}
