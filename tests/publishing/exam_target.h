// The targets that the exam runs over.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "workers/data/target.h"

namespace orch::test {

/// SQL of the exam in a session that stays open; independent of the code under test.
class ExamSession {
 public:
  virtual ~ExamSession() = default;
  /// Runs one or more statements and returns the rows of the last that has some: cells in text,
  /// joined by "|", NULL as "NULL". Throws std::exception with the database's message.
  virtual std::vector<std::string> run(const std::string& sql) = 0;
};

/// An empty database of one kind, removed with this object.
class ExamTarget {
 public:
  virtual ~ExamTarget() = default;
  /// A connection of the product. It gives up waiting for a lock after two seconds.
  virtual std::unique_ptr<data::Target> open() = 0;
  virtual std::unique_ptr<ExamSession> session() = 0;
};

struct TargetKind {
  std::string name;  ///< as cases spell it
  /// What a case may ask for in "needs".
  std::set<std::string> capabilities;
  std::string evidence;  ///< the table of published loads
  std::function<std::unique_ptr<ExamTarget>()> make;
};

/// All of them (DuckDB where its library is there). A new target is one more line, and passes every
/// case whose needs it meets.
const std::vector<TargetKind>& target_kinds();

}  // namespace orch::test
