// What one asked a second person for, and what became of it: until it is done, and where it is done.
import type { ReactNode } from "react";
import { useGet } from "../api/queries";
import type { Approval } from "../api/types";
import { useWords } from "../i18n";
import { useActor } from "./actor";

/** The newest of that kind about that, asked since then, which nobody has used yet. */
export function useAsked(kind: Approval["kind"], about: string, since: string | undefined): Approval | undefined {
  const all = useGet("/v1/approvals", {}, { all: true });
  const newest = all.data?.items.find((one) => one.kind === kind && one.about === about);
  return newest && newest.state !== "used" && since !== undefined
    && Date.parse(newest.asked_at) >= Date.parse(since) ? newest : undefined;
}

/** `children`: what to do once it is approved. */
export function Asked({ approval, children }: { approval: Approval; children?: ReactNode }) {
  const { t } = useWords();
  const who = useActor(`user:${approval.decided_by}`);
  return (
    <div className={`note draft-note ${approval.state === "refused" ? "bad" : approval.state === "waits" ? "warn" : ""}`} role="status">
      <p>{approval.state === "waits" ? t("four.waits") : t(approval.state === "refused" ? "four.refused" : "four.approved", { who })}
        {approval.note && <> {t("quoted", { text: approval.note })}</>}</p>
      {approval.state === "approved" && children}
    </div>
  );
}
