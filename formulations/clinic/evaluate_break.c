/* evaluate_break.c - the judge of a crew's break: whether it needs one, and whether it has it. */
#include "formulations/clinic/judge.h"

/* What a crew must do: the longest break of its members, in the window that is common to theirs.
 * Seconds since the start. */
struct rest {
    int64_t length_s; /* 0: nobody has a break */
    int64_t from_s, until_s;
};

static struct rest rest_of(const struct cl_judge *j, size_t round)
{
    const struct cl_round *it = &j->plan->rounds.items[round];
    const struct cl_laid_round *laid = &j->at.round[round];
    int64_t midnight = (int64_t)laid->day * CL_DAY_S;
    struct rest rest = { 0, INT64_MIN, INT64_MAX };
    for (size_t m = 0; m < it->members.count; m++) {
        const struct cl_shift *shift = laid->shift[m];
        if (!shift || shift->break_s <= 0) continue;
        if (shift->break_s > rest.length_s) rest.length_s = shift->break_s;
        if (midnight + shift->break_from_s > rest.from_s)
            rest.from_s = midnight + shift->break_from_s;
        if (midnight + shift->break_until_s < rest.until_s)
            rest.until_s = midnight + shift->break_until_s;
    }
    return rest;
}

/* The break of a round that serves best: one in the window and long enough, else one in the window,
 * the longest; else the nearest to it. AZ_NO_INDEX: there is none. */
static size_t best_break(const struct cl_judge *j, size_t round, const struct rest *rest)
{
    const struct cl_round *it = &j->plan->rounds.items[round];
    size_t best = AZ_NO_INDEX;
    int64_t best_off = INT64_MAX, best_lasts = 0;
    for (size_t k = 0; k < it->stops.count; k++) {
        const struct cl_laid_visit *stop = &j->at.round[round].stop[k];
        int64_t lasts = stop->end_s - stop->start_s, off = 0;
        if (it->stops.items[k].kind != CL_STOP_BREAK) continue;
        if (stop->start_s < rest->from_s) off = rest->from_s - stop->start_s;
        if (stop->start_s > rest->until_s) off = stop->start_s - rest->until_s;
        if (off > best_off || (off == best_off && lasts <= best_lasts)) continue;
        best = k;
        best_off = off;
        best_lasts = lasts;
    }
    return best;
}

void cl_judge_break(struct cl_judge *j, size_t round)
{
    const struct cl_round *it = &j->plan->rounds.items[round];
    const struct cl_laid_round *laid = &j->at.round[round];
    const struct az_path *at = AZ_ITEM(AZ_AT(NULL, "rounds"), round, it->id);
    const struct rest rest = rest_of(j, round);
    if (rest.length_s == 0) return;
    if (laid->leaves_s >= rest.until_s || laid->returns_s <= rest.until_s) return;
    const struct az_param window = cl_stretch(j, "limit", laid->day, rest.from_s, rest.until_s);
    if (rest.from_s > rest.until_s) {
        CL_BREACH(j, CL_RULE_break_common, at, it->id, rest.until_s, 0, window);
        return;
    }
    size_t k = best_break(j, round, &rest);
    if (k == AZ_NO_INDEX) {
        CL_BREACH(j, CL_RULE_break_missing, at, it->id, rest.from_s, cl_minutes(rest.length_s),
                  CL_VALUE_MIN(rest.length_s), window);
        return;
    }
    const struct cl_laid_visit *stop = &laid->stop[k];
    const struct az_path *here = AZ_ITEM(AZ_AT(at, "stops"), k, NULL);
    int64_t lasts_s = stop->end_s - stop->start_s;
    int64_t before_s = rest.from_s - stop->start_s, after_s = stop->start_s - rest.until_s;
    int64_t off_s = before_s > after_s ? before_s : after_s;
    if (off_s > 0)
        CL_BREACH(j, CL_RULE_break_window, here, it->id, stop->start_s, cl_minutes(off_s),
                  cl_clock(j, "value", laid->day, stop->start_s), window);
    if (lasts_s < rest.length_s)
        CL_BREACH(j, CL_RULE_break_short, here, it->id, stop->start_s,
                  cl_minutes(rest.length_s - lasts_s), CL_VALUE_MIN(lasts_s),
                  CL_LIMIT_MIN(rest.length_s));
}
