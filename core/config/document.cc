#include "config/document.h"

#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "config/config_error.h"
#include "config/source.h"

namespace dovetail {
namespace {

constexpr std::string_view no_aliases =
    "aliases (*) are not allowed; quote a value that begins with *";
constexpr std::string_view no_anchors =
    "anchors (&) are not allowed; quote a value that begins with &";

position position_of(const YAML::Mark& mark) {
  return {mark.line + 1, mark.column + 1};
}

// Turns the events of yaml-cpp into a document.
//
//     root ─map▶ pool_name ⇄ pool_body ─map▶ key ⇄ value ─sequence▶ item
//
// An end goes one step back. What does not fit is reported once and skipped with all that is in it.
class document_reader final : public YAML::EventHandler {
 public:
  document_reader(std::string_view source, document& into, error_list& errors)
      : source_(source), document_(into), errors_(errors) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  // What yaml-cpp could not read any more.
  void give_up(const YAML::Exception& problem) {
    const position at = problem.mark.is_null() ? position{} : position_of(problem.mark);
    const std::string_view text = at.line > 0 ? source_.line_from(at) : "";
    if (text.starts_with('*')) return report(at, std::string(no_aliases));
    if (text.starts_with('&')) return report(at, std::string(no_anchors));
    errors_.add(at, "", "", fmt::format("this is not YAML: {}", problem.msg));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    if (skipped_depth_ > 0) return;
    report(position_of(mark), std::string(no_aliases));
    step();
  }

  // yaml-cpp hands `~`, `null` and absent values over alike; the first two are words here.
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    OnScalar(mark, "?", anchor, null_word_at(position_of(mark)));
  }

  void OnScalar(const YAML::Mark& mark,
                const std::string& tag,
                YAML::anchor_t anchor,
                const std::string& value) override {
    if (skipped_depth_ > 0) return;
    const position at = position_of(mark);
    report_properties(at, tag, anchor);
    if (!is_closed_quote(source_.rest_from(at))) report(at, "the quote is not closed");
    take({value, at});
  }

  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    if (!enter(mark, tag, anchor,
               style == YAML::EmitterStyle::Flow
                   ? "flow lists ([ ]) are not allowed; write one item a line, or quote the value"
                   : "")) {
      return;
    }
    if (expected_ != expecting::value) return refuse(position_of(mark), "a list");
    document_.pools.back().entries.back().is_list = true;
    items_seen_ = 0;
    expected_ = expecting::item;
  }

  void OnMapStart(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    if (!enter(mark, tag, anchor,
               style == YAML::EmitterStyle::Flow
                   ? "flow mappings ({ }) are not allowed; quote such a value"
                   : "")) {
      return;
    }
    if (expected_ == expecting::root) {
      expected_ = expecting::pool_name;
    } else if (expected_ == expecting::pool_body) {
      document_.pools.back().is_mapping = true;
      expected_ = expecting::key;
    } else {
      refuse(position_of(mark), "a mapping");
    }
  }

  void OnSequenceEnd() override { leave(); }
  void OnMapEnd() override { leave(); }

 private:
  enum class expecting { root, pool_name, pool_body, key, value, item, nothing };

  // What stands at `at` if it is a null of YAML's and not the key of a following pair.
  std::string null_word_at(position at) const {
    const std::string_view line = source_.line_from(at);
    const std::string_view word = line.substr(0, line.find_first_of(" \t\r:"));
    if (word != "~" && word != "null" && word != "Null" && word != "NULL") return "";
    const std::size_t after = line.find_first_not_of(" \t", word.size());
    const bool is_key = after != std::string_view::npos && line[after] == ':';
    const bool wants_key = expected_ == expecting::key || expected_ == expecting::pool_name;
    return is_key == wants_key ? std::string(word) : "";
  }

  void report(position at, std::string reason) {
    const bool in_pool = expected_ >= expecting::pool_body && expected_ <= expecting::item;
    const bool in_entry = in_pool && expected_ >= expecting::value;
    errors_.add(at, in_pool ? document_.pools.back().name.text : "",
                in_entry ? document_.pools.back().entries.back().key.text : "", std::move(reason));
  }

  // A quoted scalar has the tag "!", a plain one and a collection "?": as if nothing was written.
  void report_properties(position at, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) {
      report(at, std::string(no_anchors));
    }
    if ((tag != "?" && tag != "!" && !tag.empty()) || source_.line_from(at).starts_with('!')) {
      report(at, "tags (!) are not allowed; quote a value that begins with !");
    }
  }

  // A collection begins. False: it is being skipped.
  bool enter(const YAML::Mark& mark,
             const std::string& tag,
             YAML::anchor_t anchor,
             std::string_view flow) {
    if (skipped_depth_ > 0) {
      ++skipped_depth_;
      return false;
    }
    report_properties(position_of(mark), tag, anchor);
    if (flow.empty()) return true;
    report(position_of(mark), std::string(flow));
    skip(position_of(mark));
    return false;
  }

  void refuse(position at, std::string_view what) {
    report(at, fmt::format("{} cannot stand here: {}", what, wanted()));
    skip(at);
  }

  // Skips the collection that has begun; one in place of a name leaves a nameless pool or entry.
  void skip(position at) {
    skipped_depth_ = 1;
    const scalar nameless{.text = {}, .at = at};
    if (expected_ == expecting::pool_name)
      document_.pools.push_back({.name = nameless, .entries = {}});
    if (expected_ == expecting::key) {
      document_.pools.back().entries.push_back({.key = nameless, .value = {}, .items = {}});
    }
  }

  std::string_view wanted() const {
    switch (expected_) {
      case expecting::root:
        return "the file is a mapping of pool names to pools";
      case expecting::pool_name:
        return "the name of a pool is expected";
      case expecting::pool_body:
        return "a pool is a mapping of keys to values";
      case expecting::key:
        return "a key is expected";
      case expecting::value:
        return "a single value is expected";
      case expecting::item:
        return "a server is one line, host:port:weight [name]";
      case expecting::nothing:
        break;
    }
    return "the file is one mapping and it has ended";
  }

  void take(scalar it) {
    switch (expected_) {
      case expecting::pool_name:
        if (it.text.empty()) report(it.at, "the name of a pool is empty");
        document_.pools.push_back({.name = std::move(it), .entries = {}});
        break;
      case expecting::pool_body:
        if (it.text.empty()) {
          report(document_.pools.back().name.at, std::string(wanted()));
        } else {
          take_setting(std::move(it));
        }
        break;
      case expecting::key:
        if (it.text.empty()) report(it.at, "a key is empty");
        document_.pools.back().entries.push_back({.key = std::move(it), .value = {}, .items = {}});
        break;
      case expecting::value:
        if (it.text.empty()) {
          report(document_.pools.back().entries.back().key.at, "has no value");
        } else {
          document_.pools.back().entries.back().value = std::move(it);
        }
        break;
      case expecting::item:
        ++items_seen_;
        if (it.text.empty()) {
          report(document_.pools.back().entries.back().key.at,
                 fmt::format("item {} of the list is empty", items_seen_));
        } else {
          document_.pools.back().entries.back().items.push_back(std::move(it));
        }
        break;
      case expecting::root:
      case expecting::nothing:
        report(it.at, std::string(wanted()));
        break;
    }
    step();
  }

  // What was taken for the name of a pool is that of a setting.
  void take_setting(scalar value) {
    document_.settings.push_back(
        {.key = std::move(document_.pools.back().name), .value = std::move(value), .items = {}});
    document_.pools.pop_back();
  }

  // One node is complete: what comes next in its collection?
  void step() {
    switch (expected_) {
      case expecting::root:
        expected_ = expecting::nothing;
        break;
      case expecting::pool_name:
        expected_ = expecting::pool_body;
        break;
      case expecting::pool_body:
        expected_ = expecting::pool_name;
        break;
      case expecting::key:
        expected_ = expecting::value;
        break;
      case expecting::value:
        expected_ = expecting::key;
        break;
      case expecting::item:
      case expecting::nothing:
        break;
    }
  }

  // A collection ends, skipped or not.
  void leave() {
    if (skipped_depth_ > 0) {
      if (--skipped_depth_ == 0) step();
      return;
    }
    switch (expected_) {
      case expecting::item:
        expected_ = expecting::key;
        break;
      case expecting::key:
        expected_ = expecting::pool_name;
        break;
      default:
        expected_ = expecting::nothing;
        break;
    }
  }

  source_map source_;
  document& document_;
  error_list& errors_;
  expecting expected_ = expecting::root;
  int skipped_depth_ = 0;
  int items_seen_ = 0;  // of the list at hand
};

}  // namespace

document read_document(std::string_view text, error_list& errors) {
  document read;
  const std::string source = prepare_source(text, errors);
  if (source.empty() && !errors.empty()) return read;
  std::istringstream stream(source);
  document_reader reader(source, read, errors);
  try {
    YAML::Parser parser(stream);
    // What follows the one mapping would be another document.
    if (parser.HandleNextDocument(reader)) parser.HandleNextDocument(reader);
    read.whole = true;
  } catch (const YAML::Exception& problem) {
    reader.give_up(problem);
  }
  return read;
}

}  // namespace dovetail
