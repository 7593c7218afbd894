// The strategies there are, and how many cases each is working now.
import { Link, useLocation } from "wouter";
import { useList } from "../api/queries";
import type { Strategy } from "../api/types";
import { count } from "../format";
import { useWords, type Key } from "../i18n";
import { Empty } from "../parts/state";
import { Table, type Column } from "../parts/table";

export default function Strategies() {
  const { t } = useWords();
  const [, go] = useLocation();
  const list = useList("/v1/strategies", {});
  const columns: Column<Strategy>[] = [
    { name: t("field.name"), cell: (row) => <Link href={`/strategies/${row.id}`}>{row.name}</Link> },
    { name: t("field.kind"), cell: (row) => (
      <span className="nowrap">{t(`strategy.${row.kind}` as Key)} · {t(`subject.${row.subject}` as Key)}</span>) },
    { name: t("strategy.runs"), number: true, cell: (row) => count(row.runs) },
    { name: t("strategy.priority"), number: true, cell: (row) => row.priority },
    { name: t("strategy.nodes"), number: true, cell: (row) => row.nodes },
    { name: t("strategy.version"), number: true, cell: (row) => row.version },
    { name: t("field.state"), cell: (row) => row.stopped_on
      ? <span className="badge bad">{t("strategy.stopped")}</span>
      : <span className={`badge ${row.active ? "ok" : ""}`}>
          {t(row.active ? "strategy.active" : "strategy.inactive")}
        </span> },
    { name: t("field.what"), clip: true, cell: (row) => <span title={row.description ?? ""}>{row.description}</span> },
  ];
  return (
    <>
      <div className="page-head">
        <h1>{t("nav.strategies")}</h1>
        <Link className="button primary" href="/strategies/new">{t("designer.new")}</Link>
      </div>
      <div className="panel flush">
        <Table label={t("nav.strategies")} list={list} columns={columns} keyOf={(row: Strategy) => row.id}
          open={(row) => go(`/strategies/${row.id}`)} empty={<Empty title={t("strategy.none")} />} />
      </div>
    </>
  );
}
