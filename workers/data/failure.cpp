#include "workers/data/failure.h"

#include <array>
#include <string>

#include <fmt/format.h>

#include "orchestrator/json/text.h"

namespace orch::data {
namespace {

/// Moves a text member out of `object`; empty when it is absent.
std::string take(boost::json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  if (!member || !member->is_string()) return {};
  std::string text(member->as_string());
  object.stable_erase(object.find(name));
  return text;
}

struct Name {
  ErrorClass error_class;
  const char* error;  ///< "*" is the side
  const char* code;
  const char* source_code;  ///< of the same error of a source
  const char* hint;
};

constexpr std::array names = {
    Name{ErrorClass::down, "Connection.Down", "ORCH-0401", "ORCH-0401",
         "check that the database is there"},
    Name{ErrorClass::lost, "Connection.Lost", "ORCH-0402", "ORCH-0402",
         "the work was rolled back; a retry repeats it"},
    Name{ErrorClass::refused, "Connection.Refused", "ORCH-0403", "ORCH-0403",
         "check user and password"},
    Name{ErrorClass::locked, "*.Locked", "ORCH-0438", "ORCH-0438",
         "another session holds it; end its transaction, then resume the run"},
    Name{ErrorClass::full, "*.Full", "ORCH-0405", "ORCH-0405",
         "make room on the disk of the database"},
    Name{ErrorClass::denied, "*.Denied", "ORCH-0406", "ORCH-0406", "grant what is missing"},
    Name{ErrorClass::foreign_key, "Merge.ForeignKey", "ORCH-0504", "ORCH-0504",
         "publish the referred table first; a retry succeeds when it has arrived. Of tables that "
         "refer "
         "to each other, one constraint must be DEFERRABLE"},
    Name{ErrorClass::conflict, "Merge.Conflict", "ORCH-0505", "ORCH-0505",
         "declare a check (unique, not_null) on the table to see it before the merge, and correct "
         "the source or the key columns"},
    Name{ErrorClass::value, "Type.ValueRefused", "ORCH-0436", "ORCH-0436",
         "the target's type cannot hold a value exactly"},
    Name{ErrorClass::statement, "*.QueryFailed", "ORCH-0408", "ORCH-0431",
         "run the statement in the database's own client to see what is wrong"},
    Name{ErrorClass::other, "*.Failed", "ORCH-0439", "ORCH-0440", ""},
};

}  // namespace

workers::TaskFailed failure(const Place& place, const DatabaseError& error) {
  const auto& name = names.at(static_cast<std::size_t>(error.error_class()));
  std::string full(name.error);
  if (full.front() == '*') full.replace(0, 1, place.side);
  return {full, fmt::format("{}: {}: {}", place.display, place.doing, error.what()),
          error.hint().empty() ? name.hint : error.hint(),
          place.side == "Source" ? name.source_code : name.code, error.details()};
}

workers::TaskFailed amended(const workers::TaskFailed& failure, std::string_view place,
                            const boost::json::object& details) {
  auto cause = json::parse(failure.cause()).as_object();
  auto message = take(cause, "message") + std::string(place);
  auto hint = take(cause, "hint");
  auto code = take(cause, "code");
  for (const auto& detail : details)
    if (!cause.contains(detail.key())) cause[detail.key()] = detail.value();
  return {failure.error(), message, hint, code, cause};
}

}  // namespace orch::data
