#include "orchestrator/asl/validate.h"

#include <map>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/reverse_graph.hpp>
#include <boost/pending/queue.hpp>
#include <fmt/format.h>

#include "orchestrator/json/locations.h"

namespace orch::asl {
namespace {

// Vertices are the states in the order of their names; edges are all ways from state to state.
using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS>;

struct Target {
  std::string pointer;  ///< of the field that names it
  std::string field;
  std::string name;
};

std::string state_pointer(const std::string& flow, const std::string& name) {
  return flow + "/States/" + json::pointer_token(name);
}

std::vector<Target> targets_of(const State& state, const std::string& pointer) {
  std::vector<Target> targets;
  if (state.next) targets.push_back({pointer + "/Next", "Next", *state.next});
  if (const auto* choice = std::get_if<Choice>(&state.body)) {
    for (std::size_t i = 0; i < choice->choices.size(); ++i)
      targets.push_back(
          {fmt::format("{}/Choices/{}/Next", pointer, i), "Next", choice->choices[i].next});
    if (choice->default_next)
      targets.push_back({pointer + "/Default", "Default", *choice->default_next});
  }
  for (std::size_t i = 0; i < state.catches.size(); ++i)
    targets.push_back({fmt::format("{}/Catch/{}/Next", pointer, i), "Next", state.catches[i].next});
  return targets;
}

bool terminal(const State& state) {
  if (std::holds_alternative<Choice>(state.body)) return false;
  return !state.next;
}

class FlowCheck {
 public:
  FlowCheck(const Flow& flow, std::string pointer, Problems& problems)
      : flow_(flow), pointer_(std::move(pointer)), problems_(problems), graph_(flow.states.size()) {
    for (const auto& [name, state] : flow.states) {
      vertex_.emplace(name, names_.size());
      names_.push_back(name);
    }
  }

  void run() {
    if (flow_.states.empty()) return;
    connect();
    const bool started = check_start();
    // A flow without an end has a fault that hides which states are merely unreachable.
    if (!check_terminal() || !started) return;
    check_reachable();
    if (resolved_) check_end();
  }

 private:
  void connect() {
    for (const auto& [name, state] : flow_.states) {
      for (const auto& target : targets_of(state, state_pointer(pointer_, name))) {
        if (target.name.empty()) {
          resolved_ = false;  // reported when the field was read
        } else if (const auto found = vertex_.find(target.name); found != vertex_.end()) {
          boost::add_edge(vertex_.at(name), found->second, graph_);
        } else {
          resolved_ = false;
          problems_.push_back(
              {target.pointer, fmt::format("no state \"{}\" ({} of \"{}\"){}", target.name,
                                           target.field, name, did_you_mean(target.name, names_))});
        }
      }
    }
  }

  bool check_start() {
    if (flow_.start_at.empty()) return false;  // reported when the field was read
    if (vertex_.contains(flow_.start_at)) return true;
    problems_.push_back(
        {pointer_ + "/StartAt", fmt::format("no state \"{}\" (StartAt){}", flow_.start_at,
                                            did_you_mean(flow_.start_at, names_))});
    return false;
  }

  template <class AnyGraph>
  std::vector<bool> reachable(const AnyGraph& graph, const std::vector<std::size_t>& from) {
    std::vector<boost::default_color_type> colour(names_.size(), boost::white_color);
    for (const auto start : from) {
      if (colour[start] != boost::white_color) continue;
      boost::queue<std::size_t> queue;
      boost::breadth_first_visit(graph, start, queue, boost::default_bfs_visitor(), colour.data());
    }
    std::vector<bool> seen;
    seen.reserve(colour.size());
    for (const auto c : colour) seen.push_back(c != boost::white_color);
    return seen;
  }

  void check_reachable() {
    seen_ = reachable(graph_, {vertex_.at(flow_.start_at)});
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (seen_[i]) continue;
      problems_.push_back(
          {state_pointer(pointer_, names_[i]),
           fmt::format("the state \"{}\" cannot be reached from \"{}\"", names_[i], flow_.start_at),
           "no Next, Default or Catch leads to it; remove it or lead to it"});
    }
  }

  bool check_terminal() {
    for (const auto& [name, state] : flow_.states) {
      if (terminal(state)) ends_.push_back(vertex_.at(name));
    }
    if (ends_.empty())
      problems_.push_back({pointer_ + "/States", "no state ends the flow",
                           "add \"End\": true to a state, or a Succeed or Fail state"});
    return !ends_.empty();
  }

  // A loop without a way out is legal: the execution ends with its quota, its timeout or a stop.
  void check_end() {
    const auto can_end = reachable(boost::make_reverse_graph(graph_), ends_);
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (can_end[i] || !seen_[i]) continue;
      Problem problem{state_pointer(pointer_, names_[i]),
                      fmt::format("from the state \"{}\" the flow can never end", names_[i]),
                      "lead the loop to a state with \"End\": true, Succeed or Fail"};
      problem.warning = true;
      problems_.push_back(std::move(problem));
    }
  }

  const Flow& flow_;
  std::string pointer_;
  Problems& problems_;
  Graph graph_;
  std::vector<std::string> names_;
  std::map<std::string, std::size_t, std::less<>> vertex_;
  std::vector<bool> seen_;
  std::vector<std::size_t> ends_;
  bool resolved_ = true;
};

template <class Visit>
void for_each_nested(const Flow& flow, const std::string& pointer, const Visit& visit) {
  for (const auto& [name, state] : flow.states) {
    const auto place = state_pointer(pointer, name);
    if (const auto* parallel = std::get_if<Parallel>(&state.body)) {
      for (std::size_t i = 0; i < parallel->branches.size(); ++i)
        visit(parallel->branches[i], fmt::format("{}/Branches/{}", place, i));
    } else if (const auto* map = std::get_if<Map>(&state.body)) {
      visit(map->processor, place + "/" + map->processor_field);
    }
  }
}

void collect_names(const Flow& flow, const std::string& pointer,
                   std::map<std::string, std::string>& first, Problems& problems) {
  for (const auto& [name, state] : flow.states) {
    const auto place = state_pointer(pointer, name);
    const auto [other, added] = first.emplace(name, place);
    if (!added)
      problems.push_back(
          {place, fmt::format("the name \"{}\" is used twice, first at {}", name, other->second),
           "names of states are unique in the whole definition"});
  }
  for_each_nested(flow, pointer, [&](const Flow& nested, const std::string& place) {
    collect_names(nested, place, first, problems);
  });
}

}  // namespace

void validate_flow(const Flow& flow, const std::string& pointer, Problems& problems) {
  FlowCheck(flow, pointer, problems).run();
  for_each_nested(flow, pointer, [&](const Flow& nested, const std::string& place) {
    validate_flow(nested, place, problems);
  });
}

void validate_names(const Flow& flow, Problems& problems) {
  std::map<std::string, std::string> first;
  collect_names(flow, "", first, problems);
}

}  // namespace orch::asl
