// Work that takes longer than an answer: how far it is, until it is over.
import { useQuery } from "@tanstack/react-query";
import { get, remove } from "../api/client";
import { useChange } from "../api/queries";
import type { Id, Job } from "../api/types";
import { count } from "../format";
import { useWords } from "../i18n";

const PAUSE_MS = 400;

export const isOver = (job: Job | undefined) =>
  job !== undefined && job.state !== "waits" && job.state !== "runs";

export function useJob(id: Id<"job"> | null) {
  return useQuery({
    queryKey: ["/v1/jobs/{job}", id],
    queryFn: ({ signal }) => get("/v1/jobs/{job}", { job: id! }, {}, signal),
    enabled: id !== null,
    refetchInterval: (query) => (isOver(query.state.data) ? false : PAUSE_MS),
  });
}

export function Progress({ job, label }: { job: Job | undefined; label: string }) {
  const { t } = useWords();
  const cancel = useChange((id: Id<"job">) => remove("/v1/jobs/{job}", { job: id }, undefined));
  const known = job !== undefined && job.total > 0;
  return (
    <div className="panel stack" role="status">
      <p>{label}{known && <span className="muted"> · {t("job.of", {
        done: count(Math.min(job.done, job.total)), total: count(job.total) })}</span>}</p>
      <progress aria-label={label} {...(known ? { max: job.total, value: job.done } : {})} />
      {job && (
        <div className="end">
          <button className="button" disabled={cancel.isPending} onClick={() => cancel.mutate(job.id)}>
            {t("action.cancel")}
          </button>
        </div>
      )}
    </div>
  );
}
