/* orlib_cap.c - capacitated warehouse location (the cap files of the OR-Library, Beasley 1988).
 *
 * Numbers between blanks: how many sites and customers; of each site its capacity and fixed cost;
 * of each customer its demand and, for every site, what serving all of it from there costs. A
 * customer may be served by several sites. Files that stand for several cases have the word
 * "capacity" in place of it. */
#include "adapters/import/numbers.h"
#include "adapters/import/siting_case.h"
#include "adapters/json/json.h"
#include "formulations/siting/tables.h"

/* False, with a finding, when the file leaves the capacity open and nobody says it. */
static bool read_site(struct az_numbers *numbers, double capacity, struct st_option *option)
{
    if (!az_numbers_word(numbers, "capacity")) {
        option->capacity = az_numbers_next(numbers, 0, ST_MAX_KW, "a capacity");
    } else if (capacity > 0) {
        option->capacity = capacity;
    } else {
        AZ_FIND0(numbers->findings, &az_code_import_needs_capacity,
                 AZ_LINE(numbers->input, numbers->line));
        numbers->failed = true;
    }
    option->capex_jpy = az_numbers_next(numbers, 0, ST_MAX_MONEY, "a fixed cost");
    return !numbers->failed;
}

static void read_customer(struct az_numbers *numbers, struct st_customer *customer, size_t sites,
                          double delivery[])
{
    customer->amount = az_numbers_next(numbers, 0, ST_MAX_KW, "a demand");
    for (size_t s = 0; s < sites && !numbers->failed; s++)
        delivery[s] = az_numbers_next(numbers, 0, ST_MAX_MONEY, "a cost of serving all of it");
}

static enum az_status read_case(const struct az_import *import, struct az_arena *arena,
                                struct az_findings *findings, json_t **document)
{
    const struct az_input *input = &import->inputs[0];
    struct az_numbers numbers;
    az_numbers_init(&numbers, input, findings);
    size_t sites =
        (size_t)az_numbers_integer(&numbers, 1, AZ_SITING_CASE_MOST, "the number of sites");
    size_t customers =
        (size_t)az_numbers_integer(&numbers, 1, AZ_SITING_CASE_MOST, "the number of customers");
    if (numbers.failed) return AZ_OK;
    /* Every number takes a byte and a blank: a short file is told before the memory is taken. */
    if (sites * customers > AZ_SITING_CASE_PAIRS || input->length / 2 < sites * customers) {
        AZ_FIND(findings, &az_code_import_not_format, AZ_AT(NULL, input->name),
                AZ_TEXT_PARAM("what", "costs of every customer from every site"));
        return AZ_OK;
    }
    struct st_instance *in =
        az_siting_case(input, "OR-Library: capacitated warehouse location (Beasley 1988)", sites,
                       customers, arena);
    if (!in) return AZ_NO_MEMORY;
    for (size_t s = 0; s < sites; s++)
        if (!read_site(&numbers, import->capacity, &in->sites.items[s].options.items[0]))
            return AZ_OK;
    for (size_t c = 0; c < customers && !numbers.failed; c++)
        read_customer(&numbers, &in->customers.items[c], sites,
                      &in->delivery_jpy.values[c * sites]);
    az_numbers_end(&numbers);
    if (numbers.failed) return AZ_OK;
    *document = az_json_write(&st_instance_table, in);
    return *document ? AZ_OK : AZ_NO_MEMORY;
}

static enum az_status read_orlib_cap(const struct az_import *import, struct az_arena *arena,
                                     struct az_findings *findings, json_t **document)
{
    *document = NULL;
    if (!az_import_is_one_case(import, findings)) return AZ_OK;
    return read_case(import, arena, findings, document);
}

const struct az_import_format az_import_orlib_cap = {
    .name = "orlib-cap",
    .summary = { "a capacitated warehouse location case (OR-Library cap), as exact siting; "
                 "--capacity C where the file leaves it open",
                 "容量制約つき施設配置問題（OR-Library cap）を厳密モードの立地選定にする。"
                 "容量が未定のファイルには --capacity C" },
    .read = read_orlib_cap,
};
