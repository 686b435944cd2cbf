#include "workers/replication/audit/audit_rows.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <strings.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/json/text.h"
#include "workers/data/naming.h"
#include "workers/replication/table_task.h"
#include "workers/rows/value.h"
#include "workers/worker.h"

namespace orch::replication {
namespace {

/// More ranges than these are not asked for one by one.
constexpr std::size_t most_ranges = 50;
constexpr std::size_t longest_value = 80;
/// Hashed keys need no more positions than there may be buckets, and some.
constexpr int hash_bits = 20;

void split(std::string_view line, std::vector<std::string_view>& fields) {
  fields.clear();
  if (line.ends_with('\n')) line.remove_suffix(1);
  for (;;) {
    const auto tab = line.find('\t');  // one in a value is spelled \t
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return;
    line.remove_prefix(tab + 1);
  }
}

/// At most `longest_value` bytes, whole characters.
std::string cut(std::string_view text) {
  if (text.size() <= longest_value) return std::string(text);
  auto end = longest_value;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string text_of(const data::Cell& cell) {
  if (cell.type == data::Cell::Type::null) return "NULL";
  std::string scratch;
  if (const auto text = rows::text_of(cell, scratch)) return cut(*text);
  std::string hex = "\\x";
  for (const char byte : cell.bytes.substr(0, longest_value / 2))
    hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return cell.bytes.size() > longest_value / 2 ? hex + "…" : hex;
}

KeyId hash_of(std::string_view bytes) {
  data::Digest digest;
  digest.add(bytes);
  return {digest.low, digest.high};
}

/// `plan` with only the columns at `places`.
data::LoadPlan only(const data::LoadPlan& plan, const std::vector<std::size_t>& places) {
  auto part = plan;
  const auto pick = [&](auto& list) {
    auto all = list;
    list.clear();
    for (const auto at : places)
      if (at < all.size()) list.push_back(all[at]);
  };
  pick(part.columns);
  pick(part.request.source.columns);
  pick(part.request.target_columns);
  pick(part.request.target_types);
  part.expressions.clear();
  return part;
}

/// The plan that a load of the target into itself would have, in cells.
data::LoadPlan itself(const data::LoadPlan& plan, const data::Source& published) {
  auto same = plan;
  same.request.source_traits = published.traits();
  same.request.source.columns = plan.columns;
  same.expressions.clear();
  return same;
}

}  // namespace

/// Makes an AuditRow of every row of a read.
class AuditReader::Sink final : public data::RowSink, public RowText {
 public:
  Sink(AuditReader& reader, const std::function<void(const AuditRow&)>& take)
      : reader_(reader), take_(take) {}

  void rows(const data::RowBatch& batch) override {
    for (std::size_t i = 0; i < batch.rows(); ++i) row(batch.row(i));
  }

  void encoded(std::string_view line) override {
    split(line, fields_);
    key_.clear();
    for (const auto at : reader_.key_) key_.append(fields_.at(at)) += '\t';
    const auto first = fields_.at(reader_.key_.front());
    const auto* end = first.data() + first.size();
    std::int64_t value = 0;
    const auto [rest, error] = std::from_chars(first.data(), end, value);
    give(line, reader_.integers_ && error == std::errc() && rest == end, value);
  }

  std::string key() const override {
    std::vector<std::string> parts;
    for (const auto at : reader_.key_)
      parts.push_back(fmt::format("{} = {}", reader_.names_[at], value_text(at)));
    return fmt::format("{}", fmt::join(parts, ", "));
  }

  std::vector<std::uint64_t> columns() const override {
    std::vector<std::uint64_t> hashes;
    for (std::size_t i = 0; i < reader_.names_.size(); ++i) {
      if (!reader_.row_encoder_) {
        hashes.push_back(hash_of(fields_[i]).low);
        continue;
      }
      std::string value;
      reader_.column_encoders_[i]->encode(cells_.subspan(i, 1), value);
      hashes.push_back(hash_of(value).low);
    }
    return hashes;
  }

 private:
  void row(std::span<const data::Cell> cells) {
    cells_ = cells;
    encoded_.clear();
    reader_.row_encoder_->encode(cells, encoded_);
    key_cells_.clear();
    for (const auto at : reader_.key_) key_cells_.push_back(cells[at]);
    key_.clear();
    reader_.key_encoder_->encode(key_cells_, key_);
    const auto& first = key_cells_.front();
    const bool integer = reader_.integers_ && first.type == data::Cell::Type::integer;
    give(encoded_, integer, first.integer);
  }

  void give(std::string_view whole, bool integer, std::int64_t value) {
    const auto id = hash_of(key_);
    AuditRow row{id, value, integer, {}, *this};
    row.digest.add(whole);
    if (!integer) row.position = static_cast<std::int64_t>(id.low >> (64 - hash_bits));
    take_(row);
  }

  std::string value_text(std::size_t at) const {
    if (reader_.row_encoder_) return text_of(cells_[at]);
    return fields_[at] == "\\N" ? "NULL" : cut(fields_[at]);
  }

  AuditReader& reader_;
  const std::function<void(const AuditRow&)>& take_;
  std::span<const data::Cell> cells_;
  std::vector<data::Cell> key_cells_;
  std::vector<std::string_view> fields_;
  std::string encoded_;
  std::string key_;
};

AuditReader::AuditReader(const catalog::Entry& entry, const data::LoadPlan& plan,
                         data::Source& source, data::Target& target)
    : side_(source), request_(read_request(entry, plan, std::nullopt)) {
  request_.parts = 1;
  choose_key(plan);
  encode_by(plan, target);
}

AuditReader::AuditReader(const data::LoadPlan& plan, data::Source& published, data::Target& target)
    : side_(published), published_(true) {
  request_.from.table = plan.request.target;
  // Rows of tables that inherit from the target are theirs.
  request_.from.alone = published.describe(request_.from).inherited;
  for (const auto& column : plan.columns) request_.columns.push_back(column.name);
  choose_key(plan);
  encode_by(itself(plan, published), target);
}

void AuditReader::choose_key(const data::LoadPlan& plan) {
  for (const auto& column : plan.columns) names_.push_back(column.name);
  for (const auto& name : plan.request.key_columns)
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (strcasecmp(names_[i].c_str(), name.c_str()) == 0) key_.push_back(i);
  if (key_.empty())
    for (std::size_t i = 0; i < names_.size(); ++i) key_.push_back(i);
  const auto whole = [](const data::Column& column) {
    return column.kind >= data::Kind::int16 && column.kind <= data::Kind::int64;
  };
  const auto first = key_.front();
  integers_ = whole(plan.columns[first]) && whole(plan.request.source.columns[first]);
}

void AuditReader::encode_by(const data::LoadPlan& plan, data::Target& target) {
  if (plan.format != data::RowFormat::cells) {
    request_.format = data::RowFormat::pg_text;  // the key can be read in it
    return;
  }
  row_encoder_ = target.encoder(plan);
  key_encoder_ = target.encoder(only(plan, key_));
  for (std::size_t i = 0; i < names_.size(); ++i)
    column_encoders_.push_back(target.encoder(only(plan, {i})));
}

// Numbers, whatever the order of texts is in the two databases.
std::string AuditReader::condition(const Ranges& ranges) const {
  if (ranges.empty()) return {};
  const auto name = data::quoted(request_.columns[key_.front()]);
  const auto within = [&](std::int64_t first, std::int64_t last) {
    return fmt::format("({0} >= {1} AND {0} <= {2})", name, first, last);
  };
  if (ranges.size() > most_ranges) return within(ranges.front().first, ranges.back().second);
  std::vector<std::string> terms;
  for (const auto& [first, last] : ranges) terms.push_back(within(first, last));
  return fmt::format("({})", fmt::join(terms, " OR "));
}

void AuditReader::read(const Ranges& ranges, const std::function<void(const AuditRow&)>& take,
                       const std::function<bool()>& stop) {
  auto request = request_;
  if (const auto wanted = condition(ranges); !wanted.empty())
    request.where =
        request.where.empty() ? wanted : fmt::format("({}\n) AND {}", request.where, wanted);
  if (!published_) return read_side(request, take, stop);
  try {
    read_side(request, take, stop);
  } catch (const workers::TaskFailed& failure) {
    constexpr std::string_view side = "Source.";
    if (!failure.error().starts_with(side)) throw;
    throw workers::TaskFailed("Target." + failure.error().substr(side.size()), failure.what(), "",
                              "", json::parse(failure.cause()).as_object());
  }
}

void AuditReader::read_side(const data::ReadRequest& request,
                            const std::function<void(const AuditRow&)>& take,
                            const std::function<bool()>& stop) {
  Sink sink(*this, take);
  for (const auto& reader : side_.open(request)) reader->read(sink, stop);
}

}  // namespace orch::replication
