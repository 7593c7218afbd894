// One strategy: as it is published, with the cases that stand on each node now; drawn anew; or a
// dry run of it.
import { lazy, Suspense, useMemo, useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { post } from "../api/client";
import { useChange, useGet, useList } from "../api/queries";
import { Canvas, type Marks } from "../designer/canvas";
import { keepDraft, readDraft, type Draft } from "../designer/drafts";
import type { Doc, Kinds } from "../designer/model";
import { Outline } from "../designer/outline";
import { opened } from "../designer/places";
import { time } from "../format";
import { useWords } from "../i18n";
import { Field, FormDialog } from "../parts/dialog";
import { Shown, Waiting } from "../parts/state";
import { useSession } from "../session";
import "../style/designer.css";

const Editor = lazy(() => import("../designer/editor"));
const Begin = lazy(() => import("../designer/begin"));
const Versions = lazy(() => import("../designer/versions"));
const DryRun = lazy(() => import("../designer/dry"));
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

function New() {
  const [, go] = useLocation();
  const { organization } = useSession();
  const kinds = usePalette();
  const [doc, begin] = useState<Doc | null>(null);
  const [draft, setDraft] = useState<Draft | null>(() => readDraft(organization?.id ?? "", "new"));
  const [resumed, resume] = useState(false);
  return (
    <Shown query={kinds}>
      {(found) => doc ? (
        <Editor initial={doc} kinds={found} strategy="new" base={0} draftAt={resumed ? draft!.at : null}
          leave={(id) => go(id ? `/strategies/${id}` : "/strategies")}
          discard={() => { begin(null); setDraft(null); resume(false); }} />
      ) : <Begin begin={(next) => begin(opened(next))} draft={draft !== null}
          resume={() => { resume(true); begin(draft!.doc); }} />}
    </Shown>
  );
}

function Edit({ id }: { id: string }) {
  const [, go] = useLocation();
  const { organization } = useSession();
  const kinds = usePalette();
  const [round, setRound] = useState(0);
  const strategy = useGet("/v1/strategies/{strategy}", { strategy: id });
  const [base] = useState<{ version?: number }>({});
  base.version ??= strategy.data?.version; // what is published meanwhile does not pull it away
  const version = useGet("/v1/strategies/{strategy}/versions/{version}",
    { strategy: id, version: String(base.version) }, {}, base.version !== undefined);
  const draft = useMemo(() => readDraft(organization?.id ?? "", id), [id, organization?.id, round]);
  const runs = useCounts(id, base.version);
  const document = version.data?.document as unknown as Doc | undefined;
  const initial = useMemo(() => draft?.doc ?? (document && opened(document)), [draft, document]);
  return (
    <Shown query={kinds}>
      {(found) => (
        <Shown query={{ ...version, data: initial, error: version.error ?? strategy.error }}>
          {(doc) => <Editor key={round} initial={doc} kinds={found} strategy={id} base={draft?.base ?? base.version ?? 0}
            newest={strategy.data?.version ?? 0}
            draftAt={draft?.at ?? null} runs={runs} leave={() => go(`/strategies/${id}`)}
            discard={() => setRound(round + 1)} />}
        </Shown>
      )}
    </Shown>
  );
}

function Look({ id }: { id: string }) {
  const { t } = useWords();
  const [, go] = useLocation();
  const { organization } = useSession();
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
  const marks = useMemo<Marks>(() => ({ runs, lit }), [runs, lit]);
  const graph = doc && kinds.data ? { doc, kinds: kinds.data } : undefined;
  const draft = readDraft(organization?.id ?? "", id);
  return (
    <Shown query={strategy}>
      {(row) => (
        <>
          <div className="page-head strategy-head">
            <h1>{row.name}</h1>
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
          <Suspense fallback={null}>
            {dialog === "versions" && <Versions strategy={id} newest={row.version} close={() => setDialog(null)}
              look={(one) => { choose(one); setDialog(null); }}
              edit={(begun) => {
                keepDraft(organization?.id ?? "", id, { doc: opened(begun), base: row.version, at: new Date().toISOString() });
                go(`/strategies/${id}/edit`);
              }} />}
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
