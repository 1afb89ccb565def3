// A scene as YAML: what traces carry, and what scenarios are written in.
//
//     protocol: redis
//     servers: 2
//     timeout: 400ms
//     net: {cuts: halves, batches: true}
//     faults: {client_reset: 1, of_all: 2}
//     clients:
//       - requests: ["get s0", "mget s0 s1"]
//         window: 1
//
// Every field of `scene` has its key, and each may be left out. fixtures/scenarios/README.md says
// what they mean.

#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_error.h"
#include "sim/scenario/yaml.h"
#include "sim/world/scene.h"

namespace dovetail::sim {

// Every field, in the order of `scene`; reading it back makes the same scene.
std::string print_scene(const scene& of);

// `file` is named in errors, which are in the order of the file.
std::expected<scene, std::vector<config_error>> parse_scene(std::string_view text,
                                                            const std::string& file);

// The fields of a whole scene.
void read_scene(yaml_fields& from, scene& into);

// What a scene has in common with files that are more than a scene: all but the clients.
void read_surroundings(yaml_fields& from, scene& into);
void read_net(const yaml_value& from, habits& into);
void read_cutting(const yaml_value& from, cutting& into);
void read_protocol(const yaml_value& from, std::vector<bool>& into);  // appends: is it redis?
void read_fault_names(const yaml_value& from, std::vector<fault>& into);
void read_client(const yaml_value& from, scene& of, client_scene& into);

}  // namespace dovetail::sim
