// What cannot be taken back is asked first: settings that go with the secrets they hold.
import { useState } from "react";
import { useWords } from "../i18n";
import { FormDialog } from "./dialog";

export function RemoveButton(props: { title: string; says: string; remove: () => Promise<unknown>; label?: string }) {
  const { t } = useWords();
  const [asking, ask] = useState(false);
  const label = props.label ?? t("hook.remove");
  return (
    <>
      <button type="button" className="button quiet" onClick={() => ask(true)}>{label}</button>
      {asking && (
        <FormDialog title={props.title} action={label} close={() => ask(false)} submit={props.remove}>
          <p>{props.says}</p>
        </FormDialog>
      )}
    </>
  );
}
