/* problem_rows.c - the families of rows that are no network's, one function a family. */
#include "formulations/siting/problem_rows.h"

#include <math.h>

#define SHARE_STEP 0.01 /* of a roof share, that a shortfall is priced by */
#define LEEWAY 100.0    /* of what a sum may miss when trips make it worse */

static const struct st_group everything = { AZ_NO_INDEX, AZ_NO_INDEX, -1, 0, ST_MAX_YEARS };

static double side(double value, double absent)
{
    return isnan(value) ? absent : value;
}

size_t st_find_static(const struct st_problem *p, int kind, size_t a)
{
    for (size_t j = 0; j < p->static_count; j++)
        if (p->statics[j].kind == kind && p->statics[j].a == a) return j;
    return AZ_NO_INDEX;
}

/* --- statics ---------------------------------------------------------------------------------- */

static enum az_status add_binary(struct st_problem *p, int kind, size_t a, size_t b, double cost,
                                 const struct st_reinforcement *reinforcement)
{
    size_t index;
    struct st_static column = { .kind = kind,
                                .a = a,
                                .b = b,
                                .upper = 1,
                                .cost = cost,
                                .integer = true,
                                .reinforcement = reinforcement };
    return st_add_static(p, &column, &index);
}

/* Of an element (b: 0 bank, 1 feeder, 2 line). */
static enum az_status add_reinforcements(struct st_problem *p, size_t count,
                                         const struct st_reinforcement *items, size_t a, size_t b)
{
    for (size_t i = 0; i < count; i++)
        AZ_TRY(add_binary(p, ST_REINFORCE, a, b, items[i].cost_jpy, &items[i]));
    return AZ_OK;
}

/* Does any outage have a limit that trips could keep? */
static bool has_outages(const struct st_instance *in)
{
    if (!in->upstream) return false;
    for (size_t k = 0; k < in->upstream->circuits.count; k++)
        if (in->upstream->circuits.items[k].outage) return true;
    return false;
}

static bool counts_people(const struct st_instance *in, size_t district)
{
    if (in->objective == ST_PEOPLE) return true;
    for (size_t l = 0; l < in->limits.count; l++) {
        const struct st_limit *limit = &in->limits.items[l];
        if (limit->what != ST_PEOPLE_COVERED) continue;
        if (!limit->district.id || limit->district.index == district) return true;
    }
    return false;
}

/* A district that must be covered is, or is missed at its price where it has one. */
static enum az_status add_district(struct st_problem *p, size_t d)
{
    const struct st_instance *in = p->in;
    const struct st_district *district = &in->districts.items[d];
    bool must = district->must_be_covered == 1;
    bool priced = in->mode == ST_SERVICE && isfinite(in->coverage->shortfall_jpy);
    size_t index;
    if (!must && !counts_people(in, d)) return AZ_OK;
    struct st_static covered = { .kind = ST_COVERED,
                                 .a = d,
                                 .lower = must && !priced ? 1 : 0,
                                 .upper = 1,
                                 .people = (double)district->people,
                                 .integer = true };
    AZ_TRY(st_add_static(p, &covered, &index));
    if (!must || !priced) return AZ_OK;
    struct st_static missed = {
        .kind = ST_SHORT_COVERED, .a = d, .upper = 1, .penalty = in->coverage->shortfall_jpy
    };
    return st_add_static(p, &missed, &index);
}

enum az_status st_problem_statics(struct st_problem *p)
{
    const struct st_instance *in = p->in;
    for (size_t i = 0; i < in->banks.count; i++)
        AZ_TRY(add_reinforcements(p, in->banks.items[i].reinforcements.count,
                                  in->banks.items[i].reinforcements.items, i, 0));
    for (size_t i = 0; i < in->feeders.count; i++)
        AZ_TRY(add_reinforcements(p, in->feeders.items[i].reinforcements.count,
                                  in->feeders.items[i].reinforcements.items, i, 1));
    for (size_t i = 0; i < in->lines.count; i++)
        AZ_TRY(add_reinforcements(p, in->lines.items[i].reinforcements.count,
                                  in->lines.items[i].reinforcements.items, i, 2));
    for (size_t i = 0; has_outages(in) && i < in->upstream->plants.count; i++)
        if (in->upstream->plants.items[i].armable == 1)
            AZ_TRY(add_binary(p, ST_ARM_PLANT, i, 0, in->upstream->plants.items[i].arm_jpy, NULL));
    for (size_t s = 0; has_outages(in) && s < in->sites.count; s++)
        if (in->sites.items[s].armable == 1 && in->sites.items[s].bus != AZ_NO_INDEX)
            AZ_TRY(add_binary(p, ST_ARM_SITE, s, 0, in->sites.items[s].arm_jpy, NULL));
    for (size_t d = 0; in->coverage && d < in->districts.count; d++) AZ_TRY(add_district(p, d));
    return AZ_OK;
}

/* --- budgets and limits ------------------------------------------------------------------------
 */

/* sum of capex less subsidy, in its years and of its operator,
 *   + (nobody's, from year 0) reinforcements and arming <= jpy */
enum az_status st_problem_budgets(struct st_problem *p)
{
    for (size_t b = 0; b < p->in->budgets.count; b++) {
        const struct st_budget *budget = &p->in->budgets.items[b];
        struct st_row row = { .lower = -INFINITY,
                              .upper = budget->jpy,
                              .measure = ST_OF_SPENT,
                              .factor = 1,
                              .group = everything,
                              .limit = budget->id,
                              .unit = 1,
                              .of = { .thing = ST_THING_BUDGET, .index = b } };
        size_t index;
        if (budget->operator.id) row.group.operator_index = budget->operator.index;
        if (budget->from_year != AZ_NO_INTEGER) row.group.from_year = budget->from_year;
        if (budget->until_year != AZ_NO_INTEGER) row.group.until_year = budget->until_year;
        AZ_TRY(st_add_row(p, &row, &index));
        if (budget->operator.id || row.group.from_year != 0) continue;
        for (size_t j = 0; j < p->static_count; j++) {
            int kind = p->statics[j].kind;
            if (kind == ST_REINFORCE || kind == ST_ARM_PLANT || kind == ST_ARM_SITE)
                AZ_TRY(st_add_static_entry(p, index, j, p->statics[j].cost));
        }
    }
    return AZ_OK;
}

static int measure_of(int what)
{
    static const int measures[] = { [ST_COUNT] = ST_OF_COUNT,
                                    [ST_PV_KW] = ST_OF_PV_KW,
                                    [ST_BATTERY_KW] = ST_OF_BATTERY_KW,
                                    [ST_BATTERY_KWH] = ST_OF_BATTERY_KWH,
                                    [ST_ROOF_SHARE] = ST_OF_ROOF,
                                    [ST_CO2_T] = ST_OF_CO2,
                                    [ST_PEOPLE_COVERED] = ST_NO_MEASURE,
                                    [ST_NPV_JPY] = ST_OF_COST };
    return measures[what];
}

/* Of the group's sites, those that could have PV and those that have it. */
static void count_roofs(const struct st_instance *in, const struct st_group *group, double *could,
                        double *have)
{
    *could = *have = 0;
    for (size_t s = 0; s < in->sites.count; s++) {
        const struct st_site *site = &in->sites.items[s];
        bool roof = site->surfaces.count > 0 || site->built_pv_kw > 0;
        for (size_t o = 0; !roof && o < site->option_count; o++) roof = site->option[o].pv_kw > 0;
        if (!roof || !st_in_group(in, group, s)) continue;
        *could += 1;
        *have += site->built_pv_kw > 0;
    }
}

/* The most that a limit can be short: with every site at its least, every static at its worst. */
static double most_short(const struct st_problem *p, const struct st_row *row, double need)
{
    double least = 0;
    for (size_t s = 0; row->measure != ST_NO_MEASURE && s < p->in->sites.count; s++) {
        double worst = 0;
        if (!st_in_group(p->in, &row->group, s)) continue;
        for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++)
            worst = fmin(worst, row->factor * st_measured(p, row, o));
        least += worst;
    }
    double most = fmax(0, need - least);
    if (row->measure != ST_OF_COST) return most;
    for (size_t j = 0; j < p->static_count; j++)
        most += fmax(0, p->statics[j].cost * p->statics[j].upper);
    return LEEWAY * (most + 1);
}

/* min <= sum of the measure over the group (+ short) and <= max */
static enum az_status add_limit(struct st_problem *p, size_t l)
{
    const struct st_limit *limit = &p->in->limits.items[l];
    struct st_row row = { .measure = measure_of(limit->what),
                          .factor = limit->what == ST_NPV_JPY ? -1 : 1,
                          .group = everything,
                          .limit = limit->id,
                          .unit = 1,
                          .of = { .thing = ST_THING_LIMIT, .index = l } };
    bool priced = p->in->mode == ST_SERVICE && isfinite(limit->shortfall_jpy);
    double built = 0;
    size_t index, missed;
    if (limit->district.id) row.group.district = limit->district.index;
    if (limit->operator.id) row.group.operator_index = limit->operator.index;
    row.group.kind = limit->kind;
    if (limit->what == ST_ROOF_SHARE) {
        double could, have;
        count_roofs(p->in, &row.group, &could, &have);
        row.factor = could > 0 ? 1 / could : 0;
        built = could > 0 ? have / could : 0;
    }
    row.lower = side(limit->min, -INFINITY) - built;
    row.upper = side(limit->max, INFINITY) - built;
    double need = row.lower;
    for (int part = 0; part < 2; part++) { /* the side that is missed at a price stands alone */
        struct st_row one = row;
        if (priced && part == 0) one.upper = INFINITY;
        if (priced && part == 1) one.lower = -INFINITY;
        if (!priced && part == 1) break;
        if (isinf(one.lower) && isinf(one.upper)) continue;
        AZ_TRY(st_add_row(p, &one, &index));
        for (size_t j = 0; limit->what == ST_PEOPLE_COVERED && j < p->static_count; j++) {
            const struct st_static *column = &p->statics[j];
            if (column->kind != ST_COVERED) continue;
            if (limit->district.id && column->a != limit->district.index) continue;
            AZ_TRY(st_add_static_entry(p, index, j, column->people));
        }
        if (!priced || part == 1) continue;
        struct st_static column = { .kind = ST_SHORT,
                                    .a = l,
                                    .upper = most_short(p, &one, need),
                                    .penalty = limit->shortfall_jpy };
        if (limit->what == ST_ROOF_SHARE) column.penalty /= SHARE_STEP;
        AZ_TRY(st_add_static(p, &column, &missed));
        AZ_TRY(st_add_static_entry(p, index, missed, 1));
    }
    return AZ_OK;
}

enum az_status st_problem_limits(struct st_problem *p)
{
    for (size_t l = 0; l < p->in->limits.count; l++) AZ_TRY(add_limit(p, l));
    return AZ_OK;
}

/* --- coverage ----------------------------------------------------------------------------------
 */

/* Can more people be covered than a limit wants? Only then "covered" must be said where it is. */
static bool people_have_most(const struct st_instance *in)
{
    for (size_t l = 0; l < in->limits.count; l++)
        if (in->limits.items[l].what == ST_PEOPLE_COVERED && isfinite(in->limits.items[l].max))
            return true;
    return false;
}

/* Entries of self-sufficient shelters within reach; *built: those without any option. */
static enum az_status add_shelters(struct st_problem *p, const struct st_district *district,
                                   size_t row, double *built)
{
    *built = 0;
    for (size_t i = 0; i < district->shelter_count; i++) {
        size_t s = district->shelters[i];
        double now = p->values->backup[s] ? 1 : 0;
        *built += now;
        for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++)
            AZ_TRY(st_add_option_entry(p, row, o, (p->values->value[o].backup ? 1 : 0) - now));
    }
    return AZ_OK;
}

/* shelters of the district >= needed * covered;  covered + missed >= 1 where it must be; and where
 * a limit knows a most:  shelters <= needed - 1 + (all - needed + 1) * covered */
static enum az_status cover(struct st_problem *p, size_t z)
{
    const struct st_static *column = &p->statics[z];
    const struct st_district *district = &p->in->districts.items[column->a];
    double needed = (double)p->in->coverage->shelters, built, all = (double)district->shelter_count;
    struct st_row row = {
        .lower = 0, .upper = INFINITY, .group = everything, .limit = district->id, .unit = 1
    };
    size_t index, missed = st_find_static(p, ST_SHORT_COVERED, column->a);
    AZ_TRY(st_add_row(p, &row, &index));
    AZ_TRY(st_add_static_entry(p, index, z, -needed));
    AZ_TRY(add_shelters(p, district, index, &built));
    p->rows[index].lower = -built;
    if (missed != AZ_NO_INDEX) {
        row.lower = 1;
        AZ_TRY(st_add_row(p, &row, &index));
        AZ_TRY(st_add_static_entry(p, index, z, 1));
        AZ_TRY(st_add_static_entry(p, index, missed, 1));
    }
    if (!people_have_most(p->in)) return AZ_OK;
    row.lower = -INFINITY;
    AZ_TRY(st_add_row(p, &row, &index));
    AZ_TRY(st_add_static_entry(p, index, z, -fmax(0, all - needed + 1)));
    AZ_TRY(add_shelters(p, district, index, &built));
    p->rows[index].upper = needed - 1 - built;
    return AZ_OK;
}

enum az_status st_problem_coverage(struct st_problem *p)
{
    for (size_t j = 0; j < p->static_count; j++)
        if (p->statics[j].kind == ST_COVERED) AZ_TRY(cover(p, j));
    return AZ_OK;
}

/* --- arming and deliveries ---------------------------------------------------------------------
 */

/* A site without an option is not armed:  armed <= sum of its options */
enum az_status st_problem_arming(struct st_problem *p)
{
    for (size_t j = 0; j < p->static_count; j++) {
        struct st_row row = { .lower = 0, .upper = INFINITY, .group = everything };
        size_t index, s = p->statics[j].a;
        if (p->statics[j].kind != ST_ARM_SITE) continue;
        AZ_TRY(st_add_row(p, &row, &index));
        AZ_TRY(st_add_static_entry(p, index, j, -1));
        for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++)
            AZ_TRY(st_add_option_entry(p, index, o, 1));
    }
    return AZ_OK;
}

/* Amounts out of a site:  sum_i amount_i x_is <= capacity of its option */
static enum az_status add_capacity(struct st_problem *p, size_t s, size_t row)
{
    const struct st_instance *in = p->in;
    double all = 0;
    for (size_t i = 0; i < in->customers.count; i++) all += in->customers.items[i].amount;
    for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++) {
        double capacity = side(p->option[o]->capacity, all);
        AZ_TRY(st_add_option_entry(p, row, o, -fmin(capacity, all)));
    }
    return AZ_OK;
}

/* Shares of a customer are 1 together; share <= sum of the site's options */
enum az_status st_problem_deliveries(struct st_problem *p)
{
    const struct st_instance *in = p->in;
    size_t customers = in->customers.count, sites = in->sites.count, index, column;
    struct st_row one = { .lower = 1, .upper = 1, .group = everything };
    struct st_row open = { .lower = -INFINITY, .upper = 0, .group = everything };
    if (customers == 0 || !in->delivery_jpy.values) return AZ_OK;
    size_t first = p->row_count;
    for (size_t i = 0; i < customers; i++) AZ_TRY(st_add_row(p, &one, &index));
    for (size_t s = 0; s < sites; s++) {
        size_t out;
        AZ_TRY(st_add_row(p, &open, &out));
        p->rows[out].of = (struct st_stands){ .thing = ST_THING_CAPACITY, .index = s };
        AZ_TRY(add_capacity(p, s, out));
        for (size_t i = 0; i < customers; i++) {
            double cost = in->delivery_jpy.values[i * sites + s];
            if (!isfinite(cost)) continue;
            struct st_static share = {
                .kind = ST_DELIVER, .a = i, .b = s, .upper = 1, .cost = cost
            };
            AZ_TRY(st_add_static(p, &share, &column));
            AZ_TRY(st_add_static_entry(p, first + i, column, 1));
            AZ_TRY(st_add_static_entry(p, out, column, in->customers.items[i].amount));
            AZ_TRY(st_add_row(p, &open, &index));
            AZ_TRY(st_add_static_entry(p, index, column, 1));
            for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++)
                AZ_TRY(st_add_option_entry(p, index, o, -1));
        }
    }
    return AZ_OK;
}
