// Workers beside replication: orch:sql, orch:http, orch:process, orch:notify, orch:noop.
//
// A delivery may come twice (a crash, a redrive): orch:sql with "once" does its statement once;
// orch:http sends an Idempotency-Key that is the same for both deliveries, and orch:process sets
// ORCH_DELIVERY to it, so that the other side can tell. docs/workers.md has every member.
#pragma once

#include <memory>

#include "workers/worker.h"

namespace orch::tools {

/// orch:sql runs one statement in one transaction and returns its rows.
///
/// Input {"connection", "sql", "params"?: […], "max_rows"?, "once"?: key}. Output {"rows":
/// [{column: value}], "count", "changes", "repeated"}.
/// Errors: Input.Invalid, Sql.Failed, Sql.Constraint, Sql.Locked, Sql.ParameterInvalid,
/// Sql.ResultTooLarge, Sql.ValueUnsupported, Sql.OnceMismatch, Connection.*.
std::unique_ptr<workers::Worker> make_sql();

/// orch:http sends one request and returns the response.
///
/// Input {"connection"?, "url"?, "path"?, "query"?: {…}, "method"?, "headers"?: {…}, "body"?,
/// "timeout_seconds"?, "max_response_bytes"?}. Output {"status", "headers", "body"}.
/// Errors: Input.Invalid, Http.StatusCode.NNN (any status but 2xx), Http.Timeout, Http.TlsFailed,
/// Http.ResponseTooLarge, Http.ResponseInvalid, Connection.*.
std::unique_ptr<workers::Worker> make_http();

/// arn:aws:states:::http:invoke calls an HTTPS API. The EventBridge connection of the definition is
/// one of the connections file: "arn:aws:events:…:connection/NAME/…" or its bare NAME.
///
/// Input {"ApiEndpoint", "Method", "Authentication" | "InvocationConfig": {"ConnectionArn"},
/// "QueryParameters"?, "Headers"?, "RequestBody"?, "Transform"?}. Output {"Headers",
/// "ResponseBody", "StatusCode", "StatusText"}.
/// Errors: Input.Invalid, States.Http.StatusCode.NNN (any status but 2xx), States.Http.Socket (no
/// answer, or none within 60 s), Connection.Refused for an endpoint that is not the connection's,
/// Connection.Unknown, Connection.SecretMissing.
std::unique_ptr<workers::Worker> make_http_task();

/// orch:process runs a program with JSON on its standard input and takes JSON from its standard
/// output.
///
/// Input {"argv": […], "input"?, "environment"?: [names], "folder"?, "output"?: "json"|"text",
/// "timeout_seconds"?, "max_output_bytes"?}. Output: what the program wrote.
/// Errors: Input.Invalid, Process.NotStarted, Process.ExitCode.N, Process.Killed, Process.Timeout,
/// Process.OutputTooLarge, Process.OutputInvalid.
std::unique_ptr<workers::Worker> make_process();

/// orch:notify tells people: posts to a webhook, appends to a file or runs a program.
///
/// Input {"to": {"connection"} | {"file"} | {"argv"}, "text": "… {member} …", "data"?: {…}}. Output
/// {"to", "text"}. Errors: Input.Invalid, Notify.Failed, and those of orch:http and orch:process.
std::unique_ptr<workers::Worker> make_notify();

/// Lambda functions, by their ARNs, by arn:aws:states:::lambda:invoke and by the SDK's
/// arn:aws:states:::aws-sdk:lambda:invoke, at the endpoint that ORCH_LAMBDA_ENDPOINT names.
///
/// Errors: the function's own errorType with its payload as the cause, Lambda.*, Resource.Unknown
/// without an endpoint, Http.Timeout, Connection.*.
std::unique_ptr<workers::Worker> make_lambda();

/// arn:aws:states:::sqs:sendMessage, and the SDK's arn:aws:states:::aws-sdk:sqs:sendMessage, at the
/// endpoint that ORCH_SQS_ENDPOINT names.
///
/// Errors: SQS.* (the SDK's: Sqs.*), Resource.Unknown without an endpoint, Http.Timeout,
/// Connection.*.
std::unique_ptr<workers::Worker> make_sqs();

/// arn:aws:states:::aws-sdk:s3:getObject, putObject, copyObject, deleteObject, headObject and
/// listObjectsV2, on the buckets of distributed maps (library/bucket.h).
///
/// Input and output: AWS's members of the same names. Errors: S3.NoSuchKeyException and the SDK's
/// other names, S3.S3Exception for what it has none for, States.DataLimitExceeded above 256 KiB,
/// States.Runtime for members that there are not, Resource.Unknown without an endpoint,
/// Http.Timeout, Connection.*.
std::unique_ptr<workers::Worker> make_s3();

/// orch:noop returns its input.
std::unique_ptr<workers::Worker> make_noop();

}  // namespace orch::tools
