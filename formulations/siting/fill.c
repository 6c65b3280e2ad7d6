/* fill.c - a plan near the prices: what every site takes by them, changed at the few sites where
 * that costs least until rows with a price are full and none is over.
 *
 * A plan costs what the prices prove, plus what its sites lose behind their best, plus price times
 * room that rows with a price have left. Sites that lose least by a change are gone through, those
 * that change most first; a list of partial changes is kept, alike ones once, and the ones that can
 * still come out best (after the core algorithms of multiple-choice knapsacks: Pisinger 1995). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/tree.h"
#include "solver/tolerances.h"

#define MOST_SITES 150 /* that may change */
#define MOST_WAYS 6    /* of a site, its best included */
#define MOST_ROWS 24   /* the dearest */
#define LIST 1000      /* partial changes that are kept */
#define ALIKE 0.03     /* of the reach: rows whose rooms differ by less are alike */
#define EAGER 0.05     /* of the room or the breach that later sites can still mend */
#define ROOM 1e-9      /* of the reach: a row that is over by less is not */
#define INSIDE 1e-6    /* of its range: a static that a row can lean on */
#define HOLDS 5        /* times that rows without a price are held */

/* A site, and what it loses by its second best. */
struct near {
    size_t site;
    double behind;
};

/* A way that a site can take: what it loses, and what it changes in the rooms. */
struct way {
    size_t option; /* AZ_NO_INDEX: none */
    double behind;
    double by[MOST_ROWS];
};

struct changing {
    size_t site, count;
    double size;
    struct way ways[MOST_WAYS]; /* the first is its best */
};

struct state {
    double behind, score;
    uint64_t key;
    size_t parent;
    unsigned char way;
    double room[MOST_ROWS]; /* price times room; < 0: over */
};

struct filler {
    struct st_search *search;
    const struct st_problem *p;
    const struct st_prices *prices;
    struct az_arena *scratch;
    double reach;
    size_t row_count, priced; /* those with a price come first */
    size_t row[MOST_ROWS];
    double factor[MOST_ROWS]; /* of the row's sum: the price; else what makes rooms of it */
    double first[MOST_ROWS];
    size_t site_count;
    struct changing *sites;
    double *up, *down; /* [site_count + 1, row_count] what later sites can add and take */
    bool *leaning;     /* [problem's rows] */
    double *activity;  /* [problem's rows] */
    size_t *at;        /* [problem's rows] in row; AZ_NO_INDEX: not */
    struct st_coefficient *room;
};

/* --- rows ------------------------------------------------------------------------------------- */

/* Rows in which a continuous static is neither at its least nor at its most: it takes what comes.
 */
static void find_leaning(const struct filler *f, const struct st_point *point, bool leaning[])
{
    const struct st_problem *p = f->p;
    for (size_t j = 0; j < point->y_count && j < p->static_count; j++) {
        const struct st_static *column = &p->statics[j];
        double room = INSIDE * (column->upper - column->lower);
        if (column->integer || point->y[j] <= column->lower + room ||
            point->y[j] >= column->upper - room)
            continue;
        for (size_t e = p->static_entry[j]; e != AZ_NO_INDEX; e = p->entries[e].next)
            leaning[p->entries[e].row] = true;
    }
}

/* The dearest rows, by what their price makes of their side. */
static enum az_status find_rows(struct filler *f, const struct st_point *point)
{
    const struct st_problem *p = f->p;
    double worth[MOST_ROWS];
    f->leaning = AZ_ARRAY(f->scratch, p->row_count, bool);
    f->activity = AZ_ARRAY(f->scratch, p->row_count, double);
    if (!f->leaning || !f->activity) return AZ_NO_MEMORY;
    bool *leaning = f->leaning;
    find_leaning(f, point, leaning);
    for (size_t r = 0; r < f->prices->row_count && r < p->row_count; r++) {
        double price = f->prices->pi[r], side = price > 0 ? p->rows[r].lower : p->rows[r].upper;
        if (price == 0 || leaning[r]) continue;
        double now = fabs(price) * fmax(1, fabs(side));
        size_t k = f->row_count;
        if (k == MOST_ROWS && worth[--k] >= now) continue;
        for (; k > 0 && worth[k - 1] < now; k--) {
            worth[k] = worth[k - 1];
            f->row[k] = f->row[k - 1];
        }
        worth[k] = now;
        f->row[k] = r;
        if (f->row_count < MOST_ROWS) f->row_count++;
    }
    f->at = AZ_ARRAY(f->scratch, p->row_count, size_t);
    f->room = AZ_ARRAY(f->scratch, p->row_count, struct st_coefficient);
    if (!f->at || !f->room) return AZ_NO_MEMORY;
    for (size_t r = 0; r < p->row_count; r++) f->at[r] = AZ_NO_INDEX;
    for (size_t k = 0; k < f->row_count; k++) {
        f->at[f->row[k]] = k;
        f->factor[k] = f->prices->pi[f->row[k]];
    }
    f->priced = f->row_count;
    return AZ_OK;
}

/* What an option takes of the rooms, times their price. */
static void add_option(const struct filler *f, size_t option, double factor, double by[])
{
    if (option == AZ_NO_INDEX) return;
    size_t count = st_option_coefficients(f->p, option, f->room);
    for (size_t i = 0; i < count; i++) {
        size_t k = f->at[f->room[i].row];
        if (k != AZ_NO_INDEX) by[k] += factor * f->factor[k] * f->room[i].value;
    }
}

/* Rooms when every site takes its best. Integer statics are as a draft will round them. */
static void first_rooms(struct filler *f, const struct st_point *point)
{
    const struct st_problem *p = f->p;
    for (size_t k = 0; k < f->row_count; k++) {
        const struct st_row *row = &p->rows[f->row[k]];
        f->first[k] = -f->factor[k] * (f->factor[k] > 0 ? row->lower : row->upper);
    }
    for (size_t s = 0; s < p->in->sites.count; s++)
        add_option(f, f->prices->choice[s], 1, f->first);
    for (size_t j = 0; j < point->y_count; j++) {
        double y = point->y[j];
        if (p->statics[j].integer) y = st_draft_rounds(&p->statics[j], y);
        for (size_t e = p->static_entry[j]; y != 0 && e != AZ_NO_INDEX; e = p->entries[e].next) {
            size_t k = f->at[p->entries[e].row];
            if (k != AZ_NO_INDEX) f->first[k] += f->factor[k] * y * p->entries[e].value;
        }
    }
}

/* --- sites ------------------------------------------------------------------------------------ */

static int nearest_first(const void *a, const void *b)
{
    const struct near *x = a, *y = b;
    if (x->behind != y->behind) return x->behind < y->behind ? -1 : 1;
    return x->site < y->site ? -1 : x->site > y->site;
}

static int largest_first(const void *a, const void *b)
{
    const struct changing *x = a, *y = b;
    if (x->size != y->size) return x->size > y->size ? -1 : 1;
    return x->site < y->site ? -1 : x->site > y->site;
}

/* The ways of a site that lose least, its best first. */
static void find_ways(const struct filler *f, size_t s, struct changing *c)
{
    const struct st_problem *p = f->p;
    size_t best = f->prices->choice[s];
    double least = f->prices->least[s];
    *c = (struct changing){ .site = s, .count = 1 };
    c->ways[0] = (struct way){ .option = best };
    size_t first = p->values->first[s], until = p->values->first[s + 1];
    for (size_t o = first; o <= until; o++) {
        size_t option = o < until ? o : AZ_NO_INDEX;
        if (option == best || (o < until ? !p->allowed[o] : p->forced[s])) continue;
        double behind = (o < until ? f->prices->reduced[o] : 0) - least;
        size_t k = c->count;
        if (!(behind >= 0 && behind <= f->reach) ||
            (k == MOST_WAYS && c->ways[--k].behind <= behind))
            continue;
        for (; k > 1 && c->ways[k - 1].behind > behind; k--) c->ways[k] = c->ways[k - 1];
        c->ways[k] = (struct way){ .option = option, .behind = behind };
        if (c->count < MOST_WAYS) c->count++;
    }
}

static void size_ways(struct filler *f, struct changing *c)
{
    for (size_t i = 1; i < c->count; i++) {
        struct way *way = &c->ways[i];
        add_option(f, c->ways[0].option, -1, way->by);
        add_option(f, way->option, 1, way->by);
        for (size_t k = 0; k < f->row_count; k++) c->size = fmax(c->size, fabs(way->by[k]));
    }
}

static enum az_status find_sites(struct filler *f)
{
    size_t sites = f->p->in->sites.count, rows = f->row_count, count = 0;
    struct near *near = AZ_ARRAY(f->scratch, sites, struct near);
    if (!near) return AZ_NO_MEMORY;
    for (size_t s = 0; s < sites; s++) {
        struct changing c;
        find_ways(f, s, &c);
        if (c.count > 1) near[count++] = (struct near){ s, c.ways[1].behind };
    }
    if (count > 0) qsort(near, count, sizeof *near, nearest_first);
    f->site_count = count < MOST_SITES ? count : MOST_SITES;
    f->sites = AZ_ARRAY(f->scratch, f->site_count, struct changing);
    if (!f->sites) return AZ_NO_MEMORY;
    for (size_t i = 0; i < f->site_count; i++) {
        find_ways(f, near[i].site, &f->sites[i]);
        size_ways(f, &f->sites[i]);
    }
    if (f->site_count > 0) qsort(f->sites, f->site_count, sizeof *f->sites, largest_first);
    f->up = AZ_ARRAY(f->scratch, (f->site_count + 1) * rows, double);
    f->down = AZ_ARRAY(f->scratch, (f->site_count + 1) * rows, double);
    if (!f->up || !f->down) return AZ_NO_MEMORY;
    for (size_t i = f->site_count; i > 0; i--) {
        const struct changing *c = &f->sites[i - 1];
        for (size_t k = 0; k < rows; k++) {
            double up = 0, down = 0;
            for (size_t w = 1; w < c->count; w++) {
                up = fmax(up, c->ways[w].by[k]);
                down = fmin(down, c->ways[w].by[k]);
            }
            f->up[(i - 1) * rows + k] = f->up[i * rows + k] + up;
            f->down[(i - 1) * rows + k] = f->down[i * rows + k] + down;
        }
    }
    return AZ_OK;
}

/* --- lists ------------------------------------------------------------------------------------ */

/* What a partial change can still come to, when the sites from i on follow; INFINITY: too much. */
static double score_of(const struct filler *f, size_t i, const struct state *s)
{
    double score = s->behind;
    for (size_t k = 0; k < f->row_count; k++) {
        double room = s->room[k];
        double least = room + f->down[i * f->row_count + k];
        if (room + f->up[i * f->row_count + k] < -ROOM * f->reach) return INFINITY;
        if (k < f->priced) score += fmax(0, least) + EAGER * fabs(room);
    }
    return score;
}

static uint64_t key_of(const struct filler *f, const struct state *s)
{
    uint64_t key = 1469598103934665603u;
    for (size_t k = 0; k < f->priced; k++) {
        int64_t cell = (int64_t)floor(fmin(1e15, fmax(-1e15, s->room[k] / (ALIKE * f->reach))));
        key = (key ^ (uint64_t)cell) * 1099511628211u;
        key ^= key >> 29;
    }
    return key;
}

static int alike_first(const void *a, const void *b)
{
    const struct state *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    if (x->score != y->score) return x->score < y->score ? -1 : 1;
    if (x->parent != y->parent) return x->parent < y->parent ? -1 : 1;
    return x->way - y->way;
}

static int best_first(const void *a, const void *b)
{
    const struct state *x = a, *y = b;
    if (x->score != y->score) return x->score < y->score ? -1 : 1;
    if (x->parent != y->parent) return x->parent < y->parent ? -1 : 1;
    return x->way - y->way;
}

/* Keeps one of those that are alike, and the best. */
static size_t thin_out(struct state states[], size_t count)
{
    size_t kept = 0;
    if (count > 0) qsort(states, count, sizeof *states, alike_first);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || states[i].key != states[kept - 1].key) states[kept++] = states[i];
    if (kept > 0) qsort(states, kept, sizeof *states, best_first);
    return kept < LIST ? kept : LIST;
}

/* Where a state comes from. */
struct step {
    size_t parent;
    unsigned char way;
};

/* Goes through the sites, as far as there is time; *best: what the best whole change costs above
 * the prices' bound, its steps in way[site_count]. */
static enum az_status go_through(struct filler *f, unsigned char way[], double *best)
{
    size_t n = f->site_count, most = LIST * MOST_WAYS, count = 1;
    struct state *now = AZ_ARRAY(f->scratch, LIST, struct state);
    struct state *next = AZ_ARRAY(f->scratch, most, struct state);
    struct step *steps = AZ_ARRAY(f->scratch, (n + 1) * LIST, struct step);
    size_t best_layer = 0, best_state = AZ_NO_INDEX;
    *best = f->reach;
    if (!now || !next || !steps) return AZ_NO_MEMORY;
    memcpy(now[0].room, f->first, f->row_count * sizeof *f->first);
    for (size_t i = 0; i < n && count > 0 && !az_must_stop(f->search->context); i++) {
        const struct changing *c = &f->sites[i];
        size_t made = 0;
        for (size_t a = 0; a < count; a++) {
            for (size_t w = 0; w < c->count; w++) {
                struct state *s = &next[made];
                *s = now[a];
                s->behind += c->ways[w].behind;
                if (s->behind >= *best) break; /* ways ascend */
                for (size_t k = 0; w > 0 && k < f->row_count; k++) s->room[k] += c->ways[w].by[k];
                s->parent = a;
                s->way = (unsigned char)w;
                s->score = score_of(f, i + 1, s);
                if (s->score >= *best) continue;
                s->key = key_of(f, s);
                made++;
            }
        }
        count = thin_out(next, made);
        if (count > 0) memcpy(now, next, count * sizeof *now);
        for (size_t a = 0; a < count; a++) {
            double cost = now[a].behind, least = 0;
            steps[(i + 1) * LIST + a] = (struct step){ now[a].parent, now[a].way };
            for (size_t k = 0; k < f->row_count; k++) {
                if (k < f->priced) cost += now[a].room[k];
                least = fmin(least, now[a].room[k]);
            }
            if (least < -ROOM * f->reach || cost >= *best) continue;
            *best = cost;
            best_layer = i + 1;
            best_state = a;
        }
    }
    if (n > 0) memset(way, 0, n);
    for (size_t i = best_layer; best_state != AZ_NO_INDEX && i > 0; i--) {
        way[i - 1] = steps[i * LIST + best_state].way;
        best_state = steps[i * LIST + best_state].parent;
    }
    return AZ_OK;
}

/* Rows without a price that a point breaks are held from now on. *more: there are some, and room
 * for one. */
static enum az_status hold_broken(struct filler *f, const struct st_point *point, bool *more)
{
    *more = false;
    AZ_TRY(st_activities(f->p, point, f->activity));
    for (size_t r = 0; r < f->p->row_count && f->row_count < MOST_ROWS; r++) {
        const struct st_row *row = &f->p->rows[r];
        double over = fmax(f->activity[r] - row->upper, row->lower - f->activity[r]);
        double side = f->activity[r] > row->upper ? row->upper : row->lower;
        if (f->leaning[r] || f->at[r] != AZ_NO_INDEX) continue;
        if (!(over > AZ_FEASIBILITY_TOLERANCE * fmax(1, fabs(side)))) continue;
        f->at[r] = f->row_count;
        f->row[f->row_count] = r;
        f->factor[f->row_count++] = (f->activity[r] > row->upper ? -1 : 1) * f->reach / over;
        *more = true;
    }
    return AZ_OK;
}

/* --- the interface ---------------------------------------------------------------------------- */

static enum az_status make_point(const struct filler *f, const unsigned char way[],
                                 const struct st_point *from, struct az_arena *arena,
                                 struct st_point *point)
{
    size_t sites = f->p->in->sites.count;
    size_t *option = AZ_ARRAY(f->scratch, sites, size_t);
    *point = (struct st_point){ .option = AZ_ARRAY(arena, sites, size_t),
                                .value = AZ_ARRAY(arena, sites, double),
                                .y = AZ_ARRAY(arena, from->y_count, double),
                                .y_count = from->y_count };
    if (!option || !point->option || !point->value || !point->y) return AZ_NO_MEMORY;
    for (size_t j = 0; j < from->y_count; j++)
        point->y[j] =
            f->p->statics[j].integer ? st_draft_rounds(&f->p->statics[j], from->y[j]) : from->y[j];
    if (sites > 0) memcpy(option, f->prices->choice, sites * sizeof *option);
    for (size_t i = 0; i < f->site_count; i++)
        option[f->sites[i].site] = f->sites[i].ways[way[i]].option;
    for (size_t s = 0; s < sites; s++) {
        if (option[s] == AZ_NO_INDEX) continue;
        point->option[point->count] = option[s];
        point->value[point->count++] = 1;
    }
    return AZ_OK;
}

enum az_status st_fill(struct st_search *search, const struct st_prices *prices,
                       const struct st_point *from, double reach, struct az_arena *arena,
                       struct st_point *point, bool *found)
{
    struct filler f = { .search = search, .p = search->problem, .prices = prices, .reach = reach };
    enum az_status status = AZ_NO_MEMORY;
    double best;
    *found = false;
    if (!(reach > 0) || isinf(reach)) return AZ_OK;
    f.scratch = az_arena_new(NULL);
    if (!f.scratch) return AZ_NO_MEMORY;
    unsigned char *way = AZ_ARRAY(f.scratch, MOST_SITES + 1, unsigned char);
    if (!way) goto done;
    AZ_GOTO(find_rows(&f, from));
    for (int round = 0; round < HOLDS && !az_must_stop(search->context); round++) {
        bool more;
        *found = false;
        first_rooms(&f, from);
        AZ_GOTO(find_sites(&f));
        AZ_GOTO(go_through(&f, way, &best));
        az_log(search->context, AZ_LOG_DEBUG, "fill: %zu rows, %zu sites, %.0f of %.0f",
               f.row_count, f.site_count, best, f.reach);
        if (!(best < f.reach)) break;
        *found = true;
        AZ_GOTO(make_point(&f, way, from, arena, point));
        AZ_GOTO(hold_broken(&f, point, &more));
        if (!more) break;
    }
done:
    az_arena_free(f.scratch);
    return status;
}
