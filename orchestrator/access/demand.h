// What a state of a definition wants of the host.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

namespace orch::access {

struct Demand {
  enum class Kind : std::uint8_t {
    program,      ///< a program of the host
    url,          ///< a URL that no connection names
    url_path,     ///< a path below the URL of a connection
    read,         ///< a file
    write,        ///< a file or a folder
    bucket,       ///< a bucket, by its name
    unknown_work  ///< a worker that this table does not know
  } kind = Kind::unknown_work;
  std::string value;    ///< program, URL, path or name; empty when it is not known yet
  std::string pointer;  ///< JSON pointer of the place inside the input; empty: all of it
};

/// What the built-in worker of `resource` would do with `input`; in order of the pointers. With the
/// parameters of a definition for the input, parts that come from expressions are passed over: they
/// are known when the state runs. Other resources than "orch:…" and "…:aws-sdk:s3:…" demand nothing
/// here: they reach named connections, the operator's endpoints and the service itself.
std::vector<Demand> demands_of(std::string_view resource, const boost::json::value& input);

/// Likewise of the ItemReader or ResultWriter of a distributed Map with these arguments.
std::vector<Demand> bucket_demands(const boost::json::value& arguments);

}  // namespace orch::access
