/* dispatch_loop.c - the loop of an energy management system around azumi: every PERIOD seconds it
 * asks for a plan of what the instance file says then, and gives the set points of the first slot
 * to the devices (here: prints them).
 *
 *   cc $(pkg-config --cflags azumi-client) dispatch_loop.c -o dispatch_loop \
 *      $(pkg-config --libs azumi-client)
 *   ./dispatch_loop INSTANCE STREAM PERIOD ROUNDS        # AZUMI_CONNECT, AZUMI_TOKEN say where
 *
 * Whatever goes wrong, the plan of the round before stays in force: its next slots are good set
 * points, and the program tells how old it is. Ends after ROUNDS with 0: every round had a plan;
 * 1: some had none; 2: the request is wrong, which no further round would mend. */
#include <azumi_client.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum outcome { PLANNED, NOT_PLANNED, WRONG };

struct loop {
    struct azumi_client *client;
    const char *path, *stream;
    int period_s;
    char *plan;      /* that is in force; NULL: none yet */
    time_t plan_at;  /* when it came */
    time_t give_up;  /* when this round's time is over */
    double best_gap; /* of the plan that is being made; 1: none yet */
};

/* --- the request ------------------------------------------------------------------------------ */

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    if (!file) return NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        long size = ftell(file);
        rewind(file);
        text = size > 0 ? calloc(1, (size_t)size + 1) : NULL;
        if (text && fread(text, 1, (size_t)size, file) != (size_t)size) {
            free(text);
            text = NULL;
        }
    }
    fclose(file);
    return text;
}

/* The job's name is the round's: however often this round is sent, it is one job. In the stream a
 * newer round takes the place of one that is not finished; past not_after nobody wants it. The plan
 * before is what the new one starts from, and falls back on when time is short. */
static char *make_request(const struct loop *loop, const char *instance, time_t round)
{
    char id[64], not_after[32], stamp[32];
    time_t end = round + loop->period_s;
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", gmtime(&round));
    strftime(not_after, sizeof not_after, "%Y-%m-%dT%H:%M:%S+00:00", gmtime(&end));
    snprintf(id, sizeof id, "%.30s-%s", loop->stream, stamp);
    size_t room = strlen(instance) + (loop->plan ? strlen(loop->plan) : 0) + 1000;
    char *text = malloc(room);
    if (!text) return NULL;
    snprintf(text, room,
             "{\"id\": \"%s\", \"kind\": \"microgrid\", \"options\": {\"deadline_s\": %.1f, "
             "\"gap\": 0.001, \"stream\": \"%.30s\", \"priority\": 10, \"not_after\": \"%s\"%s%s}, "
             "\"instance\": %s}",
             id, 0.6 * loop->period_s, loop->stream, not_after,
             loop->plan ? ", \"previous_plan\": " : "", loop->plan ? loop->plan : "", instance);
    return text;
}

/* --- following -------------------------------------------------------------------------------- */

/* Progress for the operator's screen. A tick (no event) comes every second, so that a round never
 * takes longer than its time, whatever the service does. */
static int watch(void *data, const char *event)
{
    struct loop *loop = data;
    struct azumi_document *document;
    double gap, objective;
    if (event && azumi_read(event, &document) == AZUMI_OK) {
        if (azumi_number(document, "/gap", &gap) == AZUMI_OK &&
            azumi_number(document, "/objective", &objective) == AZUMI_OK && gap < loop->best_gap) {
            fprintf(stderr, "  a plan of %.0f JPY, proven to %.3f %%\n", objective, 100 * gap);
            loop->best_gap = gap;
        }
        azumi_document_free(document);
    }
    return time(NULL) < loop->give_up;
}

/* --- set points ------------------------------------------------------------------------------- */

/* One member of every device of a group, in the first slot. */
static void put_set_points(const struct azumi_document *plan, const char *group, const char *member)
{
    char place[300];
    const char *device;
    snprintf(place, sizeof place, "/plan/%s", group);
    for (size_t i = 0; (device = azumi_member(plan, place, i)) != NULL; i++) {
        double value;
        char pointer[300];
        snprintf(pointer, sizeof pointer, "/plan/%s/%.128s/%s/0", group, device, member);
        if (azumi_number(plan, pointer, &value) == AZUMI_OK)
            printf("%s %s %s %.2f\n", group, device, member, value);
    }
}

static void apply(const struct azumi_document *plan)
{
    static const char *const points[][2] = {
        { "units", "power_kw" },         { "batteries", "charge_kw" },
        { "batteries", "discharge_kw" }, { "renewables", "used_kw" },
        { "connections", "import_kw" },  { "connections", "export_kw" }
    };
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
        put_set_points(plan, points[i][0], points[i][1]);
    fflush(stdout);
}

/* A job may end without a plan; a plan may concede rules that have a price. */
static enum outcome use_result(struct loop *loop, const char *result)
{
    struct azumi_document *document;
    char *plan = NULL;
    if (azumi_read(result, &document) != AZUMI_OK) return NOT_PLANNED;
    const char *state = azumi_text(document, "/state");
    const char *status = azumi_text(document, "/certificate/status");
    size_t concessions = azumi_count(document, "/certificate/concessions");
    fprintf(stderr, "  %s, certificate %s\n", state ? state : "?", status ? status : "none");
    bool has_plan = azumi_json(document, "/plan", &plan) == AZUMI_OK;
    if (has_plan) {
        if (concessions > 0) fprintf(stderr, "  ALARM: the plan concedes %zu rules\n", concessions);
        apply(document);
        azumi_free(loop->plan);
        loop->plan = plan;
        loop->plan_at = time(NULL);
    }
    azumi_document_free(document);
    return has_plan ? PLANNED : NOT_PLANNED;
}

/* --- a round ---------------------------------------------------------------------------------- */

static enum outcome fail(const struct loop *loop, enum azumi_status status)
{
    fprintf(stderr, "  ALARM: %s%s%s\n", azumi_words(status),
            *azumi_detail(loop->client) ? ": " : "", azumi_detail(loop->client));
    switch (status) {
    case AZUMI_UNREACHABLE: /* the service is away: the next round may find it */
    case AZUMI_SILENT:
    case AZUMI_BUSY:
    case AZUMI_STOPPED: /* this round's time is over */
    case AZUMI_NOT_FOUND:
    case AZUMI_FAILED:
    case AZUMI_NO_MEMORY:
        if (loop->plan)
            fprintf(stderr, "  the plan of %.0f s ago stays\n",
                    difftime(time(NULL), loop->plan_at));
        return NOT_PLANNED;
    default: /* refused: the instance, the token or this program is wrong */
        return WRONG;
    }
}

static enum outcome plan_round(struct loop *loop, time_t round)
{
    char *instance = read_file(loop->path), *result = NULL;
    char *request = instance ? make_request(loop, instance, round) : NULL;
    free(instance);
    if (!request) {
        fprintf(stderr, "  ALARM: %s cannot be read\n", loop->path);
        return NOT_PLANNED;
    }
    loop->best_gap = 1;
    loop->give_up = round + loop->period_s;
    enum azumi_status status = azumi_solve(loop->client, request, watch, loop, &result);
    free(request);
    /* Otherwise the result is the problem, of which azumi_detail tells. */
    enum outcome outcome = status == AZUMI_OK ? use_result(loop, result) : fail(loop, status);
    azumi_free(result);
    return outcome;
}

int main(int argc, char **argv)
{
    struct azumi_options options;
    struct loop loop = { .period_s = argc == 5 ? atoi(argv[3]) : 0 };
    int rounds = argc == 5 ? atoi(argv[4]) : 0, code = 0;
    if (loop.period_s <= 0 || rounds <= 0) {
        fprintf(stderr, "usage: dispatch_loop INSTANCE STREAM PERIOD ROUNDS\n");
        return 2;
    }
    loop.path = argv[1];
    loop.stream = argv[2];
    azumi_options_default(&options, sizeof options);
    options.patience_s = 0.5 * loop.period_s; /* a restart of the service is shorter */
    options.tick_s = 1;
    enum azumi_status status = azumi_open(&options, &loop.client);
    if (status != AZUMI_OK) {
        fprintf(stderr, "%s\n", azumi_words(status));
        return 2;
    }
    for (int i = 0; i < rounds && code != 2; i++) {
        time_t round = time(NULL);
        fprintf(stderr, "round %d\n", i + 1);
        enum outcome outcome = plan_round(&loop, round);
        if (outcome != PLANNED) code = outcome == WRONG ? 2 : 1;
        time_t rest = round + loop.period_s - time(NULL);
        if (i + 1 < rounds && code != 2 && rest > 0) sleep((unsigned)rest);
    }
    azumi_close(loop.client);
    azumi_free(loop.plan);
    return code;
}
