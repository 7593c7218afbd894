/* Telephone numbers: in international form, and the time zones that one may ring in.
 *
 * A number tells where it was given out, not where its owner is; that is what contact laws ask for
 * beside the address. Numbers of a country with one zone have it; area codes decide in North
 * America, Mexico, Brazil, Spain, Portugal and Chile; a number that tells no place has all main
 * zones of its country. Source and limits: docs/decisions/phone-zones.md. */
#ifndef PN_CALENDAR_PHONE_H
#define PN_CALENDAR_PHONE_H

#include "base/arena.h"
#include "base/str.h"

enum { PN_PHONE_ZONES_MAX = 4 };

/* Names of the zones in which an international number ("+34928123456") may ring; returns how many,
 * 0 for a text that is none or whose country we do not know. The names are constants. */
size_t pn_phone_zones(pn_str number, pn_str ret_zones[PN_PHONE_ZONES_MAX]);

/* "34" for "ES"; empty where we do not know. */
pn_str pn_phone_calling_code(pn_str country);

/* The number in international form (ITU-T E.164): + and at most 15 digits. What people put between
 * digits is dropped, 00 and North America's 011 become +, and a national number gets the code of
 * `country`, without its trunk prefix. A national number of a country that we do not know stays as
 * its digits. INVALID with a sentence for what cannot be a number. */
PN_MUST_USE pn_err pn_phone_read(pn_str text, pn_str country, pn_arena *arena, pn_str *ret_number,
                                 pn_diag *diag);

#endif
