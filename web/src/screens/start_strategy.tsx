// One of the strategies that the program brings, published together with what answers broken
// promises, disputes and bounces. Nothing leaves by it yet: automatic sending is turned off first,
// unless something has left already.
import { useState } from "react";
import { Link } from "wouter";
import { get, post } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Channel, Strategy } from "../api/types";
import { useWords, wordOf, type Key } from "../i18n";
import { sentenceOf, Shown } from "../parts/state";
import { useSession } from "../session";
import { READY } from "./template_names";

interface Bundle { key: string; names: string[] }

function bundlesOf(country: string): Bundle[] {
  const here = country.toLowerCase();
  return [
    { key: "companies", names: ["b2b_30_dias"] },
    { key: "delivery", names: ["entrega_factura", "b2b_30_dias"] },
    here === "es" ? { key: "spain", names: ["b2b_espana_factura", "b2b_espana_cuenta"] }
      : { key: "latam", names: ["b2c_latam_factura", "b2c_latam_cuenta"] },
    { key: "consumers", names: ["b2c_consumo"] },
  ];
}

/** The state that automatic sending begins in; a channel that has sent before is left alone. */
async function holdSending(channels: Channel[], reason: string) {
  const mail = channels.find(({ channel }) => channel === "email");
  if (!mail || mail.paused_reason) return;
  const sent = await get("/v1/messages", {}, { limit: 1 });
  if (sent.items.length > 0) return;
  await post("/v1/channels/{channel}/pause", { channel: "email" }, { reason });
}

function Published({ strategies }: { strategies: Strategy[] }) {
  const { t } = useWords();
  if (strategies.length === 0) return null;
  return (
    <p className="note">
      {t("first.has_strategy")}{" "}
      {strategies.map((one, i) => (
        <span key={one.id}>{i > 0 && ", "}
          <Link href={`/strategies/${one.id}`}>{wordOf(t, READY, "rsn", one.name)}</Link></span>
      ))}
    </p>
  );
}

export function ChooseStrategy(props: { strategies: Strategy[]; channels: Channel[]; done: () => void }) {
  const { t } = useWords();
  const { organization } = useSession();
  const bundles = bundlesOf(organization!.country);
  const [chosen, choose] = useState(bundles[0]!.key);
  const [replies, setReplies] = useState(true);
  const ready = useGet("/v1/strategies/ready", {});
  const publish = useChange(async () => {
    const all = ready.data?.items ?? [];
    const names = bundles.find(({ key }) => key === chosen)!.names;
    const documents = [...all.filter(({ kind }) => replies && kind === "pill"),
      ...names.map((name) => all.find((one) => one.name === name)!)];
    await holdSending(props.channels, t("first.hold_reason"));
    let waits = false;
    for (const { document } of documents) {
      // what takes two people is not published yet: what comes back is the wish
      if (!("version" in await post("/v1/strategies", {}, { document }))) waits = true;
    }
    return waits;
  });
  return (
    <div className="stack">
      <Published strategies={props.strategies} />
      <Shown query={ready}>
        {() => (
          <div className="cards" role="group" aria-label={t("first.strategy")}>
            {bundles.map(({ key }) => (
              <button key={key} type="button" className="card" aria-pressed={key === chosen}
                onClick={() => choose(key)}>
                <strong>{t(`bundle.${key}` as Key)}</strong>
                <span>{t(`bundle.${key}_says` as Key)}</span>
              </button>
            ))}
          </div>
        )}
      </Shown>
      <label className="check">
        <input type="checkbox" checked={replies} onChange={(event) => setReplies(event.target.checked)} />
        <span>{t("first.with_replies")}</span>
      </label>
      {publish.error && <p className="note bad" role="alert">{sentenceOf(t, publish.error)}</p>}
      {publish.data && <p className="note warn" role="status">{t("inv.waits_approval")}</p>}
      <div className="end">
        <span className="muted">{t("first.publish_says")}</span>
        <button className="button primary" disabled={!ready.data || publish.isPending}
          onClick={() => publish.mutate(undefined, { onSuccess: (waits) => { if (!waits) props.done(); } })}>{t("first.publish")}</button>
      </div>
    </div>
  );
}
