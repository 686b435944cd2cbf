// Codes 07xx and 08xx: schedules, pipelines, projects and alerts.
#include <array>

#include "orchestrator/base/error_codes/groups.h"

namespace orch {
namespace {

constexpr std::array codes_of_pipelines = {
    ErrorCode{"ORCH-0701", "a schedule that cannot be read",
              "A cron expression, an interval or a word of a schedule is not as docs/schedules.md "
              "has it, or names times that never come. `orch schedule preview` shows what a "
              "schedule means before it is used."},
    ErrorCode{"ORCH-0702", "no such time zone",
              "Time zones have the names of the IANA database, which the package tzdata brings. "
              "Abbreviations such as CEST are no zones: they do not say when clocks change."},
    ErrorCode{"ORCH-0703", "a list of holidays that cannot be read",
              "A list of holidays has one day a line, 2027-12-24, and what follows a blank or # "
              "is a remark. Every line that is wrong is listed."},
    ErrorCode{
        "ORCH-0740", "a hold that cannot be read",
        "A hold is of a connection, a run, a pipeline or the server, its mode is pause, drain "
        "or finish, and it ends in the future, or when it is released. See docs/limits.md."},
    ErrorCode{"ORCH-0741", "nothing is held so",
              "There is no hold of this connection, run, pipeline or of the server: it was "
              "released before, or its time is over. `orch limits` lists the holds."},
    ErrorCode{"ORCH-0801", "wrong pipeline document",
              "A pipeline is a JSON object: its workflow, input, triggers and rules, as "
              "docs/pipelines.md has them. Every problem is listed with its place."},
    ErrorCode{"ORCH-0802", "no such pipeline",
              "No pipeline of this name is deployed in the run store. `orch pipelines` lists those "
              "that are."},
    ErrorCode{
        "ORCH-0803", "a run of a pipeline cannot start",
        "What the pipeline says cannot be turned into a run: an expression of its input fails, "
        "or its definition is refused. The fire is recorded as refused, with the reason."},
    ErrorCode{"ORCH-0804", "wrong parameters of an operation",
              "What a command or a client of the REST API asks for lacks a parameter, or has one "
              "that the operation does not know or cannot take. Nothing was done."},
    ErrorCode{"ORCH-0805", "a backfill cannot be made",
              "A backfill names the times of one schedule of a pipeline that have no run yet: the "
              "schedule, the range or the number of the backfill is not one. Nothing was queued."},
    ErrorCode{"ORCH-0806", "no such webhook",
              "A webhook is a trigger of a deployed pipeline, and is asked for at "
              "/v1/hooks/PIPELINE/TRIGGER. See docs/triggers.md."},
    ErrorCode{"ORCH-0807", "a delivery is too large for its webhook",
              "Its body is longer than \"max_bytes\" of the webhook, or its id is no short text. "
              "Nothing was recorded."},
    ErrorCode{"ORCH-0808", "a delivery is not signed",
              "The header that the webhook names has no signature of the body by one of its "
              "secrets. Sender and webhook have different secrets, sign in different ways, or "
              "something between them has changed the body. Nothing was recorded."},
    ErrorCode{"ORCH-0809", "too many deliveries",
              "More came within a minute than \"per_minute\" of the webhook says, or more than ten "
              "wrong signatures from one address. Deliver again later."},
    ErrorCode{"ORCH-0810", "no project",
              "A project is a folder with project.json, which names it. `orch project init` makes "
              "one, `orch replicate` makes one for its copy."},
    ErrorCode{"ORCH-0811", "no such environment",
              "--env names one of the environments in project.json. It may be left out when there "
              "is one only, or when \"default\" says which is meant."},
    ErrorCode{"ORCH-0812", "there is a project already",
              "`orch project init` writes into no folder that has a project.json."},
    ErrorCode{"ORCH-0813", "a delivery was signed at another time",
              "The time that was signed with the body is further from now than "
              "\"tolerance_seconds\" of the webhook: the delivery was kept back or is played back, "
              "or a clock is wrong. Nothing was recorded."},
    ErrorCode{"ORCH-0814", "the name of a pipeline is taken",
              "Pipelines of a store have names of their own: another project has deployed one of "
              "this name, or a client of the API has created a state machine of it."},
    ErrorCode{"ORCH-0815", "the store is of another environment",
              "A project is deployed to a store for one environment. dev, test and prod have "
              "stores of their own; nothing was changed."},
    ErrorCode{"ORCH-0816", "no such revision",
              "The pipeline has no revision of the number that `orch rollback --to` names, or "
              "none before the present one."},
    ErrorCode{"ORCH-0817", "the plan is no longer what would be done",
              "Somebody has deployed since `orch deploy` has shown its plan. Nothing was changed; "
              "the next plan shows what would be done now."},
    ErrorCode{"ORCH-0818", "a folder of a files trigger has too many files",
              "Files are dropped into the folder and nothing moves them away again: with more than "
              "100,000 each look takes long. Archive what was loaded (docs/files.md)."},
    ErrorCode{"ORCH-0819", "the secret of a webhook cannot be read",
              "The environment variable or file that the webhook names for its secret is missing "
              "or empty on the server. Its deliveries are refused until it is there."},
    ErrorCode{"ORCH-0820", "a key was used before for something else",
              "The id of a delivery names one delivery: the same id came before with another "
              "body. Nothing was recorded."},
    ErrorCode{"ORCH-0830", "wrong alerts file, or no such channel",
              "The message names what is wrong in the file that `orch serve --alerts` reads, or a "
              "channel that an alert names and the file does not. docs/alerts.md has all members; "
              "`orch alerts test CHANNEL` tries a channel."},
    ErrorCode{"ORCH-0850", "a source does not answer",
              "What was asked of a connection of a pipeline could not be found out: it is down, "
              "refuses the user, is not in the connections file, or took too long. The message has "
              "what the database said. `orch connection test` asks the same with more patience."},
    ErrorCode{"ORCH-0851", "the catalog is chosen at run time",
              "The input of the pipeline says with an expression which catalog a run reads, so "
              "there is none to show before. `orch catalog show FILE` and `orch plan FILE` take "
              "any file."},
    ErrorCode{"ORCH-0852", "the pipeline has no catalog",
              "A pipeline that replicates names a catalog in its input, or has catalog.json beside "
              "its connections. This one has neither, or the file cannot be read; the message says "
              "why."},
};

}  // namespace

std::span<const ErrorCode> pipelines_codes() { return codes_of_pipelines; }

}  // namespace orch
