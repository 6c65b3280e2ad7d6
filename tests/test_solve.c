/* test_solve.c - `azumi solve` as a person or a script meets it: exit statuses, what is printed,
 * and what is written. */
#include <check.h>
#include <jansson.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/suite.h"

static char directory[64];

static void set_up(void)
{
    strcpy(directory, "/tmp/azumi-solve-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void tear_down(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    ck_assert_int_eq(system(command), 0);
}

/* Writes a file into the test's directory. */
static void put(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static char *get(const char *name)
{
    char path[128], *text = calloc(1, 1 << 20);
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s was not written", path);
    if (fread(text, 1, (1 << 20) - 1, file) == 0) text[0] = 0;
    fclose(file);
    return text;
}

/* Runs `azumi ARGUMENTS` in the directory; standard output goes to out, standard error to err. */
static int azumi(const char *arguments)
{
    const char *build = getenv("BUILD");
    char command[800], *program = realpath(build ? build : "build", NULL);
    ck_assert_ptr_nonnull(program);
    snprintf(command, sizeof command, "cd %s && LC_ALL=C TMPDIR=%s %s/azumi-test %s > out 2> err",
             directory, directory, program, arguments);
    free(program);
    int status = system(command);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void assert_prints(const char *name, const char *words)
{
    char *text = get(name);
    ck_assert_msg(strstr(text, words) != NULL, "%s lacks \"%s\": %s", name, words, text);
    free(text);
}

/* A call, the instance in i.json, its exit status, and words in its output. */
struct ending {
    const char *arguments, *instance;
    int status;
    const char *where, *words;
};

static void assert_ending(const struct ending *ending)
{
    put("i.json", ending->instance);
    int status = azumi(ending->arguments);
    char *out = get("out"), *err = get("err");
    ck_assert_msg(status == ending->status, "azumi %s (%s): %d, not %d\n%s%s", ending->arguments,
                  ending->instance, status, ending->status, out, err);
    free(out);
    free(err);
    assert_prints(ending->where, ending->words);
}

static const struct ending cases[] = {
    { "solve i.json", "{\"kind\":\"probe\"}", 0, "out", "Status: optimal" },
    { "solve i.json --lang ja", "{\"kind\":\"probe\"}", 0, "out", "状態: 最適" },
    { "solve i.json --quiet", "{\"kind\":\"probe\"}", 0, "err", "" },
    { "solve i.json", "{\"kind\":\"probe\",\"infeasible\":true}", 1, "out",
      "must give by at least 5" },
    { "solve i.json --time 1", "{\"kind\":\"probe\",\"plans\":0,\"spin_s\":99}", 1, "out",
      "no plan was found" },
    { "solve i.json --time 1", "{\"kind\":\"probe\",\"plans\":1,\"spin_s\":99}", 0, "out",
      "deadline" },
    { "solve i.json", "{\"kind\":\"probe\",\"plans\":-1,\"speed\":2}", 2, "err", "speed" },
    { "solve i.json", "{\"kind\":\"probe\",\"invalid\":true}", 2, "err", "wrong on purpose" },
    { "solve i.json", "{\"kind\":\"spaceship\"}", 2, "err", "spaceship" },
    { "solve i.json", "{\"kind\":", 2, "err", "not JSON" },
    { "solve i.json --engine abacus", "{\"kind\":\"probe\"}", 2, "err", "abacus" },
    { "solve i.json --gap nine", "{\"kind\":\"probe\"}", 2, "err", "--gap" },
    { "solve i.json --time -3", "{\"kind\":\"probe\"}", 2, "err", "--time" },
    { "solve i.json --gap", "{\"kind\":\"probe\"}", 2, "err", "needs a value" },
    { "solve i.json --speed 3", "{\"kind\":\"probe\"}", 2, "err", "--speed" },
    { "solve i.json --seed 1 --seed 2", "{\"kind\":\"probe\"}", 2, "err", "twice" },
    { "solve", "", 2, "err", "INSTANCE" },
    { "solve i.json j.json", "{\"kind\":\"probe\"}", 2, "err", "j.json" },
    { "solve nothing.json", "", 2, "err", "nothing.json" },
    { "solve i.json", "{\"kind\":\"probe\",\"abort\":\"now\"}", 3, "err", "died" },
    { "solve i.json", "{\"kind\":\"probe\",\"refuse\":\"runner\"}", 3, "err", "reproduction" },
    { "solve i.json -o /nowhere/plan.json", "{\"kind\":\"probe\"}", 2, "err",
      "/nowhere/plan.json" },
    { "solve --help", "", 0, "out", "--gap-abs" },
    { "destroy", "", 2, "err", "destroy" },
    { "--help", "", 0, "out", "solve" },
    { "--help --lang ja", "", 0, "out", "コマンド" },
    { "", "", 2, "err", "Usage" },
    { "version", "", 0, "out", "probe/1" },
};

/* Without it a script could not tell an answer from a failure. */
START_TEST(every_ending_has_its_exit_status)
{
    assert_ending(&cases[_i]);
}
END_TEST

/* Without it a program that reads the certificate would stumble over words for people. */
START_TEST(json_prints_exactly_the_certificate)
{
    put("i.json", "{\"kind\":\"probe\",\"plans\":2}");
    ck_assert_int_eq(azumi("solve i.json --json -o plan.json"), 0);
    char *out = get("out"), *plan = get("plan.json");
    json_t *certificate = json_loads(out, 0, NULL), *document = json_loads(plan, 0, NULL);
    ck_assert(json_is_object(certificate));
    ck_assert_str_eq(json_string_value(json_object_get(certificate, "status")), "optimal");
    ck_assert_ptr_nonnull(json_object_get(certificate, "instance_sha256"));
    ck_assert(json_equal(certificate, json_object_get(document, "certificate")));
    ck_assert_str_eq(json_string_value(json_object_get(document, "kind")), "probe");
    ck_assert_uint_eq(json_object_size(document), 3);
    json_decref(certificate);
    json_decref(document);
    free(out);
    free(plan);
}
END_TEST

/* Without it a plan that breaks less at a higher cost would be no answer but a dead solver: the
 * first plan sheds all load for 5 JPY/kWh, the best one serves what it can for 20 JPY/kWh. */
START_TEST(less_breach_at_more_cost_is_the_answer)
{
    put("i.json",
        "{\"kind\":\"microgrid\",\"start\":\"2026-03-01T00:00:00+09:00\",\"slots\":3,"
        "\"grids\":[{\"id\":\"g\",\"frequency_hz\":50}],"
        "\"units\":[{\"id\":\"u\",\"grid\":\"g\",\"p_max_kw\":30,\"available\":[1,1,0],"
        "\"cost\":{\"type\":\"price\",\"energy_jpy_per_kwh\":20,\"no_load_jpy_per_h\":50}}],"
        "\"loads\":[{\"id\":\"l\",\"grid\":\"g\",\"demand_kw\":[12,24,46],"
        "\"unserved_price_jpy_per_kwh\":5}]}");
    ck_assert_int_eq(azumi("solve i.json --json"), 0);
    char *out = get("out");
    json_t *certificate = json_loads(out, 0, NULL);
    ck_assert_str_eq(json_string_value(json_object_get(certificate, "status")), "optimal");
    ck_assert_double_eq_tol(json_number_value(json_object_get(certificate, "penalty")), 115, 1e-3);
    ck_assert_double_eq_tol(json_number_value(json_object_get(certificate, "cost")), 410, 1e-3);
    json_decref(certificate);
    free(out);
}
END_TEST

/* Without it an engine that cannot be interrupted everywhere would die of its time limit: one run
 * in ten of this instance did, within the preprocessing of Cbc. */
START_TEST(short_deadlines_kill_no_solver)
{
    char here[512], command[800];
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    snprintf(command, sizeof command,
             "cp %s/tests/data/microgrid/regression/short_deadlines.json %s/i.json", here,
             directory);
    ck_assert_int_eq(system(command), 0);
    for (int i = 0; i < 24; i++) {
        static const char *const times[] = { "0.05", "0.1", "0.15", "0.25" };
        snprintf(command, sizeof command, "solve i.json --gap 0 --gap-abs 0 --time %s",
                 times[i % 4]);
        int status = azumi(command);
        ck_assert_msg(status == 0 || status == 1, "--time %s: exit status %d", times[i % 4],
                      status);
    }
}
END_TEST

/* Without it an earlier plan could not be used as a start, or plans could not be piped. */
START_TEST(plans_go_through_files_and_pipes)
{
    put("i.json", "{\"kind\":\"probe\"}");
    put("next.json", "{\"kind\":\"probe\",\"plans\":0,\"prove\":false}");
    ck_assert_int_eq(azumi("solve i.json -o plan.json"), 0);
    ck_assert_int_eq(azumi("solve next.json --previous plan.json --json"), 0);
    assert_prints("out", "\"objective\": 10");
    ck_assert_int_eq(azumi("solve - -o - < i.json"), 0);
    char *out = get("out");
    json_t *document = json_loads(out, 0, NULL);
    ck_assert(json_is_object(json_object_get(document, "plan")));
    json_decref(document);
    free(out);
    put("bad.json", "{\"kind\":\"probe\",\"plan\":{\"worth\":1}}");
    ck_assert_int_eq(azumi("solve i.json --previous bad.json"), 2);
    ck_assert_int_eq(azumi("solve i.json --report report.html"), 0);
    assert_prints("report.html", "</html>");
}
END_TEST

/* What is found out about the best plan after its proof (why something is left out) would never
 * leave the solver, as the plan is no better than before. */
START_TEST(a_plan_that_is_told_once_more_is_the_answer)
{
    put("i.json", "{\"kind\":\"probe\",\"plans\":3,\"payload\":2,\"retell\":true}");
    ck_assert_int_eq(azumi("solve i.json -o plan.json"), 0);
    char *out = get("plan.json");
    json_t *document = json_loads(out, 0, NULL), *plan = json_object_get(document, "plan");
    ck_assert_double_eq(json_number_value(json_object_get(plan, "value")), 10);
    ck_assert_uint_eq(json_array_size(json_object_get(plan, "payload")), 3);
    json_decref(document);
    free(out);
}
END_TEST

/* Starts `azumi solve i.json` in the directory, in a terminal of its own. */
static pid_t solve_in_terminal(int *terminal)
{
    const char *build = getenv("BUILD");
    char *folder = realpath(build ? build : "build", NULL), program[600];
    snprintf(program, sizeof program, "%s/azumi-test", folder);
    free(folder);
    pid_t pid = forkpty(terminal, NULL, NULL, NULL);
    ck_assert_int_ge(pid, 0);
    if (pid > 0) return pid;
    signal(SIGINT, SIG_DFL); /* wherever the tests run */
    if (chdir(directory) == 0)
        execl(program, "azumi", "solve", "i.json", "--time", "900", "-o", "plan.json", "--lang",
              "en", (char *)NULL);
    _exit(99);
}

/* Reads what the terminal shows until the words come; without words to its end. */
static void read_terminal(int terminal, const char *words)
{
    char text[65536];
    size_t length = 0;
    while (length < sizeof text - 1) {
        ssize_t got = read(terminal, text + length, sizeof text - 1 - length);
        if (got <= 0) break;
        length += (size_t)got;
        text[length] = 0;
        if (words && strstr(text, words)) return;
    }
    text[length] = 0;
    ck_assert_msg(!words, "the terminal lacks \"%s\": %s", words, text);
}

/* Without it Ctrl-C would throw the best plan away, or take the solver before it is asked for it:
 * the terminal interrupts both, and timeout(1) ends both. */
START_TEST(an_interrupt_keeps_the_best_plan)
{
    int terminal, status = 0;
    put("i.json", "{\"kind\":\"probe\",\"plans\":2,\"sleep_s\":1000}");
    pid_t pid = solve_in_terminal(&terminal);
    read_terminal(terminal, "plan 10  bound -  gap -  better plan");
    if (_i == 0)
        ck_assert_int_eq(write(terminal, "\003", 1), 1);
    else
        ck_assert_int_eq(kill(-pid, SIGTERM), 0);
    read_terminal(terminal, NULL);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    close(terminal);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 5);
    char *plan = get("plan.json");
    ck_assert_ptr_nonnull(strstr(plan, "\"value\": 10"));
    free(plan);
}
END_TEST

/* Without it an interrupt meant for a script would also stop what it runs in the background, or a
 * starter that ignores SIGCHLD would make a death look like an end. */
START_TEST(a_solve_leaves_ignored_what_its_starter_ignores)
{
    put("run.sh", "trap '' $1; shift; \"$@\" & pid=$!; sleep 1; kill -INT $pid; wait $pid\n");
    static const struct {
        const char *ignored, *instance;
        int status;
    } rows[] = {
        { "INT", "{\"kind\":\"probe\",\"plans\":2,\"interval_s\":1}", 0 },
        { "CHLD", "{\"kind\":\"probe\",\"abort\":\"now\"}", 3 },
    };
    const char *build = getenv("BUILD");
    char command[800], *program = realpath(build ? build : "build", NULL);
    snprintf(command, sizeof command,
             "cd %s && TMPDIR=%s sh run.sh %s %s/azumi-test solve i.json > out 2> err", directory,
             directory, rows[_i].ignored, program);
    free(program);
    put("i.json", rows[_i].instance);
    int status = system(command);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), rows[_i].status);
    if (_i == 1) assert_prints("err", "signal 6");
}
END_TEST

/* Without a process of its own to kill, an engine that hangs would keep `explain` and
 * `check --complete` for ever, and one that dies would take the command with it. */
START_TEST(no_question_outlives_its_deadline)
{
    static const struct ending rows[] = {
        { "explain i.json", "{\"kind\":\"probe\",\"infeasible\":true}", 1, "out", "limit" },
        { "explain i.json", "{\"kind\":\"probe\"}", 0, "out", "There is a plan" },
        { "explain i.json --time 1", "{\"kind\":\"probe\",\"spin_s\":99}", 5, "err", "deadline" },
        { "explain i.json --engine abacus", "{\"kind\":\"probe\"}", 2, "err", "abacus" },
        { "check i.json p.json --complete", "{\"kind\":\"probe\"}", 0, "out", "keeps every rule" },
        { "check i.json p.json --complete --time 1", "{\"kind\":\"probe\",\"spin_s\":99}", 5, "err",
          "deadline" },
        { "check i.json p.json --complete", "{\"kind\":\"probe\",\"abort\":\"now\"}", 3, "err",
          "signal 6" },
    };
    put("p.json", "{\"value\":3}");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) assert_ending(&rows[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("solve");
    TCase *tests = tcase_create("command");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, every_ending_has_its_exit_status, 0,
                        (int)(sizeof cases / sizeof cases[0]));
    tcase_add_test(tests, json_prints_exactly_the_certificate);
    tcase_add_test(tests, less_breach_at_more_cost_is_the_answer);
    tcase_add_test(tests, short_deadlines_kill_no_solver);
    tcase_add_test(tests, plans_go_through_files_and_pipes);
    tcase_add_test(tests, a_plan_that_is_told_once_more_is_the_answer);
    tcase_add_test(tests, no_question_outlives_its_deadline);
    tcase_add_loop_test(tests, an_interrupt_keeps_the_best_plan, 0, 2);
    tcase_add_loop_test(tests, a_solve_leaves_ignored_what_its_starter_ignores, 0, 2);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
