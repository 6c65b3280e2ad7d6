/* validate_people.c - the rules over staff, vehicles, crews and remote people. */
#include "formulations/clinic/validate.h"

#include <stdlib.h>

#include "formulations/clinic/crews.h"

/* --- hours that overlap -------------------------------------------------------------------------
 */

struct span {
    int64_t from_s, until_s; /* since the start */
    size_t item, day;
};

static int by_start(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    if (x->from_s != y->from_s) return x->from_s < y->from_s ? -1 : 1;
    if (x->item != y->item) return x->item < y->item ? -1 : 1;
    return x->day < y->day ? -1 : x->day > y->day;
}

/* The hours of one item on its days. */
static size_t add_spans(const struct cl_instance *cl, uint32_t days, const struct cl_hours *hours,
                        size_t item, struct span spans[])
{
    size_t count = 0;
    if (hours->until_s - hours->from_s >= CL_ANY_HOURS_S) return 0; /* told already */
    for (size_t d = 0; d < (size_t)cl->days; d++)
        if (days >> d & 1)
            spans[count++] = (struct span){ .from_s = (int64_t)d * CL_DAY_S + hours->from_s,
                                            .until_s = (int64_t)d * CL_DAY_S + hours->until_s,
                                            .item = item,
                                            .day = d };
    return count;
}

/* Tells each item once that overlaps one which begins before it. */
static enum az_status find_overlaps(struct cl_validator *v, const struct az_code *code,
                                    const struct az_path *list, size_t items, struct span spans[],
                                    size_t count)
{
    char date[32];
    bool *told = AZ_ARRAY(v->arena, items, bool);
    if (!told) return AZ_NO_MEMORY;
    qsort(spans, count, sizeof *spans, by_start);
    for (size_t i = 1, longest = 0; i < count; i++) {
        const struct span *it = &spans[i], *before = &spans[longest];
        if (it->from_s < before->until_s && !told[it->item]) {
            told[it->item] = true;
            AZ_FIND(v->findings, code, AZ_ITEM(list, it->item, NULL),
                    AZ_NUMBER_PARAM("other", (double)before->item),
                    AZ_TEXT_PARAM("date", cl_format_date(v->cl, it->day, date)));
        }
        if (it->until_s > before->until_s) longest = i;
    }
    return AZ_OK;
}

/* --- staff --------------------------------------------------------------------------------------
 */

static void validate_break(struct cl_validator *v, const struct cl_shift *shift,
                           const struct az_path *at)
{
    const struct cl_hours *hours = &shift->hours;
    if (shift->break_s == 0) return;
    if (!shift->break_from || !shift->break_until) {
        AZ_FIND(v->findings, &cl_code_break_window_missing,
                AZ_AT(at, shift->break_from ? "break_until" : "break_from"),
                AZ_NUMBER_PARAM("value", shift->break_min));
        return;
    }
    if (shift->break_until_s < shift->break_from_s) {
        AZ_FIND(v->findings, &cl_code_closes_before_it_opens, AZ_AT(at, "break_until"),
                AZ_TEXT_PARAM("from", shift->break_from),
                AZ_TEXT_PARAM("value", shift->break_until));
        return;
    }
    bool early = shift->break_from_s < hours->from_s;
    if (!early && shift->break_until_s + shift->break_s <= hours->until_s) return;
    AZ_FIND(v->findings, &cl_code_break_outside_shift,
            AZ_AT(at, early ? "break_from" : "break_until"), AZ_TEXT_PARAM("from", shift->from),
            AZ_TEXT_PARAM("until", shift->until), AZ_NUMBER_PARAM("minutes", shift->break_min),
            AZ_TEXT_PARAM("value", early ? shift->break_from : shift->break_until));
}

static enum az_status validate_staff(struct cl_validator *v, size_t i)
{
    const struct cl_staff *staff = &v->cl->staff.items[i];
    const struct az_path *list = CL_MEMBER("staff", i, staff->id, "shifts");
    size_t count = 0;
    struct span *spans = AZ_ARRAY(v->arena, staff->shifts.count * (size_t)v->cl->days, struct span);
    if (!spans) return AZ_NO_MEMORY;
    for (size_t s = 0; s < staff->shifts.count; s++) {
        const struct cl_shift *shift = &staff->shifts.items[s];
        validate_break(v, shift, AZ_ITEM(list, s, NULL));
        count += add_spans(v->cl, CL_RAW_DAYS(v->cl, shift), &shift->hours, s, spans + count);
    }
    return find_overlaps(v, &cl_code_shifts_overlap, list, staff->shifts.count, spans, count);
}

/* --- vehicles -----------------------------------------------------------------------------------
 */

static bool has_skill(const struct cl_instance *cl, size_t skill)
{
    for (size_t m = 0; m < cl->staff.count; m++)
        if (skill >= CL_MAX_SET || (cl->staff.items[m].skill_set >> skill & 1)) return true;
    return false;
}

static enum az_status validate_positions(struct cl_validator *v, size_t i)
{
    const struct cl_instance *cl = v->cl;
    const struct cl_vehicle *vehicle = &cl->vehicles.items[i];
    const struct az_path *at = CL_MEMBER("vehicles", i, vehicle->id, "crew");
    size_t *everybody = AZ_ARRAY(v->arena, cl->staff.count, size_t), empty, first;
    bool all = true;
    if (!everybody) return AZ_NO_MEMORY;
    for (size_t k = 0; k < vehicle->crew.count; k++) {
        if (has_skill(cl, vehicle->position[k])) continue;
        all = false;
        AZ_FIND(v->findings, &cl_code_skill_nobody_has, AZ_ITEM(at, k, NULL),
                AZ_TEXT_PARAM("value", cl_skill_word(vehicle->crew.items[k]).en),
                AZ_TEXT_PARAM("value_ja", cl_skill_word(vehicle->crew.items[k]).ja));
    }
    for (size_t m = 0; m < cl->staff.count; m++) everybody[m] = m;
    bool formed = vehicle->crew.count <= cl->staff.count && vehicle->crew.count <= CL_MAX_SET;
    if (all && formed) {
        AZ_TRY(
            cl_positions_left(cl, vehicle, cl->staff.count, everybody, v->arena, &empty, &first));
        formed = empty == 0;
    }
    if (all && !formed) AZ_FIND0(v->findings, &cl_code_crew_cannot_be_formed, at);
    return AZ_OK;
}

static enum az_status validate_vehicle(struct cl_validator *v, size_t i)
{
    const struct cl_vehicle *vehicle = &v->cl->vehicles.items[i];
    const struct az_path *at = CL_ITEM_AT("vehicles", i, vehicle->id);
    int64_t hours = vehicle->until_s - vehicle->from_s;
    if (v->cl->days > 1 && hours > CL_DAY_S && hours < CL_ANY_HOURS_S)
        AZ_FIND(v->findings, &cl_code_hours_over_a_day, AZ_AT(at, "until"),
                AZ_TEXT_PARAM("from", vehicle->from ? vehicle->from : "00:00"),
                AZ_TEXT_PARAM("value", vehicle->until ? vehicle->until : "24:00"));
    if (v->cl->crews.count > 0) return AZ_OK; /* positions and seats are not asked */
    if (vehicle->seat_count < (int64_t)vehicle->crew.count)
        AZ_FIND(v->findings, &cl_code_seats_below_positions, AZ_AT(at, "seats"),
                AZ_NUMBER_PARAM("minimum", (double)vehicle->crew.count),
                AZ_NUMBER_PARAM("value", (double)vehicle->seats));
    return validate_positions(v, i);
}

/* --- crews and remote people --------------------------------------------------------------------
 */

/* Days on which all would be there if nobody were ill and nothing broken. */
static void validate_crew(struct cl_validator *v, size_t i)
{
    const struct cl_instance *cl = v->cl;
    const struct cl_crew *crew = &cl->crews.items[i];
    uint32_t days = CL_RAW_DAYS(cl, crew);
    for (size_t m = 0; m < crew->members.count; m++) {
        const struct cl_staff *staff = &cl->staff.items[crew->members.items[m].index];
        uint32_t works = 0;
        for (size_t s = 0; s < staff->shifts.count; s++)
            works |= CL_RAW_DAYS(cl, &staff->shifts.items[s]);
        days &= works;
    }
    if (!days) AZ_FIND0(v->findings, &cl_code_crew_never, CL_ITEM_AT("crews", i, crew->id));
}

static enum az_status validate_remote(struct cl_validator *v, size_t i)
{
    const struct cl_remote *remote = &v->cl->remote.items[i];
    const struct az_path *list = CL_MEMBER("remote", i, remote->id, "slots");
    size_t count = 0;
    struct span *spans = AZ_ARRAY(v->arena, remote->slots.count * (size_t)v->cl->days, struct span);
    if (!spans) return AZ_NO_MEMORY;
    for (size_t s = 0; s < remote->slots.count; s++) {
        const struct cl_slots *slots = &remote->slots.items[s];
        int64_t length = slots->hours.until_s - slots->hours.from_s;
        if (!isnan(slots->each_min) && cl_seconds(slots->each_min) > length)
            AZ_FIND(v->findings, &cl_code_slot_does_not_fit,
                    AZ_AT(AZ_ITEM(list, s, NULL), "each_min"),
                    AZ_NUMBER_PARAM("value", slots->each_min),
                    AZ_NUMBER_PARAM("maximum", (double)length / 60));
        count += add_spans(v->cl, CL_RAW_DAYS(v->cl, slots), &slots->hours, s, spans + count);
    }
    return find_overlaps(v, &cl_code_slots_overlap, list, remote->slots.count, spans, count);
}

static void validate_state(struct cl_validator *v)
{
    const struct cl_state *state = v->cl->state;
    const struct az_path *list = AZ_AT(AZ_AT(NULL, "state"), "vehicles_out");
    for (size_t k = 0; state && k < state->vehicles_out.count; k++) {
        size_t vehicle = state->vehicles_out.items[k].index;
        int64_t times = 0, count = v->cl->vehicles.items[vehicle].count;
        for (size_t j = 0; j <= k; j++) times += state->vehicles_out.items[j].index == vehicle;
        if (times == count + 1)
            AZ_FIND(v->findings, &cl_code_too_many_out, AZ_ITEM(list, k, NULL),
                    AZ_NUMBER_PARAM("value", (double)times),
                    AZ_NUMBER_PARAM("maximum", (double)count));
    }
}

enum az_status cl_validate_people(struct cl_validator *v)
{
    const struct cl_instance *cl = v->cl;
    for (size_t i = 0; i < cl->staff.count; i++) AZ_TRY(validate_staff(v, i));
    for (size_t i = 0; i < cl->vehicles.count; i++) AZ_TRY(validate_vehicle(v, i));
    for (size_t i = 0; i < cl->crews.count; i++) validate_crew(v, i);
    for (size_t i = 0; i < cl->remote.count; i++) AZ_TRY(validate_remote(v, i));
    validate_state(v);
    return AZ_OK;
}
