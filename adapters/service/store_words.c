/* store_words.c - what stores say of their failures, in the languages of those who read it. */
#include <stdio.h>
#include <string.h>

#include "adapters/service/store.h"

/* Those of SQLite are what sqlite3_errmsg and sqlite3_errstr give. */
static const struct az_words known[] = {
    { "is no job store of azumi", "azumi のジョブストアではありません" },
    { "is of a later version of azumi", "より新しい版の azumi のものです" },
    { "is of an earlier version of azumi: `azumi serve` brings it up to date",
      "以前の版の azumi のものです。azumi serve を一度動かすと新しくなります" },
    { "an earlier version of azumi works on it: stop it first",
      "以前の版の azumi が使用中です。先に止めてください" },
    { "the copy is damaged, and so may be the store",
      "写しが壊れています。ストアも壊れているおそれがあります" },
    { "the store's file has been moved or removed: put it back",
      "ストアのファイルが移されたか消されています。元に戻してください" },
    { "a stored text is damaged", "保存された文書が壊れています" },
    { "is damaged", "壊れています" },
    { "the path is too long", "パスが長すぎます" },
    { "is gone, but its log is there: put it back, or remove both",
      "がありませんが、そのログ（-wal）が残っています。元に戻すか、ログも消してください" },
    { "is there already", "すでにあります" },
    { "there is not enough room for the copy", "写しを置く空きがありません" },
    { "stands in the way of the restored store", "復元先と重なっています" },
    { "too many replaced stores stand beside it",
      "置き換えられたストアが隣に多すぎます。古いものを消してください" },
    { "only SQLite stores (a path) are known here", "SQLite のストア（パス）だけが使えます" },
    { "unable to open database file", "開けません" },
    { "database is locked", "他のプログラムが使用中です" },
    { "database disk image is malformed", "壊れています" },
    { "file is not a database", "データベースではありません" },
    { "database or disk is full", "ディスクに空きがありません" },
    { "attempt to write a readonly database", "書き込めません" },
    { "disk I/O error", "ディスクの読み書きに失敗しました" },
    { "No such file or directory", "その場所がありません" },
    { "Permission denied", "権限がありません" },
    { "No space left on device", "ディスクに空きがありません" },
};

void az_store_translate(const char *why, enum az_language language, char *text, size_t size)
{
    snprintf(text, size, "%s", why);
    if (language == AZ_ENGLISH) return;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const char *at = strstr(why, known[i].en);
        if (!at) continue;
        snprintf(text, size, "%.*s%s%s", (int)(at - why), why, az_say(known[i], language),
                 at + strlen(known[i].en));
        return;
    }
}
