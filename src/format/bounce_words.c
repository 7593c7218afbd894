#include "format/bounce_words.h"

#include "base/banned.h"

/* Learnt from the documentation of mail servers and from mail that came back. Words that could
 * stand in a mail of ours do not belong here: reports quote what they return. */
const pn_words PN_WORDS[] = {
    /* What only our authentication can be meant by. */
    {PN_REASON_AUTH_FAILURE, false,
     "dmarc policy|dmarc verification|dmarc check|dmarc fail|dmarc reject"
     "|dmarcrejection|failed dmarc|not accepted due to domain's|unauthenticated email"
     "|unauthenticated mail|sender is unauthenticated|authentication checks failed"
     "|does not pass authentication|didn't pass email auth|not pass dmarc"
     "|per it's spf record|spf record|spf check|spf fail|spf validation|spf: fail"
     "|spf hard|failed spf|fails spf|spf lookup|not authorized by spf"
     "|violates its local spf|spf (sender policy framework)|sender policy framework"
     "|openspf|dkim fail|dkim signature|dkim verif|dkim check|dkim = did not pass"
     "|not dkim signed|email rejected per dmarc|sender domain authentication"
     "|is not allowed to send mail from|not designate*as permitted sender"
     "|due to dmarc|due to spf|dm000001|_dmarc|missing/broken spf|ib508|pol-p7|spf violation"},
    /* No name, or another, for our address. */
    {PN_REASON_REQUIRE_PTR, false,
     "reverse dns|reverse lookup|reverse hostname|rdns|ptr record|no ptr|missing ptr"
     "|require ptr|ptr failed|ptr entry|cannot find your hostname"
     "|cannot find your reverse|client host rejected: cannot find"
     "|cannot resolve your address|unresolvable address|ip name lookup failed"
     "|ip name forged|ip name possibly forged|hostname does not match"
     "|ip address does not resolve|does not resolve to a fully|fix reverse"
     "|mismatches client ip|sender ip must resolve|unverifyable sending"
     "|unverifiable sending|unverified dns name|no rdns"
     "|domain name lookup failed for your|ptr000|cxdns|ib108|dns-p3|(dns:b"},
    {PN_REASON_BLOCKED, false,
     "but my name was rejected|is not authorized to send email directly|bl00000"
     "|es000001|es000010|cxbl|cdrbl|ipbl0|ipbl1|pol-p1|pol-p2|pol-p3|pol-p4|pol-t1|pol-t2"
     "|pol-t3|(con:b|(rly:b|blocked - see|_is_blocked|spam ips blocked|permanently deferred"},
    /* Rates. */
    {PN_REASON_ON_HOLD, false, "recipient address rejected: on hold"},
    {PN_REASON_RATE_LIMITED, false,
     "sent to too many recipients|sending rate|rate limit on|message rate"
     "|too many messages|too many emails|too many mails|messages per hour"
     "|messages per connection|mails per hour|rate limited|receiving mail at a rate"
     "|receiving mail too quickly|sending too fast|sending too quickly|throttl"
     "|exceeded the rate|has exceeded its*rate|hourly limit|daily limit|excessive rate"
     "|unusual rate of|sending quota|sending limit|excessive volume|frequency limited"
     "|mailbox unavailable or access denied|rl00000|cxthrt|cxmxrt|too many recipients"},
    {PN_REASON_TOO_MANY_CONN, false,
     "too many connections|too many concurrent|too many simultaneous|too many sessions"
     "|connection rate limit|connection frequency|concurrent connection"
     "|connections from your|exceeded allowable connection|connection limit"
     "|maximum number of connections|simultaneous connections|cxcnct|ib705|connection denied"},
    /* Reputation. */
    {PN_REASON_BAD_REPUTATION, false,
     "low reputation|bad reputation|poor reputation|reputation of the sending"
     "|reputation is|sender reputation|ip reputation|domain reputation|senderbase"
     "|senderscore|unexpected volume or user complaints|user complaints"
     "|sender's reputation|due to the reputation|reputationfilter|based on reputation"},
    /* What the mail holds. */
    {PN_REASON_VIRUS_DETECTED, false,
     "virus detected|virus found|infected with|contains virus|contains a virus"
     "|virus infected|malware|malicious|considered as virus|found a virus|worm!!|virus!!"},
    /* Limits of a mailbox. */
    {PN_REASON_MAILBOX_FULL, false,
     "mailbox full|mailbox is full|mailbox has exceeded|mailbox exceeded"
     "|mailbox exceeds|mailbox*is full|mailbox for user is full|mailbox size limit"
     "|mailbox would exceed|mailboxfull|mail boxes are full|mailbox is overfull"
     "|mailbox overdrawn|mailbox has too many|maximum number of messages|mail quota"
     "|storage limit|inbox is full|inbox*full|mail box full|mail box is full"
     "|maildir over|maildir*quota|maildelivery*quota|over quota|overquota"
     "|over the quota|over their quota|over his*quota|over its*quota|over disk quota"
     "|over the maximum|over its limit|over the storage|over the limit of|quota exceed"
     "|quota is exceeded|quota has been exceeded|quota violation|quota full"
     "|quota is full|quota would be exceeded|quota exceeded|quota reached"
     "|exceeded*quota|exceeds*quota|exceeding*quota|exceeded his*storage"
     "|exceeded their*storage|exceeded storage|exceeded the storage"
     "|exceed*storage allocation|storage quota|out of storage|not enough storage"
     "|disk quota|disc quota|account is full|account full|user is full"
     "|user's mailbox is full|recipient's mailbox is full|recipient mailbox full"
     "|recipient storage full|insufficient disk quota|no space left in mailbox"
     "|not have enough space|does not have enough space|too much mail data"
     "|too many mail data|exceeds allowed size|user*has too much|buzon lleno"
     "|buzon*lleno|buzon esta lleno|cuota*excedida|excedio*cuota|ha superado*cuota"
     "|caixa de correio cheia|caixa*cheia|caixa postal*cheia|cota excedida"
     "|quota excedida|boite*pleine|espace*insuffisant|quota*depasse|postfach*voll"
     "|mailbox voll|postfach ist voll|speicherplatz*erschopft|casella*piena"
     "|mailbox piena|mailbox over|mailbox limit exceeded|mailbox or disk is full"
     "|メールボックスが一杯|メールボックスがいっぱい"
     "|メールボックスの容量|容量を超え|容量オーバー"
     "|zuviele mails|zu viele mails|int-p7|quota-issues"
     "|юзерский ящик переполнен|ящик*переполнен"
     "|почтовый ящик заполнен|邮箱空间不足|邮箱已满"
     "|邮箱满"},
    {PN_REASON_EXCEED_LIMIT, false,
     "message length exceeds|message length limit|exceeds limit set by recipient"
     "|larger than the current system limit for"
     "|message size exceeds maximum value permitted for the recipient"},
    {PN_REASON_MESG_TOO_BIG, false,
     "message too big|message too large|message is too large|message is too big"
     "|message file too big|message size exceeds|message size limit"
     "|message size violates|message larger than|message*larger than"
     "|exceeded maximum inbound message size|exceeds size limit|maximum message size"
     "|max message size|mesgtoobig|maximum email size|msg-p1|int-p2|mensaje demasiado "
     "grande|mensagem muito grande"
     "|message trop volumineux|nachricht*zu gro"},
    /* Our address, or where we send from. */
    {PN_REASON_NO_RELAYING, false,
     "relaying denied|relay denied|relay access denied|relaying not"
     "|relay not permitted|relaying mail to*is not allowed|not configured to relay"
     "|unable to relay|cannot relay|no relaying|relaying is prohibited"
     "|relaying blocked|relaying is not|relay is not permitted|refusing to relay"
     "|not a relay|not an open relay|insecure mail relay"
     "|that domain isn't in my list of allowed|isn't in my list of allowed rcpthosts"
     "|not permitted to relay|relay prohibited|use of this mail relay"
     "|authentication is required to relay|authentication required for relay"
     "|send relay"
     "|mail server requires authentication when attempting to send to a non-local"},
    /* A program on their side. */
    {PN_REASON_MAILER_ERROR, false,
     "procmail:|maildrop:|command output:|unknown mailer error"
     "|cannot send message using|mailer \"|mailer error"},
    {PN_REASON_HOST_UNKNOWN, false,
     "the account or domain may not exist, they may be blacklisted, or missing the proper dns"},
    /* The recipient moved, or was switched off. */
    {PN_REASON_HAS_MOVED, false,
     "has moved|has been moved|address has changed|address changed to"
     "|has been replaced by|no longer employed here|new e-mail address"
     "|please update your address book"},
    {PN_REASON_SUSPEND, false,
     "account is disabled|account disabled|account*disabled|account*has been suspended"
     "|account*suspended|account is suspended|account*deactivated|account*blocked"
     "|account*locked|account is not active|account inactive|account is inactive"
     "|account*inactive|account*discontinued|account closed|account*closed"
     "|account*frozen|account on hold|mailbox disabled|mailbox is disabled"
     "|mailbox*disabled|mailbox is currently disabled|mailbox*suspended"
     "|mailbox is inactive|mailbox inactive|mailbox*frozen|mailbox*blocked"
     "|mailbox*deactivated|mailbox currently suspended"
     "|mailbox*unavailable because it is disabled|mailbox temporarily disabled"
     "|user*suspended|user*is disabled|user*deactivated|user*is inactive"
     "|user*is locked|user is inactive|user inactive|user disabled"
     "|user account disabled|recipient*suspended|recipient*disabled"
     "|recipient*has been disabled|recipient is inactive"
     "|email account that you tried to reach is disabled"
     "|email account that you tried to reach is inactive|domain*suspended"
     "|domain is suspended|vdelivermail: account is locked|currently suspended"
     "|has been suspended|is suspended|temporarily locked|temporary locked"
     "|invalid/inactive|sms*disabled|not_activated|suppression list|due to suppression"
     "|cuenta*suspendida|casilla*expirado|cuenta*expirado|buzon*deshabilitado"
     "|caixa*desativada|cuenta*deshabilitada|cuenta*desactivada|cuenta*bloqueada"
     "|conta*suspensa|conta*desativada|conta*bloqueada|compte*bloque|compte*desactive"
     "|compte*suspendu|konto*gesperrt|konto*deaktiviert|account*disattivato"
     "|casella*disattivata|利用停止|user account expired|account has "
     "expired|inactive-mailbox|administratively disabled"},
    /* Words that our own address is refused by; before those of an unknown user. */
    {PN_REASON_REJECTED, false,
     "sender rejected|sender was rejected|sender address rejected"
     "|sender address is not|sender denied|sender verify failed"
     "|sender verification failed|sender verification error|sender unknown"
     "|sender is not*allowed|sender not allowed|sender not authorized"
     "|sender domain must|sender domain*does not exist|sender's domain"
     "|sender's address|sender refused|sender is spammer|sender not pre-approved"
     "|unroutable sender|invalid sender|unknown sender|mail from must equal"
     "|mail from:*refused| mail from*rejected|mail from*denied"
     "|mail from command*rejected|domain of sender address|address not verified"
     "|from address*not|null sender|empty envelope sender|bounce-only"
     "|bounces are not accepted|backscatter|can't verify sender|cannot verify sender"
     "|could not verify sender|you are not a member|you are not authorized to send"
     "|you are not allowed to post|you are not allowed to send|you are not permitted"
     "|you are not subscribed|you're sending this from a different address"
     "|not authorized to send|not permitted to send|not allowed to send"
     "|permission to post|permissions to post|allowed to post|members-only"
     "|posting*not allowed|only*can post|does not accept messages from"
     "|does not accept mail from|is not accepting mail from"
     "|isn't accepting messages from|rejected sender|recipient only accepts mail from"
     "|only accepts mail from known senders|this recipient only accepts"
     "|server rejected mail from|registered gateway user|groups.google.com/support"
     "|we do not accept mail from|rfc*from domain;|sender address has null|cxsndr|dns-p1|dns-p2"
     "|invalid dns mx|rejected by destination domain|ib506"},
    /* Said after the whole mail was taken, when no address is refused any more: KDDI, Yahoo. */
    {PN_REASON_FILTERED, false,
     "550 : user unknown|550: : user unknown|rcp-p2|rcp-p3|they are not accepting mail from"},
    {PN_REASON_HOST_UNKNOWN, false,
     "recipient address rejected: domain not found|bad-domain|non-existent hosts"
     "|code nxdomain|: nxdomain|domain doesnt exist|no mx or a record"},
    /* The address does not exist. */
    {PN_REASON_USER_UNKNOWN, false,
     "user unknown|unknown user|no longer accepts mail|no longer accepting mail"
     "|has no account|we have no record|we do not have a mailbox|no record of"
     "|unknown virtual mailbox|invalid or unknown virtual user|invalid mailbox path"
     "|not a registered|is not registered|user does not have|mailbox*not been found"
     "|no longer employed|user is unknown|user not found|user not known"
     "|user doesn't have|user does not exist|user doesn't exist|user*does not exist"
     "|user*doesn't exist|user*not found|user*is not known|user*not known"
     "|user*not exist|user no longer|user no longer on server|no such user"
     "|no such recipient|no such mailbox|no such address|no such account|no such email"
     "|no such person|no such local user|no such alias|no such name|no such e-mail"
     "|no such domain user|no user here|no user by that name|no account by that name"
     "|no mailbox here by that name|no mailbox by that name|no mailbox found"
     "|no valid recipient|no recipients*valid|no matches to nameserver"
     "|there is no such|there is no user|there's no user|not a valid mailbox"
     "|not a valid user|not a valid recipient|not a valid email|not a valid address"
     "|not a known user|not a local user|not our customer|not known at this"
     "|not known here|isn't registered|is not a known|is not known"
     "|not listed in domino directory|not listed in public name|not found in directory"
     "|not found in domino|not in address book|is not in the address book"
     "|does not exist on this system|mailbox not found|mailbox does not exist"
     "|mailbox doesn't exist|mailbox*does not exist|mailbox*doesn't exist"
     "|mailbox*not found|mailbox unknown|mailbox invalid|mailbox*not exist"
     "|unknown mailbox|unknown recipient|unknown address|unknown account|unknown alias"
     "|unknown local|unknown email|unknown e-mail|unknown to address"
     "|unknown or illegal|unknown or inactive|unknown virtual|undefined mail alias"
     "|recipient unknown|recipient not found|recipient*not found"
     "|recipient does not exist|recipient*does not exist|recipient*doesn't exist"
     "|recipient*unknown|recipient not exist|recipient is not known"
     "|recipient name is not recognized|recipient*not recognized"
     "|recipient*couldn't be found|recipient*could not be found"
     "|recipient*not be resolved|recipient address does not exist"
     "|recipient address rejected: user unknown"
     "|recipient address rejected: access denied"
     "|recipient address rejected: undeliverable address"
     "|recipient address rejected: unknown|recipient address rejected: invalid"
     "|recipient invalid|recipient rejected: no mailbox"
     "|recipient*is not on this server|recipientnotfound|recipnotfound"
     "|resolver.adr.exrecipnotfound|resolver.adr.recipnotfound|invalid recipient"
     "|invalid final delivery userid|invalid mailbox|invalid user|invalid email"
     "|invalid e-mail|invalid or nonexistent|bad destination mailbox|bad destination"
     "|bad recipient|bad mailbox|illegal user|illegal alias|nonexistent user"
     "|non-existent|no longer in use|no longer with|no longer works|no longer active"
     "|address does not exist|address doesn't exist|address no longer|address unknown"
     "|address not found|address*couldn't be found|address*wasn't found"
     "|address wasn't found|address not known|address is unknown"
     "|address*does not exist|account does not exist"
     "|account that you tried to reach does not exist|account doesn't exist"
     "|account not found|account unknown|account*does not exist"},
    {PN_REASON_USER_UNKNOWN, false,
     "account*doesn't exist|email address*invalid|email address*does not exist"
     "|email address*could not be found|email address*not found"
     "|does not have an email account|doesn't have an account|not a collector"
     "|can't find*recipient|couldn't find*user|unrouteable address|unroutable address"
     "|unrouteable mail domain|unable to deliver to*no such|undeliverable address"
     "|delivery to this address is restricted|inactive email|inactive mailbox"
     "|expn command is not available|addressee unknown|not on system|not have a final email "
     "delivery|no*incluido en el "
     "directorio|is possibly incorrect|542 *rejected|bad-mailbox|not a valid rfc"
     "|recipient cannot be verified|recipient could not be "
     "verified|rcp-p1|int-p1|int-p3|int-p4|destinatario desconocido|destinatario*no existe"
     "|usuario desconocido|usuario no existe|usuario*no existe|usuario inexistente"
     "|buzon*no existe|buzon inexistente|cuenta*no existe|direccion*no existe"
     "|no existe el usuario|usuario nao existe|usuario*nao existe|usuario desconhecido"
     "|usuario nao encontrado|destinatario*nao existe|caixa*nao existe"
     "|conta inexistente|conta*nao existe|endereco*nao existe|nao foi encontrado"
     "|utilisateur inconnu|destinataire inconnu|destinataire invalide|adresse*inconnue"
     "|adresse*invalide|adresse*n'existe|boite*inexistante|compte*n'existe"
     "|benutzer unbekannt|benutzer nicht|empfanger unbekannt|empfanger*nicht gefunden"
     "|unbekannter benutzer|unbekannter empfanger|adresse*unbekannt"
     "|konnte nicht gefunden werden|utente sconosciuto|utente inesistente"
     "|utente*non esiste|destinatario sconosciuto|indirizzo*non esiste"
     "|indirizzo inesistente|casella*inesistente|宛先不明|宛先が存在"
     "|送信先メールアドレスが見つ|あて先*存在"
     "|ユーザーが見つかり|нет такого пользователя"
     "|пользователь не найден|такого адреса"
     "|用户不存在|收件人不存在"},
    /* The domain does not exist, or takes no mail. */
    {PN_REASON_NOT_ACCEPT, false,
     "null mx|nullmx|no mx found for|seem to reject all mail|does not accept mail|doesn't accept "
     "mail|doesn't receive email"
     "|does not receive mail|does not accept email|does not accept any mail"
     "|no mail accepted|no mx record found|domain does not accept|host does not accept"
     "|smtp protocol returned a permanent error 521|server does not accept mail"
     "|recipient's domain*does not accept|not accepting mail for this domain"
     "|could not find any mx|no smtp service here|indicated no smtp service"
     "|mail receiving disabled"},
    {PN_REASON_NETWORK_ERROR, false,
     "host not found, try again|failure in mx lookup|name server*try again|temporary lookup failure"
     "|temporary dns|dns*temporar|host name lookup failure|hostname lookup failure"
     "|lookup*timed out|dns type 'mx' lookup|dns server returned answer"
     "|mail forwarding loop|mail loop|routing loop|too many hops|hop count exceeded"
     "|maximum hop|mail is looping|message looping|message is looping|loops back to|network error "
     "on|network unreachable"
     "|host is unreachable|host unreachable|destination net unreachable"
     "|connection dropped|connection was dropped|conversation with*timed out"
     "|wasn't able to establish an smtp connection|unable to connect to"
     "|malformed or unexpected name server|address family mismatch|mx list for*point"
     "|loop detected|loop count"},
    {PN_REASON_HOST_UNKNOWN, false,
     "host unknown|unknown host|host not found|host or domain name not found"
     "|host name*not found|hostname*not found|no such host|no such domain"
     "|domain not found|domain does not exist|domain doesn't exist"
     "|domain*does not exist|domain*couldn't be found|domain*wasn't found"
     "|domain is not|domain name not found|domain name*not found|domain not exist"
     "|domain unknown|unknown domain|domain invalid|bad destination host"
     "|invalid domain|illegal host|illegal domain|nonexistent domain"
     "|couldn't find any host|couldn't find a mail exchanger|recipient domain*not"
     "|no matching dns|cannot resolve*domain|not a known domain|domain*non-existent"
     "|wrong host|dominio*no existe|dominio*nao existe|dominio no encontrado"
     "|domaine*n'existe|domaine inconnu|domain*existiert nicht|unrouteable domain"
     "|all relevant mx records point to non-existent hosts"},
    /* Spam, lists, rules. */
    {PN_REASON_SPAM_DETECTED, false,
     "spam detected|spamdetected|dt:spm|considered spam|considered to be spam"
     "|considered as spam|like spam|spam message|spam mail|spam content|spam score"
     "|spam reporting|spam classification|looks like spam|identified as spam"
     "|classified as spam|classified as unsolicited|detected as spam|suspected spam"
     "|probable spam|possible spam|possibly spam|appears to be spam"
     "|appears to be unsolicited|is unsolicited|unsolicited mail|unsolicited email"
     "|unsolicited message|unsolicited bulk|bulk email|junk mail|junkmail|spamassassin"
     "|spam-filter|blacklisted url|blacklisted link|message content rejected"
     "|content blocked|our filters|bogofilter|url in message|surbl|spam-relay"
     "|high probability of being spam|likely spam|suspicion of spam|probability of spam|rejected "
     "as spam|consider spam|judged to be spam"
     "|mail content denied|urlbl0|(hvu:b|ib212|ib703"},
    {PN_REASON_BLOCKED, false,
     "blacklist|black list|blocklist|block list|block-list|blocked using|blocked by"
     "|blocked for|blocked due|blocked because|blocked ip|been blocked|was blocked"
     "|currently blocked|dnsbl|rbl.|spamhaus|spamcop|barracudacentral|sorbs|abuseat"
     "|cloudmark|denylist|deny list|access refused|your access to|client host rejected"
     "|client host*blocked|client address rejected|client was not authenticated"
     "|connection refused by|connection rejected|connections not accepted"
     "|refused to talk to me|unfortunately, messages from|mail from*blocked"
     "|messages from*weren't sent|your network|your internet service provider"
     "|ip address*block|ip address*rejected|ip source bloquee|bloqueada por"
     "|bloqueado por|helo command rejected|invalid helo|domain listed|dynamic ip"
     "|dialup|email blocked|mail blocked|message blocked|service refused"
     "|service refuse|no soup for you|(bl)|banned sending ip|greylist|graylist"
     "|grey-list|too much spam|spamming"},
    {PN_REASON_POLICY_VIOLATION, false,
     "policy reasons|policy violation|local policy|mail policy|site policy"
     "|security polic|administrative prohibition|administrative policy"
     "|administratively|against our policy|due to policy|policy rejection"
     "|rejected by policy|for policy|violates*policy|header error|not allowed by"
     "|blocked by policy|delivery not authorized|delivery not permitted"
     "|transport.rules|you can't send|denied by policy|prohibited attachment"
     "|anti-spoofing|policy restriction|did not meet policy"
     "|attachment type|file attachment"},
    {PN_REASON_SECURITY_ERROR, false,
     "authentication required|authentication failure|authentication failed"
     "|auth required|smtp auth|smtp-auth|must issue a starttls|starttls is required"
     "|tls required|encryption required|encryption needed|must authenticate"
     "|authenticate first|please turn on smtp authentication|login required|ib401"
     "|incorrect authentication|tls session is required|not offer tls"
     "|pop before smtp|dropping message"},
    {PN_REASON_NOT_COMPLIANT, false,
     "maximum allowed line length|messages without to:|rfc 5321|rfc 5322|rfc5322|rfc 2822|rfc "
     "822|rfc821|rfc "
     "compliant|not rfc|non-rfc"
     "|duplicate header|multiple*addresses in from|missing header|missing 'from'"
     "|missing*header|headers are missing|does not comply|non-compliant|bare lf"
     "|bare newline|bare cr|without*date header|invalid header"},
    {PN_REASON_CONTENT_ERROR, false,
     "headers too large|header size|mime error|mime depth|improper use of 8-bit"
     "|too many mime|too many header|malformed message|message is malformed"
     "|content reject|message header line|conversion failed|8bitmime"},
    /* Filters of the recipient. */
    {PN_REASON_FILTERED, false,
     "message filtered|filtered by|recipient preferences|domain filter"
     "|recipient refused to accept|recipient*has rejected|refused due to recipient"
     "|refused your message|due to extended inactivity|not accepting mail with"
     "|rejected by the user|rejected by recipient|not accept messages"
     "|blocked by recipient|recipient blocks|this address is protected"
     "|user not willing|access to mailbox|destinataire*refuse|受信拒否"
     "|着信拒否|permission denied by recipient|unwilling to receive"
     "|is not accepting any mail"},
    /* Times and machines. */
    {PN_REASON_EXPIRED, false,
     "retry timeout exceeded|not been collected after|retry time not reached|envelope expired"
     "|retry time*exceeded|delivery time expired|delivery expired|message expired"
     "|has been in the queue too long|queue too long|in the queue too long"
     "|message timed out|not delivered within|could not be delivered within"
     "|couldn't be delivered within|hasn't been delivered|not been delivered yet"
     "|not yet been delivered|delivery attempts|delivery failed*attempts"
     "|unable to deliver in|undelivered for|still trying|will keep trying"
     "|retry limit exceeded|maximum queue|max retries|retries exceeded"
     "|tried too many times|no response from|not responding|did not respond"
     "|host not reachable|could not be contacted|could not be reached|couldn't reach"
     "|cannot connect|could not connect|connection could not|socket error"
     "|did not accept our requests to connect|failed to connect|cannot reach"
     "|unreachable for too long|server unavailable|host is down|tiempo de espera"
     "|prazo*expir|zeit*uberschritten|delai*depasse"},
    {PN_REASON_SYSTEM_FULL, false,
     "mail system full|system storage|disk full|disk is full|insufficient system"
     "|insufficient disk|insufficient storage|no space left on device|not enough disk"
     "|requested mail action aborted: exceeded storage|out of disk|low on disk"},
    {PN_REASON_MAILER_ERROR, false,
     "procmail|maildrop|command failed|command died|exited with|error code from mailer"
     "|couldn't create*output file|can't create|child process*status"
     "|local delivery failed|local configuration error|child crashed|vdeliver"
     "|filter failed"},
    {PN_REASON_SYSTEM_ERROR, false,
     "ldap server|duplicated message-id|loop alert|ldap*fail|internal error|internal "
     "server|internal software"
     "|system error|system not available|systems error|system config error"
     "|local error in processing|service currently unavailable|service temporarily"
     "|server error|server config|server configuration|configuration error"
     "|could not load|i/o error|input/output|resources temporarily unavailable"
     "|out of memory|cannot allocate|not enough memory|timeout waiting for input"
     "|temporary local problem|local problem|cannot open|can't open|write error"
     "|read error|file system|error in processing|processing error|unknown error"
     "|error opening input/output file|cannot get exclusive"},
    {PN_REASON_SYNTAX_ERROR, false,
     "syntax error|command not recognized|command unrecognized|unrecognized command"
     "|bad sequence|command not implemented|need rcpt|need mail|invalid command"
     "|bad syntax|malformed address"},
    /* Weak: said of many things. */
    {PN_REASON_RATE_LIMITED, true, "mail volume"},
    {PN_REASON_VIRUS_DETECTED, true, "a virus|the virus"},
    {PN_REASON_MESG_TOO_BIG, true,
     "message exceeds|exceeds the maximum|exceeds maximum|size limit"},
    {PN_REASON_NO_RELAYING, true, "no relay"},
    {PN_REASON_HAS_MOVED, true, "moved to|user is no longer"},
    {PN_REASON_SUSPEND, true, "account*expired"},
    {PN_REASON_REJECTED, true, "sender domain|from: address|envelope sender"},
    {PN_REASON_USER_UNKNOWN, true,
     "user*unknown|no mailbox|isn't a valid|is not a valid|is not found"
     "|is not listed in|mailbox not available|invalid address|bad address|nonexistent"
     "|no longer exists|no longer valid|no longer available|address rejected."
     "|address invalid|account is unavailable|account not available|unable to find"
     "|mailbox unavailable|mailbox is unavailable|nicht bekannt|existiert nicht"
     "|存在しません|не существует|address rejected"
     "|recipient rejected|not our"},
    {PN_REASON_NETWORK_ERROR, true,
     "nxdomain|could not resolve|dns error|network is unreachable|no route to host"
     "|connection lost|lost connection|connection reset"},
    {PN_REASON_SPAM_DETECTED, true,
     "is spam|as spam|rejected by*spam|spam filter|antispam|anti-spam"},
    {PN_REASON_BLOCKED, true,
     "is blocked|are blocked|rbl|listed at|listed in|listed on|banned|access denied"
     "|not accepting connections|temporarily deferred|your ip|your server|your host"
     "|helo/ehlo|residential|go away"},
    {PN_REASON_POLICY_VIOLATION, true,
     "disallowed|prohibited|by rule|message refused|message rejected by"
     "|transport rules|executable|file type"},
    {PN_REASON_SECURITY_ERROR, true, "certificate|not authenticated"},
    {PN_REASON_CONTENT_ERROR, true, "message content|attachment"},
    {PN_REASON_FILTERED, true,
     "rejected by a remote mail server|not accepting messages|challenge|adultes|拒否"
     "|recipient address rejected"},
    {PN_REASON_EXPIRED, true,
     "connection timed out|timed out|timeout|time out|connection refused|delayed"
     "|しばらく"},
    {PN_REASON_MAILER_ERROR, true, "command output|exit status|pipe to|temporary failure|x-unix"},
    {PN_REASON_SYSTEM_ERROR, true,
     "service unavailable|service not available|database|try again later|try later"
     "|requested action aborted|unexpected*error|unable to*server|transaction failed"},
    {PN_REASON_ON_HOLD, true, "on hold"},
    /* The least: any refusal. */
    {PN_REASON_FILTERED, true, "recipient*refused"},
    {PN_REASON_REJECTED, true, "rejected|refused"},
};

const size_t PN_WORDS_COUNT = PN_COUNT(PN_WORDS);
