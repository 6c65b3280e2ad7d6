/* certificate.h - options of a solve, the certificate of a plan, and the plan document: the parts
 * of a job that every kind shares, as structs and field tables. */
#ifndef AZ_CERTIFICATE_H
#define AZ_CERTIFICATE_H

#include "formulations/formulation.h"

#define AZ_VERSION "0.1.0"

enum az_method { AZ_METHOD_AUTO, AZ_METHOD_COMPACT, AZ_METHOD_COLUMNS };

/* What a request may ask of a solve. */
struct az_options {
    double deadline_s;                /* from acceptance; default 60 */
    double gap, gap_abs;              /* absent: the instance's own, else 0.001 and 1 */
    const char *engine;               /* "auto", "glpk", "cbc", ... */
    int method;                       /* enum az_method */
    int64_t seed;                     /* 1 */
    int64_t priority;                 /* 0; higher runs earlier */
    int64_t threads;                  /* 1 */
    struct az_document previous_plan; /* a PLAN document or a bare plan */
    const char *stream;               /* within a stream a newer job supersedes an older one */
    struct az_time not_after;
    double memory_mib; /* limit of the solver child */
    int reuse;         /* boolean: a stored result of the same request will do */
};
extern const struct az_table az_options_table;

struct az_certificate_level {
    const char *name;
    double objective, bound, gap;
};

struct az_certificate_concession {
    const char *rule, *pointer, *place;
    struct az_time at;
    double amount;
    const char *unit;
    double price, cost;
    const char *words_en, *words_ja;
};

struct az_certificate_assumption {
    const char *code, *pointer, *place, *words_en, *words_ja;
};

struct az_certificate {
    int status;  /* enum az_plan_status: choices optimal feasible infeasible no_plan */
    int stopped; /* enum az_stop: gap deadline cancel limit */
    int sense;   /* enum az_sense */
    const char *unit;
    /* Absent when unknown. objective = cost + penalty. A kind whose judge weighs the penalty makes
     * the sum least (after the levels told before it). Otherwise, where rules are priced, it has
     * first the least penalty and then the least cost: bound is then the sum of the levels' bounds,
     * the cost's being conditional on no more penalty than the plan has; a plan of lower sum that
     * concedes more may exist and is not asked for. */
    double objective, bound, gap, gap_abs, cost, penalty;
    int meets_all_rules; /* boolean */
    AZ_LIST(struct az_certificate_concession) concessions;
    AZ_LIST(struct az_certificate_assumption) assumptions;
    AZ_LIST(struct az_certificate_level) levels;
    struct az_time valid_from, valid_until;
    const char *engine, *azumi;
    int64_t schema;
    double seconds;
    int64_t seed;
    const char *instance_sha256;
    int checked; /* boolean: the judge has passed this very plan */
    const char *reused_from;
};
extern const struct az_table az_certificate_table;

/* A PLAN file: {"kind", "plan", "certificate"}. */
struct az_plan_document {
    const char *kind;
    struct az_document plan;
    struct az_document certificate; /* may be absent in plans made by hand */
};
extern const struct az_table az_plan_document_table;

/* One solve from a linked instance to a certificate: resolve, validate, adopt, solve, judge.
 * The same function serves the solver child, the command and the tests. */
struct az_job {
    const struct az_formulation *formulation;
    void *instance;       /* read and linked; az_job_prepare resolves it */
    const void *previous; /* NULL, or a plan struct to adopt (linked against no instance) */
    struct az_options options;
    const char *instance_sha256;
    /* Called with every better plan, judged, and its certificate so far. May be NULL. */
    void (*on_plan)(void *data, const void *plan, const struct az_judgement *judgement,
                    const struct az_certificate *certificate);
    void *data;
};

struct az_answer {
    const void *plan; /* NULL when there is none */
    struct az_judgement judgement;
    struct az_certificate certificate;
    struct az_explanation explanation; /* filled when infeasible and time was left */
    bool has_explanation;
    struct az_findings findings; /* why AZ_INVALID; violations of a refused plan */
    struct az_findings assumptions;
};

/* Resolves and validates. AZ_INVALID with answer->findings, or AZ_OK. */
enum az_status az_job_prepare(const struct az_job *job, struct az_arena *arena,
                              struct az_answer *answer);

/* Solves a prepared job. AZ_OK: read the certificate (which may say infeasible or no_plan).
 * AZ_INTERNAL: the judge refused a plan or a bound; answer->findings tell. */
enum az_status az_job_solve(const struct az_job *job, const struct az_engine *engine,
                            const struct az_context *context, struct az_arena *arena,
                            struct az_answer *answer);

/* Judgement -> the parts of a certificate that come from the judge. */
enum az_status az_certificate_judge(struct az_certificate *certificate,
                                    const struct az_judgement *judgement, struct az_arena *arena);

#endif
