#include "app/people.h"

#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "format/mime.h"

/* ── looking up ──────────────────────────────────────────────────────────────────────────────── */

pn_err pn_people_load(pn_app *app) {
    PN_TRY(pn_person_list(app->db, app->org.id, &app->arena, &app->people, &app->people_count));
    app->people_by = pn_table_on(&app->arena);
    for (size_t i = 0; i < app->people_count; i++) {
        pn_person_row *row = &app->people[i];
        (void)pn_table_put(&app->people_by, row->key_fold, row);
    }
    for (size_t i = 0; i < app->people_count; i++) {
        pn_person_row *row = &app->people[i];
        if (row->email_fold.len != 0 && pn_table_get(&app->people_by, row->email_fold) == NULL) {
            (void)pn_table_put(&app->people_by, row->email_fold, row);
        }
    }
    return PN_OK;
}

static const pn_person_row *row_of(const pn_app *app, pn_str text, pn_arena *arena) {
    return text.len == 0 || app->people_count == 0
               ? NULL
               : pn_table_get(&app->people_by, pn_utf8_fold(arena, text, false));
}

/* "Ana Ruiz <ana@example.com>", an address, or a name. */
static pn_colleague said_by(pn_str who) {
    pn_colleague said = {0};
    size_t open = pn_str_find_char(who, '<');
    if (open != SIZE_MAX && who.ptr[who.len - 1] == '>') {
        said.name = pn_str_trim(pn_str_first(who, open));
        said.email = pn_str_sub(who.ptr + open + 1, who.ptr + who.len - 1);
    } else if (pn_str_find_char(who, '@') != SIZE_MAX) {
        said.email = pn_str_trim(who);
    } else {
        said.name = pn_str_trim(who);
    }
    if (!pn_mime_is_address(said.email)) {
        said.email = PN_STR_NONE;
    }
    return said;
}

static bool is_away(const pn_person_row *row, pn_date day) {
    return row->archived_at != PN_TIME_NONE ||
           (row->away_until != PN_DATE_NONE && row->away_until >= day);
}

/* The first of the chain of substitutes who is here; the person where all are away. */
static const pn_person_row *stand_in(const pn_app *app, const pn_person_row *row, pn_date day,
                                     pn_arena *arena) {
    enum { CHAIN_MAX = 8 };
    const pn_person_row *at = row;
    for (int i = 0; i < CHAIN_MAX && at != NULL; i++) {
        if (!is_away(at, day)) {
            return at;
        }
        at = row_of(app, at->substitute, arena);
    }
    return row->archived_at == PN_TIME_NONE ? row : NULL;
}

pn_colleague pn_people_find(const pn_app *app, pn_str who, pn_date day, pn_arena *arena) {
    pn_colleague said = said_by(who);
    const pn_person_row *row = row_of(app, who, arena);
    if (row == NULL) {
        row = row_of(app, said.email, arena);
    }
    if (row == NULL) {
        return said;
    }
    row = stand_in(app, row, day, arena);
    pn_colleague found = {.known = true};
    if (row != NULL) {
        found.name = row->name;
        found.email = row->email;
        found.phone = row->phone;
        found.title = row->title;
        found.signature = row->signature;
    }
    return found;
}

pn_err pn_people_get(const pn_app *app, pn_str key, const pn_person_row **ret_row, pn_diag *diag) {
    pn_arena arena;
    pn_arena_init(&arena, 0);
    *ret_row = row_of(app, key, &arena);
    pn_arena_done(&arena);
    if (*ret_row != NULL) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(diag, PN_NOT_FOUND, "There is no person “%.*s”.", PN_STR_ARG(key));
    pn_diag_mend(diag,
                 "`puntual person list` shows them; `puntual person add %.*s --name …` adds "
                 "one.",
                 PN_STR_ARG(pn_str_first(key, 100)));
    return err;
}

/* ── writing ─────────────────────────────────────────────────────────────────────────────────── */

static bool is_text(pn_str text, bool lines) {
    enum { PERSON_TEXT_MAX = 500 };
    bool good = text.len <= PERSON_TEXT_MAX && pn_utf8_valid(text);
    for (size_t i = 0; i < text.len && good; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        good = (c >= ' ' && c != 0x7F) || (lines && c == '\n');
    }
    return good;
}

static pn_err check(const pn_app *app, const pn_person_row *row, pn_diag *diag) {
    const struct {
        const char *where;
        pn_str text;
        bool lines;
    } texts[] = {{"key", row->key, false},
                 {"name", row->name, false},
                 {"phone", row->phone, false},
                 {"title", row->title, false},
                 {"signature", row->signature, true}};
    for (size_t i = 0; i < PN_COUNT(texts); i++) {
        if (!is_text(texts[i].text, texts[i].lines)) {
            return pn_diag_refuse(diag, texts[i].where,
                                  "It is longer than 500 bytes or holds control characters.",
                                  "Write it as plain text.");
        }
    }
    if (row->key.len == 0 || row->name.len == 0) {
        return pn_diag_refuse(diag, "name", "A person has a key and a name.",
                              "Give it with --name.");
    }
    if (row->email.len != 0 && !pn_mime_is_address(row->email)) {
        return pn_diag_refuse(diag, "email", "This is no e-mail address.",
                              "Write it like ana@example.com, without a name around it.");
    }
    if (row->substitute.len != 0) {
        const pn_person_row *other = NULL;
        PN_TRY(pn_people_get(app, row->substitute, &other, diag));
        if (other->id == row->id) {
            return pn_diag_refuse(diag, "substitute", "Nobody is their own substitute.",
                                  "Name another.");
        }
    }
    return PN_OK;
}

/* Two people of one key or address: nobody could say who is meant. */
static pn_err check_single(const pn_app *app, const pn_person_row *row, pn_diag *diag) {
    for (size_t i = 0; i < app->people_count; i++) {
        const pn_person_row *other = &app->people[i];
        bool same_key = pn_str_eq(other->key_fold, row->key_fold);
        bool same_email = row->email_fold.len != 0 && other->archived_at == PN_TIME_NONE &&
                          pn_str_eq(other->email_fold, row->email_fold);
        if (other->id != row->id && (same_key || same_email)) {
            pn_err err = pn_diag_set(diag, PN_CONFLICT, "“%.*s” has this %s already.",
                                     PN_STR_ARG(other->name), same_key ? "key" : "e-mail address");
            pn_diag_mend(diag, "`puntual person set %.*s …` changes them.", PN_STR_ARG(other->key));
            return err;
        }
    }
    return PN_OK;
}

pn_err pn_people_put(pn_app *app, pn_person_row *row, pn_arena *arena, pn_diag *diag) {
    PN_TRY(check(app, row, diag));
    row->key_fold = pn_utf8_fold(arena, row->key, false);
    row->email_fold = pn_utf8_fold(arena, row->email, false);
    PN_TRY(check_single(app, row, diag));
    if (row->id == 0) {
        row->id = pn_app_id(app);
        row->org_id = app->org.id;
        row->created_at = pn_env_now(app->env);
        PN_TRY(pn_person_insert(app->db, row));
    } else {
        PN_TRY(pn_person_update(app->db, row));
    }
    char id[PN_ID_TEXT_SIZE];
    PN_TRY(pn_journal_add(
        app, 0, 0, 0, PN_EVENT_SETTING,
        pn_str_format(arena, "{\"person\":\"%s\"}", pn_id_text(PN_ID_PERSON, row->id, id)),
        &(pn_id){0}));
    return pn_people_load(app);
}
