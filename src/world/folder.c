#define _GNU_SOURCE /* mkdir, opendir */
#include "world/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

static const char MARK[] = ".puntual-demo";
static const char MARK_TEXT[] =
    "`puntual demo` made this folder and makes it anew: keep nothing of yours here.\n";

/* Names that a demo writes; a name that ends in * stands for all that begin so. */
static const char *const OURS[] = {".puntual-demo", "puntual.db", "puntual.db-*", "mail-*"};

static bool is_ours(const char *name) {
    for (size_t i = 0; i < PN_COUNT(OURS); i++) {
        size_t len = strlen(OURS[i]);
        bool open = OURS[i][len - 1] == '*';
        if (open ? strncmp(name, OURS[i], len - 1) == 0 : strcmp(name, OURS[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_dots(const char *name) {
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Looks at every name before anything is removed. */
static pn_err inspect(const char *path, bool *ret_empty, pn_diag *diag) {
    bool marked = false;
    char stranger[256] = "";
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return pn_diag_set(diag, PN_IO, "The folder %s cannot be read: %s.", path, strerror(errno));
    }
    *ret_empty = true;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (is_dots(entry->d_name)) {
            continue;
        }
        *ret_empty = false;
        marked = marked || strcmp(entry->d_name, MARK) == 0;
        if (!is_ours(entry->d_name)) {
            (void)snprintf(stranger, sizeof stranger, "%s", entry->d_name);
        }
    }
    (void)closedir(folder);
    if (!*ret_empty && (!marked || stranger[0] != '\0')) {
        pn_err err =
            stranger[0] != '\0'
                ? pn_diag_set(diag, PN_DENIED, "The folder %s holds “%s”, which no demo made.",
                              path, stranger)
                : pn_diag_set(diag, PN_DENIED, "The folder %s holds a database that no demo made.",
                              path);
        pn_diag_mend(diag, "Name another folder with --out; nothing was touched.");
        return err;
    }
    return PN_OK;
}

static pn_err clear(const char *path, pn_diag *diag) {
    DIR *folder = opendir(path);
    pn_err err = folder != NULL ? PN_OK : PN_IO;
    for (const struct dirent *entry; err == PN_OK && (entry = readdir(folder)) != NULL;) {
        if (!is_dots(entry->d_name) && is_ours(entry->d_name) &&
            unlinkat(dirfd(folder), entry->d_name, 0) != 0) {
            err = PN_IO;
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return err == PN_OK ? err
                        : pn_diag_set(diag, err, "The folder %s cannot be emptied: %s.", path,
                                      strerror(errno));
}

pn_err pn_folder_write(pn_str path, pn_str bytes, pn_diag *diag) {
    char name[4096];
    (void)snprintf(name, sizeof name, "%.*s", PN_STR_ARG(path));
    FILE *file = fopen(name, "wb");
    bool whole =
        file != NULL && (bytes.len == 0 || fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len);
    if (file == NULL || fclose(file) != 0 || !whole) {
        return pn_diag_set(diag, PN_IO, "The file %s cannot be written: %s.", name,
                           strerror(errno));
    }
    return PN_OK;
}

pn_err pn_folder_prepare(pn_str path, pn_arena *arena, pn_diag *diag) {
    const char *name = pn_str_z(arena, path);
    struct stat info;
    bool empty = true;
    if (path.len == 0 || path.len > 3500) {
        return pn_diag_set(diag, PN_INVALID, "The folder's name has 1 to 3,500 bytes.");
    }
    if (stat(name, &info) == 0) {
        if (!S_ISDIR(info.st_mode)) {
            return pn_diag_set(diag, PN_DENIED, "%s is no folder; nothing was touched.", name);
        }
        PN_TRY(inspect(name, &empty, diag));
        if (!empty) {
            PN_TRY(clear(name, diag));
        }
    } else if (mkdir(name, 0755) != 0) {
        return pn_diag_set(diag, PN_IO, "The folder %s cannot be made: %s.", name, strerror(errno));
    }
    return pn_folder_write(pn_str_format(arena, "%.*s/%s", PN_STR_ARG(path), MARK),
                           pn_str_of(MARK_TEXT), diag);
}
