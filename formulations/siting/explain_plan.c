/* explain_plan.c - what a plan leaves out, and what one step more of each limit would bring.
 *
 * The relaxation over all options, with every row that it breaks, has a price for every limit: what
 * one unit more brings is the price, and an option costs its reduced cost above what the relaxation
 * has; less what the plan costs more than that, it is what including the option costs at least.
 * Where options are many, or there is no time for that, what the plan's summary tells is told. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/explain.h"
#include "formulations/siting/view.h"
#include "solver/tolerances.h"

#define MOST 20           /* sites told */
#define ROUNDS 400        /* of rows */
#define FEW_OPTIONS 20000 /* with so many a relaxation of its own tells more */
#define EACH 4            /* rows of an element in a round */
#define WORTH 1e-7        /* of the money scale: gains below are none */
#define VOLT_STEP 1e-3    /* p.u.: a step of a voltage */
#define SHARE_STEP 1e-2   /* of a roof share */
#define HELD 1e-6         /* relative: what a level before the cost may give */

/* A site left out. order: what is told first. */
struct left {
    size_t site;
    int reason;
    bool named; /* limit is there */
    struct st_named limit;
    double lost, order;
};

struct teller {
    struct st_explainer *e;
    const struct st_plan *plan;
    const struct az_judgement *judgement;
    struct az_arena *arena;
    size_t count, capacity;
    struct left *left;
    size_t relief_capacity;
};

/* --- reliefs ------------------------------------------------------------------------------------
 */

struct relief {
    struct teller *t;
    struct az_words words;
    double gain;
};

static enum az_status add_relief(void *data, const struct az_path *path)
{
    const struct relief *r = data;
    struct az_explanation *to = r->t->e->explanation;
    struct az_arena *arena = r->t->e->arena;
    if (to->reliefs.count == r->t->relief_capacity) {
        r->t->relief_capacity = r->t->relief_capacity ? 2 * r->t->relief_capacity : 16;
        to->reliefs.items = az_arena_grow(arena, to->reliefs.items, to->reliefs.count,
                                          r->t->relief_capacity, sizeof *to->reliefs.items);
        if (!to->reliefs.items) return AZ_NO_MEMORY;
    }
    size_t at = to->reliefs.count++;
    for (; at > 0 && to->reliefs.items[at - 1].gain < r->gain; at--)
        to->reliefs.items[at] = to->reliefs.items[at - 1];
    struct az_relief *relief = &to->reliefs.items[at];
    *relief = (struct az_relief){ .pointer = az_path_pointer(path, arena),
                                  .place = az_path_place(path, arena),
                                  .words = r->words,
                                  .gain = r->gain };
    return relief->pointer && relief->place ? AZ_OK : AZ_NO_MEMORY;
}

/* One step of a limit in its unit: *step of it, in words. */
static struct az_words step_of(const struct st_instance *in, const struct st_named *named,
                               double *step)
{
    bool less = named->side < 0 && named->thing == ST_THING_LIMIT;
    *step = 1;
    if (named->thing == ST_THING_BUDGET)
        return (struct az_words)AZ_EN_JA("one unit of money more", "予算を 1 単位（円など）増額");
    if (named->thing == ST_THING_NODE) {
        const struct st_feeder *feeder =
            &in->feeders.items[in->nodes.items[named->index].feeder.index];
        double v = named->side > 0 ? feeder->v_max_pu : feeder->v_min_pu;
        *step = 2 * v * VOLT_STEP;
        return named->side > 0
                   ? (struct az_words)AZ_EN_JA("0.001 p.u. more", "0.001 p.u. 引き上げ")
                   : (struct az_words)AZ_EN_JA("0.001 p.u. less", "0.001 p.u. 引き下げ");
    }
    if (named->thing == ST_THING_LIMIT && in->limits.items[named->index].what == ST_ROOF_SHARE) {
        *step = SHARE_STEP;
        return less ? (struct az_words)AZ_EN_JA("one hundredth less", "1 % 引き下げ")
                    : (struct az_words)AZ_EN_JA("one hundredth more", "1 % 引き上げ");
    }
    if (named->thing == ST_THING_LIMIT)
        return less ? (struct az_words)AZ_EN_JA("one less", "1 引き下げ")
                    : (struct az_words)AZ_EN_JA("one more", "1 引き上げ");
    if (named->thing == ST_THING_LINE) return (struct az_words)AZ_EN_JA("1 kVA more", "1 kVA 増強");
    if (named->thing == ST_THING_CAPACITY)
        return (struct az_words)AZ_EN_JA("one more delivered", "供給能力を 1 増やす");
    return (struct az_words)AZ_EN_JA("1 kW more", "1 kW 増強");
}

/* What a limit is called: "Budget 2027–2046: 30,000 JPY"; of the network also which of its limits.
 */
static struct az_words limit_words(struct st_viewer *viewer, const struct st_named *named)
{
    struct az_words words = st_limit_words(viewer, st_named_id(viewer->in, named));
    struct az_words what = st_named_words(named);
    if (named->thing == ST_THING_BUDGET || named->thing == ST_THING_LIMIT ||
        named->thing == ST_THING_DISTRICT)
        return words;
    return AZ_WORDS(st_text(viewer, "%s, %s", words.en, what.en),
                    st_text(viewer, "%s（%s）", words.ja, what.ja));
}

/* worth: of one unit more (of a least: less). */
static enum az_status tell_worth(struct teller *t, const struct st_named *named, double worth)
{
    double step;
    struct st_viewer viewer = { .in = t->e->in, .arena = t->e->arena };
    struct relief relief = { .t = t, .words = step_of(t->e->in, named, &step) };
    relief.gain = worth * step;
    if (!(relief.gain > WORTH * fmin(1, t->e->in->scale))) return AZ_OK;
    struct az_words limit = limit_words(&viewer, named);
    relief.words = st_join(&viewer, limit, relief.words, AZ_WORDS(": ", "："));
    if (viewer.no_memory) return AZ_NO_MEMORY;
    return st_named_path(t->e->in, named, add_relief, &relief);
}

/* --- what the summary tells ---------------------------------------------------------------------
 */

static bool is_id(const char *id, const char *other)
{
    return id && other && strcmp(id, other) == 0;
}

#define FIND(list, what, named_side)                                                      \
    for (size_t i = 0; i < (list).count; i++)                                             \
        if (is_id((list).items[i].id, id)) {                                              \
            *named = (struct st_named){ (what), i, st_named_side((what), (named_side)) }; \
            return true;                                                                  \
        }

/* How full the summary tells an element, in its hour. */
static double fullness(const struct st_summary *summary, const char *id, const char *what)
{
    for (size_t i = 0; i < summary->loadings.count; i++) {
        const struct st_loading *it = &summary->loadings.items[i];
        if (is_id(it->element, id) && is_id(it->what, what) && it->limit != 0)
            return fabs(it->value / it->limit);
    }
    return 0;
}

/* Of two ratings, or two sides, of an element the summary's id means the fuller one. */
static void choose_side(const struct st_instance *in, const struct st_summary *summary,
                        struct st_named *named)
{
    const char *id = st_named_id(in, named);
    if (named->thing == ST_THING_CIRCUIT &&
        fullness(summary, id, "outage") > fullness(summary, id, "circuit"))
        named->thing = ST_THING_OUTAGE;
    if (named->thing != ST_THING_BANK && named->thing != ST_THING_NODE) return;
    for (size_t i = 0; i < summary->loadings.count; i++) {
        const struct st_loading *it = &summary->loadings.items[i];
        bool bank = named->thing == ST_THING_BANK;
        if (!is_id(it->element, id) || !is_id(it->what, bank ? "bank" : "node")) continue;
        named->side = (bank ? it->value : it->value - 1) >= 0 ? 1 : -1;
    }
}

/* What an id of a summary names; of limits the side that they have, a most before a least. */
static bool find_named(const struct st_instance *in, const char *id, struct st_named *named)
{
    FIND(in->budgets, ST_THING_BUDGET, 1)
    FIND(in->limits, ST_THING_LIMIT, isnan(in->limits.items[i].max) ? -1 : 1)
    FIND(in->feeders, ST_THING_FEEDER, 0)
    FIND(in->banks, ST_THING_BANK, isnan(in->banks.items[i].reverse_kw) ? -1 : 1)
    FIND(in->lines, ST_THING_LINE, 0)
    FIND(in->nodes, ST_THING_NODE, 1)
    if (in->upstream) FIND(in->upstream->circuits, ST_THING_CIRCUIT, 0)
    FIND(in->districts, ST_THING_DISTRICT, 0)
    return false;
}

static enum az_status add_left(struct teller *t, const struct left *left)
{
    if (t->count == t->capacity) {
        size_t room = t->capacity ? 2 * t->capacity : 64;
        t->left = az_arena_grow(t->arena, t->left, t->count, room, sizeof *t->left);
        if (!t->left) return AZ_NO_MEMORY;
        t->capacity = room;
    }
    t->left[t->count++] = *left;
    return AZ_OK;
}

static enum az_status read_summary(struct teller *t, const struct st_summary *summary)
{
    const struct st_instance *in = t->e->in;
    struct st_named named;
    t->e->explanation->all_limits = summary->worths.count > 0;
    for (size_t i = 0; i < summary->worths.count; i++)
        if (find_named(in, summary->worths.items[i].limit, &named) &&
            named.thing != ST_THING_DISTRICT) {
            choose_side(in, summary, &named);
            AZ_TRY(tell_worth(t, &named, summary->worths.items[i].jpy_per_unit));
        }
    for (size_t i = 0; i < summary->left_out.count; i++) {
        const struct st_left_out *it = &summary->left_out.items[i];
        struct left left = { .site = it->site.index,
                             .reason = it->reason,
                             .lost = it->lost_jpy > 0 ? it->lost_jpy : NAN,
                             .order = isnan(it->lost_jpy) ? INFINITY : it->lost_jpy };
        left.named = find_named(in, it->limit, &left.limit);
        if (left.named) choose_side(in, summary, &left.limit);
        if (left.site < in->sites.count) AZ_TRY(add_left(t, &left));
    }
    return AZ_OK;
}

/* --- what the relaxation tells ------------------------------------------------------------------
 */

struct prices {
    struct st_problem *p;
    double cost;    /* of the relaxation */
    double *row;    /* [row_count] */
    double *option; /* [options] reduced costs, with the price of the site's choice */
};

static enum az_status hold_levels(struct teller *t, struct st_problem *p)
{
    const struct az_judgement *judgement = t->judgement;
    double leeway = HELD * fmax(fmax(1, t->e->in->scale), fabs(judgement->penalty));
    if (p->has_penalty) AZ_TRY(st_problem_hold(p, ST_LEVEL_PENALTY, judgement->penalty + leeway));
    leeway = HELD * fmax(1, fabs(judgement->rank[0]));
    if (p->has_rank) AZ_TRY(st_problem_hold(p, ST_LEVEL_RANK, judgement->rank[0] + leeway));
    return AZ_OK;
}

/* One LP, and where it is solved, its prices. */
static enum az_status price(struct teller *t, const struct st_part *part, struct prices *prices,
                            struct az_arena *arena, struct st_point *point, bool *solved)
{
    const struct az_engine *engine = t->e->engine;
    const struct az_model *model = part->model;
    struct az_solve_result result = { .status = AZ_SOLVE_UNKNOWN, .bound = -INFINITY };
    void *session = NULL;
    double *x = AZ_ARRAY(arena, model->column_count, double);
    double *pi = AZ_ARRAY(arena, model->row_count, double);
    double *d = AZ_ARRAY(arena, model->column_count, double);
    *solved = false;
    prices->row = AZ_ARRAY(arena, part->row_count, double);
    prices->option = AZ_ARRAY(arena, prices->p->option_count, double);
    if (!x || !pi || !d || !prices->row || !prices->option) return AZ_NO_MEMORY;
    AZ_TRY(engine->open(model, t->e->context, &session));
    enum az_status status = engine->solve_lp(session, &result);
    if (status == AZ_OK && result.status == AZ_SOLVE_OPTIMAL) {
        AZ_GOTO(engine->primal(session, x));
        AZ_GOTO(engine->dual(session, pi, d));
        for (size_t r = 0; r < part->row_count; r++)
            prices->row[r] = part->row[r] == AZ_NO_INDEX
                                 ? 0
                                 : pi[part->row[r]] * part->unit * part->row_scale[r];
        for (size_t o = 0; o < prices->p->option_count; o++) prices->option[o] = NAN;
        for (size_t k = 0; k < part->option_count; k++)
            prices->option[part->option[k]] = d[k] * part->unit;
        prices->cost = result.objective * part->unit + part->fixed_cost;
        AZ_GOTO(st_part_point(part, x, false, arena, point));
        *solved = true;
    }
done:
    engine->close(session);
    return status;
}

/* The relaxation over all options; false: no time for it. Prices live in `lasting`. */
static enum az_status relax(struct teller *t, struct prices *prices, struct az_arena *lasting,
                            bool *solved)
{
    struct st_part_of of = { 0 };
    AZ_TRY(st_problem_new(t->e->in, t->e->values, t->arena, &prices->p));
    AZ_TRY(hold_levels(t, prices->p));
    st_problem_aim(prices->p, ST_LEVEL_COST);
    for (int round = 0; round < ROUNDS; round++) {
        struct st_part *part;
        struct st_point point;
        size_t added = 0;
        *solved = false;
        az_arena_empty(lasting);
        if (az_must_stop(t->e->context)) return AZ_OK;
        AZ_TRY(st_part_new(prices->p, &of, lasting, &part));
        AZ_TRY(price(t, part, prices, lasting, &point, solved));
        if (!*solved) return AZ_OK;
        AZ_TRY(st_separate(prices->p, &point, EACH, &added));
        if (added == 0) return AZ_OK;
    }
    *solved = false;
    return AZ_OK;
}

/* Rows of a thing count together: one member is the limit of all its hours. */
static enum az_status tell_prices(struct teller *t, const struct prices *prices)
{
    const struct st_problem *p = prices->p;
    bool *done = AZ_ARRAY(t->arena, p->row_count, bool);
    if (!done) return AZ_NO_MEMORY;
    for (size_t r = 0; r < p->row_count; r++) {
        const struct st_stands *of = &p->rows[r].of;
        if (done[r] || of->thing == ST_THING_NONE || prices->row[r] == 0) continue;
        struct st_named named = { of->thing, of->index,
                                  st_named_side(of->thing, prices->row[r] < 0 ? 1 : -1) };
        double worth = 0;
        for (size_t k = r; k < p->row_count; k++) {
            const struct st_row *row = &p->rows[k];
            int side = st_named_side(of->thing, prices->row[k] < 0 ? 1 : -1);
            if (row->of.thing != of->thing || row->of.index != of->index || side != named.side)
                continue;
            done[k] = true;
            worth += fabs(prices->row[k]) * row->unit;
        }
        AZ_TRY(tell_worth(t, &named, worth));
    }
    return AZ_OK;
}

/* The limit that weighs most against an option. */
static void weigh(const struct prices *prices, size_t option, struct st_coefficient room[],
                  struct left *left)
{
    const struct st_problem *p = prices->p;
    size_t count = st_option_coefficients(p, option, room);
    double most = 0;
    for (size_t k = 0; k < count; k++) {
        const struct st_stands *of = &p->rows[room[k].row].of;
        double weight = -prices->row[room[k].row] * room[k].value;
        if (of->thing == ST_THING_NONE || !(weight > most)) continue;
        most = weight;
        left->named = true;
        left->limit =
            (struct st_named){ of->thing, of->index,
                               st_named_side(of->thing, prices->row[room[k].row] < 0 ? 1 : -1) };
    }
}

static enum az_status leave_out(struct teller *t, const struct prices *prices, size_t site,
                                struct st_coefficient room[])
{
    const struct st_problem *p = prices->p;
    struct left left = {
        .site = site, .reason = ST_REASON_NO_OPTION, .lost = NAN, .order = INFINITY
    };
    double cheapest = INFINITY, least = INFINITY;
    size_t best = AZ_NO_INDEX;
    for (size_t o = p->values->first[site]; o < p->values->first[site + 1]; o++) {
        if (!p->allowed[o]) continue;
        cheapest = fmin(cheapest, p->values->value[o].cost_jpy);
        if (!(prices->option[o] < least)) continue;
        least = prices->option[o];
        best = o;
    }
    if (best == AZ_NO_INDEX) return add_left(t, &left);
    left.order = fmax(0, least);
    left.lost = left.order - fmax(0, t->judgement->cost - prices->cost);
    if (left.lost <= 0) left.lost = NAN; /* the relaxation is not sure of it */
    bool serves = t->e->in->customers.count > 0;
    left.reason = cheapest >= 0 && !p->has_rank && !serves ? ST_REASON_LOSES : ST_REASON_LIMIT;
    if (left.reason == ST_REASON_LIMIT) weigh(prices, best, room, &left);
    if (left.reason == ST_REASON_LIMIT && serves && !left.named) left.reason = ST_REASON_SERVED;
    if (left.reason == ST_REASON_LIMIT && !left.named) left.reason = ST_REASON_UNTESTED;
    return add_left(t, &left);
}

static enum az_status tell_relaxation(struct teller *t, const struct prices *prices)
{
    const struct st_instance *in = t->e->in;
    bool *in_plan = AZ_ARRAY(t->arena, in->sites.count, bool);
    struct st_coefficient *room = AZ_ARRAY(t->arena, prices->p->row_count, struct st_coefficient);
    if (!in_plan || !room) return AZ_NO_MEMORY;
    for (size_t i = 0; i < t->plan->choices.count; i++)
        in_plan[t->plan->choices.items[i].site.index] = true;
    for (size_t s = 0; s < in->sites.count; s++)
        if (!in_plan[s]) AZ_TRY(leave_out(t, prices, s, room));
    return tell_prices(t, prices);
}

/* *solved: it has told. */
static enum az_status read_prices(struct teller *t, bool *solved)
{
    struct prices prices = { 0 };
    struct az_arena *lasting = az_arena_new(NULL);
    if (!lasting) return AZ_NO_MEMORY;
    *solved = false;
    enum az_status status = relax(t, &prices, lasting, solved);
    if (status == AZ_OK && *solved) status = tell_relaxation(t, &prices);
    t->e->explanation->all_limits = *solved;
    az_arena_free(lasting);
    return status;
}

/* --- telling ------------------------------------------------------------------------------------
 */

/* Those that only a limit keeps out come before those that lose, and these before those without an
 * option that is allowed; among them the least loss first. */
static int by_loss(const void *a, const void *b)
{
    static const int place[ST_REASONS] = { [ST_REASON_LIMIT] = 0,
                                           [ST_REASON_UNTESTED] = 1,
                                           [ST_REASON_LOSES] = 2,
                                           [ST_REASON_NO_OPTION] = 3 };
    const struct left *x = a, *y = b;
    if (x->reason >= 0 && x->reason < ST_REASONS && y->reason >= 0 && y->reason < ST_REASONS &&
        x->reason != y->reason)
        return place[x->reason] < place[y->reason] ? -1 : 1;
    if (x->order < y->order || x->order > y->order) return x->order < y->order ? -1 : 1;
    return x->site < y->site ? -1 : x->site > y->site;
}

/* "its room in a limit is worth more elsewhere: Budget 2027–2046: 30,000 JPY (including it would
 * cost 1,200 JPY at least)" */
static struct az_words words_of(const struct teller *t, const struct left *left)
{
    struct st_viewer viewer = { .in = t->e->in, .arena = t->e->arena };
    struct az_words words = st_reason_words(t->e->in, left->site, left->reason);
    if (left->named)
        words = st_join(&viewer, words, limit_words(&viewer, &left->limit), AZ_WORDS(": ", "："));
    if (left->lost >= 0.5) {
        struct az_words money = st_money_words(&viewer, left->lost);
        words = AZ_WORDS(
            st_text(&viewer, "%s (including it would cost %s at least)", words.en, money.en),
            st_text(&viewer, "%s（採用すると少なくとも %s の損）", words.ja, money.ja));
    }
    return viewer.no_memory ? (struct az_words){ NULL, NULL } : words;
}

/* How many are left out and which of them are told; how far to trust what limits are worth. */
static enum az_status tell_count(struct teller *t)
{
    struct st_viewer viewer = { .in = t->e->in, .arena = t->e->arena };
    struct az_words *found = &t->e->explanation->found;
    const char *count = st_number_text(&viewer, (double)t->count, 0);
    const char *told = st_number_text(&viewer, t->count < MOST ? (double)t->count : MOST, 0);
    if (!found->en || !found->ja) return AZ_OK;
    if (t->count > 0)
        *found = AZ_WORDS(st_text(&viewer,
                                  "%s; sites left out: %s, told the nearest to a choice first: %s",
                                  found->en, count, told),
                          st_text(&viewer, "%s。不採用 %s か所のうち採用に近い順に %s か所",
                                  found->ja, count, told));
    if (t->e->explanation->reliefs.count > 0)
        *found = AZ_WORDS(
            st_text(&viewer,
                    "%s; what would help is told by prices of the relaxation: a difference below "
                    "the gap of the certificate does not show in a plan made anew",
                    found->en),
            st_text(&viewer,
                    "%s。効果のある変更の額は緩和問題の価格（目安）で、証明書のギャップより小さい"
                    "差は解き直しても計画に現れません",
                    found->ja));
    return viewer.no_memory ? AZ_NO_MEMORY : AZ_OK;
}

static enum st_rule rule_of(const struct teller *t, const struct left *left)
{
    if (left->reason == ST_REASON_NO_OPTION)
        return t->e->in->sites.items[left->site].decided == ST_OUT ? ST_RULE_decided_out
                                                                   : ST_RULE_host_pays;
    return left->named ? st_named_rule(t->e->in, &left->limit, true) : ST_RULE_npv_min;
}

static enum az_status tell_left(struct teller *t)
{
    if (t->count > 0) qsort(t->left, t->count, sizeof *t->left, by_loss);
    for (size_t i = 0; i < t->count && i < MOST; i++) {
        const struct left *left = &t->left[i];
        const char *id = t->e->in->sites.items[left->site].id;
        AZ_TRY(az_explanation_reason(t->e->explanation, t->e->arena, &st_rules[rule_of(t, left)],
                                     AZ_ITEM(AZ_AT(NULL, "sites"), left->site, id), NAN,
                                     (struct az_time){ .utc_s = AZ_NO_INTEGER },
                                     words_of(t, left)));
    }
    return tell_count(t);
}

enum az_status st_explain_plan(struct st_explainer *e, const struct st_plan *plan,
                               const struct az_judgement *judgement)
{
    const struct st_summary *summary = plan->summary;
    bool told = summary && (summary->worths.count > 0 || summary->left_out.count > 0);
    struct teller t = { .e = e, .plan = plan, .judgement = judgement, .arena = az_arena_new(NULL) };
    if (!t.arena) return AZ_NO_MEMORY;
    bool solved = false, few = !told || e->values->option_count <= FEW_OPTIONS;
    enum az_status status = few ? read_prices(&t, &solved) : AZ_OK;
    if (status == AZ_OK && !solved && told) status = read_summary(&t, summary);
    if (status == AZ_OK) status = tell_left(&t);
    az_arena_free(t.arena);
    return status;
}
