#include "net/fetch.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/banned.h"
#include "base/buf.h"
#include "base/limits.h"

enum { HEADERS_MAX = 64, HEADER_BYTES_MAX = 16384, URL_MAX = 4096 };

/* One request while it runs. */
typedef struct transfer {
    struct transfer *next; /* that runs */
    const pn_fetch_request *request;
    pn_fetch_answer *answer;
    pn_arena *arena;
    CURL *easy;
    struct curl_slist *headers;
    char error[CURL_ERROR_SIZE];
    pn_buf body;
    pn_fetch_header kept[HEADERS_MAX];
    size_t kept_count, kept_bytes;
    bool denied, too_large;
    char denied_at[PN_ADDRESS_TEXT_SIZE];
    pn_net_kind denied_kind;
} transfer;

static pthread_once_t started = PTHREAD_ONCE_INIT;

static void start_library(void) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        pn_panic("libcurl cannot be started");
    }
}

/* ── where it goes ───────────────────────────────────────────────────────────────────────────── */

static pn_err wrong_url(pn_str url, const char *why, pn_diag *diag) {
    pn_err err = pn_diag_set(diag, PN_INVALID, "“%.*s” is no address to ask: %s.",
                             PN_STR_ARG(pn_str_first(url, 120)), why);
    pn_diag_mend(diag, "Write it like https://api.example.com/path, without user and password.");
    return err;
}

static bool is_clean(pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] <= 0x20 || text.ptr[i] == 0x7F) {
            return false;
        }
    }
    return true;
}

static pn_err read_host(CURLU *parts, pn_str url, pn_arena *arena, pn_str *ret_host,
                        pn_diag *diag) {
    char *host = NULL, *user = NULL;
    pn_err err = PN_OK;
    if (curl_url_set(parts, CURLUPART_URL, pn_str_z(arena, url), CURLU_NON_SUPPORT_SCHEME) != 0 ||
        curl_url_get(parts, CURLUPART_HOST, &host, 0) != 0 || host[0] == '\0') {
        err = wrong_url(url, "it cannot be read", diag);
    } else if (curl_url_get(parts, CURLUPART_USER, &user, 0) == 0 ||
               curl_url_get(parts, CURLUPART_PASSWORD, &user, 0) == 0) {
        err = wrong_url(PN_STR("…"), "it holds a user or a password", diag);
    } else if (ret_host != NULL) {
        *ret_host = pn_str_lower_ascii(arena, pn_str_of(host));
    }
    curl_free(host);
    curl_free(user);
    return err;
}

pn_err pn_fetch_check_url(pn_str url, pn_arena *arena, pn_str *ret_host, pn_diag *diag) {
    (void)pthread_once(&started, start_library);
    if (url.len > URL_MAX) {
        return wrong_url(url, "it is too long", diag);
    }
    if (!pn_str_starts(url, PN_STR("https://")) && !pn_str_starts(url, PN_STR("http://"))) {
        return wrong_url(url, "it begins with neither https:// nor http://", diag);
    }
    if (!is_clean(url)) {
        return wrong_url(url, "it holds white space or control characters", diag);
    }
    CURLU *parts = curl_url();
    if (parts == NULL) {
        pn_panic("out of memory");
    }
    pn_err err = read_host(parts, url, arena, ret_host, diag);
    curl_url_cleanup(parts);
    return err;
}

static bool take_address(const struct curl_sockaddr *given, pn_address *ret_address) {
    pn_address address = {0};
    if (given->family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, &given->addr, sizeof in);
        address.family = 4;
        address.port = ntohs(in.sin_port);
        memcpy(address.ip, &in.sin_addr, 4);
    } else if (given->family == AF_INET6 && given->addrlen >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 in;
        /* libcurl gives more room behind `addr` than its type says */
        memcpy(&in, (const char *)given + offsetof(struct curl_sockaddr, addr), sizeof in);
        address.family = 6;
        address.port = ntohs(in.sin6_port);
        memcpy(address.ip, &in.sin6_addr, 16);
    } else {
        return false;
    }
    *ret_address = address;
    return true;
}

/* The one place where a connection begins. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *given) {
    transfer *t = context;
    pn_address address;
    unsigned allowed = t->request->networks != 0 ? t->request->networks : PN_NET_PUBLIC;
    if (purpose != CURLSOCKTYPE_IPCXN || !take_address(given, &address)) {
        t->denied = true;
        return CURL_SOCKET_BAD;
    }
    pn_net_kind kind = pn_address_kind(&address);
    if (((unsigned)kind & allowed) == 0 || kind == PN_NET_UNUSABLE) {
        t->denied = true;
        t->denied_kind = kind;
        (void)pn_address_text(&address, t->denied_at);
        return CURL_SOCKET_BAD;
    }
    t->denied = false; /* another address of the name is fine */
    return socket(given->family, given->socktype | SOCK_CLOEXEC, given->protocol);
}

/* ── what comes back ─────────────────────────────────────────────────────────────────────────── */

static size_t take_body(char *bytes, size_t size, size_t count, void *context) {
    transfer *t = context;
    pn_buf_add(&t->body, bytes, size * count);
    t->too_large = t->body.failed;
    return t->too_large ? 0 : size * count;
}

/* What is beyond the bounds is left out. A status line begins anew: what stood before was not the
 * answer (100 Continue). */
static size_t take_header(char *bytes, size_t size, size_t count, void *context) {
    transfer *t = context;
    pn_str line = {bytes, size * count};
    size_t colon = pn_str_find_char(line, ':');
    if (pn_str_starts(line, PN_STR("HTTP/"))) {
        t->kept_count = t->kept_bytes = 0;
    } else if (colon != SIZE_MAX && colon != 0 && t->kept_count < HEADERS_MAX &&
               t->kept_bytes + line.len <= HEADER_BYTES_MAX) {
        t->kept_bytes += line.len;
        t->kept[t->kept_count++] = (pn_fetch_header){
            .name = pn_str_lower_ascii(t->arena, pn_str_first(line, colon)),
            .value = pn_str_dup(t->arena, pn_str_trim(pn_str_from(line, colon + 1))),
        };
    }
    return line.len;
}

pn_str pn_fetch_header_of(const pn_fetch_answer *answer, const char *name) {
    for (size_t i = 0; i < answer->header_count; i++) {
        if (pn_str_eq(answer->headers[i].name, pn_str_of(name))) {
            return answer->headers[i].value;
        }
    }
    return PN_STR_NONE;
}

bool pn_fetch_says_later(int status) {
    return status == 408 || status == 425 || status == 429 || status == 503;
}

int64_t pn_fetch_retry_after_s(const pn_fetch_answer *answer) {
    int64_t seconds = 0;
    pn_str text = pn_fetch_header_of(answer, "retry-after");
    bool given = text.len != 0 && pn_str_to_int64(text, &seconds) == PN_OK && seconds > 0;
    return given ? PN_MIN(seconds, INT64_C(86400)) : 0;
}

static pn_cause cause_of(CURLcode code) {
    static const struct {
        CURLcode code;
        pn_cause cause;
    } CAUSES[] = {
        {CURLE_COULDNT_RESOLVE_HOST, PN_CAUSE_NO_HOST},
        {CURLE_OPERATION_TIMEDOUT, PN_CAUSE_SILENT},
        {CURLE_PEER_FAILED_VERIFICATION, PN_CAUSE_CERTIFICATE},
        {CURLE_SSL_CONNECT_ERROR, PN_CAUSE_NO_TLS},
        {CURLE_GOT_NOTHING, PN_CAUSE_HUNG_UP},
        {CURLE_RECV_ERROR, PN_CAUSE_HUNG_UP},
        {CURLE_SEND_ERROR, PN_CAUSE_HUNG_UP},
        {CURLE_PARTIAL_FILE, PN_CAUSE_HUNG_UP},
        {CURLE_UNSUPPORTED_PROTOCOL, PN_CAUSE_PROTOCOL},
        {CURLE_WEIRD_SERVER_REPLY, PN_CAUSE_PROTOCOL},
    };
    for (size_t i = 0; i < PN_COUNT(CAUSES); i++) {
        if (CAUSES[i].code == code) {
            return CAUSES[i].cause;
        }
    }
    return PN_CAUSE_UNREACHABLE;
}

static pn_err no_answer(const transfer *t, CURLcode code, pn_diag *diag) {
    if (t->too_large) {
        return pn_diag_set(diag, PN_LIMIT, "The answer has more than %zu bytes.", t->body.max);
    }
    if (t->denied && t->denied_at[0] != '\0') {
        pn_err err = pn_diag_set(diag, PN_DENIED,
                                 "It leads to %s, a %s address, which may not be connected to.",
                                 t->denied_at, pn_net_kind_name(t->denied_kind));
        pn_diag_mend(diag, "Only who runs the program can allow addresses of its own network.");
        pn_diag_cause(diag, PN_CAUSE_CLOSED);
        return err;
    }
    (void)pn_diag_set(diag, PN_IO, "There was no answer: %s.",
                      t->error[0] != '\0' ? t->error : curl_easy_strerror(code));
    pn_diag_cause(diag, cause_of(code));
    return PN_IO;
}

static void finish(transfer *t, CURLcode code) {
    pn_fetch_answer *answer = t->answer;
    answer->done = true;
    long status = 0, sent = 0;
    curl_off_t elapsed_us = 0;
    (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &sent);
    (void)curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &elapsed_us);
    answer->sent = sent > 0;
    answer->elapsed_ms = (int64_t)elapsed_us / 1000;
    answer->timed_out = code == CURLE_OPERATION_TIMEDOUT;
    if (code != CURLE_OK) {
        answer->status = t->too_large ? (int)status : 0;
        answer->err = no_answer(t, code, &answer->diag);
        return;
    }
    pn_fetch_header *headers = pn_arena_array(t->arena, pn_fetch_header, t->kept_count + 1);
    memcpy(headers, t->kept, t->kept_count * sizeof *headers);
    answer->err = PN_OK;
    answer->status = (int)status;
    answer->headers = headers;
    answer->header_count = t->kept_count;
    answer->body = pn_str_dup(t->arena, pn_buf_str(&t->body));
}

/* ── how it is asked ─────────────────────────────────────────────────────────────────────────── */

static void must(CURLcode code) {
    if (code != CURLE_OK) {
        pn_panic("libcurl refuses an option: %s", curl_easy_strerror(code));
    }
}

static bool is_header(const pn_fetch_header *header) {
    bool good = header->name.len != 0;
    for (size_t i = 0; i < header->name.len; i++) {
        char c = header->name.ptr[i];
        good = good && (pn_is_alpha(c) || pn_is_digit(c) || c == '-' || c == '_');
    }
    for (size_t i = 0; i < header->value.len; i++) {
        unsigned char c = (unsigned char)header->value.ptr[i];
        good = good && (c == '\t' || (c >= 0x20 && c != 0x7F));
    }
    return good;
}

static void add_line(transfer *t, const char *line) {
    struct curl_slist *longer = curl_slist_append(t->headers, line);
    if (longer == NULL) {
        pn_panic("out of memory");
    }
    t->headers = longer;
}

/* libcurl's own "Expect" would wait a second for a go-ahead that few servers give. */
static pn_err add_headers(transfer *t, pn_diag *diag) {
    const pn_fetch_request *request = t->request;
    bool typed = false;
    add_line(t, "Expect:");
    for (size_t i = 0; i < request->header_count; i++) {
        const pn_fetch_header *header = &request->headers[i];
        if (!is_header(header)) {
            return pn_diag_set(diag, PN_INVALID,
                               "The header “%.*s” holds a character that headers may not hold.",
                               PN_STR_ARG(pn_str_first(header->name, 60)));
        }
        typed = typed || pn_str_eq_nocase(header->name, PN_STR("content-type"));
        /* with a semicolon libcurl sends an empty one; with a colon it would leave it out */
        pn_str line = header->value.len == 0
                          ? pn_str_format(t->arena, "%.*s;", PN_STR_ARG(header->name))
                          : pn_str_format(t->arena, "%.*s: %.*s", PN_STR_ARG(header->name),
                                          PN_STR_ARG(header->value));
        add_line(t, pn_str_z(t->arena, line));
    }
    if (!typed) {
        add_line(t, "Content-Type:");
    }
    return PN_OK;
}

static void set_method(const transfer *t) {
    const pn_fetch_request *request = t->request;
    const char *method = request->method;
    if (request->body.len != 0 || (method != NULL && strcmp(method, "POST") == 0)) {
        must(curl_easy_setopt(t->easy, CURLOPT_POST, 1L));
        must(curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS,
                              request->body.len != 0 ? request->body.ptr : ""));
        must(curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len));
    }
    if (method != NULL && strcmp(method, "HEAD") == 0) {
        must(curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L));
    } else if (method != NULL) {
        must(curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, method));
    }
}

static void set_bounds(transfer *t) {
    const pn_fetch_request *request = t->request;
    long timeout_ms =
        request->timeout_ms != 0 ? (long)request->timeout_ms : PN_LIMIT_FETCH_SECONDS * 1000L;
    must(curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, timeout_ms));
    must(curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS,
                          PN_MIN(timeout_ms, PN_LIMIT_CONNECT_SECONDS * 1000L)));
    must(curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https"));
    must(curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L));
    must(curl_easy_setopt(t->easy, CURLOPT_PROXY, ""));
    must(curl_easy_setopt(t->easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED));
    must(curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1));
    must(curl_easy_setopt(t->easy, CURLOPT_HTTP09_ALLOWED, 0L));
    must(curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, 1L));
    must(curl_easy_setopt(t->easy, CURLOPT_FORBID_REUSE, 1L));
    must(curl_easy_setopt(t->easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L));
    must(curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L));
    must(curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYPEER, 1L));
    must(curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYHOST, 2L));
    must(curl_easy_setopt(t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2));
    if (request->ca_file != NULL) {
        must(curl_easy_setopt(t->easy, CURLOPT_CAINFO, request->ca_file));
        must(curl_easy_setopt(t->easy, CURLOPT_CAPATH, NULL));
    }
    must(curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket));
    must(curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETDATA, t));
}

static void set_answer(transfer *t) {
    must(curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, take_body));
    must(curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t));
    must(curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, take_header));
    must(curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t));
    must(curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error));
    must(curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t));
}

/* False where the request makes no sense: then it has its answer. */
static bool begin(transfer *t, CURLM *multi) {
    pn_fetch_answer *answer = t->answer;
    answer->err = pn_fetch_check_url(t->request->url, t->arena, NULL, &answer->diag);
    if (answer->err == PN_OK) {
        answer->err = add_headers(t, &answer->diag);
    }
    if (answer->err != PN_OK) {
        curl_slist_free_all(t->headers);
        answer->done = true;
        return false;
    }
    t->easy = curl_easy_init();
    if (t->easy == NULL) {
        pn_panic("out of memory");
    }
    pn_buf_init(&t->body,
                t->request->answer_max != 0 ? t->request->answer_max : PN_LIMIT_FETCH_BYTES);
    must(curl_easy_setopt(t->easy, CURLOPT_URL, pn_str_z(t->arena, t->request->url)));
    must(curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "Puntual"));
    must(curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers));
    set_bounds(t);
    set_method(t);
    set_answer(t);
    if (curl_multi_add_handle(multi, t->easy) != CURLM_OK) {
        pn_panic("libcurl takes no request");
    }
    return true;
}

static void end(transfer *t, CURLM *multi, CURLcode code) {
    finish(t, code);
    (void)curl_multi_remove_handle(multi, t->easy);
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->headers);
    pn_buf_done(&t->body);
}

/* ── several under way ───────────────────────────────────────────────────────────────────────── */

struct pn_fetches {
    CURLM *multi;
    int events; /* an epoll of what libcurl waits for: sockets, and its timer */
    int timer;
    transfer *first; /* of those that run; each lives on its own arena */
    size_t running;
};

static void must_multi(CURLMcode code) {
    if (code != CURLM_OK) {
        pn_panic("libcurl gives up: %s", curl_multi_strerror(code));
    }
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known) {
    const pn_fetches *fetches = context;
    struct epoll_event event = {.data.fd = fd};
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        (void)epoll_ctl(fetches->events, EPOLL_CTL_DEL, fd, NULL); /* it may be closed already */
        return 0;
    }
    event.events =
        ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
    if (epoll_ctl(fetches->events, known == NULL ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) !=
        0) {
        return -1;
    }
    must_multi(curl_multi_assign(fetches->multi, fd, context)); /* anything: it is known now */
    return 0;
}

/* A time of zero would turn the timer off. */
static int set_timer(CURLM *multi, long ms, void *context) {
    const pn_fetches *fetches = context;
    struct itimerspec at = {0};
    (void)multi;
    if (ms >= 0) {
        at.it_value =
            (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms == 0 ? 1 : ms % 1000 * 1000000};
    }
    return timerfd_settime(fetches->timer, 0, &at, NULL);
}

pn_fetches *pn_fetches_new(void) {
    (void)pthread_once(&started, start_library);
    pn_fetches *fetches = pn_alloc(sizeof *fetches);
    *fetches = (pn_fetches){.multi = curl_multi_init(),
                            .events = epoll_create1(EPOLL_CLOEXEC),
                            .timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fetches->timer};
    if (fetches->multi == NULL || fetches->events < 0 || fetches->timer < 0 ||
        epoll_ctl(fetches->events, EPOLL_CTL_ADD, fetches->timer, &event) != 0) {
        pn_panic("the system gives no memory or descriptors to ask others with");
    }
    must_multi(curl_multi_setopt(fetches->multi, CURLMOPT_SOCKETFUNCTION, watch_socket));
    must_multi(curl_multi_setopt(fetches->multi, CURLMOPT_SOCKETDATA, fetches));
    must_multi(curl_multi_setopt(fetches->multi, CURLMOPT_TIMERFUNCTION, set_timer));
    must_multi(curl_multi_setopt(fetches->multi, CURLMOPT_TIMERDATA, fetches));
    return fetches;
}

void pn_fetches_free(pn_fetches *fetches) {
    if (fetches != NULL) {
        pn_fetches_break(fetches);
        (void)curl_multi_cleanup(fetches->multi);
        (void)close(fetches->timer);
        (void)close(fetches->events);
        free(fetches);
    }
}

int pn_fetches_fd(const pn_fetches *fetches) {
    return fetches->events;
}

size_t pn_fetches_running(const pn_fetches *fetches) {
    return fetches->running;
}

void pn_fetches_begin(pn_fetches *fetches, const pn_fetch_request *request, pn_arena *arena,
                      pn_fetch_answer *ret_answer) {
    transfer *t = pn_arena_new(arena, transfer);
    *ret_answer = (pn_fetch_answer){0};
    t->request = request;
    t->answer = ret_answer;
    t->arena = arena;
    if (begin(t, fetches->multi)) {
        t->next = fetches->first;
        fetches->first = t;
        fetches->running++;
    }
}

static void end_one(pn_fetches *fetches, transfer *t, CURLcode code) {
    transfer **link = &fetches->first;
    while (*link != t) {
        link = &(*link)->next;
    }
    *link = t->next;
    fetches->running--;
    end(t, fetches->multi, code);
}

static void harvest(pn_fetches *fetches) {
    CURLMsg *message = NULL;
    int left = 0;
    while ((message = curl_multi_info_read(fetches->multi, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            CURLcode code = message->data.result;
            transfer *t = NULL;
            must(curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t));
            end_one(fetches, t, code);
        }
    }
}

static void act_on(pn_fetches *fetches, const struct epoll_event *event) {
    int running = 0, what = 0;
    uint64_t expired = 0;
    if (event->data.fd == fetches->timer) {
        ssize_t got = read(fetches->timer, &expired, sizeof expired);
        (void)got; /* nothing: it was set again meanwhile */
        must_multi(curl_multi_socket_action(fetches->multi, CURL_SOCKET_TIMEOUT, 0, &running));
        return;
    }
    what = ((event->events & (EPOLLIN | EPOLLHUP)) != 0 ? CURL_CSELECT_IN : 0) |
           ((event->events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
           ((event->events & EPOLLERR) != 0 ? CURL_CSELECT_ERR : 0);
    must_multi(curl_multi_socket_action(fetches->multi, event->data.fd, what, &running));
}

void pn_fetches_wait(pn_fetches *fetches, int64_t ms, int fd) {
    enum { AT_ONCE = 64 };
    struct epoll_event events[AT_ONCE];
    struct pollfd fds[] = {{.fd = fetches->events, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    (void)poll(fds, fd >= 0 ? 2 : 1, (int)PN_MIN(PN_MAX(ms, 0), INT64_C(60000)));
    int count = epoll_wait(fetches->events, events, AT_ONCE, 0);
    for (int i = 0; i < count; i++) {
        act_on(fetches, &events[i]);
    }
    harvest(fetches);
}

void pn_fetches_break(pn_fetches *fetches) {
    while (fetches->first != NULL) {
        transfer *t = fetches->first;
        (void)snprintf(t->error, sizeof t->error, "it was broken off");
        end_one(fetches, t, CURLE_ABORTED_BY_CALLBACK);
    }
}

pn_err pn_fetch(const pn_fetch_request *request, pn_arena *arena, pn_fetch_answer *ret_answer,
                pn_diag *diag) {
    pn_fetches *fetches = pn_fetches_new();
    pn_fetches_begin(fetches, request, arena, ret_answer);
    while (!ret_answer->done) {
        pn_fetches_wait(fetches, 1000, -1);
    }
    pn_fetches_free(fetches);
    if (ret_answer->err != PN_OK && diag != NULL) {
        *diag = ret_answer->diag;
    }
    return ret_answer->err;
}
