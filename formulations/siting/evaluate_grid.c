/* evaluate_grid.c - the judge of feeders, banks and lines: the fullest hour of each against its
 * capacity, and voltages by LinDistFlow. */
#include "formulations/siting/judge.h"

/* --- trees --------------------------------------------------------------------------------------
 */

static enum az_status tree_room(struct st_tree *tree, struct az_arena *arena)
{
    tree->node = AZ_ARRAY(arena, tree->count, size_t);
    tree->line = AZ_ARRAY(arena, tree->count, size_t);
    tree->parent = AZ_ARRAY(arena, tree->count, size_t);
    tree->order = AZ_ARRAY(arena, tree->count, size_t);
    tree->r = AZ_ARRAY(arena, tree->count, double);
    tree->x = AZ_ARRAY(arena, tree->count, double);
    bool all = tree->node && tree->line && tree->parent && tree->order && tree->r && tree->x;
    tree->count = 0;
    return all ? AZ_OK : AZ_NO_MEMORY;
}

enum az_status st_trees_new(const struct st_instance *in, struct az_arena *arena,
                            struct st_tree **out)
{
    struct st_tree *trees = AZ_ARRAY(arena, in->feeders.count, struct st_tree);
    size_t *place = AZ_ARRAY(arena, in->nodes.count, size_t); /* of a node in its tree */
    if (!trees || !place) return AZ_NO_MEMORY;
    for (size_t n = 0; n < in->nodes.count; n++) trees[in->nodes.items[n].feeder.index].count += 1;
    for (size_t f = 0; f < in->feeders.count; f++) {
        if (!in->feeders.items[f].root.id) trees[f].count = 0;
        AZ_TRY(tree_room(&trees[f], arena));
    }
    for (size_t n = 0; n < in->nodes.count; n++) {
        size_t f = in->nodes.items[n].feeder.index;
        if (!in->feeders.items[f].root.id) continue;
        place[n] = trees[f].count++;
        trees[f].node[place[n]] = n;
    }
    for (size_t f = 0; f < in->feeders.count; f++) {
        struct st_tree *tree = &trees[f];
        double base = in->feeders.items[f].kv * in->feeders.items[f].kv; /* ohm at 1 MVA */
        for (size_t i = 0; i < tree->count; i++) {
            const struct st_node *node = &in->nodes.items[tree->node[i]];
            const struct st_line *line = NULL;
            if (node->line != AZ_NO_INDEX) line = &in->lines.items[node->line];
            tree->line[i] = node->line;
            tree->parent[i] = place[node->parent];
            tree->r[i] = line ? line->r_ohm / base : 0;
            tree->x[i] = line ? line->x_ohm / base : 0;
        }
        if (tree->count > 0) AZ_TRY(az_radial_order(tree->count, tree->parent, tree->order));
    }
    *out = trees;
    return AZ_OK;
}

/* --- feeders and banks --------------------------------------------------------------------------
 */

/* Both ways of an element against their limits: kW, > 0 towards the grid. */
static void find_fullest(const struct st_judge *j, const double flow[], double reverse,
                         double capacity, struct st_fullest *fullest)
{
    for (size_t h = 0; h < j->H; h++)
        st_fuller(fullest, flow[h], flow[h] > 0 ? reverse : -capacity, false, h, AZ_NO_INDEX);
}

/* Of an element in its fullest hour: by how much it is over, one way or the other. */
static void tell_full(struct st_judge *j, enum st_rule out, enum st_rule in, const char *list,
                      size_t i, const char *id, const struct st_fullest *full)
{
    if (!st_is_beyond(full)) return;
    ST_BREACH(j, full->value > 0 ? out : in, ST_CHOICES, ST_OF(list, i, id), id, full->beyond,
              ST_VALUE(fabs(full->value)), ST_LIMIT(fabs(full->limit)), st_hour(j, full->hour));
}

/* feeder_export, feeder_load: -capacity <= sum <= capacity */
static void judge_feeder(struct st_judge *j, size_t f)
{
    const struct st_feeder *feeder = &j->in->feeders.items[f];
    double capacity = feeder->capacity_kw + j->at.feeder_adds[f];
    find_fullest(j, &j->feeder[f * j->H], capacity, capacity, &j->full_feeder[f]);
    tell_full(j, ST_RULE_feeder_export, ST_RULE_feeder_load, "feeders", f, feeder->id,
              &j->full_feeder[f]);
}

/* bank_export, bank_load: -capacity <= sum <= reverse */
static void judge_bank(struct st_judge *j, size_t b)
{
    const struct st_bank *bank = &j->in->banks.items[b];
    double adds = j->at.bank_adds[b];
    find_fullest(j, &j->bank[b * j->H], bank->reverse_kw + adds, bank->capacity_kw + adds,
                 &j->full_bank[b]);
    tell_full(j, ST_RULE_bank_export, ST_RULE_bank_load, "banks", b, bank->id, &j->full_bank[b]);
}

/* --- lines and voltages -------------------------------------------------------------------------
 */

/* Room for one hour of one tree, at its own nodes; MW and Mvar drawn, and over the lines. */
struct sweep {
    double *p, *q, *line_p, *line_q, *v;
};

static enum az_status sweep_new(const struct st_judge *j, struct sweep *sweep)
{
    size_t count = j->in->nodes.count;
    *sweep = (struct sweep){ AZ_ARRAY(j->arena, count, double), AZ_ARRAY(j->arena, count, double),
                             AZ_ARRAY(j->arena, count, double), AZ_ARRAY(j->arena, count, double),
                             AZ_ARRAY(j->arena, count, double) };
    bool all = sweep->p && sweep->q && sweep->line_p && sweep->line_q && sweep->v;
    return all ? AZ_OK : AZ_NO_MEMORY;
}

/* v_to = v_from + 2 (r p + x q), parents first; the voltage nearest its limit, the fullest line. */
static void judge_hour(struct st_judge *j, const struct st_feeder *feeder,
                       const struct st_tree *tree, size_t h, const struct sweep *s)
{
    for (size_t i = 0; i < tree->count; i++) {
        s->p[i] = j->node_p[tree->node[i] * j->H + h] / 1000;
        s->q[i] = j->node_q[tree->node[i] * j->H + h] / 1000;
    }
    az_radial_sums(tree->count, tree->parent, tree->order, s->p, s->line_p);
    az_radial_sums(tree->count, tree->parent, tree->order, s->q, s->line_q);
    s->v[tree->order[0]] = feeder->source_pu * feeder->source_pu;
    for (size_t k = 1; k < tree->count; k++) {
        size_t i = tree->order[k], line = tree->line[i], node = tree->node[i];
        double rise = tree->r[i] * s->line_p[i] + tree->x[i] * s->line_q[i];
        s->v[i] = s->v[tree->parent[i]] + 2 * rise;
        double limit = j->in->lines.items[line].limit_kva + j->at.line_adds[line];
        st_fuller(&j->full_line[line], 1000 * hypot(s->line_p[i], s->line_q[i]), limit, false, h,
                  AZ_NO_INDEX);
        double pu = sqrt(fmax(0, s->v[i]));
        st_fuller(&j->full_node[node], pu, feeder->v_max_pu, false, h, AZ_NO_INDEX);
        st_fuller(&j->full_node[node], pu, feeder->v_min_pu, true, h, AZ_NO_INDEX);
    }
}

/* line_limit; voltage_high, voltage_low */
static void tell_lines(struct st_judge *j, const struct st_feeder *feeder,
                       const struct st_tree *tree)
{
    for (size_t k = 1; k < tree->count; k++) {
        size_t l = tree->line[tree->order[k]], n = tree->node[tree->order[k]];
        const struct st_fullest *line = &j->full_line[l], *node = &j->full_node[n];
        tell_full(j, ST_RULE_line_limit, ST_RULE_line_limit, "lines", l, j->in->lines.items[l].id,
                  line);
        if (!st_is_beyond(node)) continue;
        bool high = node->value > feeder->v_max_pu;
        const char *id = j->in->nodes.items[n].id;
        ST_BREACH(j, high ? ST_RULE_voltage_high : ST_RULE_voltage_low, ST_CHOICES,
                  ST_OF("nodes", n, id), id, node->beyond, ST_VALUE(node->value),
                  ST_LIMIT(node->limit), st_hour(j, node->hour));
    }
}

void st_judge_grid(struct st_judge *j)
{
    struct sweep sweep;
    if (j->status == AZ_OK) j->status = sweep_new(j, &sweep);
    if (j->status != AZ_OK) return;
    for (size_t f = 0; f < j->in->feeders.count; f++) judge_feeder(j, f);
    for (size_t b = 0; b < j->in->banks.count; b++) judge_bank(j, b);
    for (size_t f = 0; f < j->in->feeders.count; f++) {
        if (j->tree[f].count == 0) continue;
        for (size_t h = 0; h < j->H; h++)
            judge_hour(j, &j->in->feeders.items[f], &j->tree[f], h, &sweep);
        tell_lines(j, &j->in->feeders.items[f], &j->tree[f]);
    }
}
