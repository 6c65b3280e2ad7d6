/* fuzz_json.c - any bytes as a document: reading answers with findings and never crashes; what
 * reads without findings is written, and reads the same again. */
#include <stdint.h>
#include <stdlib.h>

#include "adapters/json/json.h"
#include "formulations/certificate.h"
#include "tests/support/sample_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) abort();
}

/* The text of a written object reads back as an equal one. Documents are compared as text. */
static void check_round_trip(const struct az_table *table, const void *object,
                             struct az_arena *arena)
{
    struct az_findings findings;
    char one[65], two[65];
    void *back = NULL;
    size_t length;
    az_findings_init(&findings, arena, 0);
    json_t *json = az_json_write(table, object);
    char *text = az_json_compact(json, &length);
    /* Defaults that were filled in may be more values than the default limit counted. */
    struct az_json_limits limits = { .bytes = length, .depth = 64, .values = length + 1 };
    json_t *again = az_json_parse(text, length, &limits, &findings);
    must(again && az_json_read(table, again, NULL, arena, &findings, &back) == AZ_OK);
    must(findings.count == 0);
    json_t *second = az_json_write(table, back);
    az_json_sha256(json, one);
    az_json_sha256(second, two);
    must(json_equal(json, again));
    for (int i = 0; i < 64; i++) must(one[i] == two[i]);
    char *pretty = az_json_pretty(json);
    must(pretty != NULL);
    free(pretty);
    free(text);
    json_decref(json);
    json_decref(again);
    json_decref(second);
}

static void read_as(const struct az_table *table, const json_t *json)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    void *object = NULL;
    az_findings_init(&findings, arena, 50);
    must(az_json_read(table, json, NULL, arena, &findings, &object) == AZ_OK);
    must(az_link(table, object, NULL, NULL, arena, &findings) == AZ_OK);
    if (findings.count == 0) {
        void *copy;
        must(az_copy(table, object, arena, &copy) == AZ_OK);
        must(az_equal(table, object, copy));
        check_round_trip(table, object, arena);
    }
    json_t *problem = az_json_problem("about:blank", "findings", NULL, &findings, AZ_JAPANESE);
    char *text = az_json_compact(problem, NULL);
    must(text != NULL);
    free(text);
    json_decref(problem);
    az_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    az_findings_init(&findings, arena, 0);
    json_t *json = az_json_parse((const char *)data, size, NULL, &findings);
    must(json ? findings.count == 0 : findings.count == 1);
    if (json) {
        read_as(&sample_table, json);
        read_as(&az_options_table, json);
        read_as(&az_certificate_table, json);
        for (size_t i = 0; az_formulation_at(i); i++) {
            read_as(az_formulation_at(i)->instance, json);
            read_as(az_formulation_at(i)->plan, json);
        }
    }
    json_decref(json);
    az_arena_free(arena);
    return 0;
}
