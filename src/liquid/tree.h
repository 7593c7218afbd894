/* The syntax tree: made by parse.c and expression.c, read by emit.c, gone when the template is
 * compiled. Texts and positions point into the source.
 *
 * Types only: there is nothing to implement. */
#ifndef PN_LIQUID_TREE_H
#define PN_LIQUID_TREE_H

#include "liquid/filter.h"

/* ── expressions ── */

typedef struct pn_liquid_expr pn_liquid_expr;

typedef enum { PN_EXPR_CONST, PN_EXPR_PATH, PN_EXPR_RANGE } pn_liquid_expr_kind;

/* `.name` or `[key]` */
typedef struct pn_liquid_segment {
    struct pn_liquid_segment *next;
    const char *from;
    pn_str name;               /* when `key` is NULL */
    const pn_liquid_expr *key; /* in brackets */
} pn_liquid_segment;

struct pn_liquid_expr {
    pn_liquid_expr_kind kind;
    const char *from, *to;
    pn_liquid_value constant;
    pn_str name;                    /* of a path's root, when `root_key` is NULL */
    const pn_liquid_expr *root_key; /* [key] at the beginning of a path */
    pn_liquid_segment *segments;
    const pn_liquid_expr *first, *last; /* of a range */
};

typedef struct pn_liquid_arg {
    struct pn_liquid_arg *next;
    pn_str keyword; /* empty for one without */
    const pn_liquid_expr *value;
} pn_liquid_arg;

typedef struct pn_liquid_call {
    struct pn_liquid_call *next;
    const char *from;
    const pn_liquid_filter *filter;           /* built in, or NULL */
    const pn_liquid_host_filter *host_filter; /* the host's, or NULL */
    pn_liquid_arg *args;
    size_t arg_count;
    const pn_liquid_expr *keyword_value; /* NULL when it is not given */
} pn_liquid_call;

/* An expression and its filters. */
typedef struct {
    const pn_liquid_expr *value; /* NULL for nothing at all */
    pn_liquid_call *calls;
} pn_liquid_filtered;

typedef enum { PN_RELATION_NONE, PN_RELATION_AND, PN_RELATION_OR } pn_liquid_relation;

/* Comparisons chained by and/or, which bind from right to left. */
typedef struct pn_liquid_condition {
    const pn_liquid_expr *left, *right; /* `right` NULL: is `left` true? */
    pn_liquid_comparison comparison;
    const char *from;
    pn_liquid_relation relation; /* to `next` */
    struct pn_liquid_condition *next;
} pn_liquid_condition;

/* ── tags ── */

typedef struct pn_liquid_node pn_liquid_node;

typedef struct {
    pn_liquid_node *first, *last;
    bool solid; /* holds something that can be seen: text that is no white space, or output */
} pn_liquid_body;

typedef enum {
    PN_NODE_NOTHING, /* a comment: keeps white space control away from what stands before it */
    PN_NODE_TEXT,
    PN_NODE_RAW,
    PN_NODE_OUTPUT,
    PN_NODE_ASSIGN,
    PN_NODE_CAPTURE,
    PN_NODE_IF,
    PN_NODE_CASE,
    PN_NODE_FOR,
    PN_NODE_CYCLE,
    PN_NODE_IFCHANGED,
    PN_NODE_INCREMENT,
    PN_NODE_DECREMENT,
    PN_NODE_BREAK,
    PN_NODE_CONTINUE,
} pn_liquid_node_kind;

/* An if, elsif or when, or an else, which has neither condition nor values. */
typedef struct pn_liquid_branch {
    struct pn_liquid_branch *next;
    const pn_liquid_condition *condition;
    pn_liquid_arg *values;
    bool negated; /* unless */
    pn_liquid_body body;
} pn_liquid_branch;

struct pn_liquid_node {
    pn_liquid_node_kind kind;
    const char *from;
    pn_liquid_node *next;
    bool solid;
    pn_str text;                /* TEXT, RAW: itself; otherwise the name it is about */
    pn_liquid_filtered value;   /* OUTPUT, ASSIGN; the subject of CASE, the collection of FOR */
    pn_liquid_branch *branches; /* IF, CASE */
    pn_liquid_body body;        /* CAPTURE, IFCHANGED, FOR */
    pn_liquid_body otherwise;   /* FOR: its else */
    const pn_liquid_expr *limit, *offset;
    pn_str loop_name;           /* FOR: "item-items" */
    bool resumes, reversed;     /* FOR */
    const pn_liquid_expr *name; /* CYCLE: NULL when unnamed */
    pn_liquid_arg *values;      /* CYCLE */
};

/* What parsing shares. */
typedef struct {
    pn_str source;
    const pn_liquid_options *options;
    pn_arena *arena;
    pn_diag *diag;
    size_t at;           /* next byte to read */
    size_t lines_end;    /* within a `liquid` tag: where it ends; otherwise 0 */
    bool trim_next;      /* the last tag said -%} */
    unsigned depth;      /* of blocks */
    unsigned expr_depth; /* of brackets and ranges */
} pn_liquid_parser;

#endif
