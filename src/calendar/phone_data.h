/* The shape of the generated table of telephone numbers (phone_data.c); only phone.c reads it. */
#ifndef PN_CALENDAR_PHONE_DATA_H
#define PN_CALENDAR_PHONE_DATA_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    char prefix[8];   /* of an international number, without its + */
    uint8_t zones[4]; /* into pn_phone_zone_names; 0 ends them */
} pn_phone_row;

typedef struct {
    char country[3]; /* ISO 3166-1 */
    char code[4];    /* its calling code */
} pn_phone_code;

extern const char *const pn_phone_zone_names[];
extern const pn_phone_row pn_phone_rows[];
extern const size_t pn_phone_row_count;
extern const pn_phone_code pn_phone_codes[];
extern const size_t pn_phone_code_count;

#endif
