/* operations_page.c - the reference page of the operations, and of who may ask for them. */
#include <stdio.h>
#include <stdlib.h>

#include "adapters/json/json.h"
#include "adapters/service/operations.h"

static bool write_page(FILE *out, const struct az_table *table, enum az_language language)
{
    char *page = az_reference_page(table, language);
    if (!page) return false;
    fprintf(out, "%s\n", page);
    free(page);
    return true;
}

char *az_operations_page(enum az_language language)
{
    char *text = NULL, names[AZ_ROLES_TEXT];
    const struct az_operation *operation;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    bool good;
    if (!out) return NULL;
    fprintf(out, "# %s\n\n",
            language == AZ_JAPANESE ? "サービスの操作" : "Operations of the service");
    for (size_t i = 0; (operation = az_operation_at(i)) != NULL; i++)
        fprintf(out, "- `%s`: %s (%s)\n", operation->name, az_say(operation->summary, language),
                az_roles_text(operation->roles, names));
    char *page = az_roles_page(language);
    if (page) fprintf(out, "\n%s\n", page);
    good = page != NULL;
    free(page);
    for (size_t i = 0; good && (operation = az_operation_at(i)) != NULL; i++)
        good = write_page(out, operation->request, language) &&
               write_page(out, operation->reply, language);
    if (fclose(out) != 0 || !good) {
        free(text);
        return NULL;
    }
    return text;
}
