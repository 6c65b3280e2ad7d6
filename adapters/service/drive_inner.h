/* drive_inner.h - inside the driving of a solver child: one child on its way, shared by drive.c
 * (its process) and drive_plans.c (its words). */
#ifndef AZ_DRIVE_INNER_H
#define AZ_DRIVE_INNER_H

#include <jansson.h>
#include <sys/types.h>

#include "adapters/service/drive.h"
#include "adapters/service/operations.h"

struct az_driver {
    const struct az_drive *drive;
    struct az_driven *driven;
    struct az_arena *arena; /* of the request and the instance */
    json_t *document;
    const struct az_request_job *request;
    const struct az_formulation *formulation;
    struct az_options options;
    enum az_task task;
    void *instance; /* resolved, once the first plan has come */
    double started, looked;
    pid_t pid;
    int in, out; /* our ends of the pipes; -1 when closed */
    char *input; /* what the child reads */
    size_t input_length, input_sent;
    char *line; /* what it has written and we have not read yet */
    size_t line_length, line_capacity, line_seen;
    bool has_plan, answered, has_problem;
    double objective; /* of the best plan, by our judge; and its parts */
    struct az_judgement best;
    enum az_sense sense;
    double money_scale;
    json_t *certificate; /* of the best plan */
    double own_mib;      /* of this process when it started the child */
    bool ended;          /* `driven->end` is set; the child is to be killed */
    bool no_memory;      /* of ours: no end of the child's, which is to be killed all the same */
};

/* Most memory that the child may use. What it tells when it has had more comes too late: whether
 * somebody looked in time makes no difference. */
double az_drive_memory_limit(const struct az_driver *d);
void az_drive_past_memory(struct az_driver *d);

/* Ends the child; the first reason stands. detail may be NULL. */
void az_drive_stop(struct az_driver *d, enum az_drive_end why, const char *detail);

/* Ends the child because this process has no memory: the run gives AZ_NO_MEMORY, and the best plan
 * so far, with its certificate, is as it was. */
void az_drive_no_memory(struct az_driver *d);

/* Parses text; NULL when it is no JSON, or without memory, which is noted. */
json_t *az_drive_parse(struct az_driver *d, const char *text, size_t length);

/* One line that the child has written. */
void az_drive_line(struct az_driver *d, const char *text, size_t length);

/* A plan with its certificate, both borrowed (the certificate is changed): judged, and kept when it
 * is better. */
void az_drive_plan(struct az_driver *d, json_t *plan, json_t *certificate);

/* Makes the certificate that holds for a child that was stopped from outside. */
void az_drive_certify(struct az_driver *d, const char *stopped);

#endif
