// What a person may do with one case on its way: pause it and let it go on, skip its present wait
// or make it longer, end it.
import { useState } from "react";
import { post } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Id } from "../api/types";
import { addDays } from "../format";
import { useWords, type Key } from "../i18n";
import { Field, FormDialog } from "../parts/dialog";
import { sentenceOf } from "../parts/state";
import { useSession } from "../session";

const ACTIONS = ["hold", "skip", "postpone", "stop"] as const;
type Action = (typeof ACTIONS)[number];

function act(run: Id<"run">, action: Action, form: FormData) {
  const reason = String(form.get("reason"));
  const until = `${String(form.get("until"))}T07:00:00Z`;
  switch (action) {
    case "hold": return post("/v1/runs/{run}/hold", { run }, { reason, until });
    case "postpone": return post("/v1/runs/{run}/postpone", { run }, { reason, until });
    case "skip": return post("/v1/runs/{run}/skip", { run }, { reason });
    case "stop": return post("/v1/runs/{run}/stop", { run }, { reason });
  }
}

function ActDialog({ run, action, close }: { run: Id<"run">; action: Action; close: () => void }) {
  const { t } = useWords();
  const { organization } = useSession();
  const dated = action === "hold" || action === "postpone";
  const doing = useChange<FormData, unknown>((form) => act(run, action, form));
  return (
    <FormDialog title={t(`run.${action}`)} action={t(`run.${action}`)} close={close}
      submit={(form) => doing.mutateAsync(form)}>
      <p className="muted">{t(`run.${action}_says` as Key)}</p>
      {dated && (
        <Field label={t("field.until")}>
          <input name="until" type="date" required min={addDays(organization!.today, 1)}
            defaultValue={addDays(organization!.today, 7)} />
        </Field>
      )}
      <Field label={t("field.reason")}><input name="reason" required maxLength={400} autoFocus /></Field>
    </FormDialog>
  );
}

export function RunActions({ id, about }: { id: Id<"run">; about: string }) {
  const { t } = useWords();
  const run = useGet("/v1/runs/{run}", { run: id });
  const [action, choose] = useState<Action | null>(null);
  const release = useChange(() => post("/v1/runs/{run}/release", { run: id }, undefined));
  if (!run.data || run.data.status !== "active") return null;
  const timed = run.data.waits_for === "time"; // what waits for an answer cannot be put off
  return (
    <>
      <div className="actions">
        <span role="status" className="muted">
          {release.data && t("run.released", { count: release.data.released })}
        </span>
        <select aria-label={t("run.actions", { about })} value=""
          disabled={release.isPending} onChange={(event) => {
            if (event.target.value === "release") release.mutate(undefined);
            else choose(event.target.value as Action);
          }}>
          <option value="">{t("run.choose")}</option>
          {ACTIONS.filter((one) => one !== "postpone" || timed).map((one) => <option key={one} value={one}>{t(`run.${one}`)}</option>)}
          <option value="release">{t("run.release")}</option>
        </select>
      </div>
      {release.error && <p className="note bad" role="alert">{sentenceOf(t, release.error)}</p>}
      {action && <ActDialog run={id} action={action} close={() => choose(null)} />}
    </>
  );
}
