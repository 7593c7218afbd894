// Nobody knows whether an uncertain message left: a person who has looked says so.
import { post } from "../api/client";
import { useChange } from "../api/queries";
import type { Message } from "../api/types";
import { useWords } from "../i18n";
import { Field } from "../parts/dialog";
import { SaveForm } from "../parts/save_form";

export function Settle({ message }: { message: Pick<Message, "id" | "state"> }) {
  const { t } = useWords();
  const settle = useChange((form: FormData) => post("/v1/messages/{message}/settle", { message: message.id }, {
    as: String(form.get("as")) as "sent" | "resend" | "drop", reason: String(form.get("reason")),
  }));
  if (message.state !== "uncertain") return null;
  return (
    <div className="note warn stack">
      <p>{t("settle.says")}</p>
      <SaveForm action={t("settle.do")} submit={(form) => settle.mutateAsync(form)}>
        <Field label={t("settle.as")}>
          <select name="as">
            <option value="sent">{t("settle.sent")}</option>
            <option value="resend">{t("settle.resend")}</option>
            <option value="drop">{t("settle.drop")}</option>
          </select>
        </Field>
        <Field label={t("field.reason")}><input name="reason" required maxLength={400} /></Field>
      </SaveForm>
    </div>
  );
}
