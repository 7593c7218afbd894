// A secret that is shown this once, and what is copied with one press.
import { useState } from "react";
import { useWords } from "../i18n";
import { FormDialog } from "./dialog";

export function Copied({ text }: { text: string }) {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  return (
    <button type="button" className="button quiet" onClick={() => {
      void navigator.clipboard?.writeText(text).then(() => setCopied(true));
    }}>{copied ? t("secret.copied") : t("secret.copy")}</button>
  );
}

export function SecretDialog(props: { title: string; secret: string; says: string; close: () => void }) {
  const { t } = useWords();
  return (
    <FormDialog title={props.title} action={t("secret.kept")} close={props.close}>
      <p>{props.says}</p>
      <pre className="command" tabIndex={0} aria-label={props.title}>{props.secret}</pre>
      <div><Copied text={props.secret} /></div>
    </FormDialog>
  );
}
