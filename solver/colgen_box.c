/* colgen_box.c - prices kept near a centre while the root is far from its end.
 *
 * Where prices are known that are near the right ones, those of the LP should not run away from
 * them. Artificial columns do that: one that fills row i at the price c_i + w keeps pi_i at most
 * there, one that empties it at w - c_i keeps pi_i at least at c_i - w (Marsten, Hogan, Blankenship
 * 1975; du Merle, Villeneuve, Desrosiers, Hansen 1999). The box follows the stability centre when
 * the bound there has risen by a good share of what the LP promised, and grows when pricing ends
 * with its sides in use. The LP's value is then no plan's, but the bounds are what they always
 * are. */
#include <math.h>
#include <string.h>

#include "solver/colgen_work.h"

#define GROWTH 2        /* of the width when pricing ended inside the box */
#define SHARE 0.1       /* of the promised rise that moves the box */
#define MOST_GROWTHS 12 /* then it goes */

static enum az_status put_box(struct az_cg *cg)
{
    struct az_cg_box *box = &cg->box;
    memcpy(box->pi, cg->centre.pi, cg->m * sizeof *box->pi);
    box->value = cg->centre_value;
    return az_cg_master_box(cg, box->pi, box->width);
}

enum az_status az_cg_box_begin(struct az_cg *cg)
{
    struct az_cg_box *box = &cg->box;
    double sum = 0;
    size_t count = 0;
    if (cg->centre_value == -INFINITY || cg->options.box <= 0) return AZ_OK;
    for (size_t i = 0; i < cg->m; i++) {
        sum += fabs(cg->centre.pi[i]);
        count += cg->centre.pi[i] != 0;
    }
    if (count == 0) return AZ_OK;
    if (!box->pi && !(box->pi = AZ_ARRAY(cg->arena, cg->m, double))) return AZ_NO_MEMORY;
    box->width = cg->options.box * sum / (double)count;
    box->growths = 0;
    box->active = true;
    return put_box(cg);
}

enum az_status az_cg_box_follow(struct az_cg *cg)
{
    struct az_cg_box *box = &cg->box;
    double rise = cg->centre_value - box->value;
    if (!box->active || rise <= 0) return AZ_OK;
    if (rise < SHARE * (cg->master.objective - box->value)) return AZ_OK;
    return put_box(cg);
}

enum az_status az_cg_box_grow(struct az_cg *cg)
{
    struct az_cg_box *box = &cg->box;
    box->width *= GROWTH;
    if (++box->growths > MOST_GROWTHS) return az_cg_box_end(cg);
    return put_box(cg);
}

enum az_status az_cg_box_end(struct az_cg *cg)
{
    if (!cg->box.active) return AZ_OK;
    cg->box.active = false;
    return az_cg_master_artificials(cg, cg->master.artificials_fixed, az_cg_artificial_cost(cg));
}
