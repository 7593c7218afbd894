// One strategy: as it is published, with the cases that stand on each node now; drawn anew; or a
// dry run of it.
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { get, post } from "../api/client";
import { useChange, useGet, useList } from "../api/queries";
import type { Draft, DraftRow, Json, Strategy as StrategyRow } from "../api/types";
import { Canvas, type Marks } from "../designer/canvas";
import { FiguresBar, hasSplits, useFigures, type View } from "../designer/figures";
import { docOf, type Doc, type Kinds } from "../designer/model";
import { Outline } from "../designer/outline";
import { opened } from "../designer/places";
import { day, time } from "../format";
import { useWords, wordOf } from "../i18n";
import { Actor } from "../parts/actor";
import { Field, FormDialog } from "../parts/dialog";
import { discard, Dropped, useDraftOf } from "../parts/draft";
import { Asked, useAsked } from "../parts/four_eyes";
import { Shown, Waiting } from "../parts/state";
import { useSession } from "../session";
import "../style/designer.css";
import { READY } from "./template_names";

const Editor = lazy(() => import("../designer/editor"));
const Begin = lazy(() => import("../designer/begin"));
const Versions = lazy(() => import("../designer/versions"));
const DryRun = lazy(() => import("../designer/dry"));
const Splits = lazy(() => import("../designer/splits"));
const Json = lazy(() => import("../designer/json"));

function usePalette() {
  const palette = useGet("/v1/strategies/nodes", {});
  const kinds = useMemo<Kinds | undefined>(() => palette.data &&
    new Map(palette.data.items.map((kind) => [kind.type, kind])), [palette.data]);
  return { ...palette, data: kinds };
}

function useCounts(id: string, version: number | undefined) {
  const counts = useGet("/v1/strategies/{strategy}/counts", { strategy: id }, { limit: 500 });
  return useMemo(() => new Map(counts.data?.items.filter((row) => row.version === version)
    .map((row) => [row.node, row.runs])), [counts.data, version]);
}

/** What a draft holds, where it is a strategy that can be drawn at all. */
const docIn = (draft: Draft | null | undefined) => draft ? docOf(JSON.stringify(draft.document)) : null;

function New() {
  const [, go] = useLocation();
  const client = useQueryClient();
  const kinds = usePalette();
  const [begun, begin] = useState<{ doc: Doc; draft: Draft | null } | null>(null);
  const resume = async (row: DraftRow) => {
    const draft = await client.fetchQuery({ queryKey: ["resumed", row.id], staleTime: 0,
      queryFn: () => get("/v1/drafts/{draft}", { draft: row.id }) });
    const doc = docIn(draft);
    if (doc) begin({ doc, draft });
  };
  return (
    <Shown query={kinds}>
      {(found) => begun ? (
        <Editor key={begun.draft?.id ?? "new"} initial={begun.doc} kinds={found} strategy="new" base={0} draft={begun.draft}
          leave={(id) => go(id ? `/strategies/${id}` : "/strategies")} restored={(row) => void resume(row)}
          discard={() => begin(null)} />
      ) : <Begin begin={(doc) => begin({ doc: opened(doc), draft: null })} resume={(row) => void resume(row)} />}
    </Shown>
  );
}

function Edit({ id }: { id: string }) {
  const [, go] = useLocation();
  const client = useQueryClient();
  const kinds = usePalette();
  const strategy = useGet("/v1/strategies/{strategy}", { strategy: id });
  const draft = useDraftOf("strategy", strategy.data?.name);
  // what is published or written meanwhile does not pull it away
  const [held, hold] = useState<{ version: number; draft: Draft | null; round: number } | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (held?.round !== round && strategy.data && draft.data !== undefined && !strategy.isFetching && !draft.fetching) {
      hold({ version: strategy.data.version, draft: docIn(draft.data) ? draft.data : null, round });
    }
  }, [strategy.data, strategy.isFetching, draft.data, draft.fetching, held, round]);
  const again = async () => {
    await client.invalidateQueries();
    setRound(round + 1);
  };
  const version = useGet("/v1/strategies/{strategy}/versions/{version}",
    { strategy: id, version: String(held?.version) }, {}, held !== null);
  const figures = useCounts(id, held?.version);
  const document = version.data?.document as unknown as Doc | undefined;
  const initial = useMemo(() => held && document ? docIn(held.draft) ?? opened(document) : undefined, [held, document]);
  return (
    <Shown query={kinds}>
      {(found) => (
        <Shown query={{ ...version, data: held?.round === round ? initial : undefined,
          error: version.error ?? strategy.error ?? draft.error }}>
          {(doc) => <Editor key={round} initial={doc} kinds={found} strategy={id} base={held!.draft?.base ?? held!.version}
            newest={strategy.data?.version ?? 0} draft={held!.draft} runs={figures} leave={() => go(`/strategies/${id}`)}
            discard={() => void again()} restored={() => void again()} />}
        </Shown>
      )}
    </Shown>
  );
}

/** It wanted to send too many: who lets it, where that takes four eyes after another person agreed. */
function Stopped({ strategy }: { strategy: StrategyRow }) {
  const { t } = useWords();
  const { me } = useSession();
  const [asking, ask] = useState(false);
  const asked = useAsked("release", strategy.name, strategy.stopped_on!);
  const release = useChange((form: FormData) => post("/v1/strategies/{strategy}/release", { strategy: strategy.id },
    { reason: String(form.get("reason")).trim() }));
  const may = me.role === "owner" || me.role === "manager";
  return (
    <>
      <div className="note bad draft-note" role="status">
        <p>{t("strategy.stopped_says", { date: day(strategy.stopped_on!) })}</p>
        {may && asked?.state !== "waits" && (
          <p style={{ marginTop: 8 }}><button className="button" onClick={() => ask(true)}>{t("strategy.release")}</button></p>)}
      </div>
      {asked && <Asked approval={asked} />}
      {asking && (
        <FormDialog title={t("strategy.release_title", { name: strategy.name })} action={t("strategy.release_do")}
          close={() => ask(false)} submit={(form) => release.mutateAsync(form)}>
          <p>{t("strategy.release_says")}</p>
          <Field label={t("designer.reason")}><input name="reason" required maxLength={400} autoFocus /></Field>
        </FormDialog>
      )}
    </>
  );
}

function Look({ id }: { id: string }) {
  const { t } = useWords();
  const [, go] = useLocation();
  const strategy = useGet("/v1/strategies/{strategy}", { strategy: id });
  const versions = useList("/v1/strategies/{strategy}/versions", { strategy: id });
  const kinds = usePalette();
  const [chosen, choose] = useState<number | null>(null);
  const [outline, setOutline] = useState(false);
  const [dialog, setDialog] = useState<"versions" | "json" | "archive" | null>(null);
  const archive = useChange((reason: string) => strategy.data!.active
    ? post("/v1/strategies/{strategy}/archive", { strategy: id }, { reason })
    : post("/v1/strategies/{strategy}/restore", { strategy: id }, { reason }));
  const [dry, setDry] = useState(false);
  const [lit, setLit] = useState<Set<string> | undefined>(undefined);
  const [shown, show] = useState<string | undefined>(undefined);
  const number = chosen ?? strategy.data?.version;
  const version = useGet("/v1/strategies/{strategy}/versions/{version}",
    { strategy: id, version: String(number) }, {}, number !== undefined);
  const runs = useCounts(id, number);
  const document = version.data?.document as unknown as Doc | undefined;
  const doc = useMemo(() => document && opened(document), [document]);
  const [view, setView] = useState<View>("does");
  const [days, setDays] = useState(90);
  const figures = useFigures(id, number, view, days, doc);
  const marks = useMemo<Marks>(() => ({ runs, lit, ...figures }), [runs, lit, figures]);
  const graph = doc && kinds.data ? { doc, kinds: kinds.data } : undefined;
  const draft = useDraftOf("strategy", strategy.data?.name).data ?? null;
  const client = useQueryClient();
  const [over, setOver] = useState<{ begun: Doc; base: number; draft: DraftRow } | null>(null);
  const begins = useChange(async ({ begun, base, instead }: { begun: Doc; base: number; instead?: DraftRow }) => {
    if (instead) await discard(instead); // it can be taken back on the next screen
    await post("/v1/drafts", {}, { kind: "strategy", name: begun.name, base, document: opened(begun) as unknown as Json });
    await client.invalidateQueries({ queryKey: ["/v1/drafts"] });
    go(`/strategies/${id}/edit`);
  });
  /** Nobody's draft goes without a word: the server is asked which there is now. */
  async function beginFrom(begun: Doc, base: number) {
    const { items } = await get("/v1/drafts", {}, { kind: "strategy" });
    const there = items.find((one) => one.name === begun.name);
    if (there) {
      setDialog(null);
      setOver({ begun, base, draft: there });
    } else await begins.mutateAsync({ begun, base });
  }
  return (
    <Shown query={strategy}>
      {(row) => (
        <>
          <div className="page-head strategy-head">
            <h1 title={row.name}>{wordOf(t, READY, "rsn", row.name)}</h1>
            {!row.active && <span className="badge">{t("designer.archived")}</span>}
            <div className="actions">
              <select aria-label={t("strategy.version")} value={number}
                onChange={(event) => choose(Number(event.target.value))}>
                {versions.rows.map((one) => (
                  <option key={one.id} value={one.version}>
                    {t("strategy.version_of", { version: one.version, at: time(one.published_at) })}
                  </option>
                ))}
              </select>
              <button className="button" aria-pressed={outline} onClick={() => setOutline(!outline)}>
                {t(outline ? "strategy.as_graph" : "strategy.as_outline")}
              </button>
              <button className="button" onClick={() => setDialog("versions")}>{t("designer.versions")}</button>
              <button className="button" onClick={() => setDialog("json")}>JSON</button>
              <button className="button" aria-pressed={dry} onClick={() => { setDry(!dry); setLit(undefined); }}>
                {t("designer.dry_run")}</button>
              <button className="button" onClick={() => setDialog("archive")}>
                {t(row.active ? "designer.archive" : "designer.restore")}</button>
              <Link className="button primary" href={`/strategies/${id}/edit`}>
                {t(draft ? "designer.edit_draft" : "designer.edit")}</Link>
            </div>
            {row.description && <p className="muted">{row.description}</p>}
          </div>
          <Dropped kind="strategy" />
          {row.stopped_on && <Stopped strategy={row} />}
          <FiguresBar view={view} look={setView} days={days} span={setDays} />
          <Shown query={{ ...version, data: graph, error: version.error ?? kinds.error }}>
            {(found) => (
              <div className={dry ? "designer-body looked" : ""}>
                {outline ? <div className="panel"><Outline {...found} marks={marks} selected={[]} /></div>
                  : <Canvas {...found} marks={marks} selected={[]} shown={shown} />}
                {dry && <Suspense fallback={<Waiting />}>
                  <DryRun {...found} light={setLit} show={(node) => { show(undefined); setTimeout(() => show(node)); }}
                    close={() => setDry(false)} />
                </Suspense>}
              </div>
            )}
          </Shown>
          {hasSplits(doc) && <Suspense fallback={null}><Splits strategy={id} days={days} /></Suspense>}
          <Suspense fallback={null}>
            {dialog === "versions" && <Versions strategy={id} newest={row.version} close={() => setDialog(null)}
              look={(one) => { choose(one); setDialog(null); }}
              edit={(begun) => beginFrom(begun, row.version)} />}
            {over && (
              <FormDialog title={t("draft.replace_title", { name: row.name })} action={t("draft.replace_do")}
                close={() => setOver(null)}
                submit={() => begins.mutateAsync({ begun: over.begun, base: over.base, instead: over.draft })}>
                <p><strong><Actor name={over.draft.changed_by} /></strong>{" "}
                  {t("draft.replace_says", { at: time(over.draft.changed_at) })}</p>
              </FormDialog>
            )}
            {dialog === "archive" && (
              <FormDialog title={t(row.active ? "designer.archive_title" : "designer.restore_title", { name: row.name })}
                action={t(row.active ? "designer.archive" : "designer.restore")} close={() => setDialog(null)}
                submit={(form) => archive.mutateAsync(String(form.get("reason")))}>
                <p>{t(row.active ? "designer.archive_says" : "designer.restore_says", { runs: row.runs })}</p>
                <Field label={t("designer.reason")}><input name="reason" required maxLength={400} autoFocus /></Field>
              </FormDialog>
            )}
            {dialog === "json" && doc && <Json doc={document!} close={() => setDialog(null)} />}
          </Suspense>
        </>
      )}
    </Shown>
  );
}

export default function Strategy() {
  const id = useParams<{ id: string }>().id;
  const [path] = useLocation();
  return (
    <Suspense fallback={<Waiting />}>
      {id === "new" ? <New /> : path.endsWith("/edit") ? <Edit key={id} id={id} /> : <Look key={id} id={id} />}
    </Suspense>
  );
}
