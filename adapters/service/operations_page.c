/* operations_page.c - the reference page of the operations: requests, replies, who may ask,
 * examples, problems, and the log. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "adapters/service/operations.h"
#include "adapters/service/told.h"

struct page {
    FILE *out;
    enum az_language language;
    struct az_reference_part parts[AZ_REFERENCE_PARTS];
    size_t part_count;
    bool good;
};

static const char *say(const struct page *page, const char *en, const char *ja)
{
    return page->language == AZ_JAPANESE ? ja : en;
}

/* How many members at the beginning of a table are those of another. */
static size_t shared_members(const struct az_table *table, const char *const names[], size_t count)
{
    size_t i = 0;
    while (i < count && i < table->field_count && strcmp(table->fields[i].name, names[i]) == 0) i++;
    return i;
}

static const char *const envelope[] = { "azumi", "op", "token", "language" };
static const char *const answer[] = { "azumi", "ok" };
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* A table's own members; those that every request or reply has stand at the page's beginning. */
static void put_message(struct page *page, const struct az_table *table, const char *const names[],
                        size_t count)
{
    size_t first = shared_members(table, names, count);
    if (first == table->field_count) {
        fputs(say(page, "\nNo members of its own.\n", "\n固有の項目はありません。\n"), page->out);
        return;
    }
    page->good = page->good && az_reference_rows(page->out, table, first, page->language) &&
                 az_reference_parts(table, page->parts, &page->part_count);
}

static void put_example(const struct page *page, const char *operation)
{
    const struct az_told_example *example = az_told_example(operation);
    if (!example) return;
    fprintf(page->out, "\n### %s\n\n```json\n%s\n```\n\n```json\n%s\n```\n",
            say(page, "Example", "例"), example->request, example->reply);
}

static void put_operation(struct page *page, const struct az_operation *operation)
{
    char names[AZ_ROLES_TEXT];
    fprintf(page->out, "\n<a id=\"op-%s\"></a>\n\n## %s\n\n%s%s\n\n%s: %s\n", operation->name,
            operation->name, az_say(operation->request->meaning, page->language),
            say(page, ".", "。"), say(page, "Roles", "役割"),
            az_roles_text(operation->roles, names));
    fprintf(page->out, "\n### %s\n", say(page, "Request", "要求"));
    put_message(page, operation->request, envelope, COUNT(envelope));
    fprintf(page->out, "\n### %s\n", say(page, "Reply", "応答"));
    put_message(page, operation->reply, answer, COUNT(answer));
    put_example(page, operation->name);
}

static void put_introduction(struct page *page)
{
    const struct az_operation *operation;
    fprintf(
        page->out, "# %s\n\n%s\n\n", say(page, "Operations of the service", "サービスの操作"),
        say(page,
            "A request is one JSON object, sent over a nanomsg REQ socket; the reply is "
            "another, of at most 1 MiB. A request that is sent twice does no harm: jobs are "
            "named by the client. A member that is not in these tables is refused.",
            "要求は JSON オブジェクト一つで、nanomsg の REQ ソケットで送ります。応答も "
            "JSON オブジェクト一つで、1 MiB "
            "以下です。ジョブの名前は依頼側が付けるので、同じ要求を二度送っても害はありません。表"
            "にない項目は受け付けません。"));
    for (size_t i = 0; (operation = az_operation_at(i)) != NULL; i++)
        fprintf(page->out, "- [`%s`](#op-%s): %s\n", operation->name, operation->name,
                az_say(operation->summary, page->language));
    fprintf(page->out, "\n## %s\n", say(page, "Every request", "すべての要求"));
    page->good = page->good && az_reference_rows(page->out, az_operation_find("health")->request, 0,
                                                 page->language);
    fprintf(page->out, "\n## %s\n", say(page, "Every reply", "すべての応答"));
    fputs(say(page,
              "\n`{\"azumi\": 1, \"ok\": true, ...}` with the members of the operation, or "
              "`{\"azumi\": 1, \"ok\": false, \"problem\": {...}}`: `type` "
              "(`urn:azumi:problem:CODE`, see [problems](#problems)), `title`, `detail`, and "
              "`errors`, a list of `pointer`, `place`, `code`, `detail` (RFC 9457).\n",
              "\n`{\"azumi\": 1, \"ok\": true, ...}` に操作ごとの項目が続くか、`{\"azumi\": 1, "
              "\"ok\": false, \"problem\": {...}}` です。`problem` には `type`"
              "（`urn:azumi:problem:コード`。[問題の一覧](#problems)）、`title`、`detail` と、"
              "`pointer`、`place`、`code`、`detail` を持つ `errors` があります（RFC 9457）。\n"),
          page->out);
    char *roles = az_roles_page(page->language);
    if (roles) fprintf(page->out, "\n## %s\n\n%s", say(page, "Roles", "役割"), roles);
    page->good = page->good && roles;
    free(roles);
}

static void put_end(struct page *page)
{
    if (page->part_count > 0) fprintf(page->out, "\n## %s\n", say(page, "Parts", "部品"));
    for (size_t i = 0; i < page->part_count; i++) {
        const struct az_reference_part *part = &page->parts[i];
        fprintf(page->out, "\n<a id=\"%s\"></a>\n\n### %s\n\n%s%s\n", part->name, part->table->name,
                az_say(part->table->meaning, page->language), say(page, ".", "。"));
        page->good = page->good && az_reference_rows(page->out, part->table, 0, page->language);
    }
    fprintf(page->out, "\n<a id=\"problems\"></a>\n\n## %s\n\n", say(page, "Problems", "問題"));
    az_told_problems_page(page->out, page->language);
    fprintf(page->out, "\n<a id=\"log\"></a>\n\n## %s\n\n%s\n\n", say(page, "The log", "ログ"),
            say(page,
                "One JSON object a line on standard error: `at`, `role`, `pid`, `event`, and what "
                "belongs to the event.",
                "標準エラー出力に一行一つの JSON オブジェクト: `at`、`role`、`pid`、`event` "
                "と、事象ごとの項目。"));
    az_told_events_page(page->out, page->language);
}

char *az_operations_page(enum az_language language)
{
    char *text = NULL;
    const struct az_operation *operation;
    size_t length = 0;
    struct page page = { .out = open_memstream(&text, &length),
                         .language = language,
                         .good = true };
    if (!page.out) return NULL;
    put_introduction(&page);
    for (size_t i = 0; (operation = az_operation_at(i)) != NULL; i++)
        put_operation(&page, operation);
    put_end(&page);
    if (fclose(page.out) != 0 || !page.good) {
        free(text);
        return NULL;
    }
    return text;
}
