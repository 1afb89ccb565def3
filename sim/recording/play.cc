#include "sim/recording/play.h"

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "config/config_error.h"
#include "config/parse.h"
#include "proxy/options_text.h"
#include "proxy/proxy.h"
#include "proxy/silent_log.h"
#include "recorder/file.h"
#include "sim/recording/replay.h"

namespace dovetail::sim {
std::expected<playback, std::string> play(const recording& of) {
  const auto options = options_from(of.circumstances);
  if (!options) return std::unexpected(options.error());
  const auto with = parse_config(of.configuration, "its configuration");
  if (!with) return std::unexpected(to_string(with.error().front()));
  silent_log log;
  const std::vector<std::string_view> chunks(of.chunks.begin(), of.chunks.end());
  replayed_network net(chunks);
  proxy subject(with->what, *options, net, log);
  playback made{.found = net.play(subject)};
  made.entries = net.entries();
  made.events = net.events();
  made.time = net.took();
  return made;
}

}  // namespace dovetail::sim
