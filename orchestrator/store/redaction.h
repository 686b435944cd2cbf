// Values that pipelines mark as not to be shown: "redact": ["iban", "*password*"] are names of
// members, at any depth of any payload of the pipeline's runs.
//
// Names, not paths: data moves between states. A value that a marked member has anywhere in a run's
// history is hidden wherever else the run shows it as well: under other names, in error texts, in
// texts that contain it. What the engine stores and works with is never changed.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/execution/event.h"
#include "orchestrator/store/store.h"

namespace orch::store {

/// What people see in the place of a value.
inline constexpr std::string_view redacted_text = "[redacted]";

/// The names that a pipeline's document marks.
std::vector<std::string> marked_names(const std::string& pipeline_document);

/// Knows the names and values of one run.
class Redactor {
 public:
  explicit Redactor(const std::vector<std::string>& names);

  void mark(const std::vector<std::string>& names);
  /// Takes the values of marked members as secret.
  void learn(const boost::json::value& payload);
  void learn(const execution::Event& event);

  /// Some of the run cannot be read, and its values are not known: all payloads and texts go.
  void hide_everything() { everything_ = true; }

  /// Replaces members and values.
  boost::json::value hide(const boost::json::value& payload) const;
  /// Replaces values in the text, and members where it is JSON.
  std::string hide(const std::string& text) const;
  execution::Event hide(execution::Event event) const;
  ExecutionRow hide(ExecutionRow row) const;

 private:
  bool is_marked(std::string_view name) const;
  void learn_all(const boost::json::value& value);
  void learn_text(std::string_view text);

  bool everything_ = false;
  std::vector<std::string> names_;  ///< patterns, in lower case
  /// Longer ones first, so that no part of one is left.
  std::set<std::string, bool (*)(const std::string&, const std::string&)> values_;
};

/// The redactors of a store's runs, kept for those asked for lately. One thread at a time.
class Redactors {
 public:
  /// `store` must outlive it, and shows what is stored.
  explicit Redactors(Store& store) : store_(store) {}

  /// Of the run, with all that its history holds by now; null when nothing of it is marked. The
  /// parts of a run go by the marks of the run, and know its values.
  const Redactor* of(const ExecutionRow& row);

 private:
  struct Marks {
    std::vector<std::string> names;
    std::chrono::steady_clock::time_point read_at;
  };
  struct Known {
    std::vector<PipelineLink> links;     ///< of the run and of those that it is a part of
    std::optional<ExecutionId> origin;   ///< the run that it is a part of
    std::vector<std::string> names;      ///< that the redactor goes by
    std::unique_ptr<Redactor> redactor;  ///< null: nothing is marked
    execution::EventId last = 0;         ///< the latest event that it has learned of
  };

  Known& known_of(const ExecutionRow& row);
  /// A deployment changes them; read anew after a second.
  const std::vector<std::string>& names_of(const PipelineLink& link);
  void begin(Known& known, const std::vector<std::string>& names);
  /// Throws what reading the history throws.
  void learn(Known& known, const ExecutionRow& row);

  Store& store_;
  std::map<ExecutionId, Known> known_;
  std::map<std::pair<std::string, std::int64_t>, Marks> marks_;  ///< by pipeline and revision
};

/// Shows what `store` has, with marked values replaced; writes as it does.
std::unique_ptr<Store> with_redaction(std::unique_ptr<Store> store);

/// A reader for people: with_redaction() of open_as_reader().
std::unique_ptr<Store> open_for_people(const std::string& url);

}  // namespace orch::store
