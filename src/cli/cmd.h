/* The commands, one file a group; commands.c lists them. */
#ifndef PN_CLI_CMD_H
#define PN_CLI_CMD_H

#include "cli/command.h"

extern const pn_cli_option PN_INIT_OPTIONS[], PN_CREDITOR_OPTIONS[];
pn_err pn_cmd_init(pn_cli *cli);
pn_err pn_cmd_creditor_add(pn_cli *cli);
pn_err pn_cmd_creditor_set(pn_cli *cli);
pn_err pn_cmd_creditor_list(pn_cli *cli);

extern const pn_cli_option PN_PERSON_OPTIONS[];
pn_err pn_cmd_person_add(pn_cli *cli);
pn_err pn_cmd_person_set(pn_cli *cli);
pn_err pn_cmd_person_list(pn_cli *cli);
pn_err pn_cmd_person_archive(pn_cli *cli);
pn_err pn_cmd_config_show(pn_cli *cli);
pn_err pn_cmd_config_set(pn_cli *cli);
pn_err pn_cmd_config_limits(pn_cli *cli);
pn_err pn_cmd_version(pn_cli *cli);

extern const pn_cli_option PN_DEMO_OPTIONS[];
pn_err pn_cmd_demo(pn_cli *cli);

extern const pn_cli_option PN_SIM_OPTIONS[];
pn_err pn_cmd_sim(pn_cli *cli);

extern const pn_cli_option PN_IMPORT_OPTIONS[], PN_IMPORT_LINE_OPTIONS[];
pn_str pn_import_debtor_fields(pn_arena *arena);
pn_str pn_import_invoice_fields(pn_arena *arena);
pn_str pn_import_payment_fields(pn_arena *arena);
pn_str pn_import_line_fields(pn_arena *arena);
pn_err pn_cmd_import_debtors(pn_cli *cli);
pn_err pn_cmd_import_invoices(pn_cli *cli);
pn_err pn_cmd_import_payments(pn_cli *cli);
pn_err pn_cmd_import_lines(pn_cli *cli);
extern const pn_cli_option PN_IMPORT_UNDO_OPTIONS[];
pn_err pn_cmd_import_list(pn_cli *cli);
pn_err pn_cmd_import_show(pn_cli *cli);
pn_err pn_cmd_import_undo(pn_cli *cli);

extern const pn_cli_option PN_STRATEGY_COMPARE_OPTIONS[];
pn_err pn_cmd_strategy_compare(pn_cli *cli);
pn_err pn_cmd_strategy_archive(pn_cli *cli);
pn_err pn_cmd_strategy_restore(pn_cli *cli);

extern const pn_cli_option PN_STRATEGY_PUBLISH_OPTIONS[], PN_STRATEGY_FMT_OPTIONS[],
    PN_STRATEGY_TEST_OPTIONS[], PN_STRATEGY_SHOW_OPTIONS[], PN_STRATEGY_ENROLL_OPTIONS[];
pn_err pn_cmd_strategy_check(pn_cli *cli);
pn_err pn_cmd_strategy_test(pn_cli *cli);
pn_err pn_cmd_strategy_fmt(pn_cli *cli);
pn_err pn_cmd_strategy_schema(pn_cli *cli);
pn_err pn_cmd_strategy_publish(pn_cli *cli);
pn_err pn_cmd_strategy_list(pn_cli *cli);
pn_err pn_cmd_strategy_show(pn_cli *cli);
pn_err pn_cmd_strategy_diff(pn_cli *cli);
pn_err pn_cmd_strategy_enroll(pn_cli *cli);

extern const pn_cli_option PN_VOLUME_OPTIONS[];
pn_err pn_cmd_strategy_volume(pn_cli *cli);
pn_err pn_cmd_strategy_release(pn_cli *cli);

extern const pn_cli_option PN_TEMPLATE_PREVIEW_OPTIONS[], PN_TEMPLATE_RENDER_OPTIONS[];
pn_err pn_cmd_template_check(pn_cli *cli);
pn_err pn_cmd_template_list(pn_cli *cli);
pn_err pn_cmd_template_show(pn_cli *cli);
pn_err pn_cmd_template_publish(pn_cli *cli);
pn_err pn_cmd_template_preview(pn_cli *cli);
pn_err pn_cmd_template_render(pn_cli *cli);

extern const pn_cli_option PN_SERVE_OPTIONS[];
pn_err pn_cmd_serve(pn_cli *cli);

extern const pn_cli_option PN_RUN_OPTIONS[], PN_ADVANCE_OPTIONS[];
pn_err pn_cmd_run(pn_cli *cli);
pn_err pn_cmd_advance(pn_cli *cli);

extern const pn_cli_option PN_CHANNEL_SET_OPTIONS[], PN_CHANNEL_TEST_OPTIONS[],
    PN_DKIM_KEY_OPTIONS[];
pn_err pn_cmd_channel_dkim_key(pn_cli *cli);
pn_err pn_cmd_channel_set(pn_cli *cli);
pn_err pn_cmd_channel_list(pn_cli *cli);
pn_err pn_cmd_channel_test(pn_cli *cli);
pn_err pn_cmd_channel_resume(pn_cli *cli);

extern const pn_cli_option PN_PAYMENT_ADD_OPTIONS[], PN_PAYMENT_LIST_OPTIONS[],
    PN_PAYMENT_ALLOCATE_OPTIONS[], PN_PAYMENT_DEALLOCATE_OPTIONS[], PN_REASON_OPTIONS[],
    PN_CREDIT_OPTIONS[], PN_PROMISE_OPTIONS[], PN_DISPUTE_OPTIONS[], PN_OUTCOME_OPTIONS[],
    PN_INSTRUMENT_OPTIONS[], PN_PLAN_OPTIONS[], PN_PAYMENT_REPORT_OPTIONS[];
pn_err pn_cmd_payment_add(pn_cli *cli);
pn_err pn_cmd_payment_reverse(pn_cli *cli);
pn_err pn_cmd_payment_list(pn_cli *cli);
pn_err pn_cmd_credit_add(pn_cli *cli);
pn_err pn_cmd_promise_add(pn_cli *cli);
pn_err pn_cmd_promise_cancel(pn_cli *cli);
pn_err pn_cmd_dispute_open(pn_cli *cli);
pn_err pn_cmd_dispute_close(pn_cli *cli);
pn_err pn_cmd_instrument_add(pn_cli *cli);
pn_err pn_cmd_instrument_clear(pn_cli *cli);
pn_err pn_cmd_instrument_return(pn_cli *cli);
pn_err pn_cmd_plan_add(pn_cli *cli);
pn_err pn_cmd_plan_cancel(pn_cli *cli);
pn_err pn_cmd_payment_allocate(pn_cli *cli);
pn_err pn_cmd_payment_deallocate(pn_cli *cli);
pn_err pn_cmd_payment_report(pn_cli *cli);

extern const pn_cli_option PN_METHOD_OPTIONS[], PN_PAYIN_OPTIONS[];
pn_err pn_cmd_method_set(pn_cli *cli);
pn_err pn_cmd_method_remove(pn_cli *cli);
pn_err pn_cmd_method_list(pn_cli *cli);
pn_err pn_cmd_payin_list(pn_cli *cli);
pn_err pn_cmd_payin_refund(pn_cli *cli);
pn_err pn_cmd_payin_poll(pn_cli *cli);

extern const pn_cli_option PN_CASE_LIST_OPTIONS[], PN_CASE_HOLD_OPTIONS[],
    PN_CASE_TIMELINE_OPTIONS[], PN_CASE_MAIL_OPTIONS[];
pn_err pn_cmd_case_list(pn_cli *cli);
pn_err pn_cmd_case_show(pn_cli *cli);
pn_err pn_cmd_case_timeline(pn_cli *cli);
pn_err pn_cmd_case_why(pn_cli *cli);
pn_err pn_cmd_case_mail(pn_cli *cli);
pn_err pn_cmd_case_hold(pn_cli *cli);
pn_err pn_cmd_case_release(pn_cli *cli);
extern const pn_cli_option PN_STEER_OPTIONS[], PN_POSTPONE_OPTIONS[];
pn_err pn_cmd_case_move(pn_cli *cli);
pn_err pn_cmd_case_skip(pn_cli *cli);
pn_err pn_cmd_case_postpone(pn_cli *cli);
pn_err pn_cmd_case_stop(pn_cli *cli);

extern const pn_cli_option PN_SEGMENT_OPTIONS[];
pn_err pn_cmd_segment_set(pn_cli *cli);
pn_err pn_cmd_segment_show(pn_cli *cli);
pn_err pn_cmd_segment_list(pn_cli *cli);
pn_err pn_cmd_segment_remove(pn_cli *cli);
pn_err pn_cmd_segment_rename(pn_cli *cli);
extern const pn_cli_option PN_OUTBOX_LIST_OPTIONS[], PN_OUTBOX_HOLD_OPTIONS[];
pn_err pn_cmd_outbox_list(pn_cli *cli);
pn_err pn_cmd_outbox_hold(pn_cli *cli);
extern const pn_cli_option PN_OUTBOX_RELEASE_OPTIONS[];
pn_err pn_cmd_outbox_release(pn_cli *cli);
struct pn_flow;
/* A published strategy, else a ready one or a file that nobody published yet; the id is that of the
 * published one of its name, else 0. */
pn_err pn_cli_find_flow(pn_cli *cli, pn_str name, const struct pn_flow **ret_flow,
                        pn_id *ret_strategy_id);
extern const pn_cli_option PN_SIMULATE_OPTIONS[];
pn_err pn_cmd_simulate(pn_cli *cli);
extern const pn_cli_option PN_REPLAY_OPTIONS[];
pn_err pn_cmd_replay(pn_cli *cli);
extern const pn_cli_option PN_FORECAST_OPTIONS[];
pn_err pn_cmd_forecast(pn_cli *cli);
extern const pn_cli_option PN_OUTLOOK_OPTIONS[];
pn_err pn_cmd_case_outlook(pn_cli *cli);

extern const pn_cli_option PN_REPORT_OPTIONS[], PN_REPORT_AGEING_OPTIONS[],
    PN_REPORT_CAUSES_OPTIONS[], PN_REPORT_SPLITS_OPTIONS[], PN_REPORT_STEPS_OPTIONS[];
pn_err pn_cmd_report_ageing(pn_cli *cli);
pn_err pn_cmd_report_money(pn_cli *cli);
pn_err pn_cmd_report_cohorts(pn_cli *cli);
pn_err pn_cmd_report_causes(pn_cli *cli);
pn_err pn_cmd_report_work(pn_cli *cli);
pn_err pn_cmd_report_splits(pn_cli *cli);
pn_err pn_cmd_report_steps(pn_cli *cli);
pn_err pn_cmd_report_rebuild(pn_cli *cli);

extern const pn_cli_option PN_TASK_LIST_OPTIONS[], PN_TASK_DONE_OPTIONS[], PN_NOTICE_LIST_OPTIONS[],
    PN_SIGNAL_OPTIONS[], PN_CLASSIFY_OPTIONS[], PN_EXCLUDE_OPTIONS[];
pn_err pn_cmd_task_list(pn_cli *cli);
pn_err pn_cmd_task_show(pn_cli *cli);
pn_err pn_cmd_task_done(pn_cli *cli);
extern const pn_cli_option PN_QUEUE_OPTIONS[], PN_TASK_SNOOZE_OPTIONS[], PN_TASK_ASSIGN_OPTIONS[],
    PN_TASK_CALL_OPTIONS[], PN_TASK_ACCEPT_OPTIONS[], PN_TASK_ADD_OPTIONS[];
pn_err pn_cmd_queue(pn_cli *cli);
pn_err pn_cmd_task_snooze(pn_cli *cli);
pn_err pn_cmd_task_wake(pn_cli *cli);
pn_err pn_cmd_task_assign(pn_cli *cli);
pn_err pn_cmd_task_call(pn_cli *cli);
pn_err pn_cmd_task_accept(pn_cli *cli);
pn_err pn_cmd_task_reject(pn_cli *cli);
pn_err pn_cmd_task_undo(pn_cli *cli);
pn_err pn_cmd_task_add(pn_cli *cli);
pn_err pn_cmd_notice_list(pn_cli *cli);
pn_err pn_cmd_signal_add(pn_cli *cli);
pn_err pn_cmd_signal_classify(pn_cli *cli);
pn_err pn_cmd_link_make(pn_cli *cli);
pn_err pn_cmd_link_list(pn_cli *cli);
pn_err pn_cmd_link_end(pn_cli *cli);
pn_err pn_cmd_link_key(pn_cli *cli);
extern const pn_cli_option PN_LINK_MAKE_OPTIONS[], PN_LINK_KEY_OPTIONS[];
pn_err pn_cmd_debtor_exclude(pn_cli *cli);
pn_err pn_cmd_debtor_include(pn_cli *cli);

extern const pn_cli_option PN_USER_OPTIONS[], PN_USER_ROLE_OPTIONS[], PN_USER_RESET_OPTIONS[];
pn_err pn_cmd_user_add(pn_cli *cli);
pn_err pn_cmd_user_invite(pn_cli *cli);
pn_err pn_cmd_user_list(pn_cli *cli);
pn_err pn_cmd_user_role(pn_cli *cli);
pn_err pn_cmd_user_reset(pn_cli *cli);
pn_err pn_cmd_user_archive(pn_cli *cli);

extern const pn_cli_option PN_KEY_ADD_OPTIONS[];
pn_err pn_cmd_key_add(pn_cli *cli);
pn_err pn_cmd_key_list(pn_cli *cli);
pn_err pn_cmd_key_revoke(pn_cli *cli);

extern const pn_cli_option PN_PARTNER_OPTIONS[];
pn_err pn_cmd_partner_set(pn_cli *cli);
pn_err pn_cmd_partner_list(pn_cli *cli);
pn_err pn_cmd_partner_remove(pn_cli *cli);

extern const pn_cli_option PN_CONTACT_ADD_OPTIONS[], PN_CONTACT_STOP_OPTIONS[];
pn_err pn_cmd_contact_list(pn_cli *cli);
pn_err pn_cmd_contact_add(pn_cli *cli);
pn_err pn_cmd_contact_stop(pn_cli *cli);
pn_err pn_cmd_contact_use(pn_cli *cli);
extern const pn_cli_option PN_CONTACT_CONSENT_OPTIONS[];
pn_err pn_cmd_contact_consent(pn_cli *cli);

extern const pn_cli_option PN_DEBTOR_PROTECT_OPTIONS[], PN_DEBTOR_UNPROTECT_OPTIONS[];
pn_err pn_cmd_debtor_protect(pn_cli *cli);
pn_err pn_cmd_debtor_unprotect(pn_cli *cli);
pn_err pn_cli_print_protections(pn_cli *cli, pn_id debtor_id);
pn_err pn_cli_print_claims(pn_cli *cli, pn_id debtor_id);

extern const pn_cli_option PN_MESSAGE_EDIT_OPTIONS[], PN_MESSAGE_REASON_OPTIONS[];
pn_err pn_cmd_message_draft(pn_cli *cli);
pn_err pn_cmd_message_edit(pn_cli *cli);
pn_err pn_cmd_message_unedit(pn_cli *cli);
pn_err pn_cmd_message_resend(pn_cli *cli);

extern const pn_cli_option PN_MESSAGE_UNCERTAIN_OPTIONS[], PN_MESSAGE_SETTLE_OPTIONS[];
pn_err pn_cmd_message_uncertain(pn_cli *cli);
pn_err pn_cmd_message_settle(pn_cli *cli);

extern const pn_cli_option PN_EXPORT_CASE_OPTIONS[], PN_EXPORT_DEBTOR_OPTIONS[];
extern const pn_cli_option PN_EXPORT_PAYMENT_OPTIONS[], PN_HOLIDAY_OPTIONS[];
pn_err pn_cmd_export_invoices(pn_cli *cli);
pn_err pn_cmd_export_accounts(pn_cli *cli);
pn_err pn_cmd_export_debtors(pn_cli *cli);
pn_err pn_cmd_export_payments(pn_cli *cli);
pn_err pn_cmd_holiday_list(pn_cli *cli);

extern const pn_cli_option PN_POLICY_CHECK_OPTIONS[], PN_POLICY_EXPLAIN_OPTIONS[];
pn_err pn_cmd_policy_explain(pn_cli *cli);
pn_err pn_cmd_policy_list(pn_cli *cli);
pn_err pn_cmd_policy_show(pn_cli *cli);
pn_err pn_cmd_policy_publish(pn_cli *cli);
pn_err pn_cmd_policy_check(pn_cli *cli);

extern const pn_cli_option PN_DOCUMENT_OPTIONS[], PN_DOCUMENT_STATEMENT_OPTIONS[],
    PN_DOCUMENT_LETTER_OPTIONS[];
pn_err pn_cmd_document_invoice(pn_cli *cli);
pn_err pn_cmd_document_statement(pn_cli *cli);
pn_err pn_cmd_document_letter(pn_cli *cli);
pn_err pn_cmd_document_plan(pn_cli *cli);
pn_err pn_cmd_document_receipt(pn_cli *cli);
extern const pn_cli_option PN_DOCUMENT_ADD_OPTIONS[];
pn_err pn_cmd_document_add(pn_cli *cli);
pn_err pn_cmd_document_list(pn_cli *cli);
pn_err pn_cmd_document_save(pn_cli *cli);
pn_err pn_cmd_document_delete(pn_cli *cli);
extern const pn_cli_option PN_INBOUND_OPTIONS[];
pn_err pn_cmd_inbound(pn_cli *cli);
/* Mail is stored and acted upon: a part of `inbound`. */
pn_err pn_inbound_take_all(pn_cli *cli);
extern const pn_cli_option PN_INBOUND_LIST_OPTIONS[], PN_INBOUND_SHOW_OPTIONS[],
    PN_INBOUND_MATCH_OPTIONS[], PN_INBOUND_IGNORE_OPTIONS[];
pn_err pn_cmd_inbound_list(pn_cli *cli);
pn_err pn_cmd_inbound_show(pn_cli *cli);
pn_err pn_cmd_inbound_match(pn_cli *cli);
pn_err pn_cmd_inbound_ignore(pn_cli *cli);

extern const pn_cli_option PN_CONNECTOR_SET_OPTIONS[], PN_CONNECTOR_TEST_OPTIONS[];
pn_err pn_cmd_connector_set(pn_cli *cli);
pn_err pn_cmd_connector_list(pn_cli *cli);
pn_err pn_cmd_connector_test(pn_cli *cli);
pn_err pn_cmd_connector_log(pn_cli *cli);
pn_err pn_cmd_connector_remove(pn_cli *cli);

extern const pn_cli_option PN_MAILBOX_SET_OPTIONS[];
/* The settings of a mailbox that options name, as JSON. */
pn_err pn_mailbox_options_json(pn_cli *cli, pn_str url, pn_str *ret_json);
pn_err pn_cmd_mailbox_set(pn_cli *cli);
pn_err pn_cmd_mailbox_list(pn_cli *cli);
pn_err pn_cmd_mailbox_test(pn_cli *cli);
pn_err pn_cmd_mailbox_remove(pn_cli *cli);

pn_err pn_cmd_api_openapi(pn_cli *cli);
pn_err pn_cmd_api_types(pn_cli *cli);

extern const pn_cli_option PN_OFFER_LIST_OPTIONS[], PN_OFFER_ACCEPT_OPTIONS[],
    PN_OFFER_WITHDRAW_OPTIONS[];
pn_err pn_cmd_offer_list(pn_cli *cli);
pn_err pn_cmd_offer_accept(pn_cli *cli);
pn_err pn_cmd_offer_withdraw(pn_cli *cli);
extern const pn_cli_option PN_COMPLAINT_LIST_OPTIONS[], PN_COMPLAINT_CLOSE_OPTIONS[],
    PN_FILE_LIST_OPTIONS[];
pn_err pn_cmd_complaint_list(pn_cli *cli);
pn_err pn_cmd_complaint_show(pn_cli *cli);
pn_err pn_cmd_complaint_add(pn_cli *cli);
pn_err pn_cmd_complaint_close(pn_cli *cli);
pn_err pn_cmd_file_list(pn_cli *cli);
pn_err pn_cmd_file_save(pn_cli *cli);
extern const pn_cli_option PN_OFFER_MAKE_OPTIONS[];
pn_err pn_cmd_offer_make(pn_cli *cli);
pn_err pn_cmd_offer_matrix_show(pn_cli *cli);
pn_err pn_cmd_offer_matrix_set(pn_cli *cli);
extern const pn_cli_option PN_PROPOSAL_LIST_OPTIONS[], PN_PROPOSAL_ADD_OPTIONS[],
    PN_PROPOSAL_APPROVE_OPTIONS[], PN_PROPOSAL_REFUSE_OPTIONS[];
pn_err pn_cmd_proposal_add(pn_cli *cli);
pn_err pn_cmd_proposal_list(pn_cli *cli);
pn_err pn_cmd_proposal_approve(pn_cli *cli);
pn_err pn_cmd_proposal_refuse(pn_cli *cli);

extern const pn_cli_option PN_MANDATE_ADD_OPTIONS[];
pn_err pn_cmd_mandate_add(pn_cli *cli);
pn_err pn_cmd_mandate_list(pn_cli *cli);
pn_err pn_cmd_mandate_end(pn_cli *cli);

extern const pn_cli_option PN_WEBHOOK_ADD_OPTIONS[];
pn_err pn_cmd_webhook_add(pn_cli *cli);
pn_err pn_cmd_webhook_list(pn_cli *cli);
pn_err pn_cmd_webhook_test(pn_cli *cli);
pn_err pn_cmd_webhook_log(pn_cli *cli);
pn_err pn_cmd_webhook_redeliver(pn_cli *cli);
pn_err pn_cmd_webhook_rotate(pn_cli *cli);
pn_err pn_cmd_webhook_enable(pn_cli *cli);
pn_err pn_cmd_webhook_remove(pn_cli *cli);

pn_err pn_cmd_audit(pn_cli *cli);

extern const pn_cli_option PN_RESTORE_OPTIONS[];
extern const pn_cli_option PN_COPY_OPTIONS[];
pn_err pn_cmd_copy(pn_cli *cli);
extern const pn_cli_option PN_MIGRATE_OPTIONS[];
pn_err pn_cmd_migrate(pn_cli *cli);
pn_err pn_cmd_backup(pn_cli *cli);
pn_err pn_cmd_restore(pn_cli *cli);
extern const pn_cli_option PN_RESTORED_OPTIONS[], PN_DEBTOR_ERASE_OPTIONS[];
pn_err pn_cmd_restored(pn_cli *cli);
pn_err pn_cmd_debtor_erase(pn_cli *cli);
extern const pn_cli_option PN_DEBTOR_EXPORT_OPTIONS[];
pn_err pn_cmd_debtor_export(pn_cli *cli);

#endif
