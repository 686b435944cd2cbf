#include "orchestrator/cli/alert_file.h"

#include <cstdlib>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/base/private_file.h"
#include "orchestrator/base/read_file.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/json/locations.h"
#include "orchestrator/schedule/interval.h"
#include "workers/channels/channel.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;
namespace fs = std::filesystem;

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "orch";
}

/// Puts values in the place of ${NAME} (of the environment) and ${file:PATH}.
class Values {
 public:
  Values(fs::path folder, json::Problems& problems)
      : folder_(std::move(folder)), problems_(problems) {}

  void apply(bj::value& value, const std::string& pointer) const {
    if (value.is_string()) {
      value = applied(std::string(value.get_string()), pointer);
    } else if (auto* object = value.if_object()) {
      for (auto& [name, member] : *object) apply(member, pointer + "/" + json::pointer_token(name));
    } else if (auto* array = value.if_array()) {
      for (std::size_t i = 0; i < array->size(); ++i)
        apply((*array)[i], fmt::format("{}/{}", pointer, i));
    }
  }

 private:
  std::string applied(const std::string& text, const std::string& pointer) const {
    std::string out;
    std::size_t at = 0;
    while (true) {
      const auto begin = text.find("${", at);
      const auto end = begin == text.npos ? text.npos : text.find('}', begin);
      if (end == text.npos) return out + text.substr(at);
      out +=
          text.substr(at, begin - at) + value_of(text.substr(begin + 2, end - begin - 2), pointer);
      at = end + 1;
    }
  }

  std::string value_of(const std::string& name, const std::string& pointer) const {
    constexpr std::string_view file_word = "file:";
    try {
      if (name.starts_with(file_word)) {
        auto text = read_file(folder_ / name.substr(file_word.size()));
        while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
        return text;
      }
    } catch (const Error& error) {
      problems_.push_back({pointer, error.what()});
      return {};
    }
    if (const char* value = std::getenv(name.c_str())) return value;
    problems_.push_back({pointer, fmt::format("the environment of orch has no {}", name)});
    return {};
  }

  fs::path folder_;
  json::Problems& problems_;
};

std::chrono::seconds read_seconds(json::Fields& fields, std::string_view field,
                                  std::chrono::seconds otherwise) {
  const auto text = fields.string(field);
  if (!text) return otherwise;
  try {
    return schedule::parse_duration(*text);
  } catch (const Error& error) {
    fields.problem(field, error.what(), error.hint());
    return otherwise;
  }
}

void read_channels(json::Fields& fields, const fs::path& folder, host::AlertPlan& plan) {
  const auto* object = fields.object("channels");
  if (!object) return;
  for (const auto& [name, value] : *object) {
    const auto pointer = fields.at("channels") + "/" + json::pointer_token(name);
    if (!value.is_object()) {
      fields.problems().push_back(
          {pointer, "a channel must be an object, found " + json::describe_type(value)});
      continue;
    }
    json::Fields inner(value.get_object(), pointer, fields.problems());
    plan.channels[name] = [channel = channels::read_channel(inner, folder)](
                              const std::string& id, const bj::object& message, const auto& tick) {
      channels::deliver(channel, {id, message}, tick);
    };
  }
}

// A rule is of a workflow, of a pipeline, or of the server: what it is about says so.
void read_rule(json::Fields& fields, host::AlertPlan& plan) {
  const auto workflow = fields.string("workflow");
  const auto pipeline = fields.string("pipeline");
  auto rule = alerts::read_rule(fields, "a rule");
  const int named = int(workflow.has_value()) + int(pipeline.has_value());
  if (alerts::is_of_server(rule.when)) {
    if (named > 0)
      fields.problem("", fmt::format("\"{}\" is about the server", to_string(rule.when)));
    plan.server_rules.push_back(std::move(rule));
    return;
  }
  if (named != 1)
    fields.problem("", "the rule has to name a workflow or a pipeline", R"("workflow": "load*")");
  plan.rules.push_back(
      {pipeline.has_value(), pipeline.value_or(workflow.value_or("")), std::move(rule)});
}

void read_rules(json::Fields& fields, host::AlertPlan& plan) {
  const auto* array = fields.array("rules");
  for (std::size_t i = 0; array && i < array->size(); ++i) {
    const auto pointer = fmt::format("{}/{}", fields.at("rules"), i);
    const auto* object = (*array)[i].if_object();
    if (!object) {
      fields.problems().push_back(
          {pointer, "a rule must be an object, found " + json::describe_type((*array)[i])});
      continue;
    }
    json::Fields inner(*object, pointer, fields.problems());
    read_rule(inner, plan);
  }
}

void read_alive(json::Fields& fields, host::AlertPlan& plan) {
  const auto* object = fields.object("alive");
  if (!object) return;
  json::Fields inner(*object, fields.at("alive"), fields.problems());
  host::AliveSignal alive;
  const auto url = inner.required_string("url");
  alive.every = read_seconds(inner, "every", alive.every);
  inner.finish("the alive signal");
  alive.ping = [url](const auto& tick) { channels::ping(url, tick); };
  plan.alive = std::move(alive);
}

void require_channels(const host::AlertPlan& plan, json::Problems& problems) {
  const auto check = [&](const alerts::Rule& rule) {
    auto all = rule.to;
    if (rule.escalation)
      all.insert(all.end(), rule.escalation->to.begin(), rule.escalation->to.end());
    for (const auto& name : all)
      if (!plan.channels.contains(name))
        problems.push_back(
            {"/channels",
             fmt::format("no channel \"{}\", which the rule \"{}\" names", name, rule.name)});
  };
  for (const auto& rule : plan.rules) check(rule.rule);
  for (const auto& rule : plan.server_rules) check(rule);
}

host::AlertPlan read_plan(const std::string& file) {
  require_private(file, "the alerts file");
  const auto text = read_text(file);
  auto document = parse_json(text, file);
  const auto folder = fs::absolute(file).parent_path();
  json::Problems problems;
  host::AlertPlan plan;
  Values(folder, problems).apply(document, "");
  if (const auto* object = document.if_object()) {
    json::Fields fields(*object, "", problems);
    fields.accept({"$schema"});
    plan.server = fields.string("server").value_or(host_name());
    plan.group = read_seconds(fields, "group", plan.group);
    read_channels(fields, folder, plan);
    read_rules(fields, plan);
    read_alive(fields, plan);
    fields.finish("the alerts file");
    require_channels(plan, problems);
  } else {
    problems.push_back(
        {"", "the alerts file must be an object, found " + json::describe_type(document)});
  }
  json::locate_problems(text, problems);
  if (!problems.empty()) throw InvalidDocument("ORCH-0830", file, std::move(problems));
  return plan;
}

}  // namespace

AlertFile::AlertFile(std::string file) : file_(std::move(file)) {
  if (!file_.empty()) read_ = stamp();
}

AlertFile::Stamp AlertFile::stamp() const {
  std::error_code gone;
  return {fs::last_write_time(file_, gone), fs::file_size(file_, gone)};
}

host::AlertPlan AlertFile::plan() const {
  if (!file_.empty()) return read_plan(file_);
  host::AlertPlan plan;
  plan.server = host_name();
  return plan;
}

std::optional<host::AlertPlan> AlertFile::changed() {
  if (file_.empty()) return std::nullopt;
  const auto now = stamp();
  if (now == read_) return std::nullopt;
  read_ = now;
  try {
    auto plan = read_plan(file_);
    log::info({{"event", "alerts_read"}}, "the alerts file has changed");
    return plan;
  } catch (const InvalidDocument& invalid) {
    for (const auto& problem : invalid.problems())
      log::error({{"code", invalid.code()}, {"line", problem.line}},
                 "the alerts file stays as it was: {}", problem.message);
  } catch (const std::exception& error) {
    log::error("the alerts file stays as it was: {}", error.what());
  }
  return std::nullopt;
}

}  // namespace orch::cli
