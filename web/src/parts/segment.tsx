// A list looked at by one of the segments that there are of its subject.
import { Link } from "wouter";
import { useGet } from "../api/queries";
import type { Rule, Segment } from "../api/types";
import { useWords } from "../i18n";

/** The segment of that name; null: there is none, undefined: not known yet, or none is wanted. */
export function useSegment(subject: Segment["subject"], name: string | null) {
  const all = useGet("/v1/segments", {});
  const segments = all.data?.items.filter((one) => one.subject === subject);
  const found = name === null ? undefined : segments && (segments.find((one) => one.name === name) ?? null);
  return { segments: segments ?? [], found, waiting: name !== null && all.isPending };
}

/** The rules of the filters and of the segment, all of which have to fit. */
export function ruleOfAll(rules: Rule[], segment: Segment | null | undefined): Rule | undefined {
  const all = segment ? [segment.rule as Rule, ...rules] : rules;
  return all.length > 1 ? { all } as Rule : all[0];
}

export function SegmentChoice({ segments, name, choose }: {
  segments: Segment[]; name: string | null; choose: (name: string | null) => void;
}) {
  const { t } = useWords();
  if (segments.length === 0 && name === null) return null;
  return (
    <div className="actions" style={{ marginBottom: 8 }}>
      <label>{t("results.by_segment")}{" "}
        <select value={name ?? ""} onChange={(event) => choose(event.target.value || null)}>
          <option value="">{t("seg.all")}</option>
          {name !== null && !segments.some((one) => one.name === name) && <option value={name}>{name}</option>}
          {segments.map((one) => <option key={one.name} value={one.name}>{one.name}</option>)}
        </select>
      </label>
      <Link className="button quiet" href="/settings/segments">{t("seg.manage")}</Link>
    </div>
  );
}
