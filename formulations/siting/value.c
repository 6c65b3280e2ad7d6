/* value.c - every option of every site, by several threads.
 *
 * Each thread takes the next few sites that nobody has and writes what their options bring to their
 * own places, so that nothing depends on who was quicker. Only the caller's thread looks at the
 * context. */
#include "formulations/siting/value.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#define HELPERS 63
#define SITES_AT_ONCE 32

/* What one thread works with. */
struct room {
    struct work *work;
    struct st_dispatch without, with;
    struct st_year_cash *year;
};

struct work {
    const struct st_instance *in;
    const struct az_context *context;
    struct st_values *values;
    pthread_mutex_t lock; /* guards the next two */
    size_t next;
    bool stopped;
    size_t room_count;
    struct room *rooms; /* [room_count]; the first is the caller's */
};

/* --- what an option brings --- */

static bool is_decided(const struct st_site *site, const struct st_option *option)
{
    if (site->decided == ST_OUT) return true;
    if (site->decided != ST_IN || site->decided_index == AZ_NO_INDEX) return false;
    return option != &site->option[site->decided_index];
}

/* Equal in everything that the dispatch of a yield looks at. */
static bool is_same_equipment(const struct st_option *a, const struct st_option *b)
{
    return a->pv_kw == b->pv_kw && a->inverter_kw == b->inverter_kw &&
           a->battery_kwh == b->battery_kwh && a->battery_kw == b->battery_kw;
}

/* Reactive injection of a site in an hour, kvar, as instance.h says, from its dispatch. */
static double reactive(const struct st_instance *in, const struct st_site *site,
                       const struct st_dispatch *dispatch, size_t hour)
{
    double pv_factor =
        site->feeder < in->feeders.count ? in->feeders.items[site->feeder].pv_power_factor : 1;
    return -tan(acos(site->load_power_factor)) * dispatch->load[hour] -
           tan(acos(pv_factor)) * (dispatch->sun[hour] - dispatch->lost[hour]);
}

/* Rows of an option, which `with` holds: what it injects beyond the site's own, and its export. */
static void write_rows(const struct room *room, const struct st_site *site, size_t option)
{
    const struct st_instance *in = room->work->in;
    struct st_values *values = room->work->values;
    const struct st_dispatch *with = &room->with, *without = &room->without;
    size_t count = values->hour_count, row = values->out_row[option];
    if (values->injection) {
        double *to = values->injection + option * count;
        for (size_t h = 0; h < count; h++)
            to[h] = with->out[h] - with->grid[h] - (without->out[h] - without->grid[h]);
    }
    if (values->reactive) {
        double *to = values->reactive + option * count;
        for (size_t h = 0; h < count; h++)
            to[h] = reactive(in, site, with, h) - reactive(in, site, without, h);
    }
    if (row != AZ_NO_INDEX) memcpy(values->out + row * count, with->out, count * sizeof(double));
}

/* The same of an option whose equipment is that of the option before. */
static void repeat_rows(struct st_values *values, size_t option)
{
    size_t count = values->hour_count, bytes = count * sizeof(double),
           row = values->out_row[option];
    double *const rows[] = { values->injection, values->reactive };
    for (size_t k = 0; k < 2; k++)
        if (rows[k]) memcpy(rows[k] + option * count, rows[k] + (option - 1) * count, bytes);
    if (row != AZ_NO_INDEX)
        memcpy(values->out + row * count, values->out + (row - 1) * count, bytes);
}

/* Energies of the last year of the horizon; those of the first where nothing falls. */
static struct st_energy last_energy(struct room *room, const struct st_site *site,
                                    const struct st_option *option, const struct st_energy *first)
{
    const struct st_instance *in = room->work->in;
    double yield = st_last_yield(in, site, option);
    if (yield == 1 || option->pv_kw <= 0) return *first;
    struct st_energy last;
    st_energy_of(in, site, option, yield, &room->without, &room->with, &last);
    return last;
}

/* What an option adds to the cost; its rows and `first` are there. */
static struct st_value value_of(struct room *room, const struct st_site *site,
                                const struct st_option *option, const struct st_energy *first)
{
    const struct st_instance *in = room->work->in;
    struct st_energy last = last_energy(room, site, option, first);
    st_cash(in, site, option, first, &last, room->year);
    const struct st_year_cash *year = room->year;
    struct st_value value = {
        .cost_jpy = -st_operator_npv(in, site, year) - st_carbon_npv(in, year),
        .spent_jpy = option->capex_jpy - option->subsidy_jpy,
        .self_kwh = first->self,
        .out_kwh = first->out,
        .lost_kwh = first->lost,
        .co2_t = st_co2_t(in, first->self + first->out),
        .saving_jpy = option->year < in->years ? year[option->year].host : 0,
        .backup = st_is_self_sufficient(in, site, option),
    };
    if (is_decided(site, option)) {
        value.refusal = ST_DECIDED;
    } else if (st_host_pays(in, site, option, year, NULL)) {
        value.refusal = ST_HOST_PAYS;
    }
    return value;
}

static void value_site(struct room *room, size_t s)
{
    const struct st_instance *in = room->work->in;
    const struct st_site *site = &in->sites.items[s];
    struct st_values *values = room->work->values;
    size_t count = values->hour_count;
    st_dispatch_run(in, site, NULL, 1, &room->without);
    values->backup[s] = st_is_self_sufficient(in, site, NULL);
    for (size_t h = 0; values->base && h < count; h++)
        values->base[s * count + h] = room->without.out[h] - room->without.grid[h];
    for (size_t h = 0; values->base_reactive && h < count; h++)
        values->base_reactive[s * count + h] = reactive(in, site, &room->without, h);
    struct st_energy first = { 0 };
    for (size_t o = 0; o < site->option_count; o++) {
        const struct st_option *option = &site->option[o];
        size_t at = values->first[s] + o;
        if (o > 0 && is_same_equipment(option, &site->option[o - 1])) {
            repeat_rows(values, at);
        } else {
            st_energy_of(in, site, option, 1, &room->without, &room->with, &first);
            write_rows(room, site, at);
        }
        values->site[at] = s;
        values->value[at] = value_of(room, site, option, &first);
    }
}

/* --- the threads --- */

/* Takes sites until there are none, or the caller must stop. */
static void work_on(struct room *room)
{
    struct work *work = room->work;
    bool is_caller = room == work->rooms;
    size_t count = work->in->sites.count;
    for (;;) {
        bool stop = is_caller && az_must_stop(work->context);
        pthread_mutex_lock(&work->lock);
        if (stop && work->next < count) work->stopped = true;
        size_t from = work->stopped ? count : work->next;
        size_t until = count - from < SITES_AT_ONCE ? count : from + SITES_AT_ONCE;
        if (!work->stopped) work->next = until;
        pthread_mutex_unlock(&work->lock);
        if (from == count) return;
        for (size_t s = from; s < until; s++) value_site(room, s);
    }
}

static void *help(void *room)
{
    work_on(room);
    return NULL;
}

/* A machine without another thread to give works with those it has. */
static void work_together(struct work *work)
{
    pthread_t helpers[HELPERS];
    size_t count = 0;
    while (count + 1 < work->room_count &&
           pthread_create(&helpers[count], NULL, help, &work->rooms[count + 1]) == 0)
        count++;
    work_on(&work->rooms[0]);
    for (size_t k = 0; k < count; k++) pthread_join(helpers[k], NULL);
}

/* --- memory --- */

static bool has_network(const struct st_instance *in)
{
    return in->feeders.count > 0 || in->banks.count > 0 || in->upstream;
}

static bool has_lines(const struct st_instance *in)
{
    for (size_t f = 0; f < in->feeders.count; f++)
        if (in->feeders.items[f].root.id) return true;
    return false;
}

static bool has_reactive_pv(const struct st_instance *in)
{
    for (size_t f = 0; f < in->feeders.count; f++)
        if (in->feeders.items[f].root.id && in->feeders.items[f].pv_power_factor < 1) return true;
    return false;
}

/* A row of hours for each of `count`. */
static enum az_status new_rows(const struct st_instance *in, struct az_arena *arena, size_t count,
                               double **rows)
{
    *rows = az_arena_array(arena, count, in->hour_count * sizeof **rows);
    return *rows ? AZ_OK : AZ_NO_MEMORY;
}

/* Places of options, and of those whose export can trip. */
static enum az_status set_places(const struct st_instance *in, struct az_arena *arena,
                                 struct st_values *values)
{
    size_t rows = 0, at = 0;
    for (size_t s = 0; s < in->sites.count; s++) {
        values->first[s] = values->option_count;
        values->option_count += in->sites.items[s].option_count;
    }
    values->first[in->sites.count] = values->option_count;
    values->site = AZ_ARRAY(arena, values->option_count, size_t);
    values->value = AZ_ARRAY(arena, values->option_count, struct st_value);
    values->out_row = AZ_ARRAY(arena, values->option_count, size_t);
    if (!values->site || !values->value || !values->out_row) return AZ_NO_MEMORY;
    for (size_t s = 0; s < in->sites.count; s++)
        for (size_t o = 0; o < in->sites.items[s].option_count; o++)
            values->out_row[at++] = in->sites.items[s].armable > 0 ? rows++ : AZ_NO_INDEX;
    return new_rows(in, arena, rows, &values->out);
}

static enum az_status new_values(const struct st_instance *in, struct az_arena *arena,
                                 struct st_values **result)
{
    struct st_values *values = AZ_NEW(arena, struct st_values);
    if (!values) return AZ_NO_MEMORY;
    values->site_count = in->sites.count;
    values->hour_count = in->hour_count;
    values->first = AZ_ARRAY(arena, in->sites.count + 1, size_t);
    values->backup = AZ_ARRAY(arena, in->sites.count, bool);
    if (!values->first || !values->backup) return AZ_NO_MEMORY;
    AZ_TRY(set_places(in, arena, values));
    if (has_network(in)) {
        AZ_TRY(new_rows(in, arena, values->option_count, &values->injection));
        AZ_TRY(new_rows(in, arena, values->site_count, &values->base));
    }
    if (has_reactive_pv(in)) AZ_TRY(new_rows(in, arena, values->option_count, &values->reactive));
    if (has_lines(in)) AZ_TRY(new_rows(in, arena, values->site_count, &values->base_reactive));
    *result = values;
    return AZ_OK;
}

static enum az_status new_rooms(struct work *work, unsigned threads, struct az_arena *arena)
{
    const struct st_instance *in = work->in;
    size_t wanted = threads < 1 ? 1 : threads, parts = in->sites.count / SITES_AT_ONCE + 1;
    if (wanted > HELPERS + 1) wanted = HELPERS + 1;
    if (wanted > parts) wanted = parts;
    work->rooms = AZ_ARRAY(arena, wanted, struct room);
    if (!work->rooms) return AZ_NO_MEMORY;
    work->room_count = wanted;
    for (size_t k = 0; k < wanted; k++) {
        struct room *room = &work->rooms[k];
        room->work = work;
        AZ_TRY(st_dispatch_new(in, arena, &room->without));
        AZ_TRY(st_dispatch_new(in, arena, &room->with));
        room->year = AZ_ARRAY(arena, (size_t)in->years, struct st_year_cash);
        if (!room->year) return AZ_NO_MEMORY;
    }
    return AZ_OK;
}

enum az_status st_values_new(const struct st_instance *in, const struct az_context *context,
                             unsigned threads, struct az_arena *arena, struct st_values **values)
{
    if (az_must_stop(context)) return AZ_DEADLINE;
    struct az_arena *scratch = az_arena_new(NULL);
    if (!scratch) return AZ_NO_MEMORY;
    struct work work = { .in = in, .context = context };
    enum az_status status;
    AZ_GOTO(new_values(in, arena, &work.values));
    AZ_GOTO(new_rooms(&work, threads, scratch));
    pthread_mutex_init(&work.lock, NULL);
    work_together(&work);
    pthread_mutex_destroy(&work.lock);
    if (work.stopped) status = AZ_DEADLINE;
    if (status == AZ_OK) *values = work.values;
done:
    az_arena_free(scratch);
    return status;
}
