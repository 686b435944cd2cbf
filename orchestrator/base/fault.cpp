#include "orchestrator/base/fault.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/base/error.h"

namespace orch::fault {
namespace {

struct Rule {
  std::string point;
  int passes_left = 1;
  std::string action = "kill";
};

std::atomic<int> come_true = 0;

void act(const std::string& action, const std::string& point) {
  const auto what = "fault injected at " + point;
  if (action == "throw") throw Error("ORCH-0004", what);
  if (action == "refuse") throw Error("ORCH-0217", what);
  if (action == "error") throw std::runtime_error(what);
  if (action == "memory") throw std::bad_alloc();
  std::raise(action == "stop" ? SIGSTOP : SIGKILL);
}

std::vector<Rule> parse(std::string_view text) {
  std::vector<Rule> rules;
  while (!text.empty()) {
    const auto comma = text.find(',');
    auto item = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    Rule rule;
    const auto first = item.find(':');
    rule.point = std::string(item.substr(0, first));
    if (first != std::string_view::npos) {
      item.remove_prefix(first + 1);
      const auto second = item.find(':');
      rule.passes_left = std::atoi(std::string(item.substr(0, second)).c_str());
      if (second != std::string_view::npos) rule.action = item.substr(second + 1);
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::vector<Rule>& rules() {
  static std::vector<Rule> all = [] {
    const char* text = std::getenv("ORCH_FAULT");
    return parse(text ? text : "");
  }();
  return all;
}

}  // namespace

namespace detail {

const bool active = std::getenv("ORCH_FAULT") != nullptr;

void pass(const char* name) {
  static std::mutex mutex;
  std::string action;
  {
    const std::scoped_lock lock(mutex);
    const auto due = std::find_if(rules().begin(), rules().end(), [&](Rule& rule) {
      return rule.point == name && --rule.passes_left == 0;
    });
    if (due == rules().end()) return;
    action = due->action;
  }
  ++come_true;
  act(action, name);
}

}  // namespace detail

int injected() { return come_true; }

}  // namespace orch::fault
