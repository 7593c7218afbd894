// Drafts of strategies, kept in this browser until they are published or thrown away: one for each
// strategy, and one for a new one. A draft of another organization is never shown.
import { docOf, type Doc } from "./model";

export interface Draft {
  doc: Doc;
  /** the version that it began from; 0 for a new strategy */
  base: number;
  at: string;
}

const keyOf = (organization: string, strategy: string) => `draft ${organization} ${strategy}`;

export function readDraft(organization: string, strategy: string): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(keyOf(organization, strategy)) ?? "null") as Draft | null;
    return draft && docOf(JSON.stringify(draft.doc)) ? draft : null;
  } catch {
    return null;
  }
}

/** False: the browser keeps nothing (its storage is full or off). */
export function keepDraft(organization: string, strategy: string, draft: Draft): boolean {
  try {
    localStorage.setItem(keyOf(organization, strategy), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(organization: string, strategy: string) {
  localStorage.removeItem(keyOf(organization, strategy));
}
