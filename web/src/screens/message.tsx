// One message: why it was written, what the gate said, what left and what was answered.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { getText } from "../api/client";
import { useGet } from "../api/queries";
import type { Id, Message } from "../api/types";
import { time } from "../format";
import { useWords, wordOf } from "../i18n";
import { hasPage, plainText } from "../mime";
import { FormDialog } from "../parts/dialog";
import { Shown } from "../parts/state";
import "../style/setup.css";
import { CHANNELS } from "../words";
import { MessageState } from "./outbox";
import { Settle } from "./settle";
import { READY, spoken, TEMPLATES } from "./template_names";

/** As the debtor saw it, in a frame that may do nothing; or the plain text that went with it. */
function Content({ id }: { id: Id<"msg"> }) {
  const { t } = useWords();
  const [plain, setPlain] = useState(false);
  const content = useQuery({
    queryKey: ["content", id],
    queryFn: () => getText("/v1/messages/{message}/content", { message: id }),
    staleTime: Infinity, // what was sent does not change
  });
  return (
    <Shown query={content}>
      {(text) => {
        const page = hasPage(text);
        return (
          <section className="stack" style={{ gap: 8 }} aria-label={t("message.content")}>
            <div className="panel-head" style={{ margin: 0 }}>
              <h3>{t("message.content")}</h3>
              {page && (
                <button type="button" className="chip" aria-pressed={plain} onClick={() => setPlain(!plain)}>
                  {t("prev.plain")}
                </button>
              )}
            </div>
            {page && !plain ? (
              <div className="frame">
                <iframe title={t("message.content")} sandbox="" src={`/v1/messages/${id}/page`}
                  style={{ width: "100%" }} />
              </div>
            ) : (
              <pre className="plain" tabIndex={0} aria-label={t("prev.plain")}>{plainText(text)}</pre>
            )}
          </section>
        );
      }}
    </Shown>
  );
}

export function MessageDialog({ message, close }: { message: Message; close: () => void }) {
  const { t } = useWords();
  const why = useGet("/v1/messages/{message}", { message: message.id });
  return (
    <FormDialog wide title={why.data?.carrier?.subject ?? wordOf(t, TEMPLATES, "tpn", message.template)} action={t("action.close")}
      close={close}>
      <Shown query={why}>
        {(found) => (
          <div className="stack">
            <p>{found.sentence}</p>
            <Settle message={found.message} />
            <dl className="facts">
              <dt>{t("field.state")}</dt><dd><MessageState message={found.message} /></dd>
              <dt>{t("field.channel")}</dt>
              <dd>{wordOf(t, CHANNELS, "channel", found.message.channel)}</dd>
              {found.strategy && (<>
                <dt>{t("field.strategy")}</dt>
                <dd>{wordOf(t, READY, "rsn", found.strategy)} v{found.version}{found.node && <> · {spoken(found.node)}</>}</dd></>)}
              <dt>{t("field.template")}</dt><dd>{wordOf(t, TEMPLATES, "tpn", found.message.template)}, {t("field.tone")} {found.message.tone}</dd>
              {found.carrier && (<>
                <dt>{t("message.to")}</dt><dd>{found.carrier.address}</dd>
                <dt>{t("field.when")}</dt><dd>{time(found.carrier.at)}</dd></>)}
              {found.carrier?.reply && (<>
                <dt>{t("message.answer")}</dt><dd><code>{found.carrier.reply}</code></dd></>)}
              {found.documents.length > 0 && (<>
                <dt>{t("message.documents")}</dt>
                <dd>{found.documents.map((file) => file.name).join(", ")}</dd></>)}
            </dl>
            {found.carrier && ["sent", "delivered", "bounced"].includes(found.message.state) &&
              found.message.channel === "email" && <Content id={message.id} />}
          </div>
        )}
      </Shown>
    </FormDialog>
  );
}
