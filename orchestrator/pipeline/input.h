// The input of a pipeline's runs: JSON in which the texts between `{%` and `%}` are JSONata over
// what fired the run.
//
//   {"day": "{% $trigger.date %}", "full": false}
//
// `$trigger` has the facts of the fire (facts.h), `$pipeline` has name and revision.
#pragma once

#include <memory>
#include <string>

#include <boost/json/object.hpp>

#include "orchestrator/json/fields.h"

namespace orch::pipeline {

/// A compiled template. Copies share the compilation. Thread-safe.
class InputTemplate {
 public:
  /// Of a pipeline without a member "input".
  InputTemplate();

  /// The member "input".
  static InputTemplate read(json::Fields& pipeline);

  /// What the template gives, without what evaluate() adds. Throws Error ORCH-0803.
  boost::json::value fill(const boost::json::object& trigger,
                          const boost::json::object& of_pipeline) const;

  /// The run's input. Where it is an object without a member "trigger", `trigger` is added under
  /// this name: every run has in its input what it is for. Throws Error ORCH-0803 when an
  /// expression fails; an expression that gives nothing leaves its member out.
  boost::json::value evaluate(const boost::json::object& trigger,
                              const boost::json::object& of_pipeline) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

/// `input` with `trigger` as InputTemplate::evaluate() adds it.
boost::json::value with_trigger(boost::json::value input, const boost::json::object& trigger);

}  // namespace orch::pipeline
