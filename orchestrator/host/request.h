// What the owner of a store is asked for: one value, whether this process is the owner or another
// process is, which then gets it as a line of JSON (control.h).
//
//   {"op":"submit","request","name","workflow","definition","input","connections"}
//   {"op":"resume","request","run","from","input","definition"?,"connections","catalog"}
//   {"op":"follow","run"}
//   {"op":"stop","run","error","cause"}
//   → {"run","existed"}
//
// "request" is random and chosen by the client: a client that does not know whether it was heard
// asks again with the same id, this owner or the next one, and what was committed is not done
// twice.
#pragma once

#include <string>
#include <variant>

#include <boost/json/object.hpp>

#include "orchestrator/engine/engine.h"

namespace orch::host {

struct Submit {
  engine::Submission submission;
};

struct Resume {
  std::string run;  ///< its id
  engine::Redrive redrive;
};

/// To keep the owner until the run has ended; a run that has ended is not started again.
struct Follow {
  std::string run;
};

struct Stop {
  std::string run;
  std::string error;
  std::string cause;
};

using Request = std::variant<Submit, Resume, Follow, Stop>;

struct Accepted {
  std::string run;       ///< its id
  bool existed = false;  ///< the same submission was made before
};

/// An id that no two requests share.
std::string new_request_id();

boost::json::object to_json(const Request& request);
/// Throws Error ORCH-0007 when this version does not know the operation.
Request request_from(const boost::json::object& line);

boost::json::object to_json(const Accepted& accepted);
Accepted accepted_from(const boost::json::object& line);

}  // namespace orch::host
