/* linalg_grid.c - meshed grids under DC power flow: transfer and outage factors, screening of all
 * hours against all outages. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "solver/linalg.h"

#define BLOCK 512 /* hours that are screened together: their flows stay in the cache */

/* --- the network as a graph ------------------------------------------------------------------- */

/* Neighbours of each bus: those of bus i are entries first[i] .. first[i + 1) of `branch`. */
struct graph {
    size_t *first;  /* [n + 1] */
    size_t *branch; /* [2 * m] */
};

static enum az_status check_branches(size_t n, size_t m, const struct az_branch branch[])
{
    for (size_t l = 0; l < m; l++) {
        if (branch[l].from >= n || branch[l].to >= n || branch[l].from == branch[l].to)
            return AZ_INVALID;
        if (!(branch[l].x > 0) || !isfinite(branch[l].x) || !isfinite(1 / branch[l].x))
            return AZ_INVALID;
    }
    return AZ_OK;
}

static enum az_status graph_of(size_t n, size_t m, const struct az_branch branch[],
                               struct az_arena *arena, struct graph *graph)
{
    graph->first = AZ_ARRAY(arena, n + 2, size_t);
    graph->branch = AZ_ARRAY(arena, 2 * m, size_t);
    if (!graph->first || !graph->branch) return AZ_NO_MEMORY;
    for (size_t l = 0; l < m; l++) {
        graph->first[branch[l].from + 2]++;
        graph->first[branch[l].to + 2]++;
    }
    for (size_t i = 2; i < n + 2; i++) graph->first[i] += graph->first[i - 1];
    for (size_t l = 0; l < m; l++) {
        graph->branch[graph->first[branch[l].from + 1]++] = l;
        graph->branch[graph->first[branch[l].to + 1]++] = l;
    }
    return AZ_OK;
}

/* A walk through the network, depth first: what lies beyond a bridge is an interval of it. */
struct walk {
    size_t count;  /* of buses reached */
    size_t *order; /* [n] place of each bus; n: not reached */
    size_t *size;  /* [n] buses in the part of the walk that begins at each */
    size_t *low;   /* [n] the first place that this part reaches by another branch */
    size_t *via;   /* [n] the branch that led here; m at the root */
    size_t *stack, *next;
};

static enum az_status walk_from(size_t n, size_t m, const struct az_branch branch[],
                                const struct graph *graph, size_t root, struct az_arena *arena,
                                struct walk *walk)
{
    size_t *memory = AZ_ARRAY(arena, 6 * n, size_t), depth = 0;
    if (!memory) return AZ_NO_MEMORY;
    *walk = (struct walk){ .order = memory,
                           .size = memory + n,
                           .low = memory + 2 * n,
                           .via = memory + 3 * n,
                           .stack = memory + 4 * n,
                           .next = memory + 5 * n };
    for (size_t i = 0; i < n; i++) walk->order[i] = n;
    walk->stack[depth++] = root;
    walk->order[root] = walk->low[root] = walk->count++;
    walk->size[root] = 1;
    walk->via[root] = m;
    walk->next[root] = graph->first[root];
    while (depth > 0) {
        size_t bus = walk->stack[depth - 1];
        if (walk->next[bus] < graph->first[bus + 1]) {
            size_t l = graph->branch[walk->next[bus]++];
            size_t other = branch[l].from == bus ? branch[l].to : branch[l].from;
            if (l == walk->via[bus]) continue;
            if (walk->order[other] < n) {
                if (walk->order[other] < walk->low[bus]) walk->low[bus] = walk->order[other];
                continue;
            }
            walk->order[other] = walk->low[other] = walk->count++;
            walk->size[other] = 1;
            walk->via[other] = l;
            walk->next[other] = graph->first[other];
            walk->stack[depth++] = other;
            continue;
        }
        if (--depth == 0) break;
        size_t parent = walk->stack[depth - 1];
        walk->size[parent] += walk->size[bus];
        if (walk->low[bus] < walk->low[parent]) walk->low[parent] = walk->low[bus];
    }
    return AZ_OK;
}

/* The bus beyond a bridge, seen from the root of the walk; n: the branch is none. */
static size_t beyond_of(size_t n, const struct az_branch *branch, size_t index,
                        const struct walk *walk)
{
    size_t ends[] = { branch->from, branch->to };
    for (size_t e = 0; e < 2; e++) {
        size_t bus = ends[e];
        if (walk->order[bus] < n && walk->via[bus] == index && walk->low[bus] == walk->order[bus])
            return bus;
    }
    return n;
}

enum az_status az_bridges(size_t n, size_t m, const struct az_branch branch[], bool bridge[])
{
    struct graph graph;
    AZ_TRY(check_branches(n, m, branch));
    struct az_arena *arena = az_arena_new(NULL);
    enum az_status status = arena ? graph_of(n, m, branch, arena, &graph) : AZ_NO_MEMORY;
    bool *reached = status == AZ_OK ? AZ_ARRAY(arena, n, bool) : NULL;
    if (status == AZ_OK && !reached) status = AZ_NO_MEMORY;
    for (size_t l = 0; l < m; l++) bridge[l] = false;
    for (size_t root = 0; status == AZ_OK && root < n; root++) { /* each connected part */
        struct walk walk;
        if (reached[root]) continue;
        status = walk_from(n, m, branch, &graph, root, arena, &walk);
        if (status != AZ_OK) break;
        for (size_t i = 0; i < n; i++)
            if (walk.order[i] < n) reached[i] = true;
        for (size_t l = 0; l < m; l++)
            if (beyond_of(n, &branch[l], l, &walk) < n) bridge[l] = true;
    }
    az_arena_free(arena);
    return status;
}

/* --- transfer factors ------------------------------------------------------------------------- */

/* The angles at all buses but the slack for a unit injected at each: the inverse of the reduced
 * Laplacian A' diag(1/x) A. */
static enum az_status angles_of(size_t n, size_t m, const struct az_branch branch[], size_t slack,
                                struct az_arena *arena, double **angles)
{
    size_t k = n - 1;
    double *laplacian = AZ_ARRAY(arena, k * k, double);
    *angles = AZ_ARRAY(arena, k * k, double);
    if (!laplacian || !*angles) return AZ_NO_MEMORY;
    for (size_t l = 0; l < m; l++) {
        size_t i = branch[l].from, j = branch[l].to;
        size_t row = i - (i > slack), column = j - (j > slack);
        double b = 1 / branch[l].x;
        if (i != slack) laplacian[row * k + row] += b;
        if (j != slack) laplacian[column * k + column] += b;
        if (i == slack || j == slack) continue;
        laplacian[row * k + column] -= b;
        laplacian[column * k + row] -= b;
    }
    AZ_TRY(az_cholesky(k, laplacian));
    for (size_t i = 0; i < k; i++) (*angles)[i * k + i] = 1;
    return az_cholesky_solve(k, k, laplacian, *angles);
}

static enum az_status ptdf_in(size_t n, size_t m, const struct az_branch branch[], size_t slack,
                              struct az_arena *arena, double ptdf[])
{
    struct graph graph;
    struct walk walk;
    double *angles;
    AZ_TRY(graph_of(n, m, branch, arena, &graph));
    AZ_TRY(walk_from(n, m, branch, &graph, slack, arena, &walk));
    if (walk.count < n) return AZ_NOT_CONNECTED;
    AZ_TRY(angles_of(n, m, branch, slack, arena, &angles));
    size_t k = n - 1;
    for (size_t l = 0; l < m; l++) {
        size_t from = branch[l].from, to = branch[l].to;
        const double *up = from == slack ? NULL : angles + (from - (from > slack)) * k;
        const double *down = to == slack ? NULL : angles + (to - (to > slack)) * k;
        for (size_t i = 0; i < n; i++) {
            size_t column = i - (i > slack);
            double angle = 0;
            if (i != slack && up) angle += up[column];
            if (i != slack && down) angle -= down[column];
            ptdf[l * n + i] = angle / branch[l].x;
        }
    }
    return AZ_OK;
}

enum az_status az_ptdf(size_t n, size_t m, const struct az_branch branch[], size_t slack,
                       double ptdf[])
{
    AZ_TRY(check_branches(n, m, branch));
    if (slack >= n) return AZ_INVALID;
    struct az_arena *arena = az_arena_new(NULL);
    enum az_status status = arena ? ptdf_in(n, m, branch, slack, arena, ptdf) : AZ_NO_MEMORY;
    az_arena_free(arena);
    return status;
}

/* --- outage factors --------------------------------------------------------------------------- */

/* Column k of a bridge. Beyond it nothing flows; on this side the flow over it is no longer drawn
 * from (or fed into) the bus where it ends, and the slack gives so much less. */
static void part(size_t n, size_t m, const struct az_branch branch[], const double ptdf[], size_t k,
                 size_t beyond, const struct walk *walk, double lodf[])
{
    size_t near = branch[k].from == beyond ? branch[k].to : branch[k].from;
    double sign = branch[k].to == beyond ? 1 : -1;
    size_t begin = walk->order[beyond], end = begin + walk->size[beyond];
    for (size_t l = 0; l < m; l++) {
        size_t place = walk->order[branch[l].from];
        bool dead = place >= begin && place < end;
        lodf[l * m + k] = l == k ? -1 : dead ? NAN : sign * ptdf[l * n + near];
    }
}

static enum az_status lodf_in(size_t n, size_t m, const struct az_branch branch[], size_t slack,
                              const double ptdf[], struct az_arena *arena, double lodf[],
                              bool bridge[])
{
    struct graph graph;
    struct walk walk;
    AZ_TRY(graph_of(n, m, branch, arena, &graph));
    AZ_TRY(walk_from(n, m, branch, &graph, slack, arena, &walk));
    if (walk.count < n) return AZ_NOT_CONNECTED;
    for (size_t k = 0; k < m; k++) {
        size_t from = branch[k].from, to = branch[k].to;
        size_t beyond = beyond_of(n, &branch[k], k, &walk);
        bridge[k] = beyond < n;
        if (bridge[k]) {
            part(n, m, branch, ptdf, k, beyond, &walk, lodf);
            continue;
        }
        double left = 1 - (ptdf[k * n + from] - ptdf[k * n + to]);
        if (!(left > 0)) return AZ_NUMERIC;
        for (size_t l = 0; l < m; l++)
            lodf[l * m + k] = l == k ? -1 : (ptdf[l * n + from] - ptdf[l * n + to]) / left;
    }
    return AZ_OK;
}

enum az_status az_lodf(size_t n, size_t m, const struct az_branch branch[], size_t slack,
                       const double ptdf[], double lodf[], bool bridge[])
{
    AZ_TRY(check_branches(n, m, branch));
    if (slack >= n) return AZ_INVALID;
    struct az_arena *arena = az_arena_new(NULL);
    enum az_status status =
        arena ? lodf_in(n, m, branch, slack, ptdf, arena, lodf, bridge) : AZ_NO_MEMORY;
    az_arena_free(arena);
    return status;
}

/* --- screening -------------------------------------------------------------------------------- */

struct screen {
    const struct az_screening *of;
    struct az_arena *arena;
    double *flow;        /* [m * BLOCK] before any outage */
    double *worst;       /* [BLOCK] the largest |flow| of a branch after any outage */
    size_t first, hours; /* of this block */
    size_t count, capacity;
    struct az_overload *overloads;
};

static enum az_status tell(struct screen *s, struct az_overload overload)
{
    if (s->count == s->capacity) {
        s->capacity = 2 * s->capacity + 64;
        s->overloads =
            az_arena_grow(s->arena, s->overloads, s->count, s->capacity, sizeof *s->overloads);
        if (!s->overloads) return AZ_NO_MEMORY;
    }
    s->overloads[s->count++] = overload;
    return AZ_OK;
}

static bool takes_part(const struct az_screening *of, size_t l, size_t k)
{
    return k != l && (!of->screened || of->screened[k]) && !isnan(of->lodf[l * of->m + k]);
}

/* The outage after which branch l carries most in an hour of the block, the first of equals. */
static struct az_overload worst_of(const struct screen *s, size_t l, size_t t)
{
    const struct az_screening *of = s->of;
    struct az_overload worst = { .branch = l, .hour = s->first + t, .outage = AZ_NO_OUTAGE };
    for (size_t k = 0; k < of->m; k++) {
        if (!takes_part(of, l, k)) continue;
        double flow = s->flow[l * BLOCK + t] + of->lodf[l * of->m + k] * s->flow[k * BLOCK + t];
        if (worst.outage != AZ_NO_OUTAGE && fabs(flow) <= fabs(worst.flow)) continue;
        worst.outage = k;
        worst.flow = flow;
    }
    worst.by = fabs(worst.flow) - of->emergency[l];
    return worst;
}

static enum az_status screen_branch(struct screen *s, size_t l)
{
    const struct az_screening *of = s->of;
    const double *own = s->flow + l * BLOCK;
    for (size_t t = 0; t < s->hours; t++) {
        double by = fabs(own[t]) - of->normal[l];
        if (by > of->tolerance)
            AZ_TRY(tell(s, (struct az_overload){ l, s->first + t, AZ_NO_OUTAGE, own[t], by }));
    }
    if (!isfinite(of->emergency[l])) return AZ_OK;
    for (size_t t = 0; t < s->hours; t++) s->worst[t] = 0;
    for (size_t k = 0; k < of->m; k++) {
        if (!takes_part(of, l, k)) continue;
        const double *lost = s->flow + k * BLOCK;
        double factor = of->lodf[l * of->m + k];
        for (size_t t = 0; t < s->hours; t++) {
            double flow = fabs(own[t] + factor * lost[t]);
            s->worst[t] = flow > s->worst[t] ? flow : s->worst[t];
        }
    }
    for (size_t t = 0; t < s->hours; t++)
        if (s->worst[t] - of->emergency[l] > of->tolerance) AZ_TRY(tell(s, worst_of(s, l, t)));
    return AZ_OK;
}

/* By hour, branch, before the outage first: a block's overloads come branch by branch. */
static enum az_status sort_by_hour(struct screen *s, size_t from)
{
    size_t count = s->count - from, *first = AZ_ARRAY(s->arena, s->hours + 1, size_t);
    struct az_overload *sorted = AZ_ARRAY(s->arena, count, struct az_overload);
    if (!first || !sorted) return AZ_NO_MEMORY;
    for (size_t k = from; k < s->count; k++) first[s->overloads[k].hour - s->first + 1]++;
    for (size_t t = 0; t < s->hours; t++) first[t + 1] += first[t];
    for (size_t k = from; k < s->count; k++)
        sorted[first[s->overloads[k].hour - s->first]++] = s->overloads[k];
    if (count > 0) memcpy(s->overloads + from, sorted, count * sizeof *sorted);
    return AZ_OK;
}

enum az_status az_screen_outages(const struct az_screening *screening, struct az_arena *arena,
                                 size_t *count, struct az_overload **overloads)
{
    size_t n = screening->n, m = screening->m;
    struct screen s = { .of = screening,
                        .arena = arena,
                        .flow = AZ_ARRAY(arena, m * BLOCK, double),
                        .worst = AZ_ARRAY(arena, BLOCK, double) };
    *count = 0;
    *overloads = NULL;
    if (!s.flow || !s.worst) return AZ_NO_MEMORY;
    for (s.first = 0; s.first < screening->hours && m > 0; s.first += BLOCK) {
        size_t told = s.count;
        s.hours = screening->hours - s.first < BLOCK ? screening->hours - s.first : BLOCK;
        if (n == 0) break;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)m, (int)s.hours, (int)n, 1,
                    screening->ptdf, (int)n, screening->injection + s.first, (int)screening->hours,
                    0, s.flow, BLOCK);
        for (size_t l = 0; l < m; l++) AZ_TRY(screen_branch(&s, l));
        AZ_TRY(sort_by_hour(&s, told));
    }
    *count = s.count;
    *overloads = s.overloads;
    return AZ_OK;
}
