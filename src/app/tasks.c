#include "app/tasks.h"

#include "app/books.h"
#include "app/replies.h"
#include "base/banned.h"
#include "core/run.h"
#include "store/task.h"

/* ── opening ─────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const char *category;
    const char *es, *en, *pt; /* %s: what it is about */
} task_words;

static const task_words WORDS[] = {
    [PN_TASK_APPROVE_LAWYER] = {"approval", "Aprobar que el caso pase al abogado",
                                "Approve handing the case to the lawyer",
                                "Aprovar a entrega do caso ao advogado"},
    [PN_TASK_APPROVE_INSURER] = {"approval", "Aprobar la reclamación al seguro de crédito",
                                 "Approve claiming from the credit insurer",
                                 "Aprovar o acionamento do seguro de crédito"},
    [PN_TASK_APPROVE_AGENCY] = {"approval", "Aprobar que el caso pase a la agencia de recobro",
                                "Approve handing the case to the collection agency",
                                "Aprovar a entrega do caso à empresa de cobrança"},
    [PN_TASK_BROKEN_PROMISES] = {"broken_promises",
                                 "Dos promesas incumplidas: hablar con el deudor",
                                 "Two promises broken: talk to the debtor",
                                 "Duas promessas não cumpridas: falar com o devedor"},
    [PN_TASK_REPORTED_PAID] = {"reported_paid",
                               "Dicen que la factura %s está pagada y no ha llegado el pago",
                               "Invoice %s was said to be paid and no payment came",
                               "Dizem que a fatura %s foi paga e o pagamento não chegou"},
    [PN_TASK_REPLY] = {"reply", "Leer la respuesta del deudor y contestarla",
                       "Read the debtor's reply and answer it",
                       "Ler a resposta do devedor e respondê-la"},
    [PN_TASK_ESCALATION] = {"escalation",
                            "La respuesta de un deudor lleva dos días hábiles sin leer",
                            "A debtor's reply waits to be read for two business days",
                            "A resposta de um devedor está há dois dias úteis sem ser lida"},
    [PN_TASK_FIND_CONTACT] = {"find_contact", "Buscar un contacto: %s no funciona",
                              "Find a contact: %s does not work",
                              "Procurar um contato: %s não funciona"},
    [PN_TASK_PROTECTED] = {"protected", "Atender en persona a un deudor protegido: %s",
                           "Look after a protected debtor: %s",
                           "Atender pessoalmente um devedor protegido: %s"},
    [PN_TASK_CONTESTED] = {"contested",
                           "Responder a la devolución que pide el banco del pagador (%s)",
                           "Answer the chargeback of the payer's bank (%s)",
                           "Responder à contestação do banco do pagador (%s)"},
    [PN_TASK_STRANGE_MONEY] = {"strange_money", "Aclarar un cobro que no cuadra con lo pedido (%s)",
                               "Clear up a payment that is not what was asked for (%s)",
                               "Esclarecer um pagamento que não corresponde ao pedido (%s)"},
    [PN_TASK_DISPUTE] = {"dispute", "Resolver la disputa sobre la factura %s",
                         "Settle the dispute about invoice %s",
                         "Resolver a contestação da fatura %s"},
    [PN_TASK_COMPLAINT] = {"complaint", "Contestar una reclamación por el trato recibido",
                           "Answer a complaint about how the debtor was treated",
                           "Responder a uma reclamação sobre o tratamento recebido"},
    [PN_TASK_RECEIPT] = {"receipt", "Comprobar el justificante de pago de la factura %s",
                         "Check the proof of payment of invoice %s",
                         "Conferir o comprovante de pagamento da fatura %s"},
    [PN_TASK_PLAN_ASKED] = {"approval", "Aprobar el plan de pagos que pide el deudor: %s",
                            "Approve the payment plan the debtor asks for: %s",
                            "Aprovar o parcelamento pedido pelo devedor: %s"},
    [PN_TASK_CONTACT_ASKED] = {"contact", "Revisar el cambio de contacto que pide el deudor: %s",
                               "Check the change of contact the debtor asks for: %s",
                               "Conferir a mudança de contato pedida pelo devedor: %s"},
    [PN_TASK_SUSPEND] = {"service", "Suspender el servicio a mano: %s no lo ha confirmado",
                         "Suspend the service by hand: %s did not confirm it",
                         "Suspender o serviço à mão: %s não o confirmou"},
    [PN_TASK_RESTORE] = {"service", "Restablecer el servicio a mano: el caso está cerrado",
                         "Restore the service by hand: the case is closed",
                         "Restabelecer o serviço à mão: o caso está encerrado"},
    [PN_TASK_WEBHOOK_OFF] = {"webhook", "Nada llega a %s: el aviso automático está desactivado",
                             "Nothing arrives at %s: the webhook is off",
                             "Nada chega a %s: o aviso automático está desativado"},
    [PN_TASK_ASKED_UNCERTAIN] = {"uncertain", "Comprobar en %s si la petición llegó a hacerse",
                                 "Check in %s whether what was asked was done",
                                 "Verificar em %s se o pedido chegou a ser feito"},
    [PN_TASK_BROKEN_PROMISE] = {"broken_promises", "Promesa incumplida: hablar con el deudor",
                                "A promise was broken: talk to the debtor",
                                "Promessa não cumprida: falar com o devedor"},
    [PN_TASK_UNCERTAIN] = {"uncertain", "Comprobar si salió el mensaje «%s»",
                           "Find out whether the message “%s” left",
                           "Verificar se a mensagem “%s” saiu"},
    [PN_TASK_HOLD_ENDS] = {"held", "Termina una pausa: %s", "A hold ends: %s",
                           "Uma pausa termina: %s"},
};
static_assert(PN_COUNT(WORDS) == PN_TASK_KINDS, "every task has a title");

pn_str pn_tasks_title(const pn_app *app, pn_task_kind kind, pn_str about, pn_arena *arena) {
    const task_words *words = &WORDS[kind];
    pn_str title = pn_str_of(pn_str_starts(app->org.language, PN_STR("es"))   ? words->es
                             : pn_str_starts(app->org.language, PN_STR("pt")) ? words->pt
                                                                              : words->en);
    size_t gap = pn_str_find(title, PN_STR("%s"));
    return gap == SIZE_MAX
               ? title
               : pn_str_format(arena, "%.*s%.*s%.*s", PN_STR_ARG(pn_str_first(title, gap)),
                               PN_STR_ARG(about), PN_STR_ARG(pn_str_from(title, gap + 2)));
}

pn_str pn_tasks_category(pn_task_kind kind) {
    return pn_str_of(WORDS[kind].category);
}

pn_err pn_tasks_open(pn_app *app, const pn_task_request *request, pn_arena *arena) {
    pn_task_row row = {.id = request->id != 0 ? request->id : pn_app_id(app),
                       .org_id = app->org.id,
                       .debtor_id = request->debtor_id,
                       .node = PN_NODE_NONE,
                       .category = pn_str_of(WORDS[request->kind].category),
                       .title = pn_tasks_title(app, request->kind, request->about, arena),
                       .script = request->script,
                       .queue = request->queue,
                       .due_at = request->due_at,
                       .opened_at = pn_app_now(app),
                       .about = request->about_kind,
                       .about_id = request->about_id};
    return pn_task_insert(app->db, &row);
}

/* ── doing ───────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_tasks_event(pn_app *app, const pn_task_row *task, pn_str body) {
    return task->debtor_id == 0
               ? pn_journal_add(app, 0, 0, 0, PN_EVENT_TASK, body, &(pn_id){0})
               : pn_journal_run(app, task->debtor_id, task->run_id, PN_EVENT_TASK, body);
}

static pn_err done_event(pn_app *app, const pn_task_row *task, pn_str outcome) {
    char id[PN_ID_TEXT_SIZE];
    pn_buf body;
    pn_buf_init(&body, 8192);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "outcome", outcome);
    pn_json_put_str(&w, "task", pn_str_of(pn_id_text(PN_ID_TASK, task->id, id)));
    pn_json_put_str(&w, "title", task->title);
    pn_json_end_object(&w);
    pn_err err = pn_tasks_event(app, task, pn_buf_str(&body));
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
    PN_TRY(done_event(app, &task, outcome));
    if (task.debtor_id == 0) {
        return PN_OK;
    }
    PN_TRY(pn_replies_read(app, &task, arena));
    return pn_books_touch(app, task.debtor_id, 0);
}
