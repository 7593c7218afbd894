/* The values a template works on, and how a host hands its own data over.
 *
 * A value is 16 bytes and owns nothing: texts, arrays, JSON trees and objects are borrowed and must
 * outlive the rendering. Formatting is lazy: a money or date value is turned into text only where
 * a template prints it.
 *
 * A host object is an array of values whose slot 0 holds the class; the other slots are the
 * fields, in the order of an enum that the host declares beside the class:
 *
 *   enum { INVOICE_HEAD, INVOICE_NUMBER, INVOICE_AMOUNT, INVOICE_SLOTS };
 *   static const pn_liquid_field FIELDS[INVOICE_SLOTS] = {
 *       [INVOICE_NUMBER] = {"number", PN_LIQUID_STR, NULL, "Number of the invoice"},
 *       [INVOICE_AMOUNT] = {"amount", PN_LIQUID_MONEY, NULL, "What is still owed"},
 *   };
 *   static const pn_liquid_class INVOICE = {"invoice", FIELDS, INVOICE_SLOTS};
 *
 *   pn_liquid_value invoice[INVOICE_SLOTS] = {pn_liquid_head(&INVOICE)};
 *   invoice[INVOICE_NUMBER] = pn_liquid_str(number);
 *   invoice[INVOICE_AMOUNT] = pn_liquid_money(amount);
 *
 * A slot that is not filled is nil. A template compiled for a class finds its fields by slot; no
 * name is looked up while rendering. Many objects of one class stand side by side in one array
 * (`pn_liquid_list`), each with its own slot 0. Rejected: one callback per field, which costs a
 * call where an array costs a load, and is more to write for the host. */
#ifndef PN_LIQUID_VALUE_H
#define PN_LIQUID_VALUE_H

#include "base/json.h"
#include "base/money.h"
#include "calendar/date.h"

typedef enum {
    PN_LIQUID_NIL,
    PN_LIQUID_BOOL,
    PN_LIQUID_INT,
    PN_LIQUID_REAL, /* decimal numbers; never money */
    PN_LIQUID_STR,
    PN_LIQUID_MONEY,
    PN_LIQUID_DATE,
    PN_LIQUID_TIME,
    PN_LIQUID_RANGE,
    PN_LIQUID_ARRAY, /* values side by side */
    PN_LIQUID_LIST,  /* objects of one class side by side */
    PN_LIQUID_OBJECT,
    PN_LIQUID_JSON_ARRAY,
    PN_LIQUID_JSON_OBJECT,
    PN_LIQUID_LAZY, /* computed where it is read */
    /* What follows occurs inside the language only. */
    PN_LIQUID_HEAD,    /* slot 0 of an object */
    PN_LIQUID_FORLOOP, /* `forloop` */
    PN_LIQUID_BLANK,   /* the word `blank` in a condition */
    PN_LIQUID_EMPTY,   /* the word `empty` in a condition */
    PN_LIQUID_UNSET,   /* a variable that was not assigned yet */
} pn_liquid_kind;

typedef struct pn_liquid_value pn_liquid_value;
typedef struct pn_liquid_class pn_liquid_class;
typedef struct pn_liquid_lazy pn_liquid_lazy;

/* From `first` to `last`, both included; empty when `last` is lower. */
typedef struct {
    int64_t first, last;
} pn_liquid_range;

struct pn_liquid_value {
    uint8_t kind; /* pn_liquid_kind */
    bool safe;    /* STR: already escaped for where it will stand */
    union {
        uint32_t count;       /* STR: bytes; ARRAY, LIST, JSON_ARRAY, JSON_OBJECT: items */
        pn_currency currency; /* MONEY */
    };
    union {
        bool boolean;
        int64_t integer; /* INT; MONEY: minor units */
        double real;
        const char *text;
        pn_date date;
        pn_time time;
        const pn_liquid_range *range;
        const pn_liquid_value *items; /* ARRAY: items; LIST, OBJECT: slots */
        const pn_json *json;
        const pn_liquid_lazy *lazy;
        const pn_liquid_class *class;
        const struct pn_liquid_loop *loop;
    };
};

/* A field's kind is what its slot holds when it is not nil. NIL stands for "anything", and
 * JSON_OBJECT and JSON_ARRAY for trees whose shape is known only at run time: below them no name
 * is checked. */
typedef struct {
    const char *name;
    pn_liquid_kind kind;
    const pn_liquid_class *of; /* OBJECT: its class; LIST: the class of its items */
    const char *help;          /* one sentence for the palette of fields; may be NULL */
} pn_liquid_field;

struct pn_liquid_class {
    const char *name;              /* one word, for messages: "invoice" */
    const pn_liquid_field *fields; /* slot 0 has no name */
    uint32_t count;                /* slots, slot 0 included */
};

/* A value that costs something to make, such as a link with a MAC. `compute` runs at every read;
 * what it returns may live on `arena`. It returns no LAZY value. */
struct pn_liquid_lazy {
    pn_liquid_value (*compute)(const void *host, pn_arena *arena);
    const void *host;
};

static inline pn_liquid_value pn_liquid_nil(void) {
    return (pn_liquid_value){.kind = PN_LIQUID_NIL};
}
static inline pn_liquid_value pn_liquid_bool(bool value) {
    return (pn_liquid_value){.kind = PN_LIQUID_BOOL, .boolean = value};
}
static inline pn_liquid_value pn_liquid_int(int64_t value) {
    return (pn_liquid_value){.kind = PN_LIQUID_INT, .integer = value};
}
/* A finite number. */
static inline pn_liquid_value pn_liquid_real(double value) {
    return (pn_liquid_value){.kind = PN_LIQUID_REAL, .real = value};
}
/* Valid UTF-8. A text of 4 GiB and more is cut. */
static inline pn_liquid_value pn_liquid_str(pn_str text) {
    return (pn_liquid_value){.kind = PN_LIQUID_STR,
                             .count = (uint32_t)PN_MIN(text.len, (size_t)UINT32_MAX),
                             .text = text.len == 0 ? "" : text.ptr};
}
/* Text that is already escaped for the place where it will stand: HTML made by the host. */
static inline pn_liquid_value pn_liquid_safe(pn_str text) {
    pn_liquid_value value = pn_liquid_str(text);
    value.safe = true;
    return value;
}
static inline pn_liquid_value pn_liquid_money(pn_money money) {
    return (pn_liquid_value){
        .kind = PN_LIQUID_MONEY, .currency = money.currency, .integer = money.minor};
}
/* PN_DATE_NONE gives nil. */
static inline pn_liquid_value pn_liquid_date(pn_date date) {
    return date == PN_DATE_NONE ? pn_liquid_nil()
                                : (pn_liquid_value){.kind = PN_LIQUID_DATE, .date = date};
}
/* PN_TIME_NONE gives nil. */
static inline pn_liquid_value pn_liquid_time(pn_time time) {
    return time == PN_TIME_NONE ? pn_liquid_nil()
                                : (pn_liquid_value){.kind = PN_LIQUID_TIME, .time = time};
}
static inline pn_liquid_value pn_liquid_array(const pn_liquid_value *items, uint32_t count) {
    return (pn_liquid_value){.kind = PN_LIQUID_ARRAY, .count = count, .items = items};
}
static inline pn_liquid_value pn_liquid_head(const pn_liquid_class *class) {
    return (pn_liquid_value){.kind = PN_LIQUID_HEAD, .class = class};
}
/* `slots` starts with the head of its class. */
static inline pn_liquid_value pn_liquid_object(const pn_liquid_value *slots) {
    return (pn_liquid_value){.kind = PN_LIQUID_OBJECT, .items = slots};
}
/* `count` objects of one class, each `class->count` slots long, head included. */
static inline pn_liquid_value pn_liquid_list(const pn_liquid_value *slots, uint32_t count) {
    return (pn_liquid_value){.kind = PN_LIQUID_LIST, .count = count, .items = slots};
}
static inline pn_liquid_value pn_liquid_lazy_value(const pn_liquid_lazy *lazy) {
    return (pn_liquid_value){.kind = PN_LIQUID_LAZY, .lazy = lazy};
}
/* Any JSON tree; NULL gives nil. */
pn_liquid_value pn_liquid_json(const pn_json *json);

/* The text of a STR value; empty for any other. */
static inline pn_str pn_liquid_text(pn_liquid_value value) {
    return value.kind == PN_LIQUID_STR ? (pn_str){value.text, value.count} : (pn_str){"", 0};
}

/* The slot of a field, or 0 when the class has none of that name. */
uint32_t pn_liquid_slot(const pn_liquid_class *class, pn_str name);

/* A word for messages: "a text", "an amount of money", "a list". */
const char *pn_liquid_kind_name(pn_liquid_kind kind);

#endif
