/* What answers of mail servers mean. The texts are of the kind that servers really send. */
#include "unit.h"

#include "channel/smtp_outcome.h"

typedef struct {
    pn_smtp_about about;
    unsigned code;
    const char *status, *text;
    pn_send_outcome outcome;
} example;

#define S PN_SMTP_ABOUT_SESSION
#define F PN_SMTP_ABOUT_SENDER
#define R PN_SMTP_ABOUT_RECIPIENT
#define M PN_SMTP_ABOUT_MESSAGE

static const example EXAMPLES[] = {
    {M, 250, "2.0.0", "Ok: queued as 4Zb1", PN_SEND_ACCEPTED},
    {M, 250, "", "OK", PN_SEND_ACCEPTED},
    {M, 250, "5.0.0", "odd, but the code says yes", PN_SEND_ACCEPTED},
    {R, 550, "2.1.5", "odd, but the code says no", PN_SEND_NEXT_CONTACT},
    /* hard: the address */
    {R, 550, "5.1.1", "<a@b>: Recipient address rejected: User unknown", PN_SEND_NEXT_CONTACT},
    {R, 550, "5.1.2", "no such domain", PN_SEND_NEXT_CONTACT},
    {R, 553, "5.1.3", "The recipient address is not a valid RFC 5321 address",
     PN_SEND_NEXT_CONTACT},
    {R, 550, "5.1.6", "moved", PN_SEND_NEXT_CONTACT},
    {R, 550, "5.1.10", "RESOLVER.ADR.RecipientNotFound", PN_SEND_NEXT_CONTACT},
    {M, 550, "5.1.1", "user unknown", PN_SEND_NEXT_CONTACT},
    {R, 550, "5.2.1", "The email account that you tried to reach is disabled",
     PN_SEND_NEXT_CONTACT},
    {R, 550, "5.1.0", "Address rejected.", PN_SEND_NEXT_CONTACT},
    {R, 550, "5.1.0", "<x@y> sender rejected : spf", PN_SEND_SENDER_PROBLEM},
    {F, 550, "5.1.0", "sender rejected", PN_SEND_SENDER_PROBLEM},
    {R, 550, "5.1.7", "bad sender", PN_SEND_SENDER_PROBLEM},
    {F, 550, "5.1.8", "Sender address rejected: Domain not found", PN_SEND_SENDER_PROBLEM},
    {R, 556, "5.1.10", "domain does not accept mail (nullMX)", PN_SEND_NEXT_CONTACT},
    /* full */
    {R, 552, "5.2.2", "The email account that you tried to reach is over quota", PN_SEND_RETRY},
    {R, 452, "4.2.2", "over quota", PN_SEND_RETRY},
    {R, 552, "", "Mailbox full", PN_SEND_RETRY},
    {R, 554, "",
     "delivery error: dd Sorry, your message to a@b cannot be delivered. This mailbox "
     "is over quota",
     PN_SEND_RETRY},
    /* too large */
    {M, 552, "5.3.4", "Message size exceeds fixed limit", PN_SEND_NEXT_CHANNEL},
    {F, 552, "5.3.4", "Message size exceeds fixed limit", PN_SEND_NEXT_CHANNEL},
    {R, 552, "", "message exceeds something", PN_SEND_NEXT_CHANNEL},
    {M, 552, "5.2.3", "Your message exceeded Google's message size limits", PN_SEND_NEXT_CHANNEL},
    /* later */
    {R, 450, "4.2.0", "<a@b>: Recipient address rejected: Greylisted", PN_SEND_RETRY},
    {R, 451, "4.7.1", "Greylisting in action, please come back later", PN_SEND_RETRY},
    {R, 550, "5.7.1", "Greylisted, please try again in 300 seconds", PN_SEND_RETRY},
    {R, 550, "", "greylisted, try again later", PN_SEND_RETRY},
    {M, 421, "4.7.0", "Try again later, closing connection.", PN_SEND_RETRY},
    {F, 451, "4.3.0", "Error: queue file write error", PN_SEND_RETRY},
    {R, 450, "5.1.1", "the code says later", PN_SEND_RETRY},
    {R, 550, "4.1.1", "the status says later", PN_SEND_RETRY},
    {R, 550, "5.3.0", "Rejected", PN_SEND_RETRY},
    {R, 554, "5.4.6", "too many hops", PN_SEND_RETRY},
    /* we are the problem */
    {R, 554, "5.7.1", "<a@b>: Relay access denied", PN_SEND_SENDER_PROBLEM},
    {M, 550, "5.7.1", "Message contains spam or virus", PN_SEND_SENDER_PROBLEM},
    {M, 550, "5.7.26", "This mail has been blocked because the sender is unauthenticated.",
     PN_SEND_SENDER_PROBLEM},
    {M, 550, "5.7.25", "The IP address sending this message does not have a PTR record",
     PN_SEND_SENDER_PROBLEM},
    {M, 550, "5.7.515",
     "Access denied, sending domain does not meet the required authentication "
     "level",
     PN_SEND_SENDER_PROBLEM},
    {M, 421, "4.7.28", "unusual rate of unsolicited mail", PN_SEND_SENDER_PROBLEM},
    {R, 530, "5.7.0", "Authentication required", PN_SEND_SENDER_PROBLEM},
    {F, 530, "", "Must issue a STARTTLS command first", PN_SEND_SENDER_PROBLEM},
    {F, 553, "", "sorry, that domain isn't in my list", PN_SEND_SENDER_PROBLEM},
    {R, 554, "", "Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
     PN_SEND_SENDER_PROBLEM},
    {R, 550, "", "relay not permitted", PN_SEND_SENDER_PROBLEM},
    {R, 550, "", "Sender verify failed: no such user here", PN_SEND_SENDER_PROBLEM},
    {F, 500, "5.5.2", "Error: bad syntax", PN_SEND_SENDER_PROBLEM},
    {M, 0, "5.6.3", "the server does not take 8-bit content", PN_SEND_SENDER_PROBLEM},
    /* codes and texts alone */
    {R, 550, "", "No such user here", PN_SEND_NEXT_CONTACT},
    {R, 550, "", "Requested action not taken: mailbox unavailable", PN_SEND_NEXT_CONTACT},
    {R, 550, "5.5.0", "Requested action not taken: mailbox unavailable", PN_SEND_NEXT_CONTACT},
    {R, 551, "", "User not local", PN_SEND_NEXT_CONTACT},
    {R, 550, "5.5.0", "domain [x] mismatches client ip 192.0.2.225", PN_SEND_SENDER_PROBLEM},
    {R, 550, "5.5.0", "The recipient account is blocked. LPN007_426", PN_SEND_NEXT_CONTACT},
    {R, 503, "5.5.0", "Improper sequence of commands", PN_SEND_SENDER_PROBLEM},
    {R, 552, "", "Account(s) <a@b> does not have enough space", PN_SEND_RETRY},
    {R, 553, "5.7.1", "Invalid recipient a@b (Mode: normal)", PN_SEND_NEXT_CONTACT},
    {R, 521, "", "Machine does not accept mail", PN_SEND_NEXT_CONTACT},
    {R, 501, "", "Bad address syntax", PN_SEND_NEXT_CONTACT},
    {R, 550, "5.4.1", "Recipient address rejected: Access denied. AS(201806281)",
     PN_SEND_NEXT_CONTACT},
    {R, 0, "5.4.4",
     "Host or domain name not found. Name service error for name=x type=AAAA: Host "
     "not found",
     PN_SEND_NEXT_CONTACT},
    {R, 550, "5.7.1",
     "RESOLVER.RST.RecipRestricted; recipient only takes mail from its own, "
     "restricted",
     PN_SEND_NEXT_CONTACT},
    {R, 550, "", "El usuario no existe", PN_SEND_NEXT_CONTACT},
    /* the address in <…> is not what is said */
    {R, 550, "", "<spam.blocked.greylist@quota-exceeded.example> No such user",
     PN_SEND_NEXT_CONTACT},
    {R, 554, "", "marbles", PN_SEND_SENDER_PROBLEM},
    {R, 550, "", "recipient has unsubscribed", PN_SEND_STOP},
    {M, 554, "", "Transaction failed", PN_SEND_NEXT_CHANNEL},
    {M, 554, "5.6.0", "malformed", PN_SEND_NEXT_CHANNEL},
    {R, 0, "", "", PN_SEND_RETRY},
    /* sessions */
    {S, 421, "4.7.0", "too many connections", PN_SEND_RETRY},
    {S, 554, "5.7.1", "Your address is blocked", PN_SEND_SENDER_PROBLEM},
    {S, 550, "", "Too many connections, try again later", PN_SEND_RETRY},
    {S, 550, "5.1.1", "user unknown", PN_SEND_SENDER_PROBLEM},
    {S, 535, "5.7.8", "Authentication credentials invalid", PN_SEND_SENDER_PROBLEM},
    {S, 535, "5.7.0", "Too many bad auth attempts, try again later", PN_SEND_SENDER_PROBLEM},
    {S, 454, "4.7.0", "Temporary authentication failure", PN_SEND_RETRY},
    {S, 334, "", "what?", PN_SEND_SENDER_PROBLEM},
    {S, 0, "5.7.10", "no STARTTLS", PN_SEND_SENDER_PROBLEM},
    {S, 0, "4.4.2", "no answer", PN_SEND_RETRY},
};

static void answers_mean_what_people_would_say(void **state) {
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < PN_COUNT(EXAMPLES); i++) {
        const example *e = &EXAMPLES[i];
        pn_send_outcome outcome =
            pn_smtp_outcome(e->about, e->code, pn_str_of(e->status), pn_str_of(e->text));
        if (outcome != e->outcome) {
            print_error("%u %s %s: %s\n", e->code, e->status, e->text,
                        pn_send_outcome_name(outcome));
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* Whatever a server says, only 2xx is an acceptance, and 4xx blames nobody's address. */
static void codes_keep_their_class(void **state) {
    (void)state;
    static const char *const statuses[] = {"", "2.0.0", "4.2.2", "5.1.1", "5.7.1", "9.9.9", "5..1"};
    static const char *const texts[] = {"", "user unknown", "spam", "greylisted", "<<<>"};
    for (unsigned about = 0; about < 4; about++) {
        for (unsigned code = 200; code < 600; code++) {
            for (size_t i = 0; i < PN_COUNT(statuses) * PN_COUNT(texts); i++) {
                pn_send_outcome outcome = pn_smtp_outcome(
                    (pn_smtp_about)about, code, pn_str_of(statuses[i % PN_COUNT(statuses)]),
                    pn_str_of(texts[i / PN_COUNT(statuses)]));
                assert_int_equal(outcome == PN_SEND_ACCEPTED, code < 300 && about != S);
                assert_true(code / 100 != 4 || outcome == PN_SEND_RETRY);
                assert_true(about != S || outcome == PN_SEND_RETRY ||
                            outcome == PN_SEND_SENDER_PROBLEM);
            }
        }
    }
}

/* What somebody who sets up mail is told (rather than the server's own words). */
static void refusals_have_a_cause(void **state) {
    (void)state;
    static const struct {
        pn_smtp_stage stage;
        pn_send_outcome outcome;
        unsigned code;
        const char *status;
        pn_cause cause;
    } each[] = {
        {PN_SMTP_STAGE_TLS, PN_SEND_SENDER_PROBLEM, 554, "", PN_CAUSE_NO_TLS},
        {PN_SMTP_STAGE_MAIL, PN_SEND_SENDER_PROBLEM, 550, "5.7.10", PN_CAUSE_NO_TLS},
        {PN_SMTP_STAGE_AUTH, PN_SEND_SENDER_PROBLEM, 535, "5.7.8", PN_CAUSE_LOGIN},
        {PN_SMTP_STAGE_AUTH, PN_SEND_RETRY, 454, "4.7.0", PN_CAUSE_LATER},
        {PN_SMTP_STAGE_MAIL, PN_SEND_SENDER_PROBLEM, 553, "", PN_CAUSE_SENDER},
        {PN_SMTP_STAGE_RCPT, PN_SEND_SENDER_PROBLEM, 550, "5.1.7", PN_CAUSE_SENDER},
        {PN_SMTP_STAGE_RCPT, PN_SEND_NEXT_CONTACT, 550, "5.1.1", PN_CAUSE_RECIPIENT},
        {PN_SMTP_STAGE_CONTENT, PN_SEND_SENDER_PROBLEM, 554, "5.6.0", PN_CAUSE_REFUSED},
    };
    for (size_t i = 0; i < PN_COUNT(each); i++) {
        assert_int_equal(
            pn_smtp_cause(each[i].stage, each[i].outcome, each[i].code, pn_str_of(each[i].status)),
            each[i].cause);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_mean_what_people_would_say),
        cmocka_unit_test(codes_keep_their_class),
        cmocka_unit_test(refusals_have_a_cause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
