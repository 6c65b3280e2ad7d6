/* evaluate_drivers.c - the drivers' rules: driving between breaks, length of a block. */
#include "formulations/evbus/judge.h"

/* May what the bus stands now be a break? At a stop, in its depot, where it begins; before a trip
 * also wherever it came straight. */
static bool may_break(const struct eb_walk *w, bool trip)
{
    const struct eb_instance *ev = w->j->ev;
    bool stop = w->place != AZ_NO_INDEX && w->j->stop_of[w->place] != AZ_NO_INDEX;
    if (ev->links)
        stop = w->node >= ev->depots.count && w->node < ev->depots.count + ev->stop_count;
    if (w->no_break) return false;
    return stop || w->first || trip;
}

void eb_walk_break(struct eb_walk *w, int64_t start_s, bool trip)
{
    const struct eb_drivers *drivers = w->j->ev->drivers;
    if (!drivers || isnan(drivers->shortest_break_min) || !w->j->ev->timed) return;
    if (!may_break(w, trip)) return;
    if (eb_under((double)(start_s - w->since_s) / 60, drivers->shortest_break_min)) return;
    w->driving_s = 0;
    w->driving_told = false;
}

/* driving_time: the sum of driving since the last break, told once until the next. */
void eb_walk_driven(struct eb_walk *w, int64_t start_s, int64_t driven_s)
{
    const struct eb_drivers *drivers = w->j->ev->drivers;
    w->driving_s += driven_s;
    if (!drivers || isnan(drivers->longest_driving_min) || w->driving_told) return;
    double driven = (double)w->driving_s / 60;
    if (!w->j->ev->timed || !eb_over(driven, drivers->longest_driving_min)) return;
    w->driving_told = true;
    EB_WALK_BREACH(w, EB_RULE_driving_time, start_s, driven - drivers->longest_driving_min,
                   EB_VALUE(driven), EB_LIMIT(drivers->longest_driving_min));
}

/* block_length: from leaving the depot the first time to coming back the last time. */
void eb_walk_length(struct eb_walk *w)
{
    const struct eb_drivers *drivers = w->j->ev->drivers;
    if (!drivers || isnan(drivers->longest_block_min) || !w->j->ev->timed || !w->drives) return;
    bool pulled_out = w->bus && az_time_given(w->bus->pulled_out);
    int64_t from = pulled_out ? -w->bus->block_used_s : w->out_s;
    double lasts = (double)(w->in_s - from) / 60;
    if (!eb_over(lasts, drivers->longest_block_min)) return;
    EB_WALK_BREACH(w, EB_RULE_block_length, w->out_s, lasts - drivers->longest_block_min,
                   EB_VALUE(lasts), EB_LIMIT(drivers->longest_block_min));
}
