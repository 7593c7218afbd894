#include "codec/mail/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>

#include "base/banned.h"
#include "base/utf8.h"
#include "format/encoding.h"

/* The names that mail uses, and the converter for each. Latin-1, ASCII and UTF-8 are our own work
 * (format/encoding.h). EBCDIC and the like are not mail. */
static const struct {
    const char *name;
    const char *converter;
} CHARSETS[] = {
    {"iso-8859-2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-9", "CP1254"},
    {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-14", "ISO-8859-14"},
    {"iso-8859-15", "ISO-8859-15"},
    {"iso-8859-16", "ISO-8859-16"},
    {"windows-1250", "CP1250"},
    {"windows-1251", "CP1251"},
    {"windows-1253", "CP1253"},
    {"windows-1254", "CP1254"},
    {"windows-1255", "CP1255"},
    {"windows-1256", "CP1256"},
    {"windows-1257", "CP1257"},
    {"windows-1258", "CP1258"},
    {"cp1250", "CP1250"},
    {"cp1251", "CP1251"},
    {"cp1253", "CP1253"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"cp437", "IBM437"},
    {"ibm437", "IBM437"},
    {"cp850", "IBM850"},
    {"ibm850", "IBM850"},
    {"cp852", "IBM852"},
    {"cp866", "IBM866"},
    {"ibm866", "IBM866"},
    {"macintosh", "MACINTOSH"},
    {"x-mac-roman", "MACINTOSH"},
    {"tis-620", "CP874"},
    {"windows-874", "CP874"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"gb18030", "GB18030"},
    {"cp936", "GB18030"},
    {"hz-gb-2312", "GB18030"},
    {"big5", "BIG5-HKSCS"},
    {"big5-hkscs", "BIG5-HKSCS"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"sjis", "CP932"},
    {"x-sjis", "CP932"},
    {"cp932", "CP932"},
    {"windows-31j", "CP932"},
    {"euc-jp", "EUC-JP-MS"},
    {"iso-2022-jp", "ISO-2022-JP"},
    {"iso-2022-jp-ms", "ISO-2022-JP"},
    {"cp50220", "ISO-2022-JP"},
    {"iso-2022-jp-1", "ISO-2022-JP-2"},
    {"iso-2022-jp-2", "ISO-2022-JP-2"},
    {"iso-2022-kr", "ISO-2022-KR"},
    {"euc-kr", "CP949"},
    {"ks_c_5601-1987", "CP949"},
    {"cp949", "CP949"},
    {"utf-7", "UTF-7"},
    {"unicode-1-1-utf-7", "UTF-7"},
    {"utf-16", "UTF-16"},
    {"utf-16le", "UTF-16LE"},
    {"utf-16be", "UTF-16BE"},
};

static iconv_t kept[PN_COUNT(CHARSETS)]; /* never closed: an open one keeps its module loaded */

void pn_mail_charset_prepare(void) {
    for (size_t i = 0; i < PN_COUNT(CHARSETS); i++) {
        kept[i] = iconv_open("UTF-8", CHARSETS[i].converter);
    }
}

static const char *converter_of(pn_str charset) {
    for (size_t i = 0; i < PN_COUNT(CHARSETS); i++) {
        if (pn_str_eq_nocase(charset, pn_str_of(CHARSETS[i].name))) {
            return CHARSETS[i].converter;
        }
    }
    return NULL;
}

/* Converts all it can; returns how many bytes had no meaning. */
static size_t convert(iconv_t converter, pn_str bytes, pn_buf *out) {
    char *in = (char *)(uintptr_t)bytes.ptr; /* iconv's signature lacks a const */
    size_t left = bytes.len;
    size_t odd = 0;
    char piece[4096];
    while (left > 0 && !out->failed) {
        char *to = piece;
        size_t room = sizeof piece;
        size_t done = iconv(converter, &in, &left, &to, &room);
        int error = errno;
        pn_buf_add(out, piece, sizeof piece - room);
        if (done == (size_t)-1 && error != E2BIG) {
            pn_buf_add_lit(out, "\xEF\xBF\xBD");
            in++;
            left--;
            odd++;
        }
    }
    return odd;
}

static bool has_japanese_escape(pn_str bytes) {
    return pn_str_find(bytes, PN_STR("\033$B")) != SIZE_MAX ||
           pn_str_find(bytes, PN_STR("\033$@")) != SIZE_MAX;
}

static bool by_converter(const char *name, pn_str bytes, pn_buf *out) {
    iconv_t converter = iconv_open("UTF-8", name);
    if (converter == (iconv_t)-1) {
        return false;
    }
    size_t odd = convert(converter, bytes, out);
    (void)iconv_close(converter);
    if (odd > bytes.len / 16 + 2) { /* it is written in something else */
        pn_buf_clear(out);
        return false;
    }
    return true;
}

pn_str pn_mail_charset_clean(pn_str text, pn_arena *arena) {
    char *out = pn_arena_alloc(arena, 3 * text.len + 1); /* a bad byte becomes three */
    size_t len = 0;
    size_t i = 0;
    while (i < text.len) {
        uint32_t character;
        size_t step = pn_utf8_decode(pn_str_from(text, i), &character);
        if (character == '\r') {
            bool pair = i + 1 < text.len && text.ptr[i + 1] == '\n';
            len += pair ? 0 : pn_utf8_encode('\n', out + len);
        } else if (character != 0) {
            char bytes[4];
            size_t size = pn_utf8_encode(character, bytes);
            memcpy(out + len, bytes, size);
            len += size;
        }
        i += step;
    }
    return (pn_str){out, len};
}

pn_str pn_mail_charset_utf8(pn_str bytes, pn_str charset, pn_arena *arena) {
    pn_buf out;
    pn_buf_init(&out, 6 * bytes.len + 64);
    const char *converter = converter_of(charset);
    if (converter == NULL && has_japanese_escape(bytes)) {
        converter = "ISO-2022-JP";
    }
    bool wide = converter != NULL && pn_str_starts(pn_str_of(converter), PN_STR("UTF-16"));
    bool escapes = converter != NULL && pn_str_starts(pn_str_of(converter), PN_STR("ISO-2022"));
    bool trusted = wide || escapes || (converter != NULL && !pn_utf8_valid(bytes)) ||
                   (converter != NULL && pn_str_is(pn_str_of(converter), "UTF-7"));
    pn_str text = bytes;
    if (trusted && by_converter(converter, bytes, &out)) {
        text = pn_buf_str(&out);
    } else if (!pn_utf8_valid(bytes)) {
        (void)pn_encoding_to_utf8(PN_ENCODING_WINDOWS1252, bytes, true, &out);
        text = pn_buf_str(&out);
    }
    pn_str clean = pn_mail_charset_clean(text, arena);
    pn_buf_done(&out);
    return clean;
}
