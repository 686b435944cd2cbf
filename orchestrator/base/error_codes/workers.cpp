// Codes 06xx: workers that replicate no table.
#include <array>

#include "orchestrator/base/error_codes/groups.h"

namespace orch {
namespace {

constexpr std::array codes_of_workers = {
    ErrorCode{"ORCH-0601", "wrong input of a worker",
              "The input of orch:sql, orch:http, orch:process or orch:notify lacks a member, has "
              "one that is unknown, or one of the wrong kind. The cause lists everything that is "
              "wrong; docs/workers.md lists what is accepted."},
    ErrorCode{"ORCH-0602", "an HTTP server refused",
              "The server answered with a status other than 2xx. The error's name ends with it "
              "(Http.StatusCode.503), so that Retry and Catch can tell them apart; the cause holds "
              "the start of the body."},
    ErrorCode{"ORCH-0603", "an HTTP server is down",
              "The server's name is unknown, it does not listen, or it closed the connection "
              "before it had answered."},
    ErrorCode{"ORCH-0604", "an HTTP server is slow",
              "No complete response came within timeout_seconds. The server may have done the work "
              "all the same; it can tell a repetition by the Idempotency-Key."},
    ErrorCode{"ORCH-0605", "TLS failed",
              "The certificate is not trusted, not valid for the server's name, or the server "
              "speaks no TLS. Certificates of an own authority are found through SSL_CERT_FILE."},
    ErrorCode{
        "ORCH-0606", "an HTTP response is too large",
        "The response is larger than max_response_bytes. Payloads carry references, not data."},
    ErrorCode{
        "ORCH-0607", "an HTTP response is invalid",
        "What came is not HTTP, or its body is not the JSON that its content type announces."},
    ErrorCode{"ORCH-0610", "a program cannot be started",
              "There is no such program, it may not be executed, or the folder does not exist."},
    ErrorCode{"ORCH-0611", "a program failed",
              "It ended with another exit code than 0, or by a signal. The cause holds the end of "
              "its standard error."},
    ErrorCode{
        "ORCH-0612", "a program is slow",
        "It was not done within timeout_seconds. It and all programs it started have been killed."},
    ErrorCode{"ORCH-0613", "a program says too much",
              "It wrote more than max_output_bytes to its standard output, and was killed."},
    ErrorCode{"ORCH-0614", "a program does not speak JSON",
              "Its standard output must be one JSON text, or nothing; or the task must ask for "
              "\"output\": \"text\". Messages belong to standard error."},
    ErrorCode{"ORCH-0620", "a statement failed",
              "The database refused the statement of orch:sql; nothing has changed. The message is "
              "the database's own."},
    ErrorCode{"ORCH-0621", "wrong parameters of a statement",
              "orch:sql needs one element of params for each placeholder, of a kind that the "
              "database can take."},
    ErrorCode{"ORCH-0622", "a result is too large",
              "The rows that orch:sql would return exceed max_rows or max_bytes; nothing has "
              "changed. Payloads carry references, not data."},
    ErrorCode{"ORCH-0623", "a value cannot be a payload",
              "A text in the database is not UTF-8, and JSON can carry nothing else."},
    ErrorCode{"ORCH-0624", "once means something else",
              "The \"once\" key of orch:sql is recorded in the database with another statement or "
              "other params. Nothing has changed; every statement needs a key of its own."},
    ErrorCode{
        "ORCH-0625", "a constraint would break",
        "The statement of orch:sql violates a constraint of the database; nothing has changed."},
    ErrorCode{
        "ORCH-0626", "a statement took too long",
        "It was not done within timeout_seconds, or an administrator cancelled it; nothing has "
        "changed."},
    ErrorCode{"ORCH-0630", "a notice cannot be written",
              "The file that orch:notify appends to cannot be opened or written."},
    ErrorCode{"ORCH-0640", "an object cannot be read or written",
              "A bucket, or an object in it, is not there, may not be read, changed while it was "
              "read, or the endpoint refused. Buckets are folders (file:FOLDER) or belong to the "
              "endpoint that ORCH_S3_ENDPOINT names."},
    ErrorCode{
        "ORCH-0651", "a binding failed",
        "An expression of a binding could not be evaluated on the task's input or result. The "
        "state fails with Binding.Failed; the input is in `orch history`."},
    ErrorCode{
        "ORCH-0660", "the endpoint of a fleet refuses",
        "`orch work` polls activities at an endpoint that answers nothing, or refuses: the "
        "activity does not exist, the keys are not the endpoint's or may not do this. While "
        "no server answers, and when the service is busy, it tries again with growing pauses."},
    ErrorCode{"ORCH-0661", "no keys for AWS",
              "Requests to AWS are signed with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, else "
              "with those of the profile AWS_PROFILE in ~/.aws/credentials or ~/.aws/config, else "
              "with those of the container's or instance's role. There are none, only half a pair, "
              "or no such profile."},
    ErrorCode{"ORCH-0662", "the result of a task is too large",
              "A task of an activity may return 256 KiB. Payloads carry references, not data."},
    ErrorCode{
        "ORCH-0663", "the worker of a task was stopped",
        "`orch work` was told to end, and the task was not done within --drain. What it had "
        "not committed did not happen. A Retry for Worker.Stopped lets another worker do it."},
    ErrorCode{
        "ORCH-0670", "a client of the API may not reach this",
        "A definition or an execution that came through the API of `orch serve` wants a program, "
        "a URL, an address or a file of the server's host that the operator has not allowed. It "
        "is refused when the definition is created, as far as its text tells, and fails with "
        "Access.Denied when the state runs. The hint names what allows it: a binding, a "
        "connection or a word of --allow. Runs of `orch submit` have the rights of their user."},
};

}  // namespace

std::span<const ErrorCode> workers_codes() { return codes_of_workers; }

}  // namespace orch
