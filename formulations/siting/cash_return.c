/* cash_return.c - the internal rate of return and the payback of a cash flow. */
#include <math.h>
#include <stddef.h>

#include "formulations/siting/cash.h"

/* Rates are looked for by the logarithm of 1 + rate: from -0.99 to 100, in steps where there may be
 * several. */
#define LEAST_LOG (-4.605170185988091)
#define MOST_LOG 4.61512051684126
#define STEP 0.01
#define HALVINGS 200

/* Moments of a flow: the end of a year is the beginning of the next. */
struct moments {
    size_t count;
    double jpy[ST_MAX_YEARS + 1];
};

static struct moments moments_of(int64_t years, const double flow[])
{
    struct moments m = { .count = (size_t)years + 1 };
    for (size_t k = 0; k < (size_t)years; k++) {
        m.jpy[k] += flow[2 * k];
        m.jpy[k + 1] += flow[2 * k + 1];
    }
    return m;
}

/* Present value at a rate with this logarithm of 1 + rate, by Horner's rule. */
static double value_at(const struct moments *m, double log_rate)
{
    double factor = exp(-log_rate), value = 0;
    for (size_t k = m->count; k-- > 0;) value = value * factor + m->jpy[k];
    return value;
}

static size_t sign_changes(const struct moments *m)
{
    size_t changes = 0;
    double before = 0;
    for (size_t k = 0; k < m->count; k++) {
        if (m->jpy[k] == 0) continue;
        if (before * m->jpy[k] < 0) changes++;
        before = m->jpy[k] > 0 ? 1 : -1;
    }
    return changes;
}

/* Where the value falls through zero between low (above zero) and high (not above it). */
static double halve(const struct moments *m, double low, double high)
{
    for (int n = 0; n < HALVINGS; n++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        if (value_at(m, middle) > 0) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return expm1(low + (high - low) / 2);
}

static bool falls(const struct moments *m, double low, double high)
{
    return value_at(m, low) > 0 && value_at(m, high) <= 0;
}

/* Of several falls through zero the one nearest to a rate of 0: steps outward, in turn. */
static double nearest_fall(const struct moments *m)
{
    for (double at = 0; at < MOST_LOG; at += STEP) {
        double up = fmin(at + STEP, MOST_LOG), down = fmax(-at - STEP, LEAST_LOG);
        if (falls(m, at, up)) return halve(m, at, up);
        if (-at > LEAST_LOG && falls(m, down, -at)) return halve(m, down, -at);
    }
    return NAN;
}

double st_irr(int64_t years, const double flow[])
{
    if (years < 1 || years > ST_MAX_YEARS) return NAN;
    struct moments m = moments_of(years, flow);
    size_t changes = sign_changes(&m);
    if (changes == 0) return NAN;
    if (changes > 1) return nearest_fall(&m);
    return falls(&m, LEAST_LOG, MOST_LOG) ? halve(&m, LEAST_LOG, MOST_LOG) : NAN;
}

double st_payback(int64_t years, const double flow[])
{
    double sum = 0, payback = NAN;
    int64_t first = -1; /* year of the first outlay */
    for (int64_t k = 0; k < years; k++) {
        double begin = flow[2 * k], end = flow[2 * k + 1];
        bool below = sum < 0;
        sum += begin;
        if (first < 0 && (begin < 0 || end < 0)) first = k;
        if (below && sum >= 0) payback = (double)(k - first);
        below = sum < 0;
        if (below && sum + end >= 0) payback = (double)(k - first) - sum / end;
        sum += end;
    }
    return sum < 0 ? NAN : payback;
}
