/* test_service.c - the real processes over real transports, with real kills.
 *
 * Nothing here asserts how long something takes: a loaded machine may be slow, and every wait is
 * for something to happen. */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/service.h"
#include "tests/support/suite.h"

static struct test_service service;
static struct az_client *client;

static void begin(const char *transport, const char *const more[])
{
    test_service_make(&service, transport);
    test_service_start(&service, more, true);
    client = test_client(&service);
}

static void set_up(void)
{
    begin("ipc", NULL);
}

static void tear_down(void)
{
    az_client_close(client);
    client = NULL;
    test_service_remove(&service);
}

/* --- asking --------------------------------------------------------------------------------- */

static const char *text_of(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

static double number_of(const json_t *json, const char *name)
{
    return json_number_value(json_object_get(json, name));
}

static json_t *call(const char *op, json_t *request)
{
    json_t *reply = NULL;
    enum az_status status = az_client_call(client, op, request, &reply);
    ck_assert_msg(status == AZ_OK, "%s: %s", op, az_status_words(status));
    json_decref(request);
    return reply;
}

static json_t *call_ok(const char *op, json_t *request)
{
    json_t *reply = call(op, request);
    char *text = json_dumps(reply, JSON_COMPACT);
    ck_assert_msg(json_is_true(json_object_get(reply, "ok")), "%s", text);
    free(text);
    return reply;
}

/* instance, options: JSON text; options may be NULL. */
static json_t *job(const char *id, const char *instance, const char *options)
{
    json_error_t error;
    json_t *given = json_loads(instance, 0, &error);
    ck_assert_msg(given != NULL, "%s", error.text);
    json_t *request = json_pack("{s:s, s:s, s:o}", "id", id, "kind", "probe", "instance", given);
    if (options) json_object_set_new(request, "options", json_loads(options, 0, NULL));
    return request;
}

static void submit(const char *id, const char *instance, const char *options)
{
    json_decref(call_ok("submit", job(id, instance, options)));
}

static json_t *status_of(const char *id)
{
    json_t *reply = call_ok("status", json_pack("{s:s}", "id", id));
    json_t *found = json_incref(json_object_get(reply, "job"));
    json_decref(reply);
    return found;
}

static void assert_state(const char *id, const char *state)
{
    json_t *found = status_of(id);
    ck_assert_str_eq(text_of(found, "state"), state);
    json_decref(found);
}

/* How often a solver process of the job has died. */
static void assert_attempts(const char *id, int attempts)
{
    json_t *found = status_of(id);
    ck_assert_int_eq(json_integer_value(json_object_get(found, "attempts")), attempts);
    json_decref(found);
}

static void wait_for_state(const char *id, const char *state)
{
    double end = test_now() + TEST_PATIENCE;
    for (;;) {
        json_t *found = status_of(id);
        bool is_there = strcmp(text_of(found, "state"), state) == 0;
        ck_assert_msg(is_there || test_now() < end, "%s is %s, not %s", id, text_of(found, "state"),
                      state);
        json_decref(found);
        if (is_there) return;
        test_nap(0.05);
    }
}

static void wait_for_plan(const char *id)
{
    double end = test_now() + TEST_PATIENCE;
    for (bool has = false; !has;) {
        json_t *found = status_of(id);
        has = json_is_true(json_object_get(found, "has_plan"));
        json_decref(found);
        ck_assert(has || test_now() < end);
        test_nap(0.05);
    }
}

/* Follows a job to its end and fetches its result. */
static json_t *finish(const char *id, const char *state)
{
    char last[16];
    json_t *result = NULL, *problem = NULL;
    enum az_status status = az_client_follow(client, id, NULL, NULL, last);
    ck_assert_msg(status == AZ_OK, "%s", az_status_words(status));
    ck_assert_int_eq(az_client_result(client, id, &result, &problem), AZ_OK);
    char *text = json_dumps(result, JSON_COMPACT);
    ck_assert_msg(strcmp(last, state) == 0, "%s: %.1000s", last, text);
    ck_assert_str_eq(text_of(result, "state"), state);
    free(text);
    return result;
}

static void assert_plan(const json_t *result, double value)
{
    const json_t *certificate = json_object_get(result, "certificate");
    ck_assert_double_eq(number_of(json_object_get(result, "plan"), "value"), value);
    ck_assert_double_eq(number_of(certificate, "objective"), value);
    ck_assert(json_is_true(json_object_get(certificate, "checked")));
}

static const char *problem_code(const json_t *result)
{
    const char *colon = strrchr(text_of(json_object_get(result, "problem"), "type"), ':');
    return colon ? colon + 1 : "";
}

/* --- a plan asked for and answered ---------------------------------------------------------- */

START_TEST(a_plan_is_fetched_over_every_transport)
{
    static const char *const transports[] = { "ipc", "tcp" };
    begin(transports[_i], NULL);
    json_t *request = job("one", "{\"plans\":3,\"interval_s\":0.05}", NULL), *result, *problem;
    ck_assert_int_eq(az_client_solve(client, request, NULL, NULL, &result, &problem), AZ_OK);
    ck_assert_str_eq(text_of(result, "state"), "done");
    assert_plan(result, 10);
    ck_assert_str_eq(text_of(json_object_get(result, "certificate"), "status"), "optimal");
    json_decref(result);
    json_decref(request);
}
END_TEST

/* Without it a resent request would be solved twice, or a reused id answered with another plan. */
START_TEST(ids_are_idempotent_across_the_life_of_a_job)
{
    submit("one", "{\"plans\":1,\"sleep_s\":0.5}", NULL);
    wait_for_state("one", "running");
    json_t *reply = call_ok("submit", job("one", "{\"plans\":1,\"sleep_s\":0.5}", NULL));
    ck_assert(json_is_true(json_object_get(reply, "joined")));
    json_decref(reply);
    json_decref(finish("one", "done"));
    reply = call_ok("submit", job("one", "{\"sleep_s\":0.5,\"plans\":1}", NULL));
    ck_assert_str_eq(text_of(reply, "state"), "done");
    json_decref(reply);
    reply = call("submit", job("one", "{\"plans\":2}", NULL));
    ck_assert(json_is_false(json_object_get(reply, "ok")));
    json_decref(reply);
}
END_TEST

/* Without it an impossible wish would be answered with silence. */
START_TEST(an_infeasible_job_is_done_and_explained)
{
    submit("one", "{\"infeasible\":true}", NULL);
    json_t *result = finish("one", "done");
    ck_assert_str_eq(text_of(json_object_get(result, "certificate"), "status"), "infeasible");
    const json_t *explanation = json_object_get(result, "explanation");
    ck_assert_uint_eq(json_array_size(json_object_get(explanation, "reasons")), 1);
    ck_assert_ptr_null(json_object_get(result, "plan"));
    json_decref(result);
    json_t *request = job("why", "{\"infeasible\":true}", NULL);
    json_decref(call_ok("explain", request));
    result = finish("why", "done");
    ck_assert(json_is_true(json_object_get(json_object_get(result, "explanation"), "proven")));
    json_decref(result);
    request = job("judge", "{}", NULL);
    json_object_set_new(request, "plan", json_pack("{s:f}", "value", -3.0));
    json_object_set_new(request, "complete", json_true());
    json_decref(call_ok("check", request));
    result = finish("judge", "done");
    ck_assert(json_is_false(json_object_get(json_object_get(result, "judgement"), "ok")));
    json_decref(result);
}
END_TEST

/* Without it a result larger than a message would never arrive. */
START_TEST(a_large_result_comes_in_pages)
{
    submit("one", "{\"payload\":250000}", NULL);
    json_t *result = finish("one", "done");
    const json_t *payload = json_object_get(json_object_get(result, "plan"), "payload");
    ck_assert_uint_eq(json_array_size(payload), 250000);
    ck_assert_double_eq(json_number_value(json_array_get(payload, 249999)), 999.125);
    json_decref(result);
    json_t *request = NULL, *problem = NULL;
    ck_assert_int_eq(az_client_request(client, "one", true, &request, &problem), AZ_OK);
    ck_assert(json_is_object(json_object_get(request, "request")));
    json_decref(request);
}
END_TEST

/* Without parking a client would have to ask again and again, or hold a thread. */
START_TEST(events_wait_for_something_to_happen)
{
    struct az_client *other = client;
    submit("one", "{\"plans\":1,\"interval_s\":2}", NULL);
    wait_for_state("one", "running");
    json_t *reply = call_ok("events", json_pack("{s:s}", "id", "one"));
    json_int_t cursor = json_integer_value(json_object_get(reply, "cursor"));
    json_decref(reply);
    for (bool is_over = false; !is_over;) {
        reply = call_ok("events",
                        json_pack("{s:s, s:I, s:i}", "id", "one", "after", cursor, "wait_s", 5));
        ck_assert(json_array_size(json_object_get(reply, "events")) > 0 || test_now() > 0);
        cursor = json_integer_value(json_object_get(reply, "cursor"));
        is_over = strcmp(text_of(reply, "state"), "done") == 0;
        json_decref(reply);
    }
    client = other;
}
END_TEST

/* --- deaths --------------------------------------------------------------------------------- */

static const char *const roles[] = { "gateway", "work", "solver-child", "serve" };
static const char slow[] = "{\"plans\":20,\"interval_s\":0.1,\"sleep_s\":0.5}";

/* Without it an acknowledged job would be lost with the process that held it. */
START_TEST(a_job_survives_the_death_of_any_process)
{
    bool is_supervisor = strcmp(roles[_i], "serve") == 0;
    submit("one", slow, "{\"deadline_s\":300}");
    submit("two", "{}", "{\"deadline_s\":300}");
    wait_for_plan("one");
    pid_t child = test_service_process(&service, "solver-child");
    pid_t runner = test_service_process(&service, "work");
    pid_t gateway = test_service_process(&service, "gateway");
    test_service_kill(&service, roles[_i]);
    if (is_supervisor) {
        /* Everything it started goes with it. */
        double end = test_now() + TEST_PATIENCE;
        while ((test_is_alive(child) || test_is_alive(runner) || test_is_alive(gateway)) &&
               test_now() < end)
            test_nap(0.01);
        ck_assert(!test_is_alive(child) && !test_is_alive(runner) && !test_is_alive(gateway));
        test_service_start(&service, NULL, true);
    }
    json_t *result = finish("one", "done");
    assert_plan(result, 10);
    json_decref(result);
    json_decref(finish("two", "done"));
    assert_attempts("one", strcmp(roles[_i], "solver-child") == 0 ? 1 : 0);
}
END_TEST

/* Without it a power cut would lose what was acknowledged. */
START_TEST(jobs_survive_the_death_of_everything_at_once)
{
    char id[32];
    submit("one", slow, "{\"deadline_s\":300}");
    for (int i = 0; i < 5; i++) {
        snprintf(id, sizeof id, "more-%d", i);
        submit(id, "{\"sleep_s\":0.1}", "{\"deadline_s\":300}");
    }
    wait_for_plan("one");
    static const char *const order[] = { "serve", "work", "gateway", "solver-child" };
    pid_t pids[4];
    for (int i = 0; i < 4; i++) pids[i] = test_service_process(&service, order[i]);
    for (int i = 1; i < 4; i++)
        if (pids[i] > 0) kill(pids[i], SIGKILL);
    test_service_kill(&service, "serve");
    test_service_start(&service, NULL, true);
    json_t *result = finish("one", "done");
    assert_plan(result, 10);
    json_decref(result);
    for (int i = 0; i < 5; i++) {
        snprintf(id, sizeof id, "more-%d", i);
        json_decref(finish(id, "done"));
    }
}
END_TEST

/* Without it one bad job would be tried for ever, or a passing mishap would fail it. */
START_TEST(three_deaths_fail_a_job_and_two_do_not)
{
    char instance[200];
    submit("bad", "{\"abort\":\"now\"}", NULL);
    json_t *result = finish("bad", "failed");
    ck_assert_str_eq(problem_code(result), "child_died");
    json_decref(result);
    json_t *reply = call_ok("status", json_pack("{s:s}", "id", "bad"));
    const json_t *attempts = json_object_get(reply, "attempts");
    ck_assert_uint_eq(json_array_size(attempts), 3);
    ck_assert_int_eq((int)number_of(json_array_get(attempts, 0), "signal"), SIGABRT);
    json_decref(reply);
    snprintf(instance, sizeof instance,
             "{\"abort\":\"now\",\"aborts_file\":\"%s/aborts\",\"abort_times\":2}",
             service.directory);
    submit("shaky", instance, "{\"deadline_s\":200}");
    result = finish("shaky", "done");
    assert_plan(result, 10);
    json_decref(result);
}
END_TEST

/* Without it a solver that ends oddly would be believed, or hang its job. */
START_TEST(odd_endings_are_deaths)
{
    static const char *const instances[] = { "{\"exit_code\":7}", "{\"garbage\":true}",
                                             "{\"half_plan\":true}", "{\"exit_code\":0}" };
    for (size_t i = 0; i < 4; i++) {
        char id[32];
        snprintf(id, sizeof id, "odd-%zu", i);
        submit(id, instances[i], "{\"deadline_s\":200}");
        json_t *result = finish(id, "failed");
        ck_assert_str_eq(problem_code(result), "child_died");
        json_decref(result);
    }
}
END_TEST

/* Without it a plan found before the crash would be thrown away. */
START_TEST(a_crash_after_a_plan_keeps_the_plan)
{
    submit("one", "{\"plans\":2,\"abort\":\"after_plans\"}", "{\"deadline_s\":200}");
    json_t *result = finish("one", "failed");
    ck_assert_double_eq(number_of(json_object_get(result, "plan"), "value"), 10);
    json_decref(result);
}
END_TEST

/* Without it the plan of a run that was interrupted would be lost when the next run finds none. */
START_TEST(a_plan_of_an_earlier_run_stands)
{
    char instance[200];
    snprintf(
        instance, sizeof instance,
        "{\"abort\":\"after_plans\",\"aborts_file\":\"%s/f\",\"abort_times\":1,\"forget\":true}",
        service.directory);
    submit("one", instance, "{\"deadline_s\":200}");
    json_t *result = finish("one", "done");
    assert_plan(result, 10);
    json_decref(result);
    assert_attempts("one", 1);
}
END_TEST

/* Without it a cheap plan that breaks a rule would be kept before one that breaks none. */
START_TEST(the_least_breach_comes_before_the_cost)
{
    submit("one", "{\"plans\":3,\"breach\":1}", "{\"deadline_s\":200}");
    json_t *result = finish("one", "done");
    assert_plan(result, 10);
    ck_assert_str_eq(text_of(json_object_get(result, "certificate"), "status"), "optimal");
    json_decref(result);
}
END_TEST

/* Without it a plan that breaks a rule would reach a control room. */
START_TEST(a_refused_plan_is_never_an_answer)
{
    static const char *const instances[] = { "{\"refuse\":\"child\"}", "{\"refuse\":\"runner\"}" };
    submit("one", instances[_i], NULL);
    json_t *result = finish("one", "failed"), *bundle = NULL, *problem = NULL;
    ck_assert_str_eq(problem_code(result), "plan_refused");
    ck_assert_ptr_null(json_object_get(result, "plan"));
    json_decref(result);
    ck_assert_int_eq(az_client_request(client, "one", true, &bundle, &problem), AZ_OK);
    ck_assert(json_is_object(json_object_get(bundle, "request")));
    ck_assert(json_is_object(json_object_get(bundle, "problem")));
    if (_i == 1) ck_assert(json_is_object(json_object_get(bundle, "refused_plan")));
    json_decref(bundle);
}
END_TEST

/* --- limits --------------------------------------------------------------------------------- */

/* Without it a solver that heeds nothing would hold its slot, and its plan, for ever. */
START_TEST(the_deadline_kills_and_keeps_the_plan)
{
    submit("planned", "{\"plans\":2,\"spin_s\":1000}", "{\"deadline_s\":2}");
    json_t *result = finish("planned", "done");
    assert_plan(result, 10);
    const json_t *certificate = json_object_get(result, "certificate");
    ck_assert_str_eq(text_of(certificate, "status"), "feasible");
    ck_assert_str_eq(text_of(certificate, "stopped"), "deadline");
    json_decref(result);
    json_t *reply = call_ok("events", json_pack("{s:s}", "id", "planned"));
    const json_t *events = json_object_get(reply, "events");
    const json_t *last = json_array_get(events, json_array_size(events) - 1);
    ck_assert_str_eq(text_of(last, "detail"), "stopped at the deadline; the best plan stands");
    json_decref(reply);
    submit("bare", "{\"plans\":0,\"spin_s\":1000}", "{\"deadline_s\":2}");
    result = finish("bare", "done");
    certificate = json_object_get(result, "certificate");
    ck_assert_str_eq(text_of(certificate, "status"), "no_plan");
    ck_assert_ptr_null(json_object_get(result, "plan"));
    json_decref(result);
    submit("polite", "{\"plans\":1,\"sleep_s\":1000}", "{\"deadline_s\":2}");
    result = finish("polite", "done");
    ck_assert_str_eq(text_of(json_object_get(result, "certificate"), "stopped"), "deadline");
    json_decref(result);
}
END_TEST

/* Without it one greedy job would take the machine down. */
START_TEST(the_memory_limit_kills)
{
    submit("greedy", "{\"eat_mib\":6000}", "{\"memory_mib\":500,\"deadline_s\":100}");
    json_t *result = finish("greedy", "failed");
    ck_assert_str_eq(problem_code(result), "memory_limit");
    json_decref(result);
    submit("after", "{}", NULL);
    json_decref(finish("after", "done"));
}
END_TEST

/* Without it dispatch would wait behind planning. */
START_TEST(a_short_deadline_passes_waiting_long_jobs)
{
    char id[32];
    for (int i = 0; i < 10; i++) {
        snprintf(id, sizeof id, "long-%d", i);
        submit(id, "{\"sleep_s\":1000}", "{\"deadline_s\":3000}");
    }
    wait_for_state("long-0", "running");
    submit("dispatch", "{\"sleep_s\":0.2}", "{\"deadline_s\":25}");
    json_t *result = finish("dispatch", "done");
    assert_plan(result, 10);
    json_decref(result);
    assert_state("long-0", "running");
    assert_state("long-1", "queued");
    assert_state("long-9", "queued");
    /* Priority goes before age. */
    submit("urgent", "{\"sleep_s\":1000}", "{\"deadline_s\":3000,\"priority\":9}");
    json_decref(call_ok("cancel", json_pack("{s:s}", "id", "long-0")));
    wait_for_state("urgent", "running");
    assert_state("long-1", "queued");
}
END_TEST

/* Without it a cancelled job would run on, or take its plan with it. */
START_TEST(cancelling_keeps_the_best_plan)
{
    submit("one", "{\"plans\":3,\"sleep_s\":1000}", "{\"deadline_s\":3000}");
    submit("waiting", "{\"sleep_s\":1000}", "{\"deadline_s\":3000}");
    wait_for_plan("one");
    test_nap(0.6);
    json_decref(call_ok("cancel", json_pack("{s:s}", "id", "waiting")));
    assert_state("waiting", "cancelled");
    json_decref(call_ok("cancel", json_pack("{s:s}", "id", "one")));
    json_t *result = finish("one", "cancelled");
    assert_plan(result, 10);
    ck_assert_str_eq(text_of(json_object_get(result, "certificate"), "stopped"), "cancel");
    json_decref(result);
}
END_TEST

/* Without it an outdated dispatch would be solved before the one that counts. */
START_TEST(a_newer_job_of_a_stream_takes_over)
{
    static const char options[] = "{\"deadline_s\":3000,\"stream\":\"dispatch\"}";
    submit("old", "{\"plans\":1,\"sleep_s\":1000}", options);
    wait_for_state("old", "running");
    submit("middle", "{\"sleep_s\":1000}", options);
    submit("new", "{}", options);
    json_decref(finish("middle", "superseded"));
    json_decref(finish("old", "superseded"));
    json_decref(finish("new", "done"));
}
END_TEST

/* Without it an order would be carried out too late, or a client wait for ever. */
START_TEST(what_waits_too_long_expires)
{
    char options[120], at[32];
    time_t soon = time(NULL) + 2;
    struct tm parts;
    gmtime_r(&soon, &parts);
    strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", &parts);
    submit("blocker", "{\"sleep_s\":1000}", "{\"deadline_s\":3000}");
    wait_for_state("blocker", "running");
    snprintf(options, sizeof options, "{\"deadline_s\":3000,\"not_after\":\"%s\"}", at);
    submit("late", "{}", options);
    submit("short-lived", "{\"sleep_s\":0}", "{\"deadline_s\":31}");
    json_t *result = finish("late", "expired");
    ck_assert_ptr_null(json_object_get(result, "plan"));
    json_decref(result);
    assert_state("blocker", "running");
    assert_state("short-lived", "queued");
}
END_TEST

/* --- a careful client ------------------------------------------------------------------------
 */

/* Without it a request that the service cannot take would be resent for ever. */
START_TEST(the_client_never_sends_what_is_too_large)
{
    struct az_client_options options = az_client_options_default;
    struct az_client *small;
    json_t *reply = NULL;
    options.max_bytes = 2000;
    ck_assert_int_eq(az_client_open(service.url, &options, &small), AZ_OK);
    json_t *request = job("one", "{}", NULL);
    char *text = calloc(1, 5001);
    memset(text, 'x', 5000);
    json_object_set_new(request, "token", json_string(text));
    ck_assert_int_eq(az_client_call(small, "submit", request, &reply), AZ_LIMIT);
    ck_assert_int_eq(az_client_call(small, "health", NULL, &reply), AZ_OK);
    json_decref(reply);
    json_decref(request);
    free(text);
    az_client_close(small);
}
END_TEST

/* --- starting and stopping ------------------------------------------------------------------ */

/* Without it stopping a service would lose or fail what it was working on. */
START_TEST(stopping_is_clean_and_jobs_go_on_after_a_restart)
{
    char id[32];
    submit("running", slow, "{\"deadline_s\":300}");
    for (int i = 0; i < 3; i++) {
        snprintf(id, sizeof id, "queued-%d", i);
        submit(id, "{}", "{\"deadline_s\":300}");
    }
    wait_for_plan("running");
    pid_t child = test_service_process(&service, "solver-child");
    pid_t runner = test_service_process(&service, "work");
    pid_t gateway = test_service_process(&service, "gateway");
    ck_assert_int_eq(test_service_stop(&service), 0);
    ck_assert(!test_is_alive(child) && !test_is_alive(runner) && !test_is_alive(gateway));
    ck_assert_int_ne(access(service.url + 6, F_OK), 0);
    test_service_start(&service, NULL, true);
    json_t *result = finish("running", "done");
    assert_plan(result, 10);
    json_decref(result);
    assert_attempts("running", 0);
    for (int i = 0; i < 3; i++) {
        snprintf(id, sizeof id, "queued-%d", i);
        json_decref(finish(id, "done"));
    }
}
END_TEST

/* Without it Ctrl-C in a terminal, or a service manager that signals every process, would count as
 * the death of a solver. */
START_TEST(a_signal_to_every_process_is_a_clean_stop)
{
    static const char *const order[] = { "solver-child", "work", "gateway", "serve" };
    static const int numbers[] = { SIGINT, SIGTERM };
    pid_t pids[4];
    submit("one", slow, "{\"deadline_s\":300}");
    wait_for_plan("one");
    for (int i = 0; i < 4; i++) pids[i] = test_service_process(&service, order[i]);
    for (int i = 0; i < 4; i++) ck_assert_int_eq(kill(pids[i], numbers[_i]), 0);
    ck_assert_int_eq(test_service_stop(&service), 0);
    test_service_start(&service, NULL, true);
    json_t *result = finish("one", "done");
    assert_plan(result, 10);
    json_decref(result);
    assert_attempts("one", 0);
}
END_TEST

/* Without it two services would work on one store, or an open port stand without access control. */
START_TEST(what_must_not_start_is_refused)
{
    static const char *const open_port[] = {
        "serve", "--listen", "tcp://0.0.0.0:5999", "--store", "/tmp/azumi-never.db", NULL
    };
    static const char *const websocket[] = {
        "serve", "--listen", "ws://127.0.0.1:5999", "--store", "/tmp/azumi-never.db", NULL
    };
    char own_store[96];
    const char *const second[] = { "serve",   "--listen",    "ipc:///tmp/azumi-second.ipc",
                                   "--store", service.store, NULL };
    const char *const nobody[] = { "status", "x", "--connect", "ipc:///tmp/azumi-nobody.ipc",
                                   NULL };
    ck_assert_int_eq(test_service_run(&service, open_port), 2);
    ck_assert_int_eq(test_service_run(&service, websocket), 2);
    ck_assert_int_eq(test_service_run(&service, second), 2);
    const char *const nowhere[] = { "serve",   "--listen", "ipc:///tmp/azumi-no-such-directory/a",
                                    "--store", own_store,  NULL };
    snprintf(own_store, sizeof own_store, "%s/other.db", service.directory);
    ck_assert_int_eq(test_service_run(&service, nowhere), 2);
    ck_assert_int_eq(test_service_run(&service, nobody), 4);
    json_decref(call_ok("health", json_object()));
}
END_TEST

static bool log_has(const char *words)
{
    char path[96], line[2000];
    bool found = false;
    snprintf(path, sizeof path, "%s/log", service.directory);
    FILE *file = fopen(path, "r");
    while (file && !found && fgets(line, sizeof line, file)) found = strstr(line, words) != NULL;
    if (file) fclose(file);
    return found;
}

/* Without it a person would not know what is wrong, or fear for the job that they watched. */
START_TEST(the_command_line_says_what_is_wrong)
{
    char nobody_url[128], log[96];
    snprintf(nobody_url, sizeof nobody_url, "ipc://%s/nobody", service.directory);
    const char *const unknown[] = { "watch",  "nosuch", "--connect", service.url,
                                    "--lang", "en",     NULL };
    const char *const list[] = { "list", "--connect", nobody_url, "--lang", "en", NULL };
    ck_assert_int_eq(test_service_run(&service, unknown), 2);
    ck_assert(log_has("There is no such job: nosuch"));
    ck_assert_int_eq(test_service_run(&service, list), 4);
    ck_assert(log_has(nobody_url));
    ck_assert(log_has("does `azumi serve` run?"));
    submit("one", "{\"plans\":1,\"sleep_s\":1000}", "{\"deadline_s\":3000}");
    wait_for_plan("one");
    snprintf(log, sizeof log, "%s/watched", service.directory);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        signal(SIGINT, SIG_DFL); /* as in a terminal, wherever the tests run */
        if (!freopen(log, "w", stdout)) _exit(99);
        snprintf(log, sizeof log, "%s/log", service.directory);
        if (!freopen(log, "a", stderr)) _exit(99);
        execl(service.program, "azumi", "watch", "one", "--connect", service.url, "--lang", "en",
              (char *)NULL);
        _exit(99);
    }
    struct stat status;
    double end = test_now() + TEST_PATIENCE;
    while ((stat(log, &status) != 0 || status.st_size == 0) && test_now() < end) test_nap(0.02);
    int code = 0;
    kill(pid, SIGINT);
    ck_assert_int_eq(waitpid(pid, &code, 0), pid);
    ck_assert(WIFEXITED(code) && WEXITSTATUS(code) == 128 + SIGINT);
    ck_assert(log_has("The job goes on; azumi cancel one stops it."));
    assert_state("one", "running");
}
END_TEST

/* Without it `azumi work` would not help, or would disturb the service's own runner. */
START_TEST(another_runner_joins_the_pool)
{
    const char *const arguments[] = { "azumi", "work",   "--store", service.store, "--workers",
                                      "1",     "--name", "helper",  NULL };
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        execv(service.program, (char *const *)arguments);
        _exit(99);
    }
    submit("one", "{\"plans\":1,\"sleep_s\":1000}", "{\"deadline_s\":3000}");
    submit("two", "{\"plans\":1,\"sleep_s\":1000}", "{\"deadline_s\":3000}");
    wait_for_state("one", "running");
    wait_for_state("two", "running");
    kill(pid, SIGTERM);
    double end = test_now() + TEST_PATIENCE;
    while (test_is_alive(pid) && test_now() < end) test_nap(0.02);
    ck_assert(!test_is_alive(pid));
    json_t *reply = call_ok("list", json_pack("{s:s}", "state", "running"));
    ck_assert_uint_eq(json_array_size(json_object_get(reply, "jobs")), 1);
    json_decref(reply);
}
END_TEST

/* Without it two of one name would take each other's leases for left-overs and no job would end;
 * and a name that is a path would remove that file, the store itself for one. */
START_TEST(a_runner_has_a_name_of_its_own)
{
    static const char *const bad[] = { "../jobs.db", "a/b", ".", ".x", "" };
    const char *own[] = { "work", "--store", service.store, "--name", "service", NULL };
    submit("one", "{\"plans\":1,\"sleep_s\":1000}", "{\"deadline_s\":3000}");
    wait_for_state("one", "running");
    ck_assert_int_eq(test_service_run(&service, own), 8);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *other[] = { "work", "--store", service.store, "--name", bad[i], NULL };
        ck_assert_int_eq(test_service_run(&service, other), 2);
    }
    ck_assert_int_eq(access(service.store, F_OK), 0);
    assert_state("one", "running");
    ck_assert(!log_has("lease_lost"));
    /* The name is free again as soon as its bearer is dead, however it died. */
    test_service_kill(&service, "work");
    submit("two", "{\"plans\":1}", "{\"deadline_s\":30}");
    wait_for_state("two", "done");
}
END_TEST

static void change_store(const char *sql)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open(service.store, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 10000);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* Without it a job whose end did not fit into a full store would run for ever, its lease renewed by
 * the beats for another job. */
START_TEST(a_job_whose_end_could_not_be_stored_is_done_later)
{
    double end = test_now() + TEST_PATIENCE;
    submit("long", "{\"plans\":1,\"sleep_s\":1000}", "{\"deadline_s\":3000}");
    wait_for_state("long", "running");
    change_store("CREATE TRIGGER full BEFORE UPDATE OF state ON job WHEN NEW.state = 2"
                 " BEGIN SELECT RAISE(ABORT, 'the store is full'); END");
    submit("one", "{\"plans\":1}", "{\"deadline_s\":30}");
    while (!log_has("finish_refused") && test_now() < end) test_nap(0.1);
    ck_assert(log_has("finish_refused"));
    assert_state("one", "running");
    change_store("DROP TRIGGER full");
    json_t *result = finish("one", "done");
    assert_plan(result, 10);
    json_decref(result);
    assert_state("long", "running");
}
END_TEST

/* Without it a mistyped address would keep its user waiting for as long as a restart may take. */
START_TEST(a_service_that_never_answered_is_not_waited_for)
{
    struct az_client_options options = {
        .connect_s = 0.1, .reply_s = 1, .patience_s = 1e6, .max_bytes = 1 << 20
    };
    struct az_client *lonely;
    char url[128], state[16];
    snprintf(url, sizeof url, "ipc://%s/nobody", service.directory);
    ck_assert_int_eq(az_client_open(url, &options, &lonely), AZ_OK);
    ck_assert_int_eq(az_client_follow(lonely, "one", NULL, NULL, state), AZ_NOT_CONNECTED);
    az_client_close(lonely);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service");
    TCase *free_standing = tcase_create("transports");
    tcase_set_timeout(free_standing, 120);
    tcase_add_checked_fixture(free_standing, NULL, tear_down);
    tcase_add_loop_test(free_standing, a_plan_is_fetched_over_every_transport, 0, 2);
    suite_add_tcase(suite, free_standing);
    TCase *tests = tcase_create("service");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, ids_are_idempotent_across_the_life_of_a_job);
    tcase_add_test(tests, an_infeasible_job_is_done_and_explained);
    tcase_add_test(tests, a_large_result_comes_in_pages);
    tcase_add_test(tests, events_wait_for_something_to_happen);
    tcase_add_loop_test(tests, a_job_survives_the_death_of_any_process, 0, 4);
    tcase_add_test(tests, jobs_survive_the_death_of_everything_at_once);
    tcase_add_test(tests, three_deaths_fail_a_job_and_two_do_not);
    tcase_add_test(tests, odd_endings_are_deaths);
    tcase_add_test(tests, a_crash_after_a_plan_keeps_the_plan);
    tcase_add_test(tests, a_plan_of_an_earlier_run_stands);
    tcase_add_test(tests, the_least_breach_comes_before_the_cost);
    tcase_add_loop_test(tests, a_refused_plan_is_never_an_answer, 0, 2);
    tcase_add_test(tests, the_deadline_kills_and_keeps_the_plan);
    tcase_add_test(tests, the_memory_limit_kills);
    tcase_add_test(tests, a_short_deadline_passes_waiting_long_jobs);
    tcase_add_test(tests, cancelling_keeps_the_best_plan);
    tcase_add_test(tests, a_newer_job_of_a_stream_takes_over);
    tcase_add_test(tests, what_waits_too_long_expires);
    tcase_add_test(tests, the_client_never_sends_what_is_too_large);
    tcase_add_test(tests, stopping_is_clean_and_jobs_go_on_after_a_restart);
    tcase_add_loop_test(tests, a_signal_to_every_process_is_a_clean_stop, 0, 2);
    tcase_add_test(tests, what_must_not_start_is_refused);
    tcase_add_test(tests, the_command_line_says_what_is_wrong);
    tcase_add_test(tests, another_runner_joins_the_pool);
    tcase_add_test(tests, a_runner_has_a_name_of_its_own);
    tcase_add_test(tests, a_job_whose_end_could_not_be_stored_is_done_later);
    tcase_add_test(tests, a_service_that_never_answered_is_not_waited_for);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
