/* certificate_fields.c - the tables of options, certificate and plan document. */
#include "formulations/certificate.h"

#define W AZ_EN_JA

/* --- options --- */

static const struct az_choice method_choices[] = {
    { "auto", W("what suits the kind", "種類に合うもの") },
    { "compact", W("one model of everything", "全体を一つのモデルで解く") },
    { "columns", W("schedules of units, buses or rounds as columns, where the kind has them",
                   "設備・バス・巡回ごとの運用案を列として組み合わせる（対応する種類のみ）") },
};

static const struct az_field options_rows[] = {
    AZ_NUMBER(struct az_options, deadline_s, AZ_F_DEFAULT | AZ_F_ABOVE_MIN, "s", 0, 604800, 60,
              W("Deadline", "期限"),
              W("Time to answer, counted from acceptance; the best plan so far is returned then",
                "受付から数えた回答期限。その時点で最良の計画を返す")),
    AZ_NUMBER(struct az_options, gap, 0, NULL, 0, 1, NAN, W("Relative gap", "相対ギャップ"),
              W("Stop when the plan is proven within this share of its cost; when absent the "
                "instance's own, else 0.001",
                "計画が費用のこの割合以内で最適と証明されたら終える。なければ入力の値、それもなけれ"
                "ば 0.001")),
    AZ_NUMBER(
        struct az_options, gap_abs, 0, NULL, 0, INFINITY, NAN, W("Absolute gap", "絶対ギャップ"),
        W("Stop when the plan is proven within this amount of the objective's unit (JPY unless the "
          "instance says otherwise); when absent the instance's own, else 1",
          "計画がこの金額（目的関数の単位、通常は円）以内で最適と証明されたら終える。なければ入力の"
          "値、それもなければ 1")),
    { AZ_ROW_(struct az_options, engine, AZ_T_TEXT, AZ_F_DEFAULT | AZ_F_NOT_EMPTY),
      .def_text = "auto", .label = W("Engine", "エンジン"),
      .meaning = W("Optimisation engine: auto, or the name of one that is installed (glpk, cbc)",
                   "最適化エンジン。auto か、導入済みのものの名前（glpk、cbc）") },
    AZ_ENUM(struct az_options, method, AZ_F_DEFAULT | AZ_F_ADVANCED, method_choices, AZ_METHOD_AUTO,
            W("Method", "解法"), W("How to solve", "解き方")),
    AZ_INTEGER(struct az_options, seed, AZ_F_DEFAULT | AZ_F_ADVANCED, NULL, 0, 9007199254740991.0,
               1, W("Seed", "乱数の種"),
               W("Same instance, options, seed and engine give the same plan",
                 "入力、オプション、種、エンジンが同じなら同じ計画になる")),
    AZ_INTEGER(struct az_options, priority, AZ_F_DEFAULT | AZ_F_ADVANCED, NULL, -100, 100, 0,
               W("Priority", "優先度"),
               W("Among waiting jobs the higher one runs earlier",
                 "待機中のジョブは大きいものから実行する")),
    AZ_INTEGER(struct az_options, threads, AZ_F_DEFAULT | AZ_F_ADVANCED, NULL, 1, 256, 1,
               W("Threads", "スレッド数"),
               W("At most this many; the plan does not depend on it",
                 "使うスレッドの上限。計画は変わらない")),
    AZ_DOCUMENT(struct az_options, previous_plan, AZ_F_ADVANCED, W("Previous plan", "前回の計画"),
                W("A PLAN document or a bare plan to begin from, on its own horizon",
                  "出発点にする計画文書または計画本体。期間はずれていてよい")),
    { AZ_ROW_(struct az_options, stream, AZ_T_TEXT, AZ_F_NOT_EMPTY | AZ_F_ADVANCED),
      .label = W("Stream", "系列"),
      .meaning = W("Within a stream a newer job supersedes an older one that has not finished",
                   "同じ系列では、新しいジョブが未完了の古いジョブに取って代わる") },
    AZ_TIME(struct az_options, not_after, AZ_F_ADVANCED, W("Not after", "開始期限"),
            W("Past this moment a waiting job expires instead of running",
              "この時刻を過ぎた待機中のジョブは実行せず失効する")),
    AZ_NUMBER(struct az_options, memory_mib, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "MiB", 0, 1048576, NAN,
              W("Memory limit", "メモリ上限"),
              W("Most memory that the solver may use; the service may set a lower limit",
                "求解に使えるメモリの上限。サービス側の上限が優先する")),
    AZ_BOOLEAN(struct az_options, reuse, AZ_F_DEFAULT | AZ_F_ADVANCED, 1, W("Reuse", "再利用"),
               W("The service may answer from its stored result of the same request, when the same "
                 "version has proven that optimal",
                 "同じ要求を同じ版が最適と証明済みなら、サービスは保存した結果で答えてよい")),
};
const struct az_table az_options_table =
    AZ_TABLE("options", struct az_options, options_rows, NULL,
             W("What a request may ask of a solve", "求解への要望"));

/* --- certificate --- */

static const struct az_choice status_choices[] = {
    { "optimal", W("proven within the asked gap", "求めたギャップ以内で最適と証明された") },
    { "feasible", W("a checked plan without that proof", "検査済みだが最適の証明はない") },
    { "infeasible", W("proven to have no plan", "計画が存在しないと証明された") },
    { "no_plan", W("no plan was found in time", "期限までに計画が見つからなかった") },
};
static const struct az_choice stop_choices[] = {
    { "gap", W("the asked gap was reached", "求めたギャップに達した") },
    { "deadline", W("the deadline passed", "期限に達した") },
    { "cancel", W("cancelled by the caller", "取り消された") },
    { "limit", W("a stated limit was reached", "定めた上限に達した") },
};
static const struct az_choice sense_choices[] = {
    { "minimize", W("less is better", "小さいほどよい") },
    { "maximize", W("more is better", "大きいほどよい") },
};

static const struct az_field level_rows[] = {
    AZ_TEXT(struct az_certificate_level, name, AZ_F_REQUIRED, W("Level", "段階"),
            W("What this level of the objective measures", "この段階の目的が測るもの")),
    AZ_NUMBER(struct az_certificate_level, objective, 0, NULL, AZ_NO_MIN, AZ_NO_MAX, NAN,
              W("Objective", "目的値"), W("Value of the plan", "計画の値")),
    AZ_NUMBER(struct az_certificate_level, bound, 0, NULL, AZ_NO_MIN, AZ_NO_MAX, NAN,
              W("Bound", "限界値（下界・上界）"),
              W("No plan can be better, given the levels before",
                "前の段階を守る限り、これより良い計画はない")),
    AZ_NUMBER(struct az_certificate_level, gap, 0, NULL, 0, INFINITY, NAN, W("Gap", "ギャップ"),
              W("Relative distance of objective and bound", "目的値と限界値の相対差")),
};
static const struct az_table level_table =
    AZ_TABLE("certificate level", struct az_certificate_level, level_rows, NULL,
             W("One level of an objective with levels, conditional on those before it",
               "段階つき目的の一段階。前の段階を条件とする"));
static const struct az_field level_item = AZ_ITEM_OBJECT(&level_table);

static const struct az_field concession_rows[] = {
    AZ_TEXT(struct az_certificate_concession, rule, AZ_F_REQUIRED, W("Rule", "規則"),
            W("Code of the rule", "規則のコード")),
    AZ_TEXT(struct az_certificate_concession, pointer, 0, W("Pointer", "ポインター"),
            W("JSON Pointer into the plan", "計画の中の位置（JSON Pointer）")),
    AZ_TEXT(struct az_certificate_concession, place, 0, W("Place", "場所"),
            W("The place for people", "人が読むための場所")),
    AZ_TIME(struct az_certificate_concession, at, 0, W("At", "時刻"),
            W("Start of the slot or event", "コマまたは出来事の始まり")),
    AZ_NUMBER(struct az_certificate_concession, amount, 0, NULL, AZ_NO_MIN, AZ_NO_MAX, NAN,
              W("Amount", "量"), W("By how much, in `unit`", "どれだけ譲ったか（`unit` の単位）")),
    AZ_TEXT(struct az_certificate_concession, unit, 0, W("Unit", "単位"),
            W("Unit of the amount", "量の単位")),
    AZ_NUMBER(struct az_certificate_concession, price, 0, NULL, AZ_NO_MIN, AZ_NO_MAX, NAN,
              W("Price", "単価"),
              W("Declared price of one unit", "入力で定めた 1 単位あたりの価格")),
    AZ_NUMBER(struct az_certificate_concession, cost, 0, NULL, AZ_NO_MIN, AZ_NO_MAX, NAN,
              W("Cost", "費用"), W("Price of the whole breach", "この譲歩全体の費用")),
    AZ_TEXT(struct az_certificate_concession, words_en, 0, W("Words (English)", "説明（英語）"),
            W("The breach in English", "英語での説明")),
    AZ_TEXT(struct az_certificate_concession, words_ja, 0, W("Words (Japanese)", "説明（日本語）"),
            W("The breach in Japanese", "日本語での説明")),
};
static const struct az_table concession_table = AZ_TABLE(
    "concession", struct az_certificate_concession, concession_rows, NULL,
    W("A breach of a rule that the instance has priced", "入力で単価を定めて認めた規則違反"));
static const struct az_field concession_item = AZ_ITEM_OBJECT(&concession_table);

static const struct az_field assumption_rows[] = {
    AZ_TEXT(struct az_certificate_assumption, code, AZ_F_REQUIRED, W("Code", "コード"),
            W("What kind of repair it is", "補修の種類")),
    AZ_TEXT(struct az_certificate_assumption, pointer, 0, W("Pointer", "ポインター"),
            W("JSON Pointer into the instance", "入力の中の位置（JSON Pointer）")),
    AZ_TEXT(struct az_certificate_assumption, place, 0, W("Place", "場所"),
            W("The place for people", "人が読むための場所")),
    AZ_TEXT(struct az_certificate_assumption, words_en, 0, W("Words (English)", "説明（英語）"),
            W("The repair in English", "英語での説明")),
    AZ_TEXT(struct az_certificate_assumption, words_ja, 0, W("Words (Japanese)", "説明（日本語）"),
            W("The repair in Japanese", "日本語での説明")),
};
static const struct az_table assumption_table =
    AZ_TABLE("assumption", struct az_certificate_assumption, assumption_rows, NULL,
             W("A repair of measured input that the instance's policy allowed",
               "入力の方針が許した計測値の補修"));
static const struct az_field assumption_item = AZ_ITEM_OBJECT(&assumption_table);

static const struct az_field certificate_rows[] = {
    AZ_ENUM(struct az_certificate, status, AZ_F_REQUIRED, status_choices, -1, W("Status", "状態"),
            W("What is proven", "証明されたこと")),
    AZ_ENUM(struct az_certificate, stopped, 0, stop_choices, -1, W("Stopped by", "終了理由"),
            W("Why the solve ended", "求解が終わった理由")),
    AZ_ENUM(struct az_certificate, sense, 0, sense_choices, -1, W("Sense", "向き"),
            W("Whether less or more is better", "小さいほどよいか、大きいほどよいか")),
    AZ_TEXT(struct az_certificate, unit, 0, W("Unit", "単位"),
            W("Unit of objective and bound", "目的値と限界値の単位")),
    AZ_NUMBER(struct az_certificate, objective, 0, NULL, AZ_NO_MIN, AZ_NO_MAX, NAN,
              W("Objective", "目的値"),
              W("The judge's cost and penalty of the plan",
                "検査が計算した、計画の費用とペナルティの和")),
    AZ_NUMBER(struct az_certificate, bound, 0, NULL, AZ_NO_MIN, AZ_NO_MAX, NAN,
              W("Bound", "限界値（下界・上界）"),
              W("No plan of the problem as stated can be better",
                "与えられた問題のどの計画も、この値より良くはならない")),
    AZ_NUMBER(struct az_certificate, gap, 0, NULL, 0, INFINITY, NAN, W("Gap", "相対ギャップ"),
              W("gap_abs as a share of the objective or of the instance's money scale",
                "絶対ギャップの、目的値または入力の金額規模に対する割合")),
    AZ_NUMBER(struct az_certificate, gap_abs, 0, NULL, 0, INFINITY, NAN,
              W("Absolute gap", "絶対ギャップ"),
              W("By how much a better plan could beat this one at most",
                "これより良い計画があったとしても、改善はこの額まで")),
    AZ_NUMBER(struct az_certificate, cost, 0, NULL, AZ_NO_MIN, AZ_NO_MAX, NAN, W("Cost", "費用"),
              W("Money without penalties", "ペナルティを除く費用")),
    AZ_NUMBER(struct az_certificate, penalty, 0, NULL, 0, INFINITY, NAN, W("Penalty", "ペナルティ"),
              W("Price of all concessions", "譲歩すべての費用")),
    AZ_BOOLEAN(struct az_certificate, meets_all_rules, 0, -1,
               W("Meets all rules", "全規則を満たす"),
               W("True without any concession", "譲歩が一つもなければ true")),
    AZ_LIST_OF(struct az_certificate, concessions, 0, &concession_item, W("Concessions", "譲歩"),
               W("Declared, priced breaches", "単価を定めて認めた規則違反")),
    AZ_LIST_OF(struct az_certificate, assumptions, 0, &assumption_item, W("Assumptions", "仮定"),
               W("Repairs of measured input", "計測値の補修")),
    AZ_LIST_OF(struct az_certificate, levels, 0, &level_item, W("Levels", "段階"),
               W("One entry per level of a lexicographic objective", "辞書式目的の段階ごとの値")),
    AZ_TIME(struct az_certificate, valid_from, 0, W("Valid from", "有効期間の始まり"),
            W("Start of the horizon", "計画期間の始まり")),
    AZ_TIME(struct az_certificate, valid_until, 0, W("Valid until", "有効期間の終わり"),
            W("End of the horizon", "計画期間の終わり")),
    AZ_TEXT(struct az_certificate, engine, 0, W("Engine", "エンジン"),
            W("Engine, its version and the method", "エンジンとその版、解法")),
    AZ_TEXT(struct az_certificate, azumi, 0, W("azumi", "azumi"),
            W("Version of azumi", "azumi の版")),
    AZ_INTEGER(struct az_certificate, schema, 0, NULL, 0, INFINITY, 0, W("Schema", "スキーマ"),
               W("Version of the kind's tables", "この種類の表の版")),
    AZ_NUMBER(struct az_certificate, seconds, 0, "s", 0, INFINITY, NAN, W("Time", "所要時間"),
              W("Time the solve took", "求解にかかった時間")),
    AZ_INTEGER(struct az_certificate, seed, 0, NULL, 0, INFINITY, 0, W("Seed", "乱数の種"),
               W("Seed that was used", "使った乱数の種")),
    AZ_TEXT(struct az_certificate, instance_sha256, 0, W("Instance", "入力"),
            W("SHA-256 of the instance as compact JSON with sorted keys",
              "入力をキー順・空白なしの JSON にしたときの SHA-256")),
    AZ_BOOLEAN(struct az_certificate, checked, 0, -1, W("Checked", "検査済み"),
               W("The judge has passed this very plan", "この計画そのものが検査に合格した")),
    AZ_TEXT(struct az_certificate, reused_from, 0, W("Reused from", "再利用元"),
            W("The job of the same request for which the service found this plan",
              "同じ要求に対してこの計画を求めた、サービスのジョブ")),
};
const struct az_table az_certificate_table =
    AZ_TABLE("certificate", struct az_certificate, certificate_rows, NULL,
             W("How good a plan provably is", "計画の良さの証明"));

/* --- plan document --- */

static const struct az_field document_rows[] = {
    AZ_TEXT(struct az_plan_document, kind, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, W("Kind", "種類"),
            W("Kind of the plan: microgrid, ...", "計画の種類（microgrid など）")),
    AZ_DOCUMENT(
        struct az_plan_document, plan, AZ_F_REQUIRED, W("Plan", "計画"),
        W("The plan itself, by the kind's plan table", "計画本体（種類ごとの計画の表による）")),
    AZ_DOCUMENT(
        struct az_plan_document, certificate, 0, W("Certificate", "証明書"),
        W("How good it is; absent in plans made by hand", "計画の良さ。手で作った計画にはない")),
};
const struct az_table az_plan_document_table =
    AZ_TABLE("plan document", struct az_plan_document, document_rows, NULL,
             W("A plan file", "計画ファイル"));
