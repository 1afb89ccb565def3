// A client's request as a line that people read: `get s0`, `mset s0 s1`, `set s0 noreply`, `quit`.
// The verb, then for each key the server that owns it. Without any it is one key of server 0.
//
// Or word for word, as a mapping:
//
//     {bytes: "get <s0> \r\n", forwards: "get <s0>\r\n"}
//     {words: "GETSET <s0> new", forwards: same, answers: "$3\r\nold\r\n"}
//     {words: "OBJECT", reply: "-ERR *"}
//
// `words` is written as an array of redis, and so is what it `forwards`. Without `forwards` the
// proxy answers by itself. Several servers: `forwards: {s0: …, s1: …}`, and so for `answers`.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/scenario/yaml.h"
#include "sim/world/scene.h"

namespace dovetail::sim {

std::string print_request(const scene& of, const step& request);

// The scene knows its servers, and takes up what is exact.
void read_request(const yaml_value& from, scene& of, step& into);

// A character for a byte: YAML has no other way to write bytes that are no text.
std::string bytes_of(std::string_view text);

// `s3` → 3
std::optional<std::uint8_t> server_in(std::string_view word, std::uint32_t servers);

}  // namespace dovetail::sim
