/* The usual zone of each country and, where a country has several, of its regions. Source: the tz
 * database's zone1970.tab; a region with two zones has the one where most of its people live. */
#include "calendar/zone.h"

#include "base/banned.h"

typedef struct {
    char country[3]; /* ISO 3166-1 */
    char region[4];  /* ISO 3166-2 behind the hyphen; empty: the whole country */
    const char *zone;
} country_zone;

/* Ascending by country, the row without region first. Regions that have the country's zone are
 * left out; "BC" is what Mexicans write for ISO's "BCN". */
static const country_zone COUNTRY_ZONES[] = {
    {"AD", "", "Europe/Andorra"},
    {"AL", "", "Europe/Tirane"},
    {"AM", "", "Asia/Yerevan"},
    {"AR", "", "America/Argentina/Buenos_Aires"},
    {"AR", "A", "America/Argentina/Salta"},
    {"AR", "D", "America/Argentina/San_Luis"},
    {"AR", "E", "America/Argentina/Cordoba"},
    {"AR", "F", "America/Argentina/La_Rioja"},
    {"AR", "G", "America/Argentina/Cordoba"},
    {"AR", "H", "America/Argentina/Cordoba"},
    {"AR", "J", "America/Argentina/San_Juan"},
    {"AR", "K", "America/Argentina/Catamarca"},
    {"AR", "L", "America/Argentina/Salta"},
    {"AR", "M", "America/Argentina/Mendoza"},
    {"AR", "N", "America/Argentina/Cordoba"},
    {"AR", "P", "America/Argentina/Cordoba"},
    {"AR", "Q", "America/Argentina/Salta"},
    {"AR", "R", "America/Argentina/Salta"},
    {"AR", "S", "America/Argentina/Cordoba"},
    {"AR", "T", "America/Argentina/Tucuman"},
    {"AR", "U", "America/Argentina/Catamarca"},
    {"AR", "V", "America/Argentina/Ushuaia"},
    {"AR", "W", "America/Argentina/Cordoba"},
    {"AR", "X", "America/Argentina/Cordoba"},
    {"AR", "Y", "America/Argentina/Jujuy"},
    {"AR", "Z", "America/Argentina/Rio_Gallegos"},
    {"AT", "", "Europe/Vienna"},
    {"AX", "", "Europe/Mariehamn"},
    {"AZ", "", "Asia/Baku"},
    {"BA", "", "Europe/Sarajevo"},
    {"BE", "", "Europe/Brussels"},
    {"BG", "", "Europe/Sofia"},
    {"BO", "", "America/La_Paz"},
    {"BR", "", "America/Sao_Paulo"},
    {"BR", "AC", "America/Rio_Branco"},
    {"BR", "AL", "America/Maceio"},
    {"BR", "AM", "America/Manaus"},
    {"BR", "AP", "America/Belem"},
    {"BR", "BA", "America/Bahia"},
    {"BR", "CE", "America/Fortaleza"},
    {"BR", "MA", "America/Fortaleza"},
    {"BR", "MS", "America/Campo_Grande"},
    {"BR", "MT", "America/Cuiaba"},
    {"BR", "PA", "America/Belem"},
    {"BR", "PB", "America/Fortaleza"},
    {"BR", "PE", "America/Recife"},
    {"BR", "PI", "America/Fortaleza"},
    {"BR", "RN", "America/Fortaleza"},
    {"BR", "RO", "America/Porto_Velho"},
    {"BR", "RR", "America/Boa_Vista"},
    {"BR", "SE", "America/Maceio"},
    {"BR", "TO", "America/Araguaina"},
    {"BY", "", "Europe/Minsk"},
    {"BZ", "", "America/Belize"},
    {"CH", "", "Europe/Zurich"},
    {"CL", "", "America/Santiago"},
    {"CL", "AI", "America/Coyhaique"},
    {"CL", "MA", "America/Punta_Arenas"},
    {"CO", "", "America/Bogota"},
    {"CR", "", "America/Costa_Rica"},
    {"CU", "", "America/Havana"},
    {"CY", "", "Asia/Nicosia"},
    {"CZ", "", "Europe/Prague"},
    {"DE", "", "Europe/Berlin"},
    {"DK", "", "Europe/Copenhagen"},
    {"DO", "", "America/Santo_Domingo"},
    {"EC", "", "America/Guayaquil"},
    {"EC", "W", "Pacific/Galapagos"},
    {"EE", "", "Europe/Tallinn"},
    {"ES", "", "Europe/Madrid"},
    {"ES", "CE", "Africa/Ceuta"},
    {"ES", "CN", "Atlantic/Canary"},
    {"ES", "GC", "Atlantic/Canary"},
    {"ES", "ML", "Africa/Ceuta"},
    {"ES", "TF", "Atlantic/Canary"},
    {"FI", "", "Europe/Helsinki"},
    {"FO", "", "Atlantic/Faroe"},
    {"FR", "", "Europe/Paris"},
    {"GB", "", "Europe/London"},
    {"GE", "", "Asia/Tbilisi"},
    {"GF", "", "America/Cayenne"},
    {"GG", "", "Europe/Guernsey"},
    {"GI", "", "Europe/Gibraltar"},
    {"GP", "", "America/Guadeloupe"},
    {"GR", "", "Europe/Athens"},
    {"GT", "", "America/Guatemala"},
    {"GY", "", "America/Guyana"},
    {"HN", "", "America/Tegucigalpa"},
    {"HR", "", "Europe/Zagreb"},
    {"HT", "", "America/Port-au-Prince"},
    {"HU", "", "Europe/Budapest"},
    {"IE", "", "Europe/Dublin"},
    {"IM", "", "Europe/Isle_of_Man"},
    {"IS", "", "Atlantic/Reykjavik"},
    {"IT", "", "Europe/Rome"},
    {"JE", "", "Europe/Jersey"},
    {"JM", "", "America/Jamaica"},
    {"LI", "", "Europe/Vaduz"},
    {"LT", "", "Europe/Vilnius"},
    {"LU", "", "Europe/Luxembourg"},
    {"LV", "", "Europe/Riga"},
    {"MC", "", "Europe/Monaco"},
    {"MD", "", "Europe/Chisinau"},
    {"ME", "", "Europe/Podgorica"},
    {"MK", "", "Europe/Skopje"},
    {"MQ", "", "America/Martinique"},
    {"MT", "", "Europe/Malta"},
    {"MX", "", "America/Mexico_City"},
    {"MX", "BC", "America/Tijuana"},
    {"MX", "BCN", "America/Tijuana"},
    {"MX", "BCS", "America/Mazatlan"},
    {"MX", "CAM", "America/Merida"},
    {"MX", "CHH", "America/Chihuahua"},
    {"MX", "COA", "America/Monterrey"},
    {"MX", "DUR", "America/Monterrey"},
    {"MX", "NAY", "America/Mazatlan"},
    {"MX", "NLE", "America/Monterrey"},
    {"MX", "ROO", "America/Cancun"},
    {"MX", "SIN", "America/Mazatlan"},
    {"MX", "SON", "America/Hermosillo"},
    {"MX", "TAM", "America/Monterrey"},
    {"MX", "YUC", "America/Merida"},
    {"NI", "", "America/Managua"},
    {"NL", "", "Europe/Amsterdam"},
    {"NO", "", "Europe/Oslo"},
    {"PA", "", "America/Panama"},
    {"PE", "", "America/Lima"},
    {"PL", "", "Europe/Warsaw"},
    {"PR", "", "America/Puerto_Rico"},
    {"PT", "", "Europe/Lisbon"},
    {"PT", "20", "Atlantic/Azores"},
    {"PT", "30", "Atlantic/Madeira"},
    {"PY", "", "America/Asuncion"},
    {"RO", "", "Europe/Bucharest"},
    {"RS", "", "Europe/Belgrade"},
    {"RU", "", "Europe/Moscow"},
    {"SE", "", "Europe/Stockholm"},
    {"SI", "", "Europe/Ljubljana"},
    {"SK", "", "Europe/Bratislava"},
    {"SM", "", "Europe/San_Marino"},
    {"SR", "", "America/Paramaribo"},
    {"SV", "", "America/El_Salvador"},
    {"TR", "", "Europe/Istanbul"},
    {"TT", "", "America/Port_of_Spain"},
    {"UA", "", "Europe/Kyiv"},
    {"US", "", "America/New_York"},
    {"US", "AK", "America/Anchorage"},
    {"US", "AL", "America/Chicago"},
    {"US", "AR", "America/Chicago"},
    {"US", "AS", "Pacific/Pago_Pago"},
    {"US", "AZ", "America/Phoenix"},
    {"US", "CA", "America/Los_Angeles"},
    {"US", "CO", "America/Denver"},
    {"US", "GU", "Pacific/Guam"},
    {"US", "HI", "Pacific/Honolulu"},
    {"US", "IA", "America/Chicago"},
    {"US", "ID", "America/Boise"},
    {"US", "IL", "America/Chicago"},
    {"US", "IN", "America/Indiana/Indianapolis"},
    {"US", "KS", "America/Chicago"},
    {"US", "KY", "America/Kentucky/Louisville"},
    {"US", "LA", "America/Chicago"},
    {"US", "MI", "America/Detroit"},
    {"US", "MN", "America/Chicago"},
    {"US", "MO", "America/Chicago"},
    {"US", "MP", "Pacific/Guam"},
    {"US", "MS", "America/Chicago"},
    {"US", "MT", "America/Denver"},
    {"US", "ND", "America/Chicago"},
    {"US", "NE", "America/Chicago"},
    {"US", "NM", "America/Denver"},
    {"US", "NV", "America/Los_Angeles"},
    {"US", "OK", "America/Chicago"},
    {"US", "OR", "America/Los_Angeles"},
    {"US", "PR", "America/Puerto_Rico"},
    {"US", "SD", "America/Chicago"},
    {"US", "TN", "America/Chicago"},
    {"US", "TX", "America/Chicago"},
    {"US", "UT", "America/Denver"},
    {"US", "VI", "America/Puerto_Rico"},
    {"US", "WA", "America/Los_Angeles"},
    {"US", "WI", "America/Chicago"},
    {"US", "WY", "America/Denver"},
    {"UY", "", "America/Montevideo"},
    {"VA", "", "Europe/Vatican"},
    {"VE", "", "America/Caracas"},
    {"XK", "", "Europe/Belgrade"},
};

static int order_of(pn_str country, const country_zone *row) {
    for (size_t i = 0; i < 2; i++) {
        int difference = pn_to_upper(country.ptr[i]) - row->country[i];
        if (difference != 0) {
            return difference;
        }
    }
    return 0;
}

pn_str pn_zone_of_country(pn_str country, pn_str region) {
    if (country.len != 2) {
        return PN_STR_NONE;
    }
    size_t low = 0, high = PN_COUNT(COUNTRY_ZONES);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (order_of(country, &COUNTRY_ZONES[middle]) > 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == PN_COUNT(COUNTRY_ZONES) || order_of(country, &COUNTRY_ZONES[low]) != 0) {
        return PN_STR_NONE;
    }
    const country_zone *whole = &COUNTRY_ZONES[low];
    for (size_t i = low + 1; i < PN_COUNT(COUNTRY_ZONES); i++) {
        const country_zone *row = &COUNTRY_ZONES[i];
        if (order_of(country, row) != 0) {
            break;
        }
        if (pn_str_eq_nocase(region, pn_str_of(row->region))) {
            return pn_str_of(row->zone);
        }
    }
    return pn_str_of(whole->zone);
}
