#include "app/complaints.h"

#include "app/debtors.h"
#include "app/tasks.h"
#include "base/banned.h"
#include "store/debtor.h"

enum { TEXT_MAX = 3000, TASK_DAYS = 2 };

static pn_err check_text(pn_str text, const char *where, pn_diag *diag) {
    if (text.len == 0) {
        return pn_diag_refuse(diag, where, "There is no text.", "Say it in a sentence.");
    }
    return text.len > TEXT_MAX
               ? pn_diag_refuse(diag, where, "The text is too long.", "Keep it to 3000 letters.")
               : PN_OK;
}

pn_err pn_complaints_add(pn_app *app, pn_id debtor_id, pn_id creditor_id, pn_str text,
                         pn_arena *arena, pn_id *ret_id, pn_diag *diag) {
    pn_debtor_row debtor;
    PN_TRY(check_text(text, "/text", diag));
    PN_TRY(pn_debtor_get(app->db, debtor_id, arena, &debtor));
    pn_task_request task = {.id = pn_app_id(app),
                            .debtor_id = debtor_id,
                            .kind = PN_TASK_COMPLAINT,
                            .queue = debtor.owner,
                            .script = text,
                            .due_at = pn_app_now(app) + TASK_DAYS * PN_DAY};
    pn_complaint_row row = {.id = pn_app_id(app),
                            .org_id = app->org.id,
                            .debtor_id = debtor_id,
                            .creditor_id = creditor_id != 0 ? creditor_id : debtor.creditor_id,
                            .task_id = task.id,
                            .text = text,
                            .opened_at = pn_app_now(app)};
    PN_TRY(pn_complaint_insert(app->db, &row));
    *ret_id = row.id;
    return pn_tasks_open(app, &task, arena);
}

pn_err pn_complaints_get(pn_app *app, pn_id id, pn_arena *arena, pn_complaint_row *ret_row,
                         pn_diag *diag) {
    pn_err err = pn_complaint_get(app->db, app->org.id, id, arena, ret_row);
    return err == PN_NOT_FOUND ? pn_diag_set(diag, err, "There is no such complaint.") : err;
}

/* A person may have ticked the task off before. */
static pn_err end_task(pn_app *app, pn_id task_id, pn_arena *arena) {
    pn_err err =
        task_id != 0 ? pn_tasks_done(app, task_id, PN_STR("answered"), arena, NULL) : PN_OK;
    return err == PN_CONFLICT || err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_complaints_close(pn_app *app, pn_id id, pn_str answer, pn_arena *arena, pn_diag *diag) {
    pn_complaint_row row;
    PN_TRY(check_text(answer, "/answer", diag));
    PN_TRY(pn_complaints_get(app, id, arena, &row, diag));
    pn_err err = pn_complaint_close(app->db, id, answer, pn_app_now(app));
    if (err == PN_CONFLICT) {
        return pn_diag_set(diag, err, "This complaint was answered already.");
    }
    PN_TRY(err);
    PN_TRY(end_task(app, row.task_id, arena));
    return pn_debtors_note(app, row.debtor_id, answer, arena);
}

pn_err pn_complaints_file(pn_app *app, pn_id id, pn_arena *arena, pn_page_file_row *ret_row,
                          pn_diag *diag) {
    pn_err err = pn_page_file_get(app->db, app->org.id, id, arena, ret_row);
    return err == PN_NOT_FOUND ? pn_diag_set(diag, err, "There is no such file.") : err;
}
