#include "liquid/filter.h"

#include "base/banned.h"

static const pn_liquid_filter FILTERS[] = {
#define FILTER_ROW(name, args_min, args_max, makes, names_field, keyword)                          \
    {#name,  pn_liquid_filter_##name, args_min, args_max, PN_LIQUID_MAKES_##makes, names_field,    \
     keyword},
    PN_LIQUID_FILTERS(FILTER_ROW)
#undef FILTER_ROW
};

const pn_liquid_filter *pn_liquid_find_filter(pn_str name) {
    size_t low = 0, high = PN_COUNT(FILTERS);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = pn_str_cmp(name, pn_str_of(FILTERS[middle].name));
        if (order == 0) {
            return &FILTERS[middle];
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

const pn_liquid_filter *pn_liquid_filter_at(uint32_t index) {
    return &FILTERS[index];
}

uint32_t pn_liquid_filter_index(const pn_liquid_filter *filter) {
    return (uint32_t)(filter - FILTERS);
}

const char *pn_liquid_filter_name(size_t index) {
    return index < PN_COUNT(FILTERS) ? FILTERS[index].name : NULL;
}
