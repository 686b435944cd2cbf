// Reads the fields of one object of a definition and collects what is wrong with them.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/asl/definition.h"
#include "orchestrator/base/error.h"

namespace orch::asl {

using Problems = std::vector<Problem>;

/// "a string", "a number", …: the type of `value` for messages.
std::string describe_type(const boost::json::value& value);

/// One object at `pointer`. Every reader marks its field as known; finish() reports the rest.
class Fields {
 public:
  Fields(const boost::json::object& object, std::string pointer, Problems& problems)
      : object_(object), pointer_(std::move(pointer)), problems_(problems) {}

  const std::string& pointer() const { return pointer_; }
  Problems& problems() const { return problems_; }
  std::string at(std::string_view field) const;
  void problem(std::string_view field, std::string message, std::string hint = {}) const;

  bool has(std::string_view field) const;
  /// The field's value; marks it as known.
  const boost::json::value* get(std::string_view field);
  /// Marks fields as known without reading them.
  void accept(std::initializer_list<std::string_view> fields);

  /// Unset when absent or of another type (a problem).
  std::optional<std::string> string(std::string_view field);
  std::string required_string(std::string_view field);
  std::optional<bool> boolean(std::string_view field);
  std::optional<std::int64_t> integer(std::string_view field, std::int64_t least,
                                      std::int64_t most);
  std::optional<double> number(std::string_view field, double least);
  const boost::json::object* object(std::string_view field);
  const boost::json::array* array(std::string_view field);

  std::optional<Path> path(std::string_view field);
  Filter<Path> path_filter(std::string_view field);
  Filter<ReferencePath> reference_filter(std::string_view field);
  std::optional<PayloadTemplate> payload_template(std::string_view field);
  /// `Field` in the definition or `FieldPath`, not both.
  std::optional<Number> number_or_path(const std::string& field, std::int64_t least,
                                       std::int64_t most);

  /// Reports fields nobody knows. `context` names the object: "a Task state".
  void finish(const std::string& context, const std::vector<std::string>& elsewhere = {});

 private:
  template <class T>
  std::optional<T> mismatch(std::string_view field, std::string_view expected);

  const boost::json::object& object_;
  std::string pointer_;
  Problems& problems_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace orch::asl
