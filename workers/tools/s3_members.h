// The members that aws-sdk:s3 has, and the headers of S3 that they are.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "workers/library/bucket.h"

namespace orch::tools {

/// An action of S3: "getObject" and the like.
enum class S3Action : std::uint8_t { get, put, copy, remove, head, list };

/// Nothing of "arn:aws:states:::aws-sdk:s3:getObject" but the action; throws std::out_of_range for
/// one that make_s3() does not serve.
S3Action s3_action_of(std::string_view resource);

/// The headers and parameters that `input` asks for. Throws TaskFailed States.Runtime, in the
/// service's words, for members that the action has not, or lacks, or that are of another type.
library::Ask read_s3_input(S3Action action, const boost::json::object& input);

/// What the headers of an answer are to AWS's SDK. `content`: those of the object itself too.
boost::json::object s3_members_of(const library::Headers& headers, bool content);

/// A time as the SDK shows it: without a fraction when it has none. `text` is ISO 8601.
std::string sdk_time(const std::string& text);

}  // namespace orch::tools
