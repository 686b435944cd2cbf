"""What clients ask of `orch serve` while it is being killed, and what must have come of it.

Each Case is one execution, with the clients it needs. Cases say what its output must be; what must
hold for every execution of a store is in serve_crash.py.
"""
import json
import queue
import threading
import time

from mortal_server import ApiError
from run_store import RunStore

ROLE = "arn:aws:iam::123456789012:role/r"
NEST = "arn:aws:states:::states:startExecution.sync:2"
ITEMS = 44
# A worker that lost its task, or its answer, to a crash: the task is given to another.
LOST = {"HeartbeatSeconds": 2, "Retry": [{"ErrorEquals": ["States.HeartbeatTimeout"], "IntervalSeconds": 1}]}


def task(resource, **more):
    return {"Type": "Task", "Resource": resource, "End": True, **more}


def flow(name, state, **more):
    return {"StartAt": name, "States": {name: state}, **more}


def distributed(processor, **more):
    return {"Type": "Map", "Label": "Each", "End": True, **more,
            "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **processor}}


def long_wait():
    return {"Type": "Wait", "Seconds": 600, "End": True}


class World:
    """One server, its machines and activities, and the clients that work for them."""

    def __init__(self, server, folder, queue_url):
        self.server, self.folder, self.queue_url = server, folder, queue_url
        self.over = threading.Event()
        self.wrong = []
        self.outlived = 0  # tokens that were used after the death of the server that gave them out

    def set_up(self):
        bucket = self.folder / "bucket"
        bucket.mkdir(exist_ok=True)
        (bucket / "items.jsonl").write_text("".join(f'{{"n":{n}}}\n' for n in range(ITEMS)))
        self.bucket = f"file:{bucket}"
        self.double = self.machine("double", {"QueryLanguage": "JSONata", **flow("Double", {
            "Type": "Pass", "Output": "{% [$states.input.items.{'n': n, 'twice': 2 * n}] %}", "End": True})})
        self.sleeper = self.machine("sleeper", flow("Sleep", long_wait()))

    def machine(self, name, definition):
        return self.server.call("CreateStateMachine", name=name, definition=json.dumps(definition),
                                roleArn=ROLE)["stateMachineArn"]

    def activity(self, name):
        return self.server.call("CreateActivity", name=name)["activityArn"]

    def ended(self, execution, give_up=60):
        until = time.monotonic() + give_up
        while (row := self.server.call("DescribeExecution", executionArn=execution))["status"] == "RUNNING":
            if time.monotonic() > until:
                raise AssertionError("is still running")
            time.sleep(0.02)
        return row

    def hold(self, token, beats):
        """Keeps a token until the server that gave it out has died, or none dies soon."""
        lives, until = self.server.lives, time.monotonic() + 0.6
        while self.server.lives == lives and time.monotonic() < until:
            time.sleep(0.1)
            if beats:
                self.tell("SendTaskHeartbeat", token)
        self.outlived += self.server.lives != lives

    def tell(self, operation, token, **members):
        """False: the task is over, as this client may have told it before the answer was lost."""
        try:
            self.server.call(operation, taskToken=token, **members)
            return True
        except ApiError as error:
            if error.type != "TaskTimedOut":
                self.wrong.append(f"{operation}: {error}")
            return False

    def worker(self, activity, answer):
        """Does an activity's tasks: `answer` gives an output, or None for a failure. Holds its first
        token for a while."""
        held = False
        while not self.over.is_set():
            try:
                given = self.server.call("GetActivityTask", activityArn=activity, workerName="w", timeout=3)
            except (OSError, ApiError):
                continue  # nothing to do, or the end of the test
            if not given.get("taskToken"):
                continue
            token = given["taskToken"]
            if not held:
                held = True
                self.hold(token, beats=True)
            output = answer(json.loads(given["input"]))
            if output is None:
                self.tell("SendTaskFailure", token, error="Refused", cause="once")
            else:
                self.tell("SendTaskSuccess", token, output=json.dumps(output))

    def work(self, activity, answer):
        threading.Thread(target=self.worker, args=(activity, answer), daemon=True).start()


class Case:
    """`definition` and `input` of the execution, `drive` for its clients, `check` of its end."""

    input = {}

    def run(self, world):
        """The execution's ARN."""
        self.world = world
        self.prepare(world)
        machine = world.machine(self.name, self.definition(world))
        self.execution = self.start(world, machine)
        self.drive(world)
        self.check(world, world.ended(self.execution))

    def start(self, world, machine):
        try:
            return world.server.call("StartExecution", stateMachineArn=machine, name=self.name,
                                     input=json.dumps(self.input))["executionArn"]
        except ApiError as error:  # the answer was lost, and the execution has ended already
            expect(error.type, "ExecutionAlreadyExists")
            return f"{machine.replace(':stateMachine:', ':execution:')}:{self.name}"

    @property
    def name(self):
        return type(self).__name__.lower()

    def prepare(self, world):
        pass

    def drive(self, world):
        pass

    def map_run(self, world):
        until = time.monotonic() + 60
        while not (runs := world.server.call("ListMapRuns", executionArn=self.execution)["mapRuns"]):
            if time.monotonic() > until:
                raise AssertionError("the map run never began")
            time.sleep(0.02)
        return runs[0]["mapRunArn"]


def expect(found, wanted):
    if found != wanted:
        raise AssertionError(f"found {found}, expected {wanted}")


def succeeded(row):
    if row["status"] != "SUCCEEDED":
        raise AssertionError(f"{row['status']}: {row.get('error')} {row.get('cause')}")
    return json.loads(row["output"])


class Batches(Case):
    """Items of a file in batches; each child waits for a run that it starts; results in files."""

    def definition(self, world):
        nest = task(NEST, Parameters={"StateMachineArn": world.double, "Input": {"items.$": "$.Items"}},
                    OutputPath="$.Output")
        return flow("All", distributed(
            flow("Nest", nest), MaxConcurrency=4, ItemBatcher={"MaxItemsPerBatch": 5},
            ItemReader={"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSONL"},
                        "Parameters": {"Bucket": world.bucket, "Key": "items.jsonl"}},
            ResultWriter={"Resource": "arn:aws:states:::s3:putObject",
                          "Parameters": {"Bucket": world.bucket, "Prefix": "results"}}))

    def check(self, world, row):
        bucket = world.folder / "bucket"
        where = succeeded(row)["ResultWriterDetails"]
        manifest = json.loads((bucket / where["Key"]).read_text())
        files = manifest["ResultFiles"]
        expect((files["FAILED"], files["PENDING"]), ([], []))
        children = [child for file in files["SUCCEEDED"] for child in json.loads((bucket / file["Key"]).read_text())]
        results = [result for child in children for result in json.loads(child["Output"])]
        expect(results, [{"n": n, "twice": 2 * n} for n in range(ITEMS)])
        listed = {where["Key"]} | {file["Key"] for file in files["SUCCEEDED"]} | {"items.jsonl"}
        expect({str(file.relative_to(bucket)) for file in bucket.rglob("*") if file.is_file()}, listed)


class Array(Case):
    """Items of the state's input; an activity does them; results in the state's output."""

    input = list(range(12))

    def prepare(self, world):
        self.activity = world.activity("count")
        for _ in range(2):
            world.work(self.activity, lambda given: given + 100)

    def definition(self, world):
        return flow("All", distributed(flow("Count", task(self.activity, **LOST)), MaxConcurrency=3))

    def check(self, world, row):
        expect(succeeded(row), [n + 100 for n in self.input])


class Callback(Case):
    """Messages with tokens: both branches' come back, after a crash too."""

    def definition(self, world):
        def branch(name):
            return flow(name, task("arn:aws:states:::sqs:sendMessage.waitForTaskToken", Parameters={
                "QueueUrl": world.queue_url, "MessageBody": {"branch": name, "token.$": "$$.Task.Token"}}))
        return flow("Both", {"Type": "Parallel", "Branches": [branch("A"), branch("B")], "End": True})

    def prepare(self, world):
        self.tokens = {}
        world.messages = queue.SimpleQueue()

    def drive(self, world):
        done, until = set(), time.monotonic() + 60
        while len(done) < 2 and time.monotonic() < until:
            try:
                message = world.messages.get(timeout=0.1)
            except queue.Empty:
                continue
            branch, token = message["branch"], message["token"]
            expect(token, self.tokens.setdefault(branch, token))  # sent twice, it has the same token
            if branch not in done:
                world.hold(token, beats=False)
                world.tell("SendTaskSuccess", token, output=json.dumps(branch))
                done.add(branch)

    def check(self, world, row):
        expect(succeeded(row), ["A", "B"])


class Overdue(Case):
    """A task gives up waiting for the run it started: that run is stopped."""

    def definition(self, world):
        return {"StartAt": "Nest", "States": {
            "Nest": task(NEST, Parameters={"StateMachineArn": world.sleeper}, TimeoutSeconds=1,
                         Catch=[{"ErrorEquals": ["States.Timeout"], "Next": "Done"}]),
            "Done": {"Type": "Pass", "Result": "caught", "End": True}}}

    def check(self, world, row):
        expect(succeeded(row), "caught")


class Large(Case):
    """Events that are packed as they are written, before and after an activity's."""

    input = {"text": "large" * 24_000}

    def prepare(self, world):
        self.activity = world.activity("large")
        world.work(self.activity, lambda given: given)

    def definition(self, world):
        return {"StartAt": "Before", "States": {
            "Before": {"Type": "Pass", "Next": "Echo"},
            "Echo": {"Type": "Task", "Resource": self.activity, "Next": "After", **LOST},
            "After": {"Type": "Pass", "End": True}}}

    def check(self, world, row):
        expect(succeeded(row), self.input)
        packed = RunStore(world.server.store).ask("SELECT count(*) FROM packed_history")
        if packed == [(0,)]:
            raise AssertionError("nothing was packed")


class Called(Case):
    """A worker that calls the service may do it twice: one execution is started."""

    def prepare(self, world):
        self.started = world.machine("started", flow("Sleep", {"Type": "Pass", "End": True}))

    def definition(self, world):
        return flow("Call", task("arn:aws:states:::aws-sdk:sfn:startExecution",
                                 Parameters={"StateMachineArn": self.started}, OutputPath="$.ExecutionArn"))

    def check(self, world, row):
        expect(world.ended(succeeded(row))["status"], "SUCCEEDED")
        expect(len(world.server.call("ListExecutions", stateMachineArn=self.started)["executions"]), 1)


class Threshold(Case):
    """One item of a map fails: the others' children are stopped."""

    input = [0, 0, 1, 0]

    def definition(self, world):
        return flow("All", distributed({"StartAt": "Which", "States": {
            "Which": {"Type": "Choice", "Default": "Sleep",
                      "Choices": [{"Variable": "$", "NumericEquals": 1, "Next": "Bad"}]},
            "Bad": {"Type": "Fail", "Error": "Bad"}, "Sleep": long_wait()}}))

    def check(self, world, row):
        expect((row["status"], row.get("error")), ("FAILED", "States.ExceedToleratedFailureThreshold"))
        counts = world.server.call("DescribeMapRun", mapRunArn=self.map_run(world))["itemCounts"]
        expect((counts["failed"], counts["aborted"], counts["total"]), (1, 3, 4))


class Redriven(Case):
    """One child fails; RedriveExecution does it again, and nothing else."""

    input = list(range(5))

    def prepare(self, world):
        self.activity = world.activity("once")
        self.failing = True
        world.work(self.activity, lambda given: None if given == 2 and self.failing else given)

    def definition(self, world):
        return flow("All", distributed(flow("Once", task(self.activity, **LOST)), ToleratedFailureCount=0))

    def drive(self, world):
        expect(world.ended(self.execution)["status"], "FAILED")
        self.failing = False
        try:
            world.server.call("RedriveExecution", executionArn=self.execution)
        except ApiError as error:  # an answer was lost, and it is under way or over already
            expect(error.type, "ExecutionNotRedrivable")

    def check(self, world, row):
        expect(succeeded(row), self.input)
        expect(row["redriveCount"], 1)


class Stopped(Case):
    """StopExecution stops what the execution waits for: children and a nested run."""

    def definition(self, world):
        return flow("Both", {"Type": "Parallel", "End": True, "Branches": [
            flow("All", distributed(flow("Sleep", long_wait()), ItemsPath="$.items")),
            flow("Nest", task(NEST, Parameters={"StateMachineArn": world.sleeper}))]})

    input = {"items": [1, 2, 3]}

    def drive(self, world):
        self.map_run(world)
        try:
            world.server.call("StopExecution", executionArn=self.execution, error="Enough")
        except ApiError as error:
            raise AssertionError(f"cannot be stopped: {error}") from None

    def check(self, world, row):
        expect((row["status"], row.get("error")), ("ABORTED", "Enough"))


class Updated(Case):
    """UpdateMapRun lets more children work at a time."""

    input = list(range(6))

    def prepare(self, world):
        self.activity = world.activity("late")

    def definition(self, world):
        return flow("All", distributed(flow("Late", task(self.activity, **LOST)), MaxConcurrency=1))

    def drive(self, world):
        run = self.map_run(world)
        world.server.call("UpdateMapRun", mapRunArn=run, maxConcurrency=4)
        expect(world.server.call("DescribeMapRun", mapRunArn=run)["maxConcurrency"], 4)
        world.work(self.activity, lambda given: -given)

    def check(self, world, row):
        expect(succeeded(row), [-n for n in self.input])
        expect(world.server.call("DescribeMapRun", mapRunArn=self.map_run(world))["maxConcurrency"], 4)


CASES = (Batches, Array, Callback, Large, Called, Overdue, Threshold, Redriven, Stopped, Updated)
