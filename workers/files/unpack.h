// Files block by block, and what is packed in them.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace orch::files {

/// Appends the next block of a file to a buffer; false at its end.
using ReadBlock = std::function<bool(std::string&)>;

/// The bytes of a file, 64 KiB at a time. It and the reader throw TaskFailed "Source.Failed".
ReadBlock blocks_of(const std::filesystem::path& path);
/// The same; `name` stands in messages.
ReadBlock blocks_of(const std::filesystem::path& path, std::string name);

/// What gzip packed, in one member or several; `name` stands in messages. The reader throws
/// TaskFailed "Source.Malformed" for what is not gzip, or is cut short.
ReadBlock gunzip(ReadBlock packed, std::string name);

/// What the file holds: unpacked when its first bytes are those of gzip or zstd, else as it is. A
/// zstd file must not ask for more than 128 MiB of memory. The reader throws as gunzip()'s does.
ReadBlock unpacked(ReadBlock bytes, std::string name);

/// The file's name without the .gz or .zst after its format's ending.
std::string_view unpacked_name(std::string_view file);

}  // namespace orch::files
