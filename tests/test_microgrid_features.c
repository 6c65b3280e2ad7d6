/* test_microgrid_features.c - each hand-made case with one input changed: the optimum moves, to
 * what the hand says. A feature that the model forgets, or keeps when it is gone, is seen here. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/folders.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

static struct dirent **cases;
static int case_count;

static int has_change(const struct dirent *entry)
{
    char path[512];
    if (entry->d_name[0] == '.') return 0;
    snprintf(path, sizeof path, MG_GOLDEN "/%s/changed.json", entry->d_name);
    return access(path, R_OK) == 0;
}

static double number_at(const json_t *json, const char *member)
{
    const json_t *value = json_object_get(json, member);
    ck_assert(json_is_number(value));
    return json_number_value(value);
}

/* Changing that input alone changes the optimum, in GLPK as the reference. */
START_TEST(one_input_alone_moves_the_optimum_to_what_the_hand_says)
{
    const char *name = cases[_i]->d_name;
    json_t *instance = case_file(MG_GOLDEN, name, "instance.json");
    json_t *expected = case_file(MG_GOLDEN, name, "expected.json"),
           *changed = case_file(MG_GOLDEN, name, "changed.json");
    double optimum = number_at(changed, "optimum");
    struct mg_solved solved;
    document_patch(instance, json_object_get(changed, "patch"));
    mg_solve_json(&solved, instance, NULL, "glpk", 1e-3, 10);
    const struct az_certificate *certificate = &solved.answer.certificate;
    ck_assert_msg(solved.status == AZ_OK, "%s: %s", name, az_status_code(solved.status));
    ck_assert_msg(certificate->status == AZ_PLAN_OPTIMAL, "%s is not proven", name);
    ck_assert_msg(fabs(certificate->objective - optimum) <= 2e-3, "%s changed: %.6f, by hand %.6f",
                  name, certificate->objective, optimum);
    ck_assert_msg(fabs(optimum - number_at(expected, "optimum")) > 1, "%s: nothing moves", name);
    mg_solved_close(&solved);
    json_decref(instance);
    json_decref(expected);
    json_decref(changed);
}
END_TEST

int main(void)
{
    case_count = scandir(MG_GOLDEN, &cases, has_change, alphasort);
    if (case_count < 40) {
        fprintf(stderr, "only %d cases have a change\n", case_count);
        return EXIT_FAILURE;
    }
    Suite *suite = suite_create("microgrid_features");
    TCase *tests = tcase_create("features");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, one_input_alone_moves_the_optimum_to_what_the_hand_says, 0,
                        case_count);
    suite_add_tcase(suite, tests);
    int code = test_suite_run(suite);
    for (int i = 0; i < case_count; i++) free(cases[i]);
    free(cases);
    return code;
}
