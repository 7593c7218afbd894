/* The command table: help, parsing and docs/CLI.md are made from it. */
#include "base/banned.h"
#include "cli/cmd.h"

#define NOTHING PN_CLI_NEEDS_NOTHING
#define APP PN_CLI_NEEDS_APP
#define MAY PN_CLI_MAY_USE_APP

static const pn_cli_option CONFIG_OPTIONS[] = {
    {"origin", NULL, "say where each setting comes from"},
    {NULL, NULL, NULL},
};

static const char IMPORT_HELP[] =
    "FILE is a CSV or a spreadsheet (.xlsx), seen by its content; of a spreadsheet one sheet is\n"
    "read (docs/decisions/spreadsheets.md).\n"
    "An import is all or nothing unless --skip-bad is given; every bad row is reported with its\n"
    "line, column, value and reason. Importing the same file again changes nothing. Columns whose\n"
    "names are a field's (in English, Spanish or Portuguese) need no --map.";

const pn_cli_command PN_COMMANDS[] = {
    {"init", "", "make an organization, and the database when there is none", NOTHING, 0, 0,
     pn_cmd_init, PN_INIT_OPTIONS,
     "The organization begins with one creditor of its name and the ready templates. --org names\n"
     "it. In test and sandbox mode everything that would go out is captured.",
     NULL},
    {"creditor list", "", "who is owed", APP, 0, 0, pn_cmd_creditor_list, NULL, NULL, NULL},
    {"creditor add", "NAME", "add a creditor", APP, 1, 1, pn_cmd_creditor_add, PN_CREDITOR_OPTIONS,
     NULL, NULL},
    {"creditor set", "NAME", "change a creditor", APP, 1, 1, pn_cmd_creditor_set,
     PN_CREDITOR_OPTIONS, NULL, NULL},

    {"person list", "", "people of ours: collectors, salespeople", APP, 0, 0, pn_cmd_person_list,
     NULL, NULL, NULL},
    {"person add", "KEY", "enter a person of ours", APP, 1, 1, pn_cmd_person_add, PN_PERSON_OPTIONS,
     "KEY is what debtors' owner and salesperson say, as the ERP writes it. The collector who "
     "owns\n"
     "a debtor signs its texts, stands in From and gets the answers.",
     NULL},
    {"person set", "KEY", "change a person of ours", APP, 1, 1, pn_cmd_person_set,
     PN_PERSON_OPTIONS, NULL, NULL},
    {"person archive", "KEY", "a person of ours has left", APP, 1, 1, pn_cmd_person_archive, NULL,
     "Their substitute, if there is one, does from now on what was theirs.", NULL},
    {"method set", "KIND", "a way to pay: transfer, voucher, stripe or simulated", APP, 1, 1,
     pn_cmd_method_set, PN_METHOD_OPTIONS, "docs/payments.md says what each of them takes.", NULL},
    {"method list", "", "the ways to pay", APP, 0, 0, pn_cmd_method_list, NULL, NULL, NULL},
    {"method remove", "KIND", "forget one", APP, 1, 1, pn_cmd_method_remove, PN_METHOD_OPTIONS,
     NULL, NULL},
    {"payin list", "DEBTOR", "payments that a debtor set out to make through a provider", APP, 1, 1,
     pn_cmd_payin_list, NULL, NULL, NULL},
    {"payin refund", "PAYIN", "send money back through its provider", APP, 1, 1,
     pn_cmd_payin_refund, PN_PAYIN_OPTIONS, NULL, NULL},
    {"payin poll", "", "ask providers how it goes with what is under way", APP, 0, 0,
     pn_cmd_payin_poll, NULL, NULL, NULL},
    {"user list", "", "who signs in, and as what", APP, 0, 0, pn_cmd_user_list, NULL, NULL, NULL},
    {"user add", "EMAIL", "let somebody sign in; prints a link to set a password", APP, 1, 1,
     pn_cmd_user_add, PN_USER_OPTIONS,
     "For the first owner, and where no e-mail channel is set: the link is given by hand.", NULL},
    {"user invite", "EMAIL", "let somebody sign in; sends the link by e-mail", APP, 1, 1,
     pn_cmd_user_invite, PN_USER_OPTIONS,
     "The letter goes through the organization's e-mail channel and names public_url. It waits\n"
     "where one of them is not set.",
     NULL},
    {"user role", "WHO ROLE", "change what somebody may do", APP, 2, 2, pn_cmd_user_role,
     PN_USER_ROLE_OPTIONS,
     "WHO is an address or usr_…. Sessions of the person end; so do keys that they made, unless "
     "the\n"
     "new role may do all that the old one could.",
     NULL},
    {"user reset", "WHO", "send a link to a new password", APP, 1, 1, pn_cmd_user_reset,
     PN_USER_RESET_OPTIONS, NULL, NULL},
    {"user archive", "WHO", "let somebody in no more", APP, 1, 1, pn_cmd_user_archive, NULL,
     "Their sessions and the keys that they made end. The last owner stays.", NULL},
    {"key list", "", "keys of systems, the newest first", APP, 0, 0, pn_cmd_key_list, NULL, NULL,
     NULL},
    {"key add", "NAME", "make a key for a system; it is shown this once", APP, 1, 1, pn_cmd_key_add,
     PN_KEY_ADD_OPTIONS,
     "It opens what its scopes say, and at most what the user's role may do; never people, keys "
     "or\n"
     "secrets. It ends when the user is archived or may do less.",
     NULL},
    {"key revoke", "ID", "end a key", APP, 1, 1, pn_cmd_key_revoke, NULL, NULL, NULL},
    {"partner set", "KIND", "who takes cases over: lawyer, insurer or agency", APP, 1, 1,
     pn_cmd_partner_set, PN_PARTNER_OPTIONS,
     "The text that tells a debtor of a handover names them.", NULL},
    {"partner list", "", "who takes cases over", APP, 0, 0, pn_cmd_partner_list, NULL, NULL, NULL},
    {"partner remove", "KIND", "forget one", APP, 1, 1, pn_cmd_partner_remove, PN_PARTNER_OPTIONS,
     NULL, NULL},

    {"import debtors", "FILE", "import who owes", APP, 1, 1, pn_cmd_import_debtors,
     PN_IMPORT_OPTIONS, IMPORT_HELP, pn_import_debtor_fields},
    {"import invoices", "FILE", "import what is owed", APP, 1, 1, pn_cmd_import_invoices,
     PN_IMPORT_OPTIONS, IMPORT_HELP, pn_import_invoice_fields},
    {"import lines", "FILE", "import what invoices bill: lines and taxes", APP, 1, 1,
     pn_cmd_import_lines, PN_IMPORT_LINE_OPTIONS,
     "The file holds all lines of the invoices it names, which must be there already; they "
     "replace\n"
     "those of before. Lines and taxes must come to the invoice's amount within rounding, with or\n"
     "without what is withheld, unless --informative says that they only describe it. An import\n"
     "is all or nothing unless --skip-bad is given; the same file again changes nothing.",
     pn_import_line_fields},
    {"import payments", "FILE", "import what was paid", APP, 1, 1, pn_cmd_import_payments,
     PN_IMPORT_OPTIONS, IMPORT_HELP, pn_import_payment_fields},
    {"import list", "", "what was imported, the newest first", APP, 0, 0, pn_cmd_import_list, NULL,
     "The hundred newest.", NULL},
    {"import show", "ID", "one import", APP, 1, 1, pn_cmd_import_show, NULL, NULL, NULL},
    {"import undo", "ID", "take back what an import made", APP, 1, 1, pn_cmd_import_undo,
     PN_IMPORT_UNDO_OPTIONS,
     "What it made is taken back where nothing was built on it since: invoices are cancelled,\n"
     "payments reversed, debtors archived, and their numbers are free again. What was paid, "
     "agreed,\n"
     "changed or written about meanwhile stays and is listed; so does what the import changed of\n"
     "what was there before. All of it or nothing; again, it takes back what has become free "
     "since.",
     NULL},

    {"strategy check", "FILE", "say what is wrong with a strategy", MAY, 1, 1,
     pn_cmd_strategy_check, NULL,
     "Checks against what the organization has published, or without a database against the ready\n"
     "templates, and plays its examples. The name of a ready strategy may stand for FILE; - is "
     "standard input.",
     NULL},
    {"strategy test", "FILE", "play the examples a strategy carries", MAY, 1, 1,
     pn_cmd_strategy_test, PN_STRATEGY_TEST_OPTIONS,
     "Each example lives in memory through the real step, contact policy and calendars. check and\n"
     "publish play them too. The name of a ready strategy may stand for FILE.",
     NULL},
    {"strategy fmt", "FILE", "print a strategy in canonical form", NOTHING, 1, 1,
     pn_cmd_strategy_fmt, PN_STRATEGY_FMT_OPTIONS, NULL, NULL},
    {"strategy schema", "", "print the JSON schema of strategies", NOTHING, 0, 0,
     pn_cmd_strategy_schema, NULL, NULL, NULL},
    {"strategy publish", "FILE", "publish a strategy as a new version", APP, 1, 1,
     pn_cmd_strategy_publish, PN_STRATEGY_PUBLISH_OPTIONS,
     "Shows what differs from the version before; refused where an example is not met. The name "
     "of\n"
     "a ready strategy may stand for FILE.",
     NULL},
    {"strategy list", "", "published strategies and pills", APP, 0, 0, pn_cmd_strategy_list, NULL,
     NULL, NULL},
    {"strategy show", "NAME", "print a published strategy", APP, 1, 1, pn_cmd_strategy_show,
     PN_STRATEGY_SHOW_OPTIONS, NULL, NULL},
    {"strategy diff", "FILE", "what publishing it would change", APP, 1, 1, pn_cmd_strategy_diff,
     NULL, NULL, NULL},
    {"strategy compare", "NAME", "what differs between two versions", APP, 1, 1,
     pn_cmd_strategy_compare, PN_STRATEGY_COMPARE_OPTIONS, NULL, NULL},
    {"strategy archive", "NAME", "nothing new enters a strategy any more", APP, 1, 1,
     pn_cmd_strategy_archive, PN_REASON_OPTIONS, "What is in it goes on; its versions stay.", NULL},
    {"strategy restore", "NAME", "use an archived strategy again", APP, 1, 1,
     pn_cmd_strategy_restore, PN_REASON_OPTIONS, NULL, NULL},
    {"strategy enroll", "NAME", "enter cases into a strategy by hand", APP, 1, 1,
     pn_cmd_strategy_enroll, PN_STRATEGY_ENROLL_OPTIONS, NULL, NULL},
    {"strategy volume", "NAME", "how much it sends, and may send today", APP, 1, 1,
     pn_cmd_strategy_volume, PN_VOLUME_OPTIONS,
     "A strategy that would send more on a day than its history predicts stops until somebody\n"
     "releases it; what it wants to send stays queued. Predicted is the largest of 50, the mean\n"
     "and three standard deviations, and one and a half times the busiest day, over the last\n"
     "eight weeks; before ten days with messages and a whole month nothing is, and\n"
     "--daily-max alone bounds it.",
     NULL},
    {"strategy release", "NAME", "let a stopped strategy go on", APP, 1, 1, pn_cmd_strategy_release,
     PN_REASON_OPTIONS, "It may send whatever it wants for the rest of the day.", NULL},

    {"template check", "FILE", "say what is wrong with a template family", NOTHING, 1, 1,
     pn_cmd_template_check, NULL, NULL, NULL},
    {"template list", "", "published templates", APP, 0, 0, pn_cmd_template_list, NULL, NULL, NULL},
    {"template show", "NAME", "print a published template", APP, 1, 1, pn_cmd_template_show, NULL,
     NULL, NULL},
    {"template publish", "FILE", "publish a template family as a new version", APP, 1, 1,
     pn_cmd_template_publish, NULL, NULL, NULL},
    {"template preview", "NAME", "the text as it would be sent about an invoice", APP, 1, 1,
     pn_cmd_template_preview, PN_TEMPLATE_PREVIEW_OPTIONS, NULL, NULL},
    {"template render", "FILE", "render a Liquid file over JSON data", NOTHING, 1, 1,
     pn_cmd_template_render, PN_TEMPLATE_RENDER_OPTIONS, NULL, NULL},

    {"serve", "", "serve the API and everything else, and work, until a signal ends it", NOTHING, 0,
     0, pn_cmd_serve, PN_SERVE_OPTIONS,
     "Makes the database where there is none. Works for every organization that is live or test:\n"
     "steps, delivers, fetches mail. SIGTERM ends it when what came is answered; SIGHUP reads the\n"
     "certificate again. On a file other commands go on working beside it; on a server any number\n"
     "of processes share the roles. docs/serve.md says more.",
     NULL},
    {"run", "", "enrol, step and deliver everything that is due now", APP, 0, 0, pn_cmd_run,
     PN_RUN_OPTIONS, NULL, NULL},
    {"advance", "", "live a sandbox through time, event by event", APP, 0, 0, pn_cmd_advance,
     PN_ADVANCE_OPTIONS, NULL, NULL},

    {"channel set", "CHANNEL", "say how messages leave", APP, 1, 1, pn_cmd_channel_set,
     PN_CHANNEL_SET_OPTIONS,
     "A password never stands in the database: name a file or an environment variable that holds\n"
     "it. In test and sandbox mode only addresses of this machine are connected to.",
     NULL},
    {"channel list", "", "channels and whether they are paused", APP, 0, 0, pn_cmd_channel_list,
     NULL, NULL, NULL},
    {"channel test", "CHANNEL", "send a test message", APP, 1, 1, pn_cmd_channel_test,
     PN_CHANNEL_TEST_OPTIONS, NULL, NULL},
    {"channel dkim-key", "", "make a key that signs mail, and its DNS record", NOTHING, 0, 0,
     pn_cmd_channel_dkim_key, PN_DKIM_KEY_OPTIONS,
     "Publish the record, then give selector and file to `puntual channel set email`.", NULL},
    {"channel resume", "CHANNEL", "end a channel's pause", APP, 1, 1, pn_cmd_channel_resume, NULL,
     NULL, NULL},

    {"payment add", "", "money came", APP, 0, 0, pn_cmd_payment_add, PN_PAYMENT_ADD_OPTIONS, NULL,
     NULL},
    {"payment reverse", "ID", "take a payment back", APP, 1, 1, pn_cmd_payment_reverse,
     PN_REASON_OPTIONS, NULL, NULL},
    {"payment allocate", "ID", "settle invoices with what is left of a payment", APP, 1, 1,
     pn_cmd_payment_allocate, PN_PAYMENT_ALLOCATE_OPTIONS, NULL, NULL},
    {"payment deallocate", "ID", "take a payment from invoices it was not meant for", APP, 1, 1,
     pn_cmd_payment_deallocate, PN_PAYMENT_DEALLOCATE_OPTIONS, NULL, NULL},
    {"payment list", "", "a debtor's payments", APP, 0, 0, pn_cmd_payment_list,
     PN_PAYMENT_LIST_OPTIONS, NULL, NULL},
    {"payment report", "", "somebody says that an invoice is paid", APP, 0, 0,
     pn_cmd_payment_report, PN_PAYMENT_REPORT_OPTIONS,
     "The invoice is not asked for during five business days; without the money a task asks a\n"
     "person to look.",
     NULL},
    {"credit add", "", "lower an invoice: credit note, write-off, discount …", APP, 0, 0,
     pn_cmd_credit_add, PN_CREDIT_OPTIONS, NULL, NULL},
    {"promise add", "", "a debtor promised to pay", APP, 0, 0, pn_cmd_promise_add,
     PN_PROMISE_OPTIONS, NULL, NULL},
    {"promise cancel", "ID", "a promise does not hold any more", APP, 1, 1, pn_cmd_promise_cancel,
     NULL, NULL, NULL},
    {"dispute open", "", "a debtor disputes an invoice or a part of it", APP, 0, 0,
     pn_cmd_dispute_open, PN_DISPUTE_OPTIONS, NULL, NULL},
    {"dispute close", "ID", "a dispute is settled", APP, 1, 1, pn_cmd_dispute_close,
     PN_OUTCOME_OPTIONS, NULL, NULL},
    {"instrument add", "", "a cheque, note or direct debit is on its way", APP, 0, 0,
     pn_cmd_instrument_add, PN_INSTRUMENT_OPTIONS, NULL, NULL},
    {"instrument clear", "ID", "it was cashed", APP, 1, 1, pn_cmd_instrument_clear, NULL, NULL,
     NULL},
    {"instrument return", "ID", "it bounced", APP, 1, 1, pn_cmd_instrument_return,
     PN_REASON_OPTIONS, NULL, NULL},
    {"plan add", "", "a debtor pays in installments", APP, 0, 0, pn_cmd_plan_add, PN_PLAN_OPTIONS,
     NULL, NULL},
    {"plan cancel", "ID", "a plan does not hold any more", APP, 1, 1, pn_cmd_plan_cancel,
     PN_REASON_OPTIONS, NULL, NULL},

    {"case list", "", "open cases, the oldest first", APP, 0, 0, pn_cmd_case_list,
     PN_CASE_LIST_OPTIONS, NULL, NULL},
    {"case show", "ID", "all about a debtor, an invoice or a run", APP, 1, 1, pn_cmd_case_show,
     NULL, "ID is run_…, inv_…, deb_…, an invoice's number or a debtor's key.", NULL},
    {"case timeline", "ID", "what happened, in order", APP, 1, 1, pn_cmd_case_timeline, NULL, NULL,
     NULL},
    {"case outlook", "ID",
     "what is planned, if nobody does anything; or what another strategy would do", APP, 1, 1,
     pn_cmd_case_outlook, PN_OUTLOOK_OPTIONS,
     "The case is lived on in memory by the same step, contact law and calendars, from how things\n"
     "stand now. Nothing is written and nothing is sent. Assumed is that nobody pays, answers, "
     "reads\n"
     "or finishes a task, that no invoice comes, and that what is disputed, promised, planned or "
     "in\n"
     "flight stays so.",
     NULL},
    {"report ageing", "", "what was open at the end of any day, by age", APP, 0, 0,
     pn_cmd_report_ageing, PN_REPORT_AGEING_OPTIONS, NULL, NULL},
    {"report money", "", "billed, collected and open in a span of days; DSO, ADD, CEI", APP, 0, 0,
     pn_cmd_report_money, PN_REPORT_OPTIONS, NULL, NULL},
    {"report cohorts", "", "by month of due date: how much was paid how many days after it", APP, 0,
     0, pn_cmd_report_cohorts, PN_REPORT_OPTIONS, NULL, NULL},
    {"report causes", "", "messages and money by what they are put down to", APP, 0, 0,
     pn_cmd_report_causes, PN_REPORT_CAUSES_OPTIONS,
     "A payment is put down to what had left last to the debtor in the 30 days before.", NULL},
    {"report work", "", "promises, complaints, tasks, what they cost, and what came without them",
     APP, 0, 0, pn_cmd_report_work, PN_REPORT_OPTIONS, NULL, NULL},
    {"report splits", "STRATEGY", "the arms of its split tests, and whether they differ", APP, 1, 1,
     pn_cmd_report_splits, PN_REPORT_SPLITS_OPTIONS,
     "Shares have Wilson's interval, differences Newcombe's, at 95 %. Arms with fewer than 30 "
     "cases\n"
     "whose days are over, or fewer than 5 that paid or did not, are not compared.",
     NULL},
    {"report steps", "STRATEGY", "cases, money, messages and cost of each step", APP, 1, 1,
     pn_cmd_report_steps, PN_REPORT_STEPS_OPTIONS, "Of its newest version.", NULL},
    {"simulate", "NAME|FILE", "what a strategy would have done in your own past", APP, 1, 1,
     pn_cmd_simulate, PN_SIMULATE_OPTIONS,
     "Invoices come and are paid as they truly were; the strategy, published, ready-made or a "
     "file's,\n"
     "acts in that by the same step, contact law and calendars that work real cases. Nothing is "
     "written\n"
     "and nothing is sent. Those figures are counted. What the messages would have changed in "
     "payment "
     "is\n"
     "estimated apart from them, as a range from P10 to P90 of a model fitted on your history, "
     "with "
     "what\n"
     "it rests on; of a short history it says what is missing. Holdouts that ran are told first.",
     NULL},
    {"replay", "", "decide again what a database has recorded, and tell what differs", APP, 0, 0,
     pn_cmd_replay, PN_REPLAY_OPTIONS,
     "For a copy of your database and another version of the program: every step of every case, "
     "where\n"
     "each has come to, every message and every answer of the contact law is decided once more, "
     "on the\n"
     "facts of its moment, and compared with what was recorded. Nothing is written. Exit code 1 "
     "where\n"
     "anything differs; what cannot be decided again is counted with its reason.",
     NULL},
    {"forecast", "", "what is open today: cash, messages and tasks of the next days", APP, 0, 0,
     pn_cmd_forecast, PN_FORECAST_OPTIONS,
     "When invoices are paid is learnt from your own history, and checked on its last fifth. "
     "Messages\n"
     "and tasks are those of today's cases, each weighted by the chance that it is still open. "
     "Invoices\n"
     "that are yet to come are not in it. Nothing is written.",
     NULL},
    {"report rebuild", "", "make the sums of reports anew from the facts", APP, 0, 0,
     pn_cmd_report_rebuild, NULL,
     "They are kept as things happen, and `audit` compares them. This is for what it found, and "
     "for\n"
     "whoever changed the database by other means.",
     NULL},

    {"segment set", "NAME RULE",
     "give a rule a name, like 'grandes' '[\"account.open\", \">\", 3000]'", APP, 2, 2,
     pn_cmd_segment_set, PN_SEGMENT_OPTIONS,
     "Cases are listed by it (`case list --segment NAME`). Strategies hold rules of their own: "
     "they\n"
     "do not change with a segment.",
     NULL},
    {"segment list", "", "segments", APP, 0, 0, pn_cmd_segment_list, NULL, NULL, NULL},
    {"segment show", "NAME", "a segment's rule, and how many fit it now", APP, 1, 1,
     pn_cmd_segment_show, NULL, NULL, NULL},
    {"segment rename", "NAME NEW", "give a segment another name", APP, 2, 2, pn_cmd_segment_rename,
     NULL, "Saved views and addresses that say the old name find none.", NULL},
    {"segment remove", "NAME", "take a segment away", APP, 1, 1, pn_cmd_segment_remove, NULL, NULL,
     NULL},
    {"outbox list", "", "what is about to leave, debtor by debtor", APP, 0, 0, pn_cmd_outbox_list,
     PN_OUTBOX_LIST_OPTIONS,
     "Most of it is not written yet: it is what the cases that are due until then would send, if\n"
     "nothing changed (see `case outlook`).",
     NULL},
    {"outbox hold", "ID…", "hold what is about to leave of cases (run_…) or debtors", APP, 0,
     PN_CLI_ARGS_MAX, pn_cmd_outbox_hold, PN_OUTBOX_HOLD_OPTIONS,
     "Or by a filter over the messages that are written and wait, up to 5,000 of them.", NULL},
    {"outbox release", "ID…", "let cases that were held go on", APP, 0, PN_CLI_ARGS_MAX,
     pn_cmd_outbox_release, PN_OUTBOX_RELEASE_OPTIONS,
     "Ends holds that people laid on these very cases, not those on a whole debtor.", NULL},
    {"case why", "MESSAGE", "why a message was or was not sent", APP, 1, 1, pn_cmd_case_why, NULL,
     NULL, NULL},
    {"case mail", "MESSAGE", "print an e-mail as it was sent", APP, 1, 1, pn_cmd_case_mail,
     PN_CASE_MAIL_OPTIONS,
     "MESSAGE is msg_…, or car_… for one mail alone, as a copy to a person of ours is.", NULL},
    {"case hold", "ID", "stop a run, or all of a debtor", APP, 1, 1, pn_cmd_case_hold,
     PN_CASE_HOLD_OPTIONS, NULL, NULL},
    {"case release", "ID", "go on", APP, 1, 1, pn_cmd_case_release, NULL, NULL, NULL},
    {"case move", "ID NODE", "lead a case to another node", APP, 2, 2, pn_cmd_case_move,
     PN_STEER_OPTIONS,
     "What it had begun where it was ends: messages that wait are skipped, tasks cancelled. The "
     "next\n"
     "step goes on from there under the engine's laws: stages that are past are not made up for.",
     NULL},
    {"case skip", "ID", "go on as if the present wait were over", APP, 1, 1, pn_cmd_case_skip,
     PN_STEER_OPTIONS, NULL, NULL},
    {"case postpone", "ID", "let the present wait last longer", APP, 1, 1, pn_cmd_case_postpone,
     PN_POSTPONE_OPTIONS, NULL, NULL},
    {"case stop", "ID", "end a case's run", APP, 1, 1, pn_cmd_case_stop, PN_STEER_OPTIONS,
     "Its strategy does not take what is open now again; another may.", NULL},
    {"message uncertain", "", "messages of which nobody knows whether they left", APP, 0, 0,
     pn_cmd_message_uncertain, PN_MESSAGE_UNCERTAIN_OPTIONS,
     "Handed over whole, and the answer was lost, or the program ended meanwhile. None is sent\n"
     "again by itself: look at the mail server's log, then say what became of it.",
     NULL},
    {"message settle", "MESSAGE", "say what became of an uncertain message", APP, 1, 1,
     pn_cmd_message_settle, PN_MESSAGE_SETTLE_OPTIONS,
     "Those that left with it in one e-mail are settled with it. One sent again passes gate and\n"
     "guard like every other.",
     NULL},
    {"message draft", "MESSAGE", "the words of a message that waits, as it would look now", APP, 1,
     1, pn_cmd_message_draft, NULL, NULL, NULL},
    {"message edit", "MESSAGE", "write other words for one message that waits", APP, 1, 1,
     pn_cmd_message_edit, PN_MESSAGE_EDIT_OPTIONS,
     "In the language of templates, and as strict: a demand still names creditor, invoices, "
     "amount\n"
     "and day. The message goes alone, not together with others.",
     NULL},
    {"message unedit", "MESSAGE", "go back to the template's words", APP, 1, 1,
     pn_cmd_message_unedit, PN_MESSAGE_REASON_OPTIONS, NULL, NULL},
    {"message resend", "MESSAGE", "send what left or failed once more, where the gate allows it",
     APP, 1, 1, pn_cmd_message_resend, PN_MESSAGE_REASON_OPTIONS,
     "It is written anew from today's facts, and counted like every other message.", NULL},

    {"contact list", "DEBTOR", "addresses of a debtor", APP, 1, 1, pn_cmd_contact_list, NULL, NULL,
     NULL},
    {"contact add", "DEBTOR ADDRESS", "add an address", APP, 2, 2, pn_cmd_contact_add,
     PN_CONTACT_ADD_OPTIONS, NULL, NULL},
    {"contact stop", "DEBTOR ADDRESS", "do not use an address any more", APP, 2, 2,
     pn_cmd_contact_stop, PN_CONTACT_STOP_OPTIONS, NULL, NULL},
    {"contact use", "DEBTOR ADDRESS", "use an address again", APP, 2, 2, pn_cmd_contact_use,
     PN_REASON_OPTIONS, NULL, NULL},

    {"contact consent", "DEBTOR ADDRESS", "the debtor agreed to be contacted there", APP, 2, 2,
     pn_cmd_contact_consent, PN_CONTACT_CONSENT_OPTIONS,
     "Where a contact policy wants a consent (`policy explain`), nothing is sent without one.",
     NULL},
    {"debtor protect", "ID", "another treatment is due to this debtor", APP, 1, 1,
     pn_cmd_debtor_protect, PN_DEBTOR_PROTECT_OPTIONS,
     "What is done about it is the contact policy's to say: nothing is sent, a person takes it "
     "on,\n"
     "only who represents the debtor is written to, or only some channels are used. Where the "
     "policy\n"
     "says nothing, no demand is sent.",
     NULL},
    {"debtor unprotect", "ID", "end a protection", APP, 1, 1, pn_cmd_debtor_unprotect,
     PN_DEBTOR_UNPROTECT_OPTIONS, NULL, NULL},
    {"debtor export", "ID", "everything that is held about a debtor", APP, 1, 1,
     pn_cmd_debtor_export, PN_DEBTOR_EXPORT_OPTIONS,
     "For a person who asks what is known of them. That it was asked stands in the timeline.",
     NULL},
    {"debtor erase", "ID", "erase what is personal about a debtor", APP, 1, 1, pn_cmd_debtor_erase,
     PN_DEBTOR_ERASE_OPTIONS,
     "Names, addresses, keys of other systems, contents of mails and all that was typed about "
     "them\n"
     "go; amounts, days, invoice numbers and the proofs' hashes stay. Refused while something is\n"
     "open. It cannot be undone. Each erasure is noted in a journal outside the database, so that\n"
     "restoring a backup erases again; for a server's database name it with --erasures.",
     NULL},
    {"debtor exclude", "ID", "ask this debtor for nothing", APP, 1, 1, pn_cmd_debtor_exclude,
     PN_EXCLUDE_OPTIONS, NULL, NULL},
    {"debtor include", "ID", "ask this debtor again", APP, 1, 1, pn_cmd_debtor_include, NULL, NULL,
     NULL},
    {"signal add", "", "a debtor opened, clicked, answered, bounced …", APP, 0, 0,
     pn_cmd_signal_add, PN_SIGNAL_OPTIONS, NULL, NULL},
    {"link make", "CASE", "a link to the debtor's page, to be given by hand", APP, 1, 1,
     pn_cmd_link_make, PN_LINK_MAKE_OPTIONS,
     "CASE is a debtor, or an invoice: then the page is about its account.", NULL},
    {"link list", "DEBTOR", "links of a debtor that stand by themselves", APP, 1, 1,
     pn_cmd_link_list, NULL, NULL, NULL},
    {"link end", "ID", "nobody gets anywhere with a link any more", APP, 1, 1, pn_cmd_link_end,
     NULL, "ID is a link's, or an e-mail's (car_…): then all links in it end.", NULL},
    {"link key", "", "make links with a new key from now on", APP, 0, 0, pn_cmd_link_key,
     PN_LINK_KEY_OPTIONS,
     "With --end-older every link that is out stops working: for when a copy of the database came\n"
     "into wrong hands.",
     NULL},
    {"signal classify", "", "say of user agents whether a person's program sent them", NOTHING, 0,
     0, pn_cmd_signal_classify, PN_CLASSIFY_OPTIONS,
     "Prints machine, proxy or human for each line: machine for bots, gateways and libraries, "
     "proxy\n"
     "for mail services that fetch pictures on behalf of their users.",
     NULL},

    {"task list", "", "what needs a person, the most urgent first", APP, 0, 0, pn_cmd_task_list,
     PN_TASK_LIST_OPTIONS, NULL, NULL},
    {"task show", "ID", "all about a task: what to say, send or look at", APP, 1, 1,
     pn_cmd_task_show, NULL, NULL, NULL},
    {"task done", "ID", "a person has done it", APP, 1, 1, pn_cmd_task_done, PN_TASK_DONE_OPTIONS,
     NULL, NULL},
    {"task queue", "", "all that needs a person, the most pressing first, and why", APP, 0, 0,
     pn_cmd_queue, PN_QUEUE_OPTIONS,
     "Tasks, promises that were broken, messages that may have left, holds that end soon, and what "
     "waits for a second person.",
     NULL},
    {"task add", "DEBTOR TITLE", "write down what a person has to do", APP, 2, 2, pn_cmd_task_add,
     PN_TASK_ADD_OPTIONS, NULL, NULL},
    {"task snooze", "ID…", "put tasks off: they come back by themselves", APP, 1, 500,
     pn_cmd_task_snooze, PN_TASK_SNOOZE_OPTIONS, NULL, NULL},
    {"task wake", "ID…", "put tasks off no longer", APP, 1, 500, pn_cmd_task_wake, NULL, NULL,
     NULL},
    {"task assign", "ID…", "somebody takes tasks over", APP, 1, 500, pn_cmd_task_assign,
     PN_TASK_ASSIGN_OPTIONS, NULL, NULL},
    {"task call", "ID…", "somebody called: how it went, and when to call again", APP, 1, 500,
     pn_cmd_task_call, PN_TASK_CALL_OPTIONS,
     "A conversation counts for the policy's wait after one.", NULL},
    {"task accept", "ID", "carry out what a reply seems to want", APP, 1, 1, pn_cmd_task_accept,
     PN_TASK_ACCEPT_OPTIONS,
     "A promise is written down, an invoice disputed or reported as paid, an address not used any "
     "more; then the task is done.",
     NULL},
    {"task reject", "ID", "what is suggested for a reply is wrong", APP, 1, 1, pn_cmd_task_reject,
     NULL, NULL, NULL},
    {"task undo", "CHANGE", "take back what one command did with tasks", APP, 1, 1,
     pn_cmd_task_undo, NULL,
     "Refused for a task with which something else was done since, or whose case has gone on.",
     NULL},

    {"notice list", "", "what people of ours were told, the newest first", APP, 0, 0,
     pn_cmd_notice_list, PN_NOTICE_LIST_OPTIONS,
     "Refusals of us as a sender, complaints, what strategies tell: nothing has to be done about a "
     "notice.",
     NULL},

    {"policy list", "", "contact policies: the packs and your own", APP, 0, 0, pn_cmd_policy_list,
     NULL, NULL, NULL},
    {"policy show", "NAME", "print a contact policy", MAY, 1, 1, pn_cmd_policy_show, NULL, NULL,
     NULL},
    {"policy explain", "", "the hours of each day that a policy leaves, and its rules in words",
     MAY, 0, 0, pn_cmd_policy_explain, PN_POLICY_EXPLAIN_OPTIONS,
     "Days that are alike share a line. Works without a database: the packs come with the program.",
     NULL},
    {"policy publish", "FILE", "publish a contact policy of your own", APP, 1, 1,
     pn_cmd_policy_publish, NULL, NULL, NULL},
    {"policy check", "", "may this debtor be contacted then?", APP, 0, 0, pn_cmd_policy_check,
     PN_POLICY_CHECK_OPTIONS, NULL, NULL},

    {"document add", "WHOSE FILE", "keep a PDF, JPEG or PNG with a debtor or an invoice", APP, 2, 2,
     pn_cmd_document_add, PN_DOCUMENT_ADD_OPTIONS,
     "WHOSE is a debtor's key, an invoice's number, deb_… or inv_…. A PDF that is shown is offered "
     "as\n"
     "the invoice's copy on the debtor's page, and attached where a message attaches the invoice.",
     NULL},
    {"document list", "WHOSE", "what is kept with a debtor or an invoice", APP, 1, 1,
     pn_cmd_document_list, NULL, NULL, NULL},
    {"document save", "ID FILE", "write a kept document to a file", APP, 2, 2, pn_cmd_document_save,
     NULL, NULL, NULL},
    {"document delete", "ID", "delete a kept document", APP, 1, 1, pn_cmd_document_delete, NULL,
     NULL, NULL},
    {"document invoice", "INVOICE", "a copy of an invoice as PDF", APP, 1, 1,
     pn_cmd_document_invoice, PN_DOCUMENT_OPTIONS,
     "With its lines and taxes where they were imported, what was paid, what is to pay and how.",
     NULL},
    {"document statement", "DEBTOR", "a debtor's statement of account as PDF", APP, 1, 1,
     pn_cmd_document_statement, PN_DOCUMENT_STATEMENT_OPTIONS,
     "Open invoices by age; disputed, promised and planned amounts stand apart from what is to\n"
     "pay.",
     NULL},
    {"document letter", "", "a letter with a template's text as PDF", APP, 0, 0,
     pn_cmd_document_letter, PN_DOCUMENT_LETTER_OPTIONS, NULL, NULL},
    {"document plan", "PLAN", "the agreement of a payment plan as PDF, to be signed", APP, 1, 1,
     pn_cmd_document_plan, PN_DOCUMENT_OPTIONS, NULL, NULL},
    {"document receipt", "PAYMENT", "the receipt of a payment as PDF", APP, 1, 1,
     pn_cmd_document_receipt, PN_DOCUMENT_OPTIONS, NULL, NULL},
    {"export invoices", "", "open invoices as CSV, the oldest due date first", APP, 0, 0,
     pn_cmd_export_invoices, PN_EXPORT_CASE_OPTIONS,
     "UTF-8 with a byte order mark; what could be a formula is guarded. 100,000 rows at most.",
     NULL},
    {"export accounts", "", "open accounts as CSV, the oldest due date first", APP, 0, 0,
     pn_cmd_export_accounts, PN_EXPORT_CASE_OPTIONS,
     "UTF-8 with a byte order mark; what could be a formula is guarded. 100,000 rows at most.",
     NULL},
    {"export debtors", "", "debtors as CSV", APP, 0, 0, pn_cmd_export_debtors,
     PN_EXPORT_DEBTOR_OPTIONS,
     "UTF-8 with a byte order mark; what could be a formula is guarded. 100,000 rows at most.",
     NULL},
    {"export payments", "", "payments as CSV, the newest first", APP, 0, 0, pn_cmd_export_payments,
     PN_EXPORT_PAYMENT_OPTIONS,
     "UTF-8 with a byte order mark; what could be a formula is guarded. 100,000 rows at most.",
     NULL},
    {"holiday list", "", "public holidays, as waits and contact hours know them", APP, 0, 0,
     pn_cmd_holiday_list, PN_HOLIDAY_OPTIONS, NULL, NULL},
    {"inbound", "[FILE]…", "take mail that came in", NOTHING, 0, PN_CLI_ARGS_MAX, pn_cmd_inbound,
     PN_INBOUND_OPTIONS,
     "Takes one mail from standard input, files, a maildir, or a mailbox by IMAP: a bounce (hard,\n"
     "soft, policy), a complaint, an automatic reply, a person's reply, or other. It is stored "
     "once,\n"
     "matched to what was sent, and acted upon: an address that does not work is not used any "
     "more\n"
     "(a soft bounce counts three times within 30 days), a person's reply stops demands until it\n"
     "was read. Exit code 75 means that the mail was not stored and should be delivered again.\n"
     "With --dry-run nothing is kept, and several files give one line each.",
     NULL},
    {"inbound list", "", "mail that came in, the newest first", APP, 0, 0, pn_cmd_inbound_list,
     PN_INBOUND_LIST_OPTIONS, NULL, NULL},
    {"inbound show", "ID", "all about a mail that came in", APP, 1, 1, pn_cmd_inbound_show,
     PN_INBOUND_SHOW_OPTIONS, NULL, NULL},
    {"inbound match", "ID", "say what an unmatched mail belongs to", APP, 1, 1,
     pn_cmd_inbound_match, PN_INBOUND_MATCH_OPTIONS,
     "What follows from the mail happens now: a reply stops demands, a bounce ends the use of its\n"
     "address.",
     NULL},
    {"inbound ignore", "ID", "say that nothing follows from an unmatched mail", APP, 1, 1,
     pn_cmd_inbound_ignore, PN_INBOUND_IGNORE_OPTIONS, NULL, NULL},
    {"mailbox set", "NAME", "say where mail is fetched from", APP, 1, 1, pn_cmd_mailbox_set,
     PN_MAILBOX_SET_OPTIONS,
     "A password never stands in the database: name a file or an environment variable that holds\n"
     "it. In test and sandbox mode only addresses of this machine are connected to.",
     NULL},
    {"mailbox list", "", "mailboxes, and how their last session ended", APP, 0, 0,
     pn_cmd_mailbox_list, NULL, NULL, NULL},
    {"mailbox test", "NAME", "log in and count the mails; nothing is changed", APP, 1, 1,
     pn_cmd_mailbox_test, NULL, NULL, NULL},
    {"mailbox remove", "NAME", "fetch from there no more", APP, 1, 1, pn_cmd_mailbox_remove, NULL,
     NULL, NULL},

    {"offer list", "", "what was offered, or what a debtor can accept now", APP, 0, 0,
     pn_cmd_offer_list, PN_OFFER_LIST_OPTIONS, NULL, NULL},
    {"offer accept", "ID", "enter that a debtor accepted an offer", APP, 1, 1, pn_cmd_offer_accept,
     PN_OFFER_ACCEPT_OPTIONS,
     "It becomes a payment plan, and what was agreed to is kept in words, with its hash.", NULL},
    {"offer withdraw", "ID", "let nobody accept it any more", APP, 1, 1, pn_cmd_offer_withdraw,
     PN_OFFER_WITHDRAW_OPTIONS, NULL, NULL},
    {"offer make", "DEBTOR", "offer a debtor a row of the matrix", APP, 1, 1, pn_cmd_offer_make,
     PN_OFFER_MAKE_OPTIONS,
     "Whoever speaks with the debtor can then enter that it was accepted; on their page they find\n"
     "the matrix's rows by themselves.",
     NULL},
    {"offer matrix", "", "what every debtor may take at any time", APP, 0, 0,
     pn_cmd_offer_matrix_show, NULL, NULL, NULL},
    {"offer set-matrix", "FILE", "change what every debtor may take", APP, 1, 1,
     pn_cmd_offer_matrix_set, NULL,
     "A list of rows in JSON, each like an offering node of a strategy; docs/offers.md has one.",
     NULL},
    {"proposal add", "DEBTOR", "enter what a debtor proposes, for somebody to decide", APP, 1, 1,
     pn_cmd_proposal_add, PN_PROPOSAL_ADD_OPTIONS, NULL, NULL},
    {"proposal list", "", "plans that debtors proposed and that wait for an answer", APP, 0, 0,
     pn_cmd_proposal_list, PN_PROPOSAL_LIST_OPTIONS, NULL, NULL},
    {"proposal approve", "ID", "say yes: the debtor can accept it", APP, 1, 1,
     pn_cmd_proposal_approve, PN_PROPOSAL_APPROVE_OPTIONS, NULL, NULL},
    {"proposal refuse", "ID", "say no, and why", APP, 1, 1, pn_cmd_proposal_refuse,
     PN_PROPOSAL_REFUSE_OPTIONS, NULL, NULL},
    {"complaint list", "", "complaints of debtors that wait for an answer", APP, 0, 0,
     pn_cmd_complaint_list, PN_COMPLAINT_LIST_OPTIONS, NULL, NULL},
    {"complaint show", "ID", "one complaint", APP, 1, 1, pn_cmd_complaint_show, NULL, NULL, NULL},
    {"complaint add", "DEBTOR TEXT", "enter a complaint that was made by telephone or letter", APP,
     2, 2, pn_cmd_complaint_add, NULL, NULL, NULL},
    {"complaint close", "ID", "say what was answered", APP, 1, 1, pn_cmd_complaint_close,
     PN_COMPLAINT_CLOSE_OPTIONS, "Its task is done with that.", NULL},
    {"file list", "", "files that debtors sent", APP, 0, 0, pn_cmd_file_list, PN_FILE_LIST_OPTIONS,
     NULL, NULL},
    {"file save", "ID PATH", "save a file that a debtor sent", APP, 2, 2, pn_cmd_file_save, NULL,
     "It was checked to be a PDF or picture, and nothing more: open it with care.", NULL},
    {"mandate add", "DEBTOR", "a debtor let a card or account be charged", APP, 1, 1,
     pn_cmd_mandate_add, PN_MANDATE_ADD_OPTIONS,
     "The card itself stays with the provider; here stands what the provider calls it.", NULL},
    {"mandate list", "DEBTOR", "what a debtor let be charged", APP, 1, 1, pn_cmd_mandate_list, NULL,
     NULL, NULL},
    {"mandate end", "ID", "charge it no more", APP, 1, 1, pn_cmd_mandate_end, NULL, NULL, NULL},
    {"webhook add", "URL", "tell somebody of what happens", APP, 1, 1, pn_cmd_webhook_add,
     PN_WEBHOOK_ADD_OPTIONS,
     "As Standard Webhooks 1.0 wants it; prints the secret that signs. docs/webhooks.md has more.",
     NULL},
    {"webhook list", "", "who is told, and whether it arrives", APP, 0, 0, pn_cmd_webhook_list,
     NULL, NULL, NULL},
    {"webhook test", "ID", "tell it something now", APP, 1, 1, pn_cmd_webhook_test, NULL, NULL,
     NULL},
    {"webhook log", "[ID]", "what was told, the newest first", APP, 0, 1, pn_cmd_webhook_log, NULL,
     NULL, NULL},
    {"webhook redeliver", "NOTIFICATION", "tell the same once more", APP, 1, 1,
     pn_cmd_webhook_redeliver, NULL, NULL, NULL},
    {"webhook rotate", "ID", "make another secret; for a day both sign", APP, 1, 1,
     pn_cmd_webhook_rotate, NULL, NULL, NULL},
    {"webhook enable", "ID", "tell it again, after it was turned off", APP, 1, 1,
     pn_cmd_webhook_enable, NULL, NULL, NULL},
    {"webhook remove", "ID", "tell it no more", APP, 1, 1, pn_cmd_webhook_remove, NULL, NULL, NULL},
    {"api openapi", "", "the API as an OpenAPI 3.1 document", NOTHING, 0, 0, pn_cmd_api_openapi,
     NULL, NULL, NULL},
    {"api types", "", "the API as TypeScript types", NOTHING, 0, 0, pn_cmd_api_types, NULL, NULL,
     NULL},
    {"connector set", "NAME", "say how another system is reached", APP, 1, 1, pn_cmd_connector_set,
     PN_CONNECTOR_SET_OPTIONS,
     "Cases ask it by the nodes http, ticket, branch.paid, suspend and restore. The key never "
     "stands\n"
     "in the database: name a file or an environment variable that holds it. In test and sandbox "
     "mode\n"
     "only addresses of this machine are connected to. docs/connectors.md has more.",
     NULL},
    {"connector list", "", "connectors, and how their last request ended", APP, 0, 0,
     pn_cmd_connector_list, NULL, NULL, NULL},
    {"connector test", "NAME", "send one request now and show the answer", APP, 1, 1,
     pn_cmd_connector_test, PN_CONNECTOR_TEST_OPTIONS, NULL, NULL},
    {"connector log", "", "what cases asked, the newest first", APP, 0, 0, pn_cmd_connector_log,
     NULL, NULL, NULL},
    {"connector remove", "NAME", "forget how it is reached", APP, 1, 1, pn_cmd_connector_remove,
     NULL, NULL, NULL},

    {"audit", "", "compute every balance, proof and state again by other code", APP, 0, 0,
     pn_cmd_audit, NULL,
     "Balances are summed from their entries, events hashed again from their bytes, Merkle roots\n"
     "built anew. Exit code 0 only when everything agrees; nothing is changed either way.",
     NULL},
    {"backup", "FILE", "write a copy of the database while work goes on", APP, 1, 1, pn_cmd_backup,
     NULL,
     "The copy is a database of its own. It is read back whole before it gets its name, and\n"
     "overwrites nothing. It holds every organization of the database.",
     NULL},
    {"restore", "FILE", "put a backup in the database's place", NOTHING, 1, 1, pn_cmd_restore,
     PN_RESTORE_OPTIONS,
     "What was sent since the backup is not in it. So in live organizations channels are paused,\n"
     "and messages that waited become uncertain until a person settles them. Debtors that were\n"
     "erased since are erased again.",
     NULL},
    {"restored", "", "say that the server's tools restored the database", NOTHING, 0, 0,
     pn_cmd_restored, PN_RESTORED_OPTIONS,
     "After pg_restore or a recovery to a point in time, before anything else works on it: does "
     "what\n"
     "`restore` does to a file. --erasures names the journal of erasures.",
     NULL},
    {"copy", "", "copy the whole database to a file or server", NOTHING, 0, 0, pn_cmd_copy,
     PN_COPY_OPTIONS,
     "From SQLite to PostgreSQL, back, or to the same kind: every organization and every table.\n"
     "Nobody else may have either database open. Killed and called again, it goes on where it "
     "was.\n"
     "Until every table was compared and the copy audited, all commands refuse the target. The\n"
     "source is not changed; in live organizations of the copy channels are paused.",
     NULL},
    {"migrate", "", "bring the database to this program's schema", NOTHING, 0, 0, pn_cmd_migrate,
     PN_MIGRATE_OPTIONS,
     "A file is upgraded by the first command that opens it, too; a backup is written beside it\n"
     "before. A server's database only by this command, in one transaction, and only with\n"
     "--backed-up: make the backup with pg_dump. Nobody else may have the database open. Older\n"
     "programs refuse it from then on.",
     NULL},
    {"demo", "", "some months of an invented group of companies", NOTHING, 0, 0, pn_cmd_demo,
     PN_DEMO_OPTIONS,
     "Makes a folder with a database and three sample e-mails, lives through it and prints what\n"
     "happened. It overwrites only what an earlier demo made, and lives the same on a server.",
     NULL},
    {"sim", "", "the program against a hostile world, for who works on it", NOTHING, 0, 0,
     pn_cmd_sim, PN_SIM_OPTIONS,
     "Lives histories made from a seed over databases of its own, with crashes, failing disks, "
     "bad\n"
     "mail servers and a second process, and checks the laws of the engine all the while. A\n"
     "failure prints its seed, the law, and the shortest history found that breaks it.",
     NULL},
    {"config show", "", "the settings in force", MAY, 0, 0, pn_cmd_config_show, CONFIG_OPTIONS,
     NULL, NULL},
    {"config set", "KEY VALUE", "change a setting of the organization", APP, 2, 2,
     pn_cmd_config_set, NULL,
     "public_url: where debtors reach this installation, like https://pagos.example.com; e-mails\n"
     "then carry a link to be written to no more.\n"
     "second_factor: who has to have one; nobody, owners or everybody.\n"
     "four_eyes_publish, four_eyes_release, four_eyes_steer, four_eyes_live:\n"
     "yes, and publishing a strategy,\n"
     "releasing held sends or leading a case by hand over the API waits for a second person;\n"
     " four_eyes_write_off: so do write-offs above an amount, '1000 "
     "EUR'.\n"
     "An empty VALUE takes a setting back.",
     NULL},
    {"config limits", "", "every bound of the program", NOTHING, 0, 0, pn_cmd_config_limits, NULL,
     NULL, NULL},
    {"version", "", "print the version", NOTHING, 0, 0, pn_cmd_version, NULL, NULL, NULL},
    {NULL, NULL, NULL, NOTHING, 0, 0, NULL, NULL, NULL, NULL},
};
