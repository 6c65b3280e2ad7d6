/* colgen_price.c - the blocks priced, by several threads.
 *
 * Helpers wait for a round, take the next block that nobody has, and write its answer to its own
 * place; what is made of the answers goes in block order, so nothing depends on who was quicker.
 * Block arenas take their memory from the solve's arena under a lock, so that what pricing leaves
 * there lives as long as the result. */
#include <math.h>
#include <pthread.h>

#include "solver/colgen_work.h"

#define HELPERS 63

struct az_cg_pricing {
    struct az_cg *cg;
    pthread_mutex_t memory; /* guards the solve's arena */
    struct az_allocator allocator;
    /* the round */
    pthread_mutex_t lock;
    pthread_cond_t begin, end;
    struct az_prices asked;
    const double *mu;
    size_t next, busy; /* block to be taken; helpers at work */
    uint64_t round;
    bool closing;
    size_t helper_count;
    pthread_t helpers[HELPERS];
};

/* --- memory --- */

static void *take_from_arena(void *data, size_t size)
{
    struct az_cg_pricing *pricing = data;
    pthread_mutex_lock(&pricing->memory);
    void *piece = az_arena_take(pricing->cg->arena, size);
    pthread_mutex_unlock(&pricing->memory);
    return piece;
}

static void give_nothing(void *data, void *block)
{
    (void)data;
    (void)block;
}

/* --- one block --- */

static void price_block(struct az_cg_pricing *pricing, size_t block)
{
    struct az_cg *cg = pricing->cg;
    struct az_cg_answer *answer = &cg->answers[block];
    answer->columns.count = 0;
    answer->bound = -INFINITY;
    if (cg->here.block_max[block] <= 0) { /* no column of it is wanted: nothing to ask */
        answer->status = AZ_OK;
        answer->bound = 0;
        return;
    }
    struct az_prices prices = pricing->asked;
    prices.block_dual = pricing->mu[block];
    struct az_arena *scratch = az_arena_new(NULL);
    if (!scratch) {
        answer->status = AZ_NO_MEMORY;
        return;
    }
    answer->status = cg->problem->price(cg->problem->data, block, &prices, cg->block_arena[block],
                                        scratch, &answer->columns, &answer->bound);
    if (isnan(answer->bound)) answer->bound = -INFINITY;
    az_arena_free(scratch);
}

/* Takes blocks until there is none left. The lock is held at both ends. */
static void work(struct az_cg_pricing *pricing)
{
    while (pricing->next < pricing->cg->blocks) {
        size_t block = pricing->next++;
        pthread_mutex_unlock(&pricing->lock);
        price_block(pricing, block);
        pthread_mutex_lock(&pricing->lock);
    }
}

static void *help(void *data)
{
    struct az_cg_pricing *pricing = data;
    uint64_t seen = 0;
    pthread_mutex_lock(&pricing->lock);
    for (;;) {
        while (!pricing->closing && pricing->round == seen)
            pthread_cond_wait(&pricing->begin, &pricing->lock);
        if (pricing->closing) break;
        seen = pricing->round;
        pricing->busy++;
        work(pricing);
        if (--pricing->busy == 0) pthread_cond_signal(&pricing->end);
    }
    pthread_mutex_unlock(&pricing->lock);
    return NULL;
}

/* --- the solve's part --- */

/* A machine without another thread to give prices with those it has. */
static void start_helpers(struct az_cg_pricing *pricing, size_t wanted)
{
    while (pricing->helper_count < wanted) {
        if (pthread_create(&pricing->helpers[pricing->helper_count], NULL, help, pricing) != 0)
            return;
        pricing->helper_count++;
    }
}

enum az_status az_cg_pricing_open(struct az_cg *cg)
{
    struct az_cg_pricing *pricing = AZ_NEW(cg->arena, struct az_cg_pricing);
    cg->block_arena = AZ_ARRAY(cg->arena, cg->blocks, struct az_arena *);
    cg->answers = AZ_ARRAY(cg->arena, cg->blocks, struct az_cg_answer);
    cg->block_bound = AZ_ARRAY(cg->arena, cg->blocks, double);
    if (!pricing || !cg->block_arena || !cg->answers || !cg->block_bound) return AZ_NO_MEMORY;
    pricing->cg = cg;
    pricing->allocator = (struct az_allocator){ take_from_arena, give_nothing, pricing };
    pthread_mutex_init(&pricing->memory, NULL);
    pthread_mutex_init(&pricing->lock, NULL);
    pthread_cond_init(&pricing->begin, NULL);
    pthread_cond_init(&pricing->end, NULL);
    cg->pricing = pricing;
    for (size_t b = 0; b < cg->blocks; b++) {
        cg->block_arena[b] = az_arena_new(&pricing->allocator);
        if (!cg->block_arena[b]) return AZ_NO_MEMORY;
        cg->answers[b].columns.arena = cg->block_arena[b];
    }
    size_t threads = cg->context->threads;
    if (threads > cg->blocks) threads = cg->blocks;
    if (threads > HELPERS) threads = HELPERS;
    if (threads > 1) start_helpers(pricing, threads - 1);
    return AZ_OK;
}

/* The block arenas stay: their memory is the solve's. */
void az_cg_pricing_close(struct az_cg *cg)
{
    struct az_cg_pricing *pricing = cg->pricing;
    if (!pricing) return;
    pthread_mutex_lock(&pricing->lock);
    pricing->closing = true;
    pthread_cond_broadcast(&pricing->begin);
    pthread_mutex_unlock(&pricing->lock);
    for (size_t k = 0; k < pricing->helper_count; k++) pthread_join(pricing->helpers[k], NULL);
    pthread_mutex_destroy(&pricing->memory);
    pthread_mutex_destroy(&pricing->lock);
    pthread_cond_destroy(&pricing->begin);
    pthread_cond_destroy(&pricing->end);
    cg->pricing = NULL;
}

enum az_status az_cg_price(struct az_cg *cg, const struct az_cg_prices *prices, double cost_scale,
                           int effort)
{
    struct az_cg_pricing *pricing = cg->pricing;
    double began = az_now(cg->context);
    pthread_mutex_lock(&pricing->lock);
    pricing->asked = (struct az_prices){ .pi = prices->pi,
                                         .added_count = cg->added_count,
                                         .added = cg->added,
                                         .added_pi = prices->pi + cg->m,
                                         .cost_scale = cost_scale,
                                         .tolerance = az_cg_tolerance(cg),
                                         .decisions = cg->decisions,
                                         .decision_count = cg->decision_count,
                                         .fixed_count = cg->fixed_count,
                                         .fixed = cg->fixed,
                                         .fixed_values = cg->fixed_values,
                                         .effort = effort,
                                         .limit = cg->options.columns_per_block };
    pricing->mu = prices->mu;
    pricing->next = 0;
    pricing->round++;
    if (pricing->helper_count > 0) pthread_cond_broadcast(&pricing->begin);
    work(pricing);
    while (pricing->busy > 0) pthread_cond_wait(&pricing->end, &pricing->lock);
    pthread_mutex_unlock(&pricing->lock);
    cg->result->pricing_s += az_now(cg->context) - began;
    for (size_t b = 0; b < cg->blocks; b++) {
        AZ_TRY(cg->answers[b].status);
        cg->block_bound[b] = cg->answers[b].bound;
    }
    return AZ_OK;
}
