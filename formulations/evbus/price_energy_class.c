/* price_energy_class.c - what decisions of branching leave open to a bus, as classes of labels.
 *
 * A class is a set of bits: trips that may not follow, depots where the day may not end, and the
 * rules of standing that are open. A rule of standing concerns the way after a trip, or the way to
 * a day's first trip: there the bus must, or may not, stand at a place in a slot. Standing so
 * settles the rule and leads to another class. A class whose bits are among another's leaves open
 * at least as much. */
#include <string.h>

#include "formulations/evbus/price_energy.h"

#define CLASSES_MOST 100000 /* beyond those that the trips and the begin have */

static void put_bit(uint64_t set[], size_t at)
{
    set[at / 64] |= (uint64_t)1 << at % 64;
}

static void take_bit(uint64_t set[], size_t at)
{
    set[at / 64] &= ~((uint64_t)1 << at % 64);
}

static bool has_bit(const uint64_t set[], size_t at)
{
    return set[at / 64] >> at % 64 & 1;
}

static size_t rule_bit(const struct pe *pe, size_t rule)
{
    return pe->trip_count + pe->depot_count + rule;
}

static bool grow(struct pe *pe)
{
    size_t used = pe->class_count, capacity = 2 * used + pe->trip_count + 2;
    if (used < pe->class_capacity) return true;
    pe->sets = az_arena_grow(pe->arena, pe->sets, used, capacity, pe->words * sizeof *pe->sets);
    pe->until_s = az_arena_grow(pe->arena, pe->until_s, used, capacity, sizeof *pe->until_s);
    pe->owes_s = az_arena_grow(pe->arena, pe->owes_s, used, capacity, sizeof *pe->owes_s);
    pe->stood = az_arena_grow(pe->arena, pe->stood, used, capacity,
                              (pe->rule_count + 1) * sizeof *pe->stood);
    pe->class_capacity = capacity;
    return pe->sets && pe->until_s && pe->owes_s && pe->stood;
}

/* When a class matters no more, and until when a stay that it must have can be had. */
static void set_times(struct pe *pe, const uint64_t set[], int64_t *until, int64_t *owes)
{
    *until = 0;
    *owes = INT64_MAX;
    for (size_t n = 0; n < pe->trip_count; n++)
        if (has_bit(set, n) && pe->ev->trips.items[pe->net->trip[n]].depart_s > *until)
            *until = pe->ev->trips.items[pe->net->trip[n]].depart_s;
    for (size_t d = 0; d < pe->depot_count; d++)
        if (has_bit(set, pe->trip_count + d)) *until = INT64_MAX;
    for (size_t k = 0; k < pe->rule_count; k++) {
        const struct eb_stand *rule = &pe->duals->stands[k];
        int64_t end = (int64_t)(rule->slot + 1) * pe->slot_s;
        if (!has_bit(set, rule_bit(pe, k))) continue;
        if (rule->must) *until = INT64_MAX;
        if (end > *until) *until = end;
        if (rule->must && !rule->first && end < *owes) *owes = end;
    }
}

#define FULL (-1)

/* The class of a set, a new one when there is none alike. 0: empty. FULL: the table is. */
static enum az_status class_of(struct pe *pe, const uint64_t set[], int32_t *class)
{
    size_t bytes = pe->words * sizeof *set;
    *class = FULL;
    for (size_t c = 0; c < pe->class_count && *class == FULL; c++)
        if (memcmp(&pe->sets[c * pe->words], set, bytes) == 0) *class = (int32_t)c;
    if (*class != FULL || pe->class_count >= CLASSES_MOST + pe->trip_count + 2) return AZ_OK;
    if (!grow(pe)) return AZ_NO_MEMORY;
    memcpy(&pe->sets[pe->class_count * pe->words], set, bytes);
    set_times(pe, set, &pe->until_s[pe->class_count], &pe->owes_s[pe->class_count]);
    *class = (int32_t)pe->class_count++;
    return AZ_OK;
}

/* Standing at a place in a slot settles a rule. False: it may not. */
static bool settle(const struct pe *pe, size_t k, uint64_t set[])
{
    const struct eb_stand *rule = &pe->duals->stands[k];
    if (!rule->must && !rule->first) return false;
    take_bit(set, rule_bit(pe, k));
    if (!rule->must) put_bit(set, rule->trip);
    return true;
}

enum az_status eb_pe_stand(struct pe *pe, size_t place, size_t slot, int32_t *class)
{
    for (size_t k = 0; k<pe->rule_count &&*class> 0; k++) {
        const struct eb_stand *rule = &pe->duals->stands[k];
        size_t at = (size_t) * class * (pe->rule_count + 1) + k;
        if (rule->place != place || rule->slot != slot) continue;
        if (!has_bit(&pe->sets[(size_t) * class * pe->words], rule_bit(pe, k))) continue;
        if (pe->stood[at] == 0) {
            memcpy(pe->set_work, &pe->sets[(size_t) * class * pe->words],
                   pe->words * sizeof *pe->sets);
            int32_t next = PE_BARRED;
            if (settle(pe, k, pe->set_work)) AZ_TRY(class_of(pe, pe->set_work, &next));
            if (next == FULL) { /* the way is not gone on with: what is found proves nothing */
                pe->limit = true;
                *class = PE_BARRED;
                return AZ_OK;
            }
            pe->stood[at] = next == PE_BARRED ? PE_BARRED : next + 1;
        }
        *class = pe->stood[at] == PE_BARRED ? PE_BARRED : pe->stood[at] - 1;
    }
    return AZ_OK;
}

bool eb_pe_rules_let(const struct pe *pe, int32_t class, size_t target)
{
    const uint64_t *set = &pe->sets[(size_t) class * pe->words];
    for (size_t k = 0; k < pe->rule_count; k++) {
        const struct eb_stand *rule = &pe->duals->stands[k];
        if (!rule->must || !has_bit(set, rule_bit(pe, k))) continue;
        if (!rule->first || rule->trip == target) return false;
    }
    return true;
}

/* What is open after trip n; AZ_NO_INDEX: at the begin. */
static void fill(const struct pe *pe, size_t n, uint64_t set[])
{
    const struct eb_duals *duals = pe->duals;
    memset(set, 0, pe->words * sizeof *set);
    for (size_t k = 0; k < pe->rule_count; k++)
        if (duals->stands[k].first ? n == AZ_NO_INDEX : duals->stands[k].trip == n)
            put_bit(set, rule_bit(pe, k));
    for (size_t k = 0; n == AZ_NO_INDEX && duals->forbidden_out && k < pe->trip_count; k++)
        if (duals->forbidden_out[k]) put_bit(set, k);
    if (n == AZ_NO_INDEX) return;
    for (size_t k = pe->net->link_start[n]; duals->forbidden && k < pe->net->link_start[n + 1]; k++)
        if (duals->forbidden[k]) put_bit(set, pe->net->links[k].to);
    for (size_t d = 0; duals->forbidden_in && duals->forbidden_in[n] && d < pe->depot_count; d++)
        put_bit(set, pe->trip_count + d);
}

enum az_status eb_pe_classes(struct pe *pe)
{
    pe->rule_count = pe->T > 0 ? pe->duals->stand_count : 0;
    pe->words = (pe->trip_count + pe->depot_count + pe->rule_count) / 64 + 1;
    pe->class_of = AZ_ARRAY(pe->arena, pe->trip_count, int32_t);
    pe->set_work = AZ_ARRAY(pe->arena, pe->words, uint64_t);
    if (!pe->class_of || !pe->set_work || !grow(pe)) return AZ_NO_MEMORY;
    AZ_TRY(class_of(pe, pe->set_work, &pe->class_begin)); /* the empty one, 0 */
    for (size_t n = 0; n < pe->trip_count; n++) {
        fill(pe, n, pe->set_work);
        AZ_TRY(class_of(pe, pe->set_work, &pe->class_of[n]));
    }
    fill(pe, AZ_NO_INDEX, pe->set_work);
    return class_of(pe, pe->set_work, &pe->class_begin);
}
