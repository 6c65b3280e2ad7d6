/* validate_outages.c - the rules that span fields of survival and the outlook. */
#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/resolve.h"

struct check {
    const struct mg_instance *mg;
    const struct mg_survival *survival;
    const struct az_path *path;
    struct az_findings *findings;
};

static bool is_inside(const struct mg_survival *survival, size_t grid)
{
    for (size_t k = 0; k < survival->grids.count; k++)
        if (survival->grids.items[k].index == grid) return true;
    return false;
}

/* Fed by a usable converter that forms it, from a grid that forms itself. */
static bool is_fed(const struct check *c, size_t grid)
{
    for (size_t k = 0; k < c->survival->converters.count; k++) {
        size_t at = c->survival->converters.items[k].index;
        if (at >= c->mg->converters.count) continue;
        bool forward;
        size_t from = mg_feeds_from(&c->mg->converters.items[at], grid, &forward);
        if (from != AZ_NO_INDEX && mg_can_form(c->mg, from)) return true;
    }
    return false;
}

static void validate_grids(const struct check *c)
{
    for (size_t k = 0; k < c->survival->grids.count; k++) {
        const struct az_ref *grid = &c->survival->grids.items[k];
        if (!mg_can_form(c->mg, grid->index) && !is_fed(c, grid->index))
            AZ_FIND0(c->findings, &mg_code_nothing_forms,
                     AZ_ITEM(AZ_AT(c->path, "grids"), k, grid->id));
    }
    for (size_t k = 0; k < c->survival->converters.count; k++) {
        const struct az_ref *ref = &c->survival->converters.items[k];
        if (ref->index >= c->mg->converters.count) continue;
        const struct mg_converter *converter = &c->mg->converters.items[ref->index];
        if (!is_inside(c->survival, converter->from_grid.index) ||
            !is_inside(c->survival, converter->to_grid.index))
            AZ_FIND0(c->findings, &mg_code_converter_outside,
                     AZ_ITEM(AZ_AT(c->path, "converters"), k, ref->id));
    }
}

static bool has_outlook(const struct mg_outlook *outlook, size_t load)
{
    for (size_t k = 0; k < outlook->loads.count; k++)
        if (outlook->loads.keys[k].index == load) return true;
    return false;
}

/* Something critical is to be served, and the outlook knows all of it. */
static void validate_critical(const struct check *c)
{
    bool any = false;
    for (size_t i = 0; i < c->mg->loads.count; i++) {
        const struct mg_load *load = &c->mg->loads.items[i];
        if (!is_inside(c->survival, load->grid.index) || load->critical_share <= 0) continue;
        any = true;
        if (c->mg->outlook && !has_outlook(c->mg->outlook, i))
            AZ_FIND(c->findings, &mg_code_outlook_incomplete,
                    AZ_AT(AZ_AT(NULL, "outlook"), "loads"), AZ_TEXT_PARAM("value", load->id));
    }
    if (!any) AZ_FIND0(c->findings, &mg_code_nothing_critical, AZ_AT(c->path, "grids"));
}

void mg_validate_outages(const struct mg_instance *mg, struct az_findings *findings)
{
    for (size_t i = 0; i < mg->survivals.count; i++) {
        const struct mg_survival *survival = &mg->survivals.items[i];
        struct check c = { mg, survival, AZ_ITEM(AZ_AT(NULL, "survivals"), i, survival->id),
                           findings };
        validate_grids(&c);
        validate_critical(&c);
    }
}
