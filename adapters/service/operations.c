/* operations.c - the operations, with the field tables of their requests and replies. */
#include "adapters/service/operations.h"

#include <string.h>

#include "adapters/json/json.h"
#include "adapters/service/handlers.h"

#define W AZ_EN_JA

/* --- choices ---------------------------------------------------------------------------------- */

static const struct az_choice language_choices[] = {
    { "en", W("English", "英語") },
    { "ja", W("Japanese", "日本語") },
};
static const struct az_choice task_choices[] = {
    { "solve", W("find a plan", "計画を求める") },
    { "check", W("judge a plan", "計画を検査する") },
    { "explain", W("say why there is no plan", "計画がない理由を調べる") },
    { "validate", W("check an instance", "入力を検査する") },
};
static const struct az_choice state_choices[] = {
    { "queued", W("waits to be run", "待機中") },
    { "running", W("is being run", "実行中") },
    { "done", W("answered; the certificate says how", "回答済み。結果は証明書にある") },
    { "failed", W("ended in a problem", "問題があって終わった") },
    { "cancelled", W("stopped on request", "要求により取り消された") },
    { "expired", W("ran out of time in the queue", "待機中に期限が切れた") },
    { "superseded",
      W("a newer job of its stream took its place", "同じ系列の新しいジョブが取って代わった") },
};
static const struct az_choice event_choices[] = {
    { "accepted", W("stored, waits", "受け付けた") },
    { "started", W("a runner took it", "実行を始めた") },
    { "progress", W("where the solve stands", "途中経過") },
    { "plan", W("a better plan was found and judged", "より良い計画が見つかり検査された") },
    { "attempt", W("the solver process died", "求解プロセスが落ちた") },
    { "requeued", W("waits again", "待機に戻った") },
    { "finished", W("it has its final state", "終わった") },
};
static const struct az_choice schema_choices[] = {
    { "instance", W("the kind's input", "入力") },
    { "plan", W("the kind's plan", "計画") },
    { "state", W("what carries over to the next instance", "次の入力へ引き継ぐ状態") },
    { "options", W("options of a solve", "求解のオプション") },
    { "certificate", W("what is proven of a plan", "証明書") },
    { "request", W("the operation's request", "操作の要求") },
    { "reply", W("the operation's reply", "操作の応答") },
};

static const struct az_choice health_choices[] = {
    { "ok", W("jobs are taken and run", "受付も実行もできる") },
    { "no_runner",
      W("jobs are taken and stored, but nobody runs them: no runner for 10 s, or the queue has "
        "stood still for a minute",
        "受け付けて保存しているが実行されていない（実行係が 10 秒以上いないか、待ち行列が 1 "
        "分以上動いていない）") },
    { "locked", W("another program holds the job store: nothing is written until it lets go",
                  "他のプログラムがジョブストアを使っている。放すまで何も書き込めない") },
    { "full", W("no room to store a job: submissions are refused until there is",
                "保存する場所がない。空くまで受け付けない") },
    { "damaged", W("some of the job store cannot be read: `azumi store check` says what",
                   "ジョブストアの一部が読めない。`azumi store check` で調べる") },
    { "stopping", W("it stops, and takes nothing", "停止中。受け付けない") },
};

/* --- rows that requests share ----------------------------------------------------------------- */

#define ENVELOPE(S)                                                                                \
    AZ_INTEGER(                                                                                    \
        S, azumi, AZ_F_REQUIRED, NULL, AZ_PROTOCOL, AZ_PROTOCOL, NAN, W("Protocol", "プロトコル"), \
        W("Version of the protocol: " AZ_PROTOCOL_TEXT, "プロトコルの版: " AZ_PROTOCOL_TEXT)),     \
        AZ_TEXT(S, op, AZ_F_REQUIRED, W("Operation", "操作"),                                      \
                W("Name of the operation", "操作の名前")),                                         \
        AZ_TEXT(S, token, AZ_F_ADVANCED, W("Token", "トークン"),                                   \
                W("Access token; the local operator of a service that asks for none needs none",   \
                  "アクセストークン。求められないローカルのサービスでは不要")),                    \
        AZ_ENUM(S, language, AZ_F_DEFAULT, language_choices, 0, W("Language", "言語"),             \
                W("Language of problems and words in the reply", "応答の中の言葉の言語"))

#define JOB_ID(S, F)                                                                             \
    AZ_TEXT(S, id, AZ_F_ID | (F), W("Id", "識別子"),                                             \
            W("The job's name, given by the client: the same name with the same content is the " \
              "same job",                                                                        \
              "依頼側が付けるジョブの名前。同じ名前で同じ内容なら同じジョブ"))

#define OWNER(S)                                                                                                       \
    AZ_TEXT(S, owner, AZ_F_ADVANCED, W("Owner", "所有者"),                                                             \
            W("Whose job, for those who see the jobs of others; \"\": nobody's. When absent "                          \
              "one's own, else the only one of that name",                                                             \
              "誰のジョブか（他人のジョブを見られる役割のみ）。空文字は所有者なし。" \
              "なければ自分のもの、それもなければその名前の唯一のもの"))

#define KIND(S) AZ_TEXT(S, kind, AZ_F_REQUIRED, W("Kind", "種類"), W("Kind of plan", "計画の種類"))

#define INSTANCE(S)                                                         \
    AZ_DOCUMENT(S, instance, AZ_F_REQUIRED, W("Instance", "入力"),          \
                W("What there is and what is needed, by the kind's schema", \
                  "計画の入力。種類ごとのスキーマに従う"))

#define OPTIONS(S)                                                          \
    AZ_OBJECT(S, options, 0, &az_options_table, W("Options", "オプション"), \
              W("What is asked of the solve", "求解への要望"))

static const struct az_field submit_rows[] = {
    ENVELOPE(struct az_request_job), JOB_ID(struct az_request_job, AZ_F_REQUIRED),
    KIND(struct az_request_job), INSTANCE(struct az_request_job), OPTIONS(struct az_request_job)
};
static const struct az_table submit_table =
    AZ_TABLE("submit request", struct az_request_job, submit_rows, NULL,
             W("Asks for a plan. On disk before it is acknowledged",
               "計画を依頼する。応答の前に保存される"));

static const struct az_field explain_rows[] = {
    ENVELOPE(struct az_request_job), JOB_ID(struct az_request_job, 0), KIND(struct az_request_job),
    INSTANCE(struct az_request_job), OPTIONS(struct az_request_job)
};
static const struct az_table explain_table =
    AZ_TABLE("explain request", struct az_request_job, explain_rows, NULL,
             W("Asks why an instance has no plan; always a job",
               "計画がない理由を尋ねる。常にジョブになる"));
static const struct az_table validate_table = AZ_TABLE(
    "validate request", struct az_request_job, explain_rows, NULL,
    W("Checks an instance; a job when it is large", "入力を検査する。大きければジョブになる"));

static const struct az_field check_rows[] = {
    ENVELOPE(struct az_request_job),
    JOB_ID(struct az_request_job, 0),
    KIND(struct az_request_job),
    INSTANCE(struct az_request_job),
    AZ_DOCUMENT(struct az_request_job, plan, AZ_F_REQUIRED, W("Plan", "計画"),
                W("A plan document or a bare plan", "計画文書または計画本体")),
    AZ_BOOLEAN(struct az_request_job, complete, AZ_F_DEFAULT, 0, W("Complete", "補完"),
               W("Complete a partial plan first; then it is always a job",
                 "部分的な計画を先に補完する。その場合は常にジョブになる")),
    OPTIONS(struct az_request_job)
};
static const struct az_table check_table =
    AZ_TABLE("check request", struct az_request_job, check_rows, NULL,
             W("Judges a plan; a job when it is large", "計画を検査する。大きければジョブになる"));

static const struct az_field id_rows[] = { ENVELOPE(struct az_request_id),
                                           JOB_ID(struct az_request_id, AZ_F_REQUIRED),
                                           OWNER(struct az_request_id) };
static const struct az_table status_table =
    AZ_TABLE("status request", struct az_request_id, id_rows, NULL,
             W("Asks where a job stands", "ジョブの状態を尋ねる"));
static const struct az_table cancel_table =
    AZ_TABLE("cancel request", struct az_request_id, id_rows, NULL,
             W("Stops a job; its best plan so far stays its result",
               "ジョブを止める。それまでの最良の計画は結果に残る"));
static const struct az_table delete_table = AZ_TABLE(
    "delete request", struct az_request_id, id_rows, NULL,
    W("Removes a finished job; its name is free again", "終わったジョブを消す。名前はまた使える"));

static const struct az_field events_rows[] = {
    ENVELOPE(struct az_request_events),
    JOB_ID(struct az_request_events, 0),
    OWNER(struct az_request_events),
    AZ_INTEGER(struct az_request_events, after, AZ_F_DEFAULT, NULL, 0, 9007199254740991.0, 0,
               W("After", "以後"), W("Cursor of the last event seen", "最後に見たカーソル")),
    AZ_INTEGER(struct az_request_events, limit, AZ_F_DEFAULT, NULL, 1, 1000, 100,
               W("Limit", "上限"), W("At most this many events", "返すイベント数の上限")),
    AZ_NUMBER(struct az_request_events, wait_s, AZ_F_DEFAULT, "s", 0, 5, 0, W("Wait", "待ち時間"),
              W("How long to wait for an event when there is none yet",
                "イベントがまだないときに待つ時間")),
};
static const struct az_table events_table =
    AZ_TABLE("events request", struct az_request_events, events_rows, NULL,
             W("What happened after a cursor, to one job or to all", "カーソル以後の出来事"));

#define PAGE_OFFSET(S)                                                                        \
    AZ_INTEGER(S, offset, 0, "byte", 0, 9007199254740991.0, NAN, W("Offset", "位置"),         \
               W("Ask for a page of the document's text from this byte; when absent a small " \
                 "document comes whole",                                                      \
                 "この位置からの一部を求める。なければ、小さい文書はそのまま返る"))

static const struct az_field result_rows[] = { ENVELOPE(struct az_request_page),
                                               JOB_ID(struct az_request_page, AZ_F_REQUIRED),
                                               OWNER(struct az_request_page),
                                               PAGE_OFFSET(struct az_request_page) };
static const struct az_table result_table =
    AZ_TABLE("result request", struct az_request_page, result_rows, NULL,
             W("The result of a job, or the best so far while it runs",
               "ジョブの結果。実行中はそれまでの最良のもの"));

static const struct az_field request_rows[] = {
    ENVELOPE(struct az_request_page),
    JOB_ID(struct az_request_page, AZ_F_REQUIRED),
    OWNER(struct az_request_page),
    PAGE_OFFSET(struct az_request_page),
    AZ_BOOLEAN(struct az_request_page, bundle, AZ_F_DEFAULT, 0, W("Bundle", "一式"),
               W("The whole reproduction: result, attempts, versions, and `request`, which can be "
                 "sent again as it is",
                 "再現用の一式（結果、試行、版と、そのまま送り直せる `request`）")),
};
static const struct az_table request_table =
    AZ_TABLE("request request", struct az_request_page, request_rows, NULL,
             W("The stored request of a job, to replay", "保存された要求。再実行に使える"));

static const struct az_field list_rows[] = {
    ENVELOPE(struct az_request_list),
    AZ_ENUM(struct az_request_list, state, 0, state_choices, -1, W("State", "状態"),
            W("Only jobs in this state", "この状態のジョブだけ")),
    AZ_TEXT(struct az_request_list, kind, 0, W("Kind", "種類"),
            W("Only jobs of this kind", "この種類のジョブだけ")),
    AZ_TEXT(struct az_request_list, stream, 0, W("Stream", "系列"),
            W("Only jobs of this stream", "この系列のジョブだけ")),
    AZ_TEXT(struct az_request_list, owner, 0, W("Owner", "所有者"),
            W("Only jobs of this owner; \"\": of nobody",
              "この所有者のジョブだけ。空文字は所有者なし")),
    AZ_INTEGER(struct az_request_list, before, 0, NULL, 1, 9007199254740991.0, NAN,
               W("Before", "以前"),
               W("Only jobs before this sequence number", "この通し番号より前だけ")),
    AZ_INTEGER(struct az_request_list, limit, AZ_F_DEFAULT, NULL, 1, 500, 100, W("Limit", "上限"),
               W("At most this many jobs", "返すジョブ数の上限")),
};
static const struct az_table list_table =
    AZ_TABLE("list request", struct az_request_list, list_rows, NULL,
             W("Jobs, newest first", "ジョブの一覧（新しい順）"));

static const struct az_field schema_rows[] = {
    ENVELOPE(struct az_request_schema),
    AZ_TEXT(struct az_request_schema, kind, 0, W("Kind", "種類"), W("Kind of plan", "計画の種類")),
    AZ_TEXT(struct az_request_schema, operation, 0, W("Operation", "操作"),
            W("Name of an operation, for its request or reply", "操作の名前")),
    AZ_ENUM(struct az_request_schema, part, AZ_F_DEFAULT, schema_choices, 0, W("Part", "部分"),
            W("Which schema", "どのスキーマか")),
};
static const struct az_table schema_table =
    AZ_TABLE("schema request", struct az_request_schema, schema_rows, NULL,
             W("A JSON Schema", "JSON スキーマ"));

static const struct az_field plain_rows[] = { ENVELOPE(struct az_envelope) };
static const struct az_table capabilities_table =
    AZ_TABLE("capabilities request", struct az_envelope, plain_rows, NULL,
             W("What this service can do", "このサービスにできること"));
static const struct az_table health_table =
    AZ_TABLE("health request", struct az_envelope, plain_rows, NULL,
             W("How the service is", "サービスの状態"));

/* --- replies
 * ----------------------------------------------------------------------------------
 */

#define REPLY(S)                                                                             \
    AZ_INTEGER(S, azumi, AZ_F_REQUIRED, NULL, AZ_PROTOCOL, AZ_PROTOCOL, NAN,                 \
               W("Protocol", "プロトコル"), W("Version of the protocol", "プロトコルの版")), \
        AZ_BOOLEAN(S, ok, AZ_F_REQUIRED, NAN, W("OK", "成否"),                               \
                   W("False: the member `problem` tells why (RFC 9457)",                     \
                     "偽なら `problem` が理由を示す（RFC 9457）"))

#define REPLY_ID(S) AZ_TEXT(S, id, AZ_F_REQUIRED, W("Id", "識別子"), W("The job", "ジョブの名前"))
#define STATE(S, F)                                             \
    AZ_ENUM(S, state, F, state_choices, -1, W("State", "状態"), \
            W("The job's state", "ジョブの状態"))
#define REUSED_FROM(S)                                                              \
    AZ_TEXT(S, reused_from, 0, W("Reused from", "再利用元"),                        \
            W("The job whose proven result, of the same request, answers this one", \
              "同じ要求に対する証明済みの結果を持つ、再利用元のジョブ"))
#define NUMBER(S, M, U, LABEL, LABEL_JA, MEANING, MEANING_JA) \
    AZ_NUMBER(S, M, 0, U, AZ_NO_MIN, AZ_NO_MAX, NAN, W(LABEL, LABEL_JA), W(MEANING, MEANING_JA))
#define COUNT(S, M, LABEL, LABEL_JA, MEANING, MEANING_JA) \
    AZ_INTEGER(S, M, 0, NULL, 0, INFINITY, NAN, W(LABEL, LABEL_JA), W(MEANING, MEANING_JA))
#define BYTES(S, M, LABEL, LABEL_JA, MEANING, MEANING_JA) \
    AZ_INTEGER(S, M, 0, "byte", 0, INFINITY, NAN, W(LABEL, LABEL_JA), W(MEANING, MEANING_JA))
#define PROGRESS(S)                                                                          \
    AZ_TEXT(S, phase, 0, W("Phase", "段階"), W("What the solve is doing", "求解の段階")),    \
        NUMBER(S, objective, NULL, "Objective", "目的値", "Value of the best plan so far",   \
               "最良の計画の値"),                                                            \
        NUMBER(S, bound, NULL, "Bound", "限界値", "No plan can be better",                   \
               "これより良い計画はない"),                                                    \
        NUMBER(S, gap, NULL, "Gap", "ギャップ", "Relative distance of objective and bound",  \
               "目的値と限界値の相対差"),                                                    \
        NUMBER(S, seconds, "s", "Seconds", "秒", "Of solving so far", "求解にかかった時間"), \
        COUNT(S, work, "Work", "作業量", "Nodes or rounds so far", "節点または反復の数")

static const struct az_field accepted_rows[] = {
    REPLY(struct az_reply_accepted),
    AZ_TEXT(struct az_reply_accepted, id, 0, W("Id", "識別子"),
            W("The job; absent when the answer is here already", "ジョブの名前。即答のときはない")),
    STATE(struct az_reply_accepted, 0),
    AZ_BOOLEAN(struct az_reply_accepted, joined, 0, NAN, W("Joined", "合流"),
               W("The same job was known already", "同じジョブがすでにあった")),
    REUSED_FROM(struct az_reply_accepted),
    AZ_DOCUMENT(struct az_reply_accepted, judgement, 0, W("Judgement", "判定"),
                W("What the judge says, when answered at once", "即答のときの判定")),
    AZ_DOCUMENT(struct az_reply_accepted, validation, 0, W("Validation", "入力検査"),
                W("{valid, errors, assumptions}, when answered at once",
                  "即答のときの検査結果（valid, errors, assumptions）")),
};
static const struct az_table accepted_table = AZ_TABLE(
    "accepted reply", struct az_reply_accepted, accepted_rows, NULL,
    W("The job that was made, or the answer itself", "作られたジョブ、または答えそのもの"));

static const struct az_field job_rows[] = {
    REPLY_ID(struct az_job_view),
    AZ_TEXT(struct az_job_view, owner, 0, W("Owner", "所有者"),
            W("Name of the token that it was submitted with; absent without one",
              "依頼に使われたトークンの名前。トークンなしならない")),
    AZ_TEXT(struct az_job_view, kind, AZ_F_REQUIRED, W("Kind", "種類"),
            W("Kind of plan", "計画の種類")),
    AZ_ENUM(struct az_job_view, task, AZ_F_REQUIRED, task_choices, -1, W("Task", "仕事"),
            W("What is done", "仕事の種類")),
    STATE(struct az_job_view, AZ_F_REQUIRED),
    AZ_BOOLEAN(struct az_job_view, stopping, 0, NAN, W("Stopping", "停止中"),
               W("It was asked to stop", "停止を求められている")),
    AZ_TEXT(struct az_job_view, stream, 0, W("Stream", "系列"), W("Its stream", "系列")),
    AZ_INTEGER(struct az_job_view, priority, 0, NULL, AZ_NO_MIN, AZ_NO_MAX, NAN,
               W("Priority", "優先度"), W("Higher runs earlier", "大きいほど先")),
    NUMBER(struct az_job_view, deadline_s, "s", "Deadline", "期限", "From acceptance",
           "受付からの期限"),
    NUMBER(struct az_job_view, seconds_left, "s", "Time left", "残り時間",
           "To the deadline, while it is open", "期限までの残り"),
    AZ_TIME(struct az_job_view, not_after, 0, W("Not after", "開始期限"),
            W("Past this it expires", "これを過ぎると失効する")),
    AZ_TIME(struct az_job_view, accepted_at, 0, W("Accepted", "受付"), W("When", "受付時刻")),
    AZ_TIME(struct az_job_view, started_at, 0, W("Started", "開始"),
            W("When first", "最初の開始時刻")),
    AZ_TIME(struct az_job_view, finished_at, 0, W("Finished", "終了"), W("When", "終了時刻")),
    COUNT(struct az_job_view, attempts, "Deaths", "失敗回数", "How often its solver process died",
          "求解プロセスが落ちた回数"),
    AZ_BOOLEAN(struct az_job_view, has_plan, 0, NAN, W("Has a plan", "計画あり"),
               W("A judged plan is stored", "検査済みの計画がある")),
    AZ_TEXT(struct az_job_view, status, 0, W("Certificate", "証明書の状態"),
            W("Status of the certificate", "証明書の状態")),
    PROGRESS(struct az_job_view),
    COUNT(struct az_job_view, sequence, "Sequence", "通し番号", "Order of acceptance", "受付順"),
    REUSED_FROM(struct az_job_view),
};
static const struct az_table job_table =
    AZ_TABLE("job", struct az_job_view, job_rows, NULL, W("A job as it stands", "ジョブの現状"));
static const struct az_field job_item = AZ_ITEM_OBJECT(&job_table);

static const struct az_field attempt_rows[] = {
    COUNT(struct az_attempt_view, number, "Number", "番号", "From 1", "1 から"),
    AZ_TIME(struct az_attempt_view, at, 0, W("At", "時刻"), W("When", "時刻")),
    COUNT(struct az_attempt_view, signal, "Signal", "シグナル", "That ended the process; 0: none",
          "プロセスを終わらせたシグナル。0 はなし"),
    COUNT(struct az_attempt_view, exit_status, "Exit status", "終了コード", "Of the process",
          "プロセスの終了コード"),
    AZ_TEXT(struct az_attempt_view, detail, 0, W("Detail", "詳細"), W("In words", "説明")),
};
static const struct az_table attempt_table =
    AZ_TABLE("attempt", struct az_attempt_view, attempt_rows, NULL,
             W("A death of the job's solver process", "求解プロセスの異常終了"));
static const struct az_field attempt_item = AZ_ITEM_OBJECT(&attempt_table);

static const struct az_field status_reply_rows[] = {
    REPLY(struct az_reply_status),
    AZ_OBJECT(struct az_reply_status, job, AZ_F_REQUIRED, &job_table, W("Job", "ジョブ"),
              W("The job", "ジョブ")),
    AZ_LIST_OF(struct az_reply_status, attempts, 0, &attempt_item, W("Attempts", "試行"),
               W("Deaths of its solver process", "求解プロセスの異常終了")),
};
static const struct az_table status_reply_table =
    AZ_TABLE("status reply", struct az_reply_status, status_reply_rows, NULL,
             W("Where a job stands", "ジョブの現状"));

static const struct az_field deleted_rows[] = { REPLY(struct az_reply_deleted),
                                                REPLY_ID(struct az_reply_deleted) };
static const struct az_table deleted_table =
    AZ_TABLE("delete reply", struct az_reply_deleted, deleted_rows, NULL,
             W("Nothing is stored of the job any more", "ジョブの記録はすべて消えた"));

static const struct az_field event_rows[] = {
    COUNT(struct az_event_view, cursor, "Cursor", "カーソル", "Grows with time",
          "時とともに増える"),
    AZ_TIME(struct az_event_view, at, 0, W("At", "時刻"), W("When", "時刻")),
    REPLY_ID(struct az_event_view),
    AZ_TEXT(struct az_event_view, owner, 0, W("Owner", "所有者"),
            W("Whose job; absent when it was submitted without a token",
              "誰のジョブか。トークンなしの依頼ならない")),
    AZ_ENUM(struct az_event_view, type, AZ_F_REQUIRED, event_choices, -1, W("Type", "種類"),
            W("What happened", "出来事")),
    STATE(struct az_event_view, AZ_F_REQUIRED),
    PROGRESS(struct az_event_view),
    COUNT(struct az_event_view, attempt, "Attempt", "試行", "Which death", "何回目か"),
    COUNT(struct az_event_view, signal, "Signal", "シグナル", "Of that death", "そのシグナル"),
    AZ_TEXT(struct az_event_view, detail, 0, W("Detail", "詳細"), W("Short words", "短い説明")),
};
static const struct az_table event_table =
    AZ_TABLE("event", struct az_event_view, event_rows, NULL,
             W("Something that happened to a job", "出来事"));
static const struct az_field event_item = AZ_ITEM_OBJECT(&event_table);

static const struct az_field events_reply_rows[] = {
    REPLY(struct az_reply_events),
    AZ_LIST_OF(struct az_reply_events, events, AZ_F_REQUIRED, &event_item, W("Events", "イベント"),
               W("Oldest first", "古い順")),
    COUNT(struct az_reply_events, cursor, "Cursor", "カーソル", "To be given as `after` next time",
          "次に `after` に渡す値"),
    STATE(struct az_reply_events, 0),
};
static const struct az_table events_reply_table =
    AZ_TABLE("events reply", struct az_reply_events, events_reply_rows, NULL,
             W("What happened", "出来事の一覧"));

#define PAGE(S)                                                                                \
    COUNT(S, revision, "Revision", "改訂", "Pages belong together only when this is the same", \
          "この値が同じ部分どうしだけが一つの文書になる"),                                     \
        COUNT(S, total_bytes, "Size", "大きさ", "Bytes of the whole document",                 \
              "文書全体のバイト数"),                                                           \
        COUNT(S, offset, "Offset", "位置", "Where `text` begins", "`text` の始まる位置"),      \
        AZ_TEXT(S, text, AZ_F_RESULT, W("Text", "本文"),                                       \
                W("A part of the document's JSON text", "文書の JSON テキストの一部")),        \
        COUNT(S, next_offset, "Next", "次の位置", "Where to go on; absent at the end",         \
              "続きの位置。最後にはない")

static const struct az_field result_reply_rows[] = {
    REPLY(struct az_reply_result),
    REPLY_ID(struct az_reply_result),
    STATE(struct az_reply_result, AZ_F_REQUIRED),
    AZ_DOCUMENT(struct az_reply_result, result, 0, W("Result", "結果"),
                W("{id, kind, task, state, certificate, explanation, judgement, "
                  "validation, "
                  "problem, plan}, those that there are",
                  "結果の文書（id, kind, task, state と、あれば certificate, "
                  "explanation, judgement, "
                  "validation, problem, plan）")),
    PAGE(struct az_reply_result),
};
static const struct az_table result_reply_table =
    AZ_TABLE("result reply", struct az_reply_result, result_reply_rows, NULL,
             W("A result, whole or a page of it", "結果の全体または一部"));

static const struct az_field request_reply_rows[] = {
    REPLY(struct az_reply_request),
    REPLY_ID(struct az_reply_request),
    AZ_DOCUMENT(struct az_reply_request, request, 0, W("Request", "要求"),
                W("The envelope as it was sent, without its token; or the bundle",
                  "送られた要求（トークンを除く）、または一式")),
    PAGE(struct az_reply_request),
};
static const struct az_table request_reply_table =
    AZ_TABLE("request reply", struct az_reply_request, request_reply_rows, NULL,
             W("A stored request, whole or a page of it", "保存された要求の全体または一部"));

static const struct az_field list_reply_rows[] = {
    REPLY(struct az_reply_list),
    AZ_LIST_OF(struct az_reply_list, jobs, AZ_F_REQUIRED, &job_item, W("Jobs", "ジョブ"),
               W("Newest first", "新しい順")),
    COUNT(struct az_reply_list, next_before, "Next", "続き",
          "To be given as `before` for older ones; absent at the end",
          "続きを求めるとき `before` に渡す値。最後にはない"),
};
static const struct az_table list_reply_table =
    AZ_TABLE("list reply", struct az_reply_list, list_reply_rows, NULL, W("Jobs", "一覧"));

static const struct az_field schema_reply_rows[] = {
    REPLY(struct az_reply_schema),
    AZ_DOCUMENT(struct az_reply_schema, schema, AZ_F_REQUIRED, W("Schema", "スキーマ"),
                W("JSON Schema 2020-12", "JSON Schema 2020-12")),
};
static const struct az_table schema_reply_table =
    AZ_TABLE("schema reply", struct az_reply_schema, schema_reply_rows, NULL,
             W("A JSON Schema", "JSON スキーマ"));

static const struct az_field text_item = AZ_ITEM_TEXT;
static const struct az_field kind_rows[] = {
    AZ_TEXT(struct az_kind_view, name, AZ_F_REQUIRED, W("Name", "名前"),
            W("Name of the kind", "種類の名前")),
    COUNT(struct az_kind_view, schema, "Schema", "スキーマの版", "Version of its schemas",
          "スキーマの版"),
    AZ_TEXT(struct az_kind_view, title, AZ_F_REQUIRED, W("Title", "題名"),
            W("What it plans", "何の計画か")),
    AZ_LIST_OF(struct az_kind_view, asked_by, AZ_F_REQUIRED, &text_item, W("Asked by", "依頼者"),
               W("Roles that may ask for plans of it", "依頼できる役割")),
    AZ_LIST_OF(struct az_kind_view, seen_by, AZ_F_REQUIRED, &text_item, W("Seen by", "閲覧者"),
               W("Roles that may see its jobs", "ジョブを見られる役割")),
};
static const struct az_table kind_table =
    AZ_TABLE("kind", struct az_kind_view, kind_rows, NULL, W("A kind of plan", "計画の種類"));
static const struct az_field kind_item = AZ_ITEM_OBJECT(&kind_table);

static const struct az_field operation_rows[] = {
    AZ_TEXT(struct az_operation_view, name, AZ_F_REQUIRED, W("Name", "名前"),
            W("What `op` says", "`op` の値")),
    AZ_TEXT(struct az_operation_view, summary, AZ_F_REQUIRED, W("Summary", "説明"),
            W("What it does", "操作の説明")),
    AZ_LIST_OF(struct az_operation_view, roles, AZ_F_REQUIRED, &text_item, W("Roles", "役割"),
               W("Who may ask for it", "要求できる役割")),
};
static const struct az_table operation_table =
    AZ_TABLE("operation", struct az_operation_view, operation_rows, NULL,
             W("Something that can be asked for", "要求できる操作"));
static const struct az_field operation_item = AZ_ITEM_OBJECT(&operation_table);

static const struct az_field capabilities_reply_rows[] = {
    REPLY(struct az_reply_capabilities),
    AZ_TEXT(struct az_reply_capabilities, version, AZ_F_REQUIRED, W("Version", "版"),
            W("Of azumi", "azumi の版")),
    AZ_TEXT(struct az_reply_capabilities, role, AZ_F_REQUIRED, W("Role", "役割"),
            W("Of whoever asks", "要求した者の役割")),
    AZ_TEXT(struct az_reply_capabilities, name, 0, W("Name", "名前"),
            W("Of the token; absent without one", "トークンの名前。トークンなしならない")),
    AZ_LIST_OF(struct az_reply_capabilities, kinds, AZ_F_REQUIRED, &kind_item, W("Kinds", "種類"),
               W("Kinds of plan with their schema versions", "計画の種類とスキーマの版")),
    AZ_LIST_OF(struct az_reply_capabilities, engines, AZ_F_REQUIRED, &text_item,
               W("Engines", "エンジン"), W("Engines that are installed", "導入済みのエンジン")),
    AZ_LIST_OF(struct az_reply_capabilities, operations, AZ_F_REQUIRED, &operation_item,
               W("Operations", "操作"), W("Names and summaries", "名前と説明")),
    AZ_DOCUMENT(struct az_reply_capabilities, limits, AZ_F_REQUIRED, W("Limits", "上限"),
                W("What the service accepts at most", "受け付ける上限")),
};
static const struct az_table capabilities_reply_table =
    AZ_TABLE("capabilities reply", struct az_reply_capabilities, capabilities_reply_rows, NULL,
             W("What this service can do", "このサービスにできること"));

static const struct az_field health_reply_rows[] = {
    REPLY(struct az_reply_health),
    AZ_ENUM(struct az_reply_health, status, AZ_F_REQUIRED, health_choices, -1, W("Status", "状態"),
            W("The worst that is true", "最も悪いものを示す")),
    AZ_TEXT(struct az_reply_health, version, AZ_F_REQUIRED, W("Version", "版"),
            W("Of azumi", "azumi の版")),
    NUMBER(struct az_reply_health, uptime_s, "s", "Uptime", "稼働時間", "Of the gateway",
           "ゲートウェイの稼働時間"),
    AZ_DOCUMENT(struct az_reply_health, jobs, AZ_F_REQUIRED, W("Jobs", "ジョブ"),
                W("How many in each state", "状態ごとの数")),
    AZ_BOOLEAN(struct az_reply_health, runner, 0, NAN, W("Runner", "実行係"),
               W("A runner is alive on this machine", "このマシンで実行係が動いている")),
    NUMBER(struct az_reply_health, oldest_queued_s, "s", "Oldest waiting", "最長の待ち時間",
           "Since the oldest job of the queue was accepted; absent when none waits",
           "待機中の最も古いジョブの受付からの時間。待機中がなければない"),
    COUNT(struct az_reply_health, deaths, "Deaths", "異常終了",
          "How many solver processes died in the last day", "この一日に落ちた求解プロセスの数"),
    BYTES(struct az_reply_health, store_bytes, "Store", "ストア", "The job store's file",
          "ジョブストアのファイル"),
    BYTES(struct az_reply_health, log_bytes, "Write-ahead log", "先行書き込みログ",
          "Beside it; it is folded in by itself", "その隣のファイル。自動で取り込まれる"),
    BYTES(struct az_reply_health, room_bytes, "Room", "空き容量", "Free on the store's disk",
          "ストアのディスクの空き"),
    COUNT(struct az_reply_health, parked, "Waiting clients", "待機中の要求",
          "Parked `events` requests", "待たされている `events` 要求の数"),
    BYTES(struct az_reply_health, in_flight_bytes, "In flight", "処理中",
          "Submissions that are being stored", "保存中の要求"),
};
static const struct az_table health_reply_table =
    AZ_TABLE("health reply", struct az_reply_health, health_reply_rows, NULL,
             W("How the service is", "サービスの状態"));

/* --- the table
 * --------------------------------------------------------------------------------
 */

static const struct az_operation operations[] = {
    { "submit", AZ_ROLES_WRITE, &submit_table, &accepted_table,
      W("ask the service for a plan", "サービスに計画を依頼する"), az_handle_submit },
    { "status", AZ_ROLES_READ, &status_table, &status_reply_table,
      W("where a job stands", "ジョブの状態を見る"), az_handle_status },
    { "events", AZ_ROLES_READ, &events_table, &events_reply_table,
      W("what happened, waiting up to 5 s for it", "出来事を見る（最長 5 秒待つ）"),
      az_handle_events },
    { "result", AZ_ROLES_READ, &result_table, &result_reply_table,
      W("fetch a plan and its certificate", "計画と証明書を受け取る"), az_handle_result },
    { "cancel", AZ_ROLES_WRITE, &cancel_table, &status_reply_table,
      W("stop a job, keeping its best plan", "最良の計画を残してジョブを止める"),
      az_handle_cancel },
    { "delete", AZ_ROLES_WRITE, &delete_table, &deleted_table,
      W("remove a finished job and all that is stored of it",
        "終わったジョブとその記録をすべて消す"),
      az_handle_delete },
    { "list", AZ_ROLES_READ, &list_table, &list_reply_table,
      W("list jobs, newest first", "ジョブを新しい順に一覧する"), az_handle_list },
    { "validate", AZ_ROLES_WRITE, &validate_table, &accepted_table,
      W("check an instance", "入力を検査する"), az_handle_validate },
    { "check", AZ_ROLES_WRITE, &check_table, &accepted_table, W("judge a plan", "計画を検査する"),
      az_handle_check },
    { "explain", AZ_ROLES_WRITE, &explain_table, &accepted_table,
      W("ask why there is no plan", "計画がない理由を尋ねる"), az_handle_explain },
    { "schema", AZ_ROLES_READ, &schema_table, &schema_reply_table,
      W("the JSON Schema of a document", "文書の JSON スキーマを得る"), az_handle_schema },
    { "capabilities", AZ_ROLES_READ, &capabilities_table, &capabilities_reply_table,
      W("what this service can do", "サービスにできることを見る"), az_handle_capabilities },
    { "health", AZ_ROLES_READ, &health_table, &health_reply_table,
      W("how the service is", "サービスの状態を見る"), az_handle_health },
    { "request", AZ_ROLES_WRITE, &request_table, &request_reply_table,
      W("the stored request of a job, to replay", "保存された要求を取り出す"), az_handle_request },
};

const struct az_operation *az_operation_at(size_t i)
{
    return i < sizeof operations / sizeof operations[0] ? &operations[i] : NULL;
}

const struct az_operation *az_operation_find(const char *name)
{
    for (size_t i = 0; name && az_operation_at(i); i++)
        if (strcmp(operations[i].name, name) == 0) return &operations[i];
    return NULL;
}

enum az_task az_operation_task(const char *name)
{
    if (strcmp(name, "check") == 0) return AZ_TASK_CHECK;
    if (strcmp(name, "explain") == 0) return AZ_TASK_EXPLAIN;
    if (strcmp(name, "validate") == 0) return AZ_TASK_VALIDATE;
    return AZ_TASK_SOLVE;
}
