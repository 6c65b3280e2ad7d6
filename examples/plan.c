/* plan.c - asks an azumi service for the plan of an instance and prints how it comes along.
 *
 *   cc $(pkg-config --cflags azumi-client) plan.c -o plan $(pkg-config --libs azumi-client)
 *   AZUMI_CONNECT=ipc:///run/user/1000/azumi/azumi.ipc ./plan microgrid instance.json today
 *
 * The job is called `today`: started again, the program joins it, or finds its result. */
#include <azumi_client.h>
#include <stdio.h>
#include <stdlib.h>

/* A request around the text of an instance; to be freed. NULL: the file cannot be read. */
static char *read_request(const char *kind, const char *path, const char *id)
{
    static const char format[] =
        "{\"id\": \"%s\", \"kind\": \"%s\", \"options\": {\"deadline_s\": 5}, \"instance\": ";
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = size > 0 ? malloc((size_t)size + 1000) : NULL;
    int length = text ? snprintf(text, 900, format, id, kind) : -1;
    if (length > 0 && length < 900 && fread(text + length, 1, (size_t)size, file) == (size_t)size) {
        snprintf(text + length + size, 2, "}");
    } else {
        free(text);
        text = NULL;
    }
    fclose(file);
    return text;
}

/* Everything that happens to the job, as JSON; a real program reads what it needs. */
static int tell(void *data, const char *event)
{
    (void)data;
    fprintf(stderr, "%s\n", event);
    return 1; /* go on */
}

int main(int argc, char **argv)
{
    struct azumi_client *client;
    char *result = NULL;
    if (argc != 4) {
        fprintf(stderr, "usage: plan KIND INSTANCE ID\n");
        return 2;
    }
    char *request = read_request(argv[1], argv[2], argv[3]);
    if (!request) {
        perror(argv[2]);
        return 2;
    }
    enum azumi_status status = azumi_open(NULL, &client);
    if (status == AZUMI_OK) {
        status = azumi_solve(client, request, tell, NULL, &result);
        azumi_close(client);
    }
    free(request);
    if (result) printf("%s\n", result); /* the result, or the problem that the service has */
    azumi_free(result);
    if (status != AZUMI_OK) fprintf(stderr, "plan: %s\n", azumi_words(status));
    return status == AZUMI_OK ? 0 : 1;
}
