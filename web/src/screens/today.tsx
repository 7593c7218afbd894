// The queue of all that needs a person, the most pressing first, with the reason for each rank. All
// of it is done by letters too; what was done is taken back with one.
import { useEffect, useRef, useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { post } from "../api/client";
import { useChange, useGet, useList } from "../api/queries";
import { day, money, shortTime, time } from "../format";
import { useWords, wordOf } from "../i18n";
import { useLetters } from "../keys";
import { Actor } from "../parts/actor";
import { FieldWrong } from "../parts/dialog";
import { KeysHelp } from "../parts/keys_help";
import { Empty, Failed, sentenceOf } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { UndoBar, useUndo } from "../parts/undo";
import { SavedViews } from "../parts/views";
import { useSession } from "../session";
import "../style/today.css";
import { CATEGORIES, ROLES } from "../words";
import { Act, type Doing } from "./today_dialogs";
import { actOn, cameOf, isWork, itemOf, keyOf, undoOf, type Item } from "./today_items";

interface Filters { category?: string; mine?: boolean; snoozed?: boolean }

function Due({ item }: { item: Item }) {
  const { t } = useWords();
  const { organization } = useSession();
  const late = Date.parse(item.due_at) < Date.parse(organization!.now);
  return (
    <span className={late ? "bad" : undefined}>
      {late && <span className="visually-hidden">{t("today.overdue")} </span>}
      {shortTime(item.due_at, organization!.today)}
    </span>
  );
}

/** What a reply says, and what it seems to want, with the words that gave it away. */
function Reply({ item, act, reject, busy }: { item: Item; act: (doing: Doing) => void; reject: () => void;
  busy: boolean }) {
  const { t } = useWords();
  const reply = item.task!.suggestion!;
  return (
    <section className="reply stack">
      <p className="muted small">
        {reply.from_name ?? reply.from} · {reply.received_at && time(reply.received_at)}
      </p>
      {reply.subject && <h3>{reply.subject}</h3>}
      <blockquote>{reply.text}</blockquote>
      {reply.intent && reply.state === "waits" && (
        <div className="note stack">
          <p>
            <strong>{t(`intent.${reply.intent}`)}</strong>
            {reply.date && ` · ${day(reply.date)}`}{reply.amount && ` · ${reply.amount}`}
          </p>
          <p className="small">{t("today.evidence", { words: reply.words ?? "", confidence: reply.confidence ?? 0 })}</p>
        </div>
      )}
      {reply.state === "rejected" && <p className="muted small">{t("today.rejected_says")}</p>}
      <div className="actions">
        {(reply.can_accept || reply.intent === "copy" || !reply.intent || reply.state === "rejected") && (
          <button className={`button ${reply.can_accept ? "primary" : ""}`} onClick={() => act("accept")}>
            {reply.can_accept ? t("today.accept_or_edit") : t("today.say_what")}<kbd>Y</kbd>
          </button>
        )}
        {reply.intent && reply.state === "waits" && (
          <button className="button" disabled={busy} onClick={reject}>{t("today.reject")}<kbd>R</kbd></button>
        )}
      </div>
    </section>
  );
}

function useApproval(item: Item) {
  const approvals = useGet("/v1/approvals", {}, {}, item.about_kind === "approval");
  return item.about_kind === "approval" ? approvals.data?.items.find(({ id }) => id === item.about) : undefined;
}

/** Of an approval also what is to be done with what it names. */
function Title({ item }: { item: Item }) {
  const { t } = useWords();
  const approval = useApproval(item);
  return <>{approval && `${t(`appr.${approval.kind}`)}: `}{item.title}</>;
}

/** What there is about the thing itself: the message, the promise, what waits for a word. */
function About({ item }: { item: Item }) {
  const { t } = useWords();
  const approval = useApproval(item);
  if (item.about_kind === "approval") {
    return (
      <>
        {approval && <p className="muted"><Actor name={`user:${approval.asked_by}`} /> · {time(approval.asked_at)}</p>}
        <p><Link href="/settings/approvals">{t("today.decide")}</Link></p>
      </>
    );
  }
  if (item.about_kind === "message") return <p className="muted">{t("today.uncertain_says")}</p>;
  if (item.about_kind === "hold") return <p className="muted">{t("today.hold_says")}</p>;
  return null;
}

function Panel({ item, act, reject, wake, busy }: {
  item: Item; act: (doing: Doing) => void; reject: () => void; wake: () => void; busy: boolean;
}) {
  const { t } = useWords();
  const contacts = useGet("/v1/debtors/{debtor}/contacts", { debtor: item.debtor! }, {}, !!item.debtor);
  const usable = contacts.data?.items.filter((row) => row.state === "usable") ?? [];
  const button = (doing: Doing, key: string, primary = false) => (
    <button key={doing} className={`button ${primary ? "primary" : ""}`} onClick={() => act(doing)}>
      {t(`today.do_${doing}` as "today.do_call")}<kbd>{key}</kbd>
    </button>
  );
  const reply = item.task?.suggestion;
  return (
    <aside className="panel stack today-panel" aria-label={t("today.task")}>
      <div>
        <span className="badge accent">{wordOf(t, CATEGORIES, "category", item.category)}</span>
        <h2 style={{ marginTop: 8 }}><Title item={item} /></h2>
      </div>
      <div>
        <h3>{t("today.why")}</h3>
        <ul className="because">{item.because.map((one) => <li key={one}>{one}</li>)}</ul>
      </div>
      {item.debtor && (
        <p>
          <Link href={`/debtors/${item.debtor}`}>{item.debtor_name}</Link>
          {item.claimable && item.claimable.minor > 0 && <> · <strong className="nowrap">{money(item.claimable)}</strong></>}
          {usable.length > 0 && (
            <span className="muted small own-line">{usable.map((row) => row.address).join(" · ")}</span>
          )}
        </p>
      )}
      {reply && <Reply item={item} act={act} reject={reject} busy={busy} />}
      <About item={item} />
      {item.task?.script && !reply && (
        <div>
          <h3>{t("today.script")}</h3>
          <p style={{ whiteSpace: "pre-wrap" }}>{item.task.script}</p>
        </div>
      )}
      <dl className="facts">
        <dt>{t("field.due")}</dt><dd><Due item={item} /></dd>
        <dt>{t("field.owner")}</dt><dd>{item.assignee ? wordOf(t, ROLES, "role", item.assignee) : "–"}</dd>
        {item.task && <><dt>{t("field.opened")}</dt><dd>{time(item.task.opened_at)}</dd></>}
        {item.task?.snoozed_until && (
          <><dt>{t("today.snoozed_until")}</dt>
            <dd>{time(item.task.snoozed_until)}{item.task.snooze_reason && ` · ${item.task.snooze_reason}`}</dd></>
        )}
      </dl>
      {isWork(item) && (
        <div className="actions">
          {item.debtor && button("call", "E", !reply?.can_accept)}
          {button("finish", "D")}
          {item.task?.snoozed_until
            ? <button className="button" disabled={busy} onClick={wake}>{t("today.wake")}<kbd>S</kbd></button>
            : button("snooze", "S")}
          {button("assign", "A")}
          {item.debtor && button("promise", "P")}
          {item.debtor && button("dispute", "I")}
          {item.debtor && button("note", "N")}
        </div>
      )}
    </aside>
  );
}

const SHOWN = 3; // categories without “more”: they fit in one row beside the menu

function Counters({ filters, choose }: { filters: Filters; choose: (filters: Filters) => void }) {
  const { t } = useWords();
  const [all, showAll] = useState(false);
  const counts = useGet("/v1/queue/counts", {});
  const { data } = counts;
  if (!data) return null;
  const { category, ...rest } = filters;
  // one row of chips: what is rare, and not chosen, waits behind “more”
  const shown = all ? data.categories
    : data.categories.filter((row, at) => at < SHOWN || row.category === category);
  return (
    <div className="chips" role="group" aria-label={t("field.category")}>
      <button className="chip" aria-pressed={!category && !filters.snoozed} onClick={() => {
        const { snoozed: _, ...others } = rest;
        choose(others);
      }}>{t("today.all")} {data.all}</button>
      {shown.map((row) => (
        <button key={row.category} className="chip" aria-pressed={category === row.category}
          onClick={() => choose(category === row.category ? rest : { ...rest, category: row.category })}>
          {wordOf(t, CATEGORIES, "category", row.category)} {row.count}
          {row.late > 0 && <span className="late"> · {t("today.late", { count: row.late })}</span>}
        </button>
      ))}
      <button className="chip" aria-pressed={!!filters.mine}
        onClick={() => choose({ ...filters, mine: !filters.mine })}>{t("today.mine")}</button>
      {(data.snoozed > 0 || filters.snoozed) && (
        <button className="chip" aria-pressed={!!filters.snoozed}
          onClick={() => choose({ ...filters, snoozed: !filters.snoozed })}>
          {t("today.put_off")} {data.snoozed}
        </button>
      )}
      {data.categories.length > SHOWN && (
        <button className="chip" aria-expanded={all} onClick={() => showAll(!all)}>
          {all ? t("today.fewer") : t("today.more", { count: data.categories.length - shown.length })}
        </button>
      )}
    </div>
  );
}

/** What a link names and is not among the rows: read by itself, so that nothing is done with another. Null
 * where nothing is named that is not shown. */
function useElsewhere(list: { isPending: boolean; isFetching: boolean; hasNextPage: boolean; fetchNextPage: () => unknown },
  wanted: string | undefined): { item: Item | undefined; gone: boolean } | null {
  const isTask = wanted?.startsWith("tsk_") ?? false;
  const one = useGet("/v1/tasks/{task}", { task: (wanted ?? "tsk_") as `tsk_${string}` }, {}, isTask && !list.isPending);
  const task = isTask ? one.data : undefined;
  // with what its debtor owes
  const near = useGet("/v1/queue", {}, { debtor: task?.debtor ?? null!, snoozed: Boolean(task?.snoozed_until), limit: 200 },
    Boolean(task?.debtor) && task?.state === "open");
  const more = wanted !== undefined && !isTask && list.hasNextPage && !list.isFetching;
  useEffect(() => { if (more) list.fetchNextPage(); }, [more]);
  if (wanted === undefined) return null;
  if (!isTask) return { item: undefined, gone: !list.isFetching && !list.hasNextPage };
  if (one.error || (task && task.state !== "open")) return { item: undefined, gone: true };
  if (!task || (task.debtor && near.isPending)) return { item: undefined, gone: false };
  return { item: near.data?.items.find((row) => keyOf(row) === wanted) ?? itemOf(task), gone: false };
}

export default function Today() {
  const { t } = useWords();
  const [, go] = useLocation();
  const { task: wanted } = useParams<{ task?: string }>();
  const [filters, setFilters] = useState<Filters>({});
  const list = useList("/v1/queue", {}, { ...filters });
  const [chosen, choose] = useState<string[]>([]);
  const [doing, setDoing] = useState<{ what: Doing; items: Item[] } | null>(null);
  const [help, setHelp] = useState(false);
  const { done, tell, clear } = useUndo();
  const last = useRef(0);
  const { rows } = list;
  const found = rows.findIndex((row) => keyOf(row) === wanted);
  const seen = useRef<string | undefined>(undefined);
  if (found >= 0) seen.current = wanted;
  const elsewhere = useElsewhere(list, wanted !== undefined && seen.current !== wanted ? wanted : undefined);
  // what was here is gone: the one that stands in its place comes next
  const at = found >= 0 ? found : elsewhere ? -1 : Math.max(Math.min(last.current, rows.length - 1), 0);
  useEffect(() => { last.current = Math.max(at, 0); }, [at]);
  const item = elsewhere ? elsewhere.item : rows[at];
  const open = (row: Item | undefined) => { if (row) go(`/today/${keyOf(row)}`); };
  const selected = rows.filter((row) => chosen.includes(keyOf(row)));
  const targets = (selected.length > 0 ? selected : item ? [item] : []).filter(isWork);
  const toggle = (row: Item) => {
    const key = keyOf(row);
    choose(chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key]);
  };
  const many = (what: Doing) => { if (targets.length > 0) setDoing({ what, items: targets }); };
  const one = (what: Doing) => {
    if (item?.debtor && isWork(item)) setDoing({ what, items: [item] });
  };
  const quick = useChange(async (what: "wake" | "reject" | Item) => {
    if (what !== "reject") { // of the selection, or of the one that is shown
      const answer = await actOn(t, what === "wake" ? targets : [what], { act: "wake" });
      const { says, undo: back, stay } = cameOf(t, answer, t("today.woken", { count: answer.tasks.length }));
      tell(says, back);
      if (what === "wake") choose(stay);
    } else if (item?.task) {
      const answer = await post("/v1/tasks/{task}/reject", { task: item.task.id }, undefined,
        crypto.randomUUID(), { version: item.task.version });
      tell(t("today.rejected"), undoOf(answer.change!));
    }
  });
  const reply = item?.task?.suggestion;
  const undo = useChange(async () => { await done?.undo?.(); clear(); });
  useLetters({
    j: () => open(rows[at + 1]),
    k: () => open(rows[at - 1]),
    x: () => item && isWork(item) && toggle(item),
    e: () => one("call"),
    d: () => many("finish"),
    s: () => filters.snoozed || (selected.length === 0 && item?.task?.snoozed_until) ? quick.mutate("wake") : many("snooze"),
    a: () => many("assign"),
    p: () => one("promise"),
    i: () => one("dispute"),
    n: () => one("note"),
    y: () => { if (reply) one("accept"); },
    r: () => { if (reply?.intent && reply.state === "waits") quick.mutate("reject"); },
    u: () => { if (done?.undo) undo.mutate(undefined); },
    "?": () => setHelp(true),
    escape: () => choose([]),
    enter: () => { if (item?.debtor) go(`/debtors/${item.debtor}`); },
  });
  const columns: Column<Item>[] = [
    { name: t("field.choose"), cell: (row) => isWork(row) && (
      <input type="checkbox" aria-label={`${t("field.choose")}: ${row.title}`}
        checked={chosen.includes(keyOf(row))} onChange={() => toggle(row)} />) },
    { name: t("field.task"), cell: (row) => (
      <div className="task-cell">
        <Link href={`/today/${keyOf(row)}`}><Title item={row} /></Link>
        <span className="small muted">
          <span className="badge">{wordOf(t, CATEGORIES, "category", row.category)}</span>{" "}
          {row.because.slice(0, 3).join("; ")}
        </span>
      </div>) },
    { name: t("field.debtor"), lines: true, cell: (row) => (
      <>{row.debtor_name || "–"}
        {row.claimable && row.claimable.minor > 0 && <strong className="nowrap today-sum">{money(row.claimable)}</strong>}
      </>) },
    { name: t("field.due"), cell: (row) => (
      <><Due item={row} />{row.assignee && <span className="under today-owner">{wordOf(t, ROLES, "role", row.assignee)}</span>}</>) },
  ];
  const keys: [string, string][] = [["J / K", t("keys.move")], ["X", t("keys.select")], ["Esc", t("keys.none")],
    ["E", t("today.do_call")], ["D", t("today.do_finish")], ["S", t("today.do_snooze")],
    ["A", t("today.do_assign")], ["P", t("today.do_promise")], ["I", t("today.do_dispute")],
    ["N", t("today.do_note")], ["Y", t("today.accept_or_edit")], ["R", t("today.reject")],
    ["U", t("action.undo")], ["⏎", t("today.open")], ["?", t("keys.title")]];
  const narrowed = Object.values(filters).some(Boolean);
  return (
    <>
      <div className="page-head">
        <h1>{t("nav.today")}</h1>
        <button className="button quiet" onClick={() => setHelp(true)}>{t("keys.title")}<kbd>?</kbd></button>
      </div>
      <div className="stack today-filters">
        <SavedViews list="today" query={filters} apply={(query: Filters) => setFilters(query)} />
        <Counters filters={filters} choose={(next) => { setFilters(next); choose([]); }} />
      </div>
      {selected.length > 0 && (
        <div className="selection" role="group" aria-label={t("today.selected", { count: selected.length })}>
          <strong>{t("today.selected", { count: selected.length })}</strong>
          {(["finish", "snooze", "assign"] as const).map((what) => (
            <button key={what} className="button" onClick={() => many(what)}>{t(`today.do_${what}`)}</button>
          ))}
          <button className="button quiet" onClick={() => choose([])}>{t("keys.none")}</button>
        </div>
      )}
      <UndoBar done={done} clear={clear} letter />
      {(quick.error || undo.error) && (
        <p className="note bad" role="alert">{(undo.error ?? quick.error) instanceof FieldWrong
          ? (undo.error ?? quick.error)!.message : sentenceOf(t, undo.error ?? quick.error)}</p>
      )}
      {elsewhere?.gone && <p className="note" role="status">{t("today.not_waiting")}</p>}
      <div className="columns">
        <div className="panel flush">
          <Table label={t("today.queue")} list={list} columns={columns} keyOf={keyOf}
            selected={item && keyOf(item)} open={open}
            empty={narrowed
              ? <Empty title={t("today.none_fit")}>
                <button className="button" onClick={() => setFilters({})}>{t("action.clear")}</button></Empty>
              : <Empty title={t("today.none")}><p>{t("today.none_says")}</p></Empty>} />
        </div>
        {item && <Panel key={keyOf(item)} item={item} act={(what) => setDoing({ what, items: [item] })}
          reject={() => quick.mutate("reject")} wake={() => quick.mutate(item)} busy={quick.isPending} />}
      </div>
      {list.error && list.rows.length > 0 && <Failed error={list.error} />}
      {doing && <Act doing={doing.what} items={doing.items} close={() => setDoing(null)}
        told={(says, back, label, stay) => { tell(says, back, label); choose(stay ?? []); }} />}
      {help && <KeysHelp keys={keys} close={() => setHelp(false)} />}
    </>
  );
}
