// What a screen shows while it has nothing to show: waiting, failed, empty.
import type { ReactNode } from "react";
import { Refused, Unreachable } from "../api/client";
import { useWords, type Translate } from "../i18n";
import { CAUSES } from "../words";

export function Waiting() {
  const { t } = useWords();
  return (
    <div className="skeleton" role="status" aria-label={t("state.loading")}>
      <i style={{ width: "40%" }} /><i style={{ width: "90%" }} /><i style={{ width: "75%" }} />
    </div>
  );
}

export function sentenceOf(t: Translate, error: unknown): string {
  if (error instanceof Unreachable) return t("state.unreachable");
  if (error instanceof Refused) {
    return causeOf(t, error.problem.cause) ?? (error.problem.status >= 500 ? t("state.broken") : error.message);
  }
  return t("state.broken");
}

/** A cause that has words of its own; null: it has none. */
export function causeOf(t: Translate, cause: string | null | undefined): string | null {
  return (CAUSES as readonly string[]).includes(cause ?? "") ? t(`cause.${cause as (typeof CAUSES)[number]}`) : null;
}

/** What was tried with another system and did not work: why, and its own words behind. */
export function Trouble({ says, words }: { says: string; words?: string | null }) {
  const { t } = useWords();
  return (
    <div className="note bad" role="alert">
      <p>{says}</p>
      {words && words !== says && <p className="told">{t("cause.words")} <q lang="">{words}</q></p>}
    </div>
  );
}

/** The same of what the server refused. */
export function Tried({ error }: { error: unknown }) {
  const { t } = useWords();
  return <Trouble says={sentenceOf(t, error)}
    words={error instanceof Refused && error.problem.status < 500 ? error.problem.detail : null} />;
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useWords();
  return (
    <div className="note bad" role="alert">
      <p>{sentenceOf(t, error)}</p>
      {retry && <p><button className="button" onClick={retry}>{t("state.retry")}</button></p>}
    </div>
  );
}

export function Empty(props: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <strong>{props.title}</strong>
      {props.children}
    </div>
  );
}

/** The states of something that is asked for, and what it shows once it is there. */
export function Shown<T>(props: {
  query: { data: T | undefined; error: unknown; refetch: () => unknown };
  children: (data: T) => ReactNode;
}) {
  const { data, error, refetch } = props.query;
  if (data !== undefined) return <>{props.children(data)}</>;
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  return <Waiting />;
}
