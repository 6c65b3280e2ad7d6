/* judging.c - telling breaches and misfits for the judges of several kinds. */
#include "formulations/common/judging.h"

/* Moments further away than this are nobody's. */
#define FARTHEST_S ((int64_t)1 << 48)

void az_misfit_tell(struct az_misfit *misfit, const struct az_path *where)
{
    misfit->count++;
    if (misfit->tell) misfit->tell(misfit->data, where);
}

enum az_status az_judge_breach(struct az_judgement *judgement, struct az_arena *arena,
                               const struct az_rule *rule, const struct az_where *where,
                               double amount, bool conceded, double price, size_t param_count,
                               const struct az_param params[])
{
    struct az_breach breach = { .rule = rule,
                                .pointer = az_path_pointer(where->pointer, arena),
                                .place = az_path_place(where->asset, arena),
                                .at = where->at,
                                .amount = amount,
                                .price = conceded ? price : 0,
                                .cost = conceded ? price * amount : 0,
                                .params = { AZ_TEXT_PARAM("asset", where->id) },
                                .param_count = param_count + 1 };
    if (!breach.pointer || !breach.place) return AZ_NO_MEMORY;
    for (size_t i = 0; i < param_count; i++) breach.params[i + 1] = params[i];
    return az_judgement_breach(judgement, arena, conceded, breach);
}

bool az_seconds_since(struct az_time start, struct az_time time, int64_t *seconds)
{
    if (!az_time_given(time)) return false;
    if (time.utc_s > FARTHEST_S || time.utc_s < -FARTHEST_S) return false;
    *seconds = time.utc_s - start.utc_s;
    return true;
}
