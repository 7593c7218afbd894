// Saved views of a list, pinned in its head: one's own, and those that everybody has.
import { useState } from "react";
import { patch, post, remove } from "../api/client";
import { useChange, useList } from "../api/queries";
import type { Json, SavedView } from "../api/types";
import { useWords } from "../i18n";
import { Field, FormDialog } from "./dialog";
import { UndoBar, useUndo } from "./undo";

type Lists = SavedView["list"];

/** As the server gives it back: its keys in one order, what is empty left out. */
function same(a: unknown, b: unknown): boolean {
  const plain = (value: unknown) => JSON.stringify(value, (_, each: unknown) =>
    each && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).filter(([, one]) => one !== null && one !== false && one !== "")
        .sort(([x], [y]) => x.localeCompare(y)))
      : each);
  return plain(a) === plain(b);
}

function ViewForm(props: { list: Lists; query: object; view?: SavedView; close: () => void;
  saved: (says: string) => void }) {
  const { t } = useWords();
  const { view } = props;
  const save = useChange((form: FormData) => {
    const name = String(form.get("name")).trim(), shared = form.get("shared") === "on";
    return view
      ? patch("/v1/views/{view}", { view: view.id }, { name, shared,
        ...(form.get("again") === "on" ? { query: props.query as Json } : {}) }, String(view.version))
      : post("/v1/views", {}, { list: props.list, name, shared, query: props.query as Json });
  });
  return (
    <FormDialog title={view ? t("views.change") : t("views.save")} action={t("views.keep")}
      close={props.close} submit={async (form) => {
        await save.mutateAsync(form);
        props.saved(t("views.saved", { name: String(form.get("name")).trim() }));
      }}>
      <Field label={t("field.name")}>
        <input name="name" required maxLength={80} autoFocus defaultValue={view?.name} />
      </Field>
      <label><input type="checkbox" name="shared" defaultChecked={view?.shared} /> {t("views.shared")}</label>
      {view && <label><input type="checkbox" name="again" /> {t("views.again")}</label>}
    </FormDialog>
  );
}

export function SavedViews(props: { list: Lists; query: object; apply: (query: any) => void }) {
  const { t } = useWords();
  const views = useList("/v1/views", {}, { list: props.list });
  const [form, setForm] = useState<"new" | SavedView | null>(null);
  const { done, tell, clear } = useUndo();
  const drop = useChange((view: SavedView) => remove("/v1/views/{view}", { view: view.id }, undefined));
  const restore = useChange((view: SavedView) =>
    post("/v1/views/{view}/restore", { view: view.id }, undefined));
  const chosen = views.rows.find((view) => same(view.query, props.query));
  const something = Object.values(props.query).some((value) => Array.isArray(value) ? value.length > 0 : value);
  if (views.rows.length === 0 && !something && !done) return null;
  return (
    <div className="views">
      <div className="chips" role="group" aria-label={t("views.of")}>
        {views.rows.map((view) => (
          <button key={view.id} className="chip" aria-pressed={chosen?.id === view.id}
            onClick={() => props.apply(chosen?.id === view.id ? {} : view.query)}>
            {view.name}{view.shared && <> · {t("views.all_have")}</>}
          </button>
        ))}
        {!chosen && something && (
          <button className="button quiet" onClick={() => setForm("new")}>{t("views.save")}</button>
        )}
        {chosen?.may_change && (
          <>
            <button className="button quiet" onClick={() => setForm(chosen)}>{t("views.change")}</button>
            <button className="button quiet" disabled={drop.isPending} onClick={() => drop.mutate(chosen, {
              onSuccess: () => tell(t("views.removed", { name: chosen.name }), () => restore.mutateAsync(chosen)),
            })}>{t("views.remove")}</button>
          </>
        )}
      </div>
      <UndoBar done={done} clear={clear} />
      {form && <ViewForm list={props.list} query={props.query} {...(form === "new" ? {} : { view: form })}
        close={() => setForm(null)} saved={(says) => tell(says)} />}
    </div>
  );
}
