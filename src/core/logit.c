#include "core/logit.h"

#include <math.h>

#include "base/banned.h"

double pn_bounded(double value, double least, double most) {
    return value < least ? least : value > most ? most : value;
}

double pn_logit_sum(const double *weights, const double *features, size_t size) {
    double sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum += weights[i] * features[i];
    }
    return sum;
}

double pn_logit_chance(double sum) {
    return 1 / (1 + exp(-pn_bounded(sum, -30, 30)));
}

void pn_logit_begin(pn_logit *fit) {
    for (size_t i = 0; i < fit->size; i++) {
        fit->gradient[i] = -fit->ridges[i] * (fit->weights[i] - fit->priors[i]);
        for (size_t j = 0; j < i; j++) {
            fit->root[i][j] = 0;
        }
        fit->root[i][i] = fit->ridges[i];
    }
}

/* Most features are 0: only the others are looked at. */
void pn_logit_add(pn_logit *fit, const double *features, bool came) {
    size_t used[PN_LOGIT_MAX], count = 0;
    double sum = 0;
    for (size_t i = 0; i < fit->size; i++) {
        if (features[i] != 0) {
            used[count++] = i;
            sum += fit->weights[i] * features[i];
        }
    }
    double expected = pn_logit_chance(sum);
    double weight = expected * (1 - expected), rest = (came ? 1.0 : 0.0) - expected;
    for (size_t k = 0; k < count; k++) {
        size_t i = used[k];
        fit->gradient[i] += rest * features[i];
        for (size_t j = 0; j <= k; j++) {
            fit->root[i][used[j]] += weight * features[i] * features[used[j]];
        }
    }
}

static void take_root(pn_logit *fit) {
    for (size_t i = 0; i < fit->size; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = fit->root[i][j];
            for (size_t k = 0; k < j; k++) {
                sum -= fit->root[i][k] * fit->root[j][k];
            }
            fit->root[i][j] = i == j ? sqrt(sum > 1e-12 ? sum : 1e-12) : sum / fit->root[j][j];
        }
    }
}

/* Solves root · rootᵀ x = v in place of v. */
static void solve(const pn_logit *fit, double *v) {
    for (size_t i = 0; i < fit->size; i++) {
        for (size_t k = 0; k < i; k++) {
            v[i] -= fit->root[i][k] * v[k];
        }
        v[i] /= fit->root[i][i];
    }
    for (size_t i = fit->size; i-- > 0;) {
        for (size_t k = i + 1; k < fit->size; k++) {
            v[i] -= fit->root[k][i] * v[k];
        }
        v[i] /= fit->root[i][i];
    }
}

double pn_logit_step(pn_logit *fit) {
    double largest = 0;
    take_root(fit);
    solve(fit, fit->gradient);
    for (size_t i = 0; i < fit->size; i++) {
        largest = fabs(fit->gradient[i]) > largest ? fabs(fit->gradient[i]) : largest;
    }
    double scale = largest > 2 ? 2 / largest : 1;
    for (size_t i = 0; i < fit->size; i++) {
        fit->weights[i] += scale * fit->gradient[i];
    }
    return largest * scale;
}

void pn_logit_inverse(const pn_logit *fit, size_t column, double *ret_column) {
    for (size_t i = 0; i < fit->size; i++) {
        ret_column[i] = i == column ? 1 : 0;
    }
    solve(fit, ret_column);
}

/* With the Hessian in blocks, kept (k) and left out (o), it is Hkk⁻¹ Hko wo; of the root that is
 * Rkk⁻ᵀ Rokᵀ wo, for Rkk is the root of Hkk. */
void pn_logit_without(const pn_logit *fit, size_t kept, double *ret_moves) {
    for (size_t i = kept; i-- > 0;) {
        double sum = 0;
        for (size_t k = kept; k < fit->size; k++) {
            sum += fit->root[k][i] * fit->weights[k];
        }
        for (size_t k = i + 1; k < kept; k++) {
            sum -= fit->root[k][i] * ret_moves[k];
        }
        ret_moves[i] = sum / fit->root[i][i];
    }
}
