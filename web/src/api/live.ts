// What happened on the server since we last asked: hints, never data. Whatever is shown of a debtor
// that a hint names is read again; after a pause everything is.
import { useEffect, useRef } from "react";
import { useHint } from "./queries";

const PAUSE_MS = 3000;

async function hints(after: string | null): Promise<{ after: string | null; any: boolean }> {
  const answer = await fetch("/v1/events", {
    headers: after ? { "Last-Event-ID": after } : {}, credentials: "same-origin",
  });
  if (!answer.ok) return { after, any: false };
  let any = false;
  for (const line of (await answer.text()).split("\n")) {
    if (line.startsWith("id: ")) after = line.slice(4);
    if (line.startsWith("event: ") && line !== "event: hello") any = true;
  }
  return { after, any };
}

export function useLive() {
  const hint = useRef(useHint());
  useEffect(() => {
    let after: string | null = null;
    let stopped = false;
    let timer = 0;
    async function round() {
      if (!document.hidden) {
        try {
          const found = await hints(after);
          after = found.after;
          if (found.any && !stopped) hint.current();
        } catch { /* it is asked again */ }
      }
      if (!stopped) timer = window.setTimeout(round, PAUSE_MS);
    }
    void round();
    return () => { stopped = true; clearTimeout(timer); };
  }, []);
}
