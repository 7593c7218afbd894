/* Who there is: four creditors of one group, and their debtors. */
#include "world/world.h"

#include "base/banned.h"
#include "world/tax.h"

static const char *const FIBRE[] = {"Fibra 600", "Fibra y móvil", "Fibra 1 Gb",
                                    "Fibra, móvil y TV"};
static const char *const SUPPLIES[] = {
    "Tornillería y fijación", "Rodamientos", "Protección laboral", "Herramienta eléctrica",
    "Hidráulica y neumática", "Lubricantes", "Soldadura"};
static const char *const FREIGHT[] = {"Flete León–Monterrey", "Flete León–Ciudad de México",
                                      "Flete Bajío–Laredo", "Maniobras y estadías",
                                      "Reparto local"};
static const char *const GYM[] = {"Mensualidad", "Mensualidad con clases", "Mensualidad familiar"};

/* Tax ids and accounts have their right check digits; province 00 and such serials are nobody's. */
static const pn_world_creditor CREDITORS[] = {
    {.name = "Suministros Turia Industrial, S.L.",
     .tax_id = "B00718296",
     .country = "ES",
     .region = "VC",
     .zone = "Europe/Madrid",
     .city = "Valencia",
     .address = "Carrer dels Forners 18, 46988 Paterna (Valencia)",
     .phone = "+34 560 018 200",
     .email = "cobros@suministros-turia.example",
     .currency = "EUR",
     .prefix = "STI",
     .withholding_bp = "",
     .debtors = 106,
     .large = 6,
     .terms = {30, 30, 60},
     .amount_min = 18000,
     .amount_max = 940000,
     .goods = SUPPLIES,
     .good_count = PN_COUNT(SUPPLIES)},
    {.name = "Telefibra Pisuerga, S.A.",
     .tax_id = "A00234567",
     .country = "ES",
     .region = "CL",
     .zone = "Europe/Madrid",
     .city = "Valladolid",
     .address = "Paseo del Hospital 4, 47007 Valladolid",
     .phone = "+34 560 047 100",
     .email = "facturas@telefibra-pisuerga.example",
     .currency = "EUR",
     .prefix = "TP",
     .withholding_bp = "",
     .consumers = true,
     .debtors = 150,
     .terms = {15, 15, 15},
     .amount_min = 2990,
     .amount_max = 9490,
     .goods = FIBRE,
     .good_count = PN_COUNT(FIBRE)},
    {.name = "Fletes del Bajío Peña Blanca, S.A. de C.V.",
     .tax_id = "FBP120314K27",
     .country = "MX",
     .region = "GUA",
     .zone = "America/Mexico_City",
     .city = "León",
     .address = "Blvd. Aeropuerto 2140, 37290 León, Guanajuato",
     .phone = "+52 010 4770 1200",
     .email = "cobranza@fletes-pena-blanca.example",
     .currency = "MXN",
     .prefix = "FPB",
     .withholding_bp = "400", /* freight: companies withhold 4 % */
     .debtors = 92,
     .large = 4,
     .terms = {30, 30, 45},
     .amount_min = 480000,
     .amount_max = 14500000,
     .goods = FREIGHT,
     .good_count = PN_COUNT(FREIGHT)},
    {.name = "Gimnasios Xochipilli, S.A. de C.V.",
     .tax_id = "GXO150907H81",
     .country = "MX",
     .region = "CMX",
     .zone = "America/Mexico_City",
     .city = "Ciudad de México",
     .address = "Av. Insurgentes Sur 1898, 01020 Ciudad de México",
     .phone = "+52 010 5550 3300",
     .email = "pagos@gimnasios-xochipilli.example",
     .currency = "MXN",
     .prefix = "GX",
     .withholding_bp = "",
     .consumers = true,
     .debtors = 52,
     .terms = {10, 10, 10},
     .amount_min = 89900,
     .amount_max = 189900,
     .goods = GYM,
     .good_count = PN_COUNT(GYM)},
};

static const char *const OWNERS[][2] = {
    {"Marta Soler Prieto", "Rubén Cano Ibáñez"},     /* Turia */
    {"Nuria Vega Lozano", "Nuria Vega Lozano"},      /* Telefibra */
    {"Gerardo Treviño Ochoa", "Regina Galván Mora"}, /* Fletes */
    {"Valeria Cárdenas Robles", "Valeria Cárdenas Robles"},
};
static const char *const SALES[] = {
    "laura.gil@suministros-turia.example", "tiendas@telefibra-pisuerga.example",
    "ventas.bajio@fletes-pena-blanca.example", "recepcion@gimnasios-xochipilli.example"};

size_t pn_world_creditor_count(void) {
    return PN_COUNT(CREDITORS);
}

const pn_world_creditor *pn_world_creditor_at(size_t index) {
    return &CREDITORS[index];
}

pn_str pn_world_account(pn_str country, size_t index, pn_arena *arena) {
    return pn_str_is(country, "MX") ? pn_tax_clabe(999, 180, 4410027000U + 1013 * index, arena)
                                    : pn_tax_iban_es(9999, 1800, 2027000 + 1013 * index, arena);
}

/* ── character ───────────────────────────────────────────────────────────────────────────────── */

static pn_habit draw_habit(const pn_world_creditor *of, bool large, pn_random *dice) {
    static const int CONSUMERS[PN_HABITS] = {44, 31, 11, 4, 5, 2, 3};
    static const int COMPANIES[PN_HABITS] = {37, 25, 19, 6, 4, 6, 3};
    static const int LARGE[PN_HABITS] = {25, 10, 40, 5, 0, 20, 0};
    const int *shares = large ? LARGE : of->consumers ? CONSUMERS : COMPANIES;
    int point = pn_dice_between(dice, 0, 99);
    for (int habit = 0; habit < PN_HABITS; habit++) {
        if (point < shares[habit]) {
            return (pn_habit)habit;
        }
        point -= shares[habit];
    }
    return PN_HABIT_PUNCTUAL;
}

static pn_mailbox draw_mailbox(const pn_world_debtor *debtor, pn_random *dice) {
    int point = pn_dice_between(dice, 0, 999);
    bool silent = debtor->habit == PN_HABIT_SILENT;
    return debtor->large           ? PN_MAILBOX_FINE
           : point < 25            ? PN_MAILBOX_UNKNOWN
           : point < 45            ? PN_MAILBOX_GONE
           : point < 65            ? PN_MAILBOX_FULL
           : point < 90 && !silent ? PN_MAILBOX_AWAY
                                   : PN_MAILBOX_FINE;
}

static void give_character(pn_world_debtor *debtor, pn_random *dice) {
    debtor->habit = draw_habit(debtor->of, debtor->large, dice);
    debtor->mailbox = draw_mailbox(debtor, dice);
    debtor->reads_percent = debtor->habit == PN_HABIT_SILENT ? pn_dice_between(dice, 3, 15)
                            : debtor->company                ? pn_dice_between(dice, 55, 92)
                                                             : pn_dice_between(dice, 35, 85);
    debtor->proxy = pn_dice(dice, debtor->company ? 20 : 45);
    debtor->scanner = debtor->company && pn_dice(dice, 22);
    debtor->withholds = debtor->of->withholding_bp[0] != '\0' && pn_dice(dice, 30);
    debtor->direct_debit = pn_str_is(pn_str_of(debtor->of->country), "ES") &&
                           debtor->of->consumers && pn_dice(dice, 35);
    debtor->cheques = !debtor->of->consumers && !debtor->large && pn_dice(dice, 9);
}

/* ── identity ────────────────────────────────────────────────────────────────────────────────── */

static void name_company(pn_world *world, pn_world_debtor *debtor, pn_random *dice) {
    static const char *const ROLES[] = {"pagos", "contabilidad", "administracion", "tesoreria",
                                        "proveedores"};
    pn_arena *arena = &world->arena;
    pn_str country = pn_str_of(debtor->place->country);
    pn_company_name company = pn_name_company(country, dice, arena);
    const char *role = ROLES[pn_random_below(dice, PN_COUNT(ROLES))];
    debtor->name = company.name;
    debtor->sector = company.sector;
    debtor->email = pn_str_format(arena, "%s@%.*s.example", role, PN_STR_ARG(company.slug));
    if (pn_dice(dice, debtor->large ? 100 : 20)) {
        debtor->second_email =
            pn_str_format(arena, "direccion@%.*s.example", PN_STR_ARG(company.slug));
    }
    debtor->contact = pn_name_full(pn_name_person(dice), arena);
    if (pn_str_is(country, "ES")) {
        debtor->tax_id = pn_tax_cif(pn_dice(dice, 80) ? 'B' : 'A',
                                    (uint32_t)pn_random_below(dice, 100000), arena);
        return;
    }
    pn_date founded = pn_date_of(1985, 1, 1) + (pn_date)pn_random_below(dice, 12000);
    pn_str homonym = pn_str_format(arena, "%c%u", (char)('A' + pn_random_below(dice, 26)),
                                   (unsigned)pn_random_below(dice, 10));
    debtor->tax_id = pn_tax_rfc(company.initials, founded, homonym, arena);
}

static void name_person(pn_world *world, pn_world_debtor *debtor, pn_random *dice) {
    static const char *const PROVIDERS[] = {"correo", "buzon", "micorreo", "posta"};
    pn_arena *arena = &world->arena;
    pn_person_name person = pn_name_person(dice);
    debtor->name = pn_name_full(person, arena);
    debtor->contact = debtor->name;
    pn_str given = pn_name_slug(person.given, arena);
    pn_str first = pn_name_slug(person.first_surname, arena);
    debtor->email = pn_str_format(arena, "%.*s.%.*s%u@%s.example", PN_STR_ARG(given),
                                  PN_STR_ARG(first), (unsigned)pn_random_below(dice, 90) + 10,
                                  PROVIDERS[pn_random_below(dice, PN_COUNT(PROVIDERS))]);
    if (pn_str_is(pn_str_of(debtor->place->country), "ES")) {
        debtor->tax_id = pn_tax_nif(99000000 + (uint32_t)pn_random_below(dice, 1000000), arena);
        return;
    }
    pn_str second = pn_name_slug(person.second_surname, arena);
    pn_date born = pn_date_of(1955, 1, 1) + (pn_date)pn_random_below(dice, 17500);
    pn_str initials =
        pn_str_format(arena, "%c%c%c%c", pn_to_upper(first.ptr[0]), pn_to_upper(first.ptr[1]),
                      pn_to_upper(second.ptr[0]), pn_to_upper(given.ptr[0]));
    pn_str homonym = pn_str_format(arena, "%c%c", (char)('A' + pn_random_below(dice, 26)),
                                   (char)('A' + pn_random_below(dice, 26)));
    debtor->tax_id = pn_tax_rfc(initials, born, homonym, arena);
}

/* One name, one debtor of the world; names that were taken are drawn again. */
static void name_debtor(pn_world *world, pn_world_debtor *debtor, pn_random *dice) {
    do {
        if (debtor->company) {
            name_company(world, debtor, dice);
        } else {
            name_person(world, debtor, dice);
        }
    } while (pn_table_get(&world->by_email, debtor->email) != NULL);
    (void)pn_table_put(&world->by_email, debtor->email, debtor);
    if (debtor->second_email.len != 0) {
        (void)pn_table_put(&world->by_email, debtor->second_email, debtor);
    }
}

/* Small companies whose papers one bookkeeper handles: the same address for several debtors. */
static void share_bookkeeper(pn_world *world, pn_world_debtor *debtor, int number) {
    static const char *const OFFICES[] = {"clientes@gestoria-almudin.example",
                                          "facturas@despacho-contable-reforma.example"};
    if (debtor->company && !debtor->large && number % 17 == 5) {
        bool mexican = pn_str_is(pn_str_of(debtor->of->country), "MX");
        debtor->email = pn_str_of(OFFICES[mexican]);
        debtor->second_email = PN_STR_NONE;
        debtor->mailbox = PN_MAILBOX_FINE;
        (void)pn_table_put(&world->by_email, debtor->email, debtor);
    }
}

static void make_debtor(pn_world *world, pn_world_debtor *debtor, size_t creditor, int number) {
    const pn_world_creditor *of = &CREDITORS[creditor];
    pn_arena *arena = &world->arena;
    pn_str who = pn_str_format(arena, "debtor %zu/%d", creditor, number);
    pn_random dice = pn_random_for(world->seed, who);
    bool foreign = !of->consumers && pn_dice(&dice, 4); /* across the ocean */
    bool mexican = pn_str_is(pn_str_of(of->country), "MX") != foreign;
    *debtor = (pn_world_debtor){.of = of, .large = number < of->large};
    debtor->company = !of->consumers || pn_dice(&dice, 8);
    debtor->place = pn_name_place(mexican ? PN_STR("MX") : PN_STR("ES"), &dice);
    debtor->key = pn_str_format(arena, "%s%04d", of->prefix, 1001 + number * 7);
    give_character(debtor, &dice);
    name_debtor(world, debtor, &dice);
    share_bookkeeper(world, debtor, number);
    if (pn_dice(&dice, 60)) {
        debtor->phone =
            mexican ? pn_str_format(arena, "+52010%07u", (unsigned)pn_random_below(&dice, 10000000))
                    : pn_str_format(arena, "+34560%06u", (unsigned)pn_random_below(&dice, 1000000));
    }
    debtor->owner = pn_str_of(OWNERS[creditor][number % 2]);
    debtor->salesperson =
        debtor->large || pn_dice(&dice, 30) ? pn_str_of(SALES[creditor]) : PN_STR_NONE;
    debtor->calendar =
        pn_calendar_for(pn_str_of(debtor->place->country), pn_str_of(debtor->place->region));
    debtor->dice =
        pn_random_for(world->seed, pn_str_format(arena, "life of %.*s", PN_STR_ARG(who)));
}

void pn_world_people(pn_world *world) {
    for (size_t i = 0; i < PN_COUNT(CREDITORS); i++) {
        world->debtor_count += (size_t)CREDITORS[i].debtors;
    }
    world->debtors = pn_arena_array(&world->arena, pn_world_debtor, world->debtor_count);
    size_t at = 0;
    for (size_t i = 0; i < PN_COUNT(CREDITORS); i++) {
        for (int number = 0; number < CREDITORS[i].debtors; number++) {
            make_debtor(world, &world->debtors[at++], i, number);
        }
    }
}
