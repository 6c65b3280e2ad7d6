/* model_starts.c - start-up costs by hours off in the compact MILP.
 *
 * Every start pays the coldest tier; a column that ties it to a recent stop gives the difference
 * back. Physical rule: starts are matched with stops one to one (Knueven, Ostrowski, Watson 2020,
 * "A novel matching formulation for startup costs in unit commitment"). The library's rule: rows
 * (7) and (15) of the pglib-uc model. */
#include "formulations/microgrid/model.h"
#include "solver/tolerances.h"

static size_t add_match(struct mg_model *m, struct mg_match match)
{
    if (m->matches.count == m->match_capacity) {
        size_t capacity = 2 * m->match_capacity + 256;
        void *items = az_arena_grow(m->arena, m->matches.items, m->matches.count, capacity,
                                    sizeof *m->matches.items);
        if (!items) {
            m->failed = AZ_NO_MEMORY;
            return 0;
        }
        m->matches.items = items;
        m->match_capacity = capacity;
    }
    match.column = mg_column(m, 0, 1, -match.saving, false);
    m->matches.items[m->matches.count++] = match;
    return match.column;
}

static bool is_zero(struct mg_term term)
{
    return term.column == AZ_NO_INDEX && term.value < 0.5;
}

/* Can the unit stop in slot t at all? */
static bool can_stop(const struct mg_model *m, size_t i, size_t t)
{
    struct mg_term on = mg_on(m, i, (ptrdiff_t)t), before = mg_on(m, i, (ptrdiff_t)t - 1);
    return !is_zero(before) && (on.column != AZ_NO_INDEX || on.value < 0.5);
}

/* Can a plan of interest start the unit with the slot? */
bool mg_reaches_start(const struct mg_model *m, size_t i, size_t t)
{
    const struct mg_reach *reach = m->build.decisions->reach;
    return !reach || reach->start[i * m->mg->T + t];
}

/* The same for the pair of a stop and a start; what is decided stays. */
static bool reaches_pair(const struct mg_model *m, size_t i, size_t stop, size_t t)
{
    const struct mg_reach *reach = m->build.decisions->reach;
    return !reach || mg_start(m, i, t).column == AZ_NO_INDEX ||
           reach->pair[(i * m->mg->T + stop) * m->mg->T + t];
}

static bool reaches_first(const struct mg_model *m, size_t i, size_t t)
{
    const struct mg_reach *reach = m->build.decisions->reach;
    return !reach || mg_start(m, i, t).column == AZ_NO_INDEX || reach->first[i * m->mg->T + t];
}

/* The saving of a start after `off` slots against the coldest tier. */
static double saving_after(const struct mg_unit *unit, size_t off)
{
    size_t tier = 0;
    while (tier + 1 < unit->tier_count && unit->tier_lag[tier + 1] <= off) tier++;
    return unit->tier_cost[unit->tier_count - 1] - unit->tier_cost[tier];
}

/* x(t', t) for every start t and stop t' that are near enough. */
static void add_pairs(struct mg_model *m, size_t i)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    size_t cold = unit->tier_lag[unit->tier_count - 1];
    for (size_t t = 0; t < m->mg->T; t++) {
        if (is_zero(mg_start(m, i, t))) continue;
        for (size_t off = unit->min_down; off < cold && off <= t; off++)
            if (saving_after(unit, off) > AZ_ZERO && can_stop(m, i, t - off) &&
                reaches_pair(m, i, t - off, t))
                add_match(m, (struct mg_match){ .unit = i,
                                                .start = t,
                                                .first = t - off,
                                                .last = t - off,
                                                .warmth = MG_WARM_STOP,
                                                .saving = saving_after(unit, off) });
        if (unit->on0 || unit->slots0 + t >= cold) continue;
        if (saving_after(unit, unit->slots0 + t) > AZ_ZERO && reaches_first(m, i, t))
            add_match(m, (struct mg_match){ .unit = i,
                                            .start = t,
                                            .warmth = MG_WARM_CARRIED,
                                            .saving = saving_after(unit, unit->slots0 + t) });
    }
}

/* sum_{t'} x(t', t) <= v(t);  sum_t x(t', t) <= w(t'), and <= 1 for the carried stop */
static void add_matching(struct mg_model *m, size_t i)
{
    size_t first = m->matches.count, T = m->mg->T;
    add_pairs(m, i);
    size_t count = m->matches.count;
    struct mg_tag tag = { MG_RULE_unit_on_off, i, 0 };
    size_t k = first;
    for (size_t t = 0; t < T; t++) {
        mg_row(m, -INFINITY, 0, tag);
        for (; k < count && m->matches.items[k].start == t; k++)
            mg_put_column(m, m->matches.items[k].column, 1);
        if (m->row_count == 0) continue;
        mg_put(m, mg_start(m, i, t), -1);
        mg_close(m);
    }
    for (size_t stop = 0; stop < T; stop++) {
        mg_row(m, -INFINITY, 0, tag);
        for (k = first; k < count; k++)
            if (m->matches.items[k].warmth == MG_WARM_STOP && m->matches.items[k].first == stop)
                mg_put_column(m, m->matches.items[k].column, 1);
        if (m->row_count == 0) continue;
        mg_put_stop(m, i, stop, -1);
        mg_close(m);
    }
    mg_row(m, -INFINITY, 1, tag);
    for (k = first; k < count; k++)
        if (m->matches.items[k].warmth == MG_WARM_CARRIED)
            mg_put_column(m, m->matches.items[k].column, 1);
    mg_close(m);
}

/* d_s(t) of a hot tier s, from stops `lag_s` to `lag_{s+1} - 1` slots before. Row (7): not while
 * the carried hours would already be colder. Row (15): d_s(t) <= sum_i w(t - i), from t = lag_{s+1}
 * on. */
static void add_library_tier(struct mg_model *m, size_t i, size_t s, size_t t)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    size_t period = t + 1, off0 = unit->on0 ? 0 : unit->slots0, colder = unit->tier_lag[s + 1];
    double saving = unit->tier_cost[unit->tier_count - 1] - unit->tier_cost[s];
    if (saving <= AZ_ZERO) return;
    bool forbidden = off0 > 0 && period < colder && period + off0 > colder;
    if (forbidden) return;
    struct mg_match match = { .unit = i, .start = t, .saving = saving, .warmth = MG_WARM_FREE };
    if (period < colder) {
        add_match(m, match);
        return;
    }
    match.warmth = MG_WARM_STOP;
    match.first = period - colder;
    match.last = t - unit->tier_lag[s];
    size_t column = add_match(m, match);
    mg_row(m, -INFINITY, 0, (struct mg_tag){ MG_RULE_unit_on_off, i, t });
    mg_put_column(m, column, 1);
    for (size_t stop = match.first; stop <= match.last; stop++) mg_put_stop(m, i, stop, -1);
    mg_close(m);
}

/* Row (16) with the coldest tier replaced: sum_{s < S} d_s(t) <= v(t) */
static void add_library_tiers(struct mg_model *m, size_t i)
{
    size_t tiers = m->mg->units.items[i].tier_count;
    for (size_t t = 0; t < m->mg->T; t++) {
        if (is_zero(mg_start(m, i, t))) continue;
        size_t first = m->matches.count;
        for (size_t s = 0; s + 1 < tiers; s++) add_library_tier(m, i, s, t);
        mg_row(m, -INFINITY, 0, (struct mg_tag){ MG_RULE_unit_on_off, i, t });
        for (size_t k = first; k < m->matches.count; k++)
            mg_put_column(m, m->matches.items[k].column, 1);
        if (m->row_count == 0) continue;
        mg_put(m, mg_start(m, i, t), -1);
        mg_close(m);
    }
}

void mg_model_starts(struct mg_model *m, size_t i)
{
    if (m->mg->units.items[i].tier_count < 2) return;
    if (m->mg->tier_rule == MG_TIER_PGLIB)
        add_library_tiers(m, i);
    else
        add_matching(m, i);
}
