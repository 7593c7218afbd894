// The queue of what needs a person, the most urgent first. One key goes to the next, one opens.
import { useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { post } from "../api/client";
import { useChange, useGet, useList } from "../api/queries";
import type { Task } from "../api/types";
import { money, shortTime, time } from "../format";
import { useWords, wordOf, type Key } from "../i18n";
import { useLetters } from "../keys";
import { Field, FormDialog } from "../parts/dialog";
import { Empty, Failed, Shown } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { useSession } from "../session";
import { CATEGORIES, OUTCOMES } from "../words";
import { Lateness } from "./debtors";

function Due({ task }: { task: Task }) {
  const { t } = useWords();
  const { organization } = useSession();
  const late = Date.parse(task.due_at) < Date.parse(organization!.now);
  return (
    <span className={late ? "bad" : undefined}>
      {late && <span className="visually-hidden">{t("today.overdue")} </span>}{shortTime(task.due_at, organization!.today)}
    </span>
  );
}

/** What the task's debtor owes: the reason to call. */
function Owes({ debtor }: { debtor: string }) {
  const { t } = useWords();
  const { organization } = useSession();
  const cases = useGet("/v1/cases", {}, { debtor: debtor as `deb_${string}` });
  return (
    <Shown query={cases}>
      {(page) => page.items.length === 0 ? <p className="muted">{t("debtor.owes_nothing")}</p> : (
        <ul className="stack" style={{ gap: 4 }}>
          {page.items.map((row) => (
            <li key={`${row.creditor} ${row.open.currency}`}>
              <strong className="nowrap">{money(row.claimable)}</strong>{" "}
              <Lateness due={row.due} today={organization!.today} />{" "}
              <span className="muted">· {row.creditor}</span>
            </li>
          ))}
        </ul>
      )}
    </Shown>
  );
}

function TaskPanel({ task, finish }: { task: Task; finish: () => void }) {
  const { t } = useWords();
  return (
    <aside className="panel stack" aria-label={t("today.task")}>
      <div>
        <span className="badge accent">{wordOf(t, CATEGORIES, "category", task.category)}</span>
        <h2 style={{ marginTop: 8 }}>{task.title}</h2>
      </div>
      {task.debtor && (
        <div className="stack" style={{ gap: 8 }}>
          <Link href={`/debtors/${task.debtor}`}>{task.debtor_name}</Link>
          <Owes debtor={task.debtor} />
        </div>
      )}
      {task.script && (
        <div>
          <h3>{t("today.script")}</h3>
          <p style={{ whiteSpace: "pre-wrap" }}>{task.script}</p>
        </div>
      )}
      <dl className="facts">
        <dt>{t("field.due")}</dt><dd><Due task={task} /></dd>
        <dt>{t("field.owner")}</dt><dd>{task.assignee ?? task.queue ?? "–"}</dd>
        <dt>{t("field.opened")}</dt><dd>{time(task.opened_at)}</dd>
      </dl>
      <div className="actions">
        <button className="button primary" onClick={finish}>{t("today.finish")}<kbd>E</kbd></button>
        {task.debtor && (
          <Link className="button" href={`/debtors/${task.debtor}`}>{t("today.open")}</Link>
        )}
      </div>
    </aside>
  );
}

function Finish({ task, close }: { task: Task; close: () => void }) {
  const { t } = useWords();
  const finish = useChange(async (form: FormData) => {
    const note = String(form.get("note")).trim();
    if (note && task.debtor) {
      await post("/v1/debtors/{debtor}/notes", { debtor: task.debtor }, { text: note });
    }
    await post("/v1/tasks/{task}/done", { task: task.id }, { outcome: String(form.get("outcome")) });
  });
  const outcomes = task.category === "approval" ? ["approved", "refused"]
    : OUTCOMES.filter((one) => one !== "approved" && one !== "refused");
  return (
    <FormDialog title={task.title} action={t("today.finish")} close={close}
      submit={(form) => finish.mutateAsync(form)}>
      <Field label={t("today.outcome")}>
        <select name="outcome" autoFocus>
          {outcomes.map((one) => <option key={one} value={one}>{t(`outcome.${one}` as Key)}</option>)}
        </select>
      </Field>
      {task.debtor && (
        <Field label={t("debtor.note")} hint={t("today.note_hint")}>
          <textarea name="note" maxLength={2000} />
        </Field>
      )}
    </FormDialog>
  );
}

export default function Today() {
  const { t } = useWords();
  const [, go] = useLocation();
  const { task: wanted } = useParams<{ task?: string }>();
  const list = useList("/v1/tasks", {});
  const [category, choose] = useState<string | null>(null);
  const [finishing, setFinishing] = useState<Task | null>(null);
  const rows = category ? list.rows.filter((row) => row.category === category) : list.rows;
  const at = Math.max(rows.findIndex((row) => row.id === wanted), 0);
  const task = rows[at];
  const open = (row: Task | undefined) => { if (row) go(`/today/${row.id}`); };
  useLetters({
    j: () => open(rows[at + 1]),
    k: () => open(rows[at - 1]),
    e: () => task && setFinishing(task),
    enter: () => { if (task?.debtor) go(`/debtors/${task.debtor}`); },
  });
  const counts = new Map<string, number>();
  for (const row of list.rows) counts.set(row.category, (counts.get(row.category) ?? 0) + 1);
  const columns: Column<Task>[] = [
    { name: t("field.category"), cell: (row) => (
      <span className="badge">{wordOf(t, CATEGORIES, "category", row.category)}</span>) },
    { name: t("field.task"), clip: true,
      cell: (row) => <Link href={`/today/${row.id}`}>{row.title}</Link> },
    { name: t("field.debtor"), clip: true, cell: (row) => row.debtor_name ?? "–" },
    { name: t("field.due"), cell: (row) => <Due task={row} /> },
    { name: t("field.owner"), cell: (row) => row.assignee ?? row.queue ?? "–" },
  ];
  return (
    <>
      <div className="page-head">
        <h1>{t("nav.today")}</h1>
        <p className="muted small"><kbd>J</kbd> <kbd>K</kbd> {t("today.keys_move")} · <kbd>E</kbd>{" "}
          {t("today.keys_finish")} · <kbd>⏎</kbd> {t("today.keys_open")}</p>
      </div>
      {counts.size > 1 && (
        <div className="chips" role="group" aria-label={t("field.category")} style={{ marginBottom: 12 }}>
          {[...counts].map(([name, tasks]) => (
            <button key={name} className="chip" aria-pressed={category === name}
              onClick={() => choose(category === name ? null : name)}>
              {wordOf(t, CATEGORIES, "category", name)} {tasks}
            </button>
          ))}
        </div>
      )}
      <div className="columns">
        <div className="panel flush">
          <Table label={t("today.queue")} list={{ ...list, rows }} columns={columns}
            keyOf={(row: Task) => row.id} selected={task?.id} open={open}
            empty={<Empty title={t("today.none")}><p>{t("today.none_says")}</p></Empty>} />
        </div>
        {task && <TaskPanel task={task} finish={() => setFinishing(task)} />}
      </div>
      {list.error && list.rows.length > 0 && <Failed error={list.error} />}
      {finishing && <Finish task={finishing} close={() => setFinishing(null)} />}
    </>
  );
}
