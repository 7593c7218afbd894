#include "app/tasks.h"

#include "app/books.h"
#include "app/replies.h"
#include "base/banned.h"
#include "store/task.h"

static pn_err task_event(pn_app *app, const pn_task_row *task, pn_str outcome) {
    char id[PN_ID_TEXT_SIZE];
    pn_buf body;
    pn_buf_init(&body, 8192);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "outcome", outcome);
    pn_json_put_str(&w, "task", pn_str_of(pn_id_text(PN_ID_TASK, task->id, id)));
    pn_json_put_str(&w, "title", task->title);
    pn_json_end_object(&w);
    pn_err err =
        pn_journal_run(app, task->debtor_id, task->run_id, PN_EVENT_TASK, pn_buf_str(&body));
    pn_buf_done(&body);
    return err;
}

pn_err pn_tasks_done(pn_app *app, pn_id task_id, pn_str outcome, pn_arena *arena, pn_diag *diag) {
    pn_task_row task;
    outcome = outcome.len != 0 ? outcome : PN_STR("done");
    pn_err err = pn_task_get(app->db, app->org.id, task_id, arena, &task);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "There is no such task.");
    }
    PN_TRY(err);
    err = pn_task_settle(app->db, task_id, PN_TASK_DONE, outcome, pn_str_of(app->actor),
                         pn_app_now(app));
    if (err == PN_CONFLICT) {
        return pn_diag_set(diag, err, "This task is not open any more.");
    }
    PN_TRY(err);
    PN_TRY(task_event(app, &task, outcome));
    PN_TRY(pn_replies_read(app, &task, arena));
    return pn_books_touch(app, task.debtor_id, 0);
}
