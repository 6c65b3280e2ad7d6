/* kind.c - siting as a kind of plan: az_kind_siting. */
#include "formulations/siting/instance.h"
#include "formulations/siting/rules.h"

#define JAPAN_MIN 540 /* offset of the calendar years */

/* The first moment of a calendar year in Japan: 719162 days lie between year 1 and 1970. */
static struct az_time begin_of(int64_t year)
{
    int64_t y = year - 1;
    int64_t days = 365 * y + y / 4 - y / 100 + y / 400 - 719162;
    return (struct az_time){ .utc_s = days * 86400 - JAPAN_MIN * 60, .offset_min = JAPAN_MIN };
}

static void measure(const void *instance, enum az_sense *sense, const char **unit,
                    double *money_scale, struct az_time *valid_from, struct az_time *valid_until)
{
    const struct st_instance *in = instance;
    *sense = AZ_MINIMIZE;
    *unit = in->money_unit ? in->money_unit : "JPY";
    *money_scale = in->scale;
    *valid_from = begin_of(in->first_year);
    *valid_until = begin_of(in->first_year + in->years);
}

static void gaps(const void *instance, double *gap, double *gap_abs)
{
    const struct st_instance *in = instance;
    *gap = in->gap;
    *gap_abs = in->gap_abs;
}

const struct az_formulation az_kind_siting = {
    .name = "siting",
    .schema = 1,
    .title = { "Solar and batteries under power purchase agreements", "PPA 太陽光・蓄電池の配置" },
    .instance = &st_instance_table,
    .plan = &st_plan_table,
    .state = &st_state_table,
    .rules = st_rules,
    .rule_count = ST_RULE_COUNT,
    .size_words = "sites",
    .resolve = st_resolve,
    .validate = st_validate,
    .measure = measure,
    .gaps = gaps,
    .solve = st_solve,
    .complete = st_complete,
    .evaluate = st_evaluate,
    .explain = st_explain,
    .adopt = st_adopt,
    .carry = st_carry,
    .view = st_view,
    .aim = st_aim,
    .generate = st_generate,
    .generate_extras = st_generate_extras,
    .alternatives = &st_alternatives,
};
