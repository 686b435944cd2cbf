// Reads the members of one JSON object and collects what is wrong with them.
#pragma once

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/base/error.h"

namespace orch::json {

using Problems = std::vector<Problem>;

/// "the string \"x\"", "the number 1", …: `value` for messages.
std::string describe_type(const boost::json::value& value);

/// Gives every problem its line and column in `text`, and all of them the order of the text.
void locate_problems(std::string_view text, Problems& problems);

/// One object at `pointer`. Every reader marks its member as known; finish() reports the rest.
class Fields {
 public:
  /// `object` and `problems` must outlive this.
  Fields(const boost::json::object& object, std::string pointer, Problems& problems)
      : object_(object), pointer_(std::move(pointer)), problems_(problems) {}

  const std::string& pointer() const { return pointer_; }
  Problems& problems() const { return problems_; }
  const boost::json::object& members() const { return object_; }
  /// Pointer of the member `field`; of the object when empty.
  std::string at(std::string_view field) const;
  void problem(std::string_view field, std::string message, std::string hint = {}) const;

  bool has(std::string_view field) const;
  /// The member's value; marks it as known.
  const boost::json::value* get(std::string_view field);
  /// Marks members as known without reading them.
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
  /// An array of strings; elements of another type are problems.
  std::vector<std::string> strings(std::string_view field);

  /// Reports members that were not asked for. `context` names the object: "a Task state". Names in
  /// `elsewhere` exist, but not here.
  void finish(const std::string& context, const std::vector<std::string>& elsewhere = {});

 private:
  void mismatch(std::string_view field, std::string_view expected) const;

  const boost::json::object& object_;
  std::string pointer_;
  Problems& problems_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace orch::json
