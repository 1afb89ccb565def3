// Runs a fuzz target over files and folders, for builds without libFuzzer: an ordinary test.
//
//     fuzz_redis_request FILE…               once each
//     fuzz_redis_request --rounds 100 FILE…  how many a second, by the processor's time

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void execute(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

void replay(const std::filesystem::path& path) {
  // Told first: when the target stops the process, this was it.
  std::printf("%s\n", path.c_str());
  std::fflush(stdout);
  execute(read(path));
}

void measure(const std::vector<std::filesystem::path>& files, int rounds) {
  std::vector<std::string> texts;
  texts.reserve(files.size());
  for (const auto& file : files)
    texts.push_back(read(file));
  const std::clock_t began = std::clock();
  for (int round = 0; round < rounds; ++round) {
    for (const std::string& text : texts)
      execute(text);
  }
  const double seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  std::printf("%.0f executions a second\n",
              static_cast<double>(rounds) * static_cast<double>(texts.size()) / seconds);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  const bool measured = argc > 2 && std::string_view(argv[1]) == "--rounds";
  for (int at = measured ? 3 : 1; at < argc; ++at) {
    if (std::filesystem::is_regular_file(argv[at])) files.emplace_back(argv[at]);
    if (!std::filesystem::is_directory(argv[at])) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[at])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  if (measured) {
    measure(files, std::atoi(argv[2]));
    return files.empty() ? 1 : 0;
  }
  for (const auto& file : files)
    replay(file);
  std::printf("%zu files\n", files.size());
  return files.empty() ? 1 : 0;
}
