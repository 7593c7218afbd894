// One message: why it was written, what the gate said, what left and what was answered.
import { useQuery } from "@tanstack/react-query";
import { getText } from "../api/client";
import { useGet } from "../api/queries";
import type { Message } from "../api/types";
import { time } from "../format";
import { useWords, wordOf } from "../i18n";
import { plainText } from "../mime";
import { FormDialog } from "../parts/dialog";
import { Shown } from "../parts/state";
import { CHANNELS } from "../words";
import { MessageState } from "./outbox";
import { Settle } from "./settle";

function Content({ id }: { id: string }) {
  const { t } = useWords();
  const content = useQuery({
    queryKey: ["content", id],
    queryFn: () => getText("/v1/messages/{message}/content", { message: id }),
    staleTime: Infinity, // what was sent does not change
  });
  return (
    <Shown query={content}>
      {(text) => (
        <pre className="panel" tabIndex={0} aria-label={t("message.content")}
          style={{ whiteSpace: "pre-wrap", font: "inherit", maxHeight: 360, overflow: "auto", margin: 0 }}>
          {plainText(text)}
        </pre>
      )}
    </Shown>
  );
}

export function MessageDialog({ message, close }: { message: Message; close: () => void }) {
  const { t } = useWords();
  const why = useGet("/v1/messages/{message}", { message: message.id });
  return (
    <FormDialog wide title={why.data?.carrier?.subject ?? message.template} action={t("action.close")}
      close={close}>
      <Shown query={why}>
        {(found) => (
          <div className="stack">
            <p lang="en">{found.sentence}</p>
            <Settle message={found.message} />
            <dl className="facts">
              <dt>{t("field.state")}</dt><dd><MessageState message={found.message} /></dd>
              <dt>{t("field.channel")}</dt>
              <dd>{wordOf(t, CHANNELS, "channel", found.message.channel)}</dd>
              {found.strategy && (<>
                <dt>{t("field.strategy")}</dt>
                <dd>{found.strategy} v{found.version} · {found.node}</dd></>)}
              <dt>{t("field.template")}</dt><dd>{found.message.template}, {t("field.tone")} {found.message.tone}</dd>
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
