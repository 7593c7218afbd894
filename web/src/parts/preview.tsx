// What a template would say about a real invoice: from an address of its own, in a frame that may
// do nothing. Phone or desktop, light or dark, or the plain text that goes with it.
import { useState } from "react";
import { get } from "../api/client";
import { useQuery } from "@tanstack/react-query";
import type { Id } from "../api/types";
import { useWords } from "../i18n";
import { Shown } from "./state";

export interface About {
  template: string;
  invoice: Id<"inv">;
  tone?: number | undefined;
  language?: string | undefined;
  form?: "usted" | "tu" | undefined;
}

function useText(about: About, version: string | number) {
  const { template, ...query } = about;
  return useQuery({
    queryKey: ["preview", about, version],
    queryFn: ({ signal }) => get("/v1/templates/{name}/preview", { name: template }, query, signal),
  });
}

/** `version` changes where what it shows has changed. */
export function MailPreview({ about, version }: { about: About; version: string | number }) {
  const { t } = useWords();
  const [narrow, setNarrow] = useState(false);
  const [dark, setDark] = useState(false);
  const [plain, setPlain] = useState(false);
  const text = useText(about, version);
  const search = new URLSearchParams({ invoice: about.invoice });
  for (const name of ["tone", "language", "form"] as const) {
    if (about[name]) search.set(name, String(about[name]));
  }
  search.set("look", dark ? "dark" : "light");
  const toggle = (label: string, on: boolean, set: (on: boolean) => void) => (
    <button type="button" className="chip" aria-pressed={on} onClick={() => set(!on)}>{label}</button>
  );
  return (
    <Shown query={text}>
      {(found) => (
        <div className="stack">
          <div className="panel-head" style={{ margin: 0 }}>
            <p><span className="muted">{t("prev.subject")}</span> <strong>{found.subject ?? "–"}</strong></p>
            <div className="chips" role="group" aria-label={t("prev.how")}>
              {toggle(t("prev.phone"), narrow, setNarrow)}
              {toggle(t("prev.dark"), dark, setDark)}
              {toggle(t("prev.plain"), plain, setPlain)}
            </div>
          </div>
          {plain || !found.html ? (
            <pre className="plain" tabIndex={0} lang={found.language} aria-label={t("prev.plain")}>{found.text}</pre>
          ) : (
            <div className="frame" data-dark={dark ? "" : undefined}>
              <iframe key={`${version}`} title={t("prev.title")} sandbox=""
                src={`/v1/templates/${encodeURIComponent(about.template)}/preview/page?${search}`}
                style={{ width: narrow ? 390 : "100%" }} />
            </div>
          )}
        </div>
      )}
    </Shown>
  );
}
