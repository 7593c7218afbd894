#include "world/names.h"

#include "base/banned.h"
#include "base/utf8.h"

static const pn_place PLACES[] = {
    {"Madrid", "ES", "MD"},       {"Barcelona", "ES", "CT"},
    {"Valencia", "ES", "VC"},     {"Sevilla", "ES", "AN"},
    {"Málaga", "ES", "AN"},       {"Bilbao", "ES", "PV"},
    {"Zaragoza", "ES", "AR"},     {"Vigo", "ES", "GA"},
    {"Valladolid", "ES", "CL"},   {"Las Palmas", "ES", "CN"},
    {"Palma", "ES", "IB"},        {"Castellón", "ES", "VC"},
    {"León", "MX", "GUA"},        {"Ciudad de México", "MX", "CMX"},
    {"Guadalajara", "MX", "JAL"}, {"Monterrey", "MX", "NLE"},
    {"Querétaro", "MX", "QUE"},   {"Tijuana", "MX", "BCN"},
    {"Cancún", "MX", "ROO"},      {"Puebla", "MX", "PUE"},
    {"Hermosillo", "MX", "SON"},  {"Irapuato", "MX", "GUA"},
};

static const char *const GIVEN[] = {
    "Lucía",   "Mateo",   "Carmen", "Alejandro", "Sofía",  "Daniel",  "Paula",   "Javier",
    "Elena",   "Diego",   "Marta",  "Sergio",    "Isabel", "Andrés",  "Rocío",   "Tomás",
    "Beatriz", "Rubén",   "Ximena", "Emiliano",  "Regina", "Gerardo", "Valeria", "Rodrigo",
    "Nuria",   "Ignacio", "Teresa", "Óscar",     "Pilar",  "Ramón",
};
static const char *const SURNAMES[] = {
    "García",  "Ortega",   "Vidal",    "Navarro", "Ibáñez",  "Molina",   "Serrano", "Castro",
    "Rubio",   "Delgado",  "Peña",     "Cortés",  "Herrera", "Lozano",   "Campos",  "Fuentes",
    "Nieto",   "Aguilar",  "Vega",     "Soler",   "Cano",    "Prieto",   "Mora",    "Rivas",
    "Salazar", "Zamora",   "Villalba", "Escobar", "Beltrán", "Quintana", "Arroyo",  "Montes",
    "Treviño", "Cárdenas", "Ochoa",    "Galván",  "Robles",  "Bravo",    "Pastor",  "Muñoz",
};

typedef struct {
    const char *trade, *sector;
} trade;

static const trade TRADES[] = {
    {"Talleres", "industria"},
    {"Construcciones", "construcción"},
    {"Reformas", "construcción"},
    {"Carpintería", "industria"},
    {"Electricidad", "instalaciones"},
    {"Climatización", "instalaciones"},
    {"Distribuciones", "comercio"},
    {"Ferretería", "comercio"},
    {"Conservas", "alimentación"},
    {"Panificadora", "alimentación"},
    {"Frutas", "alimentación"},
    {"Muebles", "industria"},
    {"Cerámicas", "industria"},
    {"Clínica", "salud"},
    {"Hoteles", "hostelería"},
    {"Restaurantes", "hostelería"},
    {"Imprenta", "servicios"},
    {"Gráficas", "servicios"},
    {"Maquinaria", "industria"},
    {"Agrícola", "campo"},
    {"Viveros", "campo"},
    {"Textiles", "industria"},
};
static const char *const COINED[] = {
    "del Sur",   "Levante",     "Montecierzo", "La Encina",   "Tres Ríos",
    "El Molino", "Altamira",    "Costa Clara", "Piedrabuena", "San Telmo",
    "La Cumbre", "Valdehierro", "Mirasol",     "Azahar",
};
static const char *const FORMS_ES[] = {", S.L.", ", S.L.", ", S.L.", ", S.A.", " e Hijos, S.L."};
static const char *const FORMS_MX[] = {", S.A. de C.V.", ", S.A. de C.V.", ", S. de R.L. de C.V."};

#define PICK(list, random) (list)[pn_random_below((random), PN_COUNT(list))]

const pn_place *pn_name_place(pn_str country, pn_random *random) {
    for (;;) {
        const pn_place *place = &PICK(PLACES, random);
        if (pn_str_eq(country, pn_str_of(place->country))) {
            return place;
        }
    }
}

pn_person_name pn_name_person(pn_random *random) {
    pn_person_name name = {.given = pn_str_of(PICK(GIVEN, random)),
                           .first_surname = pn_str_of(PICK(SURNAMES, random)),
                           .second_surname = pn_str_of(PICK(SURNAMES, random))};
    return name;
}

pn_str pn_name_full(pn_person_name name, pn_arena *arena) {
    return pn_str_format(arena, "%.*s %.*s %.*s", PN_STR_ARG(name.given),
                         PN_STR_ARG(name.first_surname), PN_STR_ARG(name.second_surname));
}

pn_str pn_name_slug(pn_str text, pn_arena *arena) {
    pn_str fold = pn_utf8_fold(arena, text, true);
    char *slug = pn_arena_alloc(arena, fold.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < fold.len; i++) {
        char c = fold.ptr[i];
        if (pn_is_alpha(c) || pn_is_digit(c)) {
            slug[len++] = c;
        } else if (len != 0 && slug[len - 1] != '-') {
            slug[len++] = '-';
        }
    }
    while (len != 0 && slug[len - 1] == '-') {
        len--;
    }
    return (pn_str){slug, len};
}

/* The first letters of the name's words, made up to three. */
static pn_str initials_of(pn_str slug, pn_arena *arena) {
    char *letters = pn_arena_copy(arena, "XXX", 3);
    size_t count = 0;
    for (size_t i = 0; i < slug.len && count < 3; i++) {
        bool begins = i == 0 || slug.ptr[i - 1] == '-';
        if (begins && pn_is_alpha(slug.ptr[i])) {
            letters[count++] = pn_to_upper(slug.ptr[i]);
        }
    }
    for (size_t i = 1; i < slug.len && count < 3; i++) {
        if (pn_is_alpha(slug.ptr[i])) {
            letters[count++] = pn_to_upper(slug.ptr[i]);
        }
    }
    return (pn_str){letters, 3};
}

pn_company_name pn_name_company(pn_str country, pn_random *random, pn_arena *arena) {
    const trade *what = &PICK(TRADES, random);
    const char *whose =
        pn_random_below(random, 10) < 6 ? PICK(SURNAMES, random) : PICK(COINED, random);
    const char *form = pn_str_is(country, "MX") ? PICK(FORMS_MX, random) : PICK(FORMS_ES, random);
    pn_str stem = pn_str_format(arena, "%s %s", what->trade, whose);
    pn_str slug = pn_name_slug(stem, arena);
    return (pn_company_name){.name = pn_str_format(arena, "%.*s%s", PN_STR_ARG(stem), form),
                             .slug = slug,
                             .sector = pn_str_of(what->sector),
                             .initials = initials_of(slug, arena)};
}
