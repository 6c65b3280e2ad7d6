/* price_outlook.c - the least that may follow a part of a round: by place, whether the crew has
 * rested, and the span of the day.
 *
 * Spans are gone through from the last one. All that happens in a span counts as at its beginning:
 * who comes earlier can do no less, so this is a bound for all of it. Sites that the part has
 * visited, its load and its cuts are left out, and so are charges where drives are loose. */
#include "formulations/clinic/price.h"

#define SPAN_S 120      /* of a span at least, but no longer than the shortest visit */
#define FEW_SPANS 300   /* longer ones where a day has more of them */
#define MOST_SPANS 4000 /* without an outlook where visits are so short */

/* A way and a drive by spans: it takes so many, and ends in `least` at the earliest. */
struct stay {
    double reduced;
    size_t last, takes, least; /* last: of the spans in which it begins */
    int64_t length_s, least_s;
};
struct pass {
    double cost;
    size_t to, takes;
    size_t rested_takes, rested_least; /* with the break on arrival */
    size_t before_takes, before_least; /* with the break before leaving */
    int64_t drive_s;
};

struct spans {
    const struct cl_pricing *p;
    const struct cl_outlook *outlook;
    struct stay *stay;  /* [offers] */
    struct pass *pass;  /* [nodes * nodes] by origin; the last one home */
    size_t *pass_first; /* [nodes + 1] */
};

static size_t later(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* The span of a moment; beyond the last one there is nothing. */
static size_t span_of(const struct cl_outlook *outlook, int64_t time_s)
{
    if (time_s <= outlook->from_s) return 0;
    size_t span = (size_t)((time_s - outlook->from_s) / outlook->width_s);
    return span < outlook->spans ? span : outlook->spans;
}

static size_t spans_in(const struct cl_outlook *outlook, int64_t length_s)
{
    return span_of(outlook, outlook->from_s + length_s);
}

/* --- one span -----------------------------------------------------------------------------------
 */

static const double *row_of(const struct cl_outlook *outlook, const double least[], size_t span,
                            bool rested)
{
    return least + (2 * span + rested) * outlook->nodes;
}

/* The crew is ready at a node: the best of its ways. */
static double best_visit(const struct spans *s, size_t node, bool rested, size_t span)
{
    double best = INFINITY;
    int64_t time_s = s->outlook->from_s + (int64_t)span * s->outlook->width_s;
    for (size_t o = s->p->offer_first[node]; o < s->p->offer_first[node + 1]; o++) {
        const struct stay *stay = &s->stay[o];
        if (span > stay->last) continue;
        int64_t end_s = time_s + stay->length_s;
        if (end_s < stay->least_s) end_s = stay->least_s;
        if (!cl_is_in_time(s->p->team, rested, end_s)) continue;
        size_t then = later(span + stay->takes, stay->least);
        double cost = stay->reduced + row_of(s->outlook, s->outlook->done, then, rested)[node];
        if (cost < best) best = cost;
    }
    return best;
}

static double home_at(const struct cl_pricing *p, bool rested, int64_t time_s)
{
    return cl_is_in_time(p->team, rested, time_s) ? cl_price_overtime(p, time_s) : INFINITY;
}

/* Home, with the break before the drive or, where drives are loose, after it. */
static double best_home(const struct spans *s, const struct pass *home, bool rested, bool rests,
                        int64_t time_s)
{
    const struct cl_team *team = s->p->team;
    double cost = home_at(s->p, rested, time_s + home->drive_s);
    int64_t from_s = s->p->loose ? time_s + home->drive_s : time_s;
    if (from_s < team->break_from_s) from_s = team->break_from_s;
    if (rests)
        cost = fmin(
            cost, home_at(s->p, true, from_s + team->break_s + (s->p->loose ? 0 : home->drive_s)));
    return home->cost + cost;
}

/* The crew is done at a node: the best of its drives; with the break at the latest moment, as
 * labels forwards have it. */
static double best_drive(const struct spans *s, size_t node, bool rested, size_t span)
{
    const struct cl_outlook *outlook = s->outlook;
    const struct cl_team *team = s->p->team;
    double best = INFINITY;
    int64_t time_s = outlook->from_s + (int64_t)span * outlook->width_s;
    bool rests = !rested && time_s <= team->break_until_s && cl_may_rest(team);
    const struct pass *pass = s->pass + s->pass_first[node];
    const struct pass *end = s->pass + s->pass_first[node + 1];
    for (; pass < end && pass->to < s->p->count; pass++) {
        double cost = row_of(outlook, outlook->ready, span + pass->takes, rested)[pass->to];
        if (rests) {
            bool on_arrival = s->p->loose || time_s + pass->drive_s <= team->break_until_s;
            size_t then = on_arrival ? later(span + pass->rested_takes, pass->rested_least)
                                     : later(span + pass->before_takes, pass->before_least);
            cost = fmin(cost, row_of(outlook, outlook->ready, then, true)[pass->to]);
        }
        if (pass->cost + cost < best) best = pass->cost + cost;
    }
    return pass < end ? fmin(best, best_home(s, pass, rested, rests, time_s)) : best;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

/* Every visit ends in a later span than it begins, so that a span follows from those after it. */
static void choose_spans(const struct cl_pricing *p, struct cl_outlook *outlook)
{
    int64_t day_s = p->team->limit_s - p->team->from_s, width_s = day_s / FEW_SPANS + 1;
    if (width_s < SPAN_S) width_s = SPAN_S;
    for (size_t o = 0; o < p->offer_first[p->count]; o++)
        if (p->offer[o].length_s < width_s) width_s = p->offer[o].length_s;
    outlook->nodes = p->count + 1;
    outlook->from_s = p->team->from_s;
    outlook->width_s = width_s;
    outlook->spans = 0;
    if (width_s <= 0 || day_s < 0 || day_s / width_s >= MOST_SPANS) return;
    outlook->spans = (size_t)(day_s / width_s) + 1;
}

static void set_stays(const struct spans *s)
{
    for (size_t o = 0; o < s->p->offer_first[s->p->count]; o++) {
        const struct cl_priced_way *offer = &s->p->offer[o];
        s->stay[o] = (struct stay){ .reduced = offer->reduced,
                                    .last = span_of(s->outlook, offer->until_s),
                                    .takes = spans_in(s->outlook, offer->length_s),
                                    .least = span_of(s->outlook, offer->least_s),
                                    .length_s = offer->length_s,
                                    .least_s = offer->least_s };
        if (offer->until_s < s->outlook->from_s) s->stay[o].reduced = INFINITY;
    }
}

static void set_passes(const struct spans *s)
{
    const struct cl_team *team = s->p->team;
    size_t count = 0;
    for (size_t from = 0; from < s->outlook->nodes; from++) {
        s->pass_first[from] = count;
        for (size_t to = 0; to < s->outlook->nodes; to++) {
            const struct cl_priced_drive *leg = cl_leg_of(s->p, from, to);
            int64_t rested_s = team->break_from_s + team->break_s;
            size_t takes = spans_in(s->outlook, team->break_s + leg->drive_s);
            if (leg->drive_s < 0) continue;
            s->pass[count++] =
                (struct pass){ .cost = leg->cost,
                               .to = to,
                               .takes = spans_in(s->outlook, leg->drive_s),
                               .rested_takes = takes,
                               .rested_least = span_of(s->outlook, rested_s),
                               .before_takes = takes,
                               .before_least = span_of(s->outlook, rested_s + leg->drive_s),
                               .drive_s = leg->drive_s };
        }
    }
    s->pass_first[s->outlook->nodes] = count;
}

bool cl_price_can_look(const struct cl_pricing *p)
{
    struct cl_outlook outlook;
    choose_spans(p, &outlook);
    return outlook.spans > 0;
}

enum az_status cl_price_outlook(const struct cl_pricing *p, struct cl_outlook *outlook)
{
    choose_spans(p, outlook);
    if (outlook->spans == 0) return AZ_OK;
    size_t nodes = outlook->nodes, room = nodes * 4 * (outlook->spans + 1);
    struct spans s = { .p = p,
                       .outlook = outlook,
                       .stay = AZ_ARRAY(p->scratch, p->offer_first[p->count] + 1, struct stay),
                       .pass = AZ_ARRAY(p->scratch, nodes * nodes, struct pass),
                       .pass_first = AZ_ARRAY(p->scratch, nodes + 1, size_t) };
    /* spans after the last one are there, with nothing in them */
    outlook->ready = AZ_ARRAY(p->scratch, room, double);
    outlook->done = AZ_ARRAY(p->scratch, room, double);
    if (!s.stay || !s.pass || !s.pass_first || !outlook->ready || !outlook->done)
        return AZ_NO_MEMORY;
    for (size_t k = 0; k < room; k++) outlook->ready[k] = outlook->done[k] = INFINITY;
    set_stays(&s);
    set_passes(&s);
    for (size_t span = outlook->spans; span-- > 0;) {
        for (size_t k = 0; k < 2 * p->count; k++)
            outlook->ready[2 * span * nodes + k / p->count * nodes + k % p->count] =
                best_visit(&s, k % p->count, k / p->count, span);
        for (size_t k = 0; k < 2 * nodes; k++)
            outlook->done[2 * span * nodes + k] = best_drive(&s, k % nodes, k / nodes, span);
    }
    return AZ_OK;
}
