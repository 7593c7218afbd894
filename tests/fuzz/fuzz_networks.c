/* Fuzzes the list of trusted networks and the header that a proxy sends: an address that is told is
 * one that stood there, and no trusted network has it unless there was no other. The first line is
 * the list, the second the peer, the rest the header. */
#include <assert.h>
#include <stdint.h>

#include "http/listen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pn_str rest = {(const char *)data, size}, list = PN_STR(""), peer = PN_STR("");
    pn_networks trusted = {0};
    pn_diag diag = {0};
    if (size == 0 || !pn_str_split(&rest, '\n', &list) || !pn_str_split(&rest, '\n', &peer)) {
        return 0;
    }
    pn_err err = pn_networks_parse(list, &trusted, &diag);
    assert(err == PN_OK || err == PN_INVALID || err == PN_LIMIT);
    assert((err == PN_OK) == (diag.what[0] == '\0'));
    if (err != PN_OK) {
        return 0;
    }
    assert(trusted.count <= PN_NETWORKS_MAX);
    for (size_t i = 0; i < trusted.count; i++) {
        assert(trusted.items[i].bits >= 0 && trusted.items[i].bits <= 128);
    }
    pn_str client = pn_forwarded_for(&trusted, peer, rest);
    bool own = client.ptr == peer.ptr && client.len == peer.len;
    assert(own || (client.ptr >= rest.ptr && client.ptr + client.len <= rest.ptr + rest.len));
    return 0;
}
