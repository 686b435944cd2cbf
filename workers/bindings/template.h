// JSON whose texts "{% … %}" are JSONata.
#pragma once

#include <memory>
#include <string>

#include <boost/json/value.hpp>

namespace orch::bindings {

/// A compiled template. Immutable; threads may share it.
class Template {
 public:
  /// Throws jsonata::Error for an expression that does not parse.
  explicit Template(const boost::json::value& source);
  ~Template();
  Template(Template&&) noexcept;
  Template& operator=(Template&&) noexcept;

  /// `$input` and `$result` are what they say; the former is what bare names refer to. Throws
  /// TaskFailed "Binding.Failed".
  boost::json::value evaluate(const boost::json::value& input,
                              const boost::json::value& result) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
};

}  // namespace orch::bindings
