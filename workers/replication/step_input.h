// Reading the input of the steps around the tables.
#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "workers/catalog/catalog.h"
#include "workers/worker.h"

namespace orch::replication {

/// Member `name` of the task's input, or null.
const boost::json::value* input_member(const workers::Task& task, std::string_view name);
/// Member `name` of the input's "options", or null: the workflow's own input travels there.
const boost::json::value* option(const workers::Task& task, std::string_view name);
/// The texts of an array, or one text alone; empty when absent. Throws TaskFailed "Input.Invalid"
/// (ORCH-0530) for anything else: a wish that is not understood must not become no wish.
std::vector<std::string> string_list(std::string_view name, const boost::json::value* value);
/// A whole number, or `otherwise` when absent. Throws TaskFailed "Input.Invalid" (ORCH-0530) for
/// anything else, or outside [least, most].
std::int64_t integer_option(const workers::Task& task, std::string_view name,
                            std::int64_t otherwise, std::int64_t least, std::int64_t most);

/// True or false; false when absent. Throws TaskFailed "Input.Invalid" (ORCH-0530) for anything
/// else.
bool boolean_option(const workers::Task& task, std::string_view name);

/// Refuses members of the input's "options" that no step knows: a wish that is misspelt must not
/// become no wish. Throws TaskFailed "Input.Invalid" (ORCH-0530), with near matches.
void check_options(const workers::Task& task);

/// A catalog, and its entries that are meant.
struct Chosen {
  catalog::Catalog catalog;
  std::vector<catalog::Entry> entries;
};

/// How the task names its catalog: its "catalog", else that of its options; null: it does not.
const boost::json::value* catalog_reference(const workers::Task& task);
/// Reads the catalog: the file that the run was resumed with, if there is one, else what
/// `reference` (which may be null then) names or is. Throws Error and InvalidDocument.
catalog::Catalog read_catalog(const workers::Task& task, const boost::json::value* reference,
                              const connectors::Connections& connections);

/// The entries that the "catalog" of the task, or else of its options, and the options choose.
/// Throws TaskFailed "Catalog.Invalid" with every problem, "Catalog.NoMatch" for a key, pattern or
/// tag that chooses nothing, "Catalog.Empty" when nothing is chosen and "allow_empty" does not say
/// that it is meant; and as check_options().
Chosen chosen_entries(const workers::Task& task, const connectors::Connections& connections);

}  // namespace orch::replication
