// A draft kept by the server a moment after each change, so that it survives this browser, and who
// else writes it is told: theirs or mine, never one silently over the other.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { get, post, put, Refused, remove } from "../api/client";
import { useGet } from "../api/queries";
import type { Draft, DraftRow, Json } from "../api/types";
import { time } from "../format";
import { useWords } from "../i18n";
import { Actor } from "./actor";
import { sentenceOf } from "./state";

type Kind = Draft["kind"];
const SAVE_MS = 500, LOOK_MS = 5000;

// What an editor keeps as it is left is waited for by whoever reads the same next.
let underWay = 0;
const listeners = new Set<() => void>();
const listen = (listener: () => void) => { listeners.add(listener); return () => listeners.delete(listener); };
function tellAll() {
  for (const listener of listeners) listener();
}
async function waitedFor(saving: Promise<unknown>) {
  underWay++;
  tellAll();
  await saving.catch(() => {}); // it was told where it failed
  underWay--;
  tellAll();
}

/** Those being written; `name`: of what they change, null: of what has no name yet. */
export function useDrafts(kind: Kind, enabled = true) {
  return useGet("/v1/drafts", {}, { kind }, enabled);
}

/** The draft of what has that name, whole; null where there is none. */
export function useDraftOf(kind: Kind, name: string | undefined) {
  const drafts = useDrafts(kind, name !== undefined);
  const row = drafts.data?.items.find((one) => one.name === name);
  const whole = useGet("/v1/drafts/{draft}", { draft: row?.id ?? "drf_" as never }, {}, row !== undefined);
  const data = drafts.data === undefined ? undefined : row ? whole.data : null;
  const leaving = useSyncExternalStore(listen, () => underWay);
  return { data, fetching: drafts.isFetching || whole.isFetching || leaving > 0, error: drafts.error ?? whole.error, refetch: drafts.refetch };
}

/** What stands in one and not the same in the other: names of parts. */
export type Parts<D> = (before: D, after: D) => string[];

export interface Kept<D> {
  state: "none" | "saving" | "kept" | "failed";
  why: unknown;
  draft: Draft | null;
  /** what somebody else made of it; gone: they published it or threw it away */
  theirs: { draft: Draft | null; parts: string[]; gone: boolean } | null;
  take: () => D | null;
  keepMine: () => void;
  /** as it is now, kept; throws where the server refuses */
  flush: () => Promise<Draft>;
  /** false: it is still there, and why is in `stuck` */
  drop: () => Promise<boolean>;
  stuck: unknown;
  /** it was published: nothing is kept any more */
  end: () => void;
}

const status = (error: unknown) => error instanceof Refused ? error.problem.status : 0;

export function useKept<D extends object>(about: { kind: Kind; name: string | null; base: number; draft: Draft | null;
  doc: D; initial: D; parts: Parts<D> }): Kept<D> {
  const client = useQueryClient();
  const [draft, setDraft] = useState(about.draft);
  const [state, setState] = useState<Kept<D>["state"]>(about.draft ? "kept" : "none");
  const [why, setWhy] = useState<unknown>(null);
  const [theirs, setTheirs] = useState<Kept<D>["theirs"]>(null);
  const [stuck, setStuck] = useState<unknown>(null);
  const { kind, name, base, doc, parts } = about;
  const now = useRef({ kind, name, base, doc, parts, theirs, row: about.draft, kept: about.initial,
    running: null as Promise<void> | null, ended: false });
  Object.assign(now.current, { kind, name, base, doc, parts, theirs });

  const tell = useCallback((other: Draft | null, gone: boolean) => {
    const here = now.current;
    const parts = other ? here.parts(here.kept, other.document as unknown as D) : [];
    setTheirs({ draft: other, parts, gone });
  }, []);

  const lookUp = useCallback(async () => {
    const here = now.current;
    if (here.row) {
      const other = await get("/v1/drafts/{draft}", { draft: here.row.id }).catch((error) => {
        if (status(error) === 404) return null;
        throw error;
      });
      return { other, gone: other === null };
    }
    const { items } = await get("/v1/drafts", {}, { kind: here.kind });
    const row = items.find((one) => one.name === here.name);
    return { other: row ? await get("/v1/drafts/{draft}", { draft: row.id }) : null, gone: false };
  }, []);

  const save = useCallback(async (leaving = false): Promise<void> => {
    const here = now.current;
    while (here.running) await here.running;
    if (here.ended || here.theirs || here.doc === here.kept) return;
    const doc = here.doc, document = doc as unknown as Json;
    const last = leaving && JSON.stringify(doc).length < 60_000; // more does not outlive a page
    setState("saving");
    here.running = (async () => {
      const first = here.row === null;
      try {
        here.row = here.row
          ? await put("/v1/drafts/{draft}", { draft: here.row.id }, { document }, String(here.row.version), last)
          : await post("/v1/drafts", {}, { kind: here.kind, ...(here.name ? { name: here.name } : {}), base: here.base, document },
            crypto.randomUUID(), { leaving: last });
        here.kept = doc;
        // whoever opens it next begins from this, not from what was read before
        client.setQueryData(["/v1/drafts/{draft}", { draft: here.row.id }, {}], here.row);
        if (first) void client.invalidateQueries({ queryKey: ["/v1/drafts"] });
        setDraft(here.row);
        setWhy(null);
        setState("kept");
      } catch (error) {
        setState("failed");
        setWhy(error);
        if ([404, 409, 412].includes(status(error))) {
          const { other, gone } = await lookUp();
          if (other || gone) tell(other, gone);
        }
      }
    })().finally(() => { here.running = null; });
    await here.running;
  }, [lookUp, tell, client]);

  useEffect(() => {
    if (about.doc === now.current.kept || theirs) return;
    const timer = setTimeout(() => void save(), SAVE_MS);
    return () => clearTimeout(timer);
  }, [about.doc, theirs, save]);
  useEffect(() => { // what could not be kept is tried again, and what others do is looked for
    const timer = setInterval(() => {
      const here = now.current;
      if (document.hidden || here.theirs || here.running || here.ended) return;
      if (here.doc !== here.kept) void save();
      else if (here.row) {
        const row = here.row;
        lookUp().then(({ other, gone }) => {
          if (here.row === row && !here.running && !here.ended && (gone || other!.version !== row.version)) tell(other, gone);
        }, () => {});
      }
    }, LOOK_MS);
    const leave = () => void save(true);
    addEventListener("pagehide", leave);
    return () => {
      clearInterval(timer);
      removeEventListener("pagehide", leave);
      void waitedFor(save().then(() => client.invalidateQueries({ queryKey: ["/v1/drafts"] })));
    };
  }, [save, lookUp, tell, client]);

  return {
    state, why, draft, theirs, stuck,
    take() {
      const here = now.current, other = theirs?.draft ?? null;
      here.theirs = null;
      here.row = other;
      setDraft(other);
      setTheirs(null);
      setState(other ? "kept" : "none");
      if (!other) return null;
      here.kept = here.doc = other.document as unknown as D;
      return here.kept;
    },
    keepMine() {
      const here = now.current;
      here.row = theirs?.draft ?? null;
      here.kept = {} as D; // whatever stands there now, it is not this
      here.theirs = null;
      setDraft(here.row);
      setTheirs(null);
      void save();
    },
    async flush() {
      const here = now.current;
      if (!here.row && here.doc === here.kept) here.kept = {} as D; // begun from what is ready
      await save();
      if (!here.row || here.doc !== here.kept) throw why ?? new Error("not kept");
      return here.row;
    },
    end() { now.current.ended = true; },
    async drop() {
      const here = now.current;
      while (here.running) await here.running;
      let wrong: unknown = null;
      here.running = (here.row ? discard(here.row) : Promise.resolve())
        .then(() => { here.ended = true; }, (error: unknown) => { wrong = error; })
        .finally(() => { here.running = null; });
      await here.running;
      setStuck(wrong);
      if (!here.ended) {
        if (status(wrong) === 412) await lookUp().then(({ other, gone }) => tell(other, gone), () => {});
        return false;
      }
      await client.invalidateQueries();
      return true;
    },
  };
}

/** Who wrote it meanwhile, and whose goes on. */
export function KeptNote<D extends object>({ kept, take }: { kept: Kept<D>; take: (doc: D | null) => void }) {
  const { t } = useWords();
  if (kept.theirs) {
    const { draft, parts, gone } = kept.theirs;
    return (
      <div className="note warn draft-note" role="alert">
        <p>{gone ? t("draft.gone") : <><strong><Actor name={draft!.changed_by} /></strong>{" "}
          {t("draft.theirs", { at: time(draft!.changed_at) })}</>}
          {parts.length > 0 && <> {t("draft.parts", { parts: parts.slice(0, 8).map((one) => one || t("draft.whole")).join(", ") + (parts.length > 8 ? "…" : "") })}</>}</p>
        <div className="actions">
          <button className="button" onClick={() => take(kept.take())}>{t(gone ? "draft.take_published" : "draft.take")}</button>
          <button className="button" onClick={kept.keepMine}>{t("draft.mine")}</button>
        </div>
      </div>
    );
  }
  return kept.stuck === null ? null : (
    <p className="note bad draft-note" role="alert">{t("draft.not_dropped", { why: sentenceOf(t, kept.stuck) })}</p>
  );
}

export function KeptState<D extends object>({ kept }: { kept: Kept<D> }) {
  const { t } = useWords();
  return (
    <span className="small muted" role="status">
      {kept.state === "kept" ? t("draft.kept") : kept.state === "saving" ? t("draft.saving")
        : kept.state === "failed" && !kept.theirs
          ? <span className="bad">{t("draft.failed", { why: sentenceOf(t, kept.why) })}</span> : ""}
    </span>
  );
}

// ── thrown away, and taken back ──

let dropped: DraftRow | null = null;
function setDropped(row: DraftRow | null) {
  dropped = row;
  tellAll();
}

/** As it was read: what somebody else wrote into it since is not thrown away. */
export async function discard(row: DraftRow) {
  try {
    await remove("/v1/drafts/{draft}", { draft: row.id }, undefined, "", { version: row.version });
  } catch (error) {
    if (status(error) === 404) return; // it is gone already
    throw error;
  }
  setDropped(row);
}

/** What was thrown away last of a kind, as long as nothing else was. */
export function Dropped({ kind, restored }: { kind: Kind; restored?: (row: DraftRow) => void }) {
  const { t } = useWords();
  const client = useQueryClient();
  const row = useSyncExternalStore(listen, () => dropped);
  const [wrong, setWrong] = useState<unknown>(null);
  const [instead, setInstead] = useState<DraftRow | null>(null);
  if (!row || row.kind !== kind) return null;
  const name = row.title ?? row.name ?? "";
  const back = async (replace: DraftRow | null) => {
    try {
      await post("/v1/drafts/{draft}/restore", { draft: row.id }, replace ? { replace: true } : {});
    } catch (error) {
      const { items } = status(error) === 409 ? await get("/v1/drafts", {}, { kind }) : { items: [] };
      const other = items.find((one) => one.name !== null && one.name === row.name);
      setInstead(other ?? null);
      setWrong(other ? null : error);
      return;
    }
    await client.invalidateQueries();
    setWrong(null);
    setInstead(null);
    setDropped(replace); // which can be taken back in its turn
    restored?.(row);
  };
  return (
    <div className="note draft-note" role="status">
      {instead ? (
        <>{t("draft.another", { name, at: time(instead.changed_at) })} <strong><Actor name={instead.changed_by} /></strong>.{" "}
          <button className="button" onClick={() => void back(instead).catch(setWrong)}>{t("draft.replace")}</button></>
      ) : (
        <>{t("draft.dropped", { name })}{" "}
          <button className="button" onClick={() => void back(null).catch(setWrong)}>{t("draft.restore")}</button></>
      )}
      {wrong !== null && <span className="bad" role="alert"> {sentenceOf(t, wrong)}</span>}
    </div>
  );
}
