// Going live: what is there, what is missing, the mode, and automatic sending as a switch of its own.
import { Link } from "wouter";
import { patch, post, put } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Channel, ReadinessCheck } from "../api/types";
import { useWords } from "../i18n";
import { sentenceOf, Shown } from "../parts/state";
import { useSession } from "../session";
import { near } from "./channel_mail";

/** Automatic sending: what waits leaves, or nothing leaves by itself. */
export function SendingSwitch({ channel }: { channel: Channel }) {
  const { t } = useWords();
  const on = !channel.paused_reason;
  const change = useChange(() => on
    ? post("/v1/channels/{channel}/pause", { channel: channel.channel }, { reason: t("first.off_reason") })
    : post("/v1/channels/{channel}/resume", { channel: channel.channel }, undefined));
  return (
    <div className="stack">
      <div className="switch">
        <button type="button" role="switch" aria-checked={on} aria-label={t("first.sending")}
          disabled={change.isPending} onClick={() => change.mutate(undefined)} />
        <div>
          <strong>{t("first.sending")}: {on ? t("first.on") : t("first.off")}</strong>
          <p className="muted">{on ? t("first.on_says") : t("first.off_says")}</p>
        </div>
      </div>
      {change.error && <p className="note bad" role="alert">{sentenceOf(t, change.error)}</p>}
    </div>
  );
}

const MEND: Partial<Record<ReadinessCheck["check"], string>> = {
  sender: "/start/brand", tested: "/start/brand", creditor: "/start/who", policy: "/settings/policies",
  invoices: "/start/data", strategy: "/start/strategy", simulated: "/settings/ways",
};

const hostOf = (address: string) => URL.canParse(address) ? new URL(address).hostname.replace(/[[\]]/g, "") : "";

/** An address that opens here alone: good for trying, no good for customers. */
export function OnlyHere({ address }: { address: string }) {
  const { t } = useWords();
  return near(hostOf(address)) ? <p className="note warn">{t("ready.only_here", { address })}</p> : null;
}

/** Where debtors open their pages: mostly where this console stands. */
function Address() {
  const { t } = useWords();
  const save = useChange(() => patch("/v1/organization", {}, { public_url: location.origin }));
  return (
    <span className="actions">
      <button type="button" className="button quiet" disabled={save.isPending} onClick={() => save.mutate(undefined)}>
        {t("ready.use_address", { address: location.origin })}</button>
      <Link href="/settings/organization">{t("ready.other_address")}</Link>
      {save.error && <span className="bad" role="alert">{sentenceOf(t, save.error)}</span>}
    </span>
  );
}

function Check({ check }: { check: ReadinessCheck }) {
  const { t } = useWords();
  const mend = MEND[check.check];
  const { organization } = useSession();
  const address = check.check === "address" ? organization!.public_url : null;
  return (
    <li className="ready" data-good={check.good ? "" : undefined}>
      <i aria-hidden="true">{check.good ? "✓" : check.needed ? "✗" : "!"}</i>
      <div>
        <span>{t(`ready.${check.check}`)}{" "}
          <span className={check.good ? "visually-hidden" : check.needed ? "bad" : "muted"}>
            {check.good ? t("ready.good") : check.needed ? t("ready.needed") : t("ready.wanted")}</span></span>
        {!check.good && (
          <p className="muted">{t(`ready.${check.check}_says`, { count: check.count })}{" "}
            {mend && <Link href={mend}>{t("ready.mend")}</Link>}</p>
        )}
        {!check.good && check.check === "address" && <Address />}
        {check.good && address && <OnlyHere address={address} />}
      </div>
    </li>
  );
}

/** What is missing, and the step from test to live or back. */
export function Mode() {
  const { t } = useWords();
  const { organization, me } = useSession();
  const mode = organization!.mode;
  const checks = useGet("/v1/organization/readiness", {});
  const change = useChange((wanted: "live" | "test") => put("/v1/organization/mode", {}, { mode: wanted }));
  if (mode === "sandbox") return <p className="note warn">{t("ready.sandbox")}</p>;
  const waits = change.data && "approval" in change.data;
  return (
    <Shown query={checks}>
      {({ items }) => {
        const missing = items.filter(({ good, needed }) => needed && !good).length;
        return (
          <section className="panel stack">
            <h2>{t(mode === "live" ? "ready.is_live" : "ready.is_test")}</h2>
            <ul className="stack" style={{ gap: 8 }}>
              {items.filter(({ check }) => mode === "test" || check !== "captured")
                .map((one) => <Check key={one.check} check={one} />)}
            </ul>
            {change.error && <p className="note bad" role="alert">{sentenceOf(t, change.error)}</p>}
            {waits && <p className="note" role="status">{t("ready.waits")}</p>}
            <div className="end">
              <span className="muted">{mode === "live" ? t("ready.back_says")
                : missing > 0 ? t("ready.missing", { count: missing }) : t("ready.live_says")}</span>
              {me.role === "owner" && (mode === "live" ? (
                <button className="button" disabled={change.isPending} onClick={() => change.mutate("test")}>
                  {t("ready.go_test")}</button>
              ) : (
                <button className="button primary" disabled={change.isPending || missing > 0}
                  onClick={() => change.mutate("live")}>{t("ready.go_live")}</button>
              ))}
            </div>
          </section>
        );
      }}
    </Shown>
  );
}
