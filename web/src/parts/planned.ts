// What a step that is planned is about, in words: of a task its kind, of a phase its name, of the
// rest the template or the strategy.
import { wordOf, type Translate } from "../i18n";
import { READY, TEMPLATES } from "../screens/template_names";
import { CATEGORIES, PHASES } from "../words";

export function plannedWord(t: Translate, kind: string, word: string): string {
  if (kind === "task") return wordOf(t, CATEGORIES, "category", word);
  if (kind === "phase") return wordOf(t, PHASES, "phase", word);
  return (READY as readonly string[]).includes(word) ? wordOf(t, READY, "rsn", word) : wordOf(t, TEMPLATES, "tpn", word);
}
