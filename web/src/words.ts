// Words of the server that have translations, by kind; `wordOf` shows others as they are.
export const CATEGORIES = ["call", "reply", "escalation", "conformity", "approval", "sms", "whatsapp",
  "letter", "certified", "dispute", "insurer", "meeting", "broken_promises", "bad_contact", "complaint",
  "plan", "delivery", "find_contact", "reported_paid", "receipt", "protected", "contested",
  "strange_money", "contact", "service", "webhook", "uncertain", "held", "general"] as const;
export const MESSAGE_STATES = ["queued", "sending", "sent", "delivered", "bounced", "failed", "skipped",
  "held", "uncertain"] as const;
export const WAITS = ["none", "time", "message", "signal", "task", "rule", "amounts", "hold",
  "over"] as const;
export const CHANNELS = ["email", "sms", "whatsapp", "push", "call", "letter", "http"] as const;
/** Of collecting, in their order; a strategy may name its own. */
export const PHASES = ["preventive", "pre-due", "due", "reminder", "early", "mid", "firm", "late", "final"] as const;
export const OUTCOMES = ["done", "approved", "refused", "promised", "paid", "no_answer",
  "disputed"] as const;
/** Of people, and of the queues that tasks wait in. */
export const ROLES = ["owner", "manager", "collector", "treasurer", "auditor", "integration"] as const;
/** How a call went. */
export const CALLS = ["reached", "no_answer", "voicemail", "call_back", "promised", "disputed", "refused",
  "wrong_number"] as const;
export const PLANNED = ["mail", "task", "fee", "interest", "end", "enter", "skip", "handover", "note",
  "phase", "pill", "sms", "call"] as const;
/** Why something was refused, where the server says it with a word. */
export const CAUSES = ["no_host", "closed", "unreachable", "silent", "hung_up", "certificate", "no_tls", "protocol",
  "login", "folder", "sender", "recipient", "refused", "later", "key_stays", "no_password", "unprotected", "operator",
  "not_live", "own_request"] as const;
