#include "workers/data/connector.h"

#include <stdexcept>

namespace orch::data {

std::unique_ptr<Source> Connection::open_source(const Opening&) const {
  throw std::logic_error(display() + " was opened as a source");
}

std::unique_ptr<Target> Connection::open_target(const Opening&) const {
  throw std::logic_error(display() + " was opened as a target");
}

std::unique_ptr<SqlSession> Connection::open_sql(const Opening&) const {
  throw std::logic_error(display() + " was opened for statements");
}

Endpoint Connection::endpoint(const Opening&) const {
  throw std::logic_error(display() + " was called");
}

std::string path_of_url(const std::string& url, json::Fields& fields) {
  auto path = url.substr(url.find(':') + 1);
  if (path.starts_with("//")) path.erase(0, 2);
  if (path.empty()) fields.problem("url", "the URL names no file or folder");
  return path;
}

std::string database_of_path(std::string_view engine, const std::filesystem::path& path) {
  return std::string(engine) + ":" + std::filesystem::weakly_canonical(path).string();
}

}  // namespace orch::data
