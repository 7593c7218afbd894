/* Every bound of the program, in one table. docs/LIMITS.md and `puntual config limits` are made
 * from it, so they cannot disagree with the code.
 *
 * PN_LIMITS(X): X(NAME, value, unit, meaning) */
#ifndef PN_BASE_LIMITS_H
#define PN_BASE_LIMITS_H

#include "base/macros.h"

#define PN_LIMITS(X)                                                                               \
    X(JSON_DEPTH, 64, "levels", "nesting of a JSON document")                                      \
    X(STRATEGY_BYTES, 1048576, "bytes", "size of one strategy document")                           \
    X(STRATEGY_NODES, 500, "nodes", "nodes in one strategy")                                       \
    X(NODE_EXITS, 16, "exits", "exits of one node (arms of a split, rules of a branch)")           \
    X(EXAMPLES, 50, "examples", "examples in one strategy")                                        \
    X(EXAMPLE_ENTRIES, 200, "entries", "invoices, events or expectations of one example")          \
    X(EXAMPLE_DAYS, 1500, "days", "the last day an example may live, counted from its day 0")      \
    X(EXAMPLE_STEPS, 2000, "steps", "steps that the case of one example may take")                 \
    X(STEP_VISITS, 64, "visits", "nodes one run may pass in one step")                             \
    X(CASE_JUMPS, 8, "jumps", "jumps from strategy to strategy in one case")                       \
    X(RULE_DEPTH, 16, "levels", "nesting of a rule")                                               \
    X(RULE_TERMS, 200, "comparisons", "comparisons in one rule")                                   \
    X(RULE_LIST, 1000, "values", "values in one `in` list")                                        \
    X(RULE_VALUES, 10000, "values", "values of all comparisons of one rule")                       \
    X(ATTRIBUTES, 64, "keys", "attributes of one debtor, invoice or line")                         \
    X(ATTRIBUTES_BYTES, 8192, "bytes", "size of all attributes of one debtor, invoice or line")    \
    X(INVOICE_LINES, 1000, "lines", "lines of one invoice")                                        \
    X(DEBTOR_CONTACTS, 64, "contacts", "contacts of one debtor")                                   \
    X(DEBTOR_ITEMS, 100000, "invoices", "open invoices of one debtor that one step looks at")      \
    X(CASES_COUNTED, 1000, "cases", "cases that a list counts; of more it says so")                \
    X(API_TEXT_BYTES, 4000, "bytes", "a text in a request, where nothing else is said")            \
    X(API_BODY_BYTES, 1048576, "bytes", "body of a request, where nothing else is said")           \
    X(API_QUERY_BYTES, 16384, "bytes", "what stands behind the “?” of a URL")                      \
    X(API_ANSWER_BYTES, 33554432, "bytes", "body of an answer")                                    \
    X(API_READ_SECONDS, 10, "seconds", "reading for an answer, where nothing else is said")        \
    X(API_REPORT_SECONDS, 60, "seconds", "reading for a report or an export")                      \
    X(API_PAGE, 50, "rows", "a page of a list, where no limit is asked for")                       \
    X(API_PAGE_MAX, 500, "rows", "a page of a list")                                               \
    X(API_PROBLEMS, 100, "problems", "that the answer to one request lists one by one")            \
    X(API_BULK_ROWS, 10000, "rows", "invoices in one request")                                     \
    X(API_BULK_BYTES, 16777216, "bytes", "body of a request with many invoices")                   \
    X(API_DOCUMENT_BYTES, 20971520, "bytes", "a document that is uploaded")                        \
    X(JOBS_WAITING, 100, "jobs", "of one organization that wait or run")                           \
    X(STUDIES_WAITING, 5, "studies",                                                               \
      "simulations and forecasts of one organization that wait or run; a server runs one at once") \
    X(STUDIES, 200, "studies", "simulations and forecasts that an organization keeps")             \
    X(STUDY_MESSAGES, 5000, "messages", "of one simulated strategy that are kept one by one")      \
    X(STUDY_BYTES, 1073741824, "bytes", "memory of one simulation or forecast")                    \
    X(JOB_TRIES, 3, "times", "a job is begun when its process ends before it does")                \
    X(JOB_LEASE_SECONDS, 30, "seconds",                                                            \
      "after which a job whose process is silent is begun again")                                  \
    X(UPLOAD_BYTES, 134217728, "bytes", "one file that is uploaded to be imported")                \
    X(UPLOADS_BYTES, 1073741824, "bytes",                                                          \
      "all of an organization's files that wait to be imported")                                   \
    X(DOCUMENTS_BYTES, 524288000, "bytes", "all documents kept with one debtor")                   \
    X(UPLOAD_DAYS, 30, "days", "an upload, and the rows an import refused, are kept")              \
    X(IMPORT_REFUSED, 100000, "rows", "refused by an import that can be downloaded")               \
    X(IDEMPOTENCY_HOURS, 24, "hours", "the answer to an Idempotency-Key is kept")                  \
    X(IDEMPOTENCY_BUSY_MINUTES, 15, "minutes",                                                     \
      "a request with an Idempotency-Key may be under way; then it counts as lost")                \
    X(IDEMPOTENCY_ANSWER_BYTES, 262144, "bytes", "an answer that is kept for its Idempotency-Key") \
    X(RATE_ADDRESS_MINUTE, 6000, "requests", "a minute from one address, and as many in a burst")  \
    X(RATE_KEY_MINUTE, 60000, "requests", "a minute with one key or session, a burst included")    \
    X(RATE_BUCKETS, 65536, "buckets", "addresses, keys and sessions whose rates are remembered")   \
    X(DEBTOR_TREE_DEPTH, 8, "levels", "depth of the tree of debtors")                              \
    X(TEMPLATE_BYTES, 262144, "bytes", "size of one template and of one rendered text")            \
    X(TEMPLATE_OPERATIONS, 100000, "operations", "work of rendering one text")                     \
    X(TEMPLATE_DEPTH, 32, "levels", "nesting of blocks in a template")                             \
    X(TEMPLATE_VARIANTS, 500, "variants", "variants in one template family")                       \
    X(TEMPLATE_BLOCKS, 100, "blocks", "blocks in one variant of a template")                       \
    X(TEMPLATE_ROWS, 100, "invoices", "invoices of a group that an e-mail lists one by one")       \
    X(EMAIL_HTML_BYTES, 100000, "bytes", "HTML of an e-mail that lists invoices one by one")       \
    X(MESSAGE_BYTES, 26214400, "bytes", "size of one e-mail with its attachments")                 \
    X(MESSAGE_ATTACHMENTS, 20, "files", "attachments of one e-mail")                               \
    X(ATTACHMENTS_BYTES, 15728640, "bytes",                                                        \
      "size of one e-mail's attachments; others are left out")                                     \
    X(CARRIER_MESSAGES, 1000, "messages", "intents that may join one carrier")                     \
    X(LINK_DAYS, 180, "days", "time for which a link to the debtor's page or an e-mail opens it")  \
    X(LINK_TARGETS, 100, "links", "links of one e-mail that are counted")                          \
    X(LINK_TARGET_BYTES, 2000, "bytes", "length of the address that a link leads to")              \
    X(TOUCHES_KEPT, 20, "signals", "equal opens or clicks of one message that are recorded")       \
    X(TOUCHES_WAITING, 100000, "opens", "opens that wait to be stored; of more, some are lost")    \
    X(USER_AGENTS_BYTES, 67108864, "bytes", "size of a file of user agents to classify")           \
    X(MAIL_DEPTH, 20, "levels", "nesting of parts and enclosed mails in a mail that arrived")      \
    X(MAIL_PARTS, 500, "parts", "parts that are read of a mail that arrived")                      \
    X(MAIL_HEADER_FIELDS, 1000, "fields", "fields that are read of one header of a mail")          \
    X(MAIL_HEADER_BYTES, 262144, "bytes", "what is read of one header of a mail")                  \
    X(MAIL_TEXT_BYTES, 262144, "bytes", "text that is kept of one part of a mail")                 \
    X(MAIL_TEXTS_BYTES, 4194304, "bytes", "text that is kept of all parts of a mail")              \
    X(CREDITOR_LOGO_BYTES, 262144, "bytes", "size of a creditor's logo")                           \
    X(CREDITOR_LOGO_PIXELS, 4000, "pixels", "width and height of a creditor's logo")               \
    X(IMPORT_FILE_BYTES, 2147483647, "bytes", "size of one import file")                           \
    X(IMPORT_LINE_BYTES, 1048576, "bytes", "size of one line of an import file")                   \
    X(IMPORT_COLUMNS, 500, "columns", "columns of an import file")                                 \
    X(IMPORT_PROBLEMS, 1000, "problems", "problems an import report lists one by one")             \
    X(IMPORT_FIXES, 1000, "values", "values of a file that are corrected as it is imported")       \
    X(TEXT_BYTES, 4000, "bytes", "length of a name, reason, note or other free text")              \
    X(EXTERNAL_ID_BYTES, 200, "bytes", "length of an ERP key")                                     \
    X(EMAIL_BYTES, 254, "bytes", "length of an e-mail address (RFC 5321)")                         \
    X(AMOUNT_DIGITS, 16, "digits", "length of the largest amount, in minor units")                 \
    X(ZONE_CHANGES, 2000, "changes", "changes of offset in one time zone file")                    \
    X(DRAFTS, 500, "drafts", "strategies and templates of an organization that are being written") \
    X(SEGMENT_NAME_BYTES, 120, "bytes", "name of a segment")                                       \
    X(SEGMENT_RULE_BYTES, 16384, "bytes", "rule of a segment")                                     \
    X(ADVANCE_DAYS, 7320, "days", "longest move of a sandbox clock in one command")                \
    X(STEP_BATCH, 1000, "cases", "runs stepped in one transaction")                                \
    X(DELIVERY_BATCH, 500, "messages", "messages claimed or recorded in one transaction")          \
    X(DELIVERY_ATTEMPTS, 8, "attempts", "attempts at sending one message")                         \
    X(DELIVERY_GIVE_UP_HOURS, 36, "hours", "time after which a message that cannot leave fails")   \
    X(TRANSACTION_TRIES, 10, "times", "a transaction is begun when others are in its way")         \
    X(DELIVERY_LEASE_SECONDS, 300, "seconds", "time a claimed message belongs to its worker")      \
    X(SMTP_CONNECTIONS, 16, "connections", "connections to one mail server")                       \
    X(SMTP_REPLY_BYTES, 8192, "bytes", "length of one reply of a mail server")                     \
    X(SMTP_TIMEOUT_SECONDS, 120, "seconds", "wait for one reply of a mail server")                 \
    X(SMTP_CONNECTION_MESSAGES, 10000, "messages", "messages over one mail connection")            \
    X(MAILBOXES_LISTENED, 8, "mailboxes", "of an organization listened to; others by turns")       \
    X(IMAP_TIMEOUT_SECONDS, 120, "seconds", "wait for one answer of a mailbox's server")           \
    X(REPLY_BYTES, 4000, "bytes", "text of a reply that is kept apart from its mail")              \
    X(SOFT_BOUNCES, 3, "mails", "bounces that may pass, after which an address counts as dead")    \
    X(SOFT_BOUNCE_DAYS, 30, "days", "time within which they must come")                            \
    X(INBOUND_BYTES, 26214400, "bytes", "size of one mail received; larger ones are listed only")  \
    X(CHANNEL_QUEUE, 1000, "messages", "messages one channel holds until their results are read")  \
    X(CHANNEL_RESULT_SECONDS, 240, "seconds", "time in which a channel tells a message's result")  \
    X(HELPER_BYTES, 67108864, "bytes", "one question to a helper process, or its answer")          \
    X(SHEET_BYTES, 1073741824, "bytes", "what an .xlsx may hold unpacked, all parts together")     \
    X(SHEET_ENTRIES, 4000, "parts", "parts of an .xlsx")                                           \
    X(SHEET_RATIO, 300, "times", "packing of a part of an .xlsx above 16 MiB")                     \
    X(SHEET_CELLS, 20000000, "cells", "cells of one sheet")                                        \
    X(PASSWORD_CHARACTERS_MIN, 10, "characters", "the shortest password")                          \
    X(PASSWORD_BYTES, 256, "bytes", "the longest password")                                        \
    X(PASSWORDS_AT_ONCE, 2, "hashes", "passwords checked at the same time, 19 MiB each")           \
    X(PASSWORDS_WAITING, 64, "requests", "sign-ins that wait for their turn; more are put off")    \
    X(SESSION_IDLE_HOURS, 12, "hours", "time after which a session that is not used ends")         \
    X(SESSION_DAYS, 14, "days", "time after which a session ends however much it is used")         \
    X(SESSIONS_OF_USER, 50, "sessions", "sessions of one person; the oldest ends for a new one")   \
    X(STRONG_MINUTES, 30, "minutes", "how long a second factor or password opens what is guarded") \
    X(INVITATION_DAYS, 7, "days", "how long an invitation may be accepted")                        \
    X(RESET_MINUTES, 60, "minutes", "how long a link for a new password works")                    \
    X(GUESSES_OF_ACCOUNT, 10, "guesses", "wrong passwords or codes of one account in a row")       \
    X(GUESSES_OF_ADDRESS, 50, "guesses", "wrong passwords or codes from one address in a row")     \
    X(GUESS_PAUSE_MINUTES, 15, "minutes", "pause after them, and how long they are remembered")    \
    X(API_KEYS, 200, "keys", "keys of one organization that are in use")                           \
    X(API_KEY_SCOPES, 64, "scopes", "scopes of one key")                                           \
    X(API_KEY_NETWORKS, 32, "networks", "networks that one key may come from")                     \
    X(RESOLVE_SECONDS, 20, "seconds", "wait for the addresses of a host name")                     \
    X(CONNECT_SECONDS, 30, "seconds", "wait for a connection to one of a host's addresses")        \
    X(FETCH_SECONDS, 30, "seconds", "one request to another system, unless it says less")          \
    X(FETCH_BYTES, 1048576, "bytes", "body of an answer of another system over HTTP")              \
    X(CALLS_AT_ONCE, 64, "requests", "other systems asked or told at the same time")               \
    X(CALLS_TO_ONE, 8, "requests", "the same to one of them; one that hangs: one at a time")       \
    X(DATA_CENTRES, 200000, "networks", "of data centres, whence no person follows links")         \
    X(PAYIN_MINUTES, 60, "minutes", "time to begin a payment on a provider's page")                \
    X(PAGE_BYTES, 50000, "bytes", "HTML of a debtor's page")                                       \
    X(PAGE_FILE_BYTES, 8388608, "bytes", "one file that a debtor sends on their page")             \
    X(PAGE_FILES_BYTES, 104857600, "bytes", "all files that one debtor sends on their page")       \
    X(PROMISE_DAYS, 15, "days", "how far ahead debtors may promise on their page")                 \
    X(PDF_PAGES, 500, "pages", "pages of one PDF document")                                        \
    X(PDF_ROWS, 20000, "rows", "rows of all tables of one PDF document")                           \
    X(PDF_BLOCKS, 1000, "blocks", "blocks of one PDF document")                                    \
    X(PDF_JSON_BYTES, 8388608, "bytes", "size of what a PDF document is made from")                \
    X(PDF_BYTES, 20971520, "bytes", "size of one PDF document")                                    \
    X(LOGO_BYTES, 1048576, "bytes", "size of a logo, PNG or JPEG")                                 \
    X(LOGO_SIDE, 4096, "pixels", "width and height of a logo")                                     \
    X(HTTP_CONNECTIONS, 4096, "connections", "connections of clients open at once")                \
    X(HTTP_BACKLOG, 1024, "connections", "connections that the system keeps until we take them")   \
    X(HTTP_HEAD_BYTES, 32768, "bytes", "first line and header fields of a request")                \
    X(HTTP_HEAD_SECONDS, 10, "seconds", "time for them to arrive")                                 \
    X(HTTP_IDLE_SECONDS, 75, "seconds", "time a connection is kept open without a request")        \
    X(HTTP_BODY_SECONDS, 30, "seconds", "time for a body to arrive, besides what its size takes")  \
    X(HTTP_ANSWER_SECONDS, 30, "seconds", "time for an answer to be taken, likewise")              \
    X(HTTP_BYTES_A_SECOND, 16384, "bytes", "the slowest line that bodies and answers may have")    \
    X(HTTP_BODIES_BYTES, 268435456, "bytes", "bodies of all requests that are under way")          \
    X(HTTP_ARENA_BYTES, 67108864, "bytes", "memory of one request besides its body")               \
    X(HTTP_READERS, 8, "threads", "requests that are read for at the same time")                   \
    X(HTTP_READERS_ORG, 4, "threads", "of them, for the people and keys of one organization")      \
    X(HTTP_READERS_ONE, 3, "threads", "of them, for one person or key")                            \
    X(HTTP_QUEUE, 10000, "requests", "requests that wait for a reader; past it, 503")              \
    X(HTTP_LONG_QUEUE, 200, "requests", "requests for long work that wait; past it, 503")          \
    X(HTTP_STOP_SECONDS, 30, "seconds", "time that a server which stops gives what is under way")  \
    X(WRITER_QUEUE, 10000, "operations", "operations that wait for the writer; past it, 503")      \
    X(WRITER_GROUP, 256, "operations", "operations of one organization that share a commit")       \
    X(APPS, 64, "organizations", "organizations that one thread keeps loaded")

enum {
#define PN_LIMIT_ENUM(name, value, unit, meaning) PN_LIMIT_##name = (value),
    PN_LIMITS(PN_LIMIT_ENUM)
#undef PN_LIMIT_ENUM
};

#endif
