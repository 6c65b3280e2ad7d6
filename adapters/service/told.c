/* told.c - problems and log events of the service, with what to do about them. */
#include "adapters/service/told.h"

#define W AZ_EN_JA

#define NOTHING W("nothing", "何もしなくてよい")
#define MEND W("mend the request: `errors` says where", "`errors` の示す箇所を直す")
#define AGAIN W("send it again, as it is", "同じ要求をもう一度送る")
#define REPORT                                                                            \
    W("keep the bundle (`request` with `bundle`) and report it; `engine` may be another", \
      "一式（`bundle` 付きの `request`）を保存して報告する。別の `engine` で解けることもある")

static const struct az_told_problem problems[] = {
    { "bad_envelope", false, false,
      W("the request is no JSON, or a member is missing, unknown or out of bounds",
        "JSON でないか、項目が足りない、知られていない、または範囲外"),
      MEND },
    { "unsupported_protocol", false, false,
      W("`azumi` is not the protocol that is spoken here", "`azumi` がこの版のプロトコルではない"),
      W("use the client of the service's version", "サービスと同じ版のクライアントを使う") },
    { "unknown_operation", false, false, W("there is no such `op`", "その `op` はない"),
      W("ask `capabilities`", "`capabilities` で確かめる") },
    { "unknown_kind", false, false, W("there is no such kind of plan", "その種類の計画はない"),
      W("ask `capabilities`", "`capabilities` で確かめる") },
    { "unauthorized", false, false,
      W("no access token, or one that is unknown or has expired",
        "アクセストークンがないか、知られていないか、期限切れ"),
      W("give a good token", "有効なトークンを使う") },
    { "forbidden", false, false,
      W("the token's role does not allow this operation or kind",
        "トークンの役割ではこの操作や種類は許されない"),
      W("use a token of another role", "別の役割のトークンを使う") },
    { "not_found", false, false,
      W("there is no such job or schema, or none that is yours to see",
        "そのジョブやスキーマがないか、見ることができない"),
      W("submit it, or look at `list`", "依頼するか `list` で確かめる") },
    { "ambiguous_id", false, false,
      W("several owners have a job of that name", "同じ名前のジョブが複数の所有者にある"),
      W("say `owner`", "`owner` を指定する") },
    { "id_conflict", false, false,
      W("the name stands for another request already", "その名前は別の要求に使われている"),
      W("choose another name", "別の名前にする") },
    { "not_finished", false, false,
      W("a job that is queued or running is not deleted", "終わっていないジョブは消せない"),
      W("cancel it first", "先に取り消す") },
    { "invalid_instance", false, false,
      W("the instance breaks its schema or its rules; also in results",
        "入力がスキーマや規則に反する。結果にも現れる"),
      MEND },
    { "invalid_plan", false, false,
      W("the plan, or the previous plan, is none of this instance; also in results",
        "計画または前回の計画がこの入力のものではない。結果にも現れる"),
      MEND },
    { "busy", true, false,
      W("too much is being read or stored, or another program holds the store",
        "混み合っているか、他のプログラムがストアを使っている"),
      AGAIN },
    { "stopping", true, false,
      W("the service stops, and takes nothing new", "停止中で、新しい要求を受け付けない"), AGAIN },
    { "store_full", true, false,
      W("less than 64 MiB are free on the store's disk", "ストアのディスクの空きが 64 MiB 未満"),
      W("make room (`delete`, `--retention`), then send it again",
        "空きを作って（`delete`、`--retention`）からもう一度送る") },
    { "store_damaged", false, false,
      W("some of the job store cannot be read", "ジョブストアの一部が読めない"),
      W("`azumi store check`, then restore a backup",
        "`azumi store check` で調べ、バックアップから復元する") },
    { "text_damaged", false, true,
      W("what is stored of this job is damaged", "このジョブの保存された内容が壊れている"),
      W("send it again under another name; the operator: `azumi store check`",
        "別の名前でもう一度送る。運用者は `azumi store check`") },
    { "store", true, false, W("the job store failed", "ジョブストアの障害"),
      W("look at the log; send it again", "ログを見て、もう一度送る") },
    { "no_memory", true, false, W("the service is out of memory", "サービスのメモリー不足"),
      AGAIN },
    { "reply_too_large", false, false,
      W("the reply would be larger than `reply_bytes`", "応答が `reply_bytes` を超える"),
      W("ask for less (`limit`), or for pages (`offset`)",
        "`limit` を小さくするか、`offset` で分けて求める") },
    { "internal", false, false, W("a defect in azumi", "azumi の不具合"), REPORT },
    { "memory_limit", false, true,
      W("the solver needs more memory than `memory_mib`", "求解に `memory_mib` 以上が必要"),
      W("ask for more memory, or a smaller instance", "上限を上げるか、入力を小さくする") },
    { "child_died", false, true,
      W("the solver process died three times; `attempts` of `status` says how",
        "求解プロセスが三度落ちた。`status` の `attempts` が示す"),
      REPORT },
    { "plan_refused", false, true,
      W("the judge refused what the solver found", "求解の結果が検査で退けられた"), REPORT },
    { "no_engine", false, true, W("the engine asked for is not installed", "指定のエンジンがない"),
      W("`engine`: auto, or install it", "`engine` を auto にするか、導入する") },
    { "bad_request", false, true,
      W("the stored request cannot be read", "保存された要求を読めない"), REPORT },
    { "unsupported", false, true,
      W("this method or engine cannot do what is asked", "その方法やエンジンではできない"),
      W("`method`: auto", "`method` を auto にする") },
    { "invalid", false, true, W("the input is wrong", "入力に誤りがある"), MEND },
    { "infeasible", false, true, W("proven to have no plan", "計画がないと証明された"),
      W("`explain` says what must give", "`explain` で理由を調べる") },
    { "unbounded", false, true,
      W("the objective has no limit: a price is missing", "目的に限りがない（価格の不足）"), MEND },
    { "no_plan", false, true, W("no plan was found in time", "時間内に計画が見つからなかった"),
      W("give more time, or a previous plan", "時間を延ばすか、前回の計画を添える") },
    { "deadline", false, true, W("the deadline passed", "期限が過ぎた"),
      W("give more time", "時間を延ばす") },
    { "cancelled", false, true, W("stopped on request", "要求により止められた"), NOTHING },
    { "limit", false, true, W("a stated limit was reached", "定めた上限に達した"),
      W("ask for more", "上限を上げる") },
    { "conflict", false, true, W("the name is taken by something else", "名前が使われている"),
      W("choose another name", "別の名前にする") },
    { "not_connected", false, true,
      W("a part of the network cannot be reached", "網の一部に到達できない"), MEND },
    { "numeric", false, true, W("the numbers are too badly conditioned", "数値の条件が悪い"),
      REPORT },
    { "engine", false, true, W("the optimisation engine failed", "エンジンの障害"), REPORT },
    { "io", true, true, W("reading or writing failed", "読み書きの失敗"), AGAIN },
    { "damaged", false, true, W("what is stored is damaged", "保存された内容が壊れている"),
      W("`azumi store check`, then restore a backup",
        "`azumi store check` で調べ、バックアップから復元する") },
    { "full", true, true, W("there is no room left to write", "書き込む空きがない"),
      W("make room, then send it again under another name", "空きを作り、別の名前で送る") },
};

#define EVERY "supervisor gateway runner"

static const struct az_told_event events[] = {
    { EVERY, "started", false, W("a process is ready", "プロセスの準備ができた"), NOTHING },
    { "supervisor runner", "stopping", false, W("it was told to stop", "停止を求められた"),
      NOTHING },
    { EVERY, "stopped", false, W("it has ended", "終わった"), NOTHING },
    { EVERY, "failed", true,
      W("a process cannot start: `words` or `status` says why",
        "プロセスを始められない。`words` や `status` が理由を示す"),
      W("mend that; the supervisor tries again by itself unless it says otherwise",
        "原因を取り除く。原則として自動で再試行される") },
    { "supervisor", "process_started", false,
      W("gateway or runner was started", "ゲートウェイまたは実行係を始めた"), NOTHING },
    { "supervisor", "process_died", true,
      W("gateway or runner ended; another takes its place",
        "ゲートウェイまたは実行係が終わった。代わりが始まる"),
      W("once: nothing. Again and again: look at the lines before it and at memory",
        "一度なら不要。繰り返すなら直前の行とメモリーを調べる") },
    { "supervisor", "process_hung", true,
      W("a process stood still for longer than `--watchdog` and is replaced",
        "プロセスが `--watchdog` より長く止まり、取り替えられる"),
      W("look at the disk and at what else the machine does", "ディスクと他の負荷を調べる") },
    { "supervisor", "recovered", false,
      W("jobs that ran when the service ended are queued again",
        "終了時に実行中だったジョブを待機に戻した"),
      NOTHING },
    { "supervisor gateway", "refused", true,
      W("supervisor: an address that may not be listened on. Gateway: a request without a good "
        "token, or beyond its role",
        "監督: 許されないアドレス。ゲートウェイ: 有効なトークンがないか役割を超えた要求"),
      W("change the address; find out who asks", "アドレスを変える。要求元を調べる") },
    { "supervisor", "store_full", true,
      W("no room to queue again what ran; it happens as soon as there is room",
        "空きがなく待機に戻せない。空けば自動で行う"),
      W("make room on the disk", "ディスクの空きを作る") },
    { EVERY, "store_failed", true,
      W("the job store cannot be read or written: `status` full, busy, io or damaged",
        "ジョブストアを読み書きできない（`status`: full、busy、io、damaged）"),
      W("full: make room. busy: end the program that holds it. io: look at the disk, then "
        "restore the backup",
        "full は空きを作る。busy は占有するプログラムを止める。io "
        "はディスクを調べ、バックアップから戻す") },
    { EVERY, "store_recovered", false,
      W("it works again, after `for_s` seconds", "`for_s` 秒ぶりに回復した"), NOTHING },
    { "gateway", "store_damaged", true,
      W("some of the job store cannot be read: nothing new is taken",
        "ジョブストアの一部が読めず、受け付けを止めた"),
      W("stop the service, `azumi store check`, restore a backup",
        "サービスを止め、`azumi store check` で調べ、バックアップから復元する") },
    { "gateway", "accepted", false, W("a job is on disk", "ジョブを保存した"), NOTHING },
    { "gateway", "changed", false,
      W("a job was stopped or removed, by the token's `name`; \"\": by the local operator",
        "ジョブが止められた、または消された。`name` は使われたトークン、空なら手元の管理者"),
      NOTHING },
    { "runner", "child_started", false, W("a solver process began a job", "求解を始めた"),
      NOTHING },
    { "runner", "child_died", true,
      W("a solver process died: one of three attempts", "求解プロセスが落ちた（三度まで試す）"),
      W("often: less memory for each, another engine; keep a bundle and report it",
        "頻発するならメモリーやエンジンを変え、一式を保存して報告する") },
    { "runner", "no_child", true,
      W("no solver process can be started; the job waits", "求解プロセスを始められない"),
      W("look at memory and at the number of processes", "メモリーとプロセス数を調べる") },
    { "runner", "finished", false, W("a job has its answer", "ジョブが終わった"), NOTHING },
    { "runner", "finish_refused", true,
      W("the answer could not be stored; the job runs again", "答えを保存できず、再実行する"),
      W("see `store_failed`; after a long standstill of the machine, nothing",
        "`store_failed` を見る。長い停止の後なら不要") },
    { "runner", "requeued", false,
      W("a job went back to the queue, because the service stops", "停止のため待機に戻した"),
      NOTHING },
    { "runner", "lease_lost", true,
      W("another runner took the job over: this one had given no sign for too long",
        "別の実行係がジョブを引き継いだ（応答が途絶えたため）"),
      W("often: the machine stands still, or `--lease` is too short",
        "頻発するなら機械の停止か、短すぎる `--lease`") },
    { "runner", "stray_requeued", true,
      W("a job whose end could not be stored is queued again",
        "終わりを保存できなかったジョブを待機に戻した"),
      W("see `store_failed`", "`store_failed` を見る") },
    { "runner", "swept", false,
      W("jobs ran out of time in the queue, or of their lease", "待機中の期限切れなどを処理した"),
      W("often: more workers, or fewer jobs", "頻発するなら実行数を増やす") },
    { "runner", "retired", false, W("jobs were removed by `--retention`", "保存期間を過ぎて消した"),
      NOTHING },
};

const struct az_told_problem *az_told_problem(size_t i)
{
    return i < sizeof problems / sizeof problems[0] ? &problems[i] : NULL;
}

const struct az_told_event *az_told_event(size_t i)
{
    return i < sizeof events / sizeof events[0] ? &events[i] : NULL;
}

/* --- pages ------------------------------------------------------------------------------------ */

void az_told_problems_page(FILE *out, enum az_language language)
{
    const struct az_told_problem *row;
    bool ja = language == AZ_JAPANESE;
    fputs(
        ja ? "| コード | 意味 | どうするか | 再送で解消 | 場所 |\n|---|---|---|---|---|\n"
           : "| code | meaning | what to do | passes by itself | where |\n|---|---|---|---|---|\n",
        out);
    for (size_t i = 0; (row = az_told_problem(i)) != NULL; i++)
        fprintf(out, "| `%s` | %s | %s | %s | %s |\n", row->code, az_say(row->meaning, language),
                az_say(row->todo, language),
                row->passes ? (ja ? "はい" : "yes") : (ja ? "いいえ" : "no"),
                row->of_job ? (ja ? "結果" : "result") : (ja ? "応答" : "reply"));
}

void az_told_events_page(FILE *out, enum az_language language)
{
    const struct az_told_event *row;
    bool ja = language == AZ_JAPANESE;
    fputs(ja ? "| 事象 | 誰が | 警報 | 意味 | どうするか |\n|---|---|---|---|---|\n"
             : "| event | who | alarm | meaning | what to do |\n|---|---|---|---|---|\n",
          out);
    for (size_t i = 0; (row = az_told_event(i)) != NULL; i++)
        fprintf(out, "| `%s` | %s | %s | %s | %s |\n", row->event, row->roles,
                row->is_alarm ? (ja ? "**警報**" : "**alarm**") : "",
                az_say(row->meaning, language), az_say(row->todo, language));
}
