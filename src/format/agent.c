#include "format/agent.h"

#include "base/banned.h"

const char *pn_agent_name(pn_agent agent) {
    switch (agent) {
    case PN_AGENT_HUMAN: return "human";
    case PN_AGENT_PROXY: return "proxy";
    case PN_AGENT_MACHINE: return "machine";
    }
    return "?";
}

enum { AGENT_BYTES = 2000 };

/* The agent as it stands and in small letters, which are of the same length. */
typedef struct {
    pn_str as_is, low;
} agent_text;

/* ── words ───────────────────────────────────────────────────────────────────────────────────── */

static bool has(pn_str text, const char *word) {
    return pn_str_find(text, pn_str_of(word)) != SIZE_MAX;
}

/* Whether `match` is true of one of the words of a list, which has bars between them. */
static bool any_of(pn_str text, const char *list, bool (*match)(pn_str text, pn_str word)) {
    pn_str rest = pn_str_of(list), word;
    while (pn_str_split(&rest, '|', &word)) {
        if (match(text, word)) {
            return true;
        }
    }
    return false;
}

static bool has_word(pn_str text, pn_str word) {
    return pn_str_find(text, word) != SIZE_MAX;
}

static bool has_any(pn_str text, const char *list) {
    return any_of(text, list, has_word);
}

static bool is_any(pn_str text, const char *list) {
    return any_of(text, list, pn_str_eq);
}

static bool is_word(char c) {
    return pn_is_alpha(c) || pn_is_digit(c);
}

/* The word stands alone: no letter before or behind it. */
static bool has_alone(pn_str text, pn_str word) {
    size_t from = 0, at;
    while ((at = pn_str_find(pn_str_from(text, from), word)) != SIZE_MAX) {
        at += from;
        size_t end = at + word.len;
        if ((at == 0 || !pn_is_alpha(text.ptr[at - 1])) &&
            (end == text.len || !pn_is_alpha(text.ptr[end]))) {
            return true;
        }
        from = at + 1;
    }
    return false;
}

/* ── mail services ───────────────────────────────────────────────────────────────────────────── */

/* Apple's Mail Privacy Protection says no more than that; Gmail's prefetch ends in it. */
static bool is_proxy(pn_str low) {
    static const char WORDS[] = "imageproxy|ggpht.com|mailproxy|mail-proxy";
    return pn_str_is(low, "mozilla/5.0") || pn_str_ends(low, PN_STR("edge/12.246 mozilla/5.0")) ||
           has_any(low, WORDS);
}

/* ── what programs call themselves ───────────────────────────────────────────────────────────── */

/* What a program does that nobody does by hand; anywhere, also within a name. */
static const char TRADES[] =
    "crawl|spider|fetch|scrap|harvest|monitor|validat|checker|analyz|analys|archiv|indexer|"
    "headless|phantom|selenium|webdriver|puppeteer|playwright|lighthouse|synthetic|pagespeed|"
    "page speed|screenshot|webcapture|uptime|inspect|audit|extract|grabber|sniffer|scanner|"
    "scan/|preview/|resolver|favicon|webhook|unfurl|externalhit|thumbnailer|prerender|search "
    "console|"
    "verification|verifier|linkcheck|openvas|zgrab|${";

/* The same where they stand alone. */
static const char TRADES_ALONE[] =
    "scan|check|preview|ping|seo|rss|feed|collector|export|import|worker|cron|daemon|robo|"
    "robots|subscribers|service|studies";

/* Libraries and programs that ask for pages on behalf of other programs. */
static const char LIBRARIES[] =
    "python|urllib|aiohttp|scrapy|libwww|lwp|perl/|java/|jakarta|jersey|jetty|apache|"
    "httpclient|http_|http-client|http client|go-http|okhttp/|curl|wget|winhttp|node.js|"
    "nodejs|node-|axios|undici|guzzle|php/|ruby|faraday|mechanize|typhoeus|restsharp|reqwest|"
    "powershell|httpie|postman|htmlunit|jsdom|wordpress|drupal|joomla|libfetch|wkhtml";

/* "bot" where a name ends in it, however it is written, and "robot"; the phones called Cubot are
 * people's. */
static bool is_bot(pn_str low) {
    size_t from = 0;
    for (;;) {
        size_t at = pn_str_find(pn_str_from(low, from), PN_STR("bot"));
        if (at == SIZE_MAX) {
            return false;
        }
        at += from;
        size_t end = at + 3;
        bool ends = end == low.len || !pn_is_alpha(low.ptr[end]) ||
                    pn_str_starts(pn_str_from(low, end), PN_STR("s"));
        bool cubot = at >= 2 && low.ptr[at - 1] == 'u' && low.ptr[at - 2] == 'c' &&
                     (at == 2 || !is_word(low.ptr[at - 3]));
        if (ends && !cubot) {
            return true;
        }
        from = at + 1;
    }
}

/* ── addresses ───────────────────────────────────────────────────────────────────────────────── */

static const char ENDINGS[] =
    "com|org|net|info|biz|io|ai|co|eu|de|fr|uk|ru|cz|pl|it|es|nl|ch|at|au|ca|jp|cn|kr|ua|us|"
    "me|ly|gy|in|br|se|no|dk|fi|be|dev|app|site|fun|news|online|cloud|tech|xyz|ninja";

static bool is_host_sign(char c) {
    return is_word(c) || c == '-' || c == '.';
}

/* What stands behind a host: a product's version ("Raindrop.io/5.2.0") or a path of a page. */
static bool is_version(pn_str text) {
    size_t i = 0;
    if (text.len < 2 || text.ptr[0] != '/') {
        return false;
    }
    for (i = 1; i < text.len && (pn_is_digit(text.ptr[i]) || text.ptr[i] == '.'); i++) {
    }
    return i > 1 && (i == text.len || !is_word(text.ptr[i]));
}

/* "bit.ly/3eZNDnO", "abuse.xmco.fr", "www.uptimia.com": the name of a place in the web. */
static bool has_host(pn_str low) {
    for (size_t at = 0; at < low.len;) {
        size_t end = at, dot = SIZE_MAX;
        while (end < low.len && is_host_sign(low.ptr[end])) {
            dot = low.ptr[end] == '.' ? end : dot;
            end++;
        }
        while (end > at && low.ptr[end - 1] == '.') { /* of a sentence */
            end--;
            dot = SIZE_MAX;
            for (size_t i = at; i < end; i++) {
                dot = low.ptr[i] == '.' ? i : dot;
            }
        }
        bool host = dot != SIZE_MAX && dot > at && pn_is_alpha(low.ptr[at]) &&
                    is_any(pn_str_sub(low.ptr + dot + 1, low.ptr + end), ENDINGS) &&
                    !is_version(pn_str_from(low, end));
        if (host) {
            return true;
        }
        at = end + 1;
    }
    return false;
}

/* Who gives an address wants to be asked about what he does. Some browsers built on Windows' own
 * control name their maker's. */
static bool has_address(pn_str low) {
    if (has(low, "msie ") && has(low, "browser")) {
        return false;
    }
    return has(low, "http:") || has(low, "https:") || has(low, "www.") || has(low, "(at)") ||
           pn_str_find_char(low, '@') != SIZE_MAX || has_host(low);
}

/* ── how browsers are built ──────────────────────────────────────────────────────────────────── */

/* Systems that people sit before or hold in their hands. */
static const char SYSTEMS[] =
    "windows|win16|win32|win64|win95|win98|win7|win8|win10|win11|win 9x|winnt|macintosh|"
    "mac os|mac_|macos|os=mac|darwin|x11|cros|ubuntu|android|adr |iphone|ipad|ipod|ios |"
    "symbian|symbos|series60|series40|blackberry|bb10|playbook|nokia|midp|cldc|wap|obigo|"
    "up.browser|up.link|j2me|brew|bada|tizen|webos|hpwos|palmos|palmsource|kaios|meego|maemo|"
    "nintendo|playstation|xbox|smart-tv|smarttv|webtv|web0s|netcast|hbbtv|roku|aftt|crkey|"
    "freebsd|openbsd|netbsd|sunos|dragonfly|haiku|beos|amiga|os/2|warp|risc os|syllable|irix|"
    "hp-ux|linux;|linux i|linux x|linux arm|linux mips|linux ppc|linux 2|linux/|cygwin|"
    "(linux|harmony|openharmony|samsung|kindle|sailfish|osmeta|fuchsia|qnx|upnp/|dalvik";

/* Engines; what has none and says Mozilla/5.0 is a program that wants to pass for a browser. */
static const char ENGINES[] =
    "applewebkit|gecko|trident|presto|khtml|msie|opera|goanna|servo|netfront|netscape|edge/|"
    "chrome/|safari/";

/* People's mail programs, which do not always say what they run on. */
static const char MAIL_PROGRAMS[] =
    "outlook|thunderbird|the bat!|lotus-notes|postbox|airmail|eudora|barca|pocomail|"
    "windowsmail|live mail|emclient|em client|mailspring|mailbird|incredimail|foxmail|kmail|"
    "kontact|evolution|sylpheed|claws|becky|seamonkey|applemail|mailapp|mail/|mailmaster|"
    "spicebird|canary|edison|zimbra|geary|k-9|aquamail|bluemail|nine/";

static bool names_a_system(pn_str low) {
    return has_any(low, SYSTEMS);
}

/* The comment that the word stands in. */
static pn_str comment_around(pn_str low, size_t at) {
    size_t begin = at, end = at;
    while (begin > 0 && low.ptr[begin - 1] != '(') {
        begin--;
    }
    while (end < low.len && low.ptr[end] != ')') {
        end++;
    }
    return pn_str_sub(low.ptr + begin, low.ptr + end);
}

/* "compatible;" was written by Internet Explorer and its kin, with the system that they ran on;
 * whoever else writes it says with it what he really is. */
static bool is_pretender(pn_str low) {
    size_t at = pn_str_find(low, PN_STR("compatible"));
    if (at == SIZE_MAX) {
        return false;
    }
    pn_str comment = comment_around(low, at);
    return !names_a_system(comment) && !has(comment, "konqueror") && !has(comment, "lotus-notes");
}

/* "(KHTML, like Gecko; Google Page Speed Insights)": browsers write nothing more in it. */
static bool adds_to_engine(pn_str low) {
    size_t at = pn_str_find(low, PN_STR("(khtml"));
    if (at == SIZE_MAX) {
        return false;
    }
    pn_str comment = pn_str_from(low, at);
    comment = pn_str_first(comment, pn_str_find_char(comment, ')'));
    return pn_str_find_char(comment, ';') != SIZE_MAX;
}

static bool is_letters(pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!pn_is_alpha(text.ptr[i])) {
            return false;
        }
    }
    return text.len != 0;
}

/* "en", "es-MX" */
static bool is_language(pn_str part) {
    pn_str first = pn_str_first(part, 2);
    return part.len == 2
               ? is_letters(first)
               : part.len == 5 && is_letters(first) && (part.ptr[2] == '-' || part.ptr[2] == '_');
}

static bool begins_with_word(pn_str text, pn_str word) {
    return pn_str_starts(text, word) && (text.len == word.len || !pn_is_alpha(text.ptr[word.len]));
}

/* A part of the comment that says what a browser on a desk runs on. */
static bool is_desk_part(pn_str part) {
    static const char PARTS[] =
        "x11|linux|ubuntu|fedora|debian|wayland|cros|freebsd|openbsd|netbsd|sunos|dragonfly|"
        "macintosh|mac|intel|ppc|arm|i686|i586|i386|x86|x64|amd64|aarch64|u|i|n|rv:|wow64|"
        "suse|mint|gentoo|arch|slackware|red hat|kubuntu|haiku|irix|hp-ux|aix|osf1|ppc64|"
        "mips|sparc|m18|m1|unix|gnu|windows|win|compatible|konqueror|64|32|chrome|google inc|"
        "khtml|dell|hp|lenovo|kde";
    part = pn_str_trim(part);
    if (part.len == 0 || is_language(part)) {
        return true;
    }
    return any_of(part, PARTS, begins_with_word);
}

/* "(X11; Datanyze; Linux x86_64)": browsers for X and the Macintosh write nothing of their own
 * there, and those for Windows nothing in front. */
static bool adds_to_desk(pn_str low) {
    size_t open = pn_str_find_char(low, '(');
    if (open == SIZE_MAX || !pn_str_starts(low, PN_STR("mozilla/5.0 ("))) {
        return false;
    }
    pn_str comment = pn_str_from(low, open + 1), part;
    comment = pn_str_first(comment, pn_str_find_char(comment, ')'));
    bool desk =
        pn_str_starts(comment, PN_STR("x11")) || pn_str_starts(comment, PN_STR("macintosh"));
    bool windows = has(comment, "windows nt") && !has(comment, "msie") && !has(comment, "phone");
    if (!desk && !windows) {
        return false;
    }
    bool first = true;
    while (pn_str_split(&comment, ';', &part)) {
        if ((desk || first) && !is_desk_part(part)) {
            return true;
        }
        first = false;
    }
    return false;
}

/* Products that a browser or a mail program puts behind the engine's own. */
static bool is_browser_product(pn_str name) {
    static const char NAMES[] =
        "chrome|chromium|safari|version|mobile|edge|edg|edga|edgios|opr|opera|opx|opt|oprgx|"
        "vivaldi|yabrowser|yowser|yaapp|whale|ubrowser|ucbrowser|samsungbrowser|brave|ddg|"
        "duckduckgo|puffin|maxthon|qqbrowser|tencenttraveler|metasr|se|lbbrowser|bidubrowser|"
        "2345explorer|360se|360ee|sleipnir|iron|comodo_dragon|dragon|avast|avg|ccleaner|"
        "coc_coc_browser|iridium|epic|slimjet|torch|rockmelt|nichrome|amigo|mrchrome|kinza|"
        "falkon|qupzilla|rekonq|arora|midori|epiphany|otter|konqueror|iceweasel|iceape|"
        "firefox|fxios|focus|klar|crios|gsa|electron|qtwebengine|ubuntu|debian|fedora|em|"
        "thunderbird|postbox|seamonkey|gecko|khtml|like|applewebkit|webkit|silk|osmeta|build|"
        "crosarc|qt|eolie|web|netscape|navigator|camino|flock|lunascape|waterfox|palemoon|"
        "basilisk|raspbian|suse|centos|mint|u2|viera|sa|bropp|uvb|atomshell|browser|ghostery|"
        "ecosia|avira|norton|ccleanerbrowser|dolphin|mint browser|miuibrowser|heytapbrowser|"
        "vivobrowser|huaweibrowser";
    return is_any(name, NAMES) || has(name, "browser");
}

/* Behind "Safari/537.36" on a desk come products of browsers. A bare word there is a program's
 * name; and on Linux, where programs run, so is a product that nobody knows. */
static bool adds_product(pn_str low) {
    bool desk = has(low, "(x11") || has(low, "windows nt") || has(low, "macintosh");
    size_t at = pn_str_find(low, PN_STR(" safari/"));
    bool webkit = at != SIZE_MAX;
    at = webkit ? at : pn_str_find(low, PN_STR(" firefox/"));
    if (at == SIZE_MAX || !desk || has(low, "mobile")) {
        return false;
    }
    pn_str rest = pn_str_from(low, at + 1), word;
    (void)pn_str_split(&rest, ' ', &word);
    while (rest.ptr != NULL && pn_str_split(&rest, ' ', &word)) {
        word = pn_str_trim(word);
        size_t slash = PN_MIN(pn_str_find_char(word, '/'), word.len);
        pn_str name = pn_str_first(word, slash);
        bool comment = word.len != 0 && (word.ptr[0] == '(' || word.ptr[0] == '[' ||
                                         pn_str_find_char(word, ';') != SIZE_MAX);
        if (word.len == 0 || is_browser_product(name)) {
            continue;
        }
        if (comment) {
            return false; /* whatever follows is not a product */
        }
        bool bare = slash == word.len && is_letters(name) && name.len > 2;
        if (bare || (webkit && slash < word.len && has(low, "(x11; linux"))) {
            return true;
        }
    }
    return false;
}

/* A name of its own, without the parts of a browser. People's programs say what they run on, or
 * are known to read mail. */
static bool is_bare_program(pn_str low) {
    return !names_a_system(low) && !has_any(low, MAIL_PROGRAMS) && !has(low, "browser");
}

static bool is_odd_mozilla(pn_str low) {
    bool five = pn_str_starts(low, PN_STR("mozilla/5.0"));
    bool no_system = !names_a_system(low);
    bool no_engine = five && !has_any(low, ENGINES) && !has(low, "android");
    return no_system || no_engine || has(low, "(unknown;") || adds_to_engine(low) ||
           adds_to_desk(low) || adds_product(low);
}

/* "Google-Lens", "DuplexWeb-Google": programs of the house, not its browsers and phones. */
static bool is_of_google(pn_str low) {
    return has(low, "google-") || has(low, "-google") || pn_str_starts(low, PN_STR("google"));
}

static pn_agent classify(pn_str low) {
    if (is_proxy(low)) {
        return PN_AGENT_PROXY;
    }
    bool agent = has_alone(low, PN_STR("agent")) && !has(low, "user-agent");
    bool named = agent || is_bot(low) || has_any(low, TRADES) ||
                 any_of(low, TRADES_ALONE, has_alone) || has_any(low, LIBRARIES) ||
                 is_of_google(low);
    bool mozilla = pn_str_starts(low, PN_STR("mozilla/"));
    bool built = mozilla ? is_odd_mozilla(low) : is_bare_program(low);
    return named || built || has_address(low) || is_pretender(low) ? PN_AGENT_MACHINE
                                                                   : PN_AGENT_HUMAN;
}

pn_agent pn_agent_of(pn_str user_agent) {
    char low[AGENT_BYTES];
    pn_str text = pn_str_trim(pn_str_first(user_agent, AGENT_BYTES));
    for (size_t i = 0; i < text.len; i++) {
        low[i] = pn_to_lower(text.ptr[i]);
    }
    return text.len == 0 ? PN_AGENT_MACHINE : classify((pn_str){low, text.len});
}

/* ── a touch ─────────────────────────────────────────────────────────────────────────────────── */

enum { SOON_SECONDS = 5, SWEEP_SECONDS = 10, SWEEP_LINKS = 2 };

pn_agent pn_touch_classify(const pn_touch *touch) {
    bool soon = touch->after_us < (int64_t)SOON_SECONDS * 1000000;
    bool sweep = touch->links >= SWEEP_LINKS && touch->links_hit >= touch->links &&
                 touch->hit_in_us < (int64_t)SWEEP_SECONDS * 1000000;
    return soon || sweep || touch->head || touch->honeypot || touch->data_centre ? PN_AGENT_MACHINE
                                                                                 : touch->agent;
}
