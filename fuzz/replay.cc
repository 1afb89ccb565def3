// Runs a fuzz target over files and folders, for builds without libFuzzer: an ordinary test.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void replay(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  // Told first: when the target stops the process, this was it.
  std::printf("%s\n", path.c_str());
  std::fflush(stdout);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  for (int at = 1; at < argc; ++at) {
    if (std::filesystem::is_regular_file(argv[at])) files.emplace_back(argv[at]);
    if (!std::filesystem::is_directory(argv[at])) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[at])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  for (const auto& file : files)
    replay(file);
  std::printf("%zu files\n", files.size());
  return files.empty() ? 1 : 0;
}
