/* drive.h - drives one solver child from outside: starts it, listens, judges every plan again,
 * keeps the best, and ends it when its time, its memory or its owner's patience runs out.
 *
 * The runner drives children for the store and `azumi solve` drives one for a person. */
#ifndef AZ_DRIVE_H
#define AZ_DRIVE_H

#include "adapters/service/store.h"
#include "formulations/certificate.h"

/* The child is killed this long after the deadline, so that the answer is out within 0.5 s. */
#define AZ_KILL_GRACE 0.2

#define AZ_MEMORY_MIB 2048.0 /* of a child, when the options do not say */

enum az_drive_end {
    AZ_END_ANSWERED, /* the child's own answer, checked */
    AZ_END_PROBLEM,  /* a problem document, or a plan was refused */
    AZ_END_DIED,     /* signal, exit status or nonsense */
    AZ_END_DEADLINE, /* killed; the best plan stands */
    AZ_END_MEMORY,   /* past its memory limit; the best plan it told before that stands */
    AZ_END_STOPPED   /* killed because `stop` said so */
};

struct az_drive {
    const char *request; /* the envelope */
    size_t request_length;
    const char *resume; /* best plan of an earlier run, and its certificate; NULL */
    const char *resume_certificate;
    double until;      /* deadline on the monotonic clock, seconds */
    double memory_mib; /* most that the service allows; 0: AZ_MEMORY_MIB */
    int64_t deaths;    /* of children of this job: the next one takes another engine */
    bool is_long;      /* runs at nice 10 */
    int wake_fd;       /* readable: ask `stop` at once; -1: none */
    /* Asked several times a second; anything but 0 ends the child. May be NULL. */
    int (*stop)(void *data);
    /* Called several times a second, also while the child is silent. May be NULL. */
    void (*tick)(void *data);
    /* Told about every progress, and every better plan (texts valid during the call; NULL when it
     * is only progress). May be NULL. */
    void (*tell)(void *data, const struct az_job_progress *progress, const char *plan,
                 const char *certificate);
    void (*started)(void *data, long pid); /* may be NULL */
    void *data;
};

/* Texts are malloc'ed JSON, NULL when there is none. While the child runs, plan and certificate are
 * the best so far, and belong together. */
struct az_driven {
    enum az_drive_end end;
    int stop;                /* what `stop` said */
    int signal, exit_status; /* AZ_END_DIED */
    char detail[200];
    char *plan, *certificate, *explanation, *judgement, *problem, *refused;
    char status[16]; /* of the certificate: "optimal"; "" when there is none */
    struct az_job_progress progress;
};

/* AZ_OK: read *driven, free it with az_driven_free. AZ_INVALID: the request cannot be read
 * (driven->problem tells). AZ_NO_MEMORY, AZ_IO: this process or machine is short of something,
 * which is not the job's fault: no child could be started, or it was ended before its time; the
 * best plan so far stands in *driven. */
enum az_status az_drive_run(const struct az_drive *drive, struct az_driven *driven);
void az_driven_free(struct az_driven *driven);

#endif
