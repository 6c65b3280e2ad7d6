/* matpower.c - a MATPOWER case as a network of a siting instance.
 *
 *   azumi import matpower case33bw.m [--into INSTANCE]
 *
 * A case whose branches in service form a tree becomes a feeder with nodes and lines, any other the
 * grid upstream. A case is one moment, so that its loads and plants are the same in every hour.
 * Without --into the instance's year is one typical day of 365 days. What a case says and an
 * instance cannot is told. */
#include <math.h>
#include <string.h>

#include "adapters/import/matpower_case.h"

#define LARGEST 1e9 /* of any value that is read: MW, MVA, p.u. */

/* --- values -------------------------------------------------------------------------------------
 */

double az_mp_bus(const struct mp_case *mp, size_t i, int column)
{
    return mp->of.bus.values[mp->bus[i] * mp->of.bus.columns + (size_t)column];
}

double az_mp_branch(const struct mp_case *mp, size_t l, int column)
{
    return mp->of.branch.values[mp->branch[l] * mp->of.branch.columns + (size_t)column];
}

double az_mp_gen(const struct mp_case *mp, size_t g, int column)
{
    return mp->of.gen.values[mp->gen[g] * mp->of.gen.columns + (size_t)column];
}

const char *az_mp_id(const struct mp_case *mp, const char *kind, size_t number)
{
    return az_arena_format(mp->arena, "%s-%s%zu", mp->name, kind, number);
}

const char *az_mp_bus_id(const struct mp_case *mp, size_t i)
{
    return az_mp_id(mp, "", (size_t)az_mp_bus(mp, i, MP_BUS_I));
}

void az_mp_tell(const struct mp_case *mp, const struct az_code *code, size_t count)
{
    if (count > 0) AZ_FIND(mp->import->told, code, NULL, AZ_NUMBER_PARAM("count", (double)count));
}

enum az_status az_mp_set_load(const struct mp_case *mp, json_t *object, double mw)
{
    AZ_TRY(az_sti_set(object, "load", json_string(mp->flat)));
    return az_sti_set(object, "year_kwh", az_sti_number(mw * 1e3 * 8760));
}

bool az_mp_is_taken(const struct mp_case *mp, const char *list, const char *id)
{
    if (!az_sti_find(json_object_get(mp->document, list), id)) return false;
    AZ_FIND(mp->findings, &az_code_import_twice, AZ_AT(AZ_AT(NULL, "--into"), list),
            AZ_TEXT_PARAM("id", id));
    return true;
}

/* --- what is in service -------------------------------------------------------------------------
 */

/* A place in the file: "case.m/branch/3", rows counted from 1. */
#define MP_ROW(mp_, matrix_, row_) \
    AZ_ITEM(AZ_AT(AZ_AT(NULL, (mp_)->input->name), matrix_), (row_) + 1, NULL)

/* Every value that is read is one. False with a finding. Angle limits, costs and what stands beyond
 * are not looked at. */
static bool are_numbers(const struct mp_case *mp, const struct az_matrix *matrix, const char *name,
                        const int columns[], size_t count)
{
    for (size_t row = 0; row < matrix->rows; row++)
        for (size_t k = 0; k < count; k++) {
            double value = matrix->values[row * matrix->columns + (size_t)columns[k]];
            if (fabs(value) <= LARGEST) continue;
            AZ_FIND0(mp->findings, &az_code_import_bad_size, MP_ROW(mp, name, row));
            return false;
        }
    return true;
}

static bool all_numbers(const struct mp_case *mp)
{
    static const int bus[] = { MP_BUS_I, MP_BUS_TYPE, MP_PD,   MP_QD,  MP_GS,
                               MP_BS,    MP_BASE_KV,  MP_VMAX, MP_VMIN };
    static const int gen[] = { MP_GEN_BUS, MP_PG, MP_VG, MP_GEN_STATUS };
    static const int branch[] = { MP_F_BUS,  MP_T_BUS,  MP_BR_R, MP_BR_X,  MP_BR_B,     MP_RATE_A,
                                  MP_RATE_B, MP_RATE_C, MP_TAP,  MP_SHIFT, MP_BR_STATUS };
    return are_numbers(mp, &mp->of.bus, "bus", bus, sizeof bus / sizeof bus[0]) &&
           are_numbers(mp, &mp->of.gen, "gen", gen, sizeof gen / sizeof gen[0]) &&
           are_numbers(mp, &mp->of.branch, "branch", branch, sizeof branch / sizeof branch[0]);
}

/* The place of a bus number among all rows; rows when there is none. */
static size_t row_of(const struct mp_case *mp, double number)
{
    const struct az_matrix *bus = &mp->of.bus;
    size_t row = 0;
    while (row < bus->rows && bus->values[row * bus->columns + MP_BUS_I] != number) row++;
    return row;
}

static bool check_buses(const struct mp_case *mp)
{
    const struct az_matrix *bus = &mp->of.bus;
    size_t before = az_findings_total(mp->findings);
    for (size_t row = 0; row < bus->rows; row++) {
        double number = bus->values[row * bus->columns + MP_BUS_I];
        if (!(number >= 0) || number != floor(number))
            AZ_FIND(mp->findings, &az_code_import_bad_bus, MP_ROW(mp, "bus", row),
                    AZ_NUMBER_PARAM("bus", number));
        else if (row_of(mp, number) < row)
            AZ_FIND(mp->findings, &az_code_import_twice, MP_ROW(mp, "bus", row),
                    AZ_TEXT_PARAM("id", az_arena_format(mp->arena, "%.0f", number)));
    }
    return az_findings_total(mp->findings) == before;
}

/* The bus in service of a number; SIZE_MAX: out of service, or (*good false, a finding) none.
 * live[rows]: place among those in service. */
static size_t bus_of(const struct mp_case *mp, const size_t live[], double number,
                     const char *matrix, size_t row, bool *good)
{
    size_t found = row_of(mp, number);
    if (found < mp->of.bus.rows) return live[found];
    AZ_FIND(mp->findings, &az_code_import_bad_bus, MP_ROW(mp, matrix, row),
            AZ_NUMBER_PARAM("bus", number));
    *good = false;
    return SIZE_MAX;
}

/* Fills what is in service. *good false with findings. */
static enum az_status take_service(struct mp_case *mp, bool *good)
{
    const struct az_matrix *bus = &mp->of.bus, *branch = &mp->of.branch, *gen = &mp->of.gen;
    size_t *live = AZ_ARRAY(mp->arena, bus->rows, size_t), slacks = 0;
    mp->bus = AZ_ARRAY(mp->arena, bus->rows, size_t);
    mp->branch = AZ_ARRAY(mp->arena, 3 * branch->rows, size_t);
    mp->gen = AZ_ARRAY(mp->arena, 2 * gen->rows + 1, size_t);
    if (!live || !mp->bus || !mp->branch || !mp->gen) return AZ_NO_MEMORY;
    mp->from = mp->branch + branch->rows;
    mp->to = mp->from + branch->rows;
    mp->at = mp->gen + gen->rows;
    for (size_t row = 0; row < bus->rows; row++) {
        double type = bus->values[row * bus->columns + MP_BUS_TYPE];
        live[row] = type == MP_ISOLATED ? SIZE_MAX : mp->bus_count;
        if (type == MP_REFERENCE) mp->slack = mp->bus_count;
        slacks += type == MP_REFERENCE;
        if (type != MP_ISOLATED) mp->bus[mp->bus_count++] = row;
    }
    for (size_t row = 0; row < branch->rows; row++) {
        const double *values = branch->values + row * branch->columns;
        size_t from = bus_of(mp, live, values[MP_F_BUS], "branch", row, good);
        size_t to = bus_of(mp, live, values[MP_T_BUS], "branch", row, good);
        if (from == SIZE_MAX || to == SIZE_MAX || !(values[MP_BR_STATUS] > 0)) continue;
        mp->from[mp->branch_count] = from;
        mp->to[mp->branch_count] = to;
        mp->branch[mp->branch_count++] = row;
    }
    for (size_t row = 0; row < gen->rows; row++) {
        const double *values = gen->values + row * gen->columns;
        size_t at = bus_of(mp, live, values[MP_GEN_BUS], "gen", row, good);
        if (at == SIZE_MAX || !(values[MP_GEN_STATUS] > 0)) continue;
        mp->at[mp->gen_count] = at;
        mp->gen[mp->gen_count++] = row;
    }
    if (slacks != 1) {
        AZ_FIND(mp->findings, &az_code_import_slack_count, AZ_AT(NULL, mp->input->name),
                AZ_NUMBER_PARAM("found", (double)slacks));
        *good = false;
    }
    return AZ_OK;
}

/* --- its shape ----------------------------------------------------------------------------------
 */

/* How many parts the branches in service leave; the parts are joined at their least bus. */
static enum az_status count_parts(const struct mp_case *mp, size_t *unreached)
{
    size_t *part = AZ_ARRAY(mp->arena, mp->bus_count, size_t);
    bool changed = true;
    if (!part) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mp->bus_count; i++) part[i] = i;
    while (changed) {
        changed = false;
        for (size_t l = 0; l < mp->branch_count; l++) {
            size_t a = mp->from[l], b = mp->to[l];
            while (part[a] != a) a = part[a] = part[part[a]];
            while (part[b] != b) b = part[b] = part[part[b]];
            if (a == b) continue;
            part[a < b ? b : a] = a < b ? a : b;
            changed = true;
        }
    }
    *unreached = 0;
    size_t slack = mp->slack;
    while (part[slack] != slack) slack = part[slack];
    for (size_t i = 0; i < mp->bus_count; i++) {
        size_t a = i;
        while (part[a] != a) a = part[a];
        *unreached += a != slack;
    }
    return AZ_OK;
}

static void tell_service(const struct mp_case *mp)
{
    size_t buses = mp->of.bus.rows - mp->bus_count, shunts = 0;
    size_t branches = mp->of.branch.rows - mp->branch_count;
    if (buses + branches > 0)
        AZ_FIND(mp->import->told, &az_code_import_told_out_of_service, NULL,
                AZ_NUMBER_PARAM("branches", (double)branches),
                AZ_NUMBER_PARAM("buses", (double)buses));
    for (size_t i = 0; i < mp->bus_count; i++)
        shunts += az_mp_bus(mp, i, MP_GS) != 0 || az_mp_bus(mp, i, MP_BS) != 0;
    az_mp_tell(mp, &az_code_import_told_shunts, shunts);
    if (mp->flat)
        AZ_FIND(mp->import->told, &az_code_import_told_flat, NULL, AZ_TEXT_PARAM("id", mp->flat));
}

/* The name of the case, as an id. */
static const char *name_of(const struct mp_case *mp)
{
    return mp->of.name && az_is_id(mp->of.name) ? mp->of.name : "case";
}

static enum az_status fill(struct mp_case *mp)
{
    bool good = true;
    size_t unreached;
    if (!all_numbers(mp) || !check_buses(mp)) return AZ_OK;
    AZ_TRY(take_service(mp, &good));
    if (!good) return AZ_OK;
    AZ_TRY(count_parts(mp, &unreached));
    if (unreached > 0) {
        AZ_FIND(mp->findings, &az_code_import_parts, AZ_AT(NULL, mp->input->name),
                AZ_NUMBER_PARAM("count", (double)unreached));
        return AZ_OK;
    }
    AZ_TRY(az_sti_begin(mp->import, mp->name, mp->findings, &mp->document));
    if (!mp->document) return AZ_OK;
    AZ_TRY(az_sti_flat(mp->document, mp->arena, &mp->flat));
    AZ_TRY(mp->branch_count + 1 == mp->bus_count ? az_mp_add_feeder(mp) : az_mp_add_upstream(mp));
    const char *source = az_arena_format(mp->arena, "MATPOWER %s", mp->name);
    if (!source) return AZ_NO_MEMORY;
    AZ_TRY(az_sti_source(mp->document, source));
    tell_service(mp);
    return AZ_OK;
}

static enum az_status read_matpower(const struct az_import *import, struct az_arena *arena,
                                    struct az_findings *findings, json_t **document)
{
    struct mp_case mp = { .import = import, .arena = arena, .findings = findings };
    enum az_status status = AZ_OK;
    *document = NULL;
    if (!az_import_is_one_case(import, findings)) return AZ_OK;
    mp.input = &import->inputs[0];
    AZ_TRY(az_matpower_read(mp.input, arena, findings, &mp.of));
    if (az_findings_total(findings) > 0) return AZ_OK;
    mp.name = name_of(&mp);
    AZ_GOTO(fill(&mp));
    if (az_findings_total(findings) == 0) *document = json_incref(mp.document);
done:
    json_decref(mp.document);
    return status;
}

const struct az_import_format az_import_matpower = {
    .name = "matpower",
    .summary = { "a MATPOWER case (.m): radial as a feeder, meshed as the grid upstream (siting; "
                 "--into)",
                 "MATPOWER "
                 "の系統データ（.m）。放射状は配電線、網状は上位系統に（siting、--into）" },
    .read = read_matpower,
};
