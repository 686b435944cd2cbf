// Reads the members of a request and collects what breaks the API model's constraints, in the words
// of the service.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

namespace orch::stepfunctions {

/// Of a text, in characters.
struct Length {
  std::size_t least = 0;
  std::size_t most = std::numeric_limits<std::size_t>::max();
};

/// What the service allows for the ARN of anything but a map run.
inline constexpr Length arn_length{1, 256};

/// One object of a request. A member of the wrong type throws ServiceError SerializationException
/// at once; a broken constraint is kept until check(). JSON null is an absent member, and members
/// that are not read are ignored, as clients of a newer model send them.
class Parameters {
 public:
  /// `object` must outlive this.
  explicit Parameters(const boost::json::object& object) : object_(object) {}

  /// Empty when absent, which is a violation.
  std::string required(std::string_view name, Length length = {});
  std::optional<std::string> text(std::string_view name, Length length = {});
  std::string text_or(std::string_view name, std::string other, Length length = {});
  std::optional<std::string> one_of(std::string_view name,
                                    std::initializer_list<std::string_view> values);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<double> number(std::string_view name, double least, double most);
  bool flag(std::string_view name, bool otherwise = false);
  /// Null when absent.
  const boost::json::object* object(std::string_view name);
  /// The objects of a list; unset when absent.
  std::optional<std::vector<const boost::json::object*>> objects(std::string_view name);
  std::optional<std::vector<std::string>> texts(std::string_view name);
  /// Like an absent required member.
  void require(std::string_view name, bool present);
  /// Like a text that the model's `pattern` does not match.
  void require_pattern(std::string_view name, const std::string& text, bool matches,
                       std::string_view pattern);
  /// Like a list of another length; `shown` is what it holds.
  void require_size(std::string_view name, std::size_t size, Length length,
                    const std::string& shown);

  /// The violations of a nested object at `name` count as this one's.
  void adopt(std::string_view name, const Parameters& nested);
  /// Throws ServiceError ValidationException naming all violations.
  void check() const;

 private:
  const boost::json::value* find(std::string_view name) const;
  void violated(std::string_view name, const std::string& value, const std::string& constraint);

  struct Violation {
    std::string path;
    std::string text;  ///< from "failed …" on
    std::string value;
  };

  const boost::json::object& object_;
  std::vector<Violation> violations_;
};

}  // namespace orch::stepfunctions
