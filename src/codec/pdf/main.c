/* puntual-pdf: answers block documents with PDFs (codec/pdf.h is its client). */
#include <dirent.h>
#include <time.h>

#include "base/banned.h"
#include "codec/pdf/write.h"
#include "codec/serve.h"

/* The line to a helper hands no state from `prepare` to `answer`. */
static pn_pdf_press *press;
static pn_err refused;
static pn_diag why;

static unsigned count_threads(void) {
    unsigned count = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *each = NULL; tasks != NULL && (each = readdir(tasks)) != NULL;) {
        count += each->d_name[0] != '.';
    }
    if (tasks != NULL) {
        (void)closedir(tasks);
    }
    return count;
}

/* Pango looks for fonts in threads, some of which sort on after their result was taken. The sandbox
 * holds for the thread that enters it, so they have to be over by then. */
static void prepare(void) {
    refused = pn_pdf_press_new(&press, &why);
    for (int tries = 0; tries < 5000 && count_threads() > 1; tries++) {
        (void)nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    if (count_threads() > 1) {
        refused = pn_diag_set(&why, PN_IO, "The fonts are still being sorted.");
    }
}

static pn_err answer(const pn_str *parts, size_t count, pn_arena *arena, pn_helper_reply *reply,
                     pn_diag *diag) {
    if (refused != PN_OK) {
        *diag = why;
        return refused;
    }
    size_t pages = 0;
    PN_TRY(pn_pdf_write(press, parts, count, arena, &reply->parts[1], &pages, diag));
    reply->parts[0] = pn_str_format(arena, "{\"pages\":%zu}", pages);
    reply->count = 2;
    return PN_OK;
}

/* Fonts are read before the sandbox closes; the folder stays readable for those that are opened
 * again. */
static const char *const READS[] = {"/usr/share/fonts", NULL};

int main(void) {
    static const pn_helper_program PROGRAM = {
        .memory_max = (size_t)1 << 30, .reads = READS, .prepare = prepare, .answer = answer};
    return pn_helper_serve(&PROGRAM);
}
