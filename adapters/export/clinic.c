/* clinic.c - parts of the exports of clinic plans. */
#include "adapters/export/clinic.h"

#include <string.h>

#define AZ_EXPORT_CLINIC_DEFINE(name_, en_, ja_) \
    const struct az_code az_code_##name_ = { .code = #name_, .words = { en_, ja_ } };
AZ_EXPORT_CLINIC_CODES(AZ_EXPORT_CLINIC_DEFINE)
#undef AZ_EXPORT_CLINIC_DEFINE

/* --- plans --------------------------------------------------------------------------------------
 */

static bool booking_is_timed(const struct cl_booking *booking)
{
    return !booking || (az_time_given(booking->start) && az_time_given(booking->end) &&
                        az_time_given(booking->slot));
}

static bool round_is_timed(const struct cl_round *round)
{
    if (!az_time_given(round->leaves) || !az_time_given(round->returns)) return false;
    for (size_t k = 0; k < round->stops.count; k++) {
        const struct cl_stop *stop = &round->stops.items[k];
        if (!az_time_given(stop->start) || !az_time_given(stop->end)) return false;
        if (!booking_is_timed(stop->doctor) || !booking_is_timed(stop->pharmacist)) return false;
    }
    return true;
}

static bool is_timed(const struct cl_plan *plan)
{
    for (size_t r = 0; r < plan->rounds.count; r++)
        if (!round_is_timed(&plan->rounds.items[r])) return false;
    for (size_t i = 0; i < plan->online.count; i++) {
        const struct cl_online *online = &plan->online.items[i];
        if (!az_time_given(online->start) || !az_time_given(online->end)) return false;
        if (!booking_is_timed(online->doctor) || !booking_is_timed(online->pharmacist))
            return false;
    }
    return true;
}

/* Which sites the plan visits or says to be left out. [sites]; NULL: no memory. */
static bool *said_sites(const struct cl_instance *cl, const struct cl_plan *plan,
                        struct az_arena *arena)
{
    bool *said = AZ_ARRAY(arena, cl->sites.count + 1, bool);
    for (size_t i = 0; said && i < plan->unserved.count; i++)
        if (plan->unserved.items[i].site.index < cl->sites.count)
            said[plan->unserved.items[i].site.index] = true;
    for (size_t i = 0; said && i < plan->online.count; i++)
        if (plan->online.items[i].site.index < cl->sites.count)
            said[plan->online.items[i].site.index] = true;
    for (size_t r = 0; said && r < plan->rounds.count; r++)
        for (size_t k = 0; k < plan->rounds.items[r].stops.count; k++) {
            const struct cl_stop *stop = &plan->rounds.items[r].stops.items[k];
            if (stop->kind == CL_STOP_VISIT && stop->site.index < cl->sites.count)
                said[stop->site.index] = true;
        }
    return said;
}

/* A plan made by hand may leave sites out without a word. */
static enum az_status list_unserved(const struct cl_instance *cl, struct cl_plan *plan,
                                    struct az_arena *arena)
{
    size_t count = plan->unserved.count;
    bool *said = said_sites(cl, plan, arena);
    struct cl_unserved *items =
        az_arena_grow(arena, plan->unserved.items, count, count + cl->sites.count, sizeof *items);
    if (!said || !items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < cl->sites.count; i++) {
        if (said[i] || cl_visits_left(&cl->sites.items[i]) == 0) continue;
        items[count++] = cl_left_out(cl, i);
    }
    plan->unserved.items = items;
    plan->unserved.count = count;
    return AZ_OK;
}

enum az_status az_clx_plan(const struct cl_instance *cl, const void *given, struct az_arena *arena,
                           const struct cl_plan **plan)
{
    void *copy = NULL;
    if (!is_timed(given)) return AZ_UNSUPPORTED;
    AZ_TRY(az_copy(&cl_plan_table, given, arena, &copy));
    AZ_TRY(cl_summarise(cl, arena, copy));
    *plan = copy;
    return list_unserved(cl, copy, arena);
}

enum az_status az_clx_earlier(const void *given, const struct cl_plan **plan)
{
    *plan = given;
    return is_timed(given) ? AZ_OK : AZ_UNSUPPORTED;
}

enum az_status az_clx_begin(struct az_clx *x, const struct az_export *call, struct az_arena *arena)
{
    *x = (struct az_clx){
        .call = call, .cl = call->instance, .arena = arena, .language = call->language
    };
    return az_clx_plan(x->cl, call->plan, arena, &x->plan);
}

const char *az_clx_say(const struct az_clx *x, const char *en, const char *ja)
{
    return x->language == AZ_JAPANESE ? ja : en;
}

/* --- people -------------------------------------------------------------------------------------
 */

struct az_person az_clx_person(const struct az_clx *x, const char *id)
{
    struct az_person person = { 0 };
    if (x->call->key && id) az_keyfile_find(x->call->key, id, &person);
    return person;
}

const char *az_clx_who(const struct az_clx *x, const char *id)
{
    const char *name = x->call->key && id ? az_keyfile_name(x->call->key, id) : NULL;
    return name ? name : id ? id : "";
}

const char *az_clx_crew(const struct az_clx *x, const struct cl_round *round)
{
    const char *crew = "";
    for (size_t m = 0; crew && m < round->members.count; m++)
        crew = az_arena_format(x->arena, "%s%s%s", crew, m ? az_clx_say(x, ", ", "、") : "",
                               az_clx_who(x, round->members.items[m].id));
    return crew;
}

void az_clx_tell_nobody(const struct az_clx *x)
{
    size_t count = 0;
    struct az_person person;
    if (!x->call->key) return;
    for (size_t i = 0; i < x->cl->sites.count; i++)
        count += !az_keyfile_find(x->call->key, x->cl->sites.items[i].id, &person);
    for (size_t i = 0; i < x->cl->staff.count; i++)
        count += !az_keyfile_find(x->call->key, x->cl->staff.items[i].id, &person);
    if (count > 0)
        AZ_FIND(x->call->told, &az_code_export_told_nobody, NULL,
                AZ_NUMBER_PARAM("count", (double)count));
}

/* --- places -------------------------------------------------------------------------------------
 */

const struct cl_site *az_clx_site(const struct az_clx *x, const struct az_ref *ref)
{
    return ref->id && ref->index < x->cl->sites.count ? &x->cl->sites.items[ref->index] : NULL;
}

const struct cl_care *az_clx_care(const struct az_clx *x, const struct az_ref *ref)
{
    return ref->id && ref->index < x->cl->cares.count ? &x->cl->cares.items[ref->index] : NULL;
}

const struct cl_place *az_clx_place(const struct az_clx *x, size_t index)
{
    return index < x->cl->places.count ? &x->cl->places.items[index] : NULL;
}

const struct cl_place *az_clx_site_place(const struct az_clx *x, const struct az_ref *ref)
{
    const struct cl_site *site = az_clx_site(x, ref);
    return site ? az_clx_place(x, site->place_index) : NULL;
}

static const struct cl_vehicle *vehicle_of(const struct az_clx *x, const struct cl_round *round)
{
    return round->vehicle.index < x->cl->vehicles.count
               ? &x->cl->vehicles.items[round->vehicle.index]
               : NULL;
}

const struct cl_place *az_clx_start_place(const struct az_clx *x, const struct cl_round *round)
{
    const struct cl_vehicle *vehicle = vehicle_of(x, round);
    return vehicle ? az_clx_place(x, vehicle->start_place) : NULL;
}

/* A break that names no site is where the stop before is. */
const struct cl_place *az_clx_stop_place(const struct az_clx *x, const struct cl_round *round,
                                         size_t k)
{
    const struct cl_vehicle *vehicle = vehicle_of(x, round);
    if (k >= round->stops.count) return vehicle ? az_clx_place(x, vehicle->end_place) : NULL;
    for (size_t i = k + 1; i-- > 0;) {
        const struct cl_stop *stop = &round->stops.items[i];
        if (stop->kind == CL_STOP_CHARGE && stop->charger.index < x->cl->chargers.count)
            return az_clx_place(x, x->cl->chargers.items[stop->charger.index].place.index);
        if (az_clx_site(x, &stop->site)) return az_clx_site_place(x, &stop->site);
    }
    return az_clx_start_place(x, round);
}

bool az_clx_has_point(const struct cl_place *place)
{
    return place && isfinite(place->latitude) && isfinite(place->longitude);
}

const char *az_clx_place_name(const struct cl_place *place)
{
    if (!place) return "";
    return place->name && *place->name ? place->name : place->id;
}

const char *az_clx_care_name(const struct az_clx *x, const struct az_ref *ref)
{
    const struct cl_care *care = az_clx_care(x, ref);
    if (!care) return "";
    return care->name && *care->name ? care->name : care->id;
}

/* --- times --------------------------------------------------------------------------------------
 */

/* The moment by the instance's clock. */
static const char *local(const struct az_clx *x, struct az_time time, char buffer[32])
{
    time.offset_min = x->cl->start.offset_min;
    return az_time_format(time, buffer);
}

const char *az_clx_date(const struct az_clx *x, struct az_time time, char buffer[32])
{
    if (!az_time_given(time)) return "";
    local(x, time, buffer);
    buffer[10] = 0;
    return buffer;
}

const char *az_clx_clock(const struct az_clx *x, struct az_time time, char buffer[32])
{
    if (!az_time_given(time)) return "";
    local(x, time, buffer);
    buffer[strncmp(buffer + 16, ":00", 3) == 0 ? 16 : 19] = 0;
    return buffer + 11;
}

/* --- vehicles -------------------------------------------------------------------------
 */

size_t az_clx_unit(const struct cl_plan *plan, const struct cl_round *round)
{
    size_t unit = 1;
    for (const struct cl_round *other = plan->rounds.items; other < round; other++)
        unit += strcmp(other->vehicle.id, round->vehicle.id) == 0 &&
                strcmp(other->date, round->date) == 0;
    return unit;
}

const char *az_clx_vehicle(const struct az_clx *x, const struct cl_round *round)
{
    const struct cl_vehicle *vehicle = vehicle_of(x, round);
    if (!vehicle || vehicle->count <= 1) return round->vehicle.id;
    return az_arena_format(x->arena, "%s %zu", round->vehicle.id, az_clx_unit(x->plan, round));
}
