// Spells source values as SQLite will store them, or refuses them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "workers/data/target.h"
#include "workers/sqlite/declared_type.h"

namespace orch::sqlite {

/// How values of one column travel.
struct ColumnRule {
  std::string place;     ///< "Album.Title", for messages
  std::string declared;  ///< type of the target's column
  data::Kind to = data::Kind::any;
  Affinity affinity = Affinity::blob;
  bool strict = false;  ///< the target's table is STRICT
  /// The source is SQLite: each value keeps its storage class, or is refused.
  bool as_stored = false;
  /// The source has texts only (CSV): they are read as values of `to`.
  bool parse = false;
};

/// The rules of a plan, column by column. `strict`: the target's table is STRICT.
std::vector<ColumnRule> rules_of(const data::LoadPlan& plan, bool strict);

/// An encoder in the row encoding of cells.h that accepts exactly the values which the target
/// column gives back unchanged (same storage class from SQLite; same number, instant, text or
/// bytes from others), and throws TaskFailed "Type.ValueRefused" (ORCH-0436) for the rest.
std::unique_ptr<data::RowEncoder> make_encoder(std::vector<ColumnRule> rules);

}  // namespace orch::sqlite
