// A form above the page over something that others change too. What is saved is said to be of the
// version that was read: where somebody changed the same meanwhile, both are shown, and one chooses;
// what was typed stays.
import { useRef, useState, type ReactNode } from "react";
import { Refused } from "../api/client";
import { useWords, type Translate } from "../i18n";
import { FieldWrong, FormDialog, StaysOpen } from "./dialog";
import { changedIn, isChanged, Theirs, type Labels, type Versioned } from "./save_form";

/** Somebody changed the same: as it is now, or null where it is gone. */
export class Conflict<R extends Versioned> extends Error {
  constructor(readonly theirs: R | null) {
    super();
  }
}

/** As it is in a list that has all there are; null: it is gone. */
export const foundIn = <R, >(rows: R[], is: (row: R) => boolean): R | null => rows.find(is) ?? null;

/** Does it over the version that was read; over a newer one where what `labels` names is the same
 * there. Throws a Conflict else. */
export async function doneOver<R extends Versioned, T>(row: R, version: string, again: () => Promise<R | null>,
  labels: Labels<R>, act: (version: string) => Promise<T>): Promise<T> {
  try {
    return await act(version);
  } catch (error) {
    if (!isChanged(error)) throw error;
    const now = await again().catch((wrong: unknown) => {
      if (wrong instanceof Refused && wrong.problem.status === 404) return null;
      throw wrong;
    });
    if (!now || now.version === version || changedIn(row, now, labels).length > 0) throw new Conflict(now);
    return doneOver(row, now.version, again, labels, act);
  }
}

/** The version of what there is not yet. */
export const NONE_YET = "0";

/** Makes one of a new name: neither over one of the list nor over one that came meanwhile. */
export async function madeAs<T>(t: Translate, name: string, names: string[], make: (name: string) => Promise<T>): Promise<T> {
  const exists = () => new FieldWrong(t("form.exists", { name }));
  if (names.includes(name)) throw exists();
  return make(name).catch((error: unknown) => { throw isChanged(error) ? exists() : error; });
}

export function EditDialog<R extends Versioned>(props: {
  title: string;
  action: string;
  wide?: boolean;
  close: () => void;
  /** what the form is filled from */
  row: R;
  /** the same as it is now; null where it is gone */
  again: () => Promise<R | null>;
  /** its fields, as people call them */
  labels: Labels<R>;
  /** what a field says, where it is no text */
  say?: { [N in keyof R]?: (value: R[N]) => string };
  /** `row`: as it stood when the form was filled */
  submit: (form: FormData, row: R, version: string) => Promise<unknown>;
  children: (row: R) => ReactNode;
}) {
  const { t } = useWords();
  const [row, fill] = useState(props.row);
  const [conflict, setConflict] = useState<{ theirs: R | null } | null>(null);
  const version = useRef(props.row.version);
  const block = useRef<HTMLDivElement>(null);

  async function submit(form: FormData) {
    setConflict(null);
    try {
      await doneOver(row, version.current, props.again, props.labels, (over) => props.submit(form, row, over));
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      if (!error.theirs) throw new FieldWrong(t("form.gone"));
      setConflict({ theirs: error.theirs as R });
      throw new StaysOpen();
    }
  }
  const theirs = conflict?.theirs;
  return (
    <FormDialog title={props.title} action={props.action} close={props.close} submit={submit}
      {...(props.wide ? { wide: true } : {})}>
      <div className="stack" key={row.version} ref={block}>{props.children(row)}</div>
      {theirs && (
        <div className="note warn stack" role="alert">
          <strong>{t("form.conflict")}</strong>
          <Theirs base={row} current={theirs} labels={props.labels} {...(props.say ? { say: props.say } : {})} />
          <div className="actions">
            <button type="button" className="button" onClick={() => {
              version.current = theirs.version;
              block.current?.closest("form")?.requestSubmit();
            }}>{t("form.mine")}</button>
            <button type="button" className="button quiet" onClick={() => {
              version.current = theirs.version;
              setConflict(null);
              fill(theirs);
            }}>{t("form.take_theirs")}</button>
          </div>
        </div>
      )}
    </FormDialog>
  );
}
