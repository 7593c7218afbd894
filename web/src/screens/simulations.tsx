// Simulations that are kept: the newest first; two of them can be put beside each other.
import { lazy, Suspense, useState } from "react";
import { Link, useLocation } from "wouter";
import { useList } from "../api/queries";
import type { SimulationRow } from "../api/types";
import { addDays, count, day, time } from "../format";
import { useWords } from "../i18n";
import { Actor } from "../parts/actor";
import { Empty } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { useSession } from "../session";
import "../style/results.css";
import { StateTag } from "./studies_parts";

const SimulateDialog = lazy(() => import("../parts/simulate"));

export default function Simulations() {
  const { t } = useWords();
  const [, go] = useLocation();
  const { me } = useSession();
  const [asking, ask] = useState(false);
  const [chosen, choose] = useState<string[]>([]);
  const list = useList("/v1/simulations", {});
  const may = me.role === "owner" || me.role === "manager";
  const turn = (id: string) => choose((old) => old.includes(id) ? old.filter((one) => one !== id) : [...old.slice(-1), id]);
  const first = (row: SimulationRow) => row.summary?.[0];
  const nameOf = (row: SimulationRow) => row.name ?? (row.against ? t("study.versus", { a: row.strategy, b: row.against }) : row.strategy);
  const columns: Column<SimulationRow>[] = [
    { name: t("study.choose"), cell: (row) => row.state === "done" && (
      <input type="checkbox" aria-label={t("study.choose_one", { name: `${nameOf(row)}, ${time(row.created_at)}` })}
        checked={chosen.includes(row.id)} onChange={() => turn(row.id)} onClick={(event) => event.stopPropagation()} />) },
    { name: t("field.name"), cell: (row) => <Link href={`/results/simulations/${row.id}`}>{nameOf(row)}</Link> },
    { name: t("field.state"), cell: (row) => <StateTag state={row.state} /> },
    { name: t("study.past"), cell: (row) => <span className="nowrap">{t("study.span", { from: day(row.from), until: day(addDays(row.to, -1)) })}</span> },
    { name: t("study.messages"), number: true, cell: (row) => first(row) ? count(first(row)!.messages) : "–" },
    { name: t("study.crossed"), number: true, cell: (row) => first(row) ? count(first(row)!.crossed_payments) : "–" },
    { name: t("study.tasks"), number: true, cell: (row) => first(row) ? count(first(row)!.tasks) : "–" },
    { name: t("study.asked_by"), cell: (row) => <Actor name={row.by} /> },
    { name: t("study.asked_at"), cell: (row) => <span className="nowrap">{time(row.created_at)}</span> },
  ];
  return (
    <div className="results">
      <div className="page-head">
        <h1>{t("study.simulations")}</h1>
        <div className="actions">
          <Link className="button quiet" href="/results">{t("nav.results")}</Link>
          <button type="button" className="button" disabled={chosen.length !== 2}
            onClick={() => go(`/results/simulations/${chosen[0]}?with=${chosen[1]}`)}>{t("study.compare")}</button>
          {may && <button type="button" className="button primary" onClick={() => ask(true)}>{t("study.simulate")}</button>}
        </div>
      </div>
      <p className="muted study-subtitle">{t("study.simulations_says")}</p>
      <div className="panel flush">
        <Table label={t("study.simulations")} list={list} columns={columns} keyOf={(row: SimulationRow) => row.id}
          empty={<Empty title={t("study.none")}><p>{t("study.none_says")}</p></Empty>} />
      </div>
      <Suspense fallback={null}>{asking && <SimulateDialog close={() => ask(false)} />}</Suspense>
    </div>
  );
}
