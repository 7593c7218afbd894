/* Fuzzes the classification of programs by their User-Agent: every text is one of the classes, and
 * the same one twice. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/agent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1); /* of exact size, for the sanitizer */
    if (size != 0) {
        memcpy(text, data, size);
    }
    pn_agent agent = pn_agent_of((pn_str){text, size});
    assert(agent == pn_agent_of((pn_str){text, size}));
    assert(pn_agent_name(agent)[0] != '\0');
    pn_touch touch = {.agent = agent, .head = true, .after_us = 60000000};
    assert(pn_touch_classify(&touch) == PN_AGENT_MACHINE);
    free(text);
    return 0;
}
