/* The debtor's page: HTML from typed data.
 *
 * Pure: the same data give the same bytes. There is no script; the one style sheet stands inline,
 * so that a page is one answer, and the policy that lets it in names its hash. Forms post, links
 * never change anything. What a page says and shows is decided by who fills the data
 * (app/portal.h); here is how: structure, order (CONSOLE.md §3), escaping, words, amounts and days
 * as the debtor's country writes them, the creditor's colour made readable on light and dark
 * grounds. */
#ifndef PN_PAGE_PAGE_H
#define PN_PAGE_PAGE_H

#include "base/hash.h"
#include "base/money.h"
#include "calendar/date.h"
#include "core/ledger.h"
#include "page/words.h"

/* ── what all pages have; texts are borrowed, empty ones left out ── */

typedef struct {
    pn_str language; /* "es", "en", "pt" */
    pn_str country;  /* of the debtor */
    bool familiar;   /* tú */
    pn_date today;
    pn_str creditor, tax_id, address, city, phone, email;
    pn_str colour; /* "#e4002b" */
    pn_str logo;   /* its path; empty: the name in letters */
    int32_t logo_width, logo_height;
    pn_str base;     /* path that all links and forms begin with: "/p/TOKEN"; empty: of no link */
    pn_str query;    /* "?l=en" where the reader chose another language, else empty */
    pn_str seen;     /* path of the image that tells a visit; empty: none */
    pn_str code;     /* anti-phishing */
    bool simulation; /* of an organization that is not live */
    bool own_look;   /* the company's own, not the debtor's */
} pn_page_frame;

/* A sentence with values in the places of %1 and %2, on the arena; not escaped. */
pn_str pn_page_said(const pn_page_frame *frame, pn_saying key, pn_str first, pn_str second,
                    pn_arena *arena);

/* ── shapes of modules: QR codes, bar codes ── */

typedef struct {
    const uint8_t *dark; /* row by row, 1 is dark */
    unsigned width, height;
} pn_page_modules;

/* ── the account ── */

typedef enum {
    PN_PAGE_OPEN,       /* something is to be paid */
    PN_PAGE_PROCESSING, /* all of it is on its way */
    PN_PAGE_PLANNED,    /* a plan holds, nothing of it is due now */
    PN_PAGE_PROMISED,
    PN_PAGE_DISPUTED, /* all of it */
    PN_PAGE_PAID,
    PN_PAGE_CLOSED, /* credited, written off */
} pn_page_state;

/* What became of the plan that the debtor proposed. */
typedef enum {
    PN_PAGE_ASKED_NOT,
    PN_PAGE_ASKED_WAITS,
    PN_PAGE_ASKED_APPROVED, /* it has to be accepted */
    PN_PAGE_ASKED_REFUSED,
} pn_page_asked;

typedef struct {
    pn_str description, quantity;
    int64_t amount;
} pn_page_line;

typedef struct {
    pn_str id; /* "inv_…" */
    pn_str number, product;
    pn_date issued, due;
    int64_t amount, open, paid, lowered, charges;
    int64_t payable; /* what can be paid of it here now */
    int64_t disputed, promised, planned, in_flight;
    bool reported; /* said to be paid */
    bool closed, paid_up;
    pn_date paid_on; /* PN_DATE_NONE */
    const pn_page_line *lines;
    size_t line_count;
} pn_page_invoice;

typedef struct {
    pn_date due;
    int64_t amount;
    bool paid;
} pn_page_installment;

typedef struct {
    pn_str kind;  /* "transfer", "voucher", a provider's name */
    pn_str title; /* of a provider; of a voucher: where */
} pn_page_method;

typedef struct {
    pn_str id; /* "pay_…" */
    int64_t amount;
    pn_date on;
} pn_page_payment;

typedef struct {
    pn_currency currency;
    pn_page_state state;
    pn_str customer;
    const pn_page_invoice *invoices; /* by due date */
    size_t invoice_count;
    size_t others; /* open ones that are not shown */
    /* sums over those shown */
    int64_t open, payable, paid, amount; /* payable: without agreed_off */
    pn_date oldest_due;                  /* of what is payable; PN_DATE_NONE */
    /* what is under way */
    int64_t in_flight;
    int64_t voucher; /* amount of a voucher that is good; 0: none */
    pn_date voucher_until;
    pn_str voucher_id;
    bool failed; /* the last attempt */
    bool failed_funds;
    int64_t disputed;
    int64_t promised;
    pn_date promised_for;
    bool reported;
    const pn_page_installment *plan;
    size_t plan_count;
    int64_t plan_paid;
    int64_t plan_next; /* what is to be paid of it next; 0: nothing */
    pn_date plan_next_due;
    int64_t agreed_off; /* what is let off once the plan is paid */
    bool agreement;     /* what was agreed can be downloaded */
    pn_page_asked asked;
    int64_t asked_count;
    pn_date asked_first, asked_until;
    pn_str asked_answer;
    /* what can be done */
    const pn_page_method *methods;
    size_t method_count;
    int64_t part_min; /* 0: no part is offered */
    bool plans;       /* instalments are offered */
    bool asks;        /* others can be proposed */
    bool promises;
    int64_t discounted; /* what settles `discounted_from` now; 0: no discount */
    int64_t discounted_from;
    pn_date discount_until;
    /* by transfer */
    pn_str holder, account, account_label, reference;
    pn_str pix_key, pix_text;
    int64_t transfer;          /* how much: the next instalment, where there is a plan */
    const pn_page_modules *qr; /* NULL: none */
    const pn_page_payment *payments;
    size_t payment_count;
    pn_str form_token;      /* of “pay” */
    const pn_str *problems; /* with what was just sent */
    size_t problem_count;
} pn_page_account;

/* LIMIT when it does not fit into `out`; so do all of them. */
PN_MUST_USE pn_err pn_page_account_write(const pn_page_frame *frame, const pn_page_account *account,
                                         pn_arena *arena, pn_buf *out);

/* ── forms ── */

typedef enum {
    PN_INPUT_TEXT,
    PN_INPUT_LINES,
    PN_INPUT_DATE,
    PN_INPUT_AMOUNT,
    PN_INPUT_CHOICE, /* one of `options`, all seen */
    PN_INPUT_SELECT, /* one of `options`, folded */
    PN_INPUT_CHECK,
    PN_INPUT_FILE,
    PN_INPUT_CODE, /* six digits */
    PN_INPUT_EMAIL,
    PN_INPUT_NUMBER,
    PN_INPUT_SHOWN, /* nothing to fill in */
} pn_input_kind;

typedef struct {
    pn_str value, label, note;
} pn_page_option;

typedef struct {
    pn_input_kind kind;
    const char *name;
    pn_str label, hint, value;
    bool optional;
    pn_date min, max;  /* of a DATE */
    int64_t low, high; /* of a NUMBER */
    const pn_page_option *options;
    size_t option_count;
    pn_str problem; /* what is wrong with it; empty: nothing */
} pn_page_field;

typedef struct {
    pn_str title, lead;
    const char *action; /* below the frame's base: "/promise" */
    pn_str token;
    const pn_page_field *fields;
    size_t field_count;
    pn_str terms; /* small print above the button */
    pn_str button;
    bool files;
    pn_str problem;   /* with all of it */
    pn_str back;      /* path; empty: none */
    const char *more; /* a second way below it: path under base; NULL: none */
    pn_str more_label;
} pn_page_form;

PN_MUST_USE pn_err pn_page_form_write(const pn_page_frame *frame, const pn_page_form *form,
                                      pn_arena *arena, pn_buf *out);

/* ── a sentence or two ── */

typedef enum { PN_TONE_PLAIN, PN_TONE_GOOD, PN_TONE_BAD } pn_page_tone;

typedef struct {
    pn_page_tone tone;
    pn_str title, text, more; /* paragraphs */
    const char *action;       /* a button that posts there, under base; NULL: none */
    pn_str token, button;
    pn_str back;       /* a link; empty: none */
    pn_str back_label; /* empty: “back” */
} pn_page_notice;

PN_MUST_USE pn_err pn_page_notice_write(const pn_page_frame *frame, const pn_page_notice *notice,
                                        pn_arena *arena, pn_buf *out);

/* ── a voucher ── */

typedef struct {
    pn_money amount;
    pn_date until;
    pn_str place, code; /* the number under the bars */
    const pn_page_modules *bars;
} pn_page_voucher;

PN_MUST_USE pn_err pn_page_voucher_write(const pn_page_frame *frame, const pn_page_voucher *voucher,
                                         pn_arena *arena, pn_buf *out);

/* ── the simulated bank's page: nobody's brand ── */

typedef struct {
    pn_str language, country;
    pn_str payee, title;
    pn_money amount;
    pn_str action; /* path that the choice is posted to */
    pn_str token;
    bool settled; /* chosen already */
    pn_str back;
} pn_page_bank;

PN_MUST_USE pn_err pn_page_bank_write(const pn_page_bank *bank, pn_arena *arena, pn_buf *out);

/* ── the policy of what a page may load ── */

/* Of a page in `html`: the value of Content-Security-Policy. `pay_origins` are where a form may
 * lead on to ("https://checkout.stripe.com"), by spaces; empty: nowhere but to us. */
pn_str pn_page_policy(pn_str html, pn_str pay_origins, pn_arena *arena);

#endif
