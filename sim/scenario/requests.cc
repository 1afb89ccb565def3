#include "sim/scenario/requests.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "sim/scenario/yaml.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

constexpr std::string_view noreply = "noreply";

// As they are written; `quiet` is a set with noreply behind it.
constexpr std::array<std::string_view, 12> names = {
    "get", "mget", "set", "mset", "del", "incr", "echo", "unknown", "quit", "auth", "all", "scan"};
constexpr std::array<verb, 12> verbs = {verb::get,  verb::gets, verb::set,  verb::sets,
                                        verb::del,  verb::incr, verb::echo, verb::unknown,
                                        verb::quit, verb::auth, verb::all,  verb::scan};

bool takes_several(verb what) {
  return what == verb::gets || what == verb::sets || what == verb::del;
}

std::vector<std::string_view> words_in(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t size = std::min(line.find(' '), line.size());
    if (size > 0) words.push_back(line.substr(0, size));
    line.remove_prefix(std::min(size + 1, line.size()));
  }
  return words;
}

// The server of the first key in it.
std::uint8_t first_server_of(std::string_view text, std::uint32_t servers) {
  const std::size_t at = text.find("<s");
  if (at == std::string_view::npos) return 0;
  return server_in(text.substr(at + 1, text.find_first_of(".>", at) - at - 1), servers).value_or(0);
}

constexpr std::uint64_t padding_max = 1U << 24;

// What is between the angle brackets: empty, or what is wrong with it.
std::string objection_to(std::string_view name, std::uint32_t servers) {
  const bool names_key = name.starts_with('s');
  const std::string_view digits =
      name.substr(names_key ? 1 : 0, name.find('.') - (names_key ? 1 : 0));
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return {};
  if (names_key && !server_in(name.substr(0, name.find('.')), servers))
    return fmt::format("\"<{}>\" is a key of no server: s0 to s{}", name, servers - 1);
  if (!names_key && !parse_unsigned(name, padding_max))
    return fmt::format("\"<{}>\" are more than {} bytes", name, padding_max);
  return {};
}

// Bytes in which keys and padding have their places.
std::string read_exact_text(const yaml_value& from, std::uint32_t servers) {
  const std::string text = from.text();
  for (std::size_t at = text.find('<'); at != std::string::npos; at = text.find('<', at + 1)) {
    const std::size_t end = text.find('>', at);
    if (end == std::string::npos) break;
    const auto why = objection_to(std::string_view(text).substr(at + 1, end - at - 1), servers);
    if (!why.empty()) from.fail(why);
  }
  return bytes_of(text);
}

void read_forwards(const yaml_value& from, std::uint32_t servers, exact_request& into) {
  if (from.is_text()) {
    const std::string text = from.text() == "same" ? into.bytes : read_exact_text(from, servers);
    into.parts.push_back({.server = first_server_of(text, servers), .wire = text, .answer = {}});
    return;
  }
  for (const yaml_value& each : from.entries()) {
    const auto server = server_in(each.key(), servers);
    if (!server) {
      each.fail(fmt::format("\"{}\" is no server: s0 to s{}", each.key(), servers - 1));
    } else {
      into.parts.push_back(
          {.server = *server, .wire = read_exact_text(each, servers), .answer = {}});
    }
  }
}

void read_answers(const yaml_value& from, std::uint32_t servers, exact_request& into) {
  if (into.parts.empty()) return from.fail("nothing is forwarded that could be answered");
  if (from.is_text()) {
    into.parts.front().answer = read_exact_text(from, servers);
    return;
  }
  for (const yaml_value& each : from.entries()) {
    const auto server = server_in(each.key(), servers);
    const auto part = std::ranges::find_if(
        into.parts, [&](const exact_part& one) { return server && one.server == *server; });
    if (part == into.parts.end()) {
      each.fail("nothing is forwarded to this server");
    } else {
      part->answer = read_exact_text(each, servers);
    }
  }
}

void read_exact(const yaml_value& from, scene& of, step& into) {
  exact_request made;
  yaml_fields fields(from);
  if (const auto words = fields.take("words")) {
    made.words = true;
    made.bytes = read_exact_text(*words, of.servers);
    if (!of.redis) from.fail("only redis is asked in words; write `bytes`");
  } else if (const auto bytes = fields.take("bytes")) {
    made.bytes = read_exact_text(*bytes, of.servers);
  } else {
    from.fail("a request has `bytes` or `words`");
  }
  if (const auto forwards = fields.take("forwards")) read_forwards(*forwards, of.servers, made);
  if (const auto answers = fields.take("answers")) read_answers(*answers, of.servers, made);
  if (const auto reply = fields.take("reply")) {
    const std::string text = read_exact_text(*reply, of.servers);
    made.replied = text != "none";
    if (made.replied) made.reply = text;
  } else if (made.parts.size() != 1) {
    from.fail("what is the `reply`?");
  }
  fields.finish();
  into.what = verb::exact;
  into.exact = static_cast<std::uint16_t>(of.exact.size());
  of.exact.push_back(std::move(made));
}

std::string print_exact(const exact_request& of) {
  std::string text = fmt::format("{{{}: {}", of.words ? "words" : "bytes", print_quoted(of.bytes));
  if (!of.parts.empty()) text += ", forwards: {";
  for (const exact_part& each : of.parts) {
    text += fmt::format("{}s{}: {}", &each == of.parts.data() ? "" : ", ", each.server,
                        print_quoted(each.wire));
  }
  if (!of.parts.empty()) text += "}, answers: {";
  for (const exact_part& each : of.parts) {
    text += fmt::format("{}s{}: {}", &each == of.parts.data() ? "" : ", ", each.server,
                        print_quoted(each.answer));
  }
  if (!of.parts.empty()) text += "}";
  const bool said = !of.replied || !of.reply.empty() || of.parts.size() != 1;
  if (said) text += ", reply: " + (of.replied ? print_quoted(of.reply) : std::string("none"));
  return text + "}";
}

}  // namespace

// `s3` → 3
std::string bytes_of(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if ((c & 0xfc) == 0xc0 && at + 1 < text.size()) {
      bytes += static_cast<char>(((c & 3) << 6) | (static_cast<unsigned char>(text[++at]) & 0x3f));
    } else {
      bytes += text[at];
    }
  }
  return bytes;
}

std::optional<std::uint8_t> server_in(std::string_view word, std::uint32_t servers) {
  if (!word.starts_with('s') || servers == 0) return std::nullopt;
  const auto number = parse_unsigned(word.substr(1), servers - 1);
  if (!number) return std::nullopt;
  return static_cast<std::uint8_t>(*number);
}

std::string print_request(const scene& of, const step& request) {
  if (request.what == verb::exact) return print_exact(of.exact[request.exact]);
  const verb written = request.what == verb::quiet ? verb::set : request.what;
  std::string line(
      names[static_cast<std::size_t>(std::ranges::find(verbs, written) - verbs.begin())]);
  for (const std::uint8_t owner : request.owners)
    line += fmt::format(" s{}", owner);
  if (request.what == verb::quiet) line += " noreply";
  return line;
}

void read_request(const yaml_value& from, scene& of, step& into) {
  if (from.is_map()) return read_exact(from, of, into);
  const std::uint32_t servers = of.servers;
  const std::string line = from.text();
  auto words = words_in(line);
  if (words.empty()) return from.fail("a request begins with a verb");
  const auto* const name = std::ranges::find(names, words[0]);
  if (name == names.end()) return from.fail_unknown(words[0], names);
  into.what = verbs[static_cast<std::size_t>(name - names.begin())];
  if (into.what == verb::set && words.back() == noreply) {
    into.what = verb::quiet;
    words.pop_back();
  }
  std::vector<std::uint8_t> owners;
  for (std::size_t at = 1; at < words.size(); ++at) {
    const auto owner = server_in(words[at], servers);
    if (!owner) {
      return from.fail(fmt::format("\"{}\" is no server: s0 to s{}", words[at], servers - 1));
    }
    owners.push_back(*owner);
  }
  if (into.what == verb::auth && !of.redis) return from.fail("only redis is told a password");
  if (owners.size() > 1 && !takes_several(into.what)) {
    return from.fail(fmt::format("\"{}\" takes one key", words[0]));
  }
  into.owners = owners.empty() ? std::vector<std::uint8_t>{0} : owners;
}

}  // namespace dovetail::sim
