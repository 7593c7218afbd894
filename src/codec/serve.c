#include "codec/serve.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/banned.h"
#include "base/buf.h"
#include "codec/sandbox.h"

/* Line feeds part the three texts of a sentence. */
static void add_line(pn_buf *out, const char *text) {
    pn_buf_add_char(out, '\n');
    for (; *text != '\0'; text++) {
        pn_buf_add_char(out, *text == '\n' ? ' ' : *text);
    }
}

static void say_error(pn_err err, const pn_diag *diag, pn_buf *out) {
    pn_buf_add_char(out, (char)('0' + (int)err));
    add_line(out, diag->what[0] != '\0' ? diag->what : pn_err_name(err));
    add_line(out, diag->where);
    add_line(out, diag->mend);
}

static pn_err answer_one(const pn_helper_program *program, const pn_frame_line *line,
                         pn_arena *arena, pn_buf *outcome) {
    static pn_helper_reply reply;
    pn_frame question;
    pn_diag diag = {0};
    pn_str parts[PN_FRAME_PARTS_MAX];
    size_t count = 1;
    PN_TRY(pn_frame_read(line, arena, &question));
    reply = (pn_helper_reply){0};
    pn_err err = program->answer(question.parts, question.count, arena, &reply, &diag);
    if (err != PN_OK) {
        say_error(err, &diag, outcome);
        reply.count = 0;
    }
    parts[0] = pn_buf_str(outcome);
    for (size_t i = 0; i < reply.count; i++) {
        parts[count++] = reply.parts[i];
    }
    err = pn_frame_write(line, parts, count);
    if (err == PN_LIMIT) {
        pn_buf_clear(outcome);
        (void)pn_diag_set(&diag, PN_LIMIT, "The answer is too large.");
        say_error(PN_LIMIT, &diag, outcome);
        parts[0] = pn_buf_str(outcome);
        err = pn_frame_write(line, parts, 1);
    }
    return err;
}

int pn_helper_serve(const pn_helper_program *program) {
    pn_frame_line line = {.fd = STDIN_FILENO};
    pn_arena arena;
    pn_buf outcome;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (program->prepare != NULL) {
        program->prepare();
    }
    pn_arena_init(&arena, 0);
    pn_buf_init(&outcome, 4096);
    pn_sandbox_enter(program->memory_max, program->reads);
    while (answer_one(program, &line, &arena, &outcome) == PN_OK) {
        pn_arena_reset(&arena);
        pn_buf_clear(&outcome);
    }
    _exit(0); /* a library's farewell may want what the sandbox forbids */
}
