// What another policy does to the messages that wait, seen before it is used.
import { useQuery } from "@tanstack/react-query";
import { post } from "../api/client";
import type { Json, PolicyTried } from "../api/types";
import { count, time } from "../format";
import { useWords, wordOf } from "../i18n";
import { FormDialog } from "../parts/dialog";
import { Shown } from "../parts/state";
import { CHANNELS } from "../words";

export type Wish = { document: Json } | { policy: string | null };

function Tried({ tried }: { tried: PolicyTried }) {
  const { t } = useWords();
  const changed = tried.later + tried.sooner + tried.never;
  return (
    <>
      <p role="status"><strong>{t("pol.effect_waiting", { count: tried.waiting })}</strong>{" "}
        {changed === 0 ? t("pol.effect_none") : t("pol.effect_counts", {
          later: count(tried.later), sooner: count(tried.sooner), never: count(tried.never) })}
        {tried.more && ` ${t("pol.effect_more")}`}</p>
      {tried.changes.length > 0 && (
        <div className="scroll" tabIndex={0} role="region" aria-label={t("pol.effect")}>
          <table aria-label={t("pol.effect")}>
            <thead><tr><th scope="col">{t("pol.effect_debtor")}</th><th scope="col">{t("pol.channel")}</th>
              <th scope="col">{t("pol.effect_before")}</th><th scope="col">{t("pol.effect_after")}</th>
              <th scope="col">{t("pol.effect_why")}</th></tr></thead>
            <tbody>
              {tried.changes.map((one) => (
                <tr key={one.message}>
                  <td>{one.debtor_name}</td><td>{wordOf(t, CHANNELS, "channel", one.channel)}</td>
                  <td>{one.before ? time(one.before) : t("pol.effect_never")}</td>
                  <td><strong>{one.after ? time(one.after) : t("pol.effect_never")}</strong></td>
                  <td className="wrap">{one.explanation}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {changed > tried.changes.length && <p className="muted">{t("pol.effect_first", { count: tried.changes.length })}</p>}
      <p className="muted">{t("pol.effect_says")}</p>
    </>
  );
}

export function EffectDialog(props: {
  title: string; action: string; wish: Wish; close: () => void; submit: () => Promise<unknown>; note?: string | null;
}) {
  const tried = useQuery({
    queryKey: ["/v1/policies/try", props.wish],
    queryFn: () => post("/v1/policies/try", {}, props.wish),
    retry: false,
  });
  return (
    <FormDialog wide title={props.title} action={props.action} close={props.close} submit={() => props.submit()}>
      {props.note && <p className="note warn">{props.note}</p>}
      <Shown query={tried}>{(found) => <Tried tried={found} />}</Shown>
    </FormDialog>
  );
}
