// Things of the queue: a task, or what becomes one as soon as something is done with it.
import { get, post } from "../api/client";
import type { QueueItem, Task, TasksChanged } from "../api/types";
import { time } from "../format";
import { FieldWrong } from "../parts/dialog";
import { wordOf, type Translate } from "../i18n";
import { CALLS, OUTCOMES } from "../words";

export type Item = QueueItem;

export const keyOf = (item: Item): string => item.task?.id ?? item.about ?? "";
/** Of a task that is not among the rows that were read. */
export const itemOf = (task: Task): Item => ({ task, about_kind: task.about_kind ?? null, about: task.about ?? null,
  category: task.category, title: task.title, because: [], debtor: task.debtor ?? null,
  debtor_name: task.debtor_name ?? null, claimable: null, assignee: task.assignee ?? null, due_at: task.due_at });

/** What waits for a second person's word is decided elsewhere. */
export const isWork = (item: Item): boolean => item.about_kind !== "approval";

const refOf = (item: Item) => item.task
  ? { task: item.task.id, version: item.task.version } : { about: item.about ?? "" };

/** What is different about it now, in words. */
export function difference(t: Translate, was: Task, is: Task, by: string): string {
  if (is.state !== "open") {
    const outcome = is.outcome ?? "";
    return t("conflict.done", { by, outcome: (CALLS as readonly string[]).includes(outcome)
      ? wordOf(t, CALLS, "call", outcome) : wordOf(t, OUTCOMES, "outcome", outcome) });
  }
  if (was.taken_by !== is.taken_by) {
    return is.taken_by ? t("conflict.taken", { by: is.assignee ?? is.taken_by }) : t("conflict.given_back");
  }
  if (was.snoozed_until !== is.snoozed_until) {
    return is.snoozed_until ? t("conflict.snoozed", { until: time(is.snoozed_until) }) : t("conflict.woken");
  }
  return t("conflict.changed");
}

/** Who settled it, as people know them. */
async function settledBy(t: Translate, task: Task): Promise<string> {
  const by = task.settled_by ?? "–";
  if (!by.startsWith("user:")) return by;
  const users = await get("/v1/users", {}, { limit: 200 }).catch(() => null); // not everybody may read it
  return users?.items.find(({ id }) => id === by.slice(5))?.name ?? t("actor.user");
}

/** Says what somebody else did meanwhile; what is done again is done over that. */
export async function conflict(t: Translate, item: Item): Promise<never> {
  const task = item.task!;
  const now = await get("/v1/tasks/{task}", { task: task.id });
  const says = difference(t, task, now, await settledBy(t, now));
  Object.assign(task, now);
  throw new FieldWrong(now.state === "open" ? `${says} ${t("conflict.again")}` : says);
}

type Wish = { act: "finish" | "snooze" | "wake" | "assign"; outcome?: string; until?: string;
  reason?: string; assignee?: string };

/** One request for all of them; `change` undoes it. A single one that is refused is an error. */
export async function actOn(t: Translate, items: Item[], wish: Wish) {
  const answer = await post("/v1/tasks/act", {}, { tasks: items.map(refOf), ...wish });
  const [refused] = answer.refused;
  if (items.length === 1 && refused) {
    if (items[0]!.task) await conflict(t, items[0]!);
    throw new FieldWrong(refused.reason);
  }
  return answer;
}

/** What came of it for several: how many were refused and why, and which they are. */
export function cameOf(t: Translate, answer: TasksChanged, says: string) {
  const stay = answer.refused.map((one) => one.task ?? one.about ?? "");
  const undo = answer.tasks.length > 0 && answer.change ? undoOf(answer.change) : undefined;
  return { stay, undo, says: stay.length === 0 ? says
    : t("today.some_refused", { done: answer.tasks.length, refused: stay.length, reason: answer.refused[0]!.reason }) };
}

/** The task of it, made if there is none yet. */
export async function taskOf(item: Item): Promise<Task> {
  return item.task ?? post("/v1/tasks", {}, { about: item.about ?? "" });
}

export const undoOf = (change: string) => async () => {
  const answer = await post("/v1/task-changes/{change}/undo", { change: change as `chg_${string}` }, undefined);
  if (answer.refused.length > 0) throw new FieldWrong(answer.refused[0]!.reason);
};
