/* Reports by RFC 3464: groups of fields, one a recipient. They are read from their own part, and
 * where the part is missing or mislabelled, from the words of the report. */
#include "base/banned.h"
#include "base/limits.h"
#include "format/bounce_int.h"

pn_suspect *pn_bounce_suspect(pn_bounce *bounce, pn_str address, pn_source source) {
    for (size_t i = 0; i < bounce->suspect_count; i++) {
        pn_suspect *suspect = &bounce->suspects[i];
        if (pn_str_eq_nocase(suspect->address, address) ||
            (suspect->final.len != 0 && pn_str_eq_nocase(suspect->final, address))) {
            suspect->source = PN_MAX(suspect->source, source);
            return suspect;
        }
    }
    if (bounce->suspect_count == PN_BOUNCE_RECIPIENTS) {
        return NULL;
    }
    pn_suspect *suspect = &bounce->suspects[bounce->suspect_count++];
    *suspect = (pn_suspect){.address = address, .source = source};
    pn_buf_init(&suspect->words, PN_BOUNCE_WORDS_BYTES);
    return suspect;
}

typedef struct {
    pn_str original, final, actual, status, diagnostic, remote, category;
    pn_action action;
} group;

/* "rfc822; a@b" to "a@b"; "<a@b>" too. What is no address is kept as it is. */
static pn_str address_of(pn_str value) {
    size_t semicolon = pn_str_find_char(value, ';');
    pn_str rest = semicolon == SIZE_MAX ? value : pn_str_from(value, semicolon + 1);
    pn_str address;
    if (pn_mail_addresses(rest, &address, 1) == 1) {
        return address;
    }
    rest = pn_str_trim(rest);
    return rest.len <= PN_LIMIT_EMAIL_BYTES ? rest : PN_STR_NONE;
}

static bool is_address(pn_str text) {
    return pn_str_find_char(text, '@') != SIZE_MAX;
}

static pn_action action_of(pn_str value) {
    static const struct {
        const char *word;
        pn_action action;
    } ACTIONS[] = {{"fail", PN_ACTION_FAILED},       {"delay", PN_ACTION_DELAYED},
                   {"deliver", PN_ACTION_DELIVERED}, {"relay", PN_ACTION_RELAYED},
                   {"expand", PN_ACTION_EXPANDED},   {"expire", PN_ACTION_FAILED},
                   {"error", PN_ACTION_FAILED}};
    for (size_t i = 0; i < PN_COUNT(ACTIONS); i++) {
        pn_str word = pn_str_of(ACTIONS[i].word);
        if (pn_str_eq_nocase(pn_str_first(value, word.len), word)) {
            return ACTIONS[i].action;
        }
    }
    return PN_ACTION_NONE;
}

/* The address that we wrote to; where it was forwarded to, only when there is no other. */
static pn_str choose_address(const group *g) {
    if (is_address(g->original)) {
        return g->original;
    }
    return is_address(g->final) ? g->final : is_address(g->actual) ? g->actual : g->final;
}

static void close_group(pn_bounce *bounce, group *g) {
    pn_str address = choose_address(g);
    if (address.len != 0 && (g->action != PN_ACTION_NONE || g->status.len != 0)) {
        pn_suspect *suspect = pn_bounce_suspect(bounce, address, PN_SOURCE_REPORT);
        if (suspect != NULL && suspect->status.len == 0 && suspect->action == PN_ACTION_NONE) {
            suspect->final = g->final;
            suspect->action = g->action;
            suspect->status = g->status;
            suspect->remote = g->remote;
            pn_buf_add_str(&suspect->words, pn_str_first(g->category, 100));
            size_t type = pn_str_find_char(g->diagnostic, ';');
            bool typed = type != SIZE_MAX && type <= 30 &&
                         pn_str_find_char(pn_str_first(g->diagnostic, type), ' ') == SIZE_MAX;
            suspect->by_program =
                typed && pn_str_eq_nocase(pn_str_first(g->diagnostic, type), PN_STR("x-unix"));
            suspect->diagnostic =
                pn_str_trim(typed ? pn_str_from(g->diagnostic, type + 1) : g->diagnostic);
        }
        bounce->has_group = true;
    }
    *g = (group){0};
}

/* Takes the field into the group; a field that the group has begins the next one. */
static void take_field(pn_bounce *bounce, group *g, const pn_mail_field *field) {
    struct {
        const char *name;
        pn_str *slot;
        bool address;
    } slots[] = {
        {"final-recipient", &g->final, true},
        {"original-recipient", &g->original, true},
        {"x-actual-recipient", &g->actual, true},
        {"status", &g->status, false},
        {"x-powermta-bouncecategory", &g->category, false},
        {"diagnostic-code", &g->diagnostic, false},
        {"remote-mta", &g->remote, false},
    };
    if (pn_str_eq_nocase(field->name, PN_STR("action"))) {
        if (g->action != PN_ACTION_NONE && g->final.len != 0) {
            close_group(bounce, g);
        }
        g->action = action_of(field->value);
    }
    for (size_t i = 0; i < PN_COUNT(slots); i++) {
        if (pn_str_eq_nocase(field->name, pn_str_of(slots[i].name))) {
            if (slots[i].slot->len != 0) {
                close_group(bounce, g);
            }
            *slots[i].slot = slots[i].address ? address_of(field->value) : field->value;
        }
    }
}

enum { PARAGRAPHS_MAX = 2000 }; /* of one text: far more than recipients are looked at */

/* Takes the fields of one paragraph; what follows it is left in `*rest`. False at the end. */
static bool read_paragraph(pn_bounce *bounce, group *g, pn_str *rest) {
    pn_arena_mark mark = pn_arena_marked(bounce->arena);
    pn_mail_fields fields = pn_fields_of_text(*rest, bounce->arena);
    for (size_t i = 0; i < fields.count; i++) {
        take_field(bounce, g, &fields.items[i]);
    }
    if (fields.count != 0) {
        const pn_mail_field *last = &fields.items[fields.count - 1];
        const char *end = last->value.len != 0 ? last->value.ptr + last->value.len
                                               : last->name.ptr + last->name.len + 1;
        *rest = pn_str_sub(end, rest->ptr + rest->len);
    }
    pn_arena_rewind(bounce->arena, mark); /* names and values are the text's own */
    return fields.count != 0;
}

/* A blank line ends a group only where it has a recipient: some reports put one between fields. */
static void read_groups(pn_bounce *bounce, pn_str text, bool strict) {
    group g = {0};
    pn_str rest = text;
    for (size_t i = 0; i < PARAGRAPHS_MAX && read_paragraph(bounce, &g, &rest); i++) {
        if (strict && choose_address(&g).len != 0 && g.action != PN_ACTION_NONE) {
            close_group(bounce, &g);
        }
    }
    close_group(bounce, &g);
}

bool pn_is_status_part(const pn_mail_part *part) {
    return !part->enclosed && (pn_str_is(part->content_type, "message/delivery-status") ||
                               pn_str_is(part->content_type, "message/global-delivery-status"));
}

void pn_bounce_read_groups(pn_bounce *bounce) {
    for (size_t i = 0; i < bounce->mail->part_count; i++) {
        if (pn_is_status_part(&bounce->mail->parts[i])) {
            read_groups(bounce, bounce->mail->parts[i].text, true);
        }
    }
    pn_str folded = pn_fold_words(bounce->report, PN_BOUNCE_REPORT_BYTES, bounce->arena);
    if (!bounce->has_group && pn_has_any(folded, "final-recipient:|original-recipient:")) {
        read_groups(bounce, bounce->report, false);
    }
}

void pn_bounce_read_returned_groups(pn_bounce *bounce) {
    if (pn_str_find(bounce->returned_text, PN_STR("\nFinal-Recipient:")) != SIZE_MAX) {
        pn_str rest = bounce->returned_text;
        size_t at = pn_str_find(rest, PN_STR("\nReporting-MTA:"));
        at = at != SIZE_MAX ? at : pn_str_find(rest, PN_STR("\nFinal-Recipient:"));
        read_groups(bounce, pn_str_from(rest, at + 1), false);
    }
}
