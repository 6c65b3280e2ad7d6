/* judging.h - what the judges of several kinds share: telling breaches and misfits, comparing with
 * tolerance, moments that arithmetic may touch. */
#ifndef AZ_JUDGING_H
#define AZ_JUDGING_H

#include "formulations/formulation.h"
#include "solver/tolerances.h"

/* Who is told of each place where a plan does not fit its instance: another horizon, a reference
 * that leads nowhere, an entry that is missing or there twice, a number that is none. */
struct az_misfit {
    void (*tell)(void *data, const struct az_path *where);
    void *data;
    size_t count; /* out */
};
void az_misfit_tell(struct az_misfit *misfit, const struct az_path *where);

/* Where a breach is. pointer: its path in the plan; asset: the path that people are told; id:
 * {asset} in the words; at: absent when the rule has no time. */
struct az_where {
    const struct az_path *pointer, *asset;
    const char *id;
    struct az_time at;
};

/* Adds a breach to a judgement, with {asset} before its parameters. price: of a unit of the amount,
 * of a concession only. At most AZ_FINDING_PARAMS - 1 parameters. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_judge_breach(struct az_judgement *judgement, struct az_arena *arena,
                               const struct az_rule *rule, const struct az_where *where,
                               double amount, bool conceded, double price, size_t param_count,
                               const struct az_param params[]);

/* Seconds from a start to a time; false when the time is absent or so far away that differences
 * could overflow. */
bool az_seconds_since(struct az_time start, struct az_time time, int64_t *seconds);

/* A number for people: no digits that only arithmetic made. */
static inline double az_shown_number(double value)
{
    return fabs(value) < 1e9 ? round(value * 1e6) / 1e6 : value;
}

/* Beyond a limit by more than the tolerance of the judge. */
static inline double az_slack(double limit)
{
    return AZ_FEASIBILITY_TOLERANCE * fmax(1, fabs(limit));
}
static inline bool az_over(double value, double limit)
{
    return value > limit + az_slack(limit);
}
static inline bool az_under(double value, double limit)
{
    return value < limit - az_slack(limit);
}

#endif
