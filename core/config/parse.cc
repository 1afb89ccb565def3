#include "config/parse.h"

#include <algorithm>
#include <cstddef>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "config/address.h"
#include "config/config.h"
#include "config/config_error.h"
#include "config/directives.h"
#include "config/document.h"
#include "config/validate.h"

namespace dovetail {
namespace {

// Where in the file the parts of one pool stand.
struct pool_places {
  position name;
  std::map<std::string, position> keys;  // of the value, or of the key if it is a list
  std::vector<position> servers;
};

std::string duplicate_of(position first) {
  return fmt::format("is a duplicate, the first one is in line {}", first.line);
}

// Interprets the pools of a document one after the other.
class interpreter {
 public:
  explicit interpreter(error_list& errors) : errors_(errors) {}

  void read(const document_pool& pool) {
    pool_config& into = config_.pools.emplace_back();
    into.name = pool.name.text;
    places_.push_back({.name = pool.name.at, .keys = {}, .servers = {}});
    for (const document_entry& entry : pool.entries) {
      if (!entry.key.text.empty() && is_first(entry)) read(entry, into);
    }
  }

  // Of the process, beside the pools.
  void read_setting(const document_entry& entry) {
    const std::string& name = entry.key.text;
    const scalar& value = *entry.value;
    if (name != "workers") {
      return errors_.add(entry.key.at, name, "", "a pool is a mapping of keys to values");
    }
    if (workers_place_.line > 0) {
      return errors_.add(entry.key.at, "", name, duplicate_of(workers_place_));
    }
    workers_place_ = value.at;
    const auto number = parse_unsigned(value.text, workers_max);
    if (!number || *number < 1) {
      return errors_.add(
          value.at, "", name,
          fmt::format("\"{}\" is not a number from 1 to {}", value.text, workers_max));
    }
    config_.workers = static_cast<int>(*number);
  }

  void report_findings(error_list& warnings) {
    for (const finding& each : validate(config_)) {
      const std::string pool = each.pool ? config_.pools[*each.pool].name : "";
      const std::string key(each.key);
      if (each.weight == severity::warning) {
        warnings.add(place_of(each), pool, key, each.reason);
      } else if (each.server || !each.pool || !errors_.has(pool, key)) {
        errors_.add(place_of(each), pool, key, each.reason);
      }
    }
  }

  bool empty() const { return config_.pools.empty(); }

  std::map<std::string, position> listen_places() const {
    std::map<std::string, position> found;
    for (std::size_t at = 0; at < config_.pools.size(); ++at) {
      found[config_.pools[at].name] = places_[at].keys.at("listen");
    }
    return found;
  }

  position workers_place() const { return workers_place_; }

  config take() { return std::move(config_); }

 private:
  void complain(position at, const std::string& key, std::string reason) {
    errors_.add(at, config_.pools.back().name, key, std::move(reason));
  }

  bool is_first(const document_entry& entry) {
    const position at = entry.value ? entry.value->at : entry.key.at;
    const auto [first, is_new] = places_.back().keys.emplace(entry.key.text, at);
    if (!is_new) {
      complain(entry.key.at, entry.key.text, duplicate_of(first->second));
    }
    return is_new;
  }

  void read(const document_entry& entry, pool_config& into) {
    if (entry.key.text == "servers") return read_servers(entry, into);
    const directive* known = directive_named(entry.key.text);
    if (known == nullptr) {
      return complain(entry.key.at, entry.key.text, unknown_key(entry.key.text));
    }
    if (entry.is_list) {
      return complain(entry.key.at, entry.key.text, "has a single value, not a list");
    }
    if (!entry.value) return;  // the reader of the document has said why
    const auto set = known->set(entry.value->text, into);
    if (!set) complain(entry.value->at, entry.key.text, set.error());
  }

  void read_servers(const document_entry& entry, pool_config& into) {
    if (entry.value) {
      return complain(entry.value->at, entry.key.text,
                      "is a list: one line \"- host:port:weight [name]\" for each server");
    }
    for (const scalar& item : entry.items) {
      auto server = parse_server(item.text);
      if (!server) {
        complain(item.at, entry.key.text, fmt::format("\"{}\": {}", item.text, server.error()));
        continue;
      }
      into.servers.push_back(std::move(*server));
      places_.back().servers.push_back(item.at);
    }
  }

  position place_of(const finding& each) const {
    if (!each.pool) return {};
    const pool_places& pool = places_[*each.pool];
    if (each.server) return pool.servers[*each.server];
    const auto key = pool.keys.find(std::string(each.key));
    return key == pool.keys.end() ? pool.name : key->second;
  }

  config config_;
  std::vector<pool_places> places_;  // one for each of config_.pools
  position workers_place_;
  error_list& errors_;
};

bool by_length_then_bytes(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace

void sort_as_twemproxy(config& what) {
  std::ranges::sort(what.pools, by_length_then_bytes, &pool_config::name);
  for (pool_config& pool : what.pools) {
    std::ranges::sort(pool.servers, by_length_then_bytes, &server_config::name);
  }
}

std::expected<parsed_config, std::vector<config_error>> parse_config(std::string_view text,
                                                                     std::string file) {
  error_list errors(file);
  error_list warnings(std::move(file));
  const document read = read_document(text, errors);
  interpreter meaning(errors);
  for (const document_pool& pool : read.pools) {
    if (pool.is_mapping && !pool.name.text.empty()) meaning.read(pool);
  }
  for (const document_entry& setting : read.settings)
    meaning.read_setting(setting);
  // Of half a file it cannot be said what is missing, nor of one that made no sense.
  if (read.whole && (!meaning.empty() || errors.empty())) meaning.report_findings(warnings);
  if (!errors.empty()) return std::unexpected(errors.take());

  parsed_config parsed{.what = {},
                       .warnings = warnings.take(),
                       .listen_places = meaning.listen_places(),
                       .workers_place = meaning.workers_place()};
  parsed.what = meaning.take();
  sort_as_twemproxy(parsed.what);
  return parsed;
}

}  // namespace dovetail
