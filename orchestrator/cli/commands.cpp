#include <array>

#include "orchestrator/cli/alerts.h"
#include "orchestrator/cli/command.h"

namespace orch::cli {
namespace {

constexpr std::array table = {
    Command{
        "submit", "Run a workflow",
        "Starts a run of the definition and follows it until it ends. Without another orch "
        "this process owns the run store and does the work, in the foreground. When another "
        "process owns the store, the run is handed over to it and followed from here, with "
        "the same output.\n\n"
        "Ctrl-C and SIGTERM let the tasks at work finish and pause the run: nothing continues "
        "it but `orch resume`, and `orch stop` ends it. A second Ctrl-C leaves at once. A run "
        "that was interrupted otherwise (kill -9, power) is continued by the next orch that "
        "owns the store, which says so and stays until it has ended. Nothing is lost either "
        "way.\n\n"
        "One run at a time replicates a table: a second one waits for the first, skips "
        "everything (exit code 0), or fails with Run.Overlaps (3), as --if-running says.\n\n"
        "After a replication its tables are on standard output, after any other run its output, "
        "as JSON. With -o json or jsonl it is the run as `orch status` has it. What happens on "
        "the way is on standard error, with times where that is no terminal.\n\n"
        "The exit code is the run's outcome: 0 succeeded, 3 failed or timed out, 4 stopped or "
        "interrupted.",
        "orch submit replicate --connections connections.json --input "
        "'{\"catalog\":\"catalog.json\"}'\n"
        "orch submit nightly.json --name nightly-2026-01-31 --input @input.json\n"
        "orch submit replicate --quiet --if-running skip --input '{\"catalog\":\"catalog.json\"}'",
        declare_submit},
    Command{"resume", "Continue a run that failed, was stopped, paused or interrupted",
            "Redoes what failed and keeps what succeeded: branches, iterations and tables that "
            "are done stay done. Retry counters start anew. A run that is under way is followed.",
            "orch resume nightly\n"
            "orch resume @last --from Merge --input @fixed.json\n"
            "orch resume 5dep --definition corrected.json",
            declare_resume},
    Command{
        "status", "List the runs, or show one: states, tables, failures",
        "Reads beside the owner of the store and changes nothing. A run that is under way is "
        "running, waiting (for another run that has its tables), paused (until `orch "
        "resume`), or interrupted: no process owns the store, and the next orch that does "
        "continues it. A run that orch could not carry on is set_aside, with the reason: `orch "
        "resume` tries again, `orch stop` ends it; one of which the store does not hold what was "
        "written is damaged (`orch explain ORCH-0206`). A run that has ended is succeeded, failed, "
        "timed_out or stopped. JSON has the words of Step Functions: RUNNING for all that are "
        "under way (with \"interrupted\", \"paused\", \"set_aside\"), SUCCEEDED, FAILED, "
        "TIMED_OUT, and ABORTED for stopped.\n\n"
        "A run is named by its name, its id, a beginning or ending of its id that no other run "
        "has (ids begin with the time: the list marks the ending that tells its runs apart), or "
        "@last, the run that was started last.",
        "orch status\norch status --failed --since yesterday\n"
        "orch status nightly\norch status @last --full\norch status nightly -o json",
        declare_status},
    Command{"history", "Show every event of a run",
            "On a terminal, lines are cut to its width unless --full. With -o json or jsonl the "
            "events have the shape of the Step Functions history; what orch records beyond it is "
            "left out.",
            "orch history nightly\norch history nightly --table fx_rates\n"
            "orch history @last --failures --full\norch history nightly -o jsonl | tail -n 1",
            declare_history},
    Command{
        "tables", "Show how old the tables are, or how one fared in its latest runs",
        "Reads the latest runs of the run store; the databases are not asked. A table's rows are "
        "as old as the source was when the load that is published was read. Tables are told apart "
        "by their keys and their connections files.\n\n"
        "With --older-than the command is a check for cron or a monitor: it lists what is too old, "
        "and its exit code is 3 when there is any.",
        "orch tables\norch tables fx_rates --since 30d -n 200\n"
        "orch tables --older-than 26h -o jsonl\n"
        "orch tables --mail team@example.org | sendmail -t",
        declare_tables},
    Command{
        "report", "Show the report of a replication",
        "On a terminal as a page, elsewhere the Markdown that the run wrote (report.md); with -o "
        "json its report.json. The same report for a browser is the file that is named last.",
        "orch report\norch report nightly --html > nightly.html\n"
        "orch report @last -o json | jq .failures",
        declare_report},
    Command{"stop", "End a run; it can be resumed",
            "The tasks at work are told to stop; what they had not committed does not happen.",
            "orch stop nightly --cause 'maintenance window'", declare_stop},
    Command{"redo", "Replicate one table of a run again",
            "A new run with the definition, connections and input of that one does this table "
            "alone, on the same verified path. It belongs to no pipeline. To continue what failed "
            "of a run, `orch resume` it.",
            "orch redo nightly fx_rates", declare_redo},
    Command{"hold", "Hold back a connection, a run, a pipeline or the server",
            "What is held waits, visibly, and continues when it is released or the hold is over; a "
            "hold outlives restarts. A connection is held for all runs that need it; what does not "
            "need it continues. A second hold of the same subject replaces the first.",
            "orch hold core --until 06:00 --reason 'index build'\n"
            "orch hold --pipeline nightly --mode finish\n"
            "orch hold --server --mode pause --until 2h",
            declare_hold},
    Command{"release", "End a hold", "What waited for it continues.",
            "orch release core\norch release --server", declare_release},
    Command{"limits", "Show who holds slots, who waits for what, and what is held back",
            "How much runs at a time is set by connections (\"limits\"), pipelines "
            "(\"limits\") and the setting limit. `orch status RUN` says what one run waits for.",
            "orch limits\norch limits -o json", declare_limits},
    Command{"validate", "Check definitions; lists every problem with its place",
            "Nothing is run. The exit code is 1 when a definition is not valid.",
            "orch validate nightly.json\norch validate workflows/*.json -o jsonl",
            declare_validate},
    Command{"graph", "Draw a definition, or a run with its states' colours",
            "As SVG or PNG through Graphviz, or as text in the DOT language or for Mermaid.",
            "orch graph replicate -O replicate.png\norch graph nightly -o svg > nightly.svg\norch "
            "graph @last -o mermaid",
            declare_graph},
    Command{"catalog discover", "Write a first catalog from what a database holds",
            "Takes the tables, partitioned tables and foreign tables of all the user's schemas, "
            "or the CSV or JSON Lines files of a folder, and says on standard error what it leaves "
            "out, and why: "
            "views (unless --views asks for them), what may not be read, what belongs to an "
            "extension, files of other kinds.\n\n"
            "CSV and JSON Lines files are read whole: the catalog pins delimiter, quote, encoding, "
            "decimal comma, patterns of dates and the types of columns, and standard error says "
            "what they rest on, with the lines of the few values that are none of a type.\n\n"
            "Schemas are kept: where the target has none (SQLite), tables of one name become "
            "SCHEMA_TABLE. Keys are table names, or SCHEMA.TABLE where two tables have one name. "
            "Each table gets checks that an emptied source does not pass: its key is unique, at "
            "least one row (of a table that has rows), at most 50 % fewer rows than before.",
            "orch catalog discover ledger --target dwh -O catalog.json\n"
            "orch catalog discover ops --target dwh --schema 'claims,policy_*' "
            "--target-schema claims=raw",
            declare_catalog_discover},
    Command{"catalog validate", "Check a catalog against its databases",
            "Plans every table as a run would, with both databases open, and changes nothing: "
            "missing tables and columns, the right to read (with the GRANT), drift, types, targets "
            "that would be one table or are another catalog's, and the SQL of queries, \"where\" "
            "and checks, which is explained, never run.",
            "orch catalog validate catalog.json", declare_catalog_validate},
    Command{"catalog show", "Show the tables of a catalog", "",
            "orch catalog show --tags daily\norch catalog show -o json", declare_catalog_show},
    Command{"catalog files", "List the files that tables are loaded from, and what became of each",
            "Of the tables whose files are each loaded once (docs/files.md): the files that are "
            "there and those of the target's ledger. A file is loaded; gone (loaded, and then "
            "archived or taken away); changed (loaded, and another size or time of writing is "
            "there now); left by the newest load, with the reason; waiting, because it is not "
            "complete yet; late (new, but its name comes before that of a loaded file); or new. "
            "No file is read.",
            "orch catalog files\norch catalog files --only 'sales*' --state left,waiting,late\n"
            "orch catalog files -o jsonl",
            declare_catalog_files},
    Command{"catalog refresh", "Tell what has changed at the sources, and take it in",
            "Lists tables that no entry reads (new), entries whose table is gone, and tables whose "
            "columns or key are not those of the last load (changed), which a run refuses. --apply "
            "and --accept add entries for new tables, remove those of tables that are gone and set "
            "\"accepted_schema\" where columns changed; everything else in the file stays as it is "
            "written, and the lines that changed are shown. The target's tables are not altered: "
            "what they need first is named.\n\n"
            "New tables are looked for as the catalog's \"discover\" says; its \"ignore\" lists "
            "those that are not wanted. The exit code is 1 while tables are gone or changed and "
            "not taken in.",
            "orch catalog refresh\n"
            "orch catalog refresh catalog.json --accept claim,policy_*\n"
            "orch catalog refresh --apply",
            declare_catalog_refresh},
    Command{
        "connection test", "Try a source: what can be read, and what would be lost",
        "Connects, describes every table, and reads up to 1,000 rows of one column of each type "
        "that the source has. Nothing is written anywhere. What a target takes of it is told by "
        "`orch catalog validate`. The exit code is 1 when a table or a type has a problem.",
        "orch connection test erp\norch connection test erp --rows 100000 -o json",
        declare_connection_test},
    Command{"connection history", "Show when connections did not answer",
            "As tasks found out: an outage begins with the first task that fails with "
            "Connection.Down, and ends when the connection has answered again.",
            "orch connection history core\norch connection history -o jsonl",
            declare_connection_history},
    Command{
        "schedule preview", "Show when a schedule fires",
        "SCHEDULE is a cron expression of five fields (minute, hour, day of month, month, day "
        "of week) or of six (the second in front), with names, lists, ranges, steps, L, W and "
        "#; a nickname such as @daily; an interval, @every 15m; or a form of Amazon "
        "EventBridge, cron(…) and rate(…).\n\n"
        "A time that the clocks skip in spring fires when they have been put forward; one that "
        "comes twice in autumn fires the first time. A schedule of every hour, and an "
        "interval, count on the time that passes. docs/schedules.md has the rules.",
        "orch schedule preview '30 2 * * *' --zone Europe/Berlin --from 2027-03-27 --count 3\n"
        "orch schedule preview '0 6 L * *' --business-days previous --holidays days.txt -o jsonl",
        declare_schedule_preview},
    Command{"pipelines", "List the pipelines: state, last run, next fire",
            "A pipeline is a workflow under a name, with the triggers that run it; `orch deploy` "
            "makes them from a project's files, `orch serve` runs them. docs/pipelines.md has the "
            "rules.",
            "orch pipelines\norch pipelines -o jsonl | jq 'select(.state == \"paused\").name'",
            declare_pipelines},
    Command{"pipeline show", "Show a pipeline: triggers, next fire times, backfills", "",
            "orch pipeline show load\norch pipeline show load -o json", declare_pipeline_show},
    Command{"pipeline fires", "List what became of each fire: a run, or the reason for none",
            "Each fire of a trigger has one row: started, queued (until others have ended), "
            "skipped (by overlap or a pause), missed (later than the catch-up window) or refused "
            "(no run of it can start).",
            "orch pipeline fires load\norch pipeline fires load --outcome missed --since 7d",
            declare_pipeline_fires},
    Command{"pipeline run", "Run a pipeline now",
            "Prints the run's id. The pipeline's overlap holds for it as well: where a run is "
            "under way it may be skipped (exit code 1) or queued. A paused pipeline runs when "
            "it is asked to. Without a running `orch serve`, the run waits for the next one.",
            "orch pipeline run load\n"
            "orch pipeline run load --at 2027-03-27T06:00:00+01:00 --follow\n"
            "orch pipeline run load --input '{\"full\": true}' --key ticket-4711",
            declare_pipeline_run},
    Command{
        "pipeline pause", "Keep a pipeline's triggers from firing",
        "Runs under way continue, what is queued waits. What the triggers would fire is recorded "
        "as skipped, with the note and the person; `orch pipeline backfill` makes up for it.",
        "orch pipeline pause load --note 'source is being migrated'", declare_pipeline_pause},
    Command{"pipeline resume", "Let a paused pipeline's triggers fire again", "",
            "orch pipeline resume load", declare_pipeline_resume},
    Command{"pipeline backfill", "Run a pipeline for the times of a range that have no run",
            "Fire times of one of its schedules that were skipped or missed, or lie before its "
            "first deployment, are queued and run, so many at a time, also while the pipeline is "
            "paused and beside what its triggers fire.",
            "orch pipeline backfill load --from 2027-03-01 --to 2027-03-15\n"
            "orch pipeline backfill load --from 2027-01-01 --newest-first --at-once 4\n"
            "orch pipeline backfill load --cancel 3",
            declare_pipeline_backfill},
    Command{"alerts list", "Show open alerts, silences, and what was sent",
            "An alert is open from the time its condition holds until it is over: a run succeeds "
            "again, the data is fresh again. Pipelines and the file of `orch serve --alerts` say "
            "who is told of what, and when. docs/alerts.md has the rules.",
            "orch alerts list\norch alerts list -o json | jq .open", declare_alerts_list},
    Command{"alerts silence", "Send no messages about some alerts for a while",
            "What begins and ends within the silence is not told; what is still open at its end "
            "is told then.",
            "orch alerts silence pipeline:load --for 2h --reason 'migration of the source'\n"
            "orch alerts silence '*' --alert late --for 1d --reason holiday",
            declare_alerts_silence},
    Command{"alerts unsilence", "End a silence", "", "orch alerts unsilence 4",
            declare_alerts_unsilence},
    Command{"alerts test", "Send a message to a channel, and say what becomes of it",
            "The running `orch serve` sends it as it sends alerts. The exit code is 1 when the "
            "channel does not take it.",
            "orch alerts test ops", declare_alerts_test},
    Command{
        "plan", "Show what a run would do with each table of a catalog",
        "Plans every table as a run would, with both databases open, and changes nothing. METHOD "
        "is how rows travel, as the servers spell them (binary, text) or cell by cell. PUBLISH is "
        "how they become the table's; \"unchanged\": nothing says that the source has changed "
        "since the last load, and rows that are equal are not written. LOCK is who waits for "
        "that: none; all, for the moment of an exchange; others who write to the table, to the "
        "same rows, or to the database. ROWS and SIZE are what the source estimates, AFTER is the "
        "watermark that is read from, LAST TOOK the time of the latest load in the run store. A "
        "single table is shown with its columns.\n\n"
        "What cannot be replicated is told as by `orch catalog validate`; the exit code is 1 "
        "then.",
        "orch plan\norch plan catalog.json --only fx_rates\n"
        "orch plan -o jsonl | jq 'select(.lock == \"writers\").key'",
        declare_plan},
    Command{"project init", "Make a project: a folder that says what a server shall run",
            "Writes project.json, a workflow, a pipeline that runs it every day, and what the "
            "environment prod changes. The folder works as it is: `orch deploy` takes it. Put it "
            "under version control. docs/projects.md has the rules.",
            "orch project init risk\norch project init", declare_project_init},
    Command{"project check", "Check all files of a project; lists every problem with its place",
            "Reads project.json, connections, catalogs, workflows and pipelines as each "
            "environment has them, with overlays and ${NAME} applied. No database is asked and "
            "nothing is changed. The exit code is 1 when something is wrong.",
            "orch project check\norch project check --env prod -o jsonl", declare_project_check},
    Command{
        "deploy", "Make a server run what a project's files say",
        "Shows what is made, changed and removed, like a diff, and does it in one transaction: "
        "pipelines, their revisions, and a state machine with a version and an alias for each. "
        "Where nothing differs, nothing is done. A server that runs (`orch serve`) goes by it at "
        "once; runs under way keep what they were started with.\n\n"
        "On a terminal the plan is shown first and asked for, unless --yes; elsewhere it is "
        "carried out. What was changed since the plan was made is not overwritten (ORCH-0817).\n\n"
        "The store is that of --store or ORCH_STORE, else the one that project.json names for the "
        "environment. Secrets stay where they are: the store has their places.",
        "orch deploy --plan\norch deploy --env prod --yes\n"
        "orch deploy --project risk -o json | jq '.changes[].pipeline'",
        declare_deploy},
    Command{"rollback", "Bring back an earlier revision of a pipeline",
            "The document, workflow, connections and catalogs of the revision are present again, "
            "for the next runs; the state machine and its alias as well. The next `orch deploy` "
            "goes by the files again.",
            "orch rollback load\norch rollback load --to 3", declare_rollback},
    Command{
        "replicate", "Copy tables from one database to another, project made for you",
        "Makes a folder with connections.json and catalog.json, says where, and runs the "
        "shipped workflow `replicate` on it. Passwords in the URLs go to files that only you "
        "can read. What the catalog holds and leaves out is what `orch catalog discover` takes. "
        "Run again, it uses the catalog and the connections as you have changed them; --schema "
        "and --tables then choose among the catalog's entries.",
        "orch replicate --from sqlite:ledger.db --to sqlite:copy.db\n"
        "orch replicate --from postgresql://app@db1/ops --to postgresql://loader@db2/dwh\n"
        "orch replicate --from sqlite:ledger.db --to postgresql://loader@db1/dwh --tables 'fx_*'",
        declare_replicate},
    Command{"reconcile", "Compare source and target as they are now",
            "Reads both sides of each table of a catalog and changes nothing. Rows are missing in "
            "the target, extra in it, or different; up to five of a table are named by key. Rows "
            "that only the target has after upsert or append are kept, not different.\n\n"
            "What differs is read once more after a pause before it counts, so that databases that "
            "are written to give no false alarm; rows that change again and again are counted as "
            "changing. What was written to the source since the last load differs until the next "
            "one.\n\n"
            "The exit code is 0 when all tables are equal, 3 when rows differ, and 1 when a table "
            "could not be compared and no other differs. The workflow `verify_only` does the same "
            "as a run, several tables at a time, with a report.",
            "orch reconcile\n"
            "orch reconcile catalog.json --only 'fx_*' --pause 10\n"
            "orch reconcile --tags daily -o json",
            declare_reconcile},
    Command{"eval", "Evaluate a JSONata expression",
            "JSONata is the query language of workflows whose QueryLanguage is JSONata. The result "
            "goes to standard output as JSON.",
            "orch eval '$sum(items.price)' --input order.json\n"
            "orch eval '$now()'\norch eval --jsonl < requests.jsonl",
            declare_eval},
    Command{
        "serve", "Run pipelines, and answer the Step Functions API, /v1 and the web UI",
        "Owns the run store: fires the triggers of pipelines, sends alerts, keeps order. It "
        "speaks the protocol of AWS Step Functions, so that the AWS command line and SDKs work "
        "with --endpoint-url, and has a REST API at /v1 and pages at /ui/. Prints its URL once it "
        "listens. Other orch commands hand their runs over to it.\n\n"
        "On a loopback address any signature is accepted unless there are keys: a JSON object "
        "{\"KEY ID\": \"SECRET\"} in the file of --keys, or one in ORCH_ACCESS_KEY_ID and "
        "ORCH_SECRET_ACCESS_KEY. Any other address needs keys and TLS (--certificate, "
        "--private-key). GET /healthz, /readyz and /metrics need no "
        "signature.\n\n"
        "Ctrl-C answers the requests at work and gives tasks at work --drain seconds to "
        "finish. Unlike a foreground run, unfinished runs are not paused: they continue at the "
        "next start.",
        "orch serve\n"
        "orch serve --listen 127.0.0.1:8083 --connections connections.json\n"
        "orch serve --listen 0.0.0.0:8443 --keys keys.json --certificate chain.pem "
        "--private-key key.pem\n"
        "aws stepfunctions list-state-machines --endpoint-url http://127.0.0.1:8083",
        declare_serve},
    Command{"api", "Print the OpenAPI document of the REST API",
            "`orch serve` answers /v1 as this document says, and serves it at /v1/openapi.json. "
            "Needs no server.",
            "orch api > openapi.json", declare_api},
    Command{"token add", "Make a token for the REST API and the web UI",
            "Prints its text, which is kept nowhere: the file STORE.tokens has its hash. A running "
            "server takes it at once.",
            "orch token add dashboard\norch token add ann --role operator --days 30",
            declare_token_add},
    Command{"token list", "List the tokens", "", "", declare_token_list},
    Command{"token remove", "Take a token away, and end the sessions that it has opened", "",
            "orch token remove ann", declare_token_remove},
    Command{"audit", "Show who did what through the REST API, and whether the log is whole",
            "Each line has the hash of the one before: the exit code is 1 when one was changed or "
            "taken out.",
            "orch audit\norch audit -o jsonl > audit.jsonl", declare_audit},
    Command{
        "work", "Do the tasks of activities, for another orch or for AWS Step Functions",
        "Polls activities of an endpoint of the Step Functions API, `orch serve` or AWS itself, "
        "and does their tasks with the built-in workers, next to the databases. As many "
        "processes as you like may poll the same activities, on any number of hosts.\n\n"
        "Requests are signed with the keys that the AWS command line would use: from the "
        "environment, of the profile AWS_PROFILE, of the host's role. Without any they are sent "
        "unsigned, which `orch serve` takes on a loopback address.\n\n"
        "A state that has HeartbeatSeconds, at least three times --heartbeat, and a Retry for "
        "States.Timeout, States.HeartbeatTimeout and Worker.Stopped gets another worker when this "
        "one dies. Ctrl-C ends the polls and lets the tasks at work finish; those that do not "
        "within --drain are given back (Worker.Stopped). The exit code is 0 when all were "
        "finished, 4 when some were not, 1 when the endpoint refuses.",
        "orch work --endpoint http://127.0.0.1:8083 --create --activity stage=orch:stage\n"
        "orch work --activity arn:aws:states:eu-west-1:123456789012:activity:stage=orch:stage",
        declare_work},
    Command{
        "retention", "Remove runs that are kept no longer",
        "Each pipeline says in \"retention\" how long its runs are kept; --retention says it for "
        "the others. A run goes with all that belongs to it: nested executions and children of "
        "maps. What is under way stays, and so does what it needs. `orch serve` does this once an "
        "hour by itself.\n\n"
        "With export:FOLDER, runs are appended to FOLDER/runs-YYYY-MM.jsonl.zst before they go.",
        "orch retention --plan --retention days:90,failure-days:365\n"
        "orch retention --retention days:90,export:/srv/archive",
        declare_retention},
    Command{
        "doctor", "Look whether all is well with the run store, its machine and its targets",
        "Reads the whole store beside its owner and compares every checksum; looks at runs that "
        "are set aside or forgotten, the clock, the disk, and what lies beside the store.\n\n"
        "In the targets of the latest runs it compares the tables that were published last with "
        "the evidence of their loads: the number of rows, with --digest all values of tables that "
        "were replaced. It names what loads have left there that no run needs: staged loads of "
        "runs that succeeded or were removed, and staging tables that nothing refers to. Loads of "
        "failed runs stay for `orch resume`. A target that does not answer is a warning.\n\n"
        "Each finding says what to do. Nothing is changed without --clean. Exit code 3: something "
        "is wrong.",
        "orch doctor\norch doctor -o jsonl | grep -v '\"ok\"'\norch doctor --all-tables --digest\n"
        "orch doctor --clean",
        declare_doctor},
    Command{"bundle", "Write one run to a file, for those who are to help",
            "The file is a run store with the run, those it belongs to, all that belongs to them, "
            "their definitions and whole histories: status, history, report and the UI open it. "
            "Texts and numbers of inputs, outputs and payloads are left out, but for what orch "
            "itself found and names of tables and columns; definitions are as they are. What is "
            "under way is paused in the bundle.",
            "orch bundle nightly\norch bundle @last --to for-support.db --values\n"
            "ORCH_STORE=bundle-nightly.db orch status nightly",
            declare_bundle},
    Command{
        "backup", "Copy the run store while runs continue",
        "The copy is the store of one moment. It is read back and every checksum compared before "
        "it gets its name, so that a backup is there whole and sound or not at all. `orch serve "
        "--backup-to` makes them by itself.",
        "orch backup /var/backups/orch/ --keep 14\norch backup s3://backups/orch/ --keep 14\n"
        "orch backup before-the-upgrade.db",
        declare_backup},
    Command{"restore", "Put a backup in the place of the run store",
            "Every checksum of the backup is compared first. A store that a process owns is never "
            "replaced. Runs of after the backup are unknown to it; what they loaded stays in the "
            "targets, and the next load of each table replaces or adds to it as always.",
            "orch restore /var/backups/orch/orch-20261130T020000Z.db --replace\n"
            "orch restore s3://backups/orch/orch-20261130T020000Z.db",
            declare_restore},
    Command{"config", "Show the settings and where each comes from",
            "Options override the environment, which overrides the configuration file: a JSON "
            "object with any of store, connections, bindings, keys, output, workers, log.",
            "", declare_config},
    Command{"explain", "Explain an error code or name", "",
            "orch explain ORCH-0201\norch explain Fence.Stale\norch explain", declare_explain},
    Command{"completion", "Print a completion script for a shell", "",
            "orch completion bash > ~/.local/share/bash-completion/completions/orch\n"
            "orch completion zsh > ~/.zfunc/_orch\n"
            "orch completion fish > ~/.config/fish/completions/orch.fish",
            declare_completion},
    Command{"man", "Print the man page", "", "orch man | man -l -", declare_man},
    Command{"help", "Print the help of orch or of a command", "",
            "orch help\norch help catalog discover", declare_help},
    Command{"version", "Print the version", "", "", declare_version},
};

}  // namespace

std::span<const Command> commands() { return table; }

}  // namespace orch::cli
