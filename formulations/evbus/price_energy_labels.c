/* price_energy_labels.c - the labels of a node: inserted, compared, cut, capped. */
#include <math.h>
#include <string.h>

#include "formulations/evbus/price_energy.h"

#define LABELS 4096      /* taken at once */
#define POINTS 32768     /* taken at once */
#define SAME_COST 1e-9   /* JPY: a label must be better by more */
#define CLOCK_EVERY 1024 /* labels offered */

enum az_status eb_pe_room(struct pe *pe, size_t n)
{
    if (n <= pe->work_size) return AZ_OK;
    size_t size = 2 * n + 256;
    for (size_t k = 0; k < 4; k++) {
        pe->work[k] =
            az_arena_grow(pe->arena, pe->work[k], pe->work_size, size, sizeof(struct eb_xy));
        if (!pe->work[k]) return AZ_NO_MEMORY;
    }
    pe->cuts = az_arena_array(pe->arena, 2 * size, sizeof *pe->cuts);
    pe->work_size = size;
    return pe->cuts ? AZ_OK : AZ_NO_MEMORY;
}

static struct pe_label *take_label(struct pe *pe)
{
    if (pe->label_left == 0) {
        pe->label_chunk = AZ_ARRAY(pe->arena, LABELS, struct pe_label);
        if (!pe->label_chunk) return NULL;
        pe->label_left = LABELS;
    }
    pe->label_left--;
    return pe->label_chunk++;
}

struct pe_label *eb_pe_label_new(struct pe *pe, const struct pe_label *label)
{
    struct pe_label *kept = take_label(pe);
    if (kept) *kept = *label;
    return kept;
}

size_t eb_pe_drive(const struct pe *pe, const struct eb_xy f[], size_t n,
                   const struct pe_move *move, struct eb_xy out[])
{
    double low = pe->source->min_kwh + eb_most(move->high, eb_most(0, move->energy));
    double high = pe->source->max_kwh + eb_least(move->low, eb_least(0, move->energy));
    n = eb_plf_restrict(f, n, low, high, out);
    eb_plf_shift(out, n, move->energy, move->cost);
    return n;
}

static struct eb_xy *take_points(struct pe *pe, size_t n)
{
    if (pe->point_left < n) {
        size_t size = n > POINTS ? n : POINTS;
        pe->point_chunk = AZ_ARRAY(pe->arena, size, struct eb_xy);
        if (!pe->point_chunk) return NULL;
        pe->point_left = size;
    }
    struct eb_xy *points = pe->point_chunk;
    pe->point_chunk += n;
    pe->point_left -= n;
    pe->points_taken += n;
    return points;
}

/* Domain and range. The greatest value of a convex function is at an end. */
static void measure(struct pe_label *label)
{
    const struct eb_xy *f = label->f;
    label->low = f[0].x;
    label->high = f[label->n - 1].x;
    label->most = eb_most(f[0].y, f[label->n - 1].y);
    label->least = f[0].y;
    for (size_t i = 1; i < label->n; i++)
        if (f[i].y < label->least) label->least = f[i].y;
}

static enum az_status keep(struct pe *pe, struct pe_node *node, const struct pe_label *label,
                           const struct eb_xy f[], size_t n)
{
    if (node->count == node->capacity) {
        uint32_t capacity = node->capacity ? 2 * node->capacity : 8;
        node->labels = az_arena_grow(pe->arena, node->labels, node->count, capacity,
                                     sizeof(struct pe_label *));
        if (!node->labels) return AZ_NO_MEMORY;
        node->capacity = capacity;
    }
    struct pe_label *kept = take_label(pe);
    struct eb_xy *points = take_points(pe, n);
    if (!kept || !points) return AZ_NO_MEMORY;
    memcpy(points, f, n * sizeof *f);
    *kept = *label;
    kept->f = points;
    kept->n = (uint32_t)n;
    measure(kept);
    if (n > node->widest) node->widest = (uint32_t)n;
    size_t at = node->count++;
    for (; at > 0 && node->labels[at - 1]->low > kept->low; at--)
        node->labels[at] = node->labels[at - 1];
    node->labels[at] = kept;
    return AZ_OK;
}

static void drop(struct pe_node *node, size_t at)
{
    node->count--;
    for (size_t i = at; i < node->count; i++) node->labels[i] = node->labels[i + 1];
}

/* Cuts out of an old label what the new function is better at, by more than the new label may owe
 * beyond it. *gone: nothing is left. */
static enum az_status cut_old(struct pe *pe, struct pe_node *node, size_t at,
                              const struct pe_label *new, bool *gone)
{
    struct pe_label *old = node->labels[at];
    double owes = pe_tag_owes(pe, &new->tag, &old->tag) + SAME_COST;
    *gone = false;
    if (new->least + owes >= old->most) return AZ_OK;
    size_t count = 0;
    if (new->low > old->low || new->high < old->high || new->most + owes >= old->least)
        count = eb_plf_below(old->f, old->n, new->f, new->n, owes, pe->cuts);
    if (count == 1 && pe->cuts[0][0] <= old->low && pe->cuts[0][1] >= old->high) return AZ_OK;
    *gone = count == 0;
    if (count == 0) {
        drop(node, at);
        return AZ_OK;
    }
    for (size_t k = 1; k < count; k++) {
        size_t m = eb_plf_restrict(old->f, old->n, pe->cuts[k][0], pe->cuts[k][1], pe->work[3]);
        AZ_TRY(keep(pe, node, old, pe->work[3], m));
    }
    double low = old->low;
    old->n = (uint32_t)eb_plf_restrict(old->f, old->n, pe->cuts[0][0], pe->cuts[0][1], old->f);
    measure(old);
    /* its lower end may have moved up: back into order */
    for (size_t i = at; old->low > low && i + 1 < node->count; i++) {
        if (node->labels[i + 1]->low >= old->low) break;
        node->labels[i] = node->labels[i + 1];
        node->labels[i + 1] = old;
    }
    return AZ_OK;
}

static enum az_status cut_olds(struct pe *pe, struct pe_node *node, const struct pe_label *new)
{
    for (size_t i = 0; i < node->count; i++) {
        struct pe_label *old = node->labels[i];
        if (old->low > new->high + EB_PLF_WIDTH) break;
        bool gone = false;
        if (old->high < new->low - EB_PLF_WIDTH || !eb_pe_tag_allows(pe, &new->tag, &old->tag))
            continue;
        AZ_TRY(cut_old(pe, node, i, new, &gone));
        if (gone || node->labels[i] != old) i--; /* another one is here now */
    }
    return AZ_OK;
}

/* One piece of a new label: cut by the labels that are there, kept, and they cut by it. */
static enum az_status insert_piece(struct pe *pe, struct pe_node *node, struct pe_label *new)
{
    measure(new);
    for (size_t i = 0; i < node->count; i++) {
        const struct pe_label *old = node->labels[i];
        if (old->low > new->high + EB_PLF_WIDTH) break;
        if (old->high < new->low - EB_PLF_WIDTH || old->least >= new->most + SAME_COST) continue;
        if (!eb_pe_tag_allows(pe, &old->tag, &new->tag)) continue;
        double owes = pe_tag_owes(pe, &old->tag, &new->tag) - SAME_COST;
        if (old->least + owes >= new->most) continue;
        if (old->low <= new->low && old->high >= new->high && old->most + owes <= new->least)
            return AZ_OK;
        size_t count = eb_plf_below(new->f, new->n, old->f, old->n, owes, pe->cuts);
        if (count == 0) return AZ_OK;
        if (count == 1) {
            if (pe->cuts[0][0] <= new->low && pe->cuts[0][1] >= new->high) continue;
            new->n =
                (uint32_t)eb_plf_restrict(new->f, new->n, pe->cuts[0][0], pe->cuts[0][1], new->f);
            measure(new);
            continue;
        }
        /* Several pieces: each goes on alone. They are few, and each is narrower. */
        struct pe_label piece = *new;
        piece.f = take_points(pe, new->n + 2);
        double(*cuts)[2] = az_arena_array(pe->arena, count, sizeof *cuts);
        if (!piece.f || !cuts) return AZ_NO_MEMORY;
        memcpy(cuts, pe->cuts, count * sizeof *cuts);
        for (size_t k = 0; k < count; k++) {
            piece.n = (uint32_t)eb_plf_restrict(new->f, new->n, cuts[k][0], cuts[k][1], piece.f);
            AZ_TRY(insert_piece(pe, node, &piece));
        }
        return AZ_OK;
    }
    AZ_TRY(cut_olds(pe, node, new));
    return keep(pe, node, new, new->f, new->n);
}

/* May a day that goes on from the node as the label says cost no more than the ceiling? */
static bool is_hopeful(const struct pe *pe, size_t node, const struct pe_label *label)
{
    if (label->least + pe->back->least[node] > pe->ceiling) return false;
    return eb_pe_at_least(pe->back, node, label) <= pe->ceiling;
}

/* Is the deadline over? Looked at now and then; who cancels is asked by the solve. */
static bool is_late(struct pe *pe)
{
    const struct az_context *context = pe->net->context;
    if (!pe->late && context && ++pe->inserted % CLOCK_EVERY == 0)
        pe->late = az_time_left(context) <= 0;
    return pe->late;
}

enum az_status eb_pe_insert(struct pe *pe, size_t node, const struct pe_label *label,
                            const struct eb_xy f[], size_t n)
{
    if (n == 0) return AZ_OK;
    if (pe->points_taken > pe->points_most || is_late(pe)) {
        pe->limit = true;
        return AZ_OK;
    }
    AZ_TRY(eb_pe_room(pe, 2 * (pe->nodes[node].widest + n) + 64));
    if (f != pe->work[2]) memcpy(pe->work[2], f, n * sizeof *f);
    struct pe_label new = *label;
    new.node = (uint32_t)node;
    new.f = pe->work[2];
    new.n = (uint32_t)n;
    measure(&new);
    if (pe->back && label->parent && label->parent->kind == PE_BEGIN)
        pe->relaxed = eb_least(pe->relaxed, eb_pe_at_least(pe->back, node, &new));
    if (pe->ceiling < INFINITY && !is_hopeful(pe, node, &new)) return AZ_OK;
    return insert_piece(pe, &pe->nodes[node], &new);
}

enum az_status eb_pe_insert_hull(struct pe *pe, size_t node, const struct pe_label *label,
                                 const struct eb_xy f[], size_t n)
{
    struct pe_node *it = &pe->nodes[node];
    struct pe_label *old = NULL;
    if (n == 0) return AZ_OK;
    for (size_t i = 0; i < it->count && !old; i++)
        if (it->labels[i]->tag.left == label->tag.left) old = it->labels[i];
    if (!old) return keep(pe, it, label, f, n);
    if (eb_plf_covered(f, n, old->f, old->n)) return AZ_OK;
    AZ_TRY(eb_pe_room(pe, old->n + n));
    size_t count = eb_plf_hull(old->f, old->n, f, n, pe->work[3]);
    if (count > old->room) {
        old->room = (uint32_t)(2 * count);
        old->f = take_points(pe, old->room);
        if (!old->f) return AZ_NO_MEMORY;
    }
    memcpy(old->f, pe->work[3], count * sizeof *f);
    old->n = (uint32_t)count;
    measure(old);
    size_t at = 0; /* its lower end may have moved down: back into order */
    while (it->labels[at] != old) at++;
    for (; at > 0 && it->labels[at - 1]->low > old->low; at--) {
        it->labels[at] = it->labels[at - 1];
        it->labels[at - 1] = old;
    }
    return AZ_OK;
}

/* What a label promises: the least that its days cost, or, where that is not known, its least cost
 * with its charge at its worth. */
static double promise(const struct pe *pe, size_t node, const struct pe_label *label)
{
    double best = INFINITY;
    if (pe->back) return eb_pe_at_least(pe->back, node, label);
    for (size_t i = 0; i < label->n; i++)
        best = eb_least(best, label->f[i].y - pe->charge_value * label->f[i].x);
    return best;
}

void eb_pe_trim(struct pe *pe, size_t node)
{
    struct pe_node *it = &pe->nodes[node];
    if (pe->cap == 0 || it->count <= pe->cap) return;
    for (size_t i = 0; i < it->count; i++)
        it->labels[i]->promise = promise(pe, node, it->labels[i]);
    while (it->count > pe->cap) {
        size_t worst = 0;
        for (size_t i = 1; i < it->count; i++)
            if (it->labels[i]->promise > it->labels[worst]->promise) worst = i;
        drop(it, worst);
    }
}

void eb_pe_clear(struct pe *pe)
{
    for (size_t k = 0; k < pe_end_node(pe, 0); k++) pe->nodes[k].count = 0;
}
