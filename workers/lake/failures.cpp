#include "workers/lake/failures.h"

namespace orch::lake {

data::DatabaseError translated(const std::system_error& error) {
  using data::ErrorClass;
  if (error.code() == std::errc::no_space_on_device) return {ErrorClass::full, error.what()};
  if (error.code() == std::errc::permission_denied ||
      error.code() == std::errc::read_only_file_system)
    return {ErrorClass::denied, error.what(), "check the permissions of the zone's folder"};
  return {ErrorClass::other, error.what()};
}

}  // namespace orch::lake
