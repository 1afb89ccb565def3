// The messages of fixtures/: bytes that somebody has written down because they are special.

#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <string>
#include <vector>

namespace dovetail::proptests {

struct corpus_file {
  std::string name;  // below fixtures/
  std::string bytes;
};

// Every file of a folder of fixtures and of the folders in it, in the order of their names.
inline std::vector<corpus_file> corpus(const std::string& folder) {
  const std::filesystem::path root(DOVETAIL_FIXTURES);
  std::vector<corpus_file> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
    if (!entry.is_regular_file() || entry.path().extension() == ".md") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    files.push_back({.name = entry.path().lexically_relative(root).string(),
                     .bytes = {std::istreambuf_iterator<char>(file), {}}});
  }
  std::ranges::sort(files, {}, &corpus_file::name);
  return files;
}

}  // namespace dovetail::proptests
