// A secret that is shown this once.
import { useState } from "react";
import { useWords } from "../i18n";
import { FormDialog } from "./dialog";

export function SecretDialog(props: { title: string; secret: string; says: string; close: () => void }) {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  return (
    <FormDialog title={props.title} action={t("secret.kept")} close={props.close}>
      <p>{props.says}</p>
      <pre className="command" tabIndex={0} aria-label={props.title}>{props.secret}</pre>
      <div>
        <button type="button" className="button" onClick={() => {
          void navigator.clipboard?.writeText(props.secret).then(() => setCopied(true));
        }}>{copied ? t("secret.copied") : t("secret.copy")}</button>
      </div>
    </FormDialog>
  );
}
