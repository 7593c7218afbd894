#include "auth/password.h"

#include <argon2.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"

enum { PASSES = 2, MEMORY_KIB = 19 * 1024, LANES = 1, SALT_BYTES = 16, HASH_BYTES = 32 };

struct pn_hasher {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    unsigned running, waiting;
};

/* Without a fixed bound glibc learns from the first hash to keep 19 MiB a thread for the next one.
 */
static void give_back_what_is_large(void) {
    enum { LARGE_BYTES = 4 << 20 };
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
}

pn_hasher *pn_hasher_new(void) {
    give_back_what_is_large();
    pn_hasher *hasher = pn_alloc(sizeof *hasher);
    memset(hasher, 0, sizeof *hasher);
    if (pthread_mutex_init(&hasher->lock, NULL) != 0 ||
        pthread_cond_init(&hasher->freed, NULL) != 0) {
        pn_panic("the system gives no lock");
    }
    return hasher;
}

void pn_hasher_free(pn_hasher *hasher) {
    if (hasher == NULL) {
        return;
    }
    assert(hasher->running == 0 && hasher->waiting == 0);
    (void)pthread_cond_destroy(&hasher->freed);
    (void)pthread_mutex_destroy(&hasher->lock);
    free(hasher);
}

static pn_err enter(pn_hasher *hasher, pn_diag *diag) {
    (void)pthread_mutex_lock(&hasher->lock);
    if (hasher->waiting >= PN_LIMIT_PASSWORDS_WAITING) {
        (void)pthread_mutex_unlock(&hasher->lock);
        pn_err err = pn_diag_set(diag, PN_LIMIT, "Too many people sign in at this moment.");
        pn_diag_mend(diag, "Try again in a few seconds.");
        return err;
    }
    hasher->waiting++;
    while (hasher->running >= PN_LIMIT_PASSWORDS_AT_ONCE) {
        (void)pthread_cond_wait(&hasher->freed, &hasher->lock);
    }
    hasher->waiting--;
    hasher->running++;
    (void)pthread_mutex_unlock(&hasher->lock);
    return PN_OK;
}

static void leave(pn_hasher *hasher) {
    (void)pthread_mutex_lock(&hasher->lock);
    hasher->running--;
    (void)pthread_cond_signal(&hasher->freed);
    (void)pthread_mutex_unlock(&hasher->lock);
}

pn_err pn_password_hash(pn_hasher *hasher, pn_str password, const pn_env *env,
                        char ret_hash[PN_PASSWORD_HASH_SIZE], pn_diag *diag) {
    uint8_t salt[SALT_BYTES];
    pn_env_entropy(env, salt, sizeof salt);
    PN_TRY(enter(hasher, diag));
    int result = argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, password.ptr, password.len, salt,
                                       sizeof salt, HASH_BYTES, ret_hash, PN_PASSWORD_HASH_SIZE);
    leave(hasher);
    return result == ARGON2_OK
               ? PN_OK
               : pn_diag_set(diag, PN_LIMIT, "The password could not be hashed: %s.",
                             argon2_error_message(result));
}

/* Of a password that nobody has, with the same parameters. */
#define NOBODY                                                                                     \
    "$argon2id$v=19$m=19456,t=2,p=1$cHVudHVhbG5vYm9keQ$"                                           \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* A hash out of the database must not make us use more than we ever would. */
static bool is_modest(pn_str hash) {
    static const char HEAD[] = "$argon2id$v=19$m=";
    pn_str rest = pn_str_from(hash, sizeof HEAD - 1), number;
    int64_t memory = 0;
    return pn_str_starts(hash, PN_STR("$argon2id$v=19$m=")) && hash.len < PN_PASSWORD_HASH_SIZE &&
           pn_str_split(&rest, ',', &number) && pn_str_to_int64(number, &memory) == PN_OK &&
           memory <= 4 * (int64_t)MEMORY_KIB && pn_str_starts(rest, PN_STR("t=")) && rest.len > 3 &&
           rest.ptr[3] == ','; /* at most 9 passes */
}

pn_err pn_password_verify(pn_hasher *hasher, pn_str password, pn_str hash, bool *ret_right,
                          pn_diag *diag) {
    char text[PN_PASSWORD_HASH_SIZE];
    bool somebody = hash.len != 0 && is_modest(hash) && password.len <= PN_LIMIT_PASSWORD_BYTES;
    pn_str used = somebody ? hash : PN_STR(NOBODY);
    memcpy(text, used.ptr, used.len);
    text[used.len] = '\0';
    password = pn_str_first(password, PN_LIMIT_PASSWORD_BYTES);
    PN_TRY(enter(hasher, diag));
    int result = argon2id_verify(text, password.ptr, password.len);
    leave(hasher);
    *ret_right = somebody && result == ARGON2_OK;
    return PN_OK;
}

bool pn_password_is_dated(pn_str hash) {
    return !pn_str_starts(hash, PN_STR("$argon2id$v=19$m=19456,t=2,p=1$"));
}

/* ── rules ───────────────────────────────────────────────────────────────────────────────────── */

/* The commonest of lists of stolen passwords, Spanish and Portuguese ones too, as words: what is
 * put before and behind them does not help. */
static const char *const COMMON[] = {
    "password",    "passwort",   "contrasena",    "contrasenya",   "senha",      "qwerty",
    "qwertyuiop",  "qwertyui",   "asdfghjkl",     "asdfgh",        "zxcvbnm",    "zxcvbn",
    "qazwsx",      "qazwsxedc",  "letmein",       "welcome",       "bienvenido", "bienvenida",
    "bemvindo",    "admin",      "administrador", "administrator", "usuario",    "superuser",
    "iloveyou",    "teamo",      "tequiero",      "teamomucho",    "monkey",     "dragon",
    "football",    "futbol",     "futebol",       "baseball",      "superman",   "batman",
    "princess",    "princesa",   "sunshine",      "michael",       "michelle",   "jennifer",
    "carlos",      "alejandro",  "alejandra",     "daniela",       "gabriela",   "valentina",
    "sebastian",   "fernando",   "roberto",       "estrella",      "mariposa",   "chocolate",
    "barcelona",   "realmadrid", "flamengo",      "corinthians",   "palmeiras",  "brasil",
    "mexico",      "espana",     "colombia",      "argentina",     "america",    "chivas",
    "master",      "shadow",     "whatever",      "trustno",       "starwars",   "pokemon",
    "naruto",      "computer",   "internet",      "changeme",      "cambiame",   "secret",
    "secreto",     "segredo",    "default",       "guest",         "invitado",   "temporal",
    "temporary",   "puntual",    "cobros",        "cobranza",      "facturas",   "empresa",
    "tesoreria",   "hola",       "holamundo",     "amor",          "amormio",    "jesus",
    "jesuscristo", "abcdef",     "abcdefgh",      "abcdefghij",    "aaaaaa",     "test",
    "testing",     "prueba",     "login",         "summer",        "winter",     "spring",
    "autumn",      "verano",     "invierno",      "primavera",     "otono",      "enero",
    "lunes",       "january",    "monday",        "passw",         "pass",       "google",
    "facebook",    "microsoft",  "windows",       "samsung",       "liverpool",  "arsenal",
    "chelsea",     "juventus",   "ronaldo",       "messi",         "killer",     "hunter",
    "freedom",
};

/* Lower case without accents; digits and signs that stand for letters become them. */
static pn_str plain(pn_str password, pn_arena *arena) {
    static const char FROM[] = "@013457$!", TO[] = "aoleast"
                                                   "si";
    pn_str fold = pn_utf8_fold(arena, password, true);
    char *out = pn_arena_copy(arena, fold.ptr, fold.len);
    for (size_t i = 0; i < fold.len; i++) {
        const char *hit = out[i] == '\0' ? NULL : strchr(FROM, out[i]);
        out[i] = hit != NULL ? TO[hit - FROM] : out[i];
    }
    return (pn_str){out, fold.len};
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static pn_str without_ends(pn_str text) {
    while (text.len != 0 && !is_letter(text.ptr[text.len - 1])) {
        text.len--;
    }
    while (text.len != 0 && !is_letter(text.ptr[0])) {
        text = pn_str_from(text, 1);
    }
    return text;
}

/* Words of the list one after the other, and nothing else. */
static bool is_common_words(pn_str text) {
    size_t at = 0;
    while (at < text.len) {
        size_t longest = 0;
        for (size_t i = 0; i < PN_COUNT(COMMON); i++) {
            pn_str word = pn_str_of(COMMON[i]);
            if (word.len > longest && pn_str_starts(pn_str_from(text, at), word)) {
                longest = word.len;
            }
        }
        if (longest == 0) {
            return false;
        }
        at += longest;
    }
    return text.len != 0;
}

static bool is_common(pn_str password, pn_arena *arena) {
    pn_str fold = pn_utf8_fold(arena, password, true);
    return is_common_words(without_ends(fold)) ||
           is_common_words(without_ends(plain(without_ends(fold), arena))) ||
           is_common_words(without_ends(plain(fold, arena)));
}

/* Few different characters, or most follow each other ("1234567890", "abcdefghij", "aaaaabbbbb").
 */
static bool is_series(pn_str password) {
    size_t steps = 0, different = 0;
    bool seen[256] = {false};
    for (size_t i = 0; i < password.len; i++) {
        unsigned char c = (unsigned char)password.ptr[i];
        different += !seen[c];
        seen[c] = true;
        int step = i == 0 ? 9 : c - (unsigned char)password.ptr[i - 1];
        steps += step >= -1 && step <= 1;
    }
    return different < 5 || steps * 4 >= password.len * 3;
}

/* Takes a word out of the password. */
static void take_out(char *password, size_t len, pn_str word) {
    for (size_t at = 0; word.len >= 3 && at + word.len <= len; at++) {
        if (memcmp(password + at, word.ptr, word.len) == 0) {
            memset(password + at, 0, word.len);
        }
    }
}

static bool is_own_name(pn_str password, pn_str email, pn_str name, pn_arena *arena) {
    enum { LEFT_MIN = 6 };
    size_t left = 0;
    pn_str fold = pn_utf8_fold(arena, password, true);
    char *rest_of = pn_arena_copy(arena, fold.ptr, fold.len);
    pn_str texts[] = {pn_utf8_fold(arena, email, true), pn_utf8_fold(arena, name, true)};
    for (size_t i = 0; i < PN_COUNT(texts); i++) {
        char *words = pn_arena_copy(arena, texts[i].ptr, texts[i].len);
        for (size_t j = 0; j < texts[i].len; j++) {
            words[j] = is_letter(words[j]) || pn_is_digit(words[j]) ? words[j] : ' ';
        }
        pn_str rest = {words, texts[i].len}, word;
        while (rest.len != 0 && pn_str_split(&rest, ' ', &word)) {
            take_out(rest_of, fold.len, word);
        }
    }
    for (size_t i = 0; i < fold.len; i++) {
        left += rest_of[i] != '\0';
    }
    return left < LEFT_MIN;
}

pn_err pn_password_check(pn_str password, pn_str email, pn_str name, pn_arena *arena,
                         pn_diag *diag) {
    const char *what = NULL;
    if (!pn_utf8_valid(password) || (password.len != 0 && memchr(password.ptr, 0, password.len))) {
        what = "The password is not readable text.";
    } else if (pn_utf8_count(password) < PN_LIMIT_PASSWORD_CHARACTERS_MIN) {
        what = "The password is too short.";
    } else if (password.len > PN_LIMIT_PASSWORD_BYTES) {
        what = "The password is too long.";
    } else if (is_series(password) || is_common(password, arena)) {
        what = "This password is among the first that others try.";
    } else if (is_own_name(password, email, name, arena)) {
        what = "The password is made of your own name or address.";
    }
    if (what == NULL) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(diag, PN_INVALID, "%s", what);
    pn_diag_where(diag, "password");
    pn_diag_mend(diag,
                 "Take at least %d characters; three or four words that have nothing to do "
                 "with each other are easy to keep.",
                 PN_LIMIT_PASSWORD_CHARACTERS_MIN);
    return err;
}
