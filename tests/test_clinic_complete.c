/* test_clinic_complete.c - weeks made by hand in part: what is given is kept, the rest is chosen,
 * and the judge finds nothing, or says what cannot be. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "adapters/json/json.h"
#include "tests/support/cl_case.h"
#include "tests/support/cl_random.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

#ifndef RANDOM_WEEKS
#define RANDOM_WEEKS 25
#endif
#define HAND_MADE "tests/data/clinic/hand-made.json"

static struct az_judgement judge(const struct cl_case *c, const struct cl_plan *plan)
{
    struct az_judgement judgement = { 0 };
    ck_assert_int_eq(cl_evaluate(c->cl, plan, c->arena, &judgement), AZ_OK);
    return judgement;
}

static struct cl_plan *complete(struct cl_case *c, const struct cl_plan *partial,
                                enum az_status expected, const char *what)
{
    struct az_context context = az_context_default();
    void *plan = NULL;
    enum az_status status = cl_complete(c->cl, partial, engine_at(0), &context, c->arena, &plan);
    if (status != expected && plan) {
        struct az_judgement judgement = judge(c, plan);
        for (size_t k = 0; k < judgement.violations.count; k++)
            printf("%s: %s: %s\n", what, judgement.violations.items[k].pointer,
                   az_breach_words(&judgement.violations.items[k], AZ_ENGLISH, c->arena));
        json_t *json = az_json_write(&cl_plan_table, plan);
        json_dumpf(json, stdout, JSON_INDENT(1));
        json_decref(json);
    }
    if (status != expected)
        ck_abort_msg("%s: %s, not %s", what, az_status_code(status), az_status_code(expected));
    ck_assert_ptr_nonnull(plan);
    return plan;
}

/* --- what is given is kept ----------------------------------------------------------------------
 */

/* Members that azumi writes: they may differ. */
static bool is_result(const char *name)
{
    static const char *const names[] = { "summary", "latest_start", "wait_min", "distance_km",
                                         "left_km", "driving_min",  "work_min", "overtime_min" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

static bool is_kept(const json_t *given, const json_t *full);

/* The given stops in their order, others between them. */
static bool are_stops_kept(const json_t *given, const json_t *full)
{
    size_t at = 0;
    for (size_t k = 0; k < json_array_size(given); k++) {
        while (at < json_array_size(full) &&
               !is_kept(json_array_get(given, k), json_array_get(full, at)))
            at++;
        if (at++ >= json_array_size(full)) return false;
    }
    return true;
}

static bool is_kept(const json_t *given, const json_t *full)
{
    const char *name;
    json_t *value;
    if (json_is_object(given)) {
        json_object_foreach((json_t *)given, name, value)
        {
            json_t *its = json_object_get(full, name);
            bool kept = strcmp(name, "stops") == 0 || strcmp(name, "unserved") == 0
                            ? are_stops_kept(value, its)
                            : is_kept(value, its);
            if (!kept && !is_result(name)) return false;
        }
        return true;
    }
    if (!json_is_array(given)) return json_equal(given, full);
    if (json_array_size(given) != json_array_size(full)) return false;
    for (size_t k = 0; k < json_array_size(given); k++)
        if (!is_kept(json_array_get(given, k), json_array_get(full, k))) return false;
    return true;
}

static void check_kept(const struct cl_plan *partial, const struct cl_plan *full, const char *what)
{
    json_t *given = az_json_write(&cl_plan_table, partial);
    json_t *all = az_json_write(&cl_plan_table, full);
    if (!is_kept(given, all)) {
        json_dumpf(given, stdout, JSON_INDENT(1));
        json_dumpf(all, stdout, JSON_INDENT(1));
        ck_abort_msg("%s: something that was given is changed", what);
    }
    json_decref(given);
    json_decref(all);
}

/* --- random weeks ------------------------------------------------------------------------------
 */

struct kept {
    const struct cl_case *c;
    const struct cl_plan *plan;
    struct az_judgement best;
};

static enum az_status keep(void *data, const void *plan, double *objective, bool *is_best)
{
    struct kept *k = data;
    struct az_judgement judgement = judge(k->c, plan);
    ck_assert_uint_eq(judgement.violation_count, 0);
    *objective = judgement.cost + judgement.penalty;
    *is_best = !k->plan || az_judgement_is_better(AZ_MINIMIZE, 1000, &judgement, &k->best);
    if (!*is_best) return AZ_OK;
    k->plan = plan;
    k->best = judgement;
    return AZ_OK;
}

/* A good plan; NULL: there is none. */
static const struct cl_plan *solve(const struct cl_case *c, struct az_judgement *judgement)
{
    struct kept k = { .c = c };
    struct az_run run;
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 0.5, .gap_abs = 1e-3, .money_scale = 1000
    };
    struct az_context context = az_context_default();
    context.deadline = az_now(&context) + 5;
    az_run_begin(&run, &context, engine_at(0), &options);
    run.judge = keep;
    run.data = &k;
    ck_assert_int_eq(cl_solve(c->cl, NULL, &run, c->arena), AZ_OK);
    *judgement = k.best;
    return k.plan;
}

/* How much is taken off: probabilities. */
struct strip {
    struct az_random random;
    double times, members, bookings, parts, care, added;
};

static bool off(struct strip *s, double p)
{
    return az_random_unit(&s->random) < p;
}

static void strip_time(struct strip *s, struct az_time *time)
{
    if (off(s, s->times)) time->utc_s = AZ_NO_INTEGER;
}

static void strip_booking(const struct cl_case *c, struct strip *s, struct cl_booking **booking)
{
    if (!*booking) return;
    if (off(s, s->bookings)) {
        *booking = NULL;
        return;
    }
    struct cl_booking *own = AZ_NEW(c->arena, struct cl_booking);
    *own = **booking;
    if (off(s, s->parts)) own->start.utc_s = AZ_NO_INTEGER;
    if (off(s, s->parts)) own->end.utc_s = AZ_NO_INTEGER;
    if (off(s, s->parts)) own->slot.utc_s = AZ_NO_INTEGER;
    *booking = own;
}

static void strip_care(struct strip *s, struct az_ref *care)
{
    if (off(s, s->care)) *care = (struct az_ref){ .index = AZ_NO_INDEX };
}

static void strip_round(const struct cl_case *c, struct strip *s, struct cl_round *round)
{
    struct cl_stop *stops = AZ_ARRAY(c->arena, round->stops.count, struct cl_stop);
    size_t count = 0;
    strip_time(s, &round->leaves);
    strip_time(s, &round->returns);
    if (off(s, s->members)) round->members.items = NULL;
    if (!round->members.items) round->members.count = 0;
    bool without = off(s, s->added); /* breaks and charges: chargers are chosen together */
    for (size_t k = 0; k < round->stops.count; k++) {
        struct cl_stop *stop = &stops[count];
        *stop = round->stops.items[k];
        if (stop->kind != CL_STOP_VISIT && without) continue;
        count++;
        strip_time(s, &stop->arrival);
        strip_time(s, &stop->start);
        strip_time(s, &stop->end);
        if (stop->kind == CL_STOP_VISIT) strip_care(s, &stop->care);
        strip_booking(c, s, &stop->doctor);
        strip_booking(c, s, &stop->pharmacist);
    }
    round->stops.items = stops;
    round->stops.count = count;
}

static struct cl_plan *strip(const struct cl_case *c, struct strip *s, const struct cl_plan *plan)
{
    struct cl_plan *partial = AZ_NEW(c->arena, struct cl_plan);
    *partial = *plan;
    partial->summary = NULL;
    partial->rounds.items = AZ_ARRAY(c->arena, plan->rounds.count, struct cl_round);
    partial->online.items = AZ_ARRAY(c->arena, plan->online.count, struct cl_online);
    if (off(s, 0.5)) partial->unserved.items = NULL;
    if (!partial->unserved.items) partial->unserved.count = 0;
    for (size_t r = 0; r < plan->rounds.count; r++) {
        partial->rounds.items[r] = plan->rounds.items[r];
        strip_round(c, s, &partial->rounds.items[r]);
    }
    for (size_t i = 0; i < plan->online.count; i++) {
        struct cl_online *online = &partial->online.items[i];
        *online = plan->online.items[i];
        strip_time(s, &online->end);
        strip_care(s, &online->care);
        strip_booking(c, s, &online->doctor);
        strip_booking(c, s, &online->pharmacist);
    }
    return partial;
}

/* Every completion keeps what is given and all rules, and completing it again changes nothing. */
static struct cl_plan *check_completion(struct cl_case *c, const struct cl_plan *partial,
                                        const char *what)
{
    struct cl_plan *full = complete(c, partial, AZ_OK, what);
    check_kept(partial, full, what);
    struct cl_plan *again = complete(c, full, AZ_OK, what);
    if (!az_equal(&cl_plan_table, full, again)) {
        check_kept(full, again, what);
        ck_abort_msg("%s: completed again it is another plan", what);
    }
    return full;
}

/* Orders alone become a plan that is no dearer than the one that they were taken from. */
static void check_orders(struct cl_case *c, const struct cl_plan *plan,
                         const struct az_judgement *solved, const char *what)
{
    struct strip all = { .times = 1, .members = 1, .bookings = 1, .care = 1, .added = 1 };
    az_random_seed(&all.random, 1);
    struct cl_plan *full = check_completion(c, strip(c, &all, plan), what);
    struct az_judgement judgement = judge(c, full);
    double now = judgement.cost + judgement.penalty, before = solved->cost + solved->penalty;
    if (judgement.rank[1] > solved->rank[1] + 1e-6)
        ck_abort_msg("%s: %g of changes, it was %g", what, judgement.rank[1], solved->rank[1]);
    if (judgement.rank[1] > solved->rank[1] - 1e-6 && now > before + 1e-3)
        ck_abort_msg("%s: costs %g, it was %g", what, now, before);
}

/* Whatever is taken off a good plan can be put there again: nothing that was given is changed, no
 * rule is broken, and what the clerk sees does not change when it is completed once more. */
START_TEST(what_is_taken_off_is_found_again)
{
    static const double share[] = { 0, 0.3, 0.7, 1 };
    struct az_random random;
    char what[64];
    struct cl_case c;
    json_t *json = cl_random_instance((uint64_t)_i + 1);
    cl_case_open_good(&c, json, "random");
    json_decref(json);
    struct az_judgement solved;
    const struct cl_plan *plan = solve(&c, &solved);
    snprintf(what, sizeof what, "seed %d", _i + 1);
    if (plan) check_orders(&c, plan, &solved, what);
    az_random_seed(&random, (uint64_t)_i);
    for (int k = 0; plan && k < 6; k++) {
        struct strip s = { .times = share[az_random_below(&random, 4)],
                           .members = share[az_random_below(&random, 4)],
                           .bookings = share[az_random_below(&random, 4)],
                           .parts = share[az_random_below(&random, 4)],
                           .care = share[az_random_below(&random, 4)],
                           .added = share[az_random_below(&random, 4)] };
        az_random_seed(&s.random, (uint64_t)_i * 100 + (uint64_t)k);
        snprintf(what, sizeof what, "seed %d, %d", _i + 1, k);
        (void)check_completion(&c, strip(&c, &s, plan), what);
    }
    cl_case_close(&c);
}
END_TEST

/* --- anything ----------------------------------------------------------------------------------
 */

static int below(struct az_random *random, size_t n)
{
    return (int)az_random_below(random, n);
}

static struct az_ref ref_to(const char *id, size_t index)
{
    return (struct az_ref){ .id = id, .index = index };
}

#define ANY_OF(random, list, ref)                            \
    do {                                                     \
        size_t i_ = az_random_below((random), (list).count); \
        (ref) = ref_to((list).items[i_].id, i_);             \
    } while (0)

static const struct az_time no_time = { .utc_s = AZ_NO_INTEGER };
static const struct az_ref no_ref = { .index = AZ_NO_INDEX };

/* A moment of a day's work, now and then. */
static struct az_time any_time(const struct cl_case *c, struct az_random *random, int day, int one)
{
    if (below(random, (size_t)one) > 0) return no_time;
    return az_time_add(c->cl->start, day * CL_DAY_S + 60 * (480 + below(random, 600)));
}

static struct cl_booking *any_booking(const struct cl_case *c, struct az_random *random, int day)
{
    if (c->cl->remote.count == 0 || below(random, 4) > 0) return NULL;
    struct cl_booking *booking = AZ_NEW(c->arena, struct cl_booking);
    ANY_OF(random, c->cl->remote, booking->remote);
    booking->start = any_time(c, random, day, 3);
    booking->end = any_time(c, random, day, 5);
    booking->slot = any_time(c, random, day, 3);
    return booking;
}

static struct cl_stop any_stop(const struct cl_case *c, struct az_random *random, int day)
{
    const struct cl_instance *cl = c->cl;
    struct cl_stop stop = { .kind = CL_STOP_VISIT,
                            .site = no_ref,
                            .care = no_ref,
                            .charger = no_ref,
                            .arrival = any_time(c, random, day, 8),
                            .start = any_time(c, random, day, 6),
                            .end = any_time(c, random, day, 9),
                            .latest_start = no_time,
                            .left_km = NAN,
                            .wait_min = NAN,
                            .distance_km = NAN };
    int kind = below(random, 8);
    if (kind == 0) stop.kind = CL_STOP_BREAK;
    if (kind == 1 && cl->chargers.count > 0) stop.kind = CL_STOP_CHARGE;
    if (stop.kind == CL_STOP_CHARGE) ANY_OF(random, cl->chargers, stop.charger);
    if (stop.kind == CL_STOP_VISIT || below(random, 3) == 0) ANY_OF(random, cl->sites, stop.site);
    if (stop.kind != CL_STOP_VISIT) return stop;
    if (below(random, 4) == 0) ANY_OF(random, cl->cares, stop.care);
    stop.doctor = any_booking(c, random, day);
    stop.pharmacist = any_booking(c, random, day);
    return stop;
}

static struct cl_round any_round(const struct cl_case *c, struct az_random *random, size_t r)
{
    const struct cl_instance *cl = c->cl;
    int day = below(random, (size_t)cl->days);
    struct cl_round round = { .id = az_arena_format(c->arena, "r%zu", r),
                              .date = az_arena_format(c->arena, "2026-12-%02d", 7 + day),
                              .leaves = any_time(c, random, day, 6),
                              .returns = any_time(c, random, day, 6),
                              .distance_km = NAN,
                              .driving_min = NAN,
                              .work_min = NAN,
                              .overtime_min = NAN };
    ANY_OF(random, cl->vehicles, round.vehicle);
    round.stops.count = az_random_below(random, 6);
    round.stops.items = AZ_ARRAY(c->arena, 6, struct cl_stop);
    for (size_t k = 0; k < round.stops.count; k++) round.stops.items[k] = any_stop(c, random, day);
    if (below(random, 3) > 0) return round;
    round.members.items = AZ_ARRAY(c->arena, cl->staff.count, struct az_ref);
    for (size_t m = 0; m < cl->staff.count; m++)
        if (below(random, 2) == 0)
            round.members.items[round.members.count++] = ref_to(cl->staff.items[m].id, m);
    return round;
}

static struct cl_plan *any_plan(const struct cl_case *c, struct az_random *random)
{
    const struct cl_instance *cl = c->cl;
    struct cl_plan *plan = AZ_NEW(c->arena, struct cl_plan);
    plan->start = cl->start;
    plan->days = cl->days;
    plan->rounds.count = az_random_below(random, 4);
    plan->rounds.items = AZ_ARRAY(c->arena, 4, struct cl_round);
    for (size_t r = 0; r < plan->rounds.count; r++) plan->rounds.items[r] = any_round(c, random, r);
    plan->online.count = az_random_below(random, 3);
    plan->online.items = AZ_ARRAY(c->arena, 3, struct cl_online);
    for (size_t i = 0; i < plan->online.count; i++) {
        struct cl_online *online = &plan->online.items[i];
        int day = below(random, (size_t)cl->days);
        *online = (struct cl_online){ .care = no_ref,
                                      .start = any_time(c, random, day, 1),
                                      .end = any_time(c, random, day, 9),
                                      .doctor = any_booking(c, random, day) };
        ANY_OF(random, cl->sites, online->site);
        if (below(random, 4) == 0) ANY_OF(random, cl->cares, online->care);
    }
    if (below(random, 3) > 0) return plan;
    plan->unserved.items = AZ_NEW(c->arena, struct cl_unserved);
    plan->unserved.count = 1;
    *plan->unserved.items = (struct cl_unserved){ .reason = -1, .price_jpy = NAN };
    plan->unserved.items->price_bound_jpy = NAN;
    ANY_OF(random, cl->sites, plan->unserved.items->site);
    return plan;
}

/* Whatever somebody has written, the answer is a whole plan with all of it, timed honestly, and
 * what is wrong with it is told stop by stop: never that the plan as such does not fit. */
START_TEST(anything_by_hand_is_answered)
{
    struct az_random random;
    struct az_context context = az_context_default();
    char what[64];
    struct cl_case c;
    json_t *json = cl_random_instance((uint64_t)_i + 7001);
    cl_case_open_good(&c, json, "random");
    json_decref(json);
    az_random_seed(&random, (uint64_t)_i);
    for (int k = 0; k < 8; k++) {
        const struct cl_plan *partial = any_plan(&c, &random);
        void *full = NULL, *again = NULL;
        snprintf(what, sizeof what, "seed %d, %d", _i + 7001, k);
        enum az_status status = cl_complete(c.cl, partial, engine_at(0), &context, c.arena, &full);
        ck_assert_msg(status == AZ_OK || status == AZ_INFEASIBLE, "%s: %s", what,
                      az_status_code(status));
        struct az_judgement judgement = judge(&c, full);
        ck_assert_int_eq(status == AZ_OK, judgement.violation_count == 0);
        for (size_t v = 0; v < judgement.violations.count; v++)
            if (strcmp(judgement.violations.items[v].rule->code.code, "plan_shape") == 0)
                ck_abort_msg("%s: %s", what, judgement.violations.items[v].pointer);
        check_kept(partial, full, what);
        ck_assert_int_eq(cl_complete(c.cl, full, engine_at(0), &context, c.arena, &again), status);
        check_kept(full, again, what);
        ck_assert_msg(az_equal(&cl_plan_table, full, again), "%s: again another plan", what);
    }
    cl_case_close(&c);
}
END_TEST

/* --- a week on paper ---------------------------------------------------------------------------
 */

/* An order of stops is all that a planner writes: the plan is good, and what was not mentioned is
 * left out. */
START_TEST(an_order_of_stops_becomes_a_plan)
{
    struct cl_case c;
    cl_case_load(&c, CL_BASE, HAND_MADE);
    struct cl_plan *full = check_completion(&c, c.plan, HAND_MADE);
    ck_assert_uint_eq(full->unserved.count, 1);
    ck_assert_str_eq(full->unserved.items[0].site.id, "s6");
    ck_assert_ptr_nonnull(full->summary);
    cl_case_close(&c);
}
END_TEST

/* A week by hand, and what the judge must say of its completion: rules with their minutes in the
 * order of telling; sites left out and promises apart. */
struct told {
    const char *rounds; /* and what follows them */
    const char *rules;
};

#define R(id, date, vehicle, more) \
    "{'id':'" id "','date':'2026-" date "','vehicle':'" vehicle "','stops':[" more "]}"
#define V(site) "{'kind':'visit','site':'" site "'}"
#define VS(site, more) "{'kind':'visit','site':'" site "'," more "}"

static const struct told weeks[] = {
    { "", "" },
    { R("r1", "11-30", "car", V("s1")) "," R("r2", "11-30", "van", V("s3")), "" },
    { R("r1", "11-30", "car", V("s1") "," V("s1")), "site_once " },
    { R("r1", "11-30", "car", V("s4")), "site_closed " },
    { R("r1", "11-30", "car", VS("s1", "'start':'2026-11-30T08:40:00+09:00'")),
      "before_arrival:10 site_window:20 slot_hours:15 " },
    { R("r1", "12-01", "car", VS("s6", "'start':'2026-12-01T15:10:00+09:00'")), "site_window:10 " },
    { R("r1", "11-30", "car", V("s1")) "," R("r2", "11-30", "car", V("s5")), "vehicle_once " },
    { R("r1", "12-03", "car", V("s1")), "plan_shape " },
    { R("r1", "11-30", "car", ""), "round_empty " },
    { R("r1", "11-30", "car", V("s3")), "care_equipment " },
    { R("r1", "12-02", "car", V("s4")) "," R("r2", "12-02", "van", V("s3")),
      "crew_position care_skill " },
    { R("r1", "11-30", "car", VS("s3", "'care':'nurse'")), "care_offered " },
    { R("r1", "12-01", "car", V("s6") "," V("s4")), "road " },
    { "{'id':'r1','date':'2026-11-30','vehicle':'van','leaves':'2026-11-30T09:00:00+09:00',"
      "'stops':[" V("s3") ",{'kind':'break','start':'2026-11-30T15:00:00+09:00'}]}",
      "break_window:90 " },
    { R("r1", "12-02", "van", V("s3")) "],'unserved':[{'site':'s3'}", "unserved_list " },
    { R("r1", "11-30", "car",
        VS("s1", "'start':'2026-11-30T10:00:00+09:00','doctor':{'remote':'doc-1','slot':"
                 "'2026-11-30T09:00:00+09:00'}")),
      "slot_hours:50 " },
    { R("r1", "11-30", "car", VS("s1", "'doctor':{'remote':'pharm-1'}")), "remote_role " },
    { "],'online':[{'site':'s5','start':'2026-12-01T12:30:00+09:00'}", "slot_hours:45 " },
    { "{'id':'r1','date':'2026-12-02','vehicle':'van','members':['n2'],'stops':[" V("s3") "]}",
      "crew_position member_shift " },
};

/* What cannot be is told by the rule that stands in the way, by the minute, and by nothing else:
 * a clerk who reads five errors for one mistake mends the wrong one. */
START_TEST(what_cannot_be_is_named)
{
    struct cl_case c;
    char document[2000], said[500] = "";
    size_t used = 0;
    cl_case_load(&c, CL_BASE, NULL);
    snprintf(document, sizeof document,
             "{'start':'2026-11-30T00:00:00+09:00','days':3,'rounds':[%s]}", weeks[_i].rounds);
    json_t *json = document_parse(document);
    ck_assert_int_eq(cl_case_plan(&c, json), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&c.findings), 0);
    json_decref(json);
    struct cl_plan *full =
        complete(&c, c.plan, *weeks[_i].rules ? AZ_INFEASIBLE : AZ_OK, weeks[_i].rounds);
    struct az_judgement judgement = judge(&c, full);
    for (size_t v = 0; v < judgement.violations.count; v++) {
        const struct az_breach *breach = &judgement.violations.items[v];
        const char *code = breach->rule->code.code;
        bool timed = strcmp(breach->rule->unit, "min") == 0;
        char minutes[32] = "";
        if (timed) snprintf(minutes, sizeof minutes, ":%g", breach->amount);
        used += (size_t)snprintf(said + used, sizeof said - used, "%s%s ", code, minutes);
    }
    ck_assert_str_eq(said, weeks[_i].rules);
    cl_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_complete");
    TCase *hand = tcase_create("hand");
    tcase_add_test(hand, an_order_of_stops_becomes_a_plan);
    tcase_add_loop_test(hand, what_cannot_be_is_named, 0, (int)(sizeof weeks / sizeof *weeks));
    suite_add_tcase(suite, hand);
    TCase *random = tcase_create("random");
    tcase_set_timeout(random, 60);
    tcase_add_loop_test(random, what_is_taken_off_is_found_again, 0, RANDOM_WEEKS);
    tcase_add_loop_test(random, anything_by_hand_is_answered, 0, RANDOM_WEEKS);
    suite_add_tcase(suite, random);
    return test_suite_run(suite);
}
