// Unpacking gzip, block by block.
#pragma once

#include <functional>
#include <string>

namespace orch::map_items {

/// Reads packed blocks from `packed` and gives the unpacked ones in the same way. `name` stands in
/// messages. Throws TaskFailed "States.ItemReaderFailed" for what is not gzip, or is cut short.
std::function<bool(std::string&)> gunzip(std::function<bool(std::string&)> packed,
                                         std::string name);

}  // namespace orch::map_items
