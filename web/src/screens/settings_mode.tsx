// Test or live, and automatic sending by each channel; in a sandbox its clock.
import { useState } from "react";
import { post } from "../api/client";
import { useChange, useGet } from "../api/queries";
import { time } from "../format";
import { useWords, wordOf } from "../i18n";
import { Field } from "../parts/dialog";
import { sentenceOf, Shown } from "../parts/state";
import { useSession } from "../session";
import { CHANNELS } from "../words";
import { Mode, SendingSwitch } from "./start_live";

/** A sandbox's clock goes ahead, and what falls due meanwhile is done. */
function Clock() {
  const { t } = useWords();
  const { organization } = useSession();
  const [days, setDays] = useState("1");
  const advance = useChange(() => post("/v1/sandbox/advance", {}, { days: Number(days) }));
  return (
    <section className="panel stack">
      <h2>{t("clock.title")}</h2>
      <p>{t("clock.now", { when: time(organization!.now) })}</p>
      <form className="actions" onSubmit={(event) => { event.preventDefault(); advance.mutate(undefined); }}>
        <Field label={t("clock.days")}>
          <input type="number" min={1} max={366} required value={days} onChange={(event) => setDays(event.target.value)} />
        </Field>
        <button className="button" disabled={advance.isPending}>{t("clock.go")}</button>
      </form>
      {advance.error && <p className="note bad" role="alert">{sentenceOf(t, advance.error)}</p>}
      <p role="status" className={advance.data ? "note" : undefined}>
        {advance.isPending ? t("mode.moving")
          : advance.data && t("mode.moved", { sent: advance.data.sent, skipped: advance.data.skipped })}</p>
    </section>
  );
}

export function ModePart() {
  const { t } = useWords();
  const { organization } = useSession();
  const channels = useGet("/v1/channels", {});
  return (
    <>
      <Mode />
      {organization!.mode === "sandbox" && <Clock />}
      <Shown query={channels}>
        {({ items }) => (
          <>
            {items.map((one) => (
              <section className="panel stack" key={one.channel}>
                <h2>{wordOf(t, CHANNELS, "channel", one.channel)}</h2>
                <SendingSwitch channel={one} />
              </section>
            ))}
          </>
        )}
      </Shown>
    </>
  );
}
