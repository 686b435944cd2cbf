// The functions of the language. Internal to the module; one file for each family.
#pragma once

#include "orchestrator/jsonata/evaluator.h"

namespace orch::jsonata::functions {

using Implementation = Value(Evaluator&, Arguments&, const Value& input);

// functions_string.cpp
Implementation string, length, substring, substring_before, substring_after, lowercase, uppercase,
    trim, pad, contains, split, join, match, replace, base64_encode, base64_decode,
    encode_url_component, encode_url, decode_url_component, decode_url;
// functions_number.cpp
Implementation number, abs, floor, ceil, round, power, sqrt, random, sum, max, min, average,
    format_base, format_number, format_integer, parse_integer;
// functions_array.cpp
Implementation count, append_arrays, sort, reverse, shuffle, distinct, zip, map, filter, single,
    reduce, boolean, negate, exists;
// functions_object.cpp
Implementation keys, lookup_key, spread, merge, sift, each, error, assert_that, type, clone_value,
    eval;
// functions_date.cpp
Implementation now, millis, from_millis, to_millis;
// functions_aws.cpp: what Step Functions adds
Implementation partition, range, hash, seeded_random, uuid, parse;

}  // namespace orch::jsonata::functions
