// A JSONata condition on a task's input.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace orch::bindings {

/// Immutable; threads may share it.
class Condition {
 public:
  /// With or without `{% %}` around it. Throws jsonata::Error for text that does not parse.
  explicit Condition(std::string_view text);

  /// Whether the result is true; nothing counts as false. `$input` and bare names are what
  /// template.h says. Throws TaskFailed "Binding.Failed".
  bool holds(const boost::json::value& input) const;

  friend bool operator==(const Condition& a, const Condition& b);

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace orch::bindings
