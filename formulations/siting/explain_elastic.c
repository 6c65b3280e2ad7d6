/* explain_elastic.c - why there is no plan: every limit that has a name gives by a share of its own
 * size, the same in all of its hours and outages; the sum of the shares is least.
 *
 *   row + size * give >= lower,  row - size * give <= upper,  give >= 0
 *
 * Then a deletion filter makes limits firm again one by one where the others suffice, so that what
 * is left is needed, all of it. Decisions never give; where hosts would pay more for a site that is
 * decided, that is told and the option is taken as allowed. */
#include <math.h>
#include <string.h>

#include "formulations/siting/explain.h"
#include "formulations/siting/plan.h"
#include "solver/tolerances.h"

#define LEAST 1e-6    /* of its size: less than this a limit has not given */
#define GAP 1e-8      /* of the sum */
#define ROUNDS 400    /* of rows */
#define EACH 4        /* rows of an element in a round */
#define UNIT_SIZE 1.0 /* of a limit of nothing */

struct give {
    struct st_named named;
    size_t column; /* static */
    double size;   /* in the unit of its rows */
};

struct elastic {
    struct st_explainer *e;
    struct st_problem *p;
    struct az_arena *arena;
    size_t count, capacity;
    struct give *gives;
    size_t rows_seen;
    bool host_pays; /* a site that is decided is taken though its host pays */
};

/* One solve. */
struct trial {
    enum az_solve_status status;
    double objective, bound;
    struct st_point point;
    size_t count; /* gives when it was made */
    double *share;
};

/* --- what gives ---------------------------------------------------------------------------------
 */

/* The most that an option adds to a row: the size of a limit that is 0. */
static double usual_size(const struct elastic *el, const struct st_row *row)
{
    double most = 0;
    for (size_t o = 0; row->measure != ST_OF_INJECTION && o < el->p->option_count; o++)
        if (el->p->allowed[o]) most = fmax(most, fabs(row->factor * st_measured(el->p, row, o)));
    return most > 0 ? most : UNIT_SIZE;
}

/* The most that a site can deliver with an option that says so; -1: none does. */
static double capacity_of(const struct st_site *site)
{
    double most = -1;
    for (size_t o = 0; o < site->option_count; o++)
        if (isfinite(site->option[o].capacity)) most = fmax(most, site->option[o].capacity);
    return most;
}

static double size_of(const struct elastic *el, const struct st_named *named,
                      const struct st_row *row)
{
    const struct st_instance *in = el->e->in;
    double size = 0;
    if (named->thing == ST_THING_BUDGET) size = in->budgets.items[named->index].jpy;
    if (named->thing == ST_THING_LIMIT)
        size = named->side > 0 ? in->limits.items[named->index].max
                               : in->limits.items[named->index].min;
    if (named->thing == ST_THING_FEEDER) size = in->feeders.items[named->index].capacity_kw;
    if (named->thing == ST_THING_BANK)
        size = named->side > 0 ? in->banks.items[named->index].reverse_kw
                               : in->banks.items[named->index].capacity_kw;
    if (named->thing == ST_THING_NODE) {
        const struct st_feeder *feeder =
            &in->feeders.items[in->nodes.items[named->index].feeder.index];
        size =
            (feeder->v_max_pu * feeder->v_max_pu - feeder->v_min_pu * feeder->v_min_pu) * row->unit;
    }
    if (named->thing == ST_THING_LINE) size = in->lines.items[named->index].limit_kva;
    if (named->thing == ST_THING_CIRCUIT)
        size = in->upstream->circuits.items[named->index].normal_kw;
    if (named->thing == ST_THING_OUTAGE)
        size = in->upstream->circuits.items[named->index].emergency_kw;
    if (named->thing == ST_THING_CAPACITY) size = capacity_of(&in->sites.items[named->index]);
    return isfinite(size) && size != 0 ? fabs(size) : usual_size(el, row);
}

static enum az_status add_give(struct elastic *el, const struct st_named *named, double size,
                               size_t *index)
{
    struct st_static column = { .kind = ST_SHORT, .upper = INFINITY, .penalty = 1 };
    if (el->count == el->capacity) {
        size_t room = el->capacity ? 2 * el->capacity : 32;
        el->gives = az_arena_grow(el->arena, el->gives, el->count, room, sizeof *el->gives);
        if (!el->gives) return AZ_NO_MEMORY;
        el->capacity = room;
    }
    *index = el->count++;
    el->gives[*index] = (struct give){ .named = *named, .size = size };
    return st_add_static(el->p, &column, &el->gives[*index].column);
}

/* What gives for a row on a side; AZ_NO_INDEX: nothing. */
static enum az_status find_give(struct elastic *el, const struct st_row *row, int side,
                                size_t *index)
{
    const struct st_instance *in = el->e->in;
    struct st_named named = { row->of.thing, row->of.index, st_named_side(row->of.thing, side) };
    *index = AZ_NO_INDEX;
    if (named.thing == ST_THING_NONE) return AZ_OK;
    if (named.thing == ST_THING_CAPACITY && capacity_of(&in->sites.items[named.index]) < 0)
        return AZ_OK;
    if (named.thing == ST_THING_OUTAGE &&
        isnan(in->upstream->circuits.items[named.index].emergency_kw))
        named.thing = ST_THING_CIRCUIT; /* one member says both */
    for (size_t g = 0; g < el->count; g++) {
        const struct st_named *it = &el->gives[g].named;
        if (it->thing != named.thing || it->index != named.index || it->side != named.side)
            continue;
        *index = g;
        return AZ_OK;
    }
    return add_give(el, &named, size_of(el, &named, row), index);
}

/* Rows that are new give. */
static enum az_status soften(struct elastic *el)
{
    for (; el->rows_seen < el->p->row_count; el->rows_seen++) {
        const struct st_row row = el->p->rows[el->rows_seen];
        for (int side = 1; side >= -1; side -= 2) {
            size_t g;
            if (isinf(side > 0 ? row.upper : row.lower)) continue;
            AZ_TRY(find_give(el, &row, side, &g));
            if (g == AZ_NO_INDEX) continue;
            AZ_TRY(st_add_static_entry(el->p, el->rows_seen, el->gives[g].column,
                                       -side * el->gives[g].size));
        }
    }
    return AZ_OK;
}

/* A district that must be covered, without a price:  covered + give >= 1 */
static enum az_status soften_districts(struct elastic *el)
{
    size_t before = el->p->static_count;
    for (size_t j = 0; j < before; j++) {
        struct st_static *column = &el->p->statics[j];
        struct st_row row = { .lower = 1, .upper = INFINITY };
        size_t index;
        if (column->kind != ST_COVERED || column->lower <= 0) continue;
        column->lower = 0;
        row.group = (struct st_group){ AZ_NO_INDEX, AZ_NO_INDEX, -1, 0, ST_MAX_YEARS };
        row.of = (struct st_stands){ .thing = ST_THING_DISTRICT, .index = column->a };
        size_t g;
        const struct st_named named = { ST_THING_DISTRICT, column->a, 0 };
        AZ_TRY(st_add_row(el->p, &row, &index));
        AZ_TRY(st_add_static_entry(el->p, index, j, 1));
        AZ_TRY(add_give(el, &named, 1, &g));
    }
    return AZ_OK;
}

/* --- what never gives --------------------------------------------------------------------------
 */

static struct az_time no_time(void)
{
    return (struct az_time){ .utc_s = AZ_NO_INTEGER };
}

/* By how much the host of a site pays more with an option, as the judge says. */
static enum az_status host_loss(const struct elastic *el, size_t site, size_t option, double *jpy)
{
    const struct st_instance *in = el->e->in;
    struct st_plan *plan;
    struct az_judgement judgement = { 0 };
    size_t *options = AZ_ARRAY(el->arena, in->sites.count, size_t);
    *jpy = INFINITY;
    if (!options) return AZ_NO_MEMORY;
    for (size_t s = 0; s < in->sites.count; s++) options[s] = AZ_NO_INDEX;
    options[site] = option;
    AZ_TRY(st_plan_of(in, options, NULL, el->arena, &plan));
    AZ_TRY(st_evaluate(in, plan, el->arena, &judgement));
    for (size_t i = 0; i < judgement.violations.count; i++)
        if (judgement.violations.items[i].rule == &st_rules[ST_RULE_host_pays])
            *jpy = judgement.violations.items[i].amount;
    return AZ_OK;
}

/* A site that is decided has no option but those for which its host pays: the least of these. */
static enum az_status allow_decided(struct elastic *el, size_t site)
{
    const struct st_instance *in = el->e->in;
    const struct st_site *it = &in->sites.items[site];
    const struct st_values *values = el->p->values;
    double least = INFINITY;
    size_t best = AZ_NO_INDEX;
    for (size_t o = values->first[site]; o < values->first[site + 1]; o++) {
        double jpy;
        if (el->p->allowed[o]) return AZ_OK;
        if (values->value[o].refusal != ST_HOST_PAYS) continue;
        AZ_TRY(host_loss(el, site, o - values->first[site], &jpy));
        if (!(jpy < least)) continue;
        least = jpy;
        best = o;
    }
    if (best == AZ_NO_INDEX) return AZ_OK;
    el->p->allowed[best] = el->host_pays = true;
    return az_explanation_reason(
        el->e->explanation, el->e->arena, &st_rules[ST_RULE_host_pays],
        AZ_AT(AZ_ITEM(AZ_AT(NULL, "sites"), site, it->id), "decision"), least, no_time(),
        (struct az_words)AZ_EN_JA("the site is decided to be in, its host pays more in a year",
                                  "設置が決定した地点で、需要家の支払いが年に増えます"));
}

/* Customers that no site may serve. */
static enum az_status tell_unserved(struct elastic *el, bool *any)
{
    const struct st_instance *in = el->e->in;
    const struct st_problem *p = el->p;
    bool *served = AZ_ARRAY(el->arena, in->customers.count, bool);
    *any = false;
    if (!served) return AZ_NO_MEMORY;
    for (size_t j = 0; j < p->static_count; j++) {
        const struct st_static *column = &p->statics[j];
        if (column->kind != ST_DELIVER) continue;
        for (size_t o = p->values->first[column->b]; o < p->values->first[column->b + 1]; o++)
            served[column->a] = served[column->a] || p->allowed[o];
    }
    for (size_t c = 0; in->delivery_jpy.values && c < in->customers.count; c++) {
        if (served[c]) continue;
        *any = true;
        AZ_TRY(az_explanation_reason(
            el->e->explanation, el->e->arena, &st_rules[ST_RULE_served_whole],
            AZ_ITEM(AZ_AT(NULL, "customers"), c, in->customers.items[c].id), 1, no_time(),
            (struct az_words)AZ_EN_JA("no site that may be chosen can serve it",
                                      "選べる地点のどこからも供給できません")));
    }
    return AZ_OK;
}

/* --- solving ------------------------------------------------------------------------------------
 */

/* One engine solve over the rows that are there. soft: of the first `count` gives, those that may
 * give; NULL: all. */
static enum az_status solve_once(struct elastic *el, const bool soft[], size_t count, bool whole,
                                 struct az_arena *scratch, struct st_found *found)
{
    struct st_problem *p = el->p;
    struct st_part *part;
    double *high = AZ_ARRAY(scratch, p->static_count, double);
    if (!high) return AZ_NO_MEMORY;
    for (size_t j = 0; j < p->static_count; j++) high[j] = p->statics[j].upper;
    for (size_t g = 0; soft && g < el->count; g++)
        if (g >= count || !soft[g]) high[el->gives[g].column] = 0;
    struct st_part_of of = { .high = high };
    struct st_mip_options options = { .gap_abs = GAP, .cutoff = NAN, .effort = 0.5 };
    AZ_TRY(st_part_new(p, &of, scratch, &part));
    if (!whole) return st_part_lp(part, el->e->engine, el->e->context, scratch, found);
    return st_part_mip(part, el->e->engine, el->e->context, &options, scratch, found);
}

static bool has_solution(enum az_solve_status status)
{
    return status == AZ_SOLVE_OPTIMAL || status == AZ_SOLVE_FEASIBLE;
}

/* The least sum: the relaxation, then whole, again with the rows that a solution breaks. bound is
 * of the last, its rows are all valid. */
static enum az_status solve(struct elastic *el, const bool soft[], size_t count,
                            struct trial *trial)
{
    bool whole = false, settled = false;
    struct st_found found = { .status = AZ_SOLVE_UNKNOWN };
    enum az_status status = AZ_OK;
    struct az_arena *scratch = az_arena_new(NULL);
    if (!scratch) return AZ_NO_MEMORY;
    *trial = (struct trial){ .status = AZ_SOLVE_UNKNOWN, .bound = -INFINITY };
    for (int round = 0; round < ROUNDS && !settled; round++) {
        size_t added = 0;
        az_arena_empty(scratch);
        if (az_must_stop(el->e->context)) break;
        AZ_GOTO(solve_once(el, soft, count, whole, scratch, &found));
        if (found.status != AZ_SOLVE_INFEASIBLE) trial->bound = fmax(trial->bound, found.bound);
        if (found.status == AZ_SOLVE_INFEASIBLE) trial->status = AZ_SOLVE_INFEASIBLE;
        if (!has_solution(found.status)) break;
        AZ_GOTO(st_separate(el->p, &found.point, EACH, &added));
        AZ_GOTO(soften(el));
        settled = added == 0 && whole;
        whole = whole || added == 0;
    }
    if (!settled) goto done;
    trial->status = found.status;
    trial->objective = found.objective;
    trial->count = el->count;
    trial->share = AZ_ARRAY(el->arena, el->count, double);
    trial->point = found.point;
    trial->point.option = AZ_ARRAY(el->arena, found.point.count, size_t);
    trial->point.value = AZ_ARRAY(el->arena, found.point.count, double);
    trial->point.y = AZ_ARRAY(el->arena, found.point.y_count, double);
    if (!trial->share || !trial->point.option || !trial->point.value || !trial->point.y)
        AZ_GOTO(AZ_NO_MEMORY);
    memcpy(trial->point.option, found.point.option, found.point.count * sizeof(size_t));
    memcpy(trial->point.value, found.point.value, found.point.count * sizeof(double));
    memcpy(trial->point.y, found.point.y, found.point.y_count * sizeof(double));
    for (size_t g = 0; g < el->count; g++) {
        double share = found.point.y[el->gives[g].column];
        trial->share[g] = share > LEAST ? share : 0;
    }
done:
    az_arena_free(scratch);
    return status;
}

/* Makes limits firm again one by one where the others suffice. */
static enum az_status filter(struct elastic *el, struct trial *found, bool *minimal)
{
    size_t count = found->count;
    bool *soft = AZ_ARRAY(el->arena, count, bool);
    if (!soft) return AZ_NO_MEMORY;
    *minimal = found->status == AZ_SOLVE_OPTIMAL;
    for (size_t g = 0; g < count; g++) soft[g] = found->share[g] > 0;
    for (size_t g = 0; g < count; g++) {
        struct trial trial;
        if (!soft[g]) continue;
        soft[g] = false;
        AZ_TRY(solve(el, soft, count, &trial));
        if (has_solution(trial.status)) {
            *found = trial;
            *minimal = *minimal && trial.status == AZ_SOLVE_OPTIMAL;
            for (size_t k = 0; k < count; k++) soft[k] = soft[k] && trial.share[k] > 0;
            continue;
        }
        soft[g] = true;
        if (trial.status != AZ_SOLVE_INFEASIBLE) *minimal = false;
    }
    return AZ_OK;
}

/* --- telling ------------------------------------------------------------------------------------
 */

/* In the unit of its rule. */
static double amount_of(const struct elastic *el, const struct give *give, const struct st_row *row,
                        double share)
{
    const struct st_instance *in = el->e->in;
    double amount = share * give->size;
    if (give->named.thing == ST_THING_LIMIT &&
        in->limits.items[give->named.index].what == ST_ROOF_SHARE)
        return 100 * amount;
    if (give->named.thing != ST_THING_NODE) return amount;
    const struct st_feeder *feeder =
        &in->feeders.items[in->nodes.items[give->named.index].feeder.index];
    double v = give->named.side > 0 ? feeder->v_max_pu : feeder->v_min_pu;
    double square = v * v + give->named.side * amount / row->unit;
    return fabs(sqrt(fmax(0, square)) - v);
}

/* What rows have of a solution, what gives left out. */
static enum az_status activities(const struct elastic *el, const struct st_point *point,
                                 double **out)
{
    const struct st_problem *p = el->p;
    struct st_coefficient *room = AZ_ARRAY(el->arena, p->row_count, struct st_coefficient);
    double *sum = AZ_ARRAY(el->arena, p->row_count, double);
    bool *gives = AZ_ARRAY(el->arena, p->static_count, bool);
    if (!room || !sum || !gives) return AZ_NO_MEMORY;
    for (size_t g = 0; g < el->count; g++) gives[el->gives[g].column] = true;
    for (size_t i = 0; i < point->count; i++) {
        size_t count = st_option_coefficients(p, point->option[i], room);
        for (size_t k = 0; k < count; k++) sum[room[k].row] += point->value[i] * room[k].value;
    }
    for (size_t j = 0; j < point->y_count; j++) {
        size_t count = gives[j] || point->y[j] == 0 ? 0 : st_static_coefficients(p, j, room);
        for (size_t k = 0; k < count; k++) sum[room[k].row] += point->y[j] * room[k].value;
    }
    *out = sum;
    return AZ_OK;
}

/* The row of what gives that is furthest beyond its side. */
static const struct st_row *worst_row(const struct elastic *el, size_t column, const double sum[],
                                      bool *above)
{
    const struct st_problem *p = el->p;
    const struct st_row *worst = NULL;
    double most = -INFINITY;
    for (size_t i = p->static_entry[column]; i != AZ_NO_INDEX; i = p->entries[i].next) {
        const struct st_row *row = &p->rows[p->entries[i].row];
        bool up = p->entries[i].value < 0;
        double by = up ? sum[p->entries[i].row] - row->upper : row->lower - sum[p->entries[i].row];
        if (worst && !(by > most)) continue;
        most = by;
        worst = row;
        *above = up;
    }
    return worst;
}

/* "the capacity of the feeder, most at summer 12:00 after the outage of north-1" */
static struct az_words words_of(const struct elastic *el, const struct st_named *named,
                                const struct st_row *row)
{
    const struct st_instance *in = el->e->in;
    struct az_words words = st_named_words(named);
    struct az_arena *arena = el->e->arena;
    if (row->measure != ST_OF_INJECTION || row->of.hour >= in->hour_count) return words;
    const struct st_typical_day *day = &in->typical_days.items[row->of.hour / ST_HOURS];
    int clock = (int)(row->of.hour % ST_HOURS);
    words = (struct az_words){
        az_arena_format(arena, "%s, most at %s %02d:00", words.en, day->id, clock),
        az_arena_format(arena, "%s（最大は %s %d 時）", words.ja, day->id, clock)
    };
    if (row->of.thing != ST_THING_OUTAGE || !words.en || !words.ja) return words;
    const char *id = in->upstream->circuits.items[row->of.outage].id;
    return (struct az_words){ az_arena_format(arena, "%s after the outage of %s", words.en, id),
                              az_arena_format(arena, "%s、%s の事故後", words.ja, id) };
}

struct telling {
    struct st_explainer *e;
    enum st_rule rule;
    double amount;
    struct az_words words;
};

static enum az_status add_reason(void *data, const struct az_path *path)
{
    const struct telling *t = data;
    return az_explanation_reason(t->e->explanation, t->e->arena, &st_rules[t->rule], path,
                                 t->amount, no_time(), t->words);
}

/* What gives, in the order of things, then of the instance. */
static enum az_status tell(struct elastic *el, const struct trial *found)
{
    double *sum;
    AZ_TRY(activities(el, &found->point, &sum));
    for (int thing = ST_THING_NONE + 1; thing <= ST_THING_CAPACITY; thing++) {
        size_t after = 0;
        for (;;) { /* the next of its list */
            size_t next = AZ_NO_INDEX;
            for (size_t g = 0; g < found->count; g++) {
                const struct st_named *it = &el->gives[g].named;
                if (found->share[g] <= 0 || it->thing != thing) continue;
                size_t at = 2 * it->index + (it->side < 0);
                if (at < after) continue;
                if (next == AZ_NO_INDEX ||
                    at < 2 * el->gives[next].named.index + (el->gives[next].named.side < 0))
                    next = g;
            }
            if (next == AZ_NO_INDEX) break;
            const struct give *give = &el->gives[next];
            bool above = true;
            const struct st_row *row = worst_row(el, give->column, sum, &above);
            struct st_named named = give->named;
            after = 2 * named.index + (named.side < 0) + 1;
            if (!row) continue;
            struct telling t = { .e = el->e,
                                 .amount = amount_of(el, give, row, found->share[next]) };
            struct st_named of_row = { row->of.thing, named.index, named.side };
            t.rule = st_named_rule(el->e->in, &of_row, above);
            t.words = words_of(el, &of_row, row);
            AZ_TRY(st_named_path(el->e->in, &named, add_reason, &t));
        }
    }
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static enum az_status begin(struct elastic *el)
{
    struct st_problem *p;
    AZ_TRY(st_problem_new(el->e->in, el->e->values, el->arena, &el->p));
    p = el->p;
    st_problem_aim(p, ST_LEVEL_PENALTY);
    for (size_t j = 0; j < p->static_count; j++) p->statics[j].penalty = 0;
    for (size_t s = 0; s < el->e->in->sites.count; s++)
        if (p->forced[s]) AZ_TRY(allow_decided(el, s));
    AZ_TRY(soften_districts(el));
    return soften(el);
}

static enum az_status explain(struct elastic *el)
{
    struct az_explanation *out = el->e->explanation;
    struct trial found;
    bool unserved, minimal;
    AZ_TRY(begin(el));
    AZ_TRY(tell_unserved(el, &unserved));
    out->proven = out->proven || unserved || el->host_pays;
    if (unserved) {
        out->minimal = true; /* each stands in the way by itself */
        return AZ_OK;
    }
    AZ_TRY(solve(el, NULL, 0, &found));
    out->proven = out->proven || found.status == AZ_SOLVE_INFEASIBLE || found.bound > LEAST;
    if (!has_solution(found.status)) return AZ_OK;
    if (found.objective <= LEAST) { /* nothing else stands in the way */
        out->minimal = el->host_pays;
        out->feasible = !out->proven; /* what is proven lies within the tolerances of a plan */
        return AZ_OK;
    }
    AZ_TRY(filter(el, &found, &minimal));
    out->minimal = minimal;
    return tell(el, &found);
}

enum az_status st_explain_elastic(struct st_explainer *e)
{
    struct elastic el = { .e = e, .arena = az_arena_new(NULL) };
    if (!el.arena) return AZ_NO_MEMORY;
    enum az_status status = explain(&el);
    az_arena_free(el.arena);
    return status;
}
