// Values as they stand in answers. Internal to service.
#pragma once

#include <string>

#include "orchestrator/base/time.h"
#include "orchestrator/stepfunctions/desk.h"

namespace orch::stepfunctions {

/// Seconds since 1970 with a fraction: timestamps on the wire are numbers.
double epoch_seconds(Instant instant);

/// A random name as the service gives: "9a1b2c3d-…", a UUID of version 4.
std::string new_uuid();

/// Throws ServiceError ResourceNotFound for `arn`.
[[noreturn]] void refuse_resource(const std::string& arn);

/// Reads, checks and keeps a new resource's tags in the order given.
store::Tags read_tags(Request& request);
void keep_tags(Request& request, const std::string& resource, const store::Tags& tags,
               const std::string& arn);

/// The member encryptionConfiguration; AWS_OWNED_KEY when the request has none.
Object read_encryption(Request& request);

}  // namespace orch::stepfunctions
