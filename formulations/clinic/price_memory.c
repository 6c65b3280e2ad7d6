/* price_memory.c - what is known of a crew's rounds from the last time they were priced.
 *
 * A crew that had nothing that pays is not asked at the lower efforts for a while, longer each
 * time. At the highest effort the least reduced cost of the last time, less all that the prices can
 * have brought a round since, is still a bound: a round of the day's length can gain no more than
 * that length times the largest gain of a visit in its time. Where that bound pays nothing, nothing
 * does. */
#include <math.h>
#include <string.h>

#include "formulations/clinic/columns.h"

#define MOST_REST 16 /* rounds */

struct cl_memory {
    size_t fails, rest; /* of the lower efforts */
    bool forgets, known;
    double bound, cost, kept, round;
    double *visit, *slot;
    size_t cut_count, cut_capacity;
    const struct cl_cut **cut;
    double *cut_price;
};

/* --- rest ---------------------------------------------------------------------------------------
 */

bool cl_memory_rests(struct cl_memory *memory)
{
    if (memory->rest == 0) return false;
    memory->rest--;
    return true;
}

bool *cl_memory_forgets(struct cl_memory *memory)
{
    return &memory->forgets;
}

void cl_memory_tell(struct cl_memory *memory, bool found)
{
    memory->fails = found ? 0 : memory->fails + 1;
    memory->rest = 0;
    if (memory->fails > 1)
        memory->rest = memory->fails > 5 ? MOST_REST : (size_t)1 << (memory->fails - 1);
}

/* --- the last bound -----------------------------------------------------------------------------
 */

/* The shortest time that a visit of the crew takes at a site; INFINITY: it cannot go there. */
static double shortest(const struct cl_ground *ground, const struct cl_team *team, size_t site)
{
    size_t day = site * (size_t)ground->cl->days + team->day;
    double least = INFINITY;
    for (size_t w = ground->ways.first[day]; w < ground->ways.first[day + 1]; w++)
        if (cl_may_do(ground, team, &ground->ways.items[w]))
            least = fmin(least, (double)ground->ways.items[w].length_s);
    return least;
}

static double rise(double before, double now)
{
    return fmax(0, now - before);
}

/* The most that bookings of a visit have become worth more. */
static double slot_rise(const struct cl_ground *ground, const struct cl_memory *memory,
                        const struct cl_round_prices *prices, size_t day)
{
    double most[2] = { 0, 0 };
    for (size_t s = 0; s < ground->ways.slot_count; s++) {
        if (ground->ways.slots[s].day != day) continue;
        int role = ground->ways.slots[s].role == CL_DOCTOR ? 0 : 1;
        most[role] = fmax(most[role], rise(memory->slot[s], prices->slot[s]));
    }
    return most[0] + most[1];
}

/* Half of what each cut of the site takes less than before: a visit is half of a pair. */
static double cut_rise(const struct cl_memory *memory, const struct cl_round_prices *prices,
                       size_t site)
{
    double sum = 0;
    for (size_t k = 0; k < memory->cut_count; k++) {
        const struct cl_cut *cut = memory->cut[k];
        double now = 0;
        if (cut->site[0] != site && cut->site[1] != site && cut->site[2] != site) continue;
        for (size_t c = 0; c < prices->cut_count; c++)
            if (prices->cut[c] == cut) now = prices->cut_price[c];
        sum += rise(memory->cut_price[k], now) / 2;
    }
    return sum;
}

double cl_memory_bound(const struct cl_memory *memory, const struct cl_ground *ground,
                       const struct cl_team *team, const struct cl_round_prices *prices)
{
    double rate = 0;
    if (!memory->known || memory->cost != prices->cost || memory->kept != prices->kept)
        return -INFINITY;
    if (memory->bound == INFINITY) return -INFINITY; /* an empty block costs nothing to price */
    double slots = slot_rise(ground, memory, prices, team->day);
    for (size_t i = 0; i < ground->cl->sites.count; i++) {
        if (prices->visit[i] == -INFINITY) continue;
        if (memory->visit[i] == -INFINITY) return -INFINITY;
        double gain = prices->visit[i] - memory->visit[i] + slots + cut_rise(memory, prices, i);
        if (gain <= 0) continue;
        double time_s = shortest(ground, team, i);
        if (time_s == INFINITY) continue;
        if (time_s <= 0) return -INFINITY;
        rate = fmax(rate, gain / time_s);
    }
    double day_s = (double)(team->limit_s - team->from_s);
    return memory->bound - (prices->round - memory->round) - rate * day_s;
}

enum az_status cl_memory_keep(struct cl_memory *memory, const struct cl_ground *ground,
                              const struct cl_round_prices *prices, double bound,
                              struct az_arena *arena)
{
    size_t sites = ground->cl->sites.count, slots = ground->ways.slot_count;
    if (prices->forbidden || prices->banned || !isfinite(bound)) return AZ_OK;
    memory->known = false;
    if (!memory->visit) memory->visit = AZ_ARRAY(arena, sites + 1, double);
    if (!memory->slot) memory->slot = AZ_ARRAY(arena, slots + 1, double);
    if (prices->cut_count > memory->cut_capacity) {
        memory->cut_capacity = 2 * prices->cut_count;
        memory->cut = AZ_ARRAY(arena, memory->cut_capacity, const struct cl_cut *);
        memory->cut_price = AZ_ARRAY(arena, memory->cut_capacity, double);
    }
    if (!memory->visit || !memory->slot ||
        (memory->cut_capacity > 0 && (!memory->cut || !memory->cut_price)))
        return AZ_NO_MEMORY;
    memcpy(memory->visit, prices->visit, sites * sizeof *memory->visit);
    memcpy(memory->slot, prices->slot, slots * sizeof *memory->slot);
    for (size_t c = 0; c < prices->cut_count; c++) {
        memory->cut[c] = prices->cut[c];
        memory->cut_price[c] = prices->cut_price[c];
    }
    memory->cut_count = prices->cut_count;
    memory->bound = bound;
    memory->cost = prices->cost;
    memory->kept = prices->kept;
    memory->round = prices->round;
    memory->known = true;
    return AZ_OK;
}

struct cl_memory *cl_memories_new(struct az_arena *arena, size_t count)
{
    return AZ_ARRAY(arena, count, struct cl_memory);
}

struct cl_memory *cl_memory_of(struct cl_memory *memories, size_t index)
{
    return &memories[index];
}
