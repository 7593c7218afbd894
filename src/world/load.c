/* Files: what the ERP exports and the bank sends, imported like anybody's. */
#include "world/world.h"

#include "app/books.h"
#include "app/import.h"
#include "base/banned.h"
#include "format/csv_write.h"

enum { FILE_BYTES_MAX = 32 << 20 };

/* ── importing ───────────────────────────────────────────────────────────────────────────────── */

static pn_err import_file(pn_world *world, pn_import_kind kind, const char *name,
                          const pn_buf *file, pn_diag *diag) {
    pn_import_report report;
    char day[PN_DATE_ISO_SIZE];
    PN_TRY(pn_buf_err(file));
    pn_import_request request = {
        .kind = kind,
        .file_name =
            pn_str_format(&world->work, "%s-%s.csv", name, pn_date_iso(pn_world_today(world), day)),
        .bytes = pn_buf_str(file),
        .date_format = PN_STR("YYYY-MM-DD"),
        .decimal = PN_STR("."),
    };
    pn_err err = pn_import_run(world->app, &request, &world->work, &report, diag);
    if (err != PN_OK && report.problem_count != 0) {
        const pn_import_problem *first = &report.problems[0];
        pn_diag_mend(diag, "%.*s, line %lld, %.*s: %.*s", PN_STR_ARG(request.file_name),
                     (long long)first->line, PN_STR_ARG(first->field), PN_STR_ARG(first->reason));
    }
    return err;
}

static void put_row(pn_csv_writer *writer, const pn_str *cells, size_t count) {
    for (size_t i = 0; i < count; i++) {
        pn_csv_put_plain(writer, cells[i]);
    }
    pn_csv_end(writer);
}

#define PUT_ROW(writer, ...)                                                                       \
    put_row((writer), (const pn_str[]){__VA_ARGS__},                                               \
            sizeof((const pn_str[]){__VA_ARGS__}) / sizeof(pn_str))

static pn_str amount_text(pn_world *world, int64_t minor) {
    pn_buf text;
    pn_buf_init(&text, 64);
    pn_amount_plain(&text, minor, 2);
    pn_str copy = pn_str_dup(&world->work, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static pn_str date_text(pn_world *world, pn_date date) {
    char text[PN_DATE_ISO_SIZE];
    return pn_str_dup(&world->work, pn_str_of(pn_date_iso(date, text)));
}

/* ── debtors ─────────────────────────────────────────────────────────────────────────────────── */

static void debtor_header(pn_csv_writer *writer) {
    PUT_ROW(writer, PN_STR("external_id"), PN_STR("creditor"), PN_STR("name"), PN_STR("tax_id"),
            PN_STR("kind"), PN_STR("email"), PN_STR("phone"), PN_STR("address"),
            PN_STR("contact_name"), PN_STR("country"), PN_STR("region"), PN_STR("language"),
            PN_STR("owner"), PN_STR("salesperson"), PN_STR("payment_days"), PN_STR("attr.segmento"),
            PN_STR("attr.sector"));
}

/* Somewhere in its city; the same for the same debtor. */
static pn_str address_of(const pn_world_debtor *debtor, pn_arena *arena) {
    static const char *const STREETS[] = {"Calle Mayor",   "Avenida de la Constitución",
                                          "Calle Real",    "Calle de los Olmos",
                                          "Paseo del Río", "Avenida Hidalgo"};
    uint64_t hash = pn_hash64_str(debtor->key, 7);
    return pn_str_format(arena, "%s %u, %s", STREETS[hash % PN_COUNT(STREETS)],
                         (unsigned)(hash / 64 % 180) + 1, debtor->place->name);
}

static void debtor_row(pn_csv_writer *writer, const pn_world_debtor *debtor, pn_str email,
                       pn_arena *arena) {
    bool mexican = pn_str_is(pn_str_of(debtor->place->country), "MX");
    pn_str segment = debtor->large           ? PN_STR("grande")
                     : debtor->of->consumers ? PN_STR("consumo")
                                             : PN_STR("empresa");
    PUT_ROW(writer, debtor->key, pn_str_of(debtor->of->name), debtor->name, debtor->tax_id,
            debtor->company ? PN_STR("company") : PN_STR("person"), email, debtor->phone,
            address_of(debtor, arena), debtor->contact, pn_str_of(debtor->place->country),
            pn_str_of(debtor->place->region), mexican ? PN_STR("es-MX") : PN_STR("es"),
            debtor->owner, debtor->salesperson, debtor->large ? PN_STR("10 25") : PN_STR(""),
            segment, debtor->sector);
}

/* An address that a file brings is used first, so the second ones are loaded before. */
static pn_err load_addresses(pn_world *world, bool second, pn_diag *diag) {
    pn_buf file;
    pn_buf_init(&file, FILE_BYTES_MAX);
    pn_csv_writer writer = pn_csv_writer_on(&file, NULL);
    debtor_header(&writer);
    for (size_t i = 0; i < world->debtor_count; i++) {
        const pn_world_debtor *debtor = &world->debtors[i];
        if (!second || debtor->second_email.len != 0) {
            debtor_row(&writer, debtor, second ? debtor->second_email : debtor->email,
                       &world->work);
        }
    }
    pn_err err =
        import_file(world, PN_IMPORT_DEBTORS, second ? "contactos" : "clientes", &file, diag);
    pn_buf_done(&file);
    return err;
}

static pn_err find_creditor(pn_world *world, const pn_world_creditor *of,
                            const pn_creditor_row **ret_row, pn_diag *diag) {
    return pn_app_find_creditor(world->app, pn_str_of(of->name), ret_row, diag);
}

pn_err pn_world_load_debtors(pn_world *world, pn_diag *diag) {
    PN_TRY(load_addresses(world, true, diag));
    PN_TRY(load_addresses(world, false, diag));
    for (size_t i = 0; i < world->debtor_count; i++) {
        pn_world_debtor *debtor = &world->debtors[i];
        const pn_creditor_row *creditor = NULL;
        PN_TRY(find_creditor(world, debtor->of, &creditor, diag));
        PN_TRY(pn_debtor_by_key(world->app->db, creditor->id, debtor->key, &debtor->id));
        (void)pn_table_put_int(&world->by_debtor, debtor->id, debtor);
    }
    pn_arena_reset(&world->work);
    return PN_OK;
}

pn_err pn_world_load_email(pn_world *world, pn_world_debtor *debtor, pn_diag *diag) {
    pn_buf file;
    pn_buf_init(&file, FILE_BYTES_MAX);
    pn_csv_writer writer = pn_csv_writer_on(&file, NULL);
    debtor_header(&writer);
    debtor_row(&writer, debtor, debtor->email, &world->work);
    pn_err err = import_file(world, PN_IMPORT_DEBTORS, "correo-nuevo", &file, diag);
    pn_buf_done(&file);
    return err;
}

/* ── invoices ────────────────────────────────────────────────────────────────────────────────── */

/* What was paid before the first day comes with nothing, or less, open. */
static int64_t open_at_start(pn_world *world, pn_world_invoice *invoice) {
    if (invoice->issued >= world->start) {
        return invoice->amount;
    }
    pn_world_intend(world, invoice, invoice->due);
    if (invoice->pays == PN_DATE_NONE || invoice->pays >= world->start) {
        return invoice->amount;
    }
    int64_t open = invoice->part_percent == 0
                       ? 0
                       : invoice->amount - invoice->amount / 100 * invoice->part_percent;
    invoice->pays = PN_DATE_NONE;
    invoice->part_percent = 0;
    return open;
}

static void invoice_row(pn_world *world, pn_csv_writer *writer, pn_world_invoice *invoice) {
    const pn_world_debtor *debtor = &world->debtors[invoice->debtor];
    int64_t open = open_at_start(world, invoice);
    PUT_ROW(writer, invoice->number, debtor->key, pn_str_of(debtor->of->name),
            date_text(world, invoice->issued), date_text(world, invoice->due),
            amount_text(world, invoice->amount), amount_text(world, open),
            pn_str_of(debtor->of->currency), invoice->product);
}

static int64_t tax_ppm(const pn_world_creditor *of) {
    return pn_str_is(pn_str_of(of->country), "MX") ? 160000 : 210000;
}

static void line_row(pn_world *world, pn_csv_writer *writer, const pn_world_invoice *invoice,
                     int line, pn_str product, int64_t net, int64_t tax, pn_random *dice) {
    const pn_world_debtor *debtor = &world->debtors[invoice->debtor];
    int quantity = debtor->of->consumers ? 1 : pn_dice_between(dice, 1, 24);
    quantity = net % quantity == 0 ? quantity : 1;
    PUT_ROW(writer, invoice->number, pn_str_of(debtor->of->name),
            pn_str_format(&world->work, "%d", line),
            pn_str_format(&world->work, "%s-%03u", debtor->of->prefix,
                          (unsigned)(pn_hash64_str(product, 0) % 1000)),
            product, pn_str_format(&world->work, "%d", quantity),
            amount_text(world, net / quantity), amount_text(world, net),
            pn_str_format(&world->work, "%d", (int)(tax_ppm(debtor->of) / 10000)),
            amount_text(world, tax));
}

/* Goods and freight have lines; a subscription is one. What rounding leaves of the tax stands in
 * the last. */
static pn_err line_rows(pn_world *world, pn_csv_writer *writer, const pn_world_invoice *invoice) {
    const pn_world_debtor *debtor = &world->debtors[invoice->debtor];
    pn_random dice = pn_random_for(
        world->seed, pn_str_format(&world->work, "lines of %.*s", PN_STR_ARG(invoice->number)));
    int count = debtor->of->consumers ? 1 : pn_dice_between(&dice, 1, 5);
    int64_t net_left = 0;
    PN_TRY(pn_amount_scale(invoice->amount, 1000000, 1000000 + tax_ppm(debtor->of), &net_left));
    int64_t tax_left = invoice->amount - net_left;
    for (int line = 1; line <= count; line++) {
        int64_t net = line == count ? net_left : net_left / (count - line + 2);
        int64_t tax = tax_left;
        if (line != count) {
            PN_TRY(pn_amount_scale(net, tax_ppm(debtor->of), 1000000, &tax));
        }
        pn_str product =
            line == 1
                ? invoice->product
                : pn_str_of(
                      debtor->of->goods[pn_random_below(&dice, (uint64_t)debtor->of->good_count)]);
        line_row(world, writer, invoice, line, product, net, tax, &dice);
        net_left -= net;
        tax_left -= tax;
    }
    return PN_OK;
}

static pn_err load_lines(pn_world *world, size_t from, size_t to, pn_diag *diag) {
    pn_buf file;
    pn_buf_init(&file, FILE_BYTES_MAX);
    pn_csv_writer writer = pn_csv_writer_on(&file, NULL);
    PUT_ROW(&writer, PN_STR("invoice"), PN_STR("creditor"), PN_STR("line"), PN_STR("sku"),
            PN_STR("description"), PN_STR("quantity"), PN_STR("unit_price"), PN_STR("amount"),
            PN_STR("tax_rate"), PN_STR("tax"));
    pn_err err = PN_OK;
    for (size_t i = from; i < to && err == PN_OK; i++) {
        err = line_rows(world, &writer, &world->invoices[i]);
    }
    if (err == PN_OK) {
        err = import_file(world, PN_IMPORT_LINES, "lineas", &file, diag);
    }
    pn_buf_done(&file);
    return err;
}

static pn_err invoice_loaded(pn_world *world, pn_world_invoice *invoice, pn_diag *diag) {
    const pn_world_debtor *debtor = &world->debtors[invoice->debtor];
    const pn_creditor_row *creditor = NULL;
    pn_invoice_row row;
    PN_TRY(find_creditor(world, debtor->of, &creditor, diag));
    PN_TRY(pn_invoice_by_key(world->app->db, creditor->id, invoice->number, &world->work, &row));
    invoice->id = row.item.id;
    invoice->loaded = true;
    (void)pn_table_put_int(&world->by_invoice, invoice->id, invoice);
    if (invoice->issued >= world->start) {
        pn_world_intend(world, invoice, row.item.effective_due);
    }
    return PN_OK;
}

static pn_err note_loaded(pn_world *world, size_t from, size_t to, pn_diag *diag) {
    PN_TRY(load_lines(world, from, to, diag));
    PN_TRY(pn_app_begin(world->app, diag));
    pn_err err = PN_OK;
    for (size_t i = from; i < to && err == PN_OK; i++) {
        err = invoice_loaded(world, &world->invoices[i], diag);
    }
    return pn_app_end(world->app, err, diag);
}

pn_err pn_world_load_invoices(pn_world *world, pn_date through, pn_diag *diag) {
    size_t from = world->erp_at, to = from;
    pn_buf file;
    pn_buf_init(&file, FILE_BYTES_MAX);
    pn_csv_writer writer = pn_csv_writer_on(&file, NULL);
    PUT_ROW(&writer, PN_STR("external_id"), PN_STR("debtor"), PN_STR("creditor"), PN_STR("issued"),
            PN_STR("due"), PN_STR("amount"), PN_STR("open"), PN_STR("currency"), PN_STR("product"));
    while (to < world->invoice_count && world->invoices[to].issued <= through) {
        invoice_row(world, &writer, &world->invoices[to++]);
    }
    pn_err err = PN_OK;
    if (to != from) {
        err = import_file(world, PN_IMPORT_INVOICES, "facturas", &file, diag);
    }
    pn_buf_done(&file);
    world->erp_at = to;
    return err == PN_OK && to != from ? note_loaded(world, from, to, diag) : err;
}

/* ── the bank's statement ────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_world *world;
    pn_csv_writer writer;
    pn_date day; /* of the movements: the last business day before today */
    size_t rows;
    pn_diag *diag;
} statement;

static pn_str method_of(const pn_world_debtor *debtor, pn_random *dice) {
    bool mexican = pn_str_is(pn_str_of(debtor->of->country), "MX");
    int point = pn_dice_between(dice, 0, 99);
    if (debtor->direct_debit) {
        return PN_STR("direct_debit");
    }
    if (!debtor->of->consumers) {
        return PN_STR("transfer");
    }
    return point < 45   ? PN_STR("card")
           : point < 80 ? (mexican ? PN_STR("cash") : PN_STR("transfer"))
                        : PN_STR("transfer");
}

static void put_movement(statement *s, const pn_world_debtor *debtor, pn_str key, pn_str invoices,
                         int64_t amount, pn_str method) {
    PUT_ROW(&s->writer, key, debtor->key, invoices, amount_text(s->world, amount),
            date_text(s->world, s->day), pn_str_of(debtor->of->currency),
            pn_str_of(debtor->of->name), invoices, method);
    s->rows++;
}

static pn_str next_key(statement *s) {
    return pn_str_format(&s->world->work, "MOV-%06lld", (long long)++s->world->statement);
}

/* A cheque is handed over instead, and the bank takes a week or two. */
static pn_err hand_cheque(statement *s, pn_world_debtor *debtor, pn_world_invoice *invoice,
                          const pn_invoice_row *row) {
    pn_world *world = s->world;
    pn_id id = 0;
    pn_date due = s->day + pn_dice_between(&debtor->dice, 4, 15);
    pn_str number =
        pn_str_format(&world->work, "%07u", (unsigned)pn_random_below(&debtor->dice, 9999999));
    invoice->pays = PN_DATE_NONE;
    if (row->item.claimable <= 0) {
        return PN_OK;
    }
    PN_TRY(pn_app_begin(world->app, s->diag));
    pn_err err =
        pn_books_instrument(world->app, debtor->id, row->account_id, PN_STR("cheque"), number,
                            row->item.claimable, due, &row->item.id, 1, &world->work, &id, s->diag);
    if (err != PN_OK) {
        (void)pn_app_fail(world->app, err, s->diag);
        pn_app_rollback(world->app);
        return err;
    }
    pn_world_plan(world, pn_world_instant(world, debtor, due + 1, 11 * 3600), PN_WORLD_CHEQUE,
                  invoice->debtor, id, PN_SOURCE_HUMAN);
    return pn_app_commit(world->app, s->diag);
}

/* What its customer withholds of an invoice that is open as a whole; 0 else. */
static int64_t withheld_of(const pn_world_debtor *debtor, const pn_invoice_row *row) {
    int64_t basis_points = 0, withheld = 0;
    if (!debtor->withholds || row->item.open != row->item.amount ||
        pn_str_to_int64(pn_str_of(debtor->of->withholding_bp), &basis_points) != PN_OK ||
        pn_amount_scale(row->item.amount, basis_points, 10000, &withheld) != PN_OK) {
        return 0;
    }
    return withheld;
}

typedef struct {
    pn_buf numbers;
    int64_t amount;
    size_t count;
    uint32_t last; /* index of its last invoice */
} transfer;

/* Adds an invoice to the debtor's transfer of the day, or pays it apart. */
static pn_err pay_one(statement *s, pn_world_debtor *debtor, uint32_t index, transfer *together) {
    pn_world *world = s->world;
    pn_world_invoice *invoice = &world->invoices[index];
    pn_invoice_row row;
    PN_TRY(pn_invoice_get(world->app->db, invoice->id, &world->work, &row));
    int64_t open = row.item.open - row.item.disputed - row.item.in_flight - row.item.planned;
    if (row.item.closed != PN_CLOSED_NOT || open <= 0 || debtor->lost) {
        invoice->pays = PN_DATE_NONE;
        return PN_OK;
    }
    if (debtor->cheques && pn_dice(&debtor->dice, 70)) {
        return hand_cheque(s, debtor, invoice, &row);
    }
    invoice->pays = PN_DATE_NONE;
    int64_t withheld = withheld_of(debtor, &row);
    if (withheld != 0) {
        put_movement(s, debtor, next_key(s), PN_STR(""), open - withheld, PN_STR("transfer"));
        return PN_OK;
    }
    if (invoice->part_percent != 0) {
        put_movement(s, debtor, next_key(s), invoice->number,
                     open * invoice->part_percent / 100 + 1, PN_STR("transfer"));
        invoice->part_percent = 0;
        invoice->pays = s->day + pn_dice_between(&debtor->dice, 14, 45);
        return PN_OK;
    }
    pn_buf_add_format(&together->numbers, "%s%.*s", together->count == 0 ? "" : " ",
                      PN_STR_ARG(invoice->number));
    together->amount += open;
    together->count++;
    together->last = index;
    return PN_OK;
}

/* A direct debit may come back; the bank says so some days later. */
static void plan_return(statement *s, pn_world_debtor *debtor, pn_str method, uint32_t index) {
    if (pn_str_is(method, "direct_debit") && pn_dice(&debtor->dice, 9)) {
        pn_date back = pn_calendar_add(&debtor->calendar, s->day, 4);
        pn_world_plan(s->world, pn_world_instant(s->world, debtor, back, 9 * 3600),
                      PN_WORLD_REVERSE, index, s->world->statement, PN_SOURCE_HUMAN);
    }
}

static pn_err pay_debtor(statement *s, uint32_t debtor_index, const uint32_t *due, size_t count) {
    pn_world_debtor *debtor = &s->world->debtors[debtor_index];
    transfer together = {0};
    pn_buf_init(&together.numbers, 1 << 16);
    pn_err err = PN_OK;
    for (size_t i = 0; i < count && err == PN_OK; i++) {
        err = pay_one(s, debtor, due[i], &together);
    }
    if (err == PN_OK && together.count != 0) {
        pn_str method = method_of(debtor, &debtor->dice);
        pn_str numbers = pn_str_dup(&s->world->work, pn_buf_str(&together.numbers));
        bool named = together.count <= 60 && pn_dice(&debtor->dice, 65);
        put_movement(s, debtor, next_key(s), named ? numbers : PN_STR(""), together.amount, method);
        plan_return(s, debtor, method, together.last);
    }
    pn_buf_done(&together.numbers);
    return err;
}

static pn_err pay_pledges(statement *s) {
    pn_world *world = s->world;
    for (size_t i = 0; i < world->pledge_count; i++) {
        pn_world_pledge *pledge = &world->pledges[i];
        if (pledge->on <= s->day && pledge->amount != 0) {
            put_movement(s, &world->debtors[pledge->debtor], next_key(s), PN_STR(""),
                         pledge->amount, PN_STR("transfer"));
            pledge->amount = 0;
        }
    }
    return PN_OK;
}

static pn_err pay_invoices(statement *s) {
    pn_world *world = s->world;
    uint32_t *due = pn_arena_array(&world->work, uint32_t, world->erp_at + 1);
    uint32_t *heads = pn_arena_array(&world->work, uint32_t, world->debtor_count + 1);
    /* a counting sort by debtor keeps the order of issue within each */
    for (size_t i = 0; i < world->erp_at; i++) {
        const pn_world_invoice *invoice = &world->invoices[i];
        heads[invoice->debtor + 1] += invoice->pays != PN_DATE_NONE && invoice->pays <= s->day;
    }
    for (size_t i = 0; i < world->debtor_count; i++) {
        heads[i + 1] += heads[i];
    }
    uint32_t *fill = pn_arena_array(&world->work, uint32_t, world->debtor_count + 1);
    for (size_t i = 0; i < world->erp_at; i++) {
        const pn_world_invoice *invoice = &world->invoices[i];
        if (invoice->pays != PN_DATE_NONE && invoice->pays <= s->day) {
            due[heads[invoice->debtor] + fill[invoice->debtor]++] = (uint32_t)i;
        }
    }
    for (uint32_t i = 0; i < world->debtor_count; i++) {
        if (heads[i + 1] != heads[i]) {
            PN_TRY(pay_debtor(s, i, due + heads[i], heads[i + 1] - heads[i]));
        }
    }
    return PN_OK;
}

pn_err pn_world_load_statement(pn_world *world, pn_diag *diag) {
    pn_calendar calendar = pn_calendar_for(PN_STR("ES"), PN_STR("MD"));
    pn_buf file;
    pn_buf_init(&file, FILE_BYTES_MAX);
    statement s = {.world = world,
                   .writer = pn_csv_writer_on(&file, NULL),
                   .day = pn_calendar_add(&calendar, pn_world_today(world), -1),
                   .diag = diag};
    PUT_ROW(&s.writer, PN_STR("external_id"), PN_STR("debtor"), PN_STR("invoice"), PN_STR("amount"),
            PN_STR("date"), PN_STR("currency"), PN_STR("creditor"), PN_STR("reference"),
            PN_STR("method"));
    pn_err err = pay_invoices(&s);
    if (err == PN_OK) {
        err = pay_pledges(&s);
    }
    if (err == PN_OK && s.rows != 0) {
        err = import_file(world, PN_IMPORT_PAYMENTS, "extracto", &file, diag);
    }
    pn_buf_done(&file);
    return err;
}
