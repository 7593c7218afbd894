/* What mail that came back means. The samples are in the words of many mail systems; whole mails of
 * real ones are in the corpus (tests/corpus/bounce). */
#include "bounce_sample.h"

#include <string.h>

#include "base/utf8.h"
#include "format/bounce_words.h"

/* ── reports in plain text, by the systems that write them ── */

static const sample TEXTS[] = {
    {"qmail",
     DAEMON "Hi. This is the qmail-send program at mx.example.\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n\n"
            "<one@a.example>:\n192.0.2.1 does not like recipient.\n"
            "Remote host said: 550 5.1.1 <one@a.example>... User unknown\n"
            "Giving up on 192.0.2.1.\n\n<two@a.example>:\n"
            "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n\n"
            "--- Below this line is a copy of the message.\n\nTo: one@a.example\n",
     "hard 5.1.1 userunknown one@a.example; soft 4.4.1 networkerror two@a.example"},
    {"Exim",
     DAEMON "This message was created automatically by mail delivery software.\n\n"
            "A message that you sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error. The following address(es) failed:\n\n"
            "  ana@a.example\n    host mx.a.example [192.0.2.1]\n    SMTP error from remote "
            "mail server after RCPT TO:<ana@a.example>:\n    550 5.2.2 mailbox full\n\n"
            "------ This is a copy of the message, including all the headers. ------\n",
     "soft 5.2.2 mailboxfull ana@a.example"},
    {"MailMarshal",
     POSTMASTER
     "Your message:\n   From:    cobros@example.net\n   To:      ana@a.example\n"
     "   Subject: Factura\n\nCould not be delivered because of\n\n550 5.1.1 User unknown\n\n"
     "The following recipients were affected:\n    ana@a.example\n\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"iPlanet",
     POSTMASTER
     "This report relates to a message you sent with the following header fields:\n\n"
     "  Message-id: <1@example.net>\n  Date: Mon, 02 Mar 2026 10:00:00 +0100\n"
     "  From: cobros@example.net\n  To: ana@a.example\n  Subject: Factura\n\n"
     "Your message cannot be delivered to the following recipients:\n\n"
     "  Recipient address: ana@a.example\n  Reason: Remote SMTP server has rejected address\n"
     "  Diagnostic code: smtp;550 5.1.1 <ana@a.example>... User Unknown\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"X6",
     DAEMON "We had trouble delivering your message. Full details follow:\n\n"
            "Subject: 'Factura'\nDate: 'Mon, 2 Mar 2026'\n\n1 error(s):\n\n"
            "SMTP Server <mx.a.example> rejected recipient <ana@a.example> \n"
            "  (Error following RCPT command). It responded as follows: [550 5.1.1 User "
            "unknown]Failure\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"InterScan",
     POSTMASTER
     "Unable to deliver message to the following recipient(s):\n\n"
     "Sent <<< RCPT TO:<ana@a.example>\nReceived >>> 550 5.1.1 <ana@a.example>... user unknown\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"MailFoundry",
     POSTMASTER
     "Unable to deliver message to: <ana@a.example>\nDelivery failed for the following reason:\n"
     "Server mx.a.example[192.0.2.1] failed with: 550 No such user here\n\n"
     "This has been a permanent failure.  No further delivery attempts will be made.\n",
     "soft 5.0.910 filtered ana@a.example"},
    {"McAfee",
     POSTMASTER
     " --- The following addresses had delivery problems ---\n\n<ana@a.example>   (User unknown "
     "ana@a.example)\n\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"X1",
     POSTMASTER "The original message was received at Mon, 2 Mar 2026 10:00:00 +0100\n"
                "from cobros@example.net\n\n"
                "The original message was not delivered to the following recipient:\n"
                "Mailbox <ana@a.example>: mailbox not found\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"Domino",
     POSTMASTER "Your message\n\n  Subject: Factura\n\nwas not delivered to:\n\n"
                "  ana@a.example\n\nbecause:\n\n"
                "  User ana (ana@a.example) not listed in Domino Directory\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"GroupWise",
     POSTMASTER "The message that you sent was undeliverable to the following:\n"
                "\tana@a.example (user not found)\n\nPossibly truncated original "
                "message follows:\n\nReceived: from x\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"Exchange 5.5",
     "From: System Administrator <postmaster@a.example>\nTo: cobros@example.net\n"
     "Subject: Undeliverable: Factura\n\nYour message\n\n  To:      Ana\n"
     "  Subject: Factura\n  Sent:    Mon, 2 Mar 2026 10:00:00 +0100\n\n"
     "did not reach the following recipient(s):\n\n"
     "ana@a.example on Mon, 2 Mar 2026 10:00:01 +0100\n"
     "    The recipient name is not recognized\n\tThe MTS-ID of the original message "
     "is: c=us;a= ;p=x;l=Y000\n    MSEXCH:IMS:X:Y:Z 0 (000C05A6) Unknown Recipient\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"Exchange Online",
     "From: Microsoft Outlook <MicrosoftExchange329e@a.example>\n"
     "To: cobros@example.net\nSubject: Undeliverable: Factura\n\n"
     "ana@a.example (ana@a.example)\n"
     "The email address you entered couldn't be found. Please check it.\n\n"
     "Diagnostic information for administrators:\n\nana@a.example\n"
     "Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; "
     "Recipient ana@a.example not found by SMTP address lookup'\n",
     "hard 5.1.10 userunknown ana@a.example"},
    {"Spanish hosting",
     "From: Mail Delivery System <mailer-daemon@mx.example>\n"
     "To: cobros@example.net\nSubject: Correo devuelto\n\n"
     "Su mensaje no pudo ser entregado a los siguientes destinatarios:\n\n"
     "<ana@a.example>:\nEl buzón del usuario está lleno (cuota excedida)\n\n"
     "--- Mensaje original adjunto.\n",
     "soft 5.0.922 mailboxfull ana@a.example"},
    {"Portuguese",
     DAEMON "Sua mensagem nao pode ser entregue:\n\n<ana@a.example>:\n"
            "550 Usu\xC3\xA1rio n\xC3\xA3o existe\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"German",
     DAEMON "Die Nachricht konnte nicht zugestellt werden:\n\n<ana@a.example>: 550 "
            "Empf\xC3\xA4nger unbekannt\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"Exchange 2003, Spanish",
     "From: postmaster@mx.example\nTo: cobros@example.net\nSubject: No entregable: Factura\n\n"
     "Su mensaje\n\n  Para:      Ana\n  Asunto:  Factura\n\nno llegó a los siguientes "
     "destinatarios:\n\n'ana@a.example' el lun, 2 Mar 2026\n    La cuenta de correo electrónico no "
     "existe en la organización.\n    < mx.a.example #5.1.1>\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"Smail",
     DAEMON "|------------------------- Message log follows: -------------------------|\n"
            " no valid recipients were found for this message\n"
            "|------------------------- Failed addresses follow: ---------------------|\n"
            " <ana@a.example> ... unknown user\n"
            "|------------------------- Message text follows: ------------------------|\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"InterMail",
     DAEMON "This Message was undeliverable due to the following reason:\n\n"
            "Each of the following recipients was rejected by a remote mail server.\n\n"
            "    Recipient: <ana@a.example>\n    Reason:    5.1.1 <ana@a.example> is not a valid "
            "mailbox\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"hMailServer",
     DAEMON
     "Your message did not reach some or all of the intended recipients.\n\n   Subject: Factura\n\n"
     "The following recipient(s) could not be reached:\n\nana@a.example\n   Error Type: SMTP\n"
     "   hMailServer sent: RCPT TO:<ana@a.example>\n"
     "   Remote server replied: 550 Invalid recipient ana@a.example\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"MDaemon",
     "From: MDaemon@mx.example\nTo: cobros@example.net\nSubject: Permanent Delivery "
     "Failure\n\nThe following addresses did NOT receive a copy of your message:\n\n"
     "> ana@a.example\n\n--- Session Transcript ---\n --> RCPT TO:<ana@a.example>\n"
     " <-- 550 <ana@a.example>, Recipient unknown\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"Gmail, Spanish",
     "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nTo: cobros@example.net\n"
     "X-Failed-Recipients: ana@gmail.example\nSubject: Delivery Status Notification (Failure)\n\n"
     "** Bandeja de entrada del destinatario llena **\n\nTu mensaje no se ha podido entregar a "
     "ana@gmail.example. Su bandeja de entrada está llena.\n\nRespuesta:\n\n452 4.2.2 The email "
     "account that you tried to reach is over quota.\n",
     "soft 4.2.2 mailboxfull ana@gmail.example"},
    {"BIGLOBE",
     POSTMASTER "   ----- The following addresses had delivery problems -----\nana@a.example\n"
                "   ----- Non-delivered information -----\n"
                "The number of messages in recipient's mailbox exceeded the local limit.\n",
     "soft 5.0.922 mailboxfull ana@a.example"},
    {"Active!hunter",
     POSTMASTER
     "  ----- The following addresses had permanent fatal errors -----\n\n"
     "  >>> ana@a.example <ana@a.example>\n\n  ----- Transcript of session follows -----\n"
     "  550 sorry, no mailbox here by that name (#5.1.1 - chkusr)\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"French",
     DAEMON "Votre message n'a pu etre remis aux destinataires suivants :\n\n"
            "<ana@a.example>\n550 5.1.1 Adresse d au moins un destinataire invalide.\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"Italian",
     DAEMON "Non è stato possibile consegnare il messaggio a:\n\n"
            "ana@a.example: la casella del destinatario è piena\n",
     "soft 5.0.922 mailboxfull ana@a.example"},
    {"a local part alone",
     "From: MAILER-DAEMON@a.example\nTo: cobros@example.net\nSubject: x\n\n"
     "Your mail to the following recipients could not be delivered:\n"
     "\tscreenname\n",
     "soft 5.0.901 onhold screenname@a.example"},
    {"expanded",
     DAEMON "   ----- The following addresses had permanent fatal errors -----\n"
            "one@inner.example\n    (expanded from: <list@a.example>)\n\n"
            "   ----- Transcript of session follows -----\n550 5.1.1 User unknown\n",
     "hard 5.1.1 userunknown list@a.example"},
    {"a name of ours",
     DAEMON "The message could not be delivered to the following addresses:\n\n"
            "<mailboxfull@blocked.example>: 550 5.1.1 User unknown\n",
     "hard 5.1.1 userunknown mailboxfull@blocked.example"},
    {"nobody is named", DAEMON "Your message could not be delivered.\n", "soft 5.0.900 undefined "},
};

/* ── what is said against what the code says ── */

#define SAID(words)                                                                                \
    DAEMON                                                                                         \
    "The message could not be delivered to the following addresses:\n\n<a@b.example>: host "       \
    "mx.b.example[192.0.2.1] said: " words "\n"

static const sample REASONS[] = {
    {"gateway says 5.1.1 for a rate", SAID("550 5.1.1 203.0.113.2 has sent to too many recipients"),
     "policy 5.1.1 speeding a@b.example"},
    {"general code, particular words", SAID("550 5.0.0 Mailbox is full"),
     "soft 5.0.0 mailboxfull a@b.example"},
    {"code alone", SAID("550 5.1.1"), "hard 5.1.1 userunknown a@b.example"},
    {"policy", SAID("550 5.7.1 Message rejected due to local policy"),
     "policy 5.7.1 policyviolation a@b.example"},
    {"PTR", SAID("550 5.7.25 The IP address sending this message does not have a PTR record"),
     "policy 5.7.25 requireptr a@b.example"},
    {"DMARC", SAID("550 5.7.26 Unauthenticated email from x is not accepted due to domain's DMARC"),
     "policy 5.7.26 authfailure a@b.example"},
    {"Outlook",
     SAID("550 5.7.515 Access denied, sending domain x does not meet the required "
          "authentication level"),
     "policy 5.7.515 authfailure a@b.example"},
    {"rate", SAID("421 4.7.28 Our system has detected an unusual rate of unsolicited mail"),
     "policy 4.7.28 speeding a@b.example"},
    {"greylisted", SAID("451 4.7.1 Greylisting in action, please come back later"),
     "policy 4.7.1 blocked a@b.example"},
    {"too large", SAID("552 5.3.4 Message size exceeds fixed limit"),
     "soft 5.3.4 mesgtoobig a@b.example"},
    {"listed",
     SAID("554 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org"),
     "policy 5.0.971 blocked a@b.example"},
    {"gave up after a server's answer",
     SAID("554 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.2 Connection timed "
          "out>"),
     "soft 4.4.2 expired a@b.example"},
    {"an address of the internet is no code", SAID("550 Rejected by 5.1.1.2, see http://x/5.7.1/y"),
     "policy 5.0.918 rejected a@b.example"},
    {"domain", SAID("Host or domain name not found. Name service error for name=b.example type=A"),
     "hard 5.0.912 hostunknown a@b.example"},
    {"domain, for now", SAID("450 4.1.2 Domain not found"), "soft 4.1.2 hostunknown a@b.example"},
    {"mailbox exists", SAID("550 5.2.1 User unknown"), "soft 5.2.1 filtered a@b.example"},
    {"after the whole mail", SAID("550 : User unknown (in reply to end of DATA command)"),
     "soft 5.0.910 filtered a@b.example"},
    {"edge of Exchange Online", SAID("550 5.4.1 Recipient address rejected: Access denied"),
     "hard 5.4.1 userunknown a@b.example"},
    {"nothing known", SAID("550 Qwxyz"), "soft 5.0.901 onhold a@b.example"},
};

/* ── mail that is no bounce ── */

static const sample OTHERS[] = {
    {"a person", "From: Ana <ana@a.example>\nSubject: Re: Factura F-101\n\nYa la pagué ayer.\n",
     "reply"},
    {"a person about a delivery",
     "From: ana@a.example\nSubject: Re: entrega\n\nLa mercancía no pudo ser entregada a los "
     "siguientes clientes. User unknown, mailbox full.\n",
     "reply"},
    {"a person about rejected goods",
     "From: ana@a.example\nSubject: Delivery failed\n\nThe delivery failed, the goods were "
     "rejected. Please send 550 pieces again.\n",
     "reply"},
    {"away, es",
     "From: ana@a.example\nSubject: Respuesta automática: Factura\n\nVuelvo el lunes.\n",
     "auto_reply vacation"},
    {"away, pt", "From: ana@a.example\nSubject: Fora do escritório\n\nVolto segunda-feira.\n",
     "auto_reply vacation"},
    {"away, fr", "From: ana@a.example\nSubject: Réponse automatique : Facture\n\nBonjour\n",
     "auto_reply vacation"},
    {"away, de", "From: ana@a.example\nSubject: Abwesenheitsnotiz: Rechnung\n\nGuten Tag\n",
     "auto_reply vacation"},
    {"away, it", "From: ana@a.example\nSubject: Risposta automatica: Fattura\n\nBuongiorno\n",
     "auto_reply vacation"},
    {"away, en", "From: ana@a.example\nSubject: Automatic reply: Invoice\n\nI am away.\n",
     "auto_reply vacation"},
    {"away by its words",
     "From: ana@a.example\nSubject: Factura\n\nHola, estoy fuera de la oficina hasta el lunes.\n",
     "auto_reply vacation"},
    {"away by its header", "From: ana@a.example\nAuto-Submitted: auto-replied\nSubject: x\n\ny\n",
     "auto_reply auto_reply"},
    {"not automatic", "From: ana@a.example\nAuto-Submitted: no\nSubject: x\n\ny\n", "reply"},
    {"about a holiday", "From: ana@a.example\nSubject: Re: Vacation\n\nPago a la vuelta.\n",
     "reply"},
    {"null sender that answers",
     "Return-Path: <>\nFrom: ana@a.example\nIn-Reply-To: <1@b>\nSubject: x\n\ny\n",
     "auto_reply vacation"},
    {"newsletter",
     "From: noreply@shop.example\nSubject: Your card expired\nList-Unsubscribe: <https://x>\n\n"
     "Delivery to the following address was rejected? Buy now.\n",
     "other"},
    {"unsubscribe button",
     "From: ana@a.example\nSubject: unsubscribe\n\nApple Mail sent this email to unsubscribe from "
     "the message “x”.\n",
     "complaint  feedback ana@a.example"},
};

static void run(const sample *samples, size_t count) {
    for (size_t i = 0; i < count; i++) {
        expect(samples[i].name, samples[i].text, samples[i].expected);
    }
}

static void test_texts(void **state) {
    (void)state;
    run(TEXTS, PN_COUNT(TEXTS));
}

static void test_reasons(void **state) {
    (void)state;
    run(REASONS, PN_COUNT(REASONS));
}

static void test_others(void **state) {
    (void)state;
    run(OTHERS, PN_COUNT(OTHERS));
}

/* ── reports by the standard ─────────────────────────────────────────────────────────────────── */

static pn_mail_finding report(const char *words, const char *status, const char *returned) {
    pn_mail_part parts[3] = {
        {.content_type = PN_STR("text/plain"), .text = pn_str_of(words), .depth = 1},
        {.content_type = PN_STR("message/delivery-status"), .text = pn_str_of(status), .depth = 1},
        {.content_type = PN_STR("message/rfc822"),
         .fields = pn_fields_of_text(pn_str_of(returned), &arena),
         .depth = 1},
    };
    pn_mail mail = {.fields = pn_fields_of_text(PN_STR("From: MAILER-DAEMON@mx\nTo: b+x@y.example\n"
                                                       "Delivered-To: b+token@bounce.example\n"
                                                       "Message-ID: <9@mx>\n"),
                                                &arena),
                    .parts = pn_arena_array(&arena, pn_mail_part, 3),
                    .part_count = 3,
                    .report_type = PN_STR("delivery-status")};
    memcpy((void *)(uintptr_t)mail.parts, parts, sizeof parts);
    pn_mail_finding finding;
    pn_mail_classify(&mail, &arena, &finding);
    return finding;
}

#define GROUP(address, action, status, more)                                                       \
    "\nFinal-Recipient: rfc822; " address "\nAction: " action "\nStatus: " status "\n" more

static void test_report(void **state) {
    (void)state;
    pn_mail_finding f = report(
        "words\n",
        "Reporting-MTA: dns; mx\n" GROUP("a@b", "failed", "5.2.2 (full)",
                                         "Diagnostic-Code: smtp; 552 5.2.2\n Over quota\n")
            GROUP("c@d", "delayed", "4.4.1", "") GROUP("e@f", "relayed", "2.0.0", "")
                GROUP("g@h", "failed", "5.1.1",
                      "Original-Recipient: rfc822;<us@sent.example>\nDiagnostic-Code: smtp; 550 no "
                      "such user\n"),
        "Message-ID: <1@example.net>\nTo: us@sent.example\n");
    assert_int_equal(f.recipient_count, 4);
    assert_int_equal(f.class, PN_MAIL_HARD);
    assert_str(f.status, "5.1.1");
    assert_str(f.original_id, "1@example.net");
    assert_str(f.message_id, "9@mx");
    assert_str(f.sent_to[0], "b+token@bounce.example");
    assert_str(f.recipients[0].reason, "mailboxfull");
    assert_str(f.recipients[0].reply, "552");
    assert_str(f.recipients[0].diagnostic, "552 5.2.2 Over quota");
    assert_int_equal(f.recipients[1].class, PN_MAIL_SOFT);
    assert_str(f.recipients[1].status, "4.4.1");
    assert_int_equal(f.recipients[2].class, PN_MAIL_OTHER);
    assert_str(f.recipients[2].reason, "delivered");
    assert_str(f.recipients[3].address, "us@sent.example");
}

static void test_delayed_is_never_hard(void **state) {
    (void)state;
    pn_mail_finding f =
        report("words\n",
               GROUP("a@b", "delayed", "4.1.1", "Diagnostic-Code: smtp; 450 User unknown\n"), "");
    assert_int_equal(f.class, PN_MAIL_SOFT);
    f = report("words\n",
               GROUP("a@b", "failed", "4.1.1", "Diagnostic-Code: smtp; 450 User unknown\n"), "");
    assert_int_equal(f.class, PN_MAIL_HARD); /* they gave up */
}

static void test_program_on_their_side(void **state) {
    (void)state;
    pn_mail_finding f = report("words\n",
                               GROUP("a@b", "failed", "5.1.1",
                                     "Diagnostic-Code: x-unix; procmail: /var/x: No such user\n"),
                               "");
    assert_str(f.reason, "mailererror");
    assert_int_equal(f.class, PN_MAIL_SOFT);
}

static void test_complaint(void **state) {
    (void)state;
    pn_mail_part parts[] = {
        {.content_type = PN_STR("text/plain"), .text = PN_STR("complaint")},
        {.content_type = PN_STR("message/feedback-report"),
         .text = PN_STR("Feedback-Type: abuse\nVersion: 1\nOriginal-Rcpt-To: <ana@a.example>\n")},
        {.content_type = PN_STR("text/rfc822-headers"), .text = PN_STR("Message-ID: <5@us>\n")},
    };
    pn_mail mail = {.parts = parts, .part_count = 3};
    pn_mail_finding f;
    pn_mail_classify(&mail, &arena, &f);
    assert_int_equal(f.class, PN_MAIL_COMPLAINT);
    assert_str(f.recipients[0].address, "ana@a.example");
    assert_str(f.diagnostic, "abuse");
    assert_str(f.original_id, "5@us");
    parts[1].text = PN_STR("Feedback-Type: auth-failure\n");
    pn_mail_classify(&mail, &arena, &f);
    assert_int_equal(f.class, PN_MAIL_POLICY);
}

static void test_amazon(void **state) {
    (void)state;
    expect("bounce",
           "From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message\n\n"
           "{\"notificationType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Permanent\","
           "\"bouncedRecipients\":[{\"emailAddress\":\"a@b.ex\n ample\",\"action\":\"failed\","
           "\"status\":\"5.1.1\",\"diagnosticCode\":\"smtp; 550 5.1.1 user unknown\"}]},"
           "\"mail\":{\"messageId\":\"x\"}}\n\n--\nfooter\n",
           "hard 5.1.1 userunknown a@b.example");
    expect("complaint",
           "From: no-reply@sns.amazonaws.com\nSubject: x\n\n{\"notificationType\":\"Complaint\","
           "\"complaint\":{\"complainedRecipients\":[{\"emailAddress\":\"a@b\"}]}}\n",
           "complaint  feedback a@b");
    expect("no notification", "From: ana@a.example\nSubject: x\n\n{\"Type\":7}\n", "reply");
}

static void test_references(void **state) {
    (void)state;
    pn_mail_finding f = classify("From: \"Paz, Luis\" <luis@a.example>\nIn-Reply-To: <3@us>\n"
                                 "References: <1@us> <2@us>\n <3@us>\nSubject: Re: x\n\ny\n");
    assert_int_equal(f.class, PN_MAIL_REPLY);
    assert_str(f.from, "luis@a.example");
    assert_str(f.from_name, "Paz, Luis");
    assert_int_equal(f.reference_count, 4);
    assert_str(f.references[0], "3@us");
    assert_str(f.references[3], "1@us");
}

/* ── work ────────────────────────────────────────────────────────────────────────────────────── */

static size_t work_of(const char *piece, size_t bytes) {
    const pn_reason_index *index = pn_reason_index_new(&arena);
    char *text = pn_arena_alloc(&arena, bytes);
    size_t len = strlen(piece);
    size_t work = 0;
    pn_reason reason;
    for (size_t i = 0; i < bytes; i++) {
        text[i] = piece[i % len];
    }
    (void)pn_reason_of_words(index, (pn_str){text, bytes}, &reason, &work);
    return work;
}

/* Ten times the text is ten times the comparisons, also for text made of the heads of patterns. */
static void test_work_is_linear(void **state) {
    (void)state;
    static const char *const PIECES[] = {
        "a", "mailbox ", "user ", "recipient addres ", "account account", "qwertyuiop "};
    for (size_t i = 0; i < PN_COUNT(PIECES); i++) {
        size_t small = work_of(PIECES[i], 20000);
        size_t large = work_of(PIECES[i], 200000);
        assert_true(large <= 10 * small + 2000);
        assert_true(large <= 200000 * 120);
    }
}

/* Many recipients and long texts: what is kept of them is bounded. */
static void test_many_recipients(void **state) {
    (void)state;
    pn_buf text;
    pn_buf_init(&text, 1 << 22);
    pn_buf_add_z(&text, DAEMON "could not be delivered to the following addresses:\n\n");
    for (unsigned i = 0; i < TRIES(20000, 4000); i++) {
        pn_buf_add_format(&text, "<a%u@b.example>: 550 5.1.1 User unknown\n\n", i);
    }
    pn_buf_add_char(&text, '\0');
    pn_mail_finding f = classify(text.ptr);
    assert_int_equal(f.recipient_count, PN_BOUNCE_RECIPIENTS);
    assert_int_equal(f.class, PN_MAIL_HARD);
    pn_buf_done(&text);
}

/* What the classifier takes for itself is a few times the mail, whatever the mail is made of. */
static void test_memory(void **state) {
    (void)state;
    static const char *const PIECES[] = {"a: b\n\n",
                                         "Final-Recipient: a@b\nAction: failed\n\n",
                                         "<a@b>: 550\n",
                                         "(expanded from a@b)\n",
                                         "following:\n\nname\n",
                                         "\"\\\"",
                                         "((",
                                         "<",
                                         "5.1.1 550 ",
                                         "recipient a@b ",
                                         "{\"Type\":"};
    enum { BYTES = 1 << 20, PARTS = 4 };
    for (size_t p = 0; p < PN_COUNT(PIECES); p++) {
        pn_buf text;
        pn_mail_part parts[PARTS];
        pn_mail_finding finding;
        pn_buf_init(&text, BYTES + 100);
        while (text.len < BYTES) {
            pn_buf_add_z(&text, PIECES[p]);
        }
        for (size_t i = 0; i < PARTS; i++) {
            parts[i] = (pn_mail_part){
                .content_type = pn_str_of(i == 1 ? "message/delivery-status" : "text/plain"),
                .text = pn_buf_str(&text)};
        }
        pn_mail mail = {.parts = parts, .part_count = PARTS};
        size_t before = arena.used_bytes;
        pn_mail_classify(&mail, &arena, &finding);
        assert_true(arena.used_bytes - before < 64U << 20);
        pn_buf_done(&text);
    }
}

/* Every pattern is folded, as the text is that it is looked for in, and reaches its own reason or
 * one that stands before it. */
static void test_patterns(void **state) {
    (void)state;
    const pn_reason_index *index = pn_reason_index_new(&arena);
    size_t count = 0;
    for (size_t i = 0; i < PN_WORDS_COUNT; i++) {
        pn_str rest = pn_str_of(PN_WORDS[i].patterns);
        pn_str pattern;
        assert_true(i == 0 || PN_WORDS[i].weak || !PN_WORDS[i - 1].weak);
        while (pn_str_split(&rest, '|', &pattern)) {
            pn_reason reason = PN_REASON_COUNT;
            pn_str folded = pn_utf8_fold(&arena, pattern, true);
            if (!pn_str_eq(folded, pattern)) {
                print_error("not folded: %.*s\n", PN_STR_ARG(pattern));
                fail();
            }
            assert_true(pn_reason_of_words(index, pattern, &reason, NULL) != PN_SAYING_NONE);
            count++;
        }
    }
    assert_true(count > 500);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(texts),
        TEST(reasons),
        TEST(others),
        TEST(report),
        TEST(delayed_is_never_hard),
        TEST(program_on_their_side),
        TEST(complaint),
        TEST(amazon),
        TEST(references),
        TEST(work_is_linear),
        TEST(many_recipients),
        TEST(memory),
        TEST(patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
