// Words of the server that have translations, by kind; `wordOf` shows others as they are.
export const CATEGORIES = ["call", "reply", "escalation", "conformity", "approval", "sms", "whatsapp",
  "letter", "certified", "dispute", "insurer", "meeting", "broken_promises", "bad_contact", "complaint",
  "plan", "delivery"] as const;
export const MESSAGE_STATES = ["queued", "sending", "sent", "delivered", "bounced", "failed", "skipped",
  "held", "uncertain"] as const;
export const WAITS = ["none", "time", "message", "signal", "task", "rule", "amounts", "hold",
  "over"] as const;
export const CHANNELS = ["email", "sms", "whatsapp", "push", "call", "letter", "http"] as const;
export const OUTCOMES = ["done", "approved", "refused", "promised", "paid", "no_answer",
  "disputed"] as const;
export const PLANNED = ["mail", "task", "fee", "interest", "end", "enter", "skip", "handover", "note",
  "phase", "pill", "sms", "call"] as const;
