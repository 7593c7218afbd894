// Things of the queue: a task, or what becomes one as soon as something is done with it.
import { get, post } from "../api/client";
import type { QueueItem, Task } from "../api/types";
import { time } from "../format";
import { FieldWrong } from "../parts/dialog";
import type { Translate } from "../i18n";

export type Item = QueueItem;

export const keyOf = (item: Item): string => item.task?.id ?? item.about ?? "";
/** What waits for a second person's word is decided elsewhere. */
export const isWork = (item: Item): boolean => item.about_kind !== "approval";

const refOf = (item: Item) => item.task
  ? { task: item.task.id, version: item.task.version } : { about: item.about ?? "" };

/** What is different about it now, in words. */
export function difference(t: Translate, was: Task, is: Task): string {
  if (is.state !== "open") {
    return t("conflict.done", { by: is.settled_by ?? "–", outcome: is.outcome ?? "" });
  }
  if (was.taken_by !== is.taken_by) {
    return is.taken_by ? t("conflict.taken", { by: is.assignee ?? is.taken_by }) : t("conflict.given_back");
  }
  if (was.snoozed_until !== is.snoozed_until) {
    return is.snoozed_until ? t("conflict.snoozed", { until: time(is.snoozed_until) }) : t("conflict.woken");
  }
  return t("conflict.changed");
}

/** Says what somebody else did meanwhile; what is done again is done over that. */
export async function conflict(t: Translate, item: Item): Promise<never> {
  const task = item.task!;
  const now = await get("/v1/tasks/{task}", { task: task.id });
  const says = difference(t, task, now);
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

/** The task of it, made if there is none yet. */
export async function taskOf(item: Item): Promise<Task> {
  return item.task ?? post("/v1/tasks", {}, { about: item.about ?? "" });
}

export const undoOf = (change: string) => async () => {
  const answer = await post("/v1/task-changes/{change}/undo", { change: change as `chg_${string}` }, undefined);
  if (answer.refused.length > 0) throw new FieldWrong(answer.refused[0]!.reason);
};
