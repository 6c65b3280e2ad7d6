/* test_memory_drive.c - memory that runs out on either side of a solver child: a run that says so,
 * and never half a plan, a plan with another's certificate, or a death that is the child's to
 * answer for.
 *
 * The children are this program in another role. A part of all refusals; with ALL=1 each of them.
 */
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#define STARVE_POINTS 3
#else
#define STARVE_POINTS 8
#endif

#include "adapters/json/json.h"
#include "adapters/service/child.h"
#include "adapters/service/drive.h"
#include "adapters/service/spawn.h"
#include "solver/base/context.h"
#include "tests/support/starve.h"
#include "tests/support/suite.h"

#define LEFT "AZUMI_TEST_LEFT" /* blocks for the child: "N", then none; "N!" refuses one */
#define MEMORY 400

/* How a run ends where there is memory. plan: value of the plan, < 0 without one. */
static const struct run {
    const char *request;
    enum az_drive_end end;
    double plan;
    const char *status;
    bool resumes;
} runs[] = {
    { "\"submit\",\"instance\":{\"plans\":3}", AZ_END_ANSWERED, 10, "optimal", false },
    { "\"submit\",\"instance\":{\"plans\":2,\"target\":30,\"prove\":false}", AZ_END_ANSWERED, 20,
      "feasible", true },
    { "\"submit\",\"instance\":{\"infeasible\":true}", AZ_END_ANSWERED, -1, "infeasible", false },
    { "\"submit\",\"instance\":{\"refuse\":\"runner\"}", AZ_END_PROBLEM, -1, "", false },
    { "\"submit\",\"instance\":{\"plans\":2,\"take_mib\":999999}", AZ_END_MEMORY, 10, "feasible",
      false },
    { "\"submit\",\"instance\":{\"plans\":0,\"take_mib\":999999}", AZ_END_MEMORY, -1, "no_plan",
      false },
    { "\"submit\",\"instance\":{\"plans\":2,\"abort\":\"after_plans\"}", AZ_END_DIED, 10,
      "feasible", false },
    { "\"explain\",\"instance\":{\"infeasible\":true}", AZ_END_ANSWERED, -1, "", false },
    { "\"check\",\"complete\":true,\"plan\":{\"value\":3},\"instance\":{}", AZ_END_ANSWERED, 3, "",
      false },
};
#define RUNS (sizeof runs / sizeof runs[0])

/* What stands in a text of JSON; NAN. */
static double number_in(const char *text, const char *name)
{
    json_t *json = json_loads(text, 0, NULL);
    const json_t *value = json_object_get(json, name);
    double number = json_is_number(value) ? json_number_value(value) : NAN;
    json_decref(json);
    return number;
}

/* A plan and its certificate come together and belong together. */
static bool is_whole(const struct run *run, const struct az_driven *driven)
{
    if (!driven->plan || !run->status[0]) return true;
    return driven->certificate &&
           number_in(driven->plan, "value") == number_in(driven->certificate, "objective");
}

static bool is_right(const struct run *run, const struct az_driven *driven)
{
    double plan = driven->plan ? number_in(driven->plan, "value") : -1;
    return driven->end == run->end && plan == run->plan &&
           strcmp(driven->status, run->status) == 0 &&
           (driven->end != AZ_END_PROBLEM || (driven->problem && driven->refused)) &&
           (strncmp(run->request, "\"explain", 8) != 0 || driven->explanation) &&
           (strncmp(run->request, "\"check", 6) != 0 || driven->judgement);
}

static void tell(void *data, const struct az_job_progress *progress, const char *plan,
                 const char *certificate)
{
    (void)data, (void)progress;
    if (plan && !certificate) abort();
}

static enum az_status drive_one(const struct run *run, struct az_driven *driven)
{
    char request[400];
    snprintf(request, sizeof request,
             "{\"azumi\":1,\"id\":\"a\",\"kind\":\"probe\",\"options\":{\"engine\":\"glpk\","
             "\"memory_mib\":%d},\"op\":%s}",
             MEMORY, run->request);
    struct az_drive drive = { .request = request,
                              .request_length = strlen(request),
                              .until = az_system_now() + 600,
                              .wake_fd = -1,
                              .tell = tell };
    if (run->resumes) {
        drive.resume = "{\"value\":20,\"breach\":0,\"payload\":[]}";
        drive.resume_certificate = "{\"status\":\"feasible\",\"objective\":20,\"cost\":20}";
    }
    return az_drive_run(&drive, driven);
}

static enum az_status drive(void *data)
{
    const struct run *run = data;
    struct az_driven driven;
    enum az_status status = drive_one(run, &driven);
    long now = atomic_exchange(&left, -1);
    if (!is_whole(run, &driven) || (status == AZ_OK && !is_right(run, &driven)))
        ck_abort_msg("%s with %ld: end %d (%s), %s, %s", run->request, now, (int)driven.end,
                     driven.detail, driven.plan ? driven.plan : "no plan",
                     driven.certificate ? driven.certificate : "no certificate");
    az_driven_free(&driven);
    return status;
}

/* Without it a runner short of memory would answer with half a plan, or blame the child. */
START_TEST(a_driver_without_memory_says_so)
{
    unsetenv(LEFT);
    atomic_store(&refuses_once, false);
    starve(runs[_i].request, drive, (void *)&runs[_i]);
    atomic_store(&refuses_once, true);
    starve(runs[_i].request, drive, (void *)&runs[_i]);
}
END_TEST

/* Without it a child that was refused memory would count as one that died, and its plans be lost.
 */
START_TEST(a_child_without_memory_says_so)
{
    const struct run *run = &runs[_i];
    if (run->end == AZ_END_MEMORY) return; /* as it would end at any rate */
    bool once = false;
    int refusals = 0;
    for (int n = 0;; n += refusals < starve_points() ? 1 : 31) {
        char text[24];
        struct az_driven driven;
        snprintf(text, sizeof text, "%d%s", n, once ? "!" : "");
        setenv(LEFT, text, 1);
        ck_assert_int_eq(drive_one(run, &driven), AZ_OK);
        bool right = is_right(run, &driven);
        if (!right && (driven.end != AZ_END_MEMORY || !is_whole(run, &driven)))
            ck_abort_msg("%s with %s: end %d (%s)", run->request, text, (int)driven.end,
                         driven.detail);
        refusals += !right;
        az_driven_free(&driven);
        if (!right) continue;
        if (once && n > 0) break;
        once = true;
        n = -1;
    }
    ck_assert_int_ge(refusals, 3);
    unsetenv(LEFT);
}
END_TEST

static int be_child(const char *until)
{
    const char *text = getenv(LEFT);
    if (text) {
        atomic_store(&refuses_once, strchr(text, '!') != NULL);
        atomic_store(&left, atol(text));
    }
    az_json_memory();
    return az_child_run(strtod(until, NULL), 0);
}

int main(int argc, char *argv[])
{
    if (argc > 3 && strcmp(argv[1], "solver-child") == 0) return be_child(argv[3]);
    az_spawn_alone();
    signal(SIGPIPE, SIG_IGN);
    Suite *suite = suite_create("memory drive");
    TCase *cases = tcase_create("memory");
    tcase_set_timeout(cases, getenv("ALL") ? 1000 : 100);
    az_json_memory(); /* documents too run out of memory */
    tcase_add_loop_test(cases, a_driver_without_memory_says_so, 0, RUNS);
    tcase_add_loop_test(cases, a_child_without_memory_says_so, 0, RUNS);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
