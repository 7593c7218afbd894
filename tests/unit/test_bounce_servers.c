/* What the servers of large receivers and of well-known programs say, as they and their makers
 * publish it. */
#include "bounce_sample.h"

/* ── sentences, each the answer to RCPT ── */

typedef struct {
    const char *host, *words, *expected;
} sentence;

static const sentence SENTENCES[] = {
    {"gmail-smtp-in.l.google.com",
     "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 "
     "double-checking the recipient's email address for typos or 550-5.1.1 unnecessary spaces. "
     "Learn more at 550 5.1.1  https://support.google.com/mail/?p=NoSuchUser x1si1.1 - gsmtp",
     "hard 5.1.1 userunknown"},
    {"gmail-smtp-in.l.google.com",
     "552-5.2.2 The recipient's inbox is out of storage space. Please direct the 552-5.2.2 "
     "recipient to 552 5.2.2  https://support.google.com/mail/?p=OverQuotaPerm x1 - gsmtp",
     "soft 5.2.2 mailboxfull"},
    {"gmail-smtp-in.l.google.com",
     "550-5.2.1 The email account that you tried to reach is inactive. For more 550-5.2.1 "
     "information, go to 550 5.2.1  https://support.google.com/mail/?p=DisabledUser - gsmtp",
     "soft 5.2.1 suspend"},
    {"gmail-smtp-in.l.google.com",
     "450-4.2.1 The user you are trying to contact is receiving mail at a rate that 450-4.2.1 "
     "prevents additional messages from being delivered. "
     "https://support.google.com/mail/?p=ReceivingRate - gsmtp",
     "policy 4.2.1 speeding"},
    {"gmail-smtp-in.l.google.com",
     "421-4.7.28 Our system has detected an unusual rate of unsolicited mail originating from your "
     "DKIM domain - gsmtp",
     "policy 4.7.28 speeding"},
    {"gmail-smtp-in.l.google.com",
     "550-5.7.26 This mail has been blocked because the sender is unauthenticated. Gmail requires "
     "all senders to authenticate with either SPF or DKIM.",
     "policy 5.7.26 authfailure"},
    {"gmail-smtp-in.l.google.com",
     "550-5.7.1 [192.0.2.1      12] Our system has detected that this message is likely 550-5.7.1 "
     "unsolicited mail. To reduce the amount of spam sent to Gmail, this 550 5.7.1 message has "
     "been blocked. - gsmtp",
     "policy 5.7.1 spamdetected"},
    {"gmail-smtp-in.l.google.com",
     "550-5.7.25 [192.0.2.1] The IP address sending this message does not have a PTR record setup, "
     "or the corresponding forward DNS entry does not point to the sending IP.",
     "policy 5.7.25 requireptr"},
    {"gmail-smtp-in.l.google.com",
     "550-5.7.1 [192.0.2.1] The IP you're using to send mail is not authorized to send email "
     "directly to our servers. Please use the SMTP relay at your service provider instead.",
     "policy 5.7.1 blocked"},
    {"gmail-smtp-in.l.google.com",
     "552-5.7.0 This message was blocked because its content presents a potential security issue. "
     "Please visit https://support.google.com/mail/?p=BlockedMessage - gsmtp",
     "policy 5.7.0 blocked"},
    {"gmail-smtp-in.l.google.com",
     "550 5.1.2 We weren't able to find the recipient domain. Please check for any spelling errors "
     "- gsmtp",
     "hard 5.1.2 hostunknown"},
    {"gmail-smtp-in.l.google.com",
     "553 5.1.3 The recipient address <a> is not a valid RFC 5321 address. - gsmtp",
     "hard 5.1.3 userunknown"},
    {"gmail-smtp-in.l.google.com", "555 5.5.2 Syntax error, goodbye. gsmtp",
     "policy 5.5.2 syntaxerror"},
    {"gmail-smtp-in.l.google.com", "554 5.6.0 Mail message is malformed. Not accepted. gsmtp",
     "policy 5.6.0 contenterror"},
    {"gmail-smtp-in.l.google.com", "550 5.4.5 Daily sending quota exceeded. gsmtp",
     "policy 5.4.5 speeding"},
    {"gmail-smtp-in.l.google.com",
     "452 4.5.3 Domain policy size per transaction exceeded, please try this recipient in a "
     "separate transaction. gsmtp",
     "policy 4.5.3 speeding"},
    {"aspmx.l.google.com",
     "550-5.7.1 The user or domain that you are sending to (or from) has a policy that prohibited "
     "the mail that you sent. Please contact your domain administrator. gsmtp",
     "policy 5.7.1 policyviolation"},
    {"aspmx.l.google.com",
     "550 5.7.0 Mail relay denied [192.0.2.1]. Invalid credentials for relay for one of the "
     "domains in: gsmtp",
     "policy 5.7.0 norelaying"},
    {"aspmx.l.google.com",
     "451-4.3.0 Multiple destination domains per transaction is unsupported. Please try again.",
     "soft 4.3.0 systemerror"},
    {"aspmx.l.google.com",
     "550 5.2.1 The user you are trying to contact is receiving mail too quickly. gsmtp",
     "policy 5.2.1 speeding"},
    {"outlook-com.olc.protection.outlook.com",
     "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). "
     "[AM5EUR02FT004.eop-EUR02.prod.protection.outlook.com]",
     "hard 5.5.0 userunknown"},
    {"example.mail.protection.outlook.com",
     "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) "
     "[DB5EUR03FT031.eop-EUR03.prod.protection.outlook.com]",
     "hard 5.4.1 userunknown"},
    {"example.mail.protection.outlook.com",
     "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ana@a.example not found by SMTP address "
     "lookup",
     "hard 5.1.10 userunknown"},
    {"example.mail.protection.outlook.com",
     "550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus. To request "
     "removal from this list see https://www.spamhaus.org/lookup.lasso (S3130).",
     "policy 5.7.1 blocked"},
    {"example.mail.protection.outlook.com",
     "550 5.7.606 Access denied, banned sending IP [192.0.2.1]. To request removal from this list "
     "please visit https://sender.office.com/",
     "policy 5.7.606 blocked"},
    {"outlook-com.olc.protection.outlook.com",
     "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your "
     "Internet service provider since part of their network is on our block list (S3140).",
     "policy 5.7.1 blocked"},
    {"outlook-com.olc.protection.outlook.com",
     "451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP "
     "reputation. For e-mail delivery information, see https://postmaster.live.com (S775)",
     "policy 4.7.650 speeding"},
    {"outlook-com.olc.protection.outlook.com",
     "552 5.2.2 This message is larger than the current system limit or the recipient's mailbox is "
     "full. Create a shorter message body or remove attachments and try sending it again.",
     "soft 5.2.2 mailboxfull"},
    {"example.mail.protection.outlook.com",
     "550 5.7.509 Access denied, sending domain EXAMPLE.NET does not pass DMARC verification and "
     "has a DMARC policy of reject.",
     "policy 5.7.509 authfailure"},
    {"example.mail.protection.outlook.com",
     "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP.",
     "policy 5.7.708 blocked"},
    {"example.mail.protection.outlook.com",
     "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException; Failed to process "
     "message due to a permanent exception with message Cannot open mailbox /o=First",
     "soft 5.2.2 mailboxfull"},
    {"example.mail.protection.outlook.com",
     "554 5.2.1 STOREDRV.Deliver; delivery result banned. MapiExceptionNotFound",
     "soft 5.2.1 suspend"},
    {"example.mail.protection.outlook.com",
     "550 5.1.8 Access denied, bad outbound sender AS(42004)", "policy 5.1.8 rejected"},
    {"example.mail.protection.outlook.com",
     "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required [Stage: CreateMessage]",
     "policy 5.7.1 securityerror"},
    {"example.mail.protection.outlook.com", "550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized",
     "policy 5.7.1 policyviolation"},
    {"example.mail.protection.outlook.com",
     "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient",
     "soft 5.2.3 mesgtoobig"},
    {"example.mail.protection.outlook.com",
     "550 5.4.14 Hop count exceeded - possible mail loop ATTR34", "soft 5.4.14 networkerror"},
    {"example.mail.protection.outlook.com",
     "550 5.4.310 DNS domain a.example does not exist [Message=InfoDomainNonexistent]",
     "hard 5.4.310 hostunknown"},
    {"example.mail.protection.outlook.com", "550 4.4.7 QUEUE.Expired; message expired",
     "soft 4.4.7 expired"},
    {"example.mail.protection.outlook.com",
     "550 5.1.351 Remote server returned unknown recipient or mailbox unavailable -> 550 5.1.1 "
     "User unknown",
     "hard 5.1.351 userunknown"},
    {"example.mail.protection.outlook.com", "450 4.7.320 Certificate validation failed",
     "policy 4.7.320 policyviolation"},
    {"example.mail.protection.outlook.com",
     "550 5.7.501 Access denied, spam abuse detected from IP range.",
     "policy 5.7.501 policyviolation"},
    {"example.mail.protection.outlook.com", "550 5.1.1 User unknown; RESOLVER.ADR.ExRecipNotFound",
     "hard 5.1.1 userunknown"},
    {"example.mail.protection.outlook.com", "550 5.1.4 RESOLVER.ADR.Ambiguous; ambiguous address",
     "soft 5.1.4 filtered"},
    {"example.mail.protection.outlook.com", "550 5.6.11 Invalid characters",
     "policy 5.6.11 contenterror"},
    {"example.mail.protection.outlook.com", "550 5.7.64 TenantAttribution; Relay Access Denied",
     "policy 5.7.64 norelaying"},
    {"example.mail.protection.outlook.com",
     "550 5.7.23 The message was rejected because of Sender Policy Framework violation -> 550 SPF "
     "check failed",
     "policy 5.7.23 authfailure"},
    {"example.mail.protection.outlook.com",
     "550 5.4.316 Message expired, connection refused(Socket error code 10061)",
     "soft 5.4.316 expired"},
    {"mx-eu.mail.am0.yahoodns.net",
     "554 delivery error: dd This user doesn't have a yahoo.com account (ana@yahoo.com) [0] - "
     "mta4166.mail.bf1.yahoo.com",
     "hard 5.0.911 userunknown"},
    {"mx-eu.mail.am0.yahoodns.net",
     "554 delivery error: dd Sorry, your message to ana@yahoo.com cannot be delivered. This "
     "mailbox is disabled (554.30). - mta4247.mail.gq1.yahoo.com",
     "soft 5.0.921 suspend"},
    {"mx-eu.mail.am0.yahoodns.net",
     "554 30 Sorry, your message to ana@yahoo.com cannot be delivered. This mailbox is disabled "
     "(554.30)",
     "soft 5.0.921 suspend"},
    {"mx-eu.mail.am0.yahoodns.net", "552 1 Requested mail action aborted, mailbox not found",
     "hard 5.0.911 userunknown"},
    {"mx-eu.mail.am0.yahoodns.net",
     "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or "
     "user complaints - 4.16.55.1",
     "policy 4.7.0 badreputation"},
    {"mx-eu.mail.am0.yahoodns.net",
     "553 5.7.2 [TSS09] All messages from 192.0.2.1 will be permanently deferred; Retrying will "
     "NOT succeed. See https://postmaster.yahooinc.com/error-codes",
     "policy 5.7.2 blocked"},
    {"mx-eu.mail.am0.yahoodns.net",
     "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in "
     "Spamhaus's list; see http://postmaster.yahoo.com/550-bl23.html",
     "policy 5.7.1 blocked"},
    {"mx-eu.mail.am0.yahoodns.net",
     "554 5.7.9 Message not accepted for policy reasons. See "
     "http://postmaster.yahoo.com/errors/postmaster-28.html",
     "policy 5.7.9 policyviolation"},
    {"mx-eu.mail.am0.yahoodns.net",
     "554 Message not allowed - [PH01] Email not accepted for policy reasons. Please visit "
     "https://postmaster.yahooinc.com/error-codes",
     "policy 5.0.972 policyviolation"},
    {"mx-eu.mail.am0.yahoodns.net",
     "550 5.7.9 This mail has been blocked because the sender is unauthenticated. Yahoo requires "
     "all senders to authenticate with either SPF or DKIM.",
     "policy 5.7.9 authfailure"},
    {"mx-eu.mail.am0.yahoodns.net",
     "451 Message temporarily deferred due to unresolvable RFC.5321 from domain; see "
     "https://postmaster.yahooinc.com/error-codes",
     "policy 4.0.918 rejected"},
    {"mx1.comcast.net", "550 5.1.1 <ana@comcast.net> Account not available",
     "hard 5.1.1 userunknown"},
    {"mx1.comcast.net", "554 5.7.1 - Connection refused. IP address 192.0.2.1 listed. BL000001",
     "policy 5.7.1 blocked"},
    {"mx1.comcast.net",
     "421 4.1.0 192.0.2.1 Throttled - try again later. "
     "http://postmaster.comcast.net/smtp-error-codes.php#RL000001",
     "policy 4.1.0 speeding"},
    {"mx1.comcast.net",
     "550 5.2.0 Message rejected due to DMARC. Please see "
     "http://postmaster.comcast.net/smtp-error-codes.php#DM000001",
     "policy 5.2.0 authfailure"},
    {"mx1.comcast.net", "552 5.2.0 Message larger than the limit - message rejected",
     "soft 5.2.0 mesgtoobig"},
    {"mx1.comcast.net",
     "554 resimta-po-12v.sys.comcast.net comcast 192.0.2.1 found on one or more DNSBLs, see "
     "http://postmaster.comcast.net/smtp-error-codes.php#BL000001",
     "policy 5.0.971 blocked"},
    {"mx1.comcast.net", "550 5.2.2 user over quota", "soft 5.2.2 mailboxfull"},
    {"mx1.comcast.net", "421 Reverse DNS failure: Try again later PTR000",
     "policy 4.0.975 requireptr"},
    {"mx1.comcast.net", "550 5.1.1 Not our Customer", "hard 5.1.1 userunknown"},
    {"cxr.mx.a.cloudfilter.net",
     "554 cxr.mx.a.cloudfilter.net cox 192.0.2.1 blocked. Error Code: CXBL. Refer to Error Codes "
     "section at https://www.cox.com/",
     "policy 5.0.971 blocked"},
    {"cxr.mx.a.cloudfilter.net", "421 4.7.1 - Connection refused - Too many connections AUP#CXCNCT",
     "policy 4.7.1 toomanyconn"},
    {"cxr.mx.a.cloudfilter.net", "552 5.1.1 ana@cox.net mailbox over quota",
     "soft 5.1.1 mailboxfull"},
    {"cxr.mx.a.cloudfilter.net",
     "550 5.1.0 ana@example.net sender rejected. Refer to Error Codes section at "
     "https://www.cox.com/residential/support AUP#CXSNDR",
     "policy 5.1.0 rejected"},
    {"cxr.mx.a.cloudfilter.net", "550 5.1.1 <ana@cox.net> - Invalid mailbox AUP#MXRT",
     "hard 5.1.1 userunknown"},
    {"cxr.mx.a.cloudfilter.net", "421 - too many sessions from 192.0.2.1",
     "policy 4.0.945 toomanyconn"},
    {"cxr.mx.a.cloudfilter.net",
     "554 5.2.0 dukecmfep01 cox Your message was blocked by our content filter. URLBL011",
     "policy 5.2.0 spamdetected"},
    {"cxr.mx.a.cloudfilter.net", "421 - [ERROR] CXDNS: no reverse DNS for 192.0.2.1",
     "policy 4.0.975 requireptr"},
    {"nlp.charter.net",
     "550 5.7.1 AUP#I-1000 Your IP address 192.0.2.1 has been blocked due to suspicious activity",
     "policy 5.7.1 blocked"},
    {"mx.charter.net", "550 5.1.1 <ana@charter.net> recipient rejected AUP#MXRT",
     "hard 5.1.1 userunknown"},
    {"mx.charter.net", "452 Too many recipients. AUP#In-1240", "policy 4.0.948 speeding"},
    {"mx.charter.net", "552 Mailbox full AUP#In-1500", "soft 5.0.922 mailboxfull"},
    {"ff-ip4-mx-vip1.prodigy.net",
     "550 5.7.1 Connections not accepted from servers without a valid sender domain.flph Fix "
     "reverse DNS for 192.0.2.1",
     "policy 5.7.1 requireptr"},
    {"ff-ip4-mx-vip1.prodigy.net", "550 5.2.1 ana@att.net... Addressee unknown, relay=[192.0.2.1]",
     "hard 5.2.1 userunknown"},
    {"smtp-in.orange.fr",
     "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR204_416 [416]",
     "hard 5.1.1 userunknown"},
    {"smtp-in.orange.fr",
     "421 smtp.orange.fr [192.0.2.1] Service refuse. Veuillez essayer plus tard. Service refused, "
     "please try later. OFR_999 [999]",
     "policy 4.0.971 blocked"},
    {"smtp-in.orange.fr",
     "421 smtp.orange.fr Trop de connexions, veuillez verifier votre configuration. Too many "
     "connections, slow down. OFR004_104 [104]",
     "policy 4.0.945 toomanyconn"},
    {"smtp-in.orange.fr", "552 5.2.2 Boite du destinataire pleine. Recipient overquota. OFR_417",
     "soft 5.2.2 mailboxfull"},
    {"smtp-in.orange.fr", "550 5.7.1 Service refuse. Spam. Service refused. OFR_506 [506]",
     "policy 5.7.1 blocked"},
    {"smtp-in.orange.fr",
     "550 5.2.1 Ce compte de messagerie est inactif. Mailbox is inactive. OFR_418",
     "soft 5.2.1 suspend"},
    {"smtp-in.orange.fr", "501 5.1.0 Emetteur invalide. Invalid Sender. OFR004_405 [405]",
     "policy 5.1.0 rejected"},
    {"smtp-in.orange.fr",
     "550 mwinf5c04 ME Adresse IP source bloquee pour incident de spam. Client host blocked for "
     "spamming issues. OFR006_102 Ref http://csi.cloudmark.com",
     "policy 5.0.971 blocked"},
    {"smtp-in.sfr.fr",
     "550 5.1.1 <ana@sfr.fr>: Recipient address rejected: LaPoste, user unknown LPN007_416",
     "hard 5.1.1 userunknown"},
    {"smtp.laposte.net", "550 5.7.1 Service refuse, DMARC. LPN105_DMARC",
     "policy 5.7.1 authfailure"},
    {"eu-smtp-inbound-1.mimecast.com",
     "550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550 [xQ]",
     "hard 5.0.911 userunknown"},
    {"eu-smtp-inbound-1.mimecast.com",
     "550 Rejected by header based Anti-Spoofing policy: a@b - "
     "https://community.mimecast.com/docs/DOC-1369#550",
     "policy 5.0.972 policyviolation"},
    {"eu-smtp-inbound-1.mimecast.com",
     "550 Administrative prohibition - envelope blocked - "
     "https://community.mimecast.com/docs/DOC-1369#550",
     "policy 5.0.972 policyviolation"},
    {"eu-smtp-inbound-1.mimecast.com",
     "554 Email rejected due to security policies - MCSpamSignature.x.x",
     "policy 5.0.972 policyviolation"},
    {"eu-smtp-inbound-1.mimecast.com",
     "550 csi.mimecast.org Poor Reputation Sender. - https://community.mimecast.com",
     "policy 5.0.974 badreputation"},
    {"eu-smtp-inbound-1.mimecast.com",
     "550 Rejected by Mimecast: Recipient email address is possibly incorrect",
     "hard 5.0.911 userunknown"},
    {"eu-smtp-inbound-1.mimecast.com", "554 Maximum email size exceeded",
     "soft 5.0.934 mesgtoobig"},
    {"eu-smtp-inbound-1.mimecast.com", "554 Mail loop detected", "soft 5.0.944 networkerror"},
    {"eu-smtp-inbound-1.mimecast.com", "553 sender denied because of missing/broken SPF record",
     "policy 5.0.973 authfailure"},
    {"eu-smtp-inbound-1.mimecast.com", "535 Incorrect authentication data",
     "policy 5.0.970 securityerror"},
    {"mx0a-00000.pphosted.com", "550 5.1.1 User Unknown", "hard 5.1.1 userunknown"},
    {"mx0a-00000.pphosted.com", "554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1",
     "policy 5.0.971 blocked"},
    {"mx0a-00000.pphosted.com", "550 5.7.0 Local Policy Violation", "policy 5.7.0 policyviolation"},
    {"mailstore1.secureserver.net", "550 ana@a.example Recipient not found. IB201",
     "hard 5.0.911 userunknown"},
    {"smtp.secureserver.net",
     "554 RBL Reject. Your message was rejected because the sending IP is listed. IB104",
     "policy 5.0.971 blocked"},
    {"mailstore1.secureserver.net", "552 Account storage limit", "soft 5.0.922 mailboxfull"},
    {"mailstore1.secureserver.net", "550 5.1.1 <ana@a.example> Account does not exist",
     "hard 5.1.1 userunknown"},
    {"mailstore1.secureserver.net", "552 5.2.1 <ana@a.example> Account disabled",
     "soft 5.2.1 suspend"},
    {"smtp.secureserver.net", "421 Too many concurrent connections. IB705",
     "policy 4.0.945 toomanyconn"},
    {"smtp.secureserver.net", "421 temporarily rejected. Reverse DNS for 192.0.2.1 failed. IB108",
     "policy 4.0.975 requireptr"},
    {"smtp.secureserver.net",
     "552 This message has been rejected due to content judged to be spam by the internet "
     "community IB212",
     "policy 5.0.980 spamdetected"},
    {"smtp.secureserver.net",
     "554 This email from IP 192.0.2.1 has been rejected. The email message was detected as spam. "
     "IB703",
     "policy 5.0.980 spamdetected"},
    {"mx1.mail.icloud.com", "550 5.1.1 <ana@icloud.com>: user does not exist",
     "hard 5.1.1 userunknown"},
    {"mx1.mail.icloud.com", "550 5.1.6 recipient no longer on server: ana@icloud.com",
     "hard 5.1.6 hasmoved"},
    {"mx1.mail.icloud.com", "552 5.2.2 <ana@icloud.com>: user is over quota",
     "soft 5.2.2 mailboxfull"},
    {"mx1.mail.icloud.com",
     "550 5.7.1 [HM08] Message rejected due to local policy. Please visit "
     "https://support.apple.com/en-us/HT204137",
     "policy 5.7.1 policyviolation"},
    {"mx1.mail.icloud.com",
     "550 5.7.0 Blocked - see https://support.proofpoint.com/dnsbl-lookup.cgi?ip=192.0.2.1",
     "policy 5.7.0 blocked"},
    {"mx1.mail.icloud.com", "550 5.1.1 unknown or illegal alias: ana@icloud.com",
     "hard 5.1.1 userunknown"},
    {"mx1.mail.icloud.com",
     "421 4.7.1 Messages to ana@icloud.com deferred due to excessive volume. Try again later",
     "policy 4.7.1 speeding"},
    {"mx3.qq.com",
     "550 Mailbox not found. "
     "http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000728",
     "hard 5.0.911 userunknown"},
    {"mx3.qq.com", "550 Mail content denied. http://service.mail.qq.com/",
     "policy 5.0.980 spamdetected"},
    {"mx3.qq.com", "550 Mail is rejected by recipients", "soft 5.0.910 filtered"},
    {"mxbiz1.qq.com", "550 SPF check failed. http://service.mail.qq.com/",
     "policy 5.0.973 authfailure"},
    {"mxbiz1.qq.com", "552 Message too large", "soft 5.0.934 mesgtoobig"},
    {"mx.163.com", "550 User not found: ana@163.com", "hard 5.0.911 userunknown"},
    {"mx.163.com", "550 User suspended", "soft 5.0.921 suspend"},
    {"mx.163.com", "554 DT:SPM 163 mx14,P8CowECpNVM_oEVaenoEAQ--.23",
     "policy 5.0.980 spamdetected"},
    {"mx.163.com", "553 Requested action not taken: NULL sender is not allowed",
     "policy 5.0.918 rejected"},
    {"mx.zoho.com", "550 5.1.1 Invalid email recipients", "hard 5.1.1 userunknown"},
    {"mx.zoho.com", "550 5.7.1 Email cannot be delivered. Reason: Email flagged as Spam.",
     "policy 5.7.1 spamdetected"},
    {"mx.zoho.com", "552 5.2.2 Mailbox quota exceeded", "soft 5.2.2 mailboxfull"},
    {"mx.zoho.com", "550 5.1.1 User does not exist - <ana@a.example>", "hard 5.1.1 userunknown"},
    {"smtpin.mx.facebook.com",
     "550 5.1.1 RCP-P2 http://postmaster.facebook.com/response_codes?ip=192.0.2.1#rcp Refused due "
     "to recipient preferences",
     "soft 5.1.1 filtered"},
    {"smtpin.mx.facebook.com", "550 5.1.1 INT-P1 http://postmaster.facebook.com/response_codes",
     "hard 5.1.1 userunknown"},
    {"smtpin.mx.facebook.com", "550 5.7.1 POL-P1 http://postmaster.facebook.com/response_codes",
     "policy 5.7.1 blocked"},
    {"mfsmax.docomo.ne.jp", "550 Unknown user ana@docomo.ne.jp", "soft 5.0.910 filtered"},
    {"lsean.ezweb.ne.jp", "550 <ana@ezweb.ne.jp>: User unknown", "hard 5.0.911 userunknown"},
    {"msmx.au.com", "550 : User unknown", "soft 5.0.910 filtered"},
    {"mx.softbank.ne.jp", "550 Invalid recipient: <ana@softbank.ne.jp>",
     "hard 5.0.911 userunknown"},
    {"mx.au.com", "550 5.2.0 : user unknown", "soft 5.2.0 filtered"},
    {"lsean.ezweb.ne.jp", "552 <ana@ezweb.ne.jp>: mailbox full", "soft 5.0.922 mailboxfull"},
    {"mxs.mail.ru",
     "550 Message was not accepted -- invalid mailbox. Local mailbox ana@mail.ru is unavailable: "
     "user not found",
     "hard 5.0.911 userunknown"},
    {"mxs.mail.ru",
     "550 Message was not accepted -- invalid mailbox. Local mailbox ana@mail.ru is unavailable: "
     "account is disabled",
     "soft 5.0.921 suspend"},
    {"mxs.mail.ru",
     "550 spam message rejected. Please visit http://help.mail.ru/notspam-support/id?c=x",
     "policy 5.0.980 spamdetected"},
    {"mxs.mail.ru", "552 5.2.2 Over quota. Mailbox is full", "soft 5.2.2 mailboxfull"},
    {"mx.yandex.ru", "550 5.7.1 No such user!", "hard 5.7.1 userunknown"},
    {"mx.yandex.ru", "554 5.7.1 Message rejected under suspicion of SPAM; https://ya.cc/1IrBc",
     "policy 5.7.1 spamdetected"},
    {"mx.yandex.ru", "552 5.2.2 Mailbox size limit exceeded", "soft 5.2.2 mailboxfull"},
    {"mx.yandex.ru", "550 5.2.1 Mailbox is blocked", "soft 5.2.1 suspend"},
    {"mx00.gmx.net", "550 Requested action not taken: mailbox unavailable",
     "hard 5.0.911 userunknown"},
    {"mx00.gmx.net",
     "554 Transaction failed Reject due to policy restrictions. For explanation visit "
     "http://postmaster.gmx.com/en/error-messages",
     "policy 5.0.972 policyviolation"},
    {"mx00.t-online.de",
     "550-5.7.0 Message considered as spam or virus, rejected 550-5.7.0 Message rejected because "
     "it was considered as spam.",
     "policy 5.7.0 spamdetected"},
    {"mx00.t-online.de", "550-5.1.1 <ana@t-online.de>: Recipient address rejected. User unknown",
     "hard 5.1.1 userunknown"},
    {"mx00.t-online.de",
     "554 IP=192.0.2.1 - A problem occurred. (Ask your postmaster for help or to contact "
     "tosa@rx.t-online.de to clarify.) (BL)",
     "policy 5.0.971 blocked"},
    {"mx.a.example",
     "550 5.1.1 <ana@a.example>: Recipient address rejected: User unknown in virtual mailbox table",
     "hard 5.1.1 userunknown"},
    {"mx.a.example",
     "550 5.1.1 <ana@a.example>: Recipient address rejected: User unknown in relay recipient table",
     "hard 5.1.1 userunknown"},
    {"mx.a.example",
     "550 5.1.1 <ana@a.example>: Recipient address rejected: undeliverable address: host mx said: "
     "550 5.1.1 User unknown",
     "hard 5.1.1 userunknown"},
    {"mx.a.example", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
     "policy 5.7.1 norelaying"},
    {"mx.a.example", "554 5.7.1 <ana@a.example>: Relay access denied", "policy 5.7.1 norelaying"},
    {"mx.a.example", "511 sorry, no mailbox here by that name (#5.1.1 - chkuser)",
     "hard 5.1.1 userunknown"},
    {"mx.a.example", "550 sorry, no mailbox here by that name. (#5.7.17)",
     "hard 5.7.17 userunknown"},
    {"mx.a.example",
     "550-Verification failed for <x@example.net> 550-No Such User Here 550 Sender verify failed",
     "policy 5.0.918 rejected"},
    {"mx.a.example", "550 No Such User Here", "hard 5.0.911 userunknown"},
    {"mx.a.example",
     "550 \"The recipient cannot be verified. Please check all recipients of this message to "
     "verify they are valid.\"",
     "hard 5.0.911 userunknown"},
    {"mx.a.example", "550 Unrouteable address", "hard 5.0.911 userunknown"},
    {"mx.a.example", "550 unknown user", "hard 5.0.911 userunknown"},
    {"mx.a.example", "550 Mailbox quota exceeded", "soft 5.0.922 mailboxfull"},
    {"mx.a.example",
     "552 5.2.2 <ana@a.example>: Recipient address rejected: Mailbox is full / Blocks limit "
     "exceeded / Inode limit exceeded",
     "soft 5.2.2 mailboxfull"},
    {"mx.a.example", "550 5.7.1 Unable to relay", "policy 5.7.1 norelaying"},
    {"mx.a.example", "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found", "hard 5.1.1 userunknown"},
    {"mx.a.example", "550 Administrative prohibition", "policy 5.0.972 policyviolation"},
    {"mx.a.example",
     "554 5.7.1 The message from (<a@b>) with the subject of (x) matches a profile the Internet "
     "community may consider spam. Please revise your message before resending.",
     "policy 5.7.1 spamdetected"},
    {"mx.barracudanetworks.com",
     "550 permanent failure for one or more recipients (ana@a.example:550 5.1.1 User unknown)",
     "hard 5.1.1 userunknown"},
    {"mx.a.example", "550 No such recipient", "hard 5.0.911 userunknown"},
    {"mx.a.example", "550 Invalid recipient <ana@a.example> (#5.1.1)", "hard 5.1.1 userunknown"},
    {"mx.a.example", "550 RCPT TO:<ana@a.example> User unknown", "hard 5.0.911 userunknown"},
    {"mx.a.example", "554 5.4.6 Too many hops 26 (25 max)", "soft 5.4.6 networkerror"},
    {"mx.a.example", "550 #5.1.0 Address rejected.", "hard 5.1.0 userunknown"},
    {"mx.a.example",
     "550 5.2.1 Mailbox unavailable. Your IP address 192.0.2.1 is blacklisted using "
     "truncate.gbudb.net.",
     "policy 5.2.1 blocked"},
    {"mx.a.example",
     "550 5.7.1 Your access to this mail system has been rejected due to the sending MTA's poor "
     "reputation. If you believe that this failure is in error, please contact the intended "
     "recipient via alternate means.",
     "policy 5.7.1 badreputation"},
    {"mx.a.example", "521 5.2.1 :  (CON:B1)  https://postmaster.aol.com/error-codes#554conb1",
     "policy 5.2.1 blocked"},
    {"mx.a.example", "550 5.1.1 <ana@aol.com>: Recipient address rejected: aol.com",
     "hard 5.1.1 userunknown"},
    {"mx.a.example", "550 MAILBOX NOT FOUND", "hard 5.0.911 userunknown"},
    {"mx.a.example", "550 We do not accept mail from this address", "policy 5.0.918 rejected"},
    {"mx.a.example", "556 5.1.10 Recipient address has null MX", "hard 5.1.10 notaccept"},
    {"mx.a.example", "521 5.3.2 Host does not accept mail", "hard 5.3.2 notaccept"},
    {"mx.a.example", "550 ana@a.example is not a known mailbox here", "hard 5.0.911 userunknown"},
    {"mx.a.example", "550 5.1.6 ana has moved to another address", "hard 5.1.6 hasmoved"},
    {"mx.a.example", "550 5.7.1 Mail from example.net is not allowed, DNSBL listed",
     "policy 5.7.1 blocked"},
    {"mx.a.example", "550 El usuario no existe", "hard 5.0.911 userunknown"},
    {"mx.a.example", "550 5.1.1 Benutzer hat zuviele Mails auf dem Server",
     "soft 5.1.1 mailboxfull"},
    {"mx.a.example", "550 5.2.2 Postfach voll", "soft 5.2.2 mailboxfull"},
    {"mx.a.example", "553 5.1.8 <x@y>... Domain of sender address x@y does not exist",
     "policy 5.1.8 rejected"},
    {"mx.a.example", "450 4.1.8 <x@y>: Sender address rejected: Domain not found",
     "policy 4.1.8 rejected"},
    {"mx.a.example", "550 5.1.2 <ana@a.example>: Recipient address rejected: Domain not found",
     "hard 5.1.2 hostunknown"},
    {"mx.a.example", "553 5.3.5 system config error", "soft 5.3.5 systemerror"},
    {"mx.a.example", "452 4.3.1 Insufficient system storage", "soft 4.3.1 systemfull"},
    {"mx.a.example", "552 5.3.4 Message size exceeds fixed limit", "soft 5.3.4 mesgtoobig"},
    {"mx.a.example", "550 5.0.0 Your message may contain the Win32/Netsky worm!!",
     "policy 5.0.0 virusdetected"},
    {"mx.a.example", "550 5.7.1 Message content rejected, id=00000-00 - VIRUS: Eicar-Test",
     "policy 5.7.1 spamdetected"},
    {"mx.a.example", "550 5.1.7 Sender address invalid", "policy 5.1.7 rejected"},
};

static void test_sentences(void **state) {
    (void)state;
    for (size_t i = 0; i < PN_COUNT(SENTENCES); i++) {
        const sentence *s = &SENTENCES[i];
        pn_str text = pn_str_format(
            &arena,
            DAEMON "A message that you sent could not be delivered to:\n\n  ana@a.example\n"
                   "    SMTP error from remote mail server after RCPT TO:<ana@a.example>:\n"
                   "    host %s [192.0.2.9]: %s\n",
            s->host, s->words);
        pn_str expected = pn_str_format(&arena, "%s ana@a.example", s->expected);
        expect(s->words, text.ptr, expected.ptr);
    }
}

/* The same words are a filter's where nobody says that they answered RCPT. */
static void test_unplaced(void **state) {
    (void)state;
    static const sample UNPLACED[] = {
        {"nothing known of it",
         DAEMON "Unable to deliver to:\n\n<ana@a.example>: 550 No such user here\n",
         "soft 5.0.910 filtered ana@a.example"},
        {"a code of the address",
         DAEMON "Unable to deliver to:\n\n<ana@a.example>: 550 5.1.1 No such user here\n",
         "hard 5.1.1 userunknown ana@a.example"},
        {"a receiver that refuses early",
         DAEMON "Unable to deliver to:\n\n<ana@ezweb.ne.jp>: 550 <ana@ezweb.ne.jp>: User "
                "unknown\n",
         "hard 5.0.911 userunknown ana@ezweb.ne.jp"},
        {"its own words, no server's reply",
         DAEMON "Unable to deliver to:\n\n<ana@a.example>: no such user here\n",
         "hard 5.0.911 userunknown ana@a.example"},
        {"a language that people read",
         DAEMON "Unable to deliver to:\n\n<ana@a.example>: 550 El usuario no existe\n",
         "hard 5.0.911 userunknown ana@a.example"},
        {"PowerMTA's own conclusion",
         DAEMON "Final-Recipient: rfc822;ana@a.example\nAction: failed\nStatus: 5.0.0\n"
                "Diagnostic-Code: smtp;550 User unknown\n"
                "X-PowerMTA-BounceCategory: bad-mailbox\n",
         "hard 5.0.0 userunknown ana@a.example"},
        {"a transcript about two",
         DAEMON "   ----- The following addresses had permanent fatal errors -----\n"
                "<ana@a.example>\n    (reason: 550 User unknown)\n<eva@a.example>\n"
                "    (reason: 550 User unknown)\n\n   ----- Transcript of session follows -----\n"
                "... while talking to mx.a.example.:\n>>> RCPT To:<ana@a.example>\n"
                "<<< 550 User unknown\n",
         "hard 5.0.911 userunknown ana@a.example; hard 5.0.911 userunknown eva@a.example"},
        {"a name of its own, and a server quoted",
         "From: x@a.example\nTo: cobros@example.net\nSubject: There was an error sending your "
         "mail\n\nUnable to deliver message to:\n\n<ana@a.example>\n"
         "550 5.1.1 <ana@a.example> User unknown\n",
         "hard 5.1.1 userunknown ana@a.example"},
        {"a mailing list's server",
         "From: neko-admin@a.example\nTo: cobros@example.net\nX-MLServer: fml [fml 4.0.3]\n"
         "Subject: You are not member\n\nYou are not a member of this mailing list "
         "<neko@a.example>.\n",
         "policy 5.0.918 rejected neko@a.example"},
    };
    for (size_t i = 0; i < PN_COUNT(UNPLACED); i++) {
        expect(UNPLACED[i].name, UNPLACED[i].text, UNPLACED[i].expected);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sentences, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unplaced, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
