#include "orchestrator/db/duckdb_library.h"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/db/duckdb.h"

namespace orch::duckdb {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::vector<std::string> places() {
  if (const auto named = environment("ORCH_DUCKDB"); !named.empty()) return {named};
  std::vector<std::string> files;
  const auto data = environment("XDG_DATA_HOME");
  const auto home = environment("HOME");
  if (!data.empty()) files.push_back(fs::path(data) / "orch" / "libduckdb.so");
  if (data.empty() && !home.empty())
    files.push_back(fs::path(home) / ".local" / "share" / "orch" / "libduckdb.so");
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  if (!error)
    files.push_back(program.parent_path().parent_path() / "lib" / "orch" / "libduckdb.so");
  files.emplace_back("libduckdb.so");
  return files;
}

template <class Function>
void find(void* library, const char* name, Function& function) {
  auto* found = ::dlsym(library, name);
  if (!found)
    throw LibraryMissing(fmt::format("the library of DuckDB has no {}: it is too old", name));
  function = reinterpret_cast<Function>(found);  // NOLINT: what POSIX says dlsym() is for
}

Functions functions_of(void* library) {
  Functions all{};
#define ORCH_FIND(name) find(library, "duckdb_" #name, all.name)
  ORCH_FIND(library_version);
  ORCH_FIND(create_config);
  ORCH_FIND(set_config);
  ORCH_FIND(destroy_config);
  ORCH_FIND(open_ext);
  ORCH_FIND(close);
  ORCH_FIND(connect);
  ORCH_FIND(disconnect);
  ORCH_FIND(interrupt);
  ORCH_FIND(free);
  ORCH_FIND(query);
  ORCH_FIND(prepare);
  ORCH_FIND(bind_varchar_length);
  ORCH_FIND(bind_null);
  ORCH_FIND(prepare_error);
  ORCH_FIND(destroy_prepare);
  ORCH_FIND(execute_prepared_streaming);
  ORCH_FIND(destroy_result);
  ORCH_FIND(result_error);
  ORCH_FIND(result_error_type);
  ORCH_FIND(rows_changed);
  ORCH_FIND(column_count);
  ORCH_FIND(column_name);
  ORCH_FIND(column_logical_type);
  ORCH_FIND(get_type_id);
  ORCH_FIND(decimal_internal_type);
  ORCH_FIND(decimal_width);
  ORCH_FIND(decimal_scale);
  ORCH_FIND(destroy_logical_type);
  ORCH_FIND(fetch_chunk);
  ORCH_FIND(data_chunk_get_size);
  ORCH_FIND(data_chunk_get_vector);
  ORCH_FIND(destroy_data_chunk);
  ORCH_FIND(vector_get_data);
  ORCH_FIND(vector_get_validity);
  ORCH_FIND(vector_size);
  ORCH_FIND(create_data_chunk);
  ORCH_FIND(data_chunk_reset);
  ORCH_FIND(data_chunk_set_size);
  ORCH_FIND(vector_ensure_validity_writable);
  ORCH_FIND(vector_assign_string_element_len);
  ORCH_FIND(appender_create);
  ORCH_FIND(appender_error);
  ORCH_FIND(appender_column_count);
  ORCH_FIND(appender_column_type);
  ORCH_FIND(append_data_chunk);
  ORCH_FIND(appender_close);
  ORCH_FIND(appender_destroy);
#undef ORCH_FIND
  return all;
}

Functions load() {
  std::vector<std::string> tried;
  for (const auto& file : places()) {
    const bool path = file.find('/') != std::string::npos;
    std::error_code error;
    if (path && !fs::exists(file, error)) {
      tried.push_back(file + ": not there");
      continue;
    }
    // It is never unloaded: its threads may outlive every caller.
    if (auto* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE))
      return functions_of(library);
    const char* reason = ::dlerror();
    tried.push_back(path && reason ? std::string(reason) : file + ": not there");
  }
  throw LibraryMissing(
      fmt::format("the library of DuckDB cannot be loaded ({})", fmt::join(tried, "; ")));
}

}  // namespace

const Functions& functions() {
  static const Functions loaded = load();  // after an exception the next call tries again
  return loaded;
}

}  // namespace orch::duckdb
