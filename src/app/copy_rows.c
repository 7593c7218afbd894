/* Rows on their way from one database to the other, and sums over them. Texts of statements are
 * made of names that the databases list themselves. */
#include "app/copy_int.h"

#include "base/banned.h"

/* So many bytes are read at once, where rows are not larger; and at most so many rows. */
enum { BATCH_BYTES = 4 << 20, BATCH_ROWS_MAX = 4000, BATCH_ROWS_FIRST = 8 };

/* A key, copied: the row it is of is gone when it is used. */
typedef struct {
    pn_buf texts[PN_TABLE_KEY_MAX];
    int64_t numbers[PN_TABLE_KEY_MAX];
    bool known;
} key;

typedef struct {
    const pn_table_def *table;
    pn_stmt *first,
        *next; /* the first rows, and those behind a key; the last parameter: how many */
    int64_t limit;
    key at;
    int64_t rows, bytes; /* of this batch */
} reader;

/* ── texts ───────────────────────────────────────────────────────────────────────────────────── */

static void add_names(pn_buf *sql, const pn_table_def *table, bool keys, const char *after) {
    size_t count = keys ? table->key_count : table->column_count;
    for (size_t i = 0; i < count; i++) {
        const pn_table_column *column = &table->columns[keys ? table->key[i] : i];
        pn_buf_add_format(sql, "%s%.*s%s", i == 0 ? "" : ", ", PN_STR_ARG(column->name), after);
    }
}

static void add_numbers(pn_buf *sql, size_t count) {
    for (size_t i = 0; i < count; i++) {
        pn_buf_add_format(sql, "%s$%zu", i == 0 ? "" : ", ", i + 1);
    }
}

static const char *keep(pn_copier *c, pn_buf *sql) {
    const char *text = pn_str_z(&c->arena, pn_buf_str(sql));
    pn_buf_done(sql);
    return text;
}

static const char *select_text(pn_copier *c, const pn_table_def *table, bool behind) {
    pn_buf sql;
    pn_buf_init(&sql, 1 << 14);
    pn_buf_add_lit(&sql, "SELECT ");
    add_names(&sql, table, false, "");
    pn_buf_add_format(&sql, " FROM %.*s", PN_STR_ARG(table->name));
    if (behind) {
        pn_buf_add_lit(&sql, " WHERE (");
        add_names(&sql, table, true, "");
        pn_buf_add_lit(&sql, ") > (");
        add_numbers(&sql, table->key_count);
        pn_buf_add_lit(&sql, ")");
    }
    pn_buf_add_lit(&sql, " ORDER BY ");
    add_names(&sql, table, true, "");
    pn_buf_add_format(&sql, " LIMIT $%zu", behind ? table->key_count + 1 : 1);
    return keep(c, &sql);
}

static const char *insert_text(pn_copier *c, const pn_table_def *table, bool many) {
    pn_buf sql;
    pn_buf_init(&sql, 1 << 14);
    pn_buf_add_format(&sql, "INSERT INTO %.*s (", PN_STR_ARG(table->name));
    add_names(&sql, table, false, "");
    pn_buf_add_z(&sql, many ? ") SELECT * FROM unnest(" : ") VALUES (");
    add_numbers(&sql, table->column_count);
    pn_buf_add_lit(&sql, ")");
    return keep(c, &sql);
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────── */

static void key_done(key *at) {
    for (size_t i = 0; i < PN_TABLE_KEY_MAX; i++) {
        pn_buf_done(&at->texts[i]);
    }
}

static pn_err key_take(key *at, const pn_table_def *table, pn_stmt *q, bool columns_of_key) {
    for (size_t i = 0; i < table->key_count; i++) {
        int column = (int)(columns_of_key ? i : table->key[i]);
        if (table->columns[table->key[i]].kind == PN_COL_INT) {
            at->numbers[i] = pn_col_int(q, column);
        } else {
            pn_buf_clear(&at->texts[i]);
            pn_buf_add_str(&at->texts[i], pn_col_str(q, column));
            PN_TRY(pn_buf_err(&at->texts[i]));
        }
    }
    at->known = true;
    return PN_OK;
}

static void key_bind(const key *at, const pn_table_def *table, pn_stmt *q) {
    for (size_t i = 0; i < table->key_count; i++) {
        pn_str text = pn_buf_str(&at->texts[i]);
        switch (table->columns[table->key[i]].kind) {
        case PN_COL_INT: pn_bind_int(q, (int)i + 1, at->numbers[i]); break;
        case PN_COL_BLOB: pn_bind_blob(q, (int)i + 1, text.ptr, text.len); break;
        case PN_COL_TEXT:
        case PN_COL_NULL: pn_bind_str(q, (int)i + 1, text); break;
        }
    }
}

static void reader_close(reader *r) {
    pn_stmt_free(r->first);
    pn_stmt_free(r->next);
    key_done(&r->at);
}

static pn_err reader_open(pn_copier *c, pn_db *db, const pn_table_def *table, reader *r) {
    *r = (reader){.table = table, .limit = BATCH_ROWS_FIRST};
    for (size_t i = 0; i < PN_TABLE_KEY_MAX; i++) {
        pn_buf_init(&r->at.texts[i], 1 << 20);
    }
    PN_TRY(pn_db_prepare(db, select_text(c, table, false), &r->first, c->diag));
    return pn_db_prepare(db, select_text(c, table, true), &r->next, c->diag);
}

/* The statement of the next batch; its size follows from what the last one held. */
static pn_stmt *reader_batch(reader *r) {
    const pn_table_def *table = r->table;
    pn_stmt *q = r->at.known ? r->next : r->first;
    pn_stmt_reset(q);
    if (r->rows != 0) {
        int64_t fit = r->bytes == 0 ? BATCH_ROWS_MAX : BATCH_BYTES * r->rows / r->bytes;
        r->limit = PN_MAX(1, PN_MIN(PN_MIN(fit, r->limit * 4), BATCH_ROWS_MAX));
    }
    r->rows = r->bytes = 0;
    if (r->at.known) {
        key_bind(&r->at, table, q);
    }
    pn_bind_int(q, r->at.known ? (int)table->key_count + 1 : 1, r->limit);
    return q;
}

static pn_err reader_took(reader *r, pn_stmt *q) {
    r->rows++;
    for (size_t i = 0; i < r->table->column_count; i++) {
        r->bytes += r->table->columns[i].kind == PN_COL_INT ? (int64_t)sizeof(int64_t)
                                                            : (int64_t)pn_col_str(q, (int)i).len;
    }
    return key_take(&r->at, r->table, q, false);
}

/* ── writing ─────────────────────────────────────────────────────────────────────────────────── */

/* The target's last row, where it has one. */
static pn_err find_end(pn_copier *c, const pn_table_def *table, key *at) {
    pn_buf sql;
    pn_stmt *q = NULL;
    pn_buf_init(&sql, 1 << 14);
    pn_buf_add_lit(&sql, "SELECT ");
    add_names(&sql, table, true, "");
    pn_buf_add_format(&sql, " FROM %.*s ORDER BY ", PN_STR_ARG(table->name));
    add_names(&sql, table, true, " DESC");
    pn_buf_add_lit(&sql, " LIMIT 1");
    PN_TRY(pn_db_prepare(c->to, keep(c, &sql), &q, c->diag));
    pn_err err = pn_row_next(q);
    if (err == PN_OK) {
        err = key_take(at, table, q, true);
    }
    pn_stmt_free(q);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

/* A NULL says what it would be: PostgreSQL wants to know. */
static void bind_value(pn_stmt *write, int parameter, pn_col_kind kind, pn_stmt *row) {
    int column = parameter - 1;
    bool null = pn_col_null(row, column);
    pn_str text = null || kind == PN_COL_INT ? PN_STR_NONE : pn_col_str(row, column);
    switch (kind) {
    case PN_COL_INT:
        if (null) {
            pn_bind_int_or_null(write, parameter, 0, 0);
        } else {
            pn_bind_int(write, parameter, pn_col_int(row, column));
        }
        break;
    case PN_COL_BLOB:
        if (null) {
            pn_bind_blob_or_null(write, parameter, NULL, 0);
        } else {
            pn_bind_blob(write, parameter, text.ptr, text.len);
        }
        break;
    case PN_COL_TEXT:
    case PN_COL_NULL:
        if (null) {
            pn_bind_str_or_null(write, parameter, text);
        } else {
            pn_bind_str(write, parameter, text);
        }
        break;
    }
}

typedef struct {
    const char *one, *many;
} texts;

static pn_err write_batch(pn_copier *c, reader *r, texts insert) {
    unsigned log = 0;
    const pn_table_def *table = r->table;
    pn_err err = PN_OK;
    pn_stmt *row = reader_batch(r);
    PN_TRY(pn_db_begin(c->to, PN_SCOPE_DATABASE, 0, &log));
    while (err == PN_OK && (err = pn_row_next(row)) == PN_OK) {
        pn_stmt *write = pn_db_stmt_many(c->to, insert.one, insert.many);
        for (size_t i = 0; i < table->column_count; i++) {
            bind_value(write, (int)i + 1, table->columns[i].kind, row);
        }
        err = pn_stmt_later(write, 1);
        err = err == PN_OK ? reader_took(r, row) : err;
    }
    err = err == PN_NOT_FOUND ? pn_db_commit(c->to) : err;
    if (err != PN_OK) {
        pn_db_rollback(c->to);
    }
    return err;
}

static pn_err write_all(pn_copier *c, reader *r, size_t number) {
    texts insert = {insert_text(c, r->table, false), insert_text(c, r->table, true)};
    PN_TRY(find_end(c, r->table, &r->at));
    do {
        PN_TRY(write_batch(c, r, insert));
        c->info->rows += r->rows;
        c->info->bytes += r->bytes;
        pn_copy_show(c, number, false);
    } while (r->rows == r->limit);
    return PN_OK;
}

pn_err pn_copy_table(pn_copier *c, size_t number) {
    reader r;
    pn_err err = reader_open(c, c->from, &c->tables[number], &r);
    if (err == PN_OK) {
        err = write_all(c, &r, number);
    }
    reader_close(&r);
    return err;
}

/* ── sums ────────────────────────────────────────────────────────────────────────────────────── */

static void add_number(pn_sha256_ctx *hash, uint64_t value) {
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(value >> (8 * (7 - i)));
    }
    pn_sha256_add(hash, bytes, sizeof bytes);
}

static void sum_row(const pn_table_def *table, pn_stmt *row, pn_table_sum *sum) {
    pn_sha256_ctx hash;
    pn_sha256_begin(&hash);
    for (size_t i = 0; i < table->column_count; i++) {
        int column = (int)i;
        bool null = pn_col_null(row, column);
        pn_sha256_add(&hash, null ? "n" : "v", 1);
        if (null) {
            continue;
        }
        if (table->columns[i].kind == PN_COL_INT) {
            add_number(&hash, (uint64_t)pn_col_int(row, column));
        } else {
            pn_str text = pn_col_str(row, column);
            add_number(&hash, text.len);
            pn_sha256_add(&hash, text.ptr, text.len);
        }
    }
    pn_sha256 digest = pn_sha256_end(&hash);
    for (size_t i = 0; i < PN_COUNT(sum->sums); i++) {
        uint64_t word;
        memcpy(&word, digest.bytes + 8 * i, sizeof word);
        sum->sums[i] += word;
    }
    sum->rows++;
}

static pn_err sum_all(reader *r, pn_table_sum *sum) {
    do {
        pn_err err = PN_OK;
        pn_stmt *row = reader_batch(r);
        while (err == PN_OK && (err = pn_row_next(row)) == PN_OK) {
            sum_row(r->table, row, sum);
            err = reader_took(r, row);
        }
        if (err != PN_NOT_FOUND) {
            return err;
        }
    } while (r->rows == r->limit);
    return PN_OK;
}

pn_err pn_copy_sum(pn_copier *c, pn_db *db, const pn_table_def *table, pn_table_sum *ret_sum) {
    reader r;
    *ret_sum = (pn_table_sum){0};
    pn_err err = reader_open(c, db, table, &r);
    if (err == PN_OK) {
        err = sum_all(&r, ret_sum);
    }
    reader_close(&r);
    return err;
}
