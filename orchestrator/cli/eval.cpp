// eval: JSONata expressions from the command line, or one after the other from another program.
#include <chrono>
#include <iostream>
#include <memory>

#include "orchestrator/base/error.h"
#include "orchestrator/base/random.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/json/text.h"
#include "orchestrator/json/wtf8.h"
#include "orchestrator/jsonata/jsonata.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;
using Clock = std::chrono::steady_clock;

struct Request {
  std::string expression;
  std::string input;
  std::string bindings = "{}";
  bool lines = false;
  bool step_functions = false;
};

jsonata::Environment environment_of(std::int64_t milliseconds, int depth) {
  jsonata::Environment environment;
  environment.now = std::chrono::duration_cast<std::chrono::milliseconds>(
                        std::chrono::system_clock::now().time_since_epoch())
                        .count();
  environment.seed = random_bits();
  environment.limits.depth = depth;
  if (milliseconds > 0)
    environment.limits.expired = [end = Clock::now() + std::chrono::milliseconds(milliseconds)] {
      return Clock::now() > end;
    };
  return environment;
}

jsonata::Bindings bindings_of(const bj::object& object) {
  jsonata::Bindings bindings;
  for (const auto& [name, value] : object)
    bindings.emplace_back(std::string_view(name.data(), name.size()), &value);
  return bindings;
}

bj::object error_document(const jsonata::Error& error) {
  bj::object document{{"code", error.code()}, {"message", error.what()}};
  if (error.position) document["position"] = *error.position;
  if (error.token) document["token"] = *error.token;
  if (!error.function_name.empty()) document["functionName"] = error.function_name;
  if (error.value) document["value"] = *error.value;
  if (error.index > 0) document["index"] = error.index;
  return document;
}

/// One line in, one line out: {"id","expr","data"?,"bindings"?,"timelimit"?,"depth"?} gives {"id"}
/// with "result", "undefined" or "error".
bj::object answer(const std::string& line) {
  bj::object answer;
  try {
    const auto request = json::parse_wtf8(line);
    const auto& object = request.as_object();
    if (const auto* id = object.if_contains("id")) answer["id"] = *id;
    const auto number = [&](const char* name) {
      const auto* value = object.if_contains(name);
      return value && value->is_int64() ? value->get_int64() : 0;
    };
    const auto* bindings = object.if_contains("bindings");
    const auto expression =
        jsonata::Expression::parse(std::string_view(object.at("expr").as_string()));
    const auto result =
        expression.evaluate(object.if_contains("data"),
                            bindings && bindings->is_object() ? bindings_of(bindings->get_object())
                                                              : jsonata::Bindings(),
                            environment_of(number("timelimit"), static_cast<int>(number("depth"))));
    if (result)
      answer["result"] = *result;
    else
      answer["undefined"] = true;
  } catch (const jsonata::Error& error) {
    answer["error"] = error_document(error);
  } catch (const std::exception& error) {
    answer["error"] = bj::object{{"code", "ORCH-0003"}, {"message", error.what()}};
  }
  return answer;
}

int eval_lines(const Context& context) {
  for (std::string line; std::getline(std::cin, line);) {
    if (!line.empty()) context.print_json(json_line(answer(line)));
  }
  return Exit::ok;
}

int eval(const Context& context, const Request& request) {
  if (request.lines) return eval_lines(context);
  if (request.expression.empty())
    throw Error("ORCH-0001", "EXPR or --jsonl is missing", "`orch eval --help` tells more");
  const auto text = request.input.empty() ? std::string() : read_text(request.input);
  const auto input = text.empty() ? bj::value() : parse_data(text, request.input);
  const auto bindings = parse_data(input_text(request.bindings), "--bindings");
  if (!bindings.is_object())
    throw Error("ORCH-0001", "--bindings must be a JSON object of variables by name");
  try {
    const auto expression =
        jsonata::Expression::parse(request.expression, {.step_functions = request.step_functions});
    const auto result = expression.evaluate(
        text.empty() ? nullptr : &input, bindings_of(bindings.get_object()), environment_of(0, 0));
    if (result) {
      print_document(context, *result);
    } else {
      context.say("undefined: the expression has no result");
    }
    return Exit::ok;
  } catch (const jsonata::Error& error) {
    const auto place = error.position ? " at character " + std::to_string(*error.position) : "";
    throw Error("ORCH-0102", error.code() + place + ": " + error.what());
  } catch (const jsonata::NotJson& error) {
    throw Error("ORCH-0102", error.what());
  }
}

}  // namespace

Action declare_eval(Arguments& app) {
  const auto request = std::make_shared<Request>();
  auto expression =
      app.add_option("expression", request->expression, "a JSONata expression")->type_name("EXPR");
  app.add_option("--input", request->input, "the document it works on; - is standard input")
      ->type_name("FILE");
  app.add_option("--bindings", request->bindings, "variables by name: JSON, or @FILE")
      ->type_name("JSON");
  app.add_flag("--step-functions", request->step_functions,
               "with the functions that Step Functions adds, without $eval");
  auto lines = app.add_flag("--jsonl", request->lines,
                            "answer requests from standard input, one a line: "
                            "{\"id\",\"expr\",\"data\",\"bindings\",\"timelimit\",\"depth\"}");
  lines->excludes(expression);
  return [request](Context& context) { return eval(context, *request); };
}

}  // namespace orch::cli
