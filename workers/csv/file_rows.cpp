#include "workers/csv/file_rows.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "workers/rows/refusal.h"

namespace orch::csv {
namespace {

std::string counted(std::size_t fields) {
  return fmt::format("{} field{}", fields, fields == 1 ? "" : "s");
}

}  // namespace

FileRows::FileRows(const Layout& layout, std::span<const std::size_t> picked, std::string name,
                   files::ReadBlock bytes, const std::vector<files::Partition>& partitions)
    : layout_(layout),
      parser_(std::move(name), std::move(bytes), layout.options),
      picked_(picked.size()) {
  for (const auto place : picked) add(place, partitions);
  for (std::size_t place = 0; place < layout.columns.size(); ++place)
    if (layout.columns[place].kind != data::Kind::text &&
        std::ranges::find(picked, place) == picked.end())
      add(place, partitions);
  cells_.resize(picks_.size());
  if (layout.options.header) parser_.next();
}

void FileRows::add(std::size_t place, const std::vector<files::Partition>& partitions) {
  Pick pick;
  pick.column = &layout_.columns[place];
  pick.field = place;
  pick.partition = place >= layout_.header.size();
  if (pick.partition) pick.fixed = partitions.at(place - layout_.header.size()).second;
  if (pick.column->kind != data::Kind::text)
    pick.value.emplace(pick.column->kind, layout_.rules.format);
  picks_.push_back(std::move(pick));
}

FileRows::Next FileRows::next() {
  while (next_record()) {
    if (parser_.blank() && layout_.header.size() > 1) {
      blank_line_ = blank_line_.value_or(parser_.line());
      continue;
    }
    if (const auto blank = std::exchange(blank_line_, std::nullopt)) {
      again_ = true;
      fault_ = {*blank, "a blank line", counted(layout_.header.size()), {""}};
      return Next::fault;
    }
    if (parser_.fields().size() != layout_.header.size())
      return refuse(counted(parser_.fields().size()), counted(layout_.header.size()));
    for (std::size_t i = 0; i < picks_.size(); ++i)
      if (!take(picks_[i], cells_[i])) return Next::fault;
    return Next::row;
  }
  return Next::end;
}

bool FileRows::next_record() { return std::exchange(again_, false) || parser_.next(); }

bool FileRows::take(Pick& pick, data::Cell& cell) {
  std::string_view text;
  if (pick.partition) {
    if (!pick.fixed) return cell = {}, true;
    text = *pick.fixed;
  } else {
    const auto& field = parser_.fields()[pick.field];
    if (!field.quoted && field.text == layout_.options.null) return cell = {}, true;
    text = field.text;
  }
  if (!pick.value) {
    cell = data::Cell(data::Cell::Type::text, text);
    return true;
  }
  const auto value = pick.value->read(text);
  if (value) return cell = *value, true;
  refuse(fmt::format("{} in \"{}\"", rows::shown(data::Cell(data::Cell::Type::text, text)),
                     pick.column->name),
         fmt::format("a value of the type {}", pick.column->native.shown()));
  return false;
}

FileRows::Next FileRows::refuse(std::string found, std::string expected) {
  fault_ = {parser_.line(), std::move(found), std::move(expected), {}};
  for (const auto& field : parser_.fields()) fault_.fields.emplace_back(field.text);
  return Next::fault;
}

}  // namespace orch::csv
