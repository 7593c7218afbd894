// A file becomes debtors, invoices and payments: chosen or dropped, its columns guessed and
// corrected, every row checked before any is written, and all of it can be taken back.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { get, post } from "../api/client";
import { useChange, useGet, useList } from "../api/queries";
import type { Id, Import, Imported, Job, Upload, UploadColumns } from "../api/types";
import { count, time } from "../format";
import { useWords, wordOf, type Key } from "../i18n";
import { isOver, Progress, useJob } from "../parts/job";
import { Empty, Failed, sentenceOf, Shown } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { Told } from "../parts/told";
import "../style/setup.css";
import { ColumnTable, guessed, mapOf, Reading, wrongMapping, type Choices, type Mapping } from "./import_columns";
import { Drop } from "./import_drop";
import { FIELDS, KINDS, type Kind } from "./import_fields";
import { Figures, fixKey, Problems, reasonOf, Warnings } from "./import_review";
import { UndoImport } from "./import_undo";

// ── history ──

function History() {
  const { t } = useWords();
  const list = useList("/v1/imports", {});
  const [undoing, undo] = useState<Id<"imp"> | null>(null);
  const columns: Column<Import>[] = [
    { name: t("field.when"), cell: (row) => time(row.at) },
    { name: t("imp.file"), clip: true, cell: (row) => row.file_name ?? "–" },
    { name: t("imp.kind"), cell: (row) => wordOf(t, KINDS, "imk", row.kind) },
    { name: t("imp.rows"), number: true, cell: (row) => count(row.rows) },
    { name: t("imp.created"), number: true, cell: (row) => count(row.created) },
    { name: t("imp.changed"), number: true, cell: (row) => count(row.changed) },
    { name: t("imp.skipped"), number: true, cell: (row) => count(row.skipped) },
    { name: t("field.state"), cell: (row) => row.undone_at
      ? <span className="badge warn" title={time(row.undone_at)}>{t("imp.undone")}</span>
      : <button className="button quiet" onClick={() => undo(row.id)}
          aria-label={t("imp.undo_of", { file: row.file_name ?? row.id })}>{t("action.undo")}</button> },
  ];
  return (
    <section className="panel flush">
      <div className="panel-head"><h2>{t("imp.history")}</h2></div>
      <Table label={t("imp.history")} list={list} columns={columns} keyOf={(row: Import) => row.id}
        empty={<Empty title={t("imp.none")}><p>{t("imp.none_says")}</p></Empty>} />
      {undoing && <UndoImport id={undoing} close={() => undo(null)} />}
    </section>
  );
}

// ── its columns, its rows, what came of it ──

const STEPS: Key[] = ["imp.step_file", "imp.step_columns", "imp.step_rows", "imp.step_done"];

function Steps({ at }: { at: number }) {
  const { t } = useWords();
  return (
    <ol className="steps">
      {STEPS.map((key, i) => (
        <li key={key} data-number={i + 1} data-done={i < at ? "" : undefined}
          aria-current={i === at ? "step" : undefined}>{t(key)}</li>
      ))}
    </ol>
  );
}

interface Wish {
  kind: Kind;
  mapping: Mapping;
  choices: Choices;
  fixes: Record<string, string>;
}

function begin(id: string, columns: UploadColumns, wish: Wish, dry: boolean, skip: boolean) {
  const fixes = Object.entries(wish.fixes).map(([key, value]) => {
    const space = key.indexOf(" ");
    return { line: Number(key.slice(0, space)), field: key.slice(space + 1), value };
  });
  return post("/v1/uploads/{upload}/import", { upload: id }, {
    kind: wish.kind, map: mapOf(columns, wish.mapping), dry_run: dry, skip_bad: skip,
    ...wish.choices, ...(fixes.length > 0 ? { fixes } : {}),
  });
}

function Ended({ job, report }: { job: Job; report: Imported }) {
  const { t } = useWords();
  const [undoing, undo] = useState(false);
  const strategies = useGet("/v1/strategies", {});
  const fresh = strategies.data && !strategies.data.items.some(({ kind }) => kind === "strategy");
  return (
    <div className="stack">
      <p className="note" role="status">
        {report.import ? t("imp.done", { created: report.created, changed: report.changed })
          : t("imp.nothing_new")}
      </p>
      <Figures report={report} />
      <div className="end">
        {job.has_refused && (
          <a className="button" href={`/v1/jobs/${job.id}/refused`} download>{t("imp.download")}</a>
        )}
        {report.import && <button className="button" onClick={() => undo(true)}>{t("action.undo")}</button>}
        <Link className="button" href="/imports">{t("imp.another")}</Link>
        <Link className={fresh ? "button" : "button primary"} href="/debtors">{t("imp.see")}</Link>
        {fresh && <Link className="button primary" href="/start/strategy">{t("first.go_on")}</Link>}
      </div>
      {undoing && report.import && <UndoImport id={report.import} close={() => undo(false)} />}
    </div>
  );
}

function Checked(props: {
  job: Job; report: Imported; wish: Wish; changed: boolean;
  fix: (line: number, field: string, value: string) => void;
  again: () => void; take: (skip: boolean) => void; back: () => void; busy: boolean;
}) {
  const { t } = useWords();
  const { report } = props;
  const bad = report.problems.length + report.problems_more;
  const good = report.rows - report.skipped;
  const same = bad === 0 && report.created === 0 && report.changed === 0;
  return (
    <div className="stack">
      <Figures report={report} />
      {report.ignored_columns.length > 0 && (
        <p className="muted">{t("imp.ignored", { columns: report.ignored_columns.join(", ") })}</p>
      )}
      {bad === 0 && <p className="note">{same ? t("imp.all_same") : t("imp.all_good", { rows: report.rows })}</p>}
      {bad > 0 && (
        <Problems report={report} job={props.job} fixes={props.wish.fixes} fix={props.fix} />
      )}
      {report.warnings.length > 0 && (
        <Warnings report={report} fixes={props.wish.fixes} fix={props.fix} />
      )}
      <div className="end">
        {bad > 0 && <span className="muted">{t("imp.fix_or_skip")}</span>}
        <button className="button" onClick={props.back}>{t("imp.back")}</button>
        {(bad > 0 || report.warnings.length > 0) && (
          <button className={`button ${props.changed ? "primary" : ""}`} disabled={props.busy || !props.changed}
            onClick={props.again}>{t("imp.check_again")}</button>
        )}
        {good > 0 && !same && (
          <button className={`button ${props.changed ? "" : "primary"}`} disabled={props.busy}
            onClick={() => props.take(bad > 0)}>
            {bad > 0 ? t("imp.take_good", { rows: good }) : t("imp.take", { rows: good })}
          </button>
        )}
      </div>
    </div>
  );
}

function Stopped({ job, back }: { job: Job; back: () => void }) {
  const { t } = useWords();
  const why = reasonOf(t, job.problem ?? "");
  return (
    <div className="stack">
      <div className="note bad" role="alert">
        <p>{job.state === "cancelled" ? t("imp.cancelled") : t("imp.failed")}</p>
        {job.problem && (why.lang ? <Told text={why.text} /> : <p>{why.text}</p>)}
      </div>
      <div className="end"><button className="button primary" onClick={back}>{t("imp.back")}</button></div>
    </div>
  );
}

function ColumnStep(props: {
  columns: UploadColumns; wish: Wish; change: (wish: Partial<Wish>) => void; check: () => void;
  busy: boolean;
}) {
  const { t } = useWords();
  const { columns, wish } = props;
  const creditors = useGet("/v1/creditors", {});
  const wrong = wrongMapping(columns, wish.mapping);
  const names = wrong.missing.map((name) => wordOf(t, FIELDS, "imf", name)).join(", ");
  return (
    <div className="stack">
      <div className="chips" role="group" aria-label={t("imp.kind")}>
        {KINDS.map((kind) => (
          <button key={kind} className="chip" aria-pressed={kind === wish.kind}
            onClick={() => props.change({ kind })}>{t(`imk.${kind}`)}</button>
        ))}
      </div>
      <ColumnTable columns={columns} kind={wish.kind} mapping={wish.mapping}
        change={(mapping) => props.change({ mapping })} />
      <Reading columns={columns} creditors={creditors.data?.items ?? []} choices={wish.choices}
        change={(choices) => props.change({ choices })} />
      {names && <p className="note warn" role="status">{t("imp.missing", { fields: names })}</p>}
      {wrong.twice && (
        <p className="note warn" role="status">
          {t("imp.twice", { field: wordOf(t, FIELDS, "imf", wrong.twice) })}
        </p>
      )}
      <div className="end">
        <span className="muted">{t("imp.nothing_yet")}</span>
        <Link className="button" href="/imports">{t("imp.other_file")}</Link>
        <button className="button primary" disabled={props.busy || names !== "" || wrong.twice !== undefined}
          onClick={props.check}>{t("imp.check")}</button>
      </div>
    </div>
  );
}

/** From the columns to the end, for one kind: another kind begins anew. */
function Work(props: { file: Upload; columns: UploadColumns; kind: Kind; choose: (kind: Kind) => void }) {
  const { t } = useWords();
  const { columns, kind } = props;
  const [wish, setWish] = useState<Wish>(() => ({ kind, mapping: guessed(columns), choices: {}, fixes: {} }));
  const [id, setId] = useState<Id<"job"> | null>(null);
  const [asked, setAsked] = useState<Wish>(wish);
  const job = useJob(id);
  const start = useChange(async ({ dry, skip }: { dry: boolean; skip: boolean }) => {
    const made = await begin(props.file.id, columns, wish, dry, skip);
    setAsked(wish);
    setId(made.id as Id<"job">);
  });
  const change = (part: Partial<Wish>) => {
    if (part.kind && part.kind !== kind) props.choose(part.kind);
    else setWish({ ...wish, ...part });
  };
  const dry = (job.data?.request as { dry_run?: boolean } | undefined)?.dry_run ?? true;
  const report = job.data?.result as unknown as Imported | null | undefined;
  const over = isOver(job.data);
  const ended = over && !dry && job.data!.state === "done";
  const back = () => setId(null);
  return (
    <>
      <Steps at={id === null ? 1 : ended ? 3 : 2} />
      {start.error && <p className="note bad" role="alert">{sentenceOf(t, start.error)}</p>}
      {job.error && <Failed error={job.error} retry={() => void job.refetch()} />}
      {id === null && (
        <ColumnStep columns={columns} wish={wish} change={change} busy={start.isPending}
          check={() => start.mutate({ dry: true, skip: false })} />
      )}
      {id !== null && !over && !job.error && (
        <Progress job={job.data} label={dry ? t("imp.checking") : t("imp.writing")} />
      )}
      {over && ended && report && <Ended job={job.data!} report={report} />}
      {over && !ended && (dry || job.data!.state === "failed") && report && report.rows > 0 && (
        <Checked job={job.data!} report={report} wish={wish} busy={start.isPending}
          changed={JSON.stringify(wish.fixes) !== JSON.stringify(asked.fixes)}
          fix={(line, field, value) => change({ fixes: { ...wish.fixes, [fixKey(line, field)]: value } })}
          again={() => start.mutate({ dry: true, skip: false })}
          take={(skip) => start.mutate({ dry: false, skip })} back={back} />
      )}
      {over && !ended && (!report || report.rows === 0) && <Stopped job={job.data!} back={back} />}
    </>
  );
}

function One({ id }: { id: string }) {
  const { t } = useWords();
  const first = new URLSearchParams(location.search).get("kind");
  const [kind, choose] = useState<Kind>(KINDS.find((one) => one === first) ?? "invoices");
  const file = useGet("/v1/uploads/{upload}", { upload: id });
  const columns = useQuery({
    queryKey: ["columns", id, kind],
    queryFn: () => get("/v1/uploads/{upload}/columns", { upload: id }, { kind }),
    staleTime: Infinity, // a file that was taken does not change
  });
  return (
    <>
      <div className="page-head">
        <h1>{file.data ? t("imp.of", { file: file.data.file_name }) : t("imp.title")}</h1>
      </div>
      <Shown query={file}>
        {(found) => (
          <Shown query={columns}>
            {(looked) => <Work key={kind} file={found} columns={looked} kind={kind} choose={choose} />}
          </Shown>
        )}
      </Shown>
    </>
  );
}

export default function Imports() {
  const { t } = useWords();
  const [, go] = useLocation();
  const { upload: id } = useParams<{ upload?: string }>();
  if (id) return <One key={id} id={id} />;
  return (
    <>
      <div className="page-head"><h1>{t("imp.title")}</h1></div>
      <div className="stack">
        <Drop taken={(made, kind) => go(`/imports/${made}?kind=${kind}`)} />
        <History />
      </div>
    </>
  );
}
