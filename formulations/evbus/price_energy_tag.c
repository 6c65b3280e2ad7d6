/* price_energy_tag.c - what labels carry beside their charge: how it changes on the way, and which
 * label allows as much as another. */
#include <math.h>
#include <stdlib.h>

#include "formulations/evbus/price_energy.h"

bool eb_pe_tag_drive(const struct pe *pe, struct pe_tag *tag, int64_t now, int64_t drive_s,
                     bool stood)
{
    if (pe->longest_driving_s < INT64_MAX) {
        if (stood && now - tag->since >= pe->break_s) tag->driving = 0;
        if (tag->driving + drive_s > pe->longest_driving_s) return false;
        tag->driving = (int32_t)(tag->driving + drive_s);
    }
    tag->since = 0;
    if (tag->left == INT32_MAX && now < pe->free_from_s) tag->left = (int32_t)now;
    return true;
}

/* Trip n is the second one of its triples that have been met; of the others it is the first. A
 * third one costs nothing more, and after it nothing can. */
static double meet(const struct pe *pe, struct pe_tag *tag, size_t n)
{
    double due = 0;
    if (pe->triple_count == 0) return 0;
    uint64_t second = tag->met & pe->triple_of[n], first = pe->triple_of[n] & ~second;
    for (uint64_t bits = second; bits; bits &= bits - 1)
        due += pe->triple_price[__builtin_ctzll(bits)];
    tag->met = (tag->met & ~second) | (first & ~pe->triple_last[n]);
    return due;
}

bool eb_pe_tag_trip(const struct pe *pe, struct pe_tag *tag, size_t n, double *due)
{
    const struct eb_trip *trip = &pe->ev->trips.items[pe->net->trip[n]];
    *due = 0;
    if (!pe->tagged) return true;
    if (!pe_may_follow(pe, tag->class, n) || tag->ready > trip->depart_s) return false;
    if (pe->longest_driving_s < INT64_MAX) {
        int64_t seconds = trip->arrive_s - trip->depart_s;
        if (tag->since > 0 && trip->depart_s - tag->since >= pe->break_s) tag->driving = 0;
        if (tag->driving + seconds > pe->longest_driving_s) return false;
        tag->driving = (int32_t)(tag->driving + seconds);
    }
    if (pe->longest_block_s < INT64_MAX && trip->arrive_s - tag->left > pe->longest_block_s)
        return false;
    tag->class = pe->class_of[n];
    tag->ready = tag->since = 0;
    *due = meet(pe, tag, n);
    return true;
}

void eb_pe_tag_forget(const struct pe *pe, struct pe_tag *tag, int64_t now)
{
    if (!pe->tagged) return;
    if (tag->class > 0 && pe->until_s[tag->class] < now) tag->class = 0;
    if (tag->ready <= now) tag->ready = 0;
    if (pe->longest_driving_s == INT64_MAX || now - tag->since >= pe->break_s) tag->driving = 0;
    if (tag->driving == 0) tag->since = 0;
    if (tag->met && pe->T > 0 && now >= 0 && (size_t)(now / pe->slot_s) <= pe->T)
        tag->met &= pe->triple_open[now / pe->slot_s];
}

bool eb_pe_tag_allows(const struct pe *pe, const struct pe_tag *a, const struct pe_tag *b)
{
    if (!pe->tagged) return true;
    if (a->ready > b->ready || a->driving > b->driving || a->since > b->since || a->left < b->left)
        return false;
    if (a->class == b->class || a->class == 0) return true;
    const uint64_t *x = &pe->sets[(size_t)a->class * pe->words];
    const uint64_t *y = &pe->sets[(size_t)b->class * pe->words];
    for (size_t w = 0; w < pe->words; w++)
        if (x[w] & ~y[w]) return false;
    return true;
}

/* --- triples -----------------------------------------------------------------------------------
 */

static int dearer(const void *a, const void *b)
{
    const struct eb_triple *x = *(const struct eb_triple *const *)a;
    const struct eb_triple *y = *(const struct eb_triple *const *)b;
    if (x->price != y->price) return x->price > y->price ? -1 : 1;
    return x < y ? -1 : x > y;
}

enum az_status eb_pe_triples(struct pe *pe)
{
    size_t count = pe->duals->triple_count;
    pe->triple_count = 0;
    if (count == 0) return AZ_OK;
    const struct eb_triple **triples = AZ_ARRAY(pe->arena, count, const struct eb_triple *);
    pe->triple_of = AZ_ARRAY(pe->arena, pe->trip_count, uint64_t);
    pe->triple_last = AZ_ARRAY(pe->arena, pe->trip_count, uint64_t);
    pe->triple_open = AZ_ARRAY(pe->arena, pe->T + 1, uint64_t);
    if (!triples || !pe->triple_of || !pe->triple_last || !pe->triple_open) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) triples[k] = &pe->duals->triples[k];
    qsort(triples, count, sizeof *triples, dearer);
    for (size_t k = 0; k < count && k < PE_TRIPLES; k++) {
        const struct eb_triple *triple = triples[k];
        uint64_t bit = (uint64_t)1 << k;
        int64_t last = pe->ev->trips.items[pe->net->trip[triple->trip[2]]].depart_s;
        for (size_t i = 0; i < 3; i++) pe->triple_of[triple->trip[i]] |= bit;
        pe->triple_last[triple->trip[2]] |= bit;
        for (size_t t = 0; t <= pe->T; t++)
            if (last >= (int64_t)t * pe->slot_s) pe->triple_open[t] |= bit;
        pe->triple_price[pe->triple_count++] = triple->price;
    }
    return AZ_OK;
}
