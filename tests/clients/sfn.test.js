// @aws-sdk/client-sfn against a running `orch serve`, whose URL is in ORCH_URL. javascript.py starts it.
"use strict";
const assert = require("node:assert/strict");
const {test, describe, after} = require("node:test");
const sdk = require("@aws-sdk/client-sfn");

const ROLE = "arn:aws:iam::123456789012:role/r";
// StartSyncExecution and TestState would go to sync-127.0.0.1 otherwise.
const sfn = new sdk.SFN({endpoint: process.env.ORCH_URL, region: "us-east-1", disableHostPrefix: true, maxAttempts: 1});
after(() => sfn.destroy());

const machineOf = (state) => JSON.stringify({StartAt: "A", States: {A: {...state, End: true}}});
const PASS = machineOf({Type: "Pass"});
const WAIT = machineOf({Type: "Wait", Seconds: 600});
const taskOf = (arn, more) => machineOf({Type: "Task", Resource: arn, ...more});

async function create(name, definition = PASS, more = {}) {
  return (await sfn.createStateMachine({name, definition, roleArn: ROLE, ...more})).stateMachineArn;
}

async function start(stateMachineArn, input, more = {}) {
  return (await sfn.startExecution({stateMachineArn, input: JSON.stringify(input ?? {}), ...more})).executionArn;
}

/** Asks again until it is so. */
async function until(condition) {
  for (const giveUp = Date.now() + 30_000; Date.now() < giveUp; ) {
    const found = await condition();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("it never was so");
}

const ended = (executionArn) => until(async () => {
  const row = await sfn.describeExecution({executionArn});
  return row.status !== "RUNNING" && row;
});

async function activity(name) {
  return (await sfn.createActivity({name})).activityArn;
}

describe("executions", () => {
  test("start, poll, page, stop", async () => {
    const machine = await create("paged");
    const first = await start(machine, {n: 1}, {name: "first"});
    const row = await ended(first);
    assert.deepEqual([row.status, row.output], ["SUCCEEDED", '{"n":1}']);
    assert.ok(row.startDate instanceof Date && row.stopDate >= row.startDate);
    assert.equal(row.redriveStatus, "NOT_REDRIVABLE");
    await ended(await start(machine, {n: 2}, {name: "second"}));
    const names = [];
    for await (const page of sdk.paginateListExecutions({client: sfn, pageSize: 1}, {stateMachineArn: machine}))
      names.push(...page.executions.map((each) => each.name));
    assert.deepEqual(names, ["second", "first"]);
    const types = [];
    for await (const page of sdk.paginateGetExecutionHistory({client: sfn, pageSize: 3}, {executionArn: first}))
      types.push(...page.events.map((event) => event.type));
    assert.deepEqual(types, ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"]);
    const long = await start(await create("long", WAIT));
    await sfn.stopExecution({executionArn: long, error: "Enough", cause: "test"});
    assert.deepEqual((({status, error}) => [status, error])(await ended(long)), ["ABORTED", "Enough"]);
  });

  test("a failure is redriven", async () => {
    const arn = await activity("unreliable");
    const execution = await start(await create("redriven", taskOf(arn)));
    let {taskToken} = await sfn.getActivityTask({activityArn: arn});
    await sfn.sendTaskFailure({taskToken, error: "Once", cause: "luck"});
    assert.equal((await ended(execution)).redriveStatus, "REDRIVABLE");
    const {redriveDate} = await sfn.redriveExecution({executionArn: execution});
    assert.ok(redriveDate instanceof Date);
    ({taskToken} = await sfn.getActivityTask({activityArn: arn}));
    await sfn.sendTaskSuccess({taskToken, output: "1"});
    const row = await ended(execution);
    assert.deepEqual([row.status, row.redriveCount, row.redriveDate], ["SUCCEEDED", 1, redriveDate]);
    await assert.rejects(sfn.redriveExecution({executionArn: execution}), sdk.ExecutionNotRedrivable);
  });

  test("an express machine answers with its result", async () => {
    const machine = await create("quick", PASS, {type: "EXPRESS"});
    const row = await sfn.startSyncExecution({stateMachineArn: machine, input: '{"a":1}'});
    assert.deepEqual([row.status, row.output, row.inputDetails], ["SUCCEEDED", '{"a":1}', {included: true}]);
    const bare = await sfn.startSyncExecution({stateMachineArn: machine, includedData: "METADATA_ONLY"});
    assert.deepEqual([bare.output, bare.outputDetails], [undefined, {included: false}]);
  });

  test("map runs", async () => {
    const machine = await create("mapped", machineOf({Type: "Map", MaxConcurrency: 1, Label: "Each", ItemProcessor: {
      ProcessorConfig: {Mode: "DISTRIBUTED", ExecutionType: "STANDARD"},
      StartAt: "I", States: {I: {Type: "Wait", Seconds: 600, End: true}}}}));
    const execution = await start(machine, [1, 2, 3]);
    const [{mapRunArn}] = await until(async () => {
      const {mapRuns} = await sfn.listMapRuns({executionArn: execution});
      return mapRuns.length > 0 && mapRuns;
    });
    await sfn.updateMapRun({mapRunArn, maxConcurrency: 2, toleratedFailureCount: 1});
    const run = await sfn.describeMapRun({mapRunArn});
    assert.deepEqual([run.status, run.maxConcurrency, run.toleratedFailureCount, run.itemCounts.total, run.redriveCount],
                     ["RUNNING", 2, 1, 3, 0]);
    await sfn.stopExecution({executionArn: execution});
    await assert.rejects(sfn.updateMapRun({mapRunArn, maxConcurrency: 1}), sdk.ValidationException);
  });
});

describe("tasks", () => {
  test("a worker polls, beats and succeeds", async () => {
    const arn = await activity("work");
    const poll = sfn.getActivityTask({activityArn: arn, workerName: "w"});
    const execution = await start(await create("worked", taskOf(arn, {HeartbeatSeconds: 60})), {n: 1});
    const {taskToken, input} = await poll;
    assert.equal(input, '{"n":1}');
    await sfn.sendTaskHeartbeat({taskToken});
    await sfn.sendTaskSuccess({taskToken, output: '"done"'});
    assert.equal((await ended(execution)).output, '"done"');
    await assert.rejects(sfn.sendTaskHeartbeat({taskToken}), sdk.TaskTimedOut);
  });

  test("a poll that is aborted takes no task", async () => {
    const arn = await activity("aborted");
    const abort = new AbortController();
    const poll = sfn.getActivityTask({activityArn: arn}, {abortSignal: abort.signal});
    setTimeout(() => abort.abort(), 50);
    await assert.rejects(poll, {name: "AbortError"});
    const execution = await start(await create("aborted", taskOf(arn)));
    const {taskToken} = await sfn.getActivityTask({activityArn: arn});
    await sfn.sendTaskSuccess({taskToken, output: "1"});
    assert.equal((await ended(execution)).status, "SUCCEEDED");
  });

  test("a callback by its token", async () => {
    const execution = await start(await create("callback", taskOf("arn:aws:states:::sns:publish.waitForTaskToken",
                                                                  {Parameters: {"Message.$": "$$.Task.Token"}})));
    const details = await until(async () => {
      const {events} = await sfn.getExecutionHistory({executionArn: execution});
      return events.find((event) => event.taskScheduledEventDetails)?.taskScheduledEventDetails;
    });
    const taskToken = JSON.parse(details.parameters).Message;
    await sfn.sendTaskSuccess({taskToken, output: '"called back"'});
    assert.equal((await ended(execution)).output, '"called back"');
  });
});

describe("definitions", () => {
  test("are validated", async () => {
    const definition = JSON.stringify({StartAt: "B", States: {A: {Type: "Pass", End: true}}});
    const {result, diagnostics, truncated} = await sfn.validateStateMachineDefinition({definition});
    assert.deepEqual([result, truncated], ["FAIL", false]);
    assert.ok(diagnostics.every((each) => each.severity && each.code && each.message && each.location));
    assert.equal((await sfn.validateStateMachineDefinition({definition: PASS})).result, "OK");
  });

  test("are tried state by state", async () => {
    const definition = JSON.stringify({Type: "Pass", Parameters: {"b.$": "$.a"}, End: true});
    const tried = await sfn.testState({definition, roleArn: ROLE, input: '{"a":1}', inspectionLevel: "DEBUG"});
    assert.deepEqual([tried.status, JSON.parse(tried.output)], ["SUCCEEDED", {b: 1}]);
    assert.deepEqual(JSON.parse(tried.inspectionData.afterParameters), {b: 1});
    const mocked = await sfn.testState({
      definition: JSON.stringify({Type: "Task", Resource: "arn:aws:states:::sns:publish", Parameters: {Message: "m"},
                                  End: true}),
      mock: {errorOutput: {error: "Busy", cause: "luck"}}});
    assert.deepEqual([mocked.status, mocked.error], ["FAILED", "Busy"]);
  });

  test("have versions and aliases", async () => {
    const machine = await create("versioned", PASS, {publish: true, versionDescription: "one"});
    const updated = await sfn.updateStateMachine({stateMachineArn: machine, definition: WAIT});
    const second = await sfn.publishStateMachineVersion({stateMachineArn: machine, revisionId: updated.revisionId});
    assert.equal(second.stateMachineVersionArn, `${machine}:2`);
    const versions = [];
    for (let nextToken; ; ) {
      const page = await sfn.listStateMachineVersions({stateMachineArn: machine, maxResults: 1, nextToken});
      versions.push(...page.stateMachineVersions.map((each) => each.stateMachineVersionArn));
      if (!(nextToken = page.nextToken)) break;
    }
    assert.deepEqual(versions, [`${machine}:2`, `${machine}:1`]);
    const routingConfiguration = [{stateMachineVersionArn: versions[1], weight: 100}];
    const {stateMachineAliasArn} = await sfn.createStateMachineAlias({name: "PROD", routingConfiguration});
    const execution = await start(stateMachineAliasArn);
    const row = await ended(execution);
    assert.deepEqual([row.status, row.stateMachineAliasArn, row.stateMachineVersionArn],
                     ["SUCCEEDED", stateMachineAliasArn, versions[1]]);
    await assert.rejects(sfn.deleteStateMachineVersion({stateMachineVersionArn: versions[1]}), sdk.ConflictException);
    await sfn.updateStateMachineAlias({stateMachineAliasArn, routingConfiguration: [
      {stateMachineVersionArn: versions[0], weight: 50}, {stateMachineVersionArn: versions[1], weight: 50}]});
    const alias = await sfn.describeStateMachineAlias({stateMachineAliasArn});
    assert.deepEqual(alias.routingConfiguration.map((each) => each.weight), [50, 50]);
    const {stateMachineAliases} = await sfn.listStateMachineAliases({stateMachineArn: machine});
    assert.deepEqual(stateMachineAliases.map((each) => each.stateMachineAliasArn), [stateMachineAliasArn]);
    await sfn.deleteStateMachineAlias({stateMachineAliasArn});
    await sfn.deleteStateMachineVersion({stateMachineVersionArn: versions[0]});
    await assert.rejects(sfn.describeStateMachineAlias({stateMachineAliasArn}), sdk.ResourceNotFound);
  });

  test("have tags", async () => {
    const resourceArn = await create("tagged", PASS, {tags: [{key: "team", value: "data"}]});
    await sfn.tagResource({resourceArn, tags: [{key: "cost", value: "7"}]});
    await sfn.untagResource({resourceArn, tagKeys: ["team"]});
    assert.deepEqual((await sfn.listTagsForResource({resourceArn})).tags, [{key: "cost", value: "7"}]);
  });
});

test("errors are the client's types", async () => {
  const arn = "arn:aws:states:us-east-1:123456789012:stateMachine:none";
  await assert.rejects(sfn.describeStateMachine({stateMachineArn: arn}), (error) =>
    error instanceof sdk.StateMachineDoesNotExist && error.message === `State Machine Does Not Exist: '${arn}'` &&
    error.$metadata.httpStatusCode === 400 && error.$metadata.requestId.length === 36);
  await assert.rejects(sfn.describeExecution({executionArn: "nonsense"}), sdk.InvalidArn);
  await assert.rejects(create("bad name"), sdk.InvalidName);
  await assert.rejects(create("broken", "{}"), sdk.InvalidDefinition);
  await assert.rejects(sfn.listActivities({nextToken: "x"}), sdk.InvalidToken);
  await assert.rejects(sfn.listExecutions({stateMachineArn: arn, statusFilter: "DONE"}), (error) =>
    error instanceof sdk.ValidationException && error.message.includes("Member must satisfy enum value set: ["));
  const stranger = new sdk.SFN({endpoint: process.env.ORCH_URL, region: "us-east-1", maxAttempts: 1,
                                credentials: {accessKeyId: "AKIDOTHER", secretAccessKey: "x"}});
  await assert.rejects(stranger.listActivities({}), {name: "UnrecognizedClientException"});
  stranger.destroy();
});
