// What the endpoint is told when a task is over, within the limits of the service.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "workers/perform.h"

namespace orch::fleet {

/// A call that ends a task.
struct Report {
  std::string_view operation;  ///< "SendTaskSuccess", "SendTaskFailure"
  boost::json::object request;
};

/// Tells how `outcome`, which is done or failed, ended the task. A result of more than 262,144
/// bytes becomes the failure "Result.TooLarge" (ORCH-0662); an error's name is cut at 256 bytes,
/// and a cause of more than 32,768 is shortened so that it stays JSON.
Report report_of(const workers::Outcome& outcome, const workers::Task& task,
                 const std::string& token);

/// The failure that gives a task back because this process ends: "Worker.Stopped", for Retry.
workers::Outcome given_back();

/// What a cause says to people: its "message", if it is JSON that has one.
std::string message_of(const std::string& cause);

}  // namespace orch::fleet
