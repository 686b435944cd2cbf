// A copy of an execution for another thread.
#include <memory>
#include <unordered_map>
#include <utility>

#include "orchestrator/execution/live.h"

namespace orch::execution {
namespace {

/// One document stays one, however many places have it.
class Copying {
 public:
  void apart(json::Payload& payload) {
    const auto known = payloads_.find(payload.document());
    if (known != payloads_.end()) {
      payload = known->second;
      return;
    }
    const auto* document = payload.document();
    payload = payload.apart();
    payloads_.emplace(document, payload);
  }

  void copy(const LiveFacts& from, LiveFacts& to) {
    to = from;
    apart(to.identity.input);
    apart(to.output);
    for (auto& [state, input] : to.inputs) apart(input);
  }

  void copy(const ThreadState& from, ThreadState& to) {
    threads_.emplace(&from, &to);
    static_cast<ThreadFacts&>(to) = from;
    to.item = nullptr;  // of an evaluation under way
    apart(to.payload);
    apart(to.input);
    apart(to.parameters);
    for (auto& [name, value] : to.variables) apart(value);
    if (from.join) {
      to.join = std::make_unique<Join>(*from.join);
      apart(to.join->items);
    }
    for (const auto& [index, child] : from.children) {
      auto& made = to.children[index] = std::make_unique<ThreadState>();
      made->parent = &to;
      copy(*child, *made);
    }
  }

  void copy(const std::unordered_map<EventId, ThreadState*>& from,
            std::unordered_map<EventId, ThreadState*>& to) const {
    for (const auto& [id, thread] : from) to.emplace(id, threads_.at(thread));
  }

 private:
  std::unordered_map<const void*, json::Payload> payloads_;
  std::unordered_map<const ThreadState*, ThreadState*> threads_;
};

}  // namespace

Live::Live(const Live& other) : LiveFacts() {
  Copying copying;
  copying.copy(static_cast<const LiveFacts&>(other), static_cast<LiveFacts&>(*this));
  copying.copy(other.root, root);
  copying.copy(other.owners, owners);
  copying.copy(other.tickets, tickets);
  copying.copy(other.timers, timers);
}

}  // namespace orch::execution
