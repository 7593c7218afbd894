// Who did it, as people know them.
import { useGet } from "../api/queries";
import { useWords } from "../i18n";

/** As a text: for sentences that name who it was. */
export function useActor(name: string): string {
  const { t } = useWords();
  const users = useGet("/v1/users", {}, { limit: 200 }, name.startsWith("user:"));
  if (name.startsWith("user:")) {
    return users.data?.items.find(({ id }) => id === name.slice(5))?.name ?? t("actor.user");
  }
  if (name.startsWith("key:")) return t("actor.key");
  if (name === "api") return t("actor.user");
  if (name === "cli") return t("actor.cli");
  if (name === "engine" || name === "system") return "Puntual";
  if (name === "demo") return t("actor.demo");
  return name;
}

export function Actor({ name }: { name: string }) {
  const text = useActor(name);
  return name.startsWith("key:") ? <span title={name}>{text}</span> : <>{text}</>;
}
