/* Logistic regression with a ridge, by Newton's method: rows are shown one by one, so that nothing
 * of them is kept.
 *
 * A round: pn_logit_begin, pn_logit_add for each row, pn_logit_step; again until the step is small.
 * Each weight is drawn towards its prior, as strongly as its ridge says: what is minimised is the
 * negative log likelihood + Σ ridge (weight − prior)² / 2. After a step `root` is the lower
 * Cholesky root of the penalised Hessian at the weights before it, so pn_logit_inverse gives what
 * is known of the weights' covariance. Equal input gives equal output. */
#ifndef PN_CORE_LOGIT_H
#define PN_CORE_LOGIT_H

#include "base/err.h"

enum { PN_LOGIT_MAX = 120 };

typedef struct {
    size_t size; /* features, at most PN_LOGIT_MAX */
    double weights[PN_LOGIT_MAX];
    double priors[PN_LOGIT_MAX], ridges[PN_LOGIT_MAX]; /* ridges are above 0 */
    double gradient[PN_LOGIT_MAX];
    double root[PN_LOGIT_MAX][PN_LOGIT_MAX]; /* while rows are added: the (lower) Hessian */
} pn_logit;

/* Asked now and then by what takes long; false ends it. NULL is patient for ever. */
typedef struct {
    bool (*ask)(void *context);
    void *context;
} pn_patience;
enum { PN_PATIENCE_ROWS = 256 }; /* invoices between two questions */
static inline bool pn_patience_over(const pn_patience *patience, size_t row) {
    return patience != NULL && row % PN_PATIENCE_ROWS == 0 && !patience->ask(patience->context);
}

/* `value`, or the nearest of the two bounds. */
double pn_bounded(double value, double least, double most);
/* The weighted sum of the features; their number is `size`. */
double pn_logit_sum(const double *weights, const double *features, size_t size);
/* The chance that belongs to it. */
double pn_logit_chance(double sum);

void pn_logit_begin(pn_logit *fit);
void pn_logit_add(pn_logit *fit, const double *features, bool came);
/* Moves the weights; the largest move. No weight moves by more than 2 at once. */
double pn_logit_step(pn_logit *fit);
/* Column `column` of the inverse of root · rootᵀ, `size` numbers. */
void pn_logit_inverse(const pn_logit *fit, size_t column, double *ret_column);
/* By how much the first `kept` weights would move, to first order, were the features after them
 * left out: `kept` numbers. */
void pn_logit_without(const pn_logit *fit, size_t kept, double *ret_moves);

#endif
