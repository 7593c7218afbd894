#define _GNU_SOURCE /* O_CLOEXEC */
#include "cli/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

/* ── values of options ───────────────────────────────────────────────────────────────────────── */

static int option_index(const pn_cli *cli, const char *name) {
    int index = 0;
    while (strcmp(cli->command->options[index].name, name) != 0) {
        index++;
        assert(cli->command->options[index].name !=
               NULL); /* the table declares what is asked for */
    }
    return index;
}

pn_str pn_cli_value(const pn_cli *cli, const char *name) {
    return cli->values[option_index(cli, name)];
}

bool pn_cli_given(const pn_cli *cli, const char *name) {
    return cli->given[option_index(cli, name)];
}

pn_str pn_cli_path(pn_cli *cli, pn_str path) {
    char folder[4096];
    if (path.len == 0 || path.ptr[0] == '/' || getcwd(folder, sizeof folder) == NULL) {
        return path;
    }
    return pn_str_format(&cli->arena, "%s/%.*s", folder, PN_STR_ARG(path));
}

pn_err pn_cli_int(pn_cli *cli, const char *name, int64_t min, int64_t max, int64_t otherwise,
                  int64_t *ret_value) {
    int64_t value = otherwise;
    if (pn_cli_given(cli, name) &&
        (pn_str_to_int64(pn_cli_value(cli, name), &value) != PN_OK || value < min || value > max)) {
        return pn_cli_usage(cli, "--%s wants a whole number from %lld to %lld, not “%.*s”.", name,
                            (long long)min, (long long)max, PN_STR_ARG(pn_cli_value(cli, name)));
    }
    *ret_value = value;
    return PN_OK;
}

pn_err pn_cli_date(pn_cli *cli, const char *name, pn_date otherwise, pn_date *ret_date) {
    pn_date date = otherwise;
    if (pn_cli_given(cli, name) && pn_date_parse_iso(pn_cli_value(cli, name), &date) != PN_OK) {
        return pn_cli_usage(cli, "--%s wants a day like 2026-03-31, not “%.*s”.", name,
                            PN_STR_ARG(pn_cli_value(cli, name)));
    }
    *ret_date = date;
    return PN_OK;
}

/* "10:00", "10:00:30" */
static bool parse_clock(pn_str text, int32_t *ret_second) {
    int64_t parts[3] = {0, 0, 0};
    pn_str part;
    int count = 0;
    while (count < 3 && pn_str_split(&text, ':', &part)) {
        if (part.len != 2 || pn_str_to_int64(part, &parts[count]) != PN_OK || parts[count] < 0) {
            return false;
        }
        count++;
    }
    if (count < 2 || text.ptr != NULL || parts[0] > 23 || parts[1] > 59 || parts[2] > 59) {
        return false;
    }
    *ret_second = (int32_t)(parts[0] * 3600 + parts[1] * 60 + parts[2]);
    return true;
}

static bool parse_time(pn_str text, const pn_zone *zone, pn_time *ret_time) {
    pn_date date;
    int32_t second = 0, offset_second = 0;
    if (text.len < 10 || pn_date_parse_iso(pn_str_first(text, 10), &date) != PN_OK) {
        return false;
    }
    pn_str rest = pn_str_from(text, 10);
    if (rest.len == 0) {
        *ret_time = pn_zone_instant(zone, date, 0);
        return true;
    }
    if (rest.ptr[0] != 'T' && rest.ptr[0] != ' ') {
        return false;
    }
    rest = pn_str_from(rest, 1);
    if (pn_str_ends(rest, PN_STR("Z"))) {
        if (!parse_clock(pn_str_first(rest, rest.len - 1), &second)) {
            return false;
        }
        *ret_time = date * PN_DAY + second * PN_SECOND;
        return true;
    }
    size_t sign = rest.len > 6 ? rest.len - 6 : 0;
    if (sign != 0 && (rest.ptr[sign] == '+' || rest.ptr[sign] == '-')) {
        if (!parse_clock(pn_str_first(rest, sign), &second) ||
            !parse_clock(pn_str_from(rest, sign + 1), &offset_second)) {
            return false;
        }
        int32_t east = rest.ptr[sign] == '+' ? offset_second : -offset_second;
        *ret_time = date * PN_DAY + (second - east) * PN_SECOND;
        return true;
    }
    if (!parse_clock(rest, &second)) {
        return false;
    }
    *ret_time = pn_zone_instant(zone, date, second);
    return true;
}

pn_err pn_cli_time(pn_cli *cli, const char *name, const pn_zone *zone, pn_time otherwise,
                   pn_time *ret_time) {
    pn_time at = otherwise;
    if (pn_cli_given(cli, name) && !parse_time(pn_cli_value(cli, name), zone, &at)) {
        return pn_cli_usage(cli,
                            "--%s wants a day or a time like 2026-03-31 or 2026-03-31T10:00, "
                            "not “%.*s”.",
                            name, PN_STR_ARG(pn_cli_value(cli, name)));
    }
    *ret_time = at;
    return PN_OK;
}

pn_err pn_cli_amount(pn_cli *cli, const char *name, pn_currency currency, int64_t otherwise,
                     int64_t *ret_minor) {
    int64_t minor = otherwise;
    pn_diag diag;
    if (pn_cli_given(cli, name)) {
        pn_str text = pn_cli_value(cli, name);
        /* "1234,50" is what a Spanish keyboard gives; a thousands mark is not guessed here */
        char decimal = pn_str_find_char(text, ',') != SIZE_MAX ? ',' : '.';
        if (pn_amount_parse(text, currency, (pn_number_style){decimal, 0}, &minor, &diag) !=
                PN_OK ||
            minor <= 0) {
            return pn_cli_usage(cli, "--%s wants an amount like 1234.50, not “%.*s”.", name,
                                PN_STR_ARG(text));
        }
    }
    *ret_minor = minor;
    return PN_OK;
}

/* ── files ───────────────────────────────────────────────────────────────────────────────────── */

/* Reads until the end or past the maximum, which makes the buffer fail. */
static ssize_t read_all(int fd, pn_buf *bytes) {
    ssize_t got = 0;
    do {
        char extra;
        size_t room = PN_MIN((size_t)1 << 20, bytes->max - bytes->len);
        if (room != 0 && !pn_buf_reserve(bytes, room)) {
            break;
        }
        room = PN_MIN(bytes->capacity, bytes->max) - bytes->len;
        got = room != 0 ? read(fd, bytes->ptr + bytes->len, room) : read(fd, &extra, 1);
        bytes->failed = got > 0 && room == 0;
        bytes->len += got > 0 && room != 0 ? (size_t)got : 0;
    } while ((got > 0 && !bytes->failed) || (got < 0 && errno == EINTR));
    return got;
}

pn_err pn_cli_read_file(pn_cli *cli, pn_str path, size_t max_bytes, pn_str *ret_bytes) {
    assert(cli->file_count < PN_COUNT(cli->files));
    bool is_stdin = pn_str_is(path, "-");
    int fd = is_stdin ? STDIN_FILENO : open(pn_str_z(&cli->arena, path), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return pn_diag_set(&cli->diag, PN_IO, "“%.*s” cannot be read: %s.", PN_STR_ARG(path),
                           strerror(errno));
    }
    pn_buf *bytes = &cli->files[cli->file_count++];
    pn_buf_init(bytes, max_bytes);
    ssize_t got = read_all(fd, bytes);
    int why = errno;
    if (!is_stdin) {
        (void)close(fd);
    }
    if (got < 0) {
        return pn_diag_set(&cli->diag, PN_IO, "“%.*s” cannot be read: %s.", PN_STR_ARG(path),
                           strerror(why));
    }
    if (bytes->failed) {
        return pn_diag_set(&cli->diag, PN_LIMIT, "“%.*s” is larger than %zu bytes.",
                           PN_STR_ARG(path), max_bytes);
    }
    *ret_bytes = pn_buf_str(bytes);
    return PN_OK;
}

void pn_cli_forget_file(pn_cli *cli) {
    assert(cli->file_count > 0);
    pn_buf_done(&cli->files[--cli->file_count]);
}

pn_err pn_cli_make_dir(pn_cli *cli, pn_str path) {
    if (mkdir(pn_str_z(&cli->arena, path), 0777) != 0 && errno != EEXIST) {
        return pn_diag_set(&cli->diag, PN_IO, "The directory “%.*s” cannot be made: %s.",
                           PN_STR_ARG(path), strerror(errno));
    }
    return PN_OK;
}

pn_err pn_cli_write_file(pn_cli *cli, pn_str path, pn_str bytes) {
    FILE *file = fopen(pn_str_z(&cli->arena, path), "wb");
    bool failed = file == NULL || fwrite(bytes.ptr, 1, bytes.len, file) != bytes.len;
    failed = (file != NULL && fclose(file) != 0) || failed;
    return failed ? pn_diag_set(&cli->diag, PN_IO, "“%.*s” cannot be written: %s.",
                                PN_STR_ARG(path), strerror(errno))
                  : PN_OK;
}

pn_err pn_cli_write_secret(pn_cli *cli, pn_str path, pn_str bytes) {
    int fd = open(pn_str_z(&cli->arena, path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                  S_IRUSR | S_IWUSR);
    if (fd < 0 && errno == EEXIST) {
        pn_err err =
            pn_diag_set(&cli->diag, PN_CONFLICT, "“%.*s” exists already.", PN_STR_ARG(path));
        pn_diag_mend(&cli->diag, "Name another file; a key that is in use is never written over.");
        return err;
    }
    ssize_t written = fd < 0 ? -1 : write(fd, bytes.ptr, bytes.len);
    bool failed = written < 0 || (size_t)written != bytes.len || fsync(fd) != 0;
    failed = (fd >= 0 && close(fd) != 0) || failed;
    return failed ? pn_diag_set(&cli->diag, PN_IO, "“%.*s” cannot be written: %s.",
                                PN_STR_ARG(path), strerror(errno))
                  : PN_OK;
}

pn_err pn_cli_parse_json(pn_cli *cli, pn_str text, pn_str name, pn_json **ret_json) {
    pn_err err = pn_json_parse(text, NULL, &cli->arena, ret_json, &cli->diag);
    if (err != PN_OK) {
        char where[sizeof cli->diag.where];
        memcpy(where, cli->diag.where, sizeof where);
        pn_diag_where(&cli->diag, "%.*s%s%s", PN_STR_ARG(name), where[0] != '\0' ? ", " : "",
                      where);
    }
    return err;
}
