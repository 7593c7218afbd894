// What cannot be taken back is asked first: settings that go with the secrets they hold.
import { useState, type ReactNode } from "react";
import { useWords } from "../i18n";
import { FieldWrong, FormDialog } from "./dialog";
import { isChanged } from "./save_form";

export function RemoveButton(props: { title: string; says: ReactNode; remove: () => Promise<unknown>; label?: string }) {
  const { t } = useWords();
  const [asking, ask] = useState(false);
  const label = props.label ?? t("hook.remove");
  async function remove() {
    try {
      await props.remove();
    } catch (error) {
      throw isChanged(error) ? new FieldWrong(t("form.look_first")) : error;
    }
  }
  return (
    <>
      <button type="button" className="button quiet" onClick={() => ask(true)}>{label}</button>
      {asking && (
        <FormDialog title={props.title} action={label} close={() => ask(false)} submit={remove}>
          {typeof props.says === "string" ? <p>{props.says}</p> : props.says}
        </FormDialog>
      )}
    </>
  );
}
