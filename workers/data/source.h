// Where rows come from.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "workers/data/file_options.h"
#include "workers/data/files.h"
#include "workers/data/row.h"
#include "workers/data/table.h"

namespace orch::data {

/// A table or a query (exactly one).
struct Relation {
  TableName table;
  std::string query;   ///< SQL of the catalog's author, not quoted; empty: the table
  bool alone = false;  ///< without the rows of tables that inherit from the table
  FileOptions files = {};
  /// Of a table whose files are each loaded once: those to be read, and no other.
  std::optional<std::vector<ChosenFile>> chosen = {};
};

/// How far before the last load's end the next one starts again: a number, or seconds of time.
struct Overlap {
  std::string number;         ///< as SQL spells it; empty: none
  std::int64_t seconds = -1;  ///< < 0: none

  bool empty() const { return number.empty() && seconds < 0; }
};

/// Rows with `column` > `after` (unset: from the beginning) and <= `upto` (unset: to the end). Both
/// are spelled as WatermarkState::upto is.
struct WatermarkRange {
  std::string column;
  std::optional<std::string> after;
  std::optional<std::string> upto;
  std::string order = {};   ///< of `after`, see WatermarkState; empty: not known
  bool at_after = false;    ///< rows at `after`, too
  Overlap overlap = {};     ///< `after` is moved down by this; implies `at_after`
  bool with_nulls = false;  ///< and all rows without a value
};

/// What a source found of a watermark when open() took its view.
struct WatermarkState {
  std::optional<std::string> upto;  ///< largest value of the range; else its `after`
  /// How the values compare: "number", "text", "time" (points in time), or the kind's own name.
  /// Values of one order of one source compare with each other.
  std::string order;
  std::int64_t nulls = 0;           ///< rows (of the table under "where") without a value
  std::int64_t not_comparable = 0;  ///< rows whose value has no place in that order
  std::string example;              ///< one of these rows, for people; empty when there is none
};

struct ReadRequest {
  Relation from;
  std::vector<std::string> columns;  ///< names in the source, in the order of the row
  /// SQL for each column where it is not the plain column (a cast agreed with the target), else
  /// empty; may be shorter than `columns`. Only LoadPlan makes these.
  std::vector<std::string> expressions;
  std::string where;  ///< SQL condition of the catalog's author; empty: all rows
  std::optional<WatermarkRange> watermark;
  RowFormat format = RowFormat::cells;
  int parts = 1;  ///< wanted; a source that cannot split gives one reader
};

/// A relation of the source's database, as a discovery sees it.
struct Listed {
  enum class Taken : std::uint8_t { always, with_views, never };
  TableName name;
  std::string kind;  ///< for people: "table", "materialized view", "file"
  Taken taken = Taken::always;
  std::string reason = {};  ///< why it is never taken, and what helps
};

/// Reads one part; used by one thread.
class RowReader {
 public:
  virtual ~RowReader() = default;
  /// Pushes every row into `sink`. `stop` is asked every few thousand rows; when it answers true,
  /// throws workers::Cancelled.
  virtual void read(RowSink& sink, const std::function<bool()>& stop) = 0;
};

/// What the values of a source are like. Targets ask for these facts, never for the engine.
struct Traits {
  bool typed = false;  ///< every value is of its column's kind
  bool texts = false;  ///< all values are texts, to be read as what the target's columns hold
  /// The databases whose native types, casts, stored values and encoded rows these are: a target of
  /// the same family takes them as they are. Empty: none.
  std::string family = {};
  /// The rule by which texts and mixed values are in order, for a target that has the same; empty:
  /// none that another database follows.
  std::string order = {};
};

/// An open connection to a database or file to read from. One thread at a time; the readers it
/// opens work on threads of their own.
class Source {
 public:
  virtual ~Source() = default;
  virtual std::string engine() const = 0;  ///< for people: "postgresql"
  virtual Traits traits() const { return {}; }
  /// Several readers of one table see one state of it, and are worth their connections.
  virtual bool splits_tables() const { return false; }
  /// Everything of the database's users that can be read or could be meant, without what belongs to
  /// the database or to orch, in the order of schema and name.
  virtual std::vector<Listed> list() = 0;
  /// The schemas that can hold tables of users, in order; none where a database has no schemas.
  virtual std::vector<std::string> schemas() = 0;
  /// Whether the relation has no row. Throws as open() does.
  virtual bool empty(const Relation& relation) = 0;
  /// Throws TaskFailed "Source.TableMissing" naming near matches, "Source.QueryFailed".
  virtual Table describe(const Relation& relation) = 0;
  /// The readers of all parts; together they see one state of the source.
  virtual std::vector<std::unique_ptr<RowReader>> open(const ReadRequest& request) = 0;
  /// Largest value of `column` under `where`, as text; unset for no rows.
  virtual std::optional<std::string> high_watermark(const Relation& from, const std::string& column,
                                                    const std::string& where) = 0;
  /// A text that stays the same while nobody writes to the relation, as far as that is known
  /// without reading it; empty: it is not. It may stay the same for a while though somebody has
  /// written: it says what is worth a try, and proves nothing.
  virtual std::string change_mark(const Relation&) { return {}; }
  /// What the last open() with a watermark found of it; unset when there was none.
  virtual std::optional<WatermarkState> watermark() { return std::nullopt; }
  /// The source as one of files that are each loaded once; null where tables are no files.
  virtual FileSource* file_source() { return nullptr; }
  /// Where the source stood when open() took its view: "at", the ISO time of the view (of files:
  /// when the newest was written), and LSN and snapshot, data version, file sizes: the rest of the
  /// shape is the engine's own. For the evidence.
  virtual boost::json::object position() = 0;
};

}  // namespace orch::data
