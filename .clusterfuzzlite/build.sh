#!/usr/bin/env bash
# Builds every target of fuzz/targets as OSS-Fuzz and ClusterFuzzLite want it: into $OUT, each with
# its dictionary, seed corpus and options, and with the shared libraries that the machine which runs
# it need not have. They set SRC, WORK, OUT, CC, CXX, CFLAGS, CXXFLAGS, LIB_FUZZING_ENGINE.
#
# Anywhere else: SANITIZER=address CC=clang-19 CXX=clang++-19 LIB_FUZZING_ENGINE=-fsanitize=fuzzer
# CXXFLAGS="-O1 -g1 -fsanitize=address,fuzzer-no-link" SRC=… WORK=… OUT=… .clusterfuzzlite/build.sh
set -euo pipefail
: "${SRC:?}" "${WORK:?}" "${OUT:?}" "${CXX:?}" "${LIB_FUZZING_ENGINE:?}"

source=$SRC/dovetail
[[ -d $source ]] || source=$(cd "$(dirname "$0")/.." && pwd)
build=$WORK/dovetail

# The libraries of the distribution, on which the targets depend, are built with libstdc++.
CXXFLAGS=${CXXFLAGS:-}
CXXFLAGS=${CXXFLAGS//-stdlib=libc++/-stdlib=libstdc++}

cmake -S "$source" -B "$build" -G Ninja \
  -DCMAKE_C_COMPILER="${CC:-clang}" -DCMAKE_CXX_COMPILER="$CXX" \
  -DCMAKE_C_FLAGS="${CFLAGS:-}" -DCMAKE_CXX_FLAGS="$CXXFLAGS" -DCMAKE_BUILD_TYPE=None \
  -DCMAKE_BUILD_RPATH='$ORIGIN/lib' -DCMAKE_EXE_LINKER_FLAGS=-Wl,--disable-new-dtags \
  -DDOVETAIL_WERROR=OFF >"$WORK/configured.log"
ninja -C "$build" --quiet fuzzers

copy_libraries() {
  ldd "$1" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' |
    grep -vE '/(libc|libm|libpthread|libdl|librt|libresolv|libgcc_s)\.so' | xargs -r cp -Lut "$OUT/lib"
}

mkdir -p "$OUT/lib"
grep '^[a-z]' "$source/fuzz/targets" | while read -r name longest seeds; do
  program=fuzz_$name
  cp "$build/bin/$program" "$OUT/"
  copy_libraries "$build/bin/$program"
  printf '[libfuzzer]\nmax_len = %s\n' "$longest" >"$OUT/$program.options"
  dictionary=$source/fuzz/dictionaries/$name.dict
  if [[ -e $dictionary ]]; then cp "$dictionary" "$OUT/$program.dict"; fi

  folders=("corpora/$name")
  for each in $seeds "bugs/$name"; do
    if [[ -e $source/fixtures/$each ]]; then folders+=("$each"); fi
  done
  rm -f "$OUT/${program}_seed_corpus.zip"
  (cd "$source/fixtures" && zip -qr "$OUT/${program}_seed_corpus.zip" "${folders[@]}")
done
