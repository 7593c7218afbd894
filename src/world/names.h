/* Invented people and companies of Spain and Mexico: words that any phone book has, put together by
 * chance. Addresses end in .example (RFC 2606), so no message could reach anybody. */
#ifndef PN_WORLD_NAMES_H
#define PN_WORLD_NAMES_H

#include "base/hash.h"

typedef struct {
    const char *name;
    const char *country, *region; /* ISO 3166-2 without the country */
} pn_place;

/* A city of the country. */
const pn_place *pn_name_place(pn_str country, pn_random *random);

typedef struct {
    pn_str given, first_surname, second_surname;
} pn_person_name;

pn_person_name pn_name_person(pn_random *random);
/* "Lucía Ortega Vidal" */
pn_str pn_name_full(pn_person_name name, pn_arena *arena);

typedef struct {
    pn_str name;     /* "Talleres Ortega, S.L." */
    pn_str slug;     /* "talleres-ortega" */
    pn_str sector;   /* "industria" */
    pn_str initials; /* three capital letters */
} pn_company_name;

pn_company_name pn_name_company(pn_str country, pn_random *random, pn_arena *arena);

/* "Peña & Cía." → "pena-cia" */
pn_str pn_name_slug(pn_str text, pn_arena *arena);

#endif
