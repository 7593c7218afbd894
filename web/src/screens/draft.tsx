// A message that has not left yet, in a person's words: its subject and texts, and how it would read now.
import { useState } from "react";
import { patch, post } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Id, Json, MessageDraft } from "../api/types";
import { useWords, type Key } from "../i18n";
import { useActor } from "../parts/actor";
import { Field, FormDialog } from "../parts/dialog";
import { Shown } from "../parts/state";
import { TEXT_BLOCKS, kindOf, type Block } from "./template_document";

const words = (form: FormData, name: string) => String(form.get(name) ?? "").trim();
const isText = (block: Block) => (TEXT_BLOCKS as readonly string[]).includes(kindOf(block)) &&
  typeof block[kindOf(block)] === "string";

function Edit({ draft, close }: { draft: MessageDraft; close: () => void }) {
  const { t } = useWords();
  const blocks = (draft.blocks ?? []) as unknown as Block[];
  const editor = useActor(draft.edited_by ?? "–");
  const [version] = useState(draft.version); // that the fields were filled from
  const save = useChange((form: FormData) => patch("/v1/messages/{message}/draft", { message: draft.message }, {
    reason: words(form, "reason"),
    ...(draft.channel === "email" ? {
      subject: words(form, "subject"),
      blocks: blocks.map((block, i) => isText(block)
        ? { ...block, [kindOf(block)]: String(form.get(`block${i}`)) } : block) as unknown as Json,
    } : { text: String(form.get("text")) }),
  }, version));
  const drop = useChange((reason: string) =>
    post("/v1/messages/{message}/draft/drop", { message: draft.message }, { reason }, crypto.randomUUID(),
      { version }));
  return (
    <FormDialog wide title={t("draft.title")} action={t("draft.save")} close={close}
      submit={(form) => save.mutateAsync(form)}>
      {draft.edited && (
        <p className="note">
          {t("draft.edited", { by: editor })}{" "}
          <button type="button" className="button" disabled={drop.isPending}
            onClick={() => drop.mutate(t("draft.back"), { onSuccess: close })}>{t("draft.back")}</button>
        </p>
      )}
      <p className="muted">{t("draft.says")}</p>
      {draft.channel === "email" ? (<>
        <Field label={t("draft.subject")}>
          <input name="subject" required maxLength={300} defaultValue={draft.subject ?? ""} autoFocus />
        </Field>
        {blocks.map((block, i) => isText(block) ? (
          <Field key={i} label={t(`blk.${kindOf(block)}` as Key)}>
            <textarea name={`block${i}`} rows={4} defaultValue={String(block[kindOf(block)])} />
          </Field>
        ) : (
          <p key={i} className="muted small">{t(`blk.${kindOf(block)}` as Key)}</p>
        ))}
      </>) : (
        <Field label={t("draft.text")}>
          <textarea name="text" required rows={6} defaultValue={draft.text ?? ""} autoFocus />
        </Field>
      )}
      <Field label={t("field.reason")}><input name="reason" required maxLength={400} /></Field>
      <section className="stack" style={{ gap: 8 }}>
        <h3>{t("draft.now")}</h3>
        {draft.shown
          ? <pre className="plain" tabIndex={0} aria-label={t("draft.now")}>{draft.shown.text}</pre>
          : <p className="note warn">{draft.not_shown}</p>}
      </section>
    </FormDialog>
  );
}

export function DraftDialog({ message, close }: { message: Id<"msg">; close: () => void }) {
  const { t } = useWords();
  const draft = useGet("/v1/messages/{message}/draft", { message });
  return draft.data ? <Edit draft={draft.data} close={close} /> : (
    <FormDialog title={t("draft.title")} action={t("action.close")} close={close}>
      <Shown query={draft}>{() => null}</Shown>
    </FormDialog>
  );
}
