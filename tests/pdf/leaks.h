/* For tests that run the PDF library within their own process: what fontconfig's and Pango's tables
 * hold for the life of a process is no leak of ours. Everything else is still reported. */
#ifndef PN_TESTS_PDF_LEAKS_H
#define PN_TESTS_PDF_LEAKS_H

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libfontconfig\nleak:libpango\n";
}

#endif
