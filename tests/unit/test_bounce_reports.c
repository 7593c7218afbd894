/* Reports of programs of which the corpora at hand hold few, or none. */
#include "bounce_sample.h"

static const sample REPORTS[] = {
    {"v5sendmail",
     DAEMON "   ----- Transcript of session follows -----\nWhile talking to smtp.a.example:\n"
            ">>> RCPT To:<ana@a.example>\n<<< 550 <ana@a.example>, User Unknown\n"
            "550 ana@a.example... User unknown\n\n   ----- Unsent message follows -----\n"
            "Received: from x\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"v5sendmail host",
     DAEMON "   ----- Transcript of session follows -----\n550 ana@a.example... Host unknown\n\n"
            "   ----- Unsent message follows -----\nReceived: from x\n",
     "hard 5.0.912 hostunknown ana@a.example"},
    {"v5 451",
     DAEMON
     "   ----- Transcript of session follows -----\n"
     "421 example.org (smtp)... Deferred: Connection timed out during user open with example.org\n"
     "421 ana@a.example... Deferred\n\n   ----- Unsent message follows -----\n"
     "Received: from x\n",
     "soft 4.0.947 expired ana@a.example"},
    {"mxlogic",
     DAEMON "This message was created automatically by mail delivery software.\n\n"
            "A message that you sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error. The following address(es) failed:\n\n"
            "  ana@a.example\n"
            "    SMTP error from remote mail server after RCPT TO:<ana@a.example>:\n"
            "    host mx1.a.example [192.0.2.9]: 550 Denied - User not on system (Mode: normal)\n"
            "\n------ This is a copy of the message.\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"imail user",
     "From: Mail Delivery Subsystem <postmaster@mx.example>\nTo: cobros@example.net\n"
     "Subject: Returned mail: see transcript for details\n\nUnknown user: ana@a.example\n"
     "\nOriginal message follows.\n\nReceived: from x\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"imail host",
     "From: Mail Delivery Subsystem <postmaster@mx.example>\nTo: cobros@example.net\n"
     "Subject: Returned mail: see transcript for details\n\nUnknown host: ana@a.example\n"
     "\nOriginal message follows.\n\nReceived: from x\n",
     "hard 5.0.912 hostunknown ana@a.example"},
    {"imail full",
     "From: Mail Delivery Subsystem <postmaster@mx.example>\nTo: cobros@example.net\n"
     "Subject: Returned mail: see transcript for details\n\n"
     "User mailbox exceeds allowed size: ana@a.example\n\nOriginal message follows.\n\n"
     "Received: from x\n",
     "soft 5.0.922 mailboxfull ana@a.example"},
    {"imail data",
     "From: Mail Delivery Subsystem <postmaster@mx.example>\nTo: cobros@example.net\n"
     "Subject: Returned mail: see transcript for details\n\n"
     "undeliverable to ana@a.example\n\nBody of message generated response:\n"
     "550 5.7.1 Message content rejected, UBE\n\nOriginal message follows.\n\n"
     "Received: from x\n",
     "policy 5.7.1 spamdetected ana@a.example"},
    {"kddi full",
     POSTMASTER "Your mail sent on: Thu, 29 Apr 2010 11:04:47 +0900 \n"
                "     Could not be delivered to: <ana@a.example>\n     As their mailbox is full.\n",
     "soft 5.0.922 mailboxfull ana@a.example"},
    {"kddi timeout",
     POSTMASTER "Your mail attempted to be delivered on: Thu, 29 Apr 2010 12:08:36 +0900\n"
                "     Could not be delivered to: <ana@a.example>\n"
                "     As the remote domain doesnt exist.\n",
     "hard 5.0.912 hostunknown ana@a.example"},
    {"x4",
     DAEMON "Hi. This is the qmail-send program at mx.example.\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
            "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
            "<ana@a.example>:\n"
            "This message is looping: it already has my Delivered-To line. (#5.4.6)\n\n"
            "--- Below this line is a copy of the message.\n",
     "soft 5.4.6 networkerror ana@a.example"},
    {"qmail full",
     DAEMON "Hi. This is the qmail-send program at mx.example.\n\n<ana@a.example>:\n"
            "user is over quota\n\n--- Below this line is a copy of the message.\n",
     "soft 5.0.922 mailboxfull ana@a.example"},
    {"qmail ldap",
     DAEMON "Hi. This is the qmail-send program at mx.example.\n\n<ana@a.example>:\n"
            "Mailaddress is administratively disabled (#5.2.1)\n\n"
            "--- Below this line is a copy of the message.\n",
     "soft 5.2.1 suspend ana@a.example"},
    {"qmail host",
     DAEMON "Hi. This is the qmail-send program at mx.example.\n\n<ana@a.example>:\n"
            "Sorry, I couldn't find any host named a.example. (#5.1.2)\n\n"
            "--- Below this line is a copy of the message.\n",
     "hard 5.1.2 hostunknown ana@a.example"},
    {"qmail gave up",
     DAEMON "Hi. This is the qmail-send program at mx.example.\n\n<ana@a.example>:\n"
            "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n"
            "I'm not going to try again; this message has been in the queue too long.\n\n"
            "--- Below this line is a copy of the message.\n",
     "soft 4.4.1 networkerror ana@a.example"},
    {"qmail data",
     DAEMON "Hi. This is the qmail-send program at mx.example.\n\n<ana@a.example>:\n"
            "192.0.2.3 failed after I sent the message.\n"
            "Remote host said: 554 Message looks like spam\n\n"
            "--- Below this line is a copy of the message.\n",
     "policy 5.0.980 spamdetected ana@a.example"},
    {"qmail conn",
     DAEMON "Hi. This is the qmail-send program at mx.example.\n\n<ana@a.example>:\n"
            "Connected to 192.0.2.3 but greeting failed.\n"
            "Remote host said: 554 Your host is in our blacklist\n\n"
            "--- Below this line is a copy of the message.\n",
     "policy 5.0.971 blocked ana@a.example"},
    {"qmail nomail",
     DAEMON "Hi. This is the qmail-send program at mx.example.\n\n<ana@a.example>:\n"
            "Sorry, no mailbox here by that name. vpopmail (#5.1.1)\n\n"
            "--- Below this line is a copy of the message.\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"exim unrouteable",
     DAEMON "A message that you sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error. The following address(es) failed:\n\n"
            "  ana@a.example\n    Unrouteable address\n\n------ This is a copy of the message.\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"exim all hosts",
     DAEMON "A message that you sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error. The following address(es) failed:\n\n"
            "  ana@a.example\n    all relevant MX records point to non-existent hosts\n\n"
            "------ This is a copy of the message.\n",
     "hard 5.0.912 hostunknown ana@a.example"},
    {"exim local",
     DAEMON "A message that you sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error. The following address(es) failed:\n\n"
            "  ana@a.example\n    unknown local-part \"ana\" in domain \"a.example\"\n\n"
            "------ This is a copy of the message.\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"exim quota",
     DAEMON "A message that you sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error. The following address(es) failed:\n\n"
            "  ana@a.example\n    mailbox is full: retry timeout exceeded\n\n"
            "------ This is a copy of the message.\n",
     "soft 4.0.922 mailboxfull ana@a.example"},
    {"exim pipe",
     DAEMON "A message that you sent could not be delivered to one or more of its\n"
            "recipients. The following address(es) failed:\n\n  pipe to |/home/a/b.php\n"
            "    generated by ana@a.example\n    local delivery failed\n\n"
            "------ This is a copy of the message.\n",
     "soft 5.0.939 mailererror ana@a.example"},
    {"exim maxhop",
     DAEMON "A message that you sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error. The following address(es) failed:\n\n"
            "  ana@a.example\n    Too many \"Received\" headers - suspected mail loop\n\n"
            "------ This is a copy of the message.\n",
     "soft 5.0.944 networkerror ana@a.example"},
    {"courier",
     DAEMON "This is a delivery status notification from mx.example,\n"
            "running the Courier mail server, version 0.65.2.\n\n"
            "The original message was received on Sat, 11 Dec 2010 12:19:57 +0900\n\n"
            "---------------------------------------------------------------------------\n\n"
            "                           UNDELIVERABLE MAIL\n\n"
            "Your message to the following recipients cannot be delivered:\n\n<ana@a.example>:\n"
            "     mx.a.example [192.0.2.9]:\n>>> RCPT TO:<ana@a.example>\n"
            "<<< 550 5.1.1 <ana@a.example>... User Unknown\n\n"
            "---------------------------------------------------------------------------\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"courier dns",
     DAEMON "This is a delivery status notification from mx.example,\n"
            "running the Courier mail server, version 0.65.2.\n\nUNDELIVERABLE MAIL\n\n"
            "Your message to the following recipients cannot be delivered:\n\n<ana@a.example>:\n"
            "    No such domain.\n\n-----\n",
     "hard 5.0.912 hostunknown ana@a.example"},
    {"domino full",
     POSTMASTER
     "Your message\n\n  Subject: Factura\n\nwas not delivered to:\n\n  ana@a.example\n\n"
     "because:\n\n"
     "  Router: Unable to open mailbox file mail\\ana.nsf: Recipient's mail file exceeds quota\n",
     "soft 5.0.922 mailboxfull ana@a.example"},
    {"domino route",
     POSTMASTER "Your message\n\n  Subject: Factura\n\nwas not delivered to:\n\n  ana@a.example\n\n"
                "because:\n\n"
                "  Error transferring to A.EXAMPLE; Maximum hop count exceeded.  Message probably "
                "in a routing loop.\n",
     "soft 5.0.944 networkerror ana@a.example"},
    {"domino perm",
     POSTMASTER
     "Your message\n\n  Subject: Factura\n\nwas not delivered to:\n\n  ana@a.example\n\n"
     "because:\n\n  554 5.1.1 <ana@a.example>: Recipient address rejected: User unknown\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"notes",
     POSTMASTER
     "------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\n"
     "ana@a.example\n\n------- Returned Message --------\n\nReceived: from x\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"notes2",
     POSTMASTER "------- Failure Reasons  --------\n\nNo route found to server A from server B.\n"
                "ana@a.example\n\n------- Returned Message --------\n\nReceived: from x\n",
     "soft 5.0.901 onhold ana@a.example"},
    {"exch2003 full",
     POSTMASTER "Your message\n\n  To:      Ana\n  Subject: Factura\n\n"
                "did not reach the following recipient(s):\n\n"
                "ana@a.example on Mon, 2 Mar 2026 10:00:01 +0100\n"
                "    The recipient's mailbox is full and can't accept messages now.\n"
                "    <mx.a.example #5.2.2>\n",
     "soft 5.2.2 mailboxfull ana@a.example"},
    {"exch2003 relay",
     POSTMASTER "Your message\n\n  To:      Ana\n  Subject: Factura\n\n"
                "did not reach the following recipient(s):\n\n"
                "ana@a.example on Mon, 2 Mar 2026 10:00:01 +0100\n"
                "    You do not have permission to send to this recipient.  For assistance, "
                "contact your system administrator.\n"
                "    <mx.a.example #5.7.1 smtp;550 5.7.1 Unable to relay for ana@a.example>\n",
     "policy 5.7.1 norelaying ana@a.example"},
    {"exch2007",
     POSTMASTER "Delivery has failed to these recipients or distribution lists:\n\nana@a.example\n"
                "The recipient's e-mail address was not found in the recipient's e-mail system. "
                "Microsoft Exchange will not try to redeliver this message for you. Please check "
                "the e-mail address and try resending this message.\n"
                "\nDiagnostic information for administrators:\n\nGenerating server: mx.example\n\n"
                "ana@a.example\n#550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found ##\n\n"
                "Original message headers:\n\nReceived: from x\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"exch size",
     POSTMASTER
     "Delivery has failed to these recipients or distribution lists:\n\nana@a.example\n\n"
     "Diagnostic information for administrators:\n\nGenerating server: mx.example\n\n"
     "ana@a.example\n"
     "#550 5.2.3 RESOLVER.RST.SendSizeLimit.Sender; message too large for this sender ##\n"
     "\nOriginal message headers:\n\nReceived: from x\n",
     "soft 5.2.3 mesgtoobig ana@a.example"},
    {"exch o365 dns",
     POSTMASTER
     "Your message to ana@a.example couldn't be delivered.\na.example couldn't be found.\n"
     "\nDiagnostic information for administrators:\n\nana@a.example\n"
     "Remote Server returned '550 5.4.310 DNS domain a.example does not exist "
     "[Message=InfoDomainNonexistent] [LastAttemptedServerName=a.example]'\n",
     "hard 5.4.310 hostunknown ana@a.example"},
    {"exch o365 full",
     POSTMASTER
     "Your message to ana@a.example couldn't be delivered.\n"
     "ana's mailbox is full and can't accept messages now.\n\n"
     "Diagnostic information for administrators:\n\nana@a.example\n"
     "Remote Server returned '554 5.2.2 mailbox full; "
     "STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded'\n",
     "soft 5.2.2 mailboxfull ana@a.example"},
    {"exch o365 expired",
     POSTMASTER "Your message to ana@a.example couldn't be delivered.\n\n"
                "Diagnostic information for administrators:\n\nana@a.example\n"
                "Remote Server returned '550 5.4.300 Message expired -> 421 4.4.2 Connection "
                "dropped due to SocketError'\n",
     "soft 5.4.300 networkerror ana@a.example"},
    {"gmail state14",
     "From: Mail Delivery Subsystem <MAILER-DAEMON@googlemail.com>\n"
     "To: cobros@example.net\nSubject: Returned mail: see transcript for details\n\n"
     "Delivery to the following recipient failed permanently:\n\n     ana@a.example\n\n"
     "Technical details of permanent failure: \n"
     "PERM_FAILURE: SMTP Error (state 14): 550 550 Unknown user ana@a.example\n\n"
     "   ----- Original message -----\n\nReceived: from x\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"gmail state18",
     "From: Mail Delivery Subsystem <MAILER-DAEMON@googlemail.com>\n"
     "To: cobros@example.net\nSubject: Returned mail: see transcript for details\n\n"
     "Delivery to the following recipient failed permanently:\n\n     ana@a.example\n\n"
     "Technical details of permanent failure: \n"
     "PERM_FAILURE: SMTP Error (state 18): 550 550 Unknown user ana@a.example\n\n"
     "   ----- Original message -----\n\nReceived: from x\n",
     "soft 5.0.910 filtered ana@a.example"},
    {"gmail dns",
     "From: Mail Delivery Subsystem <MAILER-DAEMON@googlemail.com>\n"
     "To: cobros@example.net\nSubject: Returned mail: see transcript for details\n\n"
     "Delivery to the following recipient failed permanently:\n\n     ana@a.example\n\n"
     "Technical details of permanent failure: \nDNS Error: Domain name not found\n\n"
     "   ----- Original message -----\n\nReceived: from x\n",
     "hard 5.0.912 hostunknown ana@a.example"},
    {"gmail dns2",
     "From: Mail Delivery Subsystem <MAILER-DAEMON@googlemail.com>\n"
     "To: cobros@example.net\nSubject: Returned mail: see transcript for details\n\n"
     "Delivery to the following recipient failed permanently:\n\n     ana@a.example\n\n"
     "Technical details of permanent failure: \n"
     "DNS Error: 1234 DNS type 'mx' lookup of a.example responded with code NXDOMAIN\n"
     "Domain name not found: a.example\n\n   ----- Original message -----\n\n"
     "Received: from x\n",
     "hard 5.0.912 hostunknown ana@a.example"},
    {"gmail over quota",
     "From: Mail Delivery Subsystem <MAILER-DAEMON@googlemail.com>\n"
     "To: cobros@example.net\nSubject: Returned mail: see transcript for details\n\n"
     "Delivery to the following recipient failed permanently:\n\n     ana@a.example\n\n"
     "Technical details of permanent failure: \n"
     "Google tried to deliver your message, but it was rejected by the server for the recipient "
     "domain a.example by mx.a.example. [192.0.2.1].\n"
     "\nThe error that the other server returned was:\n"
     "552 5.2.2 ana@a.example mailbox over quota\n\n----- Original message -----\n\n"
     "Received: from x\n",
     "soft 5.2.2 mailboxfull ana@a.example"},
    {"gmail disabled",
     "From: Mail Delivery Subsystem <MAILER-DAEMON@googlemail.com>\n"
     "To: cobros@example.net\nSubject: Returned mail: see transcript for details\n\n"
     "Address not found\n\n"
     "Your message wasn't delivered to ana@a.example because the address couldn't be found, or is "
     "unable to receive mail.\n"
     "\nThe response from the remote server was:\n\n550 No such user here\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"mcafee",
     POSTMASTER " --- The following addresses had delivery problems ---\n\n"
                "<ana@a.example>   (User unknown ana@a.example)\n\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"opensmtpd uu",
     "From: MAILER-DAEMON@mx.example\nTo: cobros@example.net\n"
     "Subject: Undeliverable mail\n\n    Hi!\n\n"
     "    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n"
     "    An error has occurred while attempting to deliver a message for\n"
     "    the following list of recipients:\n\n"
     "ana@a.example: 550 5.1.1 <ana@a.example>... User Unknown\n\n"
     "    Below is a copy of the original message:\n\nReceived: from x\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"opensmtpd invalid",
     "From: MAILER-DAEMON@mx.example\nTo: cobros@example.net\n"
     "Subject: Undeliverable mail\n\n    Hi!\n\n"
     "    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n"
     "    An error has occurred while attempting to deliver a message for\n"
     "    the following list of recipients:\n\nana@a.example: Invalid domain name\n\n"
     "    Below is a copy of the original message:\n\nReceived: from x\n",
     "hard 5.0.912 hostunknown ana@a.example"},
    {"opensmtpd nomx",
     "From: MAILER-DAEMON@mx.example\nTo: cobros@example.net\n"
     "Subject: Undeliverable mail\n\n    Hi!\n\n"
     "    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n"
     "    An error has occurred while attempting to deliver a message for\n"
     "    the following list of recipients:\n\nana@a.example: No MX found for domain\n\n"
     "    Below is a copy of the original message:\n\nReceived: from x\n",
     "hard 5.0.932 notaccept ana@a.example"},
    {"opensmtpd temp",
     "From: MAILER-DAEMON@mx.example\nTo: cobros@example.net\n"
     "Subject: Undeliverable mail\n\n    Hi!\n\n"
     "    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n"
     "    An error has occurred while attempting to deliver a message for\n"
     "    the following list of recipients:\n\n"
     "ana@a.example: Temporary failure in MX lookup\n\n"
     "    Below is a copy of the original message:\n\nReceived: from x\n",
     "soft 5.0.944 networkerror ana@a.example"},
    {"opensmtpd mbox",
     "From: MAILER-DAEMON@mx.example\nTo: cobros@example.net\n"
     "Subject: Undeliverable mail\n\n    Hi!\n\n"
     "    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n"
     "    An error has occurred while attempting to deliver a message for\n"
     "    the following list of recipients:\n\n"
     "ana@a.example: TLS required but not supported by remote host\n\n"
     "    Below is a copy of the original message:\n\nReceived: from x\n",
     "policy 5.0.970 securityerror ana@a.example"},
    {"dragonfly",
     DAEMON "Hello!\n\nThis is the DragonFly Mail Agent v0.13 at df.example.net.\n\n"
            "There was an error delivering your mail to <ana@a.example>.\n\n"
            "mx.a.example [192.0.2.25] did not like our RCPT TO:\n"
            "550 5.1.1 <ana@a.example>: Recipient address rejected: User unknown in virtual "
            "mailbox table\n"
            "\nMessage headers follow.\n\nReceived: from x\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"dragonfly data",
     DAEMON "Hello!\n\nThis is the DragonFly Mail Agent v0.13 at df.example.net.\n\n"
            "There was an error delivering your mail to <ana@a.example>.\n\n"
            "mx.a.example [192.0.2.25] did not like our final DATA:\n"
            "554 5.7.9 Message not accepted for policy reasons\n\nMessage headers follow.\n\n"
            "Received: from x\n",
     "policy 5.7.9 policyviolation ana@a.example"},
    {"dragonfly gaveup",
     DAEMON "Hello!\n\nThis is the DragonFly Mail Agent v0.13 at df.example.net.\n\n"
            "There was an error delivering your mail to <ana@a.example>.\n\n"
            "could not connect: giving up, all hosts did fail\n\nMessage headers follow.\n\n"
            "Received: from x\n",
     "soft 5.0.947 expired ana@a.example"},
    {"activehunter",
     POSTMASTER
     "  ----- The following addresses had permanent fatal errors -----\n\n"
     "  >>> ana@a.example <ana@a.example>\n\n  ----- Transcript of session follows -----\n"
     "  550 5.2.2 mailbox full\n",
     "soft 5.2.2 mailboxfull ana@a.example"},
    {"trendmicro",
     POSTMASTER "Your mail could not be delivered. The following recipients were affected:\n\n"
                "ana@a.example\n550 5.1.1 User unknown\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"trend imss",
     POSTMASTER
     "Unable to deliver message to <ana@a.example>\n\n"
     "Received >>> 550 5.1.1 <ana@a.example>... User unknown\n"
     "Unable to deliver message to <ana@a.example> (and other recipients in the same domain).\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"x2",
     DAEMON
     "Unable to deliver message to the following address(es).\n\n<ana@a.example>:\n"
     "Sorry, your message to ana@a.example cannot be delivered. This account is over quota.\n"
     "\n--- Original message follows.\n",
     "soft 5.0.922 mailboxfull ana@a.example"},
    {"x2 b",
     DAEMON "Unable to deliver message to the following address(es).\n\n<ana@a.example>:\n"
            "192.0.2.3 failed after I sent the message.\n"
            "Remote host said: 554 Transaction Failed Spam Message not queued.\n\n"
            "--- Original message follows.\n",
     "policy 5.0.980 spamdetected ana@a.example"},
    {"x3",
     DAEMON
     "============================================================================\n"
     "      This message was created automatically by mail delivery software.\n\n"
     "Your message was not delivered because of the following reasons:\n\n"
     "* ana@a.example\n"
     "Technical details: SMTP:RCPT host 192.0.2.8: 550 5.3.0 <ana@a.example>... No such user here\n"
     "\n=====\n",
     "hard 5.3.0 userunknown ana@a.example"},
    {"x5",
     POSTMASTER
     "Your mail message could not be delivered.\n\nContent-Type: message/delivery-status\n"
     "\nFinal-Recipient: RFC822; ana@a.example\nAction: failed\nStatus: 5.1.1\n"
     "Remote-MTA: dns; mx.a.example\n"
     "Diagnostic-Code: smtp; 550 5.1.1 <ana@a.example>... User Unknown\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"verizon",
     "From: Mail Delivery Subsystem <post_master@mx.example>\nTo: cobros@example.net\n"
     "Subject: Returned mail: see transcript for details\n\n"
     "Message could not be delivered to mobile.\nError: No valid recipients for this MM\n"
     "\nMessage details:\n  Subject: x\n  RCPT TO: ana@a.example\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"aol local",
     "From: Mail Delivery Subsystem <MAILER-DAEMON@aol.example>\nTo: cobros@example.net\n"
     "Subject: Returned mail: see transcript for details\n\n"
     "Your mail to the following recipients could not be delivered because they are not accepting "
     "mail from cobros@example.net:\n"
     "        screenname\n",
     "soft 5.0.910 filtered screenname@aol.example"},
    {"yahoo",
     DAEMON "Message from  yahoo.example.\n"
            "Unable to deliver message to the following address(es).\n\n<ana@a.example>:\n"
            "This user doesn't have a yahoo.example account (ana@a.example) [-9]\n\n"
            "--- Original message follows.\n",
     "soft 5.0.910 filtered ana@a.example"},
    {"yahoo dns",
     DAEMON "Sorry, we were unable to deliver your message to the following address.\n\n"
            "<ana@a.example>:\nNo MX or A records for a.example\n\n"
            "--- Below this line is a copy of the message.\n",
     "hard 5.0.912 hostunknown ana@a.example"},
    {"yahoo rcpt",
     DAEMON "Sorry, we were unable to deliver your message to the following address.\n\n"
            "<ana@a.example>:\nRemote host said: 550 5.1.1 User unknown\n [RCPT_TO]\n\n"
            "--- Below this line is a copy of the message.\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"mailru",
     DAEMON "This message was created automatically by mail delivery software.\n\n"
            "A message that you sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error. The following address(es) failed:\n\n"
            "  ana@a.example\n    This user doesn't exist: user not found\n\n"
            "------ This is a copy of the message, including all the headers. ------\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"sendmail procmail",
     DAEMON "   ----- The following addresses had permanent fatal errors -----\n"
            "|/usr/bin/procmail\n    (reason: Can't create output)\n"
            "    (expanded from: <ana@a.example>)\n\n"
            "   ----- Transcript of session follows -----\n"
            "procmail: Quota exceeded while writing \"/var/mail/ana\"\n"
            "550 5.0.0 |/usr/bin/procmail... Can't create output\n",
     "soft 5.0.0 mailboxfull ana@a.example"},
    {"groups",
     "From: Mail Delivery Subsystem <MAILER-DAEMON@googlemail.com>\n"
     "To: cobros@example.net\nSubject: Returned mail: see transcript for details\n\n"
     "Hello cobros@example.net,\n\n"
     "We're writing to let you know that the group you tried to contact (nekos) may not exist, or "
     "you may not have permission to post messages to the group.\n",
     "policy 5.0.918 rejected "},
    {"cpanel",
     DAEMON "A message that you sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error. The following address(es) failed:\n\n"
            "  ana@a.example\n    host mx.a.example [192.0.2.1]\n"
            "    SMTP error from remote mail server after end of data:\n"
            "    550 High probability of spam\n\n------ This is a copy\n",
     "policy 5.0.980 spamdetected ana@a.example"},
    {"james",
     DAEMON "Hi. This is the James mail server at mx.example.\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
            "This is a permanent error; I've given up. Sorry it didn't work out.  Below\n"
            "I include the list of recipients and the reason why I was unable to deliver\n"
            "your message.\n\nFailed recipient(s):\nana@a.example\n\nError message:\n"
            "RCPT TO:<ana@a.example>\n550 5.1.1 unknown user\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"smartermail",
     POSTMASTER
     "Could not deliver message to the following recipient(s):\n\n"
     "Failed Recipient: ana@a.example\nReason: Remote host said: 550 5.1.1 User unknown\n"
     "\n   -- The header and top 20 lines of the message follows --\n\nReceived: from x\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"zimbra/ironport",
     DAEMON "The following message to <ana@a.example> was undeliverable.\n"
            "The reason for the problem:\n"
            "5.1.0 - Unknown address error 550-'5.1.1 <ana@a.example>: Recipient address rejected: "
            "User unknown'\n",
     "hard 5.1.0 userunknown ana@a.example"},
    {"ironport2",
     DAEMON "The following message to <ana@a.example> was undeliverable.\n"
            "The reason for the problem:\n5.4.7 - Delivery expired (message too old) 'timeout'\n",
     "soft 5.4.7 expired ana@a.example"},
    {"ironport3",
     DAEMON "The following message to <ana@a.example> was undeliverable.\n"
            "The reason for the problem:\n"
            "5.1.2 - Bad destination host 'DNS Hard Error looking up a.example (MX):  NXDomain'\n",
     "hard 5.1.2 hostunknown ana@a.example"},
    {"mailenable",
     POSTMASTER "MailEnable: Message Delivery Failure.\n\n"
                "The following recipient(s) could not be reached:\n\n"
                "   [SMTP:ana@a.example]: Remote SMTP Server Returned: 550 5.1.1 user unknown\n\n"
                "Message headers follow:\n\nReceived: from x\n",
     "hard 5.1.1 userunknown ana@a.example"},
    {"kerio",
     POSTMASTER "Your message was not delivered to the following recipients:\n\n"
                "ana@a.example: Mailbox does not exist\n",
     "hard 5.0.911 userunknown ana@a.example"},
    {"communigate",
     DAEMON "Failed to deliver to 'ana@a.example'\nLOCAL module(account ana) reports:\n"
            " account is full (quota exceeded)\n",
     "soft 5.0.922 mailboxfull ana@a.example"},
    {"axigen",
     POSTMASTER "Your message could not be delivered to the following recipients:\n\n"
                "<ana@a.example>\n    reason: Local delivery failed: mailbox over quota\n",
     "soft 5.0.922 mailboxfull ana@a.example"},
    {"strato",
     DAEMON
     "Die folgende Adresse ist nicht erreichbar / Ihre Nachricht konnte nicht zugestellt werden:\n"
     "\n<ana@a.example>: host mx.a.example said: 550 5.1.1 Unknown recipient\n",
     "hard 5.1.1 userunknown ana@a.example"},
};

static void test_reports(void **state) {
    (void)state;
    for (size_t i = 0; i < PN_COUNT(REPORTS); i++) {
        expect(REPORTS[i].name, REPORTS[i].text, REPORTS[i].expected);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reports, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
