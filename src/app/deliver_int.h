/* Shared by the parts of delivery. */
#ifndef PN_APP_DELIVER_INT_H
#define PN_APP_DELIVER_INT_H

#include "app/deliver.h"
#include "app/http_message.h"
#include "app/people.h"
#include "app/scribe.h"
#include "app/view.h"
#include "app/volume.h"
#include "base/limits.h"
#include "channel/channel.h"
#include "compose/track.h"
#include "codec/dkim.h"
#include "codec/helper.h"
#include "core/gate.h"
#include "format/mime.h"
#include "store/partner.h"

/* An intent of a claim. */
typedef struct {
    pn_message_row row;
    pn_id debtor_id;
    int64_t debtor_seq;
    pn_id strategy_id; /* whose volume it counts for */
} pn_claimed;

/* A message as bytes, from being written to being stored. */
typedef struct {
    pn_str content;
    pn_packed packed; /* the content as it is stored */
    pn_sha256 hash;   /* of the content */
    pn_dkim_job job;
    bool signing; /* the job was begun and not ended */
} pn_letter_out;

/* A document that a node wants to go with a message. */
typedef struct {
    enum { PN_WANT_INVOICE, PN_WANT_XML, PN_WANT_STATEMENT } kind;
    pn_id invoice_id;            /* of an invoice and its XML */
    pn_id debtor_id, account_id; /* of a statement */
    pn_str number;               /* the invoice's, the debtor's */
    pn_str path;                 /* of the ERP's PDF; empty: none */
} pn_want;

/* One carrier on its way: what it is, what it is written from, what is in it. */
typedef struct pn_parcel {
    struct pn_parcel *next;
    struct pn_claim *claim; /* whose arena it lives in */
    pn_carrier_row carrier;
    const pn_published_family *family;
    const pn_variant *variant; /* the family's, for this debtor */
    /* what a person wrote instead for the one message that is in it; NULL: nothing */
    const pn_variant *edited;
    pn_compose_facts facts;
    pn_mime_file logo;               /* no bytes: none */
    const pn_dictionary *dictionary; /* NULL: it is compressed alone */
    pn_dkim *dkim;                   /* NULL: it is not signed */
    pn_str sender;                   /* "Name <address>" */
    pn_str envelope;                 /* where bounces go */
    pn_str bounce_domain;            /* empty: none */
    pn_str opt_out;                  /* where a mail program may post to; empty: nowhere */
    pn_track_wish track;             /* what is counted of it */
    const pn_http_message *http;     /* of the channel http */
    pn_str targets;                  /* where its links lead, a line each */
    int64_t link_code;               /* of its short link; 0: it has none */
    pn_str receipt;                  /* of the channel http: where to say what became of it */
    const pn_str *thread;            /* Message-IDs of earlier mails of the case, oldest first */
    size_t thread_count;
    pn_str thread_subject; /* of the first of them */
    pn_claimed *messages;
    size_t message_count;
    pn_id *items; /* invoices listed: whose tone rises when it is sent */
    pn_id *item_debtors;
    size_t item_count;
    pn_colleague collector;  /* who owns the debtor; all empty for nobody */
    pn_mime_address *copies; /* people of ours who get one */
    size_t copy_count;
    bool copied;    /* an earlier attempt took the copies along */
    pn_want *wants; /* documents that go with it */
    size_t want_count;
    const pn_mime_file *files; /* those made and read */
    size_t file_count;
    pn_carrier_file *file_notes;
    size_t file_note_count;
    pn_str failure;     /* the reason where it could not be written */
    pn_letter_out own;  /* what the debtor gets */
    pn_letter_out copy; /* what people of ours get; nothing where nobody does */
    bool ready;         /* T2 stored it */
    bool lost;          /* shared: another process settled its carrier meanwhile */
} pn_parcel;

/* The memory of one claim, free for another when its last parcel is done. */
typedef struct pn_claim {
    struct pn_delivery *owner;
    struct pn_claim *next, **link; /* among the delivery's; what points at this one */
    pn_arena arena;
    size_t parcels_left;
    size_t weight; /* beyond one a parcel: documents are large */
} pn_claim;

/* A message with documents counts for so many without, where a claim is filled: all of a claim is
 * in memory at once. */
enum { PN_DOCUMENTS_WEIGHT = 16 };

/* One refusal of our sender may be one recipient's whim, however often it is tried; several
 * recipients in a row are our problem, and writing on would only make it worse. */
enum { PN_SENDER_PROBLEMS_MAX = 3 };

typedef struct {
    pn_channel_kind kind;
    pn_channel_row row;
    const pn_channel_driver *driver;
    pn_channel *channel;  /* NULL: not started */
    pn_dkim *dkim;        /* NULL: mail is not signed */
    pn_http_message http; /* of the channel http */
    pn_str bounce_domain;
    bool usable;        /* configured, not paused, started */
    int outages;        /* in a row, up to a bound */
    pn_time down_until; /* our server was out of reach: nothing is claimed before */
    /* recipients that refused our sender, since somebody accepted it */
    uint64_t sender_problems[PN_SENDER_PROBLEMS_MAX];
    size_t sender_problem_count;
} pn_outlet;

struct pn_delivery {
    pn_engine *engine;
    pn_app *app;
    pn_arena arena; /* of one transaction's work */
    pn_arena outlet_arena;
    pn_table told_creditors; /* by id, whose missing particulars a notice told of */
    pn_outlet outlets[PN_CHANNELS];
    pn_dictionaries *dictionaries;
    pn_table wordings; /* what parcels that are alike share, while work goes on */
    pn_arena wording_arena;
    pn_scribe *scribe; /* NULL until there is something to write */
    pn_helper *pdf;    /* makes documents; NULL until the first one */
    pn_volumes *volumes;
    pn_claim *claims; /* all that are not freed yet */
    pn_claim *spare;  /* memory for others, while work goes on */
    pn_table parcels; /* by carrier id, those in flight */
    pn_arena table_arena;
    pn_parcel *written; /* not stored yet: nothing of it can have left */
    size_t written_count;
    pn_parcel *waiting; /* stored, and the driver had no room yet */
    int64_t pace_since; /* how fast answers come: counted since then, by the monotonic clock */
    size_t pace_answered;
    size_t ahead;     /* so many may be stored and unanswered */
    size_t in_flight; /* results not recorded yet included */
    pn_send_result results[PN_LIMIT_DELIVERY_BATCH];
    size_t result_count;
    int64_t results_since; /* ticks when the first of them came */
    pn_db *pace;           /* holds the lock for channels with a rate; NULL until it is wanted */
    bool paces;            /* it has the lock */
    int64_t recovered_at;  /* ticks when it was last looked for what others left behind */
    int64_t recovered;     /* messages that a crash made uncertain: told with the next work */
    pn_delivery_stats *stats;
};

/* Begins a transaction of delivery. */
PN_MUST_USE pn_err pn_delivery_begin(pn_delivery *delivery, pn_diag *diag);

/* T1 over one zone: appends parcels to `*parcels`. `ret_more` when the zone has more than one claim
 * takes. */
PN_MUST_USE pn_err pn_claim_zone(pn_delivery *delivery, size_t zone_index, pn_time now,
                                 pn_claim *claim, pn_parcel **parcels, bool *ret_more,
                                 pn_diag *diag);

/* What writing needs of the database, outside any transaction: documents, variant, logo,
 * dictionary. One that cannot be prepared has a failure, and gets no content. */
void pn_parcel_prepare(pn_delivery *delivery, pn_parcel *parcel);

/* Subject, text, HTML and the whole mail while they are written; their memory is used again. */
typedef struct {
    pn_buf subject, text, html, mail;
    pn_buf tracked, targets; /* the HTML with our links, and where theirs lead */
} pn_sheets;

void pn_sheets_init(pn_sheets *sheets);
void pn_sheets_done(pn_sheets *sheets);

/* Who writes: one thread. */
typedef struct {
    const pn_app *app; /* nothing of it changes meanwhile but what a transaction needs */
    pn_packer *packer;
    pn_sheets sheets;
} pn_writer;

/* Renders, builds, signs, hashes and compresses prepared parcels; those that cannot be written have
 * no content and a failure. */
void pn_parcels_write(pn_writer *writer, pn_parcel *parcels, pn_time signed_at);

/* Reads and makes the documents that go with it; the facts then say how many there are. On failure
 * the message must not go. */
PN_MUST_USE pn_err pn_parcel_documents(pn_delivery *delivery, pn_parcel *parcel, pn_arena *arena,
                                       pn_diag *diag);
/* What an e-mail is built of, beside what its parcel says. */
typedef struct {
    pn_str subject, text, html, language;
    bool copy; /* for people of ours: nothing in it acts in the debtor's name */
} pn_mail_content;

/* The addresses by which the debtor reaches us from it: its page, its opt-out, itself in the
 * browser; nothing where debtors cannot reach us. */
void pn_parcel_links(const pn_app *app, pn_parcel *parcel, pn_arena *arena);
/* The creditor's logo for the parcel's text; its facts then say where it is. */
PN_MUST_USE pn_err pn_parcel_brand(pn_app *app, pn_parcel *parcel, pn_arena *arena, pn_diag *diag);
/* Headers and body: the message as it leaves. */
PN_MUST_USE pn_err pn_parcel_mail(const pn_app *app, const pn_parcel *parcel,
                                  const pn_mail_content *content, pn_arena *arena, pn_buf *out,
                                  pn_diag *diag);

/* True where the header says how to be written to no more. */
bool pn_parcel_has_opt_out(const pn_parcel *parcel);
/* Where bounces of a carrier go: an address that names it, or the sender's. */
pn_str pn_parcel_envelope(const pn_app *app, pn_str sender, pn_str bounce_domain, pn_id carrier_id,
                          pn_arena *arena);
/* The earlier mails of the case that the parcel's answers; in the transaction under way. */
PN_MUST_USE pn_err pn_parcel_thread(pn_app *app, pn_parcel *parcel, const pn_message_row *message,
                                    pn_id parent_run_id, pn_arena *arena);

/* T2 for all of them; those whose facts moved are undone and dropped from the list. */
PN_MUST_USE pn_err pn_parcels_store(pn_delivery *delivery, pn_parcel **parcels, pn_time now,
                                    pn_diag *diag);

/* A server's answer, for what belongs to the channel and is not erased with a debtor: no address of
 * a mailbox is in it, nor the one that was written to. */
pn_str pn_reply_without_addresses(pn_str said, pn_str own, pn_arena *arena);

/* In T2 and T3, first: locks the debtors of the parcels, and marks those that are lost. */
PN_MUST_USE pn_err pn_parcels_hold(pn_delivery *delivery, pn_parcel **parcels, size_t count);

/* In T2: it could not be written or signed, for a reason of ours. Its messages wait, longer each
 * time, and fail with `reason` when they have waited as long as a server is asked. */
PN_MUST_USE pn_err pn_parcel_unwritten(pn_delivery *delivery, pn_parcel *parcel, pn_str reason,
                                       pn_time now);
/* T3 for a batch of results. */
PN_MUST_USE pn_err pn_results_record(pn_delivery *delivery, const pn_send_result *results,
                                     size_t count, pn_time now, pn_diag *diag);
/* What a process that ended left behind; on a shared database, what is not settled although its
 * lease has run out. */
PN_MUST_USE pn_err pn_delivery_recover(pn_delivery *delivery, pn_diag *diag);

/* Its variant, and the dictionary that its content is compressed against. Outside any transaction.
 */
PN_MUST_USE pn_err pn_parcel_wording(pn_delivery *delivery, pn_parcel *parcel, pn_diag *diag);
/* Something may have been published. */
void pn_wordings_forget(pn_delivery *delivery);
void pn_parcel_drop(pn_parcel *parcel);
void pn_claim_free(pn_claim *claim);
/* The code that proves a message is ours: six letters of HMAC(creditor's key, debtor). */
pn_str pn_trust_code(const pn_creditor_row *creditor, pn_id debtor_id, pn_arena *arena);

/* Facts of a text about these items of a debtor's account. */
typedef struct {
    const pn_view *view;
    pn_view_account *account;
    const pn_item **items;
    size_t count;
} pn_text_items;

/* What the text is about, beside the items. */
typedef struct {
    pn_purpose purpose;
    pn_channel_kind channel;
    pn_id invoice_id;     /* the invoice whose own case it is; 0: an account's */
    pn_time supersede_at; /* PN_TIME_NEVER: never */
    pn_str contact_name;
    pn_partner_kind handed_to; /* NONE: not known, then the creditor's only partner */
} pn_text_about;

PN_MUST_USE pn_err pn_text_facts(pn_app *app, const pn_text_items *groups, size_t group_count,
                                 const pn_text_about *about, pn_time now, unsigned tone,
                                 pn_arena *arena, pn_compose_facts *ret_facts);

/* How the creditor addresses this debtor. */
pn_form pn_text_form(const pn_creditor_row *creditor, const pn_debtor_row *debtor);

/* The items that a message of the account's case (invoice 0) or of an invoice's own case lists, and
 * what may be asked for of them. */
const pn_item **pn_listed_items(const pn_view_account *account, pn_id invoice_id,
                                pn_purpose purpose, pn_arena *arena, size_t *ret_count,
                                int64_t *ret_claimable);

/* Law 6: the strongest tone up to the wanted one that all overdue items permit. */
unsigned pn_demand_tone(const pn_text_items *groups, size_t group_count, unsigned wanted,
                        pn_time now);

/* The usable contact of a channel that is used first, representatives left out; NULL for none. */
const pn_contact_row *pn_usable_contact(const pn_contact_row *contacts, size_t count,
                                        pn_channel_kind channel);

/* What a person wrote for it, else the variant of the parcel's family for its channel, language,
 * form of address and tone; `language` overrules the debtor's where it is not empty. NOT_FOUND with
 * a sentence. */
PN_MUST_USE pn_err pn_parcel_variant(const pn_app *app, const pn_parcel *parcel, pn_str language,
                                     pn_arena *arena, const pn_variant **ret_variant,
                                     pn_diag *diag);

/* Subject, text, HTML and the whole e-mail of a parcel, on the arena; `language` overrules the
 * debtor's where it is not empty. */
PN_MUST_USE pn_err pn_parcel_write(pn_app *app, pn_parcel *parcel, pn_str language, pn_arena *arena,
                                   pn_preview *ret_texts, pn_diag *diag);

#endif
